"""Overlays of a plan: each is kept, gets further actions, or is written anew.

kept          the overlay still gives the wanted version
extended      it applies, and further actions at its end give the wanted version
written anew  all else, and the first overlay of a version
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from .. import overlay
from ..openapi.document import Document, Json, Pointer
from ..openapi.todo_marks import mark
from ..problems import SpecError
from ..yaml_edit import Comments, patch
from ..yaml_edit.values import equal
from . import reverse_overlay
from .carry import without
from .draft.draft import items, mapping
from .reverse_overlay import Difference, path
from .sources import Layer

Notes = Mapping[Pointer, Sequence[str]]

_HEAD = """\
What API version {version} has otherwise than the next newer one, {newer}.

Written by runnersmith; README.md in the folder above says how overlays are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLayer:
    """Text of an overlay, and the number of its actions; `new` are those added, None if all are."""

    text: str
    actions: int
    new: int | None
    dropped: int = 0


def layer(
    newer: Document,
    wanted: Json,
    notes: Notes,
    known: Layer | None,
    dropped: Set[int] = frozenset(),
    *,
    title: str,
    version: str,
    above: str,
    extends: str,
) -> WrittenLayer:
    """Return the overlay that turns the version `newer` (`above`) into the wanted document.

    `notes` are decisions about the wanted document alone. `known` is the overlay before the change,
    and `dropped` are those of its actions that are no longer right.
    """
    if known is not None and (kept := _kept(newer, wanted, notes, known, dropped)) is not None:
        return kept
    made = reverse_overlay.overlay(
        newer.data, wanted, title=title, version=version, extends=extends
    )
    head = _HEAD.format(version=version, newer=above)
    comments = _comments(items(made["actions"]), notes)
    count = len(items(made["actions"]))
    text = reverse_overlay.text(made, head, comments)
    return WrittenLayer(text=text, actions=count, new=None)


def _kept(
    newer: Document, wanted: Json, notes: Notes, known: Layer, dropped: Set[int]
) -> WrittenLayer | None:
    """Return the known overlay, with further actions if needed; None if it does not fit."""
    left = without(known.document, dropped)
    try:
        made = overlay.apply(newer, left)
    except SpecError:
        return None
    if _undoes(made, wanted, left.name) or _restores(newer.data, made.data, wanted):
        return None
    found = Difference(known.version)
    found.value(made.data, wanted, ())
    further = found.actions()
    content = mapping(left.data)
    actions = [*items(content["actions"]), *further]
    if not further and not notes and not dropped:
        return WrittenLayer(text=known.file.text, actions=len(actions), new=0)
    comments = _comments(actions, notes, len(actions) - len(further))
    try:
        text = patch(known.document, known.file.text, {**content, "actions": actions}, comments)
    except SpecError:
        return None
    return WrittenLayer(text=text, actions=len(actions), new=len(further), dropped=len(dropped))


def _undoes(made: Document, wanted: Json, name: str) -> bool:
    """Return whether a wanted document lacks or changes something that an overlay has added."""
    return any(made.files.get(entry) == name for entry in _lost(made.data, wanted))


def _restores(newer: Json, made: Json, wanted: Json) -> bool:
    """Return whether a wanted document has something that an overlay has removed."""
    if isinstance(newer, dict) and isinstance(made, dict) and isinstance(wanted, dict):
        return any(
            key in wanted and (key not in made or _restores(value, made[key], wanted[key]))
            for key, value in newer.items()
        )
    if isinstance(newer, list) and isinstance(made, list) and isinstance(wanted, list):
        return any(
            any(equal(value, it) for it in wanted) and not any(equal(value, it) for it in made)
            for value in newer
        )
    return False


def _lost(made: Json, wanted: Json) -> Iterator[tuple[int, str | int]]:
    """Yield the entries, by container and key, that are not in the wanted value as they are."""
    if isinstance(made, dict) and isinstance(wanted, dict):
        for key, value in made.items():
            if key not in wanted or _is_other(value, wanted[key]):
                yield id(made), key
            else:
                yield from _lost(value, wanted[key])
    elif isinstance(made, list) and isinstance(wanted, list):
        if len(made) == len(wanted):
            for index, value in enumerate(made):
                if _is_other(value, wanted[index]):
                    yield id(made), index
                else:
                    yield from _lost(value, wanted[index])
        else:
            yield from (
                (id(made), index)
                for index, value in enumerate(made)
                if not any(equal(value, other) for other in wanted)
            )


def _is_other(one: Json, other: Json) -> bool:
    """Return whether two values differ and are not both mappings or both lists."""
    same_kind = type(one) is type(other) and isinstance(one, dict | list)
    return not same_kind and not equal(one, other)


def _comments(actions: Sequence[Json], notes: Notes, first: int = 0) -> Comments:
    """Return decisions as comments: at the place in an action, or above the first one."""
    found: dict[Pointer, dict[str, None]] = {}
    for pointer, texts in notes.items():
        place = _place(actions, pointer) or ("actions", min(first, len(actions) - 1))
        found.setdefault(place, {}).update(dict.fromkeys(texts))
    return {pointer: tuple(map(mark, texts)) for pointer, texts in found.items()}


def _place(actions: Sequence[Json], pointer: Pointer) -> Pointer | None:
    """Return the place in the actions that writes the value at a pointer, or its parent."""
    for length in range(len(pointer), 0, -1):
        target = path(pointer[:length])
        for index, action in reversed([*enumerate(actions)]):
            fields = mapping(action)
            if fields["target"] != target:
                continue
            value: Json = fields.get("update")
            place: Pointer = ("actions", index)
            if isinstance(value, dict) and pointer[length:]:
                place = (*place, "update")
            for part in pointer[length:]:
                if not isinstance(value, dict) or part not in value:
                    break
                value = value[str(part)]
                place = (*place, part)
            return place if place[-1] != "update" else ("actions", index)
    return None
