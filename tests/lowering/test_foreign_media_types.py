"""Media types, files and keys of requests, as many generators of descriptions write them.

Each call is made sync and async, or by a client with credentials.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import ReceivedRequest, ScriptedResponse, json_response
from lowering.foreign_packages import (
    call_both,
    call_failing,
    call_operation,
    call_refused,
    generated_package,
)

DONE = ScriptedResponse(status=204)
AUTH = {"key": "k3y", "session": "s%3Aab/+=="}


def sent_by(packages: Path, call: str, **arguments: Any) -> ReceivedRequest:
    sent, result = call_operation(packages, "bakery", DONE, call, auth=AUTH, **arguments)
    assert result is None
    return sent


@pytest.mark.parametrize(
    ("call", "file", "media_type"),
    [
        ("breads.paint", ("a.png", b"\xff", "image/png"), "image/png"),
        ("breads.paint", ("a", b"\xff", "IMAGE/svg+xml; charset=utf-8"), "IMAGE/svg+xml; charset=utf-8"),
        ("breads.attach", ("a.png", b"\xff", "image/png"), "image/png"),
        ("breads.attach", ("a.png", b"\xff"), "application/octet-stream"),
        ("breads.attach", b"\xff", "application/octet-stream"),
        ("breads.mix", ("a", b"\xff", "multipart/mixed; boundary=b"), "multipart/mixed; boundary=b"),
    ],
)  # fmt: skip
def test_the_caller_names_the_media_type_of_a_range(
    packages: Path, call: str, file: object, media_type: str
) -> None:
    """Any of the range, and the boundary of several parts; bytes alone fit a range of all."""
    sent = sent_by(packages, call, body=file)
    assert (sent.body, sent.header("Content-Type")) == (b"\xff", media_type)


@pytest.mark.parametrize(
    ("call", "file", "allowed"),
    [
        ("breads.paint", b"\xff", "image/*, such as image/png"),
        ("breads.paint", ("a", b"\xff"), "image/*, such as image/png"),
        ("breads.paint", ("a", b"\xff", "text/plain"), "image/*"),
        ("breads.mix", ("a", b"\xff", "multipart/mixed"), "such as multipart/mixed; boundary=..."),
        ("breads.mix", ("a", b"\xff", "multipart/related; boundary=b"), "multipart/mixed"),
    ],
)
def test_content_of_another_media_type_than_described_is_refused(
    packages: Path, call: str, file: object, allowed: str
) -> None:
    """Nothing is sent as bytes of no type where the description demands one."""
    refused = importlib.import_module("bakery").InvalidArgument
    assert allowed in call_refused(packages, "bakery", refused, call, body=file)


def test_a_range_of_json_is_sent_and_asked_for_as_json(packages: Path) -> None:
    """`application/*+json` is no media type that a server knows."""
    sent = sent_by(packages, "breads.add", name="rye")
    assert (sent.body, sent.header("Content-Type")) == (b'{"name":"rye"}', "application/json")
    answer = ScriptedResponse(
        status=200, headers={"Content-Type": "application/hal+json"}, body=b'[{"name":"rye"}]'
    )
    sent, found = call_both(packages, "bakery", answer, "breads.list")
    assert found[0].name == "rye"
    assert sent.header("Accept") == "application/json, */*;q=0.5"


def test_a_file_beside_other_fields_makes_a_body_a_multipart_form(packages: Path) -> None:
    """Also through allOf; without one, JSON is preferred."""
    sent = sent_by(packages, "breads.replace", name="rye", picture=b"\xff")
    assert (sent.header("Content-Type") or "").startswith("multipart/form-data; boundary=")
    assert b'name="picture"; filename="picture"' in sent.body
    sent = sent_by(packages, "breads.change", name="rye")
    assert sent.header("Content-Type") == "application/json"


def test_an_error_of_any_media_type_has_its_model(packages: Path) -> None:
    """If the body is JSON of it, as Spring describes its errors."""
    module = importlib.import_module("bakery")
    for body, found in (({"reason": "stale"}, "stale"), ({"other": 1}, None)):
        answer = json_response(body, 400)
        for error in call_failing(packages, "bakery", module.BadRequest, answer, "breads.list"):
            assert getattr(error.model, "reason", None) == found


def test_a_parameter_that_is_the_key_of_a_security_scheme_is_no_argument(packages: Path) -> None:
    """Of every alternative: the header X-Key, but not the cookie or the query. It is noted."""
    answer = json_response([])
    sent, _ = call_operation(
        packages, "bakery", answer, "breads.list", auth={"key": "k3y", "search": "s"}, session="c"
    )
    assert (sent.header("X-Key"), sent.header("Cookie")) == ("k3y", "session=c")
    assert sent.target == "/breads?k=s"
    notes = generated_package("bakery").built.notes
    [note] = [it for it in notes if "is no argument" in it.message]
    assert "'x-key'" in note.message
    assert "'key'" in note.message


def test_the_key_of_a_cookie_is_sent_as_a_browser_would(packages: Path) -> None:
    """A session is what the server has set: percent signs and all."""
    assert sent_by(packages, "breads.replace", name="a").header("Cookie") == "session=s%3Aab/+=="


def test_content_of_a_parameter_is_text_or_json(packages: Path) -> None:
    """A string of any media type is what the caller has encoded; JSON in a header is ASCII."""
    kinds = ["Brötchen", "🥐", 'a"b']
    arguments = {"proof": "a.b", "x_kinds": kinds}
    sent, _ = call_both(packages, "bakery", json_response([]), "breads.list", **arguments)
    assert sent.target == "/breads?proof=a.b"
    assert sent.header("X-Kinds") == r'["Br\u00f6tchen","\ud83e\udd50","a\"b"]'


def test_a_file_of_a_form_has_a_media_type_of_its_range(packages: Path) -> None:
    """A field that is a text has none, since a range is no media type."""
    refused = importlib.import_module("bakery").InvalidArgument
    for cover in (b"1", ("a", b"1"), ("a.pdf", b"1", "application/pdf")):
        message = call_refused(packages, "bakery", refused, "breads.print", cover=cover)
        assert "cover must be" in message
        assert "image/*" in message
    answer = ScriptedResponse(status=200, headers={"Content-Type": "text/plain"}, body=b"a")
    sent, found = call_both(
        packages, "bakery", answer, "breads.print", cover=("a", b"1", "image/png"), pages=[b"2"], note="n"
    )  # fmt: skip
    assert found == "a"
    types = [line for line in sent.body.splitlines() if line.startswith(b"Content-Type")]
    assert types == [b"Content-Type: image/png", b"Content-Type: application/octet-stream"]


def test_bytes_that_are_described_as_json_are_bytes(packages: Path) -> None:
    """As servers send a download, whatever its content type is."""
    for media_type in ("application/json", "application/pdf"):
        answer = ScriptedResponse(status=200, headers={"Content-Type": media_type}, body=b"\xff")
        assert call_both(packages, "bakery", answer, "breads.book")[1] == b"\xff"


def test_a_schema_of_what_is_not_decoded_is_noted() -> None:
    """The method takes and returns the text or the bytes."""
    notes = [it.message for it in generated_package("bakery").built.notes]
    assert [it for it in notes if "is not used;" in it] == [
        "the schema of 'multipart/mixed' is not used; the caller encodes the body",
        "the schema of 'text/plain' is not used; the method returns all of it as text",
        "the schema of 'application/xml' is not used; the caller encodes the body",
        "the schema of 'application/yaml' is not used; the method returns all of it as bytes",
    ]
