"""Fleet helpers: what operators do with runners, over any scope.

Start with `Fleet` and `AsyncFleet`. See docs/fleet.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._async.fleet import AsyncFleet
    from ._sync.fleet import Fleet

__all__ = ["AsyncFleet", "Fleet"]

if not TYPE_CHECKING:
    from .._runtime.lazy import lazy

    __getattr__, __dir__ = lazy(__name__, {"AsyncFleet": "._async.fleet", "Fleet": "._sync.fleet"})
