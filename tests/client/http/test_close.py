"""Clients that are closed during calls: the calls end, and no descriptor is free too early."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
import threading
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import httpcore2
import pytest

import ghrunners
from client.faults.certificates import ours, trusted
from client.http.proxy_server import SERVER, HttpProxy
from client.runtime_api import GET, THING, TOKEN, AnyClient, Client, either
from client.scripted_server import ScriptedServer, json_response
from ghrunners._runtime.http.streams import Stream


class HeldSocket(socket.socket):
    """Socket whose reads go on until the test lets them end."""

    reading: threading.Event
    done: threading.Event

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        self.reading.set()
        self.done.wait()
        return super().recv(size, flags)


@contextmanager
def held_stream() -> Generator[tuple[Stream, HeldSocket, socket.socket]]:
    """A stream whose read is held, its socket, and the other end."""
    near, far = socket.socketpair()
    held = HeldSocket(fileno=near.detach())
    held.reading, held.done = threading.Event(), threading.Event()
    with held, far:
        try:
            yield Stream(held), held, far
        finally:
            held.done.set()


def test_a_descriptor_is_kept_while_another_thread_uses_it() -> None:
    """Its number would go to the next file, into which that thread would write."""
    with ThreadPoolExecutor() as threads, held_stream() as (stream, held, far):
        reading = threads.submit(stream.read, 100)
        held.reading.wait()
        stream.close()
        kept = held.fileno()
        held.done.set()
        # The end of file by `close` is not the end of a response.
        assert isinstance(reading.exception(), httpcore2.ReadError)
        assert (kept >= 0, held.fileno()) == (True, -1)
        assert far.recv(1) == b""


def test_a_descriptor_is_closed_at_once_if_nobody_uses_it() -> None:
    with held_stream() as (stream, held, _):
        held.done.set()
        stream.write(b"x")
        stream.close()
        assert held.fileno() == -1
        with pytest.raises(httpcore2.ReadError):
            stream.read(100)
        with pytest.raises(httpcore2.WriteError):
            stream.write(b"x")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on Windows")
def test_a_child_process_does_not_shut_the_connection_of_its_parent_down() -> None:
    """A thread of the parent reads; in the child, there is no such thread."""
    with ThreadPoolExecutor() as threads, held_stream() as (stream, held, far):
        reading = threads.submit(stream.read, 100)
        held.reading.wait()
        child = os.fork()
        if child == 0:
            stream.close()
            os._exit(0 if held.fileno() == -1 else 1)
        _, status = os.waitpid(child, 0)
        far.send(b"for the parent")
        held.done.set()
        assert (status, reading.result()) == (0, b"for the parent")


@contextmanager
def silent_server(count: int) -> Generator[tuple[str, threading.Event]]:
    """A server that never responds: its address, and an event after `count` requests."""
    arrived, seen = threading.Event(), threading.Semaphore(0)

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65536)
            seen.release()
            while connection.recv(65536):
                pass

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            for _ in range(count):
                connection, _ = listener.accept()
                threading.Thread(target=serve, args=(connection,), daemon=True).start()
            for _ in range(count):
                seen.acquire()
            arrived.set()

    with socket.create_server(("127.0.0.1", 0), backlog=count) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", arrived


def test_calls_end_when_another_thread_closes_the_client(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They do not wait for a response or a retry; a write may have been carried out."""
    caplog.set_level(logging.INFO)
    with silent_server(20) as (url, arrived), ThreadPoolExecutor(20) as threads:
        client = ghrunners.Client(auth="t", base_url=url, proxy=False)
        runners = client.org("acme").runners
        reads = [threads.submit(runners.get, 7) for _ in range(10)]
        writes = [threads.submit(runners.create_registration_token) for _ in range(10)]
        arrived.wait()
        client.close()
        read = {type(call.exception()) for call in reads}
        written = {type(call.exception()) for call in writes}
    assert (read, written) == ({ghrunners.ClientClosed}, {ghrunners.OutcomeUnknown})
    assert "retry in" not in caplog.text


def test_calls_end_when_another_task_closes_the_client(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The asynchronous form."""
    caplog.set_level(logging.INFO)

    async def main(url: str, arrived: threading.Event) -> list[type]:
        client = ghrunners.AsyncClient(auth="t", base_url=url, proxy=False)
        runners = client.org("acme").runners
        read = asyncio.ensure_future(runners.get(7))
        write = asyncio.ensure_future(runners.create_registration_token())
        await asyncio.to_thread(arrived.wait)
        await client.aclose()
        ends = await asyncio.gather(read, write, return_exceptions=True)
        return [type(end) for end in ends]

    with silent_server(2) as (url, arrived):
        found = asyncio.run(main(url, arrived))
    assert found == [ghrunners.ClientClosed, ghrunners.OutcomeUnknown]
    assert "retry in" not in caplog.text


class HeldHandshake(HttpProxy):
    """A server over TLS, or the proxy before it, that waits before it answers the handshake."""

    def __init__(self, *, is_proxy: bool) -> None:
        super().__init__()
        self.asked, self.goes_on = threading.Event(), threading.Event()
        self._is_proxy = is_proxy

    def __call__(self, connection: socket.socket, number: int) -> socket.socket:
        if self._is_proxy:
            return super().__call__(connection, number)
        self._hold()
        return trusted().wrap_socket(connection, server_side=True)

    def _answer(self, connection: socket.socket) -> None:
        self._hold()
        super()._answer(connection)

    def _hold(self) -> None:
        self.asked.set()
        self.goes_on.wait()


@pytest.mark.parametrize("is_proxy", [False, True], ids=["tls", "tunnel"])
@either
def test_a_connection_that_was_being_opened_is_closed(
    kind: AnyClient, is_proxy: bool, recwarn: pytest.WarningsRecorder
) -> None:
    """It is used for nothing, even without a retry, and does not wait for the garbage collector."""
    held = HeldHandshake(is_proxy=is_proxy)
    with ScriptedServer(wrap_connection=held, default=json_response(THING)) as server:
        url = server.url.replace("http:", "https:")
        client: Any = kind(
            auth=TOKEN,
            base_url=SERVER if is_proxy else url,
            proxy=server.url if is_proxy else False,
            verify=ours().trust(),
            retry=None,
        )

        async def main() -> object:
            call: asyncio.Future[object] = asyncio.ensure_future(
                client.org().call(GET, path={"thing": 7})
            )
            await asyncio.to_thread(held.asked.wait)
            await client.aclose()
            held.goes_on.set()
            await asyncio.wait([call])
            return call.exception()

        if kind is Client:
            with ThreadPoolExecutor() as threads:
                call = threads.submit(client.org().call, GET, path={"thing": 7})
                held.asked.wait()
                client.close()
                held.goes_on.set()
                error: object = call.exception()
        else:
            error = asyncio.run(main())
        assert type(error) is ghrunners.ClientClosed

        gc.collect()
    assert server.requests == []
    assert [str(one.message) for one in recwarn if one.category is ResourceWarning] == []
