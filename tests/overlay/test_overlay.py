"""OpenAPI Overlay 1.1: what an action does, what is refused, and where everything comes from."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest

from runnersmith import overlay
from runnersmith.openapi.document import Document, Json, Pointer
from runnersmith.problems import SpecError
from runnersmith.reader import limits, parse

HEAD = "overlay: 1.1.0\ninfo: {title: Older, version: '1'}\nactions:\n"
WHOLE: Json = {"a": 1, "b": [{"c": 2}, {}]}
# Applies an overlay in a Python of its own, since a stack that overflows may end the process.
APART = """
import sys
from runnersmith import overlay
from runnersmith.problems import SpecError
from runnersmith.reader import parse
text = sys.stdin.buffer.read()
try:
    overlay.apply(parse(b"a: [1]", name="spec.yaml"), parse(text, name="older.yaml"))
except SpecError as error:
    print(error)
"""


def document(text: str) -> Document:
    return parse(text.encode(), name="spec.yaml")


def layer(actions: str, head: str = HEAD) -> Document:
    return parse((head + actions).encode(), name="older.yaml")


def apply(text: str, actions: str, head: str = HEAD) -> Document:
    return overlay.apply(document(text), layer(actions, head))


def refused(text: str, actions: str, head: str = HEAD) -> list[str]:
    """The problems of an overlay, as they are printed."""
    with pytest.raises(SpecError) as caught:
        apply(text, actions, head)
    return [str(problem) for problem in caught.value.problems]


def an_action(**action: Json) -> str:
    return f"- {json.dumps(action)}\n"


# ── What actions do ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "target", "update", "after"),
    [
        ("a: {b: {c: 1}}", "$.a", {"b": {"d": 2}}, {"a": {"b": {"c": 1, "d": 2}}}),
        ("a: 1", "$", {"b": {"c": [1]}}, {"a": 1, "b": {"c": [1]}}),
        ("a: {b: 1}", "$.a", {}, {"a": {"b": 1}}),
        ("a: [1]", "$.a", [2, [3]], {"a": [1, 2, [3]]}),
        ("a: [1]", "$.a", [], {"a": [1]}),
        ("a: {b: [1]}", "$.a", {"b": [1]}, {"a": {"b": [1, 1]}}),
        ("a: [1]", "$.a", {"x": 1}, {"a": [1, {"x": 1}]}),
        ("a: [1]", "$.a", 2, {"a": [1, 2]}),
        ("a: [1]", "$.a", None, {"a": [1, None]}),
        ("a: {b: [1]}", "$.a", {"b": 2}, {"a": {"b": [1, 2]}}),
        ("a: {b: 1}", "$.a", {"b": 2}, {"a": {"b": 2}}),
        ("a: {b: 1}", "$.a.b", "x", {"a": {"b": "x"}}),
        ("a: 1", "$.a", None, {"a": None}),
        ("a: null", "$.a", False, {"a": False}),
        ("a: [1, 2, 3]", "$.a[1, 2]", 0, {"a": [1, 0, 0]}),
        ("a: [1, 2]", "$.a[-1]", 9, {"a": [1, 9]}),
        ("a: [{b: 1}, {b: 2}]", "$.a[?@.b == 2]", {"c": 3}, {"a": [{"b": 1}, {"b": 2, "c": 3}]}),
        ("a: [{b: 1}, {b: 2}]", "$..b", 0, {"a": [{"b": 0}, {"b": 0}]}),
        ("/a/{b}: {get: {}}", "$['/a/{b}'].get", {"x": 1}, {"/a/{b}": {"get": {"x": 1}}}),
        ('"0": {b: 1}', "$['0']", {"b": 2}, {"0": {"b": 2}}),
    ],
)
def test_an_update_is_merged(before: str, target: str, update: Json, after: Json) -> None:
    """Mappings merge at every depth, lists grow at their end, anything else is replaced."""
    assert apply(before, an_action(target=target, update=update)).data == after


@pytest.mark.parametrize("update", [{"b": 1, "c": 2}, {"c": 2, "b": 1}])
def test_what_is_there_keeps_its_order_and_what_is_new_comes_last(update: Json) -> None:
    """An overlay changes no order of a document."""
    data = apply("{b: 0, a: 0}", an_action(target="$", update=update)).data
    assert isinstance(data, dict)
    assert list(data) == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("before", "target", "update", "culprit"),
    [
        ("a: {b: {}}", "$.a", {"b": 1}, "1}}"),
        ("a: {b: 1}", "$.a", {"b": {}}, "{}}}"),
        ("a: {b: 1}", "$.a", {"b": []}, "[]}}"),
        ("a: {b: {}}", "$.a", {"b": [1]}, "[1]}}"),
        ("a: {}", "$.a", 1, "1}"),
        ("a: 1", "$.a", [1], "[1]}"),
        ("a: 1", "$", [1], "[1]}"),
    ],
)
def test_what_does_not_fit_is_refused(before: str, target: str, update: Json, culprit: str) -> None:
    """A mapping holds only what is merged from one, a single value only single values."""
    action = an_action(target=target, update=update)
    [problem] = refused(before, action)
    assert problem.startswith(f"older.yaml:4:{action.rindex(culprit) + 1}: ")
    assert "cannot be merged" in problem


REMOVALS: list[tuple[str, str, Json]] = [
    ("{a: 1, b: 2}", "$.a", {"b": 2}),
    ("{a: {b: [1]}, c: 1}", "$.a.b", {"a": {}, "c": 1}),
    ("a: [0, 1, 2, 3]", "$.a[1]", {"a": [0, 2, 3]}),
    ("a: [0, 1, 2, 3]", "$.a[0, 2]", {"a": [1, 3]}),
    ("a: [0, 1, 2, 3]", "$.a[3, 0, 3]", {"a": [1, 2]}),
    ("a: [0, 1, 2, 3]", "$.a[?@ > 0]", {"a": [0]}),
    ("a: [0, 1, 2, 3]", "$.a[*]", {"a": []}),
    ("a: [[0, 1], [0, 1]]", "$.a[*][0]", {"a": [[1], [1]]}),
    ("{a: {x: {x: 1}}, b: [{x: 1}, {x: 2}]}", "$..x", {"a": {}, "b": [{}, {}]}),
    ("a: [[0], [1]]", "$..[0]", {"a": [[]]}),
    ("{a: 1, b: 2}", "$.*", {}),
    ("a: [" + ", ".join(map(str, range(12))) + "]", "$.a[1, 2, 10]", {"a": [0, *range(3, 10), 11]}),
]


@pytest.mark.parametrize(("before", "target", "after"), REMOVALS)
def test_what_is_selected_is_removed(before: str, target: str, after: Json) -> None:
    """Entries and items go, several of one list at once, and what is inside one that goes."""
    assert apply(before, an_action(target=target, remove=True)).data == after


def test_the_whole_document_cannot_be_removed() -> None:
    """There is nothing left to describe."""
    [problem] = refused("a: 1", an_action(target="$", remove=True))
    assert problem.startswith("older.yaml:4:3: ")


@pytest.mark.parametrize(
    ("before", "target", "source", "after"),
    [
        ("{a: {x: 1}, b: {y: 2}}", "$.b", "$.a", {"a": {"x": 1}, "b": {"y": 2, "x": 1}}),
        ("{a: [1], b: [2]}", "$.b", "$.a", {"a": [1], "b": [2, 1]}),
        ("{a: 1, b: 2}", "$.b", "$.a", {"a": 1, "b": 1}),
        ("{a: [1], b: 2}", "$.a", "$.b", {"a": [1, 2], "b": 2}),
        ("{a: 1, b: [{c: 2}, {}]}", "$.b[1]", "$", {"a": 1, "b": [{"c": 2}, WHOLE]}),
    ],
)
def test_a_copy_is_merged_like_an_update(
    before: str, target: str, source: str, after: Json
) -> None:
    """What the document has elsewhere is merged into every target, as it was before the action."""
    assert apply(before, an_action(target=target, copy=source)).data == after


@pytest.mark.parametrize(
    ("source", "word"), [("$.l[*]", "selects 2"), ("$.none", "nothing"), ("l", "JSONPath")]
)
def test_a_copy_has_one_source(source: str, word: str) -> None:
    """Several, none, and what is no JSONPath are told at the source."""
    action = an_action(target="$.a", copy=source)
    [problem] = refused("{a: {}, l: [1, 2]}", action)
    assert problem.startswith(f"older.yaml:4:{action.index(json.dumps(source)) + 1}: ")
    assert word in problem


def test_a_copy_that_does_not_fit_is_told_at_the_action() -> None:
    """The mistake is in the overlay, not in the document that is copied from."""
    [problem] = refused("{a: {}, b: 1}", an_action(target="$.a", copy="$.b"))
    assert problem.startswith("older.yaml:4:")


def test_actions_come_one_after_the_other() -> None:
    """Each sees what those before it have made; a later one may build on what one brought in."""
    made = apply(
        "a: {x: 1}",
        an_action(target="$", copy="$.a")
        + an_action(target="$.x", update=2)
        + an_action(target="$.a", remove=True)
        + an_action(target="$", update={"a": {"y": {"z": []}}})
        + an_action(target="$.a.y.z", update=[1])
        + an_action(target="$.a.y.z", update=2),
    )
    assert made.data == {"x": 2, "a": {"y": {"z": [1, 2]}}}


def test_nothing_that_is_given_changes() -> None:
    """Document and overlay can be used again: values, places and files of both stay."""
    actions = (
        an_action(target="$.a", update={"b": {"c": [9]}, "n": {"m": []}})
        + an_action(target="$.a.n.m", update=[1])
        + an_action(target="$.l[0]", remove=True)
        + an_action(target="$.l", copy="$.a.b.c")
    )
    base, older = document("{a: {b: {c: [1]}}, l: [1, 2], keep: {x: 1}}"), layer(actions)
    before = copy.deepcopy((base.data, older.data))
    places = {p: str(base.place(p)) for p in (("a", "b", "c", 0), ("l", 0), ("l", 1))}
    first, second = overlay.apply(base, older), overlay.apply(base, older)
    assert first.data == second.data
    assert first.data != base.data
    assert (base.data, older.data) == before
    assert not base.files
    assert {p: str(base.place(p)) for p in places} == places


def test_an_alias_of_the_document_is_changed_in_its_one_place() -> None:
    """Two entries with one anchor are two values: changing one leaves the other."""
    made = apply(
        "a: &x {l: [1], m: {}}\nb: *x\n",
        an_action(target="$.b.l", update=[2]) + an_action(target="$.a.m", update={"n": 1}),
    )
    assert made.data == {"a": {"l": [1], "m": {"n": 1}}, "b": {"l": [1, 2], "m": {}}}


def test_an_alias_of_the_overlay_is_changed_in_its_one_place() -> None:
    """What was brought in twice, by an alias or by two targets, is two values afterwards."""
    made = apply(
        "a: [{}, {}]",
        "- {target: '$.a[*]', update: {p: &x {l: [1]}, q: *x}}\n"
        "- {target: '$.a[0].q.l', update: [2]}\n",
    )
    one: Json = {"l": [1]}
    assert made.data == {"a": [{"p": one, "q": {"l": [1, 2]}}, {"p": one, "q": one}]}


# ── Where everything comes from ──────────────────────────────────────────────────────────────

SPEC = """\
title: Lamps
kept: {x: 1}
list:
  - zero
  - one
  - {two: 2}
