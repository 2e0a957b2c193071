"""Methods that packs add: the filters for them, names at the top of a template, and collisions."""

from __future__ import annotations

from pathlib import Path

import pytest

from packs.pack_files import RESOURCE, files, override, pack
from runnersmith import ir
from runnersmith.ir.types import is_nullable
from runnersmith.problems import RunnersmithError
from runnersmith.render.python.imports import also_import
from runnersmith.render.python.signatures import forwarded, signature
from runnersmith.render.templates.changes import changed
from runnersmith.render.templates.definitions import check_definitions
from small_specs import PACKAGE, Schema, build_ir, put

LAMPS = f"{PACKAGE}/_sync/house_lamps.py"


def operation(name: str = "get") -> ir.Operation:
    """An operation of a small spec; `put` has an argument of the path and two of the body."""
    properties: Schema = {
        "on": {"type": "boolean", "description": "Whether it is on."},
        "color": {"type": "string", "description": "Its color."},
    }
    spec = put({"type": "object", "required": ["on"], "properties": properties})
    operations = build_ir(spec).scopes[0].resources[0].operations
    return next(it for it in operations if it.name == name)


def refused(folder: Path, changed: dict[str, str]) -> str:
    with pytest.raises(RunnersmithError) as caught:
        files(pack(folder / "mine", changed))
    return str(caught.value)


# ── A changed copy ───────────────────────────────────────────────────────────────────────────


def test_a_changed_copy_has_the_values() -> None:
    """A list becomes a tuple; the element itself stays as it was."""
    first = operation()
    second = changed(first, name="find", errors=[], summary="{{ any text }}", paged=True)
    assert (second.name, second.errors, second.summary) == ("find", (), "{{ any text }}")
    assert (first.name, first.paged, second.paged) == ("get", False, True)
    assert second.path == first.path
    text = ir.Primitive(name="str")
    assert changed(first, returns=text).returns == text
    assert changed(first, returns=None).returns is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"nmae": "x"}, "Operation has no field 'nmae'; did you mean 'name'?"),
        ({"name": "a b"}, "Operation.name cannot be 'a b'"),
        ({"name": "class"}, "Operation.name cannot be 'class'"),
        ({"method": "import os"}, "Operation.method cannot be 'import os'"),
        ({"paged": "yes"}, "Operation.paged cannot be 'yes'"),
        ({"errors": ["404"]}, r"Operation.errors cannot be \['404'\]"),
        ({"errors": "404"}, "Operation.errors cannot be '404'"),
        ({"returns": "str"}, "Operation.returns cannot be 'str'"),
        ({"server": "x\ny"}, r"Operation.server cannot be 'x\\ny'"),
    ],
)
def test_a_value_that_does_not_fit_is_rejected(values: dict[str, object], message: str) -> None:
    """Templates print names and choices as they are, so none may have any other characters."""
    with pytest.raises(ValueError, match=message):
        changed(operation(), **values)


def test_only_an_element_has_a_changed_copy() -> None:
    """Not a text, for example."""
    with pytest.raises(TypeError, match="is for an element of the IR, not 'get'"):
        changed("get", name="x")


def test_a_text_of_a_changed_copy_needs_a_filter(tmp_path: Path) -> None:
    """As in the element itself; a mistake in a template has its place."""
    loop = "{%% for operation in resource.operations %%}\n    # %s\n{%% endfor %%}\n"
    copy = "(operation | changed(summary=api.title, name='find'))"
    assert "prints Operation.summary" in refused(
        tmp_path / "a", override("extra", loop % f"{{{{ {copy}.summary }}}}")
    )
    text = loop % f"{{{{ {copy}.name }}}} {{{{ {copy}.summary | literal }}}}"
    assert '# find "Lamps"' in files(pack(tmp_path / "b", override("extra", text)))[LAMPS]
    wrong = loop % "{{ (operation | changed(name=operation.summary)).name }}"
    assert refused(tmp_path / "c", override("extra", wrong)) == (
        f"mine::{RESOURCE}:4: Operation.name cannot be 'Get a lamp.', "
        "rendering operation lamps/get, resource HouseLamps"
    )


# ── Arguments, imports, null ─────────────────────────────────────────────────────────────────


def test_arguments_are_passed_on() -> None:
    """Those of the path by position, the others by keyword, as the signature requires."""
    assert forwarded(operation("put")) == "lamp_id, on=on, color=color"
    assert " ".join(signature(operation("put")).split()) == (
        "self, lamp_id: int, *, on: bool, color: str | Unset = UNSET"
    )
    assert forwarded(changed(operation(), arguments=[])) == ""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("import x\n\nfrom .._a import b", "import x\n\nfrom .. import Gone, NotFound\nfrom .._a import b"),
        ("from .. import models\nfrom .._a import b", "from .. import Gone, NotFound, models\nfrom .._a import b"),
        ("from .. import (\n    NotFound,\n    a as b,\n)\n", "from .. import Gone, NotFound, a as b\n"),
        ("", "from .. import Gone, NotFound\n"),
    ],
)  # fmt: skip
def test_imports_are_added(lines: str, expected: str) -> None:
    """At their place in the order of imports, and each name once."""
    assert also_import(lines, "NotFound", "Gone") == expected
    assert also_import(expected, "NotFound", "Gone") == expected


