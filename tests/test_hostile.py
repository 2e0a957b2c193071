"""Hostile specs: no string becomes code or a path, and no shape of one hangs or crashes a run.

A text is put into every place of a spec that reaches the output. Each place either refuses it, with
its line, or the client that comes of it is, constants aside, the client of a harmless twin.
"""

from __future__ import annotations

import copy
import functools
import signal
import subprocess
import sys
import tomllib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from generating import (
    LAMP_PATH,
    PACKAGE,
    Schema,
    build_ir,
    document,
    inside,
    lamp,
    made,
    put,
    render_spec,
    small_spec,
    with_fields,
    write_files,
)
from packs.pages import markup, pages, python, shape
from runnersmith import names, pipeline
from runnersmith.document import Json
from runnersmith.problems import Problem, errors

CANARY = "__import__('pathlib').Path('canary').touch()"

TEXTS = {
    "ends a docstring": f'"""\n{CANARY}\n"""',
    "ends a docstring in a line": f'""" + str({CANARY}) + """',
    "ends a string": f"\"); {CANARY}; ('); {CANARY}; ('''",
    "quote at the end": 'say "',
    "quote at the start, backslash at the end": '"say\\',
    "only quotes": '""""""""',
    "apostrophe": "it's",
    "escapes": '\\n \\x41 \\u2028 \\N{BULLET} \\\\"""b\\""" \\"',
    "newline": f"one\n{CANARY}\n    two",
    "carriage return": f"one\r{CANARY}\r\ntwo",
    "line separators": f"one\u2028{CANARY}\u2029two\x85three\x0bfour\x0cfive\x1csix",
    "controls": "\x00\x01\x1b[31mred\x1b[0m\x7f\x9b",
    "tabs and spaces": "\tone \t two  ",
    "reordered and invisible": "\u202e]'evil' =: x\u2066 \u200f\u200b\u00ad\U000e0041",
    "letters": "\U0001f600 é 日本 ｆｕｌｌ",
    "interpolation": "{0} {a!r} %s #{7*7} ${7*7} {{",
    "jinja": "{{ 7*7 }}{% raw %}{#",
    "comments": f"# type: ignore # noqa # fmt: off\n# -*- coding: utf-7 -*-\n#{CANARY}",
    "ends of other comments": "*/ --> ]]> <!-- <script>alert(1)</script> <?",
    "markdown": "```\n\n# Heading\n\n| a | b |\n[x](javascript:alert(1)) **b** ~~~\n    code",
    "path": "../../../x/..\\..\\con",
    "keyword": "class",
    "constant": "None",
    "dunder": "__class__",
    "builtin": "property",
    "first argument": "self",
    "words of the templates": "Unset UnsetType builtins. Any Literal | None",
    "one word of the templates": "UnsetType",
    "sections of a docstring": f"Args:\n    x: y\n\nRaises:\n    Z: w\n>>> {CANARY}",
    "looks empty": "\u3000",
    "long": "word " * 300,
    "long word": "x" * 1000,
}

Put = Callable[[Schema, str], None]


@dataclass(frozen=True)
class Spot:
    """A place, or several alike, in a spec.

    `name` marks those that Python names are made of, `snake` those that must be in snake case.
    """

    put: Put
    name: bool = False
    snake: bool = False
    twin: str = "harmless"


def at(*steps: str | int, key: str) -> Put:
    """Replace the value of a key."""

    def put_text(spec: Schema, text: str) -> None:
        inside(spec, *steps)[key] = text

    return put_text


def renamed(*steps: str | int, key: str) -> Put:
    """Rename a key, in its place."""

    def put_text(spec: Schema, text: str) -> None:
        mapping = inside(spec, *steps)
        entries = [(text if name == key else name, value) for name, value in mapping.items()]
        mapping.clear()
        mapping.update(entries)

    return put_text


def first_of(*steps: str | int, key: str) -> Put:
    """Replace the first item of a list."""

    def put_text(spec: Schema, text: str) -> None:
        cast(list[Json], inside(spec, *steps)[key])[0] = text

    return put_text


def all_of(*puts: Put) -> Put:
    def put_text(spec: Schema, text: str) -> None:
        for each in puts:
            each(spec, text)

    return put_text


# ── The spec ─────────────────────────────────────────────────────────────────────────────────

ROOT = "x-runnersmith"
GET = ("paths", LAMP_PATH, "get")
PUT = ("paths", LAMP_PATH, "put")
BODY = (*PUT, "requestBody", "content", "application/json", "schema")
SCHEMAS = ("components", "schemas")
TEXT: Schema = {"type": "string", "description": "Text."}