"""


@pytest.mark.parametrize(
    ("actions", "pointer", "value", "key"),
    [
        ("- {target: $, update: {new: {deep: [1]}}}", ("kept", "x"), "spec.yaml:2:11", None),
        ("- {target: $.kept, update: {y: 1}}", ("kept", "x"), "spec.yaml:2:11", None),
        ("- {target: $.kept, update: {y: 1}}", ("kept", "y"), "older.yaml:4:32", "older.yaml:4:29"),
        ("- {target: $.title, update: Moons}", ("title",), "older.yaml:4:29", None),
        (
            "- target: $\n  update:\n    new:\n      deep:\n        - 7\n",
            ("new", "deep", 0),
            "older.yaml:8:11",
            None,
        ),
        ("- {target: $.list, update: [a, b]}", ("list", 4), "older.yaml:4:32", None),
        ("- {target: $.list, update: [a, b]}", ("list", 1), "spec.yaml:5:5", None),
        ("- {target: $.list, update: {x: 1}}", ("list", 3), "older.yaml:4:28", None),
        ("- {target: $.list, update: {x: 1}}", ("list", 3, "x"), "older.yaml:4:32", None),
        ("- {target: '$.list[0]', remove: true}", ("list", 0), "spec.yaml:5:5", None),
        ("- {target: '$.list[0]', remove: true}", ("list", 1, "two"), "spec.yaml:6:11", None),
        ("- {target: '$.list[0, 1]', remove: true}", ("list", 0), "spec.yaml:6:5", None),
        (
            "- {target: $.list, update: [a]}\n- {target: '$.list[1]', remove: true}",
            ("list", 2),
            "older.yaml:4:29",
            None,
        ),
        (
            "- {target: '$.list[0]', update: a}\n- {target: '$.list[0]', remove: true}",
            ("list", 0),
            "spec.yaml:5:5",
            None,
        ),
        ("- {target: $.kept, copy: '$.list[2]'}", ("kept", "two"), "spec.yaml:6:11", None),
        (
            "- {target: $.kept, update: {n: {m: 1}}}\n- {target: $.list, copy: $.kept.n}",
            ("list", 3, "m"),
            "older.yaml:4:36",
            None,
        ),
    ],
)
def test_every_value_keeps_its_place(
    actions: str, pointer: Pointer, value: str, key: str | None
) -> None:
    """A value is shown in the file and on the line where it was written, whatever moved since."""
    made = apply(SPEC, actions)
    assert str(made.place(pointer)) == value
    if key is not None:
        assert str(made.place(pointer, key=True)) == key


def test_places_after_two_overlays_name_each_file() -> None:
    """The second overlay's document has values of three files."""
    first = overlay.apply(document(SPEC), layer("- {target: $.kept, update: {y: {z: 1}}}"))
    text = HEAD + "- {target: $.kept.y, update: {w: 2}}\n- {target: '$.list[0]', remove: true}"
    second = overlay.apply(first, parse(text.encode(), name="oldest.yaml"))
    shown = {
        ("kept", "x"): "spec.yaml:2:11",
        ("kept", "y", "z"): "older.yaml:4:36",
        ("kept", "y", "w"): "oldest.yaml:4:34",
        ("list", 0): "spec.yaml:5:5",
    }
    assert {pointer: str(second.place(pointer)) for pointer in shown} == shown


