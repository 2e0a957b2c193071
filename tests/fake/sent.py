"""Requests to a fake GitHub as any program may send them, without the client."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from ghrunners.testing import MockServer

_TOKEN = {"Authorization": "Bearer ghp_any"}


def sent(
    server: MockServer,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    json: Any = None,
) -> httpx2.Response:
    """Return the response to a request. It has a token unless `headers` are given."""
    with httpx2.Client(transport=server.transport, base_url="https://api.github.com") as client:
        given = _TOKEN if headers is None else headers
        return client.request(method, path, headers=given, json=json)