def model(**properties: Json) -> Schema:
    return {"type": "object", "description": "A model.", "properties": dict(properties)}


def rich_spec() -> Schema:
    """A spec that has each place in which a text can reach the output, apart from the others."""
    spec = put(
        {
            "type": "object",
            "description": "The lamp.",
            "properties": {
                "note": {**TEXT, "default": "none"},
                "code": {**TEXT, "pattern": "^x$"},
                "mode": {**TEXT, "enum": ["day", "night"]},
                "inline": model(x=TEXT),
            },
        }
    )
    spec["externalDocs"] = {"description": "Docs.", "url": "https://docs.example.com"}
    inside(spec, *GET).update(
        {
            "description": "It burns.",
            "tags": ["lamps"],
            "externalDocs": {"url": "https://docs.example.com/get"},
            "parameters": [
                {
                    "name": "colour",
                    "in": "query",
                    "description": "A colour.",
                    "schema": {**TEXT, "enum": ["warm", "cold"], "pattern": "^[a-z]+$"},
                }
            ],
        }
    )
    inside(spec, *GET, ROOT)["permissions"] = {
        "classic": ["lamps"],
        "fine-grained": {"lamps": "read"},
    }
    inside(spec, *PUT, ROOT)["products"] = {"ghes": "3.10"}
    responses = inside(spec, *GET, "responses")
    responses["404"] = {"description": "There is none."}
    inside(responses, "200")["headers"] = {"X-Lamp": {"schema": {"type": "string"}}}
    inside(spec, ROOT)["scopes"] = {
        "house": {"path": "/houses/{house}", "description": "A house."},
        "room": {"path": "/rooms/{room}", "description": "A room."},
        "hall": {"path": "/halls/{hall}", "description": "A hall."},
        "yard": {"path": "/yards/{yard}", "description": "A yard."},
    }
    inside(spec, ROOT)["resources"] = {
        "lamps": {"description": "Lamps."},
        "doors": {"description": "Doors."},
    }
    inside(spec, ROOT)["tasks"] = [
        {"title": "Light", "description": "Light a room.", "methods": ["doors.open"]}
    ]
    inside(spec, *PUT, "requestBody", "content", "application/json")["example"] = {"note": "none"}
    paths = inside(spec, "paths")
    paths["/houses/{house}/paths"] = _door("house", "lamps", "path")
    paths["/houses/{house}/lamps/by/{argument}"] = _door("house", "lamps", "by", "argument")
    paths["/rooms/{room}/doors"] = _door("room", "doors", "open")
    paths["/halls/{hall}/doors"] = _door("hall", "doors", "open")
    paths["/yards/{yard}/doors"] = _door("yard", "doors", "open")
    inside(spec, *SCHEMAS).update(
        {
            "Plain": {
                **model(second={**TEXT, "default": "none", "title": "Second"}),
                "title": "Plain",
            },
            "Needing": {**model(first=TEXT), "required": ["first"]},
            "Values": model(
                kind={**TEXT, "enum": ["a", "b"]}, state={**TEXT, ROOT: {"values": ["on"]}}
            ),
            "Hiding": model(key={**TEXT, ROOT: {"secret": True}}),
            "Holding": model(nested=model(x=TEXT)),
        }
    )
    for name in ("Plain", "Needing", "Values", "Hiding", "Holding"):
        lamp(spec)[name.lower()] = {"$ref": f"#/components/schemas/{name}"}
    return copy.deepcopy(spec)  # nothing is shared, so that a change is of one place


def _door(scope: str, resource: str, method: str, *arguments: str) -> Schema:
    return {
        "parameters": [
            {
                "name": name,
                "in": "path",
                "required": True,
                "description": "Where.",
                "schema": {"type": "string"},
                "example": "here",
            }
            for name in (scope, *arguments)
        ],
        "post": {
            "operationId": f"{scope}/{method}",
            "summary": "Do it.",
            ROOT: {
                "resource": resource,
                "method": method,
                "repeat": "unsafe",
                "lookup": "the door",
                "products": {"ghec": "all"},
            },
            "responses": {"204": {"description": "Done."}},
        },
    }


def _component(spec: Schema, text: str) -> None:
    renamed(*SCHEMAS, key="Plain")(spec, text)
    pointer = text.replace("~", "~0").replace("/", "~1").replace("%", "%25")
    lamp(spec)["plain"] = {"$ref": f"#/components/schemas/{pointer}"}