def test_only_a_name_is_imported() -> None:
    """Neither a module nor a statement."""
    with pytest.raises(ValueError, match="takes names that the client exports, not 'os; x'"):
        also_import("", "os; x")


def test_what_can_be_null() -> None:
    """Null itself, and any value of JSON."""
    text = ir.Primitive(name="str")
    assert is_nullable(ir.Nullable(type=text))
    assert is_nullable(ir.Primitive(name="any"))
    assert not is_nullable(text)
    assert not is_nullable(ir.Array(items=ir.Nullable(type=text)))


# ── Names for several blocks ─────────────────────────────────────────────────────────────────

TOP = '{% extends "resource.py.jinja" %}\n'
NAMES = """\
{% set names = [] %}
{% for operation in resource.operations %}
{% if operation.method == "GET" %}
{% set _ = names.append(operation.VALUE) %}
{% endif %}
{% endfor %}
{% block extra %}
    # {{ names | join(", ") }}
{% endblock %}
"""


def test_names_for_several_blocks_are_computed_at_the_top(tmp_path: Path) -> None:
    """By loops and conditions that print nothing; a text in them still needs a filter."""
    mine = pack(tmp_path / "mine", {RESOURCE: TOP + NAMES.replace("VALUE", "name")})
    assert "    # get\n" in files(mine)[LAMPS]
    text = NAMES.replace("VALUE", "summary")
    assert "prints Operation.summary" in refused(tmp_path, {RESOURCE: TOP + text})


@pytest.mark.parametrize(
    "inside",
    [
        "x",
        "{{ resource.name }}",
        "{% include 'header.jinja' %}",
        "{% if api %}x{% endif %}",
        "{% filter upper %}{% endfilter %}",
        "{% block header %}{% endblock %}",
    ],
)
def test_a_loop_at_the_top_that_prints_is_an_error(tmp_path: Path, inside: str) -> None:
    """Nothing of it would reach the file."""
    text = f"{TOP}{{% for it in api.scopes %}}\n{inside}\n{{% endfor %}}\n"
    assert f"mine::{RESOURCE}:2:1: outside of any block" in refused(tmp_path, {RESOURCE: text})


# ── Collisions ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("class A:\n    def x(self): ...\n    def x(self): ...\n", "class A defines 'x' twice"),
        ("class A:\n    def x(self): ...\n    async def x(self): ...\n", "class A defines 'x' twice"),
        ("class A:\n    x: int\n    def x(self): ...\n", "class A defines 'x' twice"),
        ("class A:\n    @property\n    def x(self): ...\n    def x(self): ...\n", "class A defines 'x' twice"),
        ("class A:\n    class B:\n        def x(self): ...\n        def x(self): ...\n", "class B defines 'x' twice"),
        ("def x(): ...\nclass x: ...\n", "the module defines 'x' twice"),
    ],
)  # fmt: skip
def test_a_definition_that_replaces_another_is_an_error(text: str, message: str) -> None:
    """Python takes the last one without a word."""
    with pytest.raises(ValueError, match=message):
        check_definitions(text)


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def x(self): ...\nclass B:\n    def x(self): ...\n",
        'class A:\n    def x(self):\n        """\n    def x(self): ...\n    """\n',
        "class A:\n    @overload\n    def x(self): ...\n    @overload\n    def x(self): ...\n    def x(self): ...\n",
        "class A:\n    @property\n    def x(self): ...\n    @x.setter\n    def x(self, value): ...\n",
        "if y:\n    def x(): ...\nelse:\n    def x(): ...\n",
    ],
)
def test_other_definitions_of_one_name_are_none(text: str) -> None:
    """In several classes, in a text, overloads, a setter, branches."""
    check_definitions(text)


def test_a_pack_that_replaces_a_method_is_told(tmp_path: Path) -> None:
    """With the template, the file and the class; a block can replace the method's body."""
    method = "    def get(self) -> None: ...\n"
    assert refused(tmp_path, override("extra_methods", method)) == (
        f"mine::{RESOURCE}: {LAMPS}: class HouseLamps defines 'get' twice, and the second would "
        "replace the first; rename one, rendering resource HouseLamps"
    )
    field = override("extra_methods", "\n    def id(self) -> int: ...\n", "struct.jinja")
    assert "class Lamp defines 'id' twice" in refused(tmp_path / "more", field)
