"""Security schemes of an API that is not GitHub's: what is asked for is sent, and nothing else."""

from __future__ import annotations

import asyncio
import logging
import pickle
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest

from client.runtime_api import THING, clear_environment
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from runtime.auth.scheme_credentials import AsyncSchemeAuth, SchemeAuth, SchemeSignIn
from runtime.client.client import BaseAsyncClient, BaseClient
from runtime.client.config import Defaults
from runtime.client.resource import AsyncResource, SyncResource
from runtime.errors import ClientError, InvalidArgument
from runtime.redaction import Redactor, Secret
from runtime.request.operation import Operation
from runtime.request.parameters import Place
from runtime.request.signature import Scheme, SchemeSignature, choose_schemes, sign_by_schemes
from runtime.response_errors import BadCredentials
from runtime.types import Model

SCHEMES: Mapping[str, Scheme] = {
    "token": Scheme("bearer"),
    "login": Scheme("basic"),
    "key": Scheme("header", "X-Key"),
    "search": Scheme("query", "k&y"),
    "session": Scheme("cookie", "s"),
}
GIVEN = {"token": "t0k", "login": "me:pass word", "key": "k3y", "search": "a b", "session": "v;1"}
OTHER = Defaults(
    server="https://api.example.com",
    media_type="application/json",
    version_header=None,
    versions=("1",),
    user_agent="example/0.0",
    sign_in=SchemeSignIn(SCHEMES),
)


class Thing(Model, frozen=True, kw_only=True, gc=False):
    id: int


class Things(SyncResource):
    def call(
        self,
        operation: Operation[object],
        *,
        path: Mapping[str, int],
        query: Mapping[str, str | int] = MappingProxyType({}),
    ) -> object:
        return self._call(operation, path=path, query=query)


class AsyncThings(AsyncResource):
    async def call(self, operation: Operation[object], *, path: Mapping[str, int]) -> object:
        return await self._call(operation, path=path)


class Client(BaseClient[SchemeAuth]):
    _defaults = OTHER

    @property
    def things(self) -> Things:
        return Things(self._core, {"org": "acme"})


class AsyncClient(BaseAsyncClient[AsyncSchemeAuth]):
    _defaults = OTHER

    @property
    def things(self) -> AsyncThings:
        return AsyncThings(self._core, {"org": "acme"})


class OnlyKey(Client):
    """An API whose one scheme is a key."""

    _defaults = msgspec.structs.replace(OTHER, sign_in=SchemeSignIn({"key": SCHEMES["key"]}))


class NoSchemes(Client):
    """An API of whose sign-in the description says nothing."""

    _defaults = msgspec.structs.replace(OTHER, sign_in=SchemeSignIn({}))


def asking(*alternatives: tuple[str, ...]) -> Operation[object]:
    """An operation that asks for these alternatives."""
    return Operation(
        id="things/get",
        method="GET",
        path="/orgs/{org}/things/{thing}",
        success=(200,),
        returns=lambda: object,
        repeat="safe",
        security=alternatives,
    )


def got(
    auth: SchemeAuth | None,
    *alternatives: tuple[str, ...],
    kind: type[Client] = Client,
    query: Mapping[str, str] | None = None,
) -> ReceivedRequest:
    """Make a call, and give the request that left."""
    with (
        ScriptedServer(json_response(THING)) as server,
        kind(auth=auth, base_url=server.url) as client,
    ):
        client.things.call(asking(*alternatives), path={"thing": 7}, query=query or {})
    return server.only


def async_got(auth: AsyncSchemeAuth, *alternatives: tuple[str, ...]) -> ReceivedRequest:
    """The same, with await."""

    async def main(url: str) -> None:
        async with AsyncClient(auth=auth, base_url=url) as client:
            await client.things.call(asking(*alternatives), path={"thing": 7})

    with ScriptedServer(json_response(THING)) as server:
        asyncio.run(main(server.url))
    return server.only


# ── What is chosen, and how it is written ────────────────────────────────────────────────────


def test_the_first_alternative_that_was_given_is_chosen() -> None:
    """All of its schemes are needed; one without any is for those who gave nothing that fits."""
    alternatives = (("key", "login"), (), ("token",))
    assert choose_schemes(alternatives, {"token"}) == ("token",)
    assert choose_schemes(alternatives, {"key", "login", "token"}) == ("key", "login")
    assert choose_schemes(alternatives, {"key"}) == ()
    assert choose_schemes((("key", "login"), ("token",)), {"key"}) is None
    assert choose_schemes((), {"key"}) is None


