"""Examples made to fit their schemas after all edits. Changes only the draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ...compare.description_view import View
from ...openapi.document import Json, Node, Pointer, pointer_text
from ...openapi.survey import Survey, survey
from ...openapi.todo_marks import MARK, mark
from ...validate.openapi.examples import Schemas, values
from ..draft.descriptions import field_at, reading
from ..draft.draft import KEY, Draft, items, mapping
from ..translate.sample_values import is_invented, sample


def fit(draft: Draft) -> None:
    """Replace what the schema of an example refuses, and remove the fields that it lacks.

    An invented value is a decision, once for each field.
    """
    surveyed = survey(draft.document(), "3.1")
    fitting = _Fitting(draft, surveyed, Schemas(surveyed), View(surveyed.document))
    for what, value, schema in [*values(surveyed)]:
        if what == "the example":
            fitting.place(value.pointer, schema.pointer)


@dataclass(slots=True)
class _Fitting:
    draft: Draft
    surveyed: Survey
    schemas: Schemas
    view: View
    # The schemas of fields whose invented values are marked.
    marked: set[Pointer] = field(default_factory=set[Pointer])

    def place(self, place: Pointer, schema: Pointer) -> None:
        """Make the value at a place fit its schema."""
        parent = self.draft.value(place[:-1])
        key = place[-1]
        self._drop(
            parent[str(key)] if isinstance(parent, dict) else items(parent)[int(key)], schema
        )
        self._fit(parent, key, place, schema)

    def _drop(self, value: Json, schema: Pointer) -> None:
        """Remove fields that no part of the schema has."""
        parts = [*self._parts(schema)]
        if isinstance(value, dict) and parts:
            known = {
                name: (*part, "properties", name)
                for part in parts
                for name in mapping(self.draft.at(part).get("properties", {}))
            }
            is_open = any("additionalProperties" in self.draft.at(part) for part in parts)
            for name in [*value]:
                if name in known:
                    self._drop(value[name], known[name])
                elif known and not is_open:
                    del value[name]
        elif isinstance(value, list):
            for part in parts:
                for element in value if "items" in self.draft.at(part) else ():
                    self._drop(element, (*part, "items"))

    def _fit(
        self,
        parent: Json,
        key: str | int,
        place: Pointer,
        schema: Pointer,
        *,
        required: bool = True,
    ) -> None:
        """Replace a value that its schema refuses: only its parts, if that is enough."""
        value = parent[str(key)] if isinstance(parent, dict) else items(parent)[int(key)]
        if self._is_valid(value, schema):
            return
        for part in self._parts(schema):
            stated = self.draft.at(part)
            if isinstance(value, dict):
                self._fit_object(value, place, part)
            elif isinstance(value, list) and isinstance(stated.get("items"), dict):
                for index in range(len(value)):
                    self._fit(value, index, (*place, index), (*part, "items"))
        if not self._is_valid(value, schema):
            self._put(parent, key, place, schema, required=required)

    def _fit_object(self, value: dict[str, Json], place: Pointer, part: Pointer) -> None:
        stated = self.draft.at(part)
        properties = mapping(stated.get("properties", {}))
        required = [*map(str, items(stated.get("required", [])))]
        for name in properties:
            below = (*part, "properties", name)
            if name in value:
                self._fit(value, name, (*place, name), below, required=name in required)
            elif name in required:
                self._put(value, name, (*place, name), below, required=True)
        extra = stated.get("additionalProperties")
        for name in [*value] if isinstance(extra, dict) else ():
            if name not in properties:
                self._fit(value, name, (*place, name), (*part, "additionalProperties"))

    def _put(
        self, parent: Json, key: str | int, place: Pointer, schema: Pointer, *, required: bool
    ) -> None:
        """Set a value that the schema allows; a number that becomes text keeps its digits."""
        old = parent.get(str(key)) if isinstance(parent, dict) else items(parent)[int(key)]
        stated = self.draft.at(schema)
        candidates = [
            *([str(old)] if isinstance(old, int | float) and not isinstance(old, bool) else []),
            sample(self.draft, stated),
            sample(self.draft, {**stated, KEY: {}}),
        ]
        made = next((value for value in candidates if self._is_valid(value, schema)), None)
        if made is None and self._is_valid(None, schema):
            made = None
        elif made is None and not required:
            mapping(parent).pop(str(key), None)
            return
        elif made is None:
            # Such as a pattern: nothing can be invented.
            made = candidates[-1]
            pattern = next((self.draft.at(it).get("pattern") for it in self._parts(schema)), None)
            matching = f" and matches {pattern}" if pattern is not None else ""
            self.draft.note(place, f"{self._look(place)}{matching}")
        elif is_invented(made):
            self._mark(place, schema)
        if isinstance(parent, dict):
            parent[str(key)] = made
        else:
            items(parent)[int(key)] = made

    def _mark(self, place: Pointer, schema: Pointer) -> None:
        """Mark an invented value, once for each field: with its own mark, if it has one."""
        part = next(self._parts(schema), schema)
        within = any(place[:n] in self.draft.notes for n in range(len(place)))
        if part in self.marked or (within and "example" in place):
            return
        self.marked.add(part)
        stated = self.draft.at(schema)
        prose = str(stated.get("description", ""))
        if prose.startswith(MARK):
            what = "put a value into the example that looks real"
            stated["description"] = mark(f"{prose.removeprefix(MARK)}, and {what}")
        else:
            self.draft.note(place, self._look(place))

    def _look(self, place: Pointer) -> str:
        name = next((part for part in reversed(place) if isinstance(part, str)), "")
        where = "the example" if name in ("example", "value") else f"{name} of the example"
        return f"put a value into {where} that looks real"

    # ── Schemas ──────────────────────────────────────────────────────────────────────────────

    def _is_valid(self, value: Json, schema: Pointer) -> bool:
        return self.schemas.allow(self._node(schema), value)

    def _parts(self, schema: Pointer) -> Iterator[Pointer]:
        """Yield the schema objects that all hold for a value, behind references."""
        found = reading(self.view, field_at(self.view, self._node(schema)))
        yield from (part.pointer for part in found.parts)

    def _node(self, schema: Pointer) -> Node:
        found = self.surveyed.document.find(pointer_text(schema))
        assert found is not None
        return found
