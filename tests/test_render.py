"""Rendering: literals that are what they stand for, and packs whose mistakes have a place."""

from __future__ import annotations

import ast
import dataclasses
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from generating import (
    CASES,
    LAMP_PATH,
    PACKAGE,
    Schema,
    build_ir,
    client_pack,
    inside,
    lamp,
    project,
    put,
    render_spec,
    small_spec,
)
from runnersmith import ir, pipeline
from runnersmith.document import Json
from runnersmith.format import format_text
from runnersmith.ir import IR_VERSION
from runnersmith.problems import RunnersmithError
from runnersmith.render import MARK, Package, copies, packs, render
from runnersmith.render.python import (
    WIDTH,
    comment,
    docstring,
    item_key,
    literal,
    sentence_literal,
    wrap,
)
from runnersmith.render.text import code, markdown, toml

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
@pytest.mark.parametrize("indent", [0, 4, 8])
def test_a_docstring_says_its_text(text: str, indent: int) -> None:
    """The words of a docstring are those of the text, also after black; it is one expression."""
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
    api = build_ir(small_spec())
    package = Package(PACKAGE, "0.1.0")
    files = {**render(api, client_pack(), package), **copies(client_pack(), package)}
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


# ── Packs ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the client pack, to be spoilt."""
    folder = tmp_path / "pack"
    shutil.copytree(client_pack().folder, folder)
    return folder


def made(folder: Path) -> dict[str, str]:
    found = packs.read(folder)
    package = Package(PACKAGE, "0.1.0")
    return {**render(build_ir(small_spec()), found, package), **copies(found, package)}


def test_an_undefined_variable_has_a_place(pack: Path) -> None:
    """A variable that is not there is an error of its template and line."""
    (pack / "defaults.py.jinja").write_text("# one\n# two\nx = {{ api.titel }}\n")
    with pytest.raises(RunnersmithError, match=r"client::defaults\.py\.jinja:3: .*titel"):
        made(pack)


@pytest.mark.parametrize("text", ["{{ nothing }}", "{{ model.nothing }}", "{% if %}", "    x: (\n"])
def test_a_broken_template_of_a_model_has_a_place(pack: Path, text: str) -> None:
    """The template of a Struct is no exception, also where an undefined name would do no harm."""
    with (pack / "struct.jinja").open("a") as file:
        file.write(f"\n    # {text}\n" if "{{" in text else f"\n{text}")
    with pytest.raises(RunnersmithError, match=r"struct\.jinja"):
        made(pack)


def test_a_broken_template_has_a_place(pack: Path) -> None:
    """A template that is not Jinja is an error of its line."""
    (pack / "defaults.py.jinja").write_text("# one\n{% for x in %}\n")
    with pytest.raises(RunnersmithError, match=r"client::defaults\.py\.jinja:2: "):
        made(pack)


def test_a_missing_include_has_a_place(pack: Path) -> None:
    """A template that asks for one that is not there is named, with the line."""
    (pack / "defaults.py.jinja").write_text("# one\n{% include 'nowhere.jinja' %}\n")
    with pytest.raises(RunnersmithError, match=r"client::defaults\.py\.jinja:2: .*nowhere"):
        made(pack)


def test_an_error_in_a_filter_has_a_place(pack: Path) -> None:
    """A filter that is given something else than it takes is an error, no traceback."""
    (pack / "defaults.py.jinja").write_text("# one\nx = {{ api | docstring }}\n")
    with pytest.raises(RunnersmithError, match=r"client::defaults\.py\.jinja:2: "):
        made(pack)


@pytest.mark.parametrize(
    "text",
    [
        "def f(:\n",
        "def f(a, a):\n    pass\n",
        "return 1\n",
        "x = '\n",
        "from __future__ import nothing\n",
        "nonlocal x\n",
        "x = 1\n  y = 2\n",
    ],
)
def test_what_is_not_python_is_refused(pack: Path, text: str) -> None:
    """A rendered .py file that Python would not take is an error that names it."""
    (pack / "defaults.py.jinja").write_text(text)
    with pytest.raises(RunnersmithError, match=rf"{PACKAGE}/_defaults\.py"):
        made(pack)


def test_what_is_not_toml_is_refused(pack: Path) -> None:
    """A rendered .toml file that is none is an error that names it."""
    (pack / "pyproject.toml.jinja").write_text("[project\n")
    with pytest.raises(RunnersmithError, match=r"pyproject\.toml"):
        made(pack)


