"""The examples of the reference: whole programs of the spec's own values, which type-check and run."""

from __future__ import annotations

import functools
import json
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pytest

import ghrunners
from client.described_methods import METHODS, TOKEN, checking_server
from client.scripted_server import ScriptedServer
from render.markdown_pages import examples, headings, pages
from render.test_reference_pages import DOCS, RESOURCES, SMALL, page
from runnersmith import ir, pipeline
from runnersmith.openapi.document import Json
from runnersmith.packs import shipped, stacks
from runnersmith.render import Package, make
from runnersmith.render.docs import usage_example
from runnersmith.render.python.sample_values import Source, Values, laid
from small_specs import (
    CASES,
    LAMP_PATH,
    Schema,
    inside,
    lamp,
    mypy,
    project,
    put,
    small_spec,
    write_files,
)

# Pages of other packs, whose programs other tests run.
GUIDES = ("docs/fake.md", "docs/fleet.md", "docs/testing.md")


def module(blocks: Iterable[str]) -> str:
    """Examples, each a function of one module."""
    return "\n\n".join(
        f"def example_{number}() -> None:\n{textwrap.indent(block, '    ')}"
        for number, block in enumerate(blocks)
    )


def small_clients(folder: Path) -> list[str]:
    """Write the client of each small spec with a body, and a module of its examples; their names."""
    packs = stacks([shipped("templates") / name for name in ("client", "reference")])
    names: list[str] = []
    for number, case in enumerate(SMALL):
        package = f"p{number}"
        api = pipeline.build_ir(project(CASES / case / "spec.yaml", CASES / "output", package))
        operations = [it for one in api.scopes for held in one.resources for it in held.operations]
        if not any(it.body for it in operations):
            continue
        found = make(api, packs, Package(package, "0.1.0"))
        files = {**found.rendered, **found.copied}
        write_files(folder, {path: files[path] for path in files if path.startswith(package)})
        blocks = [
            block
            for path, text in files.items()
            if path.startswith("docs/")
            for block in examples(text)
        ]
        assert blocks, case
        names.append(f"examples_{package}.py")
        write_files(folder, {names[-1]: module(blocks)})
    return names


def test_every_example_type_checks(tmp_path: Path, mypy_cache: Path) -> None:
    """Mypy --strict: those of our reference, and those of every small spec."""
    reference = (text for path, text in DOCS.items() if path not in GUIDES)
    ours = [block for text in reference for block in examples(text)]
    # Two of each method, and those of the pages about the client.
    assert len(ours) == 2 * len(METHODS) + 3
    names = [*small_clients(tmp_path), "examples_ours.py"]
    assert len(names) > 3
    write_files(tmp_path, {"examples_ours.py": module(ours)})
    done = mypy(tmp_path, mypy_cache, *names)
    said = f"Success: no issues found in {len(names)} source files\n"
    assert (done.returncode, done.stdout) == (0, said), done.stdout + done.stderr


