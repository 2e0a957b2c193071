"""What may be said anew for a part of a client's calls. Pure values."""

from __future__ import annotations

from dataclasses import dataclass

from .observe import Hooks
from .retry import Retry
from .timeout import Timeout


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How calls are made: see the arguments of a client."""

    timeout: Timeout
    retry: Retry
    max_wait: float
    strict: bool
    hooks: Hooks
