"""Every operation through the public client: its request and its result."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import cast

import msgspec
import pytest

import ghrunners
from client.described_methods import (
    CHECKED,
    METHODS,
    SYNC,
    Arguments,
    CallStyle,
    Method,
    both,
    checking_server,
    choices,
    every_method,
)
from client.described_operations import entries, resolved
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from runnersmith.openapi.document import Json, Node

every_list = pytest.mark.parametrize("method", [one for one in METHODS if one.paged], ids=str)

# ── Requests ─────────────────────────────────────────────────────────────────────────────────


@both
@every_method
def test_a_request_says_what_the_caller_said(flavour: CallStyle, method: Method) -> None:
    """All arguments, each optional one, or none of them: what was given leaves, and nothing else."""
    accepted, chosen = checking_server(), list(choices(method.checked_operation))
    with ScriptedServer(default=accepted) as server:
        flavour(server, method, method.examples, *({**query, **body} for query, body in chosen))
    assert len(accepted.calls) == len(chosen)
    for call, (query, body) in zip(accepted.calls, chosen, strict=True):
        paging: Arguments = {"per_page": 100} if method.paged else {}
        assert call.operation is method.checked_operation
        assert call.path == method.examples
        assert call.query == {**paging, **query}
        stated = method.checked_operation.body
        is_sent = stated is not None and (stated.required or body)
        assert call.body == (body if is_sent else None)


@both
@every_method
def test_a_name_is_one_segment(flavour: CallStyle, method: Method) -> None:
    """A name that would climb, end the path or be decoded twice leads nowhere else."""
    hostile, places = "../../a/b%2F?c=d#e +ü.", method.checked_operation.among("path").values()
    names = [one.name for one in places if CHECKED.fault(hostile, one.schema) is None]
    path, accepted = {**method.examples, **dict.fromkeys(names, hostile)}, checking_server()
    with ScriptedServer(default=accepted) as server:
        flavour(server, method, path, method.required_arguments)
    assert set(names) >= set(method.held)
    assert accepted.only.operation is method.checked_operation
    assert accepted.only.path == path


@both
def test_a_name_that_cannot_be_a_segment_is_refused(flavour: CallStyle) -> None:
    """Every method checks each of its path parameters before anything is sent.

    Which texts are no segment is the concern of the runtime's own tests.
    """

    def outcome(method: Method, name: str) -> str:
        try:
            flavour(server, method, {**method.examples, name: ".."}, method.required_arguments)
        except ghrunners.ClientError as error:
            return str(error)
        return "sent"

    calls = [(method, name) for method in METHODS for name in method.examples]
    with ScriptedServer(default=ScriptedResponse(status=404)) as server:
        outcomes = {f"{method}({name})": outcome(method, name) for method, name in calls}
    assert outcomes == {
        f"{method}({name})": f"{name} must not be '..': it would change the path"
        for method, name in calls
    }
    assert server.requests == []


def lists(method: Method) -> list[str]:
    """The fields of a method's body that are lists."""
    body = method.operation.body
    return [name for name, one in body.example.items() if isinstance(one, list)] if body else []


@both
@pytest.mark.parametrize("method", [one for one in METHODS if lists(one)], ids=str)
def test_a_text_is_not_taken_for_a_list(flavour: CallStyle, method: Method) -> None:
    """`labels="gpu"`, which type checkers let pass, is rejected: it is no list of labels."""
    with ScriptedServer() as server:
        for name in lists(method):
            with pytest.raises(TypeError, match=f"{name} must be a list"):
                flavour(server, method, method.examples, {**method.required_arguments, name: "gpu"})
    assert server.requests == []


# ── Responses ────────────────────────────────────────────────────────────────────────────────


def typed(value: Json, written: Node) -> object:
    """Convert a response as its schema says: times are times, null is as good as absent."""
    schema = resolved(written)
    properties = dict(entries(schema.get("properties")))
    match value:
        case list():
            return [typed(one, schema.at("items")) for one in value]
        case dict() if properties:
            known = {name: one for name, one in value.items() if name in properties}
            return {n: typed(one, properties[n]) for n, one in known.items() if one is not None}
        case str() if schema.text("format") == "date-time":
            return datetime.fromisoformat(value)
        case str() if schema.text("format") == "date":
            return date.fromisoformat(value)
        case _:
            return value


def plain(value: object) -> object:
    """Take models apart, leaving out what is absent."""
    if isinstance(value, list):
        return [plain(one) for one in cast("list[object]", value)]
    if not isinstance(value, msgspec.Struct):
        return value
    fields = {one.encode_name: getattr(value, one.name) for one in msgspec.structs.fields(value)}
    return {name: plain(one) for name, one in fields.items() if one is not None}


