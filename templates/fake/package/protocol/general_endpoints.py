"""General endpoints that programs call first: the root, the user, owners, limits. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import unquote

import msgspec

from ...testing._kit.response.faults import Response
from ..state.base_owner import Owner
from ..state.owners import Enterprise, Organization, Repository
from ..state.world import World
from . import problems
from .permissions import sees
from .products import Product
from .tokens import Token


class GeneralRequest(msgspec.Struct, frozen=True):
    """A request to one of these endpoints.

    Attributes:
        token: The token; None without credentials.
        limit: The primary rate limit.
        names: The parameters of the path.
    """

    world: World
    product: Product
    base_url: str
    token: Token | None
    limit: Mapping[str, Any]
    names: Mapping[str, str]


_Handler: TypeAlias = Callable[[GeneralRequest], Response]


def _root(request: GeneralRequest) -> Response:
    url = request.base_url
    return Response(
        json={
            "current_user_url": f"{url}/user",
            "organization_url": f"{url}/orgs/{{org}}",
            "rate_limit_url": f"{url}/rate_limit",
            "repository_url": f"{url}/repos/{{owner}}/{{repo}}",
        }
    )


def _meta(request: GeneralRequest) -> Response:
    found: dict[str, Any] = {"verifiable_password_authentication": False}
    if request.product.is_server:
        found["installed_version"] = f"{request.product.release}.0"
    return Response(json=found)


def _rate_limit(request: GeneralRequest) -> Response:
    if not request.limit:
        return problems.error(404, "Rate limiting is not enabled.")
    core = {**request.limit, "resource": "core"}
    return Response(json={"resources": {"core": core}, "rate": core})


def _user(request: GeneralRequest) -> Response:
    token = _token(request)
    if token.kind in ("installation", "github_token"):
        return problems.error(403, "Resource not accessible by integration")
    return Response(json=_account(request, 1, token.login, "User"))


def _owner(request: GeneralRequest) -> Response:
    owner = request.world.owner(request.names)
    if owner is None or not sees(_token(request), owner):
        return problems.error(404, "Not Found")
    return Response(json=_shown(request, owner))


# Each with whether it needs credentials.
_ENDPOINTS: Sequence[tuple[re.Pattern[str], _Handler, bool]] = [
    (re.compile(r"/?"), _root, False),
    (re.compile("/meta"), _meta, False),
    (re.compile("/rate_limit"), _rate_limit, False),
    (re.compile("/user"), _user, True),
    (re.compile(r"/enterprises/(?P<enterprise>[^/]+)"), _owner, True),
    (re.compile(r"/orgs/(?P<org>[^/]+)"), _owner, True),
    (re.compile(r"/repos/(?P<owner>[^/]+)/(?P<repo>[^/]+)"), _owner, True),
]


def endpoint(method: str, path: str) -> tuple[_Handler, Mapping[str, str], bool] | None:
    """Return the handler of a request, its path parameters, and whether it needs credentials.

    None for any other path.
    """
    for pattern, handler, signed in _ENDPOINTS if method == "GET" else ():
        if (found := pattern.fullmatch(path)) is not None:
            return handler, {name: unquote(it) for name, it in found.groupdict().items()}, signed
    return None


def _token(request: GeneralRequest) -> Token:
    assert request.token is not None, "these endpoints need credentials"
    return request.token


def _account(request: GeneralRequest, number: int, login: str, kind: str) -> dict[str, Any]:
    url = f"{request.base_url}/{'users' if kind == 'User' else 'orgs'}/{login}"
    return {"login": login, "id": number, "node_id": f"N{number}", "url": url, "type": kind}


def _shown(request: GeneralRequest, owner: Owner) -> Mapping[str, Any]:
    match owner:
        case Organization():
            shown = _account(request, owner.id, owner.name, "Organization")
            return {**shown, "name": owner.name, "description": None}
        case Repository():
            organization = owner.organization
            return {
                "id": owner.id,
                "node_id": f"N{owner.id}",
                "name": owner.name,
                "full_name": owner.full_name,
                "owner": _account(request, organization.id, organization.name, "Organization"),
                "private": owner.private,
                "visibility": "private" if owner.private else "public",
                "description": None,
                "fork": False,
                "url": f"{request.base_url}{owner.path}",
                "permissions": {"admin": True, "push": True, "pull": True},
            }
        case _:
            assert isinstance(owner, Enterprise)
            return {
                "id": owner.id,
                "node_id": f"N{owner.id}",
                "slug": owner.name,
                "name": owner.name,
            }
