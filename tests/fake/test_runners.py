"""Self-hosted runners of a fake GitHub: lists, reads and deletions, and what their machines do."""

from __future__ import annotations

import pytest

import ghrunners
from fake.scopes import KINDS, owner_of, scope_of
from ghrunners.fake import FakeGitHub


@pytest.mark.parametrize("kind", KINDS)
def test_all_pages_have_each_runner_once(github: FakeGitHub, kind: str) -> None:
    """A list has the runners of its owner and no others, also if it is filtered."""
    owner = owner_of(github, kind)
    added = [owner.add_runner(f"r{number}").id for number in range(61)]
    listed = [it.id for it in scope_of(github.client(), kind).runners.list(per_page=30)]
    assert listed == added
    others = [one for one in KINDS if one != kind]
    assert [len(list(scope_of(github.client(), one).runners.list())) for one in others] == [0, 0]
    for one, names in ((kind, ["r7"]), (others[0], [])):
        found = scope_of(github.client(), one).runners.list(name="r7")
        assert [it.name for it in found] == names


@pytest.mark.parametrize("kind", KINDS)
def test_a_filter_finds_nothing_where_nothing_is(github: FakeGitHub, kind: str) -> None:
    """It is no argument that the endpoint ignores."""
    assert list(scope_of(github.client(), kind).runners.list(name="a")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_busy_runner_is_not_deleted(github: FakeGitHub, kind: str) -> None:
    """Deleting a busy runner is refused, and deletes an idle one for good."""
    runner = owner_of(github, kind).add_runner("r")
    runner.start_job(seconds=60)
    runners = scope_of(github.client(), kind).runners
    with pytest.raises(ghrunners.RunnerBusy, match="still running a job"):
        runners.delete(runner.id)
    github.clock.advance(60)
    runners.delete(runner.id)
    for call in (runners.get, runners.delete):
        with pytest.raises(ghrunners.NotFound):
            call(runner.id)


@pytest.mark.parametrize("kind", KINDS)
def test_a_runner_can_get_another_name(github: FakeGitHub, kind: str) -> None:
    """One that a runner can have, and that no other has; it may differ in case only."""
    runner = owner_of(github, kind).add_runner("a")
    owner_of(github, kind).add_runner("b")
    for name, problem in ((" ", "1 to 64 characters"), ("B", "has a runner 'B'")):
        with pytest.raises(ValueError, match=problem):
            runner.name = name
        assert (runner.name, owner_of(github, kind).runner("a")) == ("a", runner)
    for name in ("A", "c"):
        runner.name = name
        assert scope_of(github.client(), kind).runners.get(runner.id).name == name
        assert owner_of(github, kind).runner(name) is runner


def test_a_runner_shows_what_it_does(github: FakeGitHub) -> None:
    """Its text is of use in the message of a test that fails."""
    runner = github.org().add_runner("a")
    assert repr(runner) == f"<Runner {runner.id} 'a' of octo-org: online>"
    runner.start_job()
    assert repr(runner) == f"<Runner {runner.id} 'a' of octo-org: online, busy>"
