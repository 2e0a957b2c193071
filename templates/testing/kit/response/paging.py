"""Pages of lists: their items and links, and the keys that identify items. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from ..description import Operation, as_object
from .faults import TrustedItems

PER_PAGE = 30
MAX_PER_PAGE = 100


class Page(msgspec.Struct, frozen=True):
    """A page of a list. `last` is the number of the last page; numbers begin with 1."""

    number: int
    size: int
    last: int

    @classmethod
    def of(cls, arguments: Mapping[str, Any], total: int) -> Page:
        """Return the requested page of a list with so many items."""
        size = max(1, min(int(arguments.get("per_page", PER_PAGE)), MAX_PER_PAGE))
        return cls(max(1, int(arguments.get("page", 1))), size, max(1, -(-total // size)))

    def part(self, items: Sequence[object]) -> list[object]:
        """Return the items of the page."""
        return list(items[(self.number - 1) * self.size : self.number * self.size])

    def links(self, url: str, query: str) -> list[tuple[str, str]]:
        """Return the header with links to other pages, if any. They repeat the query."""
        kept = [one for one in parse_qsl(query, keep_blank_values=True) if one[0] != "page"]
        shown = [
            f'<{url}?{urlencode([*kept, ("page", str(to))], quote_via=quote)}>; rel="{relation}"'
            for relation, to in self._relations()
        ]
        return [("Link", ", ".join(shown))] if shown else []

    def _relations(self) -> Iterator[tuple[str, int]]:
        """Yield the relations of the page. After the last page, `prev` is the last one."""
        if self.number > 1:
            yield "prev", min(self.number - 1, self.last)
        if self.number < self.last:
            yield "next", self.number + 1
        if self.number != self.last:
            yield "last", self.last
        if self.number > 1:
            yield "first", 1


def check_keys(operation: Operation, items: Sequence[object]) -> None:
    """Raise ValueError if two items have the same key: a client returns each key only once."""
    if operation.key is None or isinstance(items, TrustedItems):
        return
    found: dict[object, int] = {}
    for at, item in enumerate(items):
        key = attribute(item, operation.key)
        if not isinstance(key, int | str):
            continue
        first = found.setdefault(key, at)
        if first != at:
            raise ValueError(
                f"items {first} and {at} of {operation.name} have the same {operation.key}, "
                f"{key!r}, and a client returns only one of them; give each a different "
                f"{operation.key}, or use Response for pages with an item twice"
            )


def attribute(value: object, name: str) -> object:
    """Return a property of an object or a model, by its name in JSON; None if it has none."""
    if isinstance(value, msgspec.Struct):
        fields = dict(zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True))
        return getattr(value, fields[name], None) if name in fields else None
    return (as_object(value) or {}).get(name)
