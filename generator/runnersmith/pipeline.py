"""Pipeline from a spec to formatted files: load, validate, lower, render, format.

Reads the spec, its overlays and the packs. `generate`, `check`, the tests and the benchmark all
call `produce` and differ only in their use of the files.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import ir
from .openapi.document import Document
from .output import fingerprint
from .output.formatter import format_files
from .output.record import PreviousRun, Record, record_of
from .problems import Problem, SpecError, UnsupportedError, errors
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
    level: Level | None = None,
    *,
    second_opinion: Collection[Level] = (),
    renames: Sequence[Rename] = (),
) -> tuple[Problem, ...]:
    """Return every problem of a spec and its overlays. Raises SpecError if they cannot be read.

    The default level depends on whether the document has our extension. At the levels of
    `second_opinion`, those that only openapi-spec-validator finds come last.
    """
    from .decisions import open_decisions
    from .overlay import versions
    from .validate.second_opinion import SecondOpinion

    newest, *older = versions.load(spec, name)
    level = level or ("curated" if versions.is_curated(newest) else "foreign")
    with SecondOpinion() as second:
        found = validated(
            newest, level, older, second if level in second_opinion else None, renames
        )
        decisions = open_decisions(spec, name, (newest, *older))
        return (*decisions, *found, *second.problems())


def validated(
    newest: Document,
    level: Level,
    older: Sequence[Document] = (),
    second: SecondOpinion | None = None,
    renames: Sequence[Rename] = (),
) -> tuple[Problem, ...]:
    """Return every problem of a document in all its API versions, and ask for a second opinion.

    Problems found by lowering are added; in a curated document, if validation finds no error.
    """
    from .overlay import versions

    documents = (newest, *older)
    problems = _validate(documents, level)
    if second is not None:
        second.ask(documents, problems, "error" if level == "curated" else "warning")
    if errors(problems) and (level == "curated" or versions.is_curated(newest)):
        return problems
    try:
        built = _build(
            documents, "package", errors(problems), skip_unsupported=True, renames=renames
        )
    except SpecError as error:
        return tuple(dict.fromkeys((*problems, *error.problems)))
    known = {(problem.place, problem.message) for problem in problems}
    added = (it for it in (*built.left_out, *built.notes) if (it.place, it.message) not in known)
    empty = () if built.emitted or level == "curated" else (_nothing(newest, built),)
    return (*problems, *added, *empty)


def _nothing(document: Document, built: LoweringResult) -> Problem:
    message = "no operation of this document can be generated"
    if not built.reasons:
        message = "the document has no operation"
        if document.root.get("webhooks") is not None:
            message += " but webhooks, which are requests of the server"
    return document.problem(("paths",), message, key=True)


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
    `validate`. With `skip_unsupported`, an error only omits the operations that it affects, and
    deviations with one certain meaning are notes. `validated` skips the validation of an unchanged
    curated spec, and `second` is asked about a changed one.
    """
    from .decisions import open_decisions
    from .overlay import versions

    report("load")
    documents = versions.load(project.spec, project.name(project.spec))
    report("validate")
    curated = versions.is_curated(documents[0])
    level: Level = "curated" if curated else "foreign"
    # The operations that any other document omits are determined anew each time.
    found = () if validated and curated else _validate(documents, level)
    name = project.name(project.spec)
    undecided = open_decisions(project.spec, name, documents) if curated else ()
    stopping = errors((*undecided, *found))
    if curated and second is not None:
        second.ask(documents, found, "error")
    if stopping and curated:
        raise SpecError((*stopping, *(errors(second.problems()) if second is not None else ())))
    report("build")
    skip = project.skip_unsupported
    built = _build(
        documents, project.package, stopping, skip_unsupported=skip, renames=project.renames
    )
    if curated:
        return built
    tolerated = documents[0].tolerated
    if not built.emitted:
        raise SpecError([_nothing(documents[0], built), *built.left_out])
    without_effect = {problem for problem in found if problem.severity == "warning"}
    without_effect -= {*tolerated}
    return replace(built, notes=(*tolerated, *built.notes), warnings=len(without_effect))


def _validate(documents: Sequence[Document], level: Level) -> tuple[Problem, ...]:
    from .validate import validate
    from .validate.extension import api_versions, lookups

    # An older version shares most of its text, and of its problems, with the newest.
    found = [problem for document in documents for problem in validate(document, level)]
    if level == "curated":
        found += (*api_versions.check(documents), *lookups.check(documents))
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

    document = documents[0]
    if not versions.is_curated(document):
        if document.tolerated and not skip_unsupported:
            tolerated = [replace(it, severity="error") for it in document.tolerated]
            built = build_foreign(
                document, package, unsound, skip_unsupported=True, renames=renames
            )
            raise UnsupportedError((*tolerated, *errors(unsound), *built.left_out))
        return build_foreign(
            document, package, unsound, skip_unsupported=skip_unsupported, renames=renames
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

    `warnings` are the packs that are left out, and how far the second opinion is incomplete.
    """

    files: Mapping[str, str]
    record: Record
    built: LoweringResult
    warnings: tuple[Problem, ...] = ()

    @property
    def holder(self) -> str:
        """What an output folder with these files holds: the package, and the document's title."""
        return f"{self.built.api.package} ({self.built.api.title})"


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
        lowered, unformatted, left = _render(
            project, report, validated=validated, second=second if asking else None
        )
        report("format")
        formatted = format_files(unformatted.rendered, before, known=unformatted.formatted)
        opinion = second.problems()
    if found := errors(opinion):
        raise SpecError(found)
    files = dict(sorted({**formatted, **unformatted.copied}.items()))
    inputs, tools = fingerprint.inputs(project), fingerprint.tools()
    record = record_of(files, inputs, tools, unformatted.rendered)
    return GeneratedPackage(files, record, lowered, (*left, *opinion))


def rendered(project: Project, report: Report = silent) -> RenderedFiles:
    """Render every file, without formatting. Raises SpecError with every problem."""
    return _render(project, report)[1]


def _render(
    project: Project,
    report: Report,
    *,
    validated: bool = False,
    second: SecondOpinion | None = None,
) -> tuple[LoweringResult, RenderedFiles, list[Problem]]:
    """Return the result of lowering, the files, and a warning for each pack that is left out."""
    from .packs import stacks
    from .render import Package, make
    from .render.dependencies import check_package
    from .render.requirements import select

    # First, since it is quick.
    packs, left = stacks(project.packs), list[Problem]()
    built = build_client(project, report, validated=validated, second=second)
    report("render")
    if project.selects_packs:
        folders, left = select(project.packs, built.api)
        packs = stacks(folders)
    package = Package(project.package, project.package_version)
    files = make(built.api, packs, package)
    check_package(package.name, packs, files.rendered.get("pyproject.toml", ""))
    return built, files, left
