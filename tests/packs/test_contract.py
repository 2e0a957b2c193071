"""The extenders' contract: what packs rely on stays, or the IR's version is raised.

tests/contract/ holds what the last release promised, by the version of the IR: the IR's schema, and
the templates' blocks, variables and filters. Additions keep the promise; `--update` records them,
which is done at a release. A removal needs a new version, and its files are written by `--update`.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from lowering.foreign_packages import SPECS, project_of
from packs.contract_compatibility import broken_ir, broken_templates
from packs.pack_files import files, pack
from runnersmith import ir, pipeline
from runnersmith.ir import IR_VERSION
from runnersmith.ir.json_schema import described, schema
from runnersmith.packs import Stack, stacks
from runnersmith.project import find
from runnersmith.render.templates.contract import TYPES, contract
from runnersmith.render.templates.filters import FILTERS
from runnersmith.render.templates.outputs import MODEL_VARIABLES, SHARED, VARIABLES, contexts
from small_specs import (
    CASES,
    REPOSITORY,
    build_ir,
    client_pack,
    client_stack,
    project,
    shipped_stack,
    small_spec,
)

PUBLISHED = REPOSITORY / "templates" / "ir.schema.json"
PROMISED = REPOSITORY / "tests" / "contract"

MENDING = (
    f"the extenders' contract of IR version {IR_VERSION} is broken. Keep what is missing, or raise "
    "IR_VERSION, say in IR_CHANGES what changed, in CHANGELOG.md too, and run pytest with --update"
)


def promised(name: str, today: dict[str, Any], update: bool, broken: Any) -> list[str]:
    """What is no longer kept of a promise; with `--update`, a promise that is kept is extended."""
    path = PROMISED / f"{name}-{IR_VERSION}.json"
    if not path.exists():
        assert update, f"{MENDING}: {path.name} is not there"
        path.write_text(json.dumps(today, indent=1) + "\n", encoding="utf-8", newline="\n")
    found: list[str] = broken(json.loads(path.read_text(encoding="utf-8")), today)
    if update and not found:
        path.write_text(json.dumps(today, indent=1) + "\n", encoding="utf-8", newline="\n")
    return found


def test_the_ir_is_what_was_promised(update: bool) -> None:
    """No field is gone, and none has another type."""
    assert promised("ir", schema(), update, broken_ir) == [], MENDING


@pytest.mark.parametrize(
    ("name", "pack"),
    [("templates", "client"), *((it, it) for it in ("reference", "testing", "fleet"))],
)
def test_the_templates_are_what_was_promised(name: str, pack: str, update: bool) -> None:
    """No template, block, variable or filter is gone, and none is another."""
    today = contract(shipped_stack(pack))
    assert promised(name, today, update, broken_templates) == [], MENDING


def test_the_published_schema_is_that_of_the_ir(update: bool) -> None:
    """templates/ir.schema.json is what `runnersmith ir --schema` prints."""
    text = json.dumps(schema(), indent=2) + "\n"
    if update:
        PUBLISHED.write_text(text, encoding="utf-8", newline="\n")
    assert PUBLISHED.read_text(encoding="utf-8") == text, "run pytest with --update"


@pytest.mark.parametrize(
    "case", sorted(path.parent.name for path in CASES.glob("*/expected")) or ["none"]
)
def test_the_ir_conforms_to_its_schema(case: str) -> None:
    """What `runnersmith ir` prints, of every kind of type; and the schema is one."""
    validator = jsonschema_rs.Draft202012Validator(schema())
    api = pipeline.build_ir(project(CASES / case / "spec.yaml", CASES / "output"))
    assert [str(error) for error in validator.iter_errors(msgspec.to_builtins(api))] == []


def test_every_field_of_the_ir_is_described() -> None:
    """By an entry of its class's docstring, and no entry is of a field that is gone."""
    kinds = [
        it for it in vars(ir).values() if isinstance(it, type) and dataclasses.is_dataclass(it)
    ]
    for kind in kinds:
        text, attributes = described(kind)
        assert text.endswith("."), kind
        assert list(attributes) == [field.name for field in dataclasses.fields(kind)], kind
        assert [name for name, said in attributes.items() if not said.endswith(".")] == []
    definitions = {"Api": schema(), **schema()["$defs"]}
    assert definitions.keys() == {kind.__name__ for kind in kinds}
    for name, definition in definitions.items():
        for field, said in definition["properties"].items():
            assert "description" in said, f"{name}.{field}"


