"""Access to a runner group: lets exactly the named repositories of an organization use it.

    python group_access.py acme production website api

The group is created if it is missing. It is at no time open to a repository that is neither in its
old list nor in the new one, unless it was already.
"""

import argparse
import os
import sys

from githubkit import GitHub
from githubkit.exception import GitHubException, RequestFailed
from githubkit.retry import RETRY_DEFAULT, RetryOption


def retry(error, count):
    """Retry all but a creation whose outcome is unknown."""
    failed = isinstance(error, RequestFailed) and error.response.status_code >= 500
    if failed and error.request.method == "POST":
        return RetryOption(False)
    return RETRY_DEFAULT(error, count)


def allow_only(github, login, name, repositories):
    """Let exactly these repositories use the group of a name."""
    actions = github.rest.actions
    ids = [github.request("GET", f"/repos/{login}/{it}").json()["id"] for it in repositories]
    groups = github.rest.paginate(
        actions.list_self_hosted_runner_groups_for_org,
        map_func=lambda response: response.parsed_data.runner_groups,
        org=login,
        per_page=100,
    )
    group = next((it for it in list(groups) if it.name == name), None)
    if group is None:
        actions.create_self_hosted_runner_group_for_org(
            login, name=name, visibility="selected", selected_repository_ids=ids
        )
    elif group.inherited:
        sys.exit(f"error: {name} belongs to the enterprise, which decides who uses it")
    else:
        # The list first: it applies as soon as the group is restricted to it.
        actions.set_repo_access_to_self_hosted_runner_group_in_org(
            login, int(group.id), selected_repository_ids=ids
        )
        if group.visibility != "selected":
            actions.update_self_hosted_runner_group_for_org(
                login, int(group.id), name=name, visibility="selected"
            )


def main():
    """Restrict the group on the command line."""
    parser = argparse.ArgumentParser(description="Let only these repositories use a runner group.")
    parser.add_argument("org")
    parser.add_argument("group")
    parser.add_argument("repository", nargs="+", help="a repository of the organization: website")
    arguments = parser.parse_args()
    try:
        url = os.environ.get("GITHUB_API_URL")
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=url, auto_retry=retry)
        allow_only(github, arguments.org, arguments.group, arguments.repository)
    except GitHubException as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
