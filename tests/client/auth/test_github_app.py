"""Signing in as a GitHub App: which token a call gets, when it is renewed, and what goes wrong."""

from __future__ import annotations

import asyncio
import base64
import copy
import logging
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from client.auth.github_app_server import (
    CLIENT_ID,
    AnySession,
    AsyncSession,
    GitHub,
    SyncSession,
    app,
    bearer,
    everything_about,
    flavours,
    halves,
    key,
    pem,
)
from client.runtime_api import CREATE, GET, THING, TICKET, FakeClock, Thing, pickled
from client.scripted_server import Answer, Loopback, reply
from ghrunners._runtime.auth.github_app import App, sign_jwt
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import CallError, InvalidArgument, SignInFailed, TimedOut
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import (
    BadCredentials,
    Forbidden,
    NotFound,
    RateLimited,
    RedirectRefused,
    ServerError,
    UnexpectedResponse,
)


def of_repo(**changes: Any) -> Operation[Thing]:
    """Make an operation on a repository."""
    given: dict[str, Any] = {
        "id": "things/get-for-repo",
        "method": "GET",
        "path": "/repos/{owner}/{repo}/things/{thing}",
        "success": (200,),
        "returns": lambda: Thing,
        "repeat": "safe",
    }
    return Operation(**{**given, **changes})


REPO = of_repo()
OF_ENTERPRISE = of_repo(
    path="/enterprises/{owner}/things/{thing}",
    needs="classic token scope manage_runners:enterprise",
    apps=False,
)

LOOK_UP = "GET /orgs/acme/installation"
GET_TOKEN = "POST /app/installations/7/access_tokens"  # noqa: S105 - a path
CALL = "GET /orgs/acme/things/7"

ANSWER_401 = reply({"message": "Bad credentials"}, 401)
LAGGING = {
    401: ANSWER_401,
    403: reply({"message": "Resource not accessible by integration"}, 403),
}


# ── Which token a call gets ──────────────────────────────────────────────────────────────────


@flavours
def test_an_app_signs_in_where_it_is_installed(session: AnySession) -> None:
    """The installation is looked up, its token got, and both serve the calls that follow."""
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(GET)
        client.call(GET)
        client.call(GET, org="ACME")
    assert github.log == [LOOK_UP, GET_TOKEN, CALL, CALL, "GET /orgs/ACME/things/7"]
    assert {bearer(request) for request in server.requests[2:]} == set(github.tokens)
    assert all(request.header("x-github-api-version") for request in server.requests)


@flavours
def test_the_signature_is_short_lived(session: AnySession) -> None:
    """It is RS256, begins a minute ago and ends in less than ten."""
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(GET)
    for token in github.jwts:
        assert jwt.get_unverified_header(token)["alg"] == "RS256"
        claims = jwt.decode(token, options={"verify_signature": False})
        now = int(github.now)
        assert claims == {"iat": now - 60, "exp": now + 540, "iss": CLIENT_ID}


@flavours
def test_an_installation_that_is_given_is_not_looked_up(session: AnySession) -> None:
    """One token serves every scope then."""
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(7), github.clock) as client:
        client.call(GET)
        client.call(REPO, owner="beta", repo="x")
    assert github.log == [GET_TOKEN, CALL, "GET /repos/beta/x/things/7"]


@flavours
def test_repositories_share_the_token_of_their_installation(session: AnySession) -> None:
    """Each is looked up, as the App may not be installed on it; there is one token for all."""
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
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
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        things = {"total_count": 2, "things": [{"id": 1, "name": "a"}]}
        link = {"Link": f'<{server.url}/organizations/9/things?page=2>; rel="next"'}
        github.first["things"] = [
            reply(things, headers=link),
            reply({**things, "things": [{"id": 2, "name": "b"}]}),
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
    github = GitHub(FakeClock(), ahead)
    with Loopback(default=github) as server, session(server.url, app(7), github.clock) as client:
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
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(7), github.clock) as client:
        client.call(GET)
        github.clock.started += 86_400
        github.ahead -= 86_400
        client.call(GET)
        github.clock.passed += 3541
        client.call(GET)
    assert github.log == [GET_TOKEN, CALL, CALL, GET_TOKEN, CALL]


