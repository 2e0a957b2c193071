"""Calls of the client of `cases/two-versions`: what each version sends, and what it reads."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from runnersmith import pipeline
from runnersmith.openapi.document import Json
from small_specs import CASES, project, small_spec, write_files

NEW, OLD = "2026-01-01", "2024-05-05"
PACKAGE = "two_versions"
NOTHING = ScriptedResponse(status=204)
LAMP = {"name": "Tom"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package, on the import path."""
    folder = tmp_path_factory.mktemp("versions")
    spec = CASES / "two-versions" / "spec.yaml"
    made = pipeline.produce(project(spec, folder / "output", package=PACKAGE))
    write_files(folder, dict(made.files))
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))


class Call:
    """A method of the resource, with its arguments."""

    def __init__(self, name: str, /, *path: str | int, **named: object) -> None:
        self.name, self.path, self.named = name, path, named

    def make(self, lamps: object) -> Any:
        return getattr(lamps, self.name)(*self.path, **self.named)


def _sync(client: ModuleType, url: str, version: str | None, call: Call) -> Any:
    with client.Client(auth="t", base_url=url, api_version=version) as opened:
        return call.make(opened.house("acme").lamps)


def _async(client: ModuleType, url: str, version: str | None, call: Call) -> Any:
    async def run() -> Any:
        async with client.AsyncClient(auth="t", base_url=url, api_version=version) as opened:
            return await call.make(opened.house("acme").lamps)

    return asyncio.run(run())


FLAVOURS = {"sync": _sync, "async": _async}


@pytest.fixture(params=FLAVOURS)
def flavour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def called(
    client: ModuleType, flavour: str, version: str, call: Call, *answers: ScriptedResponse
) -> tuple[list[ReceivedRequest], Any]:
    """Make a call; return the requests that it sent, and its result."""
    with ScriptedServer(*answers) as server:
        result = FLAVOURS[flavour](client, server.url, version, call)
        return list(server.requests), result


@pytest.mark.parametrize(
    ("version", "call", "method", "body", "content_type"),
    [
        # A body of the newer version only, on a DELETE.
        (NEW, Call("delete", "a", reason="old"), "DELETE", b'{"reason":"old"}', "json"),
        (OLD, Call("delete", "a"), "DELETE", b"", None),
        # A body of the older version only, which may be left out.
        (NEW, Call("reset", "a"), "PUT", b"", None),
        (OLD, Call("reset", "a"), "PUT", b"", None),
        (OLD, Call("reset", "a", watts=5), "PUT", b'{"watts":5}', "json"),
        # A body that is one value, of the newer version only.
        (NEW, Call("set_label", "a", body="ü"), "PUT", b"\xc3\xbc", "plain"),
        (NEW, Call("set_label", "a"), "PUT", b"", None),
        (OLD, Call("set_label", "a"), "PUT", b"", None),
        # A field with the name of a path parameter.
        (NEW, Call("rename", "a", name_body="b"), "PATCH", b'{"name":"b"}', "json"),
        (OLD, Call("rename", "a"), "PATCH", b"", None),
    ],
)
def test_a_body_is_sent_as_the_version_has_it(
    client: ModuleType,
    flavour: str,
    version: str,
    call: Call,
    method: str,
    body: bytes,
    content_type: str | None,
) -> None:
    """Nothing is sent, not even an empty object, in a version without a body."""
    [sent], result = called(client, flavour, version, call, NOTHING)
    assert (sent.method, sent.body, result) == (method, body, None)
    assert sent.header("X-Api-Version") == version
    stated = sent.header("Content-Type")
    assert stated is None if content_type is None else stated is not None and content_type in stated


@pytest.mark.parametrize(
    ("version", "call", "error", "message"),
    [
        (
            OLD,
            Call("delete", "a", force=True),
            "NotAvailable",
            f"force cannot be used: it is not in API version {OLD}, only in {NEW}",
        ),
        (
            NEW,
            Call("delete", "a", force=True),
            "InvalidArgument",
            f"reason is required in API version {NEW}",
        ),
        (
            NEW,
            Call("reset", "a", watts=5),
            "NotAvailable",
            f"watts cannot be used: it is not in API version {NEW}, only in {OLD}",
        ),
        (
            OLD,
            Call("set_label", "a", body="b"),
            "NotAvailable",
            f"body cannot be used: it is not in API version {OLD}, only in {NEW}",
        ),
        (
            OLD,
            Call("search", x_trace_id="t"),
            "NotAvailable",
            f"x_trace_id cannot be used: it is not in API version {OLD}, only in {NEW}",
        ),
    ],
)
def test_an_argument_of_another_version_is_refused(
    client: ModuleType, flavour: str, version: str, call: Call, error: str, message: str
) -> None:
    """Before anything is sent."""
    with ScriptedServer() as server:
        with pytest.raises(getattr(client, error)) as caught:
            FLAVOURS[flavour](client, server.url, version, call)
        assert not server.requests
    assert (type(caught.value).__name__, str(caught.value)) == (error, message)


def test_numbers_lists_and_headers_are_parameters(client: ModuleType, flavour: str) -> None:
    """A number and a joined list in the query, text in a header."""
    [sent], found = called(
        client,
        flavour,
        NEW,
        Call("search", min_watts=7.5, colours=["red", "b,w"], x_trace_id="call 1"),
        json_response([LAMP]),
    )
    assert sent.target == "/houses/acme/lamps?min_watts=7.5&colours=red,b%2Cw"
    assert sent.header("X-Trace-Id") == "call 1"
    assert [lamp.name for lamp in found] == ["Tom"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "a\nb"])
