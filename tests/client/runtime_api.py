"""Invented API of the runtime's tests: operations, models, clients, and sync and async callers."""

from __future__ import annotations

import asyncio
import pickle
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from types import MappingProxyType
from typing import Any, ClassVar, Literal, Never, TypeAlias, TypedDict, TypeVar, Unpack

import pytest

from client.scripted_server import ReceivedRequest, ScriptedServer, json_response
from ghrunners._runtime.auth.token import AsyncTokenAuth, TokenAuth
from ghrunners._runtime.call.driver import AsyncCore, SyncCore
from ghrunners._runtime.call.observe import Hooks
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.client.config import Defaults
from ghrunners._runtime.client.github.client import GitHubAsyncClient, GitHubClient
from ghrunners._runtime.client.github.pacing import Pacing
from ghrunners._runtime.client.github.paged_resource import AsyncPagedResource, SyncPagedResource
from ghrunners._runtime.client.github.sign_in import GitHubSignIn
from ghrunners._runtime.client.paging import AsyncPages, Pages
from ghrunners._runtime.clock import Clock
from ghrunners._runtime.http.proxy import Proxy
from ghrunners._runtime.redaction import Secret
from ghrunners._runtime.request.builder import PathValue, QueryValue
from ghrunners._runtime.request.operation import Operation, PagedOperation
from ghrunners._runtime.types import Model, SecretModel

T = TypeVar("T")

NOTHING: Mapping[str, Never] = MappingProxyType({})
TOKEN = "ghs_LoopbackTokenThatMustNeverShow0123456789"  # noqa: S105 - not real

DEFAULTS = Defaults(
    server="https://api.github.com",
    media_type="application/vnd.github+json",
    version_header="X-GitHub-Api-Version",
    versions=("2026-03-10", "2022-11-28"),
    introduced={"2026-03-10": {"ghes": "3.21"}},
    user_agent="ghrunners/0.0",
    sign_in=GitHubSignIn(),
)


# ── A small API ──────────────────────────────────────────────────────────────────────────────


class Thing(Model, frozen=True, kw_only=True, gc=False):
    id: int
    name: str
    state: Literal["on", "off"] | str = "on"


class Things(Model, frozen=True, kw_only=True, gc=False):
    total_count: int
    things: list[Thing]

    def __iter__(self) -> Iterator[Thing]:
        return iter(self.things)


class Ticket(SecretModel, frozen=True, kw_only=True, gc=False):
    _secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str | None
    expires_at: str
    thing: Thing | None = None


GET: Operation[Thing] = Operation(
    id="things/get",
    method="GET",
    path="/orgs/{org}/things/{thing}",
    success=(200,),
    returns=lambda: Thing,
    repeat="safe",
)
CREATE: Operation[Ticket] = Operation(
    id="things/create-ticket",
    method="POST",
    path="/orgs/{org}/tickets",
    success=(201,),
    returns=lambda: Ticket,
    repeat="unsafe",
)
UPDATE: Operation[Thing] = Operation(
    id="things/update",
    method="PATCH",
    path="/orgs/{org}/things/{thing}",
    success=(200,),
    returns=lambda: Thing,
    repeat="idempotent",
    lists=("labels",),
)
DELETE: Operation[None] = Operation(
    id="things/delete",
    method="DELETE",
    path="/orgs/{org}/things/{thing}",
    success=(204,),
    returns=None,
    repeat="idempotent",
)
LIST: PagedOperation[Thing, Things] = PagedOperation(
    id="things/list",
    method="GET",
    path="/orgs/{org}/things",
    success=(200,),
    returns=lambda: Things,
    repeat="safe",
    items=lambda page: page.things,
    total=lambda page: page.total_count,
    key=lambda thing: thing.id,
)

THING: Mapping[str, object] = {"id": 7, "name": "seven", "state": "on"}
TICKET: Mapping[str, object] = {"token": "AABF3JGZDX3P5PMEXLND6TS6FCWO6", "expires_at": "soon"}


def page(ids: Sequence[int], total: int) -> dict[str, object]:
    """Build a page of things, as JSON."""
    return {"total_count": total, "things": [{"id": n, "name": f"n{n}"} for n in ids]}


# ── Clients ──────────────────────────────────────────────────────────────────────────────────


class Resource(SyncPagedResource):
    """A generated resource whose methods take the operation as an argument."""

    __slots__ = ()

    def call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        return self._call(operation, path=path, query=query, body=body)

    def list(self, **query: QueryValue) -> Pages[Thing, Things]:
        return self._walk(LIST, query=query)


class AResource(AsyncPagedResource):
    """An async resource of the same form."""

    __slots__ = ()

    async def call(
        self,
        operation: Operation[T],
        *,
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        return await self._call(operation, path=path, query=query, body=body)

    def list(self, **query: QueryValue) -> AsyncPages[Thing, Things]:
        return self._walk(LIST, query=query)


class Client(GitHubClient[TokenAuth]):
    _defaults = DEFAULTS

    def org(self, org: str = "acme") -> Resource:
        return Resource(self._core, {"org": org})

    @property
    def core(self) -> SyncCore:
        return self._core


class AsyncClient(GitHubAsyncClient[AsyncTokenAuth]):
    _defaults = DEFAULTS

    def org(self, org: str = "acme") -> AResource:
        return AResource(self._core, {"org": org})

    @property
    def core(self) -> AsyncCore:
        return self._core


class FakeClock(Clock):
    """A clock that advances by waits, and records them.

    `started` is in seconds since 1970; by this clock, a transport takes no time.
    """

    def __init__(self, started: float = 1_700_000_000.0) -> None:
        self.started = started
        self.passed = 0.0
        self.waits: list[float] = []
        self._mutex = threading.Lock()

    def now(self) -> float:
        return 1000.0 + self.passed

    def wall(self) -> float:
        return self.started + self.passed

    def sleep(self, seconds: float) -> None:
        with self._mutex:
            self.waits.append(seconds)
            self.passed += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)
        await asyncio.sleep(0)


