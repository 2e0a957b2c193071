"""Use the installed runnersmith as a stranger would: from its wheel alone, in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import runnersmith

COMMAND = Path(sysconfig.get_path("scripts"), "runnersmith")
SPEC = Path(runnersmith.__file__).parent / "_data" / "spec" / "runners.yaml"


def run(*arguments: str, status: int = 0) -> str:
    """Run the installed command and give what it printed; any other exit status is a failure."""
    result = subprocess.run(
        [COMMAND, *arguments],
        env={**os.environ, "PYTHONWARNINGS": "error"},
        check=False,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    output = result.stdout + result.stderr
    assert result.returncode == status, f"{arguments}: exit {result.returncode}\n{output}"
    return output


def main() -> None:
    """Generate from the spec that the wheel holds, then report a fault planted in it."""
    assert SPEC.is_relative_to(sys.prefix), SPEC
    assert runnersmith.__version__ in run("--version")

    # With the overlays of its older API versions.
    spec = Path("spec", SPEC.name)
    shutil.copytree(SPEC.parent, spec.parent)
    text = spec.read_text(encoding="utf-8")
    name = spec.as_posix()
    run("validate", name)
    chosen = ("--spec", name, "--package", "ghrunners", "--output", "client")
    run("generate", *chosen)
    run("check", *chosen)
    assert Path("client", "pyproject.toml").is_file()
    assert "reference: " in run("pack", "check", "reference", "--spec", name)
    run("pack", "new", "lookups", "--example", "extra-method")
    assert "lookups extends client: " in run("pack", "check", "lookups", "--spec", name)
    assert (SPEC.parents[1] / "templates" / "COOKBOOK.md").is_file()

    # The client can be imported before anything that it needs is installed.
    environment = {**os.environ, "PYTHONPATH": "client"}
    command = [sys.executable, "-W", "error", "-c", "import ghrunners"]
    subprocess.run(command, check=True, env=environment)

    before, safe, after = text.partition("repeat: safe")
    spec.write_text(f"{before}repeat: often{after}", encoding="utf-8")
    assert safe
    line = before.count("\n") + 1
    report = run("validate", name, status=1)
    assert f"{name}:{line}:" in report, report


if __name__ == "__main__":
    main()
