"""Access to a fake GitHub: tokens, Apps and rate limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .base import BaseGitHub
from .checks.values import Count, Seconds, Text, Whole, nearest
from .protocol.apps import FakeApp, Installation, public_key
from .protocol.tokens import Access, Token, TokenKind, checked


class AccessRules(BaseGitHub):
    """Who may do what, and how often."""

    def add_token(
        self,
        token: Text,
        *,
        kind: TokenKind = "classic",
        scopes: Sequence[str] | None = None,
        permissions: Mapping[str, Access] | None = None,
        owners: Sequence[str] | None = None,
        expires_in: Seconds | None = None,
        login: Text = "octocat",
    ) -> Token:
        """Add a token. From then on, tokens that were not added are rejected.

        Args:
            token: The token.
            kind: `classic`, `fine-grained`, `installation` or `github_token`.
            scopes: The scopes of a classic token. Default: all.
            permissions: The permissions of any other, such as
                `{"organization_self_hosted_runners": "write"}`. Default: all that are needed, and
                none for a `github_token`.
            owners: The enterprises and organizations that it sees. Default: all.
            expires_in: The seconds after which it expires. Default: never.
            login: The user.

        Raises ValueError for an unknown scope or permission, or one that the kind cannot have, and
        LookupError for an unknown owner.
        """
        checked(kind, scopes, permissions, self._gateway.permissions)
        self._check_owners(owners)
        added = Token(
            kind=kind,
            login=login,
            account=token,
            scopes=scopes,
            permissions=permissions,
            owners=owners,
            expires_at=None if expires_in is None else self.clock.wall() + expires_in,
            rules=self._check_token,
        )
        self._gateway.restricted = True
        self._gateway.tokens[token] = added
        return added

    def add_app(
        self,
        app_id: Count,
        key: str | bytes,
        *,
        installations: Sequence[str] = ("octo-org",),
        permissions: Mapping[str, Access] | None = None,
        client_id: Text | None = None,
    ) -> FakeApp:
        """Add a GitHub App, which gets installation tokens with its JWTs.

        `key` is the PEM text of its private or public key. `installations` are the organizations
        that it is installed on. It has the same `permissions` on each; by default, all that
        operations accept.

        Raises ValueError for an invalid key or permission, or if the App exists, LookupError for an
        unknown organization, and ImportError without PyJWT, which the extra `app` installs.
        """
        checked("installation", None, permissions, self._gateway.permissions)
        if any(it.app_id == app_id for it in self._gateway.apps):
            raise ValueError(f"there is an App {app_id} already")
        app = FakeApp(
            app_id=app_id,
            client_id=client_id or f"Iv23li{app_id:014d}",
            slug=f"app-{app_id}",
            installations=[
                Installation(
                    id=self.world.new_id(), account=self.org(it).name, permissions=permissions
                )
                for it in installations
            ],
            key=public_key(key),
        )
        self._gateway.apps.append(app)
        return app

    def rate_limit(self, limit: int = 5_000, *, status: int = 403) -> None:
        """Limit the requests of a token in an hour. Those above fail with status 403 or 429."""
        _check_limit("limit", limit, status)
        limits = self._gateway.limits
        limits.limit, limits.status, limits.enforced, limits.shown = limit, status, True, True

    def secondary_limit(
        self,
        points: int = 900,
        *,
        at_once: int = 100,
        retry_after: Whole | None = None,
        status: int = 403,
    ) -> None:
        """Limit the points that a token spends in a minute, and its concurrent requests.

        A read is 1 point, a write 5. `retry_after` is the header of that name in seconds; without
        it, there is none. `status` is 403 or 429.
        """
        _check_limit("points", points, status)
        _check_limit("at_once", at_once, status)
        limits = self._gateway.limits
        limits.points, limits.at_once = points, at_once
        limits.retry_after, limits.secondary_status = retry_after, status

    def _check_owners(self, owners: Sequence[str] | None) -> None:
        known = [*self.world.enterprises, *self.world.organizations]
        for name in owners or ():
            if name.lower() not in {it.lower() for it in known}:
                raise LookupError(f"no enterprise or organization {name!r}{nearest(name, known)}")

    def _check_token(self, token: Token, name: str, value: Any) -> None:
        """Raise an error for a value that an attribute of a token cannot have."""
        if name == "owners":
            self._check_owners(value)
        given: dict[str, Any] = {
            "scopes": token.scopes,
            "permissions": token.permissions,
            name: value,
        }
        checked(token.kind, given["scopes"], given["permissions"], self._gateway.permissions)


def _check_limit(name: str, value: int, status: int) -> None:
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    if status not in (403, 429):
        raise ValueError(f"a rate limit has status 403 or 429, not {status}")
