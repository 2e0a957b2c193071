"""What a client's scopes and resources share: one address, one token source, one transport.

Drives flows: the only module besides `transport`, `paging` and `client` that comes in two
flavours, and it does nothing but call or await. Knows no HTTP library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn, Protocol, TypeVar, cast

from .address import Base
from .auth import TokenSource
from .availability import Where
from .errors import ClientClosed
from .flow import Flow, Flows, Outcome
from .operation import Operation
from .request import PathValue, QueryValue, Request, build
from .secret import Redactor, Secret

T = TypeVar("T")


class Sender(Protocol):
    """Makes one attempt, whatever comes of it."""

    def send(self, request: Request, token: Secret[str]) -> Outcome: ...
    def close(self) -> None: ...


class AsyncSender(Protocol):
    """Makes one attempt, whatever comes of it."""

    async def send(self, request: Request, token: Secret[str]) -> Outcome: ...
    async def aclose(self) -> None: ...


class Core:
    """The part that neither calls nor awaits."""

    __slots__ = ("_closed", "_source", "base", "flows", "where")

    def __init__(self, base: Base, where: Where, source: TokenSource, redact: Redactor) -> None:
        self.base: Base = base
        self.where: Where = where
        self.flows: Flows = Flows(base, redact)
        self._source = source
        self._closed = False

    def request(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue],
        query: Mapping[str, QueryValue],
        body: Mapping[str, object] | None = None,
    ) -> Request:
        """Build a request, or refuse it; nothing is sent."""
        return build(operation, self.base, self.where, path=path, query=query, body=body)

    def check_open(self) -> None:
        if self._closed:
            raise ClientClosed("this client is closed: make another one")

    def _token(self) -> Secret[str]:
        """Give the token for one attempt. Asking for it anew each time is what lets it change."""
        self.check_open()
        return self._source.token()

    def __reduce__(self) -> NoReturn:
        raise TypeError("a client holds a token and connections, and is not pickled")


class SyncCore(Core):
    """Drives flows with calls. May be shared by threads."""

    __slots__ = ("_sender",)

    def __init__(
        self, base: Base, where: Where, source: TokenSource, redact: Redactor, sender: Sender
    ) -> None:
        super().__init__(base, where, source, redact)
        self._sender = sender

    def run(self, flow: Flow[T]) -> T:
        """Take a flow to its end and give its value."""
        outcome: Outcome | None = None
        while True:
            try:
                request = next(flow) if outcome is None else flow.send(outcome)
            except StopIteration as end:
                return cast("T", end.value)
            outcome = self._sender.send(request, self._token())

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._sender.close()


class AsyncCore(Core):
    """Drives flows with awaits. Belongs to one event loop."""

    __slots__ = ("_sender",)

    def __init__(
        self, base: Base, where: Where, source: TokenSource, redact: Redactor, sender: AsyncSender
    ) -> None:
        super().__init__(base, where, source, redact)
        self._sender = sender

    async def run(self, flow: Flow[T]) -> T:
        """Take a flow to its end and give its value."""
        outcome: Outcome | None = None
        while True:
            try:
                request = next(flow) if outcome is None else flow.send(outcome)
            except StopIteration as end:
                return cast("T", end.value)
            outcome = await self._sender.send(request, self._token())

    async def aclose(self) -> None:
        if not self._closed:
            self._closed = True
            await self._sender.aclose()
