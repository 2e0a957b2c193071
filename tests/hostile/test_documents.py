"""Hostile documents: references, names that become one, and shapes without an end or a size."""

from __future__ import annotations

import json
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any

import pytest
import yaml

from hostile.attacks import FOLDER, OURS, assert_same_but_for_strings
from runnersmith.ir import names
from runnersmith.openapi.document import Json, parse_pointer
from small_specs import Schema, document, inside, render_spec, with_fields

DOCUMENTS: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    (FOLDER / "documents.yaml").read_text("utf-8")
)
TEXT: Schema = {"type": "string", "description": "Text."}


def changed(changes: dict[str, Any]) -> Schema:
    """The valid spec with values put at places."""
    made = OURS.spec()
    for pointer, value in changes.items():
        parts = parse_pointer(f"#{pointer}")
        assert parts
        inside(made, *parts[:-1])[parts[-1]] = value
    return made


def test_every_document(update: bool) -> None:
    """Each is rejected for the reasons that are written down, at the lines that are to blame."""
    lines: list[str] = []
    for name, case in DOCUMENTS.items():
        if "put" in case:
            hostile = changed(case["put"])
            written = json.dumps(hostile, indent=1).split("\n")
            found = OURS.refused(document(hostile))
            assert found, name
            lines += [name, *(f"    {written[p.place.line - 1].strip()}" for p in found[:1])]
            lines += [*(f"        {problem.message}" for problem in found), ""]
    expected = FOLDER / "documents.txt"
    text = "\n".join(lines)
    if update:
        expected.write_text(text, "utf-8", newline="\n")
    assert text == expected.read_text("utf-8")


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if "twin" in DOCUMENTS[name]])
def test_the_twin_of_a_document_is_generated(name: str) -> None:
    """What is nearly as bad, and is not, passes; every component of it is there."""
    twin = changed(DOCUMENTS[name]["twin"])
    made = OURS.client(twin)
    described = {f"{schema}" for schema in inside(twin, "components", "schemas")}
    classes = {names.class_name(schema) for schema in described}
    exported = made["example/models/__init__.py"]
    assert [each for each in classes if f'"{each}"' not in exported] == []


def test_a_default_is_said_and_never_sent() -> None:
    """A default changes no signature and no request: neither where it stands nor at a namesake."""
    changes = DOCUMENTS["a default of a namesake"]["twin"]
    put = next(pointer for pointer in changes if pointer.startswith("/paths"))
    without = {pointer: value for pointer, value in changes.items() if pointer != put}
    made = OURS.client(changed(changes))
    assert_same_but_for_strings(made, OURS.client(changed(without)))
    for file, said in (("_sync/house_lamps.py", '"night"'), ("models/values.py", '"day"')):
        assert made[f"example/{file}"].count(f"server's default: {said}") == 1


def test_no_file_is_what_windows_takes_for_a_device() -> None:
    """No part of any path is a device's name, and no two paths differ in case alone."""
    made = OURS.client(changed(DOCUMENTS["a component that Windows takes for a device"]["twin"]))
    assert {"example/models/aux_.py", "example/models/com_1.py"} <= made.keys()
    parts = {part for path in made for part in PurePosixPath(path).parts}
    assert not {part.partition(".")[0].lower() for part in parts} & names.DEVICES
    assert len({path.lower() for path in made}) == len(made)


# ── Shapes ───────────────────────────────────────────────────────────────────────────────────


def model(**properties: Json) -> Schema:
    return {"type": "object", "description": "A model.", "properties": dict(properties)}


def _components(**schemas: Json) -> Schema:
    """A spec whose lamp has a field of the component A0."""
    spec = with_fields(field={"$ref": "#/components/schemas/A0"})
    inside(spec, "components", "schemas").update(schemas)
    return spec


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _chain(length: int) -> Schema:
    """Components that are lists of one another, in a row."""
    links: dict[str, Json] = {
        f"A{n}": {"type": "array", "description": "A.", "items": _reference(f"A{n + 1}")}
        for n in range(length)
    }
    return _components(**links, **{f"A{length}": TEXT})


