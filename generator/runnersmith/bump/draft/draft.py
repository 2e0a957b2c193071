"""Draft of the curated spec: its values, the use of its components, and open decisions.

The only mutable value of a bump; it starts as a copy of the loaded values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...compare.operations import METHODS
from ...openapi.document import Document, Json, Pointer, parse_pointer
from ...openapi.todo_marks import MARK, mark
from ...yaml_edit import Comments
from ...yaml_edit.values import at, has, insert

Mapping = dict[str, Json]

KEY = "x-runnersmith"
BRACES = re.compile(r"\{[^{}]*\}")
SCHEMA = tuple(
    "$ref anyOf oneOf type format description deprecated enum const pattern minLength maxLength minimum"
    " exclusiveMinimum maximum exclusiveMaximum multipleOf minItems maxItems uniqueItems minProperties"
    " maxProperties default readOnly writeOnly required properties additionalProperties items".split()
)
PARAMETER = (
    "name",
    "in",
    "required",
    "description",
    "deprecated",
    "style",
    "explode",
    "allowReserved",
)
OPERATION = (
    "operationId",
    "summary",
    "description",
    "deprecated",
    "externalDocs",
    "x-runnersmith",
    "parameters",
    "requestBody",
    "responses",
)


def mapping(value: Json) -> Mapping:
    """Return a value that is known to be a mapping."""
    assert isinstance(value, dict)
    return value


def items(value: Json) -> list[Json]:
    """Return a value that is known to be a list."""
    assert isinstance(value, list)
    return value


@dataclass(slots=True)
class Draft:
    """A description that is being edited. `notes` are decisions, by the place below them."""

    name: str
    data: Mapping
    notes: dict[Pointer, list[str]] = field(default_factory=dict[Pointer, list[str]])
    # Places that only a person can write: nothing in them is edited.
    by_hand: set[Pointer] = field(default_factory=set[Pointer])
    # Operations at another path than before: the old name, and the new one.
    moved: dict[str, str] = field(default_factory=dict[str, str])

    def document(self) -> Document:
        """Return the current draft as a document, without places."""
        return Document(name=self.name, data=self.data, locate=dict)

    @property
    def comments(self) -> Comments:
        """Return the decisions as comments, each above its place or the closest existing one."""
        found: dict[Pointer, dict[str, None]] = {}
        for pointer, texts in self.notes.items():
            place = next(at for n in range(len(pointer), 0, -1) if self.has(at := pointer[:n]))
            found.setdefault(place, {}).update(dict.fromkeys(texts))
        return {pointer: tuple(map(mark, texts)) for pointer, texts in found.items()}

    def note(self, pointer: Pointer, what: str) -> None:
        """Leave a decision to a person."""
        self.notes.setdefault(pointer, []).append(what)

    def ask(self, part: Pointer, what: str) -> None:
        """Leave a decision about a part: in the mark of its description, if that has one."""
        stated = self.value(part)
        prose = str(stated.get("description", "")) if isinstance(stated, dict) else ""
        if isinstance(stated, dict) and prose.startswith(MARK):
            stated["description"] = mark(f"{prose.removeprefix(MARK)}, and {what}")
        else:
            self.note(part, what)

    def leave(self, pointer: Pointer, what: str) -> None:
        """Leave a place to a person as a whole."""
        self.by_hand.add(pointer)
        self.note(pointer, what)

    def is_left(self, pointer: Pointer) -> bool:
        """Return whether a place is in one that is left to a person."""
        return any(pointer[:n] in self.by_hand for n in range(len(pointer) + 1))

    def renote(self, was: Pointer, now: Pointer) -> None:
        """Move the decisions about a part with it."""
        for pointer in [pointer for pointer in self.notes if pointer[: len(was)] == was]:
            self.notes[now + pointer[len(was) :]] = self.notes.pop(pointer)
        for pointer in [pointer for pointer in self.by_hand if pointer[: len(was)] == was]:
            self.by_hand.remove(pointer)
            self.by_hand.add(now + pointer[len(was) :])

    def unnote(self, was: Pointer) -> None:
        """Remove the decisions about a part."""
        for pointer in [pointer for pointer in self.notes if pointer[: len(was)] == was]:
            del self.notes[pointer]

    def has(self, pointer: Pointer) -> bool:
        """Return whether there is something at a pointer, which may be null."""
        return has(self.data, pointer)

    def value(self, pointer: Pointer) -> Json:
        """Return the value at a pointer."""
        return at(self.data, pointer)

    def at(self, pointer: Pointer) -> Mapping:
        """Return the mapping at a pointer that leads to one."""
        return mapping(at(self.data, pointer))

    def components(self, kind: str) -> Mapping:
        """Return the mutable components of a kind."""
        components = mapping(self.data.setdefault("components", {}))
        return mapping(components.setdefault(kind, {}))

    @property
    def paths(self) -> Mapping:
        return mapping(self.data["paths"])

    @property
    def extension(self) -> Mapping:
        return mapping(self.data[KEY])

    @property
    def scopes(self) -> list[str]:
        """Return the paths of the scopes."""
        scopes = mapping(self.extension["scopes"])
        return [str(mapping(scope)["path"]) for scope in scopes.values()]

    def scope(self, path: str) -> str:
        """Return the scope's path at the start of a path, without names; empty if it has none."""
        known = BRACES.sub("{}", path)
        starts = [BRACES.sub("{}", scope) for scope in self.scopes]
        return next((one for one in starts if known == one or known.startswith(f"{one}/")), "")

    def operations(self) -> Iterator[tuple[str, str, Mapping]]:
        """Yield the operations, each with its path and its method in lower case."""
        for path, item in self.paths.items():
            for method, operation in mapping(item).items():
                if method in METHODS:
                    yield path, method, mapping(operation)

    def forget(self, path: str, method: str) -> None:
        """Remove an operation, and its path with the last one."""
        item = mapping(self.paths[path])
        del item[method]
        if not any(it in item for it in METHODS):
            del self.paths[path]

    # ── Use of components ────────────────────────────────────────────────────────────────────

    def uses(self) -> dict[tuple[str, str], set[Pointer]]:
        """Return the components that each operation needs, by path and method."""
        own = self.component_references()
        found: dict[tuple[str, str], set[Pointer]] = {}
        for path, item in self.paths.items():
            shared = {
                key: value for key, value in mapping(item).items() if not _is_operation(value)
            }
            for method, operation in mapping(item).items():
                if _is_operation(operation):
                    found[path, method] = _closed(
                        {*references(shared), *references(operation)}, own
                    )
        return found

    def component_references(self) -> dict[Pointer, set[Pointer]]:
        """Return the components that each component refers to."""
        return {name: set(references(value)) for name, value in self._each_component()}

    def prune(self) -> list[Pointer]:
        """Remove unused components, resources and sections, and return their names."""
        used = {pointer for pointers in self.uses().values() for pointer in pointers}
        gone = [pointer for pointer, _ in self._each_component() if pointer not in used]
        resources = mapping(self.extension["resources"])
        named = {
            str(mapping(operation.get(KEY, {})).get("resource"))
            for item in self.paths.values()
            for operation in mapping(item).values()
            if _is_operation(operation) and isinstance(operation, dict)
        }
        gone += [(KEY, "resources", name) for name in resources if name not in named]
        for pointer in gone:
            del self.at(pointer[:-1])[str(pointer[-1])]
            self.unnote(pointer)
        components = mapping(self.data.get("components", {}))
        for kind in [kind for kind, entries in components.items() if entries == {}]:
            del components[kind]
        return gone

    def _each_component(self) -> Iterator[tuple[Pointer, Json]]:
        for kind, entries in mapping(self.data.get("components", {})).items():
            if kind != "securitySchemes":
                for name, value in mapping(entries).items():
                    yield ("components", kind, name), value


def _is_operation(value: Json) -> bool:
    return isinstance(value, dict) and "responses" in value


def references(value: Json) -> Iterator[Pointer]:
    """Yield the components that a value refers to."""
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str) and (pointer := parse_pointer(reference)):
            yield pointer[:3]
        for child in value.values():
            yield from references(child)
    elif isinstance(value, list):
        for child in value:
            yield from references(child)


def _closed(start: set[Pointer], own: dict[Pointer, set[Pointer]]) -> set[Pointer]:
    found: set[Pointer] = set()
    waiting = [*start]
    while waiting:
        pointer = waiting.pop()
        if pointer not in found:
            found.add(pointer)
            waiting += own.get(pointer, ())
    return found


def put(target: Mapping, key: str, value: Json, order: Sequence[str]) -> None:
    """Add or replace an entry, at its position in the usual order of keys."""
    place = order.index(key) if key in order else len(order)
    keys = [*target]
    earlier = [n for n, name in enumerate(keys) if name in order[:place]]
    later = [n for n, name in enumerate(keys) if name in order[place + 1 :] or name == KEY]
    index = earlier[-1] + 1 if earlier else later[0] if later else len(keys)
    insert(target, key, value, keys[:index])
