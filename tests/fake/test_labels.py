"""Labels of a fake GitHub's runners: added, set and removed, without regard to case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import ghrunners
from fake.scopes import KINDS, owner_of, scope_of
from ghrunners.fake import FakeGitHub, Runner

SYSTEM = ["self-hosted", "Linux", "X64"]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """The kind of the owner."""
    found: str = request.param
    return found


@pytest.fixture
def runner(github: FakeGitHub, kind: str) -> Runner:
    """A runner with the custom labels `GPU` and `ssd`."""
    return owner_of(github, kind).add_runner("r", labels=["GPU", "ssd"])


@pytest.fixture
def runners(github: FakeGitHub, kind: str) -> Any:
    """The client's runners of its owner."""
    return scope_of(github.client(), kind).runners


def shown(response: Any) -> list[str]:
    """The names of a response, which has as many as it says."""
    assert response.total_count == len(response.labels)
    kinds = [it.type for it in response.labels]
    assert kinds == sorted(kinds, reverse=True), "the read-only labels come first"
    return [it.name for it in response.labels]


def test_each_call_returns_all_labels(runners: Any, runner: Runner) -> None:
    """Labels are added once, replaced as a whole, and removed; each response has all that are left."""
    assert shown(runners.list_labels(runner.id)) == [*SYSTEM, "GPU", "ssd"]
    added = runners.add_labels(runner.id, labels=["gpu", "x64", "big", "BIG"])
    assert shown(added) == [*SYSTEM, "GPU", "ssd", "big"]
    assert shown(runners.remove_label(runner.id, "BiG")) == [*SYSTEM, "GPU", "ssd"]
    replaced = runners.set_labels(runner.id, labels=["a", "A", "linux", "b"])
    assert shown(replaced) == [*SYSTEM, "a", "b"]
    assert shown(runners.remove_all_labels(runner.id)) == SYSTEM
    assert shown(runners.set_labels(runner.id, labels=[])) == SYSTEM
    assert [it.name for it in runners.get(runner.id).labels] == SYSTEM


def test_a_label_has_one_id_in_any_case(runners: Any, runner: Runner) -> None:
    """It can be removed in any case, too."""
    before = {it.name: it.id for it in runners.list_labels(runner.id).labels}
    assert shown(runners.remove_label(runner.id, "gpu")) == [*SYSTEM, "ssd"]
    after = {it.name: it.id for it in runners.add_labels(runner.id, labels=["Gpu"]).labels}
    assert after["Gpu"] == before["GPU"]
    assert len(set(after.values())) == len(after)


def test_a_label_has_256_characters_at_most(runners: Any, runner: Runner) -> None:
    """A longer one is refused."""
    assert shown(runners.set_labels(runner.id, labels=["x" * 256])) == [*SYSTEM, "x" * 256]
    with pytest.raises(ghrunners.ValidationFailed):
        runners.set_labels(runner.id, labels=["x" * 257])


@pytest.mark.parametrize("name", ["self-hosted", "linux", "X64"])
def test_a_read_only_label_stays(runners: Any, runner: Runner, name: str) -> None:
    """Removing a label that GitHub gives is refused, in any case of its letters."""
    with pytest.raises(ghrunners.ValidationFailed, match="read-only"):
        runners.remove_label(runner.id, name)
    assert runner.read_only_labels == SYSTEM


def test_an_absent_label_is_not_removed(runners: Any, runner: Runner) -> None:
    """Removing a label that the runner does not have is 404, and changes nothing."""
    with pytest.raises(ghrunners.NotFound):
        runners.remove_label(runner.id, "absent")
    assert runner.labels == ["GPU", "ssd"]


@pytest.mark.parametrize("name", ["", "  ", "a,b", "a\nb", "x" * 257])
@pytest.mark.parametrize("method", ["add_labels", "set_labels"])
def test_an_invalid_name_is_refused(runners: Any, runner: Runner, method: str, name: str) -> None:
    """No label of a request with an invalid name is given."""
    with pytest.raises(ghrunners.ValidationFailed):
        getattr(runners, method)(runner.id, labels=["good", name])
    assert runner.labels == ["GPU", "ssd"]


def test_a_request_has_at_most_100_labels(runners: Any, runner: Runner) -> None:
    """The limit is that of a request: a runner can have more."""
    many = [f"l{number}" for number in range(101)]
    for method in (runners.add_labels, runners.set_labels):
        with pytest.raises(ghrunners.ValidationFailed):
            method(runner.id, labels=many)
    with pytest.raises(ghrunners.ValidationFailed):
        runners.add_labels(runner.id, labels=[])
    runners.set_labels(runner.id, labels=many[:100])
    runners.add_labels(runner.id, labels=many[100:])
    assert runner.labels == many


def test_labels_of_a_runner_that_is_gone(runners: Any, runner: Runner) -> None:
    """Every call is 404 once the runner is deleted."""
    runners.delete(runner.id)
    calls: list[Callable[[], object]] = [
        lambda: runners.list_labels(runner.id),
        lambda: runners.add_labels(runner.id, labels=["a"]),
        lambda: runners.set_labels(runner.id, labels=["a"]),
        lambda: runners.remove_all_labels(runner.id),
        lambda: runners.remove_label(runner.id, "gpu"),
    ]
    for call in calls:
        with pytest.raises(ghrunners.NotFound):
            call()


def test_a_label_has_one_id(github: FakeGitHub) -> None:
    """Runners share the ids of their labels, and no two labels have the same."""
    one = github.org().add_runner("one", labels=["gpu", "ssd"])
    two = github.org().add_runner("two", labels=["GPU"])
    runners = github.client().org("octo-org").runners
    first = {it.name.lower(): it.id for it in runners.list_labels(one.id).labels}
    second = {it.name.lower(): it.id for it in runners.list_labels(two.id).labels}
    assert len(set(first.values())) == len(first)
    assert first == {**first, **second}
