"""Schema of `x-runnersmith`: each extension on its own, at its six places.

Reads extensions.schema.json beside this module. `semantics` checks the extensions together.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from jsonschema_rs import Draft202012Validator, Registry, ValidationError, Validator
from jsonschema_rs import ValidationErrorKind as Kind

from ...openapi.document import Json, Node
from ...openapi.messages import quote
from ...openapi.spelling import nearest
from ...openapi.survey import Survey
from ...problems import Problem
from ..explain.findings import Wording, check_value

KEY = "x-runnersmith"

Place = Literal["document", "operation", "parameter", "response", "component", "property"]

_PLACES: dict[Place, str] = {
    "document": "the document",
    "operation": "an operation",
    "parameter": "a parameter",
    "response": "a response",
    "component": "a component schema",
    "property": "a property",
}
_PATTERNS = {
    "name": "not a usable name; write it in lower_snake_case",
    "text": "empty; write a sentence",
    "path": "not a path such as /orgs/{org}",
    "lookup": "not one line without a full stop, with methods in backticks, such as: a group of that"
    " name in `runner_groups.list`",
    "resource-method": "not resource.method, such as runners.list",
    "ghes": 'not "all" or a version such as "3.10"',
}


def check(survey: Survey, *, required: bool) -> Iterator[Problem]:
    """Check each extension on its own; with `required`, every operation must have one."""
    for node in _found(survey):
        place = place_of(survey, node)
        if place is None:
            yield node.problem(
                f"{KEY} has no meaning here; put it at the root, on an operation, on a "
                "parameter, on a response, on a component schema or on a property",
                key=True,
            )
            continue
        for fault in check_value(_validator(place), node, _wording(place)):
            yield fault.node.problem(fault.message, key=fault.key)
    if survey.document.root.get(KEY) is None:
        yield survey.document.root.problem(
            f"the document has no {KEY}; add it, with scopes and resources", severity="warning"
        )
        if not required:
            return
    for endpoint in survey.endpoints:
        if endpoint.node.get(KEY) is None:
            yield endpoint.node.problem(
                f"the operation has no {KEY}; add it, with resource, method, repeat and products",
                key=True,
                severity="warning",
            )


def place_of(survey: Survey, extension: Node) -> Place | None:
    """Return which of the six places an extension is at; None for any other place."""
    owner = extension.pointer[:-1]
    match survey.kinds.get(owner):
        case "document":
            return "document"
        case "operation" if owner[:1] == ("paths",):
            return "operation"
        case "parameter":
            return "parameter"
        case "response":
            return "response"
        case "schema" if owner[:2] == ("components", "schemas") and len(owner) == 3:
            return "component"
        case "schema" if owner[-2] == "properties" and survey.kinds.get(owner[:-2]) == "schema":
            return "property"
        case _:
            return None


def _found(survey: Survey) -> Iterator[Node]:
    for pointer, value in survey.values():
        if pointer[-1] == KEY and KEY not in pointer[:-1]:
            yield Node(document=survey.document, pointer=pointer, value=value)


@cache
def _schema() -> dict[str, Json]:
    text = files(__name__.rpartition(".")[0]).joinpath("extensions.schema.json").read_text("utf-8")
    return cast(dict[str, Json], json.loads(text))


@cache
def _validator(place: Place) -> Validator:
    schema = _schema()
    registry = Registry([(str(schema["$id"]), schema)])
    return Draft202012Validator(
        {"$ref": f"{schema['$id']}#/$defs/{place}"}, registry=registry, offline=True
    )


def _wording(place: Place) -> Wording:
    def definition(error: ValidationError) -> str:
        return (error.absolute_keyword_location or "").partition("#/$defs/")[2].split("/")[0]

    def noun(error: ValidationError) -> str:
        name = definition(error)
        what = f"{KEY} of {_PLACES[place]}"
        return what if name == place else f"the {name} in {what}"

    def unknown(name: str, error: ValidationError) -> tuple[str, str | None]:
        definitions = _schema()["$defs"]
        found = definitions.get(definition(error)) if isinstance(definitions, dict) else None
        properties = found.get("properties") if isinstance(found, dict) else None
        near = nearest(name, properties if isinstance(properties, dict) else ())
        hint = f"did you mean {quote(near)}?" if near else "remove it"
        return f"{quote(name)} is not a field of {noun(error)}; {hint}", near

    def special(error: ValidationError, node: Node) -> str | None:
        match error.kind:
            case Kind.PropertyNames(inner) if definition(inner) == "name":
                return f"{quote(node.key)} is {_PATTERNS['name']}"
            case Kind.Pattern():
                name = node.key if node.key in _PATTERNS else definition(error)
                if name in _PATTERNS:
                    return f"{node.key}: {quote(node.value)} is {_PATTERNS[name]}"
            case _:
                pass
        return None

    return Wording(noun=noun, unknown=unknown, special=special)
