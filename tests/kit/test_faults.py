"""Faults and plans at their limits: places of odd values, statuses, delays, and what fits a call."""

from __future__ import annotations

from typing import Any, Final

import httpx2
import pytest

from ghrunners import testing
from ghrunners.testing._kit.response.faults import with_value

GET: Final = "org.runners.get"
LIST: Final = "org.runners.list"
RUNNER = "https://api.github.com/orgs/acme/actions/runners/7"
SIGNED = {"Authorization": "token t"}


@pytest.mark.parametrize(
    ("pointer", "changed"),
    [
        ("", 9),
        ("/new", {"a": [1, {"b~/": 2}], "new": 9}),
        ("/a/0", {"a": [9, {"b~/": 2}]}),
        ("/a/1/b~0~1", {"a": [1, {"b~/": 9}]}),
    ],
)
def test_a_value_is_replaced(pointer: str, changed: object) -> None:
    """At any depth; only the last name may be new."""
    assert with_value({"a": [1, {"b~/": 2}]}, pointer, 9) == changed


@pytest.mark.parametrize("pointer", ["/b/c", "/a/2", "/a/-1", "/a/x", "/a/0/b", "/a/0/0"])
def test_a_place_that_is_not_there(pointer: str) -> None:
    """No object, no item, or neither of both."""
    with pytest.raises(LookupError):
        with_value({"a": [1, 2]}, pointer, 9)


@pytest.mark.parametrize("response", [199, 600, True, testing.Delay(1, 42), testing.Delay(1, {})])
def test_what_cannot_be_sent_is_told_at_once(response: Any) -> None:
    """Also if it would be late."""
    with pytest.raises(ValueError, match=r"status|is not one of"):
        testing.MockServer().respond(GET, response)


@pytest.mark.parametrize("status", [200, 599])
def test_the_first_and_the_last_status(status: int) -> None:
    """They are sent."""
    server = testing.MockServer()
    server.respond(GET, status)
    with httpx2.Client(transport=server.transport, headers=SIGNED) as client:
        assert client.get(RUNNER).status_code == status


def test_a_plan_for_an_argument_is_not_for_calls_without_it() -> None:
    """They get the usual response."""
    server = testing.MockServer()
    server.respond(LIST, [testing.runner(id=1)])
    server.respond(LIST, [], name="none")
    runners = server.client().org("acme").runners
    assert [it.id for it in runners.list()] == [1]
    assert list(runners.list(name="none")) == []


def test_a_list_that_has_no_pages_is_sent_as_a_whole() -> None:
    """And a text is no list."""
    server = testing.MockServer()
    server.respond("org.runners.list_applications", [testing.runner_application()] * 40)
    assert len(list(server.client().org("acme").runners.list_applications())) == 40
    with pytest.raises(ValueError, match="is not one of"):
        server.respond(LIST, "abc")


@pytest.mark.parametrize(
    ("delay", "limit", "passed"), [(5, 5, 5), (6, 5, None), (1e6, None, 1e6), (0, 5, 0)]
)
def test_a_response_is_late(delay: float, limit: float | None, passed: float | None) -> None:
    """A client waits up to its limit, and the clock shows how long it did."""
    server = testing.MockServer()
    server.script(GET, testing.Delay(delay))
    begun = server.clock.now()
    with httpx2.Client(transport=server.transport, headers=SIGNED, timeout=limit) as client:
        if passed is None:
            with pytest.raises(httpx2.ReadTimeout):
                client.get(RUNNER)
        else:
            assert client.get(RUNNER).status_code == 200
    assert server.clock.now() - begun == (limit if passed is None else passed)


def test_a_head_request_gets_no_content() -> None:
    """Its response says how long it would be."""
    with httpx2.Client(transport=testing.MockServer().transport, headers=SIGNED) as client:
        response = client.head(RUNNER)
    assert response.content == b""
    assert int(response.headers["content-length"]) > 0
