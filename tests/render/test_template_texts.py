"""Texts of the document in templates: one that no filter of the file's language prints is an error.

Each template is that of a pack alone, so that nothing else is reported.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from packs.pack_files import files, override, pack
from runnersmith.problems import RunnersmithError
from runnersmith.render.templates.filters import FILTERS, SUFFIXES

OPERATIONS = "{% for scope, resource, operation in api | all_operations %}\n"
END = "{% endfor %}\n"


def found(folder: Path, text: str, path: str = "x.md", more: dict[str, str] | None = None) -> str:
    """The problems of a pack with one template; empty if there are none."""
    rest = f"outputs = [{{ template = 'x.jinja', path = '{path}' }}]"
    mine = pack(folder / "mine", {"x.jinja": text, **(more or {})}, extends=None, rest=rest)
    try:
        files(mine)
    except RunnersmithError as error:
        return str(error)
    return ""


def each(text: str) -> str:
    return OPERATIONS + text + "\n" + END


RAW = {
    "{{ api.title }}": "x.jinja:1:1: prints Api.title, which may have any characters",
    "{{ api['title'] }}": "prints Api.title",
    "{{ api | attr('title') }}": "prints Api.title",
    "{{ api.title if api.scopes else 'x' }}": "prints Api.title",
    "{{ 'x' if api.scopes else api.title }}": "prints Api.title",
    "{{ api.docs_url or 'none' }}": "prints Api.docs_url",
    "{{ 'API ' ~ api.title }}": "prints Api.title",
    "{{ 'API ' + api.title }}": "prints Api.title",
    "{{ '%s' % api.title }}": "prints Api.title",
    "{{ '%s' | format(api.title) }}": "prints Api.title",
    "{{ '{}'.format(api.title) }}": "prints Api.title",
    "{{ api.title | upper }}": "prints Api.title",
    "{{ api.title.upper() }}": "prints Api.title",
    "{{ api.title.split(' ')[0] }}": "prints Api.title",
    "{{ api.title[:5] }}": "prints Api.title",
    "{{ api.title | replace('a', 'b') }}": "prints Api.title",
    "{{ 'a' | replace('a', api.title) }}": "prints Api.title",
    "{{ nothing | default(api.title) if nothing is defined else api.title }}": "prints Api.title",
    "{{ api.title | sentence }}": "prints Api.title",
    "{{ api.title | wrap }}": "prints Api.title",
    "{{ api.title | safe }}": "prints Api.title",
    "{{ api.title | markdown | upper }}": "prints Api.title",
    "{{ api.versions | join(', ') }}": "prints Api.versions",
    "{{ ['a', 'b'] | join(api.title) }}": "prints Api.title",
    "{{ api.versions }}": "prints Api.versions",
    "{{ api.versions | first }}": "prints Api.versions",
    "{{ api.models | map(attribute='wire_name') | sort | unique | join(', ') }}": (
        "prints Model.wire_name"
    ),
    "{{ api.models | join(', ', attribute='wire_name') }}": "prints Model.wire_name",
    "{{ (api.models | groupby('wire_name') | first)[0] }}": "prints Model.wire_name",
    "{{ api.models[0].fields[0].wire_name }}": "prints Field.wire_name",
    "{{ api }}": "prints a whole Api",
    "{{ api.models }}": "prints a whole Model",
    "{{ [api.title] }}": "prints Api.title",
    "{{ {'a': api.title} }}": "prints Api.title",
    "{{ {'a': api.title}['a'] }}": "prints Api.title",
    "{{ {api.title: 1} | dictsort | first | first }}": "prints Api.title",
    "{% for model in api.models %}\n{{ model.wire_name }}\n{% endfor %}": (
        "x.jinja:2:1: prints Model.wire_name"
    ),
    "{% for a, b in {'a': api.title}.items() %}{{ b }}{% endfor %}": "prints Api.title",
    "{% set x = api.title %}\n\n{{ x }}": "x.jinja:3:1: prints Api.title",
    "{% set x, y = api.title, 1 %}{{ x }}": "prints Api.title",
    "{% if api.scopes %}{% set x = api.title %}{% endif %}{{ x }}": "prints Api.title",
    "{% set x %}\n{{ api.title }}\n{% endset %}{{ x }}": "x.jinja:2:1: prints Api.title",
    "{% set x = [] %}{% for model in api.models %}{% set _ = x.append(model.wire_name) %}"
    "{% endfor %}{{ x | first }}": "prints Model.wire_name",
    "{% set x = [''] %}{% for model in api.models %}{{ x[0] }}"
    "{% set _ = x.insert(0, model.wire_name) %}{% endfor %}": "prints Model.wire_name",
    "{% set x = namespace(a='') %}{% for model in api.models %}{% set x.a = model.wire_name %}"
    "{% endfor %}{{ x.a }}": "prints Model.wire_name",
    "{% set x = namespace(a=api.title) %}{{ x.a }}": "prints Api.title",
    "{% with x = api.title %}{{ x }}{% endwith %}": "prints Api.title",
    "{% macro m(a) %}\n{{ a }}\n{% endmacro %}{{ m(api.title) }}": (
        "x.jinja:2:1: prints Api.title"
    ),
    "{% macro m(a=api.title) %}{{ a }}{% endmacro %}{{ m() }}": "prints Api.title",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ api.title }}{% endcall %}": (
        "prints Api.title"
    ),
    "{% filter upper %}{{ api.title }}{% endfilter %}": "prints Api.title",
    "{% if false %}{{ api.title }}{% endif %}": "prints Api.title",
    each("{{ operation.summary }}"): "x.jinja:2:1: prints Operation.summary",
    each("{{ operation | method_doc }}"): "prints the result of `method_doc`",
    each("{{ operation | permissions }}"): "prints the result of `permissions`",
    each("{{ (operation | keywords | first).wire_name }}"): "prints Field.wire_name and Param",
    each("{{ operation.errors | map('status') | first }}{{ operation.errors[0].description }}"): (
        "prints ErrorResponse.description"
    ),
    "{% for topic in api | topics %}{{ topic.title }}{% endfor %}": "prints Topic.title",
    "{% for option in api | options %}{{ option.text }}{% endfor %}": "DocumentedItem.text",
}


@pytest.mark.parametrize("text", RAW)
def test_a_text_without_a_filter_is_refused(tmp_path: Path, text: str) -> None:
    """Whatever leads to it; with the place, the origin and what to do."""
    said = found(tmp_path, text)
    assert RAW[text] in said, said
    if " a whole " in said:
        assert said.endswith("; print a field of it through a filter")
        return
    assert "end the expression with a filter for Markdown: `markdown`, `code`" in said
    assert "with `verbatim`, if the pack vouches for it" in said


PRINTED = (
    "{{ api.title | markdown }}",
    "{{ api.title | trim | code }}",
    "{{ api.title | upper | markdown | trim }}",
    "{{ ('API ' ~ api.title) | markdown }}",
    "{{ 'API ' ~ api.title | markdown }}",
    "{{ api.versions | map('code') | join(', ') }}",
    "{{ api.title | verbatim }}",
    "{{ api.title | length }} {{ api.title == 'x' }} {{ api.title.startswith('x') }}",
    "{{ api.package }} {{ package.name }} {{ mark }}",
    "{% for model in api.models %}{{ model.name }} {{ model.role }} {{ loop.index }}{% endfor %}",
    "{{ api.models | map(attribute='name') | sort | join(', ') }}",
    "{% set x %}{{ api.title }}{% endset %}{{ x | markdown }}",
    "{% filter markdown %}{{ api.title }}{% endfilter %}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(api.title) | code }}{{ m(api.package) }}",
    "{% macro m(a) %}{{ a | code }}{{ m(a) if false }}{% endmacro %}{{ m(api.title) }}",
    "{% set x = api.title %}{% set x = x | markdown %}{{ x }}",
    each("{{ operation.name }} {{ operation.method }} {{ operation.path | code }}"),
    each("{{ resource | call_path(scope) }} {{ operation | stub }}"),
    each("{{ operation.docs_url | link(operation.summary) if operation.docs_url }}"),
)


@pytest.mark.parametrize("text", PRINTED)
def test_a_text_with_a_filter_is_printed(tmp_path: Path, text: str) -> None:
    """As are identifiers, choices and numbers without one."""
    assert found(tmp_path, text) == ""


@pytest.mark.parametrize(
    ("path", "by", "wrong"),
    [
        ("x.py", "literal", "markdown"),
        ("x.pyi", "comment", "json"),
        ("x.md", "code", "literal"),
        ("x.toml", "toml", "json"),
        ("x.json", "json", "literal"),
        ("x.yaml", "json", "markdown"),
        ("x.ts", "block_comment", "comment"),
        ("{{ package.name }}/x.js", "json", "toml"),
        ("x.html", "e", "markdown"),
    ],
)
def test_the_filter_is_one_for_the_language(tmp_path: Path, path: str, by: str, wrong: str) -> None:
    """Which the suffix of the file tells; the message names both languages."""
    text = "x = {{ %s }}" if path.endswith(".toml") else "{{ %s }}"
    assert found(tmp_path, text % f"api.title | {by}", path) == ""
    said = found(tmp_path, text % f"api.title | {wrong}", path)
    [language] = [name for suffix, name in SUFFIXES.items() if path.endswith(suffix)][-1:]
    assert "prints Api.title by a filter for " in said
    assert f"a filter for {language}: " in said


def test_an_unknown_language_takes_any_filter(tmp_path: Path) -> None:
    """But a text needs one."""
    for path in ("x", "x.txt", "{{ package.name }}"):
        assert found(tmp_path, "{{ api.title | json }}", path) == ""
        said = found(tmp_path, "{{ api.title }}", path)
        assert "prints Api.title" in said
        assert "a filter for the file's language" in said


def test_quotes_are_those_of_the_filter(tmp_path: Path) -> None:
    """A pair around an expression would end where the filter's begin."""
    for path, text in (
        ("x.py", 'x = "{{ api.title | literal }}"'),
        ("x.py", "x = '{{ api.title | literal }}'"),
        ("x.json", '"{{ api.title | json }}"'),
    ):
        assert "x.jinja:1:1: has quotes around it" in found(tmp_path, text, path)
    assert found(tmp_path, '"{{ api.title | markdown }}"') == ""
    assert found(tmp_path, 'x = "{{ api.package }}"', "x.py") == ""


