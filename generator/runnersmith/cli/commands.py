"""Commands of the command line: each returns its exit status and imports heavy modules on use.

Prints to the terminal; `generate` writes files.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from ..output.exclusive import exclusive, unchanged
from ..output.journal import recover
from ..problems import Problem, SpecError, UsageError, errors
from ..project import Project, find
from . import summary, terminal
from .advice import generate_command, validate_command

if TYPE_CHECKING:
    from ..lowering import LoweringResult


def recovered(project: Project) -> Project:
    """Return a project, with an update of its spec completed that was killed."""
    recover(project.spec.parent)
    return project


def validate(options: argparse.Namespace) -> int:
    from .. import pipeline
    from ..decisions import committed_record
    from ..overlay import versions

    project = recovered(find(spec=options.spec, spec_option="SPEC"))
    name = project.name(project.spec)
    unfinished = versions.unfinished(project.spec).exists()
    unfinished = unfinished or committed_record(project.spec) is not None
    if unfinished:
        from ..bump import missing

        # Older overlays may depend on a missing one, so other problems would mislead.
        if lacking := missing(project.spec, name):
            raise SpecError(lacking)
    asked: set[pipeline.Level] = {"curated"}
    if options.second_opinion:
        asked.add("foreign")
    try:
        problems = pipeline.examine(
            project.spec,
            name,
            options.level,
            second_opinion=asked,
        )
    except SpecError as error:
        if not unfinished:
            raise
        problems = error.problems
    if unfinished:
        from ..bump import unproven

        problems += unproven(project.spec, name)
    terminal.write_problems(problems)
    if errors(problems):
        return 1
    terminal.write_lines(f"{name}: valid")
    return 0


def _project(options: argparse.Namespace) -> Project:
    return recovered(
        find(
            options.spec,
            options.output,
            options.package,
            options.pack,
            skip_unsupported=not options.strict,
            has_output=True,
        )
    )


def generate(options: argparse.Namespace) -> int:
    if options.check:
        return check(options)
    project = _project(options)
    with unchanged(project.spec.parent), exclusive(project.output):
        return _generate(project, options)


def _generate(project: Project, options: argparse.Namespace) -> int:
    from .. import pipeline
    from ..output import fingerprint, lockfile, record
    from ..output.writer import unknown_files, write

    if _is_current(project) and not unknown_files(project.output):
        terminal.write_lines(
            f"{project.name(project.output)}: up to date, unchanged since the last run"
        )
        return 0
    with terminal.Progress() as progress:
        before = record.PreviousRun(
            project.output, fingerprint.inputs(project), fingerprint.tools()
        )
        product = pipeline.produce(project, progress, before, second_opinion=True)
        progress("write")
        written = write(
            project.output,
            product.files,
            product.record,
            product.holder,
            replaces=not project.is_changed,
        )
    terminal.write_problems(product.warnings)
    _report(product.built, validate_command(options))
    for verb, paths in (
        ("new", written.created),
        ("changed", written.changed),
        ("removed", written.removed),
    ):
        shown = paths if len(paths) <= 8 else (*paths[:7], f"and {len(paths) - 7} more")
        terminal.write_lines(*(f"  {verb}: {path}" for path in shown))
    if written.damage:
        terminal.write_lines(f"  written anew: {lockfile.NAME}, which {written.damage}")
    made = terminal.count(len(product.files), "file")
    terminal.write_lines(
        f"{project.name(project.output)}: {made} from {project.name(project.spec)} in "
        f"{progress.seconds:.1f} s ({len(written.created)} new, {len(written.changed)} changed, "
        f"{len(written.removed)} removed, {written.unchanged} unchanged)"
    )
    return 0


def _report(built: LoweringResult, validation: str) -> None:
    """Report what a client has, and what the client of a foreign document omits and simplifies.

    `validation` is the command that lists what has no effect.
    """
    if built.api.scopes:
        terminal.write_lines(summary.contents(built.api))
        return
    terminal.write_problems(summary.warnings(built.notes))
    terminal.write_lines(*summary.omissions(built))
    if built.warnings:
        found = terminal.count(built.warnings, "finding")
        terminal.write_lines(f"  {found} without effect on the client: see {validation}")


def _is_current(project: Project) -> bool:
    """Return whether the output matches its inputs, according to the record of the last run."""
    from ..output import fingerprint, record

    return record.is_current(project.output, fingerprint.inputs(project), fingerprint.tools())


def check(options: argparse.Namespace) -> int:
    from .. import pipeline
    from ..output import lockfile
    from ..output.writer import check_writable, differences, unknown_files

    project = _project(options)
    name = project.name(project.output)
    if not options.from_scratch and _is_current(project) and not unknown_files(project.output):
        terminal.write_lines(f"{name}: up to date, unchanged since the last run")
        return 0
    with terminal.Progress() as progress:
        product = pipeline.produce(project, progress, second_opinion=True)
    terminal.write_problems(product.warnings)
    found = list(differences(project.output, product.files, name, product.holder))
    if not found:
        terminal.write_lines(f"{name}: up to date")
        return 0
    terminal.write_lines(*found)
    if damage := lockfile.read(project.output).damage:
        terminal.write_error(
            f"{name}/{lockfile.NAME} {damage}; {generate_command(options)} writes it anew"
        )
    try:
        check_writable(
            project.output, product.files, product.holder, replaces=not project.is_changed
        )
    except UsageError as error:
        terminal.write_error(
            f"{name} differs from the generator's output, and {generate_command(options)} would "
            f"write nothing: {error}"
        )
        return 1
    terminal.write_error(
        f"{name} differs from the generator's output; run {generate_command(options)} and commit "
        "the result"
    )
    return 1


def diff(options: argparse.Namespace) -> int:
    from .. import diff

    project = recovered(find(spec_option=None if options.new else "NEW"))
    omitted: list[Problem] = []
    changes = diff.between(
        options.old,
        options.new or project.name(project.spec),
        options.old_api_version,
        options.new_api_version,
        omit=omitted.append,
        renames=project.renames,
    )
    terminal.write_problems(replace(problem, severity="warning") for problem in omitted)
    if options.format == "json":
        terminal.write_lines(diff.as_json(changes, project.package_version))
    elif options.format == "markdown":
        terminal.write_lines(diff.markdown(changes).rstrip("\n"))
    else:
        terminal.write_lines(*diff.terminal(changes, project.package_version))
    return int(options.fail_on is not None and diff.reaches(changes, options.fail_on))


def bundle(options: argparse.Namespace) -> int:
    from ..bundle import bundle, pick
    from ..overlay import versions

    project = recovered(find(spec=options.spec, spec_option="--spec"))
    documents = versions.load(project.spec, project.name(project.spec))
    document = pick(documents, options.api_version, options.product)
    terminal.write_lines(bundle(document, options.product).rstrip("\n"))
    return 0


def ir(options: argparse.Namespace) -> int:
    import msgspec

    from .. import pipeline
    from ..ir.json_schema import schema

    if options.schema:
        terminal.write_lines(json.dumps(schema(), indent=2))
        return 0
    api = pipeline.build_ir(recovered(find(spec=options.spec)))
    terminal.write_lines(msgspec.json.format(msgspec.json.encode(api), indent=2).decode("utf-8"))
    return 0
