"""Errors of packs: each mistake is reported with its place, and nothing is ignored."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from packs.pack_files import RESOURCE, files, override, pack, replace_template
from runnersmith.problems import RunnersmithError
from small_specs import PACKAGE, client_pack, inside, small_spec


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A copy of the client pack, to be spoilt."""
    return Path(shutil.copytree(client_pack().folder, tmp_path / "pack"))


def refused(folder: Path, *folders: Path) -> str:
    """The error that packs give."""
    with pytest.raises(RunnersmithError) as caught:
        files(folder, *folders)
    return str(caught.value)


# ── Names ────────────────────────────────────────────────────────────────────────────────────

TYPOS = {
    "{{ opration.name }}": "'opration' is not defined here; did you mean 'operation'?",
    "{{ operation.nmae }}": "Operation has no attribute 'nmae'; did you mean 'name'?",
    "{{ operation.zzz }}": "Operation has no attribute 'zzz'; it has id, name, method",
    "{{ operation.body.fields | length }}": "'None' has no attribute 'fields'",
    "{{ package.nmae }}": "Package has no attribute 'nmae'; did you mean 'name'?",
    "{{ api.scopes[7].name }}": "has no element 7",
    "{{ operation | docstrnig }}": "no filter is called 'docstrnig'; did you mean 'docstring'?",
    "{{ operation is pagd }}": "no test is called 'pagd'",
    "{% if false %}{{ nothing }}{% endif %}": "'nothing' is not defined here; there is api, ",
    "{% if false %}{{ 1 | nothing }}{% endif %}": "no filter is called 'nothing'",
    "{% if false %}{% if 1 is nothing %}{% endif %}{% endif %}": "no test is called 'nothing'",
    "{% if operation.nothing %}{% endif %}": "no attribute 'nothing'",
    "{% for x in operation.nothing %}{% endfor %}": "no attribute 'nothing'",
    "{% for x in api.scopes %}{% endfor %}{{ x }}": "'x' is not defined here",
    "{% macro m(a) %}{{ b }}{% endmacro %}": "'b' is not defined here",
    "{% set x = nothing %}": "'nothing' is not defined here",
    "{% with x = 1 %}{% endwith %}{{ x }}": "'x' is not defined here",
    "{{ field.name }}": "'field' is not defined here",
    "{{ api | docstring }}": "'Api' object has no attribute 'strip'",
    "{{ operation.name | wrap(1, 2, 3, 4) }}": "takes from 1 to 3 positional arguments",
    "{{ 1 / 0 }}": "division by zero",
    "{{ caller() }}": "'caller' is not defined here",
    "{{ self.nothing() }}": "has no attribute 'nothing'",
}


@pytest.mark.parametrize("text", TYPOS)
def test_a_mistake_in_a_block_has_a_place(tmp_path: Path, text: str) -> None:
    """The pack, the template, the line, and what to write instead."""
    mine = pack(tmp_path / "mine", override("method_docstring", f"{{{{ super() }}}}\n    {text}\n"))
    said = refused(mine)
    assert re.match(r"mine::resource\.py\.jinja:4[: ]", said), said
    assert TYPOS[text] in said


def test_what_is_rendered_is_told(tmp_path: Path) -> None:
    """The operation, also where the template goes through them by itself; the model; the resource."""
    mine = pack(tmp_path / "mine", override("method_body", "{{ operation.nmae }}"))
    assert refused(mine).endswith(", rendering operation lamps/get, resource HouseLamps")
    replace_template(
        mine, RESOURCE, "{% for it in resource.operations %}\n{{ it.nmae }}{% endfor %}"
    )
    said = refused(mine)
    assert said.startswith("mine::resource.py.jinja:2: Operation has no attribute 'nmae'")
    assert said.endswith(", rendering operation lamps/get, resource HouseLamps")
    (mine / RESOURCE).write_text("{% for it in resource.operations %}{% endfor %}{{ api.nmae }}")
    assert refused(mine).endswith(", rendering resource HouseLamps")
    mine = replace_template(pack(tmp_path / "other"), "struct.jinja", "{{ model.nmae }}")
    said = refused(mine)
    assert said.startswith("other::struct.jinja:1: Model has no attribute 'nmae'")
    assert said.endswith(", rendering model Lamp")


