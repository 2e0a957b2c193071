"""The mock server over HTTP, for other processes."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import httpx2
import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import RequestResponseCycle

import ghrunners
from ghrunners import testing

SIGNED = {"Authorization": "token t"}


def test_memory_and_http_share_one_state() -> None:
    """A client over HTTP and one in memory; with GitHub's path of Enterprise Server, too."""
    server = testing.MockServer()
    server.respond("org.runners.list", [testing.runner(id=number) for number in range(150)])
    with server.serve() as url:
        for base in (url + "/", url + "/api/v3"):
            with ghrunners.Client(auth="t", base_url=base, product="github.com") as client:
                assert [it.id for it in client.org("a").runners.list()] == list(range(150))
    with server.client() as client:
        assert len(list(client.org("a").runners.list())) == 150
    assert len(server.calls_of("org.runners.list")) == 6
    server.check()


@pytest.mark.parametrize("fault", [testing.Reset(), testing.Truncated(), testing.Delay(5)])
def test_faults_break_the_connection(fault: Any) -> None:
    """Without a response, after half of it, or too late; the next call works."""
    server = testing.MockServer()
    server.script("org.runners.get", fault)
    with server.serve() as url:
        timeout = httpx2.Timeout(0.5)
        with httpx2.Client(base_url=url, headers=SIGNED, timeout=timeout) as client:
            with pytest.raises(httpx2.TransportError):
                client.get("/orgs/a/actions/runners/7")
            assert client.get("/orgs/a/actions/runners/7").json()["id"] == 41


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [
        (testing.Reset(), False),
        (testing.Reset(carried_out=False), False),
        (testing.Delay(0.01, testing.Reset()), False),
        (testing.error(ghrunners.ConnectionLost), False),
        (testing.Truncated(), True),
    ],
)
def test_a_closed_connection_has_no_response(
    fault: Any, arrived: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even a status, which many programs look at alone; a part has one. Nothing is logged."""
    server = testing.MockServer()
    server.script("org.runners.get", fault)
    with server.serve() as url:
        address = (url.split("/")[2].split(":")[0], int(url.rsplit(":", 1)[1]))
        with socket.create_connection(address) as connection:
            head = b"GET /orgs/a/actions/runners/7 HTTP/1.1\r\nHost: a\r\nAuthorization: token t"
            connection.sendall(head + b"\r\n\r\n")
            received = b"".join(iter(lambda: connection.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 200 OK" if arrived else b"")
    assert bool(received) is arrived
    assert caplog.records == []


def test_an_exception_of_a_function_is_reported(caplog: pytest.LogCaptureFixture) -> None:
    """To the client, in the log, and at the end, if the test does not fail by itself."""

    def mistaken(call: testing.Call) -> NoReturn:
        raise LookupError(f"no {call.arguments['runner_id']} here")

    server = testing.MockServer()
    server.respond("org.runners.get", mistaken)
    served = server.serve()
    shown = httpx2.get(f"{served.__enter__()}/orgs/a/actions/runners/7", headers=SIGNED)
    assert shown.status_code == 500
    assert shown.json() == {"message": "Mock server: LookupError: no 7 here"}
    with pytest.raises(LookupError, match="no 7 here"):
        served.__exit__(None, None, None)
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert "cannot respond to GET /orgs/a/actions/runners/7" in caplog.text
    with pytest.raises(httpx2.HTTPStatusError), server.serve() as url:
        httpx2.get(f"{url}/orgs/a/actions/runners/7", headers=SIGNED).raise_for_status()


@pytest.mark.parametrize("fault", [testing.Reset(), testing.Truncated()])
def test_a_connection_that_cannot_be_closed_is_an_error(
    fault: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With a uvicorn that hides the transport: in the response, the log, and at the end."""
    run = RequestResponseCycle.run_asgi

    async def hidden(cycle: RequestResponseCycle, app: Any) -> None:
        await run(cycle, lambda scope, receive, send: app(scope, receive, partial(send)))

    monkeypatch.setattr(RequestResponseCycle, "run_asgi", hidden)
    server = testing.MockServer()
    server.script("org.runners.get", fault)
    message = f"uvicorn {uvicorn.__version__} does not let the mock server close a connection"
    served = server.serve()
    path = f"{served.__enter__()}/orgs/a/actions/runners/7"
    shown = httpx2.get(path, headers=SIGNED)
    assert shown.status_code == 500
    assert message in shown.json()["message"]
    assert httpx2.get(path, headers=SIGNED).json()["id"] == 41
    with pytest.raises(RuntimeError, match=message):
        served.__exit__(None, None, None)
    assert "cannot respond to GET /orgs/a/actions/runners/7" in caplog.text


def test_the_log_of_the_process_goes_on(tmp_path: Path) -> None:
    """The configuration of uvicorn would close a file that is being written."""
    log, logger = tmp_path / "log", logging.getLogger("of_a_program")
    handler = logging.FileHandler(log, mode="w", encoding="utf-8")
    logger.addHandler(handler)
    try:
        with testing.MockServer().serve():
            logger.error("meanwhile")
        logger.error("afterwards")
    finally:
        logger.removeHandler(handler)
        handler.close()
    assert log.read_text(encoding="utf-8") == "meanwhile\nafterwards\n"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "::1"])  # noqa: S104 - asked for
