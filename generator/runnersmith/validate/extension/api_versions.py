"""API versions against products: each release that the spec claims needs a version that it knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from ...openapi.document import Document, Node
from ...problems import Problem
from .schema import KEY

_RELEASE = re.compile(r"(\d+)\.(\d+)", re.ASCII)


def check(documents: Sequence[Document]) -> Iterator[Problem]:
    """Check the products of all versions of a spec, the newest first."""
    newest = documents[0].root
    extension = newest.get(KEY)
    introduced = extension.get("introduced") if extension is not None else None
    if introduced is None:
        return
    existing = {*map(_version, documents)}
    if lost := [(version, node) for version, node in introduced.items() if version not in existing]:
        for version, node in lost:
            text = f"API version {version} has no document; remove this entry"
            if version < _version(documents[0]):
                text = (
                    f"the overlay of API version {version} is missing; restore "
                    f"{_folder(documents[0])}/{version}.overlay.yaml, or remove this entry"
                )
            yield node.problem(text, key=True)
        return
    entries = [introduced.get(_version(document)) for document in documents]
    for product in dict.fromkeys(name for entry in entries if entry for name, _ in entry.items()):
        stated = [entry.get(product) if entry is not None else None for entry in entries]
        known = [node for node in stated if node is not None]
        if len(known) < len(stated) or any(_number(node) is None for node in known):
            continue  # One version is known to every release.
        first = min(known, key=lambda node: _number(node) or ())
        claims = [claim for one in documents for claim in _claims(one, product)]
        lower = [claim for claim in claims if (_number(claim) or ()) < (_number(first) or ())]
        if lower:
            lowest = min(lower, key=lambda claim: _number(claim) or ())
            since = "every release" if lowest.value == "all" else f"{lowest.value} and later"
            yield first.problem(
                f"no API version is left for {product} before {first.value}, but operations claim "
                f"{since} (line {lowest.document.place(lowest.pointer).line}); restore the overlay of an "
                f"older version in {_folder(documents[0])}, or raise their products to {first.value}"
            )


def _folder(document: Document) -> str:
    """Return the folder of the overlays, for messages."""
    return (PurePosixPath(document.name).parent / "versions").as_posix()


def _version(document: Document) -> str:
    info = document.root.get("info")
    return (info.text("version") if info else None) or ""


def _claims(document: Document, product: str) -> Iterator[Node]:
    """Yield the lowest release of a product at each operation that has it."""
    paths = document.root.get("paths")
    items = [item for _, item in paths.items()] if paths is not None else []
    for operation in (operation for item in items for _, operation in item.items()):
        extension = operation.get(KEY)
        products = extension.get("products") if extension is not None else None
        if products is not None and (claim := products.get(product)) is not None:
            yield claim


def _number(node: Node) -> tuple[int, ...] | None:
    """Return a release as numbers, () for `all`, None for anything else."""
    if node.value == "all":
        return ()
    found = _RELEASE.fullmatch(node.value) if isinstance(node.value, str) else None
    return (int(found[1]), int(found[2])) if found else None
