"""Iterators over pages: what an abandoned one leaves, and what comes after an error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest

from client.runtime_api import TOKEN, AsyncClient, Client, Things, page
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.response_errors import ServerError

BROKEN = json_response({"message": "out of order"}, 500)


def two_pages(request: ReceivedRequest) -> ScriptedResponse:
    """A list of two pages, with one item each."""
    number = int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])
    return json_response(page([number], 2))


def test_an_abandoned_iteration_starts_no_task() -> None:
    """An event loop would close an async generator in a task, and keep its page until then."""

    async def main(url: str) -> int:
        async with AsyncClient(auth=TOKEN, base_url=url) as client:
            async for one in client.org().list().pages():
                assert [thing.id for thing in one.things] == [1]
                break
            await asyncio.sleep(0)
            return len(asyncio.all_tasks())

    with ScriptedServer(default=two_pages) as server:
        assert asyncio.run(main(server.url)) == 1
    assert len(server.requests) == 1


def test_two_tasks_cannot_read_one_iterator_at_once() -> None:
    """One of them would get a page twice, or miss one."""

    async def main(url: str) -> list[object]:
        async with AsyncClient(auth=TOKEN, base_url=url) as client:
            pages = client.org().list().pages()
            first, second = anext(pages), anext(pages)
            results = await asyncio.gather(first, second, return_exceptions=True)
            rest = [thing.id async for one in pages for thing in one.things]
            return [*results, rest]

    with ScriptedServer(default=two_pages) as server:
        one, other, rest = asyncio.run(main(server.url))
    assert isinstance(one, Things)
    assert isinstance(other, RuntimeError)
    assert "another task" in str(other)
    assert rest == [2]


def test_an_error_ends_an_iteration() -> None:
    """A page that failed is not skipped by asking for the next one."""
    with (
        ScriptedServer(json_response(page([1], 2)), BROKEN) as server,
        Client(auth=TOKEN, base_url=server.url, retry=None) as client,
    ):
        pages = client.org().list().pages()
        assert [thing.id for thing in next(pages).things] == [1]
        with pytest.raises(ServerError):
            next(pages)
        assert list(pages) == []


def test_an_error_ends_an_async_iteration() -> None:
    """So does a cancellation."""

    async def main(url: str) -> None:
        async with AsyncClient(auth=TOKEN, base_url=url, retry=None) as client:
            pages: AsyncIterator[Things] = client.org().list().pages()
            assert [thing.id for thing in (await anext(pages)).things] == [1]
            with pytest.raises(ServerError):
                await anext(pages)
            assert [one async for one in pages] == []
            cancelled = client.org().list().pages()
            task = asyncio.ensure_future(anext(cancelled))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert [one async for one in cancelled] == []

    with ScriptedServer(json_response(page([1], 2)), BROKEN, default=two_pages) as server:
        asyncio.run(main(server.url))
