"""Retry policy for one call: whether and when to send it again.

Uses random jitter, and changes the state that all calls of a client share (`ClientState`). `retry`
has the table of the rules.
"""

from __future__ import annotations

import random
from typing import Any

import msgspec

from ..errors import CallError, ConnectFailed, OutcomeUnknown
from ..request.builder import Request
from ..request.operation import Operation
from ..response.errors.by_status import error_message, status_error
from ..response.rate_limit import DEFAULT_WAIT, Refusal, refusal, retry_after, utc_datetime
from ..response.response import Response
from ..response_errors import BadCredentials, Forbidden, RateLimited
from .context import ClientState, Options
from .pacing import Hold
from .retry import TRANSIENT

# The pauses before a call whose token is new and was rejected is sent again. In seconds.
_NEW_TOKEN_PAUSES = (1.0, 2.0, 4.0)

# The message of a 403 that may come from a server that does not know a token yet.
_NOT_ACCESSIBLE = "Resource not accessible by integration"

# Jitter in seconds after a wait for a rate limit, so that clients do not return all at once.
_JITTER = 2.0


class Pause(msgspec.Struct, frozen=True):
    """Seconds to wait before the next attempt, and why.

    `is_rate_limit` is whether a rate limit is the reason.
    """

    seconds: float
    reason: str
    is_rate_limit: bool = False


def outcome_unknown(operation: Operation[Any], error: CallError) -> OutcomeUnknown:
    """Return the error for an unsafe write that may have been carried out."""
    unknown = OutcomeUnknown(error, operation.lookup or "")
    unknown.attempts = error.attempts
    error.attempts = 1  # the message shows the attempts only once
    return unknown


