"""Step of the second job: turn the artifact into a pull request and issues.

    GITHUB_REPOSITORY=owner/name python .github/scripts/propose.py CHANGE --branch main

Needs `gh`, and a clone with the history of the default branch. Runs none of the changed code.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

import change
import issues
import pull_request
from change import Need
from commands import WorkflowError, main
from github import Repository
from markdown import quote


def propose() -> None:
    """Update the pull request, then the issues, even if the pull request fails."""
    parser = argparse.ArgumentParser(description="Propose a change, and report what is left.")
    parser.add_argument("folder", type=Path, metavar="CHANGE")
    parser.add_argument("--branch", required=True, help="the default branch")
    options = parser.parse_args()
    repository = Repository(os.environ["GITHUB_REPOSITORY"], options.branch)
    result, patch = change.read(options.folder)
    pull, failure = "", None
    if patch is not None:
        try:
            pull = pull_request.propose(result, patch, repository)
        except WorkflowError as error:
            failure = error
            need = Need("The pull request could not be updated", quote(str(error)))
            result = replace(result, needs=(need, *result.needs))
    try:
        issues.report(result, pull, repository)
    except WorkflowError as error:
        raise WorkflowError(f"{failure}\n{error}" if failure else str(error)) from None
    if failure is not None:
        raise failure


if __name__ == "__main__":
    main(propose)
