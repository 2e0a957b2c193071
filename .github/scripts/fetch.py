"""Step of the first job: fetch GitHub's descriptions that concern the spec.

    python .github/scripts/fetch.py FOLDER --oldest-server 3.17 [--api-version V]

Needs `gh` and `curl`. All files are of one commit, so a push in between cannot mix two states.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import descriptions
from commands import WorkflowError, log, main, output, parsed
from descriptions import REPOSITORY


def fetch() -> None:
    """Write the descriptions and their list to a folder."""
    parser = argparse.ArgumentParser(description="Fetch GitHub's descriptions.")
    parser.add_argument("folder", type=Path, metavar="FOLDER")
    parser.add_argument("--oldest-server", required=True, metavar="RELEASE")
    parser.add_argument("--api-version", default="", metavar="V")
    options = parser.parse_args()
    ir = parsed(output(".venv/bin/runnersmith", "ir"), "runnersmith ir")
    spec = descriptions.ours(ir, options.oldest_server)
    commit = _commit()
    chosen = descriptions.choose(commit, _paths(commit), spec, options.api_version)
    options.folder.mkdir(parents=True, exist_ok=True)
    for product in chosen.products:
        path = f"descriptions/{product}/{product}.json"
        _download(f"{REPOSITORY}/{commit}/{path}", options.folder / f"{product}.json")
    chosen.write(options.folder)
    log(f"{REPOSITORY} at {commit}: {', '.join(chosen.products)}")


def _commit() -> str:
    found = output("gh", "api", f"repos/{REPOSITORY}/commits/main", "--jq", ".sha").strip()
    if not re.fullmatch(r"[0-9a-f]{40}", found):
        raise WorkflowError(f"{REPOSITORY}: main is not at a commit: {found!r}")
    return found


def _paths(commit: str) -> list[str]:
    path = f"repos/{REPOSITORY}/git/trees/{commit}?recursive=1"
    tree = parsed(output("gh", "api", path), f"gh api {path}")
    if tree["truncated"]:
        raise WorkflowError(f"{REPOSITORY}: GitHub's list of its files is incomplete")
    return [entry["path"] for entry in tree["tree"] if entry["type"] == "blob"]


def _download(path: str, target: Path) -> None:
    output(
        *("curl", "--fail", "--silent", "--show-error", "--location", "--proto", "=https"),
        *("--retry", "3", "--max-time", "120", "--output", str(target)),
        f"https://raw.githubusercontent.com/{path}",
    )


if __name__ == "__main__":
    main(fetch)
