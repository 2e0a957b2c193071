"""Lookups against API versions and products: a named method exists wherever its operation does. Pure.

A client has one `lookup` for an operation, that of the newest version that has one. `semantics`
checks it in this version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...openapi.document import Document, Node
from ...openapi.messages import quote
from ...openapi.navigation import entries, into
from ...problems import Problem

_KEY = "x-runnersmith"
_MENTIONED = re.compile(r"`([a-z0-9_]+\.[a-z0-9_]+)`")
_RELEASE = re.compile(r"(\d+)\.(\d+)", re.ASCII)
# Scope, and method with its resource -> the extension of its operation.
_Methods = Mapping[tuple[str, str], Node]


def check(documents: Sequence[Document]) -> Iterator[Problem]:
    """Check the lookups of all versions of a spec, the newest first."""
    checked: dict[tuple[str, str], Node] = {}
    for document in documents:
        methods = dict(_methods(document))
        for key, extension in methods.items():
            if extension.text("lookup") is not None:
                checked.setdefault(key, extension.at("lookup"))
            if (lookup := checked.get(key)) is not None:
                yield from _check(lookup, key[0], extension, methods)


def _check(lookup: Node, scope: str, extension: Node, methods: _Methods) -> Iterator[Problem]:
    """Check the lookup of an operation in one version."""
    for name in _MENTIONED.findall(str(lookup.value)):
        found = methods.get((scope, name))
        if found is not None:
            yield from _products(lookup, name, extension, found)
        elif lookup.document is not extension.document:
            version = into(extension.document.root, "info", "version")
            yield lookup.problem(
                f"lookup names {quote(name)}, which API version {version and version.value} lacks, "
                "but has this operation; name a method of all its versions, or say it without one"
            )


def _products(lookup: Node, name: str, extension: Node, found: Node) -> Iterator[Problem]:
    for claim in entries(extension.get("products")):
        since = into(found, "products", claim.key)
        if since is None:
            what = f"is not on {claim.key}"
        elif (_number(since) or ()) > (_number(claim) or ()):
            what = f"is on {claim.key} from {since.value} on"
        else:
            continue
        on = (
            "this operation is"
            if claim.value == "all"
            else f"this operation is from {claim.value} on"
        )
        yield lookup.problem(
            f"lookup names {quote(name)}, which {what}, but {on}; name a method that all its "
            "products have, or say it without one"
        )


def _methods(document: Document) -> Iterator[tuple[tuple[str, str], Node]]:
    paths = document.root.get("paths")
    scopes = {it.key: it.text("path") or "" for it in entries(into(document.root, _KEY, "scopes"))}
    for path, item in paths.items() if paths is not None else ():
        scope = next((it for it, at in scopes.items() if f"{path}/".startswith(f"{at}/")), "")
        for operation in entries(item):
            extension = operation.get(_KEY)
            if extension is not None:
                name = f"{extension.text('resource')}.{extension.text('method')}"
                yield (scope, name), extension


def _number(node: Node) -> tuple[int, ...] | None:
    """Return a release as numbers, () for `all`, None for anything else."""
    found = _RELEASE.fullmatch(node.value) if isinstance(node.value, str) else None
    return (int(found[1]), int(found[2])) if found else () if node.value == "all" else None
