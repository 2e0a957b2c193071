"""Tokens of a fake GitHub: who may do what, and what each of them sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import httpx2
import pytest

import ghrunners
from fake.scopes import KINDS, owner_of, scope_of
from fake.sent import sent
from ghrunners.fake import FakeGitHub

SELF_HOSTED = "organization_self_hosted_runners"
RUNNERS = {
    "enterprise": "/enterprises/octo-corp/actions/runners",
    "org": "/orgs/octo-org/actions/runners",
    "repo": "/repos/octo-org/octo-repo/actions/runners",
}


def got(github: FakeGitHub, token: str, path: str, method: str = "GET") -> httpx2.Response:
    return sent(github, method, path, {"Authorization": f"Bearer {token}"})


def test_any_token_may_do_everything_until_one_is_added(github: FakeGitHub) -> None:
    """From then on others are bad credentials; no token at all is never enough."""
    assert got(github, "any", RUNNERS["org"]).status_code == 200
    anonymous = sent(github, "GET", RUNNERS["org"], {})
    assert (anonymous.status_code, anonymous.json()["message"]) == (401, "Requires authentication")
    github.add_token("ghp_one")
    with pytest.raises(ghrunners.BadCredentials, match="Bad credentials"):
        list(github.client(auth="any").org("octo-org").runners.list())
    assert list(github.client(auth="ghp_one").org("octo-org").runners.list()) == []
    assert github.refused() == []


def test_credentials_of_a_mock_server_are_a_token() -> None:
    """The argument that every mock server has works as for any other."""
    github = FakeGitHub(credentials={"token": "right"})
    assert got(github, "right", RUNNERS["org"]).status_code == 200
    assert got(github, "wrong", RUNNERS["org"]).status_code == 401


def test_a_token_expires(github: FakeGitHub) -> None:
    """By the clock of the fake."""
    github.add_token("ghp_one", expires_in=60)
    assert got(github, "ghp_one", RUNNERS["org"]).status_code == 200
    github.clock.advance(60)
    assert got(github, "ghp_one", RUNNERS["org"]).status_code == 401


@pytest.mark.parametrize(
    ("kind", "scopes", "status"),
    [
        ("enterprise", ["manage_runners:enterprise"], 200),
        ("enterprise", ["admin:enterprise"], 200),
        ("enterprise", ["admin:org", "repo"], 403),
        ("org", ["admin:org"], 200),
        ("org", ["write:org", "repo"], 403),
        ("org", [], 403),
        ("repo", ["repo"], 200),
        ("repo", ["admin:org"], 404),
    ],
)
def test_a_classic_token_needs_scopes(
    github: FakeGitHub, kind: str, scopes: Sequence[str], status: int
) -> None:
    """A private repository is not even there without `repo`. Headers have both lists."""
    github.add_token("ghp_x", scopes=scopes)
    response = got(github, "ghp_x", RUNNERS[kind])
    assert response.status_code == status
    assert response.headers["x-oauth-scopes"] == ", ".join(scopes)
    needed = {"enterprise": "manage_runners:enterprise", "org": "admin:org", "repo": "repo"}
    assert response.headers["x-accepted-oauth-scopes"] == needed[kind]


def test_a_token_with_all_scopes_says_so(github: FakeGitHub) -> None:
    """Its header does not name those that others contain; an empty one would stand for none."""
    github.add_token("ghp_x")
    scopes = got(github, "ghp_x", RUNNERS["org"]).headers["x-oauth-scopes"].split(", ")
    assert scopes == ["admin:enterprise", "admin:org", "repo", "user", "workflow"]
    github.add_token("ghp_y", scopes=scopes)
    for path in RUNNERS.values():
        assert got(github, "ghp_y", path).status_code == 200


def test_a_public_repository_is_there_for_everyone(github: FakeGitHub) -> None:
    """Its runners are not: 403 in place of 404."""
    github.org().add_repository("open", private=False)
    github.add_token("ghp_x", scopes=[])
    with pytest.raises(ghrunners.Forbidden, match=r"admin rights to Repository\.: it needs"):
        list(github.client(auth="ghp_x").repo("octo-org", "open").runners.list())


@pytest.mark.parametrize(
    ("kind", "holder"),
    [
        ("fine-grained", "personal access token"),
        ("installation", "integration"),
        ("github_token", "integration"),
    ],
)
def test_other_tokens_need_permissions(github: FakeGitHub, kind: Any, holder: str) -> None:
    """With the access that the operation needs, which a header names."""
    refused = f"Resource not accessible by {holder}"
    granted: Mapping[str, Any] = {} if kind == "github_token" else {SELF_HOSTED: "read"}
    github.add_token("t", kind=kind, permissions=granted)
    runner = github.org().add_runner("a")
    read = got(github, "t", RUNNERS["org"])
    assert read.status_code == (403 if kind == "github_token" else 200)
    assert read.headers["x-accepted-github-permissions"] == f"{SELF_HOSTED}=read"
    write = got(github, "t", f"{RUNNERS['org']}/{runner.id}", "DELETE")
    assert (write.status_code, write.json()["message"]) == (403, refused)
    assert write.headers["x-accepted-github-permissions"] == f"{SELF_HOSTED}=write"
    assert "x-oauth-scopes" not in write.headers
    assert got(github, "t", RUNNERS["repo"]).status_code == 403
    with pytest.raises(ghrunners.Forbidden, match=f"{holder}: it needs"):
        github.client(auth="t").org("octo-org").runners.delete(runner.id)
    assert runner.is_registered


@pytest.mark.parametrize("kind", ["fine-grained", "installation", "github_token"])
def test_an_enterprise_takes_classic_tokens_alone(github: FakeGitHub, kind: Any) -> None:
    """Whatever the others may do or see: all of its operations say so, and none tells what there is."""
    holder = "personal access token" if kind == "fine-grained" else "integration"
    github.add_token("all", kind=kind)
    github.add_token("one", kind=kind, owners=["octo-org"])
    for operation in github.description.operations:
        if operation.name.startswith("enterprise."):
            assert operation.permissions == {}
    for token in ("all", "one"):
        for path in (RUNNERS["enterprise"], "/enterprises/nowhere/actions/runners"):
            response = got(github, token, path)
            assert response.status_code == 403
            assert response.json()["message"] == f"Resource not accessible by {holder}"


@pytest.mark.parametrize(
    ("of", "kind"),
    [
        *[("classic", kind) for kind in KINDS],
        *[(of, kind) for of in ("fine-grained", "installation") for kind in ("org", "repo")],
    ],
)
def test_what_a_token_does_not_see_is_not_there(github: FakeGitHub, of: Any, kind: str) -> None:
    """Another owner is 404, for each kind of owner."""
    github.world.add_organization("other")
    github.add_token("t", kind=of, owners=["other"])
    with pytest.raises(ghrunners.NotFound):
        list(scope_of(github.client(auth="t"), kind).runners.list())
    if of == "classic":
        github.add_token("all", owners=["octo-corp", "octo-org"])
        assert list(scope_of(github.client(auth="all"), kind).runners.list()) == []
        assert owner_of(github, kind).runners == {}


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"kind": "magic"}, "kind must be 'classic', .* or 'github_token', not 'magic'"),
        ({"permissions": {}}, "a classic token has scopes"),
        ({"scopes": ["admin"]}, "no scope 'admin'"),
        ({"kind": "fine-grained", "scopes": []}, "has permissions, not scopes"),
        ({"kind": "fine-grained", "permissions": {"runners": "read"}}, "needs the permission"),
        (
            {"kind": "installation", "permissions": {SELF_HOSTED: "all"}},
            r"permissions\['.*'\] must be 'read', 'write' or 'admin', not 'all'",
        ),
        ({"kind": "github_token", "permissions": {"administration": "read"}}, "cannot have"),
    ],
)
def test_a_token_that_cannot_be_is_an_error(
    github: FakeGitHub, arguments: Any, problem: str
) -> None:
    """One line says what it is."""
    with pytest.raises(ValueError, match=problem) as raised:
        github.add_token("t", **arguments)
    assert "\n" not in str(raised.value)
    assert got(github, "any", RUNNERS["org"]).status_code == 200
