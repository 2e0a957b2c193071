"""Random schedules of registrations, labels, audits and hosted runners: nothing is lost or doubled.

Each schedule calls each helper at least once, in tasks that run together.

The environment variable RUNNERSMITH_SCHEDULES sets their number.
"""

from __future__ import annotations

import os
import random
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx2
import pytest

import ghrunners
from ghrunners.fake import FakeGitHub, Runner
from ghrunners.fleet import AsyncFleet, HostedRunnerTimedOut, JitRunner, NameTaken
from ghrunners.models import ImageReference
from ghrunners.testing import Reset, Response
from ghrunners.testing._kit.adapters.transport import MockTransport

SCHEDULES = int(os.environ.get("RUNNERSMITH_SCHEDULES", "60"))
LABELS = ["self-hosted", "gpu"]
OPERATIONS = [
    "org.runners.list",
    "org.runners.get",
    "org.runners.delete",
    "org.runners.set_labels",
    "org.runners.generate_jit_config",
    "org.runners.create_registration_token",
    "org.runners.create_remove_token",
    "org.runners.get_deprecation",
    "org.runners.list_applications",
    "org.runner_groups.list",
    "org.hosted_runners.list",
    "org.hosted_runners.get",
    "org.hosted_runners.create",
    "org.hosted_runners.delete",
]
# When the versions in use stop, as the fake's schedules say.
ENDS = {"2.328.0": "2026-05-01", "2.329.0": "2026-07-01", "2.330.0": "None", "2.9.0": "None"}
VARIABLE = "ACTIONS_RUNNER_INPUT_JITCONFIG"
Work = Callable[[Any], Awaitable[None]]


class RandomTransport(MockTransport):
    """A transport that lets other tasks run, at random, before and after each request."""

    def __init__(self, github: FakeGitHub, chance: random.Random) -> None:
        super().__init__(github)
        self._chance = chance

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        for _ in range(self._chance.randint(0, 3)):
            await anyio.lowlevel.checkpoint()
        response = await super().handle_async_request(request)
        for _ in range(self._chance.randint(0, 3)):
            await anyio.lowlevel.checkpoint()
        return response


