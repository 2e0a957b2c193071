"""Responses of tests as they are sent: errors with what is required of them, and pages."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

import httpx2
import msgspec
import pytest

import ghrunners
from ghrunners import testing
from ghrunners.testing._kit.description import Content, Operation, Schema
from ghrunners.testing._kit.response.encoding import Encoder
from ghrunners.testing._kit.response.faults import TrustedItems, Wire

PROBLEM: Schema = {
    "type": "object",
    "properties": {"message": {"type": "string"}, "code": {"type": "integer"}},
    "required": ["message", "code"],
    "example": {"message": "sample", "code": 7},
}


def encoder_of(name: str) -> tuple[Encoder, Operation]:
    """Return what makes responses, and an operation that it makes them of."""
    description = testing.MockServer().description
    return Encoder(description, description.versions[0]), description.by_name()[name]


def sent(declared: Content | None, content: bytes) -> bytes:
    """Return the content of an error 409 of an operation that declares it so."""
    encoder, found = encoder_of("org.runners.get")
    errors = {} if declared is None else {"409": declared}
    operation = msgspec.structs.replace(found, errors=errors)
    return encoder.of_error(operation, Wire(409, [], content)).content


def test_what_is_required_is_added() -> None:
    """From the example, unless the error has it."""
    declared = Content(schema=PROBLEM)
    assert sent(declared, b'{"message":"mine"}') == b'{"message":"mine","code":7}'
    assert sent(declared, b'{"code":1}') == b'{"code":1,"message":"sample"}'


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"\xff", b"[1]", b'{"code": 1, "message": "mine"}']
)
def test_any_other_content_is_sent_as_it_is(content: bytes) -> None:
    """None, one that is no JSON or no object, and one that lacks nothing."""
    assert sent(Content(schema=PROBLEM), content) == content


@pytest.mark.parametrize(
    "declared",
    [
        None,
        Content(),
        Content(schema={**PROBLEM, "type": "string", "example": "sample"}),
        Content(schema={"type": "object", "required": ["unknown"]}),
    ],
)
def test_what_the_description_does_not_have_is_not_added(declared: Content | None) -> None:
    """An error without a schema or an object, or with a property that nothing describes."""
    assert msgspec.json.decode(sent(declared, b'{"message": "mine"}')) == {"message": "mine"}


@pytest.mark.parametrize(("status", "phrase"), [(400, "Bad Request"), (499, "Error")])
def test_an_error_without_a_schema_has_a_message(status: int, phrase: str) -> None:
    """From 400 on; any other status without a schema has no content."""
    encoder, operation = encoder_of("org.runners.delete")
    wire = encoder.of_status(operation, status)
    assert msgspec.json.decode(wire.content) == {"message": phrase}
    for empty in (204, 399):
        assert encoder.of_status(operation, empty) == Wire(empty, [], b"")


def test_an_error_can_be_text() -> None:
    """It is not JSON if the description does not say so."""
    encoder, found = encoder_of("org.runners.get")
    text = Content(schema={"type": "string"}, encoding="text", example="gone")
    operation = msgspec.structs.replace(found, errors={"410": text})
    assert encoder.of_status(operation, 410).content == b"gone"


def test_success_that_is_not_declared_has_no_content() -> None:
    """A document can leave it out."""
    encoder, found = encoder_of("org.runners.delete")
    operation = msgspec.structs.replace(found, responses={})
    assert encoder.of_value(operation, None) == Wire(operation.success, [], b"")


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ({}, range(30)),
        ({"per_page": 0}, range(1)),
        ({"per_page": 101}, range(100)),
        ({"per_page": 50, "page": 0}, range(50)),
        ({"per_page": 50, "page": 3}, range(100, 110)),
    ],
)
def test_a_page_has_a_valid_size(asked: dict[str, int], served: range) -> None:
    """A document need not limit what is asked for, so that the mock server does."""
    encoder, operation = encoder_of("org.runners.list")
    items = [testing.runner(id=number) for number in range(110)]
    wire = encoder.of_items(operation, items, asked, "", "https://test/")
    content = msgspec.json.decode(wire.content)
    assert [it["id"] for it in content["runners"]] == list(served)
    assert content["total_count"] == 110


def test_the_only_page_has_no_links() -> None:
    """Neither if it has no items."""
    encoder, operation = encoder_of("org.runners.list")
    for items in ([], [testing.runner()]):
        wire = encoder.of_items(operation, items, {}, "", "https://test/")
        assert "Link" not in dict(wire.headers)


class Trusted(TrustedItems):
    """Items that are sent unchecked."""

    def __init__(self, *items: Any) -> None:
        self._items = items

    def __len__(self) -> int:
        return len(self._items)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]


def test_a_page_has_the_form_of_its_operation() -> None:
    """It can be the list itself, or an object without a total."""
    encoder, found = encoder_of("org.runners.list")
    listed = Content(schema={"type": "array"}, media_type="application/vnd.a+json, text/html")
    bare = msgspec.structs.replace(found, items=None, total=None, responses={"200": listed})
    for items in ([1], Trusted(1)):
        wire = encoder.of_items(bare, items, {}, "", "https://test/")
        assert (wire.content, dict(wire.headers)) == (
            b"[1]",
            {"Content-Type": "application/vnd.a+json"},
        )
    no_total = msgspec.structs.replace(found, total=None)
    shown = msgspec.json.decode(encoder.of_items(no_total, [], {}, "", "https://test/").content)
    assert (shown["runners"], None in shown) == ([], False)


def test_trusted_items_are_not_checked() -> None:
    """Whatever the description says of them, if it does."""
    encoder, found = encoder_of("org.runners.list")
    nothing = msgspec.structs.replace(found, items=None, responses={})
    for operation in (found, nothing):
        wire = encoder.of_items(operation, Trusted("x"), {}, "", "https://test/")
        assert b'"x"' in wire.content
        assert dict(wire.headers)["Content-Type"].startswith("application/json")
    with pytest.raises(ValueError, match="is not one of"):
        encoder.of_items(found, ["x"], {}, "", "https://test/")


def test_a_response_has_one_content_type() -> None:
    """That of the test, in any case of the letters of its name."""
    encoder, _ = encoder_of("org.runners.list")
    response = testing.Response(json={}, headers={"CONTENT-type": "text/plain"})
    assert encoder.of_response(response).headers == [("CONTENT-type", "text/plain")]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"status": "200"}, "'200' is no status: use a number from 200 to 599"),
        ({"status": True}, "True is no status"),
        ({"status": 101}, "101 is no status"),
        ({"status": 600}, "600 is no status"),
        ({"status": 204, "json": None}, "a response with status 204 has no content"),
        ({"status": 304, "content": b"a"}, "a response with status 304 has no content"),
        ({"content": "text"}, "the content must be bytes, not str"),
        ({"json": 1, "content": b"1"}, "json and content are both the content"),
        ({"headers": {"a b": "c"}}, "'a b' is no name of a header"),
        ({"headers": {"Retry-After": 5}}, "header Retry-After must be a text in quotes, not 5"),
        ({"headers": {"X-Name": "\u2192"}}, "header X-Name is '\u2192': use printable ASCII"),
        ({"headers": {"X-Name": "a\r\nX-B: c"}}, "use printable ASCII"),
        ({"headers": {"X-Name": " 5"}}, "without spaces around it"),
        ({"headers": {"Content-length": "5"}}, "Content-length follows from the content"),
        ({"headers": {"Transfer-Encoding": "chunked"}}, "follows from the content"),
    ],
)
def test_a_response_that_no_server_can_send_is_refused(given: dict[str, Any], said: str) -> None:
    """Where it is written: over HTTP, a client would see a lost connection."""
    with pytest.raises(ValueError, match=f"^the response cannot be sent: .*{re.escape(said)}"):
        testing.Response(**given)
    if "headers" in given:
        with pytest.raises(ValueError, match=re.escape(said)):
            testing.error(ghrunners.ConnectionLost, headers=given["headers"])


def test_a_response_takes_subclasses_of_its_types() -> None:
    """As enumerations of statuses, and texts and bytes of libraries."""

    class Text(str):
        __slots__ = ()

    class Bytes(bytes):
        __slots__ = ()

    server = testing.MockServer()
    made = testing.Response(HTTPStatus.OK, content=Bytes(b"a"), headers={"X-A": Text("b")})
    server.respond("org.runners.get", made)
    with httpx2.Client(transport=server.transport) as client:
        url = "https://api.github.com/orgs/a/actions/runners/7"
        found = client.get(url, headers={"Authorization": "token t"})
    assert (found.status_code, found.content, found.headers["x-a"]) == (200, b"a", "b")


def value(content: Content, sent_value: object) -> Wire:
    """Return the response of success with a value."""
    encoder, found = encoder_of("org.runners.get")
    operation = msgspec.structs.replace(found, responses={str(found.success): content})
    return encoder.of_value(operation, sent_value)


@pytest.mark.parametrize(
    ("encoding", "sent_value", "kind", "content"),
    [
        ("binary", b"\xff", "application/octet-stream", b"\xff"),
        ("binary", "abc", "application/octet-stream", b"abc"),
        ("text", "abc", "text/plain; charset=utf-8", b"abc"),
        ("any", "abc", "text/plain; charset=utf-8", b"abc"),
        ("any", [1], "application/json; charset=utf-8", b"[1]"),
        ("json", "abc", "application/json; charset=utf-8", b'"abc"'),
    ],
)
def test_a_value_is_encoded_as_declared(
    encoding: Any, sent_value: object, kind: str, content: bytes
) -> None:
    """As bytes, as text or as JSON."""
    wire = value(Content(schema={}, encoding=encoding), sent_value)
    assert (wire.headers, wire.content) == ([("Content-Type", kind)], content)


def test_a_value_of_another_kind_is_an_error() -> None:
    """It says what the operation returns."""
    for encoding, problem in (("binary", "returns bytes, not int"), ("text", "text, not int")):
        with pytest.raises(ValueError, match=problem):
            value(Content(schema={}, encoding=encoding), 7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - of a loop
    with pytest.raises(ValueError, match="has no content"):
        value(Content(), 7)


def test_a_location_is_a_header() -> None:
    """The address that an operation redirects to."""
    wire = value(Content(schema={"type": "string"}, encoding="location"), "https://test/x")
    assert (wire.headers, wire.content) == ([("Location", "https://test/x")], b"")


def test_an_example_need_not_be_possible() -> None:
    """What a test sends must be, but a status has some content in any case."""
    encoder, found = encoder_of("org.runners.get")
    digits = Content(schema={"type": "string", "pattern": "^[0-9]+$"})
    operation = msgspec.structs.replace(found, responses={"200": digits})
    assert encoder.of_status(operation, 200).content
    with pytest.raises(ValueError, match="must match"):
        encoder.of_value(operation, "abc")


OPTIONAL: Schema = {
    "type": "object",
    "properties": {
        "required": {"type": "null"},
        "optional": {"type": "string"},
        "nullable": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["required"],
}


@pytest.mark.parametrize(
    "schema", [OPTIONAL, {"anyOf": [{"type": "integer"}, OPTIONAL]}], ids=["object", "alternative"]
)
def test_nulls_of_absent_properties_are_left_out(schema: Schema) -> None:
    """Those that can be null stay, and so do unknown ones."""
    given = {"required": None, "optional": None, "nullable": None, "unknown": None}
    kept = {"required": None, "nullable": None, "unknown": None}
    assert msgspec.json.decode(value(Content(schema=schema), given).content) == kept
    listed: Schema = {"type": "array", "items": schema}
    assert msgspec.json.decode(value(Content(schema=listed), [given]).content) == [kept]
    inside: Schema = {"type": "object", "properties": {"in": schema}}
    assert msgspec.json.decode(value(Content(schema=inside), {"in": given}).content) == {"in": kept}
