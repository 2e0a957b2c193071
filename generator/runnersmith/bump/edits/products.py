"""Edits by a description of another product than Enterprise Cloud. Changes only the draft.

The spec describes the widest product, and the description of Enterprise Cloud has everything. What
github.com lacks stays in the spec, without this product. What a release of Enterprise Server lacks
is for a person to look at: a later release may have it, and its description may have been compared
before. Other facts that differ are left to a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...compare import Difference, Product
from ...compare.operations import METHODS
from ...openapi.document import Pointer
from ..draft.claims import PRODUCTS, joined
from ..draft.descriptions import is_property, steps
from ..draft.draft import KEY, Draft, Mapping, mapping, put
from ..draft.edit_site import EditSite, drop
from ..draft.proposals import Proposal

WIDEST = "ghec"
PARAMETERS = ("path ", "query ", "header ", "cookie ")


def is_availability(difference: Difference) -> bool:
    """Return whether a difference is only about the products that have something."""
    path = difference.path
    if path.keyword == "product":
        return difference.official is not None
    return bool(path.entity) and not path.keyword and difference.official is None


def availability(site: EditSite, product: Product) -> Iterator[Proposal]:
    """Yield the edit for a field or parameter that a product lacks, or has after all."""
    difference = site.difference
    if difference.path.keyword == "product" and difference.official is not None:
        place = difference.node.pointer
        yield from site.propose(
            place,
            f"products with {product}",
            lambda: put(site.draft.at(place), product.name, product.release or "all", PRODUCTS),
        )
    elif site.ours is not None and site.official is None and product.release is None:
        if difference.path.keyword or not can_be_stated(difference):
            return
        target = site.ours.node.pointer
        listed = mapping(site.draft.at(target).get(KEY, {})).get("products")
        left = claimed(site.draft, target) if listed is None else {**mapping(listed)}
        drop(left, product.name)
        if left:
            yield from site.propose(
                target,
                f"products without {product.name}",
                lambda: _state(site.draft.at(target), left),
            )


def claimed(draft: Draft, target: Pointer) -> Mapping:
    """Return the products of the operations that use a place."""
    found: Mapping = {}
    # Methods share the parameters of their path.
    own = {("paths", *target[1:2], method) for method in METHODS}
    own = {target[:3]} if target[:3] in own or target[0] == "components" else own
    for (path, method), used in draft.uses().items():
        if not own.isdisjoint({*used, ("paths", path, method)}):
            operation = mapping(mapping(draft.paths[path])[method])
            found = joined(found, mapping(mapping(operation.get(KEY, {})).get("products", {})))
    return found


def can_be_stated(difference: Difference) -> bool:
    """Return whether a part has products of its own: a property or a parameter."""
    path = difference.path
    if path.field:
        return is_property(steps(path.field)[-1])
    return path.entity.startswith(PARAMETERS)


def is_sure(site: EditSite, target: Pointer) -> bool:
    """Return whether all products of the operations that use a new part are known to have it."""
    known = site.claims.of(site.curated_operation.key, site.difference.path)
    return joined(claimed(site.draft, target), known) == known


def claim(site: EditSite, target: Pointer) -> None:
    """State the products that are known to have a new part, and ask for the others.

    If those of its operations have it, nothing is stated.
    """
    part = site.draft.at(target)
    known = site.claims.of(site.curated_operation.key, site.difference.path)
    stated = mapping(part.get(KEY, {})).get("products")
    if stated is not None:
        # Another operation that shares it, whose older versions may say more.
        _state(part, joined(mapping(stated), known))
    elif not is_sure(site, target):
        _state(part, known)
        site.draft.ask(target, "see which other products have it")


def _state(part: Mapping, products: Mapping) -> None:
    extension = mapping(part.get(KEY, {}))
    part[KEY] = {**extension, "products": products}
