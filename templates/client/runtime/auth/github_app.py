"""GitHub App: its credentials and its JWT.

PyJWT is imported when an App is created, so that other programs do not need it.
"""

from __future__ import annotations

import base64
import binascii
import re
from importlib.util import find_spec
from typing import TYPE_CHECKING, NoReturn

from ..errors import InvalidArgument
from ..lazy import load, publish
from ..redaction import MASK, Secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# Validity of a JWT in seconds before and after now, by the server's clock. GitHub rejects one that
# is not valid yet, and one that expires in more than ten minutes.
BEFORE = 60
AFTER = 540

_PACKAGE = __name__.partition(".")[0]
_CLIENT_ID = re.compile(r"[\w.\-]+", re.ASCII)
# A PEM block without headers: those belong to an encrypted key.
_PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----")


class App:
    """A GitHub App to authenticate as: `Client(auth=App(client_id=..., private_key=...))`.

    The client finds the installation for the organization or repository of each call, requests an
    installation token and renews it before it expires. It needs PyJWT, from the extra `app` of this
    package.

    Args:
        client_id: The App's client id, such as `Iv23liABCDEFGHIJKLMN`. Give this or `app_id`.
        app_id: The App's numeric id, the older way to name it. Give this or `client_id`.
        private_key: The App's private key, as the PEM text that GitHub issued. A variable or a
            secret store may have put it in quotes or on one line, written its line ends as a
            backslash and an n, or encoded the whole text in base64. Required.
        installation_id: The installation to use for every call. Default: None, look it up for each
            organization or repository.

    Raises:
        InvalidArgument: An id or the key is not valid, or not exactly one of the two ids is given.
        ImportError: PyJWT is not installed.
    """

    __slots__ = ("_installation_id", "_issuer", "_key", "_name")

    def __init__(
        self,
        *,
        client_id: str | None = None,
        app_id: int | str | None = None,
        private_key: str | bytes,
        installation_id: int | None = None,
    ) -> None:
        pem = Secret[object](private_key)
        del private_key  # tracebacks of later errors must not show it
        self._name: str = "app_id" if client_id is None else "client_id"
        self._issuer: str = _issuer_of(client_id, app_id)
        self._installation_id: int | None = _check_installation_id(installation_id)
        key = _load_key(pem)
        if isinstance(key, Exception):
            raise key
        self._key: Secret[RSAPrivateKey] = key

    def __repr__(self) -> str:
        if not hasattr(self, "_key"):
            return "App(…)"  # in a traceback of a failed `__init__`
        only = "" if self._installation_id is None else f", installation_id={self._installation_id}"
        return f"App({self._name}={self._issuer!r}, private_key={MASK}{only})"

    @property
    def installation_id(self) -> int | None:
        """The installation used for every call; None if it is looked up for each."""
        return self._installation_id

    def __reduce__(self) -> NoReturn:
        raise TypeError("an App holds a private key and cannot be pickled")


def sign_jwt(app: App, now: float) -> Secret[str]:
    """Return the JWT of an App, at the time `now` by the server's clock."""
    load("jwt")
    import jwt

    # A function of this module, since a method would be public.
    issuer, key = app._issuer, app._key  # pyright: ignore[reportPrivateUsage] - see above
    claims = {"iat": int(now) - BEFORE, "exp": int(now) + AFTER, "iss": issuer}
    return Secret(jwt.encode(claims, key.reveal(), algorithm="RS256"))


def _issuer_of(client_id: object, app_id: object) -> str:
    """Check the two ids of an App, and return the `iss` claim of its JWT."""
    if (client_id is None) == (app_id is None):
        raise InvalidArgument("an App needs either client_id or app_id: pass one of them")
    if client_id is not None:
        if not isinstance(client_id, str):
            raise TypeError(f"client_id must be a str, not {type(client_id).__name__}")
        if _CLIENT_ID.fullmatch(client_id) is None:
            raise InvalidArgument("client_id is not valid; it looks like Iv23liABCDEFGHIJKLMN")
        return client_id
    if isinstance(app_id, bool) or not isinstance(app_id, (int, str)):
        raise TypeError(f"app_id must be an int, not {type(app_id).__name__}")
    if not re.fullmatch(r"[1-9][0-9]*", str(app_id)):
        raise InvalidArgument("app_id must be a positive number; pass a client id as client_id")
    return str(app_id)


def _check_installation_id(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"installation_id must be an int, not {type(value).__name__}")
    if value < 1:
        raise InvalidArgument("installation_id must be positive")
    return value


def _load_key(pem: Secret[object]) -> Secret[RSAPrivateKey] | Exception:
    """Parse a private key, or return the error if it is not valid.

    The error is not raised here, since its traceback would contain the key.
    """
    if find_spec("jwt") is None or find_spec("cryptography") is None:
        return ImportError(f"an App needs PyJWT and cryptography: pip install '{_PACKAGE}[app]'")
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    text = pem.reveal()
    if not isinstance(text, (str, bytes)):
        return TypeError(f"private_key must be PEM text, str or bytes, not {type(text).__name__}")
    try:
        # GitHub's keys are not encrypted. The check of a key takes longer than a signature, so it
        # is parsed once.
        key = load_pem_private_key(
            _plain_pem(text.encode() if isinstance(text, str) else text), None
        )
    except TypeError:
        return InvalidArgument("private_key is encrypted; decrypt it first")
    except (ValueError, UnsupportedAlgorithm):
        return InvalidArgument(
            "private_key is not the PEM text of a private key, which begins with -----BEGIN"
        )
    if not isinstance(key, RSAPrivateKey):
        return InvalidArgument("private_key is not an RSA key, as the key of an App must be")
    return Secret(key)


def _plain_pem(text: bytes) -> bytes:
    """Undo what variables and secret stores do to a PEM text: base64, quotes, lost line ends."""
    text = text.strip().strip(b"\"'")
    if not text.startswith(b"-----"):
        try:
            text = base64.b64decode(b"".join(text.split()), validate=True)
        except binascii.Error:
            return text
    text = text.replace(b"\\r", b"").replace(b"\\n", b"\n")
    block = _PEM.search(text)
    if block is None:
        return text
    body = b"\n".join(re.findall(rb".{1,64}", b"".join(block[2].split())))
    return b"-----BEGIN %b-----\n%b\n-----END %b-----\n" % (block[1], body, block[1])


publish(__name__)
