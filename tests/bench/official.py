"""GitHub's whole official description through `runnersmith generate`, beside openapi-python-client.

Run by hand: `.venv/bin/python tests/bench/official.py`. Fetches the description with npm, by the
name of its package, and keeps it beside the benchmark's environment; nothing of it is in the
repository. Shows that every operation is emitted or listed, that two runs agree byte for byte under
other hash seeds, that every module imports, every model and response has a decoder and mypy --strict
passes; then measures time, peak memory, and their growth with a quarter, a half and the whole of
the paths. Writes there and to a temporary folder only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.generate import median
from bench.measure import ROOT, Run, measure, peers
from bench.whole import check, fetch, operations, ours, typed

PACKAGE, FILE = "@octokit/openapi@23.0.2", "generated/ghec.json"


def part(spec: Path, share: float, folder: Path) -> Path:
    """The description with a share of its paths, spread evenly; all components stay."""
    document: dict[str, Any] = json.loads(spec.read_bytes())
    paths = list(document["paths"].items())
    step = round(1 / share)
    document["paths"] = dict(paths[::step])
    path = folder / f"part-{step}.json"
    path.write_text(json.dumps(document, indent=1), encoding="utf-8")
    return path


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
    other, spec = peers(), fetch(PACKAGE, FILE)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        found = check(spec, folder)
        share = found.listed / found.operations
        print(
            f"{found.operations} operations: {found.emitted} emitted, {found.listed} listed ({share:.2%})"
        )
        print(
            f"{found.raw} raw types, {found.notes} other notes; two runs agree on {found.files} files"
        )
        print(f"{found.models} models and {found.replies} replies have a decoder")
        print("mypy --strict:", typed(folder, folder / "1" / "official"))
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
