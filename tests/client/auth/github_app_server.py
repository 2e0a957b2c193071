"""Server that authenticates GitHub Apps, and clients that stay open for a test."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import threading
import traceback
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import formatdate
from pathlib import Path
from typing import Any, Self, TypeVar, Unpack

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from client.runtime_api import THING, AsyncClient, Client, FakeClock, Options, Thing
from client.scripted_server import ReceivedRequest, ScriptedResponse, json_response
from ghrunners._runtime.auth.github_app import App
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.request.operation import Operation

T = TypeVar("T")

CLIENT_ID = "Iv23liRunnersmithTests"

_CLIENT_TESTS = Path(__file__).parents[1]


# ── A GitHub App ─────────────────────────────────────────────────────────────────────────────


@functools.cache
def key() -> rsa.RSAPrivateKey:
    """Return the App's key, created once for all tests."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@functools.cache
def pem() -> str:
    """Return the key in the format of GitHub's downloads."""
    form = key().private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    return form.decode()


@functools.cache
def app(installation_id: int | None = None) -> App:
    """Return the App, whose key is checked once."""
    return App(client_id=CLIENT_ID, private_key=pem(), installation_id=installation_id)


class GitHubAppServer:
    """Responds like GitHub, to the App and to the tokens that it issued.

    `installations` are the ids of the App's installations, by owner or repository. The server's clock
    is `ahead` of the client's. `first` are the first responses, by the last segment of the path, and
    `done` those to calls with a valid token. A token is rejected with `lagging` until it is `lag` old.
    """

    def __init__(self, clock: FakeClock, ahead: float = 0.0) -> None:
        self.clock = clock
        self.ahead = ahead
        self.lasts = 3600.0
        self.slow = 0.0
        self.installations: dict[str, int] = {"acme": 7, "acme/app": 7, "acme/lib": 7, "beta": 8}
        self.first: dict[str, list[ScriptedResponse]] = {}
        self.done: dict[str, ScriptedResponse] = {}
        self.lag = 0.0
        self.lagging = json_response({"message": "Bad credentials"}, 401)
        self.tokens: dict[str, float] = {}
        self.jwts: list[str] = []
        self.log: list[str] = []
        self._mutex = threading.Lock()

    @property
    def now(self) -> float:
        return self.clock.wall() + self.ahead

    def __call__(self, received: ReceivedRequest) -> ScriptedResponse:
        path = received.target.partition("?")[0]
        token = (received.header("authorization") or "").removeprefix("Bearer ")
        with self._mutex:
            self.log.append(f"{received.method} {path}")
            answer = self._answer(path, token)
        headers = {"Date": formatdate(self.now, usegmt=True), **answer.headers}
        return ScriptedResponse(
            status=answer.status, body=answer.body, headers=headers, after=answer.after
        )

    def revoke(self) -> None:
        """Revoke every token that was issued."""
        self.tokens.clear()

    def _answer(self, path: str, token: str) -> ScriptedResponse:
        last = path.rpartition("/")[2]
        own = last in ("installation", "access_tokens")
        if own:
            self.jwts.append(token)
        if self.first.get(last):
            return self.first[last].pop(0)
        if own:
            return self._signed(path, token)
        if self.tokens.get(token, 0.0) <= self.now:
            return json_response({"message": "Bad credentials"}, 401)
        if self.tokens[token] - self.lasts > self.now - self.lag:
            return self.lagging
        return self.done.get(last, json_response(THING))

    def _signed(self, path: str, token: str) -> ScriptedResponse:
        """Respond to the App itself, if its JWT is valid now."""
        options = {"verify_exp": False, "verify_iat": False}
        claims = jwt.decode(token, key().public_key(), ["RS256"], options)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a TypedDict
        if claims["iss"] != CLIENT_ID:
            return json_response({"message": "A JSON web token could not be decoded"}, 401)
        if not claims["iat"] <= self.now < claims["exp"] <= self.now + 600:
            return json_response({"message": "'Issued at' claim ('iat') must be in the past"}, 401)
        if path.endswith("/installation"):
            place = (
                path.removeprefix("/orgs/").removeprefix("/repos/").removesuffix("/installation")
            )
            if (number := self.installations.get(place.lower())) is None:
                answer = json_response({"message": "Not Found"}, 404)
                return dataclasses.replace(answer, after=self.slow)
            return json_response({"id": number, "suspended_at": None})
        number = int(path.split("/")[3])
        if number not in self.installations.values():
            return json_response({"message": "Not Found"}, 404)
        # Not the current format of tokens, which would be redacted by its prefix.
        given = f"v1.of-{number}.{len(self.jwts):04}"
        self.tokens[given] = self.now + self.lasts
        ends = datetime.fromtimestamp(self.now + self.lasts, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = json_response({"token": given, "expires_at": ends, "permissions": {}}, 201)
        return ScriptedResponse(
            status=201, body=answer.body, headers=answer.headers, after=self.slow
        )


# ── Operations ────────────────────────────────────────────────────────────────────────────────


def of_repo(**changes: Any) -> Operation[Thing]:
    """Build an operation on a repository."""
    given: dict[str, Any] = {
        "id": "things/get-for-repo",
        "method": "GET",
        "path": "/repos/{owner}/{repo}/things/{thing}",
        "success": (200,),
        "returns": lambda: Thing,
        "repeat": "safe",
    }
    return Operation(**{**given, **changes})


REPO = of_repo()
OF_ENTERPRISE = of_repo(
    path="/enterprises/{owner}/things/{thing}",
    needs="classic token scope manage_runners:enterprise",
    apps=False,
)

# As they are logged.
LOOK_UP = "GET /orgs/acme/installation"
GET_TOKEN = "POST /app/installations/7/access_tokens"  # noqa: S105 - a path
CALL = "GET /orgs/acme/things/7"


# ── Clients ──────────────────────────────────────────────────────────────────────────────────


class Session(ABC):
    """One sync or async client for the calls of a test."""

    clock: FakeClock

    @abstractmethod
    def call(self, operation: Operation[T], *, org: str = "acme", **path: str | int) -> T: ...

    @abstractmethod
    def race(self, count: int, operation: Operation[T], **path: str | int) -> list[T]:
        """Make concurrent calls, in threads or tasks."""

    @abstractmethod
    def ids(self) -> list[int]:
        """Return the ids of all things."""

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(self, *_: object) -> None: ...


class SyncSession(Session):
    def __init__(
        self,
        base_url: str,
        auth: str | Callable[[], str] | App,
        clock: FakeClock | None = None,
        **options: Unpack[Options],
    ) -> None:
        given: Options = {"retry": Retry(), **options}
        self.clock = clock or FakeClock()
        self.client = Client(auth=auth, base_url=base_url, **given)
        self.client.core.state.clock = self.clock

    def call(self, operation: Operation[T], *, org: str = "acme", **path: str | int) -> T:
        return self.client.org(org).call(operation, path={"thing": 7, **path})

    def race(self, count: int, operation: Operation[T], **path: str | int) -> list[T]:
        start = threading.Barrier(count)

        def one(_: int) -> T:
            start.wait()
            return self.call(operation, **path)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - `org` is a str

        with ThreadPoolExecutor(count) as pool:
            return list(pool.map(one, range(count)))

    def ids(self) -> list[int]:
        return [thing.id for thing in self.client.org().list()]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()


class AsyncSession(Session):
    def __init__(
        self,
        base_url: str,
        auth: str | Callable[[], str | Awaitable[str]] | App,
        clock: FakeClock | None = None,
        **options: Unpack[Options],
    ) -> None:
        given: Options = {"retry": Retry(), **options}
        self.clock = clock or FakeClock()
        self.runner = asyncio.Runner()
        self.client = AsyncClient(auth=auth, base_url=base_url, **given)
        self.client.core.state.clock = self.clock

    def call(self, operation: Operation[T], *, org: str = "acme", **path: str | int) -> T:
        found = self.client.org(org).call(operation, path={"thing": 7, **path})
        return self.runner.run(found)

    def race(self, count: int, operation: Operation[T], **path: str | int) -> list[T]:
        async def all_of_them() -> list[T]:
            resource = self.client.org("acme")
            calls = (resource.call(operation, path={"thing": 7, **path}) for _ in range(count))
            return list(await asyncio.gather(*calls))

        return self.runner.run(all_of_them())

    def ids(self) -> list[int]:
        async def walk() -> list[int]:
            return [thing.id async for thing in self.client.org().list()]

        return self.runner.run(walk())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()


flavours = pytest.mark.parametrize("session", [SyncSession, AsyncSession], ids=["sync", "async"])
"""Run a test with sync and async clients."""

AnySession = type[SyncSession] | type[AsyncSession]


# ── Text of an error ────────────────────────────────────────────────────────────────────────


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting: list[BaseException | None] = [error]
    while waiting:
        if (found := waiting.pop()) is not None:
            yield found
            waiting += [found.__cause__, found.__context__]


def reported_text(error: BaseException) -> str:
    """Return all that a reporter could show: messages, attributes, and the locals of every frame."""
    parts: list[str] = []
    for found in _chain(error):
        parts += [str(found), repr(found), repr(vars(found))]
        for frame, line in traceback.walk_tb(found.__traceback__):
            # The tests know the secrets.
            if not Path(frame.f_code.co_filename).is_relative_to(_CLIENT_TESTS):
                parts.append(f"{frame.f_code.co_qualname}:{line}")
                parts += [f"{name} = {value!r}" for name, value in frame.f_locals.items()]
    return "\n".join(parts)


def parts_of_secret(secret: str) -> list[str]:
    """Return parts of a secret, which must not be visible either."""
    lines = [line for line in secret.splitlines() if line and not line.startswith("-----")]
    return [part for line in lines for part in (line[: len(line) // 2], line[len(line) // 2 :])]


def bearer(request: ReceivedRequest) -> str:
    """Return the token of a request."""
    return (request.header("authorization") or "").removeprefix("Bearer ")
