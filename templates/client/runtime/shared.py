"""What a client shares with those made from it by `with_options`. Holds, and does nothing.

May be shared by threads: each part guards itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .auth import TokenSource
from .clock import Clock
from .pacing import Pacer
from .retry import Budget
from .secret import Redactor


@dataclass(slots=True, kw_only=True)
class Shared:
    """One pace, one budget of repeats, one source of tokens. `noticed` holds what was warned of."""

    source: TokenSource
    redact: Redactor
    pacer: Pacer
    clock: Clock = field(default_factory=Clock)
    budget: Budget = field(default_factory=Budget)
    noticed: set[str] = field(default_factory=set[str])
    closed: bool = False
