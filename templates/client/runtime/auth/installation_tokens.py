"""Installation tokens of a GitHub App, cached until a minute before they expire.

Thread-safe. A call without a valid token first sends requests as the App, signed with a JWT, to get
one. They have the same retries and rate limits as the call, and share its deadline.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

import msgspec
from msgspec import Meta

from ..clock import Clock
from ..errors import InvalidArgument, RequestInfo, SignInFailed
from ..lazy import evaluate
from ..redaction import Secret
from ..request.builder import Request
from ..request.operation import Operation
from ..response.decode import decode_response
from ..response.errors.by_status import unexpected_response
from ..response.rate_limit import parse_http_date
from ..response.response import Response
from ..response_errors import BadCredentials, Forbidden, NotFound, StatusError
from ..types import Model, SecretModel
from .github_app import AFTER, BEFORE, App, sign_jwt
from .token import read_token

if TYPE_CHECKING:
    from ..call.steps import Exchange, Flow, Signature

T = TypeVar("T")

# Seconds before its expiry at which a token is renewed.
_RENEW_BEFORE = 60.0
# Seconds for which a token is new: GitHub's servers may not all know it yet.
_NEW = 10.0
# Clock skew in seconds from which on a 401 for a JWT is attributed to it.
_MAX_SKEW = 5

_SCOPE = re.compile(r"/(?:orgs/(?P<org>[^/]+)|repos/(?P<repo>(?P<owner>[^/]+)/[^/]+))(?=/|\Z)")
# The endpoints that an App calls as itself, with its JWT, such as /app/installations.
_OWN = re.compile(r"/app(?:/|\Z)")


class Installation(Model, frozen=True, kw_only=True, gc=False):
    """An installation of an App."""

    id: int


class InstallationToken(SecretModel, frozen=True, kw_only=True, gc=False):
    """An installation token, which is valid for an hour."""

    _secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    expires_at: Annotated[datetime, Meta(tz=True)]


evaluate(InstallationToken)


def _lookup(name: str, path: str) -> Operation[Installation]:
    return Operation(
        id=f"apps/get-{name}-installation",
        method="GET",
        path=path,
        success=(200,),
        returns=lambda: Installation,
        repeat="safe",
    )


_OF_ORG = _lookup("org", "/orgs/{org}/installation")
_OF_REPO = _lookup("repo", "/repos/{owner}/{repo}/installation")
_SELF: Operation[Installation] = Operation(
    id="apps/get-authenticated",
    method="GET",
    path="/app",
    success=(200,),
    returns=lambda: Installation,
    repeat="safe",
)
_TOKEN: Operation[InstallationToken] = Operation(
    id="apps/create-installation-access-token",
    method="POST",
    path="/app/installations/{installation_id}/access_tokens",
    success=(201,),
    returns=lambda: InstallationToken,
    # An unused token expires within the hour, and any new token serves as well.
    repeat="idempotent",
)


class _CachedToken(msgspec.Struct, frozen=True):
    """A token, and the times of its creation and renewal, by the client's clock."""

    token: Secret[str]
    created_at: float
    renew_at: float
    expires_at: datetime