@flavours
def test_racing_calls_get_one_token(session: AnySession) -> None:
    """One look-up and one token, however many calls wait for it."""
    github = GitHub(FakeClock())
    github.slow = 0.1
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        assert len(client.race(12, GET)) == 12
    assert github.log == [LOOK_UP, GET_TOKEN, *[CALL] * 12]


@flavours
def test_racing_calls_renew_a_revoked_token_once(session: AnySession) -> None:
    """A late 401 to the old token does not cost the new one."""
    github = GitHub(FakeClock())
    github.slow = 0.05
    with Loopback(default=github) as server, session(server.url, app(7), github.clock) as client:
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
    github = GitHub(FakeClock())
    last = "7" if operation is GET else "tickets"
    retry = Retry(attempts=9)
    with (
        Loopback(default=github) as server,
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
    github = GitHub(FakeClock())
    github.lag, github.lagging = lag, LAGGING[status]
    last = "7" if operation is GET else "tickets"
    with Loopback(default=github) as server, session(server.url, app(7), github.clock) as client:
        if operation is CREATE:
            github.done["tickets"] = reply(TICKET, 201)
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
        github = GitHub(FakeClock())
        github.lag, github.lagging = 100.0, LAGGING[status]
        with (
            Loopback(default=github) as server,
            session(server.url, app(7), github.clock, **given) as client,
            pytest.raises((BadCredentials, Forbidden)) as caught,
        ):
            client.call(GET)
        assert (github.clock.waits, caught.value.attempts) == (waits, 1 + len(waits))
        assert github.log.count(GET_TOKEN) == 1


@flavours
def test_only_a_new_token_is_given_time(session: AnySession) -> None:
    """After ten seconds a 403 is the caller's, as is another 403 at any time."""
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(7), github.clock) as client:
        github.first["7"] = [reply({"message": "Must have admin rights"}, 403)]
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
    github = GitHub(FakeClock())
    with (
        Loopback(default=github) as server,
        session(server.url, app(7), github.clock, retry=None) as client,
    ):
        client.call(GET)
        github.revoke()
        github.clock.passed += 10
        with pytest.raises(BadCredentials):
            client.call(GET)
        client.call(GET)
    assert github.log == [GET_TOKEN, CALL, CALL, GET_TOKEN, CALL]


# ── Clocks ───────────────────────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize("ahead", [-86_400.0, -300.0, 3600.0], ids=str)
@pytest.mark.parametrize("retry", [None, Retry()], ids=["no retry", "retry"])
def test_a_wrong_clock_is_corrected_by_the_server_s(
    session: AnySession, ahead: float, retry: Retry | None
) -> None:
    """The reply that refuses the JWT tells the time; from then on it is known."""
    github = GitHub(FakeClock(), ahead)
    with (
        Loopback(default=github) as server,
        session(server.url, app(), github.clock, retry=retry) as client,
    ):
        client.call(GET)
        assert github.log == [LOOK_UP, LOOK_UP, GET_TOKEN, CALL]
        client.call(GET, org="beta")
    assert github.log[4:] == [
        "GET /orgs/beta/installation",
        "POST /app/installations/8/access_tokens",
        "GET /orgs/beta/things/7",
    ]


@flavours
@pytest.mark.parametrize("date", ["right", "none", "no date"])
def test_a_signature_that_is_refused_in_time_is_not_repeated(
    session: AnySession, date: str
) -> None:
    """Another key, or another App: a later signature is no better."""
    github = GitHub(FakeClock())
    headers = {"right": {}, "none": {"Date": ""}, "no date": {"Date": "soon"}}[date]
    github.first["installation"] = [reply({"message": "no"}, 401, headers)] * 3
    with (
        Loopback(default=github) as server,
        session(server.url, app(), github.clock) as client,
        pytest.raises(SignInFailed, match="rejects the JWT of App") as caught,
    ):
        client.call(GET)
    assert isinstance(caught.value.error, BadCredentials)
    assert github.log == [LOOK_UP]


