"""Requests that a GitHub App makes itself: clocks, retries, time, rate limits, and failures."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from client.auth.github_app_server import (
    CALL,
    GET_TOKEN,
    LOOK_UP,
    OF_ENTERPRISE,
    REPO,
    AnySession,
    AsyncSession,
    GitHubAppServer,
    SyncSession,
    app,
    flavours,
    of_repo,
    reported_text,
)
from client.runtime_api import CREATE, GET, THING, FakeClock, Thing, pickled
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import CallError, InvalidArgument, SignInFailed, TimedOut
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import (
    BadCredentials,
    NotFound,
    RateLimited,
    ServerError,
    UnexpectedResponse,
)

# ── Clocks ───────────────────────────────────────────────────────────────────────────────────


@flavours
@pytest.mark.parametrize("ahead", [-86_400.0, -300.0, 3600.0], ids=str)
@pytest.mark.parametrize("retry", [None, Retry()], ids=["no retry", "retry"])
def test_a_wrong_clock_is_corrected_by_the_server_s(
    session: AnySession, ahead: float, retry: Retry | None
) -> None:
    """The response that refuses the JWT tells the time; from then on it is known."""
    github = GitHubAppServer(FakeClock(), ahead)
    with (
        ScriptedServer(default=github) as server,
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
    github = GitHubAppServer(FakeClock())
    headers = {"right": {}, "none": {"Date": ""}, "no date": {"Date": "soon"}}[date]
    github.first["installation"] = [json_response({"message": "no"}, 401, headers)] * 3
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
        pytest.raises(SignInFailed, match="rejects the JWT of App") as caught,
    ):
        client.call(GET)
    assert isinstance(caught.value.error, BadCredentials)
    assert github.log == [LOOK_UP]


@flavours
def test_a_signature_that_stays_refused_is_repeated_once(session: AnySession) -> None:
    """The corrected one is the last."""
    github = GitHubAppServer(FakeClock(), 3600.0)
    github.first["installation"] = [json_response({"message": "no"}, 401)] * 9
    with (
        ScriptedServer(default=github) as server,
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
    github = GitHubAppServer(FakeClock())
    github.first[last] = [ScriptedResponse(status=503), ScriptedResponse(status=502)]
    github.first["tickets"] = [json_response({"token": "x", "expires_at": "y"}, 201)]
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        client.call(operation)
    assert sum(entry.endswith(last) for entry in github.log) == 3
    assert len(github.clock.waits) == 2
    assert github.log[-1].endswith(("/things/7", "/tickets"))


@flavours
def test_what_stays_broken_is_the_caller_s(session: AnySession) -> None:
    """The error is of the App's request, so that an unsafe write is known not to have been sent."""
    github = GitHubAppServer(FakeClock())
    github.first["access_tokens"] = [ScriptedResponse(status=503)] * 9
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
        pytest.raises(ServerError) as caught,
    ):
        client.call(CREATE)
    assert caught.value.request.operation == "apps/create-installation-access-token"
    assert github.log == [GET_TOKEN] * 4


@flavours
def test_a_token_counts_for_the_time_of_the_call(session: AnySession) -> None:
    """What is left of it after the token is all that the call itself may take."""
    github = GitHubAppServer(FakeClock())
    github.first["access_tokens"] = [ScriptedResponse(status=503, headers={"Retry-After": "15"})]
    github.first["7"] = [ScriptedResponse(status=503, headers={"Retry-After": "10"})]
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock, timeout=20) as client,
        pytest.raises(ServerError) as caught,
    ):
        client.call(GET)
    assert caught.value.request.operation == "things/get"
    assert github.clock.waits == [15]


@flavours
def test_the_app_s_own_requests_share_the_time_of_the_call(session: AnySession) -> None:
    """What the lookup took is gone for the token."""
    github = GitHubAppServer(FakeClock())
    github.first["installation"] = [ScriptedResponse(status=503, headers={"Retry-After": "15"})]
    github.first["access_tokens"] = [ScriptedResponse(status=503, headers={"Retry-After": "10"})]
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock, timeout=20) as client,
        pytest.raises(ServerError) as caught,
    ):
        client.call(GET)
    assert caught.value.request.operation == "apps/create-installation-access-token"
    assert github.clock.waits == [15]


@flavours
def test_a_token_that_does_not_come_is_not_waited_for(session: AnySession) -> None:
    """The time of the call cuts the App's own request off."""
    github = GitHubAppServer(FakeClock())
    github.slow = 5.0
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock, timeout=0.2, retry=None) as client,
        pytest.raises(TimedOut) as caught,
    ):
        client.call(GET)
    assert caught.value.request.operation == "apps/create-installation-access-token"
    assert github.log == [GET_TOKEN]


@flavours
def test_the_app_s_limits_are_not_an_installation_s(session: AnySession) -> None:
    """Nor one installation's another's: a hold is for the account that was rejected."""
    github = GitHubAppServer(FakeClock())
    limited = json_response({"message": "API rate limit exceeded"}, 403, {"Retry-After": "600"})
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
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
    github = GitHubAppServer(FakeClock())

    def budget(remaining: int) -> dict[str, str]:
        told = {"limit": 5000, "remaining": remaining, "used": 1, "reset": 1_700_000_100}
        return {f"X-RateLimit-{name}": str(value) for name, value in told.items()}

    github.first["7"] = [json_response(THING, headers=budget(17))]
    github.first["installation"] = [
        json_response({"id": 7}, headers=budget(4000)),
        json_response({"message": "Not Found"}, 404, budget(3999)),
    ]
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
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
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
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
    github = GitHubAppServer(FakeClock())
    github.slow = 0.3
    found: list[SignInFailed] = []

    def one(client: SyncSession, number: int) -> None:
        with pytest.raises(SignInFailed, match="not installed") as caught:
            client.call(GET, org="nobody", thing=number)
        found.append(caught.value)

    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
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
    github = GitHubAppServer(FakeClock())
    suspended = json_response({"message": "This installation has been suspended"}, 403)
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
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
    github = GitHubAppServer(FakeClock())
    github.installations = {"acme": 7}
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
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
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(), github.clock) as client,
    ):
        client.call(GET)
        github.clock.passed += 3600
        github.first["access_tokens"] = [json_response({"message": "Not Found"}, 404)] * 9
        github.log.clear()
        with pytest.raises(SignInFailed):
            client.call(GET)
    assert github.log == [GET_TOKEN, LOOK_UP, GET_TOKEN]


@flavours
def test_an_installation_that_was_given_may_not_exist(session: AnySession) -> None:
    """It is named by its number."""
    github = GitHubAppServer(FakeClock())
    with (
        ScriptedServer(default=github) as server,
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
        ScriptedServer() as server,
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
        ScriptedServer(json_response(message, 403)) as server,
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
    github = GitHubAppServer(FakeClock())
    github.first["access_tokens"] = [json_response(body, 201)]
    with (
        ScriptedServer(default=github) as server,
        session(server.url, app(7), github.clock) as client,
        pytest.raises(UnexpectedResponse) as caught,
    ):
        client.call(GET)
    if body.get("token"):
        assert body["token"] not in reported_text(caught.value)
    assert github.log == [GET_TOKEN]
