"""Open clients: one sync or async client for several calls, unlike the callers of `runtime_api`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from os import PathLike
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from client.runtime_api import TOKEN, AnyClient, AResource, Client, Options, Resource

T = TypeVar("T")


class OpenClient:
    """Calls functions that return a value or an awaitable; closes the client at the end."""

    def __init__(
        self,
        kind: AnyClient,
        url: str,
        *,
        auth: str | Callable[[], str] = TOKEN,
        cache: bool | str | PathLike[str] = False,
        api_version: str | None = None,
        **options: Unpack[Options],
    ) -> None:
        given: Options = {"retry": None, **options}

        def make() -> Any:
            return kind(auth=auth, base_url=url, cache=cache, api_version=api_version, **given)

        self._loop = asyncio.Runner()
        self.client: Any = self.do(make)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.do(self.client.close if isinstance(self.client, Client) else self.client.aclose)
        self._loop.close()

    @property
    def org(self) -> Resource | AResource:
        found: Resource | AResource = self.client.org()
        return found

    def do(self, call: Callable[..., Any], *args: object, **kwargs: object) -> Any:
        """Call a function in the event loop, and await its result if necessary."""

        async def main() -> Any:
            result: Awaitable[Any] | Any = call(*args, **kwargs)
            return await result if isawaitable(result) else result

        return self._loop.run(main())

    def raw(self, *args: object, **kwargs: object) -> Any:
        """Call `with_raw_response`."""
        return self.do(self.client.with_raw_response, *args, **kwargs)

    def unless(self, *args: object, **kwargs: object) -> Any:
        """Call `if_none_match`."""
        return self.do(self.client.if_none_match, *args, **kwargs)
