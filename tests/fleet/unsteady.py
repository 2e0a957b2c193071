"""A fake GitHub that changes and fails at random, by a seed.

With each request, runners may come, go, connect, disconnect and take jobs, and lists may change
their order. Pages are small. Some requests fail before they are carried out, and some after.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

import msgspec

from ghrunners.fake import FakeGitHub, Runner
from ghrunners.testing import Call, Delay, Reset, Response
from ghrunners.testing._kit.request.received import Received
from ghrunners.testing._kit.response.faults import Outcome

_LIMITED = Response(429, json={"message": "slow down"}, headers={"retry-after": "7"})


class Deletion(NamedTuple):
    """A deletion that the fake carried out for a client.

    Attributes:
        runner: The runner.
        shown: Its status and whether it was busy, as a client last read it by its id.
        was_busy: Whether it was busy.
        time: The time by the clock.
    """

    runner: Runner
    shown: tuple[str, bool] | None
    was_busy: bool
    time: float


class UnsteadyGitHub(FakeGitHub):
    """A fake GitHub with an organization that does not stand still.

    Args:
        seed: What determines all that happens, together with the requests.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = Random(seed)  # noqa: S311 - reproducible, and no secret
        self.stays: set[int] = set()
        """The ids of the runners that nobody but the client under test removes."""
        self.deletions: list[Deletion] = []
        self.added: dict[int, float] = {}
        """When each runner was added, by its id."""
        self.interrupt: Callable[[], None] | None = None
        self.interrupt_in: int = 0
        """Before how many requests from now `interrupt` is called."""
        self._shown: dict[int, tuple[str, bool]] = {}
        self._size = self.random.choice([2, 3, 5, 100])
        self._ignores_name = self.random.random() < 0.5
        self._faults = self.random.choice([0.0, 0.1, 0.3])
        self._is_slow = self.random.random() < 0.5
        self._salt = 0
        self.world.list_order = self._ordered

    def add(self, name: str, *, stays: bool = False, **options: Any) -> Runner:
        """Add a runner to the organization."""
        runner = self.org().add_runner(name, **options)
        self.added[runner.id] = self.clock.now()
        if stays:
            self.stays.add(runner.id)
        return runner

    def receive(self, request: Received, url: str) -> Outcome:
        query = request.query.replace("per_page=100", f"per_page={self._size}")
        if self._ignores_name:
            query = re.sub(r"(^|&)name=[^&]*", "", query).lstrip("&")
        return super().receive(msgspec.structs.replace(request, query=query), url)

    def handle(self, call: Call) -> Any:
        self._interrupt()
        for _ in range(self.random.choice([0, 1, 2, 3])):
            self._happen()
        fault = self.random.random()
        if fault < self._faults * 0.4:
            return self.random.choice([Reset(carried_out=False), 503, 502, _LIMITED])
        response = self._carried_out(call)
        if fault < self._faults:
            return self.random.choice([Reset(carried_out=False), 502, 500])
        # A response that takes time, so that a task can be cancelled while it waits for it.
        return Delay(0.01, response) if self._is_slow else response

    def _carried_out(self, call: Call) -> Any:
        runner = self.org().runners.get(call.arguments.get("runner_id", 0))
        if runner is None:
            return super().handle(call)
        if call.operation == "org.runners.get":
            self._shown[runner.id] = (runner.status, runner.busy)
        state = Deletion(runner, self._shown.get(runner.id), runner.busy, self.clock.now())
        response = super().handle(call)
        if call.operation == "org.runners.delete" and not runner.is_registered:
            self.deletions.append(state)
        return response

    def _interrupt(self) -> None:
        self.interrupt_in -= 1
        if self.interrupt_in == 0 and self.interrupt is not None:
            self.interrupt()

    def _ordered(self, items: Sequence[Any]) -> Sequence[Any]:
        def place(it: Any) -> float:
            return Random(self._salt + it.id).random()  # noqa: S311 - the same order for a salt

        return sorted(items, key=place)

    def _happen(self) -> None:
        """Let one thing happen."""
        runner = self.random.choice(list(self.org().runners.values()))
        match self.random.choice(["connect", "disconnect", "job", "order", "add", "remove"]):
            case "connect":
                runner.connect()
            case "disconnect":
                runner.disconnect()
            case "job" if runner.status == "online" and not runner.busy:
                runner.start_job(self.random.uniform(1, 60))
            case "order":
                self._salt = self.random.randrange(10**6) * 1000
            case "add" if len(self.org().runners) < 12:
                online = self.random.random() < 0.5
                self.add(f"new-{len(self.added)}", online=online, ephemeral=not online)
            case "remove" if runner.id not in self.stays and not runner.busy:
                runner.remove()
            case _:
                pass