@flavours
def test_a_signature_that_stays_refused_is_repeated_once(session: AnySession) -> None:
    """The corrected one is the last."""
    github = GitHub(FakeClock(), 3600.0)
    github.first["installation"] = [reply({"message": "no"}, 401)] * 9
    with (
        Loopback(default=github) as server,
        session(server.url, app(), github.clock) as client,
        pytest.raises(SignInFailed),
    ):
        client.call(GET)
    assert github.log == [LOOK_UP, LOOK_UP]


# ── Requests of the App's own ────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize("last", ["installation", "access_tokens"])
@pytest.mark.parametrize("operation", [GET, CREATE])
def test_the_app_s_own_requests_are_repeated(
    session: AnySession, last: str, operation: Operation[Any]
) -> None:
    """They follow the rules of a read, whatever the call is that waits for a token."""
    github = GitHub(FakeClock())
    github.first[last] = [Answer(status=503), Answer(status=502)]
    github.first["tickets"] = [reply({"token": "x", "expires_at": "y"}, 201)]
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(operation)
    assert sum(entry.endswith(last) for entry in github.log) == 3
    assert len(github.clock.waits) == 2
    assert github.log[-1].endswith(("/things/7", "/tickets"))


@flavours
def test_what_stays_broken_is_the_caller_s(session: AnySession) -> None:
    """The error is of the App's request, so that an unsafe write is known not to have been sent."""
    github = GitHub(FakeClock())
    github.first["access_tokens"] = [Answer(status=503)] * 9
    with (
        Loopback(default=github) as server,
        session(server.url, app(7), github.clock) as client,
        pytest.raises(ServerError) as caught,
    ):
        client.call(CREATE)
    assert caught.value.request.operation == "apps/create-installation-access-token"
    assert github.log == [GET_TOKEN] * 4


@flavours
def test_a_token_counts_for_the_time_of_the_call(session: AnySession) -> None:
    """What is left of it after the token is all that the call itself may take."""
    github = GitHub(FakeClock())
    github.first["access_tokens"] = [Answer(status=503, headers={"Retry-After": "15"})]
    github.first["7"] = [Answer(status=503, headers={"Retry-After": "10"})]
    with (
        Loopback(default=github) as server,
        session(server.url, app(7), github.clock, timeout=20) as client,
        pytest.raises(ServerError) as caught,
    ):
        client.call(GET)
    assert caught.value.request.operation == "things/get"
    assert github.clock.waits == [15]


@flavours
def test_the_app_s_own_requests_share_the_time_of_the_call(session: AnySession) -> None:
    """What the look-up took is gone for the token."""
    github = GitHub(FakeClock())
    github.first["installation"] = [Answer(status=503, headers={"Retry-After": "15"})]
    github.first["access_tokens"] = [Answer(status=503, headers={"Retry-After": "10"})]
    with (
        Loopback(default=github) as server,
        session(server.url, app(), github.clock, timeout=20) as client,
        pytest.raises(ServerError) as caught,
    ):
        client.call(GET)
    assert caught.value.request.operation == "apps/create-installation-access-token"
    assert github.clock.waits == [15]


@flavours
def test_a_token_that_does_not_come_is_not_waited_for(session: AnySession) -> None:
    """The time of the call cuts the App's own request off."""
    github = GitHub(FakeClock())
    github.slow = 5.0
    with (
        Loopback(default=github) as server,
        session(server.url, app(7), github.clock, timeout=0.2, retry=None) as client,
        pytest.raises(TimedOut) as caught,
    ):
        client.call(GET)
    assert caught.value.request.operation == "apps/create-installation-access-token"
    assert github.log == [GET_TOKEN]


