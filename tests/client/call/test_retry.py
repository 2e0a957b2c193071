"""Retries: which requests, how many and after which waits, by a clock that waits advance."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import pytest

from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    THING,
    TICKET,
    TOKEN,
    UPDATE,
    AnyClient,
    Caller,
    Client,
    FakeClock,
    Options,
    both,
    either,
    page,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, closed_port, json_response
from ghrunners._runtime.call.retry import Retry, RetryBudget
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.errors import CallError, ConnectFailed, InvalidArgument, OutcomeUnknown
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import Forbidden, NotFound, RateLimited, ServerError

FAILED = json_response({"message": "Server Error"}, 502)
LOST = ScriptedResponse(raw=b"", end="reset")
GONE = json_response({"message": "Not Found"}, 404)
SECONDARY = "You have exceeded a secondary rate limit."


def limited(seconds: float | None = None, message: str = SECONDARY) -> ScriptedResponse:
    """Make a refusal for a rate limit."""
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return json_response({"message": message}, 403, headers)


class Tried:
    """A call, made by a client with these options, with its result and waits."""

    def __init__(
        self,
        flavour: type[Caller],
        operation: Operation[Any],
        script: Sequence[ScriptedResponse],
        **options: object,
    ) -> None:
        given: Options = {"retry": Retry(), **options}  # type: ignore[typeddict-item]  # pyright: ignore[reportAssignmentType] - the tests name real ones
        self.value: object = None
        self.error: CallError | None = None
        with ScriptedServer(*script, default=ScriptedResponse(status=418)) as server:
            caller = flavour(server.url, **given)
            clock = caller.clock = FakeClock()
            body = {"labels": ["a"]} if operation is UPDATE else None
            try:
                self.value = caller.call(operation, path={"thing": 7}, body=body)
            except CallError as error:
                self.error = error
        self.waits = clock.waits
        self.requests = server.requests


@pytest.fixture(autouse=True)
def _no_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every pause be as long as it may be."""
    monkeypatch.setattr(random, "uniform", max)


reads_and_idempotent = pytest.mark.parametrize("operation", [GET, UPDATE], ids=["read", "put"])


@both
@reads_and_idempotent
@pytest.mark.parametrize("bad", [FAILED, LOST], ids=["502", "reset"])
def test_what_may_be_repeated_is_repeated(
    flavour: type[Caller], operation: Operation[object], bad: ScriptedResponse
) -> None:
    """Up to three times more, after pauses that double; the request is the same each time."""
    tried = Tried(flavour, operation, [bad, bad, bad, json_response(THING)])
    assert tried.error is None
    assert tried.waits == [0.5, 1.0, 2.0]
    assert len({(it.method, it.target, it.body, it.headers) for it in tried.requests}) == 1


@both
@reads_and_idempotent
def test_the_last_error_is_raised(flavour: type[Caller], operation: Operation[object]) -> None:
    """With the number of attempts; there is no fifth."""
    tried = Tried(flavour, operation, [FAILED] * 5)
    assert type(tried.error) is ServerError
    assert tried.error.attempts == len(tried.requests) == 4
    assert str(tried.error).endswith("[4 attempts]")


@both
@pytest.mark.parametrize("bad", [FAILED, LOST], ids=["502", "reset"])
def test_an_unsafe_write_is_not_repeated(flavour: type[Caller], bad: ScriptedResponse) -> None:
    """It may have been carried out: the error says so, and carries what came instead."""
    tried = Tried(flavour, CREATE, [bad, json_response(TICKET, 201)])
    assert len(tried.requests) == 1
    assert tried.waits == []
    assert type(tried.error) is OutcomeUnknown
    assert tried.error.__cause__ is tried.error.error
    assert "may have been carried out" in str(tried.error)


@both
def test_what_was_not_sent_is_tried_again_whatever_it_is(flavour: type[Caller]) -> None:
    """A refused connection proves that nothing was sent."""
    with closed_port() as port:
        caller = flavour(f"http://127.0.0.1:{port}", retry=Retry())
        clock = caller.clock = FakeClock()
        with pytest.raises(ConnectFailed) as caught:
            caller.call(CREATE)
    assert caught.value.attempts == 4
    assert clock.waits == [0.5, 1.0, 2.0]


@both
@pytest.mark.parametrize("status", [501, 505, 599])
def test_a_failure_that_will_not_pass_is_not_repeated(flavour: type[Caller], status: int) -> None:
    """Asking again cannot help; an unsafe write is unknown all the same."""
    answer = json_response({"message": "no"}, status)
    assert type(Tried(flavour, GET, [answer] * 2).error) is ServerError
    tried = Tried(flavour, CREATE, [answer] * 2)
    assert isinstance(tried.error, OutcomeUnknown)
    assert type(tried.error.error) is ServerError