def test_the_place_is_that_of_the_innermost_template(tmp_path: Path) -> None:
    """A partial or a macro that fails is named, not the template that uses it."""
    mine = pack(
        tmp_path / "mine",
        {
            **override("class_docstring", "\n{% include 'part.jinja' %}\n"),
            "part.jinja": "{% from 'macros.jinja' import shout %}\n\n{{ shout(resource) }}\n",
            "macros.jinja": "{% macro shout(it) %}\n{{ it.naem }}\n{% endmacro %}\n",
        },
    )
    assert refused(mine).startswith("mine::macros.jinja:2: Resource has no attribute 'naem'")
    (mine / "macros.jinja").write_text(
        "{% macro shout(it) %}\n{{ resource.name }}\n{% endmacro %}\n"
    )
    # A macro that is imported does not see the variables of who imports it.
    assert re.match(r"mine::macros\.jinja:2:1: 'resource' is not defined here", refused(mine))


def test_a_name_that_may_be_missing_is_asked_about(tmp_path: Path) -> None:
    """`is defined` is how a template says that it knows."""
    text = "{{ '# ' ~ flavour.name if flavour is defined else '# none' }}\n"
    mine = replace_template(pack(tmp_path / "mine"), "header.jinja", text)
    found = files(mine)
    assert found[f"{PACKAGE}/_sync/house_lamps.py"].startswith("# sync\n")
    assert found[f"{PACKAGE}/_defaults.py"].startswith("# none\n")
    (mine / "header.jinja").write_text("# {{ flavour.name }}")
    assert "mine::header.jinja:1:1: 'flavour' is not defined here" in refused(mine)


def test_every_mistake_of_names_is_told_at_once(tmp_path: Path) -> None:
    """Each with its line, in the order of the files."""
    mine = pack(tmp_path / "mine", override("extra", "{{ a }}\n{{ b | c }}\n") | {"x.jinja": ""})
    assert len(refused(mine).splitlines()) == 4


