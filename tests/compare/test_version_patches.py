"""The patches of an official description, by RFC 7396 and RFC 6902: exact where they fit, else refused."""

from __future__ import annotations

import copy

import pytest

from runnersmith import reader
from runnersmith.compare.version_patches import apply
from runnersmith.openapi.document import Document, Json
from runnersmith.problems import SpecError

VALUE: Json = {"a": {"b": [1, 2, 3], "c": None}, "x/y": {"~": True}, "": "empty"}


def patched(patch: Json) -> Json:
    """`VALUE` after a patch, which must leave it alone."""
    before = copy.deepcopy(VALUE)
    result = apply(VALUE, Document(name="patch", data=patch, locate=dict).root)
    assert before == VALUE
    return result


def with_a(a: Json) -> Json:
    return {"a": a, "x/y": {"~": True}, "": "empty"}


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({}, VALUE),
        ({"a": {"b": None, "d": {"e": 1, "f": None}}}, with_a({"c": None, "d": {"e": 1}})),
        ({"a": [None]}, with_a([None])),
    ],
)
def test_a_mapping_is_merged(patch: Json, expected: Json) -> None:
    """Null takes away, a mapping goes into a mapping, anything else replaces."""
    assert patched(patch) == expected


STEPS: list[tuple[Json, Json]] = [
    ([], VALUE),
    ([{"op": "add", "path": "/a/d", "value": 0}], with_a({"b": [1, 2, 3], "c": None, "d": 0})),
    ([{"op": "add", "path": "/a/c", "value": 0}], with_a({"b": [1, 2, 3], "c": 0})),
    (
        [{"op": "add", "path": "/a/b/0", "value": 0}],
        with_a({"b": [0, 1, 2, 3], "c": None}),
    ),
    ([{"op": "add", "path": "/a/b/3", "value": 4}], with_a({"b": [1, 2, 3, 4], "c": None})),
    ([{"op": "add", "path": "/a/b/-", "value": 4}], with_a({"b": [1, 2, 3, 4], "c": None})),
    ([{"op": "add", "path": "/a/c", "value": None}], VALUE),
    ([{"op": "add", "path": "", "value": 1}], 1),
    ([{"op": "remove", "path": "/a/b/1"}], with_a({"b": [1, 3], "c": None})),
    ([{"op": "remove", "path": "/a/c"}], with_a({"b": [1, 2, 3]})),
    (
        [{"op": "remove", "path": "/x~1y/~0"}, {"op": "remove", "path": "/"}],
        {"a": {"b": [1, 2, 3], "c": None}, "x/y": {}},
    ),
    ([{"op": "replace", "path": "/a/b/2", "value": 9}], with_a({"b": [1, 2, 9], "c": None})),
    ([{"op": "replace", "path": "/a", "value": {}}], with_a({})),
    ([{"op": "replace", "path": "", "value": []}], []),
    ([{"op": "move", "from": "/a/b", "path": "/a/d"}], with_a({"c": None, "d": [1, 2, 3]})),
    (
        [{"op": "move", "from": "/a/b/0", "path": "/a/b/2"}],
        with_a({"b": [2, 3, 1], "c": None}),
    ),
    ([{"op": "move", "from": "/a", "path": "/a"}], VALUE),
    ([{"op": "copy", "from": "/a/b", "path": "/a"}], with_a([1, 2, 3])),
    (
        [
            {"op": "copy", "from": "/a/b", "path": "/a/c"},
            {"op": "remove", "path": "/a/c/0"},
        ],
        with_a({"b": [1, 2, 3], "c": [2, 3]}),
    ),
    (
        [
            {"op": "test", "path": "/a/b", "value": [1, 2.0, 3], "more": "is ignored"},
            {"op": "remove", "path": "/a"},
        ],
        {"x/y": {"~": True}, "": "empty"},
    ),
]


