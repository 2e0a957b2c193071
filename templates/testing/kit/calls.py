"""Record of a request that a mock server received. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from ..._runtime.lazy import publish
from .description import Operation
from .request.received import Received, Values

_HIDDEN = frozenset({"authorization", "cookie", "proxy-authorization"})


class Call(msgspec.Struct, kw_only=True):
    """A request that a mock server received. Each attempt of a call is one.

    Attributes:
        operation: The name of the operation, such as `org.runners.list`; empty if there is none.
        method: The HTTP method.
        path: The path as it was sent.
        query: The query as it was sent.
        headers: The headers by lower-case name, without credentials.
        arguments: The parameters and the fields of the body, by the name of the argument in Python.
        body: The body as JSON; None without one.
        problem: Why the server refused the request; empty if the description allows it.
        status: The status of the response; None if the connection ended without one.
        time: When it was received, by the server's clock.
    """

    operation: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    arguments: Mapping[str, Any]
    body: Any
    problem: str
    status: int | None
    time: datetime


def call_of(
    request: Received, operation: Operation | None, values: Values | None, time: datetime
) -> Call:
    """Return the record of a request, which has no operation if its path is none of the API."""
    return Call(
        operation="" if operation is None else operation.name,
        method=request.method,
        path=request.path,
        query=request.query,
        headers={
            name.lower(): value for name, value in request.headers if name.lower() not in _HIDDEN
        },
        arguments={} if values is None else values.arguments,
        body=None if values is None else values.body,
        problem="" if values is None else "; ".join(values.problems),
        status=None,
        time=time,
    )


publish(__name__)
