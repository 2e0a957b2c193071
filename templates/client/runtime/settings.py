"""From the arguments of a client to what it works with. Refuses what cannot be meant.

May read the environment (the token). Imports the transport only when a client is made, so that
importing the package loads none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, TypedDict, cast, get_args

import msgspec

from .address import Base, parse_base
from .auth import TokenSource, token_source
from .availability import Where, where
from .checks import check_seconds
from .errors import InvalidArgument
from .lazy import LazyModule, publish
from .observe import Hooks
from .options import Options
from .pacing import Pacer, Pacing
from .retry import Retry, retry_of
from .secret import Redactor, Secret
from .security import Scheme
from .shared import Shared
from .timeout import Timeout, timeout_of
from .unset import UNSET, Unset

if TYPE_CHECKING:
    import ssl

    import httpx2

    from .transport import Wire
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


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """What the API description fixes: where the API is, and the headers of every request.

    `versions` are the API versions, the newest first; `introduced` says from which release of a
    product on a version is known, where not every release knows it. `is_github` is whether what the
    environment says of GitHub is meant for this API: a token goes to nobody else. Where it is not,
    `schemes` are the ways to prove who calls.
    """

    server: str
    media_type: str
    version_header: str | None
    versions: tuple[str, ...]
    user_agent: str
    introduced: Mapping[str, Mapping[str, str]] = msgspec.field(
        default_factory=dict[str, Mapping[str, str]]
    )
    is_github: bool = True
    schemes: Mapping[str, Scheme] = msgspec.field(default_factory=dict[str, Scheme])

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
    shared: Shared
    wire: Wire


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
    from .transport import Wire

    source = _source(defaults, auth)
    is_github = defaults.is_github
    base = parse_base(defaults.server if base_url is None else base_url, is_github=is_github)
    place = where(base, api_version, product, defaults.versions, defaults.introduced)
    if cast("object", pacing) not in get_args(Pacing):
        raise InvalidArgument(f"pacing {pacing!r} is not known; use auto, strict or off")
    redact = Redactor(*source.known)
    wire = Wire(base, defaults.headers(place.version, _agent(user_agent)), redact)
    pacer = Pacer(pacing, is_github=is_github)
    shared = Shared(source=source, redact=redact, pacer=pacer, is_github=is_github)
    return Settings(base=base, where=place, options=options, shared=shared, wire=wire)


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


def _source(defaults: Defaults, auth: Secret[object]) -> TokenSource:
    if defaults.is_github:
        return token_source(auth)
    from .credentials import credentials  # of use to other APIs only

    return credentials(defaults.schemes, auth)


def _agent(given: object) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str):
        raise TypeError(f"user_agent must be a str, not {type(given).__name__}")
    if _AGENT.fullmatch(given) is None:
        raise InvalidArgument("user_agent must be visible ASCII characters with single spaces")
    return given


publish(__name__)
