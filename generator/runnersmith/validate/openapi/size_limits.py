"""Size limits of lists and references, on which every other check relies. Pure.

The limits for a document as a whole are in `reader.limits`.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...openapi.document import MAX_REFERENCE, MAX_REFERENCES, Node
from ...openapi.keywords import CHOICES
from ...openapi.survey import Survey
from ...problems import Problem
from ...reader.limits import MAX_ALTERNATIVES, MAX_ENUM


def check(survey: Survey) -> Iterator[Problem]:
    """Check the length of lists and references, and of chains of references."""
    for node in survey.of("schema"):
        yield from _lists(node)
    for _, node in survey.everything():
        if node.reference is not None:
            yield from _reference(node, node.at("$ref"))


def _lists(schema: Node) -> Iterator[Problem]:
    for field, most in (("enum", MAX_ENUM), *((field, MAX_ALTERNATIVES) for field in CHOICES)):
        found = schema.get(field)
        if found is not None and isinstance(found.value, list) and len(found.value) > most:
            yield found.problem(f"{field} lists more than {most} values; drop some", key=True)


def _reference(node: Node, at: Node) -> Iterator[Problem]:
    if len(str(at.value)) > MAX_REFERENCE:
        yield at.problem(f"$ref is longer than {MAX_REFERENCE} characters; shorten the names")
        return
    seen = {node.pointer}
    target = node
    while (reference := target.reference) is not None:
        found = target.document.find(reference)
        if found is None or found.pointer in seen:
            return  # dangling or circular: reported by `references`
        target = found
        seen.add(target.pointer)
        if len(seen) > MAX_REFERENCES:
            yield at.problem(
                f"$ref leads to a value through more than {MAX_REFERENCES} others; refer to it directly"
            )
            return
