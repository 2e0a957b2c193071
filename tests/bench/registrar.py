"""Fake GitHub for the soak's writes, which counts the runners that it makes by name.

A process of its own on 127.0.0.1. It prints its port. Each line of its standard input sets the share
of requests that fail, and whether responses wait for each other (`hold`). For each line it prints
counts since the line before: the names of the runners that were made, those among them that were
made before, the faults, and how many requests waited at once. It ends with its input.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import socket
import struct
import sys
from collections.abc import Mapping
from contextlib import suppress

from bench.server import runner

AT_ONCE = 100
_SECONDS = 5.0  # for which a held response waits for the others
_NUMBER = re.compile(rb"GET /orgs/acme/actions/runners/(\d+) ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_FAULTS = ("failed", "reset before", "reset after", "cut")


class Registrar:
    """Counts of the runners that were made, and of the requests that wait."""

    def __init__(self) -> None:
        # Which request fails depends on the order in which they come.
        self.random = random.Random(20260310)  # noqa: S311 - keeps no secret
        self.share = 0.0
        self.hold = False
        self.ever_made: set[str] = set()
        self.made: list[str] = []
        self.doubled: list[str] = []
        self.faults = 0
        self.waiting = self.most_waiting = 0
        self.full = asyncio.Event()

    def configure(self, line: str) -> Mapping[str, object]:
        """Apply a line of the input, and return the counts."""
        settings = json.loads(line)
        counts = {
            "made": self.made,
            "doubled": self.doubled,
            "faults": self.faults,
            "most_waiting": self.most_waiting,
        }
        self.made, self.doubled, self.faults = [], [], 0
        self.share, self.hold = settings.get("share", 0.0), settings.get("hold", False)
        self.most_waiting = self.waiting
        self.full.clear()
        return counts

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Respond to the requests of one connection."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1])) if length else b""
                if not await self._respond(head, body, writer):
                    break
        writer.close()

    async def _respond(self, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> bool:
        fault = ""
        if self.random.random() < self.share:
            fault = self.random.choice(_FAULTS)
            self.faults += 1
        if fault == "failed":
            writer.write(_response(503, b"<html>"))
            return True
        if fault == "reset before":
            _reset(writer)
            return False
        if self.hold:
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            if self.waiting >= AT_ONCE:
                self.full.set()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.full.wait(), _SECONDS)
            self.waiting -= 1
        response = self._carry_out(head, body)
        if fault == "reset after":
            _reset(writer)
            return False
        writer.write(response[: len(response) // 2] if fault == "cut" else response)
        await writer.drain()
        return not fault

    def _carry_out(self, head: bytes, body: bytes) -> bytes:
        if found := _NUMBER.match(head):
            return _response(200, json.dumps(runner(int(found[1]))).encode())
        name = json.loads(body)["name"]
        if name in self.ever_made:
            self.doubled.append(name)
        self.ever_made.add(name)
        self.made.append(name)
        content = {"runner": {**runner(1), "name": name}, "encoded_jit_config": f"jit-{name}"}
        return _response(201, json.dumps(content).encode())


def _response(status: int, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status} Reason\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def main() -> None:
    registrar = Registrar()
    server = await asyncio.start_server(registrar.serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(registrar.configure(line)), flush=True)
    server.close()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
