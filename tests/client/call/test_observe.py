"""Seeing what happens: log lines, hooks, and the one warning of what is going away."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import warnings
from typing import Any, cast

import pytest

from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    GET,
    THING,
    TICKET,
    TOKEN,
    AnyClient,
    FakeClock,
    either,
    page,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.observe import Attempt, AttemptEnded, Hooks
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import ClientError, ConnectionLost
from ghrunners._runtime.response.warnings import ApiDeprecation
from ghrunners._runtime.response_errors import Gone

SECRET = "AABF3JGZDX3P5PMEXLND6TS6FCWO6"  # noqa: S105 - nobody's
QUICK = Retry(base=0.0)


def lines(caplog: pytest.LogCaptureFixture, level: int = logging.DEBUG) -> list[str]:
    """The lines of our own logger at a level, with their seconds made alike."""
    return [
        re.sub(r"\d+\.\d+ s\b", "N s", record.getMessage())
        for record in caplog.records
        if record.name == "ghrunners" and record.levelno == level
    ]


# ── The log ──────────────────────────────────────────────────────────────────────────────────


@either
def test_each_attempt_is_a_line(kind: AnyClient, caplog: pytest.LogCaptureFixture) -> None:
    """Method, path, status or error, seconds, attempt, request id, what is left of the limit."""
    caplog.set_level(logging.DEBUG, "ghrunners")
    headers = {"X-GitHub-Request-Id": "AB:12", "X-RateLimit-Remaining": "4999"}
    script = (
        ScriptedResponse(raw=b"", end="reset"),
        ScriptedResponse(status=502),
        json_response(THING, headers=headers),
    )
    with ScriptedServer(*script) as server, OpenClient(kind, server.url, retry=QUICK) as held:
        held.do(held.org.call, GET, path={"thing": 7})
    assert lines(caplog) == [
        "GET /orgs/acme/things/7: ConnectionLost in N s (attempt 1, request id None, rate limit remaining None)",
        "GET /orgs/acme/things/7: 502 in N s (attempt 2, request id None, rate limit remaining None)",
        "GET /orgs/acme/things/7: 200 in N s (attempt 3, request id AB:12, rate limit remaining 4999)",
    ]


@either
def test_a_repeat_says_why(kind: AnyClient, caplog: pytest.LogCaptureFixture) -> None:
    """At INFO: nothing is wrong yet."""
    caplog.set_level(logging.INFO, "ghrunners")
    with (
        ScriptedServer(ScriptedResponse(status=502), json_response(THING)) as server,
        OpenClient(kind, server.url, retry=QUICK) as held,
    ):
        held.do(held.org.call, GET, path={"thing": 7})
    assert lines(caplog, logging.INFO) == [
        "GET /orgs/acme/things/7: retry in N s after ServerError"
    ]
    assert lines(caplog) == []


@either
def test_a_wait_for_a_limit_is_a_warning(kind: AnyClient, caplog: pytest.LogCaptureFixture) -> None:
    """Of the call that was rejected, and of the next one that it holds back."""
    caplog.set_level(logging.INFO, "ghrunners")
    limited = json_response({"message": "secondary rate limit"}, 403, {"Retry-After": "30"})
    with (
        ScriptedServer(limited, json_response(THING)) as server,
        OpenClient(kind, server.url, retry=QUICK) as held,
    ):
        held.client._core.state.clock = FakeClock()
        held.do(held.org.call, GET, path={"thing": 7})
    assert lines(caplog, logging.WARNING) == [
        "GET /orgs/acme/things/7: waiting N s: the secondary rate limit was reached"
    ]
    assert lines(caplog, logging.INFO) == []


@either
def test_a_wait_for_the_pace_is_a_line(kind: AnyClient, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG: it is what the caller asked for."""
    caplog.set_level(logging.DEBUG, "ghrunners")
    with (
        ScriptedServer(default=json_response(TICKET, 201)) as server,
        OpenClient(kind, server.url, pacing="strict") as held,
    ):
        held.client._core.state.clock = FakeClock()
        held.do(held.org.call, CREATE)
        held.do(held.org.call, CREATE)
    assert "POST /orgs/acme/tickets: waiting N s for throttling" in lines(caplog)


