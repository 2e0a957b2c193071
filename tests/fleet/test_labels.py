"""Reconciliation of custom labels."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

import ghrunners
from fake.scopes import KINDS, owner_of
from fleet.flavours import call
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet
from ghrunners.testing import Call, Reset, Response

SET: Final = "org.runners.set_labels"
WRITES = ("set_labels", "add_labels", "remove_label", "remove_all_labels")


def writes(github: FakeGitHub) -> list[str]:
    """Return the writes that the fake received."""
    return [it.operation for it in github.calls if it.operation.endswith(WRITES)]


def labels(github: FakeGitHub, kind: str = "org") -> dict[str, list[str]]:
    """Return the custom labels of all runners."""
    return {it.name: it.labels for it in owner_of(github, kind).runners.values()}


def test_plain_calls_empty_labels_by_an_error(github: FakeGitHub) -> None:
    """A program that takes a failed lookup for 'no labels' takes a runner out of service."""
    runner = github.org().add_runner("ci-1", labels=["gpu"])
    wanted: dict[str, list[str]] = {}  # the inventory could not be read
    runners = github.client().org("octo-org").runners
    for it in runners.list():
        runners.set_labels(it.id, labels=wanted.get(it.name, []))
    assert runner.labels == []


@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_a_rejected_runner_does_not_keep_others_from_their_labels(
    github: FakeGitHub, flavour: str
) -> None:
    """GitHub rejects those of some runners for ever. The error comes at the end, and names them."""
    for number in range(4):
        github.org().add_runner(f"ci-{number}")

    def set_labels(call: Call) -> object:
        if "/runners/4/" in call.path or "/runners/6/" in call.path:
            message = f"no labels for {call.path.split('/')[-2]}"
            return Response(422, json={"message": message, "documentation_url": ""})
        return github.handle(call)

    github.respond(SET, set_labels)
    desired = {it.name: ["gpu"] for it in github.org().runners.values()}
    with pytest.raises(ghrunners.ValidationFailed, match="runners/4/labels") as caught:
        call(github, flavour, lambda it: it.reconcile_labels(desired))
    first, second = caught.value.__notes__
    assert re.match("rejected for 'ci-0': 422 .*: no labels for 4", first)
    assert re.match("rejected for 'ci-2': 422 .*: no labels for 6", second)
    assert labels(github) == {"ci-0": [], "ci-1": ["gpu"], "ci-2": [], "ci-3": ["gpu"]}


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("kind", KINDS)
def test_only_what_differs_is_set(github: FakeGitHub, kind: str, flavour: str) -> None:
    """One write for each runner that differs; case, order and repetitions are no difference."""
    owner = owner_of(github, kind)
    owner.add_runner("same", labels=["GPU", "big"])
    owner.add_runner("other", labels=["gpu", "old"])
    owner.add_runner("unnamed", labels=["keep"])
    desired = {"SAME": ["big", "gpu", "BIG"], "other": ["gpu", "new", "New"], "gone": ["x"]}
    report = call(github, flavour, lambda it: it.reconcile_labels(desired), kind)
    assert labels(github, kind) == {
        "same": ["GPU", "big"],
        "other": ["gpu", "new"],
        "unnamed": ["keep"],
    }
    assert [(it.runner.name, it.before, it.after) for it in report.changes] == [
        ("other", ("gpu", "old"), ("gpu", "new"))
    ]
    assert [it.name for it in report.unchanged] == ["same"]
    assert (report.unknown, report.gone, report.dry_run) == (("gone",), (), False)
    assert writes(github) == [f"{kind}.runners.set_labels"]
    assert not call(github, flavour, lambda it: it.reconcile_labels(desired), kind).changes


def test_a_dry_run_reports_the_same_and_writes_nothing(github: FakeGitHub) -> None:
    """The report of a dry run is that of the run, but for `dry_run`."""
    github.org().add_runner("ci-1", labels=["old"])
    fleet = Fleet(github.client().org("octo-org"))
    planned = fleet.reconcile_labels({"ci-1": ["new"]}, dry_run=True)
    assert (writes(github), labels(github)) == ([], {"ci-1": ["old"]})
    done = fleet.reconcile_labels({"ci-1": ["new"]})
    assert planned.dry_run
    assert planned.changes == done.changes


def test_read_only_labels_stay_and_are_no_difference(github: FakeGitHub) -> None:
    """A desired label that GitHub gives anyway is not set as a custom one."""
    runner = github.org().add_runner("ci-1", labels=["gpu"])
    fleet = Fleet(github.client().org("octo-org"))
    assert not fleet.reconcile_labels({"ci-1": ["self-hosted", "linux", "x64", "gpu"]}).changes
    report = fleet.reconcile_labels({"ci-1": ["Self-Hosted", "new"]})
    assert report.changes[0].after == ("new",)
    assert (runner.labels, runner.read_only_labels) == (["new"], ["self-hosted", "Linux", "X64"])


def test_a_function_decides_by_the_runner(github: FakeGitHub) -> None:
    """None leaves a runner alone, and an error of the function ends the call before any write."""
    for number in range(3):
        github.org().add_runner(f"ci-{number}", labels=["old"])
    fleet = Fleet(github.client().org("octo-org"))

    def new_for_odd(runner: ghrunners.models.Runner) -> list[str] | None:
        return ["new"] if runner.name == "ci-1" else None

    assert len(fleet.reconcile_labels(new_for_odd).changes) == 1
    assert labels(github) == {"ci-0": ["old"], "ci-1": ["new"], "ci-2": ["old"]}

    def failing(runner: ghrunners.models.Runner) -> list[str]:
        if runner.name == "ci-2":
            raise LookupError("no inventory")
        return ["newer"]

    with pytest.raises(LookupError, match="inventory"):
        fleet.reconcile_labels(failing)
    assert len(writes(github)) == 1


def one_text(runner: ghrunners.models.Runner) -> str:
    """Return one label in the place of a list."""
    return f"of-{runner.name}"


BAD: dict[str, tuple[Any, type[Exception], str]] = {
    "no labels": ({"ci-1": ["new"], "ci-2": []}, ghrunners.InvalidArgument, "'ci-2' would lose"),
    "only read-only": ({"ci-2": ["linux"]}, ghrunners.InvalidArgument, "'ci-2' would lose"),
    "a text": (
        {"ci-1": ["new"], "ci-2": "gpu"},
        TypeError,
        "^the labels of 'ci-2' must be a list of names, not str$",
    ),
    "a set": ({"ci-1": ["new"], "ci-2": {"gpu"}}, TypeError, "names, not set$"),
    "no text": ({"ci-1": ["new"], "ci-2": [1]}, ghrunners.InvalidArgument, "label of 'ci-2'"),
    "blank": ({"ci-1": ["new"], "ci-2": [" "]}, ghrunners.InvalidArgument, "label of 'ci-2'"),
    "twice": ({"ci-1": ["new"], "CI-1": ["old"]}, ghrunners.InvalidArgument, "only in case"),
    "many": (
        {"ci-1": ["new"], "ci-2": [f"l{number}" for number in range(101)]},
        ghrunners.InvalidArgument,
        "'ci-2' cannot have 101 labels",
    ),
    "a function's text": (one_text, TypeError, "must be a list"),
}


@pytest.mark.parametrize(("desired", "error", "match"), BAD.values(), ids=BAD)
def test_what_cannot_be_meant_changes_nothing(
    github: FakeGitHub, desired: Any, error: type[Exception], match: str
) -> None:
    """All changes are planned before the first: one bad entry, and no runner is changed."""
    before = {name: ["old"] for name in ("ci-1", "ci-2")}
    for name in before:
        github.org().add_runner(name, labels=["old"])
    with pytest.raises(error, match=match):
        Fleet(github.client().org("octo-org")).reconcile_labels(desired)
    assert (labels(github), writes(github)) == (before, [])


def test_labels_are_emptied_on_demand(github: FakeGitHub) -> None:
    """`allow_empty` says that an empty list is meant."""
    github.org().add_runner("ci-1", labels=["old"])
    Fleet(github.client().org("octo-org")).reconcile_labels({"ci-1": []}, allow_empty=True)
    assert labels(github) == {"ci-1": []}


def test_a_runner_that_moves_between_pages_is_found(github: FakeGitHub) -> None:
    """A name that no page showed is looked up before it is reported as unknown."""
    for number in range(250):
        github.org().add_runner(f"ci-{number}", labels=["old"])
    github.move_between_pages(seed=3)
    desired = {f"ci-{number}": ["new"] for number in range(250)}
    report = Fleet(github.client().org("octo-org")).reconcile_labels({**desired, "none": ["new"]})
    assert (len(report.changes), report.unknown) == (250, ("none",))
    assert all(it == ["new"] for it in labels(github).values())


def test_a_name_is_looked_up_before_it_is_unknown(github: FakeGitHub) -> None:
    """A list that lacks a runner does not make it unknown."""
    github.org().add_runner("ci-1", labels=["old"])
    github.script("org.runners.list", [])
    report = Fleet(github.client().org("octo-org")).reconcile_labels({"CI-1": ["new"]})
    assert report.unknown == ("CI-1",)
    github.script("org.runners.list", [])
    report = Fleet(github.client().org("octo-org")).reconcile_labels({"ci-1": ["new"]})
    assert (report.unknown, len(report.changes)) == ((), 1)


def test_a_runner_that_is_gone_is_reported(github: FakeGitHub) -> None:
    """A runner that is removed between the list and its write does not end the call."""
    gone = github.org().add_runner("ci-1", labels=["old"])
    github.org().add_runner("ci-2", labels=["old"])

    def remove(asked: Any) -> Any:
        gone.remove()
        return github.handle(asked)

    github.script(SET, remove)
    desired = {"ci-1": ["new"], "ci-2": ["new"]}
    report = Fleet(github.client().org("octo-org")).reconcile_labels(desired)
    assert [it.name for it in report.gone] == ["ci-1"]
    assert [it.runner.name for it in report.changes] == ["ci-2"]


def test_lost_responses_and_a_second_call_finish_the_work(github: FakeGitHub) -> None:
    """A write is idempotent, so it is retried; after an error, a second call makes the rest."""
    for number in range(3):
        github.org().add_runner(f"ci-{number}", labels=["old"])
    desired = {f"ci-{number}": ["new"] for number in range(3)}
    github.script(SET, Reset(), github.handle, 403)
    fleet = Fleet(github.client().org("octo-org"))
    with pytest.raises(ghrunners.Forbidden):
        fleet.reconcile_labels(desired)
    assert len(fleet.reconcile_labels(desired).changes) == 2
    assert all(it == ["new"] for it in labels(github).values())


@pytest.mark.parametrize("flavour", ["sync", "async"])
def test_a_runner_that_is_there_is_never_reported_gone(github: FakeGitHub, flavour: str) -> None:
    """404 is also the status for a token that may read runners and not change them."""
    github.org().add_runner("r1", labels=["old"])
    github.respond("org.runners.set_labels", 404)
    with pytest.raises(ghrunners.NotFound):
        call(github, flavour, lambda it: it.reconcile_labels({"r1": ["gpu"]}))