def test_other_templates_are_followed(tmp_path: Path) -> None:
    """Included ones, imported macros, and blocks in each template that defines them."""
    parts = {
        "part.jinja": "\n{{ api.title }}\n",
        "macros.jinja": "{% macro shout(it) %}\n\n{{ it }}\n{% endmacro %}\n",
    }
    included = "{% include 'part.jinja' %}{% from 'macros.jinja' import shout as s %}"
    said = found(tmp_path, included + "{{ s(api.title) }}", more=parts)
    assert "mine::part.jinja:2:1: prints Api.title" in said
    assert "mine::macros.jinja:3:1: prints Api.title" in said
    said = found(tmp_path, "{% import 'macros.jinja' as m %}{{ m.shout(api.title) }}", more=parts)
    assert "nothing uses it" in said
    parts["part.jinja"] = "{% import 'macros.jinja' as m %}{{ m.shout(api.title) }}"
    said = found(tmp_path, "{% include 'part.jinja' %}", more=parts)
    assert "mine::macros.jinja:3:1: prints Api.title" in said
    mine = pack(tmp_path / "blocks", override("method_body", "{{ operation.summary }}\n"))
    with pytest.raises(RunnersmithError, match=r"blocks::resource\.py\.jinja:3:1: prints Oper"):
        files(mine)
    mine = pack(
        tmp_path / "struct", override("field_docstring", "{{ model.description }}", "struct.jinja")
    )
    with pytest.raises(RunnersmithError, match=r"prints Model\.description.* for Python"):
        files(mine)


VARIABLES_OF_EXAMPLES = (
    "{% for flavour in flavours %}{% for model in api.models %}{% for field in model.fields %}"
    "{% for scope, resource, operation in api | all_operations %}"
    "{% for argument in operation.arguments %}\n"
)


@pytest.mark.parametrize("name", FILTERS)
def test_the_example_of_a_filter_prints(tmp_path: Path, name: str) -> None:
    """With the variables of an operation, a model, a field and an argument; it uses the filter."""
    one = FILTERS[name]
    assert f"| {name}" in one.example or f"map('{name}')" in one.example
    text = f"{one.shown}{'{% endfor %}' if one.shown.startswith('{%') else ''}\n"
    text = VARIABLES_OF_EXAMPLES + text + END.strip() * 5
    assert found(tmp_path, text, "x") == ""
    suffixes = {".py": "Python", ".md": "Markdown", ".json": "JSON", ".ts": "JavaScript"}
    for suffix, language in suffixes.items():
        if isinstance(one.result, frozenset) and language not in one.result:
            assert "prints " in found(tmp_path, text, f"x{suffix}")
