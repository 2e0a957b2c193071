"""Peak memory of `runnersmith generate` for one description, stage by stage and beside another.

Run by hand: `.venv/bin/python tests/bench/memory.py SPEC`. With `--beside PYTHON`, the runnersmith
of another environment reads the same description in turn, and the ratios are printed: of memory,
and of processor time. Memory is that of the largest process. Writes to a temporary folder only.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.generate import WATCH, median, stages
from bench.measure import Run, measure
from bench.whole import ours


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("spec", type=Path, help="an OpenAPI description")
    parser.add_argument("--beside", metavar="PYTHON", help="the Python of another environment")
    parser.add_argument("--runs", type=int, default=3, help="counted rounds (default: 3)")
    options = parser.parse_args()
    spec: Path = options.spec.absolute()
    pythons: list[str] = [sys.executable, *([options.beside] if options.beside else [])]
    runs: dict[str, list[Run]] = {python: [] for python in pythons}
    watched: list[Run] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for number in range(options.runs):
            for place, python in enumerate(pythons):
                command = [python, *ours(spec, folder / f"{number}-{place}")[1:]]
                runs[python].append(measure(command, folder))
        watch = [sys.executable, "-c", WATCH, str(folder / "watched"), str(spec), "official"]
        watched.append(measure(watch, folder))
    print(f"{spec.name}: {spec.stat().st_size / 1e6:.1f} MB")
    print(f"{'':<40}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}")
    for python, found in runs.items():
        figures = (median(found, "wall"), median(found, "cpu"), median(found, "peak"))
        print(f"{python[-38:]:<40}{figures[0]:>9.1f}{figures[1]:>9.1f}{figures[2]:>10.0f}")
    if options.beside:
        pairs = [*zip(runs[pythons[0]], runs[pythons[1]], strict=True)]
        ratios = [
            statistics.median(getattr(a, what) / getattr(b, what) for a, b in pairs)
            for what in ("wall", "cpu", "peak")
        ]
        print(f"{'ratio, round by round':<40}{ratios[0]:>9.2f}{ratios[1]:>9.2f}{ratios[2]:>10.2f}")
    print()
    for name, seconds, reached in stages(watched):
        print(f"{'stage ' + name:<40}{seconds:>9.2f}{'':>9}{reached:>10.0f}")


if __name__ == "__main__":
    main()
