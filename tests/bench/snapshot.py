"""A list of a fleet that changes all the time: one page after the other, and ten at once.

Run by hand, in the folder of the tests: `python -m bench.snapshot`. A server on this machine has
10,000 runners that stay and 200 others, of which one comes or goes every quarter of a second. It
answers after 100 ms. Prints how long one pass takes from its first to its last page, how many runners come or go
meanwhile, and what an iteration over the runners costs and yields: a runner that stays must not be
lost, and none may come twice.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from bench.fleet import STEADY
from bench.soak import TOKEN, Server
from ghrunners import Client

EVERY = 0.25
DELAY = 0.1
ROUNDS = 3


def pass_over(server: Server, github: Client, pages: int) -> str:
    """Return the seconds from the first to the last page of one pass, and the changes in them."""
    found: Iterator[object] = github.org("acme").runners.list().parallel(pages).pages()
    next(found)
    server.be()
    began = time.perf_counter()
    count = 1 + sum(1 for _ in found)
    span, moves = time.perf_counter() - began, server.be().get("moves", 0)
    return f"{count} pages, {span:.1f} s from the first to the last, {moves} changes meanwhile"


def iteration(server: Server, github: Client, pages: int) -> str:
    """Return the seconds and requests of an iteration, and what it lost or yielded twice."""
    server.be()
    began = time.perf_counter()
    found = [runner.id for runner in github.org("acme").runners.list().parallel(pages)]
    seconds, counts = time.perf_counter() - began, server.be()
    lost, twice = len({*STEADY} - {*found}), len(found) - len({*found})
    return f"{seconds:.1f} s, {counts['requests']} requests, {lost} lost, {twice} twice"


def main() -> int:
    """Measure in turn, and print."""
    server = Server()
    try:
        server.be(every=EVERY, delay=DELAY)
        with Client(auth=TOKEN, base_url=server.url) as github:
            for _ in range(ROUNDS):
                for pages in (1, 10):
                    print(f"{pages:>3} at once: one pass: {pass_over(server, github, pages)}")
                    print(f"{'':>13}iteration: {iteration(server, github, pages)}", flush=True)
    finally:
        server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
