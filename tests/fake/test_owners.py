"""Owners of runners: enterprises, organizations and repositories."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import ClassVar

import pytest

from fake.scopes import KINDS, owner_of, scope_of
from ghrunners.fake import FakeGitHub
from ghrunners.fake.state.base_owner import Kind, Owner


def test_an_owner_cannot_be_without_a_path(github: FakeGitHub) -> None:
    """A kind of owner that does not state where its endpoints are cannot be made."""

    class Team(Owner):
        kind: ClassVar[Kind] = "org"

    with pytest.raises(TypeError, match=r"abstract method '?path"):
        Team(github.world, "octo-team")  # type: ignore[abstract]  # pyright: ignore[reportAbstractUsage] - the point


def test_a_name_is_taken_in_any_case(github: FakeGitHub) -> None:
    """Of an enterprise, an organization, a repository or a runner; a test cannot add it again."""
    github.org().add_runner("Builder")
    github.world.add_organization("Big-Org").add_repository("Big")
    for add, taken in (
        (github.world.add_enterprise, "OCTO-corp"),
        (github.world.add_organization, "octo-ORG"),
        (github.world.add_organization, "big-org"),
        (github.enterprise().add_organization, "Octo-Org"),
        (github.org().add_repository, "Octo-Repo"),
        (github.org("BIG-ORG").add_repository, "big"),
        (github.org().add_runner, "bUILDER"),
    ):
        with pytest.raises(ValueError, match=f"a {taken!r}|a (repository|runner) {taken!r}"):
            add(taken)
    assert list(github.world.organizations) == ["octo-org", "Big-Org"]
    assert list(github.org().repositories) == ["octo-repo"]
    assert len(github.org().runners) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_an_owner_names_itself(github: FakeGitHub, kind: str) -> None:
    """In its text, in errors, and in the JIT configurations of its runners."""
    owner = owner_of(github, kind)
    name = {"enterprise": "octo-corp", "org": "octo-org", "repo": "octo-org/octo-repo"}[kind]
    assert repr(owner) == f"<{type(owner).__name__} {name}>"
    with pytest.raises(LookupError, match=f"{name} has no runner 'r'"):
        owner.runner("r")
    made = scope_of(github.client(), kind).runners.generate_jit_config(
        name="r", runner_group_id=1, labels=["gpu"]
    )
    files = json.loads(b64decode(made.encoded_jit_config))
    page = f"enterprises/{name}" if kind == "enterprise" else name
    assert json.loads(b64decode(files[".runner"]))["GitHubUrl"] == f"https://github.com/{page}"


def test_a_runner_has_its_system_before_it_connects(github: FakeGitHub) -> None:
    """It is not shown until then."""
    for online in (False, True):
        runner = github.org().add_runner(f"r-{online}", os="win", labels=["macos"], online=online)
        assert runner.read_only_labels == ["self-hosted", "Windows", "X64"]
        assert runner.os == ("win" if online else "unknown")
        runner.connect()
        assert runner.os == "win"


def test_a_runner_that_never_connected_has_no_job(github: FakeGitHub) -> None:
    """It cannot be added with one, and nothing is added."""
    with pytest.raises(ValueError, match="has no job"):
        github.org().add_runner("r", online=False, busy=True)
    assert github.org().runners == {}
    assert github.org().add_runner("r", busy=True).busy


def test_a_group_is_for_its_owner_alone(github: FakeGitHub) -> None:
    """An organization may use each of its own groups and none of another organization."""
    stranger = github.world.add_organization("stranger")
    repository = stranger.add_repository("place")
    for visibility in ("all", "private", "selected"):
        group = github.org().add_group(visibility, visibility=visibility)
        assert github.org().may_use(group)
        assert not stranger.may_use(group)
        assert not repository.may_use(group)
        assert github.repo().may_use(group) is (visibility != "selected")


def test_an_organization_of_no_enterprise_has_settings(github: FakeGitHub) -> None:
    """Nothing above it forbids them."""
    github.world.add_organization("lonely")
    settings = github.client().org("lonely").runner_settings
    settings.set(enabled_repositories="selected")
    assert github.org("lonely").enabled_repositories == "selected"
    assert settings.get().enabled_repositories == "selected"
