"""Storage of the cache: an SQLite database, in memory or in a file that the caller names.

Reads and writes the database. SQLite has locks for the whole process. A child process would wait for
ever for one that another thread of its parent held during the fork, even with another connection.
Therefore each access is `between_forks`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any, cast

import anysqlite
import hishel

from ...errors import InvalidArgument
from ...fork import between_forks
from ...lazy import finish

_log = logging.getLogger(__name__.partition(".")[0])

_LOCK_WAIT = 1.0  # seconds that a new client waits for a locked file
_LIMITS: dict[str, Any] = {
    "default_tti": 86_400.0,  # seconds until an unused entry is removed
    "max_size": 64 * 2**20,  # bytes of all entries
    "max_stream_size": 8 * 2**20,  # bytes of one entry; a page of 100 items has about 100,000
}
_DO_NOT_WAIT = "PRAGMA busy_timeout = 0"

# hishel logs each error of the database. Without a handler, Python would print the tracebacks.
logging.getLogger("hishel").addHandler(logging.NullHandler())


def open_storage(location: object) -> hishel.SqliteStorage:
    """Open the storage of a sync client. `location` is True for memory, or the path of a file."""
    storage = _Storage(**_LIMITS)
    storage.connection = _open_database(location)
    return storage


def open_async_storage(location: object) -> hishel.AsyncSqliteStorage:
    """Open the storage of an async client."""
    # In an event loop, anyio imports its backend for the first lock.
    storage = finish(partial(_AsyncStorage, **_LIMITS))
    storage.connection = anysqlite.Connection(_open_database(location))
    return storage


class _Storage(hishel.SqliteStorage):
    """Storage with one entry for each key, which does not wait for locks.

    hishel 2.0 keeps old entries, and then matches none. It waits five seconds for each statement. It
    tries an argument `connection` in a thread, whose start a signal handler may interrupt.
    """

    def _initialize_database(self) -> None:
        super()._initialize_database()
        assert self.connection is not None
        self.connection.execute(_DO_NOT_WAIT).fetchall()

    def create_entry(
        self, request: hishel.Request, response: hishel.Response, key: str, **limits: float | None
    ) -> hishel.Entry:
        for entry in self.get_entries(key):
            self.remove_entry(entry.id)
        return super().create_entry(request, response, key, **limits)


class _AsyncStorage(hishel.AsyncSqliteStorage):
    """The asynchronous form of `_Storage`."""

    async def _initialize_database(self) -> None:
        await super()._initialize_database()
        assert self.connection is not None
        await (await self.connection.execute(_DO_NOT_WAIT)).fetchall()

    async def create_entry(
        self, request: hishel.Request, response: hishel.Response, key: str, **limits: float | None
    ) -> hishel.Entry:
        for entry in await self.get_entries(key):
            await self.remove_entry(entry.id)
        return await super().create_entry(request, response, key, **limits)


def _open_database(location: object) -> sqlite3.Connection:
    """Open the database. Only the owner can read a new file.

    While another program has locked the file, a new client caches in memory.
    """
    if location is True:
        return _connect(":memory:")
    if not isinstance(location, (str, os.PathLike)):
        kind = type(location).__name__
        raise TypeError(f"cache must be a bool or the path of a file, not {kind}")
    path = Path(cast("str | os.PathLike[str]", location))
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = _connect(path)
    except (OSError, sqlite3.Error) as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            _log.warning("cache: %s is locked; this client caches in memory", path)
            return _connect(":memory:")
        raise InvalidArgument(f"cache: {path} cannot be opened as a database: {error}") from None
    try:
        # Checked here, since hishel checks it only during the first call.
        storage = _Storage()
        storage.connection = connection
        storage.get_entries("")
    except RuntimeError:
        connection.close()
        raise InvalidArgument(f"cache: {path} is another program's database") from None
    connection.execute(_DO_NOT_WAIT).fetchall()
    return connection


def _connect(location: str | Path) -> sqlite3.Connection:
    connection = between_forks(
        partial(
            sqlite3.connect,
            location,
            timeout=_LOCK_WAIT,
            check_same_thread=False,
            isolation_level=None,
            factory=_Connection,
        )
    )
    try:
        connection.execute("SELECT name FROM sqlite_master").fetchall()  # fails for any other file
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class _Connection(sqlite3.Connection):
    """Connection whose accesses to the database are between forks.

    hishel uses no methods but these and `commit`, which has nothing to do without a transaction.
    """

    def cursor(self, factory: Any = None) -> Any:
        return super().cursor(factory or _Cursor)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.cursor().execute(sql, parameters)

    def close(self) -> None:
        between_forks(super().close)


class _Cursor(sqlite3.Cursor):
    """Cursor of such a connection."""

    def execute(self, sql: str, parameters: Any = (), /) -> _Cursor:
        between_forks(partial(super().execute, sql, parameters))
        return self

    def fetchone(self) -> Any:
        return between_forks(super().fetchone)

    def fetchall(self) -> list[Any]:
        return between_forks(super().fetchall)
