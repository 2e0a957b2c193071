"""Cache of mypy with what it knows of the libraries that every client imports.

The jobs of `make test` share it, and later runs do: mypy reads a library again if it has changed.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

_PROGRAM = "import asyncio, dataclasses, logging, typing\n\nimport httpx2, msgspec\n"


def library_cache(root: Path) -> Path:
    """Return the folder of the cache, which the first run makes. Nothing is added to it later."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = root / ".pytest_cache" / f"mypy-{version('mypy')}-{python}"
    if not folder.exists():
        folder.parent.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=folder.parent) as made:
            _fill(Path(made), made_cache := Path(made, "cache"))
            # Of two jobs that have made one at the same time, the second keeps that of the first.
            if not folder.exists():
                made_cache.rename(folder)
    return folder


def _fill(folder: Path, cache: Path) -> None:
    program = folder / "program.py"
    program.write_text(_PROGRAM, encoding="utf-8")
    command = (sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", cache)
    subprocess.run((*command, program.name), cwd=folder, check=True, capture_output=True)
