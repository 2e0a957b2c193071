"""Parser of the command line.

Exit status: 0 success, 1 problems or differences found, 2 usage error.

Each command imports heavy modules itself, so that `--help` is quick.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Literal

from .. import __version__
from ..problems import RunnersmithError, SpecError, UnsupportedError, UsageError
from . import commands, pack_commands, terminal, update_commands


@contextmanager
def _rarely_collecting() -> Generator[None]:
    """Collect garbage rarely: a command builds large trees, keeps them, and ends soon.

    By default, a tenth of the time of `generate` goes into searching these trees for garbage.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@_rarely_collecting()
def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        terminal.prepare()
        status: int = options.run(options)
        terminal.finish()
    except SpecError as error:
        terminal.write_problems(error.problems)
        if isinstance(error, UnsupportedError):
            terminal.write_error("nothing was written; without --strict, the rest is generated")
        return 1
    except UsageError as error:
        terminal.write_error(str(error))
        return 2
    except RunnersmithError as error:
        terminal.write_error(str(error))
        return 1
    except KeyboardInterrupt:
        terminal.write_error("interrupted; run the command again")
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
        help="curated: the rules of a spec with x-runnersmith; foreign: those of any other document, "
        "whose problems without effect on the client are warnings (default: by the document)",
    )
    command.add_argument(
        "--second-opinion",
        action="store_true",
        help="ask openapi-spec-validator as well, as always at the level curated",
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
        help="compare one API version (default: all that the product supports)",
    )
    command.add_argument(
        "--fail-on",
        choices=("difference", "operation"),
        default="difference",
        help="exit with 1 on a difference (default), or also if the spec lacks an operation",
    )
    command.set_defaults(run=update_commands.compare)

    command = added.add_parser("generate", help="write the client package", allow_abbrev=False)
    _add_output(command)
    command.add_argument(
        "--check", action="store_true", help="write nothing: the same as check --from-scratch"
    )
    command.set_defaults(run=commands.generate, from_scratch=True)

    command = added.add_parser(
        "check",
        help="compare the client package with what generate would write",
        allow_abbrev=False,
    )
    _add_output(command)
    command.add_argument(
        "--from-scratch", action="store_true", help="generate and compare without trusting the lock"
    )
    command.set_defaults(run=commands.check)

    command = added.add_parser(
        "sync",
        help="bring the spec up to GitHub's description, at the API versions it has",
        allow_abbrev=False,
    )
    _add_update(command, "update one API version (default: all that the file describes)")
    command.set_defaults(run=update_commands.sync)

    command = added.add_parser(
        "bump",
        help="bring the spec to a new API version of GitHub's description",
        allow_abbrev=False,
    )
    _add_update(command, "the date of the new API version", nargs="?")
    command.add_argument(
        "--older",
        metavar="FILE",
        help="GitHub's description of the version before (default: OFFICIAL, if it has both)",
    )
    command.add_argument(
        "--finish",
        action="store_true",
        help="after the decisions: prove older API versions, or let their overlays restore them",
    )
    command.set_defaults(run=update_commands.bump)

    command = added.add_parser(
        "diff", help="list the changes for users of the client", allow_abbrev=False
    )
    command.add_argument(
        "old", metavar="OLD", help="a spec, a bundle, any OpenAPI document, or GITREF:PATH of one"
    )
    command.add_argument(
        "new", metavar="NEW", nargs="?", help="the same (default: the project's spec)"
    )
    command.add_argument(
        "--old-api-version", metavar="V", help="compare one API version: the one of OLD"
    )
    command.add_argument(
        "--new-api-version", metavar="V", help="compare one API version: the one of NEW"
    )
    command.add_argument("--format", choices=("terminal", "markdown", "json"), default="terminal")
    command.add_argument(
        "--fail-on",
        choices=("breaking", "compatible", "documentation"),
        help="exit with 1 on a change of this level or a more severe one",
    )
    command.set_defaults(run=commands.diff)

    command = added.add_parser(
        "bundle", help="print one API version as a single OpenAPI document", allow_abbrev=False
    )
    command.add_argument("--spec", help="the spec (default: the project's)")
    command.add_argument(
        "--api-version",
        metavar="V",
        help="the API version (default: the newest in all releases of the product)",
    )
    command.add_argument(
        "--product", metavar="P", help="limit to one product: github.com, ghec, ghes or ghes-3.19"
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


def _add_update(
    command: argparse.ArgumentParser, which: str, nargs: Literal["?"] | None = None
) -> None:
    command.add_argument(
        "official",
        nargs=nargs,
        metavar="OFFICIAL",
        help="GitHub's OpenAPI description, or a part of it",
    )
    command.add_argument("--api-version", metavar="V", help=which)
    command.add_argument(
        "--write",
        action="store_true",
        help="write the spec and its overlays (default: report only)",
    )
    command.add_argument(
        "--fail-on",
        choices=("difference", "decision"),
        help="exit with 1 if anything differs, or if a decision is open",
    )
    command.add_argument("--spec", help="the curated spec (default: the project's)")
    command.add_argument(
        "--corrections", help="the reviewed list of deliberate differences (default: the project's)"
    )


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
        "--strict",
        action="store_true",
        help="write nothing if an operation of the document cannot be generated",
    )
