"""Tokens of a GitHub App: found by scope, kept until a minute before they end.

May be shared by threads. Its requests are the App's own: signed with a JWT, they
get the token for the call that waits. They follow the rules of any call, its deadline included.
"""

from __future__ import annotations

import re
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

import msgspec
from msgspec import Meta

from ..clock import Clock
from ..error_details import RequestInfo
from ..errors import InvalidArgument, SignInFailed
from ..redaction import Secret
from ..request.builder import Request
from ..request.operation import Operation
from ..response.decode import value_of
from ..response.rate_limit import moment_of
from ..response.response import Response
from ..response.status_errors import unexpected
from ..response_errors import BadCredentials, Forbidden, NotFound, StatusError
from ..types import Model, SecretModel
from .github_app import AFTER, BEFORE, App, sign
from .token import read_token

if TYPE_CHECKING:
    from ..call.steps import Exchange, Flow, Signature

T = TypeVar("T")

# Seconds before its end from which on a token is not given any more.
_EARLY = 60.0
# Seconds by which a JWT's time may be off before its refusal is put down to that.
_NEAR = 5

_SCOPE = re.compile(r"/(?:orgs/(?P<org>[^/]+)|repos/(?P<repo>(?P<owner>[^/]+)/[^/]+))(?=/|\Z)")


class Installation(Model, frozen=True, kw_only=True, gc=False):
    """Where an App is installed."""

    id: int


class InstallationToken(SecretModel, frozen=True, kw_only=True, gc=False):
    """What an App may use in the place where it is installed, for an hour."""

    _secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    expires_at: Annotated[datetime, Meta(tz=True)]


def _finding(name: str, path: str) -> Operation[Installation]:
    return Operation(
        id=f"apps/get-{name}-installation",
        method="GET",
        path=path,
        success=(200,),
        returns=lambda: Installation,
        repeat="safe",
    )


_OF_ORG = _finding("org", "/orgs/{org}/installation")
_OF_REPO = _finding("repo", "/repos/{owner}/{repo}/installation")
_TOKEN: Operation[InstallationToken] = Operation(
    id="apps/create-installation-access-token",
    method="POST",
    path="/app/installations/{installation_id}/access_tokens",
    success=(201,),
    returns=lambda: InstallationToken,
    # A token that nobody got to see ends by itself, and each is as good as the next.
    repeat="idempotent",
)


class _Held(msgspec.Struct, frozen=True):
    """A token, and until when it is given, by the client's clock."""

    token: Secret[str]
    until: float


