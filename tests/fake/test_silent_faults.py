"""Faults that a fake GitHub must not pass over in silence."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from math import inf, nan
from threading import Thread
from typing import Any

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, KINDS, group_owner_of, owner_of, scope_of
from fake.sent import sent
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.testing import Call, MockServer

YEAR = 365 * 86_400


# ── State that would be impossible ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_a_runner_has_a_group_of_its_owner(github: FakeGitHub, kind: str) -> None:
    """When it is added, moved, or its group is set; a deleted group is no group either."""
    owner, elsewhere = owner_of(github, kind), github.enterprise().add_organization("elsewhere")
    foreign = elsewhere.add_group("foreign")
    with pytest.raises(ValueError, match="has no runner group 'foreign'"):
        owner.add_runner("a", group=foreign)
    runner = owner.add_runner("a")
    before = runner.group
    with pytest.raises(ValueError, match="has no runner group"):
        runner.group = foreign
    with pytest.raises(ValueError, match="has no runner group"):
        runner.move_to(foreign)
    foreign.delete()
    with pytest.raises(ValueError, match="has no runner group"):
        elsewhere.add_runner("a", group=foreign)
    assert runner.group is before
    assert [it.name for it in owner.runners.values()] == ["a"]


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_runner_of_an_organization_always_has_a_group(github: FakeGitHub, kind: str) -> None:
    """Only those of repositories have none."""
    runner = group_owner_of(github, kind).add_runner("a")
    with pytest.raises(ValueError, match="has no runner group None"):
        runner.group = None


@pytest.mark.parametrize("name", ["", " ", "x" * 65])
def test_a_test_cannot_add_a_runner_with_an_impossible_name(github: FakeGitHub, name: str) -> None:
    """Nor one with an impossible label."""
    with pytest.raises(ValueError, match="1 to 64"):
        github.org().add_runner(name)
    for label in ("", "a,b", "y" * 257):
        with pytest.raises(ValueError, match="Label"):
            github.org().add_runner("a", labels=[label])
    assert not github.org().runners


def test_a_runner_is_found_by_a_new_name_alone(github: FakeGitHub) -> None:
    """It cannot be that of another runner, which may then have the old one."""
    organization = github.org()
    runner, other = organization.add_runner("a"), organization.add_runner("b")
    runner.name = "C"
    assert organization.find_runner("c") is runner
    assert organization.find_runner("a") is None
    other.name = "a"
    assert organization.find_runner("A") is other
    with pytest.raises(ValueError, match="octo-org has a runner 'c'"):
        other.name = "c"
    runner.name = "c"


@pytest.mark.parametrize("name", ["", "a/b", "ü", "a b", ".", "..", "x" * 101])
def test_names_of_owners_are_those_of_paths(github: FakeGitHub, name: str) -> None:
    """No request could name another one."""
    for add in (
        github.world.add_enterprise,
        github.enterprise().add_organization,
        github.org().add_repository,
    ):
        with pytest.raises(ValueError, match="is no name on GitHub"):
            add(name)
    assert len(github.world.enterprises) == len(github.world.organizations) == 1


def test_a_group_is_for_users_of_its_owner(github: FakeGitHub) -> None:
    """Others would break its list."""
    elsewhere = github.world.add_organization("elsewhere")
    repository = elsewhere.add_repository("a")
    with pytest.raises(ValueError, match="octo-org does not have <Repository elsewhere/a>"):
        github.org().add_group("g", selected=[repository])
    with pytest.raises(ValueError, match="octo-corp does not have <Organization elsewhere>"):
        github.enterprise().add_group("g", selected=[elsewhere])
    assert len(github.org().groups) == len(github.enterprise().groups) == 1


def test_a_repository_that_is_gone_is_in_no_list(github: FakeGitHub) -> None:
    """Groups and settings still name it by its id."""
    organization = github.org()
    gone = organization.add_repository("gone")
    group = organization.add_group("g", visibility="selected", selected=[gone, github.repo()])
    organization.enabled_repositories = "selected"
    organization.selected_repositories = [gone.id, github.repo().id]
    del organization.repositories["gone"]
    scope = github.client().org("octo-org")
    assert [it.name for it in scope.runner_groups.list_repositories(group.id)] == ["octo-repo"]
    assert [it.name for it in scope.runner_settings.list_repositories()] == ["octo-repo"]


# ── Time ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seconds", [-1, nan, inf, -inf])
def test_time_advances_by_what_a_clock_can(github: FakeGitHub, seconds: float) -> None:
    """Anything else would break all timers without a word."""
    before = github.clock.time
    with pytest.raises(ValueError, match="a clock is advanced by a finite number"):
        github.clock.advance(seconds)
    assert github.clock.time == before


def test_ten_years_pass_in_their_order(github: FakeGitHub) -> None:
    """What is online stays, all else is gone, and clients go on."""
    online = github.org().add_runner("a")
    github.org().add_runner("b", online=False)
    busy = github.org().add_runner("c", ephemeral=True)
    busy.start_job(9 * YEAR)
    hosted = github.org().add_hosted_runner("h", ready=False)
    github.clock.advance(10 * YEAR)
    runners = github.client().org("octo-org").runners
    assert [it.id for it in runners.list()] == [online.id]
    assert hosted.status == "Ready"
    token = runners.create_registration_token()
    assert (token.expires_at - github.clock.time).total_seconds() == 3_600


def test_a_limit_ends_when_it_says(github: FakeGitHub) -> None:
    """The window ends at `reset` and not after it, even if it began within a second."""
    github.clock.advance(0.75)
    github.rate_limit(1)
    path = "/orgs/octo-org/actions/runners"
    reset = int(sent(github, "GET", path).headers["x-ratelimit-reset"])
    github.clock.advance(reset - github.clock.wall() - 0.25)
    assert sent(github, "GET", path).status_code == 403
    github.clock.advance(0.25)
    assert sent(github, "GET", path).status_code == 200


# ── What is shared ───────────────────────────────────────────────────────────────────────────


def test_fakes_share_nothing(github: FakeGitHub) -> None:
    """What one has, another one does not."""
    other = FakeGitHub()
    github.org().add_runner("a", labels=["gpu"])
    github.org().add_group("g")
    github.world.catalog.github_images.clear()
    github.world.stuck.add("x")
    github.world.deprecate("2.330.0", at=github.clock.time)
    github.add_token("t")
    github.script("org.runners.list", 500)
    client = other.client(auth="any")
    assert list(client.org("octo-org").runners.list()) == []
    assert client.org("octo-org").hosted_runners.list_github_owned_images().images
    assert client.org("octo-org").runners.get_deprecation("2.330.0").runtime_deprecates_at is None
    assert not other.world.stuck
    assert len(other.org().groups) == 1
    other.check()


def test_a_recorded_call_is_not_the_state(github: FakeGitHub) -> None:
    """Changing what a call has, or the state, leaves the other as it is."""
    workflow = "octo-org/octo-repo/.github/workflows/a.yml@main"
    groups = github.client().org("octo-org").runner_groups
    made = groups.create(name="g", restricted_to_workflows=True, selected_workflows=[workflow])
    call = github.calls[-1]
    call.body["selected_workflows"].clear()
    group = github.org().groups[made.id]
    assert group.selected_workflows == [workflow]
    group.selected_workflows.clear()
    assert made.selected_workflows is not None
    made.selected_workflows.append("x")
    assert groups.get(made.id).selected_workflows == []


@pytest.mark.parametrize(
    "made", [copy.copy, copy.deepcopy, pickle.dumps], ids=["copy", "deepcopy", "pickle"]
)
@pytest.mark.parametrize("kind", [FakeGitHub, MockServer])
def test_a_server_is_not_copied(kind: type[MockServer], made: Callable[[Any], object]) -> None:
    """A copy would share its state, or a part of it."""
    with pytest.raises(TypeError, match=f"a {kind.__name__} cannot be copied or pickled"):
        made(kind())


def test_a_closed_client_leaves_the_fake_usable(github: FakeGitHub) -> None:
    """Each client has a transport of its own."""
    client = github.client()
    client.close()
    with pytest.raises(ghrunners.ClientError):
        client.org("octo-org").runners.create_remove_token()
    assert list(github.client().org("octo-org").runners.list()) == []


def test_threads_share_the_state_in_memory_and_over_http(github: FakeGitHub) -> None:
    """Each runner is made once and deleted once, while time passes in other threads."""

    def one(runners: Any, number: int) -> None:
        made = runners.generate_jit_config(
            name=f"r{number}", runner_group_id=1, labels=["gpu"]
        ).runner
        github.org().runners[made.id].connect()
        github.org().runners[made.id].start_job(1)
        github.clock.advance(1)
        assert made.id not in github.org().runners

    with github.serve() as url, ghrunners.Client(auth="t", base_url=url) as over_http:
        clients = [over_http.org("octo-org").runners, github.client().org("octo-org").runners]
        with ThreadPoolExecutor(8) as pool:
            for done in [pool.submit(one, clients[it % 2], it) for it in range(200)]:
                done.result()
    assert not github.org().runners


def test_a_request_finds_what_is_due(github: FakeGitHub) -> None:
    """Also if it comes first once the clock has advanced, as from another thread."""
    runner = github.org().add_runner("a")
    runner.start_job(60)
    runners, seen = github.client().org("octo-org").runners, list[bool]()
    token = runners.create_registration_token().token

    def first() -> None:
        github.clock.listeners.remove(first)
        seen.append(runners.get(runner.id).busy)

    github.clock.listeners.insert(0, first)
    github.clock.advance(60)
    assert seen == [False]

    def late() -> None:
        github.clock.listeners.remove(late)
        with pytest.raises(ValueError, match="expired"):
            github.register(token, name="b")
        seen.append(True)

    github.clock.listeners.insert(0, late)
    github.clock.advance(3_600)
    assert seen == [False, True]


@pytest.mark.parametrize("entrance", ["time", "request"])
def test_threads_wait_for_each_other(
    github: FakeGitHub, entrance: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No request is received while a timer acts, or before another one has been answered."""
    runners = github.client().org("octo-org").runners
    other = Thread(target=lambda: list(runners.list()))
    waits: list[bool] = []

    def meanwhile(*_: object) -> str:
        if not waits:
            waits.append(True)
            other.start()
            other.join(0.2)
            waits[:] = [other.is_alive()]
        return f"https://api.github.com{github.org().path}/actions/runners"

    def acts() -> None:
        meanwhile()

    if entrance == "time":
        github.world.timers.after(5, acts)
        github.clock.advance(5)
    else:
        github.numeric_links = True
        monkeypatch.setattr("ghrunners.fake.protocol.addresses.numbered", meanwhile)
        list(runners.list())
    other.join()
    assert waits == [True]
    assert [call.status for call in github.calls] == [200] * len(github.calls)


