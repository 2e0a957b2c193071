"""Test modules that are run by a pytest of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_UNUSED = """
def test_unused(FIXTURE):
    FIXTURE.script("org.runners.get", 500)

def test_refused(FIXTURE):
    with FIXTURE.client() as client:
        try:
            client.request("GET", "/orgs/octo-org/actions/runner")
        except Exception:
            pass
"""


def check_what_nobody_noticed(folder: Path, fixture: str) -> None:
    """Check that a fixture fails for a script that was not used and for a refused request."""
    done = run(folder, _UNUSED.replace("FIXTURE", fixture))
    assert "2 passed, 2 errors" in done.stdout, done.stdout
    assert "not used: 1 of the script of org.runners.get" in done.stdout
    assert "refused: GET /orgs/octo-org/actions/runner: no such path" in done.stdout


def run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Write a test module to a folder and run it, with the plugins that pytest finds by itself."""
    (folder / "test_program.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_program.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
