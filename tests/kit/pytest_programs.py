"""Test modules that are run by a pytest of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """Write a test module to a folder and run it, with the plugins that pytest finds by itself."""
    (folder / "test_program.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_program.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