@pytest.mark.parametrize("document", [None, *SPECS])
def test_an_identifier_is_one(document: str | None) -> None:
    """Templates may print it as it is, whatever the document calls its things."""
    validator = jsonschema_rs.Draft202012Validator(
        schema(), formats={"identifier": str.isidentifier}, validate_formats=True
    )
    api = (
        pipeline.build_ir(find(spec=str(REPOSITORY / "spec" / "runners.yaml")))
        if document is None
        else pipeline.build_ir(project_of(document))
    )
    found = msgspec.to_builtins(api)
    assert [str(error) for error in validator.iter_errors(found)] == []
    for bad in ("a-b", "x y", "", '"'):
        assert not validator.is_valid({**found, "package": bad})


def test_the_schema_takes_no_other_ir() -> None:
    """A field that is missing or of another type does not conform."""
    validator = jsonschema_rs.Draft202012Validator(schema())
    api = msgspec.to_builtins(build_ir(small_spec()))
    assert validator.is_valid(api)
    changes: list[dict[str, Any]] = [
        {"title": 3},
        {"ir_version": IR_VERSION + 1},
        {"models": [{}]},
    ]
    for change in changes:
        assert not validator.is_valid({**api, **change})
    assert not validator.is_valid({name: it for name, it in api.items() if name != "scopes"})


# ── What the tables say is what templates get ────────────────────────────────────────────────


def test_the_variables_are_those_of_the_contexts() -> None:
    """An output has the variables that it is said to have, and no others."""
    api = build_ir(small_spec())
    for each, names in VARIABLES.items():
        for context in contexts(each, api, {"Lamp": "class Lamp: ..."}):
            assert tuple(context) == names
    assert set(SHARED) | {name for names in VARIABLES.values() for name in names} <= TYPES.keys()


def test_the_variables_of_a_model_are_those_that_are_given(tmp_path: Path) -> None:
    """Each can be used, and no other one."""
    used = "".join(f"    # {{{{ {name} | string | wordcount }}}}\n" for name in MODEL_VARIABLES)
    text = '{% extends "struct.jinja" %}{% block extra_methods %}\n' + used + "{% endblock %}"
    files(pack(tmp_path / "mine", {"struct.jinja": text}))
    assert set(MODEL_VARIABLES) <= TYPES.keys()


def test_every_filter_says_what_it_does() -> None:
    """`runnersmith pack list` shows it."""
    assert [name for name, one in FILTERS.items() if not one.call.__doc__] == []


# ── A broken promise is seen ─────────────────────────────────────────────────────────────────


def spoilt_schema(*path: str, value: Any = None) -> dict[str, Any]:
    """Today's schema without something, or with something else in its place."""
    found = copy.deepcopy(schema())
    inner = found
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    if value is not None:
        inner[path[-1]] = value
    return found


OPERATION = ("$defs", "Operation", "properties")
REPEAT = {"enum": ["safe", "idempotent", "unsafe", "never"]}
TYPE_KINDS = "Primitive Literal Array Map Reference Nullable Union".split()


def any_of(*names: str) -> dict[str, Any]:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in names]}


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        (spoilt_schema(*OPERATION, "path"), "Operation.path is gone"),
        (spoilt_schema("$defs", "ErrorResponse"), "ErrorResponse is gone"),
        (spoilt_schema("properties", "title"), "Api.title is gone"),
        (
            spoilt_schema(*OPERATION, "paged", value={"type": "string"}),
            "Operation.paged was {'type': 'boolean'} and is {'type': 'string'}",
        ),
        (
            spoilt_schema(
                *OPERATION, "id", value={"anyOf": [{"type": "string"}, {"type": "null"}]}
            ),
            "Operation.id was",
        ),
        (spoilt_schema(*OPERATION, "repeat", value={"enum": ["safe"]}), "Operation.repeat was"),
        (spoilt_schema(*OPERATION, "name", value={"type": "string"}), "Operation.name was"),
        (
            spoilt_schema("$defs", "Array", "properties", "items", value=any_of(*TYPE_KINDS[1:])),
            "Array.items was",
        ),
        (
            spoilt_schema(
                *("$defs", "Body", "required"),
                value=[
                    name for name in schema()["$defs"]["Body"]["required"] if name != "required"
                ],
            ),
            "Body.required is not always",
        ),
    ],
)
def test_a_changed_ir_is_seen(spoilt: dict[str, Any], said: str) -> None:
    """A field that is gone, of another type, or sometimes null."""
    [found] = broken_ir(schema(), spoilt)
    assert said in found


