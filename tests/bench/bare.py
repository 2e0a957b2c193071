"""A loop written by hand over httpx2 and msgspec, at the tasks of `ours`: the least that works.

It decodes into the same models and follows the server's `Link`; it checks, repeats and limits
nothing but what httpx2 does by itself.
"""

from __future__ import annotations

import ssl
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx2
import msgspec

from ghrunners.models import Runner, RunnerList

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADERS: Mapping[str, str] = {
    "Accept": "application/vnd.github+json",
    "Authorization": "Bearer ghp_" + "a" * 36,
    "X-GitHub-Api-Version": "2022-11-28",
}
# As ghrunners does: the certificates that a call to this machine needs not are not read.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PLACE = "/orgs/acme/actions/runners"
DECODER = msgspec.json.Decoder(RunnerList)


def walked(client: httpx2.Client) -> Iterator[Runner]:
    """Return all runners, page after page."""
    place, asked = PLACE, {"per_page": 100}
    while True:
        response = client.get(place, params=asked or None)
        response.raise_for_status()
        yield from DECODER.decode(response.content).runners
        following = response.links.get("next")
        if following is None:
            return
        place, asked = following["url"], {}


def get(client: httpx2.Client, number: int) -> int:
    """List one page, and find the next one."""
    response = client.get(PLACE, params={"per_page": 100, "page": number})
    response.raise_for_status()
    page = DECODER.decode(response.content)
    response.links.get("next")
    return len(page.runners)


def start(url: str) -> None:
    with httpx2.Client(base_url=url, headers=HEADERS, verify=NO_CERTIFICATES) as client:
        assert get(client, 1) == 100


def warm(url: str, count: int) -> float:
    from bench.task import timed

    with httpx2.Client(base_url=url, headers=HEADERS, verify=NO_CERTIFICATES) as client:
        return timed(lambda number: get(client, number), count)


def many(url: str, count: int) -> float:
    import asyncio

    from bench.task import concurrently

    async def main() -> float:
        async with httpx2.AsyncClient(
            base_url=url, headers=HEADERS, verify=NO_CERTIFICATES
        ) as client:

            async def page(number: int) -> int:
                response = await client.get(PLACE, params={"per_page": 100, "page": number})
                response.raise_for_status()
                found = DECODER.decode(response.content)
                response.links.get("next")
                return len(found.runners)

            return await concurrently(page, count)

    return asyncio.run(main())


def walk(url: str) -> float:
    from bench.task import peak

    with httpx2.Client(base_url=url, headers=HEADERS, verify=NO_CERTIFICATES) as client:
        seen = sum(1 for runner in walked(client) if runner.id)
    assert seen == 10_000
    return peak()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["start", url]:
            start(url)
        case ["warm", url, count]:
            print(warm(url, int(count)))
        case ["many", url, count]:
            print(many(url, int(count)))
        case ["walk", url]:
            print(walk(url))
        case _:
            raise SystemExit(__doc__)
