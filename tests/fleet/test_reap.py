"""Reaping: which runners are deleted, and which are kept, with the reason."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

import ghrunners
from fake.scopes import KINDS
from fleet.plays import Play, offline
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Reaped
from ghrunners.testing import Call, Response

HOUR = 3600.0


def reasons(found: Reaped) -> dict[str, str]:
    return {it.runner.name: it.reason for it in found.kept}


@pytest.mark.parametrize("kind", KINDS)
def test_runners_that_are_offline_for_long_are_deleted(
    github: FakeGitHub, play: Play, history: Path, kind: str
) -> None:
    """Age counts from the first run that saw a runner offline, and is kept between runs."""
    runner = offline(github, "build-1", kind)

    def reap() -> Reaped:
        found: Reaped = play(
            "reap_offline", "build-*", kind=kind, min_age=HOUR, history=history, dry_run=False
        )
        return found

    assert reasons(reap()) == {"build-1": "too young"}
    github.clock.advance(HOUR - 1)
    found = reap()
    assert reasons(found) == {"build-1": "too young"}
    assert found.kept[0].offline_for == HOUR - 1
    github.clock.advance(1)
    found = reap()
    assert [it.id for it in found.deleted] == [runner.id]
    assert not found.kept
    assert not runner.is_registered


def test_the_first_try_is_dry(github: FakeGitHub, play: Play, history: Path) -> None:
    """Without `dry_run=False` nothing is deleted: the result says what would be. Ages count."""
    runner = offline(github, "build-1")
    play("reap_offline", "*", min_age=HOUR, history=history)
    github.clock.advance(HOUR)
    found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history)
    assert found.dry_run
    assert [it.id for it in found.due] == [runner.id]
    assert not found.deleted
    assert runner.is_registered
    assert not github.calls_of("org.runners.delete")
    found = play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
    assert found.deleted == found.due


def test_a_runner_that_has_not_connected_yet_is_kept(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """A plain reaper deletes a JIT runner whose machine is still starting."""
    for kind in ("plain", "ours"):
        jit = github.org().add_runner(kind, ephemeral=True, online=False)
        machine = github.org().add_runner(f"{kind}-2", online=False)
        jit.connect_later(2 * HOUR)
        if kind == "plain":
            runners = github.client().org("octo-org").runners
            for it in runners.list():
                if it.status == "offline" and not it.busy:
                    runners.delete(it.id)
            assert not jit.is_registered
            continue
        for _ in range(2):
            found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
            assert set(reasons(found).values()) == {"not connected yet"}
            github.clock.advance(HOUR)
        assert jit.status == "online"
        assert machine.is_registered


@pytest.mark.parametrize(
    ("system", "version", "is_due"),
    [
        ("unknown", None, False),
        ("Unknown", None, False),
        ("unknown", "2.330.0", False),
        ("linux", None, True),
    ],
)
def test_a_runner_has_connected_once_its_system_is_known(
    github: FakeGitHub, play: Play, history: Path, system: str, version: str | None, is_due: bool
) -> None:
    """In any case of letters. Some servers send no version, so that says nothing."""
    runner = offline(github, "r1")
    vars(runner).update(_os=system, _version=version)
    found: Reaped = play("reap_offline", "*", min_age=0, history=history)
    assert [it.id for it in found.due] == ([runner.id] if is_due else [])
    assert reasons(found) == ({} if is_due else {"r1": "not connected yet"})


def test_age_counts_from_the_first_connection(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """The time before a runner first connected is no time offline."""
    runner = github.org().add_runner("r1", online=False)
    play("reap_offline", "*", min_age=HOUR, history=history)
    github.clock.advance(2 * HOUR)
    runner.connect()
    runner.disconnect()
    found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
    assert reasons(found) == {"r1": "too young"}


@pytest.mark.parametrize("between", ["online", "busy", "version", "system"])
def test_a_runner_that_was_back_starts_anew(
    github: FakeGitHub, play: Play, history: Path, between: str
) -> None:
    """A runner that a run saw online or busy, or with another version or system now, was back."""
    runner = offline(github, "r1")
    play("reap_offline", "*", min_age=HOUR, history=history)
    github.clock.advance(HOUR)
    runner.connect(
        version="2.331.0" if between == "version" else None,
        os="win" if between == "system" else None,
    )
    if between == "busy":
        runner.start_job()
        runner.disconnect()
    if between in ("online", "busy"):
        found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
        assert reasons(found) == {"r1": between}
        assert found.kept[0].offline_for == 0
    if between == "busy":
        runner.finish_job()
    runner.disconnect()
    found = play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
    assert reasons(found) == {"r1": "too young"}


def test_all_names_are_seen(github: FakeGitHub, play: Play, history: Path) -> None:
    """Runs with other patterns record each other's runners, too."""
    runner = offline(github, "test-1")
    play("reap_offline", "build-*", min_age=HOUR, history=history)
    github.clock.advance(HOUR)
    found: Reaped = play("reap_offline", "test-*", min_age=HOUR, history=history)
    assert [it.id for it in found.due] == [runner.id]


