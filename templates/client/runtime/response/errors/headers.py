"""Headers of an error: those that help to understand a response, by the form of their names. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...redaction import Redactor
from ..response import Response

# `re` compiles a pattern when it is first used, which most programs never do.
# No header that can hold a credential or personal data.
_REQUEST_ID = r"(?P<vendor>.+-)?(?:request|correlation|trace)-?id"
_SHOWN = (
    rf"content-type|date|deprecation|retry-after|sunset|(?:x-)?rate-?limit(?:-[a-z-]+)?|{_REQUEST_ID}|"
    r"x-(?:.+-)?(?:scopes|permissions|version|version-selected)|(?:.+-)?token-expiration"
)
_MAX_HEADERS = 30
_LONGEST = 200


def shown_headers(response: Response, redact: Redactor | None = None) -> dict[str, str]:
    """Return the headers that an error may show, by lower-case name; redacted with a redactor."""
    names = sorted(name for name in response.names if re.fullmatch(_SHOWN, name))
    headers = ((name, response.header(name) or "") for name in names[:_MAX_HEADERS])
    return {name: value if redact is None else redact(value, _LONGEST) for name, value in headers}


def request_id(response: Response, redact: Redactor) -> str | None:
    """Return the server's id of a request; None if the response has none."""
    return find_request_id(shown_headers(response, redact))


def find_request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id of a request in headers by lower-case name; None if there is none.

    A vendor's own header counts before `x-request-id`, which a proxy may have added.
    """
    found = {name: re.fullmatch(_REQUEST_ID, name) for name in headers}
    names = sorted(
        (parts["vendor"] in (None, "x-"), "request" not in name, name)
        for name, parts in found.items()
        if parts is not None
    )
    return headers[names[0][2]] if names else None
