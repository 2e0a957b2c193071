"""Headers of every response of a fake GitHub, conditional requests, and what clients accept."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from fake.sent import sent
from ghrunners.fake import FakeGitHub
from ghrunners.testing import Response, Truncated

RUNNERS = "/orgs/octo-org/actions/runners"
SIGNED = {"Authorization": "Bearer t"}


@pytest.mark.parametrize("path", [RUNNERS, f"{RUNNERS}/7", "/nowhere", "/rate_limit"])
def test_every_response_has_the_headers_of_github(github: FakeGitHub, path: str) -> None:
    """Successes and errors, with the time of the clock, and another id for each."""
    github.clock.advance(90)
    one, other = sent(github, "GET", path).headers, sent(github, "GET", path).headers
    assert parsedate_to_datetime(one["date"]) == github.clock.time
    assert one["x-github-media-type"] == "github.v3; format=json"
    assert one["x-github-api-version-selected"] == "2022-11-28"
    assert one["x-github-request-id"] != other["x-github-request-id"]
    limits = [one[f"x-ratelimit-{name}"] for name in ("limit", "remaining", "used", "resource")]
    assert limits == ["5000", "5000", "0", "core"]
    assert int(one["x-ratelimit-reset"]) == github.clock.wall() + 3600


@pytest.mark.parametrize("word", ["token", "Bearer", "bearer", "TOKEN"])
@pytest.mark.parametrize(
    "accept",
    [
        *("*/*", "application/json", "application/vnd.github.v3+json"),
        *("application/vnd.github+json", "text/html, application/json;q=0.9", ""),
        "Application/JSON",
    ],
)
def test_other_programs_are_served(github: FakeGitHub, word: str, accept: str) -> None:
    """They write their token and media types in other ways, and name no API version."""
    headers = {"Authorization": f"{word} t", "Accept": accept}
    response = sent(github, "GET", RUNNERS, headers)
    assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (
        200,
        "application/json",
    )
    assert response.headers["x-github-media-type"] == "github.v3; format=json"


def test_the_password_of_basic_is_a_token(github: FakeGitHub) -> None:
    """As `curl -u` sends it."""
    github.add_token("right")
    for password, status in (("cmlnaHQ=", 401), ("dXNlcjpyaWdodA==", 200), ("###", 401)):
        headers = {"Authorization": f"Basic {password}"}
        assert sent(github, "GET", RUNNERS, headers).status_code == status


def test_what_is_no_json_is_not_served(github: FakeGitHub) -> None:
    """A media type that no endpoint has is refused; a parameter of GitHub's is named."""
    refused = sent(github, "GET", RUNNERS, {**SIGNED, "Accept": "text/html"})
    assert (refused.status_code, "Accept" in refused.json()["message"]) == (415, True)
    raw = sent(github, "GET", RUNNERS, {**SIGNED, "Accept": "application/vnd.github.raw+json"})
    assert raw.headers["x-github-media-type"] == "github.v3; param=raw; format=json"


def test_a_read_that_changed_nothing_is_free(github: FakeGitHub) -> None:
    """With its ETag it is a 304 without content, until the state changes."""
    github.rate_limit(10)
    first = sent(github, "GET", RUNNERS)
    etag = first.headers["etag"]
    assert (etag[:3], etag[-1:]) == ('W/"', '"')
    assert first.headers["cache-control"] == "private, max-age=60, s-maxage=60"
    assert first.headers["vary"] == "Accept, Authorization, Cookie, X-GitHub-OTP"
    assert sent(github, "HEAD", RUNNERS).headers["etag"] == etag
    for given in (etag, f'"other", {etag}', etag.removeprefix("W/"), "*"):
        same = sent(
            github,
            "GET",
            RUNNERS,
            {**SIGNED, "Authorization": "Bearer ghp_any", "If-None-Match": given},
        )
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
        assert (same.headers["x-ratelimit-used"], "content-type" in same.headers) == ("2", False)
    github.org().add_runner("new")
    changed = sent(
        github, "GET", RUNNERS, {"Authorization": "Bearer ghp_any", "If-None-Match": etag}
    )
    assert (changed.status_code, changed.headers["x-ratelimit-used"]) == (200, "3")
    assert changed.headers["etag"] != etag
    assert "etag" not in sent(github, "POST", f"{RUNNERS}/remove-token").headers


