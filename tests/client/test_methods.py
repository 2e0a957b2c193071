"""Methods and operations are one to one, and a method is what its operation describes."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import cast

import pytest

import ghrunners
from client.described_methods import (
    ASYNC,
    CHECKED,
    METHODS,
    OURS,
    SYNC,
    Function,
    Method,
    every_method,
)
from client.described_operations import resolved
from ghrunners._runtime.request.operation import Operation, PagedOperation
from runnersmith.openapi.document import Node


@pytest.mark.skipif(CHECKED is not OURS, reason="another description may lack operations")
@pytest.mark.parametrize("found", [SYNC, ASYNC], ids=["sync", "async"])
def test_each_operation_is_one_method(found: Mapping[str, Function]) -> None:
    """There is no operation without a method, and no method without one of its own."""
    assert sorted(map(str, METHODS)) == sorted(found)
    assert len(found) == len(OURS.operations)


@every_method
def test_a_method_takes_what_is_described(method: Method) -> None:
    """Path parameters by position, everything else by name; no default but unset."""
    query, body = method.operation.among("query"), method.operation.body
    required = {name: one.required for name, one in query.items()}
    if body is not None:
        required |= {name: name in body.required_names for name in body.example}
    given = inspect.signature(SYNC[str(method)]).parameters
    by_position = [one.name for one in given.values() if one.kind is one.POSITIONAL_OR_KEYWORD]
    by_name = [one.name for one in given.values() if one.kind is one.KEYWORD_ONLY]
    assert by_position == list(method.arguments)
    assert by_name == list(required)
    for one in given.values():
        assert one.default is (one.empty if required.get(one.name, True) else ghrunners.UNSET)


def annotation(written: Node) -> str:
    """Write a response's schema as the annotation of a result."""
    schema = resolved(written)
    if schema.text("type") == "array":
        return f"builtins.list[{annotation(schema.at('items'))}]"
    return f"models.{schema.key}"


@every_method
def test_a_method_says_what_it_returns(method: Method) -> None:
    """The described response, by the name of its schema; a list in pages of it."""
    schema = method.operation.success.schema
    stated = str(inspect.signature(SYNC[str(method)]).return_annotation)
    returned = "None" if schema is None else annotation(schema)
    assert re.fullmatch(
        rf"Pages\[models\.\w+, {re.escape(returned)}\]" if method.paged else re.escape(returned),
        stated,
    )


def constant(method: Method) -> Operation[object]:
    """What the runtime knows of a method's operation."""
    module = importlib.import_module(f"ghrunners._operations.{method.scope}_{method.resource}")
    return cast("Operation[object]", getattr(module, method.name.upper()))


@every_method
def test_an_unknown_outcome_can_be_looked_up(method: Method) -> None:
    """What is unsafe to repeat, and nothing else, says what to look up, by methods that are there."""
    operation, text = constant(method), " ".join((inspect.getdoc(SYNC[str(method)]) or "").split())
    assert (operation.lookup is not None) is (operation.repeat == "unsafe")
    assert operation.lookup == method.operation.written.at("x-runnersmith").text("lookup")
    if operation.lookup is None:
        assert "OutcomeUnknown" not in text
        return
    nothing, reason = operation.lookup.startswith("nothing: "), operation.lookup[len("nothing: ") :]
    advice = f"there is nothing to clean up: {reason}" if nothing else f"look up {operation.lookup}"
    assert f"If this raises OutcomeUnknown, {advice}." in text
    named = re.findall("`(.*?)`", operation.lookup)
    assert bool(named) is not nothing
    assert {f"{method.scope}.{name}" for name in named} <= SYNC.keys()


@every_method
def test_an_operation_says_what_a_token_needs(method: Method) -> None:
    """As its documentation does; where fine-grained permissions are not, apps cannot call it."""
    operation, text = constant(method), " ".join((inspect.getdoc(SYNC[str(method)]) or "").split())
    permissions = method.operation.written.at("x-runnersmith").at("permissions")
    assert f"Permissions: {operation.needs}." in text
    assert operation.apps is (permissions.get("fine-grained") is not None)
    assert operation.apps is (method.scope != "enterprise")


@every_method
def test_items_with_an_id_are_told_apart_by_it(method: Method) -> None:
    """Pages overlap when runners come and go; an item that comes again has the same key."""
    operation, schema = constant(method), method.operation.success.schema
    assert isinstance(operation, PagedOperation) is method.paged
    if not method.paged or schema is None:
        return
    wrapper = resolved(schema)
    listed = wrapper.at("properties").at(wrapper.at("x-runnersmith").text("items") or "")
    item = resolved(listed.at("items"))
    required = [one.value for one in item.at("required").elements()]
    has_id = "id" in required and item.at("properties").at("id").text("type") == "integer"
    key = cast("PagedOperation[object, object]", operation).key
    assert (key is not None) is has_id
    if key is not None:
        assert key(SimpleNamespace(id=7)) == 7


@every_method
def test_both_flavours_are_the_same(method: Method) -> None:
    """Arguments, result and documentation are alike; the async one is awaited, or iterated."""
    one, other = SYNC[str(method)], ASYNC[str(method)]
    first, second = inspect.signature(one), inspect.signature(other)
    assert list(first.parameters.values()) == list(second.parameters.values())
    returned = f"{'Async' if method.paged else ''}{first.return_annotation}"
    assert second.return_annotation == returned
    assert inspect.getdoc(one) == inspect.getdoc(other)
    assert inspect.iscoroutinefunction(other) is not method.paged
    assert not inspect.iscoroutinefunction(one)


def test_both_clients_are_the_same() -> None:
    """Alike, but for how it is closed, its transport, and that a token may be awaited."""
    one, other = (
        {
            name: inspect.signature(found)
            for name, found in inspect.getmembers(kind, callable)
            if not name.startswith("_")
        }
        for kind in (ghrunners.Client, ghrunners.AsyncClient)
    )
    other["close"] = other.pop("aclose")
    assert {name: list(found.parameters) for name, found in one.items()} == {
        name: list(found.parameters) for name, found in other.items()
    }
    first, second = map(inspect.signature, (ghrunners.Client, ghrunners.AsyncClient))
    text = str(second).replace("AsyncBaseTransport", "BaseTransport")
    text = text.replace("Callable[[], str | Awaitable[str]]", "Callable[[], str]")
    assert str(first) == text
