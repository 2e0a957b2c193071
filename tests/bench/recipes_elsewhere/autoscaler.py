"""Autoscaler with JIT runners: keeps some runners idle, so that jobs do not wait.

    python autoscaler.py acme --spare 2 --most 10 -- ./start-container.sh

Each runner is there for one job. The command starts it: `run.sh`, or a container that gets the
variable ACTIONS_RUNNER_INPUT_JITCONFIG. At least `--spare` runners are idle, and while many are
busy, half as many as those.
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import time
from contextlib import suppress

from githubkit import GitHub
from githubkit.exception import GitHubException, RequestError, RequestFailed, RequestTimeout
from githubkit.retry import RETRY_DEFAULT, RetryOption

PREFIX = "auto-"
SECRETS = ("GITHUB_TOKEN", "GH_TOKEN", "GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_PRIVATE_KEY_PATH")


def retry(error, count):
    """Retry reads, and what a rate limit has refused. The outcome of a write is looked up."""
    failed = isinstance(error, RequestFailed) and error.response.status_code >= 500
    if failed and error.request.method != "GET":
        return RetryOption(False)
    return RETRY_DEFAULT(error, count)


def path_of(name):
    """Return the path of a scope."""
    if name.startswith("enterprises/"):
        return f"/{name}"
    return f"/{'repos' if '/' in name else 'orgs'}/{name}"


def listed(github, path, key, **filters):
    """Return the items of a list, each once. The list is read again if it has moved."""
    for _ in range(3):
        found, seen, page, total = {}, 0, 1, 1
        while seen < total:
            query = {"per_page": 100, "page": page, **filters}
            data = github.request("GET", path, params=query).json()
            if not data[key]:
                break
            found.update({it["id"]: it for it in data[key]})
            seen, total, page = seen + len(data[key]), data["total_count"], page + 1
        if len(found) == seen == total:
            break
    return list(found.values())


def default_group(github, path):
    """Return the id of the default group. That of a repository is 1."""
    if path.startswith("/repos/"):
        return 1
    groups = listed(github, f"{path}/actions/runner-groups", "runner_groups")
    return next(it["id"] for it in groups if it["default"] and not it.get("inherited"))


def start(command, config):
    """Start a runner with its configuration, and without the credentials of this program."""
    base = {name: it for name, it in os.environ.items() if name not in SECRETS}
    return subprocess.Popen(command, env={**base, "ACTIONS_RUNNER_INPUT_JITCONFIG": config})


class Autoscaler:
    """Keeps runners idle: at least `spare` of them, as long as there are not more than `most`."""

    def __init__(self, github, path, start, *, labels, spare, most):
        self.github, self.path, self.start, self.labels = github, path, start, labels
        self.runners = f"{path}/actions/runners"
        self.group = default_group(github, path)
        self.spare, self.most = spare, most
        self.seen = {it["id"]: it for it in listed(github, self.runners, "runners")}
        self.machines = {}

    def read(self):
        """Read the runners. One that is on no page is gone only if it is 404."""
        now = {it["id"]: it for it in listed(self.github, self.runners, "runners")}
        for missing in self.seen.keys() - now.keys():
            try:
                now[missing] = self.github.request("GET", f"{self.runners}/{missing}").json()
            except RequestFailed as error:
                if error.response.status_code != 404:
                    raise
        self.seen = now

    def register(self):
        """Register a runner under a fresh name, and start it."""
        for _ in range(5):
            name = f"{PREFIX}{secrets.token_hex(4)}"
            body = {"name": name, "runner_group_id": self.group, "labels": self.labels}
            try:
                made = self.github.request(
                    "POST", f"{self.runners}/generate-jitconfig", json=body
                ).json()
            except (RequestError, RequestTimeout, RequestFailed) as error:
                failed = isinstance(error, RequestFailed)
                if (
                    failed
                    and error.response.status_code < 500
                    and error.response.status_code != 409
                ):
                    raise
                # Nobody has the configuration of a runner whose response was lost.
                for it in listed(self.github, self.runners, "runners", name=name):
                    if it["name"] == name:
                        self.delete(it["id"])
                time.sleep(2)
                continue
            self.machines[made["runner"]["id"]] = self.start(made["encoded_jit_config"])
            return
        raise SystemExit("error: GitHub registers no runner")

    def delete(self, runner_id):
        """Delete a runner, unless a job has just started on it."""
        try:
            self.github.request("DELETE", f"{self.runners}/{runner_id}")
        except RequestFailed as error:
            if error.response.status_code not in (404, 422):
                raise

    def step(self):
        """Start runners if too few are idle, and remove some if too many are."""
        self.read()
        ours = [it for it in self.seen.values() if it["name"].startswith(PREFIX)]
        busy = [it for it in ours if it["busy"]]
        idle = [it for it in ours if it["status"] == "online" and not it["busy"]]
        self.machines = {key: it for key, it in self.machines.items() if it.poll() is None}
        starting = self.machines.keys() - {it["id"] for it in busy + idle}
        surplus = len(idle) + len(starting) - max(self.spare, len(busy) // 2)
        for runner in idle[: max(0, surplus)]:
            self.delete(runner["id"])
        room = self.most - len(busy) - len(idle) - len(starting)
        for _ in range(min(-surplus, room)):
            self.register()


def count(text):
    """Return a number of runners. Raises ValueError if it is none, or negative."""
    if int(text) < 0:
        raise ValueError(text)
    return int(text)


def main():
    """Scale the runners of the scope on the command line until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Keep JIT runners idle, ready for jobs.")
    parser.add_argument("scope", help="acme, acme/website or enterprises/acme-corp")
    parser.add_argument("command", nargs="+", help="starts a runner with its configuration")
    parser.add_argument("--label", action="append", help="a label of the runners; repeat it")
    parser.add_argument("--spare", type=count, default=2, help="how many are idle, at least")
    parser.add_argument("--most", type=count, default=10, help="how many there are, at most")
    it = parser.parse_args()
    if it.most < it.spare:
        parser.error(f"--most {it.most} leaves no room for --spare {it.spare}")
    if shutil.which(it.command[0]) is None:
        parser.error(f"there is no program {it.command[0]!r}")
    try:
        url = os.environ.get("GITHUB_API_URL")
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=url, auto_retry=retry)
        scaler = Autoscaler(
            github,
            path_of(it.scope),
            lambda config: start(it.command, config),
            labels=it.label or ["self-hosted"],
            spare=it.spare,
            most=it.most,
        )
        with suppress(KeyboardInterrupt):
            while True:
                try:
                    scaler.step()
                except GitHubException as error:
                    print(f"this step failed: {error}", file=sys.stderr)
                time.sleep(15)
    except (GitHubException, OSError) as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
