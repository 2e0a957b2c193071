"""Proof that decisions after an update leave older API versions as the update has left them. Pure.

Compared is everything that a client of a version is generated from: the whole document, with its
references followed. Nothing is listed that has to be equal, so a new key of `x-runnersmith` is
proven like the others. What may differ is listed:

- prose and examples, which all versions share
- what a mark has left to decide in this version
- names and `x-runnersmith` of what the update has added to this version
- the form: where a parameter or a response is written, and entries that nothing uses
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ...compare.operations import METHODS, shape
from ...openapi.document import Document, Node, Pointer
from ...openapi.messages import quote
from ...yaml_edit.values import equal, written
from ..draft.draft import KEY
from .change import Change, shown
from .recorded import Recorded
from .version_view import (
    class_of,
    entry_of,
    is_marked,
    is_text,
    method_names,
    methods_of,
    named_parameters,
    tasks_of,
)

PROSE = frozenset(("summary", "description", "example", "examples"))
# Keywords whose keys are names that the spec chooses, and keywords with values of the API.
_NAMES = frozenset("""
    properties patternProperties $defs dependentSchemas responses content headers encoding links
    callbacks variables mapping scopes resources either fine-grained introduced
    """.split())
_VALUES = frozenset(("default", "const", "enum"))
# Lists whose order means nothing.
_SETS = frozenset(("required", "enum", "type", "values", "classic"))
# Components that count only if something refers to them.
_USED = frozenset("""
    schemas responses parameters examples requestBodies headers links callbacks pathItems
    """.split())


def changes(now: Document, recorded: Recorded, *, examples: bool = False) -> list[Change]:
    """Return what has changed in a version; with `examples`, those as well."""
    proof = _Proof(now, recorded, examples=examples)
    proof.run()
    return list(dict.fromkeys(proof.found))


@dataclass(slots=True)
class _Proof:
    """Walk through a version as it is and as it was, from the same places on."""

    document: Document
    recorded: Recorded
    examples: bool
    found: list[Change] = field(default_factory=list["Change"])
    _seen: set[tuple[Pointer, Pointer]] = field(default_factory=set[tuple[Pointer, Pointer]])

    def run(self) -> None:
        """Compare the roots, and through the operations all that they use."""
        then, now = self.recorded.document.root, self.document.root
        self._entries(then, now, without={"paths", "components", KEY})
        self._entries(entry_of(then, "components"), entry_of(now, "components"), without=_USED)
        self._extension(entry_of(then, KEY), entry_of(now, KEY))
        self._paths(entry_of(then, "paths"), entry_of(now, "paths"))

    # ── The client's structure ───────────────────────────────────────────────────────────────

    def _extension(self, then: Node, now: Node) -> None:
        """Compare the root's extension, as far as it concerns this version's operations."""
        self._entries(then, now, without={"resources", "tasks"})
        used = {
            it.partition(".")[0]
            for it in (*method_names(then.document), *method_names(now.document))
        }
        old, new = entry_of(then, "resources"), entry_of(now, "resources")
        for name in sorted(used):
            if (*old.pointer, name) not in self.recorded.added:
                self._entry(old, new, name, names=True)
        self._tasks(then, now)

    def _tasks(self, then: Node, now: Node) -> None:
        """Compare the tasks that this version's methods serve: a newer one may have more."""
        methods = {*method_names(then.document)} - {*self._named_anew()}
        old, new = tasks_of(then, methods), tasks_of(now, methods)
        if len(old) != len(new):
            self._entry(then, now, "tasks", whole=True)
            return
        for (one, serving), (other, served) in zip(old, new, strict=True):
            self._entries(one, other, without={"methods"})
            if serving != served:
                self._entry(one, other, "methods", whole=True)

    def _named_anew(self) -> Iterator[str]:
        """Yield the methods whose names are left to decide."""
        for pointer, method in methods_of(self.recorded.document):
            own = (*pointer, KEY)
            if self._is_added(pointer) or {pointer, own, (*own, "method")} & self.recorded.decided:
                yield method

    def _paths(self, then: Node, now: Node) -> None:
        """Compare paths, by their shape if their names have changed."""
        shapes = {shape(path): path for path, _ in now.items()}
        paired: set[str] = set()
        for path, item in then.items():
            name = path if now.get(path) is not None else shapes.get(shape(path))
            if name is None:
                own = {(*item.pointer, method) for method, _ in item.items() if method in METHODS}
                if not own <= self.recorded.decided:
                    self._add((*now.pointer, path), item, None)
                continue
            paired.add(name)
            if name != path:
                change = Change((*now.pointer, name), item.pointer, quote(path), quote(name))
                self.found.append(change)
            self._item(item, now.at(name))
        for path, item in now.items():
            if path not in paired:
                self._add(item.pointer, None, item)

    def _item(self, then: Node, now: Node) -> None:
        self._entries(then, now, without={"parameters", *METHODS})
        for method in METHODS:
            old, new = then.get(method), now.get(method)
            if old is not None and new is not None:
                if (pointer := old.pointer) not in self.recorded.decided:
                    added = self._is_added(pointer)
                    without = {"parameters", *(["operationId"] if added else [])}
                    self._entries(old, new, without=without, added=added)
                    self._parameters(old, new, (then, now))
            else:
                self._entry(then, now, method)

    def _parameters(self, then: Node, now: Node, items_of: tuple[Node, Node]) -> None:
        """Compare parameters by location and name, wherever they are written."""
        if (*then.pointer, "parameters") in self.recorded.decided:
            return
        old, new = (
            named_parameters((item, it)) for item, it in zip(items_of, (then, now), strict=True)
        )
        for name in dict.fromkeys((*old, *new)):
            if name in old and old[name][0].pointer in self.recorded.decided:
                continue
            if name in old and name in new:
                self._value(old[name][1], new[name][1])
            elif name in old:
                self._add((*now.pointer, "parameters", "-"), old[name][0], None)
            else:
                self._add(new[name][0].pointer, None, new[name][0])

    # ── Values ───────────────────────────────────────────────────────────────────────────────

    def _entries(
        self,
        then: Node,
        now: Node,
        *,
        without: Iterable[str] = (),
        names: bool = False,
        added: bool = False,
    ) -> None:
        """Compare the entries of two mappings, whose keys are keywords unless they are `names`."""
        known = dict.fromkeys(key for node in (then, now) for key, _ in node.items())
        for key in known:
            if key not in without and (key != KEY or not added):
                self._entry(then, now, key, names=names, added=added)

    def _entry(
        self,
        then: Node,
        now: Node,
        key: str,
        *,
        names: bool = False,
        added: bool = False,
        whole: bool = False,
    ) -> None:
        old, new = then.get(key), now.get(key)
        pointer = (*then.pointer, key)
        is_prose = (
            not names
            and key in PROSE
            and (key in ("example", "examples") or is_text(then, now, key))
        )
        if (
            (old is None and new is None)
            or pointer in self.recorded.decided
            or (is_prose and not (self.examples and "example" in key))
        ):
            return
        if not whole and old is not None and new is not None:
            is_value = is_prose or (not names and key in _VALUES)
            is_named = not names and key in _NAMES
            is_set = not names and key in _SETS
            self._value(old, new, exact=is_value, names=is_named, unordered=is_set, added=added)
        elif key == KEY and old is not None and isinstance(old.value, dict):
            for name, child in old.items():
                if child.pointer not in self.recorded.decided:
                    self._add((*now.pointer, key, name), child, None)
        else:
            self._add((*now.pointer, key), old, new)

    def _value(
        self,
        then: Node,
        now: Node,
        *,
        exact: bool = False,
        names: bool = False,
        unordered: bool = False,
        added: bool = False,
    ) -> None:
        if then.pointer in self.recorded.decided or is_marked(then.value):
            return
        added = added or self._is_added(then.pointer)
        old, new = then.value, now.value
        if isinstance(old, dict) and isinstance(new, dict) and not exact:
            if not names and (then.reference is not None or now.reference is not None):
                self._reference(then, now, added=added)
            elif self._is_new_pair(then, now):
                self._entries(then, now, names=names, added=added)
        elif isinstance(old, list) and isinstance(new, list):
            if unordered and sorted(map(written, old)) == sorted(map(written, new)):
                return
            if len(old) != len(new) or exact or unordered:
                if not equal(old, new):
                    self._add(now.pointer, then, now)
                return
            for one, other in zip(then.elements(), now.elements(), strict=True):
                self._value(one, other, added=added)
        elif not equal(old, new):
            self._add(now.pointer, then, now)

    def _reference(self, then: Node, now: Node, *, added: bool) -> None:
        """Compare what two references lead to; the name of a schema is the name of a class."""
        classes = class_of(then), class_of(now)
        if classes == (None, None):
            old, new = then.resolved(), now.resolved()
            if old is not None and new is not None:
                self._value(old, new, added=added)
            elif not equal(then.value, now.value):
                self._add(now.pointer, then, now)
            return
        if classes[0] is None or classes[1] is None:
            self._add(now.pointer, then, now)
            return
        if classes[0] != classes[1] and not self._is_added(classes[0]):
            self._add((*now.pointer, "$ref"), then.at("$ref"), now.at("$ref"))
        self._entries(then, now, without={"$ref"}, added=added)
        old, new = then.document.find(str(then.reference)), now.document.find(str(now.reference))
        if old is not None and new is not None:
            self._value(old, new)

    def _is_new_pair(self, then: Node, now: Node) -> bool:
        pair = then.pointer, now.pointer
        is_new = pair not in self._seen
        self._seen.add(pair)
        return is_new

    def _is_added(self, pointer: Pointer) -> bool:
        """Return whether the update has added a part of this version, or one that holds it."""
        return any(pointer[:length] in self.recorded.added for length in range(1, len(pointer) + 1))

    def _add(self, now: Pointer, old: Node | None, new: Node | None) -> None:
        was, found = (shown(it.value) if it is not None else "absent" for it in (old, new))
        self.found.append(Change(now, old.pointer if old is not None else None, was, found))
