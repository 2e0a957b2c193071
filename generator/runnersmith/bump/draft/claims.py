"""Products that are known to have a part which is new in an API version. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ...compare import Product
from ...compare.description_view import View
from ...compare.facts import FactPath, products
from ...compare.operations import Operation, operations
from ...openapi.document import Document, Json, Node
from .correspondence import Key
from .descriptions import find, root, steps
from .draft import Draft, Mapping, mapping

PRODUCTS = ("github.com", "ghec", "ghes")
_SERVER = "ghes"


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims of parts that are new in an API version, by the product of a description.

    `older` are the operations of the older API versions. What they say of servers counts as well,
    except of those that know the new version: their descriptions have said it themselves. `first`
    is the first release of these, None if there is none yet.
    """

    product: Product
    older: tuple[dict[Key, Operation], ...] = ()
    first: Json = None

    @classmethod
    def at(cls, draft: Draft, product: Product, older: Sequence[Document]) -> Claims:
        """Return the claims for the API version of a draft."""
        version = str(mapping(draft.data["info"])["version"])
        introduced = mapping(mapping(draft.extension.get("introduced", {})).get(version, {}))
        known = tuple(operations(View(document)) for document in older)
        return cls(product, known, introduced.get(_SERVER))

    def of(self, key: Key, path: FactPath) -> Mapping:
        """Return the products that have a new part of an operation, or the operation itself."""
        found: Mapping = {self.product.name: self.product.release or "all"}
        for known in self.older:
            for node in _stated(known[key], path) if key in known else ():
                since = node.text(_SERVER)
                if since is not None and (self.first is None or is_lower(since, self.first)):
                    found = joined(found, {_SERVER: since})
        return found


def joined(one: Mapping, other: Mapping) -> Mapping:
    """Return the products of two statements, from the lower release on, in the usual order."""
    both = {
        name: min((it[name] for it in (one, other) if name in it), key=_release)
        for name in {**one, **other}
    }
    return {name: both[name] for name in PRODUCTS if name in both}


def is_lower(since: Json, other: Json) -> bool:
    """Return whether a release is earlier than another; "all" is the earliest."""
    return _release(since) < _release(other)


def _stated(operation: Operation, path: FactPath) -> Collection[Node]:
    """Return the statements about a part of an operation: its own, or those of what holds it."""
    found: Collection[Node] = [it for it in [products(operation.node)] if it is not None]
    start = root(operation)
    for place in _places(path):
        if (part := find(start, place)) is None:
            return ()
        found = part.products or found
    return found


def _places(path: FactPath) -> Iterator[FactPath]:
    """Yield the paths from a part of an operation down to a field."""
    place = FactPath(path.entity)
    if path.entity:
        yield place
    for step in steps(path.field):
        place = place.step(step)
        yield place


def _release(since: Json) -> tuple[int, ...]:
    parts = str(since).split(".")
    return tuple(map(int, parts)) if all(part.isdigit() for part in parts) else ()
