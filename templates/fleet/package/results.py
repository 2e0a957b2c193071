"""Results of the helpers that delete runners. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from .._runtime.errors import ClientError
from .._runtime.lazy import publish
from ..models import Runner

Reason: TypeAlias = Literal[
    "online", "busy", "not connected yet", "too young", "limit reached", "changed"
]


@dataclass(frozen=True, kw_only=True)
class Drained:
    """What a drain did. The runner is gone.

    Attributes:
        runner_id: The id of the runner.
        runner: The runner as it was last seen; None if it was gone from the start.
        outcome: `deleted` if GitHub confirmed the deletion. `gone` if the runner is gone without
            that: see `delete_sent`.
        delete_sent: Whether a deletion was sent that may have removed the runner. If the outcome is
            `gone` and this is True, its response was lost; if False, something else removed it.
        seconds: How long the drain took, in seconds.
    """

    runner_id: int
    runner: Runner | None
    outcome: Literal["deleted", "gone"]
    delete_sent: bool
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A runner whose name matches, and that was not deleted.

    Attributes:
        runner: The runner.
        reason: Why it was kept. `changed`: it was offline when the list was read, and another
            property differed just before the deletion.
        offline_for: For how many seconds it has been seen offline.
    """

    runner: Runner
    reason: Reason
    offline_for: float


@dataclass(frozen=True, kw_only=True)
class Failed:
    """A runner that could not be deleted.

    Attributes:
        runner: The runner.
        error: Why.
    """

    runner: Runner
    error: ClientError


@dataclass(frozen=True, kw_only=True)
class Reaped:
    """What a reaper did with the runners whose names match. Each is in one of the lists but `due`.

    Attributes:
        dry_run: Whether nothing was to be deleted.
        due: The runners that qualified when the list was read, at most `at_most` of them. In a dry
            run, they are in no other list.
        deleted: The runners that were deleted, as GitHub confirmed.
        gone: The runners that are gone without that: somebody else deleted them, or the response of
            the deletion was lost.
        kept: The runners that were kept, with the reason.
        failed: The runners that could not be deleted, with the error. Each is still there, or could
            not be looked up.
    """

    dry_run: bool
    due: tuple[Runner, ...]
    deleted: tuple[Runner, ...]
    gone: tuple[Runner, ...]
    kept: tuple[Kept, ...]
    failed: tuple[Failed, ...]


publish(__name__)
