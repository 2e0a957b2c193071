"""The `Link` header (RFC 8288): its parser, and the error for a link that is not followed. Pure."""

from __future__ import annotations

import re

from ..errors import RequestInfo
from ..redaction import Redactor, Secret
from ..response_errors import LinkRefused
from .errors.by_status import content_of
from .errors.headers import request_id, shown_headers
from .response import Response

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)


def parse_links(header: str) -> dict[str, Secret[str]]:
    """Parse a `Link` header into the URL of each relation. A URL may contain a signature."""
    links: dict[str, Secret[str]] = {}
    for url, parameters in _LINK.findall(header):
        for quoted, bare in _REL.findall(parameters):
            for relation in (quoted or bare).lower().split():
                links.setdefault(relation, Secret(url))
    return links


def link_refused(
    request: RequestInfo, response: Response, reason: Secret[str], redact: Redactor
) -> LinkRefused:
    """Return the error for a link to the next page that is not followed."""
    error = LinkRefused(
        request,
        f"{request}: the link to the next page is not followed: {redact(reason.reveal())}",
        status=response.status,
        headers=shown_headers(response, redact),
        request_id=request_id(response, redact),
        content=content_of(response),
    )
    error.attempts = response.attempts
    return error
