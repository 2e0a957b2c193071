"""Alignment of the entries or items of a container before and after a change. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from ..openapi.document import Json
from .emit import inline
from .spans import Span
from .values import leaves, written


def compared(value: Json) -> list[str]:
    """Return the entries or items of a container in comparable form."""
    if isinstance(value, dict):
        return [written({key: child}) for key, child in value.items()]
    assert isinstance(value, list)
    return [*map(written, value)]


def places(span: Span, value: Json) -> list[tuple[int, int]]:
    """Return the spans of the entries or items of a container."""
    if isinstance(value, dict):
        return [(span.keys[key].start, span.entries[key].end) for key in value]
    return [(item.start, item.end) for item in span.items]


def inlined(value: Json, index: int) -> str:
    """Return the entry or item at an index, in its form between brackets."""
    if isinstance(value, dict):
        key = [*value][index]
        return inline({key: value[key]})[1:-1]
    assert isinstance(value, list)
    return inline(value[index])


def aligned(olds: list[str], news: list[str]) -> Iterator[tuple[int, int | None]]:
    """Yield for each new index the old one that it keeps or replaces; None for an added one."""
    matcher = SequenceMatcher(None, olds, news, autojunk=False)
    for kind, start, end, now, until in matcher.get_opcodes():
        for index in range(now, until):
            was = start + index - now
            yield index, was if kind in ("equal", "replace") and was < end else None


def renamed(old: dict[str, Json], new: dict[str, Json]) -> dict[str, str]:
    """Return new key -> old key of renamed entries: same place, mostly the same content."""
    found: dict[str, str] = {}
    added = _gaps(new, old)
    for before, gone in _gaps(old, new).items():
        keys = added.get(before, [])
        start = 0
        for was in gone:
            places = range(start, len(keys))
            place = next((n for n in places if _is_alike(new[keys[n]], old[was])), None)
            if place is not None:
                found[keys[place]] = was
                start = place + 1
    return found


def _is_alike(ours: Json, theirs: Json) -> bool:
    """Return whether two values share most of their leaves."""
    one, other = leaves(ours), leaves(theirs)
    return 2 * len(one & other) > max(len(one), len(other))


def _gaps(mapping: dict[str, Json], other: dict[str, Json]) -> dict[str | None, list[str]]:
    """Return the keys absent from the other mapping, by the common key before them."""
    found: dict[str | None, list[str]] = {}
    before: str | None = None
    for key in mapping:
        if key in other:
            before = key
        else:
            found.setdefault(before, []).append(key)
    return found
