"""The overlay that restores an older document: exact, whatever differs, and no longer than needed."""

from __future__ import annotations

import json

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from bump.bump_project import HERE
from runnersmith import overlay, reader
from runnersmith.bump import reverse_overlay
from runnersmith.openapi.document import Document, Json
from runnersmith.reader import parse
from runnersmith.yaml_edit.values import copied, equal


def document(data: Json) -> Document:
    return parse(json.dumps(data).encode(), name="newer.json", suffix=".json")


def layer(newer: Json, older: Json) -> tuple[str, Document]:
    """The overlay as it is written, and as it is read."""
    made = reverse_overlay.overlay(
        newer, older, title="T", version="2025-01-01", extends="../s.yaml"
    )
    text = reverse_overlay.text(made, "Head.")
    return text, parse(text.encode(), name="layer.yaml")


def actions(newer: Json, older: Json) -> list[Json]:
    """The actions without their descriptions; that they restore is checked on the way."""
    _, read = layer(newer, older)
    assert equal(overlay.apply(document(newer), read).data, older)
    listed = read.root.at("actions").value
    assert isinstance(listed, list)
    found: list[Json] = []
    for action in listed:
        assert isinstance(action, dict)
        assert str(action["description"]).endswith(".")
        found.append({key: value for key, value in action.items() if key != "description"})
    return found


CHANGES: list[tuple[Json, Json, list[Json]]] = [
    ({"a": 1, "b": 2}, {"a": 1}, [{"target": "$.b", "remove": True}]),
    ({"a": 1}, {"a": 2}, [{"target": "$", "update": {"a": 2}}]),
    ({"a": 1}, {"a": 1, "b": {}}, [{"target": "$", "update": {"b": {}}}]),
    ({"a": 1}, {"a": 1.0}, [{"target": "$", "update": {"a": 1.0}}]),
    ({"a": True}, {"a": 1}, [{"target": "$", "update": {"a": 1}}]),
    ({"a": {"b": 1}}, {"a": {"b": None}}, [{"target": "$.a", "update": {"b": None}}]),
    (
        {"a": {"b": 1, "it's": 1, "c\\d": 2}},
        {"a": {"b": 1}},
        [{"target": "$.a['it\\'s', 'c\\\\d']", "remove": True}],
    ),
    (
        {"a": {"b": [1, 2]}},
        {"a": {"b": "x"}},
        [
            {"target": "$.a.b", "remove": True},
            {"target": "$.a", "update": {"b": "x"}},
        ],
    ),
    (
        {"r": ["a", "b", "c"]},
        {"r": ["a", "c"]},
        [{"target": "$.r[?@ == 'b']", "remove": True}],
    ),
    (
        {"r": ["a", "x", "b", 1]},
        {"r": ["a", "b", "d", "e"]},
        [
            {"target": "$.r[?@ == 'x' || @ == 1]", "remove": True},
            {"target": "$", "update": {"r": ["d", "e"]}},
        ],
    ),
    (
        {"r": ["a", "b"]},
        {"r": ["b", "a"]},
        [{"target": "$.r", "remove": True}, {"target": "$", "update": {"r": ["b", "a"]}}],
    ),
    (
        {"r": ["a", "b", "b"]},
        {"r": ["a", "b"]},
        [{"target": "$.r", "remove": True}, {"target": "$", "update": {"r": ["a", "b"]}}],
    ),
    (
        {"r": ["a"]},
        {"r": []},
        [{"target": "$.r", "remove": True}, {"target": "$", "update": {"r": []}}],
    ),
    (
        {"p": [{"name": "a"}, {"name": "b", "in": "q"}, {"$ref": "#/c"}]},
        {"p": [{"name": "a"}, {"$ref": "#/c"}]},
        [{"target": "$.p[?@.name == 'b']", "remove": True}],
    ),
    (
        {"p": [{"name": "a"}, {"x": 1}]},
        {"p": [{"name": "a"}]},
        [{"target": "$.p[1]", "remove": True}],
    ),
    (
        {"l": [{"id": 1, "new": 2, "n": {"m": 1}}, {"id": 2, "new": 3, "n": {}}]},
        {"l": [{"id": 1, "n": {}}, {"id": 3, "n": {}}]},
        [
            {"target": "$.l[*].new", "remove": True},
            {"target": "$.l[0].n.m", "remove": True},
            {"target": "$.l[1]", "update": {"id": 3}},
        ],
    ),
    (
        {"paths": {"/a/{x}": {"get": {"y": 1}}, "/b": {}}},
        {"paths": {"/a/{w}": {"get": {"y": 2}}, "/b": {}}},
        [
            {"target": "$.paths", "update": {"/a/{w}": {}}},
            {"target": "$.paths['/a/{w}']", "copy": "$.paths['/a/{x}']"},
            {"target": "$.paths['/a/{x}']", "remove": True},
            {"target": "$.paths['/a/{w}'].get", "update": {"y": 2}},
        ],
    ),
    (
        {"info": {"version": "2"}, "x": 1, "paths": {"/a": {"get": {"s": 1, "t": {"u": 2}}}}},
        {
            "info": {"version": "1"},
            "paths": {"/a": {"get": {"s": 2, "t": {"u": 3}}, "put": {}}},
        },
        [
            {"target": "$.info", "update": {"version": "1"}},
            {"target": "$.x", "remove": True},
            {"target": "$.paths['/a'].get", "update": {"s": 2, "t": {"u": 3}}},
            {"target": "$.paths['/a']", "update": {"put": {}}},
        ],
    ),
]


