"""Parser of the command line.

Exit status: 0 done, 1 findings (problems, drift, differences), 2 usage.

Heavy modules are imported by the command that needs them, so that `--help` is quick.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .. import __version__
from ..problems import RunnersmithError, SpecError, UnsupportedError, UsageError
from . import commands, pack_commands, terminal


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
    added = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    command = added.add_parser("validate", help="list every problem of a spec", allow_abbrev=False)
    command.add_argument(
        "spec", nargs="?", metavar="SPEC", help="the file (default: the project's spec)"
    )
    command.add_argument(
        "--level",
        choices=("curated", "foreign"),
        default="curated",
        help="foreign: warn of what does not hinder",
    )
    command.set_defaults(run=commands.validate)

    command = added.add_parser(
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
    command.set_defaults(run=commands.compare)

    command = added.add_parser("generate", help="write the client package", allow_abbrev=False)
    _add_output(command)
    command.add_argument(
        "--check", action="store_true", help="write nothing; like check --from-scratch"
    )
    command.set_defaults(run=commands.generate, from_scratch=True)

    command = added.add_parser(
        "check",
        help="compare the client package with what generate would write",
        allow_abbrev=False,
    )
    _add_output(command)
    command.add_argument(
        "--from-scratch", action="store_true", help="generate and compare, whatever the lock says"
    )
    command.set_defaults(run=commands.check)

    command = added.add_parser(
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
    command.set_defaults(run=commands.bump)

    command = added.add_parser(
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
    command.set_defaults(run=commands.diff)

    command = added.add_parser(
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
    command.set_defaults(run=commands.bundle)

    command = added.add_parser(
        "ir", help="print the intermediate representation as JSON", allow_abbrev=False
    )
    command.add_argument("--spec", help="the spec (default: the project's)")
    command.add_argument(
        "--schema", action="store_true", help="print the JSON Schema that it conforms to"
    )
    command.set_defaults(run=commands.ir)

    pack_commands.add(added)
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
