"""Rendering: literals that are what they stand for, and files that are formatted."""

from __future__ import annotations

import ast
import dataclasses
import re
import tomllib
from pathlib import Path

import pytest

from runnersmith import ir, pipeline
from runnersmith.openapi.document import Json
from runnersmith.output.formatter import format_text
from runnersmith.render import MARK
from runnersmith.render.docs.escaping import code, markdown, toml
from runnersmith.render.python.signatures import item_key
from runnersmith.render.python.source import (
    WIDTH,
    comment,
    docstring,
    literal,
    sentence_literal,
    wrap,
)
from small_specs import (
    CASES,
    LAMP_PATH,
    PACKAGE,
    Schema,
    build_ir,
    inside,
    lamp,
    made,
    project,
    put,
    render_spec,
    small_spec,
)

TEXTS = [
    "",
    " ",
    "plain",
    "it's",
    'say "it"',
    "both ' and \"",
    '"""',
    "'''",
    '""""',
    'x"',
    '"x',
    "x\\",
    "\\",
    "\\\\",
    '\\"',
    'a\\"""b',
    "\\N{BULLET}",
    "\\x41",
    "a\nb",
    "a\rb",
    "a\r\nb",
    "a\tb",
    "\x00",
    "\x1b[31m",
    "\x7f",
    "\x85",
    "\u2028\u2029",
    "\u202e\u2066",
    "\ufeff",
    "é 日本 \U0001f600",
    "\U000e0041",
    "{x} {{ x }} {% x %} #{x} %s",
    "# noqa",
    "x" * 300,
    "word " * 80,
]


# ── What is known of an operation ────────────────────────────────────────────────────────────


def paged(**item: Json) -> ir.Api:
    """A client with one paged operation, whose items have this id."""
    spec = small_spec()
    listed: Schema = {"$ref": "#/components/schemas/Lamp"}
    lamp(spec)["id"] = {"description": "Identifies the lamp.", **item}
    get = inside(spec, "paths", LAMP_PATH, "get")
    inside(get, "x-runnersmith")["paged"] = True
    get["parameters"] = [
        {"name": name, "in": "query", "description": "A number.", "schema": {"type": "integer"}}
        for name in ("page", "per_page")
    ]
    content = inside(get, "responses", "200", "content", "application/json")
    content["schema"] = {"type": "array", "items": listed}
    return build_ir(spec)


@pytest.mark.parametrize(
    ("item", "key"),
    [
        ({"type": "integer"}, "id"),
        ({"type": "string"}, "id"),
        ({"type": ["integer", "string"]}, "id"),
        ({"type": ["integer", "null"]}, None),
        ({"type": "boolean"}, None),
        ({"type": "number"}, None),
        ({"type": "array", "items": {"type": "integer"}}, None),
    ],
)
def test_only_an_id_tells_items_apart(item: Schema, key: str | None) -> None:
    """An integer or a text that is always there; anything else may be alike, or cannot be kept."""
    api = paged(**item)
    [operation] = api.scopes[0].resources[0].operations
    assert item_key(operation, api) == key
    [model] = api.models
    fields = tuple(dataclasses.replace(field, required=False) for field in model.fields)
    optional = dataclasses.replace(api, models=(dataclasses.replace(model, fields=fields),))
    assert item_key(operation, optional) is None


@pytest.mark.parametrize(
    ("permissions", "needs", "apps"),
    [
        (None, None, True),
        ({"classic": ["lamps"]}, "classic token scope lamps; no fine-grained or ", False),
        ({"fine-grained": {"lamps": "read"}}, "fine-grained permission lamps (read)", True),
        ({"classic": ["lamps"], "fine-grained": {"lamps": "read"}}, "classic token scope ", True),
    ],
)
def test_a_constant_says_who_may_call(permissions: Json, needs: str | None, apps: bool) -> None:
    """What needs nothing, as far as is known, is open to apps; what needs a classic token is not."""
    spec = small_spec()
    if permissions is not None:
        inside(spec, "paths", LAMP_PATH, "get", "x-runnersmith")["permissions"] = permissions
    [text] = [text for path, text in render_spec(spec).items() if "/_operations/house_" in path]
    assert ("apps=False" in text) is not apps
    assert (f'needs="{needs}' in text) if needs else ("needs=" not in text)


# ── Literals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("value", [*TEXTS, 0, -1, 2**63, 1.5, True, False, None])
def test_a_literal_is_its_value(value: str | float | None) -> None:
    """A literal evaluates to the value, also after black, and holds nothing invisible."""
    source = literal(value)
    assert source.isprintable()
    assert ast.literal_eval(source) == value
    statement = ast.parse(format_text("x.py", f"x = {source}\n")).body[0]
    assert isinstance(statement, ast.Assign)
    assert ast.literal_eval(statement.value) == value


@pytest.mark.parametrize("text", TEXTS)
def test_a_long_literal_is_its_text(text: str) -> None:
    """In parts or whole, it evaluates to the text; a part is too long only where a word is."""
    source = sentence_literal(text)
    assert ast.literal_eval(source) == text
    formatted = format_text("x.py", f"call(\n    needs={source},\n)\n").splitlines()
    assert all(len(line) <= WIDTH for line in formatted) or max(map(len, text.split())) > 80


