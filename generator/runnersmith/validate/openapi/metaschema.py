"""Schema of OpenAPI itself: whether the version is supported, and the document valid.

Runs the schemas of openapi-spec-validator (and openapi-schema-validator, a part of it) through
jsonschema-rs, whose errors have parts, not only a message. The schemas are read as files: the
import takes longer than all checks together, and no public name leads to the vocabulary of 3.1.
`second_opinion` imports the packages, in a separate process, for the checks of their Python code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from jsonschema_rs import (
    Draft4Validator,
    Draft202012Validator,
    Registry,
    ValidationError,
    ValidationErrorKind,
    Validator,
)

from ...openapi.document import Document, Json, Node, Pointer, describe
from ...openapi.keywords import DEFINITIONS, LIMITS
from ...openapi.messages import quote
from ...openapi.spelling import nearest
from ...openapi.survey import METHODS, Kind, Survey, Version
from ...problems import Problem
from ..explain.findings import TOO_LARGE, Wording, explain, is_small

_VERSION = re.compile(r"(3\.[01])\.\d+(-.+)?")
_JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
# Checked elsewhere with a better message, or bounds that only the server checks.
_TOLD = frozenset({"example", "examples", "externalDocs"})
_UNREAD: Mapping[Kind, frozenset[str]] = {
    "document": frozenset({"externalDocs", "webhooks"}),
    "components": frozenset({"examples", "links", "callbacks"}),
    "operation": frozenset({"callbacks", "externalDocs"}),
    "parameter": _TOLD,
    "header": _TOLD,
    "media type": _TOLD,
    "response": frozenset({"links"}),
    "schema": _TOLD | LIMITS | {"xml"},
}
# Fields that every document requires, added to each part of one.
_SOUND: Mapping[str, Json] = {"info": {"title": "", "version": ""}, "paths": {}}
_DEFINITION = re.compile(r"#/(?:\$defs|definitions)/([^/]+)")
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# Rules that the schema can only express as "not" or "more than one alternative", by definition.
_EXCLUSIVE: Mapping[str, tuple[str, str]] = {
    "ExampleXORExamples": ("example", "examples"),
    "SchemaXORContent": ("schema", "content"),
    "parameter": ("schema", "content"),
    "header": ("schema", "content"),
    "license": ("identifier", "url"),
    "example": ("value", "externalValue"),
    "link": ("operationRef", "operationId"),
    "Link": ("operationRef", "operationId"),
}
# Definitions that are parts of another one, or whose name is not the usual term.
_NOUNS = {
    "ParameterLocation": "parameter",
    "SchemaXORContent": "parameter",
    "info": "info object",
    "Info": "info object",
    "external-docs": "external documentation",
}


def version_of(document: Document) -> Version | Problem:
    """Return the OpenAPI version of a document, or why the document cannot be read."""
    root = document.root
    if not isinstance(root.value, dict):
        found = describe(root.value)
        return root.problem(f"not an OpenAPI document: expected a mapping, found {found}")
    stated = root.get("openapi")
    if stated is None:
        swagger = root.get("swagger")
        if swagger is not None:
            return swagger.problem(
                f"Swagger {quote(swagger.value)} is not supported; convert it to OpenAPI 3.0 or 3.1"
            )
        return root.problem('not an OpenAPI document: no field "openapi"; add openapi: "3.1.0"')
    if not isinstance(stated.value, str):
        return stated.problem(
            f"openapi is {quote(stated.value)}; write it in full and quoted: "
            f'"{stated.value if stated.value in (3.0, 3.1) else 3.1}.0"'
        )
    match = _VERSION.fullmatch(stated.value)
    if match is None:
        return stated.problem(
            f"OpenAPI {quote(stated.value)} is not supported; 3.0 and 3.1 are, "
            'written in full such as "3.1.0"'
        )
    return "3.0" if match[1] == "3.0" else "3.1"


def check(survey: Survey) -> Iterator[Problem]:
    """Check the whole document against the schema of its version."""
    definitions, validator = _validator(survey.version)
    root = survey.document.root
    for schema in survey.of("schema") if survey.version == "3.0" else ():
        for held in filter(None, map(schema.get, DEFINITIONS)):
            message = f"{quote(held.key)} is not a field of a schema in OpenAPI 3.0; use components"
            yield held.problem(message, key=True, severity="warning")
    if validator.is_valid(root.value):
        return
    for pointer, part in _parts(_mapping(root.value)):
        if validator.is_valid(part):
            continue
        if not is_small(part):
            yield survey.document.problem(pointer, TOO_LARGE, key=True)
            continue
        errors = [*validator.iter_errors(part)]
        for fault in explain(errors, root, _wording(definitions, errors)):
            lesser = (
                fault.rule in ("unknown", "format", "uniqueItems")
                # No operation depends on a field at the top, such as `info`.
                or len(fault.node.pointer) <= 1
                or not {"description", "responses"}.isdisjoint(fault.fields)
                or (survey.kinds.get(fault.node.pointer) == "responses" and not fault.node.value)
                or _is_unread(survey, fault.node.pointer)
            )
            yield fault.node.problem(
                fault.message, key=fault.key, severity="warning" if lesser else "error"
            )


def _is_unread(survey: Survey, pointer: Pointer) -> bool:
    """Return whether a place is in a part that the client does not use."""
    return any(
        step in _UNREAD.get(survey.kinds[pointer[:at]], ())
        for at, step in enumerate(pointer)
        if pointer[:at] in survey.kinds
    )


def _parts(document: dict[str, Json]) -> Iterator[tuple[Pointer, Json]]:
    """Yield the document in parts that are documents too, each with its own place.

    The first has the fields at the top; each other has one path or one component. The time and
    memory for the errors of a part are then proportional to the part.
    """
    paths, components = _mapping(document.get("paths")), _mapping(document.get("components"))
    sections = {key: _mapping(section) for key, section in components.items()}
    top = dict(document)
    if paths:
        top["paths"] = {}
    if components:
        top["components"] = {
            key: {} if sections[key] else section for key, section in components.items()
        }
    yield (), top
    for path, item in paths.items():
        yield ("paths", path), {**_SOUND, "openapi": document["openapi"], "paths": {path: item}}
    for key, section in sections.items():
        for name, component in section.items():
            yield ("components", key, name), {
                **_SOUND,
                "openapi": document["openapi"],
                "components": {key: {name: component}},
            }


@cache
def _validator(version: Version) -> tuple[Mapping[str, Json], Validator]:
    """Return the validator for a version, and its definitions by name; "" is the document's own."""
    schema = _carried(
        "openapi_spec_validator", "resources", "schemas", f"v{version}", "schema.json"
    )
    document: dict[str, Json] = {"": {"properties": schema["properties"]}}
    if version == "3.0":
        # JSON Schema has these fields, and OpenAPI 3.0 does not.
        fields = _mapping(_mapping(_mapping(schema["definitions"])["Schema"])["properties"])
        fields |= dict.fromkeys(DEFINITIONS, fields["properties"])
        validator = Draft4Validator(schema, validate_formats=True, offline=True)
        return document | _mapping(schema["definitions"]), validator
    # The schema of 3.1 leaves schema objects open for a dialect: OpenAPI's, which is JSON Schema
    # with a vocabulary of its own.
    own = _carried("openapi_schema_validator", "schemas", "oas3.1", "vocabularies", "base")
    plugged: dict[str, Json] = {
        "$schema": _JSON_SCHEMA,
        "$id": "urn:runnersmith:openapi-3.1",
        "$ref": schema["$id"],
        "$defs": {
            "schema": {
                "$dynamicAnchor": "meta",
                "allOf": [{"$ref": _JSON_SCHEMA}, {"$ref": own["$id"]}],
            }
        },
    }
    registry = Registry([(str(part["$id"]), part) for part in (schema, own)])
    definitions = document | _mapping(own["$defs"]) | _mapping(schema["$defs"])
    return definitions, Draft202012Validator(
        plugged, registry=registry, validate_formats=True, offline=True
    )


