"""Validation of a spec: every problem at once, each with its place and its fix.

    version ──▶ survey ──▶ size limits ──▶ checks (one module each) ──▶ sorted in file order

At level `curated`, every problem is an error. At level `foreign`, a problem that does not affect
generation is a warning. The spec is only read as data; nothing is fetched. The number of listed
problems is limited.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace
from itertools import islice
from typing import Literal

from ..openapi.document import Document, Pointer
from ..openapi.survey import survey
from ..problems import Problem
from ..reader.limits import MAX_PROBLEMS
from .extension import schema, semantics
from .openapi import (
    components,
    descriptions,
    examples,
    metaschema,
    operations,
    paths,
    references,
    schemas,
    servers,
    size_limits,
)

Level = Literal["curated", "foreign"]


def validate(document: Document, level: Level) -> tuple[Problem, ...]:
    """Return the problems of a document, in file order. Never raises for an invalid spec."""
    version = metaschema.version_of(document)
    if isinstance(version, Problem):
        return (version,)
    surveyed = survey(document, version)
    if found := tuple(islice(size_limits.check(surveyed), MAX_PROBLEMS)):
        # Size limits stop everything else, wherever they are exceeded.
        return tuple(replace(problem, pointer=()) for problem in found)
    is_curated = level == "curated"
    findings = _Findings(document, is_curated, references.unused_definitions(surveyed))
    try:
        findings.add(document.tolerated)
        for check in (
            metaschema,
            references,
            components,
            schemas,
            operations,
            paths,
            servers,
            descriptions,
        ):
            findings.add(check.check(surveyed))
        findings.add(schema.check(surveyed, required=is_curated))
        findings.add(semantics.check(surveyed))
        findings.add(examples.check(surveyed, sound=not findings.unsound))
    except _TooManyError:
        pass
    return findings.listed()


class _TooManyError(Exception):
    """There are more problems than anyone fixes at once, so the search stops."""


class _Findings:
    """Collected problems: up to MAX_PROBLEMS errors, and as many warnings of each check.

    What is wrong within a place of `unused` affects no operation.
    """

    def __init__(
        self, document: Document, is_curated: bool, unused: Container[Pointer] = ()
    ) -> None:
        self.unsound: bool = False
        self._unused: Container[Pointer] = unused
        self._document: Document = document
        self._is_curated: bool = is_curated
        self._errors: set[Problem] = set()
        self._warnings: set[Problem] = set()
        self._more_warnings: int = 0

    def add(self, problems: Iterable[Problem]) -> None:
        """Add the problems of a check. Raises _TooManyError to stop."""
        room = MAX_PROBLEMS
        for problem in map(self._judged, problems):
            if problem.severity == "error":
                self.unsound = True
            if problem.severity == "error" or self._is_curated:
                self._errors.add(replace(problem, severity="error"))
                if len(self._errors) > MAX_PROBLEMS:
                    raise _TooManyError
            elif room:
                room -= 1
                self._warnings.add(problem)
            else:
                # An error may follow any number of warnings.
                self._more_warnings += 1

    def _judged(self, problem: Problem) -> Problem:
        pointer = problem.pointer
        is_unused = any(pointer[:length] in self._unused for length in range(len(pointer) + 1))
        return replace(problem, severity="warning") if is_unused else problem

    def listed(self) -> tuple[Problem, ...]:
        """Return the problems in file order, and last the number of those not listed."""
        found = sorted(self._errors | self._warnings)
        if len(self._errors) > MAX_PROBLEMS:
            message = f"more than {MAX_PROBLEMS} problems; fix these, then run again"
            found.append(self._document.problem((), message))
        if self._more_warnings:
            message = f"{self._more_warnings} more warnings are not listed"
            found.append(self._document.problem((), message, severity="warning"))
        return tuple(found)