class AttemptPolicy:
    """Retry policy of a call: counts its attempts and decides on the next one."""

    __slots__ = (
        "_maybe_carried_out",
        "_new_token_pauses",
        "_operation",
        "_options",
        "_renewed",
        "_state",
        "_until",
        "attempt",
    )

    def __init__(
        self, operation: Operation[Any], options: Options, state: ClientState, until: float
    ) -> None:
        self.attempt: int = 1
        self._operation: Operation[Any] = operation
        self._options = options
        self._state = state
        self._until = until
        self._renewed = False
        self._new_token_pauses = iter(_NEW_TOKEN_PAUSES)
        # Whether an earlier attempt without a usable response may have been carried out.
        self._maybe_carried_out = False

    def next(
        self, request: Request, outcome: Response | CallError, *, renewable: bool
    ) -> Pause | None:
        """Return the pause before the next attempt; None to retry at once with another token.

        Raises the error of the call if there is no next attempt.
        """
        if isinstance(outcome, CallError):
            return self._after_transport_error(outcome)
        state = self._state
        if outcome.status >= 500:
            return self._after_server_error(request, outcome)
        limit = refusal(outcome, error_message(outcome), state.clock.wall())
        if limit is not None:
            return self._after_rate_limit(request, outcome, limit)
        error = self._error(request, outcome)
        if outcome.token_is_new:
            return self._after_new_token(error)
        can_renew = renewable and state.source.is_renewable(request) and not self._renewed
        if outcome.status == 401 and can_renew and self.attempt < self._options.retry.attempts:
            self._renewed = True
            self.attempt += 1
            return None
        raise self._final(error)

    def wait_for(self, hold: Hold, request: Request) -> float:
        """Return the seconds to wait before a request that a rate limit holds back.

        Raises RateLimited if the wait is longer than the caller allows.
        """
        wait = max(0.0, hold.until - self._state.clock.now())
        if not self._may_wait(wait):
            error = self._error(request, hold.response)
            error.add_note("Not sent: an earlier request of this client reached the rate limit.")
            raise self._final(self._with_retry_at(error, hold.response, wait))
        return self._with_jitter(wait)

    def without_attempt(self, error: CallError) -> CallError:
        """Return the error of a call whose next attempt was not made."""
        error = self._final(error)
        error.attempts = self.attempt - 1
        return error

    def _after_transport_error(self, error: CallError) -> Pause:
        if not isinstance(error, ConnectFailed):
            self._raise_if_unsafe(error)
            self._maybe_carried_out = True
        self._state.check_open()
        if isinstance(error, ConnectFailed) and error.permanent:
            raise self._final(error)
        return self._retry(error, 0.0)

    def _after_server_error(self, request: Request, response: Response) -> Pause:
        error = self._error(request, response)
        self._raise_if_unsafe(error)
        if response.status not in TRANSIENT:
            raise self._final(error)
        self._maybe_carried_out = True
        return self._retry(error, retry_after(response, self._state.clock.wall()) or 0.0)

    def _after_rate_limit(self, request: Request, response: Response, limit: Refusal) -> Pause:
        # The driver has shared the limit with all calls. It sets the wait.
        wait = DEFAULT_WAIT if response.wait is None else response.wait
        if self.attempt >= self._options.retry.attempts or not self._may_wait(wait):
            raise self._final(self._with_retry_at(self._error(request, response), response, wait))
        self.attempt += 1
        return Pause(self._with_jitter(wait), f"the {limit.kind} rate limit was reached", True)

    def _after_new_token(self, error: CallError) -> Pause:
        """Return the pause before the same request is sent with the same token.

        Another one would be new as well. The rejection proves that nothing was carried out.
        """
        rejected = isinstance(error, BadCredentials) or (
            isinstance(error, Forbidden) and error.message.startswith(_NOT_ACCESSIBLE)
        )
        wait = next(self._new_token_pauses, None) if rejected else None
        in_time = wait is not None and self._state.clock.now() + wait < self._until
        if wait is None or not in_time or self.attempt >= self._options.retry.attempts:
            raise self._final(error)
        self.attempt += 1
        return Pause(wait, f"{type(error).__name__}: the token is new")

    def _retry(self, error: CallError, minimum: float) -> Pause:
        """Return the backoff before a retry, at least `minimum` seconds. Raises if none is left."""
        retry, state = self._options.retry, self._state
        wait = max(minimum, retry.pause(self.attempt - 1))
        allowed = minimum <= self._options.max_wait and state.clock.now() + wait < self._until
        if self.attempt >= retry.attempts or not allowed or not state.budget.spend():
            raise self._final(error)
        self.attempt += 1
        return Pause(wait, type(error).__name__)

    def _may_wait(self, wait: float) -> bool:
        now = self._state.clock.now()
        return wait <= self._options.max_wait and now + wait < self._until

    def _with_jitter(self, wait: float) -> float:
        """Add jitter to a wait, within `max_wait` and the time of the call."""
        left = min(self._options.max_wait, self._until - self._state.clock.now())
        return min(wait + random.uniform(0.0, _JITTER), max(wait, left))  # noqa: S311 - see Retry

    def _with_retry_at(self, error: CallError, response: Response, wait: float) -> CallError:
        if isinstance(error, RateLimited):
            wall = self._state.clock.wall()
            limit = refusal(response, error.message, wall)
            error.retry_at = utc_datetime(wall + wait)
            error.kind = "secondary" if limit is None else limit.kind
        return error

    def _error(self, request: Request, response: Response) -> CallError:
        state = self._state
        return status_error(self._operation, request.info, response, state.redact, state.rules)

    def _raise_if_unsafe(self, error: CallError) -> None:
        """Raise OutcomeUnknown if the operation is unsafe to retry."""
        if self._operation.repeat == "unsafe":
            error.attempts = self.attempt
            raise outcome_unknown(self._operation, error) from error

    def _final(self, error: CallError) -> CallError:
        """Add the number of attempts to the error of a call, and a note about earlier attempts."""
        error.attempts = self.attempt
        if self._maybe_carried_out and self._operation.repeat == "idempotent":
            error.add_note("An earlier attempt without a response may have been carried out.")
        return error
