"""Every problem of a spec at once, each with its place and with what to do about it.

    version ──▶ survey ──▶ checks (one module each) ──▶ merged, by level, in file order

`curated` is for a spec of ours: every finding is an error. `foreign` is for somebody else's: what
does not hinder generation is a warning. The spec is data throughout; nothing is fetched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from ..document import Document
from ..problems import Problem, errors
from . import (
    components,
    examples,
    extensions,
    methods,
    operations,
    paths,
    references,
    schemas,
    servers,
    structure,
    texts,
)
from .grammar import survey

Level = Literal["curated", "foreign"]


def validate(document: Document, level: Level) -> tuple[Problem, ...]:
    """List what is wrong with a document, in file order; never raises for a bad spec."""
    version = structure.version_of(document)
    if isinstance(version, Problem):
        return (version,)
    surveyed = survey(document, version)
    found = [
        *structure.check(surveyed),
        *references.check(surveyed),
        *components.check(surveyed),
        *schemas.check(surveyed),
        *operations.check(surveyed),
        *paths.check(surveyed),
        *servers.check(surveyed),
        *texts.check(surveyed),
        *extensions.check(surveyed, required=level == "curated"),
        *methods.check(surveyed),
    ]
    found += examples.check(surveyed, sound=not errors(found))
    if level == "curated":
        found = [replace(problem, severity="error") for problem in found]
    return tuple(sorted(set(found)))
