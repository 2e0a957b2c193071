"""GitHub App over all its installations: lists the runners that GitHub will stop, and when.

    GITHUB_APP_CLIENT_ID=... GITHUB_APP_PRIVATE_KEY_PATH=app.pem python github_app.py

An organization that cannot be read is reported, and the others are read.
"""

import os
import sys
from pathlib import Path

from githubkit import AppAuthStrategy, GitHub
from githubkit.exception import GitHubException, RequestFailed


def organizations(github):
    """Yield the installations on organizations that are not suspended."""
    calls = github.rest.apps.list_installations
    for it in github.rest.paginate(calls, map_func=lambda response: response.json(), per_page=100):
        if it["target_type"] == "Organization" and it["suspended_at"] is None:
            yield it


def listed(github, org):
    """Return the runners of an organization, each once. The list is read again if it has moved."""
    for _ in range(3):
        found, seen, page, total = {}, 0, 1, 1
        while seen < total:
            query = {"per_page": 100, "page": page}
            data = github.request("GET", f"/orgs/{org}/actions/runners", params=query).json()
            if not data["runners"]:
                break
            found.update({it["id"]: it for it in data["runners"]})
            seen, total, page = seen + len(data["runners"]), data["total_count"], page + 1
        if len(found) == seen == total:
            break
    return list(found.values())


def stops_at(github, org, version):
    """Return when GitHub stops a version, or None without a schedule."""
    try:
        path = f"/orgs/{org}/actions/runners/deprecations/{version}"
        return github.request("GET", path).json().get("runtime_deprecates_at")
    except RequestFailed as error:
        if error.response.status_code != 404:
            raise
        return None


def audit(github):
    """Return a line for each runner that will stop, and one for each organization that failed."""
    found, failed = [], []
    for installation in organizations(github):
        login = installation["account"]["login"]
        own = github.with_auth(github.auth.as_installation(installation["id"]))
        try:
            runners = [it for it in listed(own, login) if it.get("version")]
            ends = {it: stops_at(own, login, it) for it in {it["version"] for it in runners}}
        except GitHubException as error:
            failed.append(f"{login}: {error}")
            continue
        for it in runners:
            end = ends[it["version"]]
            if end is not None:
                line = f"has {it['version']}, which stops on {end[:10]}"
                found.append(f"{login}/{it['name']} {line}")
    return found, failed


def main():
    """Print the runners that will stop. Exit status 1 if an organization could not be read."""
    try:
        key = Path(os.environ["GITHUB_APP_PRIVATE_KEY_PATH"]).read_text()
        auth = AppAuthStrategy(os.environ["GITHUB_APP_CLIENT_ID"], key)
        found, failed = audit(GitHub(auth, base_url=os.environ.get("GITHUB_API_URL")))
    except KeyError as error:
        sys.exit(f"error: set {error}")
    except (GitHubException, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    for line in found:
        print(line)
    sys.exit("\n".join(failed) or 0)


if __name__ == "__main__":
    main()
