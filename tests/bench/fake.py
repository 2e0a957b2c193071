"""CPU of a fake GitHub with 10,000 runners, compared with a plain loop and a static server.

Run by hand, in the folder of the tests: `python -m bench.fake`. Each round runs, one after the
other, a whole walk by ghrunners with the fake in its process, and the loop of `bare` over the pages
of `server`, which is another process and does not count. Prints medians, the ratio of each round's
pair, and the CPU of one page of 100 in the fake alone; fails if one exceeds its aim.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

from bench.client import TESTS, serving

RUNNERS = 10_000
ROUNDS = 5
# The most milliseconds of a page, and the most that the walk may take of the bare loop's.
PAGE = 5.0
RATIO = 3.0


def fake() -> tuple[float, float]:
    """Return the CPU milliseconds of a page in the fake, and of one page of a whole walk."""
    from ghrunners.fake import FakeGitHub
    from ghrunners.testing._kit.request.received import Received

    github = FakeGitHub()
    for number in range(RUNNERS):
        github.org().add_runner(f"runner-{number:05}-linux-x64", labels=[f"pool-{number % 7}"])
    path = "/orgs/octo-org/actions/runners"
    headers = [("authorization", "Bearer any"), ("accept", "application/json")]

    def page(number: int) -> None:
        request = Received("GET", path, f"per_page=100&page={number}", headers, b"")
        outcome = github.receive(request, f"https://api.github.com{path}")
        assert outcome.wire is not None
        assert outcome.wire.status == 200

    page(1)
    began = time.process_time()
    for number in range(1, RUNNERS // 100 + 1):
        page(number)
    pages = time.process_time() - began
    with github.client() as client:
        runners = client.org("octo-org").runners
        next(iter(runners.list(per_page=100)))
        began = time.process_time()
        assert sum(1 for _ in runners.list(per_page=100)) == RUNNERS
        walk = time.process_time() - began
    return pages * 10, walk * 10


def bare(url: str) -> float:
    """Return the CPU milliseconds of one page of the bare loop's walk."""
    import httpx2

    from bench.bare import HEADERS, NO_CERTIFICATES, get, walked

    with httpx2.Client(base_url=url, headers=HEADERS, verify=NO_CERTIFICATES) as client:
        get(client, 1)
        began = time.process_time()
        assert sum(1 for _ in walked(client)) == RUNNERS
        return (time.process_time() - began) * 10


def measured(*arguments: str) -> list[float]:
    """Return what a new process prints."""
    command = [sys.executable, "-m", "bench.fake", *arguments]
    output = subprocess.run(command, cwd=TESTS, check=True, capture_output=True, text=True).stdout
    return [float(one) for one in output.split()]


def main() -> int:
    """Measure in turn, and print."""
    pages: list[float] = []
    walks: list[tuple[float, float]] = []
    with serving() as url:
        for _ in range(ROUNDS):
            page, walk = measured("fake")
            pages.append(page)
            walks.append((walk, measured("bare", url)[0]))
    page, ratio = statistics.median(pages), statistics.median(a / b for a, b in walks)
    ours, theirs = (statistics.median(column) for column in zip(*walks, strict=True))
    print(f"a page of 100 in the fake: {page:.2f} ms (the target is below {PAGE})")
    print(f"a page of the whole walk: {ours:.2f} ms, bare loop {theirs:.2f} ms")
    print(f"ratio: {ratio:.2f} (the target is {RATIO})")
    return int(page >= PAGE or ratio > RATIO)


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            sys.exit(main())
        case ["fake"]:
            print(*fake())
        case ["bare", address]:
            print(bare(address))
        case _:
            raise SystemExit(__doc__)
