"""Fleet helpers: what operators do with runners, over any scope.

Start with `Fleet` and `AsyncFleet`. See docs/fleet.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._async.fleet import AsyncFleet
    from ._sync.fleet import Fleet
    from .errors import GroupNotFound, HostedRunnerStuck, HostedRunnerTimedOut, NameTaken
    from .labels import LabelChange, LabelReport
    from .provision.jit_runner import JitRunner
    from .versions import VersionAudit, VersionStatus

__all__ = [
    "AsyncFleet",
    "Fleet",
    "GroupNotFound",
    "HostedRunnerStuck",
    "HostedRunnerTimedOut",
    "JitRunner",
    "LabelChange",
    "LabelReport",
    "NameTaken",
    "VersionAudit",
    "VersionStatus",
]

if not TYPE_CHECKING:
    from .._runtime.lazy import lazy

    __getattr__, __dir__ = lazy(
        __name__,
        {
            "AsyncFleet": "._async.fleet",
            "Fleet": "._sync.fleet",
            "GroupNotFound": ".errors",
            "HostedRunnerStuck": ".errors",
            "HostedRunnerTimedOut": ".errors",
            "JitRunner": ".provision.jit_runner",
            "LabelChange": ".labels",
            "LabelReport": ".labels",
            "NameTaken": ".errors",
            "VersionAudit": ".versions",
            "VersionStatus": ".versions",
        },
    )
