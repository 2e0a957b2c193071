"""Secrets of a GitHub App: no text has its key, and an invalid key is rejected."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from client.auth.github_app_server import (
    CLIENT_ID,
    REPO,
    AnySession,
    GitHubAppServer,
    SyncSession,
    app,
    flavours,
    key,
    parts_of_secret,
    pem,
    reported_text,
)
from client.runtime_api import GET, FakeClock
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.auth.github_app import App, sign_jwt
from ghrunners._runtime.errors import CallError, InvalidArgument
from ghrunners._runtime.response_errors import (
    RedirectRefused,
)


@flavours
@pytest.mark.parametrize("last", ["installation", "access_tokens", "7"])
@pytest.mark.parametrize("status", [200, 401, 403, 404, 422, 500])
def test_key_signature_and_token_show_nowhere(
    session: AnySession, last: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in an error that a server's own words went into, a log, a repr or a pickle."""
    caplog.set_level(logging.DEBUG, "ghrunners")
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        client.call(GET)
        secrets = [*github.jwts, *github.tokens]
        github.revoke()
        github.clock.passed += 4000
        echo = json_response({"message": f"No: {secrets}", "id": secrets, "token": secrets}, status)
        github.first[last] = [echo] * 9
        with pytest.raises(CallError) as caught:
            client.call(GET, org="beta")
        shown = [reported_text(caught.value), caplog.text, repr(client.client)]
    secrets += [*parts_of_secret(pem()), *github.jwts, *github.tokens]
    dumped = pickle.dumps(caught.value).decode("latin-1")
    for text in (*shown, dumped):
        assert [secret for secret in secrets if secret in text] == []


@flavours
def test_an_app_signs_in_nowhere_else(session: AnySession) -> None:
    """A redirect of its own requests to another host is not followed, and gets nothing."""
    with ScriptedServer() as other:
        for status in (301, 307):
            away = ScriptedResponse(
                status=status, headers={"Location": f"{other.url}/x/installation"}
            )
            for given in (app(), app(7)):
                with (
                    ScriptedServer(default=away) as server,
                    session(server.url, given) as client,
                    pytest.raises(RedirectRefused),
                ):
                    client.call(GET)
    assert other.requests == []


def test_a_repository_that_moved_is_found() -> None:
    """On the same origin, the lookup follows, and the App's signature with it."""
    github = GitHubAppServer(FakeClock())
    moved = ScriptedResponse(status=301, headers={"Location": "/repos/acme/app/installation"})
    github.first["installation"] = [moved]
    with (
        ScriptedServer(default=github) as server,
        SyncSession(server.url, app(), github.clock) as client,
    ):
        client.call(REPO, owner="acme", repo="old")
    assert github.log[:2] == [
        "GET /repos/acme/old/installation",
        "GET /repos/acme/app/installation",
    ]
    assert len(set(github.jwts[:2])) == 1


def test_an_app_shows_no_key() -> None:
    """Not in its repr, a pickle or a copy."""
    given = app(7)
    assert repr(given) == f"App(client_id='{CLIENT_ID}', private_key=***, installation_id=7)"
    assert repr(App(app_id=5, private_key=pem())) == "App(app_id='5', private_key=***)"
    for work in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="holds a private key"):
            work(given)


def encrypted() -> bytes:
    """Return the key as one that needs a password."""
    form = PrivateFormat.PKCS8
    return key().private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"password"))


def public() -> bytes:
    """Return the half that is nobody's secret."""
    return key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def elliptic() -> bytes:
    """Return a key of another kind."""
    made = ec.generate_private_key(ec.SECP256R1())
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (encrypted, "encrypted"),
        (public, "not the PEM text of a private key"),
        (elliptic, "not an RSA key"),
        (lambda: "", "not the PEM text"),
        (lambda: pem()[:-60], "not the PEM text"),
        (lambda: base64.b64encode(b"no key").decode(), "not the PEM text"),
        (lambda: base64.b64encode(encrypted()), "encrypted"),
        (lambda: encrypted().replace(b"\n", b"\\n"), "encrypted"),
        (lambda: "/etc/key.pem", "not the PEM text"),
        (lambda: pem() + "\udcff", "not the PEM text"),
    ],
)
def test_a_key_that_is_none_is_refused(given: Callable[[], str | bytes], said: str) -> None:
    """The error says why, and shows nothing of it."""
    with pytest.raises(InvalidArgument, match=said) as caught:
        App(client_id=CLIENT_ID, private_key=given())
    shown = reported_text(caught.value)
    assert [part for part in parts_of_secret(pem()) if part in shown] == []


