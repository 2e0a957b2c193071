"""Random changes of GitHub's description: after the marks alone, a spec generates a client.

`RUNNERSMITH_BUMPS` is the number of bumps, 20 by default. One in ten of them is generated and
type-checked.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bump.bump_project import NEXT, copied, corrections, official
from bump.random_bumps import NAME, PACKAGE, Outcome, generate, outcome, resolved
from bump.random_changes import KINDS, Change, changed
from runnersmith import reader
from runnersmith.bump import undecided

BUMPS = int(os.environ.get("RUNNERSMITH_BUMPS", "20"))
# The share of bumps that may need more than the marks ask for.
_REFUSED = 0.05
_ONE: some.SearchStrategy[Change] = some.tuples(
    some.sampled_from(sorted(KINDS)), some.integers(0, 10**6), some.booleans()
)
CHANGES = some.lists(_ONE, min_size=1, max_size=6)
IMPORT_ALL = """
import importlib, pkgutil, machines
for found in pkgutil.walk_packages(machines.__path__, "machines."):
    importlib.import_module(found.name)
"""


def bumped(folder: Path, changes: list[Change], *, renamed: bool) -> Outcome:
    """Bump a copy of the small spec in a folder."""
    spec = copied(folder).spec
    github = changed(official(), changes)
    return outcome(spec, github, corrections(), NEXT, renamed=renamed)


def test_after_the_marks_alone_nearly_every_bump_is_valid() -> None:
    """The others are refused with a place. No fact of an older version changes in any."""
    found: list[Outcome] = []

    @settings(max_examples=BUMPS)
    @given(CHANGES, some.booleans())
    def bump_once(changes: list[Change], renamed: bool) -> None:
        with TemporaryDirectory() as folder:
            made = bumped(Path(folder), changes, renamed=renamed)
        assert made.older_kept
        assert all(problem.place.file == NAME for problem in made.problems)
        found.append(made)

    bump_once()
    refused = [one for one in found if one.problems]
    assert len(refused) <= _REFUSED * len(found), [str(one.problems[0]) for one in refused]


def test_what_is_valid_generates_imports_and_type_checks(tmp_path: Path, mypy_cache: Path) -> None:
    """Every module is imported, and passes mypy --strict."""
    count = 0
    strict = ("-m", "mypy", "--strict", "--cache-dir", str(mypy_cache), PACKAGE)

    @settings(max_examples=max(2, BUMPS // 10))
    @given(some.lists(_ONE, min_size=4, max_size=6))
    def bump_once(changes: list[Change]) -> None:
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        if not bumped(folder, changes, renamed=False).problems:
            # A folder of its own: a module of another client would refer to what this one lacks.
            generate(folder / NAME, folder)
            for command in strict, ("-W", "error", "-c", IMPORT_ALL):
                ran = subprocess.run(
                    [sys.executable, *command],
                    cwd=folder,
                    check=False,
                    capture_output=True,
                    text=True,
                )
                assert ran.returncode == 0, ran.stdout + ran.stderr

    bump_once()


def test_there_are_enough_kinds() -> None:
    """Each kind changes the description, in some place."""
    assert len(KINDS) >= 28
    before = official().data
    unchanged = [kind for kind in KINDS if changed(official(), [(kind, 0, False)]).data == before]
    assert unchanged == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_field_has_one_mark_at_most(kind: str, tmp_path: Path) -> None:
    """Each decision has a place of its own, and none is left once all are resolved."""
    staged = copied(tmp_path).stage(changed(official(), [(kind, 3, False)]))
    text = staged.content.decode()
    marks = undecided(text, NAME)
    assert len({mark.place.line for mark in marks}) == len(marks)
    after = resolved(text)
    assert not undecided(after, NAME)
    reader.parse(after.encode(), name=NAME)
