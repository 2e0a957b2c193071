"""Label reconciliation: gives runners the custom labels that a file has for their names.

    python label_reconciler.py acme labels.toml --dry-run

In the file, the first pattern that matches a name decides; runners that no pattern matches stay as
they are:

    "build-gpu-*" = ["gpu", "docker"]
    "build-*" = ["docker"]
"""

import argparse
import os
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

from githubkit import GitHub
from githubkit.exception import GitHubException, RequestFailed


def read_patterns(path):
    """Return the labels by pattern. Raises OSError or ValueError for a file that has none."""
    patterns = tomllib.loads(path.read_text())
    for pattern, labels in patterns.items():
        if not isinstance(labels, list) or not all(isinstance(it, str) for it in labels):
            raise ValueError(f"{path}: {pattern!r} must have a list of labels")
    return patterns


def path_of(name):
    """Return the path of the runners of a scope."""
    if name.startswith("enterprises/"):
        return f"/{name}/actions/runners"
    return f"/{'repos' if '/' in name else 'orgs'}/{name}/actions/runners"


def listed(github, path):
    """Return the runners, each once. The list is read again if it has moved."""
    for _ in range(3):
        found, seen, page, total = {}, 0, 1, 1
        while seen < total:
            query = {"per_page": 100, "page": page}
            data = github.request("GET", path, params=query).json()
            if not data["runners"]:
                break
            found.update({it["id"]: it for it in data["runners"]})
            seen, total, page = seen + len(data["runners"]), data["total_count"], page + 1
        if len(found) == seen == total:
            break
    return list(found.values())


def plan(runners, patterns):
    """Return the changes: runner, labels before and after. Case and read-only labels do not count."""
    changes = []
    for runner in runners:
        name = runner["name"].lower()
        pattern = next((it for it in patterns if fnmatchcase(name, it.lower())), None)
        if pattern is None:
            continue
        read_only = {it["name"].lower() for it in runner["labels"] if it["type"] == "read-only"}
        before = [it["name"] for it in runner["labels"] if it["type"] != "read-only"]
        distinct = {it.lower(): it for it in reversed(patterns[pattern])}
        after = [it for key, it in reversed(distinct.items()) if key not in read_only]
        if {it.lower() for it in before} == {it.lower() for it in after}:
            continue
        if not after:
            raise ValueError(f"runner {runner['name']!r} would lose all its custom labels")
        changes.append((runner, before, after))
    return changes


def reconcile(github, name, patterns, *, dry_run):
    """Set the labels of the first pattern that matches the name of a runner."""
    path, made = path_of(name), []
    for runner, before, after in plan(listed(github, path), patterns):
        if not dry_run:
            try:
                github.request("PUT", f"{path}/{runner['id']}/labels", json={"labels": after})
            except RequestFailed as error:
                if error.response.status_code != 404:
                    raise
                continue
        made.append((runner["name"], before, after))
    return made


def main():
    """Reconcile the scope on the command line, and print each change."""
    parser = argparse.ArgumentParser(description="Give runners the labels that a file has.")
    parser.add_argument("scope", help="acme, acme/website or enterprises/acme-corp")
    parser.add_argument("file", type=Path, help="a TOML file with labels by patterns of names")
    parser.add_argument("--dry-run", action="store_true", help="only show the changes")
    it = parser.parse_args()
    try:
        patterns = read_patterns(it.file)
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=os.environ.get("GITHUB_API_URL"))
        changes = reconcile(github, it.scope, patterns, dry_run=it.dry_run)
    except (GitHubException, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    for name, before, after in changes:
        print(f"{name}: {' '.join(before) or '-'} -> {' '.join(after)}")


if __name__ == "__main__":
    main()
