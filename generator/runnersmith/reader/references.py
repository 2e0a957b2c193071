"""Repairs of references whose target is not where they say, but certain.

Changes values in place, like the other repairs: the text of a reference, and no place of a value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..openapi.document import Json, Node, Pointer, parse_pointer, pointer_text
from ..openapi.messages import quote
from ..openapi.navigation import into
from ..openapi.survey import Kind

# How many references a pointer may lead through, in all.
_MAX_HOPS = 20
# The components that an object can be taken for, and the fields that only those have.
_SIMILAR: Mapping[Kind, tuple[str, frozenset[str]]] = {
    "header": ("parameters", frozenset({"name", "in"})),
    "response": ("requestBodies", frozenset({"required"})),
}

Note = Callable[[Node, str, str], None]


class References:
    """References of one document, with the function that records a repair."""

    def __init__(self, root: Node, note: Note) -> None:
        self._root = root
        self._note = note

    def repair(self, kind: Kind, node: Node, value: dict[str, Json]) -> None:
        """Repair the references of an object of a kind."""
        if kind in _SIMILAR:
            self._borrow(kind, node, value)
        if (target := self._target(node, value.get("$ref"))) is not None:
            self._tell(node.at("$ref"), value["$ref"], target)
            value["$ref"] = target
        mapping = into(node, "discriminator", "mapping") if kind == "schema" else None
        if mapping is not None and isinstance(mapping.value, dict):
            for name, written in mapping.value.items():
                if (target := self._target(node, written)) is not None:
                    self._tell(mapping.at(name), written, target)
                    mapping.value[name] = target

    def _tell(self, node: Node, written: Json, target: str) -> None:
        self._note(
            node, "reference", f"{quote(written)} has no target; it is read as {quote(target)}"
        )

    def _target(self, node: Node, written: Json) -> str | None:
        """Return the reference to the target of one that has none; None if it has one, or is bad.

        The pointer may lead through other references, or mean the `$defs` of a schema around it.
        """
        pointer = parse_pointer(written) if isinstance(written, str) else None
        if not pointer or self._at(pointer, follows=False) is not None:
            return None
        if (found := self._at(pointer)) is not None:
            return pointer_text(found)
        if pointer[0] == "$defs" and len(pointer) > 1:
            for length in range(len(node.pointer), 0, -1):
                place = (*node.pointer[:length], *pointer)
                if self._at(place, follows=False) is not None:
                    return pointer_text(place)
        return None

    def _at(
        self, pointer: Pointer, *, follows: bool = True, passed: list[str] | None = None
    ) -> Pointer | None:
        """Return the place that a pointer leads to, with the references on its way followed.

        `passed` has all references that were followed so far.
        """
        passed = [] if passed is None else passed
        value: Json = self._root.value
        place: Pointer = ()
        for step in pointer:
            while follows and (written := _reference(value, step)) is not None:
                target = parse_pointer(written)
                if not target or len(passed) == _MAX_HOPS:
                    return None
                passed.append(written)
                if (found := self._at(target, passed=passed)) is None:
                    return None
                value, place = self._value(found), found
            key = _key(value, step)
            if key is None:
                return None
            value, place = _child(value, key), (*place, key)
        return place

    def _value(self, place: Pointer) -> Json:
        value: Json = self._root.value
        for key in place:
            value = _child(value, key)
        return value

    def _borrow(self, kind: Kind, node: Node, value: dict[str, Json]) -> None:
        """Read a reference to an object of a similar kind as an object with its fields."""
        section, others = _SIMILAR[kind]
        written = value.get("$ref")
        pointer = parse_pointer(written) if isinstance(written, str) else None
        place = self._at(pointer) if pointer and pointer[:2] == ("components", section) else None
        target = self._value(place) if place is not None else None
        if isinstance(target, dict) and "$ref" not in target:
            message = f"{quote(written)} is not a {kind}; its fields are read as those of one"
            self._note(node.at("$ref"), f"reference to {section}", message)
            # The look-up keeps the places of the entries.
            node.document.marks.get((id(value), "$ref"))
            del value["$ref"]
            value.update({key: it for key, it in target.items() if key not in others})
            if kind == "response":
                value.setdefault("description", "")


def _reference(value: Json, step: str | int) -> str | None:
    """Return the `$ref` of an object without an entry; None if it has the entry, or no `$ref`."""
    written = value.get("$ref") if isinstance(value, dict) and step not in value else None
    return written if isinstance(written, str) else None


def _key(value: Json, step: str | int) -> str | int | None:
    """Return the key or the index that a step of a pointer stands for; None if there is none."""
    if isinstance(value, list):
        return int(step) if str(step).isdecimal() and int(step) < len(value) else None
    return step if isinstance(value, dict) and step in value else None


def _child(value: Json, key: str | int) -> Json:
    if isinstance(value, list):
        return value[int(key)]
    return value[str(key)] if isinstance(value, dict) else None
