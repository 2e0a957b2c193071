"""Is this OpenAPI, of a version we read, and does it keep to that version's schema?

Reads the schemas that openapi-spec-validator carries, and runs them through jsonschema-rs as it
does, but without importing it: that alone takes 0.2 s, and it hands on the message of an error
where we need its parts. What its Python code checks besides has its own modules here.
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
    Validator,
)
from jsonschema_rs import ValidationErrorKind as Kind

from ..document import Document, Json, Node, describe
from ..problems import Problem
from ..reader.words import quote
from .explain import Wording, explain, nearest
from .grammar import METHODS, Survey, Version

_VERSION = re.compile(r"(3\.[01])\.\d+(-.+)?")
_JSON_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
_DEFINITION = re.compile(r"#/(?:\$defs|definitions)/([^/]+)")
_WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")

# What a schema can only say as "not" or as "more than one alternative", by its definition.
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
# Definitions that are parts of another one, or called otherwise.
_NOUNS = {
    "ParameterLocation": "parameter",
    "SchemaXORContent": "parameter",
    "info": "info object",
    "Info": "info object",
}


def version_of(document: Document) -> Version | Problem:
    """The version of OpenAPI that a document is written in, or why it cannot be read as any."""
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
    schema, validator = _validator(survey.version)
    errors = [*validator.iter_errors(survey.document.data)]
    wording = _wording(schema, errors)
    for fault in explain(errors, survey.document.root, wording):
        lesser = fault.rule in ("unknown", "format") or "description" in fault.fields
        yield fault.node.problem(
            fault.message, key=fault.key, severity="warning" if lesser else "error"
        )


@cache
def _validator(version: Version) -> tuple[Mapping[str, Json], Validator]:
    package = find_spec("openapi_spec_validator")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("openapi-spec-validator is not installed")
    file = Path(package.origin).parent / "resources" / "schemas" / f"v{version}" / "schema.json"
    schema = cast(dict[str, Json], json.loads(file.read_text("utf-8")))
    if version == "3.0":
        return schema, Draft4Validator(schema, validate_formats=True, offline=True)
    # The schema of 3.1 leaves schema objects open, for a dialect to be plugged in: JSON Schema's.
    plugged: dict[str, Json] = {
        "$schema": _JSON_SCHEMA,
        "$id": "urn:runnersmith:openapi-3.1",
        "$ref": schema["$id"],
        "$defs": {"schema": {"$dynamicAnchor": "meta", "$ref": _JSON_SCHEMA}},
    }
    registry = Registry([(str(schema["$id"]), schema)])
    return schema, Draft202012Validator(
        plugged, registry=registry, validate_formats=True, offline=True
    )


def _wording(schema: Mapping[str, Json], errors: list[ValidationError]) -> Wording:
    definitions = schema.get("$defs") or schema.get("definitions")
    document = {"properties": schema["properties"]}
    broken = {
        tuple(error.instance_path)
        for error in errors
        if not isinstance(error.kind, Kind.UnevaluatedProperties)
    }

    def fields(definition: str) -> set[str]:
        found = definitions.get(definition, document) if isinstance(definitions, dict) else None
        names = _declared(found)
        return names | {*METHODS} if definition in ("path-item", "PathItem") else names

    def unknown(name: str, error: ValidationError) -> tuple[str, str | None]:
        definition = _definition(error)
        if definition in ("paths", "Paths"):
            return f'{quote(name)} is not a path; start it with "/"', None
        if definition in ("responses", "Responses"):
            return f"{quote(name)} is not a status; write one such as 200, 4XX or default", None
        near = nearest(name, fields(definition))
        hint = f"did you mean {quote(near)}?" if near else "remove it"
        return f"{quote(name)} is not a field of {_noun(definition)}; {hint}", near

    def special(error: ValidationError, _node: Node) -> str | None:
        definition = _definition(error)
        match error.kind:
            case Kind.Required("required"):
                return 'a path parameter needs "required: true"; add it'
            case Kind.UnevaluatedProperties(names) if tuple(error.instance_path) in broken and all(
                name in fields(definition) for name in names
            ):
                return ""  # known, but in a part of the schema that another error switched off
            case Kind.PropertyNames() if definition == "components":
                return ""  # `components` checks them in both versions
            case Kind.Format() if definition == "server":
                return ""  # may be a template; `servers` checks it
            case Kind.Not() | Kind.OneOfMultipleValid() if definition in _EXCLUSIVE:
                one, other = map(quote, _EXCLUSIVE[definition])
                return f"{one} and {other} exclude each other; keep one"
            case _:
                return None

    return Wording(noun=lambda error: _noun(_definition(error)), unknown=unknown, special=special)


def _definition(error: ValidationError) -> str:
    """The name of the definition that an error comes from; "schema" for JSON Schema's own."""
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
    """Every field name that a definition mentions, in its conditional parts too."""
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
