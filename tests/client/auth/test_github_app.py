"""Authentication as a GitHub App: the token of a call, and its renewal."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from client.auth.github_app_server import (
    CALL,
    CLIENT_ID,
    GET_TOKEN,
    LOOK_UP,
    REPO,
    AnySession,
    GitHubAppServer,
    app,
    bearer,
    flavours,
)
from client.runtime_api import CREATE, GET, FakeClock
from client.scripted_server import ScriptedServer, json_response
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import (
    BadCredentials,
)

ANSWER_401 = json_response({"message": "Bad credentials"}, 401)


# ── Which token a call gets ──────────────────────────────────────────────────────────────────


@flavours
def test_an_app_signs_in_where_it_is_installed(session: AnySession) -> None:
    """The installation is looked up, its token got, and both serve the calls that follow."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        client.call(GET)
        client.call(GET)
        client.call(GET, org="ACME")
    assert github.log == [LOOK_UP, GET_TOKEN, CALL, CALL, "GET /orgs/ACME/things/7"]
    assert {bearer(request) for request in server.requests[2:]} == set(github.tokens)
    assert all(request.header("x-github-api-version") for request in server.requests)


@flavours
def test_the_signature_is_short_lived(session: AnySession) -> None:
    """It is RS256, begins a minute ago and ends in less than ten."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        client.call(GET)
    for token in github.jwts:
        assert jwt.get_unverified_header(token)["alg"] == "RS256"
        claims = jwt.decode(token, options={"verify_signature": False})
        now = int(github.now)
        assert claims == {"iat": now - 60, "exp": now + 540, "iss": CLIENT_ID}


@flavours
def test_an_installation_that_is_given_is_not_looked_up(session: AnySession) -> None:
    """One token serves every scope then."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
    ):
        client.call(GET)
        client.call(REPO, owner="beta", repo="x")
    assert github.log == [GET_TOKEN, CALL, "GET /repos/beta/x/things/7"]


@flavours
def test_repositories_share_the_token_of_their_installation(session: AnySession) -> None:
    """Each is looked up, as the App may not be installed on it; there is one token for all."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        client.call(REPO, owner="acme", repo="app")
        client.call(REPO, owner="Acme", repo="lib")
        client.call(GET)
        client.call(GET, org="beta")
    assert github.log == [
        "GET /repos/acme/app/installation",
        GET_TOKEN,
        "GET /repos/acme/app/things/7",
        "GET /repos/acme/lib/installation",
        "GET /repos/Acme/lib/things/7",
        LOOK_UP,
        CALL,
        "GET /orgs/beta/installation",
        "POST /app/installations/8/access_tokens",
        "GET /orgs/beta/things/7",
    ]


@flavours
def test_the_next_page_needs_no_other_token(session: AnySession) -> None:
    """A `Link` leads to /organizations/9, which no installation is known by."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        things = {"total_count": 2, "things": [{"id": 1, "name": "a"}]}
        link = {"Link": f'<{server.url}/organizations/9/things?page=2>; rel="next"'}
        github.first["things"] = [
            json_response(things, headers=link),
            json_response({**things, "things": [{"id": 2, "name": "b"}]}),
        ]
        assert client.ids() == [1, 2]
    assert github.log == [
        LOOK_UP,
        GET_TOKEN,
        "GET /orgs/acme/things",
        "GET /organizations/9/things",
    ]


# ── Renewal ──────────────────────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize("ahead", [0.0, 40.0, -3000.0, 5400.0], ids=str)
def test_a_token_is_renewed_a_minute_before_it_ends(session: AnySession, ahead: float) -> None:
    """By the server's clock, however wrong the client's own is."""
    github = GitHubAppServer(FakeClock(), ahead)
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
    ):
        client.call(GET)
        began = len(github.log)
        github.clock.passed += 3538
        client.call(GET)
        assert github.log[began:] == [CALL]
        github.clock.passed += 3
        client.call(GET)
        assert github.log[began:] == [CALL, GET_TOKEN, CALL]


@flavours
def test_the_wall_clock_is_not_what_a_token_s_age_is_counted_by(session: AnySession) -> None:
    """Setting this machine's clock makes no token older or younger."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
    ):
        client.call(GET)
        github.clock.started += 86_400
        github.ahead -= 86_400
        client.call(GET)
        github.clock.passed += 3541
        client.call(GET)
    assert github.log == [GET_TOKEN, CALL, CALL, GET_TOKEN, CALL]


@flavours
def test_racing_calls_get_one_token(session: AnySession) -> None:
    """One lookup and one token, however many calls wait for it."""
    github = GitHubAppServer(FakeClock())
    github.slow = 0.1
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        assert len(client.race(12, GET)) == 12
    assert github.log == [LOOK_UP, GET_TOKEN, *[CALL] * 12]


@flavours
def test_racing_calls_renew_a_revoked_token_once(session: AnySession) -> None:
    """A late 401 to the old token does not cost the new one."""
    github = GitHubAppServer(FakeClock())
    github.slow = 0.05
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
    ):
        client.call(GET)
        github.revoke()
        github.log.clear()
        client.race(12, GET)
        assert github.log.count(GET_TOKEN) == 1
        assert len(github.log) <= 1 + 12 + 12
        github.log.clear()
        client.call(GET)
    assert github.log == [CALL]


@flavours
@pytest.mark.parametrize("operation", [GET, CREATE])
def test_a_refused_token_is_renewed_once(session: AnySession, operation: Operation[Any]) -> None:
    """Also one that was got for this very call; a second 401 is the caller's."""
    github = GitHubAppServer(FakeClock())
    last = "7" if operation is GET else "tickets"
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
    ):
        github.first[last] = [ANSWER_401, ANSWER_401, ANSWER_401]
        with pytest.raises(BadCredentials) as caught:
            client.call(operation)
    assert caught.value.attempts == 2
    sent = [bearer(request) for request in server.requests if request.target.endswith(last)]
    assert len(set(sent)) == len(sent) == 2
    assert github.log.count(GET_TOKEN) == 2


@flavours
def test_a_refused_token_is_not_used_again(session: AnySession) -> None:
    """Not by the next call either, where calls are not repeated."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock, retry=None) as client,
    ):
        client.call(GET)
        github.revoke()
        with pytest.raises(BadCredentials):
            client.call(GET)
        client.call(GET)
    assert github.log == [GET_TOKEN, CALL, CALL, GET_TOKEN, CALL]
