"""Command that serves a fake GitHub over HTTP, in real time, for any client: `PACKAGE-fake`."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import NoReturn, TextIO

from .live.clock import RunningClock
from .live.fault_file import Faults
from .live.github import LiveGitHub
from .live.workload import Workload
from .state.labels import Os

_PACKAGE = (__package__ or "").partition(".")[0]
_COMMAND = f"{_PACKAGE}-fake"
_DESCRIPTION = """Serve a GitHub in memory over HTTP: the enterprise octo-corp with the organization
octo-org and its repository octo-repo, and runners that take jobs. Paths may begin with
/api/v3, as on GitHub Enterprise Server. Ctrl-C ends it."""
_TICK = 1.0  # seconds between two checks of the clock
_SYSTEMS: Sequence[Os] = ("linux", "linux", "win", "macos")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        _fail(f"{message} (see {_COMMAND} --help)")
        raise SystemExit(2)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command. Return 0 after Ctrl-C, 1 if it cannot serve or a fault had no effect.

    Returns 2 for a bad value or file, and raises SystemExit(2) for bad arguments.
    """
    options = _parser().parse_args(arguments)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(options)
    except KeyboardInterrupt:  # before there is an address
        _say(f"{_COMMAND} has ended")
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)


def _run(options: argparse.Namespace) -> int:
    try:
        faults = None if options.faults is None else Faults(options.faults)
        github = _github(options)
        if faults is not None:
            faults.apply(github)
    except ValueError as error:
        _fail(str(error))
        return 2
    try:
        _serve(github, options)
    except (ImportError, ValueError) as error:
        _fail(str(error))
        return 1
    unmet = () if faults is None else faults.unmet()
    for line in unmet:
        _fail(line)
    return 1 if unmet else 0


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog=_COMMAND, description=_DESCRIPTION, allow_abbrev=False)
    add = parser.add_argument
    add("--port", type=_port, default=8080, help="port; 0 for any free one (default: %(default)s)")
    add("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    add("--runners", type=_count, default=5, help="number of runners (default: %(default)s)")
    add("--no-jobs", action="store_true", help="create no random jobs")
    add("--seed", type=int, default=0, help="seed of the jobs (default: %(default)s)")
    add(
        "--speed",
        type=_speed,
        default=1.0,
        help="seconds of GitHub's clock in a second, 10000 at most (default: %(default)g)",
    )
    add(
        "--latency",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="time that each response takes (default: %(default)g)",
    )
    add(
        "--rate-limit",
        type=_limit,
        metavar="N",
        help="requests of a token in an hour (default: any number)",
    )
    add(
        "--token",
        action="append",
        type=_token,
        default=[],
        metavar="TOKEN",
        help="accept this token, and no others; repeatable (default: any token)",
    )
    add("--faults", type=Path, metavar="FILE", help="faults in JSON or TOML; see docs/fake.md")
    add("--quiet", action="store_true", help="print no line for each request and job")
    return parser


def _port(text: str) -> int:
    return int(_number(text, 0, 65_535, whole=True))


def _token(text: str) -> str:
    if not text.isascii() or not text.isprintable() or text != text.strip() or not text:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no token: a request cannot send it; use ASCII without spaces around it"
        )
    return text


def _count(text: str) -> int:
    return int(_number(text, 0, 10_000, whole=True))


def _limit(text: str) -> int:
    return int(_number(text, 1, 1_000_000, whole=True))


def _speed(text: str) -> float:
    return _number(text, 0.001, 10_000)


def _seconds(text: str) -> float:
    return _number(text, 0, 3_600)


def _number(text: str, least: float, most: float, *, whole: bool = False) -> float:
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = float("nan")
    if not isfinite(value) or not least <= value <= most:
        kind = "whole number" if whole else "number"
        raise argparse.ArgumentTypeError(f"{text!r} is no {kind} from {least:g} to {most:g}")
    return value


def _github(options: argparse.Namespace) -> LiveGitHub:
    clock = RunningClock(speed=options.speed)
    log = _ignore if options.quiet else _say
    github = LiveGitHub(clock=clock, log=log)
    github.latency = options.latency
    if options.rate_limit is not None:
        github.rate_limit(options.rate_limit)
    for token in options.token:
        github.add_token(token)
    organization = github.org()
    for number in range(options.runners):
        system = _SYSTEMS[number % len(_SYSTEMS)]
        organization.add_runner(f"{system}-{number + 1}", os=system)
    if not options.no_jobs:
        Workload(organization, options.seed, github.report).start()
    return github


def _serve(github: LiveGitHub, options: argparse.Namespace) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    try:
        with github.serve(options.port, host=options.host) as url:
            _introduce(github, url)
            while True:
                time.sleep(_TICK)
                github.settle()
    except KeyboardInterrupt:
        _say(f"{_COMMAND} has ended")


def _introduce(github: LiveGitHub, url: str) -> None:
    runners = f"{url}/orgs/octo-org/actions/runners"
    names = "[it.name for it in g.Client.from_env().org('octo-org').runners.list()]"
    _say(
        f"A GitHub in memory is at {url}, with {len(github.org().runners)} runners in octo-org. Try:"
    )
    _say(f"  curl -H 'Authorization: token t' {runners}")
    _say(f"  GH_ENTERPRISE_TOKEN=t gh api {runners}")
    _say(
        f'  GITHUB_API_URL={url} GITHUB_TOKEN=t python -c "import {_PACKAGE} as g; print({names})"'
    )


def _ignore(line: str) -> None:
    del line


def _say(line: str) -> None:
    _print(line, sys.stdout)


def _fail(line: str) -> None:
    _print(f"{_COMMAND}: {line}", sys.stderr)


def _print(line: str, stream: TextIO | None) -> None:
    """Print a line. If the reader is gone, as after `| head`, this and later lines are lost.

    Characters of a request that would end it, or that the stream's encoding lacks, are escaped.
    """
    encoding: str = getattr(stream, "encoding", None) or "utf-8"
    line = "".join(it if it.isprintable() else ascii(it)[1:-1] for it in line)
    line = line.encode(encoding, "backslashreplace").decode(encoding)
    try:
        print(line, file=stream, flush=True)
    except OSError:
        # Flushing the rest of the buffer would fail again at exit.
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
