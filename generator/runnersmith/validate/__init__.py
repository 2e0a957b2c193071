"""Every problem of a spec at once, each with its place and with what to do about it.

    version ──▶ survey ──▶ bounds ──▶ checks (one module each) ──▶ merged, by level, in file order

`curated` is for a spec of ours: every finding is an error. `foreign` is for somebody else's: what
does not hinder generation is a warning. The spec is data throughout; nothing is fetched. Of very
many problems the first are listed, and that there are more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from typing import Literal

from ..openapi.document import Document
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
    """List what is wrong with a document, in file order; never raises for a bad spec."""
    version = metaschema.version_of(document)
    if isinstance(version, Problem):
        return (version,)
    surveyed = survey(document, version)
    if found := tuple(islice(size_limits.check(surveyed), MAX_PROBLEMS)):
        # Nothing else is looked at then: they stop everything, wherever they stand.
        return tuple(replace(problem, pointer=()) for problem in found)
    is_curated = level == "curated"
    findings = _Findings(document, is_curated)
    try:
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
    """There are more problems than anybody mends at once: the rest is not looked for."""


class _Findings:
    """What the checks find: up to MAX_PROBLEMS errors, and as many warnings of each check."""

    def __init__(self, document: Document, is_curated: bool) -> None:
        self.unsound: bool = False
        self._document: Document = document
        self._is_curated: bool = is_curated
        self._errors: set[Problem] = set()
        self._warnings: set[Problem] = set()
        self._more_warnings: int = 0

    def add(self, problems: Iterable[Problem]) -> None:
        """Add what a check finds. Raises _TooManyError when it is to stop."""
        room = MAX_PROBLEMS
        for problem in problems:
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
                # An error may still come after any number of warnings.
                self._more_warnings += 1

    def listed(self) -> tuple[Problem, ...]:
        """All of it in file order, and last how much is not listed."""
        found = sorted(self._errors | self._warnings)
        if len(self._errors) > MAX_PROBLEMS:
            message = f"more than {MAX_PROBLEMS} problems; mend these, and look for the rest then"
            found.append(self._document.problem((), message))
        if self._more_warnings:
            message = f"{self._more_warnings} more warnings are not listed"
            found.append(self._document.problem((), message, severity="warning"))
        return tuple(found)
