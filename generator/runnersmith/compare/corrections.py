"""Deliberate differences from the official description: the reviewed file `spec/corrections.yaml`.

    corrections:
      - operations: "*"                       # every operation, or a pattern, or a list of patterns
        fact: "query per_page: maximum"       # the fact, as `compare` prints it
        ours: 100                             # the value in the curated spec
        reason: The documentation limits a page to 100.
      - operations:                           # METHOD and path; `*` matches any text
          - "* */actions/runners"
          - GET /orgs/{org}/actions/runners/{runner_id}/labels
        fact: "response 200: total_count: type"
        official: number                      # the official value
        ours: integer
        products: [ghec]                      # only for these official descriptions
        reason: A count is a whole number.

Without `official` or `ours`, this side has no such fact; `null` is a value. A correction applies
only if both sides match it, so that it cannot hide a new difference.

A fact is written `ENTITY: FIELD: KEYWORD`, without the field for facts of the entity itself, and
without the keyword for the existence of the entity or field:

    operationId, docs, deprecated                 facts of the operation itself
    product                                       `ghec`, `ghes 3.19`, ...: this product has it
    githubCloudOnly, enabledForGitHubApps         from x-github, and implied by x-runnersmith
    query per_page                                required or optional (also path, header, cookie)
    query per_page: type                          integer, string, `string or null`, ...
    body                                          required or optional
    body: labels                                  required or optional: the field itself
    body: labels: product                         this product has the field
    body: labels: maxItems                        a limit, default, enum, format, ... of the field
    body: labels[]: type                          the items of the field
    response 200                                  its media types, or `no content`
    response 200: runners[].labels[].type: enum   a field of a field of the items of the body
    response 200: [].os: type                     of a body that is itself a list
    response 200: headers{}: type                 values of an object with arbitrary keys
    response 422: errors[].value(array)[]: type   of one alternative of an anyOf or oneOf
    response 200 header Link                      required or optional

In `fact`, `*` matches one segment: text without `:`, `.` or space (`response *: *.id: type`).
Facts of bodies that are not `application/json` name their media type: `response 200 text/html`.

Pure: the document is already loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ..openapi.document import Document, Node
from ..problems import Problem, SpecError
from .facts import Fact, dump, plain
from .products import PRODUCTS, Product
from .walk import Difference

_KEYS = ("operations", "fact", "ours", "official", "products", "reason")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One entry of the file. An absent side is None."""

    operations: tuple[str, ...]
    fact: str
    ours: Fact | None
    official: Fact | None
    products: tuple[str, ...]
    reason: str
    node: Node
    # New names of operations, which the file does not have yet.
    renamed: tuple[str, ...] = ()

    def concerns(self, operation: str) -> bool:
        return operation in self.renamed or any(
            _covers(pattern, operation) for pattern in self.operations
        )

    def names(self, difference: Difference) -> bool:
        """Return whether a difference is in a fact that the entry names or matches."""
        return _matches(self.fact, str(difference.path), any_text=r"[^.: ]+")

    def explains(self, difference: Difference) -> bool:
        """Return whether the entry matches a difference exactly."""
        return (
            self.concerns(difference.operation)
            and self.names(difference)
            and _same(self.ours, difference.ours)
            and _same(self.official, difference.official)
        )


@dataclass(frozen=True, slots=True)
class Corrections:
    """Entries of the file, in order."""

    entries: tuple[Correction, ...] = ()

    def against(self, product: Product) -> Corrections:
        """Return the entries for the official description of a product."""
        return Corrections(
            tuple(e for e in self.entries if not e.products or product.name in e.products)
        )

    def renamed(self, names: Mapping[str, str]) -> Corrections:
        """Return the entries for operations that have new names as well."""

        def new(entry: Correction) -> tuple[str, ...]:
            return tuple(now for was, now in names.items() if entry.concerns(was))

        return Corrections(tuple(replace(e, renamed=new(e)) for e in self.entries))

    def lacking(self, names: Mapping[str, str]) -> Iterator[Problem]:
        """Yield problems for entries that do not have the new name of an operation."""
        for was, now in names.items():
            for entry in self.entries:
                if entry.concerns(was) and not entry.concerns(now):
                    message = f"add {now}, which {was} is called from now on"
                    yield entry.node.at("operations").problem(message)


