"""Random operations and events of machines: client, fake and a simple model agree after each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import ghrunners
from fake.fleet_model import (
    DAY,
    SYSTEM,
    Model,
    Modelled,
    merged,
    seen_by_client,
    seen_in_fake,
)
from fake.scopes import KINDS, owner_of, scope_of
from fake.sequences import SEQUENCES, mostly
from ghrunners import fake
from ghrunners.fake import FakeGitHub, Runner

STEPS = 25
VERSIONS = FakeGitHub().description.versions
NAMES = ["a", "A", "b", "build-01", "c", "d", "x" * 64]
LABEL_NAMES = ["gpu", "GPU", "ssd", "x64", "Linux", "self-hosted", "big disk", "é/ß"]
LABELS = st.lists(st.sampled_from(LABEL_NAMES), max_size=5)
SOME_LABELS = LABELS.filter(bool)
SECONDS = st.sampled_from([1, 59, 60, 3_600, DAY - 1, DAY, 13 * DAY, 14 * DAY])


class Fleet(RuleBasedStateMachine):
    """The runners of one owner."""

    def __init__(self) -> None:
        super().__init__()
        self.github = FakeGitHub()
        self.model = Model()
        self.configs: list[tuple[str, int]] = []
        self.machines: dict[int, Runner] = {}

    @initialize(
        kind=st.sampled_from(KINDS),
        version=st.sampled_from(VERSIONS),
        labels=st.permutations(["gpu", "ssd", "big disk"]),
    )
    def begin(self, kind: str, version: Any, labels: list[str]) -> None:
        """Begin with an idle runner with labels, and with an ephemeral one that has a job."""
        self.owner = owner_of(self.github, kind)
        self.api = scope_of(self.github.client(api_version=version), kind).runners
        for name, busy in (("a", False), ("b", True)):
            runner = self.owner.add_runner(name, labels=labels, ephemeral=busy, busy=busy)
            self.machines[runner.id] = runner
            self.model.runners[runner.id] = Modelled(
                name, 0, list(labels), ephemeral=busy, online=True, busy=busy, connected=True
            )

    def pick(self, data: st.DataObject) -> int:
        """Return the id of a runner that is there, rarely of one that is not."""
        gone = [one for one in self.machines if one not in self.model.runners]
        return mostly(data, self.model.runners, [*gone, 999])

    def here(self, data: st.DataObject) -> tuple[Runner, Modelled]:
        """Return a runner that is there, and its model."""
        runner_id = data.draw(st.sampled_from(list(self.model.runners)))
        return self.machines[runner_id], self.model.runners[runner_id]

    def new_name(self, data: st.DataObject) -> str:
        """Return a name that is free, rarely one that is taken."""
        free = [one for one in NAMES if not self.model.has(one)]
        return mostly(data, free, [one for one in NAMES if one not in free])

    # ── Machines ─────────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), labels=LABELS, ephemeral=st.booleans(), replace=st.booleans())
    def register(
        self, data: st.DataObject, labels: list[str], ephemeral: bool, replace: bool
    ) -> None:
        name = data.draw(st.sampled_from(NAMES)) if replace else self.new_name(data)
        token = self.api.create_registration_token().token
        former = [key for key, it in self.model.runners.items() if it.name.lower() == name.lower()]

        def register() -> Runner:
            return self.github.register(
                token, name=name, labels=labels, ephemeral=ephemeral, replace=replace
            )

        if former and not replace:
            with pytest.raises(fake.NameTaken):
                register()
            return
        if former and self.model.runners[former[0]].busy:
            with pytest.raises(fake.JobRunning):
                register()
            return
        runner = register()
        assert [runner.id] == former or runner.id not in self.machines
        self.machines[runner.id] = runner
        kept = merged([], labels, SYSTEM)
        made = Modelled(name, self.model.now, kept, ephemeral=ephemeral)
        self.model.runners[runner.id] = made

    @rule(data=st.data())
    def unregister(self, data: st.DataObject) -> None:
        taken = [one for one in NAMES if self.model.has(one)]
        name = mostly(data, taken, [one for one in NAMES if one not in taken])
        token = self.api.create_remove_token().token
        found = [key for key, it in self.model.runners.items() if it.name.lower() == name.lower()]
        if not found:
            with pytest.raises(fake.UnknownRunner):
                self.github.unregister(token, name)
        elif self.model.runners[found[0]].busy:
            with pytest.raises(fake.JobRunning):
                self.github.unregister(token, name)
        else:
            self.github.unregister(token, name)
            del self.model.runners[found[0]]

    @precondition(lambda self: self.configs)
    @rule(data=st.data())
    def run(self, data: st.DataObject) -> None:
        waiting = [
            (config, runner_id)
            for config, runner_id in self.configs
            if (it := self.model.runners.get(runner_id)) and not it.connected
        ]
        config, runner_id = mostly(data, waiting, self.configs)
        runner = self.model.runners.get(runner_id)
        if runner is None or runner.connected or not self.machines[runner_id].jit:
            with pytest.raises((fake.ConfigRejected, fake.UnknownRunner)):
                self.github.run(config)
            return
        assert self.github.run(config) is self.machines[runner_id]
        runner.online = runner.connected = True

    @precondition(lambda self: self.model.runners)
    @rule(data=st.data())
    def connect_or_disconnect(self, data: st.DataObject) -> None:
        machine, runner = self.here(data)
        if mostly(data, [not runner.online], [runner.online]):
            self.connect(machine, runner)
        else:
            self.disconnect(machine, runner)

    def connect(self, machine: Runner, runner: Modelled) -> None:
        machine.connect()
        runner.online = runner.connected = True

    def disconnect(self, machine: Runner, runner: Modelled) -> None:
        machine.disconnect()
        runner.online, runner.since = False, self.model.now

    @precondition(lambda self: self.model.runners)
    @rule(data=st.data(), seconds=st.none() | SECONDS)
    def start_job(self, data: st.DataObject, seconds: int | None) -> None:
        idle = [key for key, it in self.model.runners.items() if it.online and not it.busy]
        runner_id = mostly(data, idle, self.model.runners)
        machine, runner = self.machines[runner_id], self.model.runners[runner_id]
        if runner_id not in idle:
            with pytest.raises(ValueError, match="cannot take a job"):
                machine.start_job(seconds)
            return
        machine.start_job(seconds)
        runner.busy = True
        runner.ends = None if seconds is None else self.model.now + seconds

    @precondition(lambda self: self.model.runners)
    @rule(data=st.data(), more=st.sampled_from([-1, 0, 1]))
    def stay_away_during_job(self, data: st.DataObject, more: int) -> None:
        """Lose a machine during its job, for about as long as one without a job may be away."""
        machine, runner = self.here(data)
        self.connect(machine, runner)
        if not runner.busy:
            machine.start_job()
            runner.busy = True
        self.disconnect(machine, runner)
        self.wait_for(runner.limit + more)

    @precondition(lambda self: any(it.busy for it in self.model.runners.values()))
    @rule(data=st.data())
    def finish_job(self, data: st.DataObject) -> None:
        busy = [key for key, it in self.model.runners.items() if it.busy]
        runner_id = data.draw(st.sampled_from(busy))
        self.machines[runner_id].finish_job()
        self.model.finish(runner_id)

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        self.wait_for(seconds)

    @precondition(lambda self: self.model.next())
    @rule(more=st.sampled_from([-1, 0, 1]))
    def wait_for_next(self, more: int) -> None:
        """Wait until about the next end of a job or of a registration."""
        due = self.model.next()
        assert due is not None
        self.wait_for(max(0, due[0] - self.model.now + more))

    def wait_for(self, seconds: float) -> None:
        self.github.clock.advance(seconds)
        self.model.advance(seconds)

    # ── Operations ───────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), labels=SOME_LABELS)
    def generate_jit_config(self, data: st.DataObject, labels: list[str]) -> None:
        name = self.new_name(data)
        given = {"name": name, "labels": labels, "runner_group_id": 1}
        if self.model.has(name):
            with pytest.raises(ghrunners.Conflict):
                self.api.generate_jit_config(**given)
            return
        made = self.api.generate_jit_config(**given)
        assert made.runner.id not in self.machines
        self.machines[made.runner.id] = self.owner.runners[made.runner.id]
        self.configs.append((made.encoded_jit_config, made.runner.id))
        distinct = merged([], labels, ())
        system = tuple(it for it in distinct if it.lower() in {"x64", "linux", "self-hosted"})
        custom = [it for it in distinct if it not in system]
        new = Modelled(name, self.model.now, custom, read_only=system, ephemeral=True)
        self.model.runners[made.runner.id] = new
        assert seen_by_client(made.runner) == new.seen

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        runner_id = self.pick(data)
        runner = self.model.runners.get(runner_id)
        if runner is None:
            with pytest.raises(ghrunners.NotFound):
                self.api.delete(runner_id)
        elif runner.busy:
            with pytest.raises(ghrunners.RunnerBusy):
                self.api.delete(runner_id)
        else:
            self.api.delete(runner_id)
            del self.model.runners[runner_id]

    @rule(data=st.data(), labels=SOME_LABELS, replace=st.booleans())
    def give_labels(self, data: st.DataObject, labels: list[str], replace: bool) -> None:
        runner_id = self.pick(data)
        runner = self.model.runners.get(runner_id)
        call = self.api.set_labels if replace else self.api.add_labels
        if runner is None:
            with pytest.raises(ghrunners.NotFound):
                call(runner_id, labels=labels)
            return
        runner.labels = merged([] if replace else runner.labels, labels, runner.read_only)
        self.check_labels(call(runner_id, labels=labels), runner)

    @rule(data=st.data())
    def remove_labels(self, data: st.DataObject) -> None:
        """Remove a label, rarely one that cannot be removed, rarely all."""
        runner_id = self.pick(data)
        runner = self.model.runners.get(runner_id)
        name = mostly(data, runner.labels if runner else (), [None, *LABEL_NAMES])
        if runner is None:
            with pytest.raises(ghrunners.NotFound):
                self.api.remove_all_labels(runner_id)
        elif name is None:
            runner.labels = []
            self.check_labels(self.api.remove_all_labels(runner_id), runner)
        elif name.lower() in {it.lower() for it in runner.read_only}:
            with pytest.raises(ghrunners.ValidationFailed):
                self.api.remove_label(runner_id, name)
        elif name.lower() not in {it.lower() for it in runner.labels}:
            with pytest.raises(ghrunners.NotFound):
                self.api.remove_label(runner_id, name)
        else:
            runner.labels = [it for it in runner.labels if it.lower() != name.lower()]
            self.check_labels(self.api.remove_label(runner_id, name), runner)

    def check_labels(self, response: Any, runner: Modelled) -> None:
        assert [it.name for it in response.labels] == [*runner.read_only, *runner.labels]

    # ── What must hold after each step ───────────────────────────────────────────────────────

    @invariant()
    def all_agree(self) -> None:
        expected = list(self.model.seen().items())
        assert [(it.id, seen_in_fake(it)) for it in self.owner.runners.values()] == expected
        listed = list(self.api.list(per_page=2))
        assert [(it.id, seen_by_client(it)) for it in listed] == expected
        for it in listed:
            assert [one.id for one in self.api.list(name=it.name)] == [it.id]
        if listed:
            assert seen_by_client(self.api.get(listed[-1].id)) == expected[-1][1]


# Its clock may go past the day from which on the end of the older version is announced.
@pytest.mark.filterwarnings("ignore::ghrunners.ApiDeprecation")
def test_client_fake_and_model_agree() -> None:
    """After any sequence of operations and events, all three show the same runners."""
    run_state_machine_as_test(
        Fleet, settings=settings(max_examples=SEQUENCES, stateful_step_count=STEPS)
    )
