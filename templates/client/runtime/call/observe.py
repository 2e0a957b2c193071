"""Logging and hooks: a log line and the caller's hooks for each attempt.

Writes to the logger of the package. The lines show method, path, status, seconds, attempt, request
id, the remaining rate limit and the reason of a wait. They show no query, no body and no other
header.

The logger has no handler. Without a logging configuration, Python therefore prints warnings and
errors to stderr: waits for a rate limit, and failed hooks.

    DEBUG      an attempt ended; a token is requested; a write waits for pacing
    INFO       a request is retried after a failure
    WARNING    a request waits for a rate limit
    ERROR      a hook raised an exception
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from ..errors import CallError, RequestInfo
from ..lazy import publish
from ..response.errors.headers import request_id

if TYPE_CHECKING:
    from ..redaction import Redactor
    from .steps import Outcome, Send, Wait

_log = logging.getLogger(__name__.partition(".")[0])


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """A request that is about to be sent: what the hook `before` is called with.

    Attributes:
        request: Method, path and operation of the request.
        number: Which attempt of its call this is, counted from 1.
        origin: The server that the request goes to, such as `https://api.example.com`.
    """

    request: RequestInfo
    number: int
    origin: str = ""


class AttemptEnded(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one attempt: what the hook `after` is called with.

    Attributes:
        request: Method, path and operation of the request.
        number: Which attempt of its call this was, counted from 1.
        seconds: How long the attempt took, in seconds.
        status: The status of the response; None if no response came.
        request_id: The server's id of the request, if the response has one.
        error: Why no response came; None if one came, whatever its status.
        cached: Whether the body came from the client's cache, which the server had confirmed.
        origin: The server that the request went to, such as `https://api.example.com`.
    """

    request: RequestInfo
    number: int
    seconds: float
    status: int | None
    request_id: str | None
    error: CallError | None
    cached: bool = False
    origin: str = ""


class Hooks(msgspec.Struct, frozen=True, kw_only=True):
    """Functions that observe every attempt, for metrics and tracing.

    They run in the thread or task of the call and must not block. An exception that one raises is
    logged and does not reach the call.

    Args:
        before: Called with an `Attempt` before each attempt. Default: None, no function.
        after: Called with an `AttemptEnded` after each attempt. Default: None, no function.

    Raises:
        TypeError: A hook is not callable, or is an async function.
    """

    before: Callable[[Attempt], object] | None = None
    after: Callable[[AttemptEnded], object] | None = None

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            return
        from inspect import iscoroutinefunction

        for name, hook in (("before", self.before), ("after", self.after)):
            if hook is not None and not callable(hook):
                raise TypeError(f"the hook {name} must be callable, not {type(hook).__name__}")
            if iscoroutinefunction(hook):
                raise TypeError(f"the hook {name} must not be async: it is called, not awaited")


def attempt_started(hooks: Hooks, send: Send) -> None:
    """Call the hook `before`."""
    if hooks.before is not None:
        request = send.request
        attempt = Attempt(request=request.info, number=send.attempt, origin=request.base.origin)
        _call(hooks.before, attempt)


def attempt_ended(
    hooks: Hooks, send: Send, outcome: Outcome, seconds: float, redact: Redactor
) -> None:
    """Log the outcome of an attempt, and call the hook `after`."""
    if hooks.after is None and not _log.isEnabledFor(logging.DEBUG):
        return
    response, error = (None, outcome) if isinstance(outcome, CallError) else (outcome, None)
    remaining = None if response is None else response.header("x-ratelimit-remaining")
    event = AttemptEnded(
        request=send.request.info,
        number=send.attempt,
        seconds=seconds,
        status=None if response is None else response.status,
        request_id=None if response is None else request_id(response, redact),
        error=error,
        cached=response is not None and response.cached,
        origin=send.request.base.origin,
    )
    _log.debug(
        "%s: %s%s in %.3f s (attempt %d, request id %s, rate limit remaining %s)",
        event.request,
        event.status or type(error).__name__,
        " from the cache" if event.cached else "",
        seconds,
        event.number,
        event.request_id,
        None if remaining is None else redact(remaining, 20),
    )
    if hooks.after is not None:
        _call(hooks.after, event)


def log_wait(wait: Wait) -> None:
    """Log a wait before an attempt."""
    if wait.is_rate_limit:
        text, level = "%s: waiting %.1f s: %s", logging.WARNING
    else:
        text, level = "%s: retry in %.1f s after %s", logging.INFO
    _log.log(level, text, wait.request.info, wait.seconds, wait.reason)


def log_pacing(send: Send, seconds: float) -> None:
    """Log a wait for pacing."""
    _log.debug("%s: waiting %.1f s for throttling", send.request.info, seconds)


def log_renewal(send: Send) -> None:
    """Log that a token is requested before an attempt."""
    _log.debug("%s: requesting a token", send.request.info)


def _call(hook: Callable[..., object], event: object) -> None:
    try:
        hook(event)
    except Exception:  # noqa: BLE001 - a program's own mistake, which is not the call's
        _log.exception("a hook of the client failed")


publish(__name__)