def test_a_value_that_cannot_travel_is_refused(
    client: ModuleType, flavour: str, value: object
) -> None:
    """A number must be finite, and a header is one line of visible characters."""
    named = {"x_trace_id" if isinstance(value, str) else "min_watts": value}
    with ScriptedServer() as server:
        with pytest.raises(client.InvalidArgument):
            FLAVOURS[flavour](client, server.url, NEW, Call("search", **named))
        assert not server.requests


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (json_response(LAMP, 201), "Lamp"),
        (json_response({"job": 7}, 202), "LampsCreateResponse202"),
        (NOTHING, "NoneType"),
    ],
)
@pytest.mark.parametrize("version", [NEW, OLD])
def test_a_result_is_read_by_its_status(
    client: ModuleType, flavour: str, version: str, answer: ScriptedResponse, expected: str
) -> None:
    """A status of one version only is one of the client, since it says what it holds."""
    [sent], found = called(client, flavour, version, Call("create", name="Tom"), answer)
    assert (sent.json, type(found).__name__) == ({"name": "Tom"}, expected)


def test_a_result_of_the_wrong_status_is_an_error(client: ModuleType, flavour: str) -> None:
    """The content of one status is no content of another; a lamp may have been created."""
    with pytest.raises(client.OutcomeUnknown, match="a required field is missing"):
        called(client, flavour, NEW, Call("create", name="a"), json_response({"job": 7}, 201))


def test_text_and_bytes_are_read(client: ModuleType, flavour: str) -> None:
    """What is asked for is what the spec names."""
    text = ScriptedResponse(body="Grün".encode(), headers={"Content-Type": "text/plain"})
    [sent], found = called(client, flavour, NEW, Call("get_label", "a"), text)
    assert (sent.header("Accept"), found) == ("text/plain", "Grün")
    photo = ScriptedResponse(body=b"\x89PNG", headers={"Content-Type": "image/png"})
    [sent], found = called(client, flavour, OLD, Call("get_photo", "a"), photo)
    assert (sent.header("Accept"), found) == ("image/png", b"\x89PNG")


def test_a_delete_is_sent_again_with_its_body(client: ModuleType, flavour: str) -> None:
    """It is idempotent, so a response that was lost is no reason to give up."""
    lost = ScriptedResponse(raw=b"", end="close")
    sent, _ = called(client, flavour, NEW, Call("delete", "a", reason="old"), lost, NOTHING)
    assert [(it.method, it.json) for it in sent] == [("DELETE", {"reason": "old"})] * 2


@pytest.mark.parametrize("asked", [None, NEW, OLD])
def test_a_version_without_a_difference_can_be_asked_for(
    tmp_path: Path, asked: str | None, flavour: str
) -> None:
    """An overlay that changes only the version makes it one of the client's versions."""
    package = f"unchanged_{flavour}_{(asked or 'default').replace('-', '_')}"
    overlay: Json = {
        "overlay": "1.1.0",
        "info": {"title": "Older", "version": "1"},
        "actions": [{"target": "$.info", "update": {"version": OLD}}],
    }
    (tmp_path / "versions").mkdir()
    write_files(
        tmp_path,
        {
            "spec.json": json.dumps(small_spec()),
            f"versions/{OLD}.overlay.yaml": json.dumps(overlay),
        },
    )
    made = pipeline.produce(project(tmp_path / "spec.json", tmp_path / "out", package=package))
    assert made.built.api.versions == (NEW, OLD)
    assert "Only on API version" not in made.files[f"{package}/_sync/house_lamps.py"]
    write_files(tmp_path, dict(made.files))
    sys.path.insert(0, str(tmp_path))
    client = importlib.import_module(package)
    sys.path.remove(str(tmp_path))
    with ScriptedServer(json_response({"id": 5})) as server:
        found = FLAVOURS[flavour](client, server.url, asked, Call("get", 5))
        assert (server.only.header("X-Api-Version"), found.id) == (asked or NEW, 5)


def test_every_page_is_asked_for_with_the_header(client: ModuleType, flavour: str) -> None:
    """A header and a number go with each page, also with those of a link."""
    link = '</houses/acme/lamps/all?per_page=1&min_watts=0.5&page=2>; rel="next"'
    pages = [json_response([LAMP], headers={"Link": link}), json_response([{"name": "Ann"}])]
    named: dict[str, Any] = {"per_page": 1, "min_watts": 0.5, "x_trace_id": "t 1"}
    with ScriptedServer(*pages) as server:
        url = server.url

        async def read() -> list[str]:
            async with client.AsyncClient(auth="t", base_url=url, api_version=NEW) as opened:
                return [it.name async for it in opened.house("acme").lamps.list(**named)]

        if flavour == "async":
            found = asyncio.run(read())
        else:
            with client.Client(auth="t", base_url=url, api_version=NEW) as opened:
                found = [it.name for it in opened.house("acme").lamps.list(**named)]
        sent = list(server.requests)
    assert found == ["Tom", "Ann"]
    assert [it.header("X-Trace-Id") for it in sent] == ["t 1", "t 1"]
    assert all("min_watts=0.5" in it.target for it in sent)


def test_a_header_that_one_version_requires_is_asked_for(client: ModuleType) -> None:
    """Before anything is sent; the other version does without."""
    with ScriptedServer(json_response([])) as server:
        with client.Client(auth="t", base_url=server.url, api_version=NEW) as opened:
            with pytest.raises(
                client.InvalidArgument, match=f"x_trace_id is required in API version {NEW}"
            ):
                list(opened.house("acme").lamps.list())
            assert not server.requests
        with client.Client(auth="t", base_url=server.url, api_version=OLD) as opened:
            assert list(opened.house("acme").lamps.list()) == []
