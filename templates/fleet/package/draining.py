"""Rules of a drain: which labels it removes, and what an error says about a deletion."""

from __future__ import annotations

from typing import Literal

from .. import RunnerBusy
from .._runtime.clock import Stopped
from .._runtime.errors import ClientError, ConnectFailed
from .._runtime.response_errors import NotFound, RateLimited
from ..models import Runner
from .results import Drained
from .waits import Deadline

# The most labels of one request.
AT_ONCE = 100
# What ends a program or a thread. Nothing replaces it.
INTERRUPTS = (KeyboardInterrupt, SystemExit, Stopped)


def custom_labels(runner: Runner) -> list[str]:
    """Return the names of the labels that can be removed."""
    return [it.name for it in runner.labels if it.type != "read-only"]


def may_be_done(error: ClientError) -> bool:
    """Return whether a deletion that ended with this error may have been carried out."""
    if isinstance(error, (ConnectFailed, NotFound, RateLimited)):
        # A first attempt may have done it, and the response was lost.
        return error.attempts > 1
    return not isinstance(error, RunnerBusy)


def drained(
    runner_id: int,
    runner: Runner | None,
    outcome: Literal["deleted", "gone"],
    deadline: Deadline,
    *,
    delete_sent: bool,
) -> Drained:
    """Return the result of a drain that ends now."""
    return Drained(
        runner_id=runner_id,
        runner=runner,
        outcome=outcome,
        delete_sent=delete_sent,
        seconds=deadline.passed(),
    )
