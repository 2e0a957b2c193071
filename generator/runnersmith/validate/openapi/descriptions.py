"""Descriptions: misleading characters, and missing text for docstrings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...openapi.document import Node
from ...openapi.messages import quote
from ...openapi.navigation import lacks
from ...openapi.survey import Survey
from ...problems import Problem

# Control characters except tab and newline; line and paragraph separators, which only some readers
# treat as line ends; characters that reorder text or are invisible at its start.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_PROSE = frozenset({"description", "summary", "title"})


def check(survey: Survey) -> Iterator[Problem]:
    """Check every text outside data, and that elements with a docstring have a description."""
    yield from _unwanted(survey)
    yield from _missing(survey)


def _unwanted(survey: Survey) -> Iterator[Problem]:
    for pointer, value in survey.values():
        name = pointer[-1]
        for what, text in (("name", name), ("text", value)):
            found = _UNWANTED.search(text) if isinstance(text, str) else None
            if found is not None:
                yield survey.document.problem(
                    pointer,
                    f"the {what} has the control character U+{ord(found[0]):04X}; remove it",
                    key=what == "name",
                    severity=(
                        "warning" if what == "text" and _is_harmless(name, found[0]) else "error"
                    ),
                )


def _is_harmless(field: str | int, character: str) -> bool:
    """Return whether a character of a text affects no client: in prose, or a line end."""
    return field in _PROSE or character == "\r"


def _missing(survey: Survey) -> Iterator[Problem]:
    for endpoint in survey.endpoints:
        if lacks(endpoint.node, "summary"):
            yield _wordless(endpoint.node, "the operation has no summary; write one line")
    for parameter in survey.of("parameter"):
        if parameter.reference is None and lacks(parameter, "description"):
            name = quote(parameter.text("name") or "")
            yield _wordless(parameter, f"the parameter {name} has no description; say what to pass")
    for schema in survey.of("schema"):
        what = _documented(survey, schema)
        if what is not None and schema.reference is None and lacks(schema, "description"):
            message = f"the {what} {quote(schema.key)} has no description; say what it holds"
            yield _wordless(schema, message)


def _documented(survey: Survey, schema: Node) -> str | None:
    """Return the kind of element with a docstring that a schema describes; None for none."""
    match schema.pointer:
        case ("components", "schemas", _):
            return "schema"
        case (*owner, "properties", _) if survey.kinds.get(tuple(owner)) == "schema":
            return "property"
        case _:
            return None


def _wordless(node: Node, message: str) -> Problem:
    return node.problem(message, key=True, severity="warning")
