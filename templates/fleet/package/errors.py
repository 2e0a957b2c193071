"""Errors of the fleet helpers, all of them subclasses of ClientError."""

from __future__ import annotations

from collections.abc import Sequence

from .._runtime.errors import ClientError
from .._runtime.lazy import publish
from ..models import HostedRunner, Runner


class NameTaken(ClientError):
    """Another runner has the name, and it must not be removed.

    Outcome: No runner was registered or created, and none was removed.
    What to do: Use another name, or `on_conflict="fresh_name"`.

    Attributes:
        name: The name.
        runner: The runner that has it; None if GitHub reports one that no list shows.
    """

    name: str
    runner: Runner | HostedRunner | None

    def __init__(self, name: str, runner: Runner | HostedRunner | None, problem: str) -> None:
        super().__init__(f"the name {name!r} is taken: {problem}")
        self.name = name
        self.runner = runner


class GroupNotFound(ClientError):
    """The scope has no runner group of that name.

    Outcome: Nothing was changed.
    What to do: Correct the name, or create the group.

    Attributes:
        name: The name.
        known: The names of the groups that the scope has.
    """

    name: str
    known: tuple[str, ...]

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(f"no runner group {name!r}; there are {', '.join(known)}")
        self.name = name
        self.known = tuple(known)


class HostedRunnerStuck(ClientError):
    """A hosted runner is stuck, or was deleted, before it was ready.

    Outcome: The hosted runner was created, unless somebody has deleted it.
    What to do: Delete it and create it again, or ask GitHub's support.

    Attributes:
        runner: The hosted runner as it was last seen.
    """

    runner: HostedRunner

    def __init__(self, runner: HostedRunner, problem: str) -> None:
        super().__init__(f"hosted runner {runner.name!r} (id {runner.id}) {problem}")
        self.runner = runner


class HostedRunnerTimedOut(ClientError):
    """A hosted runner was not ready, or not gone, within the time limit.

    Outcome: GitHub goes on with it.
    What to do: Call the method again with the same arguments, which continues the wait.

    Attributes:
        runner: The hosted runner as it was last seen; None if it was not seen yet.
    """

    runner: HostedRunner | None

    def __init__(self, name: str, runner: HostedRunner | None, aim: str, seconds: float) -> None:
        state = "not there yet" if runner is None else runner.status
        super().__init__(f"hosted runner {name!r} was not {aim} after {seconds:g} s: it is {state}")
        self.runner = runner


publish(__name__)
