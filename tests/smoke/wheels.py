"""Build both wheels, install each into an empty environment, and use it there.

Each environment holds one wheel and what that wheel says it needs, at the versions and hashes of
requirements.lock. The scripts beside this one run in it, isolated, in an empty folder. Writes to
a temporary folder only.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
UV = Path(sys.executable).with_name("uv")
# Nothing of the caller's Python may help a wheel along.
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


class FailedError(Exception):
    """A step that did not work; holds what it printed."""


def run(*command: str | Path, folder: Path) -> None:
    """Run a step in `folder`, silently unless it fails."""
    result = subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
    if result.returncode != 0:
        step = " ".join(map(str, command))
        raise FailedError(f"{step}\nexit status {result.returncode}\n{result.stdout}")


def build(project: Path, directory: Path) -> Path:
    """Build the wheel of `project` into `directory`, which is new."""
    hatchling = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    run(*hatchling, "--directory", directory, folder=project)
    (wheel,) = directory.glob("*.whl")
    return wheel


def install(wheel: Path, place: Path) -> Path:
    """Install `wheel` and what it needs into a new environment; give its interpreter."""
    environment = place / "environment"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    wanted = place / "wanted.txt"
    wanted.write_text(
        f"{wheel.name.split('-')[0]} @ {wheel.as_uri()} --hash=sha256:{digest}\n", encoding="utf-8"
    )
    run(UV, "venv", "--python", sys.executable, environment, folder=place)
    files: list[str | Path] = ["--requirement", wanted, "--constraints", LOCK]
    run(UV, "pip", "install", "--python", environment, "--require-hashes", *files, folder=place)
    return environment / "bin" / "python"


def attempt(project: Path, script: str, place: Path) -> None:
    """Take the wheel of `project` from its build to `script`, all below `place`."""
    wheel = build(project, place / "dist")
    python = install(wheel, place)
    work = place / "work"
    work.mkdir()
    run(python, "-I", "-W", "error", Path(__file__).with_name(script), folder=work)


def main() -> int:
    """Try both wheels; 0 when both work."""
    failures = 0
    with tempfile.TemporaryDirectory(prefix="wheels-") as folder:
        for name, project in ("generator", ROOT), ("client", ROOT / "generated"):
            try:
                attempt(project, f"{name}.py", Path(folder, name))
            except (FailedError, OSError) as error:
                failures += 1
                print(f"{name}: FAILED: {error}", flush=True)
            else:
                print(f"{name}: its wheel works in an empty environment", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
