"""Values of examples that an update cannot know: one is decided, and the others follow it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import NAME, Copy, copied, official
from runnersmith import pipeline
from runnersmith.bump import finish, stage, undecided, write
from runnersmith.openapi.document import Json
from runnersmith.openapi.todo_marks import FOLLOWS, MARK
from runnersmith.overlay import versions
from runnersmith.problems import SpecError

RUNNER = "#/components/schemas/runner"
ID = "#/components/schemas/runner-label"
PATTERN = "^z-[0-9]+$"
# What changes -> a value that fits, and the texts of the marks about examples.
CHANGES: dict[str, tuple[dict[str, Json], str, str]] = {
    "a new required field": (
        {f"{ID}/properties/zone": {"type": "string"}, f"{ID}/required/-": "zone"},
        "north",
        "put a value into one of the examples that looks real",
    ),
    "a new required field with a pattern": (
        {
            f"{ID}/properties/zone": {"type": "string", "pattern": PATTERN},
            f"{ID}/required/-": "zone",
        },
        "z-1",
        "put a value into one of the examples that looks real and matches ^z-[0-9]+$",
    ),
    "a new required object": (
        {
            f"{ID}/properties/zone": {
                "type": "object",
                "required": ["zone"],
                "properties": {"zone": {"type": "string"}},
            },
            f"{ID}/required/-": "zone",
        },
        "north",
        "put a value into zone of the example that looks real",
    ),
    "a pattern that no value fits": (
        {f"{RUNNER}/properties/name/pattern": PATTERN},
        "z-1",
        "put a value into name of the example that looks real and matches ^z-[0-9]+$",
    ),
    "a length that no value has": (
        {f"{RUNNER}/properties/name/minLength": 20},
        "a-runner-of-twenty-letters",
        "put a value into name of the example that looks real",
    ),
}


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    return copied(tmp_path)


def decide(spec: Copy, value: str | None) -> None:
    """Take every decision; `value` is the one of the first value that is open."""
    for path in (spec.spec, *versions.overlays(spec.spec)):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", text, flags=re.MULTILINE)
        if value is not None:
            text = text.replace(FOLLOWS, value, 1)
        path.write_text(text.replace(MARK, "Prose: "), encoding="utf-8")


@pytest.mark.parametrize("change", CHANGES)
def test_one_decision_gives_the_value_to_all_examples(spec: Copy, change: str) -> None:
    """There is one mark, `validate` asks for the last step, and that leaves no value open."""
    changes, value, what = CHANGES[change]
    staged = spec.stage(official(changes))
    marks = [it for it in undecided(staged.content.decode(), NAME) if "example" in it.message]
    assert [what in it.message for it in marks] == [True], marks
    assert all("undecided" in it.message for it in staged.decisions)
    assert staged.content.decode().count(FOLLOWS) > 1
    write(staged)
    decide(spec, value)
    (problem,) = pipeline.open_decisions(spec.spec, NAME)
    assert re.search("values? follows? what was decided", problem.message)
    spec.finish()
    assert FOLLOWS not in spec.text
    assert spec.text.count(f": {value}") > 1
    assert pipeline.examine(spec.spec, NAME, "curated") == ()


@pytest.mark.parametrize("change", CHANGES)
def test_a_value_that_is_left_open_is_refused(spec: Copy, change: str) -> None:
    """A mark that is dropped without a value is found, with the place, and nothing is written."""
    changes, _, _ = CHANGES[change]
    write(spec.stage(official(changes)))
    decide(spec, None)
    before = spec.text
    with pytest.raises(SpecError, match=r"spec/spec\.yaml:\d+:\d+: no example has a value of"):
        finish(spec.spec, NAME)
    assert spec.text == before


def test_what_another_example_has_is_no_decision(spec: Copy) -> None:
    """A value of the same field that still fits is taken from there."""
    staged = spec.stage(official({f"{ID}/properties/name/maxLength": 5}))
    text = staged.content.decode()
    assert "{id: 3, name: gpu, type: read-only}" in text
    assert FOLLOWS not in text
    assert staged.decisions == ()


def test_values_follow_in_a_spec_without_older_versions(spec: Copy) -> None:
    """There is no record then, but the values are found all the same."""
    for path in (spec.spec.parent / "versions").iterdir():
        path.unlink()
    changes, value, _ = CHANGES["a new required field"]
    write(stage(spec.sync(official(changes))))
    decide(spec, value)
    spec.finish()
    assert FOLLOWS not in spec.text
    assert finish(spec.spec, NAME) is None


def test_an_example_of_an_older_version_has_a_value_of_its_own(spec: Copy) -> None:
    """Only the older version changes: its overlay has the mark, and the values."""
    changes, value, _ = CHANGES["a pattern that no value fits"]
    write(stage(spec.sync(official(changes), "2025-01-01")))
    assert FOLLOWS not in spec.text
    decide(spec, value)
    spec.finish()
    assert str(spec.documents[1].data).count(f"'name': '{value}'") > 1
    assert FOLLOWS not in "".join(it.file.text for it in spec.source.layers)
    assert pipeline.examine(spec.spec, NAME, "curated") == ()