@flavours
def test_the_app_s_limits_are_not_an_installation_s(session: AnySession) -> None:
    """Nor one installation's another's: a hold is for the account that was refused."""
    github = GitHub(FakeClock())
    limited = reply({"message": "API rate limit exceeded"}, 403, {"Retry-After": "600"})
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(GET)
        github.first["7"] = [limited]
        with pytest.raises(RateLimited):
            client.call(GET)
        before = len(github.log)
        with pytest.raises(RateLimited):
            client.call(REPO, owner="ACME", repo="app")
        assert len(github.log) == before
        client.call(GET, org="beta")
        github.first["installation"] = [limited]
        with pytest.raises(RateLimited):
            client.call(GET, org="gamma")
        client.call(GET, org="beta")
    assert github.clock.waits == []


@flavours
def test_the_budget_shown_is_the_installation_s(session: AnySession) -> None:
    """What the App itself may ask for is another one."""
    github = GitHub(FakeClock())

    def budget(remaining: int) -> dict[str, str]:
        told = {"limit": 5000, "remaining": remaining, "used": 1, "reset": 1_700_000_100}
        return {f"X-RateLimit-{name}": str(value) for name, value in told.items()}

    github.first["7"] = [reply(THING, headers=budget(17))]
    github.first["installation"] = [
        reply({"id": 7}, headers=budget(4000)),
        reply({"message": "Not Found"}, 404, budget(3999)),
    ]
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(GET)
        with pytest.raises(SignInFailed):
            client.call(GET, org="beta")
        assert client.client.rate_limit is not None
        assert client.client.rate_limit.remaining == 17


# ── Where there is no token ──────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize(
    ("operation", "path", "said"),
    [
        (GET, {"org": "nobody"}, "not installed on the organization nobody"),
        (REPO, {"owner": "acme", "repo": "x"}, "not installed on the repository acme/x"),
    ],
    ids=["organization", "repository"],
)
def test_an_app_that_is_not_installed_says_where(
    session: AnySession, operation: Operation[Thing], path: dict[str, str], said: str
) -> None:
    """It is no NotFound, which callers take for "it is gone"; the call is not sent."""
    github = GitHub(FakeClock())
    with (
        Loopback(default=github) as server,
        session(server.url, app(), github.clock) as client,
        pytest.raises(SignInFailed, match=said) as caught,
    ):
        client.call(operation, **path)
    assert not isinstance(caught.value, NotFound)
    assert isinstance(caught.value.error, NotFound)
    assert caught.value.error is caught.value.__cause__
    assert caught.value.request.operation.startswith("things/")
    assert [entry for entry in github.log if "things" in entry] == []
    assert str(pickled(caught.value)) == str(caught.value)


@flavours
def test_calls_that_wait_share_a_failed_look_up(session: AnySession) -> None:
    """One look-up for all of them; each error is of its own call, and has the same cause."""
    github = GitHub(FakeClock())
    github.slow = 0.3
    found: list[SignInFailed] = []

    def one(client: SyncSession, number: int) -> None:
        with pytest.raises(SignInFailed, match="not installed") as caught:
            client.call(GET, org="nobody", thing=number)
        found.append(caught.value)

    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        if isinstance(client, SyncSession):
            with ThreadPoolExecutor(20) as pool:
                list(pool.map(one, [client] * 20, range(20)))
        else:
            assert isinstance(client, AsyncSession)
            resource = client.client.org("nobody")

            async def main() -> list[object]:
                calls = (resource.call(GET, path={"thing": number}) for number in range(20))
                return list(await asyncio.gather(*calls, return_exceptions=True))

            found += [it for it in client.runner.run(main()) if isinstance(it, SignInFailed)]
    assert github.log == ["GET /orgs/nobody/installation"]
    assert len({str(error) for error in found}) == len(found) == 20
    assert len({id(error.__cause__) for error in found}) == 1
    assert {error.request.path for error in found} == {
        f"/orgs/nobody/things/{number}" for number in range(20)
    }


