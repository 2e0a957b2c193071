"""Access to a runner group: lets exactly the named repositories of an organization use it.

    python group_access.py acme production website api --dry-run  # shows what would change
    python group_access.py acme production website api

The group is at no time open to a repository that is neither in its old list nor in the new one,
unless it was already. A missing group is created with `--create` only, since its name may be a typo.
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


def allow_only(github, login, name, repositories, *, create, dry_run):
    """Let exactly these repositories use the group of a name. Return lines about the changes."""
    actions = github.rest.actions
    ids = [github.request("GET", f"/repos/{login}/{it}").json()["id"] for it in repositories]
    groups = github.rest.paginate(
        actions.list_self_hosted_runner_groups_for_org,
        map_func=lambda response: response.parsed_data.runner_groups,
        org=login,
        per_page=100,
    )
    groups = list(groups)
    group = next((it for it in groups if it.name.lower() == name.lower()), None)
    if group is None and not create:
        known = ", ".join(it.name for it in groups)
        sys.exit(f"error: no runner group {name!r}; there are {known}")
    is_open = group is not None and group.visibility != "selected"
    had = {}
    if group is not None and group.inherited:
        sys.exit(f"error: {name} belongs to the enterprise, which decides who uses it")
    if group is not None and not is_open:
        listed = github.rest.paginate(
            actions.list_repo_access_to_self_hosted_runner_group_in_org,
            map_func=lambda response: response.parsed_data.repositories,
            org=login,
            runner_group_id=int(group.id),
            per_page=100,
        )
        had = {it.id: it.name for it in listed}
    changed = group is None or is_open or set(had) != set(ids)
    if dry_run or not changed:
        pass
    elif group is None:
        actions.create_self_hosted_runner_group_for_org(
            login, name=name, visibility="selected", selected_repository_ids=ids
        )
    else:
        # The list first: it applies as soon as the group is restricted to it.
        actions.set_repo_access_to_self_hosted_runner_group_in_org(
            login, int(group.id), selected_repository_ids=ids
        )
        if is_open:
            actions.update_self_hosted_runner_group_for_org(
                login, int(group.id), name=name, visibility="selected"
            )

    state = "unchanged" if not changed else "created" if group is None else "changed"
    lines = [f"{name}: {'would be ' if dry_run and changed else ''}{state}"]
    lines += [f"+ {repo}" for repo, it in zip(repositories, ids, strict=True) if it not in had]
    lines += [f"- {repo}" for it, repo in had.items() if it not in ids]
    return [*lines, "- all other repositories"] if is_open else lines


def organization(text):
    """Return the login of an organization. Raises ArgumentTypeError for another scope."""
    if "/" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no organization, such as acme")
    return text


def main():
    """Restrict the group on the command line, and print what was changed."""
    parser = argparse.ArgumentParser(description="Let only these repositories use a runner group.")
    parser.add_argument("org", type=organization)
    parser.add_argument("group")
    parser.add_argument("repository", nargs="+", help="a repository of the organization: website")
    parser.add_argument("--create", action="store_true", help="create the group if it is missing")
    parser.add_argument("--dry-run", action="store_true", help="only show the changes")
    it = parser.parse_args()
    try:
        url = os.environ.get("GITHUB_API_URL")
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=url, auto_retry=retry)
        options = {"create": it.create, "dry_run": it.dry_run}
        lines = allow_only(github, it.org, it.group, it.repository, **options)
    except GitHubException as error:
        sys.exit(f"error: {error}")
    print(*lines, sep="\n")


if __name__ == "__main__":
    main()