@pytest.mark.parametrize("resource", RESOURCES, ids=".".join)
def test_the_examples_of_a_resource_run(
    resource: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All of them, sync and async, as they stand; the server takes what our description allows."""
    text, accepted = DOCS[page(*resource)], checking_server()
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    with ScriptedServer(default=accepted) as server:
        for name in ("Client", "AsyncClient"):
            local = functools.partial(getattr(ghrunners, name), base_url=server.url)
            monkeypatch.setattr(ghrunners, name, local)
        for block in examples(text):
            exec(block, {"__name__": "__main__"})  # noqa: S102 - our own text
    here = {
        f"## `{it.name}`": it.operation.id for it in METHODS if (it.scope, it.resource) == resource
    }
    expected = [here[heading] for heading in headings(text)[1:] for _ in ("sync", "async")]
    assert [call.operation.id for call in accepted.calls] == expected
    assert len(expected) == 2 * len(here)
    # The secrets of our description's responses.
    assert "EXAMPLE-" not in capsys.readouterr().out


# ── Where the values come from ───────────────────────────────────────────────────────────────


def example(spec: Schema, method: str) -> str:
    """The call of the one sync example of a method of the small spec."""
    text = pages(spec)["docs/resources/house_lamps.md"].partition(f"\n## `{method}`\n")[2]
    return examples(text)[0]


@pytest.mark.parametrize(
    ("more", "value"),
    [
        ({}, "1"),
        ({"example": 41}, "41"),
        ({"examples": {"one": {"value": 42}, "two": {"value": 43}}}, "42"),
        ({"schema": {"type": "integer", "example": 44}}, "44"),
        ({"schema": {"type": "integer", "examples": [45]}}, "45"),
        ({"schema": {"type": "integer", "default": 46}}, "1"),
    ],
)
def test_an_argument_is_the_example_of_its_parameter(more: Schema, value: str) -> None:
    """Or of its schema; without one it is made up."""
    spec = small_spec()
    inside(spec, "paths", LAMP_PATH, "parameters", 1).update(more)
    assert f'client.house("house").lamps.get({value})' in example(spec, "get")


def test_an_argument_is_given_where_it_has_to_be() -> None:
    """A query parameter that may be left out is."""
    spec = small_spec()
    text: Schema = {"type": "string"}
    inside(spec, "paths", LAMP_PATH, "get")["parameters"] = [
        {"name": name, "in": "query", "description": "A.", "schema": text, "required": needed}
        for name, needed in (("colour", True), ("tone", False))
    ]
    assert '.get(1, colour="colour")' in example(spec, "get")


def test_no_secret_is_printed() -> None:
    """What tells a value from others is its id and its name, where these are none."""
    spec = small_spec()
    lamp(spec)["name"] = {"type": "string", "description": "Its name."}
    assert "    print(lamp.id, lamp.name)\n" in example(spec, "get")
    inside(lamp(spec), "name")["x-runnersmith"] = {"secret": True}
    assert "    print(lamp.id)\n" in example(spec, "get")


BODY: Schema = {
    "type": "object",
    "description": "A lamp.",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "description": "Its name."},
        "watts": {"type": "integer", "description": "Its power."},
    },
}


def lamp_put(spec: Schema) -> str:
    written = example(spec, "put")
    return written.partition(".put(1, ")[2].partition(")\n")[0]


def test_a_body_is_its_example() -> None:
    """The fields that it has, and no others."""
    spec = put(BODY)
    assert lamp_put(spec) == 'name="name"'
    media = inside(spec, "paths", LAMP_PATH, "put", "requestBody", "content", "application/json")
    media["example"] = {"name": "desk", "watts": 5}
    assert lamp_put(spec) == 'name="desk", watts=5'
    media["example"] = {"name": "hall"}
    assert lamp_put(spec) == 'name="hall"'


def test_a_body_is_put_together_from_the_examples_of_its_fields() -> None:
    """Where it has none of its own."""
    properties: Schema = {
        "name": {"type": "string", "description": "Its name.", "example": "desk"},
        "watts": {"type": "integer", "description": "Its power.", "examples": [5]},
        "on": {"type": "boolean", "description": "Whether it is on."},
    }
    assert lamp_put(put({**BODY, "properties": properties})) == 'name="desk", watts=5'


INT, STR = ir.Primitive(name="int"), ir.Primitive(name="str")


def field(name: str, type_: ir.Type, *, required: bool = True) -> ir.Field:
    return ir.Field(
        name=name,
        wire_name=f"{name}-",
        type=type_,
        required=required,
        secret=False,
        deprecated=False,
        description="",
        limits="",
        default=None,
    )


def model(name: str, *fields: ir.Field) -> ir.Model:
    return ir.Model(
        name=name,
        module=name.lower(),
        wire_name=name,
        role="request",
        fields=fields,
        items=None,
        total=None,
        description="",
        deprecated=False,
    )


MODELS = {
    "Bulb": model("Bulb", field("watts", INT), field("name", STR, required=False)),
    "Knot": model("Knot", field("knot", ir.Reference(model="Knot"))),
}


def shown(source: Source | None) -> str | None:
    return None if source is None else laid(source, 0)


@pytest.mark.parametrize(
    ("type_", "value", "said"),
    [
        (INT, 3, "3"),
        (INT, "3", None),
        (INT, True, None),
        (ir.Primitive(name="float"), 2, "2"),
        (ir.Primitive(name="float"), float("inf"), None),
        (ir.Primitive(name="bool"), False, "False"),
        (STR, 'a"b', "'a\"b'"),
        (ir.Primitive(name="any"), {"a": [None, 1.5]}, '{"a": [None, 1.5]}'),
        (ir.Primitive(name="date"), "2026-01-31", 'date.fromisoformat("2026-01-31")'),
        (ir.Primitive(name="datetime"), "soon", None),
        (ir.Literal(values=("a",), open=False), "b", None),
        (ir.Literal(values=("a",), open=True), "b", '"b"'),
        (ir.Literal(values=(1,), open=False), True, None),
        (ir.Array(items=INT), [1, 2], "[1, 2]"),
        (ir.Array(items=INT), [1, "2"], None),
        (ir.Map(values=INT), {"a": 1}, '{"a": 1}'),
        (ir.Nullable(type=INT), None, "None"),
        (ir.Union(members=(INT, STR)), "a", '"a"'),
        (ir.Reference(model="Bulb"), {"watts-": 5}, "models.Bulb(watts=5)"),
        (ir.Reference(model="Bulb"), {"name-": "x"}, None),
        (ir.Reference(model="Bulb"), {"watts-": 5, "colour": 1}, None),
    ],
)
def test_a_value_is_of_its_type(type_: ir.Type, value: Json, said: str | None) -> None:
    """A value of another type is none."""
    assert shown(Values(MODELS).given(type_, value)) == said


@pytest.mark.parametrize(
    ("type_", "said"),
    [
        (INT, "1"),
        (STR, '"name"'),
        (ir.Literal(values=("a", "b"), open=False), '"a"'),
        (ir.Array(items=STR), '["name"]'),
        (ir.Reference(model="Bulb"), "models.Bulb(watts=1)"),
        (ir.Reference(model="Knot"), None),
        (ir.Array(items=ir.Reference(model="Knot")), "[]"),
        (ir.Union(members=(ir.Reference(model="Knot"), INT)), "1"),
    ],
)
def test_a_value_is_made_up(type_: ir.Type, said: str | None) -> None:
    """Of what has to be there, and no more."""
    assert shown(Values(MODELS).made(type_, "name")) == said


def test_a_long_call_is_broken_over_lines() -> None:
    """And what is still too long in it, again."""
    long: list[Json] = [f"some-{number}-word" for number in range(9)]
    value: Json = {"labels": long, "name": "x"}
    source = Values(MODELS).given(ir.Primitive(name="any"), value)
    assert source is not None
    written = laid(source, 4)
    assert all(len(line) <= 88 for line in written.splitlines())
    assert json.loads(written.replace(",\n        ]", "\n]").replace(",\n    }", "\n}")) == value


@pytest.mark.parametrize(
    ("method", "call"),
    [
        # Required with the newest version only, in a header and in a body.
        ("list", 'list(x_trace_id="X-Trace-Id")'),
        ("delete", 'delete("name", reason="reason")'),
        # A body of the older version only.
        ("reset", 'reset("name")'),
        ("set_label", 'set_label("name", body="body")'),
    ],
)
def test_a_call_is_one_of_the_newest_version(method: str, call: str) -> None:
    """It passes what that version requires, and nothing that only older ones have."""
    text = version_example(method)
    assert f".lamps.{call}" in text
    assert "example.Client()" in text


def test_a_call_that_only_an_older_version_has_names_it() -> None:
    """The default version of the client would not have it."""
    assert 'example.Client(api_version="2024-05-05")' in version_example("dim")


def version_example(method: str) -> str:
    """The sync example of a method of `cases/two-versions`."""
    api = pipeline.build_ir(project(CASES / "two-versions" / "spec.yaml", CASES / "output"))
    [scope] = api.scopes
    [resource] = scope.resources
    [operation] = [it for it in resource.operations if it.name == method]
    return usage_example.example(operation, api, scope, resource, False)
