"""Pull request of an update: opened once, then kept up to date until a person commits to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import patch
from change import Change
from commands import WorkflowError, annotate, output
from github import BOT_EMAIL, Repository
from markdown import limited


def propose(change: Change, file: Path, repository: Repository) -> str:
    """Push the change, and open or refresh its pull request. Return the result as a sentence.

    Left alone are a branch with commits of a person, and a change that a person has declined: its
    pull request was closed without a merge. The branch is replaced only if it is as it was read.
    """
    branch = f"api-version/{change.version or 'sync'}"
    title = (
        f"Bring the spec to API version {change.version}"
        if change.version
        else "Sync the spec with GitHub's description"
    )
    commit = patch.commit(file, change.base, title)
    query = f"pulls?state=all&head={repository.owner}:{branch}&per_page=100"
    pulls = sorted(repository.read_all(query), key=lambda pull: -pull["number"])
    current = next((pull for pull in pulls if pull["state"] == "open"), None)
    tip = _tip(branch)
    if tip and not _is_merged(pulls, tip) and (others := _others(tip)):
        text = f"Branch {branch} was left alone: others have added {', '.join(others)}."
        annotate("warning", text)
        return text
    if pulls and current is None and _is_declined(pulls[0], commit):
        text = f"Pull request {pulls[0]['html_url']} with the same change was closed."
        annotate("notice", text)
        return text
    if tip is None or not _is_same(tip, commit):
        target = f"refs/heads/{branch}"
        lease = f"--force-with-lease={target}:{tip or ''}"
        output("git", "push", "--quiet", lease, "origin", f"{commit}:{target}")
    if current is None:
        return _open(change, repository, branch, title)
    _refresh(change, repository, current, title)
    return f"Pull request: {current['html_url']}"


def _open(change: Change, repository: Repository, branch: str, title: str) -> str:
    try:
        pull = repository.send(
            "POST",
            "pulls",
            title=title,
            body=limited(change.body),
            head=branch,
            base=repository.branch,
            draft=not change.ready,
        )
    except WorkflowError as error:
        raise WorkflowError(
            f"branch {branch} is pushed, but its pull request cannot be opened: {error}\n"
            "Check Settings > Actions > General > Allow GitHub Actions to create and approve pull "
            "requests. The next run tries again."
        ) from None
    return f"Pull request: {pull['html_url']}"


def _refresh(change: Change, repository: Repository, pull: dict[str, Any], title: str) -> None:
    number, body = pull["number"], limited(change.body)
    if (pull["title"], pull["body"]) != (title, body):
        repository.send("PATCH", f"pulls/{number}", title=title, body=body)
    if pull["draft"] == change.ready:
        repository.set_draft(number, draft=not change.ready)


def _tip(branch: str) -> str | None:
    """Return the commit of a branch on the server, and fetch it."""
    if not output("git", "ls-remote", "origin", f"refs/heads/{branch}"):
        return None
    return _fetch(f"refs/heads/{branch}")


def _fetch(name: str) -> str:
    output("git", "fetch", "--quiet", "--no-tags", "origin", name)
    return output("git", "rev-parse", "FETCH_HEAD").strip()


def _is_merged(pulls: Sequence[dict[str, Any]], tip: str) -> bool:
    """Return whether a branch was left over by the merge of its last pull request."""
    return bool(pulls) and pulls[0]["merged_at"] is not None and pulls[0]["head"]["sha"] == tip


def _others(tip: str) -> list[str]:
    """Return the commits of a branch that are not by the workflow, abbreviated."""
    listed = output("git", "log", "--format=%h %ae %ce", f"HEAD..{tip}").splitlines()
    commits = (line.split(" ") for line in listed)
    return [commit for commit, *emails in commits if emails != [BOT_EMAIL, BOT_EMAIL]]


def _is_same(tip: str, commit: str) -> bool:
    """Return whether two commits have the same parent and the same content."""
    shown = output("git", "show", "--no-patch", "--format=%P %T", tip, commit).split("\n")
    return shown[0] == shown[1]


def _is_declined(pull: dict[str, Any], commit: str) -> bool:
    """Return whether a pull request was closed, and changes the spec in the same way."""
    if pull["merged_at"] is not None:
        return False
    head = _fetch(f"refs/pull/{pull['number']}/head")
    base = output("git", "merge-base", "HEAD", head).strip()
    return _patch_id(base, head) == _patch_id("HEAD", commit)


def _patch_id(base: str, commit: str) -> str:
    """Return an id of a change of the spec that does not depend on the lines around it."""
    diff = output("git", "diff", base, commit, "--", "spec")
    return output("git", "patch-id", "--stable", given=diff).partition(" ")[0]
