"""Finding a runner of a fleet by its name."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fake.scopes import KINDS, owner_of
from fleet.plays import Play, list_by, move_unseen
from ghrunners.fake import FakeGitHub


@pytest.mark.parametrize("kind", KINDS)
def test_a_runner_is_found_by_its_name(github: FakeGitHub, play: Play, kind: str) -> None:
    """A name is compared without case, and a name of no runner is None."""
    added = owner_of(github, kind).add_runner("Build-01")
    for name in ("Build-01", "build-01"):
        assert play("find", name, kind=kind).id == added.id
    assert play("find", "build-02", kind=kind) is None


def test_a_runner_is_found_with_one_request(github: FakeGitHub, play: Play) -> None:
    """The server's filter is used, so that the whole list is read only if it finds nothing."""
    github.org().add_runner("build-01")
    play("find", "build-01")
    assert [call.arguments["name"] for call in github.calls] == ["build-01"]


@pytest.mark.parametrize("way", ["ignored", "prefix", "substring"])
def test_another_meaning_of_name_finds_no_other_runner(
    github: FakeGitHub, play: Play, way: str
) -> None:
    """A server that ignores the name, or takes it for a part of one, misleads nobody."""
    ways: dict[str, Callable[[str, str], bool]] = {
        "ignored": lambda _, __: True,
        "prefix": lambda it, name: it.startswith(name),
        "substring": lambda it, name: name in it,
    }
    list_by(github, ways[way])
    for name in ("build-011", "old-build-01", "build-01"):
        wanted = github.org().add_runner(name)
    plain = next(iter(github.client().org("octo-org").runners.list(name="build-01")))
    assert plain.name != "build-01"
    assert play("find", "build-01").id == wanted.id
    wanted.remove()
    assert play("find", "build-01") is None


def test_a_list_that_moves_hides_no_runner(github: FakeGitHub, play: Play) -> None:
    """A runner that moves to a page which was read is found all the same."""
    for number in range(100):
        github.org().add_runner(f"r{number}")
    wanted = github.org().add_runner("wanted")
    list_by(github, lambda _, __: True)
    move_unseen(github, "r0", "new")
    plain = list(github.client().org("octo-org").runners.list(name="wanted"))
    assert "wanted" not in [it.name for it in plain]
    move_unseen(github, "r1", "newer")
    assert play("find", "wanted").id == wanted.id
