"""Checks that the client of any document must pass, for one that is not in the repository.

Fetches documents with npm, by the name and version of a package, and keeps them beside the
benchmark's environment. Runs processes; writes there and to the folder it is given only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.measure import CACHE, ROOT, Run, measure
from runnersmith.reader import load

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})

# Imports every module of a package, and makes the decoder of every model and every response.
IMPORT = """
import importlib, pathlib, sys
import msgspec
root = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(root))
name = sys.argv[2]
count = 0
for path in sorted((root / name).rglob("*.py")):
    parts = path.relative_to(root).with_suffix("").parts
    module = importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    if "_operations" in parts:
        for operation in (it for name, it in vars(module).items() if name.isupper()):
            for status in operation.success:
                answer = operation.answer(status)
                if answer.returns is not None and answer.encoding == "json":
                    msgspec.json.Decoder(answer.returns())
                    count += 1
models = importlib.import_module(name + ".models")
for one in models.__all__:
    msgspec.json.Decoder(getattr(models, one))
print(len(models.__all__), count)
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found of one client, and what its first run cost."""

    operations: int
    emitted: int
    listed: int
    raw: int
    notes: int
    models: int
    replies: int
    files: int
    run: Run


def fetch(package: str, file: str) -> Path:
    """A file of a package on npm, fetched at first; `package` is name@version."""
    return fetch_all(package, file)[0]


def fetch_all(package: str, *files: str) -> list[Path]:
    """Several files of one package."""
    kept = {file: CACHE / "official" / f"{package}/{file}".replace("/", "-") for file in files}
    if not all(path.exists() for path in kept.values()):
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is not installed; Node 20 or later has it")
        with tempfile.TemporaryDirectory() as scratch:
            command = [npm, "pack", "--silent", "--pack-destination", scratch, package]
            subprocess.run(command, check=True, cwd=scratch, stdout=subprocess.DEVNULL)
            (archive,) = Path(scratch).glob("*.tgz")
            with tarfile.open(archive) as packed:
                for file, path in kept.items():
                    found = packed.extractfile(f"package/{file}")
                    if found is None:
                        raise SystemExit(f"{package} has no {file}")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(found.read())
    return [*kept.values()]


def operations(spec: Path) -> int:
    """The number of operations of a description."""
    paths = load(spec, name=spec.name).root.get("paths")
    items = [it.resolved() for _, it in paths.items()] if paths is not None else []
    return sum(key in METHODS for item in items if item is not None for key, _ in item.items())


def ours(spec: Path, output: Path, package: str = "official") -> list[str]:
    """The command that makes a client of a description."""
    command = [sys.executable, "-m", "runnersmith", "generate", "--spec", str(spec)]
    return [*command, "--package", package, "--output", str(output)]


def check(spec: Path, folder: Path, package: str = "official") -> Checked:
    """Show that what is generated is whole, the same each time, and sound; but for its types."""
    made: list[dict[str, bytes]] = []
    runs: list[Run] = []
    for seed in ("1", "2"):
        os.environ["PYTHONHASHSEED"] = seed
        runs.append(measure(ours(spec, folder / seed, package), folder))
        made.append(_files(folder / seed))
    del os.environ["PYTHONHASHSEED"]
    if made[0] != made[1]:
        raise SystemExit(f"{package}: two runs differ")
    said = re.search(
        r"^emitted (\d+) of \d+ operations(?:; left out (\d+))?", runs[0].output, re.MULTILINE
    )
    if said is None:
        raise SystemExit(f"{package}: no summary in {runs[0].output}")
    emitted, listed, total = int(said[1]), int(said[2] or 0), operations(spec)
    if emitted + listed != total:
        raise SystemExit(
            f"{package}: {emitted} emitted and {listed} listed are not the {total} there are"
        )
    lines = runs[0].output.splitlines()
    raw = sum("it is taken as it is" in line for line in lines)
    notes = sum(": warning: " in line for line in lines) - raw
    counted = measure([sys.executable, "-c", IMPORT, str(folder / "1"), package], ROOT).output
    models, replies = map(int, counted.split())
    return Checked(total, emitted, listed, raw, notes, models, replies, len(made[0]), runs[0])


def typed(folder: Path, *packages: Path) -> str:
    """Show that mypy --strict finds nothing in packages; gives what it says."""
    strict = [sys.executable, "-m", "mypy", "--strict", "--config-file="]
    cache = ["--cache-dir", str(folder / "mypy")]
    return measure([*strict, *cache, *map(str, packages)], folder).output.strip()


def _files(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