@pytest.mark.parametrize(("steps", "expected"), STEPS)
def test_the_steps_of_a_list_are_taken_in_turn(steps: Json, expected: Json) -> None:
    """Each as RFC 6902 has it, on what the steps before have left."""
    assert patched(steps) == expected


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"op": "remove", "path": "/a/d"}, "/a/d does not exist"),
        ({"op": "remove", "path": "/a/d/e"}, "/a/d does not exist"),
        ({"op": "remove", "path": "/x~1y/z"}, "/x~1y/z does not exist"),
        ({"op": "remove", "path": "/\n"}, '"/\\n" does not exist'),
        ({"op": "remove", "path": "/a/b/3"}, "/a/b/3 is not an index of the array"),
        ({"op": "remove", "path": "/a/b/-"}, "/a/b/- is not an index of the array"),
        ({"op": "remove", "path": ""}, "cannot be removed as a whole"),
        ({"op": "replace", "path": "/a/d", "value": 1}, "/a/d does not exist"),
        ({"op": "replace", "path": "/a/b/01", "value": 1}, "/a/b/01 is not an index of the array"),
        ({"op": "replace", "path": "/a/b/\u0661", "value": 1}, "is not an index of the array"),
        ({"op": "replace", "path": "/a/c"}, "there is no `value`"),
        ({"op": "add", "path": "/a/d"}, "there is no `value`"),
        ({"op": "add", "path": "/d/e", "value": 1}, "/d does not exist"),
        ({"op": "add", "path": "/a/c/e", "value": 1}, "/a/c is neither an object nor an array"),
        ({"op": "add", "path": "/a/b/4", "value": 1}, "/a/b/4 is not an index of the array"),
        ({"op": "add", "path": "/a/b/-1", "value": 1}, "/a/b/-1 is not an index of the array"),
        ({"op": "add", "path": f"/a/b/1{'0' * 5000}", "value": 1}, "is not an index of the array"),
        ({"op": "add", "path": "a", "value": 1}, "`path` is not a JSON Pointer"),
        ({"op": "add", "path": "/a~2", "value": 1}, "`path` is not a JSON Pointer"),
        ({"op": "add", "path": ["a"], "value": 1}, "`path` is not a JSON Pointer"),
        ({"op": "add", "value": 1}, "`path` is not a JSON Pointer"),
        ({"op": "move", "path": "/a"}, "`from` is not a JSON Pointer"),
        ({"op": "move", "from": "/d", "path": "/a"}, "/d does not exist"),
        ({"op": "move", "from": "/a", "path": "/a/b"}, "a value cannot be moved into itself"),
        ({"op": "copy", "from": "/d", "path": "/a"}, "/d does not exist"),
        ({"op": "test", "path": "/a/c", "value": False}, "/a/c does not have the tested value"),
        ({"op": "test", "path": "/x~1y/~0", "value": 1}, "/x~1y/~0 does not have the tested value"),
        ({"op": "test", "path": "/d", "value": None}, "/d does not exist"),
        ({"op": "drop", "path": "/a"}, "`op` must be add, remove,"),
        ({"path": "/a"}, "`op` must be add, remove,"),
        ("remove", "`path` is not a JSON Pointer"),
    ],
)
def test_a_step_that_does_not_fit_is_refused(step: Json, message: str) -> None:
    """Nothing is guessed, and nothing of the patch counts."""
    with pytest.raises(SpecError, match="a step that does not fit: ") as caught:
        patched([{"op": "test", "path": "/a/c", "value": None}, step])
    assert message in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_refused_step_is_told_at_its_place() -> None:
    """Of the steps of a patch, the one that does not fit is named by line and column."""
    text = b'[{"op": "remove", "path": "/a"},\n  {"op": "remove", "path": "/a"}]'
    with pytest.raises(
        SpecError, match=r"\Apatch\.json:2:3: a step that does not fit: /a does not exist"
    ):
        apply(VALUE, reader.parse(text, name="patch.json", suffix=".json").root)