@both
def test_a_404_after_a_lost_answer_says_that_it_may_be_its_own_doing(flavour: type[Caller]) -> None:
    """The first DELETE may have worked; that is said, not guessed."""
    tried = Tried(flavour, DELETE, [LOST, GONE])
    assert type(tried.error) is NotFound
    assert tried.error.__notes__ == [
        "An earlier attempt without a response may have been carried out."
    ]
    assert not hasattr(Tried(flavour, DELETE, [GONE]).error, "__notes__")
    assert not hasattr(Tried(flavour, GET, [LOST, GONE]).error, "__notes__")


@both
def test_a_503_is_waited_for_as_long_as_it_asks(flavour: type[Caller]) -> None:
    """And given up at once when that is longer than the caller allows."""
    busy = json_response({"message": "later"}, 503, {"Retry-After": "40"})
    tried = Tried(flavour, GET, [busy, json_response(THING)])
    assert tried.waits == [40]
    tried = Tried(flavour, GET, [busy, json_response(THING)], max_wait=39)
    assert (type(tried.error), len(tried.requests)) == (ServerError, 1)


# ── Limits ───────────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize("operation", [GET, UPDATE, CREATE], ids=["read", "put", "post"])
def test_a_refusal_is_waited_for(flavour: type[Caller], operation: Operation[object]) -> None:
    """Nothing was done, so an unsafe write too is sent again, never earlier than told."""
    good = json_response(TICKET, 201) if operation is CREATE else json_response(THING)
    tried = Tried(flavour, operation, [limited(30), good])
    assert tried.error is None
    assert tried.waits[0] == 32
    assert len(tried.requests) == 2


@both
def test_a_wait_that_is_not_told_is_a_minute(flavour: type[Caller]) -> None:
    """A secondary limit comes without headers more often than not."""
    tried = Tried(flavour, GET, [limited(), json_response(THING)])
    assert tried.waits == [62]


@both
@pytest.mark.parametrize("told", [91, 1_000_000_000, "9" * 400])
def test_a_wait_is_never_longer_than_the_caller_allows(
    flavour: type[Caller], told: float | str
) -> None:
    """Then it is an error at once, which says when to come back as far as a calendar goes."""
    answer = json_response({"message": SECONDARY}, 429, {"Retry-After": str(told)})
    tried = Tried(flavour, CREATE, [answer, json_response(TICKET, 201)])
    assert tried.waits == []
    assert isinstance(tried.error, RateLimited)
    assert tried.error.kind == "secondary"
    if told == 91:
        assert tried.error.retry_at is not None
        assert tried.error.retry_at.timestamp() == 1_700_000_091
    assert (tried.error.retry_at is None) is isinstance(told, str)


@both
def test_no_wait_is_allowed_by_zero(flavour: type[Caller]) -> None:
    """`max_wait=0` leaves waiting to the caller, and repeats what needs no telling."""
    assert isinstance(Tried(flavour, GET, [limited(1)], max_wait=0).error, RateLimited)
    assert Tried(flavour, GET, [FAILED, json_response(THING)], max_wait=0).error is None


@both
def test_refusals_without_end_are_an_error(flavour: type[Caller]) -> None:
    """Attempts count, whatever they are for."""
    tried = Tried(flavour, GET, [limited(5)] * 9)
    assert isinstance(tried.error, RateLimited)
    assert len(tried.requests) == 4


def test_a_limit_that_one_call_met_holds_back_the_next() -> None:
    """Within what it may wait it waits; else it fails without asking, with the moment to do so."""
    with (
        ScriptedServer(limited(30), json_response(THING)) as server,
        Client(auth=TOKEN, base_url=server.url, retry=None) as client,
    ):
        clock = client.core.state.clock = FakeClock()
        with pytest.raises(RateLimited):
            client.org().call(GET, path={"thing": 7})
        impatient = client.with_options(max_wait=10)
        with pytest.raises(RateLimited) as caught:
            Client.org(impatient).call(CREATE)
        assert caught.value.__notes__ == [
            "Not sent: an earlier request of this client reached the rate limit."
        ]
        assert caught.value.request.operation == CREATE.id
        assert caught.value.retry_at is not None
        assert caught.value.retry_at.timestamp() == clock.started + 30
        assert len(server.requests) == 1
        client.org().call(GET, path={"thing": 7})
        assert clock.waits == [32]
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("body", "kind", "shown"),
    [
        (
            json.dumps({"message": f"slow down {TOKEN}", "more": "x" * 900_000}),
            "json",
            "slow down ***",
        ),
        ("<p>" + "x" * 900_000, "html", "900003 bytes of application/html"),
        (
            json.dumps({"message": "slow", "more": "x" * 2**21}),
            "json",
            "the body is larger than 1 MiB",
        ),
    ],
    ids=["large", "no JSON", "too large"],
)
def test_the_body_of_a_limit_is_not_kept(body: str, kind: str, shown: str) -> None:
    """As long as the limit lasts, only its message is: a server may send any amount of text."""
    headers = {"Content-Type": f"application/{kind}", "Retry-After": "30", "X-Pad": "y" * 20_000}
    with (
        ScriptedServer(ScriptedResponse(status=429, body=body.encode(), headers=headers)) as server,
        Client(auth=TOKEN, base_url=server.url, max_wait=0) as client,
    ):
        client.core.state.clock = FakeClock()
        texts: list[str] = []
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                client.org().call(GET, path={"thing": 7})
            texts.append(str(caught.value))
        assert len(server.requests) == 1
        [hold] = client.core.state.pacer.holds.values()
        assert len(hold.response.body) < 100
        assert TOKEN.encode() not in hold.response.body
        assert hold.response.header("x-pad") is None
    assert texts == [f"429 Too Many Requests: GET /orgs/acme/things/7: {shown}"] * 2


