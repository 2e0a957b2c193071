"""TLS and forks: a fork waits while another thread has locks of OpenSSL."""

from __future__ import annotations

import asyncio
import ssl
import threading
from _thread import get_ident
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest

from client.faults.certificates import in_tls, ours, trusted
from client.http.proxy_server import SERVER, HttpProxy
from client.open_clients import OpenClient
from client.runtime_api import GET, THING, TOKEN, AnyClient, Client, clear_environment, either
from client.scripted_server import ScriptedServer, json_response
from ghrunners._runtime import fork, lazy
from ghrunners._runtime.http.proxy import Proxy


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


@either
@pytest.mark.parametrize("nested", [False, True], ids=["tls", "tls in tls"])
def test_a_fork_waits_for_each_step_of_a_handshake(
    kind: AnyClient, nested: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSL reads certificates in it."""
    waits: list[bool] = []

    def watched(handshake: Callable[..., object]) -> Callable[..., object]:
        def step(self: ssl.SSLSocket | ssl.SSLObject, *args: Any) -> object:
            if not self.server_side:
                waits.append(get_ident() in lazy.unfinished)
            return handshake(self, *args)

        return step

    for layer in (ssl.SSLSocket, ssl.SSLObject):
        monkeypatch.setattr(layer, "do_handshake", watched(layer.do_handshake))
    enter = HttpProxy(outer=trusted()) if nested else in_tls
    with ScriptedServer(json_response(THING), wrap_connection=enter) as server:
        here = f"https://127.0.0.1:{server.port}"
        proxy = Proxy(here, verify=ours().trust()) if nested else None
        url = SERVER if nested else here
        with OpenClient(kind, url, verify=ours().trust(), proxy=proxy) as held:
            held.do(held.org.call, GET, path={"thing": 7})
    assert waits
    assert all(waits)
    assert lazy.unfinished == []


@pytest.mark.parametrize("option", ["verify", "proxy", "default"])
def test_a_fork_waits_for_the_certificates_of_a_client(
    option: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenSSL reads them when a client is created."""
    waits: list[bool] = []

    def context(**options: object) -> ssl.SSLContext:
        del options
        waits.append(get_ident() in lazy.unfinished)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(ssl, "create_default_context", context)
    monkeypatch.setattr(httpx2, "create_ssl_context", context)
    proxy = Proxy("https://proxy.corp", verify=tmp_path) if option == "proxy" else None
    verify = tmp_path if option == "verify" else None
    Client(auth=TOKEN, base_url="https://api.github.com", verify=verify, proxy=proxy).close()
    assert waits
    assert all(waits)


def test_an_async_handshake_waits_for_a_fork_in_progress() -> None:
    """Otherwise a fork would hardly find a moment without one."""
    forks: list[None] = fork._forks  # pyright: ignore[reportPrivateUsage] - nothing else says so

    async def work() -> int:
        return len(forks)

    forks.append(None)
    end = threading.Timer(0.05, forks.pop)
    end.start()
    assert asyncio.run(fork.await_between_forks(work)) == 0
    end.join()
