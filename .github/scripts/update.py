"""Step of the first job: compare the spec with GitHub's descriptions, and update it if they differ.

    python .github/scripts/update.py DESCRIPTIONS CHANGE

DESCRIPTIONS is the folder that `fetch.py` wrote, CHANGE the artifact to write. The work tree must
be clean, and is changed. This runs code that depends on the descriptions, so the job must have no
write permissions.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import descriptions
from change import FILES, FOLDERS, Change, Need
from commands import Attempt, WorkflowError, attempt, log, main, output, raw
from descriptions import REPOSITORY, WIDEST, Descriptions
from markdown import quote

_CHECKS = (
    ("make", "generate"),
    ("make", "tests", "PYTEST=tests/client/package/test_public_api.py --update"),
    ("make", "test"),
)
_PASSED = "Every check passed. Close and reopen this pull request to run them here."
_UNFINISHED = 'Not finished: CONTRIBUTING.md, "The weekly workflow". Output of the commands:'


@dataclass(frozen=True, slots=True)
class Update:
    """An update of the spec: a bump to `version`, or a sync without one.

    `changed` is true if it wrote anything. `result` is None if nothing had to be done. Its status is
    1 for open decisions and corrections to review, and 2 if the description was rejected.
    """

    version: str | None
    result: Attempt | None = None
    changed: bool = False

    @property
    def name(self) -> str:
        """Return what the update is, for texts."""
        return f"bump to {self.version}" if self.version else "sync"

    @property
    def complete(self) -> bool:
        """Return whether no decision is open."""
        return self.result is None or self.result.status == 0


def update() -> None:
    """Compare, update, generate and test, then write the artifact."""
    parser = argparse.ArgumentParser(description="Compare the spec with GitHub's descriptions.")
    parser.add_argument("folder", type=Path, metavar="DESCRIPTIONS")
    parser.add_argument("artifact", type=Path, metavar="CHANGE")
    options = parser.parse_args()
    if options.artifact.exists():
        raise WorkflowError(f"{options.artifact} exists; remove it, or name another folder")
    if _modified():
        raise WorkflowError("the work tree has changes; commit or stash them")
    official = descriptions.read(options.folder)
    found = dict(_compare(official, options.folder))
    updated = _update(official, found, options.folder)
    checks: list[Attempt] = []
    if updated.changed:
        # A spec with open decisions cannot be compared.
        complete = updated.complete
        checks = list(_checks()) if complete else []
        found = dict(_compare(official, options.folder)) if complete else {}
    ready = updated.complete and all(check.status == 0 for check in checks)
    needs = (*_from_update(updated, checks), *_from_comparison(found), *_retired(official))
    Change(
        base=output("git", "rev-parse", "HEAD").strip(),
        official=official.commit,
        version=official.new_version,
        ready=ready,
        body=_body(official, updated, checks) if updated.changed else "",
        needs=needs,
        releases=official.new_releases,
    ).write(options.artifact, _patch() if updated.changed else b"")
    log("\n".join(f"needs a person: {need.title}" for need in needs) or "nothing needs a person")


def _compare(official: Descriptions, folder: Path) -> Iterator[tuple[str, Attempt]]:
    """Yield the products whose description differs from the spec, or cannot be compared."""
    for product in official.products:
        file = str(folder / f"{product}.json")
        result = _runnersmith("compare", file, "--fail-on", "operation")
        if result.status:
            yield product, result


def _update(official: Descriptions, found: dict[str, Attempt], folder: Path) -> Update:
    """Bump the spec if there is a new API version, otherwise sync the versions that exist."""
    version = official.new_version
    # Without its changes, an API version would be read as the next newer one.
    if official.retired or not (version or WIDEST in found):
        return Update(version)
    command = ("bump", "--api-version", version) if version else ("sync",)
    file = str(folder / f"{WIDEST}.json")
    result = _runnersmith(*command, "--write", "--fail-on", "decision", file)
    changed = _modified()
    if changed and result.status > 1:
        raise WorkflowError(f"`runnersmith {command[0]}` failed, and left files changed")
    return Update(version, result, changed)


def _runnersmith(*arguments: str) -> Attempt:
    """Run a command of the generator. Raises WorkflowError if it was ended by a signal."""
    result = attempt(".venv/bin/runnersmith", *arguments)
    if result.status not in (0, 1, 2):
        raise WorkflowError(f"`runnersmith {arguments[0]}` ended with status {result.status}")
    return result


def _checks() -> Iterator[Attempt]:
    """Yield the results of generation and tests, up to the first that fails."""
    for command in _CHECKS:
        result = attempt(*command)
        yield result
        if result.status:
            return


def _from_update(updated: Update, checks: Sequence[Attempt]) -> Iterator[Need]:
    """Yield what is left to do after an update.

    A sync without changes finds nothing that the comparison does not report.
    """
    if updated.result is not None and not updated.complete:
        if updated.changed:
            yield Need(f"The {updated.name} leaves decisions", quote(updated.result.text))
        elif updated.version or updated.result.status > 1:
            yield Need(f"The {updated.name} changed nothing", quote(updated.result.text))
    if checks and checks[-1].status:
        yield Need(f"Checks fail after the {updated.name}", quote(_end(checks[-1].text)))


def _from_comparison(found: dict[str, Attempt]) -> Iterator[Need]:
    """Yield the differences that no update resolves."""
    for product, result in found.items():
        yield Need(f"The comparison with {product} fails", quote(_concise(result.text)))


def _retired(official: Descriptions) -> Iterator[Need]:
    for version in official.retired:
        yield Need(
            f"GitHub no longer describes API version {version}",
            'CONTRIBUTING.md, "Support of API versions", says when its overlay is removed. Until '
            "then, update the spec by hand.\n",
        )


def _concise(text: str) -> str:
    """Return the output of `compare` without the differences that were corrected on purpose."""
    lines: list[str] = []
    skipped = False
    for line in text.splitlines():
        skipped = line == "corrected on purpose:" or (skipped and line.startswith("  "))
        if not skipped:
            lines.append(line)
    return "\n".join(lines)


def _end(text: str) -> str:
    return "\n".join(text.splitlines()[-100:])


def _body(official: Descriptions, updated: Update, checks: Sequence[Attempt]) -> str:
    """Return the text of the pull request."""
    link = f"https://github.com/{REPOSITORY}/tree/{official.commit}/descriptions"
    parts = [f"A {updated.name}, by [GitHub's descriptions]({link}).\n"]
    left = list(_from_update(updated, checks))
    parts += [f"{_UNFINISHED}\n", *(need.text for need in left)] if left else [f"{_PASSED}\n"]
    if updated.complete:
        changes = _runnersmith("diff", "HEAD:spec/runners.yaml", "--format", "markdown")
        parts.append(changes.text if changes.status == 0 else quote(changes.text))
    return "\n".join(parts)


def _modified() -> bool:
    return bool(output("git", "status", "--porcelain"))


def _patch() -> bytes:
    """Return the change of the files that an update concerns."""
    output("git", "add", "--all", "--", *FOLDERS, *FILES)
    return raw("git", "diff", "--cached", "--binary", "--no-renames", "--no-ext-diff", "HEAD")


if __name__ == "__main__":
    main(update)