def test_only_a_complete_read_has_an_etag(github: FakeGitHub) -> None:
    """A write has none, whatever its status, and neither has a response that breaks off."""
    runner = github.org().add_runner("a")
    written = sent(github, "POST", f"{RUNNERS}/{runner.id}/labels", json={"labels": ["gpu"]})
    assert (written.status_code, "etag" in written.headers) == (200, False)
    github.script("org.runners.list", Truncated())
    with pytest.raises(httpx2.RemoteProtocolError):
        sent(github, "GET", RUNNERS)


def test_the_headers_of_a_test_come_first(github: FakeGitHub) -> None:
    """Those that a planned response has are not added again, in any case of their letters."""
    mine = {"x-github-request-ID": "mine", "ETag": "own"}
    github.respond("org.runners.list", Response(500, json={}, headers=mine))
    headers = sent(github, "GET", RUNNERS).headers
    assert headers.get_list("x-github-request-id") == ["mine"]
    assert headers.get_list("etag") == ["own"]
    assert "date" in headers


def test_the_cache_of_the_client_uses_them(github: FakeGitHub, tmp_path: Path) -> None:
    """A list is read again from the cache, and is not counted."""
    github.rate_limit(10)
    github.org().add_runner("a")
    with github.client(cache=tmp_path / "cache.sqlite") as client:
        for _ in range(3):
            assert [it.name for it in client.org("octo-org").runners.list()] == ["a"]
    assert [call.status for call in github.calls] == [200, 304, 304]
    assert (
        sent(github, "GET", "/rate_limit", {"Authorization": "Bearer mock-token"}).json()["rate"][
            "used"
        ]
        == 1
    )


def test_a_response_has_one_date_over_http(github: FakeGitHub) -> None:
    """It is that of the fake's clock, not of the machine."""
    with github.serve() as url:
        response = httpx2.get(f"{url}{RUNNERS}", headers=SIGNED)
    assert response.headers.get_list("date") == ["Sat, 31 Jan 2026 12:00:00 GMT"]


@pytest.mark.parametrize(
    ("product", "version", "edition"),
    [("ghec", None, ""), ("github.com", None, ""), ("ghes", "3.19", "enterprise-server@3.19/")],
)
def test_an_error_has_the_page_of_its_operation(
    product: str, version: str | None, edition: str
) -> None:
    """One that belongs to no operation has that of the API, and a limit has one of its own."""
    github = FakeGitHub(product=product, version=version)
    path = "/api/v3" if product == "ghes" else ""

    def page(method: str, place: str, **body: Any) -> str:
        return str(
            sent(github, method, path + place, json=body or None).json()["documentation_url"]
        )

    pages = f"https://docs.github.com/{edition}rest/actions/self-hosted-runners"
    one = f"{pages}#get-a-self-hosted-runner-for-an-organization"
    jit = f"{pages}#create-configuration-for-a-just-in-time-runner-for-an-organization"
    assert page("GET", f"{RUNNERS}/7") == one
    assert page("GET", f"{RUNNERS.replace('octo', 'no')}/7") == one
    assert page("POST", f"{RUNNERS}/generate-jitconfig", name=1) == jit
    config = {"name": "a", "runner_group_id": 9, "labels": ["x"]}
    assert page("POST", f"{RUNNERS}/generate-jitconfig", **config) == jit
    assert page("GET", "/nowhere") == "https://docs.github.com/rest"
    github.rate_limit(1)
    sent(github, "GET", path + RUNNERS)
    assert page("GET", f"{RUNNERS}/7").endswith("/rate-limits-for-the-rest-api")
    github.add_token("only")
    assert page("GET", f"{RUNNERS}/7") == "https://docs.github.com/rest"


def test_an_error_of_an_enterprise_has_the_page_of_its_product(github: FakeGitHub) -> None:
    """github.com has none about its operations."""
    response = sent(github, "GET", "/enterprises/octo-corp/actions/runners/7")
    assert response.json()["documentation_url"] == (
        "https://docs.github.com/enterprise-cloud@latest/rest/actions/self-hosted-runners"
        "#get-a-self-hosted-runner-for-an-enterprise"
    )
