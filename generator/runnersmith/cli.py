"""The command line. Exit status: 0 done, 1 findings (problems, drift, differences), 2 usage.

Heavy modules are imported by the command that needs them, so that `--help` is quick.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__, packcli, terminal
from .problems import RunnersmithError, SpecError, UnsupportedError, UsageError, errors
from .project import Project, find

if TYPE_CHECKING:
    from .build import Built


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        terminal.prepare()
        status: int = options.run(options)
        terminal.finish()
    except SpecError as error:
        terminal.show(error.problems)
        if isinstance(error, UnsupportedError):
            terminal.complain(
                "nothing is written; --skip-unsupported generates the rest, and lists what it leaves out"
            )
        return 1
    except UsageError as error:
        terminal.complain(str(error))
        return 2
    except RunnersmithError as error:
        terminal.complain(str(error))
        return 1
    except KeyboardInterrupt:
        terminal.complain("interrupted; run the command again")
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="runnersmith",
        description="Generate a typed client from a curated OpenAPI description.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"runnersmith {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    command = commands.add_parser(
        "validate", help="list every problem of a spec", allow_abbrev=False
    )
    command.add_argument(
        "spec", nargs="?", metavar="SPEC", help="the file (default: the project's spec)"
    )
    command.add_argument(
        "--level",
        choices=("curated", "foreign"),
        default="curated",
        help="foreign: warn of what does not hinder",
    )
    command.set_defaults(run=_validate)

    command = commands.add_parser(
        "compare", help="list the facts that differ from GitHub's description", allow_abbrev=False
    )
    command.add_argument(
        "official", metavar="OFFICIAL", help="GitHub's OpenAPI description, or a part of it"
    )
    command.add_argument("--spec", help="the curated spec (default: the project's)")
    command.add_argument(
        "--corrections", help="the reviewed list of deliberate differences (default: the project's)"
    )
    command.add_argument(
        "--api-version",
        metavar="V",
        help="compare one API version (default: all that the product knows)",
    )
    command.set_defaults(run=_compare)

    command = commands.add_parser("generate", help="write the client package", allow_abbrev=False)
    _add_output(command)
    command.add_argument(
        "--check", action="store_true", help="write nothing; like check --from-scratch"
    )
    command.set_defaults(run=_generate, from_scratch=True)

    command = commands.add_parser(
        "check",
        help="compare the client package with what generate would write",
        allow_abbrev=False,
    )
    _add_output(command)
    command.add_argument(
        "--from-scratch", action="store_true", help="generate and compare, whatever the lock says"
    )
    command.set_defaults(run=_check)

    command = commands.add_parser(
        "bump",
        help="bring the spec to a new API version of GitHub's description",
        allow_abbrev=False,
    )
    command.add_argument(
        "official", metavar="OFFICIAL", help="GitHub's OpenAPI description, or a part of it"
    )
    command.add_argument(
        "--api-version", metavar="V", required=True, help="the new API version, a date"
    )
    command.add_argument(
        "--write", action="store_true", help="write the spec and the overlay (default: tell only)"
    )
    command.add_argument(
        "--fail-on",
        choices=("difference", "decision"),
        help="exit with 1 when the version changes anything, or when something is left to decide",
    )
    command.add_argument("--spec", help="the curated spec (default: the project's)")
    command.add_argument(
        "--corrections", help="the reviewed list of deliberate differences (default: the project's)"
    )
    command.set_defaults(run=_bump)

    command = commands.add_parser(
        "diff", help="list what changed for those who use the client", allow_abbrev=False
    )
    command.add_argument("old", metavar="OLD", help="a spec, a bundle, or GITREF:PATH")
    command.add_argument(
        "new", metavar="NEW", nargs="?", help="the same (default: the project's spec)"
    )
    command.add_argument(
        "--old-api-version", metavar="V", help="compare one API version: this of OLD"
    )
    command.add_argument(
        "--new-api-version", metavar="V", help="compare one API version: this of NEW"
    )
    command.add_argument("--format", choices=("terminal", "markdown", "json"), default="terminal")
    command.add_argument(
        "--fail-on",
        choices=("breaking", "compatible", "documentation"),
        help="exit with 1 on a change of this level, or of a graver one",
    )
    command.set_defaults(run=_diff)

    command = commands.add_parser(
        "bundle", help="print one API version as a single OpenAPI document", allow_abbrev=False
    )
    command.add_argument("--spec", help="the spec (default: the project's)")
    command.add_argument(
        "--api-version",
        metavar="V",
        help="the API version (default: the newest that the product is sure to know)",
    )
    command.add_argument(
        "--product", metavar="P", help="what one product has: github.com, ghec, ghes or ghes-3.19"
    )
    command.set_defaults(run=_bundle)

    command = commands.add_parser(
        "ir", help="print the intermediate representation as JSON", allow_abbrev=False
    )
    command.add_argument("--spec", help="the spec (default: the project's)")
    command.add_argument(
        "--schema", action="store_true", help="print the JSON Schema that it conforms to"
    )
    command.set_defaults(run=_ir)

    packcli.add(commands)
    return parser


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument("--spec", help="the spec (default: the project's)")
    command.add_argument(
        "--output", metavar="DIR", help="the folder to write (default: the project's)"
    )
    command.add_argument(
        "--package", metavar="NAME", help="the import package (default: the project's)"
    )
    command.add_argument(
        "--pack",
        metavar="DIR",
        action="append",
        help="a pack of templates; may be given several times (default: the project's)",
    )
    command.add_argument(
        "--skip-unsupported",
        action="store_true",
        help="leave out the operations that cannot be expressed, and list them",
    )


def _validate(options: argparse.Namespace) -> int:
    from . import pipeline

    project = find(spec=options.spec)
    problems = pipeline.examine(project.spec, project.name(project.spec), options.level)
    terminal.show(problems)
    if errors(problems):
        return 1
    terminal.say(f"{project.name(project.spec)}: valid")
    return 0


def _compare(options: argparse.Namespace) -> int:
    from . import reader, versions
    from .compare import compare_versions, known, lines, read_corrections

    project = find(spec=options.spec)
    name = project.name(Path(options.official))
    corrections = Path(options.corrections) if options.corrections else project.corrections
    ours = versions.load(project.spec, project.name(project.spec))
    official = reader.load(Path(options.official), name=name)
    reviewed = read_corrections(reader.load(corrections, name=project.name(corrections)))
    understood = known(ours, official)
    chosen = (versions.pick(ours, options.api_version),) if options.api_version else understood
    if not set(map(versions.version_of, chosen)) <= set(map(versions.version_of, understood)):
        listed = ", ".join(map(versions.version_of, understood))
        raise UsageError(
            f"{name} is of a product that does not know {options.api_version}; it knows {listed}"
        )
    comparisons = compare_versions(chosen, official, reviewed)
    terminal.say(*lines(*comparisons))
    return 1 if any(comparison.problems for comparison in comparisons) else 0


def _project(options: argparse.Namespace) -> Project:
    return find(
        options.spec,
        options.output,
        options.package,
        options.pack,
        skip_unsupported=options.skip_unsupported,
    )


def _generate(options: argparse.Namespace) -> int:
    if options.check:
        return _check(options)
    from . import fingerprint, lock, pipeline
    from .write import strangers, write

    project = _project(options)
    if _is_current(project) and not strangers(project.output):
        terminal.say(f"{project.name(project.output)}: up to date, by its lock")
        return 0
    with terminal.Progress() as progress:
        before = lock.Before(project.output, fingerprint.inputs(project), fingerprint.tools())
        product = pipeline.produce(project, progress, before)
        progress("write")
        written = write(project.output, product.files, product.lock)
    _tell(product.built)
    for verb, paths in (
        ("new", written.created),
        ("changed", written.changed),
        ("removed", written.removed),
    ):
        shown = paths if len(paths) <= 8 else (*paths[:7], f"and {len(paths) - 7} more")
        terminal.say(*(f"  {verb}: {path}" for path in shown))
    made = terminal.count(len(product.files), "file")
    terminal.say(
        f"{project.name(project.output)}: {made} from {project.name(project.spec)} in "
        f"{progress.seconds:.1f} s ({len(written.created)} new, {len(written.changed)} changed, "
        f"{len(written.removed)} removed, {written.unchanged} unchanged)"
    )
    return 0


def _tell(built: Built) -> None:
    """Say what is not in the client, or not in full; a spec of ours has nothing of the kind."""
    terminal.show(built.notes)
    terminal.say(*(f"  left out: {problem}" for problem in built.left_out))
    terminal.say(*(f"  left out: {one.id}" for one in built.api.left_out))
    if built.warnings:
        found = terminal.count(built.warnings, "finding")
        terminal.say(f"  {found} of `runnersmith validate --level foreign` did not hinder")


def _is_current(project: Project) -> bool:
    """Whether the output is, by its lock, what would be generated now."""
    from . import fingerprint, lock

    return lock.is_current(project.output, fingerprint.inputs(project), fingerprint.tools())


def _check(options: argparse.Namespace) -> int:
    from . import pipeline
    from .write import differences, strangers

    project = _project(options)
    name = project.name(project.output)
    if not options.from_scratch and _is_current(project) and not strangers(project.output):
        terminal.say(f"{name}: up to date, by its lock")
        return 0
    with terminal.Progress() as progress:
        product = pipeline.produce(project, progress)
    found = list(differences(project.output, product.files, product.lock, name))
    if not found:
        terminal.say(f"{name}: up to date")
        return 0
    terminal.say(*found)
    terminal.complain(
        f"{name} is not what the spec and the templates give; run `make generate` and commit the result"
    )
    return 1


def _bump(options: argparse.Namespace) -> int:
    from . import reader, versions
    from .bump import bump, lines, refuse_modified, stage, write, written
    from .compare import read_corrections

    project = find(spec=options.spec)
    name = project.name(project.spec)
    corrections = Path(options.corrections) if options.corrections else project.corrections
    if options.write:
        refuse_modified(project.spec)
    ours = versions.load(project.spec, name)[0]
    official = reader.load(Path(options.official), name=project.name(Path(options.official)))
    reviewed = read_corrections(reader.load(corrections, name=project.name(corrections)))
    plan = bump(ours, official, reviewed, options.api_version)
    terminal.say(*lines(plan))
    decisions = [*plan.corrections]
    if not plan.nothing and (options.write or options.fail_on == "decision"):
        staged = stage(plan, project.spec, name)
        decisions += staged.decisions
        if options.write:
            write(staged)
            terminal.say(*written(staged, name, project.name(staged.overlay)))
        else:
            terminal.say(f"left to decide, once written: {len(staged.decisions)}")
    failing = {None: False, "difference": not plan.nothing, "decision": bool(decisions)}
    return int(failing[options.fail_on])


def _diff(options: argparse.Namespace) -> int:
    from . import diff

    project = find()
    changes = diff.between(
        options.old,
        options.new or project.name(project.spec),
        options.old_api_version,
        options.new_api_version,
    )
    if options.format == "json":
        terminal.say(diff.as_json(changes, project.package_version))
    elif options.format == "markdown":
        terminal.say(diff.markdown(changes).rstrip("\n"))
    else:
        terminal.say(*diff.terminal(changes, project.package_version))
    return int(options.fail_on is not None and diff.reaches(changes, options.fail_on))


def _bundle(options: argparse.Namespace) -> int:
    from . import versions
    from .bundle import bundle, pick

    project = find(spec=options.spec)
    documents = versions.load(project.spec, project.name(project.spec))
    document = pick(documents, options.api_version, options.product)
    terminal.say(bundle(document, options.product).rstrip("\n"))
    return 0


def _ir(options: argparse.Namespace) -> int:
    import msgspec

    from . import pipeline
    from .schema import schema

    if options.schema:
        terminal.say(json.dumps(schema(), indent=2))
        return 0
    api = pipeline.build_ir(find(spec=options.spec))
    terminal.say(msgspec.json.format(msgspec.json.encode(api), indent=2).decode("utf-8"))
    return 0