@either
def test_the_log_shows_what_is_listed_and_nothing_else(
    kind: AnyClient, caplog: pytest.LogCaptureFixture
) -> None:
    """No query, no other header, no body; what a server planted elsewhere is masked."""
    caplog.set_level(logging.DEBUG, "ghrunners")
    planted = {
        "X-GitHub-Request-Id": f"id-{TOKEN}",
        "X-RateLimit-Remaining": TOKEN,
        "Set-Cookie": SECRET,
        "Location": f"/{TOKEN}/x?y={SECRET}",
    }
    odd = json_response({"message": SECRET}, 502, planted)
    moved = ScriptedResponse(status=307, headers=planted)
    listed = json_response(page([1], 1), headers=planted)
    with (
        ScriptedServer(moved, odd, listed, json_response({"name": SECRET}, 200, planted)) as server,
        OpenClient(kind, server.url, retry=QUICK) as held,
    ):
        held.raw(held.org.list, name=SECRET)
        with pytest.raises(ClientError):
            held.do(held.org.call, CREATE, body={"name": SECRET})
    shown = "\n".join(one for level in (10, 20, 30, 40) for one in lines(caplog, level))
    assert "id-***" in shown
    assert "/***/x" in shown
    assert TOKEN not in shown
    assert SECRET not in shown
    assert "?" not in shown


# ── Hooks ────────────────────────────────────────────────────────────────────────────────────


@either
def test_hooks_are_called_before_and_after_each_attempt(kind: AnyClient) -> None:
    """In that order, with what became of it: a status, or the error that no response came."""
    seen: list[Attempt | AttemptEnded] = []
    hooks = Hooks(before=seen.append, after=seen.append)
    script = (
        ScriptedResponse(raw=b"", end="reset"),
        json_response(THING, headers={"X-GitHub-Request-Id": "AB:12"}),
    )
    with (
        ScriptedServer(*script) as server,
        OpenClient(kind, server.url, retry=QUICK, hooks=hooks) as held,
    ):
        held.do(held.org.call, GET, path={"thing": 7})
    assert [type(one) for one in seen] == [Attempt, AttemptEnded, Attempt, AttemptEnded]
    assert [one.number for one in seen] == [1, 1, 2, 2]
    assert {one.request.operation for one in seen} == {"things/get"}
    lost, answered = (one for one in seen if isinstance(one, AttemptEnded))
    assert isinstance(lost.error, ConnectionLost)
    assert (lost.status, lost.request_id) == (None, None)
    assert (answered.status, answered.error, answered.request_id) == (200, None, "AB:12")
    assert answered.seconds >= 0
    assert not answered.cached


@either
def test_hooks_can_be_changed_for_a_part_of_the_calls(kind: AnyClient) -> None:
    """By `with_options`."""
    seen: list[AttemptEnded] = []
    with (
        ScriptedServer(default=json_response(THING)) as server,
        OpenClient(kind, server.url) as held,
    ):
        watched = held.client.with_options(hooks=Hooks(after=seen.append))
        held.do(held.org.call, GET, path={"thing": 7})
        held.do(watched.org().call, GET, path={"thing": 8})
    assert [one.request.path for one in seen] == ["/orgs/acme/things/8"]