@both
def test_a_plain_403_is_no_limit(flavour: type[Caller]) -> None:
    """It is raised at once."""
    tried = Tried(flavour, GET, [json_response({"message": "Must have admin rights"}, 403)] * 2)
    assert (type(tried.error), len(tried.requests)) == (Forbidden, 1)


# ── What bounds it ───────────────────────────────────────────────────────────────────────────


@both
def test_a_wait_past_the_end_of_the_call_is_not_begun(flavour: type[Caller]) -> None:
    """What can no longer be answered in time fails now, with the error that it was."""
    tried = Tried(flavour, GET, [limited(60)] * 2, timeout=Timeout(total=50))
    assert (tried.waits, type(tried.error)) == ([], RateLimited)
    slow = Retry(base=100, cap=100)
    tried = Tried(flavour, GET, [FAILED] * 2, timeout=Timeout(total=50), retry=slow)
    assert (tried.waits, type(tried.error)) == ([], ServerError)


@both
def test_one_attempt_is_one_attempt(flavour: type[Caller]) -> None:
    """`retry=None` leaves everything to the caller."""
    for answer in (FAILED, LOST, limited(1)):
        assert len(Tried(flavour, GET, [answer] * 2, retry=None).requests) == 1


def test_pauses_are_random_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Full jitter: anything from nothing to the bound, which doubles up to a cap."""
    asked: list[tuple[float, float]] = []

    def uniform(low: float, high: float) -> float:
        asked.append((low, high))
        return low

    monkeypatch.setattr(random, "uniform", uniform)
    for repeats in (0, 1, 5, 6, 5000):
        Retry().pause(repeats)
    assert asked == [(0, 0.5), (0, 1), (0, 16), (0, 20), (0, 20)]


def test_a_client_as_a_whole_repeats_little() -> None:
    """100 repeats on credit; from then on one for every ten calls that go well."""
    budget = RetryBudget()
    assert [budget.spend() for _ in range(102)] == [True] * 100 + [False] * 2
    for _ in range(11):
        budget.earn()
    assert [budget.spend() for _ in range(2)] == [True, False]


@both
def test_an_empty_budget_ends_a_call(flavour: type[Caller]) -> None:
    """The error is the one that it met."""
    with ScriptedServer(default=FAILED) as server:
        caller = flavour(server.url, retry=Retry(attempts=500), timeout=Timeout(total=None))
        caller.clock = FakeClock()
        with pytest.raises(ServerError) as caught:
            caller.call(GET, path={"thing": 7})
    assert caught.value.attempts == 101


@either
@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Retry(attempts=0), InvalidArgument),
        (lambda: Retry(attempts=True), TypeError),
        (lambda: Retry(base=-1), InvalidArgument),
        (lambda: Retry(cap=float("inf")), InvalidArgument),
    ],
)
def test_a_senseless_retry_is_refused(
    kind: AnyClient, make: type[Retry], error: type[Exception]
) -> None:
    """When it is made, not when something fails."""
    with pytest.raises(error, match="retry"):
        kind(auth=TOKEN, retry=make())


@either
@pytest.mark.parametrize("wait", [-1, float("inf"), "1"])
def test_a_senseless_max_wait_is_refused(kind: AnyClient, wait: float) -> None:
    """It is a finite number of seconds."""
    with pytest.raises((InvalidArgument, TypeError), match="max_wait must be"):
        kind(auth=TOKEN, max_wait=wait)


@both
def test_a_page_is_tried_again_like_any_read(flavour: type[Caller]) -> None:
    """A walk goes on where it was, and loses nothing."""
    with ScriptedServer(
        json_response(page([1, 2], 3)),
        FAILED,
        LOST,
        json_response(page([3], 3)),
        default=ScriptedResponse(status=418),
    ) as server:
        caller = flavour(server.url, retry=Retry())
        caller.clock = FakeClock()
        assert caller.ids({"per_page": 2}) == [1, 2, 3]
