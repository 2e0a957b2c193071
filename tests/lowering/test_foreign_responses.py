"""Responses of any document, decoded by status and content type, sync and async."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import ScriptedResponse, json_response
from lowering.foreign_packages import call_both, call_failing, call_operation, call_refused
from runnersmith.lowering import build_foreign
from runnersmith.openapi.document import Json
from runnersmith.problems import errors
from runnersmith.validate import validate
from small_specs import document

ID: Json = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def content(body: bytes, media_type: str | None, status: int = 200) -> ScriptedResponse:
    headers = {} if media_type is None else {"Content-Type": media_type}
    return ScriptedResponse(status=status, body=body, headers=headers)


@pytest.mark.parametrize(
    ("call", "arguments", "answer", "accept", "wanted"),
    [
        ("goods.list", {}, json_response([{"name": "a"}]), "application/json, */*;q=0.5", "[Good]"),
        ("goods.name", {}, json_response("a"), "application/json, */*;q=0.5", "a"),
        ("goods.name", {}, content(b"a b", "text/plain"), "application/json, */*;q=0.5", "a b"),
        ("goods.change", {}, json_response([1]), "application/json, */*;q=0.5", [1]),
        ("goods.change", {}, content(b"a", "text/x"), "application/json, */*;q=0.5", "a"),
        ("goods.change", {}, content(b"\xff", "image/x"), "application/json, */*;q=0.5", b"\xff"),
        ("goods.drop", {}, json_response([1]), "*/*", b"[1]"),
        ("goods.odd", {}, content(b"a", "text/plain"), "text/plain", "a"),
        ("goods.odder", {"body": b"x"}, content(b"\x1f", "gzip"), "*/*", b"\x1f"),
        ("goods.lines", {"body": b"{}\n"}, content(b"{}\n", "application/x-ndjson"), None, b"{}\n"),
        ("goods.text_json", {}, content(b'{"name": "a"}', "text/json"), "text/json", "Good"),
    ],
)
def test_a_range_of_media_types_is_decoded_by_the_schema(
    packages: Path,
    call: str,
    arguments: dict[str, Any],
    answer: ScriptedResponse,
    accept: str | None,
    wanted: object,
) -> None:
    """JSON is preferred and decoded; text stays text. Bytes are what has no schema, or a binary one."""
    good = importlib.import_module("bazaar").models.Good(name="a")
    sent, result = call_both(packages, "bazaar", answer, call, **arguments)
    assert accept is None or sent.header("Accept") == accept
    assert result == {"Good": good, "[Good]": [good]}.get(str(wanted), wanted)


@pytest.mark.parametrize(
    ("content_type", "body", "text"),
    [
        ("text/plain", "Grüße".encode(), "Grüße"),
        ("text/plain; charset=iso-8859-1", b"Gr\xfc\xdfe", "Grüße"),
        ('text/csv; header=present; charset="Shift_JIS"', b"\x8d\xa1", "今"),
        ("text/html; charset=utf-16", b"\xff\xfe\xfc\x00", "ü"),
    ],
)
@pytest.mark.parametrize("call", ["goods.odd", "goods.name", "goods.change", "goods.old"])
def test_a_text_is_decoded_by_its_charset(
    packages: Path, call: str, content_type: str, body: bytes, text: str
) -> None:
    """Of one media type, of any, and of any without a schema."""
    arguments = {"body": "ü"} if call == "goods.old" else {}
    _, found = call_both(packages, "bazaar", content(body, content_type), call, **arguments)
    assert found == text


@pytest.mark.parametrize(
    ("content_type", "body", "problem"),
    [
        ("text/plain", b"Gr\xfc\xdfe", "the body is not valid utf-8"),
        ("text/plain; charset=euc-jp", b"\xff", "the body is not valid euc-jp"),
        ("text/plain; charset=punycode", b"a-b", "the charset punycode is unknown"),
    ],
)
def test_a_text_that_cannot_be_decoded_is_an_error_with_its_bytes(
    packages: Path, content_type: str, body: bytes, problem: str
) -> None:
    raised = importlib.import_module("bazaar").UnexpectedResponse
    answer = content(body, content_type)
    for error in call_failing(packages, "bazaar", raised, answer, "goods.odd"):
        assert str(error).endswith(problem)
        assert error.body == body


def test_a_text_is_sent_in_the_charset_of_its_media_type(packages: Path) -> None:
    """What the charset lacks is refused before anything is sent."""
    answer = content(b"a", "text/plain")
    sent, _ = call_both(packages, "bazaar", answer, "goods.old", body="Grüße")
    assert sent.body == b"Gr\xfc\xdfe"
    assert sent.header("Content-Type") == "text/plain; charset=iso-8859-1"
    done = ScriptedResponse(status=204)
    part, _ = call_both(packages, "bazaar", done, "goods.oldest", note="Да")
    assert b"Content-Type: text/plain; charset=koi8-r\r\n\r\n\xe4\xc1\r\n" in part.body
    refused = importlib.import_module("bazaar").InvalidArgument
    message = call_refused(packages, "bazaar", refused, "goods.old", body="€")
    assert message == "body has a character that cannot be sent in iso-8859-1"


def test_a_range_of_media_types_is_sent_by_the_schema(packages: Path) -> None:
    """An object is JSON with its fields as arguments, a string is text, a file is bytes."""
    sent, _ = call_both(packages, "bazaar", json_response({"name": "a"}), "goods.add", name="a")
    assert (sent.header("Content-Type"), sent.body) == ("application/json", b'{"name":"a"}')
    sent, _ = call_both(packages, "bazaar", json_response("a"), "goods.name", body="ü")
    assert (sent.header("Content-Type"), sent.body) == ("text/plain", "ü".encode())
    sent, _ = call_both(packages, "bazaar", json_response(1), "goods.change", body=b"\xff")
    assert (sent.header("Content-Type"), sent.body) == ("application/octet-stream", b"\xff")


def test_a_model_is_never_read_from_what_is_no_json(packages: Path) -> None:
    """Even where the description allows any content type."""
    module = importlib.import_module("bazaar")
    for media_type in ("text/html", "application/xml", None):
        with pytest.raises(module.UnexpectedResponse, match="expected JSON, got"):
            call_operation(packages, "bazaar", content(b"<p>", media_type), "goods.list")


@pytest.mark.parametrize(
    "answer",
    [
        ScriptedResponse(status=201),
        ScriptedResponse(status=200),
        ScriptedResponse(status=204),
        content(b"created", "text/plain", 202),
        content(b"<p>Thanks", "text/html"),
        json_response({"id": 1}, 201),
    ],
)
def test_a_success_without_content_is_any_success(packages: Path, answer: ScriptedResponse) -> None:
    """Nothing is read from it, so nothing can be wrong with it."""
    assert call_both(packages, "bazaar", answer, "stalls.move")[1] is None
    module = importlib.import_module("bazaar")
    with pytest.raises(module.BadRequest):
        call_operation(packages, "bazaar", json_response({}, 400), "stalls.move")


@pytest.mark.parametrize(("call", "status"), [("stalls.gate", 302), ("stalls.gates", 307)])
def test_where_only_a_redirect_is_described_its_target_is_the_result(
    packages: Path, call: str, status: int
) -> None:
    """It is not followed, whichever origin it has."""
    there = ScriptedResponse(status=status, headers={"Location": "https://other.example/x?y=z"})
    sent, target = call_both(packages, "bazaar", there, call)
    assert (sent.target, target) == ("/gate", "https://other.example/x?y=z")
    module = importlib.import_module("bazaar")
    with pytest.raises(module.UnexpectedResponse, match="no Location header"):
        call_operation(packages, "bazaar", ScriptedResponse(status=302), "stalls.gate")


# ── What is not supported ────────────────────────────────────────────────────────────────────


def left_out(paths: Json) -> list[tuple[str, str, str]]:
    """Operations that are omitted from a document, with their reasons and the lines of these."""
    spec: Json = {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": paths}
    found = document(spec)
    unsound = errors(validate(found, "foreign"))
    result = build_foreign(found, "small", unsound, skip_unsupported=True)
    lines = json.dumps(spec, indent=1).splitlines()
    places = {it.message: lines[it.place.line - 1].strip() for it in result.left_out}
    return [
        (one.id, reason.partition(",")[0], places[reason])
        for one in result.api.left_out
        for reason in one.reasons
    ]


def reading(content: Json) -> Json:
    return {"get": {"responses": {"200": {"description": "ok", "content": content}}}}


@pytest.mark.parametrize(
    ("paths", "wanted"),
    [
        (
            {"/x": {"$ref": "./x.yaml"}, "/y": {"get": {}}},
            [("/x", '$ref "./x.yaml" leads to another file', '"$ref": "./x.yaml"')],
        ),
        (
            {"/x/{id}": {"get": {"$ref": "x.yaml"}, "parameters": [ID]}, "/y": {"get": {}}},
            [("get /x/{id}", '$ref "x.yaml" leads to another file', '"$ref": "x.yaml"')],
        ),
        (
            {"/x/{id}": {"get": {"$ref": "x.yaml"}, "put": {"parameters": [ID]}}},
            [("get /x/{id}", '$ref "x.yaml" leads to another file', '"$ref": "x.yaml"')],
        ),
    ],
)
def test_what_no_method_could_do_is_left_out_with_the_line_of_its_reason(
    paths: Json, wanted: list[tuple[str, str, str]]
) -> None:
    """What stands in another file: nothing else is said of it."""
    assert left_out(paths) == wanted


@pytest.mark.parametrize(
    ("media_type", "encoding", "note"),
    [
        ("application/x-ndjson", "binary", "is not decoded line by line; the method returns all"),
        ("application/jsonl", "binary", "is not decoded line by line; the method returns all"),
        ("application/stream+json", "binary", "is not decoded line by line; the method returns"),
        ("text/event-stream", "text", "is not decoded event by event; the method returns all"),
    ],
)
@pytest.mark.parametrize("key", ["schema", "itemSchema"])
def test_a_stream_is_read_to_its_end_and_that_is_noted(
    media_type: str, encoding: str, note: str, key: str
) -> None:
    """With the place of the media type."""
    result = build_foreign(document(small(reading({media_type: {key: {}}}))), "small")
    [found] = result.notes
    assert found.message.startswith(f"{media_type!r} {note}")
    assert found.pointer[-1] == media_type
    [resource] = result.api.resources
    assert resource.operations[0].responses[0].encoding == encoding


def test_a_stream_beside_json_is_not_chosen() -> None:
    """The client reads what has an end, and the rest is noted."""
    media: dict[str, Json] = {"text/event-stream": {}, "application/json": {"schema": {}}}
    result = build_foreign(document(small(reading(media))), "small")
    assert [note.message for note in result.notes] == [
        "'text/event-stream' is not used by the client, which prefers 'application/json' here"
    ]


def test_what_is_no_media_type_is_never_sent() -> None:
    """It could end a header."""
    media: dict[str, Json] = {"text/x\r\ny: z": {}}
    result = build_foreign(document(small(reading(media))), "small")
    [resource] = result.api.resources
    assert resource.operations[0].responses[0].media_type == "*/*"
    assert "is not a media type" in result.notes[0].message


def test_requests_of_the_server_are_noted() -> None:
    """Webhooks and callbacks, each at its place."""
    spec = small({"get": {"callbacks": {"x": {}}, "responses": {"204": {"description": "ok"}}}})
    spec["webhooks"] = {"made": {"post": {}}}
    notes = build_foreign(document(spec), "small").notes
    assert [(note.pointer[-1], note.message.partition(" ")[0]) for note in notes] == [
        ("callbacks", "callbacks"),
        ("webhooks", "webhooks"),
    ]


def small(item: Json) -> dict[str, Json]:
    return {"openapi": "3.1.0", "info": {"title": "A", "version": "1"}, "paths": {"/x": item}}
