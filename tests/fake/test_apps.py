"""GitHub Apps of a fake GitHub: JWTs, installations, and the tokens of one hour."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

import ghrunners
from fake.sent import sent
from ghrunners.fake import FakeGitHub

_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = _KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = _KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
SELF_HOSTED = "organization_self_hosted_runners"


def app(**options: Any) -> ghrunners.App:
    return ghrunners.App(app_id=7, private_key=PEM, **options)


def signed(github: FakeGitHub, **claims: Any) -> Mapping[str, str]:
    """Return the credentials of the App 7, with other claims."""
    now = int(github.clock.wall())
    content = {"iat": now - 60, "exp": now + 540, "iss": "7", **claims}
    return {"Authorization": f"Bearer {jwt.encode(content, _KEY, algorithm='RS256')}"}


@pytest.mark.parametrize("key", [PEM, PUBLIC])
def test_the_client_signs_in_as_an_app(github: FakeGitHub, key: str | bytes) -> None:
    """It finds the installation, and gets a new token when the hour is over."""
    github.add_app(7, key)
    github.org().add_runner("a")
    with github.client(auth=app()) as client:
        for _ in range(2):
            assert [it.name for it in client.org("octo-org").runners.list()] == ["a"]
        assert list(client.repo("octo-org", "octo-repo").runners.list()) == []
        paths = [call.path for call in github.calls if "installation" in call.path]
        created = [path for path in paths if path.endswith("/access_tokens")]
        assert (len(created), paths[0]) == (1, "/orgs/octo-org/installation")
        github.clock.advance(3_600)
        list(client.org("octo-org").runners.list())
    assert len([call for call in github.calls if call.path.endswith("/access_tokens")]) == 2


def test_the_async_client_signs_in_as_an_app(github: FakeGitHub) -> None:
    """By its client id, and with an installation that is given."""
    known = github.add_app(7, PEM, client_id="Iv23liX")
    auth = ghrunners.App(
        client_id="Iv23liX", private_key=PEM, installation_id=known.installations[0].id
    )

    async def names() -> list[str]:
        async with github.async_client(auth=auth) as client:
            return [it.name async for it in client.org("octo-org").runners.list()]

    github.org().add_runner("a")
    assert asyncio.run(names()) == ["a"]


def test_an_installation_token_lasts_an_hour(github: FakeGitHub) -> None:
    """It is long, of varying length, and sees its own organization only."""
    known = github.add_app(7, PEM)
    github.world.add_organization("other")
    path = f"/app/installations/{known.installations[0].id}/access_tokens"
    found = [sent(github, "POST", path, signed(github)) for _ in range(9)]
    assert {it.status_code for it in found} == {201}
    assert found[0].json()["expires_at"] == "2026-01-31T13:00:00Z"
    texts = [it.json()["token"] for it in found]
    assert len(set(texts)) == 9
    assert len({len(it) for it in texts}) > 1
    assert all(it.startswith("ghs_") and 500 <= len(it) <= 540 for it in texts)
    headers = {"Authorization": f"token {texts[0]}"}

    def status(owner: str) -> int:
        return sent(github, "GET", f"/orgs/{owner}/actions/runners", headers).status_code

    assert (status("octo-org"), status("other")) == (200, 404)
    github.clock.advance(3_600)
    assert status("octo-org") == 401


def test_a_token_has_at_most_what_its_installation_has(github: FakeGitHub) -> None:
    """Fewer permissions and repositories can be asked for, others are refused."""
    known = github.add_app(7, PEM, permissions={SELF_HOSTED: "write", "administration": "read"})
    github.org().add_repository("second")
    path = f"/app/installations/{known.installations[0].id}/access_tokens"

    def created(**body: Any) -> httpx2.Response:
        return sent(github, "POST", path, signed(github), json=body)

    assert created(permissions={"administration": "write"}).status_code == 422
    assert created(repositories=["third"]).status_code == 422
    narrow = created(permissions={"administration": "read"}, repositories=["second"]).json()
    assert (narrow["repository_selection"], narrow["permissions"]) == (
        "selected",
        {"administration": "read"},
    )
    headers = {"Authorization": f"token {narrow['token']}"}

    def status(place: str) -> int:
        return sent(github, "GET", f"{place}/actions/runners", headers).status_code

    assert status("/repos/octo-org/second") == 200
    assert status("/repos/octo-org/octo-repo") == 404
    assert status("/orgs/octo-org") == 403


@pytest.mark.parametrize(
    ("claims", "status", "message"),
    [
        ({}, 200, ""),
        ({"iss": 7}, 200, ""),
        ({"iss": "8"}, 404, "Integration not found"),
        ({"exp": 0}, 401, "'Expiration time' claim ('exp') must be"),
        ({"exp": 2_000_000_000}, 401, "too far in the future"),
        ({"iat": 2_000_000_000}, 401, "'Issued at' claim ('iat') must be"),
    ],
)
def test_a_jwt_is_checked_by_the_clock(
    github: FakeGitHub, claims: Any, status: int, message: str
) -> None:
    """Its issuer and its times, with GitHub's messages."""
    github.add_app(7, PEM)
    if claims.get("iss") == 7:  # a number, as older programs write it
        content = {"iat": int(github.clock.wall()), "exp": int(github.clock.wall()) + 60, "iss": 7}
        text = jwt.api_jws.encode(json.dumps(content).encode(), _KEY, algorithm="RS256")
        headers: Mapping[str, str] = {"Authorization": f"Bearer {text}"}
    else:
        headers = signed(github, **claims)
    response = sent(github, "GET", "/app", headers)
    assert response.status_code == status
    assert message in response.json().get("message", "")


