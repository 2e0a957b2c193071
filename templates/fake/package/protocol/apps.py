"""GitHub Apps of a fake GitHub: keys, installations and JWTs.

PyJWT is imported when an App is added, so other tests do not need it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Annotated, Any

from ..._runtime.lazy import publish
from ..checks.checked import READ_ONLY, Checked
from ..checks.values import Count, Text
from .tokens import Access

_PACKAGE = __name__.partition(".")[0]

# In seconds: how long a JWT may be valid, and by how much clocks may differ.
MAX_LIFETIME = 600
LEEWAY = 5

_DECODED = "A JSON web token could not be decoded"
_EXPIRED = (
    "'Expiration time' claim ('exp') must be a numeric value representing the future time at "
    "which the assertion expires"
)
_FAR = "'Expiration time' claim ('exp') is too far in the future"
_ISSUED = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"


@dataclass(kw_only=True, eq=False)
class Installation(Checked):
    """An installation of an App. Its attributes may be changed at any time.

    Attributes:
        id: The id.
        account: The login of the organization; any other login is that of a user.
        permissions: What its tokens may do; None for all that an operation accepts.
        repositories: The names of the repositories that it has; None for all of the organization.
        suspended: Whether it is suspended, and gets no tokens.
    """

    id: Count
    account: Text
    permissions: Mapping[str, Access] | None = None
    repositories: Sequence[str] | None = None
    suspended: bool = False


@dataclass(kw_only=True, eq=False)
class FakeApp(Checked):
    """A GitHub App that a fake GitHub knows.

    Attributes:
        app_id: The numeric id.
        client_id: The client id.
        slug: The name in addresses.
        installations: Its installations. Tests may change or remove them.
    """

    app_id: Annotated[Count, READ_ONLY]
    client_id: Text
    slug: Text
    installations: list[Installation]
    key: Annotated[Any, READ_ONLY]

    def __repr__(self) -> str:
        return f"<FakeApp {self.app_id} {self.slug!r}>"

    def installation_on(self, account: str) -> Installation | None:
        """Return the installation on an organization; None without one."""
        found = (it for it in self.installations if it.account.lower() == account.lower())
        return next(found, None)


def public_key(pem: str | bytes) -> Any:
    """Return the public key of a PEM text, which has it or the private key.

    Raises ValueError if it is neither. Raises ImportError without PyJWT.
    """
    if find_spec("jwt") is None or find_spec("cryptography") is None:
        raise ImportError(
            f"a GitHub App needs PyJWT and cryptography: pip install '{_PACKAGE}[app]'"
        )
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
    from cryptography.hazmat.primitives.serialization import (
        load_pem_private_key,
        load_pem_public_key,
    )

    text = pem.encode() if isinstance(pem, str) else pem
    found: object = None
    try:
        is_private = b"PRIVATE KEY" in text
        found = load_pem_private_key(text, None) if is_private else load_pem_public_key(text)
    except (ValueError, TypeError):
        pass
    if isinstance(found, RSAPrivateKey):
        return found.public_key()
    if not isinstance(found, RSAPublicKey):
        raise ValueError("the key of an App must be the PEM text of an RSA key, without a password")
    return found


def app_of(text: str, apps: Sequence[FakeApp], now: float) -> FakeApp | str:
    """Return the App of a JWT, or the message with which GitHub rejects it."""
    if text.count(".") != 2 or not apps:
        return _DECODED
    import jwt

    # The times are checked below, by the clock of the fake.
    checks = {f"verify_{name}": False for name in ("exp", "iat", "nbf", "aud", "iss", "sub")}
    options: Any = checks
    unsigned: Any = {**checks, "verify_signature": False}
    try:
        claims: Any = jwt.decode(text, options=unsigned)
    except jwt.PyJWTError:
        return _DECODED
    found = next((it for it in apps if claims.get("iss") in _names(it)), None)
    if found is None:
        return "Integration not found"
    try:
        jwt.decode(text, found.key, algorithms=["RS256"], options=options)
    except jwt.PyJWTError:
        return _DECODED
    return _problem_of(claims, now) or found


def is_jwt(text: str, apps: Sequence[FakeApp]) -> bool:
    """Return whether a text is a JWT, even an invalid one, or one of an unknown App."""
    return app_of(text, apps, 0.0) != _DECODED


def _names(app: FakeApp) -> Sequence[object]:
    return (app.app_id, str(app.app_id), app.client_id)


def _problem_of(claims: Mapping[str, Any], now: float) -> str:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(expires, int | float) or expires <= now:
        return _EXPIRED
    if expires > now + MAX_LIFETIME + LEEWAY:
        return _FAR
    if not isinstance(issued, int | float) or issued > now + LEEWAY:
        return _ISSUED
    return ""


publish(__name__)
