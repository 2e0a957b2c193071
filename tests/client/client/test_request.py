"""Calls of endpoints outside the API description: `client.request`, in both flavours."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any, Optional, cast

import msgspec
import pytest

from client.auth.github_app_server import GitHubAppServer, app, bearer
from client.open_clients import OpenClient
from client.runtime_api import (
    GET,
    THING,
    TOKEN,
    AnyClient,
    AsyncClient,
    Client,
    FakeClock,
    Thing,
    clear_environment,
    either,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.observe import AttemptEnded, Hooks
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import ClientClosed, InvalidArgument, OutcomeUnknown
from ghrunners._runtime.response_errors import (
    NotFound,
    RateLimited,
    RedirectRefused,
    ServerError,
    UnexpectedResponse,
)


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> AnyClient:
    """Run a test once for each flavour."""
    found: AnyClient = request.param
    return found


def slept(held: OpenClient) -> list[float]:
    """Let a client sleep on a clock of the test, and return the waits that it makes."""
    clock = FakeClock()
    held.client.core.state.clock = clock
    return clock.waits


def test_an_endpoint_that_is_not_described_is_called(kind: AnyClient) -> None:
    """With the token and the headers of every call; the result is what the JSON is."""
    with (
        ScriptedServer(json_response({"names": ["a"]})) as server,
        OpenClient(kind, server.url) as held,
    ):
        found = held.do(
            held.client.request,
            "GET",
            "/orgs/{org}/teams",
            path_parameters={"org": "acme"},
            query={"page": 2},
        )
    assert found == {"names": ["a"]}
    assert server.only.method == "GET"
    assert server.only.target == "/orgs/acme/teams?page=2"
    assert bearer(server.only) == TOKEN
    assert server.only.header("x-github-api-version") == "2026-03-10"
    assert server.only.header("accept") == "application/vnd.github+json"
    assert server.only.header("content-type") is None


# Its class is another one than that of `Thing | None`.
OPTIONAL_THING: Any = Optional[Thing]  # noqa: UP045 - see above


@pytest.mark.parametrize(
    ("answer", "options", "expected"),
    [
        (json_response(THING), {"returns": Thing}, Thing(id=7, name="seven")),
        (json_response([THING]), {"returns": list[Thing]}, [Thing(id=7, name="seven")]),
        (json_response({"a": 1}), {"returns": dict[str, int]}, {"a": 1}),
        (ScriptedResponse(body=b"\x00raw"), {"returns": bytes}, b"\x00raw"),
        (ScriptedResponse(status=204), {"returns": None}, None),
        (ScriptedResponse(status=204), {}, None),
        (ScriptedResponse(status=204), {"returns": Thing | None}, None),
        (ScriptedResponse(status=205), {"returns": OPTIONAL_THING}, None),
        (json_response(THING), {"returns": Thing | None}, Thing(id=7, name="seven")),
        (json_response(THING), {"returns": OPTIONAL_THING}, Thing(id=7, name="seven")),
        (json_response(None), {"returns": Thing | None}, None),
        (ScriptedResponse(status=204), {"returns": bytes | None}, None),
        (ScriptedResponse(body=b"raw"), {"returns": bytes | None}, b"raw"),
        (json_response([1]), {}, [1]),
        (json_response(None), {}, None),
        (json_response({}, 202), {}, {}),
    ],
)
def test_a_result_has_the_type_that_was_asked_for(
    kind: AnyClient, answer: ScriptedResponse, options: dict[str, Any], expected: object
) -> None:
    """Whatever msgspec can decode, bytes as they are, or nothing."""
    with ScriptedServer(answer) as server, OpenClient(kind, server.url) as held:
        assert held.do(held.client.request, "GET", "/x", **options) == expected


@pytest.mark.parametrize(
    ("answer", "options"),
    [
        (json_response({"id": "x"}), {"returns": Thing}),
        (ScriptedResponse(status=204), {"returns": Thing}),
        (ScriptedResponse(status=204), {"returns": Thing | list[Thing]}),
        (json_response({"id": "x"}), {"returns": Thing | None}),
        (json_response(THING, 206), {"returns": Thing | None}),
        (ScriptedResponse(body=b"text", headers={"Content-Type": "text/html"}), {}),
        (ScriptedResponse(body=b"text", headers={"Content-Type": "text/html"}), {"returns": None}),
        (ScriptedResponse(status=304), {"returns": None}),
        (ScriptedResponse(status=304), {}),
        (json_response({}, 206), {}),
    ],
)
def test_a_response_of_another_kind_is_an_error(
    kind: AnyClient, answer: ScriptedResponse, options: dict[str, Any]
) -> None:
    """A web page never becomes a result."""
    with (
        ScriptedServer(answer) as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(UnexpectedResponse),
    ):
        held.do(held.client.request, "GET", "/x", **options)


def test_head_has_no_content(kind: AnyClient) -> None:
    """The status is all there is."""
    answer = ScriptedResponse(
        raw=b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n"
    )
    with ScriptedServer(answer) as server, OpenClient(kind, server.url) as held:
        assert held.do(held.client.request, "HEAD", "/x") is None
    assert server.only.method == "HEAD"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_what_is_safe_to_repeat_is_repeated(kind: AnyClient, method: str) -> None:
    """By its method: after a server's error, and after a lost connection."""
    script = (
        ScriptedResponse(status=502),
        ScriptedResponse(raw=b"", end="reset"),
        json_response(THING),
    )
    with ScriptedServer(*script) as server, OpenClient(kind, server.url, retry=Retry()) as held:
        waits = slept(held)
        assert held.do(held.client.request, method, "/x", returns=Thing).id == 7
    assert (len(server.requests), len(waits)) == (3, 2)


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize(
    "answer",
    [
        ScriptedResponse(status=502),
        ScriptedResponse(raw=b"", end="reset"),
        json_response({"id": "x"}),
    ],
)
def test_what_is_not_safe_to_repeat_is_not_repeated(
    kind: AnyClient, method: str, answer: ScriptedResponse
) -> None:
    """Its outcome is unknown."""
    with (
        ScriptedServer(answer) as server,
        OpenClient(kind, server.url, retry=Retry()) as held,
        pytest.raises(OutcomeUnknown),
    ):
        held.do(held.client.request, method, "/x", json={"a": 1}, returns=Thing)
    assert server.only.json == {"a": 1}