@flavours
def test_an_installation_may_be_suspended_or_gone(session: AnySession) -> None:
    """The error says which of the two; one that is there again is found."""
    github = GitHub(FakeClock())
    suspended = reply({"message": "This installation has been suspended"}, 403)
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        github.first["access_tokens"] = [suspended]
        with pytest.raises(SignInFailed, match="suspended on the organization acme"):
            client.call(GET)
        client.call(GET)
        del github.installations["acme"]
        github.installations.pop("acme/app")
        github.installations.pop("acme/lib")
        github.revoke()
        github.clock.passed += 10
        for _ in range(2):
            with pytest.raises(SignInFailed, match="not installed on the organization acme"):
                client.call(GET)
        github.installations["acme"] = 9
        client.call(GET)
    assert github.log[-3:] == [LOOK_UP, "POST /app/installations/9/access_tokens", CALL]


@flavours
def test_an_app_that_was_installed_anew_is_looked_up_again(session: AnySession) -> None:
    """By the call that finds that its installation is gone, which then succeeds."""
    github = GitHub(FakeClock())
    github.installations = {"acme": 7}
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(GET)
        github.installations["acme"] = 9
        github.revoke()
        github.clock.passed += 10
        github.log.clear()
        client.call(GET)
        client.call(GET)
    gone, found = GET_TOKEN, GET_TOKEN.replace("7", "9")
    assert github.log == [CALL, gone, LOOK_UP, found, CALL, CALL]


@flavours
def test_an_installation_that_stays_gone_is_looked_up_once(session: AnySession) -> None:
    """Where the look-up still finds it, the error is that of its token."""
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(GET)
        github.clock.passed += 3600
        github.first["access_tokens"] = [reply({"message": "Not Found"}, 404)] * 9
        github.log.clear()
        with pytest.raises(SignInFailed):
            client.call(GET)
    assert github.log == [GET_TOKEN, LOOK_UP, GET_TOKEN]


@flavours
def test_an_installation_that_was_given_may_not_exist(session: AnySession) -> None:
    """It is named by its number."""
    github = GitHub(FakeClock())
    with (
        Loopback(default=github) as server,
        session(server.url, app(99), github.clock) as client,
        pytest.raises(SignInFailed, match="the App has no installation 99"),
    ):
        client.call(GET)


@flavours
@pytest.mark.parametrize("installation_id", [None, 7])
@pytest.mark.parametrize(
    "operation",
    [OF_ENTERPRISE, of_repo(apps=False), of_repo(path="/enterprises/{owner}/things/{thing}")],
    ids=["enterprise", "classic only", "path"],
)
def test_what_an_app_cannot_do_is_refused(
    session: AnySession, operation: Operation[Thing], installation_id: int | None
) -> None:
    """Before anything is sent; the error says which token it needs."""
    with (
        Loopback() as server,
        session(server.url, app(installation_id)) as client,
        pytest.raises(InvalidArgument, match="does not accept the token of a GitHub App") as it,
    ):
        client.call(operation, owner="acme", repo="app")
    assert server.requests == []
    if operation is OF_ENTERPRISE:
        assert str(it.value).endswith("it needs classic token scope manage_runners:enterprise")


@flavours
def test_a_token_of_an_app_gets_the_same_advice(session: AnySession) -> None:
    """That `ghs_…` cannot do it is GitHub's to say; what it takes is known here."""
    message = {"message": "Resource not accessible by integration"}
    with (
        Loopback(reply(message, 403)) as server,
        session(server.url, "ghs_" + "x" * 36) as client,
        pytest.raises(CallError, match="classic token scope manage_runners:enterprise"),
    ):
        client.call(OF_ENTERPRISE, owner="acme")


