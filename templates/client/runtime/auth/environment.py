"""Configuration from the environment, for `from_env`: the address of the API and authentication.

Reads the environment, and the file of GITHUB_APP_PRIVATE_KEY_PATH. Variables are named in errors,
their values are not. A value is kept in no local variable: a traceback shows those.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec

from ..errors import InvalidArgument
from ..redaction import Secret
from ..request.base_url import BaseUrl, parse_base
from .github_app import App
from .token import read_token

_API_URL, _HOST = "GITHUB_API_URL", "GH_HOST"
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
# The gh CLI's, for Enterprise Server only, where it takes no other.
_SERVER_TOKENS = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_NAMES = ("GITHUB_APP_CLIENT_ID", "GITHUB_APP_ID")
_KEYS = ("GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_PRIVATE_KEY_PATH")
_INSTALLATION = "GITHUB_APP_INSTALLATION_ID"


class EnvironmentConfig(msgspec.Struct, frozen=True):
    """How to sign in, and where: None is the product's own address."""

    auth: Secret[str] | App
    base_url: str | None


def environment_config() -> EnvironmentConfig:
    """Read the environment. Raises InvalidArgument if it is incomplete or contradicts itself."""
    base = _base()
    app = _set(*_NAMES, *_KEYS, _INSTALLATION)
    tokens = _set(*_tokens(base))
    if app and tokens:
        raise InvalidArgument(
            f"both a token ({_listed(tokens)}) and a GitHub App ({_listed(app)}) are set: "
            "unset one of them"
        )
    auth = _app() if app else _token(tokens, base)
    return EnvironmentConfig(auth, None if base is None else str(base))


def _value(name: str) -> Secret[str] | None:
    """Give a variable without the white space around it; None when it is empty or not set."""
    found = Secret(os.environ.get(name, "").strip())
    return found if found.reveal() else None


def _set(*names: str) -> list[str]:
    return [name for name in names if _value(name) is not None]


def _listed(names: list[str]) -> str:
    return " and ".join(names)


# ── The address ──────────────────────────────────────────────────────────────────────────────


def _base() -> BaseUrl | None:
    """Find the API. In Actions, GITHUB_API_URL is always set."""
    found = [_parsed(name) for name in _set(_API_URL, _HOST)]
    if len(set(found)) > 1:
        raise InvalidArgument(
            f"{_API_URL} and {_HOST} lead to different servers: unset one, or make a Client"
        )
    return found[0] if found else None


def _parsed(name: str) -> BaseUrl:
    given = _value(name)
    assert given is not None
    url = given if name == _API_URL else _api_of(given.reveal())
    try:
        return parse_base(url.reveal())
    except InvalidArgument:
        kind = "the URL of an API" if name == _API_URL else "a host, such as github.example.com"
        problem = InvalidArgument(f"{name} is not {kind}")
    raise problem


def _api_of(host: str) -> Secret[str]:
    """Give the API's URL of a host as the gh CLI takes it; one that is none stays none."""
    host = host.lower().removeprefix("api.")
    if host == "github.com" or host.endswith(".ghe.com"):
        return Secret(f"https://api.{host}")
    return Secret("" if "/" in host else f"https://{host}/api/v3")


def _is_server(base: BaseUrl | None) -> bool:
    """Tell whether an address is one of Enterprise Server."""
    host = "" if base is None else base.origin.partition("://")[2]
    return host not in ("", "api.github.com") and not host.endswith(".ghe.com")


# ── Signing in ───────────────────────────────────────────────────────────────────────────────


def _tokens(base: BaseUrl | None) -> tuple[str, ...]:
    """Name the variables whose token is meant for an address: none goes to another's server."""
    if not _is_server(base):
        return _TOKENS
    # Actions gives its token along with the address of its server.
    return (*_TOKENS, *_SERVER_TOKENS) if _value(_API_URL) is not None else _SERVER_TOKENS


def _token(names: list[str], base: BaseUrl | None) -> Secret[str]:
    found = [value for name in names if (value := _value(name)) is not None]
    if not found:
        allowed = " or ".join(_tokens(base))
        where = f" for the Enterprise Server of {_HOST}" if _is_server(base) else ""
        raise InvalidArgument(
            f"no token{where}: set {allowed}, or {_NAMES[0]} and {_KEYS[0]} for a GitHub App"
        )
    if len({value.reveal() for value in found}) > 1:
        raise InvalidArgument(f"{_listed(names)} hold different tokens: unset all but one")
    token = read_token(names[0], Secret[object](found[0].reveal()))
    if isinstance(token, Exception):
        raise token
    return token


def _app() -> App:
    names, keys = _set(*_NAMES), _set(*_KEYS)
    for found, allowed in ((names, _NAMES), (keys, _KEYS)):
        if len(found) > 1:
            raise InvalidArgument(f"{_listed(found)} are both set: unset one of them")
        if not found:
            given = _listed(_set(*_NAMES, *_KEYS, _INSTALLATION))
            raise InvalidArgument(f"{given}: for a GitHub App, set {' or '.join(allowed)} too")
    name, key = _value(names[0]), _private_key(keys[0])
    number = _value(_INSTALLATION)
    assert name is not None
    if number is not None and not re.fullmatch(r"[0-9]{1,18}", number.reveal()):
        raise InvalidArgument(f"{_INSTALLATION} is not a number")
    by_client = names[0] == _NAMES[0]
    try:
        return App(
            client_id=name.reveal() if by_client else None,
            app_id=None if by_client else name.reveal(),
            private_key=key.reveal(),
            installation_id=None if number is None else int(number.reveal()),
        )
    except InvalidArgument as error:
        problem = InvalidArgument(f"{_listed(_set(*_NAMES, *_KEYS, _INSTALLATION))}: {error}")
    raise problem


def _private_key(name: str) -> Secret[str | bytes]:
    given = _value(name)
    assert given is not None
    if name == _KEYS[0]:
        # Where a variable can have one line only, line ends are written out.
        return Secret[str | bytes](given.reveal().replace("\\n", "\n"))
    try:
        return Secret[str | bytes](Path(given.reveal()).expanduser().read_bytes())
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a path"
    raise InvalidArgument(f"{name} names a file that cannot be read: {reason}")
