"""One history file of two processes: nothing in it is lost, and nothing is half-written."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fleet.test_history import SCOPE, reap
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import HistoryInUse

# A program that sees one more runner in each of its runs. Time is the number of runs of all.
SEEING_MORE = """
import json, sys, time
from functools import partial
from pathlib import Path
from ghrunners import testing
from ghrunners.fleet import HistoryInUse
from ghrunners.fleet.reaping.history import opened

path, scope, own = Path(sys.argv[1]), sys.argv[2], range(int(sys.argv[3]), int(sys.argv[4]))
one = partial(testing.runner, status="offline", busy=False)
for number in own:
    while True:
        try:
            with opened(path, scope) as history:
                known = json.loads(path.read_text())["runners"] if path.exists() else {}
                runners = [one(id=int(it)) for it in (*known, number)]
                history.observe(runners, len(known))
                history.save()
                break
        except HistoryInUse:
            time.sleep(0.001)
"""
# A program that never ends its run.
STAYING = """
import sys
from pathlib import Path
from ghrunners.fleet.reaping.history import opened

with opened(sys.argv[1], sys.argv[2]):
    print("open", flush=True)
    sys.stdin.read()
"""


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    """Return a process that runs a program."""
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def runners_of(path: Path) -> dict[str, float]:
    """Return since when each runner of a history file has been offline."""
    content: dict[str, dict[str, Any]]
    content = json.loads(path.read_text()) if path.exists() else {"runners": {}}
    return {runner_id: it["since"] for runner_id, it in content["runners"].items()}


def read_until_end(path: Path, processes: Sequence[subprocess.Popen[str]]) -> int:
    """Read a file over and over, in which no runner may be missing again. Return how often."""
    count, before = 0, dict[str, float]()
    while any(it.poll() is None for it in processes):
        now = runners_of(path)
        assert before.items() <= now.items()
        count, before = count + 1, now
    return count


def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """Each run finds all that the others have written, and a reader finds whole files alone."""
    path = tmp_path / "history.json"
    limits = ((0, 40), (40, 80))
    with (
        started(SEEING_MORE, path, SCOPE, *limits[0]) as one,
        started(SEEING_MORE, path, SCOPE, *limits[1]) as other,
    ):
        try:
            assert read_until_end(path, [one, other])
        finally:
            one.kill()
            other.kill()
    assert (one.returncode, other.returncode) == (0, 0)
    found = runners_of(path)
    assert set(found) == {str(it) for it in range(80)}
    # Each run has added one runner at its own time, and no time has started anew.
    assert sorted(found.values()) == list(range(80))
    assert sorted(it.name for it in tmp_path.iterdir()) == ["history.json", "history.json.lock"]


def test_a_process_that_is_killed_leaves_no_lock(github: FakeGitHub, tmp_path: Path) -> None:
    """Until then, a run in another process has the file: this one sends nothing."""
    path = tmp_path / "history.json"
    with started(STAYING, path, SCOPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == "open\n"
            with pytest.raises(HistoryInUse):
                reap(github, path)
            assert not github.calls
        finally:
            other.kill()
    reap(github, path)
    assert runners_of(path) == {}
