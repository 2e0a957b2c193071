"""Edits of YAML text: what is not edited stays byte by byte, and what is edited reads as it should."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from bump.bump_project import HERE
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError
from runnersmith.reader import parse
from runnersmith.yaml_edit import Comments, patch
from runnersmith.yaml_edit.values import copied, written

ODD = """\
# On top.
a:   1     # one
'b' : "two"  # quoted
c: [x,  y , "z"]   # a list
d: {k: 1,   l: 'm'}

# About e.
e:
    # deeper than usual
    f: >-
      folded
      prose

    g: |
      literal
    # about h
    h: !x
""".replace(" !x", "")


def patched(text: str, new: Json, comments: Comments | None = None) -> str:
    return patch(parse(text.encode(), name="odd.yaml"), text, new, comments)


def value(text: str) -> dict[str, Json]:
    data = parse(text.encode(), name="odd.yaml").data
    assert isinstance(data, dict)
    return data


def child(text: str, key: str) -> tuple[dict[str, Json], dict[str, Json]]:
    """The value of a text, to be changed, and a mapping in it."""
    whole = value(text)
    found = whole[key]
    assert isinstance(found, dict)
    return whole, found


def test_nothing_changed_is_nothing_edited() -> None:
    """A text that says what it should is returned as it is."""
    assert patched(ODD, value(ODD)) == ODD


@pytest.mark.parametrize(
    ("key", "new", "before", "after"),
    [
        ("a", 2, "a:   1     # one", "a:   2     # one"),
        ("a", "yes", "a:   1     # one", 'a:   "yes"     # one'),
        ("a", "2.10", "a:   1     # one", 'a:   "2.10"     # one'),
        ("b", "it's: so", '"two"  # quoted', '"it\'s: so"  # quoted'),
        ("c", ["x", "y", "z", "w"], '[x,  y , "z"]   #', '[x,  y , "z", w]   #'),
        ("c", ["y", "z"], '[x,  y , "z"]   #', '[y , "z"]   #'),
        ("c", ["x", "b, c"], '[x,  y , "z"]   #', '[x,  "b, c"]   #'),
        ("d", {"k": 1, "o": [1], "l": "m"}, "{k: 1,   l: 'm'}", "{k: 1, o: [1], l: 'm'}"),
        ("d", {"l": "m"}, "{k: 1,   l: 'm'}", "{l: 'm'}"),
        ("c", [], '[x,  y , "z"]   # a list', "[]   # a list"),
        ("c", {"s": "t"}, 'c: [x,  y , "z"]   # a list', "c:\n  s: t   # a list"),
        ("a", ["q: r", None, True], "a:   1     # one", 'a: ["q: r", null, true]     # one'),
    ],
)
def test_a_value_is_edited_in_its_place(key: str, new: Json, before: str, after: str) -> None:
    """One value changes; quotes, spaces and comments around it stay."""
    assert ODD.count(before) == 1
    assert patched(ODD, {**value(ODD), key: new}) == ODD.replace(before, after)


@pytest.mark.parametrize(
    ("key", "new", "before", "after"),
    [
        ("f", "short", ">-\n      folded\n      prose", "short"),
        ("h", {"i": []}, "    h:\n", "    h:\n      i: []\n"),
        ("h", "x" * 93 + " z", "    h:\n", f"    h: >-\n      {'x' * 93}\n      z\n"),
        ("g", None, "|\n      literal", "null"),
    ],
)
def test_a_block_scalar_is_replaced_as_a_whole(
    key: str, new: Json, before: str, after: str
) -> None:
    """Nothing of the old scalar stays, and nothing beside it goes."""
    whole, inner = child(ODD, "e")
    inner[key] = new
    assert ODD.count(before) == 1
    assert patched(ODD, whole) == ODD.replace(before, after)


def test_an_entry_takes_its_comments_with_it() -> None:
    """The comments right above an entry are about it; others stay."""
    whole, inner = child(ODD, "e")
    del inner["h"]
    assert patched(ODD, whole) == ODD.replace("    # about h\n    h:\n", "")
    del whole["e"]
    assert patched(ODD, whole) == ODD[: ODD.index("\n# About e.")]


def test_a_new_entry_goes_where_the_order_says() -> None:
    """Entries come behind the one before them, below its comments, and in its column."""
    whole, inner = child(ODD, "e")
    items = list(inner.items())
    inner.clear()
    inner.update([*items[:1], ("new", {"list": [{"x": 1, "z": 2}]}), *items[1:]])
    added = "    new:\n      list:\n        - x: 1\n          z: 2\n\n    g: |"
    assert patched(ODD, whole) == ODD.replace("\n    g: |", added)


def test_a_new_first_entry_goes_below_the_top_comment() -> None:
    """What stands above the first entry is about that entry."""
    text = "# top\n\n# about a\na: 1\n"
    assert patched(text, {"z": 0, "a": 1}) == "# top\n\nz: 0\n# about a\na: 1\n"


def test_entries_that_stand_apart_stay_apart() -> None:
    """Where blank lines set entries apart, a new one has its own; a removed one takes one along."""
    text = (
        "p:\n  # -- One --\n\n  a:\n    x: 1\n\n  b:\n    x: 2\n\n  # -- Two --\n\n  c:\n    x: 3\n"
    )
    whole, inner = child(text, "p")
    inner["d"] = {"x": 4}
    assert patched(text, whole) == text + "\n  d:\n    x: 4\n"
    whole, inner = child(text, "p")
    del inner["b"]
    assert patched(text, whole) == text.replace("  b:\n    x: 2\n\n", "")
    whole, inner = child(text, "p")
    del inner["a"]
    assert patched(text, whole) == text.replace("\n  a:\n    x: 1\n", "")


def test_a_renamed_entry_keeps_what_is_in_it() -> None:
    """An entry of another name with the same content is renamed, its comments untouched."""
    text = "p:\n  /a/{x}: # why\n    # inside\n    get: {y: 1, z: [2, 3]}\n  /b: {}\n"
    new: Json = {"p": {"/a/{w}": {"get": {"y": 1, "z": [2, 3, 4]}}, "/b": {}}}
    expected = text.replace("{x}", "{w}").replace("[2, 3]", "[2, 3, 4]")
    assert patched(text, new) == expected


def test_a_renamed_entry_is_found_beside_new_ones() -> None:
    """New entries before and behind it, and the comment of a section above it, stay apart from it."""
    text = "p:\n  /a: {}\n\n  # -- Two --\n\n  /b/{x}: # why\n    get: {y: 1, z: [2, 3]}\n"
    get: Json = {"get": {"y": 1, "z": [2, 3]}}
    new: Json = {"p": {"/a": {}, "/n": {"put": {"q": 1}}, "/b/{w}": get, "/o": {"q": 2}}}
    expected = text.replace("  /a: {}\n", "  /a: {}\n\n  /n:\n    put:\n      q: 1\n").replace(
        "{x}", "{w}"
    )
    assert patched(text, new) == expected + "\n  /o:\n    q: 2\n"


LISTS = "l:\n  - a # first\n  # second\n  - b: 1\n    c: 2\n  - - d\n    - e\n"


ITEMS: list[tuple[Json, str, str]] = [
    (["a", {"b": 1, "c": 2}, ["d", "e"], "f"], "    - e\n", "    - e\n  - f\n"),
    ([{"b": 1, "c": 2}, ["d", "e"]], "  - a # first\n", ""),
    (["a", ["d", "e"]], "  # second\n  - b: 1\n    c: 2\n", ""),
    (["a", {"b": 1, "c": 3}, ["d", "e"]], "c: 2", "c: 3"),
    (["a", {"b": 1, "c": 2, "g": {}}, ["d", "e"]], "c: 2\n", "c: 2\n    g: {}\n"),
    (["a", {"c": 2}, ["d", "e"]], "- b: 1\n    c: 2", "- c: 2"),
    (
        ["a", {"b": 1, "c": 2}, ["d", "e", "h"]],
        "  - - d\n    - e\n",
        "  - - d\n    - e\n    - h\n",
    ),
]


@pytest.mark.parametrize(("new", "before", "after"), ITEMS)
def test_items_of_a_list_are_edited_each(new: Json, before: str, after: str) -> None:
    """Items come, go and change by themselves."""
    assert LISTS.count(before) == 1
    assert patched(LISTS, {"l": new}) == LISTS.replace(before, after)


def test_comments_go_above_what_they_are_about() -> None:
    """Above an entry that stays, that is new, that is inside brackets, and above an item."""
    text = "a: 1\nb: {c: 2}\nl:\n  - x\n"
    new: Json = {"a": 1, "b": {"c": 2}, "d": {"e": {"f": 3}}, "l": ["x", {"z": 4}]}
    comments: Comments = {
        ("a",): ("one", "two " * 40),
        ("b", "c"): ("three",),
        ("d", "e"): ("four",),
        ("l", 1): ("five",),
        ("l", 1, "z"): ("six",),
    }
    found = patched(text, new, comments)
    assert found.splitlines() == [
        "# one",
        "# " + " ".join(["two"] * 24),
        "#   " + " ".join(["two"] * 16),
        "a: 1",
        "# three",
        "b: {c: 2}",
        "d:",
        "  # four",
        "  e:",
        "    f: 3",
        "l:",
        "  - x",
        "  # five",
        "  # six",
        "  - z: 4",
    ]


@pytest.mark.parametrize("end", ["", "\n", "\n\n# the end", "\n# the end\n"])
def test_a_text_may_end_in_any_way(end: str) -> None:
    """Whether the last line has an end or not, an entry is added below it."""
    found = patched(f"a: 1{end}", {"a": 1, "b": 2})
    assert value(found) == {"a": 1, "b": 2}
    assert found.startswith("a: 1\n")


def test_line_ends_and_a_mark_at_the_start_stay() -> None:
    """A file of Windows stays one."""
    text = "\ufeffa: 1\r\nb: 2\r\n"
    document = parse(text.encode(), name="w.yaml")
    assert patch(document, text, {"a": 1, "c": [1], "b": 2}) == "\ufeffa: 1\r\nc: [1]\r\nb: 2\r\n"


@pytest.mark.parametrize(
    ("text", "new", "message"),
    [
        ("a: &x 1\nb: *x\n", {"a": 2, "b": 1}, "anchor"),
        ("a: 1\n", {}, "too unusual"),
        ("a: 1 # why\nb: 2\n", {"b": 2, "a": 1}, "too unusual"),
        ("? a\n: 1\n", {"a": [1]}, "too unusual"),
        ("a: 1\r\nb: 2\n", {"a": 1, "b": 3}, "line ends differ"),
        ("a:\t1\n", {"a": 2}, "a tab"),
    ],
)
def test_what_cannot_be_edited_is_refused(text: str, new: Json, message: str) -> None:
    """Rather than lose a comment, or change a value elsewhere, the text is left alone."""
    with pytest.raises(SpecError, match=message):
        patched(text, new)


SCALARS: list[Json] = [
    "plain",
    "with: colon",
    "#x",
    "- a",
    "~",
    "null",
    "0x10",
    "1e3",
    ".5",
    "on",
    "2026-01-01",
    "12:30",
    "a #b",
    "a:",
    " lead",
    "trail ",
    "'q'",
    '"q"',
    "\\",
    "new\nline",
    "tab\tand\x07bell",
    "ünï 𝄞 \u2028\ufeff",
    "{x}",
    "a, b",
    "*a",
    "&a",
    "!t",
    "%p",
    "@a",
    "`b",
    "? k",
    "|",
    ">",
    "<<",
    "",
    "long words " * 20 + "end",
    "double  space " * 12 + "end",
    0,
    -1.5,
    1e22,
    True,
    None,
    [],
    {},
]


def reread(text: str, new: Json) -> str:
    """Return what a text says after an edit, or why it is not edited."""
    try:
        return written(value(patched(text, new)))
    except SpecError as error:
        return str(error)


@pytest.mark.parametrize("text", ["a: 1\n", "a: 'x'\n", 'a: "x"\n', "a: [1, x]\n", "a: |\n  x\n"])
def test_every_value_reads_back(text: str) -> None:
    """Whatever a value holds, as a value, in a list, as a key: reading gives it back."""
    edits: list[Json] = []
    for new in SCALARS:
        key = str(new)
        nested: Json = {"a": {key: {"inner": [{key: new}]}}}
        edits.extend([{"a": new}, {"a": [1, new]}, nested])
    expected = {written(edit): written(edit) for edit in edits}
    assert {written(edit): reread(text, edit) for edit in edits} == expected


VALUES: list[Json] = [*SCALARS, {"k": 1, "l": [1, {"m": "n"}]}, [{"o": {"p": 2}}, 3]]


def containers(found: Json) -> Iterator[dict[str, Json] | list[Json]]:
    if isinstance(found, dict | list) and found:
        yield found
        for inner in found.values() if isinstance(found, dict) else found:
            yield from containers(inner)


SPEC = (HERE / "spec.yaml").read_text(encoding="utf-8")


class Edit(NamedTuple):
    """An edit of the n-th container, at the n-th of its entries; both are counted round."""

    kind: str
    container: int
    entry: int
    value: Json

    def apply(self, data: Json, key: str) -> None:
        """Edit data in place; an entry that is added has the key."""
        found = list(containers(data))
        target = found[self.container % len(found)]
        entry = self.entry % len(target)
        made = copied(self.value)
        if isinstance(target, list):
            cut = {"add": 0, "drop": 1, "set": 1}[self.kind]
            target[entry : entry + cut] = [] if self.kind == "drop" else [made]
            return
        items = list(target.items())
        if self.kind == "add":
            items.insert(self.entry % (len(items) + 1), (key, made))
        elif self.kind == "drop" and target is not data:
            del items[entry]
        else:
            items[entry] = (items[entry][0], made)
        target.clear()
        target.update(items)


DATA = value(SPEC)
CONTAINERS = list(containers(DATA))
# Lists of several items on lines of their own.
BLOCK_LISTS = [
    number
    for number, found in enumerate(CONTAINERS)
    if isinstance(found, list) and len(found) > 1 and isinstance(found[0], dict)
]

EDITS = some.lists(
    some.builds(
        Edit,
        some.sampled_from(["add", "drop", "set"]),
        # There are few such lists among the containers.
        some.sampled_from(range(len(CONTAINERS))) | some.sampled_from(BLOCK_LISTS),
        some.sampled_from(range(60)),
        some.sampled_from(VALUES),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150, phases=[Phase.generate])  # to shrink one takes minutes
@given(EDITS)
def test_any_edits_read_back(edits: list[Edit]) -> None:
    """Any edits of a whole spec give a text that says just that, and keep the lines beside them."""
    new = copied(DATA)
    for number, edit in enumerate(edits):
        edit.apply(new, f"new-{number}")
    found = patched(SPEC, new)
    assert written(value(found)) == written(new)
    # However much is edited, the text is not written anew.
    lines = found.splitlines()
    kept = [line for line in lines if line in SPEC.splitlines()]
    assert len(kept) >= len(lines) / 8