def test_age_counts_from_the_end_of_the_list(github: FakeGitHub, play: Play, history: Path) -> None:
    """A list that a rate limit has delayed says nothing about the time before."""
    offline(github, "r1")
    first = iter([True])

    def listed(call: Call) -> Any:
        if next(first, False):
            github.clock.advance(HOUR)
        return github.handle(call)

    github.respond("org.runners.list", listed)
    for _ in range(2):
        found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history)
        assert reasons(found) == {"r1": "too young"}


def test_a_status_that_nobody_knows_is_not_offline(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """A runner that a run, or the read before its deletion, shows in such a status is kept."""
    runner = offline(github, "r1")
    odd: Any = "paused"

    def reap() -> dict[str, str]:
        return reasons(play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False))

    assert reap() == {"r1": "too young"}
    github.clock.advance(HOUR)
    vars(runner)["_status"] = odd
    assert reap() == {"r1": "online"}
    vars(runner)["_status"] = "offline"
    assert reap() == {"r1": "too young"}
    github.clock.advance(HOUR)

    def read(call: Call) -> Any:
        vars(runner)["_status"] = odd
        return github.handle(call)

    github.respond("org.runners.get", read)
    assert reap() == {"r1": "online"}
    assert runner.is_registered


def test_a_system_in_other_letters_is_the_same(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """GitHub has sent `Linux` and `linux` for one runner, which is no connection in between."""
    runner = offline(github, "r1")
    vars(runner)["_os"] = "Linux"
    play("reap_offline", "*", min_age=HOUR, history=history)
    github.clock.advance(HOUR)
    vars(runner)["_os"] = "linux"

    def read(call: Call) -> Any:
        vars(runner)["_os"] = "LINUX"
        return github.handle(call)

    github.respond("org.runners.get", read)
    found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
    assert [it.id for it in found.deleted] == [runner.id]


def test_an_id_of_another_name_is_another_runner(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """An id that is used again does not inherit an age."""
    runner = offline(github, "r1")
    play("reap_offline", "*", min_age=HOUR, history=history)
    github.clock.advance(HOUR)
    runner.name = "r2"
    found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
    assert reasons(found) == {"r2": "too young"}


def test_a_clock_that_was_set_back_starts_anew(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """A time in the future is no age."""
    offline(github, "r1")
    play("reap_offline", "*", min_age=HOUR, history=history)
    content = json.loads(history.read_text())
    content["runners"]["4"]["since"] += 10 * HOUR
    history.write_text(json.dumps(content))
    play("reap_offline", "*", min_age=HOUR, history=history)
    github.clock.advance(HOUR)
    assert len(play("reap_offline", "*", min_age=HOUR, history=history).due) == 1


@pytest.mark.parametrize("days", [10_000, -10_000])
def test_a_clock_that_jumps_ages_nobody(
    github: FakeGitHub, play: Play, history: Path, days: float
) -> None:
    """Age is by the server's time: a machine that boots may have a clock of years ago."""
    runner = testing.runner(status="offline", busy=False, os="linux")
    sent = datetime(2026, 3, 2, 6, 0, 0, tzinfo=UTC)

    def listed(_: Call) -> Response:
        date = format_datetime(sent, usegmt=True)
        return Response(json={"total_count": 1, "runners": [runner]}, headers={"date": date})

    github.respond("org.runners.list", listed)
    ages: list[float] = []
    for seconds in (0, 60, 2 * HOUR):
        sent += timedelta(seconds=seconds)
        found: Reaped = play("reap_offline", "*", min_age=HOUR, history=history)
        ages.append(found.kept[0].offline_for if found.kept else -1)
        vars(github.clock)["_start"] += timedelta(days=days)
    assert ages == [0, 60, -1]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("build-*", {"build-1", "Build-2"}),
        ("build-?", {"build-1", "Build-2"}),
        ("build", set[str]()),
        ("*", {"build-1", "Build-2", "old-build-3"}),
        (re.compile("build-."), {"build-1"}),
        (re.compile("build-.", re.IGNORECASE), {"build-1", "Build-2"}),
        (re.compile("build"), set[str]()),
    ],
)
def test_only_names_that_match_are_deleted(
    github: FakeGitHub, play: Play, history: Path, pattern: Any, names: set[str]
) -> None:
    """Wildcards match without case, and both kinds match the whole name. Others are not reported."""
    for name in ("build-1", "Build-2", "old-build-3"):
        offline(github, name)
    found: Reaped = play("reap_offline", pattern, min_age=0, history=history, dry_run=False)
    assert {it.name for it in found.deleted} == names
    assert not found.kept
    assert len(github.org().runners) == 3 - len(names)


def test_a_limit_takes_the_oldest_first(github: FakeGitHub, play: Play, history: Path) -> None:
    """At most so many runners are deleted; the result names the others.

    Runners that are kept for another reason do not count, and keep their reason.
    """
    for name in ("first", "old", "middle", "young", "last"):
        runner = offline(github, name)
        if name in ("first", "last"):
            vars(runner)["_os"] = "unknown"
        play("reap_offline", "*", min_age=0, history=history)
        github.clock.advance(60)
    found: Reaped = play("reap_offline", "*", min_age=0, history=history, dry_run=False, at_most=2)
    assert [it.name for it in found.deleted] == ["old", "middle"]
    assert reasons(found) == {
        "first": "not connected yet",
        "young": "limit reached",
        "last": "not connected yet",
    }


def test_each_runner_is_read_again(github: FakeGitHub, play: Play, history: Path) -> None:
    """A plain program deletes a runner that came back after the list was read."""
    listed = [offline(github, name) for name in ("back", "works", "new", "gone", "due")]
    back, works, new, gone, due = listed

    def changed() -> None:
        back.connect()
        works.connect()
        works.start_job()
        works.disconnect()
        new.connect(version="2.331.0")
        new.disconnect()
        gone.remove()

    runners = github.client().org("octo-org").runners
    plain = [it.id for it in runners.list() if it.status == "offline" and not it.busy]
    back.connect()
    assert back.id in plain  # the deletion of an idle runner succeeds
    back.disconnect()
    first = iter([True])

    def read(call: Call) -> Any:
        if next(first, False):
            changed()
        return github.handle(call)

    github.respond("org.runners.get", read)
    found: Reaped = play("reap_offline", "*", min_age=0, history=history, dry_run=False)
    assert [it.name for it in found.deleted] == ["due"]
    assert [it.name for it in found.gone] == ["gone"]
    assert reasons(found) == {"back": "online", "works": "busy", "new": "changed"}
    sent = [call.arguments["runner_id"] for call in github.calls_of("org.runners.delete")]
    assert sent == [due.id]
    assert not due.is_registered
    assert back.is_registered
    assert new.is_registered


def test_a_job_that_starts_in_between_keeps_a_runner(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """GitHub rejects that deletion, and the result says why the runner was kept."""
    runner = offline(github, "r1")

    def delete(call: Call) -> Any:
        runner.connect()
        runner.start_job()
        return github.handle(call)

    github.respond("org.runners.delete", delete)
    found: Reaped = play("reap_offline", "*", min_age=0, history=history, dry_run=False)
    assert reasons(found) == {"r1": "busy"}


def test_a_failure_does_not_stop_the_others(github: FakeGitHub, play: Play, history: Path) -> None:
    """Each failure is in the result with its error; lost responses are resolved."""
    for name in ("forbidden", "unreadable", "broken", "lost", "404", "due"):
        offline(github, name)
    ids = {name: github.org().runner(name).id for name in ("forbidden", "unreadable", "broken")}
    github.respond("org.runners.delete", 403, runner_id=ids["forbidden"])
    github.respond("org.runners.get", 503, runner_id=ids["unreadable"])
    github.respond("org.runners.delete", 500, runner_id=ids["broken"])
    github.script("org.runners.delete", testing.Reset(), runner_id=github.org().runner("lost").id)
    github.respond("org.runners.delete", 404, runner_id=github.org().runner("404").id)
    found: Reaped = play("reap_offline", "*", min_age=0, history=history, dry_run=False)
    assert [it.name for it in found.deleted] == ["due"]
    assert [it.name for it in found.gone] == ["lost"]
    assert {it.runner.name: type(it.error).__name__ for it in found.failed} == {
        "forbidden": "Forbidden",
        "unreadable": "ServerError",
        "broken": "ServerError",
        "404": "NotFound",
    }
    assert len(github.org().runners) == 4


def test_an_interrupted_run_says_what_it_has_deleted(
    github: FakeGitHub, play: Play, history: Path
) -> None:
    """Its report is lost, so the interrupt has a note."""
    for name in ("r1", "r2", "r3"):
        offline(github, name)
    deletions = iter((False, True))

    def deleted(call: Call) -> Any:
        if next(deletions):
            raise KeyboardInterrupt
        return github.handle(call)

    github.respond("org.runners.delete", deleted)
    with pytest.raises(KeyboardInterrupt) as caught:
        play("reap_offline", "*", min_age=0, history=history, dry_run=False)
    assert caught.value.__notes__ == [
        (
            "the reaper was interrupted at runner 'r2' (5), which may be deleted; those that it had"
            " deleted before: r1"
        )
    ]
    assert [it.name for it in github.org().runners.values()] == ["r2", "r3"]


def test_an_unreadable_list_deletes_nothing(github: FakeGitHub, play: Play, history: Path) -> None:
    """Its error is raised, and the history stays as it is."""
    offline(github, "r1")
    play("reap_offline", "*", min_age=HOUR, history=history)
    before = history.read_bytes()
    github.clock.advance(HOUR)
    github.script("org.runners.list", *[503] * 4)
    with pytest.raises(ghrunners.ServerError):
        play("reap_offline", "*", min_age=HOUR, history=history, dry_run=False)
    assert history.read_bytes() == before
    assert len(play("reap_offline", "*", min_age=HOUR, history=history).due) == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"pattern": ""}, "the pattern is empty"),
        ({"min_age": -1}, "min_age must be a number of seconds"),
        ({"min_age": float("nan")}, "min_age must be a number of seconds"),
        ({"min_age": "1"}, "min_age must be a number of seconds, not str"),
        ({"at_most": 0}, "at_most must be at least 1"),
        ({"at_most": 1.5}, "at_most must be an int or None"),
        ({"dry_run": None}, "dry_run must be a bool, not NoneType"),
        ({"pattern": 7}, "pattern must be a str or a compiled regular expression"),
    ],
)
def test_bad_arguments_are_one_clear_line(
    github: FakeGitHub, play: Play, history: Path, options: dict[str, Any], problem: str
) -> None:
    """Nothing is sent, and no file is made."""
    given: dict[str, Any] = {"pattern": "*", "min_age": 1, "history": history} | options
    with pytest.raises((ghrunners.InvalidArgument, TypeError), match=problem):
        play("reap_offline", given.pop("pattern"), **given)
    assert not github.calls
    assert not list(history.parent.iterdir())
