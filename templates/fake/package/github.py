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
from ..testing._kit.response.faults import Outcome, Response, Wire
from .access import AccessRules
from .endpoints.asked import Asked, Refusal
from .endpoints.table import answer_to
from .machines import Machines
from .protocol import addresses, problems


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
        answer = self._gate.admit(request, operation, call)
        return self._gate.documented(answer) if isinstance(answer, Response) else answer

    def finish(self, request: Received, call: Call, wire: Wire) -> Wire:
        del call
        return self._gate.finish(request, wire)

    def handle(self, call: Call) -> Any:
        answer = answer_to(call.operation)
        if answer is None:
            call.problem = (
                f"FakeGitHub has no endpoint for {call.operation}; plan what it answers with "
                f"respond({call.operation!r}, ...)"
            )
            return problems.error(501, call.problem)
        try:
            return answer(self._asked(call))
        except Refusal as refusal:
            error = problems.error(refusal.status, refusal.message, errors=refusal.errors)
            return self._gate.documented(error)

    def _asked(self, call: Call) -> Asked:
        owner = self.world.owner(call.arguments)
        assert owner is not None
        return Asked(
            world=self.world,
            owner=owner,
            arguments=call.arguments,
            base_url=self._gate.visit.base_url,
            version=self._gate.visit.selected.version,
            now=self.clock.wall(),
            is_server=self._gate.product.is_server,
        )

    def refusal(self, call: Call, status: int, reason: str) -> Response:
        del call
        operation = self._gate.visit.operation
        if operation is not None and status in (400, 422):
            # Whatever the description lists: what an operation reads is invalid with 422 on GitHub.
            status = 400 if operation.body is None else 422
        return self._gate.documented(problems.error(status, reason))


publish(__name__)
