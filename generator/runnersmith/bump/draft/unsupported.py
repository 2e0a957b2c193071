"""Parts of official operations that the curated spec cannot hold: a person corrects them. Pure."""

from __future__ import annotations

import re

from ...compare.facts import Entity
from .descriptions import JSON

_SUCCESS = re.compile(r"response 2\w\w\Z")
_WITHOUT_BODY = ("GET", "HEAD", "DELETE")


def reason(method: str, name: str, official: Entity, beside: dict[str, Entity]) -> str | None:
    """Return why an operation with the parts `beside` cannot have an official part."""
    if name.startswith(("header ", "cookie ")):
        return "a method has no arguments for headers and cookies"
    if name == "body" and method in _WITHOUT_BODY:
        return f"a {method} request has no body here"
    if re.match(r"(body|response \w+) \S+/", name) or (
        name == "body" and official.facts["content"].value != JSON
    ):
        return "only JSON is supported"
    if name.startswith("response ") and official.head not in (JSON, "no content"):
        return "only JSON is supported" if " header " not in name else None
    if _SUCCESS.match(name):
        others = {it.head for key, it in beside.items() if _SUCCESS.match(key) and key != name}
        if others - {official.head}:
            return "all successes return the same here"
    return None
