"""A GitHub in memory: `FakeGitHub`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Unpack

import msgspec

from .. import AsyncClient, AsyncClientOptions, Client, ClientOptions
from .._runtime.auth.token import AsyncTokenAuth, TokenAuth
from .._runtime.lazy import publish
from ..testing._kit.calls import Call
from ..testing._kit.clock import ManualClock
from ..testing._kit.description import Operation
from ..testing._kit.request.received import Received
from ..testing._kit.response.faults import Outcome, Response, TrustedItems, Wire
from .access import AccessRules
from .endpoints.asked import Arguments, Asked, Listed, Refusal
from .endpoints.table import answer_to
from .machines import Machines
from .protocol import addresses, problems

# What the arguments of an owner and of a page do is the same for all endpoints.
_READ_ELSEWHERE = frozenset({"enterprise", "org", "owner", "repo", "page", "per_page"})


class FakeGitHub(Machines, AccessRules):
    """A GitHub in memory. It begins with the organization `octo-org` of the enterprise `octo-corp`,
    and with its repository `octo-repo`.

    It is a `MockServer` whose endpoints have state: responses of `respond`, `script` and the faults
    take precedence over it.

    Args:
        clock: The clock of the server and of its clients. Default: one that stands still.
        credentials: A token that is accepted and may do everything, as `{"token": ...}`. Default:
            any token is. See `add_token` for tokens with permissions.
        product: `ghec`, `github.com` or `ghes`. Default: `ghec`, which has all operations.
        version: The release of Enterprise Server, such as `3.19`. Default: the newest known one.

    Raises ValueError if there is no such product or release.
    """

    def __init__(
        self,
        *,
        clock: ManualClock | None = None,
        credentials: Mapping[str, str] | None = None,
        product: str = "ghec",
        version: str | None = None,
    ) -> None:
        super().__init__(clock=clock, product=product, version=version)
        for token in (credentials or {}).values():
            self.add_token(token)

    def client(
        self,
        *,
        auth: TokenAuth = "mock-token",
        base_url: str | None = None,
        **options: Unpack[ClientOptions],
    ) -> Client:
        return super().client(auth=auth, base_url=base_url or self._base_url, **options)

    def async_client(
        self,
        *,
        auth: AsyncTokenAuth = "mock-token",
        base_url: str | None = None,
        **options: Unpack[AsyncClientOptions],
    ) -> AsyncClient:
        return super().async_client(auth=auth, base_url=base_url or self._base_url, **options)

    @property
    def _base_url(self) -> str | None:
        return "https://ghes.example/api/v3" if self._gate.product.is_server else None

    def receive(self, request: Received, url: str) -> Outcome:
        with self._lock:
            self._settle()
            self._gate.scheme = url.partition("://")[0]
            if self.numeric_links:
                url = addresses.numbered(url, request.path, self.world)
            outcome = super().receive(request, url)
            account, limits = self._gate.visit.account, self._gate.limits
            limits.begin(account)
            return msgspec.structs.replace(
                outcome, delay=outcome.delay + self.latency, sent=partial(limits.end, account)
            )

    def select_version(self, request: Received) -> tuple[str, str]:
        return self._gate.enter(request).version, ""

    def understood(self, request: Received) -> Received:
        return addresses.understood(request, self.world)

    def admit(self, request: Received, operation: Operation | None, call: Call) -> Any:
        return self._gate.admit(request, operation, call)

    def finish(self, request: Received, call: Call, wire: Wire) -> Wire:
        del call
        return self._gate.finish(request, wire)

    def handle(self, call: Call) -> Any:
        answer, operation = answer_to(call.operation), self._operations[call.operation]
        if answer is None:
            return self._unable(call, f"has no endpoint for {call.operation}")
        asked = self._asked(call)
        try:
            answered = self._limited(operation, answer(asked))
            self._check_answer(operation, answered)
        except Refusal as refusal:
            return problems.error(refusal.status, refusal.message, errors=refusal.errors)
        except (LookupError, TypeError, ValueError) as error:
            reason = str(error.args[0] if error.args else error).partition("; ")[0]
            return self._unable(call, f"cannot answer {call.operation}: {reason}")
        elsewhere = {it.argument for it in operation.parameters} & _READ_ELSEWHERE
        ignored = [one for one in asked.arguments.unread() if one not in elsewhere]
        if ignored:
            return self._unable(call, f"does nothing with {ignored[0]!r} of {call.operation}")
        return answered

    def _unable(self, call: Call, reason: str) -> Response:
        """Return the response to a call that the description allows, and no endpoint can answer."""
        call.problem = (
            f"FakeGitHub {reason}; plan what it answers with respond({call.operation!r}, ...)"
        )
        return problems.error(501, call.problem)

    def _limited(self, operation: Operation, answered: Any) -> Any:
        """Return what an endpoint answers, as the product and the API version have it."""
        content = operation.declared(operation.success)
        if content is None or content.schema is None or self._gate.is_whole(operation):
            return answered
        product, schemas = self._gate.product, self._gate.schemas
        if not isinstance(answered, TrustedItems):
            return product.shown(schemas, content.schema, answered)
        page = schemas.resolved(content.schema)
        listed = page if operation.items is None else page["properties"][operation.items]
        return Listed(answered, lambda item: product.shown(schemas, listed["items"], item))

    def _check_answer(self, operation: Operation, answered: Any) -> None:
        """Raise ValueError for an answer that the description does not allow, by the first item."""
        encoder = self._version(self._gate.visit.selected.version).encoder
        if isinstance(answered, TrustedItems):
            encoder.check_items(operation, answered[:1])
        else:
            encoder.of_value(operation, answered)

    def _asked(self, call: Call) -> Asked:
        owner = self.world.owner(call.arguments)
        assert owner is not None
        return Asked(
            world=self.world,
            owner=owner,
            arguments=Arguments(call.arguments),
            base_url=self._gate.visit.base_url,
            now=self.clock.wall(),
            is_server=self._gate.product.is_server,
        )

    def refusal(self, call: Call, status: int, reason: str) -> Response:
        # The values of a request, if it is JSON at all, are invalid with 422 on GitHub.
        return problems.error(status if call.body is None else 422, reason)


publish(__name__)
