"""Forks during an access to the cache: SQLite's locks must be free in the child process."""

from __future__ import annotations

import os
import threading
import time
from _thread import get_ident
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from client.open_clients import OpenClient
from client.runtime_api import GET, THING, TOKEN, AnyClient, either
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime import fork, lazy
from ghrunners._runtime.http.cache import storage

# Python 3.12 and later warn about a fork while there are threads, which is the point here.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning"),
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on Windows"),
]


def forks() -> int:
    """Return how many forks of this process are in progress."""
    return len(fork._forks)  # pyright: ignore[reportPrivateUsage] - nothing else says so


def changing(request: ReceivedRequest) -> ScriptedResponse:
    """A response that stays the same for thing 7, and changes each time for others."""
    condition = request.header("if-none-match")
    if condition is not None and request.target.endswith("/7"):
        return ScriptedResponse(status=304, headers={"ETag": condition})
    return json_response(THING, headers={"ETag": '"2"' if condition == '"1"' else '"1"'})


@either
def test_a_fork_waits_for_each_access_to_the_cache(
    kind: AnyClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite calls a function in the midst of every statement, wherever it runs."""
    waits: list[bool] = []
    works: list[str] = []
    between_forks = fork.between_forks

    def watch() -> int:
        waits.append(get_ident() in lazy.unfinished)
        return 0

    class Watched(storage._Connection):  # pyright: ignore[reportPrivateUsage] - its statements
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            watch()
            self.set_progress_handler(watch, 1)

    def record(work: Callable[[], object]) -> object:
        works.append(getattr(work, "__name__", ""))
        return between_forks(work)

    monkeypatch.setattr(storage, "_Connection", Watched)
    monkeypatch.setattr(storage, "between_forks", record)
    with (
        ScriptedServer(default=changing) as server,
        OpenClient(kind, server.url, cache=tmp_path / "cache.db") as held,
    ):
        for thing in (7, 7, 8, 8, 8):
            held.do(held.org.call, GET, path={"thing": thing})
    assert [request.header("if-none-match") for request in server.requests] == [
        None,
        '"1"',
        None,
        '"1"',
        '"2"',
    ]
    assert len(waits) > 1000
    assert set(waits) == {True}
    assert works[-1] == "close"


def test_an_access_waits_for_a_fork_of_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise there is hardly a moment for a fork while many threads use the cache."""
    accesses: list[str] = []
    seen: list[list[str]] = []
    held = threading.Event()
    pause = time.sleep

    def sleep(seconds: float) -> None:
        if threading.current_thread() is accessing:
            held.set()
        pause(seconds)

    def access() -> None:
        while -1 in lazy.unfinished and not forks():
            pause(0.001)
        fork.between_forks(lambda: accesses.append("access"))

    def let_the_fork_go_on() -> None:
        held.wait(10)
        seen.append([*accesses])
        lazy.unfinished.remove(-1)

    accessing = threading.Thread(target=access)
    watching = threading.Thread(target=let_the_fork_go_on)
    monkeypatch.setattr(time, "sleep", sleep)
    lazy.unfinished.append(-1)
    accessing.start()
    watching.start()
    child = os.fork()
    if child == 0:
        # An access in the child waits for nothing, neither does a fork.
        fork.between_forks(lambda: accesses.append("access"))
        os._exit(len(lazy.unfinished) + 2 * forks())
    accessing.join()
    watching.join()
    assert os.waitpid(child, 0)[1] == 0
    assert seen == [[]]
    assert accesses == ["access"]
    assert fork._forks == []  # pyright: ignore[reportPrivateUsage] - later accesses do not wait


def test_a_child_is_not_held_up_by_threads_of_its_parent() -> None:
    """One that works for longer than a fork waits does not exist in the child."""
    lazy.unfinished.append(-1)
    try:
        child = os.fork()
        if child == 0:
            os._exit(len(lazy.unfinished))
        assert os.waitpid(child, 0)[1] == 0
    finally:
        lazy.unfinished.remove(-1)


@either
def test_a_cache_starts_no_thread_of_its_own(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception of a signal handler cannot interrupt the start of one."""
    started: list[str] = []

    def start(thread: threading.Thread) -> None:
        started.append(thread.name)

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", start)
        kind(auth=TOKEN, base_url="http://127.0.0.1:1", cache=True)
    assert started == []