def test_each_scheme_proves_in_its_own_way() -> None:
    """In a header, in the query, in a cookie."""
    given = {name: Secret(value) for name, value in GIVEN.items()}
    proof = sign_by_schemes(SCHEMES, tuple(SCHEMES), given)
    assert proof == SchemeSignature(
        headers=(
            ("Authorization", "Bearer t0k"),
            ("Authorization", "Basic bWU6cGFzcyB3b3Jk"),
            ("X-Key", "k3y"),
        ),
        query=("k%26y=a%20b",),
        cookies=("s=v%3B1",),
    )


def test_a_query_that_has_the_key_gets_it_once() -> None:
    """A server that redirects may have taken it over."""
    proof = SchemeSignature(query=("k=1", "z=2"))
    assert proof.target("/x") == "/x?k=1&z=2"
    assert proof.target("/x?a=b&k=1") == "/x?a=b&k=1&z=2"
    assert proof.target("/x?k=1&z=2") == "/x?k=1&z=2"
    assert SchemeSignature().target("/x?") == "/x?"


def test_a_proof_shows_nothing() -> None:
    """Neither where it is printed nor where it is pickled."""
    proof = SchemeSignature(headers=(("X-Key", "k3y"),))
    assert "k3y" not in f"{proof} {proof!r} {[proof]}"
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(proof)


# ── What travels ─────────────────────────────────────────────────────────────────────────────


def test_an_operation_gets_what_it_asks_for_and_nothing_else() -> None:
    """Each alternative by itself, of a client that was given all of them."""
    sent = got(GIVEN, ("token",))
    assert sent.header("Authorization") == "Bearer t0k"
    assert (sent.header("X-Key"), sent.header("Cookie"), "?" in sent.target) == (None, None, False)
    assert got(GIVEN, ("login",)).header("Authorization") == "Basic bWU6cGFzcyB3b3Jk"
    sent = got(GIVEN, ("key", "search", "session"))
    assert (sent.header("X-Key"), sent.header("Cookie")) == ("k3y", "s=v%3B1")
    assert sent.target == "/orgs/acme/things/7?k%26y=a%20b"
    assert sent.header("Authorization") is None
    sent = got(GIVEN, ())
    assert (sent.header("Authorization"), sent.header("X-Key")) == (None, None)
    assert async_got(GIVEN, ("key",)).header("X-Key") == "k3y"


def test_a_key_joins_the_query_and_the_cookies_of_a_call() -> None:
    """What the caller gave stays, once."""
    operation = msgspec.structs.replace(
        asking(("search", "session")), places={"crumb": Place("cookie", "crumb")}
    )
    with (
        ScriptedServer(json_response(THING)) as server,
        Client(auth=GIVEN, base_url=server.url) as client,
    ):
        client.things.call(operation, path={"thing": 7}, query={"page": 2, "crumb": "c"})
    assert server.only.target == "/orgs/acme/things/7?page=2&k%26y=a%20b"
    assert server.only.header("Cookie") == "crumb=c; s=v%3B1"


def test_a_redirect_carries_the_proof_again() -> None:
    """On the same origin only, as with any token."""
    there = ScriptedResponse(status=307, headers={"Location": "/elsewhere?x=1"})
    with (
        ScriptedServer(there, json_response(THING)) as server,
        Client(auth=GIVEN, base_url=server.url) as client,
    ):
        client.things.call(asking(("search", "key")), path={"thing": 7})
    assert server.requests[1].target == "/elsewhere?x=1&k%26y=a%20b"
    assert server.requests[1].header("X-Key") == "k3y"


def test_what_the_description_does_not_say_gets_all_that_was_given() -> None:
    """Many descriptions name their schemes and not where they are asked for."""
    sent = got({"key": "k3y", "token": "t0k"})
    assert (sent.header("X-Key"), sent.header("Authorization")) == ("k3y", "Bearer t0k")
    assert got(None).header("Authorization") is None


