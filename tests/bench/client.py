"""Cost of ghrunners compared with githubkit, PyGithub, ghapi and a loop over httpx2 and msgspec.

Run by hand: `make bench`. Every figure is of a new process that talks to a server on this machine;
each round runs all of them, one after the other, so that a ratio compares what ran side by side.
Figures are medians, and so are ratios. CPU is what the system counts for the process, so that
other load hardly matters. Nothing is paced: the server signals no limit. The peers live in an
environment of their own, made from peers.lock. Writes to a temporary folder only.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.measure import ROOT, measure, peers

TESTS = ROOT / "tests"
# What each task is asked of, the first being what the others are held against.
PEERS = ("githubkit", "PyGithub", "ghapi")
IMPORTS = {
    "ghrunners": "import ghrunners",
    "its Client": "from ghrunners import Client",
    "githubkit": "from githubkit import GitHub",
    "PyGithub": "from github import Github",
    "ghapi": "from ghapi.core import GhApi",
}
TRANSPORTS = ("httpx2", "httpcore2", "httpx", "httpcore", "urllib3", "requests", "anyio")
IMPORTED = """
import json, sys, time
began = time.process_time()
{statement}
spent = time.process_time() - began
print(json.dumps([spent, [name for name in {transports} if name in sys.modules]]))
"""
# Pages that are listed in one process; few of a client that takes long.
WARM = {"ours": 500, "bare": 500, "githubkit": 30, "PyGithub": 300, "ghapi": 30}
MANY = 1000
# Seconds before each response of a slow server, pages that are fetched from it at once, and the
# most seconds that a list of 100 pages may take then.
DELAY = 0.1
AHEAD = 10
LONGEST = 1.6

Figures = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. The ratio must be `aim` at most, where there is one."""

    name: str
    ours: float
    theirs: float
    ratio: float
    aim: float | None = None

    def __str__(self) -> str:
        line = f"{self.name:<44}{self.ours:>10.2f}{self.theirs:>10.2f}{self.ratio:>8.2f}"
        if self.aim is None:
            return line
        return f"{line}{self.aim:>8.2f}{'' if self.ratio <= self.aim else '  missed'}"


def beside(
    name: str, figures: Figures, aims: dict[str, float], ours: str = "ours", scale: float = 1e3
) -> Iterator[Row]:
    """Return a row for each client that a task was asked of, in milliseconds."""
    own = figures[ours]
    for peer, theirs in figures.items():
        if peer in (ours, "ghrunners", "its Client"):
            continue
        ratio = statistics.median(a / b for a, b in zip(own, theirs, strict=True))
        yield Row(
            f"{name}, beside {peer}",
            statistics.median(own) * scale,
            statistics.median(theirs) * scale,
            ratio,
            aims.get(peer),
        )


def rounds_of(count: int, tasks: dict[str, Callable[[], float]]) -> Figures:
    """Run each task in turn, round after round; the first round fills caches and is not counted."""
    found: Figures = {name: [] for name in tasks}
    for number in range(count + 1):
        for name, task in tasks.items():
            figure = task()
            if number:
                found[name].append(figure)
    return found


