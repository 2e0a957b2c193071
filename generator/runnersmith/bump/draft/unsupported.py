"""Parts of official operations that the curated spec cannot hold: a person corrects them. Pure."""

from __future__ import annotations

import re

from ...compare.facts import Entity
from ...openapi.document import Json
from .descriptions import JSON

_SUCCESS = re.compile(r"response 2\w\w\Z")
_WITHOUT_BODY = ("GET", "HEAD")


def reason(
    method: str, name: str, official: Entity, beside: dict[str, Entity], *, paged: bool
) -> str | None:
    """Return why an operation with the parts `beside` cannot have an official part."""
    if name == "body" and method in _WITHOUT_BODY:
        return f"a {method} request has no body here"
    if re.match(r"(body|response \w+) \S+/", name) or (
        name == "body" and official.facts["content"].value != JSON
    ):
        return "only JSON is supported"
    if name.startswith("response ") and official.head not in (JSON, "no content"):
        return "only JSON is supported" if " header " not in name else None
    if paged and _SUCCESS.match(name):
        others = {it.head for key, it in beside.items() if _SUCCESS.match(key) and key != name}
        if others - {official.head}:
            return "every success of a list is a page"
    return None


def is_paged(operation: Json) -> bool:
    """Return whether a curated operation is a list of pages."""
    extension = operation.get("x-runnersmith") if isinstance(operation, dict) else None
    return isinstance(extension, dict) and extension.get("paged") is True