def _path_parameter(spec: Schema, text: str) -> None:
    path = "/houses/{house}/lamps/by/{argument}"
    inside(spec, "paths", path, "parameters", 1)["name"] = text
    renamed("paths", key=path)(spec, path.replace("argument", text))


def _scope_parameter(spec: Schema, text: str) -> None:
    inside(spec, "paths", "/rooms/{room}/doors", "parameters", 0)["name"] = text
    inside(spec, ROOT, "scopes", "room")["path"] = f"/rooms/{{{text}}}"
    renamed("paths", key="/rooms/{room}/doors")(spec, f"/rooms/{{{text}}}/doors")


def _scope_path(spec: Schema, text: str) -> None:
    inside(spec, ROOT, "scopes", "hall")["path"] = f"/{text}/{{hall}}"
    renamed("paths", key="/halls/{hall}/doors")(spec, f"/{text}/{{hall}}/doors")


def _path(spec: Schema, text: str) -> None:
    renamed("paths", key="/houses/{house}/paths")(spec, f"/houses/{{house}}/{text}")


def _resource(spec: Schema, text: str) -> None:
    renamed(ROOT, "resources", key="lamps")(spec, text)
    for path, item in inside(spec, "paths").items():
        if path.startswith("/houses"):
            for method in {"get", "put", "post"} & cast(Schema, item).keys():
                inside(item, method, ROOT)["resource"] = text


SPOTS = {
    "descriptions": Spot(
        all_of(
            at("info", key="description"),
            at(*GET, key="summary"),
            at(*GET, key="description"),
            at(*GET, "responses", "404", key="description"),
            at(*GET, "parameters", 0, key="description"),
            at("paths", LAMP_PATH, "parameters", 0, key="description"),
            at("paths", LAMP_PATH, "parameters", 1, key="description"),
            at(*BODY, key="description"),
            at(*BODY, "properties", "note", key="description"),
            at(*BODY, "properties", "inline", key="description"),
            at(*SCHEMAS, "Lamp", key="description"),
            at(*SCHEMAS, "Hiding", "properties", "key", key="description"),
            at(ROOT, "scopes", "house", key="description"),
            at(ROOT, "resources", "lamps", key="description"),
            at(*SCHEMAS, "Plain", key="title"),
            at(*SCHEMAS, "Plain", "properties", "second", key="title"),
            first_of(*GET, key="tags"),
        )
    ),
    "title": Spot(at("info", key="title")),
    "version": Spot(at("info", key="version")),
    "server": Spot(
        lambda spec, text: inside(spec, "servers", 0).update(url=f"https://h.example/{text}")
    ),
    "docs": Spot(at("externalDocs", key="url"), twin="https://docs.example.com"),
    "docs, a part": Spot(
        lambda spec, text: inside(spec, *GET, "externalDocs").update(
            url=f"https://h.example/{text}"
        )
    ),
    "version header": Spot(at(ROOT, key="version-header")),
    "media type": Spot(at(ROOT, key="media-type"), twin="application/json"),
    "reply's header": Spot(renamed(*GET, "responses", "200", "headers", key="X-Lamp")),
    "reply's media type": Spot(
        renamed(*GET, "responses", "200", "content", key="application/json"),
        twin="application/json",
    ),
    "status": Spot(renamed(*GET, "responses", key="404"), twin="422"),
    "lookup": Spot(at("paths", "/yards/{yard}/doors", "post", ROOT, key="lookup")),
    "product": Spot(renamed(*PUT, ROOT, "products", key="ghes"), twin="ghes"),
    "product's version": Spot(at(*PUT, ROOT, "products", key="ghes"), twin="3.1"),
    "classic scope": Spot(first_of(*GET, ROOT, "permissions", key="classic")),
    "permission": Spot(renamed(*GET, ROOT, "permissions", "fine-grained", key="lamps")),
    "access": Spot(at(*GET, ROOT, "permissions", "fine-grained", key="lamps"), twin="write"),
    "defaults": Spot(
        all_of(
            at(*BODY, "properties", "note", key="default"),
            at(*SCHEMAS, "Plain", "properties", "second", key="default"),
            at(*SCHEMAS, "Plain", "properties", "second", key="example"),
        )
    ),
    "examples": Spot(
        all_of(
            at(*PUT, "requestBody", "content", "application/json", "example", key="note"),
            at("paths", "/yards/{yard}/doors", "parameters", 0, key="example"),
            at("paths", "/houses/{house}/lamps/by/{argument}", "parameters", 1, key="example"),
        )
    ),
    "task": Spot(
        all_of(at(ROOT, "tasks", 0, key="title"), at(ROOT, "tasks", 0, key="description"))
    ),
    "task's method": Spot(first_of(ROOT, "tasks", 0, key="methods"), twin="doors.open"),
    "patterns": Spot(
        all_of(
            at(*GET, "parameters", 0, "schema", key="pattern"),
            at(*BODY, "properties", "code", key="pattern"),
        ),
        twin="^[a-z]+$",
    ),
    "format": Spot(at(*SCHEMAS, "Needing", "properties", "first", key="format")),
    "values": Spot(
        all_of(
            first_of(*GET, "parameters", 0, "schema", key="enum"),
            first_of(*BODY, "properties", "mode", key="enum"),
            first_of(*SCHEMAS, "Values", "properties", "kind", key="enum"),
        )
    ),
    "known values": Spot(first_of(*SCHEMAS, "Values", "properties", "state", ROOT, key="values")),
    "path": Spot(_path),
    "scope's path": Spot(_scope_path),
    "scope": Spot(renamed(ROOT, "scopes", key="yard"), name=True, snake=True),
    "resource": Spot(_resource, name=True, snake=True),
    "method": Spot(
        at("paths", "/yards/{yard}/doors", "post", ROOT, key="method"), name=True, snake=True
    ),
    "operationId": Spot(at(*PUT, key="operationId"), name=True),
    "scope's parameter": Spot(_scope_parameter, name=True),
    "path parameter": Spot(_path_parameter, name=True),
    "query parameter": Spot(at(*GET, "parameters", 0, key="name"), name=True),
    "body's field": Spot(renamed(*BODY, "properties", key="note"), name=True),
    "component": Spot(_component, name=True),
    "field": Spot(renamed(*SCHEMAS, "Plain", "properties", key="second"), name=True),
    "required field": Spot(
        all_of(
            renamed(*SCHEMAS, "Needing", "properties", key="first"),
            first_of(*SCHEMAS, "Needing", key="required"),
        ),
        name=True,
    ),
    "secret field": Spot(renamed(*SCHEMAS, "Hiding", "properties", key="key"), name=True),
    "inline object": Spot(renamed(*SCHEMAS, "Holding", "properties", key="nested"), name=True),
}
# What moves others' places away comes last.
_LAST = ("component", "status", "path parameter", "scope's parameter", "scope's path", "path")


