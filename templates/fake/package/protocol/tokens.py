"""Tokens of a fake GitHub: kinds, permissions and visible owners. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from ..._runtime.lazy import publish
from ...testing._kit.request.received import Received
from ..checks.checked import READ_ONLY, Checked
from ..checks.values import Text, nearest

TokenKind = Literal["classic", "fine-grained", "installation", "github_token"]
Access = Literal["read", "write", "admin"]

_LEVELS: Sequence[str] = get_args(Access)
# Scopes that contain others.
_CONTAINED: Mapping[str, Sequence[str]] = {
    "admin:enterprise": (
        "manage_runners:enterprise",
        "manage_billing:enterprise",
        "read:enterprise",
    ),
    "admin:org": ("write:org", "read:org", "manage_runners:org"),
    "write:org": ("read:org",),
    "user": ("read:user",),
}
_SCOPES = frozenset(
    """admin:enterprise admin:org manage_billing:enterprise manage_runners:enterprise
    manage_runners:org read:enterprise read:org read:user repo user workflow write:org""".split()
)
# The scopes of a token with all of them: those that no other scope contains.
ALL_SCOPES: Sequence[str] = sorted(
    _SCOPES - {one for contained in _CONTAINED.values() for one in contained}
)


@dataclass(kw_only=True, eq=False)
class Token(Checked):
    """A token that a fake GitHub accepts. All attributes except its kind may be changed.

    Attributes:
        kind: `classic`, `fine-grained`, `installation` (of a GitHub App) or `github_token` (of a
            workflow).
        login: The user, or the name of the App.
        scopes: The scopes of a classic token; None for all.
        permissions: The permissions of any other, with their access; None for all that an operation
            accepts.
        owners: The enterprises and organizations that it sees; None for all.
        repositories: The names of the repositories that it sees in them; None for all.
        expires_at: When it expires, in seconds since 1970; None for never.
        account: Whose rate limit its requests count for.
        rules: Raises an error if an attribute is set to an invalid value.
    """

    kind: Annotated[TokenKind, READ_ONLY]
    login: Text
    account: Text
    scopes: Sequence[str] | None = None
    permissions: Mapping[str, Access] | None = None
    owners: Sequence[str] | None = None
    repositories: Sequence[str] | None = None
    expires_at: float | None = None

    rules: Annotated[Callable[[Token, str, Any], None] | None, READ_ONLY] = field(
        default=None, repr=False
    )

    def _verify(self, name: str, value: Any) -> None:
        rules = vars(self).get("rules")
        if rules is not None:
            rules(self, name, value)

    def has_scope(self, scope: str) -> bool:
        """Return whether a classic token has a scope, or one that contains it."""
        return self.scopes is None or any(
            scope == one or scope in _CONTAINED.get(one, ()) for one in self.scopes
        )

    def has_permission(self, name: str, access: str) -> bool:
        """Return whether a token that is not classic has a permission, at this level or above."""
        if self.permissions is None:
            return self.kind != "github_token"
        held = self.permissions.get(name)
        # Every token may read the metadata of a repository.
        held = held or ("read" if name == "metadata" else None)
        return held is not None and _LEVELS.index(held) >= _LEVELS.index(access)


def checked(
    kind: str,
    scopes: Sequence[str] | None,
    permissions: Mapping[str, Access] | None,
    known: Sequence[str],
) -> None:
    """Raise ValueError for a token that GitHub cannot issue. `known` are the permissions."""
    if kind == "classic" and permissions is not None:
        raise ValueError("a classic token has scopes, not permissions")
    if kind != "classic" and scopes is not None:
        raise ValueError(f"a token that is {kind} has permissions, not scopes")
    for scope in scopes or ():
        if scope not in _SCOPES:
            near = nearest(scope, _SCOPES) or f"; there are {', '.join(sorted(_SCOPES))}"
            raise ValueError(f"no scope {scope!r}{near}")
    for name in permissions or ():
        if kind == "github_token" and name in known and name != "metadata":
            raise ValueError(f"a GITHUB_TOKEN cannot have the permission {name}")
        if kind != "github_token" and name not in known:
            near = nearest(name, known) or f"; use {', '.join(known)}"
            raise ValueError(f"no operation needs the permission {name!r}{near}")


def sent_token(request: Received) -> str:
    """Return the token of a request; empty if it has none.

    GitHub takes it after `Bearer` and `token` in any case, and as the password of `Basic`.
    """
    word, _, text = (request.header("authorization") or "").strip().partition(" ")
    match word.lower():
        case "bearer" | "token":
            return text.strip()
        case "basic":
            try:
                return base64.b64decode(text, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return ""
        case _:
            return ""


publish(__name__)
