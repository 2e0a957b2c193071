"""Overlay that turns the newer document into the older: their difference as described actions.

    entry that only the newer has      remove   $.components.schemas.Runner.properties.note
    value of a list, likewise          remove   $.components.schemas.Runner.required[?@ == 'note']
    path with other names in braces    update, copy and remove
    all else                           update   of the operation, component, ... that holds it

Pure. The caller verifies the actions by applying them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..openapi.document import Json, Pointer, pointer_text
from ..yaml_edit import Comments, block
from ..yaml_edit.values import equal, written


def overlay(newer: Json, older: Json, *, title: str, version: str, extends: str) -> dict[str, Json]:
    """Return the overlay that changes one document into the older one; they must differ."""
    found = Difference(version)
    found.value(newer, older, ())
    return {
        "overlay": "1.1.0",
        "info": {"title": title, "version": version},
        "extends": extends,
        "actions": found.actions(),
    }


def text(content: Json, comment: str, comments: Comments | None = None) -> str:
    """Return an overlay as YAML, with its actions set apart and a comment at the top."""
    lines: list[str] = [f"# {line}".rstrip() for line in comment.splitlines()]
    for line in block(content, 0, comments or {}, ()):
        starts = line.startswith(("  - ", "  # "))
        if starts and not lines[-1].startswith(("actions:", "  # ")):
            lines.append("")
        lines.append(line)
    return "\n".join([*lines, ""])


Names = dict[Pointer, list[str]]

_BRACES = re.compile(r"\{[^{}]*\}")
# The depth of the elements that readers look for: components and operations.
_UNIT = {"components": 3, "paths": 3}


@dataclass(slots=True)
class Difference:
    """The actions that change a document into the older one, grouped by kind."""

    version: str
    moves: list[Json] = field(default_factory=list["Json"])
    # Names by the place of their removal: for good, or for another value.
    removed: Names = field(default_factory=Names)
    replaced: Names = field(default_factory=Names)
    # Removals from lists: the targets, and the selected values.
    picked: dict[str, str] = field(default_factory=dict[str, str])
    updates: dict[Pointer, Json] = field(default_factory=dict[Pointer, "Json"])

    def actions(self) -> list[Json]:
        """Return the actions, each with a description of its purpose; the version's name first."""
        updates = sorted(self.updates.items(), key=lambda update: update[0] != ("info",))
        first = len(updates) and updates[0][0] == ("info",)
        restored = [
            _action(path(at), f"{_subject(at, content)} as {self.version} has it.", update=content)
            for at, content in updates
        ]
        return [*restored[:first], *self.moves, *self._removals(), *restored[first:]]

    def _removals(self) -> Iterator[Json]:
        named = {path(at, *names): _listed(names) for at, names in self.removed.items()}
        for target, what in {**named, **self.picked}.items():
            yield _action(target, f"{self.version} has no {what} here.", remove=True)
        for at, names in self.replaced.items():
            why = f"{self.version} has another {_listed(names)}, which follows below."
            yield _action(path(at, *names), why, remove=True)

    # ── Comparison of values ─────────────────────────────────────────────────────────────────

    def value(self, newer: Json, older: Json, pointer: Pointer) -> None:
        """Record the change of the value at a pointer; both values are of one kind."""
        if equal(newer, older):
            return
        if isinstance(newer, dict) and isinstance(older, dict):
            self._mapping(newer, older, pointer)
        elif isinstance(newer, list) and isinstance(older, list):
            self._list(newer, older, pointer)
        else:
            self._update(pointer, older)

    def _mapping(self, newer: dict[str, Json], older: dict[str, Json], pointer: Pointer) -> None:
        if pointer == ("paths",):
            newer = self._moved(newer, older)
        for key, value in newer.items():
            if key not in older:
                self.removed.setdefault(pointer, []).append(key)
            elif _can_become(value, older[key]):
                self.value(value, older[key], (*pointer, key))
            else:
                self._replace((*pointer, key), older[key])
        for key, value in older.items():
            if key not in newer:
                self._update((*pointer, key), value)

    def _moved(self, newer: dict[str, Json], older: dict[str, Json]) -> dict[str, Json]:
        """Move paths with renamed parameters, instead of writing them out."""
        shapes = {_BRACES.sub("{}", name): name for name in older if name not in newer}
        now = {name: shapes.get(_BRACES.sub("{}", name)) for name in newer if name not in older}
        moved = {name: was for name, was in now.items() if was is not None}
        if moved:
            names: Json = {was: {} for was in moved.values()}
            self.moves += [
                _action("$.paths", f"The paths as {self.version} calls them.", update=names),
                *(
                    _action(
                        path(("paths", was)), "From its newer name.", copy=path(("paths", name))
                    )
                    for name, was in moved.items()
                ),
                _action(path(("paths",), *moved), "The newer names.", remove=True),
            ]
        return {moved.get(name, name): item for name, item in newer.items()}

    def _list(self, newer: list[Json], older: list[Json], pointer: Pointer) -> None:
        if len(newer) == len(older) and all(map(_is_same_item, newer, older)):
            self._items(newer, older, pointer)
            return
        olds = [*map(_known, older)]
        stay = [value for value in newer if _known(value) in olds]
        removed = [value for value in newer if _known(value) not in olds]
        if not stay or [*map(_known, stay)] != olds[: len(stay)]:
            self._replace(pointer, older)
            return
        if removed:
            self._pick(pointer, newer, removed)
        if len(older) > len(stay):
            self._update(pointer, older[len(stay) :])

    def _pick(self, pointer: Pointer, values: list[Json], removed: list[Json]) -> None:
        """Remove values from a list, selected by a distinguishing property instead of the index."""
        for key in ("", "name", "$ref"):
            scalars = [_scalar(value, key) for value in values]
            chosen = [_scalar(value, key) for value in removed]
            if None not in chosen and all(scalars.count(value) == 1 for value in chosen):
                step = path((key,))[1:] if key else ""
                condition = " || ".join(f"@{step} == {_literal(value)}" for value in chosen)
                self.picked[f"{path(pointer)}[?{condition}]"] = _listed([*map(str, chosen)])
                return
        indexes = [str(index) for index, value in enumerate(values) if value in removed]
        self.picked[f"{path(pointer)}[{', '.join(indexes)}]"] = "such items"

    def _items(self, newer: list[Json], older: list[Json], pointer: Pointer) -> None:
        """Compare items that correspond; a removal from all of them is one action."""
        parts: list[Difference] = []
        for index, (new, old) in enumerate(zip(newer, older, strict=True)):
            part = Difference(self.version)
            part.value(new, old, (*pointer, index))
            parts.append(part)
        for kind in ("removed", "replaced"):
            names: list[Names] = [getattr(part, kind) for part in parts]
            self._gather(getattr(self, kind), names, pointer)
        for part in parts:
            self.picked |= part.picked
            self.updates |= part.updates

    @staticmethod
    def _gather(found: Names, parts: list[Names], pointer: Pointer) -> None:
        """Merge the removals of all items of a list; those equal in all items become one."""
        below = len(pointer) + 1
        each = [{(at[below:], name) for at, names in it.items() for name in names} for it in parts]
        common = set[tuple[Pointer, str]]()
        if len(each) > 1:
            common = {one for one in each[0] if all(one in other for other in each)}
        for at, name in sorted(common, key=str):
            found.setdefault((*pointer, EVERY, *at), []).append(name)
        for index, removed in enumerate(each):
            for at, name in sorted(removed - common, key=str):
                found.setdefault((*pointer, index, *at), []).append(name)

    def _replace(self, pointer: Pointer, content: Json) -> None:
        """Replace a value that an update cannot change into the older one."""
        self.replaced.setdefault(pointer[:-1], []).append(str(pointer[-1]))
        self._update(pointer, content)

    def _update(self, pointer: Pointer, content: Json) -> None:
        """Add a value to the update of its container."""
        depth = min(_UNIT.get(str(pointer[0]), 1), len(pointer) - 1) if pointer else 0
        # An update cannot select an item of a list: the action's target must do that.
        items = [index for index, part in enumerate(pointer) if isinstance(part, int)]
        depth = max(depth, items[-1] + 1) if items else depth
        for part in reversed(pointer[depth:]):
            content = {str(part): content}
        at = pointer[:depth]
        self.updates[at] = _joined(self.updates[at], content) if at in self.updates else content


