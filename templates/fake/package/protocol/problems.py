"""Error responses in GitHub's format. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...testing._kit.response.faults import Response

_DOCUMENTATION = "https://docs.github.com/rest"


def error(
    status: int,
    message: str,
    *,
    errors: Sequence[Mapping[str, Any] | str] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error response: the message, the address of the documentation, the status.

    `errors` has the problems of single values.
    """
    content: dict[str, Any] = {"message": message}
    if errors:
        content["errors"] = list(errors)
    content["documentation_url"] = _DOCUMENTATION
    content["status"] = str(status)
    return Response(status, json=content, headers=headers or {})


def of_body(content: bytes) -> Response | None:
    """Return the response to a body that is not a JSON object; None for an object, or no body."""
    if not content:
        return None
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return error(400, "Problems parsing JSON")
    return None if isinstance(value, dict) else error(400, "Body should be a JSON object")