def test_a_credential_alone_finds_its_scheme() -> None:
    """A token is for the bearer schemes, a key for the only scheme there is."""
    assert got("t0k", ("token",)).header("Authorization") == "Bearer t0k"
    assert got("k3y", ("key",), kind=OnlyKey).header("X-Key") == "k3y"
    assert got("t0k", kind=NoSchemes).header("Authorization") == "Bearer t0k"
    assert got(None, kind=NoSchemes).header("Authorization") is None


@pytest.mark.parametrize("auth", [None, {"key": "k3y"}])
def test_a_call_that_cannot_be_signed_is_not_sent(auth: SchemeAuth | None) -> None:
    """The error names every way there is; an operation that lets anybody in goes on."""
    with ScriptedServer() as server, Client(auth=auth, base_url=server.url) as client:
        with pytest.raises(InvalidArgument) as caught:
            client.things.call(asking(("key", "login"), ("token",)), path={"thing": 7})
        assert "'key' and 'login', or 'token'" in str(caught.value)
        assert "auth=" in str(caught.value)
        assert not server.requests
    assert got(auth, ("token",), ()).header("Authorization") is None


# ── Functions ────────────────────────────────────────────────────────────────────────────────


def counting(values: list[str]) -> Callable[[], str]:
    return lambda: values.pop(0)


def test_a_function_is_asked_before_every_attempt() -> None:
    """And again after a 401, once."""
    with (
        ScriptedServer(json_response({"message": "no"}, 401), json_response(THING)) as server,
        Client(
            auth={"key": counting(["one", "two"]), "token": "t0k"}, base_url=server.url
        ) as client,
    ):
        client.things.call(asking(("key", "token")), path={"thing": 7})
    assert [it.header("X-Key") for it in server.requests] == ["one", "two"]
    assert [it.header("Authorization") for it in server.requests] == ["Bearer t0k"] * 2


def test_a_fixed_credential_that_is_refused_is_not_sent_again() -> None:
    """Nothing else could come of it, whatever the client has a function for."""
    with (
        ScriptedServer(json_response({"message": "no"}, 401)) as server,
        Client(auth={**GIVEN, "token": lambda: "t0k"}, base_url=server.url) as client,
        pytest.raises(BadCredentials),
    ):
        client.things.call(asking(("key",)), path={"thing": 7})
    assert len(server.requests) == 1


def test_an_async_function_is_awaited() -> None:
    """By an AsyncClient; a Client says that it cannot."""

    async def ask() -> str:
        return "me:pass"

    assert async_got({"login": ask}, ("login",)).header("Authorization") == "Basic bWU6cGFzcw=="
    with (
        Client(auth={"login": ask}, base_url="http://127.0.0.1:9") as client,  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType] - the point
        pytest.raises(TypeError, match="needs an AsyncClient"),
    ):
        client.things.call(asking(("login",)), path={"thing": 7})


# ── What is rejected, and what shows ─────────────────────────────────────────────────────────

REFUSED: list[tuple[object, str]] = [
    ({"other": "SECRET"}, "not a security scheme"),
    ({"SECRET": "key"}, "not a security scheme"),
    ({"key": ""}, "is empty"),
    ({"key": " \n"}, "is empty"),
    ({"key": "SE\nCRET"}, "white space other than single spaces"),
    ({"key": "Token  SECRET"}, "white space other than single spaces"),
    ({"token": "Token SECRET"}, "white space, control or non-ASCII"),
    ({"token": "SECRÉT"}, "white space, control or non-ASCII"),
    ({"search": "SE\x00CRET"}, "control characters"),
    ({"session": "SE\ud800CRET"}, "control characters"),
    ({"login": "SECRET"}, "user:password"),
    ({"login": b"SECRET:x"}, "must be a str"),
    (b"SECRET", "must be a str"),
    (("me", "SECRET"), "must be a str"),
]


@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(("auth", "said"), REFUSED)
def test_what_cannot_travel_is_refused_and_not_shown(
    kind: Callable[..., object], auth: object, said: str
) -> None:
    """Before anything is sent; the value is in no message and in no frame of the traceback."""
    held = Secret(auth)
    del auth
    with pytest.raises((InvalidArgument, TypeError), match=said) as caught:
        kind(auth=held.reveal())
    assert "SECRET" not in str(caught.value)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in frames.stack if "/runtime/" in frame.filename.replace("\\", "/")]
    assert ours
    assert not any(
        "CRET" in text or "CRÉT" in text for f in ours for text in (f.locals or {}).values()
    )


