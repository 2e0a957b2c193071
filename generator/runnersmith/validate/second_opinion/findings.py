"""Findings of openapi-spec-validator as problems of a document, without those already found. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from ...openapi.document import Document, Node, Pointer
from ...problems import Problem, Severity

NAME = "openapi-spec-validator"
_LONGEST = 160


class Finding(msgspec.Struct, frozen=True):
    """One finding.

    `path` goes through references if it `follows` them. A finding about `alternatives` is about a
    whole object: it does not state which part of it is wrong.
    """

    path: tuple[str | int, ...]
    message: str
    follows: bool = False
    alternatives: bool = False


class Opinion(msgspec.Struct, frozen=True):
    """Findings for a document, and the name of the exception that ended the search, if one did."""

    findings: tuple[Finding, ...] = ()
    stopped: str | None = None


def added(
    document: Document, opinion: Opinion, known: Collection[Problem], severity: Severity
) -> Iterator[Problem]:
    """Yield the findings that are not among the known problems of a document."""
    pointers = {problem.pointer for problem in known}
    for finding in opinion.findings:
        pointer = _pointer(document, finding)
        if not any(_is_same(pointer, other, finding.alternatives) for other in pointers):
            yield document.problem(pointer, f"{NAME}: {_short(finding.message)}", severity=severity)


def unfinished(document: Document, reason: str) -> Problem:
    """Return the warning that a document has not been checked to the end."""
    message = (
        f"{NAME} {reason} before it had checked everything; the checks of runnersmith are complete"
    )
    return document.problem((), message, severity="warning")


def _is_same(pointer: Pointer, known: Pointer, alternatives: bool) -> bool:
    """Return whether a known problem is at a place, one step from it, or inside one alternative."""
    outer, inner = sorted((pointer, known), key=len)
    near = len(inner) - len(outer) <= 1 or (alternatives and outer == pointer)
    return near and inner[: len(outer)] == outer


def _pointer(document: Document, finding: Finding) -> Pointer:
    """Return the place of a finding in the document, or of its nearest parent."""
    node = document.root
    for step in finding.path:
        child = _child(node.resolved() or node if finding.follows else node, step)
        if child is None:
            return node.pointer
        node = child
    return ((node.resolved() if finding.follows else None) or node).pointer


def _child(node: Node, step: str | int) -> Node | None:
    """Return the child at a step. A number can be the key of a mapping, such as a status."""
    if isinstance(node.value, list):
        return node.at(step) if isinstance(step, int) and step < len(node.value) else None
    return node.get(str(step))


def _short(message: str) -> str:
    """Return the first line of a message, with the middle of a long value left out."""
    line = message.partition("\n")[0]
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[:half]} … {line[-half:]}"
