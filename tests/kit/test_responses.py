"""Responses, scripts and faults that a test gives a mock server, and what is none of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl

import anyio
import httpx2
import pytest

import ghrunners
from ghrunners import testing

GET: Final = "org.runners.get"
LIST: Final = "org.runners.list"
DELETE: Final = "org.runners.delete"
JIT: Final = "org.runners.generate_jit_config"
RUNNER = {"id": 1, "name": "a", "os": "linux", "status": "online", "busy": False}


@pytest.fixture
def server() -> testing.MockServer:
    return testing.MockServer()


@pytest.fixture(params=["sync", "async"])
def runners(request: pytest.FixtureRequest, server: testing.MockServer) -> Any:
    """The runners of an organization, whose methods are called in either flavour."""
    if request.param == "sync":
        return server.client().org("acme").runners
    return _Sync(server)


class _Sync:
    """Methods of an async resource, each called with a client and in a loop of its own."""

    def __init__(self, server: testing.MockServer) -> None:
        self._server = server

    def __getattr__(self, name: str) -> Any:
        def call(*path: Any, **arguments: Any) -> Any:
            async def main() -> Any:
                runners = self._server.async_client().org("acme").runners
                found = getattr(runners, name)(*path, **arguments)
                if hasattr(found, "__aiter__"):
                    return [item async for item in found]
                return await found

            return asyncio.run(main())

        return call


def test_a_response_stays_and_the_latest_that_fits_is_sent(
    server: testing.MockServer, runners: Any
) -> None:
    """By the values of arguments, those of the scope included."""
    server.respond(GET, testing.runner(name="any"))
    server.respond(GET, testing.runner(name="seven"), runner_id=7)
    server.respond(GET, 404, runner_id=8, org="acme")
    server.respond(GET, 500, org="other")
    assert [runners.get(number).name for number in (1, 7, 7, 1)] == ["any", "seven", "seven", "any"]
    with pytest.raises(ghrunners.NotFound):
        runners.get(8)
    server.check()


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_a_list_is_served_page_by_page(
    server: testing.MockServer, runners: Any, count: int
) -> None:
    """With its total and links, as many requests as there are pages, and no item lost."""
    server.respond(LIST, [testing.runner(id=number) for number in range(count)])
    assert [runner.id for runner in runners.list()] == list(range(count))
    assert len(server.calls) == max(1, -(-count // 100))
    assert {call.arguments["per_page"] for call in server.calls} == {100}


def test_a_script_is_for_the_next_attempts(server: testing.MockServer, runners: Any) -> None:
    """One each; then come the usual responses. The waits between them take no time."""
    server.respond(GET, testing.runner(name="usual"))
    server.script(GET, 503, testing.Reset(), testing.Delay(3), testing.runner(name="last"))
    assert [runners.get(7).name for _ in range(3)] == ["usual", "last", "usual"]
    assert [call.status for call in server.calls] == [503, None, 200, 200, 200]
    assert len(server.clock.sleeps) == 2
    assert server.unused() == []


def test_a_script_for_other_calls_is_not_used(server: testing.MockServer, runners: Any) -> None:
    """What no call has used is named, and `check` fails."""
    server.script(GET, 500, 500, runner_id=8)
    server.script(DELETE, 500)
    runners.get(7)
    assert server.unused() == [
        "2 of the script of org.runners.get with {'runner_id': 8}",
        "1 of the script of org.runners.delete",
    ]
    with pytest.raises(AssertionError, match="not used: 2 of the script"):
        server.check()


def _by_runner(call: testing.Call) -> int:
    return 404 if call.arguments["runner_id"] == 7 else 500


FAULTS: dict[str, tuple[Any, type[ghrunners.ClientError]]] = {
    "reset": (testing.Reset(), ghrunners.ConnectionLost),
    "no connection": (testing.ConnectFault(), ghrunners.ConnectFailed),
    "truncated": (testing.Truncated(), ghrunners.ConnectionLost),
    "late": (testing.Delay(1000), ghrunners.TimedOut),
    "late error": (testing.Delay(1, 404), ghrunners.NotFound),
    "503": (503, ghrunners.ServerError),
    "429": (testing.Response(429, headers={"retry-after": "1"}), ghrunners.RateLimited),
    "no JSON": (testing.Response(200, content=b"<html>"), ghrunners.UnexpectedResponse),
    "an error": (testing.error(ghrunners.Forbidden), ghrunners.Forbidden),
    "a lost connection": (testing.error(ghrunners.ConnectionLost), ghrunners.ConnectionLost),
    "a function": (_by_runner, ghrunners.NotFound),
}


@pytest.mark.parametrize("name", FAULTS)
@pytest.mark.parametrize("flavour", ["client", "async_client"])
def test_a_fault_is_what_the_client_raises(
    server: testing.MockServer, name: str, flavour: str
) -> None:
    """Every kind of fault, in either flavour, without a retry."""
    fault, error = FAULTS[name]
    server.script(GET, fault)
    runners = getattr(server, flavour)(retry=None, max_wait=0).org("acme").runners

    async def get() -> None:
        await runners.get(7)

    with pytest.raises(error) as caught:
        runners.get(7) if flavour == "client" else asyncio.run(get())
    assert type(caught.value) is error
    server.check()


def test_an_unsafe_write_without_a_response_is_unknown(
    server: testing.MockServer, runners: Any
) -> None:
    """It is received once, and the client says that it may have been carried out."""
    server.script(JIT, testing.Reset())
    with pytest.raises(ghrunners.OutcomeUnknown):
        runners.generate_jit_config(name="a", runner_group_id=1, labels=["gpu"])
    assert len(server.calls) == 1


def test_a_failed_response_of_what_was_carried_out(server: testing.MockServer) -> None:
    """The response below it is made and not sent. Any other error does nothing."""
    made: list[str] = []

    def got(call: testing.Call) -> Any:
        made.append(call.operation)
        return testing.runner(name="r")

    server.respond(GET, got)
    failed = testing.Response(502, carried_out=True)
    server.script(GET, testing.Response(502), testing.Delay(1, failed), failed)
    assert made == [], "a script is checked without carrying anything out"
    runners = server.client(retry=None).org("acme").runners
    for count in range(3):
        with pytest.raises(ghrunners.ServerError):
            runners.get(7)
        assert len(made) == count
    assert runners.get(7).name == "r"


def test_an_odd_value_is_kept_and_warned_of(server: testing.MockServer, runners: Any) -> None:
    """In the response of a test, or in the example."""
    server.respond(GET, testing.runner(name="usual"))
    server.script(GET, testing.Odd("/busy", "perhaps"))
    with pytest.warns(ghrunners.SchemaDrift):
        assert (found := runners.get(7)).busy == "perhaps"
    assert found.name == "usual"


def test_the_client_of_a_program_has_the_clock_as_well(
    server: testing.MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If `client` stands in for the class; with another transport, the client really sleeps."""
    monkeypatch.setattr(ghrunners, "Client", server.client)
    server.script(GET, 503)
    with ghrunners.Client(auth="mine", base_url="https://ghe.example/api/v3") as client:
        client.org("acme").runners.get(7)
    assert len(server.clock.sleeps) == 1


