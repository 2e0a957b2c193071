"""Repairs of a document of somebody else: what has one certain meaning is read as it is meant.

Changes values in place, before any other stage reads them, and no place of a value. Each kind of
repair is a warning. `spec/README.md` has the table, with the reason why each one is safe.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from ..openapi.document import Document, Json, Node, Pointer, pointer_text
from ..openapi.keywords import ALTERNATIVES, CHOICES
from ..openapi.messages import quote
from ..openapi.navigation import elements, entries, into
from ..openapi.survey import DATA, Kind, survey
from ..openapi.tolerances import Tolerances
from .limits import MAX_ALTERNATIVES, MAX_ENUM
from .references import References
from .scalars import ScalarError, resolve

# Fields that are texts. A number or a truth value there is an unquoted text.
_PROSE = ("summary", "description")
_TEXTS: Mapping[Kind, tuple[str, ...]] = {
    "document": ("openapi",),
    "path item": _PROSE,
    "operation": ("operationId", *_PROSE),
    "parameter": ("name", "in", "style", "description"),
    "request body": _PROSE,
    "response": _PROSE,
    "header": ("description",),
    "example": _PROSE,
    "schema": ("title", "description", "format", "pattern"),
    "security scheme": ("type", "name", "in", "scheme", "bearerFormat", "description"),
}
_INFO = ("title", "version", "description", "summary", "termsOfService")
_TAG = ("name", "description")
_SERVER = ("url", "description")
_VARIABLE = ("default", "description")
_LINK = ("url", "description")
# Fields that are lists of texts.
_LISTS: Mapping[Kind, tuple[str, ...]] = {"operation": ("tags",), "schema": ("required",)}
_FIELDS_OF_ANY_NAME: frozenset[Kind] = frozenset({"paths", "responses", "callback"})
_SCALAR = re.compile(r"(?:&\S+\s+)?([-+.\w]+)", re.ASCII)
_SHORT_VERSION = re.compile(r"3\.[01]")


def repair(document: Document) -> Document:
    """Return the document with its repairs in `tolerated`. Its values are changed in place."""
    repairs = _Repairs(document)
    repairs.run()
    if not repairs.found:
        return document
    tolerated = (*document.tolerated, *repairs.found.warnings())
    # The places belong to the values as they were read.
    return replace(document, tolerated=tolerated, locate=lambda: document.marks)


class _Repairs:
    def __init__(self, document: Document) -> None:
        self.found = Tolerances()
        self._document = document

    def run(self) -> None:
        surveyed = survey(self._document, "3.1")
        references = References(self._document.root, self._note)
        for kind, node in surveyed.everything():
            if isinstance(node.value, dict):
                self._object(kind, node, node.value)
                references.repair(kind, node, node.value)
        for node in surveyed.of("schema"):
            if isinstance(node.value, dict):
                self._schema(node, node.value)
        # After the references to them.
        for node in surveyed.of("schema"):
            if node.flag("$recursiveAnchor"):
                message = "$recursiveAnchor has no effect but for the references inside this schema"
                self._remove(node, "$recursiveAnchor", "anchor", message)
        self._version(self._document.root)

    # ── Objects ──────────────────────────────────────────────────────────────────────────────

    def _object(self, kind: Kind, node: Node, value: dict[str, Json]) -> None:
        if kind not in _FIELDS_OF_ANY_NAME:
            self._nulls(node, value, DATA.get(kind, frozenset()))
        self._texts(node, value, _TEXTS.get(kind, ()))
        for field in _LISTS.get(kind, ()):
            self._items(node.get(field))
        if kind in ("document", "operation", "schema"):
            self._plain(node.get("externalDocs"), _LINK)
        if kind in ("document", "path item", "operation"):
            self._servers(node.get("servers"))
        if kind == "document":
            self._plain(node.get("info"), _INFO)
            for tag in elements(node.get("tags")):
                self._plain(tag, _TAG)

    def _servers(self, written: Node | None) -> None:
        for server in elements(written):
            self._plain(server, _SERVER)
            for variable in entries(server.get("variables")):
                self._plain(variable, _VARIABLE)
                self._items(variable.get("enum"))

    def _plain(self, node: Node | None, fields: tuple[str, ...]) -> None:
        """Repair an object that is not part of the survey."""
        if node is not None and isinstance(node.value, dict):
            self._nulls(node, node.value, frozenset())
            self._texts(node, node.value, fields)

    def _nulls(self, node: Node, value: dict[str, Json], data: frozenset[str]) -> None:
        for key in [key for key, child in value.items() if child is None and key not in data]:
            if not key.startswith("x-") and key != "type":
                self._remove(node, key, "null", f"{key} is null, which is read as absent")

    def _texts(self, node: Node, value: dict[str, Json], fields: tuple[str, ...]) -> None:
        for field in fields:
            if isinstance(value.get(field), bool | int | float):
                value[field] = self._written(node.at(field))

    def _items(self, node: Node | None) -> None:
        if node is not None and isinstance(node.value, list):
            for index, item in enumerate(node.value):
                if isinstance(item, bool | int | float):
                    node.value[index] = self._written(node.at(index))

    def _version(self, root: Node) -> None:
        stated = root.text("openapi")
        if stated is not None and _SHORT_VERSION.fullmatch(stated) and isinstance(root.value, dict):
            message = f"OpenAPI {quote(stated)} is read as {quote(f'{stated}.0')}"
            self._note(root.at("openapi"), "version", message)
            root.value["openapi"] = f"{stated}.0"

    # ── Schemas ──────────────────────────────────────────────────────────────────────────────

    def _schema(self, node: Node, value: dict[str, Json]) -> None:
        self._plain(node.get("discriminator"), ("propertyName",))
        if "enum" in value and value["enum"] is None:
            self._remove(node, "enum", "null", "enum is null, which is read as absent")
        if "type" in value:
            self._null_type(node, value)
        if isinstance(value.get("required"), bool):
            message = "required in a property has no meaning: the object that has it lists its name"
            self._remove(node, "required", "required", message)
        for field in CHOICES:
            if value.get(field) == []:
                self._remove(
                    node, field, "empty", f"{field} lists nothing, which is read as absent"
                )
        self._recursion(node, value)
        enum = value.get("enum")
        if isinstance(enum, list) and len(enum) > MAX_ENUM:
            if "type" not in value and all(isinstance(item, str) for item in enum):
                value["type"] = "string"
            message = f"enum lists more than {MAX_ENUM} values, which the client does not check"
            self._remove(node, "enum", "enum", message)
        for field in ALTERNATIVES:
            choices = value.get(field)
            if isinstance(choices, list) and len(choices) > MAX_ALTERNATIVES:
                message = (
                    f"{field} lists more than {MAX_ALTERNATIVES} schemas: any value is accepted"
                )
                self._remove(node, field, "alternatives", message)

    def _null_type(self, node: Node, value: dict[str, Json]) -> None:
        """Read an unquoted `null` as the name of the type."""
        stated = value["type"]
        message = "the type null is not quoted; it is read as a name"
        if stated is None:
            self._note(node.at("type"), "type", message)
            value["type"] = "null"
        elif isinstance(stated, list) and None in stated:
            self._note(node.at("type"), "type", message)
            stated[:] = ["null" if name is None else name for name in stated]

    def _recursion(self, node: Node, value: dict[str, Json]) -> None:
        """Read `$recursiveRef: "#"` as a reference to the schema around it that is its anchor."""
        if value.get("$recursiveRef") == "#" and "$ref" not in value:
            target = self._anchor(node.pointer)
            if target is not None:
                message = f"$recursiveRef is read as a $ref to {quote(pointer_text(target))}"
                self._remove(node, "$recursiveRef", "recursion", message)
                value["$ref"] = pointer_text(target)

    def _anchor(self, pointer: Pointer) -> Pointer | None:
        """Return the outermost schema around a place that is an anchor, else its component."""
        around = [pointer[:length] for length in range(len(pointer))]
        component = pointer[:3] if pointer[:2] == ("components", "schemas") else None
        for one in around:
            found = into(self._document.root, *map(str, one))
            if found is not None and found.flag("$recursiveAnchor"):
                return one
        return component

    # ── Changes ──────────────────────────────────────────────────────────────────────────────

    def _note(self, node: Node, kind: str, message: str, *, key: bool = False) -> None:
        self.found.add(kind, lambda: node.problem(message, key=key))

    def _remove(self, node: Node, key: str, kind: str, message: str) -> None:
        assert isinstance(node.value, dict)
        child = node.at(key)
        # The look-up also keeps the places of the entries that remain.
        self._document.marks.get((id(node.value), key))
        self._note(child, kind, message, key=True)
        del node.value[key]

    def _written(self, node: Node) -> str:
        """Return the text of a scalar as it is written."""
        place = node.document.place(node.pointer)
        start = self._lines[place.line - 1] + place.column - 1
        found = _SCALAR.match(self._document.text, start)
        text = found[1] if found is not None else ""
        if not _is(text, node.value):  # an alias, or a line end that only YAML counts
            text = json.dumps(node.value)
        message = f"{node.key} is {quote(node.value)}, which is not quoted; it is read as text"
        self._note(node, "text", message)
        return text

    @cached_property
    def _lines(self) -> list[int]:
        """The position at which each line starts."""
        return [0, *(found.end() for found in re.finditer("\n", self._document.text))]


def _is(text: str, value: Json) -> bool:
    try:
        return resolve(text) == value
    except ScalarError:
        return False
