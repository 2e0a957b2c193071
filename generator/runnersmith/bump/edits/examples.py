"""Examples made to fit their schemas after all edits. Changes only the draft."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...openapi.document import Json, Pointer
from ...openapi.todo_marks import FOLLOWS, MARK, mark
from ...validate.openapi.examples import Schemas
from ..draft.draft import KEY, Draft, items, mapping
from ..draft.example_values import Examples, ExampleValue, Field, fill, first_values
from ..translate.sample_values import sample


def fit(draft: Draft) -> None:
    """Replace what the schema of an example refuses, and remove the fields that it lacks.

    Text that nothing is known about is a decision, once for each field: the other values of the
    field follow it.
    """
    examples = Examples(draft.document())
    fitting = _Fitting(draft, examples, Schemas(examples.surveyed))
    found = [*examples.values()]
    known = first_values(it for it in found if fitting.is_valid(it))
    fitting.settled |= {*known, *(it.field for it in found if it.value == FOLLOWS)}
    for value, schema in [*examples.places()]:
        fitting.place(value.pointer, schema)
    fill(draft.data, examples.values(), known)


@dataclass(slots=True)
class _Fitting:
    draft: Draft
    examples: Examples
    schemas: Schemas
    # The fields with a value in some example, or with a mark.
    settled: set[Field] = field(default_factory=set[Field])

    def is_valid(self, found: ExampleValue) -> bool:
        """Return whether a value is still one of its field."""
        schema = found.field[0]
        return len(found.field) > 1 or (
            isinstance(schema, tuple) and self._is_valid(found.value, schema)
        )

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
        parts = [*self.examples.parts(schema)]
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
        for part in self.examples.parts(schema):
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
        """Set a value that the schema allows; what becomes text is written as in JSON."""
        old = parent.get(str(key)) if isinstance(parent, dict) else items(parent)[int(key)]
        text = str(old).lower() if isinstance(old, bool | int | float) else None
        if text is not None and self._is_valid(text, schema):
            made: Json = text
        else:
            stated = self.draft.at(schema)
            shapes = stated, {**stated, KEY: {}}
            is_known = any(self._is_valid(sample(self.draft, it), schema) for it in shapes)
            if not is_known and self._is_valid(None, schema):
                made = None
            elif not is_known and not required:
                mapping(parent).pop(str(key), None)
                return
            else:
                # A pattern, for example, is nothing that a value can be invented for.
                open_ = (sample(self.draft, it, text=FOLLOWS) for it in shapes)
                made = next((it for it in open_ if self._is_valid(it, schema)), FOLLOWS)
        self._mark(made, place, schema)
        if isinstance(parent, dict):
            parent[str(key)] = made
        else:
            items(parent)[int(key)] = made

    def _mark(self, made: Json, place: Pointer, schema: Pointer) -> None:
        """Mark a value to decide, once for each field: with its own mark, if it has one."""
        within = any(place[:n] in self.draft.notes for n in range(len(place)))
        found = self.examples.within(made, place, schema)
        fields = {it.field for it in found if it.value == FOLLOWS}
        if fields <= self.settled or (within and "example" in place):
            return
        self.settled |= fields
        parts = (self.draft.at(it) for it in self.examples.parts(schema))
        pattern = next((it["pattern"] for it in parts if "pattern" in it), None)
        matching = f" and matches {pattern}" if pattern is not None else ""
        stated = self.draft.at(schema)
        prose = str(stated.get("description", ""))
        if prose.startswith(MARK):
            what = f"put a value into one of the examples that looks real{matching}"
            stated["description"] = mark(f"{prose.removeprefix(MARK)}, and {what}")
        else:
            self.draft.note(place, f"{self._look(place)}{matching}")

    def _look(self, place: Pointer) -> str:
        name = next((part for part in reversed(place) if isinstance(part, str)), "")
        where = "the example" if name in ("example", "value") else f"{name} of the example"
        return f"put a value into {where} that looks real"

    # ── Schemas ──────────────────────────────────────────────────────────────────────────────

    def _is_valid(self, value: Json, schema: Pointer) -> bool:
        return self.schemas.allow(self.examples.node(schema), value)