def _doubling(length: int) -> Schema:
    """Components that each hold the next one twice."""
    links: dict[str, Json] = {
        f"A{n}": {
            "description": "A.",
            "oneOf": [
                {"type": "array", "items": _reference(f"A{n + 1}")},
                {"type": "object", "additionalProperties": _reference(f"A{n + 1}")},
            ],
        }
        for n in range(length)
    }
    return _components(**links, **{f"A{length}": TEXT})


def _doubling_all_of(length: int) -> Schema:
    links: dict[str, Json] = {
        f"A{n}": {"description": "A.", "allOf": [_reference(f"A{n + 1}"), _reference(f"A{n + 1}")]}
        for n in range(length)
    }
    return _components(**links, **{f"A{length}": model(x=TEXT)})


def _all_of_chain(length: int) -> Schema:
    links: dict[str, Json] = {
        f"A{n}": {"description": "A.", "allOf": [_reference(f"A{n + 1}")]} for n in range(length)
    }
    return _components(**links, **{f"A{length}": model(x=TEXT)})


def _nested(depth: int, key: str) -> Schema:
    schema: Json = dict(TEXT)
    for _ in range(depth):
        if key == "items":
            schema = {"type": "array", "items": schema}
        elif key == "properties":
            schema = model(p=schema)
        else:
            schema = {"type": "object", key: schema}
    return with_fields(field=schema)


SHAPES = {
    "an array of itself, by a reference into its middle": lambda: _components(
        A0={
            "type": "array",
            "description": "A.",
            "items": {"type": "array", "items": {"$ref": "#/components/schemas/A0/items"}},
        }
    ),
    "a list of itself": lambda: _components(
        A0={"type": "array", "description": "A.", "items": _reference("A0")}
    ),
    "a map of itself, by way of another": lambda: _components(
        A0={"description": "A.", "oneOf": [_reference("A1"), {"type": "string"}]},
        A1={"type": "object", "description": "A.", "additionalProperties": _reference("A0")},
    ),
    "allOf in a circle": lambda: _components(
        A0={"description": "A.", "allOf": [_reference("A1"), model(x=TEXT)]},
        A1={"description": "A.", "allOf": [_reference("A0"), model(y=TEXT)]},
    ),
    "a long chain of lists": lambda: _chain(400),
    "a long chain of allOf": lambda: _all_of_chain(400),
    "references that double": lambda: _doubling(30),
    "oneOf of nothing but null": lambda: with_fields(field={"oneOf": [{"type": "null"}]}),
}


@contextmanager
def within(seconds: int) -> Generator[None]:
    """Interrupt what computes for too long, instead of waiting for its end."""

    def interrupt(*_: object) -> None:
        raise TimeoutError(f"takes more than {seconds} seconds")

    before = signal.signal(signal.SIGPROF, interrupt)
    # Of the processor's time: other processes may take the clock's.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_shape_is_refused_at_once(shape: str) -> None:
    """What has no end, or no size to be handled, is rejected with its place and without delay."""
    with within(10):
        assert OURS.refused(document(SHAPES[shape]()))


def test_deep_and_wide_shapes_within_reason_are_taken() -> None:
    """The limits leave room: what a reader can still follow is generated."""
    with within(10):
        files = render_spec(_chain(10), formatted=False)
        assert "list[" * 10 + "str" + "]" * 10 in files["example/models/lamp.py"]
        assert render_spec(_nested(40, "properties"), formatted=False)
        assert render_spec(_nested(90, "items"))
        assert render_spec(_nested(90, "additionalProperties"))
        assert render_spec(_doubling(5), formatted=False)


def test_the_same_many_times_is_the_same() -> None:
    """To merge one schema twice, thirty levels deep, is no billion parts."""
    with within(10):
        OURS.refused(document(_doubling_all_of(30)))
