"""Soak of writes and of a client's surroundings: faults, and real proxies that restart under load.

32 threads, and then 2,000 tasks at once, each share one client. They read runners and make runners,
first from a server with 5 % faults, and then through tinyproxy's CONNECT from nginx with TLS, while
both restart. No call may get another one's response, and no write may be carried out twice.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from pathlib import Path

from bench import daemons
from bench.child import Child
from client.faults.certificates import ours
from ghrunners import (
    AsyncClient,
    Client,
    ClientError,
    ConnectFailed,
    OutcomeUnknown,
    Retry,
    Timeout,
)

TOKEN = "ghp_" + "a" * 36
THREADS = 32
CALLS_OF_A_THREAD = 60
TASKS = 2000
PLACES = 100
SHARE = 0.05
PAUSE = 0.5  # seconds between two disturbances
ROUNDS = 4
MAX_GROWTH = 3.0  # MiB
_CREDENTIALS = "soak a-password"
# Restarts end whole bursts of requests, so there are more attempts than by default.
_RETRY = Retry(attempts=8, base=0.05, cap=0.5)
_TIMEOUT = Timeout(connect=5.0, read=10.0, total=60.0)

Options = Mapping[str, object]


@dataclass
class Tally:
    """Results and errors of the calls of a part."""

    wrong: list[str] = field(default_factory=list[str])
    returned: int = 0
    made: set[str] = field(default_factory=set[str])
    raised: Counter[str] = field(default_factory=Counter[str])
    unsent: set[str] = field(default_factory=set[str])

    def read(self, wanted: int, found: int) -> None:
        """Record a runner that was read."""
        self.returned += 1
        if found != wanted:
            self.wrong.append(f"runner {wanted} is {found}")

    def write(self, wanted: str, found: str | None) -> None:
        """Record a runner that was made."""
        self.returned += 1
        self.made.add(wanted)
        if found != f"jit-{wanted}":
            self.wrong.append(f"the configuration of {wanted} is {found}")

    def error(self, name: str | None, error: ClientError) -> None:
        """Record an error, of a write if there is a name."""
        self.raised[type(error).__name__] += 1
        if isinstance(error, ConnectFailed) and name is not None:
            self.unsent.add(name)
        elif name is not None and not isinstance(error, OutcomeUnknown):
            self.wrong.append(f"{name}: {type(error).__name__}: {error}")


def soak(expect: Callable[[bool, str], None], resident: Callable[[], float]) -> None:
    """Run every part; `expect` records what is wrong, and `resident` returns the memory in use."""
    with _registrar() as registrar, tempfile.TemporaryDirectory() as name:
        url = f"http://127.0.0.1:{registrar.first_line}"
        part = _Part(registrar, expect, resident, {"base_url": url})
        part.run("faults", share=SHARE)
        paths = [daemons.program(program) for program in ("nginx", "tinyproxy")]
        if None in paths:
            print("nginx and tinyproxy: skipped, because they can neither be found nor downloaded")
            return
        folder, upstream = Path(name), int(registrar.first_line)
        pem = ours().server_pem("127.0.0.1")
        with daemons.nginx(str(paths[0]), folder, upstream, pem) as nginx:
            for credentials in ("", _CREDENTIALS):
                tinyproxy = daemons.tinyproxy(str(paths[1]), folder, nginx.port, credentials)
                with tinyproxy:
                    login = f"{credentials.replace(' ', ':')}@" if credentials else ""
                    options = {
                        "base_url": f"https://127.0.0.1:{nginx.port}",
                        "proxy": f"http://{login}127.0.0.1:{tinyproxy.port}",
                        "verify": ours().trust(),
                    }
                    title = f"nginx behind tinyproxy {'with' if login else 'without'} a password"
                    disturb = cycle(
                        (tinyproxy.restart, nginx.reload, tinyproxy.reload, nginx.restart)
                    )
                    _Part(registrar, expect, resident, options).run(title, disturb)


@contextmanager
def _registrar() -> Generator[Child]:
    registrar = Child("bench.registrar")
    try:
        yield registrar
    finally:
        registrar.close()


class _Part:
    """A part of the soak: equal rounds, each with a sync and an async client."""

    def __init__(
        self,
        registrar: Child,
        expect: Callable[[bool, str], None],
        resident: Callable[[], float],
        options: Options,
    ) -> None:
        self._registrar = registrar
        self._expect = expect
        self._resident = resident
        self._made = set[str]()
        self._doubled: list[str] = []
        self._faults = 0
        self._options = {"auth": TOKEN, "retry": _RETRY, "timeout": _TIMEOUT, **options}

    def run(
        self, title: str, disturb: Iterator[Callable[[], None]] | None = None, share: float = 0.0
    ) -> None:
        began, sockets = time.monotonic(), _open_files()
        total, used, disturbances = Tally(), list[float](), 0
        for _ in range(ROUNDS):
            for calls in (self._threads, self._tasks):
                tally = Tally()
                disturbances += calls(title, tally, disturb, share)
                self._check(title, tally)
                total.returned += tally.returned
                total.raised += tally.raised
            gc.collect()
            used.append(self._resident())
        left = _open_files() - sockets
        self._expect(left == 0, f"{title}: {left} files and sockets are left open")
        growth = used[-1] - used[0]
        self._expect(growth <= MAX_GROWTH, f"{title}: memory grew by {growth:.1f} MiB")
        errors = ", ".join(f"{number} {name}" for name, number in sorted(total.raised.items()))
        print(f"{title}: {total.returned} calls returned; raised: {errors or 'none'}")
        print(f"{'':>4}{self._faults} faults, {disturbances} disturbances; {left} sockets left")
        print(f"{'':>4}MiB after each round: {' '.join(f'{it:.1f}' for it in used)}")
        print(f"{'':>4}{time.monotonic() - began:.0f} s", flush=True)

    def _configure(self, **settings: object) -> int:
        """Set the behaviour of the registrar, add its counts, and return how many waited at once."""
        counts = self._registrar.configure(**settings)
        self._made.update(counts["made"])
        self._doubled += counts["doubled"]
        self._faults += counts["faults"]
        most: int = counts["most_waiting"]
        return most

    def _check(self, title: str, tally: Tally) -> None:
        self._configure()
        double, lost, sent = self._doubled, tally.made - self._made, tally.unsent & self._made
        self._expect(not tally.wrong, f"{title}: {len(tally.wrong)} wrong: {tally.wrong[:5]}")
        self._expect(not double, f"{title}: {len(double)} runners were made twice: {double[:5]}")
        self._expect(not lost, f"{title}: {len(lost)} runners were never made: {sorted(lost)[:5]}")
        self._expect(not sent, f"{title}: {len(sent)} were made after all: {sorted(sent)[:5]}")
        self._made.clear()
        self._doubled.clear()

    def _threads(
        self, title: str, tally: Tally, disturb: Iterator[Callable[[], None]] | None, share: float
    ) -> int:
        """Call from 32 threads, and then use every place at once; return the disturbances."""
        with Client(**self._options) as github:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a few names
            runners = github.org("acme").runners

            def call(number: int) -> None:
                name = _new_name(number)
                try:
                    if name is None:
                        tally.read(number, runners.get(number).id)
                    else:
                        found = runners.generate_jit_config(
                            name=name, runner_group_id=1, labels=["x"]
                        )
                        tally.write(name, found.encoded_jit_config)
                except ClientError as error:
                    tally.error(name, error)

            self._configure(share=share)
            with _disturbed(disturb) as times:
                _in_threads(THREADS, range(THREADS * CALLS_OF_A_THREAD), call)
            self._configure(hold=True)
            _in_threads(PLACES, range(1, 3 * PLACES, 3), call)
            self._expect_places(f"{title}, threads")
        return len(times)

    def _tasks(
        self, title: str, tally: Tally, disturb: Iterator[Callable[[], None]] | None, share: float
    ) -> int:
        """Call from 2,000 tasks, and then use every place at once; return the disturbances."""

        async def main() -> int:
            async with AsyncClient(**self._options) as github:  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a few names
                runners = github.org("acme").runners

                async def call(number: int) -> None:
                    name = _new_name(number)
                    try:
                        if name is None:
                            tally.read(number, (await runners.get(number)).id)
                        else:
                            found = await runners.generate_jit_config(
                                name=name, runner_group_id=1, labels=["x"]
                            )
                            tally.write(name, found.encoded_jit_config)
                    except ClientError as error:
                        tally.error(name, error)

                self._configure(share=share)
                with _disturbed(disturb) as times:
                    await asyncio.gather(*map(call, range(TASKS)))
                self._configure(hold=True)
                await asyncio.gather(*map(call, range(1, 3 * PLACES, 3)))
                self._expect_places(f"{title}, tasks")
            return len(times)

        return asyncio.run(main())

    def _expect_places(self, title: str) -> None:
        most = self._configure()
        self._expect(most == PLACES, f"{title}: {most} of {PLACES} places are back")


_serial = count()


def _new_name(number: int) -> str | None:
    """Return the name of a runner to make, for one call of three; the others read."""
    return None if number % 3 else f"r{next(_serial)}"


def _in_threads(threads: int, numbers: Iterable[int], call: Callable[[int], None]) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(call, numbers):
            continue


@contextmanager
def _disturbed(disturb: Iterator[Callable[[], None]] | None) -> Generator[list[float]]:
    """Disturb the programs between client and server once a second; yield the times."""
    times: list[float] = []
    if disturb is None:
        yield times
        return
    over = threading.Event()

    def work() -> None:
        while not over.wait(PAUSE):
            next(disturb)()
            times.append(time.monotonic())

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield times
    finally:
        over.set()
        thread.join()


def _open_files() -> int:
    """Return how many files and sockets this process has open; 0 if the system has no list."""
    try:
        return len([*Path("/proc/self/fd").iterdir()])
    except FileNotFoundError:
        return 0