def read_corrections(document: Document) -> Corrections:
    """Read the corrections from their document. Raises SpecError with every problem."""
    problems: list[Problem] = []
    entries: list[Correction] = []
    listed = document.root.get("corrections")
    if listed is None or not isinstance(listed.value, list):
        raise SpecError([document.problem((), "expected a list named `corrections` here")])
    for key, node in document.root.items():
        if key != "corrections":
            problems.append(node.problem(f"unknown key {key!r}: only `corrections`", key=True))
    seen: dict[object, Correction] = {}
    for node in listed.elements():
        wrong = list(_faults(node))
        problems += wrong
        if not wrong:
            entry = _entry(node)
            same = (frozenset(entry.operations), entry.fact, frozenset(entry.products))
            if (earlier := seen.setdefault(same, entry)) is not entry:
                line = document.place(earlier.node.pointer).line
                problems.append(node.problem(f"corrects the same difference as line {line}"))
            entries.append(entry)
    if problems:
        raise SpecError(problems)
    return Corrections(tuple(entries))


def stale(
    corrections: Corrections,
    applied: Sequence[tuple[Correction, Difference]],
    left: Sequence[Difference],
    *,
    ours: Sequence[str],
    compared: Sequence[str],
) -> Iterator[Problem]:
    """Yield the corrections about the `compared` operations that correct nothing.

    An operation with its full name must differ as in the entry; a pattern must match one. `left`
    are the differences without a correction.
    """
    used = {(id(correction), difference.operation) for correction, difference in applied}
    for correction in corrections.entries:
        operations = correction.node.at("operations")
        nodes = list(operations.elements()) or [operations]
        for pattern, node in zip(correction.operations, nodes, strict=True):
            concerned = [name for name in compared if _covers(pattern, name)]
            if not any(_covers(pattern, name) for name in ours):
                yield node.problem(f"{pattern} is not an operation of the spec")
            elif concerned and not any((id(correction), name) in used for name in concerned):
                now = next(
                    (d for d in left if d.operation in concerned and correction.names(d)), None
                )
                yield node.problem(f"{pattern}: {correction.fact}: {_advice(now)}")


def _advice(now: Difference | None) -> str:
    if now is None:
        return (
            "does not differ (any more), or is corrected above: remove this entry,"
            " or fix its `fact` if that is misspelt"
        )
    return f"differs in another way, {now.sides}: fix this entry's `ours` and `official`"


def _entry(node: Node) -> Correction:
    operations, fact = node.at("operations"), node.text("fact") or ""
    products = node.get("products")
    return Correction(
        operations=_texts(operations) or (str(operations.value),),
        fact=fact,
        ours=_side(node, "ours", fact),
        official=_side(node, "official", fact),
        products=_texts(products) if products else (),
        reason=node.text("reason") or "",
        node=node,
    )


def _side(node: Node, name: str, fact: str) -> Fact | None:
    side = node.get(name)
    if side is None:
        return None
    value = plain(side.value)
    if isinstance(value, list) and fact.endswith("enum"):
        value = sorted(value, key=dump)
    return Fact(value, side)


def _faults(node: Node) -> Iterator[Problem]:
    """Yield the problems in the form of one entry."""
    if not isinstance(node.value, dict):
        yield node.problem(
            "a correction is a mapping with operations, fact, ours or official, reason"
        )
        return
    for key, child in node.items():
        if key not in _KEYS:
            yield child.problem(f"unknown key {key!r}: one of {', '.join(_KEYS)}", key=True)
    for key in ("fact", "reason"):
        if not (node.text(key) or "").strip():
            yield (node.get(key) or node).problem(f"`{key}` must be text here")
    operations, products = node.get("operations"), node.get("products")
    if operations is None or not (isinstance(operations.value, str) or _texts(operations)):
        yield (operations or node).problem(
            "`operations` must be a pattern or a list of patterns, all different"
        )
    if products is not None and not (set() < set(_texts(products)) <= set(PRODUCTS.values())):
        names = ", ".join(PRODUCTS.values())
        yield products.problem(f"`products` must be a list of these: {names}")
    ours, official = (_side(node, side, node.text("fact") or "") for side in ("ours", "official"))
    if _same(ours, official):
        yield node.problem("`ours` and `official` must differ; one of them may be left out")


def _texts(node: Node) -> tuple[str, ...]:
    """Return the items of a list of different strings; empty for any other value."""
    values = node.value if isinstance(node.value, list) else []
    texts = [value for value in values if isinstance(value, str) and value]
    return tuple(texts) if len(set(texts)) == len(values) else ()


def _same(one: Fact | None, other: Fact | None) -> bool:
    if one is None or other is None:
        return one is other
    return one.says(other)


def _covers(pattern: str, operation: str) -> bool:
    return _matches(pattern, operation, any_text=r".*")


def _matches(pattern: str, text: str, *, any_text: str) -> bool:
    expression = any_text.join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, text) is not None
