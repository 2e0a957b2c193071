"""A client of either flavour that is kept for several calls, as callers of `runtime_api` are not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable
from os import PathLike
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack

from client.runtime_api import TOKEN, AnyClient, AResource, Client, Options, Resource

T = TypeVar("T")


class Held:
    """Calls what gives a value, or what has to be awaited for one; closes the client at the end."""

    def __init__(
        self,
        kind: AnyClient,
        url: str,
        *,
        auth: str = TOKEN,
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
        """Call something; an async client's loop runs whenever it does."""

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
