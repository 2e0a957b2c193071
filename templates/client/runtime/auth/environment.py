"""Configuration from environment variables, for `from_env`: the base URL and authentication.

Reads the environment, and the file of GITHUB_APP_PRIVATE_KEY_PATH. Errors name variables but never
contain their values. No value is in a local variable, which a traceback could show.
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
# As in the gh CLI: the only tokens for an Enterprise Server, and only for one.
_SERVER_TOKENS = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
_APP_IDS = ("GITHUB_APP_CLIENT_ID", "GITHUB_APP_ID")
_KEYS = ("GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_PRIVATE_KEY_PATH")
_INSTALLATION = "GITHUB_APP_INSTALLATION_ID"


class EnvironmentConfig(msgspec.Struct, frozen=True):
    """Authentication and base URL of a client. None means the default base URL."""

    auth: Secret[str] | App
    base_url: str | None


def environment_config() -> EnvironmentConfig:
    """Read the environment. Raises InvalidArgument for incomplete or conflicting variables."""
    base = _read_base_url()
    app = _set_names(*_APP_IDS, *_KEYS, _INSTALLATION)
    tokens = _set_names(*_token_names(base))
    if app and tokens:
        raise InvalidArgument(
            f"both a token ({_listed(tokens)}) and a GitHub App ({_listed(app)}) are set; "
            "unset one of them"
        )
    auth = _read_app() if app else _read_token(tokens, base)
    return EnvironmentConfig(auth, None if base is None else str(base))


def _value(name: str) -> Secret[str] | None:
    """Return a variable without surrounding white space; None if it is empty or not set."""
    value = Secret(os.environ.get(name, "").strip())
    return value if value.reveal() else None


def _set_names(*names: str) -> list[str]:
    return [name for name in names if _value(name) is not None]


def _listed(names: list[str]) -> str:
    return " and ".join(names)


# ── Base URL ─────────────────────────────────────────────────────────────────────────────────


def _read_base_url() -> BaseUrl | None:
    """Return the base URL, if it is set. In Actions, GITHUB_API_URL always is."""
    urls = [_parse_variable(name) for name in _set_names(_API_URL, _HOST)]
    if len(set(urls)) > 1:
        raise InvalidArgument(
            f"{_API_URL} and {_HOST} name different servers; unset one, or use Client(base_url=...)"
        )
    return urls[0] if urls else None


def _parse_variable(name: str) -> BaseUrl:
    value = _value(name)
    assert value is not None
    url = value if name == _API_URL else _api_url(value.reveal())
    try:
        return parse_base(url.reveal())
    except InvalidArgument:
        kind = "the URL of an API" if name == _API_URL else "a host, such as github.example.com"
        problem = InvalidArgument(f"{name} is not {kind}")
    raise problem


def _api_url(host: str) -> Secret[str]:
    """Return the API's URL of a host as in the gh CLI; an empty text if the host is not valid."""
    host = host.lower().removeprefix("api.")
    if host == "github.com" or host.endswith(".ghe.com"):
        return Secret(f"https://api.{host}")
    return Secret("" if "/" in host else f"https://{host}/api/v3")


def _is_enterprise_server(base: BaseUrl | None) -> bool:
    """Return whether a base URL is that of an Enterprise Server."""
    host = "" if base is None else base.origin.partition("://")[2]
    return host not in ("", "api.github.com") and not host.endswith(".ghe.com")


# ── Authentication ───────────────────────────────────────────────────────────────────────────


def _token_names(base: BaseUrl | None) -> tuple[str, ...]:
    """Return the names of the variables with a token for a base URL."""
    if not _is_enterprise_server(base):
        return _TOKENS
    # Actions sets GITHUB_TOKEN for the server of GITHUB_API_URL.
    return (*_TOKENS, *_SERVER_TOKENS) if _value(_API_URL) is not None else _SERVER_TOKENS


def _read_token(names: list[str], base: BaseUrl | None) -> Secret[str]:
    values = [value for name in names if (value := _value(name)) is not None]
    if not values:
        allowed = " or ".join(_token_names(base))
        named = _set_names(_API_URL, _HOST)
        server = f" for the Enterprise Server of {named[0]}" if _is_enterprise_server(base) else ""
        raise InvalidArgument(
            f"no token{server}: set {allowed}, or {_APP_IDS[0]} and {_KEYS[0]} for a GitHub App"
        )
    if len({value.reveal() for value in values}) > 1:
        raise InvalidArgument(f"{_listed(names)} contain different tokens; unset all but one")
    token = read_token(names[0], Secret[object](values[0].reveal()))
    if isinstance(token, Exception):
        raise token
    return token


def _read_app() -> App:
    names, keys = _set_names(*_APP_IDS), _set_names(*_KEYS)
    for present, allowed in ((names, _APP_IDS), (keys, _KEYS)):
        if len(present) > 1:
            raise InvalidArgument(f"{_listed(present)} are both set; unset one of them")
        if not present:
            others = _listed(_set_names(*_APP_IDS, *_KEYS, _INSTALLATION))
            missing = " or ".join(allowed)
            raise InvalidArgument(f"{others}: for a GitHub App, set {missing} too")
    name, key = _value(names[0]), _read_private_key(keys[0])
    number = _value(_INSTALLATION)
    assert name is not None
    if number is not None and not re.fullmatch(r"[0-9]{1,18}", number.reveal()):
        raise InvalidArgument(f"{_INSTALLATION} is not a number")
    by_client = names[0] == _APP_IDS[0]
    try:
        return App(
            client_id=name.reveal() if by_client else None,
            app_id=None if by_client else name.reveal(),
            private_key=key.reveal(),
            installation_id=None if number is None else int(number.reveal()),
        )
    except InvalidArgument as error:
        problem = InvalidArgument(
            f"{_listed(_set_names(*_APP_IDS, *_KEYS, _INSTALLATION))}: {error}"
        )
    raise problem


def _read_private_key(name: str) -> Secret[str | bytes]:
    value = _value(name)
    assert value is not None
    if name == _KEYS[0]:
        return Secret[str | bytes](value.reveal())
    try:
        return Secret[str | bytes](Path(value.reveal()).expanduser().read_bytes())
    except (OSError, ValueError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a path"
    raise InvalidArgument(f"the file of {name} cannot be read: {reason}")
