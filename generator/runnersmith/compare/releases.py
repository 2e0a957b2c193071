"""Statements of the spec about releases of Enterprise Server, against the description of one. Pure.

A server does not know every API version, so these are statements about versions that are not
compared with its description otherwise:

- `introduced`: the first release that knows a version
- the products of a part, which hold for all versions that have it
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..openapi.document import Document
from ..problems import Problem
from .comparison import compare_versions, problems
from .corrections import Corrections
from .facts import products
from .products import Product, known, names_version, product_of
from .walk import Difference


def releases(
    versions: Sequence[Document], official: Document, corrections: Corrections | None = None
) -> tuple[Problem, ...]:
    """Return what a server's description contradicts in the spec, beside its own API versions.

    `versions` are all API versions of the spec. Raises SpecError like `compare`.
    """
    product = product_of(official)
    if product.release is None:
        return ()
    found = [*_introduced(versions, official, product)]
    supported = known(versions, official)
    others = [it for it in versions if it not in supported]
    for comparison in compare_versions(others, official, corrections):
        end = f" (API version {comparison.version}, which {product} does not know)"
        found += (
            replace(problem, message=problem.message + end)
            for problem in problems(filter(_is_claim, comparison.differences))
        )
    return tuple(found)


def _introduced(
    versions: Sequence[Document], official: Document, product: Product
) -> Iterator[Problem]:
    """Yield the API versions that a server knows and should not by the spec, or the reverse."""
    numbers = {it.root.at("info").text("version") or "": it for it in versions}
    extension = versions[0].root.get("x-runnersmith")
    introduced = extension.get("introduced") if extension is not None else None
    # Every release knows the oldest.
    for number in sorted(numbers)[1:]:
        entry = introduced.get(number) if introduced is not None else None
        first = entry.get(product.name) if entry is not None else None
        is_stated = entry is None or first is None or product.among(entry)
        if is_stated == names_version(official, number):
            continue
        node = first or numbers[number].root.at("info").at("version")
        ours = f"from {product.name} {first.value} on" if first else "every release"
        official_side = f"{'not ' if is_stated else ''}{product}"
        yield node.problem(
            f"API version {number}: introduced: ours {ours}, official {official_side}"
        )


def _is_claim(difference: Difference) -> bool:
    """Return whether a difference is about the stated products of a part.

    An operation that a server lacks may be at another path in its older version.
    """
    path = difference.path
    if path.keyword == "product":
        return difference.official is not None
    is_lacking = difference.official is None and not path.keyword
    return is_lacking and products(difference.node) is not None
