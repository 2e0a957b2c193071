"""The cache and responses of every kind: text, bytes, and what differs by more than the address."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import msgspec
import pytest

from client.open_clients import OpenClient
from client.runtime_api import GET, THING, TOKEN, AnyClient, Thing, either
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.http.cache.policy import holds_secrets, is_storable
from ghrunners._runtime.request import operation
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response.response import Response
from runtime.request.parameters import Place

PNG = b"\x89PNG\r\n\x00\xff"
KEPT = 'W/"kept"'

TEXT: Operation[str] = Operation(
    id="things/words",
    method="GET",
    path=GET.path,
    success=(200,),
    returns=lambda: str,
    repeat="safe",
    answers={200: operation.Answer(lambda: str, "text")},
    accept="text/plain",
)
IMAGE: Operation[bytes] = Operation(
    id="things/image",
    method="GET",
    path=GET.path,
    success=(200,),
    returns=lambda: bytes,
    repeat="safe",
    answers={200: operation.Answer(lambda: bytes, "binary")},
    accept="image/png",
)
# JSON of a separate media type.
OTHER: Operation[Thing] = msgspec.structs.replace(GET, accept="application/problem+json")


def with_headers(**names: str) -> Operation[Thing]:
    """The same operation with header or cookie parameters."""
    places = {
        name: Place("cookie" if name == "cookie" else "header", wire)
        for name, wire in names.items()
    }
    return msgspec.structs.replace(GET, places=places)


def respond(request: ReceivedRequest) -> ScriptedResponse:
    """Respond with the thing that is asked for, or with 304 if it has not changed."""
    tag = {"ETag": KEPT, "Cache-Control": "private, max-age=60"}
    if request.header("if-none-match") == KEPT:
        return ScriptedResponse(status=304, headers=tag)
    match request.header("accept"):
        case "text/plain":
            body, kind = "Grüße".encode(), "text/plain; charset=utf-8"
        case "image/png":
            body, kind = PNG, "image/png"
        case "application/problem+json":
            return json_response({**THING, "name": "other"}, headers=tag)
        case _:
            return json_response(THING, headers=tag)
    headers = {**tag, "Content-Type": kind, "Content-Encoding": "gzip"}
    return ScriptedResponse(body=gzip.compress(body), headers=headers)


def conditions(server: ScriptedServer) -> list[str | None]:
    return [one.header("if-none-match") for one in server.requests]


@either
@pytest.mark.parametrize(
    ("called", "value"),
    [(TEXT, "Grüße"), (IMAGE, PNG), (OTHER, Thing(id=7, name="other"))],
    ids=["text", "bytes", "JSON of its own"],
)
def test_a_reply_of_any_kind_is_kept(
    kind: AnyClient, called: Operation[object], value: object
) -> None:
    """And given back as it came, also from a file; what was compressed is kept as what it says."""
    with (
        ScriptedServer(default=respond) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        found = [held.do(held.org.call, called, path={"thing": 7}) for _ in range(3)]
    assert found == [value] * 3
    assert conditions(server) == [None, KEPT, KEPT]
    assert {one.header("accept") for one in server.requests} == {called.accept}


@either
def test_one_address_has_a_reply_for_each_media_type(kind: AnyClient, tmp_path: Path) -> None:
    """Also where the server does not say that its responses differ by it."""
    file = tmp_path / "cache.db"
    values: list[object] = []
    with ScriptedServer(default=respond) as server:
        for _ in range(2):
            with OpenClient(kind, server.url, cache=file) as held:
                asked: tuple[Operation[Any], ...] = (GET, TEXT, IMAGE, OTHER)
                values += [held.do(held.org.call, one, path={"thing": 7}) for one in asked]
    assert values[:4] == values[4:]
    assert len({one.target for one in server.requests}) == 1
    assert conditions(server) == [None] * 4 + [KEPT] * 4


@either
def test_a_header_of_the_caller_s_has_its_own_reply(kind: AnyClient, tmp_path: Path) -> None:
    """It can be a credential: what it says is in no file, nor is the address, nor a cookie."""
    called = with_headers(key="X-Key", cookie="session")
    file = tmp_path / "cache.db"
    path, shown = {"thing": "seven-of-nine"}, "What-Is-Asked"
    with (
        ScriptedServer(default=respond) as server,
        OpenClient(kind, server.url, cache=file) as held,
    ):
        for key, session in (("k-1", "s-1"), ("k-2", "s-1"), ("k-1", "s-2"), ("k-1", "s-1")):
            query = {"key": key, "cookie": session, "more": shown}
            held.do(held.org.call, called, path=path, query=query)
        written = file.read_bytes() + b"".join(
            one.read_bytes() for one in tmp_path.glob("cache.db-*")
        )
    assert conditions(server) == [None, None, None, KEPT]
    sent = server.requests[-1]
    assert (sent.header("x-key"), sent.header("cookie")) == ("k-1", "session=s-1")
    assert sent.target == f"/orgs/acme/things/seven-of-nine?more={shown}"
    assert b'"name": "seven"' in written
    for secret in ("k-1", "k-2", "s-1", "seven-of-nine", shown, server.url, TOKEN):
        assert secret.encode() not in written


@either
@pytest.mark.parametrize("wire", ["If-None-Match", "if-modified-since", "Range", "Cache-Control"])
def test_what_asks_for_a_state_or_a_part_goes_past_it(kind: AnyClient, wire: str) -> None:
    """Neither is it answered from what was kept, nor its response kept."""
    called = with_headers(special=wire)
    with (
        ScriptedServer(default=respond) as server,
        OpenClient(kind, server.url, cache=True) as held,
    ):
        for _ in range(2):
            held.do(held.org.call, called, path={"thing": 7}, query={"special": "x"})
        held.do(held.org.call, GET, path={"thing": 7})
    assert [one.header(wire) for one in server.requests] == ["x", "x", None]
    assert KEPT not in conditions(server)


@either
def test_a_page_of_html_in_place_of_a_text_is_not_kept(kind: AnyClient) -> None:
    """It is given as it came, as without a cache, and asked for anew."""
    headers = {"ETag": KEPT, "Content-Type": "text/html"}
    page = ScriptedResponse(body=b"<p>", headers=headers)
    with ScriptedServer(default=page) as server, OpenClient(kind, server.url, cache=True) as held:
        assert [held.do(held.org.call, TEXT, path={"thing": 7}) for _ in range(2)] == ["<p>"] * 2
    assert conditions(server) == [None, None]


@either
def test_what_is_too_large_is_not_kept(kind: AnyClient) -> None:
    """More than 8 MiB: whoever asked for it has all of it."""
    body = bytes(9 * 2**20)
    large = ScriptedResponse(body=body, headers={"ETag": KEPT, "Content-Type": "image/png"})
    with ScriptedServer(default=large) as server, OpenClient(kind, server.url, cache=True) as held:
        for _ in range(2):
            assert held.do(held.org.call, IMAGE, path={"thing": 7}) == body
    assert conditions(server) == [None, None]


@pytest.mark.parametrize(
    ("asked", "media_type", "kept"),
    [
        ("image/png", "image/png", True),
        ("application/json, Text/CSV; header=present", "text/csv", True),
        ("image/*", "image/webp", True),
        ("*/*", "video/mp4", True),
        ("image/*", "text/html", False),
        ("text/plain", "", False),
        ("", "text/plain", False),
        ("application/vnd.github+json", "text/html", False),
    ],
)
def test_a_reply_is_kept_when_it_was_asked_for(asked: str, media_type: str, kept: bool) -> None:
    """By its name or by a range."""
    headers = [(b"ETag", b'"x"'), (b"Content-Type", media_type.encode())]
    assert is_storable(Response(200, headers, b"\xff"), asked) is kept
    assert not is_storable(Response(200, headers, b"\xff", "cut short"), asked)
    assert not is_storable(Response(203, headers, b"\xff"), asked)
    assert not is_storable(Response(200, headers[1:], b"\xff"), asked)


def test_text_and_bytes_are_no_secrets() -> None:
    """What is declared as anything can be one."""
    assert not holds_secrets(lambda: str)
    assert not holds_secrets(lambda: bytes | None)
    assert holds_secrets(lambda: msgspec.Raw | None)
