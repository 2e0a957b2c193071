"""Rate limits of a fake GitHub, which the client waits for on the fake's clock."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

import httpx2
import pytest

import ghrunners
from fake.sent import sent
from ghrunners.fake import FakeGitHub
from ghrunners.fake.protocol.limits import Limits
from ghrunners.testing import Call, ConnectFault, Reset
from ghrunners.testing._kit.request.received import Received
from ghrunners.testing._kit.response.faults import Outcome

RUNNERS = "/orgs/octo-org/actions/runners"
HOUR = 3_601.0
TOKEN = {"Authorization": "Bearer mock-token"}


def test_without_a_limit_nothing_is_refused(github: FakeGitHub) -> None:
    """Headers then show that all requests are left."""
    for _ in range(20):
        remaining = sent(github, "GET", RUNNERS).headers["x-ratelimit-remaining"]
        assert remaining == "5000"


@pytest.mark.parametrize("status", [403, 429])
def test_the_client_waits_for_the_primary_limit(github: FakeGitHub, status: int) -> None:
    """Until the hour that began with the first request is over, and then goes on."""
    github.rate_limit(2, status=status)
    runners = github.client(max_wait=HOUR, timeout=2 * HOUR).org("octo-org").runners
    runner = github.org().add_runner("a")
    runners.get(runner.id)
    github.clock.advance(600)
    for _ in range(2):
        assert runners.get(runner.id).name == "a"
    assert [call.status for call in github.calls] == [200, 200, status, 200]
    assert sum(github.clock.sleeps) == pytest.approx(3_000, abs=2)


def test_the_async_client_waits_for_the_primary_limit(github: FakeGitHub) -> None:
    """As the other one does."""
    github.rate_limit(1)
    runner = github.org().add_runner("a")

    async def read() -> None:
        async with github.async_client(max_wait=HOUR, timeout=2 * HOUR) as client:
            for _ in range(2):
                await client.org("octo-org").runners.get(runner.id)

    asyncio.run(read())
    assert [call.status for call in github.calls] == [200, 403, 200]
    assert sum(github.clock.sleeps) == pytest.approx(3_600, abs=2)


def test_each_token_has_a_limit_of_its_own(github: FakeGitHub) -> None:
    """Its headers count down, and a refused request does not count."""
    github.rate_limit(2)
    left = [sent(github, "GET", RUNNERS).headers["x-ratelimit-remaining"] for _ in range(3)]
    assert left == ["1", "0", "0"]
    refused = sent(github, "GET", RUNNERS)
    assert (refused.status_code, refused.headers["x-ratelimit-used"]) == (403, "2")
    assert refused.json()["message"].startswith("API rate limit exceeded for user ID")
    request_id = refused.headers["x-github-request-id"]
    assert refused.json()["message"].endswith(f"include the request ID {request_id}.")
    assert sent(github, "GET", RUNNERS, TOKEN).status_code == 200
    shown = sent(github, "GET", "/rate_limit").json()["resources"]["core"]
    assert (shown["used"], shown["remaining"], shown["limit"]) == (2, 0, 2)
    assert shown["reset"] == int(github.clock.wall()) + 3_600


@pytest.mark.parametrize("retry_after", [None, 75])
@pytest.mark.parametrize("status", [403, 429])
def test_the_client_waits_for_the_secondary_limit(
    github: FakeGitHub, status: int, retry_after: int | None
) -> None:
    """As long as the response says, or a minute."""
    github.secondary_limit(10, status=status, retry_after=retry_after)
    runners = github.client().org("octo-org").runners
    added = [github.org().add_runner(name) for name in "abc"]
    for runner in added:
        runners.delete(runner.id)
    assert not github.org().runners
    assert [call.status for call in github.calls] == [204, 204, status, 204]
    wait = 60 if retry_after is None else retry_after
    assert wait <= sum(github.clock.sleeps) < wait + 5
    responses = [sent(github, "POST", f"{RUNNERS}/remove-token", TOKEN) for _ in range(3)]
    assert responses[2].status_code == status
    assert responses[2].headers.get("retry-after") == (None if retry_after is None else "75")


def test_a_read_is_a_point_and_a_write_five(github: FakeGitHub) -> None:
    """In any minute: points are spent again when it has passed."""
    github.secondary_limit(12, retry_after=30)
    tokens = f"{RUNNERS}/remove-token"
    assert [sent(github, "POST", tokens).status_code for _ in range(3)] == [201, 201, 403]
    assert [sent(github, "GET", RUNNERS).status_code for _ in range(3)] == [200, 200, 403]
    refused = sent(github, "GET", RUNNERS)
    assert refused.headers["retry-after"] == "30"
    assert int(refused.headers["x-ratelimit-remaining"]) > 0
    assert "exceeded a secondary rate limit" in refused.json()["message"]
    request_id = refused.headers["x-github-request-id"]
    assert refused.json()["message"].endswith(f"include the request ID {request_id}.")
    assert sent(github, "GET", RUNNERS, TOKEN).status_code == 200
    github.clock.advance(60)
    assert sent(github, "POST", tokens).status_code == 201


def test_a_lower_limit_leaves_nothing(github: FakeGitHub) -> None:
    """What was used before counts, and never is less than nothing left."""
    for _ in range(3):
        github.rate_limit(9)
        sent(github, "GET", RUNNERS)
    github.rate_limit(2)
    refused = sent(github, "GET", RUNNERS)
    assert (refused.status_code, refused.headers["x-ratelimit-remaining"]) == (403, "0")


def test_a_free_request_gives_nothing_back_that_was_not_counted(github: FakeGitHub) -> None:
    """Without a limit no request counts, and one that changed nothing is none the less."""
    etag = sent(github, "GET", RUNNERS).headers["etag"]
    headers = {"Authorization": "Bearer ghp_any", "If-None-Match": etag}
    same = sent(github, "GET", RUNNERS, headers)
    assert same.status_code == 304
    assert (same.headers["x-ratelimit-used"], same.headers["x-ratelimit-remaining"]) == (
        "0",
        "5000",
    )


def test_a_request_of_the_hour_before_gives_nothing_back(github: FakeGitHub) -> None:
    """Time may pass before its response, in which the next hour begins."""

    def late(call: Call) -> list[Any]:
        del call
        github.clock.advance(HOUR)
        return []

    github.rate_limit(9)
    github.respond("org.runners.list", late)
    etag = sent(github, "GET", RUNNERS).headers["etag"]
    headers = {"Authorization": "Bearer ghp_any", "If-None-Match": etag}
    same = sent(github, "GET", RUNNERS, headers)
    assert (same.status_code, same.headers["x-ratelimit-used"]) == (304, "0")


def test_threads_count_requests_in_turn() -> None:
    """None changes a number that another one has just read."""
    limits = Limits(shown=True)
    inside = vars(limits)

    class Counts(dict[str, int]):
        def __setitem__(self, account: str, running: int) -> None:
            assert inside["_lock"].locked()
            super().__setitem__(account, running)

    inside["_running"] = Counts()
    limits.begin("a")
    limits.begin("a")
    limits.end("a")
    assert inside["_running"] == {"a": 1}


def test_one_request_at_once_is_served(github: FakeGitHub) -> None:
    """The lowest limit of requests at the same time refuses none that come one by one."""
    github.secondary_limit(at_once=1)
    assert [sent(github, "GET", RUNNERS).status_code for _ in range(2)] == [200, 200]


def test_too_many_requests_at_once_are_refused(github: FakeGitHub) -> None:
    """Those whose responses have not been sent count, per token."""
    github.secondary_limit(at_once=3)

    def received(token: str) -> Outcome:
        headers = [("authorization", f"Bearer {token}")]
        return github.receive(Received("GET", RUNNERS, "", headers, b""), f"https://x{RUNNERS}")

    outcomes = [received("a") for _ in range(4)]
    assert [it.wire and it.wire.status for it in outcomes] == [200, 200, 200, 403]
    assert sent(github, "GET", RUNNERS, TOKEN).status_code == 200
    outcomes[0].sent()
    outcomes[3].sent()
    assert [it.wire and it.wire.status for it in (received("a"), received("a"))] == [200, 403]


@pytest.mark.parametrize("broken", [Reset(), ConnectFault(), 500])
def test_a_response_that_was_sent_is_not_counted(github: FakeGitHub, broken: Any) -> None:
    """Nor one that never came: more than that many requests, one after another, are served."""
    github.secondary_limit(at_once=2)
    github.script("org.runners.list", *[broken] * 3)
    for _ in range(4):
        with contextlib.suppress(httpx2.TransportError):
            sent(github, "GET", RUNNERS)
    assert github.calls[-1].status == 200


@pytest.mark.parametrize(
    ("kind", "arguments", "problem"),
    [
        ("rate_limit", {"limit": 0}, "limit must be at least 1, not 0"),
        ("rate_limit", {"status": 500}, "status 403 or 429, not 500"),
        ("secondary_limit", {"points": 0}, "points must be at least 1"),
        ("secondary_limit", {"at_once": 0}, "at_once must be at least 1"),
        ("secondary_limit", {"status": 400}, "status 403 or 429, not 400"),
    ],
)
def test_a_limit_that_cannot_be_is_an_error(
    github: FakeGitHub, kind: str, arguments: Any, problem: str
) -> None:
    """One line says what it is."""
    with pytest.raises(ValueError, match=problem):
        getattr(github, kind)(**arguments)


def test_a_program_without_waiting_gets_the_error(github: FakeGitHub) -> None:
    """It has the time of the reset."""
    github.rate_limit(1)
    client = github.client(retry=None)
    list(client.org("octo-org").runners.list())
    with pytest.raises(ghrunners.RateLimited, match="API rate limit exceeded") as raised:
        list(client.org("octo-org").runners.list())
    assert raised.value.retry_at is not None
    assert raised.value.retry_at.timestamp() == pytest.approx(github.clock.wall() + 3_600, abs=1)
