"""Time and peak memory of `runnersmith generate`, stage by stage and beside openapi-python-client.

Run by hand: `make bench`. Each round runs both as new processes, one after the other, so that a
ratio compares what ran side by side; figures are medians. The peer lives in an environment of its
own, made from peers.lock below the cache folder. Writes to a temporary folder only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.measure import ROOT, Run, measure, peers

STAGES = ("import", "load", "validate", "build", "render", "format", "write")

# A process that runs the pipeline and says when each stage began and how much memory it had used.
WATCH = """
import json, resource, sys, time
began = [("import", time.perf_counter(), 0)]
def report(stage):
    began.append((stage, time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
from runnersmith import pipeline
from runnersmith.output import writer
from runnersmith.project import find
output, spec, package = (*sys.argv[1:], None, None)[:3]
project = find(spec, output, package)
made = pipeline.produce(project, report, second_opinion=True)
report("write")
writer.write(project.output, made.files, made.record)
report("end")
print(json.dumps(began))
"""


def median(runs: Sequence[Run], what: str) -> float:
    values: list[float] = [getattr(run, what) for run in runs]
    return statistics.median(values)


def stages(runs: Sequence[Run]) -> list[tuple[str, float, float]]:
    """Median seconds of each stage, and the peak that the process had reached at its end."""
    tables = [json.loads(run.output.splitlines()[-1]) for run in runs]
    found: list[tuple[str, float, float]] = []
    for number, name in enumerate(STAGES):
        seconds = statistics.median(table[number + 1][1] - table[number][1] for table in tables)
        reached = statistics.median(table[number + 1][2] for table in tables) / 1024
        found.append((name, seconds, reached))
    return found


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--runs", type=int, default=5, help="counted rounds, after one that is not (default: 5)"
    )
    rounds: int = parser.parse_args().runs
    other = peers()
    spec = ROOT / "spec" / "runners.yaml"
    ours: list[Run] = []
    watched: list[Run] = []
    theirs: list[Run] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(rounds + 1):
            output = Path(scratch, str(number))
            own = [sys.executable, "-m", "runnersmith", "generate", "--output", str(output / "a")]
            watch = [sys.executable, "-c", WATCH, str(output / "b")]
            its = [str(other), "-m", "openapi_python_client", "generate", "--path", str(spec)]
            its += ["--output-path", str(output / "c")]
            output.mkdir()
            runs = (measure(own, ROOT), measure(its, output), measure(watch, ROOT))
            if number:
                ours.append(runs[0])
                theirs.append(runs[1])
                watched.append(runs[2])
    print(f"{'':<28}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}")
    for name, listed in (("runnersmith generate", ours), ("openapi-python-client", theirs)):
        figures = (median(listed, "wall"), median(listed, "cpu"), median(listed, "peak"))
        print(f"{name:<28}{figures[0]:>9.2f}{figures[1]:>9.2f}{figures[2]:>10.0f}")
    ratios = [
        statistics.median(
            getattr(a, what) / getattr(b, what) for a, b in zip(ours, theirs, strict=True)
        )
        for what in ("wall", "cpu", "peak")
    ]
    print(f"{'ratio, round by round':<28}{ratios[0]:>9.2f}{ratios[1]:>9.2f}{ratios[2]:>10.2f}")
    print()
    for name, seconds, reached in stages(watched):
        print(f"{'stage ' + name:<28}{seconds:>9.2f}{'':>9}{reached:>10.0f}")


if __name__ == "__main__":
    main()
