"""Parts of the spec that a description lacks in every API version: its product has them no more.

The description is of one product. Others may still have the part, so it is not removed: the product
is taken out of the part's `products`, or a person decides. What a description has in some API
version is removed from the others. Pure, except that edits change the draft.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compare import Comparison, Difference
from ...compare.description_view import View
from ...compare.facts import FactPath
from ...compare.operations import operations, shape
from ...openapi.document import Document, Json, Node, Pointer
from ..draft.descriptions import find, root
from ..draft.draft import KEY, mapping
from ..draft.edit_site import EditSite, drop
from ..draft.proposals import Proposal, nothing
from .products import WIDEST, can_be_stated, claimed

# The operation's shape, and the path of the fact.
Place = tuple[str, FactPath]


def place(difference: Difference) -> Place:
    """Return the place of a difference, which is the same in all API versions."""
    return shape(difference.operation), difference.path


def is_removal(difference: Difference) -> bool:
    """Return whether a description lacks an operation, a part, or a value of an enum."""
    path = difference.path
    if path.keyword == "enum":
        return bool(removed_values(difference))
    if path.keyword == "product":
        return difference.official is None
    return bool(path.entity) and not path.keyword and difference.official is None


def removed_values(difference: Difference) -> list[Json]:
    """Return the values that the description's enum lacks; none without such an enum."""
    if difference.ours is None or difference.official is None:
        return []
    ours, official = difference.ours.value, difference.official.value
    if not isinstance(ours, list) or not isinstance(official, list):
        return []
    return [value for value in ours if value not in official]


def absent(compared: Sequence[tuple[Document, Comparison]]) -> frozenset[Place]:
    """Return what a description has in none of the compared API versions, but the spec has."""
    removed = {place(it) for _, one in compared for it in one.differences if is_removal(it)}
    for document, comparison in compared:
        if removed:
            removed -= {*_present(removed, document, comparison)}
    return frozenset(removed)


def _present(places: set[Place], document: Document, comparison: Comparison) -> Iterator[Place]:
    """Yield the places that a description has in one API version."""
    differences = {place(it): it for it in comparison.differences}
    missing = {shape(operation.name) for operation in comparison.missing}
    curated = {shape(it.name): it for it in operations(View(document)).values()}
    for name, path in places:
        found = differences.get((name, path))
        if found is not None:
            if not is_removal(found):
                yield name, path
        elif name in missing:
            yield name, path
        elif any(one == name and _holds(other, path) for one, other in differences):
            continue  # It is gone with what it is a part of.
        elif (operation := curated.get(name)) is not None:
            ours = find(root(operation), path)
            if ours is not None and (path.keyword != "enum" or "enum" in ours.facts):
                yield name, path


def _holds(owner: FactPath, path: FactPath) -> bool:
    """Return whether a path is that of a whole operation, part or field, and another one below it."""
    if not owner.entity:
        return owner.keyword == "product"
    if owner.entity != path.entity or owner.keyword:
        return False
    return not owner.field or path.field.startswith(tuple(owner.field + it for it in ".[{("))


def take_out(site: EditSite) -> Iterator[Proposal]:
    """Yield the edit that takes a product out of the products that are stated, if others are left.

    A release of Enterprise Server that lacks what an earlier one has is for a person to look at.
    """
    product = site.product
    target = (*_owner(site), KEY, "products")
    if not site.draft.has(target) or product.release is not None:
        return
    listed = site.draft.at(target)
    if {*listed} - {product.name} and product.name in listed:
        yield from site.propose(
            target, f"without {product.name}", lambda: drop(listed, product.name)
        )


def ask(site: EditSite) -> Iterator[Proposal]:
    """Yield what is asked of a person; other users of a shared place do not share the answer."""
    difference = site.difference
    yield from site.propose(
        difference.node.pointer, f"lost: {difference.sides}", nothing, rank="asked"
    )


def decision(site: EditSite, operations: int) -> str:
    """Return what a person decides about a part that a product lacks in some operations."""
    product, difference = site.product, site.difference
    part, keyword = _owner(site), site.difference.path.keyword
    own = mapping(mapping(site.draft.at(part).get(KEY, {})).get("products", {}))
    others = [it for it in own or claimed(site.draft, part) if it != product.name]
    values = ", ".join(map(str, removed_values(difference))) if keyword == "enum" else "it"
    found = f"{product} {'lacks' if product.release else 'no longer has'} {values}"
    if others:
        users = "its operation is" if operations == 1 else "its operations are"
        found += f" ({'it is' if own else users} claimed for {', '.join(others)} as well)"
    is_stated = keyword == "product" or (not keyword and can_be_stated(difference))
    answers: list[str] = []
    if product.name == WIDEST or not others:
        answers.append("delete it")
    if is_stated and product.release:
        answers.append(f"state the first release of {product.name} that has it")
    if is_stated and others:
        answers.append(f"state its products without {product.name}")
    if not is_stated or not others:
        answers.append("correct it")
    return f"{found}; {' or '.join(answers)}"


def _owner(site: EditSite) -> Pointer:
    """Return the place of the part with the difference."""
    node: Node | None = site.ours.node if site.ours is not None else None
    return node.pointer if node is not None else site.pointer
