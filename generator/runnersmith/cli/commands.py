"""Commands of the command line: each returns its exit status and imports heavy modules on use.

Prints to the terminal; `generate`, `sync --write` and `bump --write` write files.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from ..output.journal import recover
from ..problems import UsageError, errors
from ..project import Project, find
from . import terminal

if TYPE_CHECKING:
    from ..bump import Plan
    from ..lowering import LoweringResult


def _recovered(project: Project) -> Project:
    """Return a project, with an update of its spec completed that was killed."""
    recover(project.spec.parent)
    return project


def validate(options: argparse.Namespace) -> int:
    from .. import pipeline
    from ..overlay import versions

    project = _recovered(find(spec=options.spec))
    problems = pipeline.examine(project.spec, project.name(project.spec), options.level)
    if versions.unfinished(project.spec).exists():
        from ..bump import read_source, unproven

        problems += unproven(read_source(project.spec, project.name(project.spec)))
    terminal.write_problems(problems)
    if errors(problems):
        return 1
    terminal.write_lines(f"{project.name(project.spec)}: valid")
    return 0


def compare(options: argparse.Namespace) -> int:
    from .. import reader
    from ..compare import compare_versions, known, lines, read_corrections
    from ..overlay import versions

    project = _recovered(find(spec=options.spec))
    name = project.name(Path(options.official))
    corrections = Path(options.corrections) if options.corrections else project.corrections
    curated = versions.load(project.spec, project.name(project.spec))
    official = reader.load(Path(options.official), name=name)
    reviewed = read_corrections(reader.load(corrections, name=project.name(corrections)))
    supported = known(curated, official)
    chosen = (versions.pick(curated, options.api_version),) if options.api_version else supported
    if not set(map(versions.version_of, chosen)) <= set(map(versions.version_of, supported)):
        listed = ", ".join(map(versions.version_of, supported))
        raise UsageError(
            f"{name} is of a product that does not support {options.api_version}; it supports {listed}"
        )
    comparisons = compare_versions(chosen, official, reviewed)
    terminal.write_lines(*lines(*comparisons))
    lacking = any(comparison.missing for comparison in comparisons)
    wrong = any(comparison.problems for comparison in comparisons)
    return int(wrong or (lacking and options.fail_on == "operation"))


def _project(options: argparse.Namespace) -> Project:
    return _recovered(
        find(
            options.spec,
            options.output,
            options.package,
            options.pack,
            skip_unsupported=options.skip_unsupported,
        )
    )


def generate(options: argparse.Namespace) -> int:
    if options.check:
        return check(options)
    from .. import pipeline
    from ..output import fingerprint, lockfile
    from ..output.writer import unknown_files, write

    project = _project(options)
    if _is_current(project) and not unknown_files(project.output):
        terminal.write_lines(f"{project.name(project.output)}: up to date, by its lock")
        return 0
    with terminal.Progress() as progress:
        before = lockfile.PreviousRun(
            project.output, fingerprint.inputs(project), fingerprint.tools()
        )
        product = pipeline.produce(project, progress, before)
        progress("write")
        written = write(project.output, product.files, product.lock)
    _report(product.built)
    for verb, paths in (
        ("new", written.created),
        ("changed", written.changed),
        ("removed", written.removed),
    ):
        shown = paths if len(paths) <= 8 else (*paths[:7], f"and {len(paths) - 7} more")
        terminal.write_lines(*(f"  {verb}: {path}" for path in shown))
    made = terminal.count(len(product.files), "file")
    terminal.write_lines(
        f"{project.name(project.output)}: {made} from {project.name(project.spec)} in "
        f"{progress.seconds:.1f} s ({len(written.created)} new, {len(written.changed)} changed, "
        f"{len(written.removed)} removed, {written.unchanged} unchanged)"
    )
    return 0


def _report(built: LoweringResult) -> None:
    """Report what a client of a foreign document omits or simplifies."""
    terminal.write_problems(built.notes)
    terminal.write_lines(*(f"  omitted: {problem}" for problem in built.left_out))
    terminal.write_lines(*(f"  omitted: {one.id}" for one in built.api.left_out))
    if built.warnings:
        found = terminal.count(built.warnings, "finding")
        terminal.write_lines(
            f"  {found} without effect on the client: see `runnersmith validate --level foreign`"
        )


def _is_current(project: Project) -> bool:
    """Return whether the output matches its inputs, according to its lock."""
    from ..output import fingerprint, lockfile

    return lockfile.is_current(project.output, fingerprint.inputs(project), fingerprint.tools())


def check(options: argparse.Namespace) -> int:
    from .. import pipeline
    from ..output.writer import differences, unknown_files

    project = _project(options)
    name = project.name(project.output)
    if not options.from_scratch and _is_current(project) and not unknown_files(project.output):
        terminal.write_lines(f"{name}: up to date, by its lock")
        return 0
    with terminal.Progress() as progress:
        product = pipeline.produce(project, progress)
    found = list(differences(project.output, product.files, product.lock, name))
    if not found:
        terminal.write_lines(f"{name}: up to date")
        return 0
    terminal.write_lines(*found)
    terminal.write_error(
        f"{name} differs from the generator's output; run `make generate` and commit the result"
    )
    return 1


def sync(options: argparse.Namespace) -> int:
    from ..bump import sync

    update = _Update(options)
    return update.run(sync(update.source, update.official, update.corrections, options.api_version))


def bump(options: argparse.Namespace) -> int:
    from .. import reader
    from ..bump import bump
    from ..compare import names_version

    if options.finish:
        return _finish(options)
    if not options.official or not options.api_version:
        raise UsageError("bump needs OFFICIAL and --api-version, or --finish alone")
    update = _Update(options)
    older = None
    if options.older:
        older = reader.load(Path(options.older), name=update.project.name(Path(options.older)))
    elif not names_version(update.official, options.api_version):
        raise UsageError(
            f"{update.official.name}: does not state what {options.api_version} changes; name "
            "GitHub's description of the version before with --older FILE, or use the description "
            "without a date in its name, which has all versions. --older with this file itself "
            "takes every difference as one of the version before, too"
        )
    return update.run(
        bump(update.source, update.official, update.corrections, options.api_version, older)
    )


def _finish(options: argparse.Namespace) -> int:
    from ..bump import finish, finished, write

    given = (options.official, options.api_version, options.older, options.fail_on)
    if any(given) or options.write:
        raise UsageError("bump --finish takes no other option than --spec")
    project = _recovered(find(spec=options.spec))
    name = project.name(project.spec)
    found = finish(project.spec, name)
    if found is None:
        terminal.write_lines(f"{name}: no update to finish")
        return 0
    write(found.staged, modified=True)
    terminal.write_lines(*finished(found))
    return 0


class _Update:
    """An update of the project's spec by an official description, as the options name them."""

    def __init__(self, options: argparse.Namespace) -> None:
        from .. import reader
        from ..bump import read_source, refuse_modified
        from ..compare import read_corrections

        self.options = options
        self.project = _recovered(find(spec=options.spec))
        chosen = Path(options.corrections) if options.corrections else self.project.corrections
        if options.write:
            refuse_modified(self.project.spec)
        self.source = read_source(self.project.spec, self.project.name(self.project.spec))
        official = Path(options.official)
        self.official = reader.load(official, name=self.project.name(official))
        self.corrections = read_corrections(reader.load(chosen, name=self.project.name(chosen)))

    def run(self, plan: Plan) -> int:
        """Report a plan, and write it if asked to. Return the exit status."""
        from ..bump import lines, stage, write, written

        options = self.options
        terminal.write_lines(*lines(plan))
        decisions = [*plan.corrections]
        changes = plan.version is not None or not plan.nothing
        if changes and (options.write or options.fail_on == "decision"):
            staged = stage(plan)
            decisions += staged.decisions
            if options.write:
                write(staged)
                terminal.write_lines(*written(staged))
            else:
                terminal.write_lines(f"left to decide, once written: {len(staged.decisions)}")
        failing = {None: False, "difference": not plan.nothing, "decision": bool(decisions)}
        return int(failing[options.fail_on])


def diff(options: argparse.Namespace) -> int:
    from .. import diff

    project = _recovered(find())
    changes = diff.between(
        options.old,
        options.new or project.name(project.spec),
        options.old_api_version,
        options.new_api_version,
    )
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

    project = _recovered(find(spec=options.spec))
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
    api = pipeline.build_ir(_recovered(find(spec=options.spec)))
    terminal.write_lines(msgspec.json.format(msgspec.json.encode(api), indent=2).decode("utf-8"))
    return 0
