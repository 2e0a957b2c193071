"""Calls of fleet helpers, sync and async alike, and lists that change while they are read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from fake.scopes import owner_of
from fleet.flavours import call
from ghrunners.fake import FakeGitHub, Runner
from ghrunners.fake.endpoints import shapes
from ghrunners.testing import Call

Flavour = Literal["sync", "async"]


class Play:
    """Helpers of a fleet of a fake GitHub, in one flavour.

    Args:
        flavour: `sync` or `async`.
        github: The fake.
    """

    def __init__(self, flavour: Flavour, github: FakeGitHub) -> None:
        self._flavour = flavour
        self._github = github

    def __call__(self, method: str, *args: Any, kind: str = "org", **options: Any) -> Any:
        """Call a helper to its end, and return its result."""
        return call(
            self._github,
            self._flavour,
            lambda fleet: getattr(fleet, method)(*args, **options),
            kind,
        )


def offline(github: FakeGitHub, name: str, kind: str = "org") -> Runner:
    """Add a runner that has connected, and is offline."""
    runner = owner_of(github, kind).add_runner(name)
    runner.disconnect()
    return runner


def move_unseen(github: FakeGitHub, leaver: str, newcomer: str) -> None:
    """Remove a runner of the first page, and add another one at the end, before the second page.

    The total stays the same, no runner comes twice, and the first one of the second page moves to
    the first page, which has been read.
    """
    org = github.org()
    pages = iter(range(1000))

    def order(items: Any) -> Any:
        if next(pages) == 1:
            org.runner(leaver).remove()
            org.add_runner(newcomer)
            return list(org.runners.values())
        return items

    github.world.list_order = order


def list_by(github: FakeGitHub, matches: Callable[[str, str], bool]) -> None:
    """Let the server compare names with the argument `name` in another way."""

    def listed(call: Call) -> Any:
        name = call.arguments.get("name")
        runners = list(github.org().runners.values())
        shown = [it for it in runners if name is None or matches(it.name, name)]
        return [shapes.runner(it) for it in github.world.in_list_order(shown)]

    github.respond("org.runners.list", listed)
