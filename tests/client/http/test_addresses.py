"""A name with several addresses: one that is silent, or refuses, costs little."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Generator
from typing import Any

import httpcore2
import pytest

from client.faults.certificates import ours
from client.http.proxy_server import SERVER, HttpProxy
from client.runtime_api import GET, THING, Caller, both, clear_environment
from client.scripted_server import ScriptedServer, closed_port, json_response
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.http.backend import Backend

SILENT = "127.0.0.2"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


@contextlib.contextmanager
def silent(port: int) -> Generator[None]:
    """Let nobody answer at an address: the queue of its listener is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((SILENT, port))
        listener.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex((SILENT, port))
        yield


def two_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let localhost have two addresses."""
    look_up = socket.getaddrinfo

    def find(host: Any, port: int, *rest: Any, **options: Any) -> list[Any]:
        hosts = [SILENT, "127.0.0.1"] if host in ("localhost", b"localhost") else [host]
        return [it for one in hosts for it in look_up(one, port, *rest, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", find)


@both
@pytest.mark.parametrize("proxied", [False, True], ids=["server", "proxy"])
def test_a_silent_address_does_not_use_up_the_time(
    flavour: type[Caller], proxied: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one is tried beside it, within the same connect timeout."""
    two_addresses(monkeypatch)
    enter = HttpProxy() if proxied else None
    with (
        ScriptedServer(default=json_response(THING), wrap_connection=enter) as server,
        silent(server.port),
    ):
        url = f"http://localhost:{server.port}"
        caller = flavour(
            SERVER if proxied else url,
            proxy=url if proxied else None,
            verify=ours().trust(),
            timeout=Timeout(connect=5),
        )
        assert caller.call(GET, path={"thing": 7}).id == 7


def test_all_addresses_share_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the attempts that are under way at its end are closed."""
    two_addresses(monkeypatch)
    opened: list[socket.socket] = []

    class Counted(socket.socket):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **options)
            opened.append(self)

    with closed_port() as port, silent(port), monkeypatch.context() as patch:
        patch.setattr(socket, "socket", Counted)
        with pytest.raises(httpcore2.ConnectTimeout, match="no address"):
            Backend().connect_tcp("localhost", port, 0.4)
    assert len(opened) == 2
    assert all(one.fileno() == -1 for one in opened)


def test_the_families_of_addresses_alternate(monkeypatch: pytest.MonkeyPatch) -> None:
    """When one of them is broken, the second attempt is of the other."""
    tried: list[str] = []
    v4, v6 = socket.AF_INET, socket.AF_INET6
    found = [(v6, "a"), (v6, "b"), (v6, "c"), (v4, "d"), (v4, "e")]

    def find(*_: Any, **__: Any) -> list[Any]:
        return [(family, socket.SOCK_STREAM, 6, "", (name, 1)) for family, name in found]

    def start(address: tuple[int, int, int, Any], selector: object) -> OSError:
        del selector
        tried.append(address[3][0])
        return OSError("broken")

    monkeypatch.setattr(socket, "getaddrinfo", find)
    monkeypatch.setattr("ghrunners._runtime.http.backend._start", start)
    with pytest.raises(httpcore2.ConnectError, match="broken"):
        Backend().connect_tcp("some.example", 1, 10)
    assert tried == ["a", "d", "b", "e", "c"]