# ── What is refused ──────────────────────────────────────────────────────────────────────────

GOOD = "- {target: $.a, update: 2}\n"


@pytest.mark.parametrize(
    ("head", "actions", "place", "word"),
    [
        (HEAD.replace("1.1.0", "2.0.0"), GOOD, "", "1.1.0"),
        (HEAD.replace("1.1.0", "1.1"), GOOD, "", "1.1.0"),
        (HEAD.replace("1.1.0", "'1.1.0\\n'"), GOOD, "", "1.1.0"),
        (HEAD.replace("overlay: 1.1.0\n", ""), GOOD, "", "1.1.0"),
        (HEAD.replace("overlay: 1.1.0", "openapi: 3.1.0"), GOOD, "", "not an overlay"),
        ("- ", "a", "1:1", "not an overlay"),
        (HEAD.replace("info: {title: Older, version: '1'}\n", ""), GOOD, "1:1", "title"),
        (HEAD.replace("title: Older, ", ""), GOOD, "2:7", "title"),
        (HEAD.replace(", version: '1'", ""), GOOD, "2:7", "version"),
        (HEAD.replace("'1'", "1"), GOOD, "2:7", "version"),
        (HEAD.replace("{title: Older, version: '1'}", "Older"), GOOD, "2:7", "title"),
        (HEAD.replace("'1'", "'1', name: x"), GOOD, "2:36", "`name`"),
        (HEAD.replace("actions", "extend: x\nactions"), GOOD, "3:1", "`extend`"),
        (HEAD, "", "", "action"),
        (HEAD, " []", "4:2", "at least one"),
        (HEAD, " {a: 1}", "4:2", "list of at least one action"),
        (HEAD, "- 5", "4:3", "target"),
        (HEAD, "- {update: 2}", "4:3", "target"),
        (HEAD, "- {target: '', update: 2}", "4:3", "target"),
        (HEAD, "- {target: 5, update: 2}", "4:3", "target"),
        (HEAD, "- {target: $.a}", "4:3", "exactly one"),
        (HEAD, "- {target: $.a, update: 2, remove: true}", "4:3", "exactly one"),
        (HEAD, "- {target: $.a, update: 2, copy: $.a}", "4:3", "exactly one"),
        (HEAD, "- {target: $.a, remove: false}", "4:25", "remove"),
        (HEAD, "- {target: $.a, remove: 1}", "4:25", "remove"),
        (HEAD, "- {target: $.a, remove: null}", "4:25", "remove"),
        (HEAD, "- {target: $.a, remove: 'true'}", "4:25", "remove"),
        (HEAD, "- {target: $.a, update: 2, updat: 3}", "4:28", "`updat`"),
        (HEAD, "- {target: $.b, update: 2}", "4:12", "selects nothing"),
        (HEAD, "- {target: $.b, remove: true}", "4:12", "selects nothing"),
        (HEAD, "- {target: '$.a[*]', update: 2}", "4:12", "selects nothing"),
        (HEAD, "- {target: '$.A', update: 2}", "4:12", "selects nothing"),
        (HEAD, "- {target: a, update: 2}", "4:12", "JSONPath"),
        (HEAD, "- {target: '$.a[', update: 2}", "4:12", "JSONPath"),
        (HEAD, "- {target: '$.a ', update: 2}", "4:12", "JSONPath"),
        (HEAD, "- {target: '$[?nope(@)]', update: 2}", "4:12", "JSONPath"),
        (HEAD, "- {target: '$.a[99999999999999999999]', update: 2}", "4:12", "JSONPath"),
        (HEAD, "- {target: /a, update: 2}", "4:12", "JSONPath"),
        (HEAD, "- {target: $.a, copy: null}", "4:23", "JSONPath"),
    ],
)
def test_what_is_no_overlay_is_refused(head: str, actions: str, place: str, word: str) -> None:
    """Whatever is not understood or does nothing is a problem with its line."""
    problems = refused("a: 1", actions, head)
    assert all(problem.startswith(f"older.yaml:{place}") for problem in problems), problems
    assert word in "\n".join(problems)


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        HEAD.replace("1.1.0", "1.0.0"),
        HEAD.replace("1.1.0", "1.1.7"),
        HEAD.replace("'1'", "'1', description: Why, x-mine: 1"),
        HEAD.replace("actions", "x-mine: {}\nextends: ../spec.yaml\nactions"),
    ],
)
def test_what_the_specification_allows_is_taken(head: str) -> None:
    """Extensions, descriptions and patch releases, at every level."""
    action = "- {target: $.a, description: Why, x-mine: [1], update: 2}\n"
    assert apply("a: 1", action, head).data == {"a": 2}


