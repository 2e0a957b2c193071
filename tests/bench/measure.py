"""Running a command to its end, and the environment that holds what we are measured beside.

Runs processes; writes to the cache folder in .venv only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = ROOT / ".venv" / "bench"


@dataclass(frozen=True, slots=True)
class Run:
    """What one process cost."""

    wall: float
    cpu: float
    peak: float  # MiB
    output: str


def measure(command: Sequence[str], folder: Path) -> Run:
    """Run a command to its end; the operating system accounts for it and its children."""
    # Python writes no bytecode where the machine says so; a peer that was installed has its own.
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    started = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    output = process.stdout.read() if process.stdout else ""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    if status:
        raise SystemExit(f"{' '.join(command)} failed with status {status}:\n{output}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def peers() -> Path:
    """The interpreter of the peers' environment, made at first."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is None:
        raise SystemExit("uv is not installed; run `make setup` first")
    environment = CACHE / "peers"
    python = environment / "bin" / "python"
    lock = HERE / "peers.lock"
    stamp = environment / "peers.lock"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        subprocess.run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(environment)],
            check=True,
        )
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "--compile-bytecode"]
        subprocess.run([*install, "--require-hashes", "-r", str(lock)], check=True)
        shutil.copy(lock, stamp)
    return python
