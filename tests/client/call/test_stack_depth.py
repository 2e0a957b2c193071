"""Stack of a call: how many frames of the package lie between a caller and the transport."""

from __future__ import annotations

import asyncio
import inspect
import json

import httpx2
import pytest

from ghrunners import AsyncClient, Client
from ghrunners._runtime.client.github.pacing import Pacing

TOKEN = "t0k"  # noqa: S105 - nobody's
# A traceback of a failed call stays readable, and a profile of one shallow.
MOST = 7
PAGE = json.dumps({"total_count": 0, "runners": []}).encode()


def frames() -> list[str]:
    """Return the frames of the package that are on the stack, the innermost first."""
    return [
        f"{one.frame.f_globals['__name__']}.{one.function}"
        for one in inspect.stack(context=0)
        if str(one.frame.f_globals["__name__"]).startswith("ghrunners.")
    ]


class Transport(httpx2.BaseTransport):
    """Answers with an empty page, and notes the stack."""

    def __init__(self) -> None:
        self.stacks: list[list[str]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.stacks.append(frames())
        if request.method == "DELETE":
            return httpx2.Response(204)
        return httpx2.Response(200, headers={"Content-Type": "application/json"}, content=PAGE)


class AsyncTransport(httpx2.AsyncBaseTransport):
    """The same, with await."""

    def __init__(self) -> None:
        self.inner = Transport()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return self.inner.handle_request(request)


@pytest.mark.parametrize("pacing", ["auto", "strict"])
def test_a_call_is_shallow(pacing: Pacing) -> None:
    """A method that writes, a list, and any other endpoint; with and without pacing."""
    transport = Transport()
    with Client(auth=TOKEN, transport=transport, pacing=pacing) as client:
        runners = client.org("acme").runners
        runners.delete(7)
        assert list(runners.list()) == []
        client.request("GET", "/orgs/acme/teams")
    assert [len(stack) <= MOST for stack in transport.stacks] == [True] * 3, transport.stacks
    assert transport.stacks[0][0] == "ghrunners._runtime.http.transport.send"
    assert transport.stacks[0][-1] == "ghrunners._sync.org_runners.delete"


@pytest.mark.parametrize("pacing", ["auto", "strict"])
def test_an_async_call_is_shallow(pacing: Pacing) -> None:
    """In the task of the caller, to which an await adds no frame of the package."""
    transport = AsyncTransport()

    async def main() -> None:
        async with AsyncClient(auth=TOKEN, transport=transport, pacing=pacing) as client:
            runners = client.org("acme").runners
            await runners.delete(7)
            assert [one async for one in runners.list()] == []
            await client.request("GET", "/orgs/acme/teams")

    asyncio.run(main())
    stacks = transport.inner.stacks
    assert [len(stack) <= MOST for stack in stacks] == [True] * 3, stacks
    assert stacks[0][-1] == "ghrunners._async.org_runners.delete"
