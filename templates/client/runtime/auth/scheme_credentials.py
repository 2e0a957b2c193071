"""Credentials for the security schemes of an API: given by the caller, or asked of a function.

Pure; reads nothing of the environment. Used for descriptions that are not GitHub's: their operations say
which schemes they ask for, and a request carries what was given for those, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias, cast
from urllib.parse import quote

from ..call.steps import Call
from ..errors import InvalidArgument
from ..redaction import Secret
from ..request.signature import Scheme, SchemeSignature, basic, choose_schemes, sign_by_schemes

if TYPE_CHECKING:
    from ..call.steps import Exchange, Flow
    from ..request.builder import Request
    from ..request.operation import Operation

# What a client takes as `auth`: a credential, or one for each security scheme by its name. A function
# gives one before every attempt.
SchemeAuth: TypeAlias = str | Callable[[], str] | Mapping[str, str | Callable[[], str]]
AsyncSchemeAuth: TypeAlias = (
    str
    | Callable[[], str | Awaitable[str]]
    | Mapping[str, str | Callable[[], str | Awaitable[str]]]
)

_Function = Callable[[], str | Awaitable[str]]
_VISIBLE = re.compile(r"[\x21-\x7e]+", re.ASCII)
# The name of a token for a description that declares no scheme: it is sent with every request.
_TOKEN = "token"  # noqa: S105 - a name, not a value


class Credentials:
    """Gives the proof that a request asks for, of the credentials that the caller gave."""

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
        """Raise InvalidArgument where none of the alternatives of an operation was given."""
        if self._chosen(request) is None:
            asked = ", or ".join(" and ".join(map(repr, one)) for one in operation.security)
            raise InvalidArgument(
                f"{operation.id} asks for credentials that the client was not given: {asked}; "
                "make the client with auth=..."
            )

    def account(self, request: Request) -> str:
        del request  # the credentials are those of one caller
        return ""

    def ready(self, request: Request, now: float) -> SchemeSignature | None:
        del now
        chosen = self._chosen(request) or ()
        if self.is_renewable(request):
            return None
        return sign_by_schemes(self._schemes, chosen, self._fixed)

    def renewal(self, request: Request, exchange: Exchange, until: float) -> Flow[SchemeSignature]:
        del until
        chosen = self._chosen(request) or ()
        given = {name: self._fixed[name] for name in chosen if name in self._fixed}
        for name in chosen:
            if name in self._functions:
                answer = cast("Secret[object]", (yield Call(self._functions[name])))
                secret = _read(f"auth() for {name!r}", self._schemes[name], answer)
                if isinstance(secret, Exception):
                    raise secret
                for form in _forms(self._schemes[name], secret):
                    exchange.redact.add(form)
                given[name] = secret
        return sign_by_schemes(self._schemes, chosen, given)

    def invalidate(self, token: object) -> None:
        """Keep what was given: functions are asked again anyway."""

    def is_renewable(self, request: Request) -> bool:
        return any(name in self._functions for name in self._chosen(request) or ())

    def _chosen(self, request: Request) -> Sequence[str] | None:
        """The schemes to prove; all that were given where the description does not say."""
        given = {**self._fixed, **self._functions}
        return choose_schemes(request.security, given) if request.security else tuple(given)


class SchemeSignIn:
    """Authentication of a client by the security schemes of its API."""

    __slots__ = ("_schemes",)

    def __init__(self, schemes: Mapping[str, Scheme]) -> None:
        self._schemes = schemes

    def source(self, auth: Secret[object]) -> Credentials:
        """Return the source of what signs requests, from the argument of a client."""
        return credentials(self._schemes, auth)

    def environment(self) -> NoReturn:
        """Refuse to read the environment, whose variables are GitHub's."""
        raise InvalidArgument(
            "what the environment says is for GitHub: make a Client with auth=..."
        )


def credentials(schemes: Mapping[str, Scheme], auth: Secret[object]) -> Credentials:
    """Make a source of the argument: None, a credential, or one for each scheme by its name.

    A credential alone is for the bearer schemes; where there are none, for the only scheme.
    """
    fixed: dict[str, Secret[str]] = {}
    functions: dict[str, _Function] = {}
    for name, given in _named(schemes, auth).items():
        scheme = schemes.get(name, Scheme("bearer"))
        if callable(given.reveal()):
            functions[name] = cast("_Function", given.reveal())
            continue
        secret = _read("auth" if name == _TOKEN else f"auth for {name!r}", scheme, given)
        if isinstance(secret, Exception):
            raise secret
        fixed[name] = secret
    return Credentials(schemes or {_TOKEN: Scheme("bearer")}, fixed, functions)


def _named(schemes: Mapping[str, Scheme], auth: Secret[object]) -> Mapping[str, Secret[object]]:
    """What was given, by the name of its scheme."""
    if auth.reveal() is None:
        return {}
    listed = ", ".join(map(repr, schemes))
    if isinstance(auth.reveal(), Mapping):
        # A key is in no local until it is known: it may be the secret, where the two were mistaken.
        if not all(name in schemes for name in cast("Mapping[str, object]", auth.reveal())):
            known = f"write one of {listed}" if schemes else "it names none: pass the token alone"
            raise InvalidArgument(
                f"auth has a key that is no security scheme of the API's description; {known}"
            )
        return {
            name: Secret(value)
            for name, value in cast("Mapping[str, object]", auth.reveal()).items()
        }
    bearers = [name for name, scheme in schemes.items() if scheme.type == "bearer"]
    names = bearers or list(schemes) or [_TOKEN]
    if len(names) > 1 and not bearers:
        raise InvalidArgument(
            f"auth must name the security scheme that it is for, one of {listed}: "
            f"auth={{{names[0]!r}: ...}}"
        )
    return dict.fromkeys(names, auth)


def _read(what: str, scheme: Scheme, given: Secret[object]) -> Secret[str] | Exception:
    """Read a credential, or say why it cannot travel as its scheme has it.

    The error is given, not raised: its traceback would hold the secret, as `value`.
    """
    value = given.reveal()
    if isinstance(value, Coroutine):
        cast("Coroutine[object, None, object]", value).close()
        return TypeError(f"{what} is an async function, which only an AsyncClient can ask")
    if not isinstance(value, str):
        return TypeError(
            f"{what} must be a str or a function that gives one, not {type(value).__name__}"
        )
    text = value.strip()
    if not text:
        return InvalidArgument(f"{what} is empty")
    if scheme.type == "basic" and ":" not in text:
        return InvalidArgument(f"{what} must be user:password")
    if scheme.type in ("bearer", "header"):
        if _VISIBLE.fullmatch(text) is None:
            return InvalidArgument(f"{what} holds white space, control or non-ASCII characters")
    elif not text.isprintable():
        return InvalidArgument(f"{what} holds control characters")
    return Secret(text)


def _forms(scheme: Scheme, secret: Secret[str]) -> tuple[Secret[str], ...]:
    """Every form in which a credential travels, or in which a server may name it."""
    match scheme.type:
        case "basic":
            return secret, basic(secret), *_password(secret)
        case "query" | "cookie":
            return secret, Secret(quote(secret.reveal(), safe=""))
        case _:
            return (secret,)


def _password(secret: Secret[str]) -> tuple[Secret[str], ...]:
    password = Secret(secret.reveal().partition(":")[2])
    return (password,) if password.reveal() else ()
