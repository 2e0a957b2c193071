"""OpenAPI components of the models: the input of datamodel-code-generator. Pure."""

from __future__ import annotations

from typing import Any

from .. import ir


def document(api: ir.Api) -> dict[str, Any]:
    """Return a document with the components of all models and nothing else."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": {model.name: _component(model) for model in api.models}},
    }


def _component(model: ir.Model) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    required: list[str] = []
    for field in model.fields:
        schema = _schema(field.type)
        if field.required:
            required.append(field.name)
        elif model.role == "response":
            # Absent reads as None: a required field that may be null.
            required.append(field.name)
            schema = _nullable(schema)
        properties[field.name] = schema
    return {"type": "object", "properties": properties, "required": required}


def _schema(found: ir.Type) -> dict[str, Any]:
    match found:
        case ir.Primitive(name="any"):
            return {}
        case ir.Primitive(name="datetime"):
            return {"type": "string", "format": "date-time"}
        case ir.Primitive(name="date"):
            return {"type": "string", "format": "date"}
        case ir.Primitive(name=name):
            return {
                "type": {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}[
                    name
                ]
            }
        case ir.Literal(values=values, open=is_open):
            listed = {"enum": list(values)}
            return {"anyOf": [listed, {"type": "string"}]} if is_open else listed
        case ir.Array(items=items):
            return {"type": "array", "items": _schema(items)}
        case ir.Map(values=values):
            return {"type": "object", "additionalProperties": _schema(values)}
        case ir.Reference(model=model):
            return {"$ref": f"#/components/schemas/{model}"}
        case ir.Nullable(type=inner):
            return _nullable(_schema(inner))
        case ir.Union(members=members):
            return {"anyOf": [_schema(member) for member in members]}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if not schema:
        return schema
    members: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return schema if {"type": "null"} in members else {"anyOf": [*members, {"type": "null"}]}
