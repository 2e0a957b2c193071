"""Larger runners: creates a GitHub-hosted runner and waits for it, or deletes one and waits.

    python larger_runners.py acme create large-1 --image ubuntu-24.04 --size 4-core
    python larger_runners.py acme delete large-1

A call that failed or was interrupted can be repeated: it goes on with the same runner.
"""

import argparse
import math
import os
import sys
import time

from githubkit import GitHub
from githubkit.exception import GitHubException, RequestError, RequestFailed, RequestTimeout
from githubkit.retry import RETRY_DEFAULT, RetryOption


def retry(error, count):
    """Retry reads, and what a rate limit has refused. A second creation would be a second runner."""
    failed = isinstance(error, RequestFailed) and error.response.status_code >= 500
    if failed and error.request.method != "GET":
        return RetryOption(False)
    return RETRY_DEFAULT(error, count)


def is_transient(error):
    """Return whether a wait goes on after an error."""
    if isinstance(error, RequestFailed):
        return error.response.status_code >= 500
    return isinstance(error, RequestError | RequestTimeout)


def named(github, org, name):
    """Return the runner of a name, if any."""
    page = 1
    while True:
        data = github.rest.actions.list_hosted_runners_for_org(org, per_page=100, page=page)
        runners = data.parsed_data.runners
        for it in runners:
            if it.name.lower() == name.lower():
                return it
        if len(runners) < 100:
            return None
        page += 1


def default_group(github, org):
    """Return the id of the default group."""
    page = 1
    while True:
        data = github.rest.actions.list_self_hosted_runner_groups_for_org(
            org, per_page=100, page=page
        )
        groups = data.parsed_data.runner_groups
        for it in groups:
            if it.default and not it.inherited:
                return it.id
        if len(groups) < 100:
            raise SystemExit("error: there is no default group")
        page += 1


def create(github, org, name, image, size, timeout):
    """Create a runner with an image of GitHub, given by its id or name, and wait until it is ready."""
    actions, end = github.rest.actions, time.monotonic() + timeout
    images = actions.get_hosted_runners_github_owned_images_for_org(org).parsed_data.images
    found = next((it for it in images if image in (it.id, it.display_name)), None)
    if found is None:
        sys.exit(f"error: no image {image!r}; there are: {', '.join(it.id for it in images)}")
    runner, lookups, group = named(github, org, name), 0, default_group(github, org)
    while True:
        if runner is None and lookups == 0:
            lookups = 3
            try:
                runner = actions.create_hosted_runner_for_org(
                    org,
                    name=name,
                    image={"id": found.id, "source": "github"},
                    size=size,
                    runner_group_id=group,
                ).parsed_data
            except GitHubException as error:
                conflict = isinstance(error, RequestFailed) and error.response.status_code == 409
                if not conflict and not is_transient(error):
                    raise
        if runner is not None and runner.status != "Deleting":
            used = runner.image_details.id if runner.image_details else None
            if (used, runner.machine_size_details.id) != (found.id, size):
                sys.exit(f"error: the runner {name!r} has other settings")
            if runner.status == "Ready":
                return runner
            if runner.status in ("Stuck", "Shutdown"):
                sys.exit(f"error: the runner {name!r} is {runner.status}")
        if time.monotonic() > end:
            sys.exit(f"error: {name!r} is not ready after {timeout} s")
        time.sleep(10)
        try:
            runner, lookups = named(github, org, name), max(0, lookups - 1)
        except GitHubException as error:
            if not is_transient(error):
                raise


def delete(github, org, name, timeout):
    """Delete the runner of a name, and wait until it is gone. One that is gone is no error."""
    end = time.monotonic() + timeout
    while True:
        try:
            runner = named(github, org, name)
            if runner is None:
                return
            if runner.status != "Deleting":
                github.rest.actions.delete_hosted_runner_for_org(org, runner.id)
        except GitHubException as error:
            gone = isinstance(error, RequestFailed) and error.response.status_code == 404
            if not gone and not is_transient(error):
                raise
        if time.monotonic() > end:
            sys.exit(f"error: {name!r} is not gone after {timeout} s")
        time.sleep(10)


def organization(text):
    """Return the login of an organization. Raises ArgumentTypeError for another scope."""
    if "/" in text:
        raise argparse.ArgumentTypeError(f"{text!r} is no organization, such as acme")
    return text


def seconds(text):
    """Return a number of seconds. Raises ValueError if it is none above 0."""
    if not 0 < float(text) < math.inf:
        raise ValueError(text)
    return float(text)


def main():
    """Create or delete the runner on the command line."""
    parser = argparse.ArgumentParser(description="Create or delete a larger runner, and wait.")
    parser.add_argument("org", type=organization)
    parser.add_argument("action", choices=["create", "delete"])
    parser.add_argument("name")
    parser.add_argument("--image", default="ubuntu-24.04", help="the id or the name of an image")
    parser.add_argument("--size", default="4-core", help="the machine size")
    parser.add_argument("--timeout", type=seconds, default=1800, help="seconds to wait at most")
    it = parser.parse_args()
    try:
        url = os.environ.get("GITHUB_API_URL")
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=url, auto_retry=retry)
        if it.action == "delete":
            delete(github, it.org, it.name, it.timeout)
        else:
            runner = create(github, it.org, it.name, it.image, it.size, it.timeout)
            print(f"{runner.name} is {runner.status}")
    except GitHubException as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
