"""The judge of requests refuses what a description does not allow, and takes what it does."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from client.described_operations import Description
from client.request_checker import RequestChecker, RequestRejected
from client.scripted_server import ReceivedRequest
from runnersmith.openapi.document import Json

THING: Json = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 5},
        "size": {"type": "integer"},
        "note": {"type": "string", "nullable": True},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
        "free": {"type": "object", "additionalProperties": True},
    },
}
DESCRIPTION: Json = {
    "openapi": "3.0.3",
    "paths": {
        "/things/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
            ],
            "get": {
                "operationId": "get",
                "parameters": [
                    {"name": "full", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "of", "in": "query", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {"204": {"description": "Nothing."}},
            },
            "put": {
                "operationId": "put",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": THING, "example": {"name": "x"}}},
                },
                "responses": {
                    "200": {
                        "description": "The thing.",
                        "content": {"application/json": {"schema": THING, "example": {"name": 1}}},
                    }
                },
            },
        },
        "/things/{name}": {
            "parameters": [
                {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "delete": {"operationId": "delete", "responses": {"204": {"description": "Done."}}},
        },
        "/{kind}/{id}": {
            "parameters": [
                {"name": "kind", "in": "path", "required": True, "schema": {"type": "string"}},
                {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
            ],
            "delete": {"operationId": "any", "responses": {"204": {"description": "Done."}}},
        },
        "/{a}/{b}/x": {"delete": {"operationId": "x", "responses": {"204": {}}}},
        "/{c}/{d}/x": {"delete": {"operationId": "y", "responses": {"204": {}}}},
    },
    "components": {
        "schemas": {"Part": {"type": "object", "properties": {"id": {"type": "integer"}}}}
    },
}
HEADERS = {"Accept": "text/x", "Authorization": "Bearer t"}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> RequestChecker:
    path = tmp_path_factory.mktemp("description") / "description.json"
    path.write_text(json.dumps(DESCRIPTION), encoding="utf-8")
    return RequestChecker(Description(path), HEADERS)


def request(
    method: str, target: str, body: bytes = b"", headers: Mapping[str, str | None] | None = None
) -> ReceivedRequest:
    """Make a request that carries what it must; a header of None is left out."""
    usual = {"Host": "x", "User-Agent": "test", **HEADERS}
    given = {**usual, **({"Content-Type": "application/json"} if body else {}), **(headers or {})}
    return ReceivedRequest(
        method=method,
        target=target,
        headers=tuple((name, value) for name, value in given.items() if value is not None),
        body=body,
        connection=0,
    )


UNDERSTOOD: list[tuple[str, str, bytes, tuple[str, Json, Json, Json]]] = [
    ("GET", "/things/7?of=a%20b", b"", ("get", {"id": 7}, {"of": "a b"}, None)),
    ("GET", "/things/7?full=true&of=", b"", ("get", {"id": 7}, {"full": True, "of": ""}, None)),
    ("DELETE", "/things/a%2F..", b"", ("delete", {"name": "a/.."}, {}, None)),
    ("DELETE", "/other/7", b"", ("any", {"kind": "other", "id": "7"}, {}, None)),
    ("PUT", "/things/0", b'{"name":"n"}', ("put", {"id": 0}, {}, {"name": "n"})),
    (
        "PUT",
        "/things/0",
        b'{"name":"n","note":null,"parts":[{"id":1}],"free":{"x":1}}',
        (
            "put",
            {"id": 0},
            {},
            {"name": "n", "note": None, "parts": [{"id": 1}], "free": {"x": 1}},
        ),
    ),
]


@pytest.mark.parametrize(("method", "target", "body", "understood"), UNDERSTOOD)
def test_what_is_described_is_understood(
    checker: RequestChecker,
    method: str,
    target: str,
    body: bytes,
    understood: tuple[str, Json, Json, Json],
) -> None:
    """The operation with the most fixed segments is found, and each value read as its type."""
    call = checker.check(request(method, target, body))
    assert (call.operation.id, call.path, call.query, call.body) == understood


@pytest.mark.parametrize(
    ("method", "target", "body", "reason"),
    [
        ("POST", "/things/7", b"", "no operation"),
        ("GET", "/things", b"", "no operation"),
        ("GET", "/things/7/", b"", "no operation"),
        ("GET", "//things/7?of=a", b"", "no operation"),
        ("DELETE", "/things/", b"", "no operation"),
        ("DELETE", "/a/b/x", b"", "more than one operation"),
        ("GET", "/things/seven?of=a", b"", "path: id: "),
        ("GET", "/things/07?of=a", b"", "path: id: "),
        ("GET", "/things/%37?of=a", b"", "not encoded as it must be"),
        ("DELETE", "/things/a@b", b"", "not encoded as it must be"),
        ("DELETE", "/things/%2f", b"", "not encoded as it must be"),
        ("DELETE", "/things/%FF", b"", "not UTF-8"),
        ("GET", "/things/7", b"", "query: of is missing"),
        ("GET", "/things/7?", b"", "a question mark without a query"),
        ("GET", "/things/7?of=a&page=1", b"", "query: page is not described"),
        ("GET", "/things/7?of=a&of=b", b"", "repeated"),
        ("GET", "/things/7?of", b"", "has no value"),
        ("GET", "/things/7?of=a+b", b"", "ambiguous"),
        ("GET", "/things/7?of=a&full=True", b"", "query: full: "),
        ("GET", "/things/7?of=a", b"{}", "get takes no body"),
        ("PUT", "/things/7", b"", "the body is missing"),
        ("PUT", "/things/7", b"{", "not JSON"),
        ("PUT", "/things/7", b"[]", "body: at the top"),
        ("PUT", "/things/7", b"{}", "body: at the top: .*name"),
        ("PUT", "/things/7", b'{"name":null}', "body: at name"),
        ("PUT", "/things/7", b'{"name":"longer"}', "body: at name"),
        ("PUT", "/things/7", b'{"name":"n","size":"1"}', "body: at size"),
        ("PUT", "/things/7", b'{"name":"n","more":1}', "body: at the top: .*more"),
        ("PUT", "/things/7", b'{"name":"n","parts":[{"ID":1}]}', "body: at parts/0: .*ID"),
    ],
)
def test_what_is_not_described_is_refused(
    checker: RequestChecker, method: str, target: str, body: bytes, reason: str
) -> None:
    """The reason says what, and where."""
    with pytest.raises(RequestRejected, match=reason):
        checker.check(request(method, target, body))


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Accept": None}, "header accept is None"),
        ({"Accept": "application/json"}, "header accept"),
        ({"Authorization": "token t"}, "header authorization"),
        ({"User-Agent": None}, "user-agent"),
        ({"X-More": "1"}, "unknown headers: x-more"),
        ({"Content-Type": "application/json"}, "a content type, and no body"),
    ],
)
def test_headers_are_the_demanded_ones(
    checker: RequestChecker, headers: Mapping[str, str | None], reason: str
) -> None:
    """Each of them, as it must be, and no others."""
    with pytest.raises(RequestRejected, match=reason):
        checker.check(request("DELETE", "/things/a", headers=headers))


def test_a_body_has_its_content_type(checker: RequestChecker) -> None:
    """JSON says that it is JSON."""
    with pytest.raises(RequestRejected, match="the body is text/plain"):
        checker.check(request("PUT", "/things/7", b"{}", {"Content-Type": "text/plain"}))


def test_an_answer_is_the_example_or_made_up(checker: RequestChecker) -> None:
    """An example that breaks its schema is replaced by a value that has every property."""
    made: Json = {"name": "name", "size": 7, "note": "note", "parts": [{"id": 7}], "free": {}}
    answer = checker(request("PUT", "/things/7", b'{"name":"n"}'))
    assert (answer.status, json.loads(answer.body)) == (200, made)
    assert (checker(request("DELETE", "/things/7")).status, checker.calls[-1].response) == (
        204,
        None,
    )


def test_a_refusal_is_answered_and_not_kept(checker: RequestChecker) -> None:
    """The client is told why, in GitHub's form."""
    before = list(checker.calls)
    answer = checker(request("GET", "/things/7"))
    assert (answer.status, checker.calls) == (400, before)
    assert json.loads(answer.body)["message"] == "rejected: query: of is missing"
