"""A cache that cannot be used, and servers that echo the token: no call notices."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from client.open_clients import OpenClient
from client.runtime_api import GET, THING, TOKEN, AnyClient, Thing, either
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.http.cache import storage

OTHER = "ghs_AnotherTokenThatMustNeverShow0123456789"


def answer(request: ReceivedRequest) -> ScriptedResponse:
    """Answer with the thing, or with a 304 for its ETag."""
    headers = {"ETag": '"x"'}
    if request.header("if-none-match") == '"x"':
        return ScriptedResponse(status=304, headers=headers)
    return json_response(THING, headers=headers)


def name(held: OpenClient) -> str:
    found: Thing = held.do(held.org.call, GET, path={"thing": 7})
    return found.name


def conditions(server: ScriptedServer) -> list[str | None]:
    return [one.header("if-none-match") for one in server.requests]


# ── Locked files ─────────────────────────────────────────────────────────────────────────────


@contextmanager
def locked(file: Path) -> Generator[None]:
    """Lock a database as another program would."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """Collect the connections of all caches, which any thread can use."""
    found: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def recorded(location: str | Path, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(location, **options)
        if options.get("check_same_thread") is False:
            found.append(connection)
        return connection

    monkeypatch.setattr(sqlite3, "connect", recorded)
    monkeypatch.setattr(storage, "_LOCK_WAIT", 0.01)
    return found


@either
def test_a_locked_file_is_not_waited_for(
    kind: AnyClient, tmp_path: Path, connections: list[sqlite3.Connection]
) -> None:
    """Calls work as without a cache, and with it again when the lock is gone."""
    file = tmp_path / "cache.db"
    with ScriptedServer(default=answer) as server, OpenClient(kind, server.url, cache=file) as held:
        with locked(file):
            assert [name(held) for _ in range(2)] == ["seven"] * 2
        assert conditions(server) == [None, None]
        assert [name(held) for _ in range(2)] == ["seven"] * 2
        assert conditions(server)[2:] == [None, '"x"']
        with locked(file):
            assert name(held) == "seven"
        [connection] = connections
        assert connection.execute("PRAGMA busy_timeout").fetchone() == (0,)


@either
def test_a_file_that_is_locked_from_the_start_is_left_alone(
    kind: AnyClient,
    tmp_path: Path,
    connections: list[sqlite3.Connection],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The client caches in memory, and says so in its log."""
    file = tmp_path / "cache.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE x (y)")
    with (
        ScriptedServer(default=answer) as server,
        locked(file),
        caplog.at_level(logging.WARNING, "ghrunners"),
        OpenClient(kind, server.url, cache=file) as held,
    ):
        assert [name(held) for _ in range(2)] == ["seven"] * 2
    assert conditions(server) == [None, '"x"']
    assert "is locked; this client caches in memory" in caplog.text
    assert len(connections) == 2


@either
def test_a_broken_cache_prints_nothing(
    kind: AnyClient, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Hishel logs a traceback for each error; who wants to see it configures the log."""
    file = tmp_path / "cache.db"
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        with (
            ScriptedServer(default=answer) as server,
            OpenClient(kind, server.url, cache=file) as held,
        ):
            name(held)
            with locked(file):
                held.client.org()
                assert held.do(held.org.call, GET, path={"thing": 8}).name == "seven"
    finally:
        root.handlers = handlers
    assert capfd.readouterr() == ("", "")


# ── Echoes ───────────────────────────────────────────────────────────────────────────────────


def everything_in(folder: Path) -> bytes:
    return b"".join(one.read_bytes() for one in folder.iterdir())


@either
@pytest.mark.parametrize("status", [200, 304], ids=["at first", "with a 304"])
def test_a_header_that_echoes_the_token_is_not_stored(
    kind: AnyClient, tmp_path: Path, status: int
) -> None:
    """A gateway that is meant for debugging does. All else is stored."""

    def echoing(request: ReceivedRequest) -> ScriptedResponse:
        given = answer(request)
        told = {"X-Echo": request.header("authorization") or ""} if given.status == status else {}
        return ScriptedResponse(
            status=given.status, body=given.body, headers={**given.headers, **told}
        )

    file = tmp_path / "cache.db"
    with (
        ScriptedServer(default=echoing) as server,
        OpenClient(kind, server.url, cache=file) as held,
    ):
        assert [name(held) for _ in range(3)] == ["seven"] * 3
        alive = everything_in(tmp_path)
    assert conditions(server) == [None, '"x"', '"x"']
    for found in (alive, everything_in(tmp_path)):
        assert b'"seven"' in found
        assert TOKEN.encode() not in found


@either
def test_a_short_token_keeps_the_cache_in_use(kind: AnyClient) -> None:
    """A test's token such as `e` is a part of other words, which do not echo it."""
    with (
        ScriptedServer(default=answer) as server,
        OpenClient(kind, server.url, auth="e", cache=True) as held,
    ):
        assert [name(held) for _ in range(2)] == ["seven"] * 2
    assert conditions(server) == [None, '"x"']


@either
@pytest.mark.parametrize(
    ("headers", "body"),
    [({"ETag": f'"{TOKEN}"'}, THING), ({"ETag": '"x"'}, {**THING, "echo": TOKEN})],
    ids=["ETag", "body"],
)
def test_what_echoes_the_token_itself_is_not_stored(
    kind: AnyClient, tmp_path: Path, headers: dict[str, str], body: dict[str, Any]
) -> None:
    """Without its ETag or a part of its body, a response cannot be used again."""
    file = tmp_path / "cache.db"
    default = json_response(body, headers=headers)
    with (
        ScriptedServer(default=default) as server,
        OpenClient(kind, server.url, cache=file) as held,
    ):
        assert [name(held) for _ in range(2)] == ["seven"] * 2
        alive = everything_in(tmp_path)
    assert conditions(server) == [None, None]
    assert TOKEN.encode() not in alive + everything_in(tmp_path)
