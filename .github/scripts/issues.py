"""Issues for maintainers: one while a run needs a person, and one for each new server release."""

from __future__ import annotations

import re
from typing import Any

from change import Change
from github import BOT, Repository
from markdown import limited

TITLE = "The weekly comparison with GitHub's descriptions needs a maintainer"
_INTRODUCTION = """\
CONTRIBUTING.md, "The weekly workflow", says what to do. Each run updates this issue, and closes it
if nothing is left.
"""
_RELEASE = "GitHub describes Enterprise Server {}"
_RELEASES = re.compile(_RELEASE.format(r"\d+\.\d+"))
_RELEASE_BODY = """\
The spec does not name Enterprise Server {release} yet, and GitHub describes it. Every run compares
its description with the spec; differences are in the issue "{title}".

- If the release knows a newer API version, `introduced` in `spec/runners.yaml` needs it.
- An operation or field that is new in this release needs `ghes: "{release}"` in its `products`.
  `runnersmith sync` with the description of this release makes most of these edits.

Close this issue if nothing is left to do. It is not opened again.
"""


def report(change: Change, pull: str, repository: Repository) -> None:
    """Open, update and close the issues. `pull` is a sentence about the pull request."""
    wanted = {_RELEASE.format(each): _release(each) for each in change.releases}
    if change.needs:
        wanted[TITLE] = _body(change, pull)
    found = [
        issue for issue in repository.read_all("issues?state=all&per_page=100") if _ours(issue)
    ]
    for title, body in wanted.items():
        same = [issue for issue in found if issue["title"] == title]
        current = next((issue for issue in same if issue["state"] == "open"), None)
        if current is None:
            # An issue about a release is opened once.
            if title == TITLE or not same:
                repository.send("POST", "issues", title=title, body=body)
        elif current["body"] != body:
            repository.send("PATCH", f"issues/{current['number']}", body=body)
    for issue in found:
        if issue["state"] == "open" and issue["title"] not in wanted:
            number = issue["number"]
            text = "The last run found nothing left to do."
            repository.send("POST", f"issues/{number}/comments", body=text)
            repository.send("PATCH", f"issues/{number}", state="closed")


def _ours(issue: dict[str, Any]) -> bool:
    """Return whether the workflow opened an issue; GitHub lists pull requests as issues too."""
    known = issue["title"] == TITLE or _RELEASES.fullmatch(issue["title"])
    return bool(known) and issue["user"]["login"] == BOT and "pull_request" not in issue


def _body(change: Change, pull: str) -> str:
    needs = [f"## {need.title}\n\n{need.text}" for need in change.needs]
    return limited("\n".join([_INTRODUCTION, *([f"{pull}\n"] if pull else []), *needs]))


def _release(release: str) -> str:
    return _RELEASE_BODY.format(release=release, title=TITLE)