def test_every_problem_of_the_form_is_told_at_once() -> None:
    """One run shows all that is to be mended."""
    head = "overlay: 1.1.0\nother: 1\ninfo: {title: Older}\nactions:\n"
    actions = "- {target: $.a}\n- {update: 1}\n- {target: $.a, remove: false, moved: 1}\n"
    assert [problem.split(": ")[0] for problem in refused("a: 1", actions, head)] == [
        "older.yaml:2:1",
        "older.yaml:3:7",
        "older.yaml:5:3",
        "older.yaml:6:3",
        "older.yaml:7:25",
        "older.yaml:7:32",
    ]


def test_every_action_that_fails_is_told_at_once() -> None:
    """An action that cannot be applied does not hide the next."""
    actions = (
        "- {target: $.none, update: 1}\n"
        "- {target: $.a, update: {x: 1}}\n"
        "- {target: $.b, update: 2}\n"
        "- {target: 'b', remove: true}\n"
        "- {target: $, remove: true}\n"
    )
    assert [problem.split(": ")[0] for problem in refused("{a: 1, b: 1}", actions)] == [
        "older.yaml:4:12",
        "older.yaml:5:25",
        "older.yaml:7:12",
        "older.yaml:8:3",
    ]


def test_everything_in_one_update_that_does_not_fit_is_told_at_once() -> None:
    """One action may be wrong in several places."""
    action = "- target: $.a\n  update:\n    x: 1\n    y: 2\n    z: 3\n"
    found = refused("a: {x: {}, y: 0, z: {}}", action)
    assert [problem.split(": ")[0] for problem in found] == ["older.yaml:6:8", "older.yaml:8:8"]