# ── Templates that fit nothing ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            override("method_docstrings"),
            (
                "mine::resource.py.jinja:2:1: block 'method_docstrings' overrides nothing; "
                "did you mean 'method_docstring'?"
            ),
        ),
        (
            override("zzz"),
            "mine::resource.py.jinja:2:1: block 'zzz' overrides nothing; client::resource.py.jinja has",
        ),
        (
            {"resuorce.py.jinja": ""},
            (
                "mine::resuorce.py.jinja:1:1: overrides nothing, and nothing uses it; "
                "did you mean 'resource.py.jinja'?"
            ),
        ),
        (
            {RESOURCE: '{% extends "resource.py.jinja" %}\n\nx = 1\n'},
            "mine::resource.py.jinja:2:1: outside of any block: it would never be printed",
        ),
        (
            {RESOURCE: '{% extends "resource.py.jinja" %}\n{{ resource.name }}\n'},
            "mine::resource.py.jinja:2:1: outside of any block: it would never be printed",
        ),
        (
            {RESOURCE: '{% extends "resource.py.jinja" %}\n{% if api %}x{% endif %}\n'},
            "mine::resource.py.jinja:2:1: outside of any block",
        ),
        (
            {RESOURCE: '{% extends "resuorce.py.jinja" %}\n'},
            (
                "mine::resource.py.jinja:1:1: no template 'resuorce.py.jinja' in mine, client; "
                "did you mean 'resource.py.jinja'?"
            ),
        ),
        (
            {RESOURCE: '{% extends "clent::resource.py.jinja" %}\n'},
            "no template 'clent::resource.py.jinja' in mine, client",
        ),
        (
            {RESOURCE: '{% extends "mine::resource.py.jinja" %}\n'},
            "mine::resource.py.jinja refers to itself; 'resource.py.jinja' alone is the one of the pack below",
        ),
        (
            {RESOURCE: "{% extends api.title %}"},
            "mine::resource.py.jinja:1: put `extends` at the top",
        ),
        (
            {RESOURCE: '{% if api %}{% extends "resource.py.jinja" %}{% endif %}'},
            "mine::resource.py.jinja:1: put `extends` at the top",
        ),
        (
            {RESOURCE: "# x\n{% include 'nowhere.jinja' %}\n"},
            "mine::resource.py.jinja:2:1: no template 'nowhere.jinja' in mine, client",
        ),
        (
            {RESOURCE: "# x\n{% if false %}{% include 'nowhere.jinja' %}{% endif %}\n"},
            "mine::resource.py.jinja:2:1: no template 'nowhere.jinja'",
        ),
        (
            {RESOURCE: "{% include api.title %}\n"},
            "mine::resource.py.jinja:1:1: the template's name is not a string literal",
        ),
        (
            {"mine.jinja": "{% include 'mine.jinja' %}"}
            | override("extra", "{% include 'mine.jinja' %}"),
            "mine::mine.jinja:1:1: no template 'below mine, mine.jinja'",
        ),
        (
            override("extra", "{% include 'a.jinja' %}")
            | {"a.jinja": "{% include 'b.jinja' %}", "b.jinja": "{% include 'a.jinja' %}"},
            "templates extend or include each other in a circle",
        ),
        (
            override("extra", "{% include 'a.jinja' %}")
            | {"a.jinja": "{% extends 'b.jinja' %}", "b.jinja": "{% extends 'a.jinja' %}"},
            "in a circle: mine::a.jinja → mine::b.jinja → mine::a.jinja",
        ),
        (
            override("extra", "{% block new %}{{ super() }}{% endblock %}"),
            "'super' is not defined here",
        ),
        ({RESOURCE: "x\n{% for x in %}"}, "mine::resource.py.jinja:2: "),
        (
            override("extra", "{% block a %}{% endblock %}{% block a %}{% endblock %}"),
            "block 'a' defined twice",
        ),
    ],
)
def test_what_overrides_nothing_is_refused(
    tmp_path: Path, changed: dict[str, str], message: str
) -> None:
    """No block, no template and no text of a pack is ignored."""
    assert message in refused(pack(tmp_path / "mine", changed))


def test_a_block_within_a_block_is_a_new_one(tmp_path: Path) -> None:
    """For packs that extend this one in turn."""
    pack(tmp_path / "one", override("extra", "{% block more %}\n# one\n{% endblock %}\n"))
    two = pack(tmp_path / "two", override("more", "# two\n"), extends="../one")
    text = files(two)[f"{PACKAGE}/_sync/house_lamps.py"]
    assert "# two" in text
    assert "# one" not in text


