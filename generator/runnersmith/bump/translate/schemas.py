"""Translation of official schemas: facts only, with a mark for every text.

Existing curated components are referenced; a missing one becomes a component with GitHub's name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from ...compare import Difference
from ...compare.description_view import View
from ...compare.facts import Entity, FactPath, plain
from ...compare.walk import Walk
from ...openapi.document import Json, Node, Pointer
from ...openapi.json_types import JsonTypes
from ...openapi.keywords import CHOICES, is_prose
from ...openapi.schema_parts import Reading
from ...openapi.todo_marks import mark
from ..draft.component_names import class_name, free, of_inline
from ..draft.correspondence import Correspondence
from ..draft.descriptions import field_at, is_property, name_of, reading
from ..draft.draft import KEY, SCHEMA, Draft, Mapping, mapping, put

_SECRET = re.compile(r"(?i:(?:\A|_)(?:token|secret|password|credential|jit_?config)s?(?:_|\Z))")
_SILENT = frozenset({"$ref", "nullable", "type", *CHOICES})


@dataclass(slots=True)
class SchemaTranslator:
    """Translator of official schemas, read through `official`.

    `is_corrected` returns whether some correction explains a difference.
    """

    draft: Draft
    official: View
    pairs: Correspondence
    is_corrected: Callable[[Difference], bool]
    _made: dict[Pointer, str] = field(default_factory=dict[Pointer, str])
    _open: set[object] = field(default_factory=set[object])

    def schema(self, node: Node, pointer: Pointer) -> Mapping:
        """Return the schema at an official node, for its use at a place in the curated spec."""
        return self.used(field_at(self.official, node), pointer)

    def body(self, node: Node, pointer: Pointer) -> Mapping:
        """Return the schema of a request body: its fields become arguments, not a class."""
        found = field_at(self.official, node)
        read = reading(self.official, found)
        if _named(read) is None and _has_properties(found):
            return self._inline(found, read, pointer, null=read.types.null)
        return self.used(found, pointer)

    def property(self, found: Entity, pointer: Pointer) -> Mapping:
        """Return an official property for a place in the spec, with a mark for its prose."""
        made = self.used(found, pointer)
        what = "say what it holds"
        if _SECRET.search(str(pointer[-1])) and made.get("type") in ("string", ["string", "null"]):
            made[KEY] = {"secret": True}
            what += ", and remove `secret` unless it is a credential"
        if "$ref" not in made:
            put(made, "description", mark(what), SCHEMA)
        return made

    # ── Use of a schema ──────────────────────────────────────────────────────────────────────

    def used(self, found: Entity, pointer: Pointer) -> Mapping:
        """Return an official field as its schema is written where it is used."""
        read = reading(self.official, found)
        name: str | None = None
        if (named := _named(read)) is not None:
            name = self._component(named)
        elif _has_properties(found):
            name = self._equal(found)
            name = name or self._unnamed(found, read, pointer)
        if name is None:
            return self._inline(found, read, pointer, null=read.types.null)
        made: Mapping = {"$ref": f"#/components/schemas/{name}"}
        return {"anyOf": [made, {"type": "null"}]} if read.types.null else made

    def _unnamed(self, found: Entity, read: Reading, pointer: Pointer) -> str | None:
        """Return the name of a new component for an object that GitHub writes out."""
        made = self._inline(found, read, pointer, null=False)
        if self.draft.is_left(pointer):
            return None
        name = of_inline(self.draft, made, pointer)
        what = "say what it is, and confirm its name, which GitHub does not have"
        put(made, "description", mark(what), SCHEMA)
        self.draft.components("schemas")[name] = made
        self.draft.renote(pointer, ("components", "schemas", name))
        return name

    def _component(self, node: Node) -> str:
        """Return the name of the component for an official one, added if necessary."""
        paired = self.pairs.component(node.pointer)
        if paired is not None and paired[1] == "schemas" and self.draft.has(paired):
            return str(paired[-1])
        if node.pointer in self._made:
            return self._made[node.pointer]
        found = field_at(self.official, node)
        if (known := self._equal(found)) is not None:
            return known
        wanted = class_name(re.sub(r"\Anullable[-_]", "", node.key))
        name = free(self.draft, "schemas", wanted)
        pointer: Pointer = ("components", "schemas", name)
        what = "say what it is"
        if name != wanted:
            what += f", and confirm its name: {wanted} has other facts"
        # Registered before it is built, since it may be recursive.
        self._made[node.pointer] = name
        made: Mapping = {}
        self.draft.components("schemas")[name] = made
        made |= self._inline(found, reading(self.official, found), pointer, null=False)
        put(made, "description", mark(what), SCHEMA)
        return name

    def _equal(self, found: Entity) -> str | None:
        """Return a curated component with the same facts, except null."""
        wanted = {name for name in found.fields if is_property(name)}
        ours = View(self.draft.document())
        for name, value in self.draft.components("schemas").items():
            properties = mapping(value).get("properties")
            if wanted and isinstance(properties, dict) and {*map(name_of, wanted)} == {*properties}:
                node = ours.document.find(f"#/components/schemas/{name}")
                assert node is not None
                if self.is_equal(field_at(ours, node), found):
                    return name
        return None

    def is_equal(self, ours: Entity, official: Entity) -> bool:
        """Return whether two entities have the same facts, except null and corrected ones."""
        found = Walk("").differences(ours, official, FactPath())
        return all(_is_null(one) or self.is_corrected(one) for one in found)

    # ── Inline schemas ───────────────────────────────────────────────────────────────────────

    def _inline(self, found: Entity, read: Reading, pointer: Pointer, *, null: bool) -> Mapping:
        made: Mapping = {}
        if found.identity in self._open:
            self.draft.leave(pointer, "GitHub's schema is recursive; write it by hand")
            return made
        self._open.add(found.identity)
        nothing: list[Json] = [{"type": "null"}] if null else []
        if not read.unions and (stated := type_value(read.types, null=null)) is not None:
            made["type"] = stated
        for keyword, fact in found.facts.items():
            if not found.can_say(fact, keyword):
                continue
            if keyword == "enum":
                listed = fact.node.value if isinstance(fact.node.value, list) else [fact.node.value]
                values = [plain(value) for value in listed if value is not None]
                put(made, keyword, [*values, *([None] if null else [])], SCHEMA)
            elif keyword in ("oneOf", "anyOf"):
                members = [make() for name, make in found.fields.items() if name.startswith("(")]
                used: list[Json] = [self._alternative(member, pointer) for member in members]
                put(made, keyword, [*used, *nothing], SCHEMA)
            elif keyword != "type" and not isinstance(fact.value, dict | list):
                put(made, keyword, fact.value, SCHEMA)
            elif keyword != "type":
                self.draft.note(
                    pointer, f"GitHub's {keyword} cannot be translated; write it by hand"
                )
        self._fields(made, found, pointer)
        self._open.remove(found.identity)
        return made

    def _alternative(self, found: Entity, pointer: Pointer) -> Mapping:
        read = reading(self.official, found)
        if (named := _named(read)) is not None:
            return {"$ref": f"#/components/schemas/{self._component(named)}"}
        if _has_properties(found):
            name = self._equal(found) or self._unnamed(found, read, pointer)
            if name is not None:
                return {"$ref": f"#/components/schemas/{name}"}
        return self._inline(found, read, pointer, null=False)

    def _fields(self, made: Mapping, found: Entity, pointer: Pointer) -> None:
        properties: Mapping = {}
        required: list[Json] = []
        for step, make in found.fields.items():
            if is_property(step) and found.can_have(step):
                name, part = name_of(step), make()
                properties[name] = self.property(part, (*pointer, "properties", name))
                required += [name] if part.head == "required" else []
        if required:
            put(made, "required", required, SCHEMA)
        if properties:
            put(made, "properties", properties, SCHEMA)
        for step, keyword in (("[]", "items"), ("{}", "additionalProperties")):
            if step in found.fields and found.can_have(step):
                put(made, keyword, self.used(found.fields[step](), (*pointer, keyword)), SCHEMA)


def type_value(types: JsonTypes, *, null: bool) -> Json:
    """Return the value of `type` for these types; None if all are allowed."""
    if types.names is None:
        return None
    listed: list[Json] = [*sorted(types.names), *(["null"] if null else [])]
    return listed[0] if len(listed) == 1 else listed


def _named(read: Reading) -> Node | None:
    """Return the component that a schema refers to, if nothing else is beside it."""
    for part in read.parts:
        if len(part.pointer) == 3 and part.pointer[:2] == ("components", "schemas"):
            # A named plain value does not become a curated component.
            return part if part.get("properties") or part.get("allOf") else None
        if any(key not in _SILENT and not is_prose(key) for key, _ in part.items()):
            return None
    return None


def _has_properties(found: Entity) -> bool:
    return any(is_property(step) and found.can_have(step) for step in found.fields)


def _is_null(difference: Difference) -> bool:
    """Return whether two entities differ only in whether they may be null."""
    sides = [fact.value for fact in (difference.ours, difference.official) if fact]
    plain_sides = {str(value).removesuffix(" or null") for value in sides}
    return difference.path == FactPath(keyword="type") and len(sides) == 2 and len(plain_sides) == 1
