"""One API version as a single OpenAPI document that other tools accept.

Pure. The document stands alone: no overlay, no extension of ours, nothing that nothing uses. For a
product, it has what that product has.
"""

from __future__ import annotations

import json
import re

from .document import Document, Json, parse_pointer
from .problems import UsageError

_EXTENSION = "x-runnersmith"
_PRODUCT = re.compile(r"(github\.com|ghec|ghes)(?:-(\d+)\.(\d+))?\Z")
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def bundle(document: Document, product: str | None = None) -> str:
    """The JSON text of a document, for one product or for all.

    Raises UsageError when the product is none.
    """
    data = _without(document.data, _choice(product))
    if isinstance(data, dict):
        _drop_unused(data)
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


class _Choice:
    """A product, and its release where one is named."""

    def __init__(self, name: str, release: tuple[int, int] | None) -> None:
        self.name = name
        self.release = release

    def has(self, products: Json) -> bool:
        """Whether an extension's `products` include it."""
        if not isinstance(products, dict):
            return True
        since = products.get(self.name)
        if not isinstance(since, str):
            return False
        if since == "all" or self.release is None:
            return True
        major, _, minor = since.partition(".")
        return (int(major), int(minor)) <= self.release


def _choice(product: str | None) -> _Choice | None:
    if product is None:
        return None
    found = _PRODUCT.match(product)
    if found is None or (found[2] and found[1] != "ghes"):
        raise UsageError(
            f"{product!r} is no product; name github.com, ghec, ghes, or a release such as ghes-3.19"
        )
    return _Choice(found[1], (int(found[2]), int(found[3])) if found[2] else None)


def _without(value: Json, choice: _Choice | None) -> Json:
    """A copy without our extension, and without what the product lacks."""
    if isinstance(value, list):
        return [_without(item, choice) for item in value if not _lacked(item, choice)]
    if not isinstance(value, dict):
        return value
    found = {
        key: _without(child, choice)
        for key, child in value.items()
        if key != _EXTENSION and not _lacked(child, choice)
    }
    properties, required = found.get("properties"), found.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        found["required"] = [name for name in required if name in properties]
    paths = found.get("paths")
    if "openapi" in found and isinstance(paths, dict):
        found["paths"] = {
            path: item
            for path, item in paths.items()
            if isinstance(item, dict) and item.keys() & _METHODS
        }
    return found


def _lacked(value: Json, choice: _Choice | None) -> bool:
    extension = value.get(_EXTENSION) if isinstance(value, dict) else None
    return (
        choice is not None
        and isinstance(extension, dict)
        and not choice.has(extension.get("products"))
    )


def _drop_unused(data: dict[str, Json]) -> None:
    """Drop the components that no path leads to."""
    components = data.get("components")
    if not isinstance(components, dict):
        return
    used: set[tuple[str, ...]] = set()
    waiting: list[Json] = [value for key, value in data.items() if key != "components"]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value.values())
            reference = value.get("$ref")
            parts = (parse_pointer(reference) if isinstance(reference, str) else None) or ()
            if len(parts) >= 3 and parts[:3] not in used:
                used.add(parts[:3])
                kind = components.get(parts[1])
                waiting.append(kind.get(parts[2]) if isinstance(kind, dict) else None)
    for kind, held in list(components.items()):
        if kind == "securitySchemes" or not isinstance(held, dict):
            continue
        kept: dict[str, Json] = {
            name: child for name, child in held.items() if ("components", kind, name) in used
        }
        components[kind] = kept
        if not kept:
            del components[kind]
