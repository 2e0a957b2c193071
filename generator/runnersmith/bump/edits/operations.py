"""Edits of an operation as a whole. Changes only the draft."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...compare import Product
from ...openapi.document import Json
from ...validate.extension import placeholders
from ..draft.draft import KEY, OPERATION, Mapping, mapping, put
from ..draft.edit_site import EditSite, change, drop
from ..draft.proposals import Proposal
from ..translate.extension import fine_grained

_DOCS = re.compile(r"(https://docs\.github\.com/(?:en/)?(?:[a-z-]+@[^/]+/)?)/*")
_PRODUCTS = ("github.com", "ghec", "ghes")


def fact(site: EditSite, product: Product) -> Iterator[Proposal]:
    """Yield the edit of an operation's own fact."""
    difference, operation, keyword = site.difference, site.operation, site.difference.path.keyword
    value = difference.official.value if difference.official else None
    extension = mapping(operation.get(KEY, {}))
    products = mapping(extension.get("products", {}))

    def set_product(name: str, since: Json) -> None:
        put(products, name, since, _PRODUCTS)

    def forget() -> None:
        site.draft.forget(site.curated_operation.path, site.curated_operation.method.lower())

    match keyword:
        case "product" if difference.official is not None:
            since = product.release or "all"
            yield from site.propose(site.pointer, keyword, lambda: set_product(product.name, since))
        case "product" if product.name == "ghec" or {*products} == {product.name}:
            # The description of Enterprise Cloud has every operation.
            yield from site.propose(site.pointer, keyword, forget, rank="gone")
        case "product" if product.release is None:
            yield from site.propose(site.pointer, keyword, lambda: drop(products, product.name))
        case "githubCloudOnly" if value is False:
            yield from site.propose(site.pointer, keyword, lambda: set_product("github.com", "all"))
        case "githubCloudOnly" if value is True and len(products) > 1:
            yield from site.propose(site.pointer, keyword, lambda: drop(products, "github.com"))
        case "enabledForGitHubApps":
            yield from site.propose(
                site.pointer, keyword, lambda: _apps(site, allowed=value is True)
            )
        case "docs" if isinstance(value, str):
            yield from site.propose(site.pointer, keyword, lambda: _docs(operation, value))
        case "operationId" | "deprecated" if value is None or not isinstance(value, dict | list):
            yield from site.propose(
                site.pointer, keyword, lambda: change(operation, keyword, value, OPERATION)
            )
        case _:
            pass


def _docs(operation: Mapping, url: str) -> None:
    """Update the link to the documentation, in the edition that the spec links to."""
    docs = mapping(operation.setdefault("externalDocs", {}))
    edition = _DOCS.match(str(docs.get("url", url)))
    docs["url"] = _DOCS.sub(lambda found: edition[1] if edition else found[0], url, count=1)


def _apps(site: EditSite, *, allowed: bool) -> None:
    extension = mapping(site.operation[KEY])
    permissions = mapping(extension.get("permissions", {}))
    if not allowed:
        drop(permissions, "fine-grained")
        if not permissions:
            drop(extension, "permissions")
        return
    scope = next(
        (one for one in site.draft.scopes if site.curated_operation.path.startswith(one)), ""
    )
    beside = [
        mapping(mapping(operation).get(KEY, {}))
        for path, item in site.draft.paths.items()
        if path.startswith(scope)
        for operation in mapping(item).values()
        if isinstance(operation, dict)
    ]
    alike = [one for one in beside if one.get("resource") == extension.get("resource")]
    guess = fine_grained(site.curated_operation.method, alike)
    permissions["fine-grained"] = guess or {placeholders.PERMISSION: "read"}
    extension["permissions"] = permissions
    place = (*site.pointer, KEY, "permissions", "fine-grained")
    site.draft.note(place, "take the permission from GitHub's documentation")
