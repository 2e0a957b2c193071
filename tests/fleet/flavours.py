"""Fleets of both flavours behind one call, for tests that hold for each of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import anyio
import pytest

from fake.scopes import scope_of
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import AsyncFleet, Fleet

Work = Callable[[Any], Any]
flavours = pytest.mark.parametrize("flavour", ["sync", "async"])


def call(github: FakeGitHub, flavour: str, work: Work, kind: str = "org", **options: Any) -> Any:
    """Return what a method of a new fleet returns: `work` gets the fleet, and calls the method."""
    if flavour == "sync":
        with github.client(**options) as client:
            return work(Fleet(scope_of(client, kind)))

    async def called() -> Any:
        async with github.async_client(**options) as client:
            return await work(AsyncFleet(scope_of(cast("Any", client), kind)))

    return anyio.run(called)
