"""Model of hosted runners: long random sequences of calls, after which all agree.

The model is a few dictionaries. After each step the client's lists, the state of the fake and the
model say the same of each runner.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
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
from fake.scopes import GROUP_KINDS, scope_of
from fake.sequences import SEQUENCES, mostly
from fake.test_hosted import hosting
from ghrunners.fake import FakeGitHub
from ghrunners.models import ImageReference

STEPS = 16
READY_AFTER, GONE_AFTER, MOST_IPS = 50, 30, 3
KINDS = st.sampled_from(GROUP_KINDS)
NAMES = ["a", "A", "b", "c", "d", "e", "f", "large.Runner_1-x"]
PLATFORMS = {"ubuntu-24.04": "linux-x64", "windows-2025": "win-x64"}
# What GitHub accepts, and what it refuses (a small size only for Windows).
VALUES: dict[str, tuple[list[Any], list[Any]]] = {
    "image": (["ubuntu-24.04", "windows-2025"], ["none"]),
    "size": (["4-core", "8-core", "96-core"], ["2-core", "none"]),
    "maximum": ([1, 7, 10, 50, 1000], [1001]),
    "public_ip": ([False, True], []),
    "group": ([1, 2], [3]),
}
# The names of the client's arguments, where they are others.
ARGUMENTS = {
    "image": "image_id",
    "maximum": "maximum_runners",
    "public_ip": "enable_static_ip",
    "group": "runner_group_id",
}


class Expected(msgspec.Struct):
    """What a hosted runner is, as far as the model knows."""

    name: str
    image: str
    size: str
    maximum: int
    public_ip: bool
    group: int
    status: str = "Provisioning"
    due: float = 0
    has_addresses: bool = False


class Machine(RuleBasedStateMachine):
    """Calls in both scopes of one fake, and the model of what they lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.github = FakeGitHub()
        self.client = self.github.client()
        self.github.world.provisions_after = READY_AFTER
        self.github.world.deletes_after = GONE_AFTER
        self.github.world.stuck.add("c")
        self.now = 0.0
        self.model: dict[str, dict[int, Expected]] = {kind: {} for kind in GROUP_KINDS}
        self.gone: list[tuple[str, int]] = []
        for kind in GROUP_KINDS:
            owner = hosting(self.github, kind)
            owner.public_ip_limit = 2 * MOST_IPS
            owner.add_group(f"second of {owner.kind}")

    @initialize()
    def begin(self) -> None:
        """Begin with a runner that is ready and with one that is not, in both scopes."""
        self._create_usual("enterprise", "a", public_ip=True)
        self._create_usual("org", "a", public_ip=True)
        self._advance(READY_AFTER)
        self._create_usual("enterprise", "b", public_ip=False)
        self._create_usual("org", "b", public_ip=False)

    def pick(self, data: st.DataObject) -> tuple[str, int]:
        """Return the scope and the id of a runner, rarely of one that is gone or being deleted."""
        there, deleting = list[tuple[str, int]](), list[tuple[str, int]]()
        for kind, runners in self.model.items():
            for key, it in runners.items():
                (deleting if it.status == "Deleting" else there).append((kind, key))
        return mostly(data, there, [*deleting, *self.gone, ("org", 999_999)])

    def new_name(self, data: st.DataObject, kind: str) -> str:
        """Return a name that is free, rarely one that is taken."""
        taken = {it.name.lower() for it in self.model[kind].values()}
        free = [one for one in NAMES if one.lower() not in taken]
        return mostly(data, free, [one for one in NAMES if one not in free])

    def change(self, data: st.DataObject, kind: str, name: str) -> dict[str, Any]:
        """Return a value of a setting."""
        value = self.new_name(data, kind) if name == "name" else mostly(data, *VALUES[name])
        return {name: value}

    def calls(self, kind: str) -> Any:
        """Return the client's methods of a scope."""
        return scope_of(self.client, kind).hosted_runners

    @staticmethod
    def check_refused(call: Callable[[], Any], status: int) -> None:
        """Check that a call is refused with a status."""
        with pytest.raises(ghrunners.StatusError) as caught:
            call()
        assert caught.value.status == status

    def refusal(self, kind: str, wanted: Expected, own: int = 0) -> int:
        """Return the status with which the model refuses a runner, or a change of one; else 0."""
        others = {key: it for key, it in self.model[kind].items() if key != own}
        if wanted.group > 2:
            return 404
        if wanted.name.lower() in {it.name.lower() for it in others.values()}:
            return 409
        fits = wanted.size != "2-core" or PLATFORMS.get(wanted.image) == "linux-x64"
        if "none" in (wanted.image, wanted.size) or not fits or wanted.maximum > 1000:
            return 422
        enabled = sum(it.public_ip for it in others.values())
        was_enabled = own in self.model[kind] and self.model[kind][own].public_ip
        return 422 if wanted.public_ip and not was_enabled and enabled >= MOST_IPS else 0

    @rule(data=st.data(), kind=KINDS)
    def create(self, data: st.DataObject, kind: str) -> None:
        """Create a runner of any values."""
        values = {name: mostly(data, *choices) for name, choices in VALUES.items()}
        self._create(kind, name=self.new_name(data, kind), **values)

    @rule(data=st.data(), kind=KINDS, public_ip=st.booleans())
    def create_usual(self, data: st.DataObject, kind: str, public_ip: bool) -> None:
        """Create a runner that only its name and its addresses can prevent."""
        self._create_usual(kind, self.new_name(data, kind), public_ip=public_ip)

    def _create_usual(self, kind: str, name: str, *, public_ip: bool) -> None:
        values = {"image": "ubuntu-24.04", "size": "4-core", "maximum": 10, "group": 1}
        self._create(kind, name=name, public_ip=public_ip, **values)

    def _create(self, kind: str, **values: Any) -> None:
        wanted = Expected(**values, due=self.now + READY_AFTER)
        refused = self.refusal(kind, wanted)

        def call() -> Any:
            return self.calls(kind).create(
                name=wanted.name,
                image=ImageReference(id=wanted.image, source="github"),
                size=wanted.size,
                runner_group_id=wanted.group,
                maximum_runners=wanted.maximum,
                enable_static_ip=wanted.public_ip,
            )

        if refused:
            self.check_refused(call, refused)
        else:
            self.model[kind][call().id] = wanted

    @rule(data=st.data(), names=st.sets(st.sampled_from(["name", *VALUES]), min_size=2))
    def update(self, data: st.DataObject, names: set[str]) -> None:
        """Change some values of a runner."""
        kind, runner_id = self.pick(data)
        changes: dict[str, Any] = {}
        for name in sorted(names):
            changes |= self.change(data, kind, name)
        self._update(kind, runner_id, changes)

    @rule(data=st.data(), name=st.sampled_from(["name", *VALUES]))
    def update_one(self, data: st.DataObject, name: str) -> None:
        """Change one value of a runner."""
        kind, runner_id = self.pick(data)
        self._update(kind, runner_id, self.change(data, kind, name))

    @rule(data=st.data())
    def update_addresses(self, data: st.DataObject) -> None:
        """Turn the addresses of a runner on or off."""
        kind, runner_id = self.pick(data)
        before = self.model[kind].get(runner_id)
        self._update(kind, runner_id, {"public_ip": before is None or not before.public_ip})

    @rule(
        data=st.data(),
        between=st.sampled_from([1, 20, READY_AFTER - 1]),
        after=st.sampled_from([READY_AFTER - 1, READY_AFTER]),
    )
    def change_machines_again(self, data: st.DataObject, between: int, after: int) -> None:
        """Change the machines of a runner while it is provisioned, and wait until about ready."""
        key = self.pick(data)
        self._change_size(*key)
        self._advance(between)
        self._change_size(*key)
        self._advance(after)

    def _change_size(self, kind: str, runner_id: int) -> None:
        before = self.model[kind].get(runner_id)
        is_small = before is not None and before.size == "4-core"
        self._update(kind, runner_id, {"size": "8-core" if is_small else "4-core"})

    def _update(self, kind: str, runner_id: int, changes: dict[str, Any]) -> None:
        before = self.model[kind].get(runner_id)
        refused, wanted = 404, before
        if before is not None:
            wanted = msgspec.structs.replace(before, **changes)
            is_deleting = before.status == "Deleting"
            refused = 409 if is_deleting else self.refusal(kind, wanted, runner_id)
        arguments = {ARGUMENTS.get(name, name): value for name, value in changes.items()}

        def call() -> Any:
            return self.calls(kind).update(runner_id, **arguments)

        if refused:
            self.check_refused(call, refused)
            return
        call()
        assert before is not None
        assert wanted is not None
        wanted.has_addresses = wanted.has_addresses and wanted.public_ip
        if (wanted.image, wanted.size) != (before.image, before.size) or (
            wanted.public_ip and not before.public_ip
        ):
            wanted.status, wanted.due = "Provisioning", self.now + READY_AFTER
        self.model[kind][runner_id] = wanted

    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        """Delete a runner, rarely again."""
        kind, runner_id = self.pick(data)
        expected = self.model[kind].get(runner_id)
        if expected is None:
            with pytest.raises(ghrunners.NotFound):
                self.calls(kind).delete(runner_id)
            return
        assert self.calls(kind).delete(runner_id).status == "Deleting"
        if expected.status != "Deleting":
            expected.status, expected.due = "Deleting", self.now + GONE_AFTER

    def pending(self) -> list[float]:
        """Return when runners get ready or are gone, if nothing happens before."""
        every = (it for runners in self.model.values() for it in runners.values())
        return [it.due for it in every if it.status in {"Provisioning", "Deleting"}]

    @precondition(lambda self: self.pending())
    @rule(more=st.sampled_from([-1, 0, 1]))
    def advance_to_next(self, more: int) -> None:
        """Let time pass until about when the next runner gets ready or is gone."""
        self._advance(max(0, min(self.pending()) - self.now + more))

    @rule(seconds=st.sampled_from([1, 20, GONE_AFTER, READY_AFTER]))
    def advance(self, seconds: int) -> None:
        """Let some time pass."""
        self._advance(seconds)

    def _advance(self, seconds: float) -> None:
        self.github.clock.advance(seconds)
        self.now += seconds
        for kind, runners in self.model.items():
            for key, it in list(runners.items()):
                if it.due <= self.now and it.status == "Provisioning":
                    it.status = "Stuck" if it.name == "c" else "Ready"
                    it.has_addresses = it.has_addresses or (it.public_ip and it.status == "Ready")
                if it.due <= self.now and it.status == "Deleting":
                    del runners[key]
                    self.gone.append((kind, key))

    @rule(data=st.data())
    def get(self, data: st.DataObject) -> None:
        """Read one runner."""
        kind, runner_id = self.pick(data)
        if runner_id in self.model[kind]:
            shown = self.calls(kind).get(runner_id)
            assert self.shown(shown) == self.expected(self.model[kind][runner_id])
        else:
            with pytest.raises(ghrunners.NotFound):
                self.calls(kind).get(runner_id)

    @invariant()
    def all_agree(self) -> None:
        """The lists of the client, the state of the fake and the model are the same."""
        for kind, runners in self.model.items():
            expected = [(key, self.expected(it)) for key, it in runners.items()]
            listed = self.calls(kind).list(per_page=2)
            assert [(it.id, self.shown(it)) for it in listed] == expected
            owner = hosting(self.github, kind)
            state = {key: (it.name, it.status) for key, it in owner.hosted_runners.items()}
            assert state == {key: (it.name, it.status) for key, it in runners.items()}

    @invariant()
    def each_group_has_its_runners(self) -> None:
        """Each group of the organization has the runners that the model puts there."""
        groups = scope_of(self.client, "org").runner_groups
        for group in (1, 2):
            found = [it.id for it in groups.list_hosted_runners(group)]
            assert found == [key for key, it in self.model["org"].items() if it.group == group]

    @invariant()
    def limits_agree(self) -> None:
        """The limits of the client and the fake count the addresses of all runners."""
        for kind, runners in self.model.items():
            used = 2 * sum(it.public_ip for it in runners.values())
            shown = self.calls(kind).get_limits().public_ips
            assert (shown.current_usage, shown.maximum) == (used, 2 * MOST_IPS)
            assert hosting(self.github, kind).public_ips_in_use == used

    @staticmethod
    def expected(it: Expected) -> tuple[Any, ...]:
        """Return what a client must see of a runner."""
        platform = PLATFORMS[it.image]
        rest = (it.maximum, it.public_ip, it.group, it.has_addresses)
        return (it.name, it.image, platform, it.size, it.status, *rest)

    @staticmethod
    def shown(it: Any) -> tuple[Any, ...]:
        """Return what a client sees of a runner."""
        size, rest = it.machine_size_details.id, (it.maximum_runners, it.public_ip_enabled)
        last = (it.runner_group_id, bool(it.public_ips))
        return (it.name, it.image.id, it.platform, size, it.status, *rest, *last)


def test_client_fake_and_model_agree() -> None:
    """After any sequence of calls and waits, client, fake and model have the same runners."""
    run_state_machine_as_test(
        Machine, settings=settings(max_examples=SEQUENCES, stateful_step_count=STEPS)
    )
