"""Authentication as a GitHub App: the token of a call, and its renewal."""

from __future__ import annotations

import logging
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
from client.runtime_api import CREATE, GET, TICKET, FakeClock
from client.scripted_server import ScriptedServer, json_response
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import (
    BadCredentials,
    Forbidden,
)

ANSWER_401 = json_response({"message": "Bad credentials"}, 401)
LAGGING = {
    401: ANSWER_401,
    403: json_response({"message": "Resource not accessible by integration"}, 403),
}


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
        github.clock.passed += 10
        github.log.clear()
        client.race(12, GET)
        assert github.log.count(GET_TOKEN) == 1
        assert len(github.log) <= 1 + 12 + 12
        assert github.clock.waits == []
        github.log.clear()
        client.call(GET)
    assert github.log == [CALL]


@flavours
@pytest.mark.parametrize("operation", [GET, CREATE])
def test_a_refused_token_is_renewed_once(session: AnySession, operation: Operation[Any]) -> None:
    """If it is ten seconds old. A second 401, to the new one, is retried as those are."""
    github = GitHubAppServer(FakeClock())
    last = "7" if operation is GET else "tickets"
    retry = Retry(attempts=9)
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock, retry=retry) as client,
    ):
        client.call(GET)
        github.clock.passed += 10
        github.first[last] = [ANSWER_401] * 9
        began = len(server.requests)
        with pytest.raises(BadCredentials) as caught:
            client.call(operation)
    assert caught.value.attempts == 5
    sent = [bearer(one) for one in server.requests[began:] if one.target.endswith(last)]
    assert [sent.index(token) for token in sent] == [0, 1, 1, 1, 1]
    assert github.log.count(GET_TOKEN) == 2
    assert github.clock.waits == [1.0, 2.0, 4.0]


@flavours
@pytest.mark.parametrize("operation", [GET, CREATE])
@pytest.mark.parametrize("lag", [0.5, 2.9, 6.5])
@pytest.mark.parametrize("status", [401, 403])
def test_a_new_token_is_given_time(
    session: AnySession,
    operation: Operation[Any],
    lag: float,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """GitHub's servers learn of a token one after the other: the same call is sent again."""
    caplog.set_level(logging.INFO, "ghrunners")
    github = GitHubAppServer(FakeClock())
    github.lag, github.lagging = lag, LAGGING[status]
    last = "7" if operation is GET else "tickets"
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
    ):
        if operation is CREATE:
            github.done["tickets"] = json_response(TICKET, 201)
        client.call(operation)
    expected = [wait for wait, before in ((1.0, 0.0), (2.0, 1.0), (4.0, 3.0)) if before < lag]
    assert github.clock.waits == expected
    sent = [bearer(request) for request in server.requests if request.target.endswith(last)]
    assert (len(sent), len(set(sent))) == (1 + len(expected), 1)
    assert github.log.count(GET_TOKEN) == 1
    name = {401: "BadCredentials", 403: "Forbidden"}[status]
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        f"retry in {wait} s after {name}: the token is new" for wait in expected
    ]


@flavours
@pytest.mark.parametrize("status", [401, 403])
def test_a_new_token_is_not_given_more_time_than_the_call_has(
    session: AnySession, status: int
) -> None:
    """Nor more attempts: its error is raised then, and says how many there were."""
    options: tuple[tuple[dict[str, Any], list[float]], ...] = (
        ({"timeout": 3}, [1.0]),
        ({"retry": Retry(attempts=2)}, [1.0]),
        ({"retry": None}, []),
        ({}, [1.0, 2.0, 4.0]),
        ({"retry": Retry(attempts=9)}, [1.0, 2.0, 4.0]),
    )
    for given, waits in options:
        github = GitHubAppServer(FakeClock())
        github.lag, github.lagging = 100.0, LAGGING[status]
        with (
            ScriptedServer(default=github) as server,
            session(server.url, app(7), github.clock, **given) as client,
            pytest.raises((BadCredentials, Forbidden)) as caught,
        ):
            client.call(GET)
        assert (github.clock.waits, caught.value.attempts) == (waits, 1 + len(waits))
        assert github.log.count(GET_TOKEN) == 1


@flavours
def test_only_a_new_token_is_given_time(session: AnySession) -> None:
    """After ten seconds a 403 is the caller's, as is another 403 at any time."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
    ):
        github.first["7"] = [json_response({"message": "Must have admin rights"}, 403)]
        with pytest.raises(Forbidden, match="admin rights"):
            client.call(GET)
        github.clock.passed += 10
        github.first["7"] = [LAGGING[403]]
        with pytest.raises(Forbidden, match="not accessible"):
            client.call(GET)
    assert github.log == [GET_TOKEN, CALL, CALL]
    assert github.clock.waits == []


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
        github.clock.passed += 10
        with pytest.raises(BadCredentials):
            client.call(GET)
        client.call(GET)
    assert github.log == [GET_TOKEN, CALL, CALL, GET_TOKEN, CALL]