class Options(TypedDict, total=False):
    """Options of a sync or async client."""

    timeout: float | Timeout
    retry: Retry | None
    max_wait: float
    pacing: Pacing
    strict: bool
    hooks: Hooks
    page_concurrency: int
    user_agent: str | None
    proxy: Proxy | str | Literal[False] | None
    verify: ssl.SSLContext | str | PathLike[str] | None
    allow_insecure_http: bool


class Caller(ABC):
    """Makes calls, each with a new client."""

    def __init__(self, base_url: str, auth: str | None = TOKEN, **options: Unpack[Options]) -> None:
        self._base_url = base_url
        self._auth = Secret(auth)
        self.clock: Clock = Clock()
        # One attempt, unless a test is about more.
        self._options: Options = {"retry": None, **options}

    @abstractmethod
    def call(
        self,
        operation: Operation[T],
        *,
        org: str = "acme",
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T: ...

    @abstractmethod
    def ids(self, query: Mapping[str, QueryValue] = NOTHING, limit: int = 0) -> list[int]:
        """Iterate over the things, and return their ids; `limit` ends the iteration early."""

    @abstractmethod
    def totals(self) -> list[int]:
        """Iterate over the pages of things, and return the total that each states."""


class SyncCaller(Caller):
    def call(
        self,
        operation: Operation[T],
        *,
        org: str = "acme",
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        with Client(auth=self._auth.reveal(), base_url=self._base_url, **self._options) as client:
            client.core.state.clock = self.clock
            resource = client.org(org)
            return resource.call(operation, path=path, query=query, body=body)

    def ids(self, query: Mapping[str, QueryValue] = NOTHING, limit: int = 0) -> list[int]:
        with Client(auth=self._auth.reveal(), base_url=self._base_url, **self._options) as client:
            client.core.state.clock = self.clock
            found: list[int] = []
            for thing in client.org().list(**query):
                found.append(thing.id)
                if len(found) == limit:
                    break
            return found

    def totals(self) -> list[int]:
        with Client(auth=self._auth.reveal(), base_url=self._base_url, **self._options) as client:
            client.core.state.clock = self.clock
            return [page.total_count for page in client.org().list().pages()]


class AsyncCaller(Caller):
    def call(
        self,
        operation: Operation[T],
        *,
        org: str = "acme",
        path: Mapping[str, PathValue] = NOTHING,
        query: Mapping[str, QueryValue] = NOTHING,
        body: Mapping[str, object] | None = None,
    ) -> T:
        async def main() -> T:
            async with AsyncClient(
                auth=self._auth.reveal(), base_url=self._base_url, **self._options
            ) as client:
                client.core.state.clock = self.clock
                resource = client.org(org)
                return await resource.call(operation, path=path, query=query, body=body)

        return asyncio.run(main())

    def ids(self, query: Mapping[str, QueryValue] = NOTHING, limit: int = 0) -> list[int]:
        async def main() -> list[int]:
            async with AsyncClient(
                auth=self._auth.reveal(), base_url=self._base_url, **self._options
            ) as client:
                client.core.state.clock = self.clock
                found: list[int] = []
                async for thing in client.org().list(**query):
                    found.append(thing.id)
                    if len(found) == limit:
                        break
                return found

        return asyncio.run(main())

    def totals(self) -> list[int]:
        async def main() -> list[int]:
            async with AsyncClient(
                auth=self._auth.reveal(), base_url=self._base_url, **self._options
            ) as client:
                client.core.state.clock = self.clock
                return [page.total_count async for page in client.org().list().pages()]

        return asyncio.run(main())


both = pytest.mark.parametrize("flavour", [SyncCaller, AsyncCaller], ids=["sync", "async"])
"""Run a test with sync and async calls."""


AnyClient: TypeAlias = type[Client] | type[AsyncClient]

either = pytest.mark.parametrize("kind", [Client, AsyncClient])
"""Run a test once for each class of client."""


def sent_by(
    flavour: type[Caller], auth: str | None = TOKEN, **options: Unpack[Options]
) -> ReceivedRequest:
    """Make a call with these options, and return the request that was sent."""
    with ScriptedServer(json_response(THING)) as server:
        flavour(server.url, auth, **options).call(GET, path={"thing": 7})
    return server.only


def clear_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Delete the environment variables for tokens and proxies."""
    for name in ("GITHUB_TOKEN", "GH_TOKEN", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def pickled(value: T) -> T:
    """Return a value after pickling and unpickling."""
    again: T = pickle.loads(pickle.dumps(value))  # noqa: S301 - our own bytes
    return again


def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name lookup fail without a query; addresses still work."""
    look_up = socket.getaddrinfo

    def refuse(host: str | bytes | None, *rest: Any, **options: Any) -> object:
        if str(host) == "127.0.0.1":
            return look_up(host, *rest, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
