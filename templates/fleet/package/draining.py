"""Rules of a drain: what an error means for a deletion, and the result."""

from __future__ import annotations

from typing import Literal

from .. import RunnerBusy
from .._runtime.clock import Stopped
from .._runtime.errors import ClientError, ConnectFailed
from .._runtime.response_errors import NotFound, RateLimited
from ..models import Runner
from .results import Drained
from .waits import Deadline

# Exceptions that end a program or a thread. No other error replaces them.
INTERRUPTS = (KeyboardInterrupt, SystemExit, Stopped)


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
