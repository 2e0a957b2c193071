"""The one way from a spec to formatted files: load, validate, build, render, format.

Reads the spec, its overlays and the packs. `generate`, `check`, the tests and the benchmark all call
`produce`; only what they do with the files differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import fingerprint, ir
from .document import Document
from .format import format_files
from .lock import Before, Lock, lock_of
from .problems import Problem, SpecError, errors
from .project import Project

if TYPE_CHECKING:
    from .render import Made

Report = Callable[[str], None]
Level = Literal["curated", "foreign"]


def silent(stage: str) -> None:
    """Report no progress."""


def examine(spec: Path, name: str, level: Level) -> tuple[Problem, ...]:
    """Every problem of a spec and its overlays. Raises SpecError when they cannot be read."""
    from . import versions

    newest, *older = versions.load(spec, name)
    return (*_undecided(spec, name), *validated(newest, level, older))


def validated(
    newest: Document, level: Level, older: Sequence[Document] = ()
) -> tuple[Problem, ...]:
    """Every problem of a document in all its API versions.

    What only the builder can see is added when nothing else is wrong.
    """
    documents = (newest, *older)
    problems = _validate(documents, level)
    if errors(problems):
        return problems
    try:
        _build(documents, "package")
    except SpecError as error:
        return (*problems, *error.problems)
    return problems


def build_ir(project: Project, report: Report = silent, *, validated: bool = False) -> ir.Api:
    """Load, validate and build every API version. Raises SpecError with every problem found.

    `validated` leaves out what was found valid before.
    """
    from . import versions

    report("load")
    documents = versions.load(project.spec, project.name(project.spec))
    report("validate")
    found = () if validated else _validate(documents, "curated")
    problems = (*_undecided(project.spec, project.name(project.spec)), *found)
    if errors(problems):
        raise SpecError(problems)
    report("build")
    return _build(documents, project.package)


def _undecided(spec: Path, name: str) -> tuple[Problem, ...]:
    """The marks that a bump has left for a person: prose to write, decisions to take."""
    from .bump.marker import undecided

    return undecided(spec.read_text(encoding="utf-8"), name)


def _validate(documents: Sequence[Document], level: Level) -> tuple[Problem, ...]:
    from .validate import validate

    # An older version shares most of its text, and of its problems, with the newest.
    return tuple(
        dict.fromkeys(problem for document in documents for problem in validate(document, level))
    )


def _build(documents: Sequence[Document], package: str) -> ir.Api:
    from .build import build
    from .build.tasks import with_tasks
    from .merge import merge

    apis = [build(document, package) for document in documents]
    merged = merge(apis, documents) if len(apis) > 1 else apis[0]
    return with_tasks(merged, documents[0])


@dataclass(frozen=True, slots=True)
class Product:
    """A client package: path below the output folder -> text; and the lock that goes with it."""

    files: Mapping[str, str]
    lock: Lock


def produce(
    project: Project,
    report: Report = silent,
    before: Before | None = None,
) -> Product:
    """Make every file of the client package, in memory. Raises SpecError with every problem.

    `before` tells what the last run did that need not be done again.
    """
    made = rendered(project, report, validated=before is not None and before.validated)
    report("format")
    files = dict(sorted({**format_files(made.rendered, before), **made.copied}.items()))
    inputs, tools = fingerprint.inputs(project), fingerprint.tools()
    return Product(files, lock_of(files, inputs, tools, made.rendered))


def rendered(project: Project, report: Report = silent, *, validated: bool = False) -> Made:
    """Make every file as the templates give it. Raises SpecError with every problem."""
    from .packs import stacks
    from .render import Package, make

    # First, since it is quick to tell.
    packs = stacks(project.packs)
    api = build_ir(project, report, validated=validated)
    report("render")
    return make(api, packs, Package(project.package, project.package_version))