def test_time_passes_when_it_is_told_to(server: testing.MockServer) -> None:
    """A client waits for a rate limit by the clock of the server."""
    client = server.client()
    reset = int(server.clock.wall()) + 40
    headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(reset)}
    server.script(GET, testing.Response(403, json={"message": "rate limit"}, headers=headers))
    client.org("acme").runners.get(7)
    assert server.clock.time > datetime(2026, 1, 31, 12, 0, 40, tzinfo=UTC)
    server.clock.advance(60)
    assert server.clock.sleeps != []
    with pytest.raises(
        ValueError, match="a clock is advanced by a finite number of seconds, 0 or more, not"
    ):
        server.clock.advance(-1)


# ── What is wrong ────────────────────────────────────────────────────────────────────────────


WRONG: dict[str, tuple[Callable[[Any], object], str]] = {
    "an unknown operation": (
        lambda server: server.respond("org.runners.lst", 404),
        "no operation 'org.runners.lst'; did you mean 'org.runners.list'",
    ),
    "an unknown argument": (
        lambda server: server.respond(GET, 404, runnerid=7),
        "org.runners.get has no argument 'runnerid'; did you mean 'runner_id'",
    ),
    "a script without a response": (
        lambda server: server.script(GET),
        "the script of org.runners.get has no response",
    ),
    "a value of another type": (
        lambda server: server.respond(GET, {"id": "x"}),
        "the response is not one of org.runners.get: name: is required",
    ),
    "a model of another operation": (
        lambda server: server.respond(GET, testing.runner_group()),
        "the response is not one of org.runners.get: os: is required",
    ),
    "a value inside of an item": (
        lambda server: server.respond(LIST, [{**RUNNER, "labels": [{"name": 1}]}]),
        r"runners\[0\].labels\[0\].name: must be a string, not an integer",
    ),
    "content of an operation without content": (
        lambda server: server.respond(DELETE, testing.runner()),
        "org.runners.delete has no content, so its response is None",
    ),
    "no status": (lambda server: server.respond(GET, 42), "42 is no status of a response"),
    "an error that no server causes": (
        lambda server: server.script(GET, ghrunners.InvalidArgument("x")),
        "InvalidArgument is raised by the client alone",
    ),
    "a pointer that leads nowhere": (
        lambda server: server.script(GET, testing.Odd("/label/0", 1)),
        "the content of org.runners.get has no value at '/label/0'",
    ),
    "calls of an unknown operation": (
        lambda server: server.calls_of("runners.get"),
        "no operation 'runners.get'; did you mean",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_of_a_test_is_told_at_once(server: testing.MockServer, name: str) -> None:
    """In one line, which says what is wrong and what there is."""
    work, text = WRONG[name]
    with pytest.raises(ValueError, match=text) as caught:
        work(server)
    assert "\n" not in str(caught.value)


REFUSED: dict[str, tuple[str, str, Any, int, str]] = {
    "no such path": ("GET", "/orgs/a/runner", None, 404, "no such path"),
    "no such method": (
        "PATCH",
        "/orgs/a/actions/runners/7",
        None,
        405,
        "does not have this method",
    ),
    "a number that is none": (
        "GET",
        "/orgs/a/actions/runners/seven",
        None,
        400,
        "path parameter runner_id: must be an integer, not a string",
    ),
    "an unknown query parameter": (
        "GET",
        "/orgs/a/actions/runners?perpage=5",
        None,
        400,
        "query parameter perpage does not exist; there are: name, per_page, page",
    ),
    "a limit": ("GET", "/orgs/a/actions/runners?per_page=0", None, 400, "must be at least 1"),
    "a property that is missing": (
        "POST",
        "/orgs/a/actions/runners/generate-jitconfig",
        {"name": "a", "labels": ["x"]},
        422,
        "runner_group_id: is required",
    ),
    "an unknown property": (
        "POST",
        "/orgs/a/actions/runners/generate-jitconfig",
        {"name": "a", "runner_group_id": 1, "labels": ["x"], "group": 1},
        422,
        "group: does not exist; there are name, runner_group_id, labels, work_folder",
    ),
    "too many items": (
        "POST",
        "/orgs/a/actions/runners/generate-jitconfig",
        {"name": "a", "runner_group_id": 1, "labels": []},
        422,
        "labels: must have at least 1 item",
    ),
    "no body": ("POST", "/orgs/a/actions/runner-groups", None, 400, "the body is required"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_request_that_is_not_described_is_refused(server: testing.MockServer, name: str) -> None:
    """With a status and a message, and `check` fails for a program that did not notice."""
    method, path, body, status, text = REFUSED[name]
    path, _, query = path.partition("?")
    given = {} if body is None else {"json": body}
    client: Any = server.client()
    with pytest.raises(ghrunners.StatusError, match=text) as caught:
        client.request(method, path, query=dict(parse_qsl(query)), **given)
    assert caught.value.status == status
    assert [call.problem for call in server.calls] == [server.refused()[0].partition(": ")[2]]
    with pytest.raises(AssertionError, match="refused: "):
        server.check()


def test_credentials_are_required_and_can_be_limited() -> None:
    """Any token signs in, unless a test names the ones that do; it is not kept."""
    server = testing.MockServer(credentials={"token": "right"})
    with pytest.raises(ghrunners.BadCredentials):
        server.client(auth="wrong").org("acme").runners.get(7)
    assert server.client(auth="right").org("acme").runners.get(7).id == 41
    server.check()
    assert all("right" not in repr(call) and "wrong" not in repr(call) for call in server.calls)


def test_versions_have_their_own_paths_and_fields(server: testing.MockServer) -> None:
    """A request without a version gets the oldest one, and an unknown version is refused."""
    assert server.description.versions[-1] == "2022-11-28"
    for version in server.description.versions:
        with server.client(api_version=version) as client:
            assert client.org("acme").runners.get(7).id == 41
    plain = httpx2.Client(transport=server.transport, base_url="https://api.github.com")
    signed = {"Authorization": "token t"}
    assert plain.get("/orgs/a/actions/runners", headers=signed).status_code == 200
    unknown = {**signed, "X-GitHub-Api-Version": "2020-01-01"}
    response = plain.get("/orgs/a/actions/runners", headers=unknown)
    assert (response.status_code, response.json()) == (
        400,
        {
            "message": "Mock server: unknown API version '2020-01-01'; "
            "there are 2026-03-10, 2022-11-28"
        },
    )


def test_links_behind_the_last_page_lead_back_to_it(server: testing.MockServer) -> None:
    """A page without items has the total, and links to the last page and the first."""
    server.respond(LIST, [testing.runner(id=one) for one in (1, 2, 3)])
    with httpx2.Client(transport=server.transport, headers={"Authorization": "token t"}) as client:
        address = "https://api.github.com/orgs/acme/actions/runners"
        response = client.get(f"{address}?per_page=2&page=7")
    assert response.json() == {"total_count": 3, "runners": []}
    assert {rel: found["url"] for rel, found in response.links.items()} == {
        "prev": f"{address}?per_page=2&page=2",
        "last": f"{address}?per_page=2&page=2",
        "first": f"{address}?per_page=2&page=1",
    }


@pytest.mark.anyio
async def test_async_calls_take_turns() -> None:
    """A call lets other tasks run before and after it is carried out, and can be cancelled there."""
    server = testing.MockServer()
    client = server.async_client()

    async def ask(runner_id: int) -> None:
        for _ in range(2):
            await client.org("octo-org").runners.get(runner_id)

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(ask, 1)
        tasks.start_soon(ask, 2)
    asked = [call.arguments["runner_id"] for call in server.calls]
    assert sorted(asked[:2]) == [1, 2]
    with anyio.CancelScope() as scope:
        scope.cancel()
        await client.org("octo-org").runners.get(3)
    assert scope.cancelled_caught
    assert len(server.calls) == 4


@pytest.mark.anyio
async def test_an_async_call_can_be_cancelled_when_it_was_carried_out() -> None:
    """As if its response were on the way: the server has done its work."""
    server = testing.MockServer()
    client = server.async_client()
    with anyio.CancelScope() as scope:

        def cancel(call: testing.Call) -> None:
            del call
            scope.cancel()

        server.respond(DELETE, cancel)
        await client.org("octo-org").runners.delete(1)
    assert scope.cancelled_caught
    assert [call.status for call in server.calls] == [204]
