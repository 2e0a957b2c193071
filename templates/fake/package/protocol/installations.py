"""Endpoints that GitHub Apps call with their JWT: installations and their tokens."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, cast

import msgspec

from ...testing._kit.description import as_object
from ...testing._kit.request.received import Received
from ...testing._kit.response.faults import Response
from ...testing._kit.response.paging import MAX_PER_PAGE, PER_PAGE
from ..state.owners import Organization, Repository
from ..state.world import World
from . import problems
from .apps import FakeApp, Installation
from .tokens import Access, Token

HOUR = 3_600.0
# The mean length of a token, which varies.
LENGTH = 520

_APP = re.compile(r"/app(?:/installations)?")
_INSTALLATION = re.compile(r"/app/installations/(\d{1,18})(/access_tokens)?")
_OF_OWNER = re.compile(r"/(?:(?:orgs|users)/([^/]+)|repos/([^/]+)/([^/]+))/installation")


class AppEndpoints(msgspec.Struct, frozen=True):
    """The endpoints. `add_token` adds a new token to the fake GitHub."""

    world: World
    now: float
    base_url: str
    add_token: Callable[[str, Token], None]

    def response(self, request: Received, path: str, app: FakeApp) -> Response:
        """Return the response to a request of an App."""
        found = _INSTALLATION.fullmatch(path)
        if request.method == "POST" and found is not None and found[2]:
            return self._created(app, _by_id(app, int(found[1])), request.content)
        if request.method != "GET":
            return problems.error(404, "Not Found")
        if path == "/app":
            return Response(json={"id": app.app_id, "slug": app.slug, "client_id": app.client_id})
        if path == "/app/installations":
            return self._page(request, app)
        installation = None
        if found is not None and not found[2]:
            installation = _by_id(app, int(found[1]))
        elif (named := _OF_OWNER.fullmatch(path)) is not None:
            installation = self._of_owner(app, *named.groups())
        if installation is None:
            return problems.error(404, "Not Found")
        return Response(json=self._shown(app, installation))

    def _page(self, request: Received, app: FakeApp) -> Response:
        """Return a page of the installations."""
        asked = dict(request.pairs)
        size = min(_number(asked.get("per_page"), PER_PAGE), MAX_PER_PAGE)
        page = _number(asked.get("page"), 1)
        listed = [self._shown(app, it) for it in app.installations]
        headers: dict[str, str] = {}
        if len(listed) > page * size:
            query = f"per_page={size}&page={page + 1}"
            headers["Link"] = f'<{self.base_url}/app/installations?{query}>; rel="next"'
        return Response(json=listed[(page - 1) * size : page * size], headers=headers)

    def _of_owner(
        self, app: FakeApp, login: str | None, owner: str | None, repo: str | None
    ) -> Installation | None:
        if login is not None:
            return app.installation_on(login)
        repository = self.world.owner({"owner": owner, "repo": repo})
        installation = app.installation_on(owner or "")
        if not isinstance(repository, Repository) or installation is None:
            return None
        selected = installation.repositories
        return installation if selected is None or repository.name in selected else None

    def _created(self, app: FakeApp, installation: Installation | None, content: bytes) -> Response:
        if installation is None:
            return problems.error(404, "Not Found")
        if installation.suspended:
            return problems.error(403, "This installation has been suspended")
        asked = _object(content)
        if asked is None:
            return problems.error(400, "Problems parsing JSON")
        permissions = cast("Mapping[str, Access] | None", asked.get("permissions"))
        repositories = cast("Sequence[str] | None", asked.get("repositories"))
        if _exceeds(permissions, installation.permissions):
            message = "The permissions requested are not granted to this installation."
            return problems.error(422, message)
        if repositories is not None and not set(repositories) <= set(self._names(installation)):
            message = (
                "There is at least one repository that does not exist or is not accessible to the "
                "parent installation."
            )
            return problems.error(422, message)
        token = Token(
            kind="installation",
            login=f"{app.slug}[bot]",
            account=f"installation {installation.id}",
            permissions=installation.permissions if permissions is None else permissions,
            owners=[installation.account],
            repositories=installation.repositories if repositories is None else repositories,
            expires_at=self.now + HOUR,
        )
        text = _text(f"{app.app_id} {installation.id} {self.now} {id(token)}")
        self.add_token(text, token)
        return Response(201, json=_shown_token(text, token))

    def _names(self, installation: Installation) -> Sequence[str]:
        if installation.repositories is not None:
            return installation.repositories
        owner = self.world.owner({"org": installation.account})
        return list(owner.repositories) if isinstance(owner, Organization) else []

    def _shown(self, app: FakeApp, it: Installation) -> Mapping[str, Any]:
        owner = self.world.owner({"org": it.account})
        url = f"{self.base_url}/app/installations/{it.id}"
        return {
            "id": it.id,
            "app_id": app.app_id,
            "app_slug": app.slug,
            "account": {"login": it.account, "id": 0 if owner is None else owner.id},
            "target_type": "User" if owner is None else "Organization",
            "repository_selection": "all" if it.repositories is None else "selected",
            "permissions": dict(it.permissions or {}),
            "access_tokens_url": f"{url}/access_tokens",
            "events": list[str](),
            "suspended_at": "2026-01-01T00:00:00Z" if it.suspended else None,
        }


def _number(text: str | None, default: int) -> int:
    """Return a positive number in a query, or the default."""
    return int(text) if text and re.fullmatch(r"[1-9]\d{0,8}", text) else default


def is_of_apps(path: str) -> bool:
    """Return whether only Apps may call a path."""
    patterns = (_APP, _INSTALLATION, _OF_OWNER)
    return any(one.fullmatch(path) for one in patterns)


def _by_id(app: FakeApp, number: int) -> Installation | None:
    return next((it for it in app.installations if it.id == number), None)


def _object(content: bytes) -> Mapping[str, Any] | None:
    try:
        return as_object(msgspec.json.decode(content or b"{}"))
    except msgspec.DecodeError:
        return None


def _exceeds(asked: Mapping[str, Access] | None, granted: Mapping[str, Access] | None) -> bool:
    if asked is None or granted is None:
        return False
    limit = Token(kind="installation", login="app", account="app", permissions=granted)
    return not all(limit.has_permission(name, access) for name, access in asked.items())


def _shown_token(text: str, token: Token) -> Mapping[str, Any]:
    assert token.expires_at is not None
    expires = datetime.fromtimestamp(token.expires_at, UTC)
    return {
        "token": text,
        "expires_at": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "permissions": dict(token.permissions or {}),
        "repository_selection": "all" if token.repositories is None else "selected",
    }


def _text(seed: str) -> str:
    pieces = (hashlib.sha256(f"{seed} {one}".encode()).hexdigest() for one in range(9))
    digits = "".join(pieces)
    return f"ghs_{digits[: LENGTH - 8 + int(digits[0], 16)]}"