def described(written: Node) -> list[str]:
    """Name the model that a schema is, inside of a list or not."""
    schema = resolved(written)
    if schema.text("type") == "array":
        return ["list", *described(schema.at("items"))]
    return [schema.key]


def kind(value: object) -> list[str]:
    """Name the public model that a value is, inside of a list or not."""
    if isinstance(value, list):
        return ["list", *kind(cast("list[object]", value)[0])]
    name = type(value).__name__
    assert type(value) is getattr(ghrunners.models, name)
    return [name]


@both
@every_method
def test_a_reply_is_read_whole(flavour: CallStyle, method: Method) -> None:
    """Every value of it is there, in the model and of the type that are described."""
    accepted, schema = checking_server(), method.operation.success.schema
    with ScriptedServer(default=accepted) as server:
        [result] = flavour(server, method, method.examples, method.required_arguments)
    if method.paged:
        [result] = cast("list[object]", result)
    if schema is None:
        assert result is None
    else:
        assert kind(result) == described(schema)
        assert plain(result) == typed(accepted.only.response, schema)


@both
@every_list
@pytest.mark.parametrize("items", [False, True], ids=["pages", "items"])
def test_a_list_is_read_to_its_end(flavour: CallStyle, method: Method, items: bool) -> None:
    """Page after page, each of them asked for as the first one was."""
    chosen = {
        n: one.example for n, one in method.checked_operation.among("query").items() if n != "page"
    }
    schema, accepted = method.operation.success.schema, checking_server(pages=3)
    assert schema is not None
    with ScriptedServer(default=accepted) as server:
        [result] = flavour(server, method, method.examples, chosen, items=items)
    pages: list[Arguments] = [{}, {"page": 2}, {"page": 3}]
    assert [call.query for call in accepted.calls] == [{**chosen, **page} for page in pages]
    assert [call.operation for call in accepted.calls] == [method.checked_operation] * 3
    expected = [typed(call.response, schema) for call in accepted.calls]
    if items:
        key = resolved(schema).at("x-runnersmith").text("items") or ""
        listed = cast("list[dict[str, list[object]]]", expected)
        expected = [item for page in listed for item in page[key]]
    assert plain(result) == expected


@both
@every_list
def test_a_list_without_links_is_read_by_its_total(flavour: CallStyle, method: Method) -> None:
    """Where a response says that there are more, they are asked for."""
    schema, example = method.operation.success.schema, method.operation.success.example
    assert schema is not None
    assert isinstance(example, dict)
    key = resolved(schema).at("x-runnersmith").text("items") or ""
    items = cast("list[Json]", example[key])
    pages: list[Json] = [
        {**example, "total_count": 3 * len(items), key: listed} for listed in (items, items * 2)
    ]
    with ScriptedServer(*map(json_response, pages)) as server:
        [result] = flavour(server, method, method.examples, {})
    assert plain(result) == [typed(page, schema) for page in pages]
    assert [target.partition("?")[2] for target in server.targets] == [
        "per_page=100",
        "per_page=100&page=2",
    ]


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


def promised(method: Method) -> Mapping[int, str]:
    """Read the errors that a method's docstring names, by status."""
    text = inspect.getdoc(SYNC[str(method)]) or ""
    found = re.findall(r"^    (\w+): (\d{3})\.", text, re.MULTILINE)
    return {int(status): name for name, status in found}


@both
@every_method
def test_a_refusal_is_the_error_that_is_promised(flavour: CallStyle, method: Method) -> None:
    """The docstring names a class for each described status, and the reference too; that one is
    raised and none below it, with what GitHub says.
    """
    errors = promised(method)
    assert errors.keys() == {response.status for response in method.operation.refusals}
    for response in method.operation.refusals:
        answer = json_response(response.example, response.status, {"X-GitHub-Request-Id": "A:1"})
        with ScriptedServer(answer) as server, pytest.raises(ghrunners.StatusError) as caught:
            flavour(server, method, method.examples, method.required_arguments)
        error, said = caught.value, response.example
        assert isinstance(said, dict)
        assert type(error) is getattr(ghrunners, errors[response.status])
        assert (error.status, error.request_id) == (response.status, "A:1")
        assert (error.message, error.docs_url) == (
            said["message"],
            said["documentation_url"],
        )


@both
@every_method
def test_an_error_says_which_call_it_was(flavour: CallStyle, method: Method) -> None:
    """Also for a status that is described nowhere."""
    answer = json_response({"message": "No", "documentation_url": ""}, 403)
    with ScriptedServer(answer) as server, pytest.raises(ghrunners.Forbidden) as caught:
        flavour(server, method, method.examples, method.required_arguments)
    call, sent = caught.value.request, server.only
    assert call.operation == method.operation.id
    assert str(call) == f"{sent.method} {sent.target.partition('?')[0]}"
