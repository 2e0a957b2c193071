"""Edits by a description of another product than Enterprise Cloud. Changes only the draft.

The spec describes the widest product, and the description of Enterprise Cloud has everything. What
another product lacks stays in the spec, without this product. Other facts that differ are left to a
person.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...compare import Difference, Product
from ..draft.draft import KEY, mapping, put
from ..draft.edit_site import EditSite, drop
from ..draft.proposals import Proposal

WIDEST = "ghec"
_PRODUCTS = ("github.com", "ghec", "ghes")


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
            lambda: put(site.draft.at(place), product.name, product.release or "all", _PRODUCTS),
        )
    elif site.ours is not None and site.official is None and not difference.path.keyword:
        target = site.ours.node.pointer
        listed = mapping(site.draft.at(target).get(KEY, {})).get("products")
        # A server that lacks what an earlier release has is for a person to look at.
        if listed is None or product.release is None:
            yield from site.propose(
                target, f"products without {product.name}", lambda: _leave_out(site, product.name)
            )


def _leave_out(site: EditSite, name: str) -> None:
    assert site.ours is not None
    part = site.draft.at(site.ours.node.pointer)
    extension = mapping(part.setdefault(KEY, {}))
    if "products" not in extension:
        extension["products"] = dict.fromkeys(_PRODUCTS[:2], "all")
    drop(mapping(extension["products"]), name)
