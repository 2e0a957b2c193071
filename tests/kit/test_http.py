"""The mock server over HTTP, for other processes."""

from __future__ import annotations

import socket
import sys
import threading
from typing import Any

import httpx2
import pytest

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
    with pytest.raises(ValueError, match="port 99999: no such port"):
        server.serve(99999).__enter__()


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
