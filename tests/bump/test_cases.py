"""Kinds of change: what a bump reports about each, and the resulting spec and overlay.

A case is a folder below `bump/cases`: `changes.yaml` says how GitHub's description differs from
`bump/official.yaml`, by JSON pointer; `expected.txt` is the result. `--update` rewrites it.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bump.bump_project import HERE, NAME, NEXT, copied, official
from compare.comparison_specs import mapping
from runnersmith import overlay, reader
from runnersmith.bump import MARK, Plan, Staged, lines, stage, undecided, write, written
from runnersmith.compare import compare
from runnersmith.openapi.document import Document
from runnersmith.overlay import versions
from runnersmith.yaml_edit.values import equal

CASES = sorted(path.name for path in (HERE / "cases").iterdir())


@dataclass(frozen=True, slots=True)
class Bumped:
    """A bump of the small spec by a case, which several tests look at and none changes."""

    github: Document
    before: str
    plan: Plan
    staged: Staged
    older: tuple[Document, ...]
    written: tuple[Document, ...]


def changes(case: str) -> Document:
    """GitHub's description as a case has it."""
    loaded = reader.load(HERE / "cases" / case / "changes.yaml", name=case)
    return official(mapping(loaded.data))


@functools.cache
def bumped(case: str) -> Bumped:
    """Plan, stage and write the bump of a case, once for all tests."""
    with TemporaryDirectory() as folder:
        copy, github = copied(Path(folder)), changes(case)
        before, older = copy.text, copy.documents
        plan = copy.plan(github)
        staged = stage(plan)
        write(staged)
        return Bumped(github, before, plan, staged, older, copy.documents)


def outcome(found: Bumped) -> Iterator[str]:
    """All that a bump does, as text."""
    before, after = found.before, found.staged.content.decode()
    yield "# What is printed"
    yield from lines(found.plan)
    yield "# The spec"
    diff = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1)
    yield from [*diff][2:]
    yield "# The overlay"
    layer = found.staged.layer.decode()
    yield from layer[layer.index("actions:\n") :].splitlines()
    yield "# What is left"
    name = "spec/versions/2026-01-01.overlay.yaml"
    for line in written(found.staged):
        if "unfinished.json" not in line:
            yield line.replace(name, "the overlay", 1)


@pytest.mark.parametrize("case", CASES)
def test_a_change_becomes_the_expected_edits(case: str, update: bool) -> None:
    """The spec, the overlay and the decisions are those of the case."""
    found = "\n".join(line.rstrip() for line in outcome(bumped(case))) + "\n"
    path = HERE / "cases" / case / "expected.txt"
    if update:
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_older_versions_stay_as_they_are(case: str) -> None:
    """The written overlay restores the version before, and older overlays do on top of it."""
    before = bumped(case).older
    newest, *older = bumped(case).written
    assert versions.version_of(newest) == NEXT
    assert len(older) == len(before) == 2
    assert all(equal(now.data, then.data) for now, then in zip(older, before, strict=True))


@pytest.mark.parametrize("case", CASES)
def test_what_still_differs_is_marked(case: str) -> None:
    """The new spec has the official facts, or a decision that names the difference."""
    github, plan = bumped(case).github, bumped(case).plan
    content = bumped(case).staged.content.decode()
    marks = " ".join(problem.message for problem in undecided(content, NAME))
    left = compare(reader.parse(content.encode(), name=NAME), github)
    assert not left.missing
    renamed = {problem.message for problem in plan.corrections if "is called" in problem.message}
    for difference in left.differences:
        corrected = any(
            entry.names(difference) for entry, _ in plan.comparisons[0].applied
        )  # As before, whatever the path is called now.
        permissions = difference.path.keyword == "enabledForGitHubApps" and "permissions" in marks
        assert corrected or permissions or str(difference.path) in marks, (difference, renamed)


@pytest.mark.parametrize("case", CASES)
def test_no_prose_of_github_is_taken(case: str) -> None:
    """Facts come over, words do not: each is ours or a mark."""
    content = bumped(case).staged.content.decode()
    assert "of theirs" not in content
    assert "description: Response" not in content


@pytest.mark.parametrize("case", CASES)
def test_a_bump_is_the_same_each_time(case: str, tmp_path: Path) -> None:
    """Two runs on the same files give the same bytes."""
    one, other = bumped(case).staged, copied(tmp_path).stage(changes(case))
    assert (one.content, one.layer, one.decisions) == (other.content, other.layer, other.decisions)


def test_the_overlay_is_strict(tmp_path: Path) -> None:
    """An overlay that restores something is applied without a problem, and touches no mark."""
    copy = copied(tmp_path)
    staged = copy.stage(changes("new-field"))
    newer = reader.parse(staged.content, name=NAME)
    layer = reader.parse(staged.layer, name="layer.yaml")
    older = overlay.apply(newer, layer)
    assert MARK.encode() in staged.content
    assert MARK.encode() not in staged.layer
    assert equal(older.data, copy.documents[0].data)