@pytest.mark.parametrize(
    "more",
    [
        spoilt_schema(*OPERATION, "repeat", value=REPEAT),
        spoilt_schema("$defs", "Array", "properties", "items", value=any_of(*TYPE_KINDS, "Raw")),
        spoilt_schema("title", value="another"),
        spoilt_schema(*OPERATION, "id", value={"type": "string", "format": "identifier"}),
    ],
)
def test_an_addition_to_the_ir_is_none(more: dict[str, Any]) -> None:
    """A new value, a new kind of type, a new field, other prose."""
    more["$defs"]["Operation"]["properties"]["new"] = {"type": "string"}
    assert broken_ir(schema(), more) == []
    assert len(broken_ir(more, schema())) >= 1


def spoilt_client(folder: Path, template: str, change: Callable[[str], str]) -> Stack:
    """The client pack with one template changed."""
    shutil.copytree(client_pack().folder, folder)
    path = folder / template
    text = path.read_text(encoding="utf-8")
    assert change(text) != text
    path.write_text(change(text), encoding="utf-8")
    [found] = stacks([folder])
    return found


@pytest.mark.parametrize(
    ("template", "old", "new", "said"),
    [
        (
            "resource.py.jinja",
            "block method_docstring",
            "block method_doc",
            "client::resource.py.jinja no longer has the block method_docstring",
        ),
        (
            "resource.py.jinja",
            "block method_docstring scoped",
            "block method_docstring",
            "",
        ),
        (
            "struct.jinja",
            "block field_docstring scoped",
            "block extra_docstring scoped",
            "client::struct.jinja no longer has the block field_docstring",
        ),
        (
            "package.py.jinja",
            "exports",
            "exported_names",
            "client::package.py.jinja no longer has the variable exports",
        ),
        (
            "pack.toml",
            'template = "resource.py.jinja"',
            'template = "resource.py.jinja", when = "resource"',
            "",
        ),
    ],
)
def test_a_changed_template_is_seen(
    tmp_path: Path, template: str, old: str, new: str, said: str
) -> None:
    """A block that is renamed, a variable that is gone; not what nobody can tell from outside."""
    before = contract(client_stack())
    if old.endswith("scoped") and not new.endswith("scoped"):
        # The client's own block needs the variable: it is refused before anything else.
        with pytest.raises(Exception, match="'operation' is not defined here"):
            contract(spoilt_client(tmp_path / "client", template, lambda it: it.replace(old, new)))
        return
    after = contract(spoilt_client(tmp_path / "client", template, lambda it: it.replace(old, new)))
    assert (
        (said in broken_templates(before, after)) if said else not broken_templates(before, after)
    )


def test_a_renamed_variable_of_a_block_is_seen(tmp_path: Path) -> None:
    """What a loop of the client calls its things is what overrides call them."""
    stack = spoilt_client(
        tmp_path / "client",
        "resource.py.jinja",
        lambda text: text.replace("for operation in", "for it in")
        .replace("operation |", "it |")
        .replace("operation.", "it.")
        .replace("not operation", "not it"),
    )
    found = broken_templates(contract(client_stack()), contract(stack))
    assert (
        "client::resource.py.jinja: block method_body no longer has the variable operation" in found
    )


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("filters", "docstring"), "filter docstring is gone"),
        (("variables", "api"), "variable api is gone"),
        (("variables", "faults"), "variable faults is gone"),
        (("classes", "Flavour", "prefix"), "Flavour's prefix is gone"),
        (("classes", "Package"), "Package's name is gone"),
        (
            ("each", "operation"),
            "an output for each operation no longer has the variable operation",
        ),
        (("templates", "client::header.jinja"), "client::header.jinja is gone"),
    ],
)
def test_what_is_gone_of_the_tables_is_seen(path: tuple[str, ...], said: str) -> None:
    """Filters, variables, their attributes, kinds of outputs, templates."""
    before = contract(client_stack())
    after = copy.deepcopy(before)
    inner = after
    for step in path[:-1]:
        inner = inner[step]
    del inner[path[-1]]
    assert said in broken_templates(before, after)
    assert broken_templates(after, before) == []
    if path[0] == "filters":
        inner[path[-1]] = [*before["filters"][path[-1]], "more: int = 1"]
        assert broken_templates(before, after) == []
        inner[path[-1]] = [*before["filters"][path[-1]], "more: int"]
        assert "filter docstring was" in broken_templates(before, after)[0]
    if path[0] in ("filters", "variables"):
        inner[path[-1]] = ["another"] if path[0] == "filters" else "another"
        assert f"{path[0][:-1]} {path[-1]} was" in broken_templates(before, after)[0]
