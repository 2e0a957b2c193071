"""Attributes of the fake that may be set: to what GitHub allows, with what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ghrunners.fake import FakeGitHub

Refused = tuple[Callable[[FakeGitHub], Any], str, Any, str]


def old(github: FakeGitHub) -> Any:
    """Return a hosted runner whose owner has another one, `taken`."""
    github.org().add_hosted_runner("taken")
    return github.org().add_hosted_runner("h")


REFUSED: list[Refused] = [
    (lambda it: it.enterprise().add_group("g"), "visibility", "private", "can be private"),
    (lambda it: it.org().add_group("g"), "name", "default", "has a runner group 'default'"),
    (lambda it: it.org().add_group("g"), "selected", [99], "no repository with the id 99"),
    (lambda it: it.org(), "selected_repositories", [99], "no repository with the id 99"),
    (lambda it: it.org(), "enterprise", FakeGitHub().enterprise(), "of another fake GitHub"),
    (lambda it: it.org().add_runner("r", online=False), "version", "2.330.0", "never connected"),
    (lambda it: it.org().add_runner("r"), "labels", ["a,b"], "must not have commas"),
    (old, "name", "TAKEN", "has a hosted runner 'TAKEN'"),
    (old, "name", "a b", "is no name of a hosted runner"),
    (old, "image_version", "9.9.9", "has no version '9.9.9'"),
    (lambda it: it.add_token("t"), "scopes", ["admin:orgs"], "did you mean 'admin:org'"),
    (lambda it: it.add_token("t"), "permissions", {}, "has scopes, not permissions"),
]


@pytest.mark.parametrize(("made", "name", "value", "problem"), REFUSED)
def test_a_value_that_github_does_not_allow_is_refused(
    github: FakeGitHub, made: Callable[[FakeGitHub], Any], name: str, value: Any, problem: str
) -> None:
    """The attribute is as before."""
    it = made(github)
    before = getattr(it, name)
    with pytest.raises(ValueError, match=problem):
        setattr(it, name, value)
    assert getattr(it, name) == before


def test_a_token_sees_owners_that_there_are(github: FakeGitHub) -> None:
    """When it is added and later; the line names the nearest."""
    with pytest.raises(LookupError, match="no enterprise or organization 'octo-ogr'; did you mean"):
        github.add_token("t", owners=["octo-ogr"])
    token = github.add_token("t", owners=["OCTO-ORG"])
    with pytest.raises(LookupError, match="no enterprise or organization 'nobody'"):
        token.owners = ["nobody"]
    assert token.owners == ["OCTO-ORG"]


def test_a_group_may_be_named(github: FakeGitHub) -> None:
    """In any case of letters, for each kind of runner; a wrong name has a suggestion."""
    group = github.org().add_group("gpus")
    runner = github.org().add_runner("a", group="GPUS")
    assert (runner.group, github.org().add_hosted_runner("h", group="gpus").group) == (group, group)
    runner.move_to("default")
    assert runner.group is github.org().default_group()
    with pytest.raises(
        ValueError, match="octo-org has no runner group 'gpsu'; did you mean 'gpus'"
    ):
        runner.move_to("gpsu")
    with pytest.raises(ValueError, match="octo-org/octo-repo has no runner group 'gpus'"):
        github.repo().add_runner("b", group="gpus")


def test_an_organization_leaves_one_enterprise_for_another(github: FakeGitHub) -> None:
    """Each lists those that it has."""
    organization, other = github.org(), github.world.add_enterprise("other")
    organization.enterprise = other
    assert (github.enterprise().organizations, other.organizations) == (
        {},
        {"octo-org": organization},
    )


OF_A_USER = """
class Extended(FakeGitHub):
    def step(self, number, *others, **named):
        return number, others, named

    def typed(self, number: "ForTypeCheckersOnly"):
        return number
"""


def test_a_subclass_of_a_user_is_not_checked() -> None:
    """Its annotations may be missing or for type checkers only. What it inherits is checked."""
    names: dict[str, Any] = {"__name__": "tests_of_a_user", "FakeGitHub": FakeGitHub}
    exec(OF_A_USER, names)  # noqa: S102 - as in a module without types
    github = names["Extended"]()
    assert github.step(1, 2, key=3) == (1, (2,), {"key": 3})
    assert github.typed("any") == "any"
    github.stage = object()
    with pytest.raises(TypeError, match="Extended"):
        github.org(7)
