"""Every case of a bump as a change of both versions: written once, and marked once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import HERE, NAME, copied, corrections, official
from bump.test_cases import CASES
from bump.test_sync import BOTH
from compare.comparison_specs import mapping
from runnersmith import reader
from runnersmith.bump import stage, undecided, write
from runnersmith.compare import compare
from runnersmith.openapi.document import Json

# These change what tells both versions apart, so that they have no change in common.
OTHERWISE = {"breaking-change", "default", "required-field", "union"}


@pytest.mark.parametrize("case", [case for case in CASES if case not in OTHERWISE])
def test_a_change_of_both_versions_is_one_change(case: str, tmp_path: Path) -> None:
    """The overlay stays byte by byte; what still differs in either version is marked in the spec."""
    spec = copied(tmp_path)
    changes: dict[str, Json] = mapping(reader.load(HERE / "cases" / case / "changes.yaml").data)
    github = official({**BOTH, **changes})
    plan = spec.sync(github)
    staged = stage(plan)
    names = {file.name for file in staged.files}
    # A new name of a path needs an overlay that writes to the new name.
    if case != "renamed-path-parameter":
        assert names <= {NAME, "spec/versions/unfinished.json"}
    write(staged)
    marks = " ".join(problem.message for problem in undecided(spec.text, NAME))
    for document in spec.documents:
        found = compare(document, github, corrections())
        assert not found.missing
        for difference in found.differences:
            # The permissions of a new operation are marked, and a renamed path in the corrections.
            renamed = any(difference.operation in str(problem) for problem in plan.corrections)
            if renamed or difference.path.keyword == "enabledForGitHubApps":
                continue
            # A mark names one of the operations and fields that share a place.
            assert re.split(r"[.: ]", str(difference.path))[-1] in marks
            assert difference.sides.partition(",")[2] in marks