@pytest.mark.parametrize(
    "path", ["../x.py", "/x.py", "x/../../y.py", "..", "", "a\\\\..\\\\b.py", "x/./../../y"]
)
def test_a_path_outside_is_refused(pack: Path, path: str) -> None:
    """An output of a pack lies in the output folder."""
    manifest = (pack / "pack.toml").read_text()
    (pack / "pack.toml").write_text(manifest.replace('path = "README.md"', f'path = "{path}"'))
    with pytest.raises(RunnersmithError, match="outside"):
        made(pack)


def test_a_path_made_twice_is_refused(pack: Path) -> None:
    """Two outputs of one path are an error, not the last of them."""
    manifest = (pack / "pack.toml").read_text()
    (pack / "pack.toml").write_text(manifest.replace('path = "README.md"', 'path = "LICENSE"'))
    with pytest.raises(RunnersmithError, match="LICENSE is made twice"):
        made(pack)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ir-version = ", "ir-version = 9", "IR version"),
        ('template = "README.md.jinja"', 'template = "README.jinja"', "README.jinja"),
        ('source = "runtime"', 'source = "run"', "'run'"),
        ('models = "struct.jinja"', "", "models"),
        ('name = "client"', "name = 3", "name"),
        ("outputs = [", "other = 1\noutputs = [", "other"),
        ('each = "model"', 'each = "modle"', "modle"),
        ("outputs = [", "outputs = ", "pack.toml"),
    ],
)
def test_a_wrong_manifest_is_refused(pack: Path, old: str, new: str, message: str) -> None:
    """A mistake in pack.toml is told with the file, and with what is wrong in it."""
    manifest = (pack / "pack.toml").read_text()
    assert old in manifest
    (pack / "pack.toml").write_text(manifest.replace(old, new, 1))
    with pytest.raises(RunnersmithError, match=message) as caught:
        made(pack)
    assert "pack.toml" in str(caught.value)


DATA = 'data = { faults = "faults.toml" }'


def test_templates_read_the_data_of_a_pack(pack: Path) -> None:
    """A TOML file that pack.toml names, by the name that it is given there."""
    manifest = (pack / "pack.toml").read_text()
    (pack / "pack.toml").write_text(manifest.replace(DATA, f'{DATA[:-2]}, more = "x.toml" }}'))
    (pack / "x.toml").write_text("[deep]\nvalues = [1, 2]\n")
    (pack / "defaults.py.jinja").write_text("x = {{ more.deep['values'] | sum }}\n")
    assert made(pack)[f"{PACKAGE}/_defaults.py"] == "x = 3\n"


@pytest.mark.parametrize(
    ("entry", "content", "message"),
    [
        ('{ faults = "nowhere.toml" }', b"", r"pack\.toml: .*'nowhere\.toml'"),
        ('{ api = "faults.toml" }', b"", r"pack\.toml: data 'api' .*another name"),
        ('{ a-b = "faults.toml" }', b"", r"pack\.toml: data 'a-b' .*another name"),
        ('{ faults = "../faults.toml" }', b"", r"pack\.toml: data 'faults' is outside"),
        ('{ faults = "faults.toml" }', b"x = 1\ny = = 2\n", r"faults\.toml: .*line 2"),
        ('{ faults = "faults.toml" }', b"x = '\xff'", r"faults\.toml: .*utf-8"),
        ('{ faults = "runtime" }', b"", r"runtime: .*directory"),
        ('{ faults = "faults.toml" }', b"x = 1", r"FAULTS\.md\.jinja:\d+: .*'fault'"),
    ],
)
def test_wrong_data_is_refused(pack: Path, entry: str, content: bytes, message: str) -> None:
    """With the file that the mistake is in."""
    manifest = (pack / "pack.toml").read_text()
    assert DATA in manifest
    (pack / "pack.toml").write_text(manifest.replace(DATA, f"data = {entry}"))
    (pack / "faults.toml").write_bytes(content)
    (pack.parent / "faults.toml").write_bytes(b"")
    with pytest.raises(RunnersmithError, match=message):
        made(pack)


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"[["])
def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A folder without a readable pack.toml is told so."""
    if content is not None:
        (tmp_path / "pack.toml").write_bytes(content)
    with pytest.raises(RunnersmithError, match=r"pack\.toml"):
        made(tmp_path)


def test_the_pack_is_for_this_ir() -> None:
    """The client pack states the version of the IR that it reads."""
    assert client_pack().manifest.ir_version == IR_VERSION
