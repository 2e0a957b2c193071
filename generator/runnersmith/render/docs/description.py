"""Description of an API as JSON: its operations, and the schemas of all that they send and receive.

Pure. A mock server, or a tool in another language, reads it in place of the IR. Empty keys are left
out. Schemas have keywords of JSON Schema, and of OpenAPI where that has more:

    type, enum, const, format, items, properties, required, additionalProperties, anyOf, $ref,
    the bounds of values, example, and
    known           the listed values of a text that may have others
    recognizedBy    the properties that tell an object from other alternatives, each with the values
                    of which it has one; without any, the object only has the property
    versions        the API versions that have a property, a parameter, a body or an operation
    argument        the name of a parameter or property in Python
    requiredIn      the API versions that require it, if not all do
    products        the products that have it, with their first release
    scopes          the OAuth scopes that a classic token needs for an operation
    items, total    the properties of a page with its items and their number, if it is an object
    key             the property by which a client recognizes an item that is on two pages
    permissions     the fine-grained permissions that it needs, with their access
    docs            the page about it
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, cast

from ... import ir
from ...ir.placement import all_operations
from ...openapi.document import Json
from ..python import signatures

_Values: TypeAlias = "Mapping[str, _Values] | Sequence[_Values] | str | int | float | bool | None"

_PRIMITIVES: Mapping[str, dict[str, Json]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "datetime": {"type": "string", "format": "date-time"},
    "date": {"type": "string", "format": "date"},
    "bytes": {"type": "string", "format": "binary"},
    "file": {"type": "string", "format": "binary"},
    "any": {},
}


def api_description(api: ir.Api) -> dict[str, Json]:
    """Return the description of an API."""
    return _filled(
        title=api.title,
        server=api.server,
        servers={one.name: one.url for one in api.named_servers},
        mediaType=api.media_type,
        versionHeader=api.version_header,
        versions=list(api.versions),
        introduced=_introduced(api),
        security=_schemes(api),
        operations=[_operation(api, *found) for found in all_operations(api)],
        models={model.name: _model(model) for model in api.models},
    )


def _schemes(api: ir.Api) -> dict[str, Json]:
    """Return the security schemes. Every request to GitHub has a bearer token."""
    if api.scopes:
        return {"token": {"type": "bearer"}}
    return {one.wire_name: _filled(type=one.type, key=one.key) for one in api.schemes}


def _introduced(api: ir.Api) -> dict[str, Json]:
    found: dict[str, dict[str, Json]] = {}
    for one in api.introduced:
        found.setdefault(one.version, {})[one.product] = one.since
    return dict(found)


# ── Operations ───────────────────────────────────────────────────────────────────────────────


def _operation(
    api: ir.Api, scope: ir.Scope | None, resource: ir.Resource, operation: ir.Operation
) -> dict[str, Json]:
    wrapper = _wrapper(api, operation)
    shared = scope.parameters if scope else ()
    parameters = (
        *shared,
        *operation.arguments,
        *operation.query,
        *operation.headers,
        *operation.cookies,
    )
    return _filled(
        name=".".join([*([scope.name] if scope else []), resource.name, operation.name]),
        id=operation.id,
        method=operation.method,
        path=operation.path,
        olderPaths={one.version: one.path for one in operation.older_paths},
        query=operation.fixed_query,
        server=operation.server,
        parameters=[_parameter(one) for one in parameters],
        body=_body(operation.body) if operation.body else None,
        responses={str(one.status): _response(one) for one in operation.responses},
        errors={str(one.status): _error(one) for one in operation.errors},
        **wrapper,
        key="id" if operation.paged and signatures.item_key(operation, api) else None,
        paged=operation.paged,
        security=[["token"]] if api.scopes else [list(one) for one in operation.security],
        scopes=list(operation.classic_scopes),
        permissions={one.name: one.access for one in operation.permissions},
        docs=operation.docs_url,
        **_availability(operation.available),
    )


def _wrapper(api: ir.Api, operation: ir.Operation) -> dict[str, str | None]:
    """Return the properties of a page with its items and their total, if it is an object."""
    if not operation.paged or not isinstance(operation.returns, ir.Reference):
        return {}
    model = next(it for it in api.models if it.name == operation.returns.model)
    wire_names = {one.name: one.wire_name for one in model.fields}
    return {
        "items": wire_names.get(model.items or ""),
        "total": wire_names.get(model.total or ""),
    }


def _parameter(parameter: ir.Parameter) -> dict[str, Json]:
    return {
        "name": parameter.wire_name,
        "in": parameter.location,
        **_filled(
            argument=parameter.name,
            required=parameter.required,
            requiredIn=list(parameter.required_in),
        ),
        **_style(parameter.style),
        **_availability(parameter.available),
        "schema": _valued(parameter),
    }


def _style(style: ir.Style | None) -> dict[str, Json]:
    return {} if style is None else {"style": style.name, "explode": style.explode}


def _body(body: ir.Body) -> dict[str, Json]:
    whole = body.whole
    return {
        "mediaType": body.media_type,
        "encoding": body.encoding,
        **_filled(
            required=body.required,
            parts={part.wire_name: _part(part) for part in body.parts},
        ),
        **_availability(body.available),
        "schema": _type(whole.type) if whole else _object(body.fields, body.extra),
        **_example(body.example),
    }


def _part(part: ir.Part) -> dict[str, Json]:
    file = part.file if part.file != "no" else None
    return {**_filled(mediaType=part.media_type, file=file), **_style(part.style)}


def _response(response: ir.SuccessResponse) -> dict[str, Json]:
    return {
        **_filled(description=response.description, headers=list(response.headers)),
        **_content(response.type, response.example),
        **_filled(
            encoding=response.encoding if response.encoding != "json" else None,
            mediaType=response.media_type,
        ),
    }


def _error(response: ir.ErrorResponse) -> dict[str, Json]:
    return {
        **_filled(description=response.description),
        **_content(response.type, response.example),
    }


def _content(found: ir.Type | None, example: str | None) -> dict[str, Json]:
    return {} if found is None else {"schema": _type(found), **_example(example)}


# ── Schemas ──────────────────────────────────────────────────────────────────────────────────


def _model(model: ir.Model) -> dict[str, Json]:
    found = _object(model.fields, model.extra)
    tag = model.tag
    if tag is not None:
        stated: dict[str, Json] = {tag.wire_name: {"const": tag.value}}
        properties, required = found["properties"], found.get("required", [])
        assert isinstance(properties, dict)
        assert isinstance(required, list)
        found["properties"] = stated | properties
        found["required"] = [tag.wire_name, *required]
    if model.conditions:
        found["recognizedBy"] = {one.wire_name: list[Json](one.values) for one in model.conditions}
    return found | _example(model.example)


def _object(fields: Iterable[ir.Field], extra: ir.Field | None) -> dict[str, Json]:
    listed = list(fields)
    others: Json = False
    if extra is not None:
        others = _type(extra.type.values) if isinstance(extra.type, ir.Map) else True
    found: dict[str, Json] = {
        "type": "object",
        "properties": {one.wire_name: _valued(one) for one in listed},
    }
    if required := [one.wire_name for one in listed if one.required]:
        found["required"] = list[Json](required)
    return found | {"additionalProperties": others}


def _valued(member: ir.Field | ir.Parameter) -> dict[str, Json]:
    """Return the schema of a field or of a parameter."""
    found = _type(member.type)
    if member.bounds:
        bounds = _mapping(member.bounds)
        if isinstance(inner := bounds.get("items"), dict) and isinstance(
            items := found.get("items"), dict
        ):
            bounds["items"] = items | inner
        found = found | bounds
    if isinstance(member, ir.Field):
        stated = _filled(
            argument=member.name if member.name != member.wire_name else None,
            requiredIn=list(member.required_in),
        )
        found = found | stated | _availability(member.available)
    return found | _example(member.example)


def _type(found: ir.Type) -> dict[str, Json]:
    match found:
        case ir.Primitive(name=name):
            return dict(_PRIMITIVES[name])
        case ir.Literal(values=values, open=True):
            return {"type": "string", "known": list[Json](values)}
        case ir.Literal(values=values):
            return {"enum": list[Json](values)}
        case ir.Array(items=items):
            return {"type": "array", "items": _type(items)}
        case ir.Map(values=values):
            return {"type": "object", "additionalProperties": _type(values)}
        case ir.Reference(model=model):
            return {"$ref": f"#/models/{model}"}
        case ir.Nullable(type=inner):
            return {"anyOf": [_type(inner), {"type": "null"}]}
        case ir.Union(members=members):
            return {"anyOf": [_type(one) for one in members]}


def _availability(available: ir.Availability) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if available.versions:
        found["versions"] = list[Json](available.versions)
    if available.products:
        found["products"] = {one.name: one.since for one in available.products}
    return found


def _example(text: str | None) -> dict[str, Json]:
    return {} if text is None else {"example": json.loads(text)}


def _mapping(text: str) -> dict[str, Json]:
    found: Json = json.loads(text)
    assert isinstance(found, dict), "bounds are an object"
    return found


def _filled(**values: _Values) -> dict[str, Json]:
    """Return the values that are neither None, False nor empty."""
    # JSON, though a list of texts is no `list[Json]` for type checkers: it might be added to.
    return {name: cast("Json", value) for name, value in values.items() if value}