@pytest.mark.parametrize(("newer", "older", "expected"), CHANGES)
def test_a_difference_becomes_few_actions(newer: Json, older: Json, expected: list[Json]) -> None:
    """Each kind of difference has its action, of the thing that a reader looks for."""
    assert actions(newer, older) == expected


def test_an_overlay_says_what_it_restores() -> None:
    """Actions are described, set apart and folded; the comment stands on top."""
    newer: Json = {"paths": {"/a": {"get": {"d": "new"}}, "/n": {}}, "info": {"version": "b"}}
    older: Json = {
        "paths": {"/a": {"get": {"d": "old prose " * 12 + "end"}}},
        "info": {"version": "a"},
    }
    text, _ = layer(newer, older)
    assert text == (
        "# Head.\n"
        "overlay: 1.1.0\n"
        "info:\n"
        "  title: T\n"
        '  version: "2025-01-01"\n'
        "extends: ../s.yaml\n"
        "actions:\n"
        "  - target: $.info\n"
        "    description: The name of the version as 2025-01-01 has it.\n"
        "    update:\n"
        "      version: a\n"
        "\n"
        "  - target: $.paths['/n']\n"
        "    description: 2025-01-01 has no /n here.\n"
        "    remove: true\n"
        "\n"
        "  - target: $.paths['/a'].get\n"
        "    description: GET /a as 2025-01-01 has it.\n"
        "    update:\n"
        "      d: >-\n"
        "        old prose old prose old prose old prose old prose old prose old prose old prose old prose\n"
        "        old prose old prose old prose end\n"
    )


NAMES = [
    "a",
    "b",
    "c d",
    "it's",
    '"q"',
    "\\",
    "ü",
    "",
    "$ref",
    "name",
    "x-y",
    "1",
    "{p}",
    "line\nend",
]
LEAVES: list[Json] = [0, 1, 1.0, True, None, "", "a", "b", "it's", "x: y", "\u2028", [], {}]


def values(depth: int) -> some.SearchStrategy[Json]:
    """Values of some size."""
    leaves: some.SearchStrategy[Json] = some.sampled_from(LEAVES).map(copied)
    if depth == 0:
        return leaves
    inner = values(depth - 1)
    return some.one_of(
        leaves,
        some.dictionaries(some.sampled_from(NAMES), inner, max_size=4),
        some.lists(inner, max_size=3),
    )


def one_in(draw: some.DrawFn, number: int) -> bool:
    return draw(some.sampled_from(range(number))) == number - 1


@some.composite
def altered(draw: some.DrawFn, value: Json, depth: int) -> Json:
    """A value that differs here and there."""
    if one_in(draw, 7):
        return draw(values(max(depth, 0)))
    if isinstance(value, dict):
        kept = {
            name: draw(altered(child, depth - 1))
            for name, child in value.items()
            if not one_in(draw, 10)
        }
        return kept | ({draw(some.sampled_from(NAMES)): draw(values(1))} if one_in(draw, 3) else {})
    if isinstance(value, list):
        items = [draw(altered(child, depth - 1)) for child in value if not one_in(draw, 10)]
        return [*items, *([draw(values(1))] if one_in(draw, 3) else [])]
    return value


@some.composite
def scattered(draw: some.DrawFn, value: Json) -> Json:
    """A value with one place in it altered."""
    if not value or one_in(draw, 10):
        return draw(altered(value, 2))
    if isinstance(value, dict):
        name = draw(some.sampled_from(list(value)))
        return {**value, name: draw(scattered(value[name]))}
    if isinstance(value, list):
        index = draw(some.sampled_from(range(len(value))))
        return [*value[:index], draw(scattered(value[index])), *value[index + 1 :]]
    return draw(altered(value, 2))


def documents(version: str) -> some.SearchStrategy[dict[str, Json]]:
    info: Json = {"version": version}
    return some.fixed_dictionaries({"info": some.just(info), "x": values(4), "paths": values(3)})


@some.composite
def versions(draw: some.DrawFn) -> tuple[Json, Json]:
    """A newer document and the older one."""
    older = draw(documents("a"))
    newer = draw(altered(older, 4))
    info: Json = {"version": "b"}
    return {**(newer if isinstance(newer, dict) else {}), "info": info}, older


@settings(max_examples=150)
@given(versions())
def test_any_difference_is_restored(pair: tuple[Json, Json]) -> None:
    """Whatever two documents hold, the written overlay turns one into the other."""
    actions(*pair)


SPEC = reader.load(HERE / "spec.yaml", name="spec.yaml").data


@settings(max_examples=40, phases=[Phase.generate])  # a spec is long, also when it is shrunk
@given(scattered(SPEC).flatmap(scattered).flatmap(scattered))
def test_any_difference_of_a_spec_is_restored(newer: Json) -> None:
    """The same of a whole spec, changed in a few places."""
    info: Json = {"version": "later"}
    actions({**(newer if isinstance(newer, dict) else {}), "info": info}, SPEC)
