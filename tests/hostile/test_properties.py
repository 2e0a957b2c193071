"""Any string at all, by hypothesis: in the filters, in every place of a spec, as a whole file."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from typing import cast
from unicodedata import bidirectional, category

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as some

from hostile.attacks import CANARY, OURS, assert_same_but_for_strings
from runnersmith import reader
from runnersmith.ir import names
from runnersmith.openapi.document import Json
from runnersmith.problems import Place, Problem, SpecError
from runnersmith.render.docs.escaping import code, markdown, property_name, toml
from runnersmith.render.python.source import comment, docstring, literal
from small_specs import document

_PIECES = [
    *('"', "'", '"""', "'''", "\\", "\n", "\r", "\x85", "\u2028", "\0", "\x1b", "\u202e", "\ufeff"),
    *("{", "}", "{{", "{%", "#}", "`", "|", "<", ">", "-->", "[", "](", "#", "/", "..", "~", "%2e"),
    *(CANARY, "class", "self", "__init__", "None", "aux", "Any", "É", "é", "ﬁ", "\U0001f600"),
    *("a", "B", "0", "_", "-", " ", ".", ":", "application/json", "https://"),
]
TEXT = some.lists(some.sampled_from(_PIECES) | some.characters(exclude_categories=["Cs"])).map(
    "".join
)


# ── The filters ──────────────────────────────────────────────────────────────────────────────


@settings(max_examples=300)
@given(TEXT)
def test_a_literal_is_its_text(text: str) -> None:
    """A literal is one constant, of the same value, on one line."""
    written = literal(text)
    assert ast.literal_eval(written) == text
    assert written.isprintable()


@settings(max_examples=300)
@given(TEXT)
def test_a_docstring_is_one_string(text: str) -> None:
    """A docstring is one constant, whatever follows it, and so is a comment no code."""
    tree = ast.parse(f"def f():\n    {docstring(text)}\n    {comment(text)}\n    pass\n")
    [function] = cast("list[ast.FunctionDef]", tree.body)
    said, done = function.body
    assert isinstance(said, ast.Expr)
    assert isinstance(said.value, ast.Constant)
    assert isinstance(said.value.value, str)
    assert isinstance(done, ast.Pass)


@settings(max_examples=300)
@given(TEXT)
@example("a`b|c")
def test_toml_and_markdown_show_the_text(text: str) -> None:
    """A TOML string is its text; Markdown has it on one line, with no markup left in it."""
    assert tomllib.loads(f"x = {toml(text)}\ny = 1") == {"x": text, "y": 1}
    assert "\n" not in markdown(text)
    assert code(text).strip("`").count("`") == 0
    bare = markdown(text)
    assert re.match(r"[-=]|(?:\+|[0-9]+\.)(?:\s|$)", bare) is None
    for sign in "\\`*_{}[]()#!|<>~&":
        bare = bare.replace(f"\\{sign}", "")
    assert not {*"`*_{}[]()#!|<>~&"} & {*bare}


@settings(max_examples=300)
@given(TEXT)
@example("__proto__")
@example("$a")
@example("a\n")
def test_a_property_of_javascript_is_its_name(text: str) -> None:
    """As it is if it is an identifier in ASCII, and otherwise a string of one line."""
    written = property_name(text)
    bare = text.isascii() and text.replace("$", "_").isidentifier()
    assert (text if bare else json.loads(written)) == text
    assert (written == text) == bare
    assert written.isascii()
    assert written.isprintable()


def server_name(text: str) -> str:
    return names.server_name(f"https://{text}.example.com/{text}", "https://api.example.com")


@settings(max_examples=300)
@given(TEXT)
@example("class")
@example("None")
@example("__debug__")
@example("\u0301\u0661")
@example("\u202e\u2066")
@example("\ufe0f")
@example("\u3164")
def test_every_name_is_an_identifier_of_visible_letters(text: str) -> None:
    """What Python reads is what is written, in one direction; files are in ASCII."""
    for make in (names.field_name, names.snake, names.class_name, server_name):
        name = make(text)
        [parsed] = ast.parse(f"{name} = 1").body
        assert isinstance(parsed, ast.Assign)
        assert ast.unparse(parsed.targets[0]) == name
        assert {bidirectional(char) for char in name} <= {"L", "EN", "ON", "NSM"}
        assert not {category(char) for char in name} & {"Cc", "Cf", "Cn", "Co", "Cs"}
        file = names.module_name(name)
        assert file.isascii()
        assert file.isidentifier()
        assert names.constant_name(name).isascii()


# ── The whole way ────────────────────────────────────────────────────────────────────────────


@settings(max_examples=8, phases=[Phase.generate])  # to shrink one takes minutes
@given(some.fixed_dictionaries(dict.fromkeys(OURS.places, TEXT)))
def test_any_text_at_every_place(texts: dict[str, str]) -> None:
    """Each text is rejected with its place, or the client is that of its harmless twin."""
    taken: dict[str, str] = {}
    for place in OURS.places:  # in their order: some move others
        text = texts[place]
        changed = OURS.spec()
        OURS.places[place].put(changed, text)
        if not OURS.refused(document(changed)):
            taken[place] = text
    hostile, twin = OURS.spec(), OURS.spec()
    for place, text in taken.items():
        OURS.places[place].put(hostile, text)
        OURS.places[place].put(twin, OURS.places[place].harmless(text))
    if not OURS.refused(document(hostile)):  # two texts may become one name
        assert_same_but_for_strings(OURS.client(hostile), OURS.client(twin))


@settings(max_examples=300)
@given(TEXT, some.sampled_from([".yaml", ".json"]))
def test_any_file_is_read_or_refused(text: str, suffix: str) -> None:
    """A file becomes values that JSON has, or each problem has a place and one printable line."""
    problems: tuple[Problem, ...] = ()
    data: Json = None
    try:
        data = reader.parse(text.encode(), name="s", suffix=suffix).data
    except SpecError as error:
        problems = error.problems or (Problem(Place("\n"), "none"),)
    assert all(str(problem).isprintable() for problem in problems)
    assert json.loads(json.dumps(data)) == data