# ── Overlays that mean harm ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "target",
    [
        "$" + ".a" * 50_000,
        "$" + "..a" * 5_000,
        "$[?" + "(" * 5_000 + "@.a" + ")" * 5_000 + "]",
        "$[?" + "!" * 5_000 + "@.a]",
        "$" + "[?@" * 500 + "]" * 500,
        "$[?" + "@.a && " * 5_000 + "@.a]",
        "$['" + "x" * 100_000 + "']",
    ],
    ids=["long", "descents", "parentheses", "nots", "filters", "ands", "name"],
)
def test_a_hostile_path_is_refused_with_its_place(target: str) -> None:
    """A path that is too long or too deep is a problem like any other; the process lives."""
    text = HEAD + an_action(target=target, remove=True)
    done = subprocess.run(
        [sys.executable, "-c", APART],
        input=text.encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()[-300:]
    assert done.stdout.startswith(b"older.yaml:4:14: ")


def test_a_message_does_not_repeat_a_path_at_any_length() -> None:
    """A problem stays one line that can be read."""
    [problem] = refused("a: 1", an_action(target="$['" + "x" * 100_000 + "']", remove=True))
    assert len(problem) < 1_000


def test_copies_do_not_grow_without_bound() -> None:
    """A list that is doubled again and again is refused before it takes the memory."""
    doubled = an_action(target="$.a", copy="$.a") * 14
    [problem, *_] = refused(f"a: [{'x' * 4_000}]", doubled)
    assert problem.startswith("older.yaml:")


def test_what_is_made_is_no_deeper_than_what_is_read() -> None:
    """The bound on depth, on which recursion relies, holds for document and overlay together."""
    half = limits.MAX_DEPTH * 3 // 4
    deep = "{a: " * half + "{}" + "}" * half
    target = "$" + ".a" * half
    [problem] = refused(deep, f"- {{target: {target}, update: {deep}}}\n")
    assert problem.startswith("older.yaml:4:")


@pytest.mark.parametrize("pattern", ["(a+)+", "(a|a)*b", "(.*)*c"], ids=["plus", "either", "star"])
def test_a_pattern_in_a_filter_takes_no_time(pattern: str) -> None:
    """A regular expression that backtracks does not hang the run."""
    text = HEAD + an_action(target=f"$.a[?match(@, '{pattern}')]", remove=True)
    code = APART.replace("a: [1]", "a: [" + "a" * 40 + "-]")
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=text.encode(),
        capture_output=True,
        check=False,
        timeout=20,
    )
    assert b"selects nothing" in done.stdout
