"""Small specs of several API versions, each with one change, and the client of them all."""

from __future__ import annotations

from typing import cast

import pytest

from runnersmith import ir
from runnersmith.lowering import build
from runnersmith.merge import merge
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError
from small_specs import (
    LAMP_PATH,
    PACKAGE,
    Schema,
    document,
    inside,
    put,
    small_spec,
)

VERSIONS = NEWEST, OLDER, OLDEST = "2026-01-01", "2024-05-05", "2022-02-02"
# The versions that can have something.
SUBSETS = [
    (NEWEST,),
    (OLDER,),
    (OLDEST,),
    (NEWEST, OLDER),
    (OLDER, OLDEST),
    (NEWEST, OLDEST),
    VERSIONS,
]


def merged(*specs: Schema) -> ir.Api:
    """The versions of a spec, the newest first, as one."""
    for spec, version in zip(specs, VERSIONS, strict=False):
        inside(spec, "info")["version"] = version
    documents = [document(spec) for spec in specs]
    return merge([build(it, PACKAGE) for it in documents], documents)


def refused(*specs: Schema) -> str:
    with pytest.raises(SpecError) as caught:
        merged(*specs)
    return str(caught.value)


def operations(api: ir.Api) -> dict[str, ir.Operation]:
    return {
        f"{resource.name}.{operation.name}": operation
        for scope in api.scopes
        for resource in scope.resources
        for operation in resource.operations
    }


def body(required: tuple[str, ...] = (), /, **properties: Json) -> Schema:
    """A spec with a body of these fields."""
    described: Json = {
        name: {"description": "A field.", **cast(Schema, schema)}
        for name, schema in properties.items()
    }
    return put({"type": "object", "required": list(required), "properties": described})


def asking(name: str = "bright", schema: Schema | None = None, *, required: bool = False) -> Schema:
    """A spec whose get has one query parameter."""
    spec = small_spec()
    inside(spec, "paths", LAMP_PATH, "get")["parameters"] = [
        {
            "name": name,
            "in": "query",
            "required": required,
            "description": "How bright.",
            "schema": schema or {"type": "integer"},
        }
    ]
    return spec


def requiring(spec: Schema, *names: str) -> Schema:
    inside(spec, "components", "schemas", "Lamp")["required"] = ["id", *names]
    return spec


def moved(path: str, *renamed: tuple[str, str], spec: Schema | None = None) -> Schema:
    """A spec whose one path is another, with its parameters renamed."""
    spec = spec or small_spec()
    item = inside(spec, "paths").pop(LAMP_PATH)
    inside(spec, "paths")[path] = item
    for old, new in renamed:
        for parameter in cast("list[Schema]", inside(item)["parameters"]):
            if parameter["name"] == old:
                parameter["name"] = new
    return spec
