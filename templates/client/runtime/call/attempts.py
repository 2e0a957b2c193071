"""Retry policy for one call: whether and when to send it again.

Changes what all calls of a client share (`ClientState`), and nothing else. `retry` draws the table of the rules.
"""

from __future__ import annotations

import random
from typing import Any

import msgspec

from ..errors import CallError, ConnectFailed, OutcomeUnknown
from ..request.builder import Request
from ..request.operation import Operation
from ..response.rate_limit import Refusal, moment_at, refusal, retry_after
from ..response.response import Response
from ..response.status_errors import error_message, status_error
from ..response_errors import RateLimited
from .context import ClientState, Options
from .pacing import Hold
from .retry import TRANSIENT

# After a wait that the server asked for, its clients do not come back all at once.
_SPREAD = 2.0


class Pause(msgspec.Struct, frozen=True):
    """Seconds to wait before the next attempt, and why; `limited` is for a rate limit."""

    seconds: float
    reason: str
    limited: bool = False


def unknown(operation: Operation[Any], error: CallError) -> OutcomeUnknown:
    """Make the error of an unsafe write that may have been carried out."""
    found = OutcomeUnknown(error, operation.lookup or "")
    found.attempts = error.attempts
    error.attempts = 1  # said once is enough
    return found


class AttemptPolicy:
    """Counts the attempts of a call and decides on the next one."""

    __slots__ = ("_maybe", "_operation", "_options", "_renewed", "_state", "_until", "attempt")

    def __init__(
        self, operation: Operation[Any], options: Options, state: ClientState, until: float
    ) -> None:
        self.attempt: int = 1
        self._operation: Operation[Any] = operation
        self._options = options
        self._state = state
        self._until = until
        self._renewed = False
        # Whether an earlier attempt may have been carried out without our hearing of it.
        self._maybe = False

    def next(
        self, request: Request, outcome: Response | CallError, *, renewable: bool
    ) -> Pause | None:
        """Give the pause before the next attempt, or None for at once with another token.

        Raises the error of the call when there is no next one.
        """
        if isinstance(outcome, CallError):
            return self._unanswered(outcome)
        state = self._state
        if outcome.status >= 500:
            return self._failed(request, outcome)
        limit = refusal(outcome, error_message(outcome), state.clock.wall())
        if limit is not None:
            return self._limited(request, outcome, limit)
        again = renewable and state.source.is_renewable(request) and not self._renewed
        if outcome.status == 401 and again and self.attempt < self._options.retry.attempts:
            self._renewed = True
            self.attempt += 1
            return None
        raise self._final(self._error(request, outcome))

    def hold(self, request: Request, hold: Hold) -> float:
        """Give the seconds to wait before a request that a limit holds back.

        Raises RateLimited when that is longer than the caller allows.
        """
        wait = max(0.0, hold.until - self._state.clock.now())
        if not self._may_wait(wait):
            error = self._error(request, hold.response)
            error.add_note("Not sent: an earlier request of this client was refused.")
            raise self._final(self._limited_until(error, hold.response, wait))
        return self._spread(wait)

    def _unanswered(self, error: CallError) -> Pause:
        if not isinstance(error, ConnectFailed):
            self._not_unsafe(error)
            self._maybe = True
        return self._again(error, 0.0)

    def _failed(self, request: Request, response: Response) -> Pause:
        error = self._error(request, response)
        self._not_unsafe(error)
        if response.status not in TRANSIENT:
            raise self._final(error)
        self._maybe = True
        return self._again(error, retry_after(response, self._state.clock.wall()) or 0.0)

    def _limited(self, request: Request, response: Response, limit: Refusal) -> Pause:
        state = self._state
        wait = state.pacer.refused(
            state.clock.now(), limit, response, state.source.account(request), self._operation.id
        )
        if self.attempt >= self._options.retry.attempts or not self._may_wait(wait):
            raise self._final(self._limited_until(self._error(request, response), response, wait))
        self.attempt += 1
        return Pause(self._spread(wait), f"the {limit.kind} rate limit was reached", True)

    def _again(self, error: CallError, least: float) -> Pause:
        """Give the pause before a repeat, at least what the server asked for."""
        retry, state = self._options.retry, self._state
        wait = max(least, retry.pause(self.attempt - 1))
        allowed = least <= self._options.max_wait and state.clock.now() + wait < self._until
        if self.attempt >= retry.attempts or not allowed or not state.budget.spend():
            raise self._final(error)
        self.attempt += 1
        return Pause(wait, type(error).__name__)

    def _may_wait(self, wait: float) -> bool:
        now = self._state.clock.now()
        return wait <= self._options.max_wait and now + wait < self._until

    def _spread(self, wait: float) -> float:
        """Lengthen a wait a little, within what is allowed."""
        left = min(self._options.max_wait, self._until - self._state.clock.now())
        return min(wait + random.uniform(0.0, _SPREAD), max(wait, left))  # noqa: S311 - see Retry

    def _limited_until(self, error: CallError, response: Response, wait: float) -> CallError:
        if isinstance(error, RateLimited):
            wall = self._state.clock.wall()
            limit = refusal(response, error.message, wall)
            error.retry_at = moment_at(wall + wait)
            error.kind = "secondary" if limit is None else limit.kind
        return error

    def _error(self, request: Request, response: Response) -> CallError:
        state = self._state
        return status_error(request.info, response, state.redact, is_github=state.is_github)

    def _not_unsafe(self, error: CallError) -> None:
        """Raise what an attempt means that an unsafe write may have been carried out by."""
        if self._operation.repeat == "unsafe":
            error.attempts = self.attempt
            raise unknown(self._operation, error) from error

    def _final(self, error: CallError) -> CallError:
        """Give an error what it says of the call as a whole."""
        error.attempts = self.attempt
        if self._maybe and self._operation.repeat == "idempotent":
            error.add_note(
                "An earlier attempt ended without an answer: it may have been carried out."
            )
        return error
