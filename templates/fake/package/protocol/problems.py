"""Error responses in GitHub's format. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...testing._kit.description import as_object
from ...testing._kit.response.faults import Response

_GENERAL = "https://docs.github.com/rest"


def error(
    status: int,
    message: str,
    *,
    errors: Sequence[Mapping[str, Any] | str] = (),
    headers: Mapping[str, str] | None = None,
    page: str = "",
) -> Response:
    """Return an error response: the message, the address of the documentation, the status.

    `errors` has the problems of single values. Without a `page` the address is that of the operation,
    or of the whole API.
    """
    content: dict[str, Any] = {"message": message}
    if errors:
        content["errors"] = list(errors)
    content["documentation_url"] = page or _GENERAL
    content["status"] = str(status)
    return Response(status, json=content, headers=headers or {})


def documented(error: Response, page: str) -> Response:
    """Return an error with the page of its operation, if any, in place of that of the whole API."""
    content = as_object(error.json) or {}
    if not page or content.get("documentation_url") != _GENERAL:
        return error
    return msgspec.structs.replace(error, json={**content, "documentation_url": page})


def of_body(content: bytes) -> Response | None:
    """Return the response to a body that is not a JSON object; None for an object, or no body."""
    if not content:
        return None
    try:
        value = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return error(400, "Problems parsing JSON")
    return None if isinstance(value, dict) else error(400, "Body should be a JSON object")
