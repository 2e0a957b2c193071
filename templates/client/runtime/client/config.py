"""Configuration of a client: validation of its arguments, and the settings that follow from them.

May read the environment (the token, in `auth`). The transport is imported only when a client is
created, so that importing the package does not load it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from os import PathLike
from typing import TYPE_CHECKING, Literal, Protocol, TypedDict, cast, get_args

import msgspec

from ..call.context import ClientState, Options
from ..call.observe import Hooks
from ..call.pacing import Pacer, Pacing
from ..call.retry import Retry, retry_of
from ..call.steps import TokenSource
from ..call.timeout import Timeout, check_seconds, timeout_of
from ..errors import InvalidArgument
from ..http.proxy import Proxy
from ..lazy import LazyModule, publish
from ..redaction import Redactor, Secret
from ..request.availability import Deployment
from ..request.base_url import BaseUrl, parse_base
from ..request.headers import Headers
from ..request.operation import OtherServers
from ..response.errors.rules import ApiRules
from ..types import UNSET, Unset

if TYPE_CHECKING:
    import ssl

    import httpx2

    from ..http.transport import RequestSigner
else:
    ssl, httpx2 = LazyModule("ssl"), LazyModule("httpx2")

# A header value that no server changes: visible characters and single spaces.
_AGENT = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*", re.ASCII)

TIMEOUT = Timeout()
RETRY = Retry()
HOOKS = Hooks()
MAX_WAIT = 90.0


class CommonOptions(TypedDict, total=False):
    """The options that both flavours of a client share, for any API."""

    timeout: float | Timeout
    retry: Retry | None
    max_wait: float
    strict: bool
    hooks: Hooks
    user_agent: str | None
    proxy: Proxy | str | Literal[False] | None
    verify: ssl.SSLContext | str | PathLike[str] | None
    cache: bool | str | PathLike[str]
    allow_insecure_http: bool


class ClientOptions(CommonOptions, total=False):
    """The options of `Client`, without `auth` and `base_url`."""

    pacing: Pacing
    transport: httpx2.BaseTransport | None


class AsyncClientOptions(CommonOptions, total=False):
    """The options of `AsyncClient`, without `auth` and `base_url`."""

    pacing: Pacing
    transport: httpx2.AsyncBaseTransport | None


class SignIn(Protocol):
    """Authentication methods of an API."""

    def source(self, auth: Secret[object]) -> TokenSource:
        """Return the token source for a client's argument `auth`."""
        ...


class ServerSettings(Protocol):
    """Settings of the servers of some operations: the addresses of the description or the caller."""

    def resolve(self, base: BaseUrl, server: str, *, allow_http: bool) -> OtherServers:
        """Return the servers of a client with a base URL. `server` is that of the description.

        Raises InvalidArgument if an address of the caller is not valid.
        """
        ...


class Defaults(msgspec.Struct, frozen=True, kw_only=True):
    """Defaults from the API description: the server, and the headers of every request.

    `versions` are the API versions, newest first. `introduced` maps a version to the first release
    of each product that supports it, unless every release does. `servers` are those of some
    operations, if not all are sent to the base URL.
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
    servers: ServerSettings | None = None

    def headers(self, version: str, user_agent: str | None) -> tuple[tuple[bytes, bytes], ...]:
        """Return the encoded headers of every request of an API version."""
        agents = (user_agent, self.user_agent)
        headers = {
            "Accept": self.media_type,
            "Accept-Encoding": "gzip",
            "User-Agent": " ".join(agent for agent in agents if agent is not None),
        }
        if self.version_header is not None:
            headers[self.version_header] = version
        return tuple(
            (name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()
        )


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of a client, without its connections."""

    base: BaseUrl
    deployment: Deployment
    options: Options
    state: ClientState
    signer: RequestSigner


def resolve_settings(
    defaults: Defaults,
    *,
    auth: Secret[object],
    base_url: Secret[str | None],
    rules: ApiRules,
    options: Options,
    pacer: Pacer,
    user_agent: str | None,
    allow_insecure_http: bool,
) -> Settings:
    """Return the settings of a client for its arguments."""
    from ..http.transport import RequestSigner

    source = defaults.sign_in.source(auth)
    if not isinstance(cast("object", allow_insecure_http), bool):
        kind = type(allow_insecure_http).__name__
        raise TypeError(f"allow_insecure_http must be a bool, not {kind}")
    # Without credentials, the address in the description is all that http would show.
    allow_http = allow_insecure_http or (rules.anonymous and auth.reveal() is None)
    if base_url.reveal() is None and not defaults.server.startswith("http"):
        raise InvalidArgument(
            "base_url is required: the API description has no address of a server"
        )
    base = parse_base(
        defaults.server if base_url.reveal() is None else base_url.reveal(),
        example=rules.path,
        check=rules.check_base,
        allow_http=allow_http,
    )
    others: OtherServers | None = None
    if defaults.servers is not None:
        others = defaults.servers.resolve(base, defaults.server, allow_http=allow_http)
    deployment = rules.deployment(base, defaults.versions, defaults.introduced)
    redact = Redactor(*source.known)
    signer = RequestSigner(
        (base, *(others.bases if others else ())),
        others.trusted if others else (base.origin,),
        defaults.headers(deployment.version, _check_user_agent(user_agent)),
        redact,
    )
    state = ClientState(source=source, redact=redact, pacer=pacer, rules=rules, servers=others)
    return Settings(base=base, deployment=deployment, options=options, state=state, signer=signer)


def options_of(
    timeout: float | Timeout,
    retry: Retry | None,
    max_wait: float,
    strict: bool,
    hooks: Hooks,
    headers: Headers = Headers(),  # noqa: B008 - frozen
    *,
    page_concurrency: int = 1,
) -> Options:
    """Check the arguments that `with_options` accepts as well."""
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
        headers=headers,
        page_concurrency=page_concurrency,
    )


def changed_options(
    options: Options,
    timeout: float | Timeout | Unset,
    retry: Retry | Unset | None,
    max_wait: float | Unset,
    strict: bool | Unset,
    hooks: Hooks | Unset,
    headers: Headers | Unset,
    *,
    page_concurrency: int | Unset = UNSET,
) -> Options:
    """Return options with the given changes; unset arguments change nothing."""
    return options_of(
        options.timeout if timeout is UNSET else timeout,
        options.retry if retry is UNSET else retry,
        options.max_wait if max_wait is UNSET else max_wait,
        options.strict if strict is UNSET else strict,
        options.hooks if hooks is UNSET else hooks,
        options.headers if headers is UNSET else headers,
        page_concurrency=(
            options.page_concurrency if page_concurrency is UNSET else page_concurrency
        ),
    )


def pacer_of(pacing: Pacing) -> Pacer:
    """Return the pacer for the option `pacing`. Raises InvalidArgument for another value."""
    if cast("object", pacing) not in get_args(Pacing):
        raise InvalidArgument(f"unknown pacing {pacing!r}; use auto or off")
    return Pacer(shared=pacing != "off")


def _check_user_agent(value: object) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError(f"user_agent must be a str, not {type(value).__name__}")
    if _AGENT.fullmatch(value) is None:
        raise InvalidArgument("user_agent must be visible ASCII characters with single spaces")
    return value


publish(__name__)
