"""Nightly reaper: deletes runners that have been offline for long. Run it several times a day.

    python reaper.py acme "build-*" --hours 12            # shows what it would delete
    python reaper.py acme "build-*" --hours 12 --delete

GitHub does not say since when a runner is offline, so each run notes in a file what it sees.
"""

import argparse
import fcntl
import json
import math
import os
import sys
import time
from fnmatch import fnmatchcase
from pathlib import Path

from githubkit import GitHub
from githubkit.exception import GitHubException, RequestFailed
from githubkit.retry import RETRY_DEFAULT, RetryOption


def retry(error, count):
    """Retry reads, and what a rate limit has refused. The outcome of a deletion is looked up."""
    failed = isinstance(error, RequestFailed) and error.response.status_code >= 500
    if failed and error.request.method != "GET":
        return RetryOption(False)
    return RETRY_DEFAULT(error, count)


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


def is_gone(github, path, runner):
    """Return whether a runner is gone: a 404, although the list can be read."""
    try:
        github.request("GET", f"{path}/{runner['id']}")
    except RequestFailed as error:
        if error.response.status_code != 404:
            raise
        return runner["id"] not in {it["id"] for it in listed(github, path)}
    return False


def observe(runners, history, now):
    """Return since when each runner is offline, by id. One with another version starts anew."""
    since = {}
    for it in runners:
        if it["status"] == "offline" and not it["busy"]:
            key = f"{it['id']} {it['name']} {it['os']} {it.get('version')}"
            since[key] = history.get(key, now)
            it["since"] = since[key]
    return since


def save(path, since):
    """Replace the file as a whole."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps(since))
    new.replace(path)


def delete(github, path, runner):
    """Delete a runner that is still offline. Return a line about it."""
    try:
        now = github.request("GET", f"{path}/{runner['id']}").json()
        if now["busy"] or now["status"] != "offline":
            return f"kept, {'busy' if now['busy'] else now['status']}"
        if now["name"] != runner["name"] or now.get("version") != runner.get("version"):
            return "kept, changed"
        github.request("DELETE", f"{path}/{runner['id']}")
    except RequestFailed as error:
        if error.response.status_code == 422:
            return "kept, busy"
        if error.response.status_code != 404 and error.response.status_code < 500:
            return f"failed, {error}"
    except GitHubException:
        pass
    else:
        return "deleted"
    try:
        return "deleted" if is_gone(github, path, runner) else "failed"
    except GitHubException as error:
        return f"failed, {error}"


def reap(github, name, pattern, *, hours, history, at_most, delete_them):
    """Delete the runners that have been offline for so many hours, or only find them."""
    path, now, lines = path_of(name), time.time(), []
    with history.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        known = json.loads(history.read_text()) if history.exists() else {}
        runners = listed(github, path)
        save(history, observe(runners, known, now))
        matching = [it for it in runners if fnmatchcase(it["name"].lower(), pattern.lower())]
        due = 0
        for it in sorted(matching, key=lambda it: it.get("since", now)):
            if it["busy"] or it["status"] == "online":
                outcome = f"kept, {'online' if it['status'] == 'online' else 'busy'}"
            elif not it.get("version"):
                outcome = "kept, not connected yet"
            elif now - it["since"] < hours * 3600:
                outcome = "kept, too young"
            elif due >= at_most:
                outcome = "kept, limit reached"
            else:
                due += 1
                outcome = delete(github, path, it) if delete_them else "would be deleted"
            lines.append(f"{it['name']}: {outcome}")
    return lines


def hours(text):
    """Return a number of hours. Raises ValueError if it is none, or negative."""
    if not 0 <= float(text) < math.inf:
        raise ValueError(text)
    return float(text)


def count(text):
    """Return a number of runners. Raises ValueError if it is none above 0."""
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def main():
    """Reap the scope on the command line, and print what was done. Exit status 1 for a failure."""
    parser = argparse.ArgumentParser(description="Delete runners that have been offline for long.")
    parser.add_argument("scope", help="acme, acme/website or enterprises/acme-corp")
    parser.add_argument("pattern", help="the names, such as build-*")
    parser.add_argument("--hours", type=hours, default=12, help="how long they have been offline")
    parser.add_argument(
        "--history", type=Path, default="offline.json", help="the file between runs"
    )
    parser.add_argument("--at-most", type=count, default=20, help="how many to delete in a run")
    parser.add_argument("--delete", action="store_true", help="delete them, not only show them")
    it = parser.parse_args()
    try:
        url = os.environ.get("GITHUB_API_URL")
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=url, auto_retry=retry)
        lines = reap(
            github,
            it.scope,
            it.pattern,
            hours=it.hours,
            history=it.history,
            at_most=it.at_most,
            delete_them=it.delete,
        )
    except (GitHubException, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    for line in lines:
        print(line)
    sys.exit(1 if any(": failed" in line for line in lines) else 0)


if __name__ == "__main__":
    main()