def test_a_template_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Text in another encoding than UTF-8."""
    mine = pack(tmp_path / "mine")
    (mine / RESOURCE).write_bytes(b"\xff")
    assert "mine::resource.py.jinja cannot be read" in refused(mine)


# ── Paths ────────────────────────────────────────────────────────────────────────────────────


def with_output(folder: Path, path: str, text: str = "x\n", **more: str) -> Path:
    """A pack of one output."""
    rest = "".join(f", {key} = '''{value}'''" for key, value in more.items())
    return pack(
        folder,
        {"x.jinja": text},
        rest=f"outputs = [\n  {{ template = 'x.jinja', path = '''{path}'''{rest} }},\n]",
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("../x.py", "outside the output folder"),
        ("/x.py", "outside the output folder"),
        ("//x/y.py", "outside the output folder"),
        ("x/../../y.py", "outside the output folder"),
        ("x/./../../y", "outside the output folder"),
        ("..", "outside the output folder"),
        (".", "outside the output folder"),
        ("", "outside the output folder"),
        ("a\\..\\b.py", "outside the output folder"),
        ("a\\b.py", "outside the output folder"),
        ("C:/x.py", "outside the output folder"),
        ("C:x.py", "outside the output folder"),
        ("x.txt:stream", "outside the output folder"),
        ("{{ '..' }}/x.py", "outside the output folder"),
        ("{{ '\\n' }}", "do not print"),
        ("{{ '\\0' }}", "do not print"),
        ("x/", "is not a path of a file"),
        (".git/hooks/pre-commit", "is not a path of a file"),
        ("a/.GIT/config", "is not a path of a file"),
        ("runnersmith.lock", "is reserved for the lock file"),
        ("{{ nothing }}", "'nothing' is not defined here"),
        ("{{ operation.name }}", "'operation' is not defined here"),
        ("{{ api.titel }}", "Api has no attribute 'titel'; did you mean 'title'?"),
        ("{{ api.title | nothing }}", "no filter is called 'nothing'"),
        ("{{ api.title", "unexpected end of template"),
    ],
)
def test_a_path_that_is_none_is_refused(tmp_path: Path, path: str, message: str) -> None:
    """An output lies in the output folder; the line of the manifest is told."""
    mine = with_output(tmp_path / "mine", path)
    said = refused(mine)
    assert re.search(r"mine/pack\.toml:5:1: ", said), said
    assert message in said


def test_a_path_from_the_spec_is_checked_too(tmp_path: Path) -> None:
    """And the thing that it is made for is told."""
    mine = with_output(tmp_path / "mine", "../{{ operation.id }}", each="operation")
    said = refused(mine)
    assert "renders as '../lamps/get', which is outside" in said
    assert said.endswith("rendering operation lamps/get, resource HouseLamps")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("README.md", "README.md is made twice"),
        ("./README.md", "README.md is made twice"),
        ("readme.md", "readme.md and README.md clash"),
        ("README.md/x", "README.md/x and README.md clash"),
        (f"{PACKAGE.title()}/models/lamp.py", f"and {PACKAGE}/models/lamp.py clash"),
        (f"{PACKAGE}/_runtime/clock.py", "_runtime/clock.py is made twice"),
        (f"{PACKAGE}/_runtime", f"and {PACKAGE}/_runtime clash"),
    ],
)
def test_two_files_at_one_path_are_refused(tmp_path: Path, path: str, message: str) -> None:
    """Also where only case differs, or one would be the folder of the other; both templates are named."""
    said = refused(with_output(tmp_path / "mine", path, "x = 1\n"))
    assert message in said
    assert "mine::x.jinja" in said
    assert "client::" in said


@pytest.mark.parametrize("paths", [("a/b/c", "a"), ("a", "a/b/c"), ("a/b/c", "A/B")])
def test_a_file_is_no_folder(tmp_path: Path, paths: tuple[str, str]) -> None:
    """Whichever of the two comes first."""
    listed = ", ".join(f"{{ template = 'x.jinja', path = '{path}' }}" for path in paths)
    mine = pack(tmp_path / "mine", {"x.jinja": "x"}, extends=None, rest=f"outputs = [{listed}]")
    assert refused(mine).startswith(f"mine::x.jinja: {paths[1]} and {paths[0]} clash")


def test_one_path_for_several_things_is_refused(tmp_path: Path) -> None:
    """An output for each of something has it in its path."""
    said = refused(with_output(tmp_path / "mine", "same", each="flavour"))
    assert said == "mine::x.jinja: same is made twice; give one of them another path"


def test_packs_side_by_side_do_not_make_the_same_path(tmp_path: Path) -> None:
    """Both templates are named."""
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        rest = "outputs = [{ template = 'x.jinja', path = 'x' }]"
        pack(folder, {"x.jinja": "x\n"}, extends=None, rest=rest)
    said = refused(one, two)
    assert (
        said == "two::x.jinja: x is made twice, by one::x.jinja too; give one of them another path"
    )


@pytest.mark.parametrize(
    ("when", "message"),
    [
        ("nothing", "'nothing' is not defined here"),
        ("api.nothing", "Api has no attribute 'nothing'"),
        ("api |", "unexpected end of template, expected 'name'"),
        ("api) }}{{ (api", "unexpected ')'"),
        ("api api", "more than one expression"),
        ("", "unexpected 'end of template'"),
        ("api.title | nothing", "no filter is called 'nothing'"),
        ("api.title / 2", "unsupported operand"),
    ],
)
def test_a_condition_that_is_none_is_refused(tmp_path: Path, when: str, message: str) -> None:
    """With the line of the manifest."""
    said = refused(with_output(tmp_path / "mine", "x", when=when))
    assert re.search(r"mine/pack\.toml:5:1: ", said), said
    assert message in said


def test_a_template_of_an_output_is_there(tmp_path: Path) -> None:
    """In the pack, or in one that it extends."""
    mine = with_output(tmp_path / "mine", "x")
    (mine / "x.jinja").rename(mine / "y.jinja")
    said = refused(mine)
    assert re.search(r"pack\.toml:5:1: no template 'x\.jinja' in mine, client", said)
    assert "y.jinja:1:1: overrides nothing" in said


# ── What is printed ──────────────────────────────────────────────────────────────────────────


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
        "x = '\0'\n",
    ],
)
def test_what_is_not_python_is_refused(client: Path, text: str) -> None:
    """A rendered .py file that Python would not take is an error that names it and its template."""
    (client / "defaults.py.jinja").write_text(text)
    said = refused(client)
    assert said.startswith(
        f"client::defaults.py.jinja: the text rendered for {PACKAGE}/_defaults.py cannot be parsed: "
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.py", "x = (\n"),
        ("x.pyi", "x = (\n"),
        ("x.toml", "[project\n"),
        ("x.toml", "a = 1\na = 2\n"),
        ("x.json", "{,}\n"),
        ("x.json", ""),
        ("x.json", "[NaN]\n"),
        ("x.json", "[1]\n[2]\n"),
        ("x.yaml", "a: [\n"),
        ("x.yml", "a: *b\n"),
        ("x.yml", "a: 1\n b: 2\n"),
    ],
)
def test_what_is_not_what_its_suffix_says_is_refused(tmp_path: Path, path: str, text: str) -> None:
    """Python, TOML, JSON, YAML; the template, the path and the thing are told."""
    mine = with_output(tmp_path / "mine", "{{ operation.name }}-" + path, text, each="operation")
    said = refused(mine)
    assert said.startswith(f"mine::x.jinja: the text rendered for get-{path} cannot be parsed: ")
    assert said.endswith("rendering operation lamps/get, resource HouseLamps")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("x.json", '{"a": [1, null, "x"]}'),
        ("x.yaml", "a: 1\n---\nb: &b [1]\nc: *b\n"),
        ("x.toml", "a = 1"),
        ("x.pyi", "x: int"),
        ("x.txt", "{"),
    ],
)
def test_what_is_right_is_taken(tmp_path: Path, path: str, text: str) -> None:
    """As it stands."""
    assert files(with_output(tmp_path / "mine", path, text))[path] == text


def test_the_template_of_a_model_is_held_to_the_ir(tmp_path: Path) -> None:
    """It may add methods and words; what is decoded stays as the spec says."""
    mine = pack(tmp_path / "mine", override("extra_methods", "    more: int = 0\n", "struct.jinja"))
    said = refused(mine)
    assert said.startswith("mine::struct.jinja: Lamp: ")
    replace_template(mine, "struct.jinja", "class {{ class_name }}:\n  x (\n")
    assert "mine::struct.jinja: the template of models does not print Python" in refused(mine)


# ── Texts of the spec ────────────────────────────────────────────────────────────────────────


def test_a_text_of_the_spec_is_no_template(tmp_path: Path) -> None:
    """Braces in a description are printed, in outputs and paths of a pack as elsewhere."""
    from small_specs import build_ir, made

    spec = small_spec()
    inside(spec, "info")["description"] = "{{ 7 * 7 }} {% include 'x' %}"
    mine = with_output(
        tmp_path / "mine",
        "{{ api.description | replace(' ', '-') }}.json",
        "{{ api.description | json }}",
    )
    found = made(build_ir(spec), mine).rendered
    assert found["{{-7-*-7-}}-{%-include-'x'-%}.json"] == "\"{{ 7 * 7 }} {% include 'x' %}\""
