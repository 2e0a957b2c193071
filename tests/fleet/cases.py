"""Runs of each helper, with what must hold however they end.

A case prepares a fake GitHub, calls one helper, and checks the outcome: what the helper returned,
or the error that ended it. Called once more, undisturbed, the helper must end its work.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from fake.scopes import GROUP_KINDS, KINDS, group_owner_of, owner_of, scope_of
from fleet.points import PointGitHub
from ghrunners.fake import Enterprise, Runner, RunnerGroup
from ghrunners.fleet import (
    Changes,
    Drained,
    Fleet,
    JitRunner,
    LabelReport,
    Reaped,
    Snapshot,
    VersionAudit,
)
from ghrunners.models import ImageReference

LABELS = ["gpu", "big"]
VARIABLE = "ACTIONS_RUNNER_INPUT_JITCONFIG"


class Case:
    """A run of a helper in a scope, with five other runners.

    Attributes:
        limit: The timeout of the helper in seconds; None if it has none.
        said: The notes of the error that ended it, and what was logged.
    """

    kinds: ClassVar[tuple[str, ...]] = KINDS
    limit: float | None = None

    def __init__(self, github: PointGitHub, kind: str, folder: Path) -> None:
        self.github = github
        self.kind = kind
        self.folder = folder
        self.said = ""
        self.owner = owner_of(github, kind)
        self.others = [self.owner.add_runner(f"other-{number}") for number in range(5)]
        self.prepare()

    def prepare(self) -> None:
        """Add what the helper works on."""

    def work(self, fleet: Any) -> Any:
        """Call the helper."""
        raise NotImplementedError

    def check(self, outcome: Any) -> None:
        """Check an outcome."""
        raise NotImplementedError

    def check_end(self) -> None:
        """Check the state after a second, undisturbed run."""

    def runner(self, runner_id: int) -> Runner | None:
        """Return the runner of an id; None if it is gone."""
        return self.owner.runners.get(runner_id)

    def fleet(self) -> Fleet[Any]:
        return Fleet(scope_of(self.github.client(), self.kind))


class Snapshotting(Case):
    def work(self, fleet: Any) -> Any:
        return fleet.snapshot()

    def check(self, outcome: Any) -> None:
        if isinstance(outcome, Snapshot):
            assert len(outcome.by_id) == len(outcome)
            assert set(outcome.by_id) <= set(self.owner.runners)


class Comparing(Case):
    def prepare(self) -> None:
        self.before = self.fleet().snapshot()
        self.others[0].remove()

    def work(self, fleet: Any) -> Any:
        return fleet.since(self.before)

    def check(self, outcome: Any) -> None:
        if isinstance(outcome, Changes):
            gone = {it.id for it in outcome.gone}
            assert gone == {self.others[0].id} & set(self.before.by_id)
            assert set(self.before.by_id) == gone | (
                set(outcome.snapshot.by_id) & set(self.before.by_id)
            )


class Finding(Case):
    def work(self, fleet: Any) -> Any:
        return fleet.find("OTHER-3")

    def check(self, outcome: Any) -> None:
        assert isinstance(outcome, BaseException) or outcome.id == self.others[3].id


class FindingNone(Case):
    def work(self, fleet: Any) -> Any:
        return fleet.find("other")

    def check(self, outcome: Any) -> None:
        assert outcome is None or isinstance(outcome, BaseException)


class Waiting(Case):
    limit = 300.0

    def prepare(self) -> None:
        self.others[0].start_job(60)

    def work(self, fleet: Any) -> Any:
        return fleet.wait_until(self.others[0].id, "idle", timeout=self.limit)

    def check(self, outcome: Any) -> None:
        if not isinstance(outcome, BaseException):
            assert not outcome.busy
            assert not self.others[0].busy


class WaitingForTheEnd(Case):
    limit = 300.0

    def prepare(self) -> None:
        self.github.world.timers.after(20, self.others[0].remove)

    def work(self, fleet: Any) -> Any:
        return fleet.wait_until(self.others[0].id, "gone", timeout=self.limit)

    def check(self, outcome: Any) -> None:
        if outcome is None:
            assert self.runner(self.others[0].id) is None


class DrainingIdle(Case):
    limit: float | None = 300.0
    stop_new_jobs = False

    def prepare(self) -> None:
        self.target = self.owner.add_runner("target", labels=LABELS)

    def work(self, fleet: Any) -> Any:
        return fleet.drain_and_delete(self.target.id, timeout=300, stop_new_jobs=self.stop_new_jobs)

    def check(self, outcome: Any) -> None:
        deleted = self.target.id in self.github.deleted
        if isinstance(outcome, Drained):
            assert self.runner(self.target.id) is None
            assert outcome.delete_sent == deleted
        elif self.runner(self.target.id) is not None and sorted(self.target.labels) != [
            "big",
            "gpu",
        ]:
            assert "may lack its labels" in f"{outcome} {self.said}"
        assert all(it.is_registered for it in self.others)

    def check_end(self) -> None:
        assert self.runner(self.target.id) is None


class DrainingBusy(DrainingIdle):
    # Labels are restored after the deadline.
    limit = None
    stop_new_jobs = True

    def prepare(self) -> None:
        super().prepare()
        self.target.start_job(30)


class Reaping(Case):
    def prepare(self) -> None:
        self.old = [self.owner.add_runner(f"old-{number}") for number in range(3)]
        for one in self.old:
            one.disconnect()
        while len(self.reap(self.fleet(), min_age=0, dry_run=True).due) < len(self.old):
            pass  # until a list has all of them
        self.github.clock.advance(100)

    def reap(self, fleet: Any, **options: Any) -> Any:
        values = {"history": self.folder / "history.json", **options}
        return fleet.reap_offline("old-*", **values)

    def work(self, fleet: Any) -> Any:
        return self.reap(fleet, min_age=60, dry_run=False)

    def check(self, outcome: Any) -> None:
        old = {it.id for it in self.old}
        assert self.github.deleted <= old
        if isinstance(outcome, Reaped):
            listed = [it.id for it in (*outcome.deleted, *outcome.gone)]
            others = [
                *(it.runner.id for it in outcome.kept),
                *(it.runner.id for it in outcome.failed),
            ]
            assert len({*listed, *others}) == len(listed) + len(others)
            assert set(listed) <= self.github.deleted <= {*listed, *others}
            assert {it.id for it in outcome.due} <= {*listed, *others}
        assert all(it.is_registered for it in self.others)


class Registering(Case):
    limit = 200.0
    on_conflict = "fresh_name"

    def prepare(self) -> None:
        self.handles: list[JitRunner] = []
        self.known = set(self.owner.runners)
        if self.kind != "repo":
            group_owner_of(self.github, self.kind).add_group("gpu")

    def work(self, fleet: Any) -> Any:
        group = {} if self.kind == "repo" else {"group": "GPU"}
        return fleet.jit(
            name="ci-1", labels=LABELS, on_conflict=self.on_conflict, timeout=self.limit, **group
        )

    def check(self, outcome: Any) -> None:
        if isinstance(outcome, JitRunner):
            self.handles.append(outcome)
            self.github.run(outcome.environment({})[VARIABLE])
        elif self.new():
            assert "ci-1" in self.said
        assert all(it.is_registered for it in self.others)

    def new(self) -> set[int]:
        """The ids of the runners that nobody has a handle of."""
        return set(self.owner.runners) - self.known - {it.id for it in self.handles}

    def check_end(self) -> None:
        assert self.handles
        assert not self.new()
        assert all(it.id in self.owner.runners for it in self.handles)


class Replacing(Registering):
    on_conflict = "replace_offline"

    def prepare(self) -> None:
        super().prepare()
        self.left = self.owner.add_runner("CI-1", labels=LABELS, ephemeral=True)
        self.left.disconnect()
        self.known.add(self.left.id)

    def work(self, fleet: Any) -> Any:
        if self.handles:
            return fleet.jit(name="ci-1", labels=LABELS, timeout=self.limit)
        return super().work(fleet)


class TakingATokenToRegister(Case):
    limit = 60.0

    def work(self, fleet: Any) -> Any:
        return fleet.registration_token(timeout=self.limit)

    def check(self, outcome: Any) -> None:
        if not isinstance(outcome, BaseException):
            name = f"new-{len(self.owner.runners)}"
            self.github.register(outcome.token, name=name)
            self.done = name

    def check_end(self) -> None:
        assert self.owner.runner(self.done).is_registered


class TakingATokenToRemove(TakingATokenToRegister):
    def work(self, fleet: Any) -> Any:
        return fleet.remove_token(timeout=self.limit)

    def check(self, outcome: Any) -> None:
        if not isinstance(outcome, BaseException):
            self.done = f"new-{len(self.owner.runners)}"
            self.owner.add_runner(self.done)
            self.github.unregister(outcome.token, self.done)

    def check_end(self) -> None:
        assert self.done


class Auditing(Case):
    def prepare(self) -> None:
        for number, version in enumerate(["2.328.0", "2.329.0", "2.9.0"]):
            self.owner.add_runner(f"ci-{number}", online=False).connect(version=version)

    def work(self, fleet: Any) -> Any:
        return fleet.audit_versions()

    def check(self, outcome: Any) -> None:
        if isinstance(outcome, VersionAudit):
            ends = {it.version: str(it.stops_at)[:10] for it in outcome.versions}
            expected = {"2.328.0": "2026-05-01", "2.329.0": "2026-07-01"}
            assert ends == {one: expected.get(one, "None") for one in ends}


class Labelling(Case):
    def prepare(self) -> None:
        self.desired = {it.name: ["gpu", it.name] for it in self.others[:3]}

    def work(self, fleet: Any) -> Any:
        return fleet.reconcile_labels(self.desired)

    def check(self, outcome: Any) -> None:
        if isinstance(outcome, LabelReport):
            assert not outcome.unknown
            assert not outcome.gone
            self.check_end()

    def check_end(self) -> None:
        assert all(it.labels == ["gpu", it.name] for it in self.others[:3])


class Creating(Case):
    kinds = GROUP_KINDS
    limit = 600.0

    def work(self, fleet: Any) -> Any:
        image = ImageReference(id="ubuntu-24.04", source="github")
        return fleet.create_hosted_runner(
            name="large", image=image, size="4-core", timeout=self.limit
        )

    def check(self, outcome: Any) -> None:
        hosted = group_owner_of(self.github, self.kind).hosted_runners
        assert len(hosted) <= 1
        if not isinstance(outcome, BaseException):
            assert outcome.status == "Ready"
            assert outcome.id in hosted

    def check_end(self) -> None:
        assert len(group_owner_of(self.github, self.kind).hosted_runners) == 1


class Deleting(Case):
    kinds = GROUP_KINDS
    limit = 600.0

    def prepare(self) -> None:
        image = ImageReference(id="ubuntu-24.04", source="github")
        fleet = self.fleet()
        self.id = fleet.create_hosted_runner(name="large", image=image, size="4-core").id
        fleet.create_hosted_runner(name="other", image=image, size="4-core")

    def work(self, fleet: Any) -> Any:
        return fleet.delete_hosted_runner(self.id, timeout=self.limit)

    def check(self, outcome: Any) -> None:
        hosted = group_owner_of(self.github, self.kind).hosted_runners
        if outcome is None:
            assert self.id not in hosted
        assert [it.name for it in hosted.values() if it.id != self.id] == ["other"]

    def check_end(self) -> None:
        assert self.id not in group_owner_of(self.github, self.kind).hosted_runners


class Restricting(Case):
    kinds = GROUP_KINDS

    def prepare(self) -> None:
        owner = group_owner_of(self.github, self.kind)
        add = owner.add_organization if isinstance(owner, Enterprise) else owner.add_repository
        self.own, self.stranger = add("own"), add("stranger")
        self.owner_of_group = owner

    def group(self) -> RunnerGroup | None:
        return self.owner_of_group.group_named("production")

    def work(self, fleet: Any) -> Any:
        return fleet.restrict_group("production", to=["own"])

    def check(self, outcome: Any) -> None:
        group = self.group()
        assert group is None or not self.stranger.may_use(group)
        assert len(self.owner_of_group.groups) == 1 + (group is not None)
        if not isinstance(outcome, BaseException):
            self.check_end()

    def check_end(self) -> None:
        group = self.group()
        assert group is not None
        assert (group.visibility, group.selected) == ("selected", [self.own.id])


class RestrictingAnOpenOne(Restricting):
    def prepare(self) -> None:
        super().prepare()
        self.owner_of_group.add_group("Production", selected=[self.stranger])

    def check(self, outcome: Any) -> None:
        group = self.group()
        assert group is not None
        # It is open as before, or has the whole list.
        assert group.visibility == "all" or group.selected == [self.own.id]
        if not isinstance(outcome, BaseException):
            self.check_end()


def said_by(outcome: Any) -> str:
    """The notes of an error."""
    return " ".join(getattr(outcome, "__notes__", []))


CASES: list[type[Case]] = [
    Snapshotting,
    Comparing,
    Finding,
    FindingNone,
    Waiting,
    WaitingForTheEnd,
    DrainingIdle,
    DrainingBusy,
    Reaping,
    Registering,
    Replacing,
    TakingATokenToRegister,
    TakingATokenToRemove,
    Auditing,
    Labelling,
    Creating,
    Deleting,
    Restricting,
    RestrictingAnOpenOne,
]
