"""A release that the spec claims needs an API version that it knows."""

from __future__ import annotations

from pathlib import Path

import pytest

from bump.bump_project import NAME, Copy, copied
from runnersmith import pipeline


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """The small spec of two versions; its operations claim Enterprise Server from 3.4 on."""
    return copied(tmp_path)


def found(spec: Copy, introduced: str) -> list[str]:
    """What validation reports with these first releases."""
    text = spec.text.replace(
        "  scopes:\n    org:", f"  introduced: {introduced}\n  scopes:\n    org:", 1
    )
    spec.spec.write_text(text, encoding="utf-8")
    return [str(problem) for problem in pipeline.examine(spec.spec, NAME, "curated")]


@pytest.mark.parametrize(
    "introduced",
    [
        '{"2026-01-01": {ghes: "3.21"}}',
        '{"2025-01-01": {ghes: "3.21"}}',
        '{"2026-01-01": {ghes: "3.21"}, "2025-01-01": {ghes: "3.4"}}',
        '{"2026-01-01": {ghes: "3.21"}, "2025-01-01": {ghes: "3.3"}}',
    ],
)
def test_a_version_is_left_for_every_release(spec: Copy, introduced: str) -> None:
    """One version that all claimed releases know is enough."""
    assert found(spec, introduced) == []


def test_a_retired_version_leaves_no_release_without_one(spec: Copy) -> None:
    """The oldest version is gone, and older servers do not know the newest."""
    (spec.spec.parent / "versions" / "2025-01-01.overlay.yaml").unlink()
    assert found(spec, '{"2026-01-01": {ghes: "3.21"}}') == [
        (
            "spec/spec.yaml:13:37: no API version is left for ghes before 3.21, but operations claim "
            "3.4 and later (line 36); restore the overlay of an older version in spec/versions, or "
            "raise their products to 3.21"
        )
    ]


@pytest.mark.parametrize(
    ("version", "what"),
    [
        ("2025-01-01", "restore spec/versions/2025-01-01.overlay.yaml, or remove this entry"),
        ("2026-02-02", "API version 2026-02-02 has no document; remove this entry"),
    ],
)
def test_a_version_that_is_introduced_has_a_document(spec: Copy, version: str, what: str) -> None:
    """What differs in a version without its overlay would be no difference at all."""
    (spec.spec.parent / "versions" / "2025-01-01.overlay.yaml").unlink()
    (problem,) = found(spec, f'{{"{version}": {{ghes: "3.4"}}}}')
    assert problem.startswith("spec/spec.yaml:13:16: ")
    assert problem.endswith(what)


def test_the_lowest_release_of_all_versions_counts(spec: Copy) -> None:
    """`all` is lower than every release."""
    spec.spec.write_text(spec.text.replace('ghes: "3.4"', "ghes: all"), encoding="utf-8")
    (problem,) = found(spec, '{"2026-01-01": {ghes: "3.21"}, "2025-01-01": {ghes: "3.10"}}')
    assert "left for ghes before 3.10, but operations claim every release" in problem