@pytest.mark.parametrize("text", TEXTS)
def test_a_docstring_says_its_text(text: str, subtests: pytest.Subtests) -> None:
    """The words of a docstring are those of the text, also after black; it is one expression."""
    for indent in (0, 4, 8):
        with subtests.test(indent=indent):
            check_docstring(text, indent)


def check_docstring(text: str, indent: int) -> None:
    pad = " " * indent
    nest = "".join(" " * depth + "def f():\n" for depth in range(0, indent, 4))
    source = f"{nest}{pad}{docstring(text, indent)}\n"
    for written in (source, format_text("x.py", source)):
        assert all(char == "\n" or char.isprintable() for char in written)
        node: ast.stmt | ast.Module = ast.parse(written)
        for _ in range(indent // 4):
            assert isinstance(node, ast.Module | ast.FunctionDef)
            node = node.body[0]
        assert isinstance(node, ast.Module | ast.FunctionDef)
        assert len(node.body) == 1
        found = ast.get_docstring(node, clean=False) or ""
        assert found.split() == text.split()


@pytest.mark.parametrize("text", TEXTS)
def test_a_comment_is_one_line(text: str) -> None:
    """A comment ends where its line does."""
    assert comment(text).startswith("#")
    assert comment(text).isprintable()
    assert ast.parse(comment(text) + "\n").body == []


@pytest.mark.parametrize("text", TEXTS)
def test_a_toml_string_is_its_value(text: str) -> None:
    """A string of a TOML file is read back as it was."""
    assert tomllib.loads(f"x = {toml(text)}") == {"x": text}


@pytest.mark.parametrize(
    "text", [*TEXTS, "`a`", "a|b", "<b>", "[a](b)", "![a](b)", "&amp;", "# a", "- a", "1. a"]
)
def test_markdown_shows_its_text(text: str) -> None:
    """A text in Markdown is one line, in which nothing is markup."""
    for written in (markdown(text), code(text)):
        assert "\n" not in written
        assert "\r" not in written
    bare = markdown(text).replace("\\\\", "")
    for sign in "`*_[]()<>#!|&":
        assert bare.count(sign) == bare.count("\\" + sign)
    assert code(text).count("`") == 2


def test_words_are_wrapped_and_kept() -> None:
    """Text is filled to the width, paragraph by paragraph, and no word is lost."""
    text = "one two three " * 20 + "\n\n" + "four " * 40
    for indent in (0, 4, 8):
        wrapped = wrap(text, indent)
        assert wrapped.split() == text.split()
        assert wrapped.count("\n\n") == 1
        assert all(len(line) <= 100 - indent for line in wrapped.splitlines())


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def test_every_file_says_where_it_is_from() -> None:
    """The first line is the same in every file, and holds no date and no version."""
    found = made(build_ir(small_spec()))
    files = {**found.rendered, **found.copied}
    for path, text in files.items():
        if not path.endswith("LICENSE"):
            assert MARK in text.split("\n", 1)[0], path
    assert not any(char.isdigit() for char in MARK)


def test_files_are_formatted_by_black() -> None:
    """Formatting what is formatted changes nothing; lines end as Unix has it."""
    for path, text in render_spec(small_spec()).items():
        assert format_text(path, text) == text
        assert text.endswith("\n")
        assert not text.endswith("\n\n")
        assert "\r" not in text


def test_formatting_reads_no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pyproject.toml of the current folder has no say."""
    (tmp_path / "pyproject.toml").write_text("[tool.black]\nline-length = 20\n")
    monkeypatch.chdir(tmp_path)
    line = f"x = [{', '.join(map(str, range(20)))}]\n"
    assert format_text("x.py", line) == line


def test_every_file_is_one_of_the_package() -> None:
    """A client lies in its package's folder, but for what makes it a distribution."""
    output = CASES / "output"
    files = pipeline.produce(project(CASES / "minimal" / "spec.yaml", output)).files
    outside = {path for path in files if not path.startswith(f"{PACKAGE}/")}
    assert outside == {"FAULTS.md", "LICENSE", "README.md", "pyproject.toml"}
    assert f"{PACKAGE}/py.typed" in files


def test_a_deprecated_argument_says_so() -> None:
    """What GitHub has deprecated is told where it is used: parameters and fields alike."""
    spec = put(
        {
            "type": "object",
            "description": "A body.",
            "properties": {"old": {"type": "string", "description": "Old.", "deprecated": True}},
        }
    )
    inside(spec, "paths", LAMP_PATH, "put")["parameters"] = [
        {
            "name": "older",
            "in": "query",
            "description": "Older.",
            "deprecated": True,
            "schema": {"type": "string"},
        }
    ]
    text = render_spec(spec)[f"{PACKAGE}/_sync/house_lamps.py"]
    assert re.search(r"older: Older\. Deprecated", text)
    assert re.search(r"old: Old\. Deprecated", text)
