"""Pipeline from a spec to formatted files: load, validate, lower, render, format.

Reads the spec, its overlays and the packs. `generate`, `check`, the tests and the benchmark all
call `produce` and differ only in their use of the files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import ir
from .openapi.document import Document
from .openapi.todo_marks import undecided
from .output import fingerprint
from .output.formatter import format_files
from .output.record import PreviousRun, Record, record_of
from .problems import Place, Problem, SpecError, errors
from .project import Project

if TYPE_CHECKING:
    from .ir.naming import Rename
    from .lowering import LoweringResult
    from .render import RenderedFiles
    from .validate.second_opinion import SecondOpinion

Report = Callable[[str], None]
Level = Literal["curated", "foreign"]


def silent(stage: str) -> None:
    """Report no progress."""


def examine(
    spec: Path,
    name: str,
    level: Level,
    *,
    second_opinion: bool = False,
    renames: Sequence[Rename] = (),
) -> tuple[Problem, ...]:
    """Return every problem of a spec and its overlays. Raises SpecError if they cannot be read.

    With `second_opinion`, those that only openapi-spec-validator finds come last.
    """
    from .overlay import versions
    from .validate.second_opinion import SecondOpinion

    newest, *older = versions.load(spec, name)
    with SecondOpinion() as second:
        found = validated(newest, level, older, second if second_opinion else None, renames)
        return (*open_decisions(spec, name), *found, *second.problems())


def validated(
    newest: Document,
    level: Level,
    older: Sequence[Document] = (),
    second: SecondOpinion | None = None,
    renames: Sequence[Rename] = (),
) -> tuple[Problem, ...]:
    """Return every problem of a document in all its API versions, and ask for a second opinion.

    Problems found by lowering are added if validation finds no error.
    """
    documents = (newest, *older)
    problems = _validate(documents, level)
    if second is not None:
        second.ask(documents, problems, "error" if level == "curated" else "warning")
    if errors(problems):
        return problems
    try:
        built = _build(documents, "package", renames=renames)
    except SpecError as error:
        return (*problems, *error.problems)
    return (*problems, *built.notes)


def build_ir(project: Project, report: Report = silent) -> ir.Api:
    """Load, validate and lower every API version. Raises SpecError with every problem."""
    return build_client(project, report).api


def build_client(
    project: Project,
    report: Report = silent,
    *,
    validated: bool = False,
    second: SecondOpinion | None = None,
) -> LoweringResult:
    """Lower a spec to the IR, with notes. Raises SpecError with every problem.

    A curated spec must have no problem at all. For any other document, warnings are left to
    `validate`. With `skip_unsupported`, errors inside single operations only omit these operations.
    `validated` skips the validation of an unchanged spec. `second` is asked about a curated one.
    """
    from .overlay import versions

    report("load")
    documents = versions.load(project.spec, project.name(project.spec))
    report("validate")
    curated, skip = versions.is_curated(documents[0]), project.skip_unsupported
    # The omitted operations are determined anew each time.
    found = (
        () if validated and not skip else _validate(documents, "curated" if curated else "foreign")
    )
    undecided = open_decisions(project.spec, project.name(project.spec)) if curated else ()
    stopping = errors((*undecided, *found))
    if curated and second is not None:
        second.ask(documents, found, "error")
    if stopping and curated:
        raise SpecError((*stopping, *(errors(second.problems()) if second is not None else ())))
    report("build")
    built = _build(
        documents, project.package, stopping, skip_unsupported=skip, renames=project.renames
    )
    return replace(built, warnings=len(found) - len(stopping))


def open_decisions(spec: Path, name: str) -> tuple[Problem, ...]:
    """Return the open decisions of an update: marks in the spec and its overlays, or its end."""
    from .overlay import versions

    record = versions.unfinished(spec)
    names = {
        path: (Path(name).parent / "versions" / path.name).as_posix()
        for path in versions.overlays(spec)
    }
    found = tuple(
        problem
        for path, shown in {spec: name, **names}.items()
        for problem in undecided(path.read_text(encoding="utf-8"), shown)
    )
    if found or not record.exists():
        return found
    shown = (Path(name).parent / "versions" / record.name).as_posix()
    return (Problem(Place(shown), "the update is not finished: run `runnersmith bump --finish`"),)


def _validate(documents: Sequence[Document], level: Level) -> tuple[Problem, ...]:
    from .validate import validate
    from .validate.extension import api_versions

    # An older version shares most of its text, and of its problems, with the newest.
    found = [problem for document in documents for problem in validate(document, level)]
    found += api_versions.check(documents) if level == "curated" else ()
    return tuple(dict.fromkeys(found))


def _build(
    documents: Sequence[Document],
    package: str,
    unsound: Sequence[Problem] = (),
    *,
    skip_unsupported: bool = False,
    renames: Sequence[Rename] = (),
) -> LoweringResult:
    from .lowering import LoweringResult, build, build_foreign
    from .lowering.curated.api import with_tasks
    from .merge import merge
    from .overlay import versions

    if not versions.is_curated(documents[0]):
        return build_foreign(
            documents[0], package, unsound, skip_unsupported=skip_unsupported, renames=renames
        )
    if renames:
        why = "a spec with x-runnersmith has its own names; change them there"
        raise SpecError(rename.problem(why) for rename in renames)
    apis = [build(document, package) for document in documents]
    merged = merge(apis, documents) if len(apis) > 1 else apis[0]
    return LoweringResult(with_tasks(merged, documents[0]))


@dataclass(frozen=True, slots=True)
class GeneratedPackage:
    """A client package: path below the output folder -> text, a record, the result of lowering.

    `warnings` are those of the second opinion: how far it is incomplete.
    """

    files: Mapping[str, str]
    record: Record
    built: LoweringResult
    warnings: tuple[Problem, ...] = ()


def produce(
    project: Project,
    report: Report = silent,
    before: PreviousRun | None = None,
    *,
    second_opinion: bool = False,
) -> GeneratedPackage:
    """Generate every file of the client package, in memory. Raises SpecError with every problem.

    `before` has the results of the last run that can be reused. With `second_opinion`,
    openapi-spec-validator checks a changed curated spec beside the other stages.
    """
    from .validate.second_opinion import SecondOpinion

    validated = before is not None and before.validated
    asking = second_opinion and not (before is not None and before.is_same_spec)
    with SecondOpinion() as second:
        lowered, unformatted = _render(
            project, report, validated=validated, second=second if asking else None
        )
        report("format")
        formatted = format_files(unformatted.rendered, before)
        opinion = second.problems()
    if found := errors(opinion):
        raise SpecError(found)
    files = dict(sorted({**formatted, **unformatted.copied}.items()))
    inputs, tools = fingerprint.inputs(project), fingerprint.tools()
    record = record_of(files, inputs, tools, unformatted.rendered)
    return GeneratedPackage(files, record, lowered, opinion)


def rendered(project: Project, report: Report = silent) -> RenderedFiles:
    """Render every file, without formatting. Raises SpecError with every problem."""
    _, files = _render(project, report)
    return files


def _render(
    project: Project,
    report: Report,
    *,
    validated: bool = False,
    second: SecondOpinion | None = None,
) -> tuple[LoweringResult, RenderedFiles]:
    from .packs import stacks
    from .render import Package, make

    # First, since it is quick.
    packs = stacks(project.packs)
    built = build_client(project, report, validated=validated, second=second)
    report("render")
    return built, make(built.api, packs, Package(project.package, project.package_version))
