"""Credentials for the security schemes of an API: values, or functions that return them.

Operations declare security schemes, and a request is sent with the credentials of those schemes
only. Calls the caller's functions, and reads no environment
variables.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import quote

from ..call.steps import Call
from ..errors import InvalidArgument
from ..redaction import Secret
from ..request.signature import Scheme, SchemeSignature, basic, choose_schemes, sign_by_schemes

if TYPE_CHECKING:
    from ..call.steps import Exchange, Flow
    from ..request.builder import Request
    from ..request.operation import Operation

# A client's argument `auth`: a credential, or one for each security scheme by its name. A function
# is called before every attempt.
SchemeAuth: TypeAlias = str | Callable[[], str] | Mapping[str, str | Callable[[], str]]
AsyncSchemeAuth: TypeAlias = (
    str
    | Callable[[], str | Awaitable[str]]
    | Mapping[str, str | Callable[[], str | Awaitable[str]]]
)

_Function = Callable[[], str | Awaitable[str]]
_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
# A header value that no server changes, such as `Token abc`.
_WORDS = re.compile(r"[\x21-\x7e]+(?: [\x21-\x7e]+)*", re.ASCII)
# The name of the token if a description declares no scheme. It is sent with every request.
_TOKEN = "token"  # noqa: S105 - a name, not a value


class Credentials:
    """Source of signatures from the caller's credentials, by the security schemes of a request."""

    __slots__ = ("_fixed", "_functions", "_schemes", "known")

    def __init__(
        self,
        schemes: Mapping[str, Scheme],
        fixed: Mapping[str, Secret[str]],
        functions: Mapping[str, _Function],
    ) -> None:
        self._schemes = schemes
        self._fixed = fixed
        self._functions = functions
        self.known: tuple[Secret[str], ...] = tuple(
            form for name, secret in fixed.items() for form in _forms(schemes[name], secret)
        )

    def check(self, operation: Operation[Any], request: Request) -> None:
        """Raise InvalidArgument if no alternative of the operation has credentials."""
        if self._chosen(request) is None:
            required = ", or ".join(" and ".join(map(repr, one)) for one in operation.security)
            raise InvalidArgument(
                f"{operation.id} requires credentials that the client does not have: {required}; "
                "create the client with auth=..."
            )

    def account(self, request: Request) -> str:
        return request.base.origin  # each server has its own limits

    def ready(self, request: Request, now: float) -> SchemeSignature | None:
        del now
        chosen = self._chosen(request) or ()
        if self.is_renewable(request):
            return None
        return sign_by_schemes(self._schemes, chosen, self._fixed)

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[SchemeSignature]:
        del until
        chosen = self._chosen(request) or ()
        secrets = {name: self._fixed[name] for name in chosen if name in self._fixed}
        for name in chosen:
            if name in self._functions:
                result = cast("Secret[object]", (yield Call(self._functions[name])))
                secret = _check(f"auth() for {name!r}", self._schemes[name], result)
                if isinstance(secret, Exception):
                    raise secret
                for form in _forms(self._schemes[name], secret):
                    exchange.redact.add(form)
                secrets[name] = secret
        return sign_by_schemes(self._schemes, chosen, secrets)

    def invalidate(self, token: object) -> None:
        """Do nothing: functions are called for every attempt anyway."""

    def is_new(self, token: object, now: float) -> bool:
        del token, now
        return False

    def is_renewable(self, request: Request) -> bool:
        return any(name in self._functions for name in self._chosen(request) or ())

    def _chosen(self, request: Request) -> Sequence[str] | None:
        """Return the schemes to sign with: all available ones if the operation declares none."""
        available = {**self._fixed, **self._functions}
        return choose_schemes(request.security, available) if request.security else tuple(available)


class SchemeSignIn:
    """Authentication of a client by the security schemes of its API."""

    __slots__ = ("_schemes",)

    def __init__(self, schemes: Mapping[str, Scheme]) -> None:
        self._schemes = schemes

    def source(self, auth: Secret[object]) -> Credentials:
        """Return the source of signatures for a client's argument `auth`."""
        return credentials(self._schemes, auth)