# ── Texts ────────────────────────────────────────────────────────────────────────────────────


def is_placed(problems: tuple[Problem, ...]) -> bool:
    """Whether every problem is one line, says where, and shows nothing that a terminal obeys."""
    return bool(problems) and all(
        problem.place.file == "spec.json" and str(problem).isprintable() for problem in problems
    )


@functools.cache
def taken(text: str) -> tuple[str, ...]:
    """The spots that take a text; that the others refuse it properly is asserted on the way."""
    found: list[str] = []
    for label, spot in SPOTS.items():
        spec = rich_spec()
        spot.put(spec, TEXTS[text])
        problems = errors(pipeline.validated(document(spec), "curated"))
        assert not problems or is_placed(problems), (label, problems)
        if not problems:
            found.append(label)
    return tuple(sorted(found, key=lambda label: _LAST.index(label) if label in _LAST else -1))


def harmless(spot: Spot, text: str) -> str:
    """A text of which nothing is to be feared; for a name, one that Python calls the same."""
    if not spot.name:
        return spot.twin
    return (
        text if spot.snake or text == names.field_name(text) else "_" + "_".join(names.words(text))
    )


def hostile_spec(text: str) -> Schema:
    """A spec with the text in every spot that takes it."""
    spec = rich_spec()
    for label in taken(text):
        SPOTS[label].put(spec, TEXTS[text])
    return spec


def twin_spec(text: str) -> Schema:
    """The same with harmless texts."""
    spec = rich_spec()
    for label in taken(text):
        SPOTS[label].put(spec, harmless(SPOTS[label], TEXTS[text]))
    return spec


@functools.cache
def hostile_files(text: str) -> dict[str, str]:
    """The client of a hostile spec."""
    return render_spec(hostile_spec(text))


def twin_files(text: str) -> dict[str, str]:
    """The client of its twin; not formatted, as only its shape is looked at."""
    return render_spec(twin_spec(text), formatted=False)