class Schedule:
    """One schedule: a fake GitHub in a storm of faults, and a fleet that tasks use together."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - a schedule, no secret
        self.github = FakeGitHub()
        self.github.move_between_pages(seed)
        self.is_calm = False
        self.handles: list[JitRunner] = []
        self.others: dict[int, Runner] = {}
        self.desired: dict[str, list[str]] = {}
        self.hosted: set[str] = set()
        self.short_lived: set[str] = set()
        self.removed: set[int] = set()
        for name in OPERATIONS:
            operation: Any = name
            self.github.respond(operation, self.respond)
        self.populate()

    def populate(self) -> None:
        """Add the runners of other programs, some of which have the names that tasks ask for."""
        org = self.github.org()
        for number in range(self.chance.randint(2, 8)):
            name = f"ci-{number}" if self.chance.random() < 0.3 else f"other-{number}"
            runner = org.add_runner(
                name,
                labels=LABELS,
                ephemeral=self.chance.random() < 0.5,
                online=self.chance.random() < 0.7,
            )
            if runner.status == "online":
                runner.connect(version=self.chance.choice(list(ENDS)))
            self.others[runner.id] = runner
            self.desired[name] = self.chance.choice([["gpu"], ["gpu", "new"], ["old"]])

    def respond(self, asked: Any) -> Any:
        """Return the response to a call: what the state says, or a fault."""
        self.disturb()
        kind = "" if self.is_calm else self.chance.choice(["", "", "", "", "", *FAULTS])
        if kind in ("lost", "failed"):
            self.github.handle(asked)
        return FAULTS[kind] if kind else self.github.handle(asked)

    def disturb(self) -> None:
        """Let the machine of some runner connect, take a job or go away."""
        runner = self.chance.choice(list(self.others.values()))
        if not runner.is_registered or self.chance.random() < 0.7:
            return
        if runner.status == "offline":
            runner.connect()
        elif not runner.busy and not runner.ephemeral:
            runner.start_job(20)
        else:
            runner.disconnect()

    # ── What tasks do ────────────────────────────────────────────────────────────────────────

    async def register(self, fleet: Any) -> None:
        """Register a JIT runner and start it at once."""
        name = f"ci-{self.chance.randint(0, 4)}"
        on_conflict = self.chance.choice(["fresh_name", "fresh_name", "replace_offline", "fail"])
        await self.started(fleet, name, on_conflict)

    async def started(self, fleet: Any, name: str, on_conflict: str) -> None:
        handle: JitRunner = await fleet.jit(
            name=name, labels=LABELS, on_conflict=on_conflict, is_ours=self.is_ours, timeout=60
        )
        self.handles.append(handle)
        self.github.run(handle.environment({})[VARIABLE])

    def is_ours(self, runner: ghrunners.models.Runner) -> bool:
        """Return whether a namesake is of this program: none of the other programs' is."""
        return runner.id not in self.others

    async def label(self, fleet: Any) -> None:
        await fleet.reconcile_labels(self.desired)

    async def host(self, fleet: Any) -> None:
        name = self.chance.choice(["large", "larger"])
        self.hosted.add(name)
        await self.created(fleet, name)

    async def created(self, fleet: Any, name: str) -> int:
        image = ImageReference(id="ubuntu-24.04", source="github")
        created = await fleet.create_hosted_runner(
            name=name, image=image, size="4-core", timeout=300
        )
        found: int = created.id
        return found

    async def host_shortly(self, fleet: Any) -> None:
        name = self.chance.choice(["short", "shorter"])
        self.short_lived.add(name)
        await self.deleted(fleet, await self.created(fleet, name))

    async def deleted(self, fleet: Any, runner_id: int) -> None:
        await fleet.delete_hosted_runner(runner_id, timeout=300)
        assert runner_id not in self.github.org().hosted_runners

    async def take_tokens(self, fleet: Any) -> None:
        """Register two machines with a token, and remove one of them with another one."""
        token = await fleet.registration_token()
        names = [f"machine-{number}-{self.chance.random()}" for number in range(2)]
        for name in names:
            runner = self.github.register(token.token, name=name)
            self.others[runner.id] = runner
        token = await fleet.remove_token()
        runner = self.github.org().runner(names[0])
        if runner.busy:
            runner.finish_job()  # a machine cannot remove a runner during a job
        self.removed.add(runner.id)
        self.github.unregister(token.token, names[0])

    async def audit(self, fleet: Any) -> None:
        """Audit all runners. No error is taken for a version without an end."""
        audit = await fleet.audit_versions()
        assert audit.newest == "2.330.0"
        for found in audit.versions:
            assert str(found.stops_at)[:10] == ENDS[found.version]
            assert all(it.version == found.version for it in found.runners)
        assert all(it.version is None for it in audit.never_connected)
        listed = [it.id for found in audit.versions for it in found.runners]
        listed += [it.id for it in audit.never_connected]
        assert len(set(listed)) == len(listed)

    async def run(self) -> None:
        """Run tasks in the storm, some of which are cancelled, and then finish in the calm."""
        transport = RandomTransport(self.github, self.chance)
        async with self.github.async_client(transport=transport) as client:
            fleet = AsyncFleet(client.org("octo-org"))
            async with anyio.create_task_group() as tasks:
                registrations = [self.register] * self.chance.randint(1, 3)
                works = [*registrations, *self.works()]
                self.chance.shuffle(works)
                for work in works:
                    tasks.start_soon(self.task, fleet, work)
            turns = fleet._turns  # pyright: ignore[reportPrivateUsage] - no public lock
            assert not turns._lock().locked()  # pyright: ignore[reportPrivateUsage] - the same
            self.is_calm = True
            self.github.clock.advance(5000)
            claims = fleet._claims  # pyright: ignore[reportPrivateUsage] - no public list of them
            for name in sorted(claims.unresolved):
                await self.started(fleet, name, "fresh_name")
            for work in (self.label, self.take_tokens, self.audit):
                await work(fleet)
            for name in sorted(self.hosted):
                await self.created(fleet, name)
            for name in sorted(self.short_lived):
                await self.deleted(fleet, await self.created(fleet, name))

    def works(self) -> list[Work]:
        tokens = [self.take_tokens] * 2  # which wait for each other
        return [self.label, self.host, self.host_shortly, self.audit, *tokens]

    async def task(self, fleet: Any, work: Work) -> None:
        """Do some work, and give it up after some requests, or not."""
        steps = self.chance.choice([None, None, self.chance.randint(1, 40)])
        async with anyio.create_task_group() as group:

            async def give_up() -> None:
                for _ in range(steps or 0):
                    await anyio.lowlevel.checkpoint()
                group.cancel_scope.cancel()

            if steps is not None:
                group.start_soon(give_up)
            for _ in range(3):
                try:
                    await work(fleet)
                except NameTaken:
                    break
                except (ghrunners.CallError, HostedRunnerTimedOut):
                    continue  # as a program would, in the next round
            group.cancel_scope.cancel()

    def check(self) -> None:
        """Check that every runner is somebody's, and that nobody's was removed."""
        runners = self.github.org().runners
        started = {handle.id for handle in self.handles}
        assert len(started) == len(self.handles)
        lost = [it for it in self.handles if it.id not in runners]
        assert not lost, f"removed after its handle was returned: {lost}"
        gone = {it.id for it in self.others.values() if not it.is_registered}
        assert gone == self.removed, f"removed, and not ours: {gone - self.removed}"
        orphans = [it for it in runners.values() if it.id not in started | set(self.others)]
        assert not orphans, f"nobody has the configuration of {orphans}"
        for runner in self.others.values():
            if wanted := self.desired.get(runner.name):
                assert set(runner.labels) == set(wanted)
        hosted = [it.name for it in self.github.org().hosted_runners.values()]
        assert sorted(hosted) == sorted(self.hosted)


def limited(seconds: int) -> Response:
    """Return the response of a secondary rate limit."""
    message = "You have exceeded a secondary rate limit"
    return Response(429, json={"message": message}, headers={"retry-after": str(seconds)})


FAULTS: dict[str, Any] = {
    "lost": Reset(carried_out=False),
    "failed": Response(502, json={"message": "Server Error"}),
    "dropped": Reset(carried_out=False),
    "limited": limited(10),
    "limited for long": limited(500),
}


@pytest.mark.parametrize("first", range(0, SCHEDULES, 20))
def test_nothing_is_lost_in_random_schedules(first: int) -> None:
    """Faults, cancellation, moving lists and other programs: every runner is somebody's."""
    for seed in range(first, min(first + 20, SCHEDULES)):
        schedule = Schedule(seed)
        random.seed(seed)  # the jitter of retries
        try:
            anyio.run(schedule.run)
            schedule.check()
        except BaseException as error:
            error.add_note(f"seed {seed}")
            raise