def test_a_key_in_a_header_can_have_words() -> None:
    """As `Token abc` in Authorization; a server that echoes the last word shows nothing."""
    assert got({"key": "Token k3y-of-mine"}, ("key",)).header("X-Key") == "Token k3y-of-mine"
    scheme = Scheme("header", "Authorization")
    source = SchemeSignIn({"key": scheme}).source(Secret[object]("Token k3y-of-mine"))
    assert "k3y" not in Redactor(*source.known)("no such key: k3y-of-mine")


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_http_is_allowed_without_credentials_only(kind: Callable[..., object]) -> None:
    """With them, the caller has to say that they may travel in the clear."""
    url = "http://things.internal:8080"
    for anonymous in (kind(base_url=url), kind(base_url=url, auth=None)):
        assert url in repr(anonymous)
    for auth in ({"key": "k3y"}, {}, "t0k", lambda: "t0k"):
        with pytest.raises(InvalidArgument, match="allow_insecure_http=True"):
            kind(base_url=url, auth=auth)
    assert url in repr(kind(base_url=url, auth={"key": "k3y"}, allow_insecure_http=True))


def test_a_credential_without_a_name_is_refused_where_it_could_be_any() -> None:
    """Sent as the wrong one, it would be shown to who must not have it."""

    class Two(Client):
        _defaults = msgspec.structs.replace(
            OTHER, sign_in=SchemeSignIn({name: SCHEMES[name] for name in ("key", "login")})
        )

    with pytest.raises(InvalidArgument, match="one of 'key', 'login'"):
        Two(auth="k3y")
    with pytest.raises(InvalidArgument, match="pass the token alone"):
        NoSchemes(auth={"token": "t0k"})


def test_the_environment_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub's token is for GitHub; a stranger gets nothing."""
    clear_environment(monkeypatch)
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    sent = got(None, kind=NoSchemes)
    assert "ghp_secret" not in str(sent)


@pytest.mark.parametrize("name", list(GIVEN))
def test_what_a_server_echoes_is_masked(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """In every form in which it travelled, in errors and in the log."""
    caplog.set_level(logging.DEBUG, "runtime")

    def echo(request: ReceivedRequest) -> ScriptedResponse:
        said = f"{request.target} {request.headers} me:pass word pass word a b v;1"
        return json_response({"message": said}, 400)

    with (
        ScriptedServer(echo) as server,
        Client(auth={name: GIVEN[name]}, base_url=server.url) as client,
        pytest.raises(ClientError) as caught,
    ):
        client.things.call(asking((name,)), path={"thing": 7})
    shown = f"{caught.value} {caught.value!r} {caplog.text}"
    forms = {
        "token": ["t0k"],
        "login": ["me:pass word", "bWU6cGFzcyB3b3Jk", "pass word"],
        "key": ["k3y"],
        "search": ["a b", "a%20b"],
        "session": ["v;1", "v%3B1"],
    }
    assert [form for form in forms[name] if form in shown] == []
    assert "***" in shown


def test_what_a_function_gave_is_masked_as_well() -> None:
    """It is known only once it was asked."""
    with (
        ScriptedServer(lambda it: json_response({"message": it.header("X-Key")}, 400)) as server,
        Client(auth={"key": lambda: "k3y"}, base_url=server.url) as client,
        pytest.raises(ClientError) as caught,
    ):
        client.things.call(asking(("key",)), path={"thing": 7})
    assert "k3y" not in str(caught.value)


@pytest.mark.parametrize("name", list(GIVEN))
def test_the_cache_writes_no_credential_down(name: str, tmp_path: Path) -> None:
    """What is kept is kept for each credential apart."""
    operation = msgspec.structs.replace(asking((name,)), returns=lambda: Thing)
    tagged = json_response(THING, headers={"ETag": '"1"'})
    file = tmp_path / "cache.db"
    with ScriptedServer(tagged, tagged, tagged) as server:
        for secret in (GIVEN[name], GIVEN[name], "other:" + GIVEN[name]):
            with Client(auth={name: secret}, base_url=server.url, cache=file) as client:
                client.things.call(operation, path={"thing": 7})
        asked = [it.header("If-None-Match") for it in server.requests]
    assert asked == [None, '"1"', None]
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for form in (b"bWU6cGFzcyB3b3Jk", b"a%20b", b"v%3B1", b"k3y", b"t0k"):
        assert form not in written