@flavours
@pytest.mark.parametrize(
    "body",
    [
        {"token": "ghs_x y", "expires_at": "2030-01-01T00:00:00Z"},
        {"token": "", "expires_at": "2030-01-01T00:00:00Z"},
        {"token": "ghs_xyxyxyxyxyxyxy", "expires_at": "soon"},
        {"token": "ghs_xyxyxyxyxyxyxy", "expires_at": "2030-01-01T00:00:00"},
        {"token": "ghs_xyxyxyxyxyxyxy"},
        {"message": "here you are"},
    ],
)
def test_a_reply_without_a_token_is_not_one(session: AnySession, body: dict[str, str]) -> None:
    """It is UnexpectedResponse, and shows nothing of it."""
    github = GitHub(FakeClock())
    github.first["access_tokens"] = [reply(body, 201)]
    with (
        Loopback(default=github) as server,
        session(server.url, app(7), github.clock) as client,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        client.call(GET)
    if body.get("token"):
        assert body["token"] not in everything_about(caught.value)
    assert github.log == [GET_TOKEN]


# ── Secrets ──────────────────────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize("last", ["installation", "access_tokens", "7"])
@pytest.mark.parametrize("status", [200, 401, 403, 404, 422, 500])
def test_key_signature_and_token_show_nowhere(
    session: AnySession, last: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in an error that a server's own words went into, a log, a repr or a pickle."""
    caplog.set_level(logging.DEBUG, "ghrunners")
    github = GitHub(FakeClock())
    with Loopback(default=github) as server, session(server.url, app(), github.clock) as client:
        client.call(GET)
        secrets = [*github.jwts, *github.tokens]
        github.revoke()
        github.clock.passed += 4000
        echo = reply({"message": f"No: {secrets}", "id": secrets, "token": secrets}, status)
        github.first[last] = [echo] * 9
        with pytest.raises(CallError) as caught:
            client.call(GET, org="beta")
        shown = [everything_about(caught.value), caplog.text, repr(client.client)]
    secrets += [*halves(pem()), *github.jwts, *github.tokens]
    dumped = pickle.dumps(caught.value).decode("latin-1")
    for text in (*shown, dumped):
        assert [secret for secret in secrets if secret in text] == []


@flavours
def test_an_app_signs_in_nowhere_else(session: AnySession) -> None:
    """A redirect of its own requests to another host is not followed, and gets nothing."""
    with Loopback() as other:
        for status in (301, 307):
            away = Answer(status=status, headers={"Location": f"{other.url}/x/installation"})
            for given in (app(), app(7)):
                with (
                    Loopback(default=away) as server,
                    session(server.url, given) as client,
                    pytest.raises(RedirectRefused),
                ):
                    client.call(GET)
    assert other.requests == []


def test_a_repository_that_moved_is_found() -> None:
    """On the same origin, the look-up follows, and the App's signature with it."""
    github = GitHub(FakeClock())
    moved = Answer(status=301, headers={"Location": "/repos/acme/app/installation"})
    github.first["installation"] = [moved]
    with Loopback(default=github) as server, SyncSession(server.url, app(), github.clock) as client:
        client.call(REPO, owner="acme", repo="old")
    assert github.log[:2] == [
        "GET /repos/acme/old/installation",
        "GET /repos/acme/app/installation",
    ]
    assert len(set(github.jwts[:2])) == 1


def test_an_app_shows_no_key() -> None:
    """Not in its repr, a pickle or a copy."""
    given = app(7)
    assert repr(given) == f"App(client_id='{CLIENT_ID}', private_key=***, installation_id=7)"
    assert repr(App(app_id=5, private_key=pem())) == "App(app_id='5', private_key=***)"
    for work in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="holds a private key"):
            work(given)


def encrypted() -> bytes:
    """Give the key as one that needs a password."""
    form = PrivateFormat.PKCS8
    return key().private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"password"))


def public() -> bytes:
    """Give the half that is nobody's secret."""
    return key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def elliptic() -> bytes:
    """Give a key of another kind."""
    made = ec.generate_private_key(ec.SECP256R1())
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (encrypted, "encrypted"),
        (public, "not the PEM text of a private key"),
        (elliptic, "not an RSA key"),
        (lambda: "", "not the PEM text"),
        (lambda: pem()[:-60], "not the PEM text"),
        (lambda: base64.b64encode(b"no key").decode(), "not the PEM text"),
        (lambda: base64.b64encode(encrypted()), "encrypted"),
        (lambda: encrypted().replace(b"\n", b"\\n"), "encrypted"),
        (lambda: "/etc/key.pem", "not the PEM text"),
        (lambda: pem() + "\udcff", "not the PEM text"),
    ],
)
def test_a_key_that_is_none_is_refused(given: Callable[[], str | bytes], said: str) -> None:
    """The error says why, and shows nothing of it."""
    with pytest.raises(InvalidArgument, match=said) as caught:
        App(client_id=CLIENT_ID, private_key=given())
    shown = everything_about(caught.value)
    assert [part for part in halves(pem()) if part in shown] == []


