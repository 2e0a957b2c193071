"""ghrunners at the tasks of the benchmark: `python ours.py TASK URL [COUNT]` in a new process.

Prints what `task.timed` measures. `bare` does the same by hand, `peers` with other clients.
"""

from __future__ import annotations

import sys
import time

TOKEN = "ghp_" + "a" * 36


def start(url: str) -> None:
    """Start, list one page and exit."""
    from ghrunners import Client

    with Client(auth=TOKEN, base_url=url) as github:
        page = next(iter(github.org("acme").runners.list().pages()))
        assert len(page.runners) == 100


def warm(url: str, count: int) -> float:
    """List a page again and again; give the CPU seconds of one."""
    from bench.task import timed
    from ghrunners import Client

    with Client(auth=TOKEN, base_url=url) as github:
        runners = github.org("acme").runners

        def page(number: int) -> int:
            return len(next(iter(runners.list(page=number).pages())).runners)

        return timed(page, count)


def many(url: str, count: int) -> float:
    """List pages, 50 at a time; give the CPU seconds of one."""
    from bench.task import concurrently
    from ghrunners import AsyncClient

    async def main() -> float:
        async with AsyncClient(auth=TOKEN, base_url=url) as github:
            runners = github.org("acme").runners

            async def page(number: int) -> int:
                async for found in runners.list(page=number).pages():
                    return len(found.runners)
                return 0

            return await concurrently(page, count)

    import asyncio

    return asyncio.run(main())


def walk(url: str, at_once: int = 1) -> tuple[float, float]:
    """Walk over all runners; return the seconds, and the peak of memory in MiB."""
    from bench.task import peak
    from ghrunners import Client

    with Client(auth=TOKEN, base_url=url, page_concurrency=at_once) as github:
        began = time.perf_counter()
        seen = sum(1 for runner in github.org("acme").runners.list() if runner.id)
    assert seen == 10_000
    return time.perf_counter() - began, peak()


def awalk(url: str, at_once: int) -> tuple[float, float]:
    """Walk over all runners with the async client."""
    import asyncio

    from bench.task import peak
    from ghrunners import AsyncClient

    async def main() -> float:
        async with AsyncClient(auth=TOKEN, base_url=url, page_concurrency=at_once) as github:
            began = time.perf_counter()
            seen = [runner.id async for runner in github.org("acme").runners.list() if runner.id]
        assert len(seen) == 10_000
        return time.perf_counter() - began

    return asyncio.run(main()), peak()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["start", url]:
            start(url)
        case ["warm", url, count]:
            print(warm(url, int(count)))
        case ["many", url, count]:
            print(many(url, int(count)))
        case ["walk", url]:
            print(walk(url)[1])
        case ["seconds", url, at_once]:
            print(walk(url, int(at_once))[0])
        case ["aseconds", url, at_once]:
            print(awalk(url, int(at_once))[0])
        case ["peak", url, at_once]:
            print(walk(url, int(at_once))[1])
        case ["apeak", url, at_once]:
            print(awalk(url, int(at_once))[1])
        case _:
            raise SystemExit(__doc__)