# ── Faults ───────────────────────────────────────────────────────────────────────────────────


def _late(call: Call) -> testing.Delay:
    del call
    return testing.Delay(1)


def _lost(call: Call) -> testing.Reset:
    del call
    return testing.Reset()


FAULTS: list[Any] = [
    testing.Reset(),
    testing.Delay(1),
    testing.Truncated(),
    _late,
    _lost,
]


@pytest.mark.parametrize("plan", ["respond", "script", "both"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_the_state_below_it(github: FakeGitHub, fault: Any, plan: str) -> None:
    """A deletion is carried out once, however the fault was planned."""
    runner = github.org().add_runner("a")
    if plan != "script":
        github.respond("org.runners.delete", fault)
    if plan != "respond":
        github.script("org.runners.delete", fault)
    client = github.client()
    with suppress(ghrunners.ClientError):
        client.org("octo-org").runners.delete(runner.id)
    assert not runner.is_registered


def test_a_late_list_is_that_of_the_state(github: FakeGitHub) -> None:
    """On all its pages, when every response is late."""
    for number in range(5):
        github.org().add_runner(f"r{number}")
    github.respond("org.runners.list", testing.Delay(1))
    listed = github.client().org("octo-org").runners.list(per_page=2)
    assert [it.name for it in listed] == [f"r{number}" for number in range(5)]
    assert github.clock.now() == 3


def test_a_value_that_is_not_there_is_one_clear_error(github: FakeGitHub) -> None:
    """In memory it is raised by the call; over HTTP at the end, and the fixture reports it."""
    github.script("org.runners.list", *[testing.Odd("/runners/0/id", "x")] * 2)
    said = r"org.runners.list: the response \(200\) has no value at '/runners/0/id'"
    with pytest.raises(ValueError, match=said):
        list(github.client().org("octo-org").runners.list())
    with (
        pytest.raises(ValueError, match=said),
        github.serve() as url,
        ghrunners.Client(auth="t", base_url=url, retry=None) as client,
        pytest.raises(ghrunners.ClientError),
    ):
        list(client.org("octo-org").runners.list())
    with pytest.raises(AssertionError, match="has no value at '/runners/0/id'"):
        github.check()


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_is_registered_once(github: FakeGitHub, kind: str) -> None:
    """A second JIT configuration of a name is refused, in any case of its letters."""
    runners = scope_of(github.client(), kind).runners
    runners.generate_jit_config(name="a", runner_group_id=1, labels=["gpu"])
    with pytest.raises(ghrunners.Conflict, match="Already exists"):
        runners.generate_jit_config(name="A", runner_group_id=1, labels=["gpu"])
    assert len(owner_of(github, kind).runners) == 1
