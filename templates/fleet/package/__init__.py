"""Fleet helpers: what operators do with runners, over any scope.

Start with `Fleet` and `AsyncFleet`. See docs/fleet.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._async.fleet import AsyncFleet
    from ._sync.fleet import Fleet
    from .errors import HistoryInUse, HistoryUnusable, LabelsNotRestored, RunnerGone, WaitTimedOut
    from .results import Drained, Failed, Kept, Reaped
    from .snapshots import Change, Changes, Snapshot

__all__ = [
    "AsyncFleet",
    "Change",
    "Changes",
    "Drained",
    "Failed",
    "Fleet",
    "HistoryInUse",
    "HistoryUnusable",
    "Kept",
    "LabelsNotRestored",
    "Reaped",
    "RunnerGone",
    "Snapshot",
    "WaitTimedOut",
]

if not TYPE_CHECKING:
    from .._runtime.lazy import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "AsyncFleet": "._async.fleet",
            "Change": ".snapshots",
            "Changes": ".snapshots",
            "Drained": ".results",
            "Failed": ".results",
            "Fleet": "._sync.fleet",
            "HistoryInUse": ".errors",
            "HistoryUnusable": ".errors",
            "Kept": ".results",
            "LabelsNotRestored": ".errors",
            "Reaped": ".results",
            "RunnerGone": ".errors",
            "Snapshot": ".snapshots",
            "WaitTimedOut": ".errors",
        },
    )
