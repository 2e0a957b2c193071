"""Plays GitHub for the soak: runners that come and go, and a share of responses that are faults.

A separate process. Prints its address; then each line of its standard input is a JSON object that
sets what it does: `faults`, `calm`, the requests from one coming or going to the next, `every`, the
seconds between them instead, `delay`, the seconds before a good answer, and `hold`, whether good
answers wait until no more requests come. It is answered by a line of counts since the one before.
Ends when its input does. Listens on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import socket
import struct
import sys
import time
from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable

from bench.server import runner

PER_PAGE = 100
# The runners that are there throughout; those that come and go have the numbers between.
STEADY = range(0, 30_000, 3)
PASSING = 200
SHARE = 0.05
SLOW = 0.1
HUNG = 10.0
QUIET = 0.3
_PAGE = re.compile(rb"GET /orgs/acme/actions/runners\?(?:\S*&)?page=(\d+)\S* ")
_LIST = re.compile(rb"GET /orgs/acme/actions/runners[? ]")
_ONE = re.compile(rb"GET /orgs/acme/actions/runners/(\d+) ")
_LIMIT = json.dumps({"message": "You have exceeded a secondary rate limit. Wait."}).encode()


class Fleet:
    """The runners, in order of their numbers, and what is counted."""

    def __init__(self) -> None:
        # The same fleet in each run; what is faulty depends on who comes first.
        self.random = random.Random(20260310)  # noqa: S311 - keeps no secret
        self.faults: list[str] = []
        self.calm: int | None = None
        self.every: float | None = None
        self.delay = 0.0
        self.hold = False
        self.base = ""
        # Connections, and requests that are not answered yet: now, and at most.
        self.open = self.most_open = 0
        self.busy = self.most_busy = 0
        self.counts: Counter[str] = Counter()
        self._numbers = [*STEADY]
        self._passing: list[int] = []
        self._encoded: dict[int, bytes] = {}
        self._unmoved = 0
        self._moved_at = time.monotonic()
        self._held: list[Callable[[], None]] = []
        self._release: asyncio.TimerHandle | None = None
        for _ in range(PASSING):
            self._come()

    def page(self, number: int) -> bytes:
        """Return a page of the list as it is now, as it travels."""
        self._move()
        first = (number - 1) * PER_PAGE
        part = self._numbers[first : first + PER_PAGE]
        total = len(self._numbers)
        body = b'{"total_count": %d, "runners": [' % total
        body += b", ".join(self.one(it) for it in part) + b"]}"
        place = f"{self.base}/orgs/acme/actions/runners?per_page={PER_PAGE}&page={number + 1}"
        link = f'Link: <{place}>; rel="next"' if first + PER_PAGE < total else ""
        return reply("200 OK", body, link)

    def one(self, number: int) -> bytes:
        if number not in self._encoded:
            self._encoded[number] = json.dumps(runner(number)).encode()
        return self._encoded[number]

    def later(self, answer: Callable[[], None]) -> None:
        """Answer when no request has come for a while: so many, then, are in progress at once."""
        self._held.append(answer)
        if self._release is not None:
            self._release.cancel()
        self._release = asyncio.get_running_loop().call_later(QUIET, self._answer_all)

    def _answer_all(self) -> None:
        held, self._held = self._held, []
        for answer in held:
            answer()

    def told(self) -> dict[str, int]:
        """Return the counts since they were asked for last."""
        told = {"open": self.open, "most_open": self.most_open, "most_busy": self.most_busy}
        told |= self.counts
        self.counts.clear()
        self.most_open, self.most_busy = self.open, self.busy
        return told

    def _move(self) -> None:
        self._unmoved += 1
        if self.calm is not None and self._unmoved >= self.calm:
            self._unmoved = 0
            self._come_or_go()
        if self.every is not None:
            while self._moved_at <= time.monotonic() - self.every:
                self._moved_at += self.every
                self._come_or_go()

    def _come_or_go(self) -> None:
        self.counts["moves"] += 1
        if self.random.random() < len(self._passing) / (2 * PASSING):
            gone = self._passing.pop(self.random.randrange(len(self._passing)))
            del self._numbers[bisect_left(self._numbers, gone)]
        else:
            self._come()

    def _come(self) -> None:
        number = self.random.choice(STEADY) + 1
        if number not in self._passing:
            self._passing.append(number)
            insort(self._numbers, number)


def reply(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json; charset=utf-8"]
    lines += [*filter(None, headers), f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


class Connection(asyncio.Protocol):
    """Answers one request after the other, some of them badly."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._transport: asyncio.Transport | None = None
        self._head = b""
        self._is_busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._fleet.open += 1
        self._fleet.most_open = max(self._fleet.most_open, self._fleet.open)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self._fleet.open -= 1
        self._be_busy(False)

    def data_received(self, data: bytes) -> None:
        *heads, self._head = (self._head + data).split(b"\r\n\r\n")
        for head in heads:
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        fleet, transport = self._fleet, self._transport
        assert transport is not None
        fleet.counts["requests"] += 1
        self._be_busy(True)
        answer = self._good(head)
        kind = ""
        if fleet.faults and fleet.random.random() < SHARE:
            kind = fleet.random.choice(fleet.faults)
            fleet.counts[kind] += 1
        half = len(answer) // 2
        match kind:
            case "failed":
                status = fleet.random.choice(("500 Oops", "502 Oops", "503 Oops", "504 Oops"))
                self._reply(reply(status, b"<html>"))
            case "limited":
                self._reply(reply("403 Forbidden", _LIMIT, "Retry-After: 0.05"))
            case "reset":
                sock: socket.socket = transport.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                transport.abort()
            case "cut":
                transport.write(answer[:half])
                transport.close()
            case "slow":
                transport.write(answer[:half])
                asyncio.get_running_loop().call_later(SLOW, self._reply, answer[half:])
            case "hung":
                asyncio.get_running_loop().call_later(HUNG, transport.close)
            case _ if fleet.delay:
                asyncio.get_running_loop().call_later(fleet.delay, self._reply, answer)
            case _ if fleet.hold:
                fleet.later(lambda: self._reply(answer))
            case _:
                self._reply(answer)

    def _reply(self, rest: bytes) -> None:
        assert self._transport is not None
        self._transport.write(rest)
        self._be_busy(False)

    def _be_busy(self, busy: bool) -> None:
        if busy != self._is_busy:
            self._is_busy = busy
            self._fleet.busy += 1 if busy else -1
            self._fleet.most_busy = max(self._fleet.most_busy, self._fleet.busy)

    def _good(self, head: bytes) -> bytes:
        if (asked := _PAGE.match(head)) is not None:
            return self._fleet.page(int(asked[1]))
        if _LIST.match(head) is not None:
            return self._fleet.page(1)
        if (asked := _ONE.match(head)) is not None:
            return reply("200 OK", self._fleet.one(int(asked[1])))
        return reply("404 Not Found", b"{}")


def obey(fleet: Fleet, line: str) -> dict[str, int]:
    """Do what a line of the input says; give the counts."""
    wanted = json.loads(line)
    told = fleet.told()
    fleet.faults = wanted.get("faults", fleet.faults)
    fleet.calm = wanted.get("calm", fleet.calm)
    fleet.hold = wanted.get("hold", fleet.hold)
    fleet.every = wanted.get("every", fleet.every)
    fleet.delay = wanted.get("delay", fleet.delay)
    return told


async def serve() -> None:
    loop = asyncio.get_running_loop()
    fleet = Fleet()
    server = await loop.create_server(lambda: Connection(fleet), "127.0.0.1", 0, backlog=1024)
    fleet.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    print(fleet.base, flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(obey(fleet, line)), flush=True)
    server.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve())
