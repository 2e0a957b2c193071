"""JIT configurations of a fake GitHub: what they register, run once, and are refused for."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

import pytest

import ghrunners
from fake.scopes import GROUP_KINDS, KINDS, owner_of, scope_of
from ghrunners import fake
from ghrunners.fake import FakeGitHub

DAY = 86_400


def jit(github: FakeGitHub, kind: str = "org", name: str = "j", **changed: Any) -> Any:
    """Create a JIT configuration."""
    runners = scope_of(github.client(), kind).runners
    given = {"runner_group_id": 1, "labels": ["self-hosted", "windows", "gpu"], **changed}
    return runners.generate_jit_config(name=name, **given)


@pytest.mark.parametrize("kind", KINDS)
def test_a_runner_is_registered_and_runs_once(github: FakeGitHub, kind: str) -> None:
    """It is offline until run.sh starts, has the labels of the request, and is gone after a job."""
    made = jit(github, kind)
    assert (made.runner.os, made.runner.status, made.runner.version) == ("unknown", "offline", None)
    assert (made.runner.ephemeral, made.runner.busy) == (True, False)
    labels = [(it.name, it.type) for it in made.runner.labels]
    assert labels == [("self-hosted", "read-only"), ("windows", "read-only"), ("gpu", "custom")]
    runners = scope_of(github.client(), kind).runners
    assert runners.get(made.runner.id) == made.runner

    runner = github.run(made.encoded_jit_config)
    online = runners.get(made.runner.id)
    assert (online.os, online.status, online.version) == ("win", "online", "2.330.0")
    assert online.labels == made.runner.labels
    runner.start_job(seconds=60)
    with pytest.raises(ghrunners.RunnerBusy):
        runners.delete(runner.id)
    github.clock.advance(60)
    with pytest.raises(ghrunners.NotFound):
        runners.get(runner.id)
    with pytest.raises(fake.ConfigRejected, match="used before"):
        github.run(made.encoded_jit_config)
    assert jit(github, kind).runner.id != runner.id, "the name is free again"


def test_a_label_names_the_system(github: FakeGitHub) -> None:
    """The first that names one, in any case of its letters, unless the machine has another."""
    for label, system in (("LINUX", "linux"), ("macos", "macos"), ("Windows", "win")):
        made = jit(github, name=label, labels=["gpu", label, "arm64"])
        assert github.run(made.encoded_jit_config).os == system
        assert [it.type for it in made.runner.labels] == ["read-only", "read-only", "custom"]
    assert github.run(jit(github, labels=["gpu"]).encoded_jit_config).os == "linux"
    assert github.run(jit(github, name="o").encoded_jit_config, os="macos").os == "macos"


def test_the_configuration_is_encoded_twice(github: FakeGitHub) -> None:
    """It is base64 of JSON with the three files of a runner, which are base64 of JSON."""
    made = jit(github, work_folder="_other")
    files = json.loads(b64decode(made.encoded_jit_config))
    assert list(files) == [".runner", ".credentials", ".credentials_rsaparams"]
    read = {name: json.loads(b64decode(content)) for name, content in files.items()}
    settings = read[".runner"]
    assert settings["AgentId"] == str(made.runner.id)
    assert (settings["AgentName"], settings["WorkFolder"]) == ("j", "_other")
    assert settings["GitHubUrl"] == "https://github.com/octo-org"
    other = jit(github, name="k" * 64)
    files = json.loads(b64decode(other.encoded_jit_config))
    assert json.loads(b64decode(files[".runner"]))["WorkFolder"] == "_work"
    assert other.encoded_jit_config != made.encoded_jit_config
    assert made.encoded_jit_config not in repr(made)


def test_a_name_is_taken_by_any_runner(github: FakeGitHub) -> None:
    """A second runner of a name is refused, without regard to case, and the first one stays."""
    held = github.org().add_runner("J")
    problem = "Already exists - A runner with the name j already exists."
    with pytest.raises(ghrunners.Conflict, match=problem):
        jit(github)
    assert list(github.org().runners.values()) == [held]
    assert jit(github, "repo").runner.name == "j", "other owners have names of their own"


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_group_is_not_found(github: FakeGitHub, kind: str) -> None:
    """The group is one of the owner, and a repository has only the first one."""
    with pytest.raises(ghrunners.NotFound):
        jit(github, kind, runner_group_id=77)
    assert not owner_of(github, kind).runners


@pytest.mark.parametrize("kind", GROUP_KINDS)
def test_a_runner_is_in_the_group_of_the_request(github: FakeGitHub, kind: str) -> None:
    """A JIT runner is in the group that the request names."""
    owner = owner_of(github, kind)
    assert not isinstance(owner, fake.Repository)
    group = owner.add_group("fast")
    made = jit(github, kind, runner_group_id=group.id)
    assert made.runner.runner_group_id == group.id
    assert [it.id for it in group.runners] == [made.runner.id]


@pytest.mark.parametrize(
    "changed",
    [
        {"labels": []},
        {"labels": [f"l{number}" for number in range(101)]},
        {"labels": ["gpu", ""]},
        {"labels": ["a,b"]},
        {"name": ""},
        {"name": " "},
        {"name": "x" * 65},
    ],
)
def test_an_invalid_request_registers_nothing(github: FakeGitHub, changed: dict[str, Any]) -> None:
    """A request with an invalid name or label is 422."""
    with pytest.raises(ghrunners.ValidationFailed):
        jit(github, **changed)
    assert not github.org().runners


def test_a_policy_forbids_runners(github: FakeGitHub) -> None:
    """A repository that may not have runners gets no configuration and no token for any."""
    runners = github.client().repo("octo-org", "octo-repo").runners
    token = runners.create_registration_token().token
    github.org().enabled_repositories = "none"
    with pytest.raises(ghrunners.Forbidden, match="self-hosted runners are disabled"):
        jit(github, "repo", name="")
    with pytest.raises(ghrunners.Forbidden, match="self-hosted runners are disabled"):
        runners.create_registration_token()
    with pytest.raises(fake.RunnersDisabled):
        github.register(token, name="r")
    assert not github.repo().runners


def test_a_configuration_that_github_does_not_know(github: FakeGitHub) -> None:
    """A wrong configuration, and one whose runner was deleted, start nothing."""
    with pytest.raises(fake.ConfigRejected):
        github.run("e30=")
    made = jit(github)
    github.client().org("octo-org").runners.delete(made.runner.id)
    with pytest.raises(fake.UnknownRunner):
        github.run(made.encoded_jit_config)


def test_a_jit_runner_that_never_connects_is_removed(github: FakeGitHub) -> None:
    """It stays for a day, as any ephemeral runner that is offline."""
    made = jit(github)
    github.clock.advance(DAY - 1)
    assert made.runner.id in github.org().runners
    github.clock.advance(1)
    assert not github.org().runners


def test_a_jit_runner_connects_by_itself(github: FakeGitHub) -> None:
    """With `connects_after` no test needs to start it, and no test can start it again."""
    github.world.connects_after = 30
    made = jit(github)
    github.clock.advance(29)
    assert github.org().runner("j").status == "offline"
    github.clock.advance(1)
    assert github.org().runner("j").status == "online"
    with pytest.raises(fake.ConfigRejected):
        github.run(made.encoded_jit_config)


def test_a_retired_version_stays_offline(github: FakeGitHub) -> None:
    """A machine with a version that was retired cannot use its configuration."""
    github.world.deprecate("2.328.0", at=datetime(2026, 1, 30, tzinfo=UTC))
    made = jit(github)
    with pytest.raises(fake.VersionDeprecated, match=r"2\.328\.0"):
        github.run(made.encoded_jit_config, version="2.328.0")
    assert github.org().runner("j").status == "offline"
    assert github.run(made.encoded_jit_config).status == "online"


def test_registrations_are_limited(github: FakeGitHub) -> None:
    """At most 1,500 runners are registered with an owner in five minutes, by any means."""
    token = github.client().org("octo-org").runners.create_registration_token().token
    for number in range(1_500):
        github.register(token, name=f"r{number}")
    with pytest.raises(fake.TooManyRegistrations):
        github.register(token, name="one-more")
    runners = github.client(max_wait=0).org("octo-org").runners
    with pytest.raises(ghrunners.RateLimited):
        runners.generate_jit_config(name="j", runner_group_id=1, labels=["gpu"])
    assert len(github.org().runners) == 1_500
    assert jit(github, "repo").runner.name == "j", "other owners have a limit of their own"
    github.clock.advance(299)
    with pytest.raises(fake.TooManyRegistrations):
        github.register(token, name="early")
    github.clock.advance(1)
    github.register(token, name="in-time")


def test_a_full_group_takes_no_more_runners(github: FakeGitHub) -> None:
    """As many as its capacity, which a test may set; another group of its owner takes some."""
    github.org().default_group().capacity = 3
    for number in range(3):
        jit(github, name=f"r{number}")
    full = r"^Invalid Argument - Runner group 1 has reached max limit of 3 runners\.$"
    with pytest.raises(ghrunners.ValidationFailed) as raised:
        jit(github)
    assert re.match(full, raised.value.message)
    token = github.client().org("octo-org").runners.create_registration_token().token
    with pytest.raises(fake.GroupFull):
        github.register(token, name="j")
    assert jit(github, runner_group_id=github.org().add_group("more").id).runner.name == "j"
