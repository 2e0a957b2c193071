"""Endpoints of a fake GitHub beside those of runners, which other programs call first."""

from __future__ import annotations

from typing import Any

import pytest

import ghrunners
from fake.sent import sent
from ghrunners.fake import FakeGitHub


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/user", {"login": "octocat", "type": "User"}),
        ("/orgs/octo-org", {"login": "octo-org", "type": "Organization"}),
        ("/repos/octo-org/octo-repo", {"full_name": "octo-org/octo-repo", "private": True}),
        ("/enterprises/octo-corp", {"slug": "octo-corp"}),
    ],
)
def test_owners_and_the_user_are_shown(
    github: FakeGitHub, prefix: str, path: str, expected: dict[str, Any]
) -> None:
    """With credentials, at both addresses, and with the ids that the state has."""
    response = sent(github, "GET", prefix + path)
    assert response.status_code == 200
    assert expected.items() <= response.json().items()
    assert sent(github, "GET", prefix + path, {}).status_code == 401
    assert sent(github, "DELETE", prefix + path).status_code == 404
    if "url" in response.json() and path != "/user":
        assert response.json()["url"] == f"https://api.github.com{prefix}{path}"


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
@pytest.mark.parametrize("path", ["", "/", "/meta", "/rate_limit"])
def test_some_need_no_credentials(github: FakeGitHub, prefix: str, path: str) -> None:
    """The root, what the server is, and the rate limit, at both addresses."""
    assert sent(github, "GET", prefix + path, {}).status_code == 200


@pytest.mark.parametrize("path", ["/api/v3", "/api/v3/"])
def test_the_root_of_a_server_has_its_addresses(path: str) -> None:
    """With and without a slash at the end."""
    response = sent(FakeGitHub(product="ghes"), "GET", path, {})
    assert response.json()["current_user_url"] == "https://api.github.com/api/v3/user"


def test_an_id_leads_to_the_same_owner(github: FakeGitHub) -> None:
    """As programs store it."""
    for kind, owner in (("organizations", github.org()), ("repositories", github.repo())):
        shown = sent(github, "GET", f"/{kind}/{owner.id}").json()
        assert (shown["id"], shown["url"]) == (owner.id, f"https://api.github.com{owner.path}")


def test_owners_that_a_token_does_not_see_are_not_there(github: FakeGitHub) -> None:
    """And the token of an App is no user."""
    github.add_token("t", kind="installation", owners=["octo-org"])
    signed = {"Authorization": "token t"}
    assert sent(github, "GET", "/orgs/octo-org", signed).status_code == 200
    for path in ("/orgs/other", "/enterprises/octo-corp", "/repos/octo-org/none"):
        assert sent(github, "GET", path, signed).status_code == 404
    assert sent(github, "GET", "/user", signed).status_code == 403


def test_reading_the_limit_is_free(github: FakeGitHub) -> None:
    """It shows what is left, and does not change it."""
    github.rate_limit(9)
    for _ in range(3):
        assert sent(github, "GET", "/rate_limit").json()["rate"]["remaining"] == 9
    sent(github, "GET", "/user")
    assert sent(github, "GET", "/rate_limit").json()["rate"]["remaining"] == 8


def test_a_client_on_another_machine_names_the_product(github: FakeGitHub) -> None:
    """As the page says: its address could be that of an Enterprise Server, without hosted runners."""
    github.org().add_hosted_runner("large")
    options: Any = {"base_url": "http://ci-host:8080/api/v3", "allow_insecure_http": True}
    named = github.client(**options, product="github.com").org("octo-org")
    assert [it.name for it in named.hosted_runners.list()] == ["large"]
    unnamed = github.client(**options, product=None).org("octo-org")
    with pytest.raises(ghrunners.NotAvailable, match="`product` states another"):
        list(unnamed.hosted_runners.list())