class AppTokens:
    """Token source of a GitHub App: the token of the installation for each request. Thread-safe.

    The endpoints below /app get a JWT of the App instead.

    An installation belongs to an account: an organization or a user, with repositories.
    """

    __slots__ = ("_app", "_clock_offset", "_installations", "_tokens")

    known = ()

    def __init__(self, app: App) -> None:
        self._app = app
        # Scope, such as /orgs/acme, -> installation id -> token.
        self._installations: dict[str, int] = {}
        self._tokens: dict[int, _CachedToken] = {}
        # The server's time minus the client's monotonic time; None until a response has a `Date`.
        self._clock_offset: float | None = None

    def check(self, operation: Operation[Any], request: Request) -> None:
        path = request.original_path
        # An installation that is given can be used for paths that do not name its account.
        is_given = self._app.installation_id is not None and not path.startswith("/enterprises/")
        if operation.apps and (is_given or _SCOPE.match(path) or _OWN.match(path)):
            return
        needs = f": it needs {operation.needs}" if operation.needs else ""
        raise InvalidArgument(f"{operation.id} does not accept the token of a GitHub App{needs}")

    def account(self, request: Request) -> str:
        if not request.original_path or _OWN.match(request.original_path):
            return ""  # a request of the App itself
        if self._app.installation_id is not None:
            return f"installation {self._app.installation_id}"
        place = _SCOPE.match(request.original_path)
        return "" if place is None else (place["org"] or place["owner"]).lower()

    def ready(self, request: Request, now: float) -> Secret[str] | None:
        if _OWN.match(request.original_path):
            return None  # a JWT is signed for each attempt
        installation = self._app.installation_id or self._installations.get(_scope(request))
        cached = None if installation is None else self._tokens.get(installation)
        return None if cached is None or cached.renew_at <= now else cached.token

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[Secret[str]]:
        if _OWN.match(request.original_path):
            return (yield from self._jwt(request, exchange, until))
        scope = _scope(request)
        known = self._app.installation_id or self._installations.get(scope)
        try:
            try:
                return (yield from self._obtain(request, scope, known, exchange, until))
            except NotFound:
                # An App that was removed and installed again has another installation.
                self._installations.pop(scope, None)
                if known is None or self._app.installation_id is not None:
                    raise
            return (yield from self._obtain(request, scope, None, exchange, until))
        except (BadCredentials, Forbidden, NotFound) as error:
            self._installations.pop(scope, None)
            raise SignInFailed(request.info, self._reason(scope, error), error) from error

    def _jwt(self, request: Request, exchange: Exchange, until: float) -> Flow[Secret[str]]:
        """Sign a request of the App itself. The first time, a request finds the server's time."""
        if self._clock_offset is None:
            try:
                yield from self._send_as_app(_SELF, _SELF.path, exchange, until)
            except BadCredentials as error:
                raise SignInFailed(request.info, self._reason("", error), error) from error
        return self._sign(exchange)

    def _obtain(
        self,
        request: Request,
        scope: str,
        installation: int | None,
        exchange: Exchange,
        until: float,
    ) -> Flow[Secret[str]]:
        """Get a token of an installation. None looks up the installation first."""
        if installation is None:
            lookup = _OF_ORG if scope.startswith("/orgs/") else _OF_REPO
            path = f"{scope}/installation"
            result, _ = yield from self._send_as_app(lookup, path, exchange, until)
            installation = self._installations[scope] = result.id
            # All repositories of an owner share an installation and its token.
            if (token := self.ready(request, exchange.clock.now())) is not None:
                return token
        path = f"/app/installations/{installation}/access_tokens"
        created, response = yield from self._send_as_app(_TOKEN, path, exchange, until)
        return self._store(installation, created, response, exchange)

    def invalidate(self, token: Signature) -> None:
        for installation, cached in tuple(self._tokens.items()):
            if cached.token is token:
                self._tokens.pop(installation, None)

    def is_new(self, token: Signature, now: float) -> bool:
        return any(
            cached.token is token and now < cached.created_at + _NEW
            for cached in tuple(self._tokens.values())
        )

    def expires_at(self, token: Secret[str]) -> datetime | None:
        """Return when a token expires; None if it has been replaced."""
        found = (one.expires_at for one in tuple(self._tokens.values()) if one.token is token)
        return next(found, None)

    def is_renewable(self, request: Request) -> bool:
        del request
        return True

    def _store(
        self, installation: int, created: InstallationToken, response: Response, exchange: Exchange
    ) -> Secret[str]:
        token = read_token("GitHub's response", Secret(created.token))
        if isinstance(token, Exception):
            info = RequestInfo(operation=_TOKEN.id, method=_TOKEN.method, path=_TOKEN.path)
            raise unexpected_response(info, response, exchange.redact, str(token), pointer="/token")
        exchange.redact.add(token)
        lifetime = created.expires_at.timestamp() - self._server_time(exchange.clock)
        now = exchange.clock.now()
        self._tokens[installation] = _CachedToken(
            token, now, now + lifetime - _RENEW_BEFORE, created.expires_at
        )
        return token

    def _send_as_app(
        self, operation: Operation[T], path: str, exchange: Exchange, until: float
    ) -> Flow[tuple[T, Response]]:
        """Send a request as the App. Retry once if its JWT was rejected because of clock skew."""
        target = exchange.base.prefix + path
        info = RequestInfo(
            operation=operation.id,
            method=operation.method,
            path=target,
            template=exchange.base.prefix + operation.path,
        )
        request = Request(info, exchange.base, target, None)
        response: Response | None = None
        signed_at = self._server_time(exchange.clock)
        try:
            response = yield from exchange.fetch(operation, request, self._sign(exchange), until)
        except BadCredentials as error:
            now = self._set_server_time(error.headers.get("date"), exchange.clock)
            earliest, latest = signed_at - BEFORE + _MAX_SKEW, signed_at + AFTER - _MAX_SKEW
            if now is None or earliest <= now <= latest:
                raise
        if response is None:
            response = yield from exchange.fetch(operation, request, self._sign(exchange), until)
        self._set_server_time(response.header("date"), exchange.clock)
        redact, warned = exchange.redact, exchange.warned
        return decode_response(operation, info, response, redact, warned, strict=True), response

    def _sign(self, exchange: Exchange) -> Secret[str]:
        token = sign_jwt(self._app, self._server_time(exchange.clock))
        exchange.redact.add(token)
        return token

    def _server_time(self, clock: Clock) -> float:
        """Return the server's time, or this machine's before the first response."""
        return clock.wall() if self._clock_offset is None else clock.now() + self._clock_offset

    def _set_server_time(self, date: str | None, clock: Clock) -> float | None:
        """Set the server's time from a `Date` header, and return it."""
        now = parse_http_date(date or "")
        if now is not None:
            self._clock_offset = now - clock.now()
        return now

    def _reason(self, scope: str, error: StatusError) -> str:
        kind = "organization" if scope.startswith("/orgs/") else "repository"
        account = f"the {kind} {scope.split('/', 2)[2]}" if scope else "its account"
        if isinstance(error, BadCredentials):
            return f"GitHub rejects the JWT of {self._app!r}; check that its private key is right"
        if "suspended" in error.message.lower():
            return f"the App's installation is suspended on {account}"
        if isinstance(error, NotFound):
            installation = self._app.installation_id
            return (
                f"the App is not installed on {account}"
                if installation is None
                else f"the App has no installation {installation}"
            )
        return f"GitHub does not issue the App a token for {account}"


def _scope(request: Request) -> str:
    """Return the scope of a request, such as /orgs/acme, in lower case as for GitHub's names."""
    place = _SCOPE.match(request.original_path)
    return "" if place is None else place[0].lower()