def _action(target: str, why: str, **what: Json) -> Json:
    return {"target": target, "description": why, **what}


def _joined(one: Json, other: Json) -> Json:
    """Merge two updates of different entries of one place."""
    if isinstance(one, dict) and isinstance(other, dict):
        shared = {key: _joined(one[key], other[key]) for key in one if key in other}
        return {**one, **other, **shared}
    return other


def _known(value: Json) -> str:
    return written(value, ordered=False)


def _can_become(newer: Json, older: Json) -> bool:
    """Return whether an update, which merges, can change one value into the other."""
    if isinstance(newer, dict | list) or isinstance(older, dict | list):
        return type(newer) is type(older)
    return True


def _is_same_item(newer: Json, older: Json) -> bool:
    """Return whether an item corresponds to another: equal, or a mapping of the same name."""
    if equal(newer, older):
        return True
    if isinstance(newer, dict) and isinstance(older, dict):
        return all(_scalar(newer, key) == _scalar(older, key) for key in ("name", "$ref"))
    return False


def _scalar(value: Json, key: str) -> Json:
    """Return the scalar itself, or the one under a key of a mapping; None if there is none."""
    found = value if not key else value.get(key) if isinstance(value, dict) else None
    return None if isinstance(found, dict | list) else found


def _literal(value: Json) -> str:
    return quoted(value) if isinstance(value, str) else written(value)


def _listed(names: list[str]) -> str:
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]


def _subject(pointer: Pointer, content: Json) -> str:
    """Return the subject of an update, in words."""
    match pointer:
        case ("info",):
            return "The name of the version"
        case ("paths", str() as name) if isinstance(content, dict):
            return _listed([f"{method.upper()} {name}" for method in content])
        case ("paths" | "components", *_) if len(pointer) < 3 and isinstance(content, dict):
            return _listed([*content])
        case ("paths", str() as name, str() as method, *_):
            return f"{method.upper()} {name}"
        case ("components", _, str() as name, *_):
            return name
        case _:
            return pointer_text(pointer)


_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
# A wildcard for every index in a pointer.
EVERY = -1


def path(pointer: Pointer, *last: str) -> str:
    """Return a JSONPath to a place, or to several: a step `*` selects every item."""
    steps = "".join(map(_step, pointer))
    if not last:
        return f"${steps}"
    return (
        f"${steps}{_step(last[0])}"
        if len(last) == 1
        else f"${steps}[{', '.join(map(quoted, last))}]"
    )


def _step(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]" if part >= 0 else "[*]"
    return f".{part}" if _NAME.fullmatch(part) else f"[{quoted(part)}]"


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + "'"
