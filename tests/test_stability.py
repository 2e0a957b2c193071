"""Stability of the client: a small change of the spec changes only what must change."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import cast

import pytest

from runnersmith.openapi.document import Json
from small_specs import LAMP_PATH, Schema, inside, lamp, render_spec, small_spec

TEXT: Schema = {"type": "string", "description": "Text."}
SHADE: Schema = {"type": "object", "description": "A shade.", "properties": {"colour": TEXT}}


def changed_files(change: Callable[[Schema], object]) -> set[str]:
    """The files that differ, or are there only once, when a spec is changed."""
    before = small_spec()
    after = copy.deepcopy(before)
    change(after)
    old, new = render_spec(before), render_spec(after)
    return {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}


def _add_operation(spec: Schema, **answer: Json) -> None:
    """Put an operation before the one that there is."""
    get = inside(spec, "paths", LAMP_PATH, "get")
    added = copy.deepcopy(get)
    added.update(operationId="lamps/shade", summary="Get the shade of a lamp.")
    cast(Schema, added["x-runnersmith"])["method"] = "get_shade"
    added["responses"] = {"200": {"description": "The shade.", **answer}}
    item = copy.deepcopy(inside(spec, "paths", LAMP_PATH))
    item["get"] = added
    paths = inside(spec, "paths")
    spec["paths"] = {f"{LAMP_PATH}/shade": item, **paths}


def _add_operation_with_a_model(spec: Schema) -> None:
    inside(spec, "components", "schemas")["Shade"] = SHADE
    schema: Schema = {"$ref": "#/components/schemas/Shade"}
    _add_operation(spec, content={"application/json": {"schema": schema}})


def _add_field_with_a_model(spec: Schema) -> None:
    inside(spec, "components", "schemas")["Shade"] = SHADE
    lamp(spec)["shade"] = {"$ref": "#/components/schemas/Shade"}


def _add_inline_object(spec: Schema) -> None:
    properties = lamp(spec)
    rest: Schema = dict(properties)
    properties.clear()
    properties["aside"] = dict(SHADE)
    properties.update(rest)


def _add_field(spec: Schema) -> None:
    lamp(spec)["more"] = TEXT


METHODS = {
    "example/_operations/house_lamps.py",
    "example/_sync/house_lamps.py",
    "example/_async/house_lamps.py",
    "README.md",
}


@pytest.mark.parametrize(
    ("change", "files"),
    [
        (_add_operation, METHODS),
        (
            _add_operation_with_a_model,
            {*METHODS, "example/models/__init__.py", "example/models/shade.py"},
        ),
        (
            _add_field_with_a_model,
            {"example/models/__init__.py", "example/models/lamp.py", "example/models/shade.py"},
        ),
        (
            _add_inline_object,
            {
                "example/models/__init__.py",
                "example/models/lamp.py",
                "example/models/lamp_aside.py",
            },
        ),
        (_add_field, {"example/models/lamp.py"}),
    ],
)
def test_an_addition_changes_only_what_it_must(
    change: Callable[[Schema], object], files: set[str]
) -> None:
    """A schema or an operation more moves no other name into another file, wherever it stands."""
    assert changed_files(change) == files
