"""templates/COOKBOOK.md: every recipe runs as it stands, and shows excerpts of the files there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from packs.guide_commands import missing_excerpts, run_commands
from packs.pack_files import EXAMPLES, GUIDE_EXAMPLES
from small_specs import REPOSITORY

COOKBOOK = (REPOSITORY / "templates" / "COOKBOOK.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.*)\n((?s:.*?))(?=^## |\Z)", COOKBOOK, re.MULTILINE))


@pytest.mark.parametrize("title", SECTIONS)
def test_a_recipe_runs(title: str, tmp_path: Path) -> None:
    """From an empty folder; each of its other code blocks is an excerpt of a file that it has."""
    run_commands(SECTIONS[title], tmp_path)
    assert missing_excerpts(SECTIONS[title], tmp_path) == []


def test_every_example_is_explained() -> None:
    """By a recipe that starts with a copy of it, unless the guide builds it."""
    used = set(re.findall(r"--example ([\w-]+)", COOKBOOK))
    assert used | {*GUIDE_EXAMPLES} == {path.name for path in EXAMPLES.iterdir()}
