"""Messages and field errors in the usual shapes of a body, and in bodies of no shape at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.runtime_api import GET, TOKEN, Caller, both
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.errors import RequestInfo
from ghrunners._runtime.redaction import Redactor, Secret
from ghrunners._runtime.response.errors.by_status import status_error, without_body
from ghrunners._runtime.response.errors.headers import find_request_id, shown_headers
from ghrunners._runtime.response.errors.messages import LISTS, MESSAGES
from ghrunners._runtime.response.errors.rules import ApiRules
from ghrunners._runtime.response.response import Response
from ghrunners._runtime.response_errors import FieldError, StatusError

INFO = RequestInfo(operation="x", method="GET", path="/x")


def error_of(body: bytes, media_type: str = "application/json", status: int = 400) -> StatusError:
    response = Response(status, [(b"content-type", media_type.encode())], body)
    error = status_error(GET, INFO, response, Redactor(Secret(TOKEN)), ApiRules())
    assert isinstance(error, StatusError)
    return error


FastAPI = {
    "detail": [
        {"loc": ["body", "items", 0, "name"], "msg": "Field required", "type": "missing"},
        {"loc": ["query", "q"], "msg": "Too long", "type": "string_too_long"},
    ]
}
JsonApi = {
    "errors": [
        {
            "status": "422",
            "code": "blank",
            "title": "Invalid",
            "detail": "Name is blank",
            "source": {"pointer": "/data/attributes/name"},
        },
        {"title": "Too old", "source": {"parameter": "age"}},
    ]
}
Google = {
    "error": {
        "code": 400,
        "message": "Bad day",
        "status": "INVALID_ARGUMENT",
        "errors": [
            {"domain": "global", "reason": "invalid", "message": "Bad day", "location": "day"}
        ],
    }
}
# A body, its message, and its field errors.
SHAPES: dict[str, tuple[object, str, list[FieldError]]] = {
    "message": ({"message": "No", "error": "not_this"}, "No", []),
    "error": ({"error": "No"}, "No", []),
    "OAuth": ({"error": "invalid_grant", "error_description": "Expired"}, "Expired", []),
    "error.message": ({"error": {"message": "No", "code": 7}}, "No", []),
    "Stripe": (
        {
            "error": {
                "message": "No such card",
                "type": "card_error",
                "code": "gone",
                "param": "card",
            }
        },
        "No such card",
        [FieldError(field="card", code="gone")],
    ),
    "Google": (Google, "Bad day", [FieldError(field="day", code="invalid", message="Bad day")]),
    "FastAPI, a text": ({"detail": "Not Found"}, "Not Found", []),
    "FastAPI, a list": (
        FastAPI,
        "body.items.0.name: Field required; query.q: Too long",
        [
            FieldError(field="body.items.0.name", code="missing", message="Field required"),
            FieldError(field="query.q", code="string_too_long", message="Too long"),
        ],
    ),
    "problem details": ({"type": "a", "title": "No", "detail": "Not today"}, "Not today", []),
    "problem details, a title": ({"type": "about:blank", "title": "No", "status": 400}, "No", []),
    "ASP.NET": (
        {"title": "Invalid", "errors": {"Name": ["Missing", "Short"], "Age": "Odd"}},
        "Invalid",
        [FieldError(field="Name", message="Missing"), FieldError(field="Age", message="Odd")],
    ),
    "errors, texts": (
        {"errors": ["No", "Nor this"]},
        "No; Nor this",
        [FieldError(message="No"), FieldError(message="Nor this")],
    ),
    "errors, objects": ({"errors": [{"message": "No"}]}, "No", [FieldError(message="No")]),
    "JSON:API": (
        JsonApi,
        "/data/attributes/name: Name is blank; age: Too old",
        [
            FieldError(field="/data/attributes/name", code="blank", message="Name is blank"),
            FieldError(field="age", message="Too old"),
        ],
    ),
    "NestJS": (
        {"statusCode": 400, "message": ["No", "Nor this"], "error": ""},
        "No; Nor this",
        [FieldError(message="No"), FieldError(message="Nor this")],
    ),
    "an empty message": ({"message": "", "title": "No"}, "No", []),
}


@pytest.mark.parametrize(("body", "message", "errors"), SHAPES.values(), ids=SHAPES)
def test_a_message_is_found_in_the_usual_shapes(
    body: object, message: str, errors: list[FieldError]
) -> None:
    """Once in the text of the error, with the status and the request."""
    error = error_of(json.dumps(body).encode(), "application/problem+json; charset=utf-8")
    assert (error.message, list(error.errors)) == (message, errors)
    assert str(error).startswith(f"400 Bad Request: GET /x: {message}")
    assert str(error).count(message) == 1


def test_a_text_is_its_own_message() -> None:
    assert error_of(b"\xef\xbb\xbfno such\ncolumn\n", "text/plain").message == "no such column"
    assert error_of(b"<p>no</p>", "text/html").message == ""


@both
def test_a_message_is_redacted_wherever_it_is(flavour: type[Caller]) -> None:
    """As every text from a server, also in the errors of fields."""
    body = {"error": {"message": f"Bad {TOKEN}", "param": TOKEN}, "doc_url": f"https://x/{TOKEN}"}
    with ScriptedServer(json_response(body, 400)) as server, pytest.raises(StatusError) as caught:
        flavour(server.url).call(GET, path={"thing": 7})
    error = caught.value
    assert (error.message, error.docs_url) == ("Bad ***", "https://x/***")
    assert error.errors == (FieldError(field="***"),)
    assert TOKEN not in f"{error!s}{error!r}{vars(error)}"


@pytest.mark.parametrize("path", [*MESSAGES, *LISTS], ids=".".join)
def test_a_message_is_bounded(path: tuple[str, ...]) -> None:
    """Nothing that is long or that has many entries comes through whole."""
    for content in ("x y " * 100_000, ["x y " * 1000] * 1000):
        body: object = content
        for name in reversed(path):
            body = {name: body}
        error = error_of(json.dumps(body).encode())
        assert len(error.message) <= 501
        assert len(error.errors) <= 20
        assert len(str(error)) < 10_000


NAMES = sorted(
    {name for path in (*MESSAGES, *LISTS) for name in path}
    | {"loc", "source", "pointer", "code", "type", "param", "field", "documentation_url", "doc_url"}
)
HOSTILE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=3), inner, max_size=5),
    max_leaves=30,
)


@given(HOSTILE)
def test_no_body_breaks_an_error(body: Any) -> None:
    """Every value may have any type, at any depth."""
    encoded = json.dumps(body).encode()
    error = error_of(encoded)
    assert error.message.isprintable()
    assert all(isinstance(it, FieldError) for it in error.errors)
    assert (error.body, error.model) == (encoded, None)
    error.json()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"error":' * 100_000,
        b'{"message": "\xff"}',
        b"{",
        b"",
        b"null",
        b"\0" * 100,
    ],
    ids=["lists", "objects", "not UTF-8", "cut", "empty", "null", "zeros"],
)
@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
def test_no_bytes_break_an_error(body: bytes, media_type: str) -> None:
    error = error_of(body, media_type)
    assert len(str(error)) < 1000
    assert error.model is None


def test_a_kept_refusal_has_the_message_and_no_body() -> None:
    """The response of an earlier request is no body of a later one."""
    body = json.dumps({"error": {"message": "Slow down"}, "secret": "S"}).encode()
    kept = without_body(Response(429, [(b"content-type", b"application/json")], body), Redactor())
    assert b"secret" not in kept.body
    error = status_error(GET, INFO, kept, Redactor(), ApiRules())
    assert isinstance(error, StatusError)
    assert (error.message, error.body, error.model) == ("Slow down", b"", None)
    with pytest.raises(ValueError, match="no body"):
        error.json()


# ── Headers ──────────────────────────────────────────────────────────────────────────────────

IDS: dict[str, tuple[Mapping[str, str], str | None]] = {
    "usual": ({"x-request-id": "a"}, "a"),
    "plain": ({"request-id": "a"}, "a"),
    "a vendor's": ({"x-request-id": "proxy", "x-acme-request-id": "a"}, "a"),
    "without a hyphen": ({"x-amzn-requestid": "a"}, "a"),
    "correlation": ({"x-correlation-id": "a"}, "a"),
    "request before correlation": ({"x-correlation-id": "b", "x-request-id": "a"}, "a"),
    "none": ({"x-id": "a", "date": "now"}, None),
}


@pytest.mark.parametrize(("headers", "found"), IDS.values(), ids=IDS)
def test_the_id_of_a_request_is_found(headers: Mapping[str, str], found: str | None) -> None:
    assert find_request_id(headers) == found


@both
def test_the_id_of_a_request_is_that_of_the_vendor(flavour: type[Caller]) -> None:
    headers = {"Content-Type": "application/json", "X-Request-Id": "p", "X-GitHub-Request-Id": "g"}
    answer = ScriptedResponse(status=400, body=b"{}", headers=headers)
    with ScriptedServer(answer) as server, pytest.raises(StatusError) as caught:
        flavour(server.url).call(GET, path={"thing": 7})
    assert caught.value.request_id == "g"
    assert str(caught.value).endswith("(request g)")


@pytest.mark.parametrize(
    "name",
    [
        *("set-cookie", "authorization", "www-authenticate", "location", "link", "x-api-key"),
        *("x-auth-token", "cookie", "x-session-id", "etag", "server", "x-csrf-token"),
    ],
)
def test_no_header_with_a_credential_is_shown(name: str) -> None:
    response = Response(400, [(name.encode(), b"S"), (b"Date", b"now")], b"")
    assert shown_headers(response) == {"date": "now"}


def test_the_headers_of_an_error_are_bounded() -> None:
    many = [(f"x-ratelimit-{chr(97 + n % 26) * (n + 1)}".encode(), b"x" * 9000) for n in range(99)]
    shown = shown_headers(Response(400, many, b""), Redactor())
    assert len(shown) == 30
    assert max(map(len, shown.values())) <= 201