def test_a_server_of_all_addresses_is_reached_at_the_one_of_this_machine(host: str) -> None:
    """A client takes no other address without TLS."""
    with testing.MockServer().serve(host=host) as url:
        with ghrunners.Client(auth="t", base_url=url) as client:
            assert client.org("a").runners.get(7).id == 41
        assert url.startswith("http://[::1]:" if ":" in host else "http://127.0.0.1:")


def test_nothing_sleeps_by_the_function_that_tests_replace(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a test does whose program must not wait."""

    def forbidden(seconds: float) -> NoReturn:
        raise AssertionError(f"{seconds} seconds")

    startup = uvicorn.Server.startup

    async def slow(server: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        await asyncio.sleep(0.05)
        await startup(server, sockets)

    monkeypatch.setattr("time.sleep", forbidden)
    monkeypatch.setattr("uvicorn.Server.startup", slow)
    with testing.MockServer().serve() as url:
        assert httpx2.get(f"{url}/orgs/a/actions/runners/7", headers=SIGNED).status_code == 200


def test_a_server_ends_while_a_test_freezes_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """As freezegun does, which replaces the clocks of the process."""

    def frozen() -> None:
        with testing.MockServer().serve() as url:
            httpx2.get(f"{url}/orgs/a/actions/runners/7", headers=SIGNED).raise_for_status()
            monkeypatch.setattr("time.monotonic", lambda: 0.0)

    thread = threading.Thread(target=frozen, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


def test_a_server_that_was_left_open_lets_the_process_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a notebook: its thread does not run any more then, and is not waited for."""
    joined: list[float | None] = []
    join = threading.Thread.join

    def recorded(thread: threading.Thread, timeout: float | None = None) -> None:
        joined.append(timeout)
        join(thread, timeout)

    monkeypatch.setattr("threading.Thread.join", recorded)
    for ends, waits in ((False, 1), (True, 0)):
        monkeypatch.setattr("sys.is_finalizing", lambda ends=ends: ends)
        joined.clear()
        before = set(threading.enumerate())
        with testing.MockServer().serve():
            started = set(threading.enumerate()) - before
        assert joined.count(None) == waits
        for thread in started:
            join(thread)


def test_a_server_ends_while_a_response_is_late() -> None:
    """Nothing waits for a client that has gone."""
    server = testing.MockServer()
    server.script("org.runners.get", testing.Delay(600))
    threads = threading.active_count()
    with server.serve() as url, pytest.raises(httpx2.TimeoutException):
        httpx2.get(f"{url}/orgs/a/actions/runners/7", headers=SIGNED, timeout=0.2)
    assert threading.active_count() == threads


def test_a_port_in_use_is_one_line() -> None:
    """So is one that does not exist."""
    server = testing.MockServer()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ValueError, match=f"cannot listen on 127.0.0.1, port {port}: Address"):
            server.serve(port).__enter__()
    for wrong in (99999, -1, "8080", 1.5, None):
        with pytest.raises(ValueError, match=f"port {wrong!r}: no such port"):
            server.serve(wrong).__enter__()  # type: ignore[arg-type] # as from a variable of the environment


def test_without_uvicorn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the other extras."""
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ImportError, match=r"needs uvicorn, .*: pip install 'uvicorn<1'$"):
        testing.MockServer().serve().__enter__()


def test_a_server_that_does_not_start_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test would wait for its connection otherwise. The port is free again."""

    async def startup(server: Any, **_: object) -> None:
        server.should_exit = True

    monkeypatch.setattr("uvicorn.Server.startup", startup)
    threads = threading.active_count()
    with (
        pytest.raises(RuntimeError, match=r"uvicorn [\d.]+ did not start"),
        testing.MockServer().serve(),
    ):
        raise AssertionError("it has an address")
    assert threading.active_count() == threads
