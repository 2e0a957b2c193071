"""GitHub's whole official description through `runnersmith generate`, beside openapi-python-client.

Run by hand: `.venv/bin/python tests/bench/official.py`. Fetches the description with npm, by the
name of its package, and keeps it beside the benchmark's environment; nothing of it is in the
repository. Shows that every operation is emitted or listed, that two runs agree byte for byte under
other hash seeds, that every module imports, every model and reply has a decoder and mypy --strict
passes; then measures time, peak memory, and their growth with a quarter, a half and the whole of
the paths. Writes there and to a temporary folder only.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.generate import median
from bench.measure import CACHE, ROOT, Run, measure, peers

PACKAGE = "@octokit/openapi@23.0.2"
FILE = "package/generated/ghec.json"
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})

# Imports every module of a package, and makes the decoder of every model and every reply.
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
print(len(models.__all__), "models and", count, "replies have a decoder")
"""


def fetch() -> Path:
    """The description, fetched at first."""
    folder = CACHE / "official"
    kept: Path = folder / f"{PACKAGE.replace('/', '-')}.json"
    if not kept.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise SystemExit("npm is not installed; Node 20 or later has it")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            command = [npm, "pack", "--silent", "--pack-destination", scratch, PACKAGE]
            subprocess.run(command, check=True, cwd=scratch, stdout=subprocess.DEVNULL)
            (archive,) = Path(scratch).glob("*.tgz")
            with tarfile.open(archive) as packed:
                found = packed.extractfile(FILE)
                if found is None:
                    raise SystemExit(f"{PACKAGE} has no {FILE}")
                kept.write_bytes(found.read())
    return kept


def part(spec: Path, share: float, folder: Path) -> Path:
    """The description with a share of its paths, spread evenly; all components stay."""
    document: dict[str, Any] = json.loads(spec.read_bytes())
    paths = list(document["paths"].items())
    step = round(1 / share)
    document["paths"] = dict(paths[::step])
    path = folder / f"part-{step}.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


def operations(spec: Path) -> int:
    """The number of operations of a description."""
    paths: dict[str, dict[str, Any]] = json.loads(spec.read_bytes())["paths"]
    return sum(key in METHODS for item in paths.values() for key in item)


def ours(spec: Path, output: Path) -> list[str]:
    """The command that makes a client of a description."""
    command = [sys.executable, "-m", "runnersmith", "generate", "--spec", str(spec)]
    return [*command, "--package", "official", "--output", str(output), "--skip-unsupported"]


def files(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def check(spec: Path, folder: Path) -> None:
    """Show that what is generated is whole, the same each time, and sound."""
    made: list[dict[str, bytes]] = []
    said = ""
    for seed in ("1", "2"):
        os.environ["PYTHONHASHSEED"] = seed
        said = measure(ours(spec, folder / seed), folder).output
        made.append(files(folder / seed))
    del os.environ["PYTHONHASHSEED"]
    if made[0] != made[1]:
        raise SystemExit("two runs differ")
    text = made[0]["README.md"].decode("utf-8")
    emitted, listed = text.count("\n| `"), text.count("\n- `")
    total = operations(spec)
    if emitted + listed != total:
        raise SystemExit(f"{emitted} emitted and {listed} listed are not the {total} there are")
    raw = sum("it is taken as it is" in line for line in said.splitlines())
    notes = sum(": warning: " in line for line in said.splitlines())
    print(f"{total} operations: {emitted} emitted, {listed} listed ({listed / total:.2%})")
    print(f"{raw} raw types, {notes - raw} other notes; two runs agree on {len(made[0])} files")
    print(
        measure([sys.executable, "-c", IMPORT, str(folder / "1"), "official"], ROOT).output.strip()
    )
    strict = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "mypy")]
    print(
        "mypy --strict:", measure([*strict, str(folder / "1" / "official")], folder).output.strip()
    )


def row(name: str, runs: Sequence[Run]) -> None:
    """Print the medians of some runs."""
    figures = (median(runs, "wall"), median(runs, "cpu"), median(runs, "peak"))
    print(f"{name:<32}{figures[0]:>9.1f}{figures[1]:>9.1f}{figures[2]:>10.0f}")


def main() -> None:
    """Check, measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3, help="counted rounds (default: 3)")
    rounds: int = parser.parse_args().runs
    other, spec = peers(), fetch()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        check(spec, folder)
        mine: list[Run] = []
        theirs: list[Run] = []
        for number in range(rounds):
            its = [str(other), "-m", "openapi_python_client", "generate", "--path", str(spec)]
            mine.append(measure(ours(spec, folder / f"a{number}"), ROOT))
            theirs.append(measure([*its, "--output-path", str(folder / f"b{number}")], folder))
        print(f"{'':<32}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}")
        row("runnersmith generate", mine)
        row("openapi-python-client", theirs)
        ratios = [a.wall / b.wall for a, b in zip(mine, theirs, strict=True)]
        print(f"{'ratio, round by round':<32}{statistics.median(ratios):>9.2f}")
        dropped = theirs[0].output.count("WARNING parsing")
        print(f"the peer leaves out, or warns of, {dropped} operations")
        for share in (0.25, 0.5):
            small = part(spec, share, folder)
            row(
                f"{share:.0%} of the paths ({operations(small)} operations)",
                [measure(ours(small, folder / f"c{share}"), ROOT)],
            )


if __name__ == "__main__":
    main()
