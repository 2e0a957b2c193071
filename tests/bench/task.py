"""How a task of the benchmark is measured from within its process. Needs no package."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Awaitable, Callable

PAGES = 100
WARM_UP = 20
AT_ONCE = 50


def timed(page: Callable[[int], int], count: int) -> float:
    """List pages one after the other, the first few for nothing; give CPU seconds of a page."""
    for number in range(WARM_UP):
        assert page(number % PAGES + 1) == 100
    began = time.process_time()
    for number in range(count):
        assert page(number % PAGES + 1) == 100
    return (time.process_time() - began) / count


async def concurrently(page: Callable[[int], Awaitable[int]], count: int) -> float:
    """List pages, 50 at a time, after 50 for nothing; give CPU seconds of a page."""
    import asyncio

    async def some(numbers: range) -> None:
        for number in numbers:
            assert await page(number % PAGES + 1) == 100

    async def all_of(total: int) -> None:
        await asyncio.gather(*(some(range(first, total, AT_ONCE)) for first in range(AT_ONCE)))

    await all_of(AT_ONCE)
    began = time.process_time()
    await all_of(count)
    return (time.process_time() - began) / count


def peak() -> float:
    """Return the most memory that this process held, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