def test_a_key_may_be_text_or_bytes() -> None:
    """In either of the forms that keys come in."""
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for given in (pem(), pem().encode(), key().private_bytes(*form)):
        assert sign_jwt(App(client_id=CLIENT_ID, private_key=given), 0.0).reveal().count(".") == 2


# What variables and secret stores make of a key.
STORED: dict[str, Callable[[str], str | bytes]] = {
    "literal": lambda text: text.replace("\n", "\\n"),
    "literal CRLF": lambda text: text.replace("\n", "\\r\\n"),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "spaces": lambda text: text.replace("\n", " "),
    "one line": lambda text: text.replace("\n", ""),
    "quotes": lambda text: f'  "{text}"\n',
    "quotes, literal": lambda text: "'" + text.replace("\n", "\\n") + "'",
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 lines": lambda text: base64.encodebytes(text.encode()),
    "base64 CRLF": lambda text: base64.b64encode(text.replace("\n", "\r\n").encode()),
}


@pytest.mark.parametrize("stored", STORED.values(), ids=STORED)
@pytest.mark.parametrize("form", [PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8])
def test_a_key_may_be_as_a_secret_store_has_it(
    stored: Callable[[str], str | bytes], form: PrivateFormat
) -> None:
    """On one line, in quotes, with other line ends, or in base64: it is the same key."""
    text = key().private_bytes(Encoding.PEM, form, NoEncryption()).decode()
    given = App(client_id=CLIENT_ID, private_key=stored(text))
    token = sign_jwt(given, 0.0).reveal()
    jwt.decode(token, key().public_key(), ["RS256"], {"verify_exp": False, "verify_iat": False})


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        ({}, InvalidArgument),
        ({"client_id": "a", "app_id": 1}, InvalidArgument),
        ({"client_id": ""}, InvalidArgument),
        ({"client_id": "a b"}, InvalidArgument),
        ({"client_id": 7}, TypeError),
        ({"app_id": "Iv1"}, InvalidArgument),
        ({"app_id": 0}, InvalidArgument),
        ({"app_id": True}, TypeError),
        ({"app_id": 1.5}, TypeError),
        ({"app_id": 1, "installation_id": "7"}, TypeError),
        ({"app_id": 1, "installation_id": True}, TypeError),
        ({"app_id": 1, "installation_id": 0}, InvalidArgument),
        ({"app_id": 1, "private_key": 7}, TypeError),
    ],
    ids=str,
)
def test_what_is_no_app_is_refused(arguments: dict[str, Any], kind: type[Exception]) -> None:
    """The error names the argument."""
    given: Any = {"private_key": pem(), **arguments}
    with pytest.raises(kind) as caught:
        App(**given)
    assert any(name in str(caught.value) for name in (*arguments, "client_id"))
    assert [part for part in halves(pem()) if part in everything_about(caught.value)] == []


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_an_app_says_what_it_lacks(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error holds the command that mends it."""
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError, match=r"pip install 'ghrunners\[app\]'") as caught:
        App(client_id=CLIENT_ID, private_key=pem())
    assert [part for part in halves(pem()) if part in everything_about(caught.value)] == []


def test_nobody_else_loads_what_an_app_needs() -> None:
    """A client with a token works without PyJWT."""
    code = (
        "import sys, ghrunners; ghrunners.Client(auth='x'); ghrunners.App;"
        "print([name for name in sys.modules if name in ('jwt', 'cryptography')])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert result.stdout.strip() == "[]"


def test_keys_of_the_tests_are_as_long_as_github_s() -> None:
    """2048 bits: PyJWT warns of shorter ones, and a warning fails these tests."""
    assert isinstance(key(), rsa.RSAPrivateKey)
    assert key().key_size == 2048
