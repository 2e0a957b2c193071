"""Translation of official operations: paths, parameters, bodies and responses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ...compare.description_view import View
from ...compare.facts import Entity, FactPath, dump
from ...compare.operations import METHODS, Operation, operations
from ...openapi.document import Json, Node, Pointer, parse_pointer
from ...openapi.todo_marks import FOLLOWS, mark
from ...yaml_edit.values import insert
from ..draft.component_names import class_name, free, wrapper_field
from ..draft.descriptions import JSON, home, name_of, root
from ..draft.draft import (
    BRACES,
    KEY,
    OPERATION,
    PARAMETER,
    Draft,
    Mapping,
    mapping,
    put,
)
from ..draft.proposals import fingerprint
from ..draft.unsupported import is_paged, reason
from .extension import ExtensionTranslator
from .sample_values import sample
from .schemas import SchemaTranslator

_LOCATIONS = ("path", "query", "header", "cookie")
_ITEM = ("parameters", *METHODS)


@dataclass(slots=True)
class OperationTranslator:
    """Adds operations and their parts to a draft."""

    draft: Draft
    shapes: SchemaTranslator
    extensions: ExtensionTranslator
    # The curated parameters that are components, by their name in a comparison.
    _parameters: dict[str, list[tuple[str, Entity]]] = field(
        default_factory=dict[str, list[tuple[str, Entity]]]
    )

    # The new responses with content, by their facts.
    _responses: dict[str, Pointer] = field(default_factory=dict[str, Pointer])

    def add(self, official: Operation) -> Pointer:
        """Add an operation beside the most similar ones, and return its place."""
        self._parameters.clear()
        path, method = self.path(official), official.method.lower()
        pointer: Pointer = ("paths", path, method)
        made: Mapping = {
            "operationId": self.identifier(official) or mark("write GitHub's operationId"),
            "summary": mark("say in one sentence what it does"),
        }
        item = mapping(self.draft.paths[path])
        put(item, method, made, _ITEM)
        if official.node.flag("deprecated"):
            made["deprecated"] = True
        docs = official.node.get("externalDocs")
        if docs is not None and (url := docs.text("url")) is not None:
            made["externalDocs"] = {"url": url}
        self.extensions.add(official, made, pointer)
        entities = root(official).entities
        self._add_parameters(official, item, made, pointer)
        parts = {name: make() for name, make in entities.items()}
        paged = is_paged(made)

        def is_supported(name: str) -> bool:
            return reason(official.method, name, parts[name], kept, paged=paged) is None

        kept: dict[str, Entity] = {}
        if "body" in parts and is_supported("body"):
            self.body(parts["body"], made, pointer)
        made["responses"] = {}
        for name, part in parts.items():
            if re.fullmatch(r"response \w+", name) and is_supported(name):
                kept[name] = part
                self.response(name, part, made, pointer)
        return pointer

    def identifier(self, official: Operation) -> str | None:
        """Return GitHub's operationId, or a similar one if an operation of the spec has it."""
        stated = official.node.text("operationId")
        taken = {str(it.get("operationId")) for _, _, it in self.draft.operations()}
        numbered = (f"{stated}-{number}" for number in range(2, len(taken) + 3))
        return next(name for name in (stated, *numbered) if name is None or name not in taken)

    def path(self, official: Operation) -> str:
        """Return the curated path of an operation; a new path goes behind the most similar ones."""
        paths, shape = self.draft.paths, BRACES.sub("{}", official.path)
        shapes = {path: BRACES.sub("{}", path) for path in paths}
        for path, known in shapes.items():
            if known == shape:
                return path
        alike = {
            path: _common(known.split("/"), shape.split("/")) for path, known in shapes.items()
        }
        most = max(alike.values(), default=0)
        last = max((n for n, path in enumerate(paths) if alike[path] == most), default=-1)
        insert(paths, official.path, {}, [*paths][: last + 1])
        return official.path

    def _add_parameters(
        self, official: Operation, item: Mapping, made: Mapping, at: Pointer
    ) -> None:
        """Add parameters: path parameters to the path, the others to the operation."""
        entities = root(official).entities
        parameters = [name for name in entities if name.split(" ")[0] in _LOCATIONS]
        in_path = [f"path {name}" for name in official.path_names]
        if "parameters" not in item:
            shared: list[Json] = [
                self.parameter(name, entities[name](), (*at[:-1], "parameters"))
                for name in in_path
                if name in parameters
            ]
            methods = dict(item)
            item.clear()
            item |= {"parameters": shared, **methods} if shared else methods
        own: list[Json] = [
            self.parameter(name, entities[name](), (*at, "parameters"))
            for name in parameters
            if name not in in_path
        ]
        if own:
            put(made, "parameters", own, OPERATION)

    # ── Parts ────────────────────────────────────────────────────────────────────────────────

    def parameter(self, name: str, official: Entity, at: Pointer) -> Mapping:
        """Return a parameter, or a reference to the corresponding curated component."""
        if (known := self._known(name, official)) is not None:
            return {"$ref": f"#/components/parameters/{known}"}
        location, _, called = name.partition(" ")
        made: Mapping = {"name": name_of(called), "in": location}
        if official.head == "required":
            made["required"] = True
        made["description"] = mark("say what to pass")
        for key in ("deprecated", "style", "explode", "allowReserved", "allowEmptyValue"):
            if key in official.facts and (value := official.node.get(key)) is not None:
                put(made, key, value.value, PARAMETER)
        schema = home(official, FactPath(name))
        made["schema"] = self.shapes.schema(schema, at) if schema is not None else {}
        place = _component(official.node)
        if place is None and not self._is_shared(name, official):
            return made
        component = free(self.draft, "parameters", class_name(place or name_of(called)))
        self.draft.components("parameters")[component] = made
        self._parameters.clear()
        return {"$ref": f"#/components/parameters/{component}"}

    def _is_shared(self, name: str, official: Entity) -> bool:
        """Return whether several official operations have an equal parameter."""
        parts = (root(operation).entities for operation in self.shapes.pairs.official.values())
        equal = (it[name]() for it in parts if name in it)
        return sum(fingerprint(it) == fingerprint(official) for it in equal) > 1

    def _known(self, name: str, official: Entity) -> str | None:
        paired = self._paired("parameters", official.node)
        if paired is not None:
            return paired
        if not self._parameters:
            for operation in operations(View(self.draft.document())).values():
                for called, make in root(operation).entities.items():
                    ours = make()
                    if ours.node.pointer[:2] == ("components", "parameters"):
                        self._parameters.setdefault(called, []).append((ours.node.key, ours))
        for component, ours in self._parameters.get(name, ()):
            if ours.head == official.head and self.shapes.is_equal(ours, official):
                return component
        return None

    def _paired(self, kind: str, official: Node) -> str | None:
        """Return the curated component that corresponds to an official one."""
        paired = self.shapes.pairs.component(official.pointer)
        found = paired is not None and paired[1] == kind and self.draft.has(paired)
        return str(paired[-1]) if paired is not None and found else None

    def body(self, official: Entity, made: Mapping, at: Pointer) -> None:
        """Add a request body, inline: its fields become arguments, not a class."""
        pointer = (*at, "requestBody")
        body: Mapping = {"required": True} if official.head == "required" else {}
        put(made, "requestBody", body, OPERATION)
        body["content"] = self.content(official, FactPath("body"), pointer)

    def response(self, name: str, official: Entity, made: Mapping, at: Pointer) -> None:
        """Add a response, or a reference to the corresponding curated component."""
        status = name.removeprefix("response ").lower().replace("xx", "XX")
        responses = mapping(made.setdefault("responses", {}))
        before = [key for key in responses if key < status]
        if (known := self._paired("responses", official.node)) is not None:
            insert(responses, status, {"$ref": f"#/components/responses/{known}"}, before)
            return
        pointer = (*at, "responses", status)
        translated: Mapping = {"description": mark("describe this response")}
        insert(responses, status, translated, before)
        headers = official.node.get("headers")
        for header, node in headers.items() if headers else ():
            self.header(header, self.shapes.official.resolve(node), translated, pointer)
        if content := self.content(official, FactPath(name), pointer):
            translated["content"] = content
            self._share(translated, pointer)

    def _share(self, translated: Mapping, pointer: Pointer) -> None:
        """Make a component of a response that another new operation has as well."""
        key = f"{pointer[-1]} {dump({**translated, 'description': None})}"
        first = self._responses.setdefault(key, pointer)
        if first == pointer:
            return
        reference = self.draft.at(first)
        if "$ref" not in reference:
            schema = mapping(mapping(translated["content"])[JSON])["schema"]
            name = str(mapping(schema).get("$ref", "Response")).rpartition("/")[2]
            name = free(self.draft, "responses", name)
            self.draft.components("responses")[name] = {**reference}
            self.draft.renote(first, ("components", "responses", name))
            reference.clear()
            reference["$ref"] = f"#/components/responses/{name}"
        translated.clear()
        translated |= reference
        self.draft.unnote(pointer)

    def header(self, name: str, official: Node, translated: Mapping, at: Pointer) -> None:
        """Add a header to a response, or a reference to the corresponding curated component."""
        headers = mapping(translated.setdefault("headers", {}))
        components = mapping(mapping(self.draft.data.get("components", {})).get("headers", {}))
        # A header has one meaning, even if a description writes it out each time.
        known = self._paired("headers", official) or next(
            (key for key in components if key == name), None
        )
        if known is not None:
            headers[name] = {"$ref": f"#/components/headers/{known}"}
            return
        schema = official.get("schema")
        made = self.shapes.schema(schema, (*at, "headers", name)) if schema is not None else {}
        headers[name] = {"description": mark("say what it holds"), "schema": made}

    def content(self, official: Entity, path: FactPath, at: Pointer) -> Mapping:
        """Return the content of a body or a response, with an example to review."""
        found: Mapping = {}
        if official.head == "no content":
            return found
        schema = home(official, path)
        declared = official.node.get("content")
        for media, _ in declared.items() if declared else ():
            pointer = (*at, "content", media)
            if media != JSON or schema is None:
                continue  # A difference, for a person.
            if path.entity == "body":
                made = self.shapes.body(schema, (*pointer, "schema"))
            else:
                made = self.shapes.schema(schema, (*pointer, "schema"))
                self._wrap(made)
            found[media] = {"schema": made, "example": sample(self.draft, made, text=FOLLOWS)}
            self.draft.note((*pointer, "example"), "put values into the example that look real")
        return found

    def _wrap(self, made: Mapping) -> None:
        """Name the items of a list wrapper."""
        reference = made.get("$ref")
        target = parse_pointer(reference) if isinstance(reference, str) else None
        schema = self.draft.at(target) if target else made
        if KEY not in schema and (wrapped := wrapper_field(schema)) is not None:
            schema[KEY] = {"items": wrapped}


def _common(one: list[str], other: list[str]) -> int:
    """Return the number of equal parts at the start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def _component(node: Node) -> str | None:
    """Return the name of the component at a node."""
    return node.key if len(node.pointer) == 3 and node.pointer[0] == "components" else None
