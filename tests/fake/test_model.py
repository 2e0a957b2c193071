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
from fake.sequences import SEQUENCES
from ghrunners import fake
from ghrunners.fake import FakeGitHub, Runner

VERSIONS = ("2026-03-10", "2022-11-28")
NAMES = st.sampled_from(["a", "A", "b", "build-01", "x" * 64])
LABELS = st.lists(
    st.sampled_from(["gpu", "GPU", "ssd", "x64", "Linux", "self-hosted", "big disk", "é/ß"]),
    max_size=5,
)
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

    @initialize(kind=st.sampled_from(KINDS), version=st.sampled_from(VERSIONS))
    def choose_owner(self, kind: str, version: Any) -> None:
        self.owner = owner_of(self.github, kind)
        self.api = scope_of(self.github.client(api_version=version), kind).runners

    def pick(self, data: st.DataObject) -> int:
        """Return the id of a runner, mostly of one that is there."""
        known = list(self.machines)
        return data.draw(st.sampled_from([*self.model.runners, *self.model.runners, *known, 999]))

    def here(self, data: st.DataObject) -> tuple[Runner, Modelled]:
        """Return a runner that is there, and its model."""
        runner_id = data.draw(st.sampled_from(list(self.model.runners)))
        return self.machines[runner_id], self.model.runners[runner_id]

    # ── Machines ─────────────────────────────────────────────────────────────────────────────

    @rule(name=NAMES, labels=LABELS, ephemeral=st.booleans(), replace=st.booleans())
    def register(self, name: str, labels: list[str], ephemeral: bool, replace: bool) -> None:
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

    @rule(name=NAMES)
    def unregister(self, name: str) -> None:
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
        config, runner_id = data.draw(st.sampled_from(self.configs))
        runner = self.model.runners.get(runner_id)
        if runner is None or runner.connected or not self.machines[runner_id].jit:
            with pytest.raises((fake.ConfigRejected, fake.UnknownRunner)):
                self.github.run(config)
            return
        assert self.github.run(config) is self.machines[runner_id]
        runner.online = runner.connected = True

    @precondition(lambda self: self.model.runners)
    @rule(data=st.data(), online=st.booleans())
    def connect_or_disconnect(self, data: st.DataObject, online: bool) -> None:
        machine, runner = self.here(data)
        if online:
            machine.connect()
            runner.connected = True
        else:
            machine.disconnect()
            runner.since = self.model.now
        runner.online = online

    @precondition(lambda self: self.model.runners)
    @rule(data=st.data(), seconds=st.none() | SECONDS)
    def start_job(self, data: st.DataObject, seconds: int | None) -> None:
        machine, runner = self.here(data)
        if not runner.online or runner.busy:
            with pytest.raises(ValueError, match="cannot take a job"):
                machine.start_job(seconds)
            return
        machine.start_job(seconds)
        runner.busy = True
        runner.ends = None if seconds is None else self.model.now + seconds

    @precondition(lambda self: any(it.busy for it in self.model.runners.values()))
    @rule(data=st.data())
    def finish_job(self, data: st.DataObject) -> None:
        busy = [key for key, it in self.model.runners.items() if it.busy]
        runner_id = data.draw(st.sampled_from(busy))
        self.machines[runner_id].finish_job()
        self.model.finish(runner_id)

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        self.github.clock.advance(seconds)
        self.model.advance(seconds)

    # ── Operations ───────────────────────────────────────────────────────────────────────────

    @rule(name=NAMES, labels=SOME_LABELS)
    def generate_jit_config(self, name: str, labels: list[str]) -> None:
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

    @rule(data=st.data(), name=st.none() | SOME_LABELS.map(lambda it: it[0]))
    def remove_labels(self, data: st.DataObject, name: str | None) -> None:
        runner_id = self.pick(data)
        runner = self.model.runners.get(runner_id)
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
        if not hasattr(self, "api"):
            return
        expected = self.model.seen()
        assert {it.id: seen_in_fake(it) for it in self.owner.runners.values()} == expected
        listed = list(self.api.list(per_page=2))
        assert len(listed) == len(expected)
        assert {it.id: seen_by_client(it) for it in listed} == expected
        for it in listed:
            assert [one.id for one in self.api.list(name=it.name)] == [it.id]
        if listed:
            assert seen_by_client(self.api.get(listed[-1].id)) == expected[listed[-1].id]


def test_client_fake_and_model_agree() -> None:
    """After any sequence of operations and events, all three show the same runners."""
    run_state_machine_as_test(
        Fleet, settings=settings(max_examples=SEQUENCES, stateful_step_count=50)
    )
