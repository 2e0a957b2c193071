"""A GitHub in memory: `FakeGitHub`, with the state that its endpoints read and change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ..testing._kit.clock import ManualClock
from ..testing._kit.request.received import Received
from ..testing._kit.response.faults import Outcome, Response
from ..testing._kit.server import Call
from ..testing._server import MockServer
from .endpoints.asked import Asked, Refusal, not_found
from .endpoints.table import answer_to
from .protocol import problems
from .state.groups import RunnerGroup
from .state.list_order import MovingOrder
from .state.machine_errors import UnknownGroup
from .state.owners import Enterprise, GroupOwner, Organization, Owner, Repository
from .state.registrations import Registration
from .state.runners import Os, Runner
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

    def __init__(
        self, *, clock: ManualClock | None = None, credentials: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(clock=clock, credentials=credentials)
        self.world: World = World(self.clock.wall() - self.clock.now())
        """The state."""
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

    def move_between_pages(self, seed: int = 0) -> None:
        """Let a few items of each list move to another page between any two requests, from now on."""
        self.world.list_order = MovingOrder(seed)

    # ── What a machine does ──────────────────────────────────────────────────────────────────

    def register(
        self,
        token: str,
        *,
        name: str,
        labels: Sequence[str] = (),
        group: str | None = None,
        ephemeral: bool = False,
        replace: bool = False,
        os: Os = "linux",
        architecture: str = "X64",
        version: str | None = None,
    ) -> Runner:
        """Register a runner as `config.sh` does. It is offline until it connects, as `run.sh` does.

        Args:
            token: A registration token, which determines the owner.
            name: The name.
            labels: Its custom labels.
            group: The name of its runner group. Default: the default one.
            ephemeral: Whether it is removed after one job.
            replace: Whether it takes the place of an idle runner of its name, and its id.
            os: The system.
            architecture: `X64`, `ARM` or `ARM64`.
            version: The version of the runner application. Default: the current one.

        Raises MachineError, a ValueError: TokenRejected, NameTaken, UnknownGroup, RunnersDisabled,
        TooManyRegistrations, GroupFull, VersionDeprecated or JobRunning; and ValueError for a name
        or label that `config.sh` does not accept.
        """
        with self._lock:
            self._settle()
            registrations = self.world.registrations
            owner = registrations.owner_of(token, "registration")
            versions = self.world.runner_versions
            versions.check(version or versions.current, self.world.time)
            wanted = Registration(
                name=name,
                labels=labels,
                group=_group_of(owner, group),
                ephemeral=ephemeral,
                replace=replace,
                os=os,
                architecture=architecture,
            )
            runner = registrations.add(owner, wanted)
            if self.world.connects_after is not None:
                runner.connect_later(self.world.connects_after, version=version)
            return runner

    def unregister(self, token: str, name: str) -> None:
        """Remove a runner as `config.sh remove` does, with a removal token.

        Raises MachineError, a ValueError: TokenRejected, UnknownRunner or JobRunning.
        """
        with self._lock:
            self._settle()
            owner = self.world.registrations.owner_of(token, "removal")
            self.world.registrations.remove(owner, name)

    def run(
        self, encoded_jit_config: str, *, os: Os | None = None, version: str | None = None
    ) -> Runner:
        """Start a runner as `run.sh --jitconfig` does, and return it. It is online.

        `os` is its system. Default: the one that a label names, or linux.

        Raises MachineError, a ValueError: ConfigRejected, UnknownRunner or VersionDeprecated.
        """
        with self._lock:
            self._settle()
            runner = self.world.registrations.runner_of(encoded_jit_config)
            runner.connect(os=os, version=version)
            return runner

    def _settle(self) -> None:
        self.world.timers.settle(self.clock.now())

    # ── What a client sends ──────────────────────────────────────────────────────────────────

    def receive(self, request: Received, url: str) -> Outcome:
        with self._lock:
            self._settle()
            return super().receive(request, url)

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


def _group_of(owner: Owner, name: str | None) -> RunnerGroup | None:
    if name is None:
        return owner.default_group()
    groups = owner.groups.values() if isinstance(owner, GroupOwner) else ()
    found = next((it for it in groups if it.name.lower() == name.lower()), None)
    if found is None:
        raise UnknownGroup(f"{owner.full_name} has no runner group {name!r}")
    return found


def _existing(found: object, kind: type[Found], name: str) -> Found:
    if not isinstance(found, kind):
        raise LookupError(f"the fake GitHub has no {kind.__name__.lower()} {name!r}")
    return found