@pytest.mark.parametrize("claims", [{}, {"exp": 0}, {"iss": "8"}])
def test_a_jwt_is_no_token(github: FakeGitHub, claims: Any) -> None:
    """A program that forgets to get one is told, even while any other token may do everything."""
    github.add_app(7, PEM)
    for path in ("/orgs/octo-org/actions/runners", "/orgs/octo-org", "/user"):
        response = sent(github, "GET", path, signed(github, **claims))
        assert (response.status_code, response.json()["message"]) == (401, "Bad credentials")
    assert sent(github, "GET", "/orgs/octo-org/actions/runners").status_code == 200


def test_another_key_and_what_is_no_jwt_are_refused(github: FakeGitHub) -> None:
    """The client says what to check."""
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    github.add_app(7, pem)
    with pytest.raises(ghrunners.SignInFailed, match="check that its private key is right"):
        github.client(auth=app()).org("octo-org").runners.get(1)
    for text in ("abc", "a.b.c"):
        response = sent(github, "GET", "/app", {"Authorization": f"Bearer {text}"})
        assert (response.status_code, "JSON web token" in response.json()["message"]) == (401, True)


def test_where_an_app_is_not_installed_it_gets_no_token(github: FakeGitHub) -> None:
    """Nor where it is suspended. An App that is installed again has another installation."""
    known = github.add_app(7, PEM)
    github.world.add_organization("other")
    client = github.client(auth=app())
    with pytest.raises(ghrunners.SignInFailed, match="not installed on the organization other"):
        list(client.org("other").runners.list())
    known.installations[0].suspended = True
    with pytest.raises(ghrunners.SignInFailed, match="suspended"):
        list(client.org("octo-org").runners.list())
    known.installations[0].suspended = False
    known.installations[0].id = 99
    assert list(client.org("octo-org").runners.list()) == []
    assert github.calls[-2].path == "/app/installations/99/access_tokens"


def test_apps_see_their_installations(github: FakeGitHub) -> None:
    """All of them, one, and that of an organization or a repository."""
    known = github.add_app(7, PEM)
    found = known.installations[0]
    headers = signed(github)
    listed = sent(github, "GET", "/app/installations", headers).json()
    assert [it["id"] for it in listed] == [found.id]
    paths = ("/orgs/octo-org", "/users/octo-org", "/repos/octo-org/octo-repo")
    for path in (f"/app/installations/{found.id}", *(f"{it}/installation" for it in paths)):
        shown = sent(github, "GET", path, headers).json()
        assert (shown["id"], shown["account"]["login"]) == (found.id, "octo-org")
    for path in ("/orgs/other/installation", "/app/installations/98"):
        assert sent(github, "GET", path, headers).status_code == 404
    assert sent(github, "GET", "/app/installations").status_code == 401


def test_installations_come_in_pages(github: FakeGitHub) -> None:
    """30 by default, 100 at most, with a link to the next page as long as there is one."""
    logins = [f"org-{number}" for number in range(131)]
    for login in logins:
        github.world.add_organization(login)
    github.add_app(7, PEM, installations=logins)
    found: list[str] = []
    sizes: list[int] = []
    url: str | None = "/app/installations?per_page=500"
    while url is not None:
        page = sent(github, "GET", url, signed(github))
        found += [it["account"]["login"] for it in page.json()]
        sizes.append(len(page.json()))
        following = page.links.get("next", {}).get("url", "")
        url = following.partition("github.com")[2] or None
    assert (found, sizes) == (logins, [100, 31])
    for odd in ("", "?per_page=0&page=-1", "?per_page=x"):
        assert len(sent(github, "GET", f"/app/installations{odd}", signed(github)).json()) == 30


def test_an_app_that_cannot_be_is_an_error(github: FakeGitHub) -> None:
    """One line says what it is."""
    for key, problem in (("abc", "PEM text of an RSA key"), (PEM[:60], "PEM text")):
        with pytest.raises(ValueError, match=problem):
            github.add_app(7, key)
    github.add_app(7, PEM)
    with pytest.raises(ValueError, match="an App 7 already"):
        github.add_app(7, PEM)
    with pytest.raises(ValueError, match="needs the permission 'runners'"):
        github.add_app(8, PEM, permissions={"runners": "read"})
    with pytest.raises(LookupError, match="no organization 'nowhere'"):
        github.add_app(9, PEM, installations=["nowhere"])
