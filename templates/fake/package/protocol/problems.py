"""Errors as GitHub sends them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...testing._kit.response.faults import Response

_DOCUMENTATION = "https://docs.github.com/rest"


def error(
    status: int,
    message: str,
    *,
    errors: Sequence[Mapping[str, Any] | str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a response with an error: its message, the address of the documentation, the status.

    `errors` says what is wrong with single values.
    """
    content: dict[str, Any] = {"message": message}
    if errors:
        content["errors"] = list(errors)
    content["documentation_url"] = _DOCUMENTATION
    if status != 422:
        content["status"] = str(status)
    return Response(status, json=content, headers=headers or {})
