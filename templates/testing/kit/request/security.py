"""Authentication of requests, by the security schemes of a description. Pure."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence

from ..description import Description, Operation, SecurityScheme
from .received import Received

# GitHub and others accept both words before a token.
_BEARER = ("bearer ", "token ")


def query_keys(description: Description) -> frozenset[str]:
    """Return the query parameters that carry an API key."""
    return frozenset(it.key for it in description.security.values() if it.type == "query")


def problem(
    description: Description,
    operation: Operation,
    request: Received,
    accepted: Mapping[str, str] | None,
) -> str:
    """Return what is wrong with the credentials of a request; empty if nothing is.

    `accepted` are the credentials by scheme; None accepts any that are there.
    """
    alternatives = operation.security
    if not alternatives or any(not one for one in alternatives):
        return ""
    if any(_has_all(description, one, request, accepted) for one in alternatives):
        return ""
    present = [
        name for one in alternatives for name in one if _sent(description.security[name], request)
    ]
    if present:
        return f"the credentials for {present[0]} are not valid"
    return f"credentials are required: {' or '.join(' and '.join(one) for one in alternatives)}"


def _has_all(
    description: Description,
    names: Sequence[str],
    request: Received,
    accepted: Mapping[str, str] | None,
) -> bool:
    for name in names:
        sent = _sent(description.security[name], request)
        if not sent or (accepted is not None and accepted.get(name) != sent):
            return False
    return True


def _sent(scheme: SecurityScheme, request: Received) -> str:
    """Return the credential of a scheme in a request; empty if there is none."""
    match scheme.type:
        case "header":
            return request.header(scheme.key.lower()) or ""
        case "query":
            return dict(request.pairs).get(scheme.key, "")
        case "cookie":
            return request.cookies.get(scheme.key, "")
        case "basic":
            word, _, encoded = (request.header("authorization") or "").partition(" ")
            try:
                plain = base64.b64decode(encoded, validate=True).decode()
            except (binascii.Error, UnicodeDecodeError):
                return ""
            return plain if word.lower() == "basic" else ""
        case "bearer":
            sent = request.header("authorization") or ""
            found = next((it for it in _BEARER if sent.lower().startswith(it)), None)
            return "" if found is None else sent[len(found) :]
