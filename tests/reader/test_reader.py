"""Reading files: what is kept, what is rejected and where, and how much it may cost.

What is rejected with its place is shown by the cases as well (`test_validate`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runnersmith import reader
from runnersmith.openapi.document import Json, Pointer
from runnersmith.problems import Place, SpecError, UsageError
from runnersmith.reader import limits

MIXED = """\
{
  "text": "é 灯 \\ud83d\\ude00 \\" {}[],:",
  "\\u00e9": [1, -2.5e3, true, false, null, "", {}, [], [[]]],
  "empty": {}, "same": {}, "list":
    [ {"a": {"b": [0, {"c": 1}]}},
      "x" ]
}
"""


def read(text: str, suffix: str = ".yaml") -> Json:
    """The data of a text."""
    return reader.parse(text.encode(), name="spec", suffix=suffix).data


def refused(text: str | bytes, suffix: str = ".yaml") -> list[str]:
    """Why a text is rejected."""
    with pytest.raises(SpecError) as caught:
        reader.parse(text.encode() if isinstance(text, str) else text, name="s", suffix=suffix)
    return [str(problem) for problem in caught.value.problems]


def pointers(value: Json, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Every place below a value."""
    yield pointer
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from pointers(inner, (*pointer, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from pointers(inner, (*pointer, index))


# ── Values ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("y", "y"),
        ("2026-03-10", "2026-03-10"),
        ("2026-03-10T12:00:00Z", "2026-03-10T12:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("1_000", "1_000"),
        ("0b101", "0b101"),
        ("3.10.1", "3.10.1"),
        ("- ", [None]),
        ("~", None),
        ("null", None),
        ("Null", None),
        ("true", True),
        ("FALSE", False),
        ("tRUE", "tRUE"),
        ("0", 0),
        ("-12", -12),
        ("+12", 12),
        ("010", 10),
        ("0o10", 8),
        ("0xFf", 255),
        ("1.5", 1.5),
        ("1.", 1.0),
        (".5", 0.5),
        ("-1e3", -1000.0),
        (".", "."),
        ("-", [None]),
        ("'1'", "1"),
        ('"true"', "true"),
        ("|\n  1\n", "1\n"),
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
    ],
)
def test_plain_scalars_follow_yaml_1_2(text: str, value: Json) -> None:
    """The core schema decides: numbers, booleans and null are read, all else stays text."""
    found = read(f"{text}\n")
    assert (type(found), found) == (type(value), value)


def test_json_and_yaml_agree_on_values_and_places() -> None:
    """JSON is YAML: both ways give the same data, and every value and key the same place."""
    text = MIXED.replace("\\ud83d\\ude00", "💡")  # libyaml knows no pairs of escapes
    as_json = reader.parse(text.encode(), name="spec", suffix=".JSON")
    as_yaml = reader.parse(text.encode(), name="spec")
    assert as_json.data == as_yaml.data == json.loads(text)
    for pointer in pointers(as_json.data):
        for key in (False, True):
            assert as_json.place(pointer, key=key) == as_yaml.place(pointer, key=key)


def test_places_count_lines_and_characters_from_one() -> None:
    """A place is what an editor shows, with é and 灯 one column each."""
    document = reader.parse(MIXED.encode(), name="spec", suffix=".json")
    assert document.place(("text",), key=True) == Place("spec", 2, 3)
    assert document.place(("text",)) == Place("spec", 2, 11)
    assert document.place(("é", 1)) == Place("spec", 3, 17)
    assert document.place(("list", 0, "a", "b", 1, "c")) == Place("spec", 5, 29)
    assert document.place(("list", 1)) == Place("spec", 6, 7)
    assert document.place(("list", 0, "a", "absent")) == document.place(("list", 0, "a"))


def test_equal_containers_have_places_of_their_own() -> None:
    """Places go by identity, and no two containers share one unless an alias makes them."""
    document = reader.parse(b"a: {}\nb: {}\nc: &c {d: 1}\ne: *c\n", name="spec")
    assert [document.place((key,)).line for key in "abce"] == [1, 2, 3, 4]
    assert document.place(("e", "d")) == document.place(("c", "d")) == Place("spec", 3, 11)


def test_byte_order_mark_is_no_part_of_the_text() -> None:
    """A UTF-8 file that begins with a mark reads as one without."""
    assert read("\ufeffa: 1\n") == {"a": 1}
    assert read('\ufeff{"a": 1}', ".json") == {"a": 1}


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["s:1:1: empty file; expected an OpenAPI document"]),
        (" \n\n", ["s:1:1: empty file; expected an OpenAPI document"]),
        ('{"a": 1', ["s:1:8: not valid JSON: expecting ',' delimiter"]),
        ('{"a": 1} x', ["s:1:10: not valid JSON: extra data"]),
        ("a: 1", ["s:1:1: not valid JSON: expecting value"]),
        (
            '{"a": 1,\n "b": {"c": 1, "c": 2},\n "a": 2}',
            [
                's:2:16: duplicate key "c", first used on line 2; rename or remove one',
                's:3:2: duplicate key "a", first used on line 1; rename or remove one',
            ],
        ),
        (
            '[NaN, -Infinity, 1e400, 99999999999999999999, "\\ud800"]',
            [
                "s:1:2: NaN is not JSON; remove it",
                "s:1:7: -Infinity is not JSON; remove it",
                "s:1:18: a number too large for a float; quote it or make it smaller",
                "s:1:25: an integer of more than 64 bits; quote it or make it smaller",
                "s:1:47: half of a surrogate pair (\\ud800 to \\udfff); remove the escape",
            ],
        ),
        ('{"\\udc00": [NaN, }', ["s:1:18: not valid JSON: expecting value"]),
        ("9" * 5000, ["s:1:1: an integer of more than 64 bits; quote it or make it smaller"]),
    ],
)
def test_json_is_refused_with_every_place(text: str, problems: list[str]) -> None:
    """What JSON itself forbids, and what its readers take differently, is rejected in one go."""
    assert refused(text, ".json") == problems