def _carried(package: str, *path: str) -> dict[str, Json]:
    """Load a JSON file of an installed package without importing the package."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed")
    text = Path(found.origin).parent.joinpath(*path).read_text("utf-8")
    return cast(dict[str, Json], json.loads(text))


def _mapping(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _wording(definitions: Mapping[str, Json], errors: list[ValidationError]) -> Wording:
    broken = {
        tuple(error.instance_path)
        for error in errors
        if not isinstance(error.kind, ValidationErrorKind.UnevaluatedProperties)
    }

    def fields(definition: str) -> set[str]:
        names = _declared(definitions.get(definition))
        return names | {*METHODS} if definition in ("path-item", "PathItem") else names

    def unknown(name: str, error: ValidationError) -> tuple[str, str | None] | None:
        definition = _definition(error)
        if name in fields(definition) and tuple(error.instance_path) in broken:
            return None  # known, but in a part of the schema disabled by another error
        if definition in ("paths", "Paths"):
            return f'{quote(name)} is not a path; start it with "/"', None
        if definition in ("responses", "Responses"):
            return f"{quote(name)} is not a status; write one such as 200, 4XX or default", None
        near = nearest(name, fields(definition))
        hint = f"did you mean {quote(near)}?" if near else "remove it"
        return f"{quote(name)} is not a field of {_noun(definition)}; {hint}", near

    def special(error: ValidationError, node: Node) -> str | None:
        definition = _definition(error)
        match error.kind:
            case ValidationErrorKind.Required("required"):
                return 'a path parameter needs "required: true"; add it'
            case ValidationErrorKind.PropertyNames() if definition == "components":
                return ""  # `components` checks them in both versions
            case ValidationErrorKind.Format() if definition == "server" or node.key == "$ref":
                return ""  # `servers` and `references` are more specific
            case ValidationErrorKind.Not() | ValidationErrorKind.OneOfMultipleValid() if (
                definition in _EXCLUSIVE
            ):
                one, other = map(quote, _EXCLUSIVE[definition])
                return f"{one} and {other} exclude each other; keep one"
            case _:
                return None

    return Wording(noun=lambda error: _noun(_definition(error)), unknown=unknown, special=special)


def _definition(error: ValidationError) -> str:
    """Return the name of the definition of an error; "schema" for JSON Schema's own."""
    location = error.absolute_keyword_location or ""
    if location.startswith("https://json-schema.org/"):
        return "schema"
    found = _DEFINITION.findall(location)
    return str(found[-1]) if found else ""


def _noun(definition: str) -> str:
    if not definition:
        return "an OpenAPI document"
    definition = _NOUNS.get(definition, definition)
    words = _WORD_START.sub(" ", definition).replace("-", " ").lower()
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _declared(schema: Json) -> set[str]:
    """Return every field name in a definition, conditional parts included."""
    names: set[str] = set()
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            properties = value.get("properties")
            names |= {*properties} if isinstance(properties, dict) else set()
            waiting += value.values()
    return names
