"""Plays GitHub for the benchmark: 10,000 runners in pages of 100, encoded before anybody asks.

A separate process, so that its work counts for no client. Prints its address, and ends when its
standard input does. Its argument is the seconds before each response. Listens on 127.0.0.1.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

PER_PAGE = 100
PAGES = 100
# What GitHub sends with a page, but for the identity of the request.
HEADERS = """\
Server: github.com
Date: Mon, 02 Mar 2026 08:00:00 GMT
Content-Type: application/json; charset=utf-8
Cache-Control: private, no-store
Vary: Accept, Authorization, Cookie, X-GitHub-OTP,Accept-Encoding, Accept, X-Requested-With
ETag: W/"5d41402abc4b2a76b9719d911017c592a1d7a5d12c5b8f9d0c3b7e1f2a4c6e80"
X-OAuth-Scopes: admin:org
X-Accepted-OAuth-Scopes: admin:org
X-GitHub-Media-Type: github.v3; format=json
x-github-api-version-selected: 2022-11-28
X-RateLimit-Limit: 15000
X-RateLimit-Remaining: 14000
X-RateLimit-Used: 1000
X-RateLimit-Reset: 1772442000
X-RateLimit-Resource: core
Access-Control-Expose-Headers: ETag, Link, Location, Retry-After, X-GitHub-OTP, X-RateLimit-Limit
Access-Control-Allow-Origin: *
Strict-Transport-Security: max-age=31536000; includeSubdomains; preload
X-Frame-Options: deny
X-Content-Type-Options: nosniff
X-XSS-Protection: 0
Referrer-Policy: origin-when-cross-origin, strict-origin-when-cross-origin
Content-Security-Policy: default-src 'none'
X-GitHub-Request-Id: C0DE:1234:5678:9ABC:65E2D3A0
"""
_PAGE = re.compile(rb"[?&]page=(\d+)")


def runner(number: int) -> dict[str, object]:
    """Make a runner as GitHub shows it."""
    labels = ["self-hosted", "Linux", "X64", f"pool-{number % 7}"]
    return {
        "id": number,
        "name": f"runner-{number:05}-linux-x64",
        "os": "linux",
        "status": "online" if number % 5 else "offline",
        "busy": number % 3 == 0,
        "ephemeral": False,
        "labels": [
            {"id": index, "name": name, "type": "read-only" if index < 3 else "custom"}
            for index, name in enumerate(labels)
        ],
        "runner_group_id": 1 + number % 4,
        "version": "2.331.0",
    }


def encoded(number: int, base: str) -> bytes:
    """Make a page with its links, as it travels."""
    first = (number - 1) * PER_PAGE
    runners = [runner(first + index + 1) for index in range(PER_PAGE)]
    body = json.dumps({"total_count": PAGES * PER_PAGE, "runners": runners}).encode()
    place = f"{base}/orgs/acme/actions/runners?per_page={PER_PAGE}&page="
    links = [f'<{place}{PAGES}>; rel="last"']
    if number < PAGES:
        links.insert(0, f'<{place}{number + 1}>; rel="next"')
    lines = ["HTTP/1.1 200 OK", *HEADERS.splitlines(), f"Link: {', '.join(links)}"]
    lines += [f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("ascii") + body


class Connection(asyncio.Protocol):
    """Answers each request with the page that it asks for; requests have no body here."""

    def __init__(self, pages: list[bytes], delay: float) -> None:
        self._pages = pages
        self._delay = delay
        self._transport: asyncio.Transport | None = None
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        *heads, self._head = (self._head + data).split(b"\r\n\r\n")
        for head in heads:
            asked = _PAGE.search(head.partition(b"\r\n")[0])
            page = self._pages[0 if asked is None else int(asked[1]) - 1]
            if self._delay:
                asyncio.get_running_loop().call_later(self._delay, self._transport.write, page)
            else:
                self._transport.write(page)


async def serve(delay: float) -> None:
    loop = asyncio.get_running_loop()
    pages: list[bytes] = []
    server = await loop.create_server(lambda: Connection(pages, delay), "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    pages += [encoded(number, base) for number in range(1, PAGES + 1)]
    print(base, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]) if len(sys.argv) > 1 else 0))
