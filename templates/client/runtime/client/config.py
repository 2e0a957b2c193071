"""Configuration of a client: its arguments, checked, and what they are made into.

May read the environment (the token, by `sign_in`). Imports the transport only when a client is made, so that
importing the package loads none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Protocol, TypedDict, cast, get_args

import msgspec

from ..call.context import ClientState, Options
from ..call.observe import Hooks
from ..call.pacing import Pacer, Pacing
from ..call.retry import Retry, retry_of
from ..call.steps import TokenSource
from ..call.timeout import Timeout, check_seconds, timeout_of
from ..errors import InvalidArgument
from ..lazy import LazyModule, publish
from ..redaction import Redactor, Secret
from ..request.availability import Where, where
from ..request.base_url import Base, parse_base
from ..types import UNSET, Unset

if TYPE_CHECKING:
    import ssl

    import httpx2

    from ..http.transport import RequestSigner
else:
    ssl, httpx2 = LazyModule("ssl"), LazyModule("httpx2")

# Visible characters and single spaces: what may stand in a header, and looks as it was given.
_AGENT = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*", re.ASCII)

TIMEOUT = Timeout()
RETRY = Retry()
HOOKS = Hooks()
MAX_WAIT = 90.0


class CommonOptions(TypedDict, total=False):
    """The options that both flavours of a client share."""

    api_version: str | None
    product: str | None
    timeout: float | Timeout
    retry: Retry | None
    max_wait: float
    pacing: Pacing
    strict: bool
    hooks: Hooks
    user_agent: str | None
    proxy: str | None
    verify: ssl.SSLContext | str | PathLike[str] | None
    cache: bool | str | PathLike[str]


class ClientOptions(CommonOptions, total=False):
    """The options of `Client.from_env`: those of `Client`, without `auth` and `base_url`."""

    transport: httpx2.BaseTransport | None


class AsyncClientOptions(CommonOptions, total=False):
    """The options of `AsyncClient.from_env`: those of `AsyncClient`, without `auth` and `base_url`."""

    transport: httpx2.AsyncBaseTransport | None


class SignIn(Protocol):
    """Authentication of a client, as its API has it."""

    def source(self, auth: Secret[object]) -> TokenSource:
        """Return the source of what signs requests, from the argument of a client."""
        ...

    def environment(self) -> tuple[Secret[object], str | None]:
        """Return the arguments `auth` and `base_url` that the environment gives."""
        ...


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What the API description fixes: where the API is, and the headers of every request.

    `versions` are the API versions, the newest first; `introduced` says from which release of a
    product on a version is known, where not every release knows it. `is_github` is whether this API
    is GitHub's, whose errors and limits have a form of their own.
    """

    server: str
    media_type: str
    version_header: str | None
    versions: tuple[str, ...]
    user_agent: str
    sign_in: SignIn
    introduced: Mapping[str, Mapping[str, str]] = msgspec.field(
        default_factory=dict[str, Mapping[str, str]]
    )
    is_github: bool = True

    def headers(self, version: str, user_agent: str | None) -> tuple[tuple[bytes, bytes], ...]:
        """Give the headers that every request of an API version carries, as they travel."""
        given = {
            "Accept": self.media_type,
            "Accept-Encoding": "gzip",
            "User-Agent": " ".join(it for it in (user_agent, self.user_agent) if it is not None),
        }
        if self.version_header is not None:
            given[self.version_header] = version
        return tuple((name.encode("ascii"), value.encode("ascii")) for name, value in given.items())


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a client is made of, but for its connections."""

    base: Base
    where: Where
    options: Options
    state: ClientState
    signer: RequestSigner


def settle(
    defaults: Defaults,
    *,
    auth: Secret[object],
    base_url: str | None,
    api_version: str | None,
    product: str | None,
    options: Options,
    pacing: Pacing,
    user_agent: str | None,
) -> Settings:
    """Work out the settings of a client from its arguments."""
    from ..http.transport import RequestSigner

    source = defaults.sign_in.source(auth)
    is_github = defaults.is_github
    base = parse_base(defaults.server if base_url is None else base_url, is_github=is_github)
    place = where(base, api_version, product, defaults.versions, defaults.introduced)
    if cast("object", pacing) not in get_args(Pacing):
        raise InvalidArgument(f"pacing {pacing!r} is not known; use auto, strict or off")
    redact = Redactor(*source.known)
    signer = RequestSigner(base, defaults.headers(place.version, _agent(user_agent)), redact)
    pacer = Pacer(pacing, is_github=is_github)
    state = ClientState(source=source, redact=redact, pacer=pacer, is_github=is_github)
    return Settings(base=base, where=place, options=options, state=state, signer=signer)


def options_of(
    timeout: float | Timeout, retry: Retry | None, max_wait: float, strict: bool, hooks: Hooks
) -> Options:
    """Check the arguments that `with_options` takes too."""
    check_seconds("max_wait", max_wait, or_zero=True)
    if not isinstance(cast("object", strict), bool):
        raise TypeError(f"strict must be a bool, not {type(strict).__name__}")
    if not isinstance(cast("object", hooks), Hooks):
        raise TypeError(f"hooks must be a Hooks, not {type(hooks).__name__}")
    return Options(
        timeout=timeout_of(timeout),
        retry=retry_of(retry),
        max_wait=max_wait,
        strict=strict,
        hooks=hooks,
    )


def changed(
    options: Options,
    timeout: float | Timeout | Unset,
    retry: Retry | Unset | None,
    max_wait: float | Unset,
    strict: bool | Unset,
    hooks: Hooks | Unset,
) -> Options:
    """Give options with those changed that are set."""
    return options_of(
        options.timeout if timeout is UNSET else timeout,
        options.retry if retry is UNSET else retry,
        options.max_wait if max_wait is UNSET else max_wait,
        options.strict if strict is UNSET else strict,
        options.hooks if hooks is UNSET else hooks,
    )


def _agent(given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise TypeError(f"user_agent must be a str, not {type(given).__name__}")
    if _AGENT.fullmatch(given) is None:
        raise InvalidArgument("user_agent must be visible ASCII characters with single spaces")
    return given


publish(__name__)