def shapes(files: dict[str, str]) -> dict[str, str]:
    """The trees of the Python files, without their strings."""
    return {path: shape(text) for path, text in files.items() if path.endswith(".py")}


def skeleton(markdown: str) -> list[str]:
    """What the lines of a Markdown text start with."""
    return [line[: len(line) - len(line.lstrip(" #`|<>~-"))] for line in markdown.splitlines()]


def test_harmless_texts_are_taken_everywhere() -> None:
    """Every spot is a place that can be written in, so that a refusal is of the text."""
    for label, spot in SPOTS.items():
        spec = rich_spec()
        spot.put(spec, spot.twin)
        assert errors(pipeline.validated(document(spec), "curated")) == (), label


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_stays_text(text: str) -> None:
    """Where a text is not refused, the client is, strings aside, that of the harmless twin."""
    assert "descriptions" in taken(text) or not TEXTS[text].isprintable()
    hostile, twin = hostile_files(text), twin_files(text)
    assert shapes(hostile) == shapes(twin)
    assert skeleton(hostile["README.md"]) == skeleton(twin["README.md"])
    ours, theirs = (tomllib.loads(files["pyproject.toml"]) for files in (hostile, twin))
    assert ours == {
        **theirs,
        "project": {**theirs["project"], "description": ours["project"]["description"]},
    }


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_no_markup_of_a_page(text: str) -> None:
    """The reference is, words aside, that of the harmless twin; its Python, but for strings."""
    hostile, twin = pages(hostile_spec(text)), pages(twin_spec(text))
    assert hostile.keys() == twin.keys()
    for path, ours in hostile.items():
        assert [shape(block) for block in python(ours)] == list(map(shape, python(twin[path])))
        assert markup(ours) == markup(twin[path]), path
        assert all(char == "\n" or char.isprintable() for char in ours)


def test_nothing_runs_when_the_clients_are_imported(tmp_path: Path) -> None:
    """Every module of every hostile client imports, and no text of the spec is executed."""
    runtime = made(build_ir(small_spec())).copied
    for number, text in enumerate(TEXTS):
        files = {**hostile_files(text), **runtime}
        write_files(
            tmp_path,
            {
                path.replace(PACKAGE, f"h{number}", 1): files[path]
                for path in files
                if path.startswith(PACKAGE)
            },
        )
    (tmp_path / "walk.py").write_text(_WALK)
    done = subprocess.run(
        [sys.executable, "walk.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert (done.returncode, done.stdout) == (0, f"{len(TEXTS)} clients\n")
    assert not (tmp_path / "canary").exists()


_WALK = """
import importlib, pkgutil, warnings
warnings.simplefilter("error")
found = [module.name for module in pkgutil.iter_modules(["."]) if module.ispkg]
for name in found:
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
print(len(found), "clients")
"""


# ── Shapes ───────────────────────────────────────────────────────────────────────────────────


def _components(**schemas: Json) -> Schema:
    """A spec whose lamp has a field of the component A0."""
    spec = with_fields(field={"$ref": "#/components/schemas/A0"})
    inside(spec, *SCHEMAS).update(schemas)
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
    "lists in lists": lambda: _nested(180, "items"),
    "maps in maps": lambda: _nested(180, "additionalProperties"),
    "oneOf of nothing but null": lambda: with_fields(field={"oneOf": [{"type": "null"}]}),
}


@contextmanager
def within(seconds: int) -> Generator[None]:
    """Interrupt what takes too long, instead of waiting for its end."""

    def interrupt(*_: object) -> None:
        raise TimeoutError(f"takes more than {seconds} seconds")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_hostile_shape_is_refused_at_once(shape: str) -> None:
    """What has no end, or no size to be handled, is refused with its place and without delay."""
    with within(10):
        problems = errors(pipeline.validated(document(SHAPES[shape]()), "curated"))
    assert is_placed(problems)


def test_deep_and_wide_shapes_within_reason_are_taken() -> None:
    """The limits leave room: what a reader can still follow is generated."""
    with within(10):
        files = render_spec(_chain(10), formatted=False)
        assert "list[" * 10 + "str" + "]" * 10 in files["example/models/lamp.py"]
        assert render_spec(_nested(60, "properties"), formatted=False)
        assert render_spec(_doubling(5), formatted=False)


def test_the_same_many_times_is_the_same() -> None:
    """To merge one schema twice, thirty levels deep, is no billion parts."""
    with within(10):
        problems = errors(pipeline.validated(document(_doubling_all_of(30)), "curated"))
    assert not problems or is_placed(problems)
