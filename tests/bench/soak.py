"""A fleet of 10,000 runners read for a while under faults: is anything lost, doubled or leaked?

Run by hand: `make bench`. A server on this machine lets runners come and go and answers one request
in twenty badly: 5xx, resets, bodies cut short, secondary limits, slowly, never. Then `surroundings`
has writes under faults, and a real nginx and tinyproxy that restart. Nothing is said
of time. Prints what was asked and what was seen; exits 1 when a promise broke, and says which.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import surroundings
from bench.child import Child
from bench.fleet import STEADY
from bench.task import peak
from ghrunners import AsyncClient, Client, ClientError, Retry, Timeout

TOKEN = "ghp_" + "a" * 36
QUICK = ("failed", "reset", "cut", "slow")
FAULTS = (*QUICK, "hung")
# A secondary limit engages the pace, 900 points a minute: where more is asked for than that, the
# soak would only wait.
LIMITED = (*FAULTS, "limited")
CALLS = 1000
THREADS = 20
# Requests of a walk from one runner that comes or goes to the next.
CALM = 7
MOST = 100
ROUNDS = 3
MAX_GROWTH = 2.0  # MiB

# Short pauses, so that it ends soon; more attempts than by default, as it is all faults.
RETRY = Retry(attempts=8, base=0.01, cap=0.2)
# Long enough for a machine that has much to do: a client may repeat one call in ten, no more.
TIMEOUT = Timeout(read=3.0, total=60.0)
MAX_WAIT = 0.3


class Server(Child):
    """The fleet's process."""

    def __init__(self) -> None:
        super().__init__("bench.fleet")
        self.url = self.first_line

    def be(self, **wanted: object) -> Mapping[str, int]:
        """Change the behaviour of the fleet, and return its counts until now."""
        counts: Mapping[str, int] = self.configure(**wanted)
        return counts

    def left_open(self) -> int:
        """Return the connections that stay open; the system may need a moment to end one."""
        left = self.be()["open"]
        for _ in range(50):
            if not left:
                break
            time.sleep(0.1)
            left = self.be()["open"]
        return left


class Report:
    """What was seen, line by line, and whether it is as promised."""

    def __init__(self, server: Server) -> None:
        self.broken: list[str] = []
        self._server = server

    @contextmanager
    def about(
        self, name: str, faults: Sequence[str], *, calm: int | None = None, hold: bool = False
    ) -> Generator[None]:
        """Have a part of the soak happen, then look for connections."""
        began = time.monotonic()
        self._server.be(faults=faults, calm=calm, hold=hold)
        try:
            yield
        except ClientError as error:
            self.expect(False, f"{name}: {type(error).__name__}: {error}")
        counts = dict(self._server.be(faults=[], calm=None, hold=False))
        most, busy = counts.pop("most_open"), counts.pop("most_busy")
        left = self._server.left_open()
        counts.pop("open")
        asked, moves = counts.pop("requests", 0), counts.pop("moves", 0)
        self.expect(busy <= MOST, f"{name}: {busy} requests were under way at once")
        self.expect(left == 0, f"{name}: {left} connections are left open")
        faulty = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
        print(f"{name}: {asked} requests, {moves} moves; {faulty or 'no faults'}")
        print(f"{'':>4}at most {busy} requests at once, {most} connections; {left} left")
        print(f"{'':>4}{time.monotonic() - began:.0f} s", flush=True)

    def expect(self, holds: bool, problem: str) -> None:
        """Take note of a promise that broke."""
        if not holds:
            print(f"BROKEN: {problem}", flush=True)
            self.broken.append(problem)

    def expect_each_once(self, name: str, seen: Iterable[int], wanted: Iterable[int]) -> None:
        """Look for what was there throughout and did not come, and for what came twice."""
        counts = Counter(seen)
        lost = [number for number in wanted if number not in counts]
        double = [number for number, count in counts.items() if count > 1]
        self.expect(not lost, f"{name}: {len(lost)} lost: {lost[:10]}")
        self.expect(not double, f"{name}: {len(double)} came twice: {double[:10]}")


def sync_client(url: str) -> Client:
    return Client(auth=TOKEN, base_url=url, retry=RETRY, timeout=TIMEOUT, max_wait=MAX_WAIT)


def async_client(url: str) -> AsyncClient:
    return AsyncClient(auth=TOKEN, base_url=url, retry=RETRY, timeout=TIMEOUT, max_wait=MAX_WAIT)