class Bench:
    """The programs that are measured, and where the server is."""

    def __init__(self, url: str, rounds: int) -> None:
        self._url = url
        self._rounds = rounds
        self._python = str(peers())

    def imports(self) -> Iterator[Row]:
        """CPU of importing, and that no transport comes with it."""
        loaded: dict[str, list[str]] = {}

        def importing(name: str) -> Callable[[], float]:
            own = name in ("ghrunners", "its Client")
            program = IMPORTED.format(statement=IMPORTS[name], transports=TRANSPORTS)
            command = [sys.executable if own else self._python, "-c", program]

            def task() -> float:
                spent, loaded[name] = json.loads(measure(command, TESTS).output)
                return float(spent)

            return task

        figures = rounds_of(self._rounds, {name: importing(name) for name in IMPORTS})
        for name in ("ghrunners", "its Client"):
            # The aim is for the package; what it costs to have a class of it is told as well.
            aims = {"githubkit": 0.25, "PyGithub": 0.25} if name == "ghrunners" else {}
            yield from beside(f"import {name}: CPU ms", figures, aims, name)
            if loaded[name]:
                raise SystemExit(f"importing {name} loads {', '.join(loaded[name])}")

    def start(self) -> Iterator[Row]:
        """CPU of a whole process that lists one page."""

        def starting(name: str) -> Callable[[], float]:
            command = [*self._program(name), "start", self._url]
            return lambda: measure(command, TESTS).cpu

        # A process is short and its CPU small: more rounds than elsewhere.
        tasks = {name: starting(name) for name in ("ours", "bare")}
        yield from beside(
            "start, list a page, exit: CPU ms", rounds_of(3 * self._rounds, tasks), {"bare": 1.10}
        )
        tasks = {name: starting(name) for name in ("ours", *PEERS)}
        yield from beside("start, list a page, exit: CPU ms", rounds_of(self._rounds, tasks), {})

    def warm(self) -> Iterator[Row]:
        """CPU of a page, one after the other."""
        tasks = {name: self._printing(name, "warm", pages) for name, pages in WARM.items()}
        aims = {"bare": 1.15, "githubkit": 1 / 3}
        yield from beside("a warm page: CPU ms", rounds_of(self._rounds, tasks), aims)

    def many(self) -> Iterator[Row]:
        """CPU of a page, 50 at a time."""
        tasks = {name: self._printing(name, "many", MANY) for name in ("ours", "bare")}
        yield from beside(
            "a page of 1,000, 50 at once: CPU ms", rounds_of(self._rounds, tasks), {"bare": 1.10}
        )

    def walk(self) -> str:
        """Return the peak of memory of a process that walks over all runners."""
        tasks = {name: self._printing(name, "walk") for name in ("ours", "bare")}
        figures = rounds_of(self._rounds, tasks)
        ours, bare = (statistics.median(figures[name]) for name in ("ours", "bare"))
        return difference("10,000 runners walked: peak RSS MiB", ours, bare, 10.0)

    def parallel(self) -> Iterator[str]:
        """Wall time of all runners from a slow server, and memory, ten pages at once and one."""
        with serving(DELAY) as url:
            for flavour, prefix in (("sync", ""), ("async", "a")):
                task = f"{prefix}seconds"
                tasks = {
                    name: self._printing("ours", task, count, url)
                    for name, count in (("ours", AHEAD), ("one by one", 1))
                }
                figures = rounds_of(min(self._rounds, 3), tasks)
                name = f"10,000 runners, {AHEAD} at once, {flavour}: s"
                yield from map(str, beside(name, figures, {"one by one": 0.15}, scale=1))
                seconds = statistics.median(figures["ours"])
                missed = "" if seconds <= LONGEST else "  missed"
                yield f"{'  the same, without a ratio':<44}{seconds:>10.2f}{'':>18}{LONGEST:>8.2f}{missed}"
        for flavour, prefix in (("sync", ""), ("async", "a")):
            peaks = {
                "ours": self._printing("ours", f"{prefix}peak", AHEAD),
                "bare": self._printing("bare", "walk"),
            }
            figures = rounds_of(self._rounds, peaks)
            ours, bare = (statistics.median(figures[name]) for name in ("ours", "bare"))
            name = f"10,000 runners, {AHEAD} at once, {flavour}: peak MiB"
            yield difference(name, ours, bare, 15.0)

    def _program(self, name: str) -> list[str]:
        if name in PEERS:
            return [self._python, "-m", "bench.peers", name]
        return [sys.executable, "-m", f"bench.{name}"]

    def _printing(
        self, name: str, task: str, count: int | None = None, url: str | None = None
    ) -> Callable[[], float]:
        command = [*self._program(name), task, url or self._url]
        command += [] if count is None else [str(count)]
        return lambda: float(measure(command, TESTS).output)


def difference(name: str, ours: float, theirs: float, aim: float) -> str:
    more = ours - theirs
    missed = "" if more <= aim else "  missed"
    return f"{name:<44}{ours:>10.2f}{theirs:>10.2f}{more:>+8.2f}{aim:>+8.2f}{missed}"


def size() -> str:
    """Return how large the built wheel is, unpacked: what an installation adds, bytecode aside."""
    with tempfile.TemporaryDirectory() as folder:
        build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
        measure([*build, "--directory", folder], ROOT / "generated")
        (wheel,) = Path(folder).glob("*.whl")
        packed = wheel.stat().st_size
        with zipfile.ZipFile(wheel) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    missed = "" if unpacked <= 1e6 else "  missed"
    name = "wheel unpacked, without bytecode: kB"
    return (
        f"{name:<44}{unpacked / 1e3:>10.0f}{'':>18}{1000:>8}{missed}  ({packed / 1e3:.0f} packed)"
    )


@contextmanager
def serving(delay: float = 0) -> Generator[str]:
    """Run the server; give its address."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.server", str(delay)],
        cwd=TESTS,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rounds", type=int, default=5, help="counted rounds, after one that is not (default: 5)"
    )
    parser.add_argument(
        "tasks", nargs="*", help="imports, start, warm, many, walk, parallel, size (default: all)"
    )
    given = parser.parse_args()
    every = ("imports", "start", "warm", "many", "walk", "parallel", "size")
    wanted: Sequence[str] = given.tasks or every
    print(f"{'':<44}{'ours':>10}{'theirs':>10}{'ratio':>8}{'aim':>8}", flush=True)
    with serving() as url:
        bench = Bench(url, given.rounds)
        for task in ("imports", "start", "warm", "many"):
            if task in wanted:
                for row in getattr(bench, task)():
                    print(row, flush=True)
        if "walk" in wanted:
            print(bench.walk(), flush=True)
        if "parallel" in wanted:
            for line in bench.parallel():
                print(line, flush=True)
    if "size" in wanted:
        print(size())


if __name__ == "__main__":
    main()
