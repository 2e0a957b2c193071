"""Servers: the default target of requests, and thus of the credentials. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from ...openapi.document import Node
from ...openapi.navigation import elements, lacks
from ...openapi.survey import Survey
from ...problems import Problem


def check(survey: Survey) -> Iterator[Problem]:
    """Check that there is a server with a URL that is safe for a token."""
    root = survey.document.root
    servers = [*elements(root.get("servers"))]
    stated = root.get("servers")
    if not servers and (stated is not None or lacks(root, "servers")):
        yield (stated or root).problem(
            "the document names no server; add servers with a url", key=True, severity="warning"
        )
    for server in servers:
        url = server.get("url")
        if url is not None and isinstance(url.value, str):
            yield from _url(url, url.value)


def _url(at: Node, url: str) -> Iterator[Problem]:
    try:
        parts = urlsplit(url)
        host, extra = parts.hostname, parts.username or parts.password or parts.query
    except ValueError:
        parts, host, extra = None, None, None
    if parts is None or parts.scheme != "https" or not host or parts.fragment or extra:
        yield at.problem(
            "the server's url must be https with a host, and have no user, query or fragment; "
            "correct it",
            severity="warning",
        )