def walk(url: str, pages: int = 1) -> list[int]:
    """Walk over the fleet with calls, some pages at once."""
    with sync_client(url) as github:
        return [runner.id for runner in github.org("acme").runners.list().parallel(pages)]


async def walk_async(url: str, pages: int = 1) -> list[int]:
    """Walk over the fleet with awaits, some pages at once."""
    async with async_client(url) as github:
        return [runner.id async for runner in github.org("acme").runners.list().parallel(pages)]


async def at_once(url: str) -> list[int]:
    """Ask for 1,000 runners at the same time."""
    async with async_client(url) as github:
        runners = github.org("acme").runners
        calls = (runners.get(number) for number in STEADY[:CALLS])
        return [runner.id for runner in await asyncio.gather(*calls)]


def from_threads(url: str, failed: Callable[[ClientError], None]) -> list[list[int]]:
    """Walk over the fleet, and ask for its runners one by one, in 20 threads with one client."""
    found: list[list[int]] = [[] for _ in range(2 * THREADS)]
    with sync_client(url) as github:
        runners = github.org("acme").runners

        def work(mine: int) -> None:
            try:
                for number in STEADY[mine:CALLS:THREADS]:
                    found[mine].append(runners.get(number).id)
                for runner in runners.list():
                    found[THREADS + mine].append(runner.id)
            except ClientError as error:
                failed(error)

        threads = [threading.Thread(target=work, args=(mine,)) for mine in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found


def memory(url: str) -> list[float]:
    """Return the memory in use after each of some equal rounds, with clients that are not closed."""
    used: list[float] = []
    with sync_client(url) as github, asyncio.Runner() as runner:
        other = async_client(url)
        runners = github.org("acme").runners

        async def calls() -> None:
            others = other.org("acme").runners
            await asyncio.gather(*(others.get(number) for number in STEADY[: CALLS // 2]))

        for _ in range(2 * ROUNDS):
            for number in STEADY[: CALLS // 4]:
                runners.get(number)
            assert sum(1 for _ in runners.list()) >= len(STEADY)
            runner.run(calls())
            gc.collect()
            used.append(resident())
        runner.run(other.aclose())
    return used


def resident() -> float:
    """Return the memory that this process holds, in MiB: where the system does not say, its peak."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except FileNotFoundError:
        return peak()
    return pages * 4096 / 2**20


def soak(server: Server) -> list[str]:
    """Ask the fleet for everything that was promised; give what broke."""
    report, url = Report(server), server.url
    for pages in (1, 10):
        name = f"a walk, pages at once: {pages}"
        with report.about(name, LIMITED, calm=CALM):
            report.expect_each_once(name, walk(url, pages), STEADY)
        name = f"an async walk, pages at once: {pages}"
        with report.about(name, LIMITED, calm=CALM):
            report.expect_each_once(name, asyncio.run(walk_async(url, pages)), STEADY)
    name = f"{CALLS:,} calls at once"
    # Calls that hang end together, and a client repeats ten on credit: more than that would fail.
    with report.about(name, QUICK, hold=True):
        got = asyncio.run(at_once(url))
        report.expect(got == [*STEADY[:CALLS]], f"{name}: not each call got its own runner")
    name = f"{THREADS} threads"
    # As many walks at a time would each see the runners come and go twenty times as fast.
    with report.about(name, FAULTS, calm=CALM * THREADS):
        found = from_threads(
            url, lambda error: report.expect(False, f"{name}: {type(error).__name__}: {error}")
        )
        for mine in range(THREADS):
            own = [*STEADY[mine:CALLS:THREADS]]
            report.expect(found[mine] == own, f"{name}: not each call got its own runner")
            report.expect_each_once(f"{name}: walk {mine}", found[THREADS + mine], STEADY)
    with report.about("memory", QUICK):
        used = memory(url)
        first, second = used[ROUNDS - 1], used[-1]
        print(f"{'':>4}MiB after each round: {' '.join(f'{it:.1f}' for it in used)}")
        growth = second - first
        report.expect(
            growth <= MAX_GROWTH,
            f"memory grew by {growth:.1f} MiB from round {ROUNDS} to {2 * ROUNDS}",
        )
    surroundings.soak(report.expect, resident)
    return report.broken


def main() -> int:
    """Soak; 0 when every promise held."""
    # It says so of each wait for a limit, which are many here.
    logging.getLogger("ghrunners").addHandler(logging.NullHandler())
    server = Server()
    try:
        broken = soak(server)
    finally:
        server.close()
    print(f"broken: {len(broken)}" if broken else "every promise held")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
