"""Counts of runners in the text format of Prometheus. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from .._runtime.lazy import publish
from .snapshots import Snapshot

_UP = """\
# HELP github_runners_up Whether the runners of the scope could be read.
# TYPE github_runners_up gauge"""
_RUNNERS = """\
# HELP github_runners Runners of the scope by state, each counted once.
# TYPE github_runners gauge"""


def prometheus_text(snapshots: Mapping[str, Snapshot | None]) -> str:
    """Return the counts of snapshots, by the names of their scopes, in Prometheus' text format.

    None stands for a scope that could not be read. It has `github_runners_up` 0 and no other metric,
    since a fleet that nobody could count is not an empty one. The other scopes have `github_runners`
    by `state`: the `counts` of the snapshot. The media type is `text/plain; version=0.0.4`.
    """
    up, runners = [_UP], [_RUNNERS]
    for scope, snapshot in snapshots.items():
        up.append(_sample("github_runners_up", int(snapshot is not None), scope=scope))
        counts: Mapping[str, int] = {} if snapshot is None else snapshot.counts
        for state, number in counts.items():
            runners.append(_sample("github_runners", number, scope=scope, state=state))
    return "\n".join([*up, *runners, ""])


def _sample(metric: str, value: int, **labels: str) -> str:
    text = ",".join(f'{name}="{_escaped(it)}"' for name, it in labels.items())
    return f"{metric}{{{text}}} {value}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


publish(__name__)
