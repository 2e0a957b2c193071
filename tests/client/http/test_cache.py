"""The cache: what is kept, what is asked for again, and that no token is ever stored."""

from __future__ import annotations

import gzip
import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path
from typing import Any

import httpx2
import pytest

import ghrunners
from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    THING,
    TICKET,
    TOKEN,
    UPDATE,
    AnyClient,
    Thing,
    Ticket,
    either,
    page,
)
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners import models
from ghrunners._runtime.call.observe import AttemptEnded, Hooks
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.http.cache.policy import holds_secrets
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import (
    NotFound,
    RateLimited,
    ServerError,
    UnexpectedResponse,
)

# What GitHub sends with a list of runners.
SENT = {
    "Cache-Control": "private, max-age=60, s-maxage=60",
    "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding",
    "Date": formatdate(usegmt=True),  # now, or `max-age` would be over
    "Set-Cookie": "logged_in=no",
}
OTHER = "ghs_AnotherTokenThatMustNeverShow0123456789"

GET_TICKET: Operation[Ticket] = Operation(
    id="things/get-ticket",
    method="GET",
    path="/orgs/{org}/tickets",
    success=(200,),
    returns=lambda: Ticket,
    repeat="safe",
)


class Server:
    """GitHub, as far as ETags go: the state is a name, and a request that knows it gets a 304."""

    def __init__(self, **headers: str) -> None:
        self.name = "one"
        self.weak = True
        self.headers = headers

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        etag = f'W/"{self.name}"' if self.weak else f'"{self.name}"'
        headers = {**SENT, "ETag": etag, "X-GitHub-Request-Id": self.name, **self.headers}
        if request.header("if-none-match") == etag:
            headers["X-RateLimit-Remaining"] = "11"
            return ScriptedResponse(status=304, headers=headers)
        if request.target.partition("?")[0].endswith("/things"):
            return json_response(
                {**page([1], 1), "things": [{"id": 1, "name": self.name}]}, 200, headers
            )
        return json_response({"id": 7, "name": self.name}, 200, headers)


def name(held: OpenClient) -> str:
    """Read the thing, and give its name."""
    found: Thing = held.do(held.org.call, GET, path={"thing": 7})
    return found.name


def conditions(server: ScriptedServer) -> list[str | None]:
    return [one.header("if-none-match") for one in server.requests]


# ── What is kept ─────────────────────────────────────────────────────────────────────────────


