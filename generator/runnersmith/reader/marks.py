"""The places of every value of a document, packed: there may be half a million of them.

Pure. Kept by container, with four numbers for each entry of a mapping and two for each item of a
list: an entry of a dictionary for each value would take more memory than the values themselves.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

from ..openapi.document import Json, Marks

Container = dict[str, Json] | list[Json]


class MarkTable(Mapping[tuple[int, str | int], Marks]):
    """Places by the identity of a container and by key or index, which it keeps alive for that."""

    def __init__(self) -> None:
        self._places: dict[int, tuple[Container, array[int]]] = {}
        self._orders: dict[int, dict[str, int]] = {}

    def add(self, container: Container, places: array[int]) -> None:
        """Note the places of a container's entries, which are in its order."""
        if places:
            self._places[id(container)] = (container, places)

    def __getitem__(self, entry: tuple[int, str | int]) -> Marks:
        owner, step = entry
        container, places = self._places[owner]
        if isinstance(container, list):
            line, column = places[2 * int(step) : 2 * int(step) + 2]
            return (line, column), (line, column)
        if owner not in self._orders:
            self._orders[owner] = {key: index for index, key in enumerate(container)}
        at = 4 * self._orders[owner][str(step)]
        key_line, key_column, line, column = places[at : at + 4]
        return (key_line, key_column), (line, column)

    def __iter__(self) -> Iterator[tuple[int, str | int]]:
        for owner, (container, _) in self._places.items():
            steps = range(len(container)) if isinstance(container, list) else container
            yield from ((owner, step) for step in steps)

    def __len__(self) -> int:
        return sum(len(container) for container, _ in self._places.values())
