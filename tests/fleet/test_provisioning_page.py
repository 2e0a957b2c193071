"""Examples of docs/fleet.md about new runners, tokens, versions, labels and hosted runners."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ghrunners
from ghrunners.fake import FakeGitHub

_PAGE = Path(__file__).parents[2] / "generated/docs/fleet.md"
SECTIONS: dict[str, str] = {
    "Register JIT runners": "'build-01' of group 2>",
    "Registration tokens": "True\nRunnerToken(token=***,",
    "Audit runner versions": (
        "newest: 2.330.0\n2.328.0 stops at 2026-05-01 00:00:00+00:00 ['machine-01']\nunknown: ['new']"
    ),
    "Reconcile labels": (
        "machine-01 ('cpu',) -> ('gpu', 'large')\nno such runner: ('machine-99',)"
    ),
    "GitHub-hosted runners": "Ready",
}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_examples_of_a_section_run(
    github: FakeGitHub,
    section: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    """Every example of the section runs, and prints what the page says."""
    (tmp_path / "run.sh").write_text("#!/bin/sh\ntest -n \"$ACTIONS_RUNNER_INPUT_JITCONFIG\"\n")
    (tmp_path / "run.sh").chmod(0o700)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ghrunners, "Client", github.client)
    monkeypatch.setattr(ghrunners, "AsyncClient", github.async_client)
    github.org().add_group("gpu")
    github.org().add_runner("machine-01", labels=["cpu"], online=False).connect(version="2.328.0")
    github.org().add_runner("new", online=False)
    text = _PAGE.read_text().partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    examples: list[str] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert examples
    for example in examples:
        exec(compile(example, section, "exec"), {"__name__": "__main__"})  # noqa: S102 - our page
    assert SECTIONS[section] in capsys.readouterr().out
