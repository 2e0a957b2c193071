"""Context of a call: its options, and the state that all calls of a client share.

Holds, and does nothing. May be shared by threads: each part guards itself.
"""

from __future__ import annotations

import msgspec

from ..clock import Clock
from ..redaction import Redactor
from .observe import Hooks
from .pacing import Pacer
from .retry import Budget, Retry
from .steps import TokenSource
from .timeout import Timeout


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How calls are made: see the arguments of a client."""

    timeout: Timeout
    retry: Retry
    max_wait: float
    strict: bool
    hooks: Hooks


class ClientState(msgspec.Struct, kw_only=True):
    """One pace, one budget of repeats, one source of tokens. `warned` holds what was warned of.

    `is_github` is whether GitHub answers, whose errors have a form of their own.
    """

    source: TokenSource
    redact: Redactor
    pacer: Pacer
    clock: Clock = msgspec.field(default_factory=Clock)
    budget: Budget = msgspec.field(default_factory=Budget)
    warned: set[str] = msgspec.field(default_factory=set[str])
    closed: bool = False
    is_github: bool = True
