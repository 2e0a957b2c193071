"""Examples, defaults and enum values, checked against their schemas.

Pure. jsonschema-rs resolves references within the document only and opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import cast
from urllib.parse import quote as percent

from jsonschema_rs import (
    Draft4,
    Draft4Validator,
    Draft202012,
    Draft202012Validator,
    Registry,
    ValidationError,
    Validator,
)
from jsonschema_rs import ValidationErrorKind as Kind

from ...openapi.document import Json, Node, Pointer, parse_pointer, pointer_text
from ...openapi.messages import quote
from ...openapi.navigation import elements, entries, into, keys
from ...openapi.schema_view import SchemaViews
from ...openapi.spelling import nearest
from ...openapi.survey import Survey
from ...openapi.todo_marks import FOLLOWS, is_open
from ...problems import Problem
from ..explain.findings import TOO_LARGE, Fault, Wording, explain, is_small

_DOCUMENT = "urn:runnersmith:document"
# The number of schemas tried for a value and its parts to explain a mismatch.
_MOST_TRIED = 5_000
_HOLDERS = ("paths", "webhooks", "components")


def check(survey: Survey, *, sound: bool) -> Iterator[Problem]:
    """Check every value that has a schema.

    `sound` means that no error is known yet, so an unusable schema must be reported.
    """
    schemas = Schemas(survey)
    wording = _wording(survey)
    for _, checked in groupby(values(survey), key=lambda it: it[2].pointer):
        validator: Validator | str | None = None
        for what, value, schema in checked:
            validator = validator or schemas.compile(schema)
            if isinstance(validator, Validator):
                for fault in _faults(validator, survey.views, schema, value, wording):
                    message = f"{what} is wrong: {fault.message}"
                    yield fault.node.problem(message, key=fault.key, severity="warning")
            elif sound:
                yield schema.problem(
                    f"the schema cannot be used: {quote(validator)}", severity="warning"
                )


def _faults(
    validator: Validator, views: SchemaViews, schema: Node, value: Node, wording: Wording
) -> Sequence[Fault]:
    if _is_valid(validator, value.value):
        return ()
    if is_small(value.value) and _is_simple(views, schema, value.value):
        return explain(_certain(validator, value.value), value, wording)
    return [Fault(node=value, message=TOO_LARGE, rule="size", key=True)]


def _is_valid(validator: Validator, value: Json) -> bool:
    """Return whether a value is valid; one that is still to be decided is, for any schema."""
    return validator.is_valid(value) or (
        is_open(value) and next(_certain(validator, value), None) is None
    )


def _certain(validator: Validator, value: Json) -> Iterator[ValidationError]:
    """Yield the errors that do not depend on a value that is still to be decided."""
    return (error for error in validator.iter_errors(value) if not _is_open(error))


def _is_open(error: ValidationError) -> bool:
    match error.kind:
        case Kind.AnyOf(context) | Kind.OneOfNotValid(context):
            return any(all(map(_is_open, errors)) for errors in context)
        case Kind.OneOfMultipleValid() | Kind.Not() | Kind.UniqueItems():
            return is_open(cast(Json, error.instance))
        case _:
            return bool(error.instance == FOLLOWS)


def _is_simple(views: SchemaViews, schema: Node, value: Json) -> bool:
    """Return whether only few schemas must be tried for a value.

    An explanation tries every alternative in full. For a recursive schema, their number grows
    exponentially with the value's depth. A check without an explanation is quick.
    """
    waiting: list[tuple[Node, Json]] = [(schema, value)]
    for _ in range(_MOST_TRIED):
        if not waiting:
            return True
        tried, at = waiting.pop()
        view = views.of(tried)
        waiting += [(part, at) for part in (*view.members, *view.conditional())]
        if isinstance(at, dict):
            rest = [
                *entries(tried.get("patternProperties")),
                tried.get("additionalProperties"),
                tried.get("unevaluatedProperties"),
            ]
            for name, child in at.items():
                parts = (into(tried, "properties", name), *rest)
                waiting += [(part, child) for part in parts if part is not None]
        elif isinstance(at, list):
            parts = (
                *elements(tried.get("prefixItems")),
                *map(tried.get, ("items", "contains", "unevaluatedItems")),
            )
            waiting += [(part, child) for child in at for part in parts if part is not None]
    return False


def values(survey: Survey) -> Iterator[tuple[str, Node, Node]]:
    """Yield the name of a value for messages, the value, and its schema."""
    for schema in survey.of("schema"):
        for field, what in (("example", "the example"), ("default", "the default")):
            value = schema.get(field)
            if value is not None:
                yield what, value, schema
        for field, what in (("examples", "the example"), ("enum", "the enum value")):
            for value in elements(schema.get(field)):
                yield what, value, schema
    for owner in survey.of("parameter", "header", "media type"):
        owned = owner.get("schema")
        if owned is None:
            continue
        for value in _beside(owner):
            if not _is_raw(survey, owner, value):
                yield "the example", value, owned


def _beside(owner: Node) -> Iterator[Node]:
    example = owner.get("example")
    if example is not None:
        yield example
    for named in entries(owner.get("examples")):
        value = into(named.resolved(), "value")
        if value is not None:
            yield value


def _is_raw(survey: Survey, owner: Node, value: Node) -> bool:
    """Return whether an example is text in its wire format, which is not JSON."""
    is_media_type = survey.kinds[owner.pointer] == "media type"
    return is_media_type and isinstance(value.value, str) and "json" not in owner.key


class Schemas:
    """Compiler of the schemas of one document.

    A compiled schema holds a copy of everything that it refers to. Those of a large document must
    not all be kept.
    """

    def __init__(self, survey: Survey) -> None:
        is_30 = survey.version == "3.0"
        data = _with_null_types(survey) if is_30 else survey.document.data
        # Only at schemas: a registry treats the whole document as a schema, and would follow a
        # `$ref` or an `$id` at the root.
        kept = {key: data[key] for key in _HOLDERS if isinstance(data, dict) and key in data}
        self._validator = Draft4Validator if is_30 else Draft202012Validator
        self._registry = Registry([(_DOCUMENT, kept)], draft=Draft4 if is_30 else Draft202012)
        self._kept: dict[Pointer, Validator | str] = {}

    def compile(self, schema: Node) -> Validator | str:
        """Return a validator for a schema, or the reason why there is none."""
        reference = _DOCUMENT + "#" + percent(pointer_text(schema.pointer)[1:], safe="/~")
        try:
            return self._validator(
                {"$ref": reference},
                registry=self._registry,
                validate_formats=True,
                offline=True,
            )
        except ValueError as error:  # a ValidationError, or a reference that is no URI
            return str(error).partition("\n")[0]

    def allow(self, schema: Node, value: Json) -> bool:
        """Return whether a schema allows a value; an unusable one allows every value.

        The validators are kept, since a curated spec is small and the same schemas are asked again.
        """
        found = self._kept.get(schema.pointer)
        if found is None:
            found = self._kept[schema.pointer] = self.compile(schema)
        return isinstance(found, str) or _is_valid(found, value)


def _with_null_types(survey: Survey) -> Json:
    """Return the document with `nullable` in JSON Schema's form; it needs a type beside it."""
    nullable = {
        id(schema.value)
        for schema in survey.of("schema")
        if schema.flag("nullable") and schema.text("type") is not None
    }

    def copy(value: Json) -> Json:
        if isinstance(value, list):
            return [copy(item) for item in value]
        if not isinstance(value, dict):
            return value
        copied = {key: copy(child) for key, child in value.items()}
        if id(value) in nullable:
            copied["type"] = [value["type"], "null"]
        return copied

    return copy(survey.document.data) if nullable else survey.document.data


def _wording(survey: Survey) -> Wording:
    def unknown(name: str, error: ValidationError) -> tuple[str, str | None]:
        schema = survey.document.find(_location(error).rpartition("/")[0])
        near = nearest(name, keys(into(schema, "properties")))
        hint = f"did you mean {quote(near)}?" if near else "remove it or declare it"
        return f"{quote(name)} is not a property of {_schema_name(error)}; {hint}", near

    return Wording(noun=_schema_name, unknown=unknown)


def _location(error: ValidationError) -> str:
    """Return the place of the broken rule in the document, as a `$ref`."""
    return "#" + (error.absolute_keyword_location or "").partition("#")[2]


def _schema_name(error: ValidationError) -> str:
    match parse_pointer(_location(error)):
        case ("components", "schemas", name, *_):
            return quote(name)
        case _:
            return "its schema"
