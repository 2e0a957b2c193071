"""Errors of the fleet helpers.

    ClientError
    ├── WaitTimedOut
    ├── RunnerGone
    ├── LabelsNotRestored
    ├── HistoryUnusable
    │   └── HistoryInUse
    ├── NameTaken
    ├── GroupNotFound
    ├── GroupNotRestricted
    ├── HostedRunnerStuck
    └── HostedRunnerTimedOut

Each can be pickled, like every error of the client.
"""

from __future__ import annotations

from collections.abc import Sequence

from .._runtime.errors import ClientError
from .._runtime.lazy import publish
from ..models import EnterpriseRunnerGroup, HostedRunner, Runner, RunnerGroup


class WaitTimedOut(ClientError):
    """A wait passed its deadline.

    Outcome: The runner is as it was last seen.
    What to do: Wait again, with a longer `timeout`. If the reads failed, the cause of this error is
    the error of the last one.

    Attributes:
        runner: The runner as it was last seen; None if it was never read.
        runner_id: The id of the runner.
        condition: What was waited for, in words.
        seconds: The timeout of the wait, in seconds.
    """

    runner: Runner | None
    runner_id: int
    condition: str
    seconds: float

    def __init__(
        self, runner_id: int, runner: Runner | None, condition: str, seconds: float, note: str = ""
    ) -> None:
        seen = "it was never read" if runner is None else f"it was last seen {state(runner)}"
        shown = f"runner {runner_id}" if runner is None else f"runner {runner.name!r} ({runner.id})"
        super().__init__(f"{shown} is not {condition} after {seconds:g} s; {seen}{note}")
        self.runner = runner
        self.runner_id = runner_id
        self.condition = condition
        self.seconds = seconds


class RunnerGone(ClientError):
    """The runner of a wait is gone, so the condition can no longer be met.

    Outcome: The runner is not registered any more. A read by its id and the list agree.
    What to do: Register a new runner if one is needed; its id is another one.

    Attributes:
        runner: The runner as it was last seen; None if it was never read.
        runner_id: The id of the runner.
        condition: What was waited for, in words.
    """

    runner: Runner | None
    runner_id: int
    condition: str

    def __init__(self, runner_id: int, runner: Runner | None, condition: str) -> None:
        shown = f"runner {runner_id}" if runner is None else f"runner {runner.name!r} ({runner.id})"
        super().__init__(f"{shown} is gone and will never be {condition}")
        self.runner = runner
        self.runner_id = runner_id
        self.condition = condition


class LabelsNotRestored(ClientError):
    """A drain failed after it had removed the labels of a runner, and they could not be added again.

    Outcome: The runner is registered, and may lack the labels.
    What to do: Add `labels` with `runners.add_labels`. The cause is the error that ended the drain.

    Attributes:
        runner: The runner before its labels were removed.
        labels: The labels that it may lack.
    """

    runner: Runner
    labels: Sequence[str]

    def __init__(self, runner: Runner, labels: Sequence[str], problem: str) -> None:
        listed = ", ".join(labels)
        super().__init__(
            f"runner {runner.name!r} ({runner.id}) may lack its labels {listed}: they could not be"
            f" added again: {problem}"
        )
        self.runner = runner
        self.labels = tuple(labels)


class HistoryUnusable(ClientError):
    """A history file cannot be read or written, is damaged, or is one of another scope.

    Outcome: If the file could not be read, nothing was sent and the file is unchanged. If it could
    not be written, the runners have been read and no more; ages start where they were.
    What to do: Correct the path or the permissions. Delete a damaged file: all ages start anew.

    Attributes:
        path: The path of the file.
        problem: What is wrong with it.
    """

    path: str
    problem: str

    def __init__(self, path: str, problem: str) -> None:
        super().__init__(f"{path}: {problem}")
        self.path = path
        self.problem = problem


class HistoryInUse(HistoryUnusable):
    """Another process, thread or task is working with the history file.

    Outcome: Nothing was sent.
    What to do: Run this again when the other one has ended. Its lock ends with its process.
    """

    def __init__(self, path: str) -> None:
        super().__init__(
            path, "another run is working with this history; run this when it has ended"
        )


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
        self.known = tuple(dict.fromkeys(known))
        has = ", ".join(map(repr, self.known)) or "none"
        super().__init__(f"no runner group {name!r}; the scope has {has}")
        self.name = name


class GroupNotRestricted(ClientError):
    """A runner group is not restricted: it belongs to the enterprise, or others keep changing it.

    Outcome: A group of the enterprise was not changed. Another one was, and is as it was last seen.
    What to do: Restrict the group in the enterprise that it belongs to. If others change it, stop
    them, and call it again.

    Attributes:
        name: The name.
        group: The group; None if others have deleted it.
    """

    name: str
    group: EnterpriseRunnerGroup | RunnerGroup | None

    def __init__(
        self, name: str, group: EnterpriseRunnerGroup | RunnerGroup | None, problem: str
    ) -> None:
        super().__init__(f"runner group {name!r} is not restricted: {problem}")
        self.name = name
        self.group = group


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
        seen = "it was never seen" if runner is None else f"it was last seen {runner.status}"
        super().__init__(f"hosted runner {name} is not {aim} after {seconds:g} s; {seen}")
        self.runner = runner


def state(runner: Runner) -> str:
    """Return the state of a runner in words."""
    return f"{runner.status}, {'busy' if runner.busy else 'not busy'}"


publish(__name__)