def test_the_caller_may_know_that_it_is_safe(kind: AnyClient) -> None:
    """Or that it is not."""
    with (
        ScriptedServer(ScriptedResponse(status=502), json_response(THING)) as server,
        OpenClient(kind, server.url, retry=Retry()) as held,
    ):
        slept(held)
        held.do(held.client.request, "POST", "/x", json=[], retry_safety="safe")
    assert [request.body for request in server.requests] == [b"[]", b"[]"]
    with (
        ScriptedServer(ScriptedResponse(status=502)) as server,
        OpenClient(kind, server.url, retry=Retry()) as held,
        pytest.raises(OutcomeUnknown),
    ):
        held.do(held.client.request, "PUT", "/x", retry_safety="unsafe")


def test_its_errors_are_those_of_every_call(kind: AnyClient) -> None:
    """By status, with GitHub's message, and the request by its path."""
    with (
        ScriptedServer(json_response({"message": "Not Found"}, 404)) as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(NotFound, match="GET /orgs/acme/x: Not Found") as caught,
    ):
        held.do(held.client.request, "GET", "/orgs/{org}/x", path_parameters={"org": "acme"})
    request = caught.value.request
    assert (request.operation, request.template) == ("GET /orgs/{org}/x", "/orgs/{org}/x")


def test_its_rate_limit_is_that_of_every_call(kind: AnyClient) -> None:
    """A described call keeps a limit that it met, and the other way round."""
    limited = json_response({"message": "API rate limit exceeded"}, 403, {"Retry-After": "600"})
    with ScriptedServer(limited) as server, OpenClient(kind, server.url) as held:
        with pytest.raises(RateLimited):
            held.do(held.client.request, "GET", "/x")
        with pytest.raises(RateLimited):
            held.do(held.client.request, "POST", "/y")
        with pytest.raises(RateLimited):
            held.do(held.org.call, GET, path={"thing": 7})
    assert len(server.requests) == 1


def test_its_redirects_stay_on_the_origin(kind: AnyClient) -> None:
    """They are followed there, and nowhere else."""
    there = ScriptedResponse(status=302, headers={"Location": "/y"})
    away = ScriptedResponse(status=302, headers={"Location": "https://evil.example/y"})
    with (
        ScriptedServer(there, json_response(1), away) as server,
        OpenClient(kind, server.url) as held,
    ):
        assert held.do(held.client.request, "GET", "/x") == 1
        with pytest.raises(RedirectRefused):
            held.do(held.client.request, "GET", "/x")
    assert server.targets == ["/x", "/y", "/x"]


