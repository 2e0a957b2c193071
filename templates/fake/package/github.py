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
from .endpoints.call import Arguments, EndpointCall, Listed, Refusal
from .endpoints.table import handler_of
from .machines import Machines
from .protocol import addresses, problems

# Arguments of owners and pages have the same effect on all endpoints.
_READ_ELSEWHERE = frozenset({"enterprise", "org", "owner", "repo", "page", "per_page"})


class FakeGitHub(Machines, AccessRules):
    """A GitHub in memory, with the enterprise `octo-corp`, its organization `octo-org`, and the
    repository `octo-repo`.

    It is a `MockServer` whose endpoints have state. Planned responses and faults have precedence.

    Args:
        clock: The clock of the server and of its clients. Default: one that stands still.
        credentials: The only accepted token, with all permissions: `{"token": ...}`. Default: any
            token is accepted. See `add_token` for tokens with limited permissions.
        product: `ghec`, `github.com` or `ghes`. Default: `ghec`, which has all operations.
        version: The release of Enterprise Server, such as `3.19`. Default: the newest known one.

    Raises ValueError for an unknown product or release.
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
        self._checked_lists = set[tuple[str, str, bool]]()
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
        return "https://ghes.example/api/v3" if self._gateway.product.is_server else None

    def receive(self, request: Received, url: str) -> Outcome:
        with self._lock:
            self._settle()
            self._gateway.scheme = url.partition("://")[0]
            if self.numeric_links:
                url = addresses.numbered(url, request.path, self.world)
            outcome = super().receive(request, url)
            account, limits = self._gateway.context.account, self._gateway.limits
            limits.begin(account)
            return msgspec.structs.replace(
                outcome, delay=outcome.delay + self.latency, sent=partial(limits.end, account)
            )

    def select_version(self, request: Received) -> tuple[str, str]:
        return self._gateway.enter(request).version, ""

    def normalize(self, request: Received) -> Received:
        return addresses.normalized(request, self.world)

    def admit(self, request: Received, operation: Operation | None, call: Call) -> Any:
        refused = self._gateway.admit(request, operation, call)
        return self._gateway.documented(refused) if isinstance(refused, Response) else refused

    def finish(self, request: Received, call: Call, wire: Wire) -> Wire:
        del call
        return self._gateway.finish(request, wire)

    def handle(self, call: Call) -> Any:
        handler, operation = handler_of(call.operation), self._operations[call.operation]
        if handler is None:
            return self._unable(call, f"has no endpoint for {call.operation}")
        made = self._endpoint_call(call)
        try:
            result = self._limited(operation, handler(made))
            self._check_result(operation, result)
        except Refusal as refusal:
            found = problems.error(refusal.status, refusal.message, errors=refusal.errors)
            return self._gateway.documented(found)
        except (LookupError, TypeError, ValueError) as error:
            reason = str(error.args[0] if error.args else error).partition("; ")[0]
            return self._unable(call, f"cannot respond to {call.operation}: {reason}")
        elsewhere = {it.argument for it in operation.parameters} & _READ_ELSEWHERE
        ignored = [one for one in made.arguments.unread() if one not in elsewhere]
        if ignored:
            return self._unable(call, f"ignores {ignored[0]!r} of {call.operation}")
        return result

    def _unable(self, call: Call, reason: str) -> Response:
        """Return the response to a call that the description allows and no endpoint implements."""
        advice = f"plan a response with respond({call.operation!r}, ...)"
        call.problem = f"FakeGitHub {reason}; {advice}"
        return problems.error(501, call.problem)

    def _limited(self, operation: Operation, result: Any) -> Any:
        """Return a result without the fields that the product or the API version lacks."""
        content = operation.declared(operation.success)
        if content is None or content.schema is None or self._gateway.is_whole(operation):
            return result
        product, schemas = self._gateway.product, self._gateway.schemas
        if not isinstance(result, TrustedItems):
            return product.shown(schemas, content.schema, result)
        page = schemas.resolved(content.schema)
        listed = page if operation.items is None else page["properties"][operation.items]
        return Listed(result, lambda item: product.shown(schemas, listed["items"], item))

    def _check_result(self, operation: Operation, result: Any) -> None:
        """Raise ValueError for a result that the description does not allow.

        Lists are long, so only the first item that an operation returns is checked.
        """
        version = self._gateway.context.selected.version
        encoder = self._version(version).encoder
        if not isinstance(result, TrustedItems):
            encoder.of_value(operation, result)
        elif (key := (operation.name, version, bool(result))) not in self._checked_lists:
            encoder.check_items(operation, result[:1])
            self._checked_lists.add(key)

    def _endpoint_call(self, call: Call) -> EndpointCall:
        owner = self.world.owner(call.arguments)
        assert owner is not None
        return EndpointCall(
            world=self.world,
            owner=owner,
            arguments=Arguments(call.arguments),
            base_url=self._gateway.context.base_url,
            now=self.clock.wall(),
        )

    def refusal(self, call: Call, status: int, reason: str) -> Response:
        del call
        operation = self._gateway.context.operation
        if operation is not None and status in (400, 422):
            # On GitHub, invalid values have 422, even if the description does not list it.
            status = 400 if operation.body is None else 422
        return self._gateway.documented(problems.error(status, reason))


publish(__name__)
