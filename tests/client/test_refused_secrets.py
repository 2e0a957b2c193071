"""Refusals of arguments that may be secret: no error, cause or frame of the package has the value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from client.runtime_api import (
    THING,
    TOKEN,
    UPDATE,
    AnyClient,
    Caller,
    Ticket,
    both,
    clear_environment,
    either,
)
from client.scripted_server import ScriptedServer, json_response
from client.tracebacks import everything
from ghrunners._runtime.auth.github_app import App
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.redaction import Secret

VALUE = "s3cret-v4lue"

Use = Callable[[AnyClient], object]


def _with_options(**options: object) -> Use:
    """Return a change of a client's options. The values are in no frame of the package but its own."""
    held = Secret(options)
    return lambda kind: kind(auth=TOKEN).with_options(**held.reveal())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


def _client(**options: object) -> Use:
    held = Secret(options)
    return lambda kind: kind(**{"auth": TOKEN, **held.reveal()})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


REFUSED: dict[str, Use] = {
    "a header with a bad name": _with_options(headers={"a b": VALUE}),
    "a header with a name of bytes": _with_options(headers={b"X-Key": VALUE}),
    "a header with a line end": _with_options(headers={"X-Key": f"{VALUE}\r\nY: 1"}),
    "a header of bytes": _with_options(headers={"X-Key": VALUE.encode()}),
    "a header after a good one": _with_options(headers={"X-Key": VALUE, "X": ""}),
    "a header that the client sets": _with_options(headers={"Authorization": VALUE}),
    "a header with the API version": _with_options(headers={"x-github-api-version": VALUE}),
    "a header twice": _with_options(headers={"X-Key": VALUE, "x-key": VALUE}),
    "headers in a list": _with_options(headers=[("X-Key", VALUE)]),
    "headers beside a bad timeout": _with_options(headers={"X-Key": VALUE}, timeout=-1),
    "headers beside a bad retry": _with_options(headers={"X-Key": VALUE}, retry=Retry),
    "a token with a line end": _client(auth=f"{VALUE}\n{VALUE}"),
    "a token of bytes": _client(auth=VALUE.encode()),
    "a token in a mapping": _client(auth={"token": VALUE}),
    "a key of an App": lambda _: App(client_id="1", private_key=VALUE),
    "an App beside a key of bytes": lambda _: App(client_id="", private_key=VALUE.encode()),
    "a token beside a bad timeout": _client(auth=VALUE, timeout=-1),
    "a token over http": _client(auth=VALUE, base_url="http://git.example"),
    "a password in base_url": _client(base_url=f"https://me:{VALUE}@git.example/api/v3"),
    "a token in the query of base_url": _client(base_url=f"https://git.example/?t={VALUE}"),
    "a path of base_url": _client(base_url=f"https://git.example/{VALUE}/../x"),
    "base_url as bytes": _client(base_url=f"https://me:{VALUE}@git.example".encode()),
    "base_url beside a bad timeout": _client(base_url=f"https://me:{VALUE}@x.example", timeout=-1),
    "a proxy with a bad scheme": _client(proxy=f"ftp://me:{VALUE}@proxy.example"),
    "a proxy beside a bad base_url": _client(proxy=f"http://me:{VALUE}@x", base_url="x"),
    "a proxy beside a transport": _client(proxy=f"http://me:{VALUE}@x", transport=object()),
}


@either
@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_argument_is_shown_nowhere(
    kind: AnyClient, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by the argument's own refusal, nor by that of another one beside it."""
    clear_environment(monkeypatch)
    with pytest.raises((InvalidArgument, TypeError)) as caught:
        REFUSED[name](kind)
    shown = everything(caught.value)
    assert "self = " in shown, "the package has frames"
    assert VALUE not in shown


VARIABLES: dict[str, dict[str, str]] = {
    "a token": {"GITHUB_TOKEN": f"{VALUE} a"},
    "an address": {"GITHUB_TOKEN": "t", "GITHUB_API_URL": f"https://me:{VALUE}@git.example"},
    "a host": {"GITHUB_TOKEN": "t", "GH_HOST": f"me:{VALUE}@git.example"},
    "a proxy": {"GITHUB_TOKEN": "t", "HTTPS_PROXY": f"ftp://me:{VALUE}@proxy.example"},
    "a key": {"GITHUB_APP_CLIENT_ID": "1", "GITHUB_APP_PRIVATE_KEY": VALUE},
}


@either
@pytest.mark.parametrize("name", VARIABLES)
def test_a_refused_variable_is_shown_nowhere(
    kind: AnyClient, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clear_environment(monkeypatch)
    for variable, value in VARIABLES[name].items():
        monkeypatch.setenv(variable, value)
    with pytest.raises(InvalidArgument) as caught:
        kind.from_env()
    assert VALUE not in everything(caught.value)


SECRETS = Ticket(token=VALUE, expires_at="soon")
WRONG = Ticket(token=VALUE, expires_at=float("nan"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point

BODIES: dict[str, dict[str, Any]] = {
    "beside a wrong value": {"ticket": SECRETS, "ratio": float("nan")},
    "in a wrong model": {"ticket": WRONG},
    "in a list with a wrong value": {"tickets": [SECRETS, {"a": float("nan")}]},
    "in a map with a lone surrogate": {"tickets": {"a": SECRETS, "b": "\ud800"}},
    "beside a value that is no list": {"ticket": SECRETS, "labels": "gpu"},
}


@both
@pytest.mark.parametrize("name", BODIES)
def test_a_model_with_secrets_in_a_refused_body_shows_them_nowhere(
    flavour: type[Caller], name: str
) -> None:
    """It is masked as the caller gave it, and no frame has it in another form."""
    with ScriptedServer(default=json_response(THING)) as server:
        with pytest.raises((InvalidArgument, TypeError)) as caught:
            flavour(server.url).call(UPDATE, path={"thing": 7}, body=BODIES[name])
        assert server.requests == []
    assert VALUE not in everything(caught.value)