def credentials(schemes: Mapping[str, Scheme], auth: Secret[object]) -> Credentials:
    """Return the source for `auth`: None, a credential, or one for each scheme by its name.

    A single credential is for the bearer schemes, or for the only scheme if none is a bearer scheme.
    """
    fixed: dict[str, Secret[str]] = {}
    functions: dict[str, _Function] = {}
    for name, value in _by_scheme(schemes, auth).items():
        scheme = schemes.get(name, Scheme("bearer"))
        if callable(value.reveal()):
            functions[name] = cast("_Function", value.reveal())
            continue
        secret = _check("auth" if name == _TOKEN else f"auth for {name!r}", scheme, value)
        if isinstance(secret, Exception):
            raise secret
        fixed[name] = secret
    return Credentials(schemes or {_TOKEN: Scheme("bearer")}, fixed, functions)


def _by_scheme(schemes: Mapping[str, Scheme], auth: Secret[object]) -> Mapping[str, Secret[object]]:
    """Return the values of `auth` by the names of their schemes."""
    if auth.reveal() is None:
        return {}
    listed = ", ".join(map(repr, schemes))
    if isinstance(auth.reveal(), Mapping):
        # A key is in no local variable and no message until it is known to be the name of a scheme:
        # the caller may have swapped it with the secret.
        if not all(name in schemes for name in cast("Mapping[str, object]", auth.reveal())):
            hint = f"use one of {listed}" if schemes else "it has none: pass the token alone"
            raise InvalidArgument(
                f"auth has a key that is not a security scheme of the API's description; {hint}"
            )
        return {
            name: Secret(value)
            for name, value in cast("Mapping[str, object]", auth.reveal()).items()
        }
    bearers = [name for name, scheme in schemes.items() if scheme.type == "bearer"]
    names = bearers or list(schemes) or [_TOKEN]
    if len(names) > 1 and not bearers:
        raise InvalidArgument(
            f"auth must name its security scheme, one of {listed}: auth={{{names[0]!r}: ...}}"
        )
    return dict.fromkeys(names, auth)


def _check(name: str, scheme: Scheme, credential: Secret[object]) -> Secret[str] | Exception:
    """Check a credential, or return the error if its scheme does not allow it.

    The error is not raised here, since its traceback would contain the secret, as `value`.
    """
    value = credential.reveal()
    if isinstance(value, Coroutine):
        cast("Coroutine[object, None, object]", value).close()
        return TypeError(f"{name} is an async function, which needs an AsyncClient")
    if not isinstance(value, str):
        return TypeError(
            f"{name} must be a str or a function that returns one, not {type(value).__name__}"
        )
    text = value.strip()
    if not text:
        return InvalidArgument(f"{name} is empty")
    if scheme.type == "basic" and ":" not in text:
        return InvalidArgument(f"{name} must be user:password")
    if scheme.type == "bearer" and _VISIBLE.fullmatch(text) is None:
        return InvalidArgument(f"{name} contains white space, control or non-ASCII characters")
    if scheme.type == "header":
        if _WORDS.fullmatch(text) is None:
            return InvalidArgument(
                f"{name} contains white space other than single spaces, control or non-ASCII characters"
            )
    elif not text.isprintable():
        return InvalidArgument(f"{name} contains control characters")
    return Secret(text)


def _forms(scheme: Scheme, secret: Secret[str]) -> tuple[Secret[str], ...]:
    """Return every form of a credential that a request or a response may contain."""
    match scheme.type:
        case "basic":
            return secret, basic(secret), *_password(secret)
        case "query" | "cookie":
            return secret, Secret(quote(secret.reveal(), safe=""))
        case "header":
            # The last word is the secret part, as in `Token abc`.
            return secret, Secret(secret.reveal().rpartition(" ")[2])
        case _:
            return (secret,)


def _password(secret: Secret[str]) -> tuple[Secret[str], ...]:
    password = Secret(secret.reveal().partition(":")[2])
    return (password,) if password.reveal() else ()