@either
def test_what_a_hook_raises_is_logged_and_changes_nothing(
    kind: AnyClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The call goes on; the log has the hook's traceback, and no secret."""

    def broken(event: Attempt | AttemptEnded) -> None:
        raise RuntimeError(f"broken at {event.request}")

    with (
        ScriptedServer(json_response(TICKET, 201)) as server,
        OpenClient(kind, server.url, hooks=Hooks(before=broken, after=broken)) as held,
    ):
        ticket = held.do(held.org.call, CREATE, body={"name": SECRET})
    assert ticket.token == TICKET["token"]
    assert lines(caplog, logging.ERROR) == ["a hook of the client failed"] * 2
    assert "RuntimeError: broken at POST /orgs/acme/tickets" in caplog.text
    for record in caplog.records:
        assert record.exc_info is not None
        traceback = record.exc_info[2]
        while traceback is not None:
            shown = repr(traceback.tb_frame.f_locals)
            assert TOKEN not in shown
            assert SECRET not in shown
            traceback = traceback.tb_next


def test_what_cannot_be_a_hook_is_refused() -> None:
    """A coroutine function would never be awaited."""

    async def later(event: Attempt) -> None:
        del event

    with pytest.raises(TypeError, match="the hook before must not be async"):
        Hooks(before=later)
    with pytest.raises(TypeError, match="the hook after must be callable, not str"):
        Hooks(after=cast("Any", "print"))


# ── What is going away ───────────────────────────────────────────────────────────────────────

ENDING = {
    "Deprecation": "@1836259200",
    "Sunset": "Fri, 10 Mar 2028 00:00:00 GMT",
    "Link": '<https://docs.github.com/rest/about>; rel="deprecation"; type="text/html"',
}


@either
def test_an_operation_that_ends_is_warned_of_once(kind: AnyClient) -> None:
    """With its name, API version, dates and GitHub's page; at the line of the caller."""
    with (
        ScriptedServer(default=json_response(THING, headers=ENDING)) as server,
        OpenClient(kind, server.url) as held,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        for _ in range(3):
            held.do(held.org.call, GET, path={"thing": 7})
    (warning,) = caught
    assert warning.category is ApiDeprecation
    assert str(warning.message) == (
        "things/get is deprecated in API version 2026-03-10 since 2028-03-10 and ends on "
        "2028-03-10: see https://docs.github.com/rest/about"
    )
    assert warning.filename.endswith("runtime_api.py")  # whose resource calls the package's


@either
def test_each_operation_and_each_client_warns_for_itself(kind: AnyClient) -> None:
    """Copies made by `with_options` are the same client."""
    thing = json_response(THING, headers=ENDING)
    with (
        ScriptedServer(thing, json_response(TICKET, 201, ENDING), thing, thing) as server,
        OpenClient(kind, server.url) as held,
        OpenClient(kind, server.url, api_version="2022-11-28") as other,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        held.do(held.org.call, GET, path={"thing": 7})
        held.do(held.org.call, CREATE)
        held.do(held.client.with_options(max_wait=1).org().call, GET, path={"thing": 7})
        other.do(other.org.call, GET, path={"thing": 7})
    assert [str(one.message).partition(" since")[0] for one in caught] == [
        "things/get is deprecated in API version 2026-03-10",
        "things/create-ticket is deprecated in API version 2026-03-10",
        "things/get is deprecated in API version 2022-11-28",
    ]


@either
@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"Deprecation": "true"}, ""),
        ({"Deprecation": "Mon, 01 Jan 2029 00:00:00 GMT"}, " since 2029-01-01"),
        ({"Sunset": "Fri, 10 Mar 2028 00:00:00 GMT"}, " and ends on 2028-03-10"),
        ({"Sunset": f"soon {TOKEN}"}, " and ends on soon ***"),
        ({"Deprecation": "@" + "9" * 15}, f" since @{'9' * 15}"),
        ({"Sunset": "x" * 900}, f" and ends on {'x' * 50}…"),
        ({"Deprecation": "true", "Link": "<https://evil.example/>; rel=sunset"}, ""),
        ({"Deprecation": "true", "Link": "<https://github.com.evil.example/>; rel=sunset"}, ""),
        ({"Deprecation": "true", "Link": "<https://github.com/x>; rel=next"}, ""),
        (
            {"Deprecation": "true", "Link": f"<https://github.com/{TOKEN}>; rel=sunset"},
            ": see https://github.com/***",
        ),
    ],
    ids=range(10),
)
def test_only_what_is_safe_is_shown_of_it(
    kind: AnyClient, headers: dict[str, str], text: str
) -> None:
    """Dates as dates, anything else redacted and short; a page only when it is GitHub's."""
    with (
        ScriptedServer(json_response(THING, headers=headers)) as server,
        OpenClient(kind, server.url) as held,
        pytest.warns(ApiDeprecation) as caught,
    ):
        held.do(held.org.call, GET, path={"thing": 7})
    said = "things/get is deprecated in API version 2026-03-10"
    assert [str(one.message) for one in caught] == [said + text]


@either
def test_the_warning_can_be_an_error_or_silent(kind: AnyClient) -> None:
    """It is Python's filters that decide."""
    with (
        ScriptedServer(default=json_response(THING, headers=ENDING)) as server,
        OpenClient(kind, server.url) as held,
    ):
        with pytest.raises(ApiDeprecation):  # the filter of the tests
            held.do(held.org.call, GET, path={"thing": 7})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ApiDeprecation)
            assert held.do(held.org.call, GET, path={"thing": 7}).id == 7


def test_an_operator_sees_the_warning() -> None:
    """By the filters that Python starts with: in a library, a DeprecationWarning is not shown."""
    library = "import warnings, ghrunners\nwarnings.warn(ghrunners.ApiDeprecation('it ends'))"
    code = f"exec(compile({library!r}, 'library', 'exec'), {{'__name__': 'library'}})"
    command = [sys.executable, "-c", code]
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=plain)
    assert "ApiDeprecation: it ends" in done.stderr


@either
def test_an_error_may_tell_of_the_end_too(kind: AnyClient) -> None:
    """The response of a version that is retired is a 410."""
    gone = json_response({"message": "Gone"}, 410, ENDING)
    with (
        ScriptedServer(gone) as server,
        OpenClient(kind, server.url) as held,
        pytest.warns(ApiDeprecation),
        pytest.raises(Gone),
    ):
        held.do(held.org.call, GET, path={"thing": 7})
