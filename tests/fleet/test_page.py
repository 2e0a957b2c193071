"""The page about fleets: its examples run in order, and print what their comments say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "generated" / "docs" / "fleet.md"


def test_the_examples_of_the_page_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each `print` has a comment with its output, in which `…` stands for any text."""
    monkeypatch.chdir(tmp_path)
    # In the place of the runner application.
    (tmp_path / "run.sh").write_text('#!/bin/sh\ntest -n "$ACTIONS_RUNNER_INPUT_JITCONFIG"\n')
    (tmp_path / "run.sh").chmod(0o700)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    expected = [line for block in blocks for line in re.findall(r"print\(.*\)  # (.+)", block)]
    exec(compile("\n".join(blocks), PAGE.name, "exec"), {"__name__": "page"})  # noqa: S102 - our own
    printed = capsys.readouterr().out.splitlines()
    assert sum(block.count("print(") for block in blocks) == len(expected) == len(printed)
    for line, comment in zip(printed, expected, strict=True):
        assert re.fullmatch(re.escape(comment).replace("…", ".+"), line), (line, comment)
