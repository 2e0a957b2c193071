"""The data of a mock server, and files that are printed in black's format."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from zipfile import ZipFile

import pytest

from kit.kits import generated_kit
from roundtrip.test_round_trips import DOCUMENTS
from runnersmith import ir
from runnersmith.openapi.document import Json
from runnersmith.output.formatter import format_text
from runnersmith.render.docs.description import api_description
from runnersmith.render.python.factories import factory_name, factory_signature
from small_specs import build_ir, small_spec


@pytest.mark.parametrize("document", DOCUMENTS)
def test_files_in_black_s_format_are_in_it(document: str) -> None:
    """Black changes nothing in the files of which the pack says so."""
    for name in ("__init__", "factories"):
        path = f"kit_{document}/testing/{name}.py"
        text = generated_kit(document).files[path]
        assert format_text(path, text) == text


def test_a_package_in_a_zip_file_has_its_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a wheel on the path is one."""
    built = generated_kit("library")
    with ZipFile(tmp_path / "zipped.zip", "w") as archive:
        for path, text in built.files.items():
            archive.writestr(path.replace("kit_library/", "zipped/", 1), text)
    monkeypatch.setattr("sys.path", [str(tmp_path / "zipped.zip"), *sys.path])
    kit = import_module("zipped.testing._kit.description_file")
    expected = json.loads(built.files["kit_library/testing/_description.json"])
    assert len(kit.read_description().operations) == len(expected["operations"])


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_description_has_every_operation_and_model(document: str) -> None:
    """Each reference in it leads to a model."""
    api = generated_kit(document).built.api
    description = api_description(api)
    operations, models = description["operations"], description.get("models", {})
    assert isinstance(operations, list)
    assert isinstance(models, dict)
    assert len(operations) == sum(len(resource.operations) for resource in api.resources)
    assert models.keys() == {model.name for model in api.models}
    found = json.dumps(description, ensure_ascii=False).split('"#/models/')[1:]
    assert {one.partition('"')[0] for one in found} <= models.keys()


FIELD = ir.Field(
    name="size",
    wire_name="Size",
    type=ir.Array(items=ir.Primitive(name="str")),
    required=True,
    secret=False,
    deprecated=False,
    description="",
    limits="",
    default=None,
    bounds='{"maxItems": 3, "items": {"minLength": 2}}',
    example='["ab"]',
)
MODEL = ir.Model(
    name="Box",
    module="box",
    wire_name="Box",
    role="both",
    fields=(FIELD,),
    items=None,
    total=None,
    description="",
    deprecated=False,
)


def described(*fields: ir.Field) -> Json:
    api = replace(build_ir(small_spec()), models=(replace(MODEL, fields=fields),))
    models = api_description(api)["models"]
    assert isinstance(models, dict)
    return models["Box"]


def test_a_schema_has_the_bounds_and_the_example_of_a_field() -> None:
    """Those of the items of a list as well, and its name in Python."""
    assert described(FIELD) == {
        "type": "object",
        "properties": {
            "Size": {
                "type": "array",
                "items": {"type": "string", "minLength": 2},
                "maxItems": 3,
                "argument": "size",
                "example": ["ab"],
            }
        },
        "required": ["Size"],
        "additionalProperties": False,
    }


def test_an_argument_of_a_factory_fits_on_a_line() -> None:
    """Or else it has a wider type; black leaves the line as it is."""
    words = tuple(f"value-{number}" for number in range(20))
    many = ir.Literal(values=words, open=True)
    models = ir.Union(members=tuple(ir.Reference(model=f"Model{number}") for number in range(20)))
    types: tuple[ir.Type, ...] = (many, models)
    fields = [replace(FIELD, name=f"a{at}", type=it) for at, it in enumerate(types)]
    made = factory_signature(replace(MODEL, fields=tuple(fields)), build_ir(small_spec()))
    assert "    a0: str | Unset = UNSET,\n    a1: object | Unset = UNSET,\n" in made
    program = f"{made}\n    pass\n"
    assert format_text("factories.py", program) == program


@pytest.mark.parametrize(
    ("module", "expected"),
    [("box", "box"), ("error", "error_model"), ("list", "list_model"), ("class", "class_model")],
)
def test_a_factory_has_a_name_of_its_own(module: str, expected: str) -> None:
    """Beside what the kit exports, what Python has, and other models."""
    model = replace(MODEL, module=module)
    api = replace(build_ir(small_spec()), models=(model,))
    assert factory_name(model, api) == expected
    taken = replace(api, models=(model, replace(MODEL, module=expected)))
    assert factory_name(model, taken) in (expected, f"{expected}_")
    assert expected == module or factory_name(model, taken) == f"{expected}_"
