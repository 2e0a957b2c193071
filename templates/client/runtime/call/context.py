"""What a client shares with those made from it by `with_options`. Holds, and does nothing.

May be shared by threads: each part guards itself.
"""

from __future__ import annotations

import msgspec

from ..auth.token import TokenSource
from ..clock import Clock
from ..redaction import Redactor
from .pacing import Pacer
from .retry import Budget


class Shared(msgspec.Struct, kw_only=True):
    """One pace, one budget of repeats, one source of tokens. `noticed` holds what was warned of.

    `is_github` is whether GitHub answers, whose errors have a form of their own.
    """

    source: TokenSource
    redact: Redactor
    pacer: Pacer
    clock: Clock = msgspec.field(default_factory=Clock)
    budget: Budget = msgspec.field(default_factory=Budget)
    noticed: set[str] = msgspec.field(default_factory=set[str])
    closed: bool = False
    is_github: bool = True
