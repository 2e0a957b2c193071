"""Calls of the courier, whose operations have several servers, with either flavour of its client."""

from __future__ import annotations

import asyncio
import importlib
import inspect
from collections.abc import Callable
from typing import Any, TypeAlias

from client.scripted_server import ReceivedRequest, ScriptedResponse, json_response

PACKAGE = "courier"
AUTH = {"token": "secret-token", "key": "secret-key", "query": "secret-query", "crumb": "secret-c"}
DONE = ScriptedResponse(status=204)
PARCEL = json_response({"id": "p"})
KINDS = ("Client", "AsyncClient")

Use: TypeAlias = Callable[[Any], Any]


def play(kind: str, use: Use, **options: Any) -> list[Any]:
    """Create a client, await what a function returns or yields of it, and close it."""
    module = importlib.import_module(PACKAGE)

    async def results(client: Any) -> list[Any]:
        found = use(client)
        listed = found if inspect.isgenerator(found) else [found]
        return [await one if inspect.isawaitable(one) else one for one in listed]

    async def run() -> list[Any]:
        if kind == "Client":
            with module.Client(**options) as client:
                return await results(client)
        async with module.AsyncClient(**options) as client:
            return await results(client)

    return asyncio.run(run())


def secrets(request: ReceivedRequest) -> list[str]:
    """Return which credentials are anywhere in a request."""
    whole = f"{request.target} {request.headers} {request.body!r}"
    return [name for name, secret in AUTH.items() if secret in whole]


def upload(client: Any) -> Any:
    return client.labels.upload_label(body=b"%PDF")


def get_label(client: Any) -> Any:
    return client.labels.get_label()


def find(client: Any) -> Any:
    return client.parcels.find_parcels()


def find_first(client: Any) -> Any:
    return client.parcels.first_parcel()


def track(client: Any) -> Any:
    return client.parcels.track("p")
