"""Seeing what a client does: a line in the log, and the caller's own functions, for each attempt.

Writes to the logger of the package. What is shown is listed here, and nothing else is: method and
path, numbers and times, the id of the request. No query, no header, no body.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import CallError, RequestInfo

if TYPE_CHECKING:
    from .flow import Outcome, Send, Wait
    from .secret import Redactor

_log = logging.getLogger(__name__.partition(".")[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A request that is about to be sent; `number` counts from 1."""

    request: RequestInfo
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnded:
    """What became of an attempt: a `status`, or the `error` that no reply came.

    `seconds` is how long it took.
    """

    request: RequestInfo
    number: int
    seconds: float
    status: int | None
    request_id: str | None
    error: CallError | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Functions that are called before and after each attempt, in its thread or task.

    They must not block. What they raise is logged and does not reach the call.
    """

    before: Callable[[Attempt], object] | None = None
    after: Callable[[AttemptEnded], object] | None = None


NO_HOOKS = Hooks()


def started(hooks: Hooks, send: Send) -> None:
    """Tell of an attempt that is about to be made."""
    if hooks.before is not None:
        _call(hooks.before, Attempt(request=send.request.info, number=send.attempt))


def ended(hooks: Hooks, send: Send, outcome: Outcome, seconds: float, redact: Redactor) -> None:
    """Tell what became of an attempt."""
    if hooks.after is None and not _log.isEnabledFor(logging.DEBUG):
        return
    reply, error = (None, outcome) if isinstance(outcome, CallError) else (outcome, None)
    said = None if reply is None else reply.header("x-github-request-id")
    event = AttemptEnded(
        request=send.request.info,
        number=send.attempt,
        seconds=seconds,
        status=None if reply is None else reply.status,
        request_id=None if said is None else redact(said, 200),
        error=error,
    )
    _log.debug(
        "%s: %s in %.3f s (attempt %d, request %s)",
        event.request,
        event.status or type(error).__name__,
        seconds,
        event.number,
        event.request_id,
    )
    if hooks.after is not None:
        _call(hooks.after, event)


def waits(wait: Wait) -> None:
    """Tell of a wait between two attempts."""
    _log.info("%s: waits %.1f s: %s", wait.request.info, wait.seconds, wait.reason)


def _call(hook: Callable[..., object], event: object) -> None:
    try:
        hook(event)
    except Exception:  # noqa: BLE001 - a program's own mistake, which is not the call's
        _log.exception("a hook of the client failed")
