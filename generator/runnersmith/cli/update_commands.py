"""Commands that work with GitHub's official description: compare, sync and bump.

Prints to the terminal; `sync --write`, `bump --write` and `bump --finish` write the spec.
"""

from __future__ import annotations

import argparse
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ..output.exclusive import exclusive
from ..problems import SpecError, UsageError
from ..project import Project, find
from . import terminal
from .advice import validate_command
from .commands import recovered

if TYPE_CHECKING:
    from ..bump import Plan


def compare(options: argparse.Namespace) -> int:
    from .. import reader
    from ..compare import compare_versions, known, lines, read_corrections, releases
    from ..overlay import versions

    project = recovered(find(spec=options.spec, spec_option="--spec"))
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
    reported = {problem for comparison in comparisons for problem in comparison.problems}
    claims = [it for it in releases(curated, official, reviewed) if it not in reported]
    terminal.write_lines(*map(str, claims), *lines(*comparisons))
    lacking = any(comparison.missing for comparison in comparisons)
    wrong = bool(claims or reported)
    return int(wrong or (lacking and options.fail_on == "operation"))


def sync(options: argparse.Namespace) -> int:
    from ..bump import sync

    with _writing(options):
        update = _Update(options)
        return update.run(
            sync(update.source, update.official, update.corrections, options.api_version)
        )


def _writing(options: argparse.Namespace) -> AbstractContextManager[None]:
    """Hold the folder of the spec, from its reading to its writing."""
    return (
        exclusive(find(spec=options.spec, spec_option="--spec").spec.parent)
        if options.write
        else nullcontext()
    )


def bump(options: argparse.Namespace) -> int:
    if options.finish:
        return _finish(options)
    if not options.official or not options.api_version:
        raise UsageError("bump needs OFFICIAL and --api-version, or --finish alone")
    with _writing(options):
        return _bump(options)


def _bump(options: argparse.Namespace) -> int:
    from .. import reader
    from ..bump import bump
    from ..bump.sources import check_next
    from ..compare import names_version

    update = _Update(options)
    check_next(update.source.documents[0], update.official, options.api_version)
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
    given = (options.official, options.api_version, options.older, options.fail_on)
    if any(given) or options.write:
        raise UsageError("bump --finish takes no other option than --spec")
    project = find(spec=options.spec, spec_option="--spec")
    with exclusive(project.spec.parent):
        return _finished(recovered(project))


def _finished(project: Project) -> int:
    from ..bump import finish, finished, unproven, write
    from ..overlay import versions

    name = project.name(project.spec)
    if not project.spec.is_file():
        raise UsageError(f"cannot read {name}: there is no such file")
    if not versions.unfinished(project.spec).exists() and (lost := unproven(project.spec, name)):
        raise SpecError(lost)
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
        self.project = recovered(find(spec=options.spec, spec_option="--spec"))
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
        from ..decisions import open_decisions

        options, spec = self.options, self.project.spec
        terminal.write_lines(*lines(plan))
        earlier = open_decisions(spec, self.project.name(spec))
        if earlier:
            shown = terminal.count(len(earlier), "decision")
            terminal.write_lines(
                f"{shown} of an earlier update open: see {validate_command(options)}"
            )
        decisions = [*plan.corrections, *earlier]
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
