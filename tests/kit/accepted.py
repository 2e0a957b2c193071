"""A request that a mock server of a foreign document must accept."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from client.scripted_server import ReceivedRequest
from kit.kits import kit_of


@cache
def mock_server(document: str) -> Any:
    """Return the mock server of a document's package."""
    return kit_of(document).MockServer()


def accepted(document: str, request: ReceivedRequest) -> None:
    """Fail if the mock server refuses a request."""
    server = mock_server(document)
    received = importlib.import_module(f"kit_{document}.testing._kit.request.received").Received
    path, _, query = request.target.partition("?")
    server.calls.clear()
    server.receive(
        received(request.method, path, query, request.headers, request.body), f"http://test{path}"
    )
    (call,) = server.calls
    assert call.problem == "", f"{request.method} {request.target} {request.body!r}: {call.problem}"
    assert urlsplit(request.target).path == call.path
