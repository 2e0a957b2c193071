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
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

import ghrunners
from fake.scopes import GROUP_KINDS, scope_of
from fake.sequences import SEQUENCES
from fake.test_hosted import hosting
from ghrunners.fake import FakeGitHub
from ghrunners.models import ImageReference

READY_AFTER, GONE_AFTER, MOST_IPS = 50, 30, 3
KINDS = st.sampled_from(GROUP_KINDS)
NAMES = st.sampled_from(["a", "A", "b", "c", "d", "e", "large.Runner_1-x"])
# What GitHub accepts is more frequent than what it refuses.
SIZES = st.sampled_from(["4-core", "8-core", "96-core", "2-core", "4-core", "8-core", "none"])
IMAGES = st.sampled_from(["ubuntu-24.04", "windows-2025", "ubuntu-24.04", "windows-2025", "none"])
PLATFORMS = {"ubuntu-24.04": "linux-x64", "windows-2025": "win-x64"}
LIMITS = st.sampled_from([1, 7, 10, 50, 1000, 1001])
GROUPS = st.sampled_from([1, 2, 1, 2, 1, 3])
CHANGES: dict[str, st.SearchStrategy[Any]] = {
    "name": NAMES,
    "image": IMAGES,
    "size": SIZES,
    "maximum": LIMITS,
    "public_ip": st.booleans(),
    "group": GROUPS,
}
ONE_CHANGE = st.one_of(*(st.fixed_dictionaries({name: it}) for name, it in CHANGES.items()))
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

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.github = FakeGitHub()
        self.client = self.github.client()
        self.github.world.provisions_after = READY_AFTER
        self.github.world.deletes_after = GONE_AFTER
        self.github.world.stuck.add("c")
        self.now = 0.0
        self.model: dict[str, dict[int, Expected]] = {kind: {} for kind in GROUP_KINDS}
        for kind in GROUP_KINDS:
            owner = hosting(self.github, kind)
            owner.public_ip_limit = 2 * MOST_IPS
            owner.add_group(f"second of {owner.kind}")

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

    @rule(
        target=ids,
        kind=KINDS,
        name=NAMES,
        image=IMAGES,
        size=SIZES,
        maximum=LIMITS,
        public_ip=st.booleans(),
        group=GROUPS,
    )
    def create(self, kind: str, **values: Any) -> Any:
        """Create a runner of any values."""
        return self._create(kind, **values)

    @rule(target=ids, kind=KINDS, name=NAMES, public_ip=st.booleans())
    def create_usual(self, kind: str, name: str, public_ip: bool) -> Any:
        """Create a runner that only its name and its addresses can prevent."""
        values = {"image": "ubuntu-24.04", "size": "4-core", "maximum": 10, "group": 1}
        return self._create(kind, name=name, public_ip=public_ip, **values)

    def _create(self, kind: str, **values: Any) -> Any:
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
            nothing: MultipleResults[Any] = multiple()
            return nothing
        created = call()
        self.model[kind][created.id] = wanted
        return (kind, created.id)

    @rule(key=ids, changes=st.fixed_dictionaries({}, optional=CHANGES))
    def update(self, key: tuple[str, int], changes: dict[str, Any]) -> None:
        """Change any values of a runner."""
        self._update(*key, changes)

    @rule(key=ids, change=ONE_CHANGE)
    def update_one(self, key: tuple[str, int], change: dict[str, Any]) -> None:
        """Change one value of a runner."""
        self._update(*key, change)

    @rule(key=ids, public_ip=st.booleans())
    def update_addresses(self, key: tuple[str, int], public_ip: bool) -> None:
        """Turn the addresses of a runner on or off."""
        self._update(*key, {"public_ip": public_ip})

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

    @rule(key=ids)
    def delete(self, key: tuple[str, int]) -> None:
        """Delete a runner, once or again."""
        self._delete(*key)

    @rule(key=consumes(ids))
    def delete_for_good(self, key: tuple[str, int]) -> None:
        """Delete a runner that no later step names."""
        self._delete(*key)

    def _delete(self, kind: str, runner_id: int) -> None:
        expected = self.model[kind].get(runner_id)
        if expected is None:
            with pytest.raises(ghrunners.NotFound):
                self.calls(kind).delete(runner_id)
            return
        assert self.calls(kind).delete(runner_id).status == "Deleting"
        if expected.status != "Deleting":
            expected.status, expected.due = "Deleting", self.now + GONE_AFTER

    @rule()
    def advance_until_ready(self) -> None:
        """Let so much time pass that all is done."""
        self._advance(READY_AFTER)

    @rule(seconds=st.sampled_from([1, 20, GONE_AFTER, READY_AFTER - 1]))
    def advance(self, seconds: int) -> None:
        """Let some time pass."""
        self._advance(seconds)

    def _advance(self, seconds: int) -> None:
        self.github.clock.advance(seconds)
        self.now += seconds
        for runners in self.model.values():
            for key, it in list(runners.items()):
                if it.due <= self.now and it.status == "Provisioning":
                    it.status = "Stuck" if it.name == "c" else "Ready"
                    it.has_addresses = it.has_addresses or (it.public_ip and it.status == "Ready")
                if it.due <= self.now and it.status == "Deleting":
                    del runners[key]

    @rule(kind=KINDS)
    def limits(self, kind: str) -> None:
        """Read how many addresses are in use."""
        shown = self.calls(kind).get_limits().public_ips
        used = 2 * sum(it.public_ip for it in self.model[kind].values())
        assert (shown.current_usage, shown.maximum) == (used, 2 * MOST_IPS)

    @rule(key=ids)
    def get(self, key: tuple[str, int]) -> None:
        """Read one runner."""
        kind, runner_id = key
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
            listed = {it.id: self.shown(it) for it in self.calls(kind).list(per_page=2)}
            assert listed == {key: self.expected(it) for key, it in runners.items()}
            owner = hosting(self.github, kind)
            state = {key: (it.name, it.status) for key, it in owner.hosted_runners.items()}
            assert state == {key: (it.name, it.status) for key, it in runners.items()}
            assert owner.public_ips_in_use == 2 * sum(it.public_ip for it in runners.values())

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
        Machine, settings=settings(max_examples=SEQUENCES, stateful_step_count=40)
    )