def test_a_key_may_be_text_or_bytes() -> None:
    """In either of the forms that keys come in."""
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for given in (pem(), pem().encode(), key().private_bytes(*form)):
        assert sign_jwt(App(client_id=CLIENT_ID, private_key=given), 0.0).reveal().count(".") == 2


# What variables and secret stores make of a key.
STORED: dict[str, Callable[[str], str | bytes]] = {
    "literal": lambda text: text.replace("\n", "\\n"),
    "literal CRLF": lambda text: text.replace("\n", "\\r\\n"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "spaces": lambda text: text.replace("\n", " "),
    "one line": lambda text: text.replace("\n", ""),
    "quotes": lambda text: f'  "{text}"\n',
    "quotes, literal": lambda text: "'" + text.replace("\n", "\\n") + "'",
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 lines": lambda text: base64.encodebytes(text.encode()),
    "base64 CRLF": lambda text: base64.b64encode(text.replace("\n", "\r\n").encode()),
}


@pytest.mark.parametrize("stored", STORED.values(), ids=STORED)
@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
def test_a_key_may_be_as_a_secret_store_has_it(
    stored: Callable[[str], str | bytes], form: PrivateFormat
) -> None:
    """On one line, in quotes, with other line ends, or in base64: it is the same key."""
    text = key().private_bytes(Encoding.PEM, form, NoEncryption()).decode()
    given = App(client_id=CLIENT_ID, private_key=stored(text))
    token = sign_jwt(given, 0.0).reveal()
    jwt.decode(token, key().public_key(), ["RS256"], {"verify_exp": False, "verify_iat": False})


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({}, InvalidArgument),
        ({"client_id": "a", "app_id": 1}, InvalidArgument),
        ({"client_id": ""}, InvalidArgument),
        ({"client_id": "a b"}, InvalidArgument),
        ({"client_id": 7}, TypeError),
        ({"app_id": "Iv1"}, InvalidArgument),
        ({"app_id": 0}, InvalidArgument),
        ({"app_id": True}, TypeError),
        ({"app_id": 1.5}, TypeError),
        ({"app_id": 1, "installation_id": "7"}, TypeError),
        ({"app_id": 1, "installation_id": True}, TypeError),
        ({"app_id": 1, "installation_id": 0}, InvalidArgument),
        ({"app_id": 1, "private_key": 7}, TypeError),
    ],
    ids=str,
)
def test_what_is_no_app_is_refused(arguments: dict[str, Any], kind: type[Exception]) -> None:
    """The error names the argument."""
    given: Any = {"private_key": pem(), **arguments}
    with pytest.raises(kind) as caught:
        App(**given)
    assert any(name in str(caught.value) for name in (*arguments, "client_id"))
    assert [part for part in parts_of_secret(pem()) if part in reported_text(caught.value)] == []


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_an_app_says_what_it_lacks(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error holds the command that fixes it."""
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"pip install 'ghrunners\[app\]'") as caught:
        App(client_id=CLIENT_ID, private_key=pem())
    assert [part for part in parts_of_secret(pem()) if part in reported_text(caught.value)] == []


def test_nobody_else_loads_what_an_app_needs() -> None:
    """A client with a token works without PyJWT."""
    code = (
        "import sys, ghrunners; ghrunners.Client(auth='x'); ghrunners.App;"
        "print([name for name in sys.modules if name in ('jwt', 'cryptography')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert result.stdout.strip() == "[]"


def test_keys_of_the_tests_are_as_long_as_github_s() -> None:
    """2048 bits: PyJWT warns of shorter ones, and a warning fails these tests."""
    assert isinstance(key(), rsa.RSAPrivateKey)
    assert key().key_size == 2048
