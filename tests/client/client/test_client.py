"""Making and ending a client: token, timeouts, closing; what it shows and what it imports."""

from __future__ import annotations

import asyncio
import copy
import math
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest

from client.runtime_api import (
    GET,
    THING,
    TOKEN,
    AnyClient,
    AsyncClient,
    Caller,
    Client,
    Options,
    both,
    clear_environment,
    either,
    sent_by,
)
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.errors import ClientClosed, InvalidArgument
from ghrunners._runtime.response_errors import ServerError


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


# ── Token ────────────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize(
    ("auth", "environment", "token"),
    [
        ("given", {"GITHUB_TOKEN": "a", "GH_TOKEN": "b"}, "given"),
        (None, {"GITHUB_TOKEN": "a", "GH_TOKEN": "b"}, "a"),
        (None, {"GITHUB_TOKEN": "", "GH_TOKEN": "b"}, "b"),
        (None, {"GITHUB_TOKEN": " \n", "GH_TOKEN": "b\n"}, "b"),
        (" given\r\n", {}, "given"),
        ("~!x:y=z+/", {}, "~!x:y=z+/"),
    ],
)
def test_the_token_is_the_argument_s_or_the_environment_s(
    flavour: type[Caller],
    auth: str | None,
    environment: Mapping[str, str],
    token: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The argument comes first, then GITHUB_TOKEN, then GH_TOKEN; white space around is dropped."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert sent_by(flavour, auth=auth).header("authorization") == f"Bearer {token}"


@either
def test_without_a_token_there_is_no_client(kind: AnyClient) -> None:
    """The error says what to do."""
    with pytest.raises(InvalidArgument, match=r"pass auth=\.\.\., or set GITHUB_TOKEN or GH_TOKEN"):
        kind()


@either
@pytest.mark.parametrize(
    "auth", ["", "  ", "SEC RET", "SEC\r\nX-Evil: 1", "SEC\0RET", "SECRÉT", "Bearer SECRET", "\x7f"]
)
def test_a_token_that_cannot_travel_is_refused(
    kind: AnyClient, auth: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty argument is a mistake, whatever the environment holds; no error shows a token."""
    monkeypatch.setenv("GITHUB_TOKEN", "other")
    with pytest.raises(InvalidArgument, match="the token of auth") as caught:
        kind(auth=auth)
    assert "SEC" not in str(caught.value)
    monkeypatch.setenv("GITHUB_TOKEN", "SEC RET")
    with pytest.raises(InvalidArgument, match="the token of GITHUB_TOKEN") as caught:
        kind()
    assert "SEC" not in str(caught.value)


@either
@pytest.mark.parametrize("auth", [b"SECRET", 7, ("user", "SECRET")])
def test_a_token_of_another_type_is_refused(kind: AnyClient, auth: object) -> None:
    """A token is a str."""
    with pytest.raises(TypeError, match="auth must be a str") as caught:
        kind(auth=auth)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
    assert "SECRET" not in str(caught.value)


@both
def test_netrc_supplies_nothing(
    flavour: type[Caller], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A netrc file neither gives nor replaces the token."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login somebody password SECRET\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    assert sent_by(flavour).header("authorization") == f"Bearer {TOKEN}"


@both
def test_cookies_are_not_kept(flavour: type[Caller]) -> None:
    """What a server wants to be remembered is not."""
    moved = ScriptedResponse(status=302, headers={"Location": "/x", "Set-Cookie": "a=b; Path=/"})
    with ScriptedServer(moved, json_response(THING)) as server:
        flavour(server.url).call(GET, path={"thing": 7})
    assert [request.header("cookie") for request in server.requests] == [None, None]


# ── Timeouts ─────────────────────────────────────────────────────────────────────────────────


def test_the_default_timeouts_are_finite() -> None:
    """Nothing waits for ever unless it was told to."""
    steps = Timeout()
    assert all((steps.connect, steps.read, steps.write, steps.pool, steps.total))


def timeouts_of(timeout: float | Timeout | None) -> dict[str, float | None]:
    """Return the timeouts that reach the transport."""
    seen: list[dict[str, float | None]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.extensions["timeout"])
        return httpx2.Response(200, json=dict(THING))

    transport = httpx2.MockTransport(answer)
    given = Options() if timeout is None else Options(timeout=timeout)
    with Client(auth=TOKEN, transport=transport, **given) as client:
        client.org().call(GET, path={"thing": 7})
    return seen[0]


@pytest.mark.parametrize(
    ("timeout", "sent"),
    [
        (None, {"connect": 10.0, "read": 30.0, "write": 30.0, "pool": 60.0}),
        (3, {"connect": 3, "read": 3, "write": 3, "pool": 3}),
        (
            Timeout(read=5.5, pool=None, total=20),
            {"connect": 10.0, "read": 5.5, "write": 20.0, "pool": 20.0},
        ),
        (
            Timeout(read=5.5, pool=None, total=None),
            {"connect": 10.0, "read": 5.5, "write": 30.0, "pool": None},
        ),
    ],
)
def test_timeouts_reach_the_transport(
    timeout: float | Timeout | None, sent: dict[str, float | None]
) -> None:
    """A `Timeout` names the steps, a number is a whole call, and no step is longer than a call."""
    found = timeouts_of(timeout)
    assert {
        name: None if it is None else math.ceil(it * 2) / 2 for name, it in found.items()
    } == sent


@either
@pytest.mark.parametrize("timeout", [0, -1, float("inf"), float("nan")])
def test_a_timeout_of_no_time_is_refused(kind: AnyClient, timeout: float) -> None:
    """A step takes some time, and a finite one; None is what says that it may take any."""
    with pytest.raises(InvalidArgument, match="positive and finite"):
        kind(auth=TOKEN, timeout=timeout)


@either
@pytest.mark.parametrize("timeout", ["30", True, (1, 2)])
def test_a_timeout_of_another_type_is_refused(kind: AnyClient, timeout: object) -> None:
    """Seconds are a number."""
    with pytest.raises(TypeError, match="must be a number of seconds"):
        kind(auth=TOKEN, timeout=timeout)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


# ── Life and end ─────────────────────────────────────────────────────────────────────────────


def test_one_client_keeps_one_connection() -> None:
    """Calls in turn share a connection, also after an error."""
    script = [json_response(THING), ScriptedResponse(status=500), json_response(THING)]
    with (
        ScriptedServer(*script) as server,
        Client(auth=TOKEN, base_url=server.url, retry=None) as client,
    ):
        client.org().call(GET, path={"thing": 7})
        with pytest.raises(ServerError, match="500"):
            client.org().call(GET, path={"thing": 7})
        client.org("other").call(GET, path={"thing": 7})
    assert [request.connection for request in server.requests] == [0, 0, 0]


def test_a_connection_that_was_closed_meanwhile_is_not_used() -> None:
    """A server that ends an idle connection costs no call."""
    closing = ScriptedResponse(
        body=json_response(THING).body, headers=json_response(THING).headers, end="close"
    )
    with (
        ScriptedServer(closing, json_response(THING)) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        client.org().call(GET, path={"thing": 7})
        time.sleep(0.1)
        client.org().call(GET, path={"thing": 7})
    assert [request.connection for request in server.requests] == [0, 1]


def test_threads_share_a_client() -> None:
    """Each thread gets the response to its own request."""

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        return json_response({**THING, "id": int(request.target.rpartition("/")[2])})

    found: list[tuple[int, int]] = []
    with (
        ScriptedServer(default=answer) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):

        def work(start: int) -> None:
            for number in range(start, start + 20):
                thing = client.org().call(GET, path={"thing": number})
                found.append((number, thing.id))

        threads = [threading.Thread(target=work, args=(100 * n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 160
    assert all(asked == got for asked, got in found)


def test_tasks_share_a_client() -> None:
    """Each task gets the response to its own request."""

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        return json_response({**THING, "id": int(request.target.rpartition("/")[2])})

    with ScriptedServer(default=answer) as server:

        async def main() -> list[int]:
            async with AsyncClient(auth=TOKEN, base_url=server.url) as client:
                calls = (client.org().call(GET, path={"thing": n}) for n in range(50))
                return [thing.id for thing in await asyncio.gather(*calls)]

        assert asyncio.run(main()) == list(range(50))


def test_a_closed_client_says_so() -> None:
    """No call, and no second life; closing twice is fine."""
    with ScriptedServer() as server:
        client = Client(auth=TOKEN, base_url=server.url)
        client.close()
        client.close()
        with pytest.raises(ClientClosed, match="create another one"):
            client.org().call(GET, path={"thing": 7})
        with pytest.raises(ClientClosed), client:
            pass
    assert server.requests == []


def test_a_closed_async_client_says_so() -> None:
    """The same for the async flavour."""
    with ScriptedServer() as server:

        async def main() -> None:
            client = AsyncClient(auth=TOKEN, base_url=server.url)
            await client.aclose()
            await client.aclose()
            with pytest.raises(ClientClosed, match="create another one"):
                await client.org().call(GET, path={"thing": 7})
            with pytest.raises(ClientClosed):
                async with client:
                    pass

        asyncio.run(main())
    assert server.requests == []


def test_a_cancelled_call_leaves_the_client_usable() -> None:
    """A task that is cancelled while it waits gives its connection up."""
    with ScriptedServer(ScriptedResponse(after=5), json_response(THING)) as server:

        async def main() -> int:
            async with AsyncClient(auth=TOKEN, base_url=server.url) as client:
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client.org().call(GET, path={"thing": 1}), 0.2)
                return (await client.org().call(GET, path={"thing": 7})).id

        assert asyncio.run(main()) == 7
    assert [request.connection for request in server.requests] == [0, 1]


@either
def test_a_client_shows_where_it_goes_and_nothing_else(kind: AnyClient) -> None:
    """The repr is for logs; a pickle would be readable."""
    client = kind(auth=TOKEN)
    assert repr(client) == f"{kind.__name__}(base_url='https://api.github.com')"
    for copied in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="create one in each process"):
            copied(client)
        with pytest.raises(TypeError, match="cannot be pickled"):
            copied(client.org()._core)  # pyright: ignore[reportPrivateUsage] - where the token is


def test_a_resource_does_not_pickle() -> None:
    """What holds a client's core would take the token along."""
    with Client(auth=TOKEN) as client:
        for held in (client.org(), client.org().list()):
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(held)


def test_no_transport_is_imported_before_a_client_is_made() -> None:
    """Importing every module that generated code imports loads no HTTP library and no TLS."""
    program = """
import sys
import ghrunners._runtime.client.client, ghrunners._runtime.errors, ghrunners._runtime.types
import ghrunners._runtime.client.resource, ghrunners._runtime.client.github.sign_in
heavy = {"httpx2", "httpcore2", "ssl", "anyio", "asyncio"} & set(sys.modules)
assert not heavy, heavy
ghrunners._runtime.client.client.BaseClient._defaults = ghrunners._runtime.client.config.Defaults(
    server="https://api.github.com", media_type="a/b", version_header=None, versions=("1",), user_agent="x",
    sign_in=ghrunners._runtime.client.github.sign_in.GitHubSignIn(),
)
ghrunners._runtime.client.client.BaseClient(auth="x").close()
assert "httpx2" in sys.modules
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


# ── User agent ───────────────────────────────────────────────────────────────────────────────


@both
def test_a_program_may_name_itself(flavour: type[Caller]) -> None:
    """Before the package, as GitHub asks of programs that use it."""
    assert sent_by(flavour).header("User-Agent") == "ghrunners/0.0"
    named = sent_by(flavour, user_agent="acme-fleet/1.0 (ops@acme.example)")
    assert named.header("User-Agent") == "acme-fleet/1.0 (ops@acme.example) ghrunners/0.0"


@either
@pytest.mark.parametrize("agent", ["", " ", "a\r\nX: y", "a\x00", "ä", "a  b", " a", "a "])
def test_a_user_agent_is_checked_like_a_path_segment(kind: AnyClient, agent: str) -> None:
    """A header has no room for another one."""
    with pytest.raises(InvalidArgument, match="user_agent must be visible ASCII"):
        kind(auth=TOKEN, user_agent=agent)


@either
def test_a_user_agent_of_another_type_is_refused(kind: AnyClient) -> None:
    """Text is text."""
    with pytest.raises(TypeError, match="user_agent must be a str, not bytes"):
        kind(auth=TOKEN, user_agent=b"x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


# ── Subclasses ───────────────────────────────────────────────────────────────────────────────


class Fleet(Client):
    """A program's own client, with attributes of every sort."""

    __slots__ = ("__hidden", "region")

    def __init__(self, region: str) -> None:
        super().__init__(auth=TOKEN)
        self.region = region
        self.__hidden = [region]

    def __getstate__(self) -> object:
        raise TypeError("not for pickles")

    @property
    def hidden(self) -> list[str]:
        return self.__hidden


class NamedFleet(Fleet):
    """One that has a `__dict__`, and a slot without a value."""

    name = "none"
    missing: str

    def __init__(self, region: str) -> None:
        super().__init__(region)
        self.name = f"fleet of {region}"


class AsyncFleet(AsyncClient):
    """The same for the other flavour."""

    def __init__(self, region: str) -> None:
        super().__init__(auth=TOKEN)
        self.region = region


def test_other_options_keep_what_a_subclass_has() -> None:
    """Its attributes, in slots or not; only the options differ."""
    with NamedFleet("north") as fleet:
        other = fleet.with_options(max_wait=1)
        assert type(other) is NamedFleet
        assert (other.region, other.name, other.hidden) == ("north", "fleet of north", ["north"])
        assert other.hidden is fleet.hidden
        assert not hasattr(other, "missing")
        assert (other.core.flows.options.max_wait, fleet.core.flows.options.max_wait) == (1, 90)
        other.name = "other"
        assert fleet.name == "fleet of north"
        other.close()
        fleet.core.check_open()
    with Fleet("south") as slots:
        assert slots.with_options(strict=True).region == "south"


def test_other_options_keep_what_an_async_subclass_has() -> None:
    """As for the sync client."""
    fleet = AsyncFleet("north")
    other = fleet.with_options(max_wait=1)
    assert (type(other), other.region) == (AsyncFleet, "north")
    asyncio.run(fleet.aclose())