class AppTokens:
    """Gives a client the token of the installation that a request needs. May be shared by threads.

    An account is whatever one installation serves: an organization or a user, with repositories.
    """

    __slots__ = ("_ahead", "_app", "_found", "_held", "_mutex")

    known = ()

    def __init__(self, app: App) -> None:
        self._app = app
        # Scope, as in /orgs/acme, -> installation -> its token.
        self._found: dict[str, int] = {}
        self._held: dict[int, _Held] = {}
        self._mutex = threading.Lock()
        # What is added to the client's clock for the server's time; None until it was told.
        self._ahead: float | None = None

    def check(self, operation: Operation[Any], request: Request) -> None:
        if operation.apps and _SCOPE.match(request.home):
            return
        needs = f": it needs {operation.needs}" if operation.needs else ""
        raise InvalidArgument(
            f"{operation.id} cannot be called with the token of a GitHub App{needs}"
        )

    def account(self, request: Request) -> str:
        if (place := _SCOPE.match(request.home)) is None:
            return ""  # a request of the App's own
        if self._app.installation_id is not None:
            return f"installation {self._app.installation_id}"
        return (place["org"] or place["owner"]).lower()

    def ready(self, request: Request, now: float) -> Secret[str] | None:
        installation = self._app.installation_id
        if installation is None:
            installation = self._found.get(_scope(request))
        held = None if installation is None else self._held.get(installation)
        return None if held is None or held.until <= now else held.token

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[Secret[str]]:
        scope = _scope(request)
        installation = self._app.installation_id
        try:
            if installation is None:
                installation = self._found.get(scope)
            if installation is None:
                finding = _OF_ORG if scope.startswith("/orgs/") else _OF_REPO
                found, _ = yield from self._own(finding, f"{scope}/installation", exchange, until)
                installation = self._found[scope] = found.id
                # A repository shares the token of its owner's other ones.
                if (token := self.ready(request, exchange.clock.now())) is not None:
                    return token
            path = f"/app/installations/{installation}/access_tokens"
            given, response = yield from self._own(_TOKEN, path, exchange, until)
        except (BadCredentials, Forbidden, NotFound) as error:
            # Installed again, it is another installation.
            self._found.pop(scope, None)
            raise SignInFailed(request.info, self._reason(scope, error), error) from error
        return self._keep(installation, given, response, exchange)

    def refuse(self, token: Signature) -> None:
        with self._mutex:
            for installation, held in tuple(self._held.items()):
                if held.token is token:
                    del self._held[installation]

    def is_renewable(self, request: Request) -> bool:
        del request
        return True

    def _keep(
        self, installation: int, given: InstallationToken, response: Response, exchange: Exchange
    ) -> Secret[str]:
        token = read_token("GitHub's reply", Secret(given.token))
        if isinstance(token, Exception):
            info = RequestInfo(operation=_TOKEN.id, method=_TOKEN.method, path=_TOKEN.path)
            raise unexpected(info, response, exchange.redact, str(token), pointer="/token")
        exchange.redact.learn(token)
        lasts = given.expires_at.timestamp() - self._time(exchange.clock)
        with self._mutex:
            self._held[installation] = _Held(token, exchange.clock.now() + lasts - _EARLY)
        return token

    def _own(
        self, operation: Operation[T], path: str, exchange: Exchange, until: float
    ) -> Flow[tuple[T, Response]]:
        """Send a request as the App; once more when its JWT was early or late for the server."""
        place = exchange.base.prefix + path
        info = RequestInfo(operation=operation.id, method=operation.method, path=place)
        request = Request(info, place, None)
        response: Response | None = None
        signed = self._time(exchange.clock)
        try:
            response = yield from exchange.fetch(operation, request, self._sign(exchange), until)
        except BadCredentials as error:
            now = self._told(error.headers.get("date"), exchange.clock)
            if now is None or signed - BEFORE + _NEAR <= now <= signed + AFTER - _NEAR:
                raise
        if response is None:
            response = yield from exchange.fetch(operation, request, self._sign(exchange), until)
        self._told(response.header("date"), exchange.clock)
        redact, noticed = exchange.redact, exchange.noticed
        return value_of(operation, info, response, redact, noticed, strict=True), response

    def _sign(self, exchange: Exchange) -> Secret[str]:
        token = sign(self._app, self._time(exchange.clock))
        exchange.redact.learn(token)
        return token

    def _time(self, clock: Clock) -> float:
        """Give the time by the server's clock, as far as it was told."""
        return clock.wall() if self._ahead is None else clock.now() + self._ahead

    def _told(self, date: str | None, clock: Clock) -> float | None:
        """Note the time that a reply tells, and give it."""
        now = moment_of(date or "")
        if now is not None:
            self._ahead = now - clock.now()
        return now

    def _reason(self, scope: str, error: StatusError) -> str:
        kind = "organization" if scope.startswith("/orgs/") else "repository"
        name = scope.split("/", 2)[2]
        where = f"the {kind} {name}"
        if isinstance(error, BadCredentials):
            return (
                f"GitHub does not know the signature of {self._app!r}: is it the key of that App?"
            )
        if "suspended" in error.message.lower():
            return f"the App's installation is suspended: {where}"
        if isinstance(error, NotFound):
            given = self._app.installation_id
            return (
                f"the App is not installed on {where}"
                if given is None
                else f"the App has no installation {given}"
            )
        return f"GitHub gives the App no token for {where}"


def _scope(request: Request) -> str:
    """Give what a request works on, as in /orgs/acme; GitHub's names have no case."""
    place = _SCOPE.match(request.home)
    return "" if place is None else place[0].lower()
