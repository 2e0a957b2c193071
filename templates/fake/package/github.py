"""A GitHub in memory: `FakeGitHub`, with the state that its endpoints read and change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ..testing._kit.calls import Call
from ..testing._kit.clock import ManualClock
from ..testing._kit.request.received import Received
from ..testing._kit.response.faults import Outcome, Response
from ..testing._server import MockServer
from .endpoints.asked import Asked, Refusal, not_found
from .endpoints.table import answer_to
from .protocol import addresses, problems
from .state.owners import Enterprise, Organization, Repository
from .state.world import World

Found = TypeVar("Found")


class FakeGitHub(MockServer):
    """A GitHub in memory. It begins with the organization `octo-org` of the enterprise `octo-corp`,
    and with its repository `octo-repo`.

    It is a `MockServer` whose endpoints have state: responses of `respond`, `script` and the faults
    take precedence over it.

    Args:
        clock: The clock of the server and of its clients. Default: one that stands still.
        credentials: The accepted credentials. Default: any token is accepted.
    """

    _ignores_unknown_query = True

    def __init__(
        self, *, clock: ManualClock | None = None, credentials: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(clock=clock, credentials=credentials)
        self.world: World = World()
        """The state."""
        self.numeric_links: bool = False
        """Whether links to pages have ids in place of names: `/organizations/1/actions/runners`.

        Such paths are always served.
        """
        self.clock.listeners.append(self._settle)
        enterprise = self.world.add_enterprise("octo-corp")
        enterprise.add_organization("octo-org").add_repository("octo-repo")

    # ── State ────────────────────────────────────────────────────────────────────────────────

    def enterprise(self, slug: str = "octo-corp") -> Enterprise:
        """Return an enterprise. Raises LookupError if there is none such."""
        return _existing(self.world.owner({"enterprise": slug}), Enterprise, slug)

    def org(self, login: str = "octo-org") -> Organization:
        """Return an organization. Raises LookupError if there is none such."""
        return _existing(self.world.owner({"org": login}), Organization, login)

    def repo(self, owner: str = "octo-org", repo: str = "octo-repo") -> Repository:
        """Return a repository. Raises LookupError if there is none such."""
        found = self.world.owner({"owner": owner, "repo": repo})
        return _existing(found, Repository, f"{owner}/{repo}")

    def _settle(self) -> None:
        self.world.timers.settle(self.clock.now())

    # ── What a client sends ──────────────────────────────────────────────────────────────────

    def receive(self, request: Received, url: str) -> Outcome:
        with self._lock:
            self._settle()
            if self.numeric_links:
                url = addresses.numbered(url, request.path, self.world)
            return super().receive(request, url)

    def understood(self, request: Received) -> Received:
        return addresses.understood(request, self.world)

    def handle(self, call: Call) -> Any:
        answer = answer_to(call.operation)
        if answer is None:
            return super().handle(call)
        try:
            return answer(self._asked(call))
        except Refusal as refusal:
            return problems.error(refusal.status, refusal.message, errors=refusal.errors)

    def _asked(self, call: Call) -> Asked:
        owner = self.world.owner(call.arguments)
        if owner is None:
            raise not_found()
        host = call.headers.get("host", "api.github.com")
        prefix = "/api/v3" if urlsplit(call.path).path.startswith("/api/v3/") else ""
        return Asked(
            world=self.world,
            owner=owner,
            arguments=call.arguments,
            base_url=f"https://{host}{prefix}",
            version=call.headers.get("x-github-api-version", self.description.versions[-1]),
            now=self.clock.wall(),
        )

    def refusal(self, call: Call, status: int, reason: str) -> Response:
        del call
        return problems.error(status, _MESSAGES.get(status, reason))


_MESSAGES = {401: "Requires authentication", 404: "Not Found", 405: "Not Found"}


def _existing(found: object, kind: type[Found], name: str) -> Found:
    if not isinstance(found, kind):
        raise LookupError(f"the fake GitHub has no {kind.__name__.lower()} {name!r}")
    return found
