"""The pace of a client: told the time, it says how long to wait."""

from __future__ import annotations

import pytest

from client.runtime_api import TOKEN, AnyClient, Client, either
from ghrunners._runtime.call.pacing import Pacer
from ghrunners._runtime.client.github.pacing import Pacing, ThrottlingPacer
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.response.rate_limit import Refusal
from ghrunners._runtime.response.response import Response

REFUSED = Response(403, [], b"")


def refused(pacer: Pacer, now: float, refusal: Refusal, operation: str = "x") -> float:
    return pacer.refused(now, refusal, REFUSED, "", operation)


@pytest.mark.parametrize(("pacing", "engaged"), [("auto", False), ("strict", True), ("off", False)])
def test_only_strict_keeps_the_pace_from_the_start(pacing: Pacing, engaged: bool) -> None:
    """What a server has not asked for slows nobody down."""
    assert ThrottlingPacer(pacing).is_active(0) is engaged


@pytest.mark.parametrize(("pacing", "engaged"), [("auto", True), ("strict", True), ("off", False)])
def test_a_secondary_limit_engages(pacing: Pacing, engaged: bool) -> None:
    """From then on, unless it is off."""
    pacer = ThrottlingPacer(pacing)
    refused(pacer, 0, Refusal("secondary", 5, ""))
    assert pacer.is_active(0) is engaged
    pacer.accepted(Response(200, [], b""))
    assert pacer.is_active(0) is engaged


def test_a_primary_limit_does_not_engage() -> None:
    """It asks to wait, not to be slower."""
    pacer = ThrottlingPacer()
    refused(pacer, 0, Refusal("primary", 5, "core"))
    assert not pacer.is_active(0)


def test_other_apis_are_never_throttled() -> None:
    """Only a limit that their server has reported holds a request back."""
    pacer = Pacer()
    refused(pacer, 0, Refusal("secondary", 5, ""))
    for _ in range(1000):
        assert pacer.spend(0, write=True) == 0
        pacer.write_ended(0)
    assert not pacer.is_active(0)
    assert pacer.hold_for(1, "", "y") is not None


def test_writes_are_a_second_apart() -> None:
    """From the end of one to the start of the next; reads need not wait for that."""
    pacer = ThrottlingPacer("strict")
    assert pacer.spend(10.0, write=True) == 0
    pacer.write_ended(12.0)
    assert pacer.spend(12.25, write=False) == 0
    assert pacer.spend(12.25, write=True) == 0.75
    assert pacer.spend(13.0, write=True) == 0


def test_points_of_a_minute_are_counted() -> None:
    """900 in any minute: a read is one, a write is five."""
    pacer = ThrottlingPacer("strict")
    for number in range(899):
        assert pacer.spend(number / 100, write=False) == 0
    # 899 are spent: one read more, or a write as soon as four of them are a minute old.
    assert pacer.spend(10.0, write=True) == pytest.approx(50.03)
    assert pacer.spend(10.0, write=False) == 0
    assert pacer.spend(10.0, write=False) == pytest.approx(50.0)
    assert pacer.spend(60.0, write=False) == 0
    assert pacer.spend(60.0, write=False) == pytest.approx(0.01)


def test_a_wait_that_is_not_told_grows() -> None:
    """A minute, then twice as long each time, up to half an hour, until a request goes well."""
    pacer = ThrottlingPacer()
    untold = Refusal("secondary", None, "")
    assert [refused(pacer, 0, untold) for _ in range(7)] == [60, 120, 240, 480, 960, 1800, 1800]
    pacer.accepted(Response(200, [], b""))
    assert refused(pacer, 0, untold) == 60
    assert refused(pacer, 0, Refusal("secondary", 3, "")) == 3


def test_a_limit_holds_back_every_call_until_its_end() -> None:
    """One call was rejected, and none of the others asks before the time."""
    pacer = ThrottlingPacer()
    refused(pacer, 100.0, Refusal("secondary", 30, ""), "x")
    for operation in ("x", "y"):
        held = pacer.hold_for(110.0, "", operation)
        assert held is not None
        assert held.until == 130.0
    assert pacer.hold_for(130.0, "", "y") is None
    assert not pacer.holds


def test_the_longest_wait_counts() -> None:
    """A second refusal with a shorter one does not shorten the first."""
    pacer = ThrottlingPacer()
    refused(pacer, 100.0, Refusal("secondary", 30, ""))
    refused(pacer, 100.0, Refusal("secondary", 3, ""))
    held = pacer.hold_for(101.0, "", "x")
    assert held is not None
    assert held.until == 130.0


def test_a_budget_of_few_operations_holds_back_those_only() -> None:
    """Registrations have a primary limit of their own; its end is not waited for by lists."""
    pacer = ThrottlingPacer()
    refused(pacer, 0, Refusal("primary", 30, "actions_runner_registration"), "register")
    assert pacer.hold_for(1, "", "register") is not None
    assert pacer.hold_for(1, "", "list") is None
    refused(pacer, 0, Refusal("primary", 30, "core"), "get")
    assert pacer.hold_for(1, "", "list") is not None


def test_accounts_have_limits_of_their_own() -> None:
    """Two installations of an App do not wait for each other."""
    pacer = ThrottlingPacer()
    pacer.refused(0, Refusal("primary", 30, "core"), REFUSED, "/orgs/a", "x")
    assert pacer.hold_for(1, "/orgs/a", "x") is not None
    assert pacer.hold_for(1, "/orgs/b", "x") is None


@pytest.mark.parametrize("pacer", [ThrottlingPacer("off"), Pacer(shared=False)])
def test_off_holds_nothing_back(pacer: Pacer) -> None:
    """Who turns it off answers for it."""
    assert refused(pacer, 0, Refusal("secondary", 30, "")) == 30
    assert pacer.hold_for(1, "", "x") is None


def test_no_budget_is_known_before_a_reply() -> None:
    """And none where the product has no limits."""
    assert ThrottlingPacer().rate_limit is None


def test_what_is_kept_of_a_reply_is_its_head() -> None:
    """A page of 100 KB is not kept for four numbers."""
    told = [
        (b"X-RateLimit-Limit", b"5000"),
        (b"X-RateLimit-Remaining", b"4"),
        (b"X-RateLimit-Used", b"4996"),
        (b"X-RateLimit-Reset", b"1700000000"),
    ]
    pacer = ThrottlingPacer()
    pacer.accepted(Response(200, told, b"x" * 100))
    pacer.accepted(Response(200, [], b"x" * 100))
    assert pacer.rate_limit is not None
    assert pacer.rate_limit.remaining == 4


@either
@pytest.mark.parametrize("pacing", ["", "on", None, 1])
def test_an_unknown_pacing_is_refused(kind: AnyClient, pacing: object) -> None:
    """A misspelt word would be the wrong pace."""
    with pytest.raises(InvalidArgument, match="use auto, strict or off"):
        kind(auth=TOKEN, pacing=pacing)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


def test_strict_pacing_has_no_end() -> None:
    """It lasts as long as the client."""
    with Client(auth=TOKEN, pacing="strict") as client:
        assert client.throttled_until is None
        assert client.core.state.pacer.is_active(1e300)
