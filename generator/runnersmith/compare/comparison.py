"""Comparison of the curated spec with one of GitHub's official descriptions. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..openapi.document import Document, Json, Node
from ..problems import Problem, SpecError
from .corrections import Correction, Corrections, stale
from .description_view import View, official_view
from .facts import Fact, FactPath
from .operations import WITHOUT_CONTENT, Operation, entity, operations, shape
from .products import Product, official_facts, our_facts, product_of
from .walk import Difference, Walk

# The segments after a scope's path in operations about runners, such as `/actions/runner-groups`
# and `/actions/permissions/self-hosted-runners`.
_RUNNER_PATH = re.compile(r"/actions/(permissions/)?([a-z0-9]+-)*runners?(-[a-z0-9]+)*(/|$)")
# GitHub's own classification: `self-hosted-runner-groups`.
_RUNNER_CATEGORY = re.compile(r"(.*-)?runners?(-.*)?")
_IDENTIFIER = FactPath(keyword="operationId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Result of a comparison.

    `version` is the compared API version. `compared` are the curated operations that the product
    has according to either description. `missing` are the official operations absent from the
    curated spec: those with the path of a curated operation, those with a scope's path followed by
    `/actions/` and runners, runner-groups, hosted-runners or the like, and those whose subcategory
    names runners. They are listed, but are not problems.
    """

    product: Product
    version: str | None = None
    compared: tuple[str, ...]
    differences: tuple[Difference, ...]
    applied: tuple[tuple[Correction, Difference], ...]
    stale: tuple[Problem, ...]
    missing: tuple[Operation, ...]
    # Statements of the official description that contradict HTTP, and are not compared.
    ignored: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Return differences without a correction, and corrections without a difference."""
        return tuple(sorted((*problems(self.differences), *self.stale)))


def compare(
    ours: Document, official: Document, corrections: Corrections | None = None
) -> Comparison:
    """Compare the facts of every operation of a valid curated spec.

    The official description is read at the API version of the curated spec. Raises SpecError if it
    is not one of GitHub's, or has an invalid part.
    """
    return compare_versions([ours], official, corrections)[0]


def compare_versions(
    versions: Sequence[Document], official: Document, corrections: Corrections | None = None
) -> tuple[Comparison, ...]:
    """Compare several API versions of the spec with one official description, as `compare` does.

    A correction is stale in all of them if it applies to none.
    """
    product = product_of(official)
    corrections = (corrections or Corrections()).against(product)
    found = [_compared(ours, official, product, corrections) for ours in versions]
    outdated = tuple(
        stale(
            corrections,
            [pair for comparison in found for pair in comparison.applied],
            [difference for comparison in found for difference in comparison.differences],
            ours=[op.name for ours in versions for op in operations(View(ours)).values()],
            compared=[name for comparison in found for name in comparison.compared],
        )
    )
    return tuple(replace(comparison, stale=outdated) for comparison in found)


def _compared(
    ours: Document, official: Document, product: Product, corrections: Corrections
) -> Comparison:
    """Return a comparison without the check for stale corrections."""
    version = (ours.root.get("info") or ours.root).text("version")
    curated_operations = operations(View(ours))
    concerned = {path for _, path in curated_operations} | _runner_paths(official, _roots(ours))
    official_operations = operations(official_view(official, version), concerned.__contains__)
    if not official_operations:
        raise SpecError([official.problem((), "this description has no operations about runners")])
    differences: list[Difference] = []
    compared: list[str] = []
    for key, operation in curated_operations.items():
        if key in official_operations or product.has(operation):
            compared.append(operation.name)
            differences += _differences(operation, official_operations.get(key), product)
    # At another path, other products have the operation that a description has moved.
    elsewhere = {
        identifier
        for key, operation in curated_operations.items()
        if key not in official_operations and (identifier := operation.node.text("operationId"))
    }
    applied: list[tuple[Correction, Difference]] = []
    left: list[Difference] = []
    for difference in differences:
        if difference.path == _IDENTIFIER and str(_official(difference)) in elsewhere:
            continue  # No two operations of the spec may have one operationId.
        found = next((c for c in corrections.entries if c.explains(difference)), None)
        if found is None:
            left.append(difference)
        else:
            applied.append((found, difference))
    return Comparison(
        product=product,
        version=version,
        compared=tuple(compared),
        differences=tuple(left),
        applied=tuple(applied),
        stale=(),
        missing=tuple(
            operation
            for key, operation in official_operations.items()
            if key not in curated_operations
        ),
        ignored=tuple(
            dict.fromkeys(
                problem
                for key, operation in official_operations.items()
                if key in curated_operations
                for problem in _impossible(operation)
            )
        ),
    )


def _official(difference: Difference) -> Json:
    return difference.official.value if difference.official is not None else None


def _impossible(operation: Operation) -> Iterator[Problem]:
    """Yield the content of official responses whose status has none."""
    responses = operation.node.get("responses")
    for status, node in responses.items() if responses is not None else ():
        content = operation.view.resolve(node).get("content")
        if content is not None and status in WITHOUT_CONTENT:
            what = f"a response of status {status} has no content by HTTP, so this is ignored"
            yield content.problem(f"{operation.name}: {what}", key=True, severity="warning")


def _differences(
    operation: Operation, official: Operation | None, product: Product
) -> list[Difference]:
    if official is None:
        path, fact = FactPath(keyword="product"), Fact(str(product), operation.node)
        return [
            Difference(
                operation=operation.name, path=path, ours=fact, official=None, node=operation.node
            )
        ]
    return Walk(operation.name, product).differences(
        entity(operation, operation, our_facts(operation, product, official)),
        entity(official, operation, official_facts(official, product)),
        FactPath(),
    )


def _roots(ours: Document) -> list[str]:
    """Return the path shapes of the curated scopes."""
    extension = ours.root.get("x-runnersmith") or ours.root
    scopes = extension.get("scopes")
    return [shape(scope.text("path") or "") for _, scope in scopes.items()] if scopes else []


def _runner_paths(official: Document, roots: list[str]) -> set[str]:
    """Return the shapes of the official paths with operations about runners."""
    paths = official.root.get("paths")
    return {
        shape(path)
        for path, item in (paths.items() if paths else ())
        if _about_runners(shape(path), roots)
        or any(_filed_under_runners(operation) for _, operation in item.items())
    }


def _about_runners(path: str, roots: list[str]) -> bool:
    return any(path.startswith(root) and _RUNNER_PATH.match(path[len(root) :]) for root in roots)


def _filed_under_runners(operation: Node) -> bool:
    github = operation.get("x-github")
    subcategory = github.text("subcategory") if github is not None else None
    return subcategory is not None and _RUNNER_CATEGORY.fullmatch(subcategory) is not None


def problems(differences: Iterable[Difference]) -> Iterator[Problem]:
    """Yield one problem for each difference; shared ones are reported once, with their number."""
    groups: dict[object, list[Difference]] = {}
    for difference in differences:
        path = difference.path
        name = re.split(r"[.: ]", path.field or path.entity)[-1]
        key = (difference.place, name, path.keyword, difference.sides)
        groups.setdefault(key, []).append(difference)
    for group in groups.values():
        shown = min(group, key=lambda difference: len(str(difference.path)))
        more = f" (and {len(group) - 1} more like it)" if len(group) > 1 else ""
        yield Problem(shown.place, message(shown) + more)


def message(difference: Difference) -> str:
    """Return `GET /a: query per_page: maximum: ours 100, official none`."""
    return one_line(f"{difference.operation}: {difference.path}: {difference.sides}")


def one_line(text: str) -> str:
    """Return text with names from a description on one line that is safe for a terminal."""
    return text if text.isprintable() else json.dumps(text)[1:-1]
