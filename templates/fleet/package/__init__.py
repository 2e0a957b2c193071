"""Fleet helpers: what operators do with runners, over any scope.

Start with `Fleet` and `AsyncFleet`. See docs/fleet.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._async.fleet import AsyncFleet
    from ._sync.fleet import Fleet
    from .access import GroupReport
    from .errors import (
        GroupNotFound,
        GroupNotRestricted,
        HistoryInUse,
        HistoryUnusable,
        HostedRunnerStuck,
        HostedRunnerTimedOut,
        LabelsNotRestored,
        NameTaken,
        RunnerGone,
        WaitTimedOut,
    )
    from .labels import LabelChange, LabelReport
    from .prometheus import prometheus_text
    from .provision.jit_runner import JitRunner
    from .results import Drained, Failed, Kept, Reaped
    from .snapshots import Change, Changes, Snapshot
    from .versions import VersionAudit, VersionStatus

__all__ = [
    "AsyncFleet",
    "Change",
    "Changes",
    "Drained",
    "Failed",
    "Fleet",
    "GroupNotFound",
    "GroupNotRestricted",
    "GroupReport",
    "HistoryInUse",
    "HistoryUnusable",
    "HostedRunnerStuck",
    "HostedRunnerTimedOut",
    "JitRunner",
    "Kept",
    "LabelChange",
    "LabelReport",
    "LabelsNotRestored",
    "NameTaken",
    "Reaped",
    "RunnerGone",
    "Snapshot",
    "VersionAudit",
    "VersionStatus",
    "WaitTimedOut",
    "prometheus_text",
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
            "GroupNotFound": ".errors",
            "GroupNotRestricted": ".errors",
            "GroupReport": ".access",
            "HistoryInUse": ".errors",
            "HistoryUnusable": ".errors",
            "HostedRunnerStuck": ".errors",
            "HostedRunnerTimedOut": ".errors",
            "JitRunner": ".provision.jit_runner",
            "Kept": ".results",
            "LabelChange": ".labels",
            "LabelReport": ".labels",
            "LabelsNotRestored": ".errors",
            "NameTaken": ".errors",
            "Reaped": ".results",
            "RunnerGone": ".errors",
            "Snapshot": ".snapshots",
            "VersionAudit": ".versions",
            "VersionStatus": ".versions",
            "WaitTimedOut": ".errors",
            "prometheus_text": ".prometheus",
        },
    )
