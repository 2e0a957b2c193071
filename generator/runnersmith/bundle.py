"""Bundle of one API version: a single OpenAPI document that other tools accept.

The document is self-contained: no overlay, no `x-runnersmith`, no unused components. For a product,
it has only the operations and fields of that product.
"""

from __future__ import annotations

import json
import re

from .openapi.document import Document, Json, parse_pointer
from .overlay import versions
from .problems import UsageError

_EXTENSION = "x-runnersmith"
_PRODUCT = re.compile(r"(github\.com|ghec|ghes)(?:-(\d+)\.(\d+))?\Z")
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})


def pick(documents: tuple[Document, ...], version: str | None, product: str | None) -> Document:
    """Return the document of a version.

    The default is the newest version that the named release, or every release of the product,
    supports: the default of a client for that product. Raises UsageError for an unknown product,
    and for a version that it does not support.
    """
    choice = _choice(product)
    if choice is None:
        return versions.pick(documents, version)
    root = documents[0].root.get(_EXTENSION)
    introduced = root.get("introduced") if root is not None else None
    since = (
        {name: child.text(choice.name) for name, child in introduced.items()} if introduced else {}
    )
    if version is None:
        sure = (it for it in documents if choice.is_sure_of(since.get(versions.version_of(it))))
        return next(sure, documents[-1])
    chosen = versions.pick(documents, version)
    if not choice.reaches(since.get(version)):
        known = [versions.version_of(it) for it in documents]
        known = [name for name in known if choice.reaches(since.get(name))]
        raise UsageError(
            f"{product} does not support API version {version}; it supports {', '.join(known)}"
        )
    return chosen


def bundle(document: Document, product: str | None = None) -> str:
    """Return the JSON text of a document, for one product or for all.

    Raises UsageError for an unknown product.
    """
    data = _without(document.data, _choice(product))
    if isinstance(data, dict):
        _drop_unused(data)
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


class _Choice:
    """A product, and its release if one is named."""

    def __init__(self, name: str, release: tuple[int, int] | None) -> None:
        self.name = name
        self.release = release

    def has(self, products: Json) -> bool:
        """Return whether an extension's `products` include it."""
        if not isinstance(products, dict):
            return True
        since = products.get(self.name)
        return isinstance(since, str) and (since == "all" or self.reaches(since))

    def reaches(self, since: str | None) -> bool:
        """Return whether the release, or some release of the product, is `since` or later."""
        if since is None or self.release is None:
            return True
        major, _, minor = since.partition(".")
        return (int(major), int(minor)) <= self.release

    def is_sure_of(self, since: str | None) -> bool:
        """Return whether the release, or every release of the product, is `since` or later."""
        return since is None or (self.release is not None and self.reaches(since))


def _choice(product: str | None) -> _Choice | None:
    if product is None:
        return None
    found = _PRODUCT.match(product)
    if found is None or (found[2] and found[1] != "ghes"):
        raise UsageError(
            f"{product!r} is not a product; name github.com, ghec, ghes, or a release such as ghes-3.19"
        )
    return _Choice(found[1], (int(found[2]), int(found[3])) if found[2] else None)


def _without(value: Json, choice: _Choice | None) -> Json:
    """Return a copy without `x-runnersmith` and without elements that the product does not have."""
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
    """Remove the components that no path uses."""
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
