"""Addresses of requests and links: paths with numeric ids, and the numbers of pages. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote, urlencode

import msgspec

from ...testing._kit.request.received import Received
from ...testing._kit.response.paging import MAX_PER_PAGE
from ..state.owners import Organization, Repository
from ..state.world import World

_NUMBERED = re.compile(r"((?:/api/v3)?)/(organizations|repositories)/(\d{1,18})(?=/|$)")
_NAMED = re.compile(r"((?:/api/v3)?)/(?:orgs/([^/]+)|repos/([^/]+)/([^/]+))(?=/|$)")


def normalized(request: Received, world: World) -> Received:
    """Return a request in the form of the description.

    HEAD becomes GET, ids of owners in the path become names, and any body is taken as JSON. A page
    size above the maximum becomes the maximum. Other invalid page sizes and pages are omitted.
    """
    path = request.path
    if (found := _NUMBERED.match(path)) is not None:
        owner = _by_id(world, found[2], int(found[3]))
        path = path if owner is None else found[1] + owner.path + path[found.end() :]
    pairs = parse_qsl(request.query, keep_blank_values=True)
    query = urlencode([one for name, text in pairs for one in _page_pair(name, text)])
    headers = [one for one in request.headers if one[0].lower() != "content-type"]
    method = "GET" if request.method == "HEAD" else request.method
    return msgspec.structs.replace(request, method=method, path=path, query=query, headers=headers)


def numbered(url: str, path: str, world: World) -> str:
    """Return the address of a request with the id of its organization or repository.

    `path` is the end of `url`.
    """
    found = _NAMED.match(path)
    if found is None:
        return url
    names = ({"org": found[2]}, {"owner": found[3], "repo": found[4]})
    owner = world.owner({key: unquote(name) for key, name in names[found[2] is None].items()})
    if owner is None:
        return url
    kind = "organizations" if isinstance(owner, Organization) else "repositories"
    return f"{url.removesuffix(path)}{found[1]}/{kind}/{owner.id}{path[found.end() :]}"


def _by_id(world: World, kind: str, number: int) -> Organization | Repository | None:
    if kind == "repositories":
        return world.repository(number)
    return next((it for it in world.organizations.values() if it.id == number), None)


def _page_pair(name: str, text: str) -> list[tuple[str, str]]:
    """Return a normalized pair of a query; an empty list if it has no effect."""
    if name not in ("page", "per_page"):
        return [(name, text)]
    if re.fullmatch(r"0*[1-9]\d*", text, re.ASCII) is None:
        return []
    # No list has that many items.
    number = int(text) if len(text) < 18 else 10**18
    return [(name, str(min(number, MAX_PER_PAGE) if name == "per_page" else number))]
