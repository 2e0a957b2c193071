"""Inventory of runners as CSV: those of enterprises, organizations and repositories.

python inventory.py acme acme/website enterprises/acme-corp > runners.csv
"""

import argparse
import csv
import os
import sys

from githubkit import GitHub
from githubkit.exception import GitHubException

COLUMNS = ("scope", "id", "name", "os", "version", "status", "busy", "group", "labels")


def path_of(name):
    """Return the path of a scope."""
    if name.startswith("enterprises/"):
        return f"/{name}"
    return f"/repos/{name}" if "/" in name else f"/orgs/{name}"


def listed(github, path, key):
    """Return the items of a list, each once. The list is read again if it has moved."""
    for _ in range(3):
        found, seen, page, total = {}, 0, 1, 1
        while seen < total:
            query = {"per_page": 100, "page": page}
            data = github.request("GET", path, params=query).json()
            if not data[key]:
                break
            found.update({it["id"]: it for it in data[key]})
            seen, total, page = seen + len(data[key]), data["total_count"], page + 1
        if len(found) == seen == total:
            break
    return list(found.values())


def write_inventory(github, names, file):
    """Write the runners of each scope. If one cannot be read, nothing is written."""
    rows = []
    for name in names:
        path = path_of(name)
        groups = {}
        if not path.startswith("/repos/"):
            items = listed(github, f"{path}/actions/runner-groups", "runner_groups")
            groups = {group["id"]: group["name"] for group in items}
        for it in listed(github, f"{path}/actions/runners", "runners"):
            group, labels = groups.get(it.get("runner_group_id")), " ".join(
                label["name"] for label in it["labels"]
            )
            values = [it.get(key) for key in ("id", "name", "os", "version", "status", "busy")]
            rows.append((name, *values, group, labels))
    csv.writer(file).writerows([COLUMNS, *rows])


def main():
    """Print the inventory of the scopes on the command line."""
    parser = argparse.ArgumentParser(description="Print an inventory of runners as CSV.")
    parser.add_argument("scope", nargs="+", help="acme, acme/website or enterprises/acme-corp")
    arguments = parser.parse_args()
    try:
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=os.environ.get("GITHUB_API_URL"))
        write_inventory(github, arguments.scope, sys.stdout)
    except GitHubException as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
