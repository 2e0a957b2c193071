"""Fleets of both flavours behind one call, for tests that hold for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import httpx2

from fake.scopes import scope_of
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import AsyncFleet, Fleet
from ghrunners.testing._kit.doors.transport import MockTransport

Work = Callable[[Any], Any]


class YieldingTransport(MockTransport):
    """A transport that lets other tasks run, and cancellation arrive, around each request."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        await anyio.lowlevel.checkpoint()
        response = await super().handle_async_request(request)
        await anyio.lowlevel.checkpoint()
        return response


def call(github: FakeGitHub, flavour: str, work: Work, kind: str = "org", **options: Any) -> Any:
    """Return what a method of a new fleet returns: `work` gets the fleet, and calls the method."""
    if flavour == "sync":
        with github.client(**options) as client:
            return work(Fleet(scope_of(client, kind)))

    async def called() -> Any:
        async with github.async_client(**options) as client:
            scope: Any = client
            names = {"enterprise": ["octo-corp"], "org": ["octo-org"]}
            path = names.get(kind, ["octo-org", "octo-repo"])
            return await work(AsyncFleet(getattr(scope, kind)(*path)))

    return anyio.run(called)
