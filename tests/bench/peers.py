"""Other clients at the tasks of `ours`: `python peers.py CLIENT TASK URL [COUNT]`.

Runs in the peers' environment. As they come, but for what would slow them down or spare them the
request: no pauses between requests (PyGithub), no HTTP cache (githubkit).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

from bench.task import timed

TOKEN = "ghp_" + "a" * 36


def githubkit(url: str) -> Callable[[int], int]:
    """Return a function that lists a page with githubkit, models included."""
    github = import_module("githubkit").GitHub(TOKEN, base_url=url, http_cache=False)

    def page(number: int) -> int:
        listed = github.rest.actions.list_self_hosted_runners_for_org
        return len(listed("acme", per_page=100, page=number).parsed_data.runners)

    return page


def pygithub(url: str) -> Callable[[int], int]:
    """Return a function that lists a page with PyGithub."""
    module = import_module("github")
    github = module.Github(
        auth=module.Auth.Token(TOKEN),
        base_url=url,
        per_page=100,
        seconds_between_requests=None,
        lazy=True,
    )
    runners = github.get_organization("acme").get_self_hosted_runners()
    return lambda number: len([runner.id for runner in runners.get_page(number - 1)])


def ghapi(url: str) -> Callable[[int], int]:
    """Return a function that lists a page with ghapi."""
    github = import_module("ghapi.core").GhApi(token=TOKEN, gh_host=url, sync=True)
    listed = github.actions.list_self_hosted_runners_for_org
    return lambda number: len(listed("acme", per_page=100, page=number).runners)


CLIENTS = {"githubkit": githubkit, "PyGithub": pygithub, "ghapi": ghapi}


if __name__ == "__main__":
    match sys.argv[1:]:
        case [client, "start", url]:
            assert CLIENTS[client](url)(1) == 100
        case [client, "warm", url, count]:
            print(timed(CLIENTS[client](url), int(count)))
        case _:
            raise SystemExit(__doc__)
