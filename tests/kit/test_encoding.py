"""Responses of tests as they are sent: errors with what is required of them, and pages."""

from __future__ import annotations

import msgspec
import pytest

from ghrunners import testing
from ghrunners.testing._kit.description import Content, Operation, Schema
from ghrunners.testing._kit.response.encoding import Encoder
from ghrunners.testing._kit.response.faults import Wire

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
