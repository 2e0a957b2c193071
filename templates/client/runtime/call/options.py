"""What may be said anew for a part of a client's calls. Pure values."""

from __future__ import annotations

import msgspec

from .observe import Hooks
from .retry import Retry
from .timeout import Timeout


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How calls are made: see the arguments of a client."""

    timeout: Timeout
    retry: Retry
    max_wait: float
    strict: bool
    hooks: Hooks