def test_its_time_hooks_and_log_are_those_of_every_call(
    kind: AnyClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The deadline is that of a call; hooks and log show no query."""
    caplog.set_level(logging.DEBUG, "ghrunners")
    seen: list[AttemptEnded] = []
    late = ScriptedResponse(status=503, headers={"Retry-After": "5"})
    with (
        ScriptedServer(late, json_response(1)) as server,
        OpenClient(
            kind, server.url, retry=Retry(), timeout=3, hooks=Hooks(after=seen.append)
        ) as held,
    ):
        slept(held)
        with pytest.raises(ServerError):
            held.do(held.client.request, "GET", "/x", query={"q": "hidden-value"})
    assert [(one.request.path, one.status) for one in seen] == [("/x", 503)]
    assert "GET /x: 503" in caplog.text
    assert "hidden-value" not in caplog.text


async def closed(client: Any) -> object:
    """Make a call with a client whose loop has ended."""
    result: object = client.request("GET", "/x")
    return await cast("Coroutine[Any, Any, object]", result)


def test_nothing_is_sent_for_a_bad_argument(kind: AnyClient) -> None:
    """Nor by a client that is closed."""
    with ScriptedServer() as server:
        with OpenClient(kind, server.url) as held:
            for path in ("https://evil.example/x", "//evil.example", "/../x", "/x?token=1"):
                with pytest.raises(InvalidArgument):
                    held.do(held.client.request, "GET", path)
            with pytest.raises(TypeError, match="returns"):
                held.do(held.client.request, "GET", "/x", returns=object())
        with pytest.raises(ClientClosed):
            asyncio.run(closed(held.client))
    assert server.requests == []


def test_its_raw_response_and_its_etag_can_be_had(kind: AnyClient) -> None:
    """As those of a method of a resource."""
    first = json_response(THING, headers={"ETag": '"one"', "Link": '</x?page=2>; rel="next"'})
    with (
        ScriptedServer(first, ScriptedResponse(status=304)) as server,
        OpenClient(kind, server.url) as held,
    ):
        raw = held.raw(held.client.request, "GET", "/x", returns=Thing)
        assert (raw.status, raw.value, raw.etag) == (200, Thing(id=7, name="seven"), '"one"')
        assert raw.headers["link"] == '</x?page=2>; rel="next"'
        assert held.unless(raw.etag, held.client.request, "GET", "/x", returns=Thing) is None
        with pytest.raises(TypeError, match="call must be a method of a resource"):
            held.raw(held.client.supports, "org.runners.list")
    assert server.requests[1].header("if-none-match") == '"one"'


def test_other_options_hold_for_it(kind: AnyClient) -> None:
    """Those of the client that it is called on."""
    with (
        ScriptedServer(ScriptedResponse(status=502)) as server,
        OpenClient(kind, server.url, retry=Retry()) as held,
    ):
        once = held.client.with_options(retry=None)
        with pytest.raises(ServerError):
            held.do(once.request, "GET", "/x")
    assert len(server.requests) == 1


@either
def test_an_app_signs_it_in(kind: AnyClient) -> None:
    """Below an organization or repository; with an installation that is given, anywhere else."""
    github = GitHubAppServer(FakeClock())
    with ScriptedServer(default=github) as server:
        for given in (None, 7):
            auth: Any = app(given)
            with OpenClient(kind, server.url, auth=auth) as held:
                held.client.core.state.clock = github.clock
                held.do(held.client.request, "GET", "/orgs/acme/x")
                if given is None:
                    with pytest.raises(InvalidArgument, match="GitHub App"):
                        held.do(held.client.request, "GET", "/installation/repositories")
                else:
                    held.do(held.client.request, "GET", "/installation/repositories")
                with pytest.raises(InvalidArgument, match="GitHub App"):
                    held.do(held.client.request, "GET", "/enterprises/acme/x")
    assert github.log == [
        "GET /orgs/acme/installation",
        "POST /app/installations/7/access_tokens",
        "GET /orgs/acme/x",
        "POST /app/installations/7/access_tokens",
        "GET /orgs/acme/x",
        "GET /installation/repositories",
    ]


def test_its_response_is_not_cached(kind: AnyClient) -> None:
    """It may hold a secret, which only a description can tell."""
    fresh = json_response({"token": "x"}, headers={"ETag": '"one"'})
    with ScriptedServer(default=fresh) as server, OpenClient(kind, server.url, cache=True) as held:
        for _ in range(2):
            held.do(held.client.request, "GET", "/x", returns=dict[str, str])
    assert [one.header("if-none-match") for one in server.requests] == [None, None]


class Team(msgspec.Struct):
    slug: str


def test_its_types_are_known() -> None:
    """To type checkers: these lines hold only if `request` returns what it was asked for."""
    with (
        ScriptedServer(
            json_response({"slug": "a"}),
            json_response([{"slug": "b"}]),
            ScriptedResponse(status=204),
            json_response({"slug": "c"}),
        ) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        team: Team = client.request("GET", "/teams/a", returns=Team)
        teams: list[Team] = client.request("GET", "/teams", returns=list[Team])
        client.request("DELETE", "/teams/a", returns=None)
        found = client.request("GET", "/teams/a", returns=Team | None)
        assert isinstance(found, Team)
        assert found.slug == "c"
    assert (team.slug, [one.slug for one in teams]) == ("a", ["b"])
