"""API versions of a fake GitHub: the one that is used, one that ends, and one that never was."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

import ghrunners
from fake.sent import sent
from ghrunners.fake import FakeGitHub
from ghrunners.testing import ManualClock

RUNNERS = "/orgs/octo-org/actions/runners"
OLD, NEW = "2022-11-28", "2026-03-10"
PAGE = "https://docs.github.com/en/rest/about-the-rest-api/api-versions"
ANNOUNCEMENT = {"deprecation", "sunset", "link"}
DEPRECATION = f'<{PAGE}>; rel="deprecation"; type="text/html"'


def at(year: int, month: int, day: int) -> FakeGitHub:
    return FakeGitHub(clock=ManualClock(datetime(year, month, day, tzinfo=UTC)))


def asking(version: str) -> dict[str, str]:
    return {"Authorization": "token t", "X-GitHub-Api-Version": version}


@pytest.mark.parametrize("version", [OLD, NEW])
def test_a_response_names_its_version(github: FakeGitHub, version: str) -> None:
    """Without a header it is the oldest one. No end is announced yet."""
    headers = sent(github, "GET", RUNNERS, asking(version)).headers
    assert headers["x-github-api-version-selected"] == version
    assert sent(github, "GET", RUNNERS).headers["x-github-api-version-selected"] == OLD
    assert "sunset" not in headers


def test_a_version_that_never_was_is_400(github: FakeGitHub) -> None:
    """The message names the valid ones, and the client says what to do."""
    response = sent(github, "GET", RUNNERS, asking("2020-01-01"))
    assert response.status_code == 400
    assert response.json()["message"] == (
        'The version you specified in the "X-GitHub-API-Version" request header, "2020-01-01", is '
        'not a supported version. The following versions are currently supported: "2026-03-10" '
        '(most recent), "2022-11-28".'
    )
    server = FakeGitHub(product="ghes", version="3.19")
    with pytest.raises(ghrunners.BadRequest, match="choose another api_version"):
        server.client(api_version=NEW).org("octo-org").runners.get(1)


def test_the_end_of_a_version_is_announced() -> None:
    """In headers, of which the client warns."""
    assert "sunset" not in sent(at(2027, 3, 9), "GET", RUNNERS).headers
    github = at(2027, 3, 10)
    headers = sent(github, "GET", RUNNERS).headers
    assert headers["deprecation"] == "Tue, 10 Mar 2026 00:00:00 GMT"
    assert headers["sunset"] == "Fri, 10 Mar 2028 00:00:00 GMT"
    assert headers["link"] == DEPRECATION
    assert not ANNOUNCEMENT & {*sent(github, "GET", RUNNERS, asking(NEW)).headers}
    with pytest.warns(ghrunners.ApiDeprecation, match=rf"ends on 2028-03-10: see {PAGE}"):
        list(github.client(api_version=OLD).org("octo-org").runners.list())


def test_the_end_is_announced_early_where_the_successor_differs() -> None:
    """From the day of its successor on: where a repository has other fields, and nowhere else."""
    before, github = at(2026, 3, 9), at(2026, 3, 10)
    ids = {"runner_group_id": 1, "runner_id": 1, "hosted_runner_id": 1, "image_definition_id": 1}
    names = {"enterprise": "octo-corp", "org": "octo-org", "owner": "octo-org", "repo": "octo-repo"}
    others = {"org_id": 1, "repository_id": 1, "version": "1.0.0", "name": "a"}
    announced: set[str] = set()
    for operation in github.description.operations:
        path = operation.path.format(**ids, **names, **others)
        assert not ANNOUNCEMENT & {*sent(before, operation.method, path).headers}
        if {*sent(github, operation.method, path).headers} >= ANNOUNCEMENT:
            announced.add(operation.name)
    kinds = ("enterprise", "org", "repo")
    tokens = ("create_registration_token", "create_remove_token")
    assert announced == {
        *(f"{kind}.runners.{token}" for kind in kinds for token in tokens),
        "org.runner_groups.list_repositories",
        "org.runner_settings.list_repositories",
    }


def test_links_to_pages_precede_that_of_the_end() -> None:
    """Both are in one header, in which a client finds the next page."""
    github = at(2027, 3, 10)
    for name in "abc":
        github.org().add_runner(name)
    links = sent(github, "GET", f"{RUNNERS}?per_page=2").headers.get_list("link")
    assert len(links) == 1
    assert re.findall(r'rel="(\w+)"', links[0]) == ["next", "last", "deprecation"]
    runners = github.client(api_version=OLD).org("octo-org").runners
    with pytest.warns(ghrunners.ApiDeprecation):
        assert [it.name for it in runners.list(per_page=2)] == ["a", "b", "c"]


def test_a_token_that_is_not_valid_comes_before_the_version(github: FakeGitHub) -> None:
    """Such a response has no headers of a version and of limits. No token at all comes after it."""
    github.add_token("t")
    headers = {**asking("2020-01-01"), "Authorization": "token other"}
    response = sent(github, "GET", RUNNERS, headers)
    assert (response.status_code, response.json()["message"]) == (401, "Bad credentials")
    assert not [it for it in response.headers if "ratelimit" in it or "version" in it]
    anonymous = sent(github, "GET", RUNNERS, {"X-GitHub-Api-Version": "2020-01-01"})
    assert anonymous.status_code == 400
    response = sent(github, "GET", RUNNERS, {})
    assert response.status_code == 401
    assert {"x-ratelimit-limit", "x-github-api-version-selected"} <= {*response.headers}


def test_a_retired_version_is_410() -> None:
    """From its day on. Requests that name none then get the next one."""
    github = at(2028, 3, 9)
    assert sent(github, "GET", RUNNERS, asking(OLD)).status_code == 200
    github.clock.advance(86_400)
    with pytest.raises(ghrunners.Gone, match="no longer supported"):
        list(github.client(api_version=OLD).org("octo-org").runners.list())
    assert sent(github, "GET", RUNNERS).headers["x-github-api-version-selected"] == NEW