@either
def test_what_has_not_changed_is_not_sent_again(kind: AnyClient) -> None:
    """Every read is asked for, whatever `max-age` allows; a 304 gives the body that was kept."""
    with (
        ScriptedServer(default=Server()) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        assert [name(held) for _ in range(3)] == ["one"] * 3
    assert conditions(server) == [None, 'W/"one"', 'W/"one"']


@either
@pytest.mark.parametrize("weak", [True, False], ids=["weak", "strong"])
def test_what_has_changed_is_read_anew(kind: AnyClient, weak: bool) -> None:
    """And is what is known from then on, also when it becomes what it was."""
    answer = Server(**{"Last-Modified": "Sat, 21 Nov 2026 11:00:00 GMT"})
    answer.weak = weak
    found: list[str] = []
    with ScriptedServer(default=answer) as server, OpenClient(kind, server.url, cache=True) as held:
        for answer.name in ("one", "two", "two", "three", "one", "one"):
            found.append(name(held))
    assert found == ["one", "two", "two", "three", "one", "one"]
    assert len(server.requests) == 6
    known = [value and value.removeprefix("W/").strip('"') for value in conditions(server)]
    assert known == [None, "one", "two", "two", "three", "one"]
    assert all(one.header("if-modified-since") is None for one in server.requests)


@either
def test_a_304_tells_its_own_headers(kind: AnyClient) -> None:
    """The rate limit and the request id are of now; the status is that of the result."""
    seen: list[AttemptEnded] = []
    with (
        ScriptedServer(default=Server()) as server,
        OpenClient(kind, server.url, cache=True, hooks=Hooks(after=seen.append)) as held,
    ):
        held.raw(held.org.call, GET, path={"thing": 7})
        raw = held.raw(held.org.call, GET, path={"thing": 7})
    assert (raw.status, raw.etag) == (200, 'W/"one"')
    assert raw.headers["x-ratelimit-remaining"] == "11"
    assert [one.cached for one in seen] == [False, True]


@either
def test_pages_are_kept_too(kind: AnyClient) -> None:
    """Each for itself."""
    with (
        ScriptedServer(default=Server()) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        for _ in range(2):
            for size in (1, 2):
                assert held.raw(held.org.list, per_page=size).value.things[0].name == "one"
    assert conditions(server) == [None, None, 'W/"one"', 'W/"one"']


@either
def test_the_request_that_leaves_is_the_same(kind: AnyClient) -> None:
    """But for the condition: the token is on it, and nothing of the cache's own."""
    with (
        ScriptedServer(default=Server()) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        name(held)
        name(held)
    with ScriptedServer(default=Server()) as bare, OpenClient(kind, bare.url) as held:
        name(held)
    plain = {key.lower(): value for key, value in bare.only.headers if key.lower() != "host"}
    for sent in server.requests:
        found = {key.lower(): value for key, value in sent.headers}
        assert found.pop("if-none-match", 'W/"one"') == 'W/"one"'
        assert found.pop("host") == server.url.removeprefix("http://")
        assert found == plain
        assert found["authorization"] == f"Bearer {TOKEN}"


@either
def test_a_compressed_reply_is_kept(kind: AnyClient) -> None:
    """As what it says."""
    body = gzip.compress(json.dumps(THING).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "ETag": '"z"'}
    packed = ScriptedResponse(body=body, headers=headers)
    same = ScriptedResponse(status=304, headers={"ETag": '"z"', "Content-Encoding": "gzip"})
    with ScriptedServer(packed, same) as server, OpenClient(kind, server.url, cache=True) as held:
        assert [name(held), name(held)] == ["seven", "seven"]


@either
def test_a_transport_of_one_s_own_is_cached(kind: AnyClient) -> None:
    """The cache is around it."""
    seen: list[str | None] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers.get("If-None-Match"))
        if seen[-1]:
            return httpx2.Response(304, headers={"ETag": '"z"'})
        return httpx2.Response(200, json=THING, headers={"ETag": '"z"'})

    transport: Any = httpx2.MockTransport(answer)
    options: Any = {"transport": transport}
    with OpenClient(kind, "http://127.0.0.1:1", cache=True, **options) as held:
        assert [name(held), name(held)] == ["seven", "seven"]
    assert seen == [None, '"z"']


# ── What is not kept ─────────────────────────────────────────────────────────────────────────


@either
def test_nothing_is_kept_unless_asked(kind: AnyClient) -> None:
    """Without `cache=`."""
    with ScriptedServer(default=Server()) as server, OpenClient(kind, server.url) as held:
        assert [name(held), name(held)] == ["one", "one"]
    assert conditions(server) == [None, None]


TAGGED = {**SENT, "ETag": '"x"', "Content-Type": "application/json"}
NOT_KEPT: dict[str, ScriptedResponse] = {
    "no ETag": json_response(THING, headers=SENT),
    "no-store": json_response(THING, headers={**TAGGED, "Cache-Control": "no-store"}),
    "not JSON": ScriptedResponse(body=b"<p>", headers={**TAGGED, "Content-Type": "text/html"}),
    "broken JSON": ScriptedResponse(body=b'{"id": 7', headers=TAGGED),
    "broken compression": ScriptedResponse(
        body=b"\x1f\x8b..", headers={**TAGGED, "Content-Encoding": "gzip"}
    ),
    "not found": json_response({"message": "Not Found"}, 404, TAGGED),
    "moved": ScriptedResponse(status=301, headers={**TAGGED, "Location": "/elsewhere"}),
    "limited": json_response({"message": "secondary rate limit"}, 403, TAGGED),
    "not implemented": json_response({"message": "Not Implemented"}, 501, TAGGED),
    "cut short": ScriptedResponse(
        raw=b'HTTP/1.1 200 X\r\nETag: "x"\r\nContent-Length: 99\r\n\r\n{"id": 7', end="close"
    ),
}


@either
@pytest.mark.parametrize("answer", NOT_KEPT.values(), ids=NOT_KEPT)
def test_only_a_whole_json_reply_with_an_etag_is_kept(
    kind: AnyClient, answer: ScriptedResponse
) -> None:
    """A damaged one would be there for as long as its ETag is; each fails as without a cache."""
    outcomes: list[list[str]] = []
    for cache in (False, True):
        found: list[str] = []
        with (
            ScriptedServer(default=answer) as server,
            OpenClient(kind, server.url, cache=cache, max_wait=0) as held,
        ):
            for _ in range(2):
                try:
                    found.append(name(held))
                except (ghrunners.ClientError, RateLimited) as error:
                    found.append(f"{type(error).__name__}: {error}".replace(server.url, ""))
        assert set(conditions(server)) == {None}
        outcomes.append(found)
    assert outcomes[0] == outcomes[1]


@either
def test_a_write_does_not_come_near_it(
    kind: AnyClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither its response is kept nor its request changed, nor does hishel see it."""
    caplog.set_level(logging.DEBUG, "hishel")
    file = tmp_path / "cache.db"
    thing = json_response(THING, 200, TAGGED)
    script = (json_response(TICKET, 201, TAGGED), ScriptedResponse(status=204), thing, thing)
    with ScriptedServer(*script) as server, OpenClient(kind, server.url, cache=file) as held:
        held.do(held.org.call, CREATE)
        held.do(held.org.call, DELETE, path={"thing": 7})
        for _ in range(2):
            held.do(held.org.call, UPDATE, path={"thing": 7}, body={"name": "x"})
    assert conditions(server) == [None] * 4
    assert all(one.header("cache-control") is None for one in server.requests)
    assert [one for one in caplog.records if one.name.startswith("hishel")] == []
    assert entries(file) == 0


@either
def test_a_read_of_a_secret_is_not_kept(kind: AnyClient, tmp_path: Path) -> None:
    """Nor asked for with a condition."""
    file = tmp_path / "cache.db"
    answer = json_response(TICKET, 200, TAGGED)
    with ScriptedServer(default=answer) as server, OpenClient(kind, server.url, cache=file) as held:
        for _ in range(2):
            ticket: Ticket = held.do(held.org.call, GET_TICKET)
            assert ticket.token == TICKET["token"]
    assert conditions(server) == [None, None]
    assert str(TICKET["token"]).encode() not in everything_in(tmp_path)


def test_every_type_with_a_secret_is_known() -> None:
    """Of our own API: tokens for downloads and clones, however deep, and no others."""
    plain: tuple[type, ...] = (
        models.Runner,
        models.RunnerList,
        models.RunnerGroupList,
        models.HostedRunnerList,
    )
    for kind in plain:
        assert not holds_secrets(lambda kind=kind: kind)
    secret: tuple[type, ...] = (models.RunnerApplication, models.RunnerToken, models.RepositoryList)
    for kind in secret:
        assert holds_secrets(lambda kind=kind: kind)
    assert holds_secrets(lambda: list[models.RunnerApplication])
    assert holds_secrets(lambda: dict[str, models.JitConfig | None])
    assert holds_secrets(lambda: object)


@either
def test_a_condition_of_the_caller_s_goes_past_it(kind: AnyClient) -> None:
    """`if_none_match` asks the server, and gives None for its 304."""
    with (
        ScriptedServer(default=Server()) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        assert name(held) == "one"
        assert held.unless('W/"one"', held.org.call, GET, path={"thing": 7}) is None
        for _ in range(2):
            assert held.unless('"old"', held.org.call, GET, path={"thing": 7}).value.name == "one"
    assert conditions(server) == [None, 'W/"one"', '"old"', '"old"']


# ── Failures ─────────────────────────────────────────────────────────────────────────────────


@either
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (json_response({"message": "No"}, 404), NotFound),
        (ScriptedResponse(status=502), ServerError),
        (ScriptedResponse(body=b"<p>", headers={"Content-Type": "text/html"}), UnexpectedResponse),
    ],
    ids=["404", "502", "html"],
)
def test_a_failure_is_never_answered_from_the_cache(
    kind: AnyClient, answer: ScriptedResponse, error: type[Exception]
) -> None:
    """What was kept is old; afterwards it is still good, when the server says so."""
    good = Server()
    with (
        ScriptedServer(good, answer, good) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        assert name(held) == "one"
        with pytest.raises(error):
            name(held)
        if error is not UnexpectedResponse:
            assert name(held) == "one"
            assert conditions(server) == [None, 'W/"one"', 'W/"one"']


@either
def test_an_end_of_time_is_kept_to(kind: AnyClient) -> None:
    """The deadline reaches the connection through the cache."""
    slow = ScriptedResponse(status=304, headers={"ETag": 'W/"one"'}, after=5)
    with ScriptedServer(Server(), slow) as server, OpenClient(kind, server.url, cache=True) as held:
        assert name(held) == "one"
        quick = held.client.with_options(timeout=0.2)
        with pytest.raises(ghrunners.TimedOut):
            held.do(quick.org().call, GET, path={"thing": 7})


@either
def test_a_repeat_has_the_condition_too(kind: AnyClient) -> None:
    """Each attempt asks the cache."""
    good = Server()
    with (
        ScriptedServer(good, ScriptedResponse(status=503), good) as server,
        OpenClient(kind, server.url, cache=True, retry=Retry(base=0.0)) as held,
    ):
        assert [name(held), name(held)] == ["one", "one"]
    assert conditions(server) == [None, 'W/"one"', 'W/"one"']


@either
def test_a_304_for_another_state_is_asked_again(kind: AnyClient) -> None:
    """It cannot be put together with what was kept."""
    odd = ScriptedResponse(status=304, headers={"ETag": '"quite-another"'})
    with (
        ScriptedServer(Server(), odd, Server()) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        assert [name(held), name(held)] == ["one", "one"]
    assert conditions(server) == [None, 'W/"one"', None]


@either
def test_a_kept_body_that_is_lost_is_asked_for_again(
    kind: AnyClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A cache that fails fails no call; the log says so."""
    file = tmp_path / "cache.db"
    with (
        ScriptedServer(default=Server()) as server,
        OpenClient(kind, server.url, cache=file) as held,
    ):
        assert name(held) == "one"
        change(file, "DELETE FROM streams")
        assert name(held) == "one"
    assert conditions(server) == [None, 'W/"one"', None]
    (line,) = (one.getMessage() for one in caplog.records if one.name == "ghrunners")
    assert line.startswith(
        "cannot read a cached response, requesting it again: Cached response was"
    )


# ── The file ─────────────────────────────────────────────────────────────────────────────────


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def change(file: Path, command: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute(command)
    connection.close()


def entries(file: Path) -> int:
    connection = sqlite3.connect(file)
    found: int = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
    connection.close()
    return found


@either
@pytest.mark.parametrize("make", [Path, str], ids=["path", "text"])
def test_a_file_outlives_the_client(
    kind: AnyClient, tmp_path: Path, make: Callable[[Path], Path | str]
) -> None:
    """The next one asks with what the last one knew. Nothing else is written beside it."""
    file = tmp_path / "cache.db"
    with ScriptedServer(default=Server()) as server:
        for _ in range(2):
            with OpenClient(kind, server.url, cache=make(file)) as held:
                assert name(held) == "one"
    assert conditions(server) == [None, 'W/"one"']
    assert [one.name for one in tmp_path.iterdir()] == ["cache.db"]
    assert file.stat().st_mode & 0o077 == 0


@either
def test_no_token_is_written(
    kind: AnyClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Not while the client lives, not afterwards, not in any form; nor a cookie, nor in a log."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "httpcore2")  # logs the headers that a server sends
    file = tmp_path / "cache.db"
    with (
        ScriptedServer(default=Server()) as server,
        OpenClient(kind, server.url, cache=file) as held,
    ):
        name(held)
        name(held)
        alive = everything_in(tmp_path)
    for found in (alive, everything_in(tmp_path)):
        assert b'"name": "one"' in found
        for secret in (TOKEN, TOKEN.removeprefix("ghs_"), "Bearer", "logged_in"):
            assert secret.encode() not in found
    assert TOKEN not in caplog.text


@either
def test_what_one_token_read_is_not_another_s(kind: AnyClient, tmp_path: Path) -> None:
    """Even when the server does not say that its responses differ by it."""
    file = tmp_path / "cache.db"
    with ScriptedServer(default=Server(Vary="Accept")) as server:
        for token in (TOKEN, OTHER, TOKEN):
            with OpenClient(kind, server.url, auth=token, cache=file) as held:
                assert name(held) == "one"
    assert conditions(server) == [None, None, 'W/"one"']


@either
def test_an_api_version_has_its_own_replies(kind: AnyClient, tmp_path: Path) -> None:
    """They can differ."""
    file = tmp_path / "cache.db"
    with ScriptedServer(default=Server(Vary="Accept")) as server:
        for version in ("2026-03-10", "2022-11-28"):
            with OpenClient(kind, server.url, cache=file, api_version=version) as held:
                name(held)
    assert conditions(server) == [None, None]


@either
def test_one_entry_is_kept_of_what_changes(kind: AnyClient, tmp_path: Path) -> None:
    """The one before is out of the way at once: it is never found, whatever a 304 says."""
    file = tmp_path / "cache.db"
    answer = Server()
    with ScriptedServer(default=answer) as server, OpenClient(kind, server.url, cache=file) as held:
        for number in range(5):
            answer.name = f"n{number}"
            assert name(held) == answer.name
        connection = sqlite3.connect(file)
        live = connection.execute("SELECT count(*) FROM entries WHERE expires_at > 0").fetchone()
        connection.close()
    assert live == (1,)


@either
def test_what_cannot_be_the_file_is_refused(kind: AnyClient, tmp_path: Path) -> None:
    """When the client is made, and what is there is left as it is."""
    text, foreign = tmp_path / "text", tmp_path / "foreign.db"
    text.write_text("not a database, but quite long enough to be taken for one" * 20)
    change(foreign, "CREATE TABLE entries (something TEXT)")
    before = everything_in(tmp_path)
    for path, problem in (
        (text, "cannot be opened as a database: file is not a database"),
        (foreign, "is another program's database"),
        (tmp_path / "missing" / "cache.db", "cannot be opened as a database"),
        (tmp_path, "cannot be opened as a database"),
    ):
        with pytest.raises(InvalidArgument, match=problem):
            kind(auth=TOKEN, base_url="http://127.0.0.1:1", cache=path)
    odd: Any
    for odd in (None, 7, b"x"):
        with pytest.raises(TypeError, match="cache must be a bool or the path of a file, not"):
            kind(auth=TOKEN, base_url="http://127.0.0.1:1", cache=odd)
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize("module", ["hishel", "hishel.httpx2", "anysqlite"])
@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_without_the_extra_the_error_says_how_to_get_it(kind: str, module: str) -> None:
    """And a client without a cache does not need it."""
    code = (
        f"import sys\nsys.modules[{module!r}] = None\nimport ghrunners\n"
        f"ghrunners.{kind}(auth='x', base_url='http://127.0.0.1:1')\n"
        "assert 'sqlite3' not in sys.modules\n"
        f"try: ghrunners.{kind}(auth='x', base_url='http://127.0.0.1:1', cache=True)\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "a cache needs hishel 2: pip install 'ghrunners[cache]'\n"