def test_depth_is_bounded_alike_in_json_and_yaml() -> None:
    """The deepest document allowed is read; one level more is rejected, however much follows."""
    for suffix in (".json", ".yaml"):
        deepest = "[" * limits.MAX_DEPTH + "]" * limits.MAX_DEPTH
        assert len([*pointers(read(deepest, suffix))]) == limits.MAX_DEPTH
        for beyond in (1, 2_800, 99_800):
            text = "[" * beyond + deepest + "]" * beyond
            place = f"s:1:{limits.MAX_DEPTH + 1}"
            assert refused(text, suffix) == [f"{place}: nested deeper than 100 levels; flatten it"]


def test_a_file_that_is_too_large_is_refused_before_it_is_parsed() -> None:
    """The bound on size is the first one."""
    assert refused(b"[" * (limits.MAX_YAML_BYTES + 1)) == [
        "s:1:1: larger than 8 MiB, the most that a YAML file may have; split it"
    ]
    assert refused(b"[" * (limits.MAX_JSON_BYTES + 1), ".json") == [
        "s:1:1: larger than 32 MiB, the most that a JSON file may have; split it"
    ]


def test_utf_16_is_named() -> None:
    """A file of the wrong encoding says which."""
    assert refused("a: 1".encode("utf-16")) == ["s:1:1: a UTF-16 file; save it as UTF-8"]


@pytest.mark.parametrize("key", ["a\nb", "\x1b[2J", "\u202e", '"' * 3, "x" * 10_000])
def test_keys_are_escaped_in_messages(key: str) -> None:
    """A key is shown on one line, printable, and cut when it is long."""
    written = json.dumps(key)
    for suffix in (".json", ".yaml"):
        [message] = refused(f"{{{written}: 1, {written}: 2}}", suffix)
        assert message.isprintable()
        assert len(message) < 200


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def test_a_file_is_called_by_its_path_or_by_name(tmp_path: Path) -> None:
    """Messages name a file as they are told to."""
    spec = tmp_path / "spec.yaml"
    spec.write_text("a: 1\n", "utf-8")
    assert reader.load(spec).name == spec.as_posix()
    assert reader.load(spec, name="spec.yaml").name == "spec.yaml"


def test_a_file_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    """Missing, a folder, or not a path at all: one line, no traceback."""
    for path, reason in (
        (tmp_path / "missing.yaml", "no such file or directory"),
        (tmp_path, "is a directory"),
    ):
        with pytest.raises(UsageError, match=f"^cannot read spec: {reason}$"):
            reader.load(path, name="spec")
    with pytest.raises(UsageError, match=r"^cannot read 'a\\x00b': "):
        reader.load(Path("a\0b"))


# ── Cost ─────────────────────────────────────────────────────────────────────────────────────

LAUGHS = "\n".join(
    ["a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
)
BOMBS = {
    "laughs": LAUGHS,
    "long text": f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * 10_000)}]\n",
    "deep": "a:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 2_000)),
    "deep in brackets": "a: " + "[" * 500_000,
    "merged laughs": "a0: &a0 {x: 1}\n"
    + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}], k{n}: 1}}\n" for n in range(1, 12)
    ),
    "merged rows": f"a: &a {{{', '.join(f'k{n}: 0' for n in range(1_000))}}}\nb:\n"
    + "- {<<: *a}\n" * 300,
    "many anchors": "".join(f"- &a{n} x\n" for n in range(200_000)) + "- *a\n",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_costs_little(bomb: str, tmp_path: Path) -> None:
    """A small file that means a huge document is rejected with 200 MB to spend, and no more.

    So it is by a tolerant reading, which merges keys.
    """
    spec = tmp_path / "spec.yaml"
    spec.write_text(BOMBS[bomb], "utf-8")
    script = (
        "import resource, sys; from pathlib import Path; from runnersmith import reader\n"
        "from runnersmith.problems import SpecError\n"
        "resource.setrlimit(resource.RLIMIT_DATA, (200 * 2**20, 200 * 2**20))\n"
        "for tolerant in (False, True):\n"
        f"    try: reader.load(Path({str(spec)!r}), tolerant=tolerant)\n"
        "    except SpecError as error: print('refused', 'merge keys' in str(error))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    strict, tolerant = run.stdout.splitlines()
    assert (strict, tolerant) == (f"refused {'merged' in bomb}", "refused False")
