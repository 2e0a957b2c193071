"""The token, and the secrets in responses, show nowhere: repr, error, traceback, log, pickle."""

from __future__ import annotations

import asyncio
import base64
import copy
import gzip
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import ClassVar

import msgspec
import pytest

from client.runtime_api import (
    CREATE,
    GET,
    LIST,
    THING,
    TOKEN,
    AsyncCaller,
    AsyncClient,
    Caller,
    Client,
    SyncCaller,
    Thing,
    Ticket,
    both,
    pickled,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.errors import ClientError, InvalidArgument
from ghrunners._runtime.redaction import Redactor, Secret
from ghrunners._runtime.types import UNSET, Model, SecretModel, Unset

SECRET = "AABF3JGZDX3P5PMEXLND6TS6FCWO6"  # noqa: S105 - nobody's


def chain(error: BaseException) -> Iterator[BaseException]:
    """Return an error and all that hangs on it as cause or context."""
    waiting: list[BaseException | None] = [error]
    while waiting:
        if (found := waiting.pop()) is not None:
            yield found
            waiting += [found.__cause__, found.__context__]


def everything_about(error: BaseException) -> str:
    """Write down what any reporter could: messages, attributes, and the locals of every frame."""
    parts: list[str] = []
    for found in chain(error):
        parts += [str(found), repr(found), repr(vars(found))]
        parts += [repr(getattr(found, name, None)) for name in ("request", "response", "headers")]
        for frame, line in traceback.walk_tb(found.__traceback__):
            if frame.f_code.co_filename != __file__:  # the tests themselves know the secrets
                parts.append(f"{frame.f_code.co_qualname}:{line}")
                parts += [f"{name} = {value!r}" for name, value in frame.f_locals.items()]
    return "\n".join(parts)


REGISTRATION = "AABF3JGZDX3P5PMEXLND6TS6FCWO6"
JIT = base64.b64encode(json.dumps({".runner": "e", ".credentials": "f"}).encode()).decode()
BASE64 = base64.b64encode(bytes(range(40))).decode().replace("/", "a").rstrip("=")
TICKET_BODY = json.dumps({"token": REGISTRATION, "expires_at": JIT, "x": BASE64}).encode()
MADE = (REGISTRATION, JIT, BASE64)

FAULTS: dict[str, ScriptedResponse] = {
    "unauthorized": json_response({"message": f"Bad credentials: {TOKEN}"}, 401),
    "not found": json_response({"message": "Not Found"}, 404),
    "server error": ScriptedResponse(status=500, body=TOKEN.encode()),
    "wrong shape": json_response(
        {"token": [SECRET], "expires_at": 7, "id": SECRET, "things": SECRET}
    ),
    "cut": ScriptedResponse(
        body=f'{{"token": "{SECRET}", "thin'.encode(), headers={"Content-Type": "application/json"}
    ),
    "no text": ScriptedResponse(
        body=f'{{"token": "{SECRET}\xff"}}'.encode("latin-1"),
        headers={"Content-Type": "application/json"},
    ),
    "html": ScriptedResponse(body=SECRET.encode(), headers={"Content-Type": "text/html"}),
    "odd type": ScriptedResponse(body=SECRET.encode(), headers={"Content-Type": TOKEN}),
    "redirect": ScriptedResponse(status=302, headers={"Location": f"https://x.example/{SECRET}"}),
    "far redirect": ScriptedResponse(
        status=302, headers={"Location": f"https://{SECRET}@x.example/"}
    ),
    "reset": ScriptedResponse(raw=b"", end="reset"),
    "no HTTP": ScriptedResponse(raw=TOKEN.encode() + b"\r\n\r\n", end="close"),
    "bad header": ScriptedResponse(
        raw=b"HTTP/1.1 200 OK\r\n" + TOKEN.encode() + b"\r\n\r\n", end="close"
    ),
    "half": ScriptedResponse(
        raw=b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n" + SECRET.encode(), end="close"
    ),
    "silence": ScriptedResponse(after=3),
    # What a server sends before the end of a response, when its length is wrong.
    "a body for a status line": ScriptedResponse(raw=TICKET_BODY + b"\r\n\r\n", end="close"),
    "a body for a header": ScriptedResponse(
        raw=b"HTTP/1.1 200 OK\r\n" + TICKET_BODY + b"\r\n\r\n", end="close"
    ),
    "a body for a chunk": ScriptedResponse(
        raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + TICKET_BODY + b"\r\n",
        end="close",
    ),
    "a body for a phrase": ScriptedResponse(
        raw=b"HTTP/1.1 404 " + TICKET_BODY + b"\r\n\r\n", end="close"
    ),
    "a body in a length": ScriptedResponse(
        raw=b"HTTP/1.1 200 OK\r\nContent-Length: " + TICKET_BODY + b"\r\n\r\n", end="close"
    ),
    "HTML around it": ScriptedResponse(
        body=b"<pre>" + TICKET_BODY, headers={"Content-Type": "application/json"}
    ),
    "BOM before half of it": ScriptedResponse(
        body=b"\xef\xbb\xbf" + TICKET_BODY[:-1], headers={"Content-Type": "application/json"}
    ),
    "a cut gzip": ScriptedResponse(
        body=gzip.compress(TICKET_BODY)[:-1],
        headers={"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ),
    **{
        f"{name} {where}": answer
        for name, secret in (("registration", REGISTRATION), ("jit", JIT), ("base64", BASE64))
        for where, answer in (
            ("in a message", json_response({"message": f"no {secret}", "errors": [secret]}, 422)),
            ("in a limit", json_response({"message": f"rate limit: {secret}"}, 429)),
            ("as a type", ScriptedResponse(body=b"{}", headers={"Content-Type": f"text/{secret}"})),
            (
                "in a header",
                json_response({"message": secret}, 404, {"X-GitHub-Request-Id": secret}),
            ),
            (
                "in a Location",
                ScriptedResponse(status=302, headers={"Location": f"http://{secret}.example"}),
            ),
            (
                "in a path",
                ScriptedResponse(status=302, headers={"Location": f"http://x.example/{secret}"}),
            ),
            ("in a redirect", ScriptedResponse(status=303, headers={"Location": f"/{secret}"})),
            (
                "as a key",
                json_response({secret: secret, "id": {secret: secret}, "token": {secret: 1}}),
            ),
            (
                "in a Link",
                json_response(
                    {"total_count": 9, "things": [{"id": 1, "name": "x"}], "id": secret},
                    headers={"Link": f'<http://{secret}.example/{secret}>; rel="next"'},
                ),
            ),
        )
    },
}

WORK: dict[str, Callable[[Caller], object]] = {
    "read": lambda caller: caller.call(GET, path={"thing": 7}),
    "write": lambda caller: caller.call(CREATE, body={"name": "x"}),
    "list": lambda caller: caller.ids(),
}


@both
@pytest.mark.parametrize("work", WORK.values(), ids=WORK)
@pytest.mark.parametrize("answer", FAULTS.values(), ids=FAULTS)
def test_an_error_shows_no_secret(
    flavour: type[Caller], work: Callable[[Caller], object], answer: ScriptedResponse
) -> None:
    """Neither its text nor its attributes, causes, frames or pickle hold a token."""
    with ScriptedServer(answer) as server, pytest.raises(ClientError) as caught:
        work(flavour(server.url, timeout=0.3))
    shown = everything_about(caught.value)
    assert "Caller." in shown
    assert TOKEN not in shown
    assert SECRET not in shown
    assert [one for one in MADE if one.lower() in shown.lower()] == []
    dumped = pickle.dumps(caught.value)
    assert TOKEN.encode() not in dumped
    assert SECRET.encode() not in dumped
    assert pickled(caught.value).args == caught.value.args


@both
@pytest.mark.parametrize("answer", FAULTS.values(), ids=FAULTS)
def test_no_error_holds_the_transport_s(flavour: type[Caller], answer: ScriptedResponse) -> None:
    """httpx2's errors hold the request with its headers: none is a cause or context of ours."""
    with ScriptedServer(answer) as server, pytest.raises(ClientError) as caught:
        flavour(server.url, timeout=0.3).call(GET, path={"thing": 7})
    assert [found for found in chain(caught.value) if not isinstance(found, ClientError)] == []


@pytest.mark.parametrize("caller", [SyncCaller, AsyncCaller])
def test_a_call_that_is_refused_shows_no_token(caller: type[Caller]) -> None:
    """The frames of a client that was never made, or of a call never sent, hold no token."""
    for base_url, path in (("https://github.com", "x"), ("http://127.0.0.1:1", "..")):
        with pytest.raises(InvalidArgument) as caught:
            caller(base_url).call(GET, path={"thing": path})
        assert TOKEN not in everything_about(caught.value)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_token_that_is_refused_is_not_shown(kind: type[Client] | type[AsyncClient]) -> None:
    """A token with a space in it is a token, nearly."""
    options = {"auth": Secret(f"{TOKEN} x")}
    with pytest.raises(InvalidArgument) as caught:
        kind(auth=options["auth"].reveal())
    assert TOKEN not in everything_about(caught.value)


@both
@pytest.mark.parametrize("answer", [json_response(THING), *FAULTS.values()], ids=["fine", *FAULTS])
def test_logs_show_no_token(
    flavour: type[Caller], answer: ScriptedResponse, caplog: pytest.LogCaptureFixture
) -> None:
    """At the lowest level, of every library below, too."""
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(answer) as server:
        try:
            flavour(server.url, timeout=0.3).call(GET, path={"thing": 7})
        except ClientError as error:
            logging.getLogger("test").exception("failed: %r", error)
    # What a server echoes in its headers is logged by httpcore2 as it came.
    if answer is not FAULTS["odd type"] and answer.raw is None:
        assert caplog.records
        assert TOKEN not in caplog.text


def test_a_client_in_use_shows_no_token() -> None:
    """Nothing that can be reached by repr from a client, a resource or a list shows it."""
    with Client(auth=TOKEN) as client:
        held = [client, client.org(), client.org().list(), client.core, client.core.flows]
        asynchronous = AsyncClient(auth=TOKEN)
        held += [asynchronous, asynchronous.org(), asynchronous.org().list()]
        assert TOKEN not in repr(held)
        asyncio.run(asynchronous.aclose())


# ── Secrets in models ────────────────────────────────────────────────────────────────────────

TICKET = Ticket(token=SECRET, expires_at="soon", thing=Thing(id=7, name="seven"))


class Box(Model, frozen=True, kw_only=True, gc=False):
    tickets: list[Ticket]


class Partial(SecretModel, frozen=True, kw_only=True, gc=False):
    _secrets: ClassVar[frozenset[str]] = frozenset({"token", "key"})

    token: str | Unset = UNSET
    key: str | None = None


def test_a_secret_of_a_model_is_masked() -> None:
    """In its own repr and in that of whatever holds it, plain or rich."""
    shown = "Ticket(token=***, expires_at='soon', thing=Thing(id=7, name='seven', state='on'))"
    assert repr(TICKET) == str(TICKET) == f"{TICKET}" == f"{TICKET!r}" == shown
    assert repr(Box(tickets=[TICKET])) == f"Box(tickets=[{shown}])"
    assert dict(TICKET.__rich_repr__())["expires_at"] == "soon"
    assert SECRET not in repr(TICKET.__rich_repr__())
    assert SECRET not in repr(Box(tickets=[TICKET]).__rich_repr__())


def test_an_absent_secret_is_seen_to_be_absent() -> None:
    """Null and unset hold no secret, and say so."""
    assert repr(Partial()) == "Partial(token=UNSET, key=None)"
    assert repr(Partial(token="", key="x")) == "Partial(token=***, key=***)"


def test_a_secret_of_a_model_is_there() -> None:
    """Attributes, equality, hash and JSON are those of any model; `_secrets` is no field."""
    assert TICKET.token == SECRET
    assert Ticket.__struct_fields__ == ("token", "expires_at", "thing")
    again = Ticket(token=SECRET, expires_at="soon", thing=Thing(id=7, name="seven"))
    other = Ticket(token=None, expires_at="soon", thing=Thing(id=7, name="seven"))
    assert again == TICKET
    assert hash(again) == hash(TICKET)
    assert other != TICKET
    assert msgspec.json.decode(msgspec.json.encode(TICKET), type=Ticket) == TICKET
    with pytest.raises(AttributeError):
        TICKET.expires_at = "x"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue] - the point


def test_a_model_with_a_secret_does_not_pickle() -> None:
    """A pickle is readable; a model without secrets pickles."""
    for held in (TICKET, Box(tickets=[TICKET])):
        with pytest.raises(TypeError, match="Ticket holds a secret and cannot be pickled"):
            pickle.dumps(held)
    assert pickled(Thing(id=7, name="x")) == Thing(id=7, name="x")
    assert copy.copy(TICKET) == TICKET


def test_models_are_as_light_as_they_can_be() -> None:
    """Frozen, keyword only, and unknown to the garbage collector, base and child alike."""
    for model in (Model, SecretModel, Thing, Ticket):
        config = model.__struct_config__
        assert (config.frozen, config.gc) == (True, False)
    with pytest.raises(TypeError, match="positional"):
        Thing(7, "x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - the point


# ── Redaction ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("  a\tb\nc  ", "a b c"),
        ("\x1b[31mred\x07", "[31mred"),
        ("\u202egnp.exe\u200b", "gnp.exe"),
        (f"x{SECRET}y{SECRET}", "x***y***"),
        (f"{SECRET[:5]}\x00{SECRET[5:]}", "***"),
        (f"{SECRET[:5]}\u200b{SECRET[5:]}", "***"),
        ("gho_0123456789abcdef, ghu_0123456789.ab-c_d!", "***, ***!"),
        ("ghastly gh_x ghp_short", "ghastly gh_x ghp_short"),
        ("z" * 21, "z" * 20 + "…"),
        (f"<{REGISTRATION}>", "<***>"),
        (f'"{JIT}"', '"***"'),
        (f"at {BASE64}==.", "at ***."),
        (f"/{BASE64[:9]}/{BASE64}/x", "***"),
        ("0123456789abcdef" * 4, "0123456789abcdef" * 4),
        ("x" * 50, "x" * 50),
        ("eyes and eyebrows", "eyes and eyebrows"),
        ("z" * 15 + SECRET, "z" * 15 + "***"),
        ("\ud800", ""),
    ],
)
def test_text_of_a_server_is_made_fit_to_show(text: str, shown: str) -> None:
    """One line, no control characters, no tokens, cut after all that."""
    redact = Redactor(Secret(SECRET))
    assert redact(text, 20) in (shown, shown[:20] + "…")
    assert SECRET not in repr(redact)


@pytest.mark.parametrize(
    ("secret", "text", "shown"),
    [
        (
            "t",
            "Can't start the test: the token is wrong",
            "Can't start the test: the token is wrong",
        ),
        ("t", "Bad credentials: t", "Bad credentials: ***"),
        (
            "t",
            "'t' \"t\" (t) token=t, /t/ Bearer t. _t_",
            "'***' \"***\" (***) token=***, /***/ Bearer ***. _***_",
        ),
        ("t", "a built-in t-shirt of Don\u2019t", "a built-in t-shirt of Don\u2019t"),
        ("test", "tests and contests, test", "tests and contests, ***"),
        ("a.b", "a.b xa.b a-b", "*** xa.b a-b"),
        ("!", "Hello! or !", "Hello! or ***"),
        ("hunter", "xhuntery", "x***y"),
    ],
)
def test_a_short_token_does_not_garble_a_message(secret: str, text: str, shown: str) -> None:
    """It is masked as a whole word, and from six characters on wherever it is."""
    assert Redactor(Secret(secret))(text) == shown


def test_a_secret_is_not_pickled() -> None:
    """The holder of a value refuses, and so does all that holds it."""
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(Redactor(Secret(SECRET)))


def test_the_loopback_server_records_what_it_is_sent() -> None:
    """The recorder that these tests rely on does see the token where it is sent."""
    with ScriptedServer(json_response({"total_count": 0, "things": []})) as server:
        SyncCaller(server.url).call(LIST)
    assert ("Authorization", f"Bearer {TOKEN}") in server.only.headers


def test_an_etag_is_kept_as_it_came() -> None:
    """It is handed back to the server, and may look like anything."""
    redact = Redactor(Secret(SECRET))
    assert redact(f'W/"{BASE64}"', is_etag=True) == f'W/"{BASE64}"'
    assert redact(f'W/"{SECRET}"', is_etag=True) == 'W/"***"'
