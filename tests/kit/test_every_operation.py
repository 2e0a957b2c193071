"""The mock server knows every operation: the client's methods work on it, and only they do."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.described_methods import METHODS, Method, every_method
from ghrunners import testing
from kit.accepted import accepted
from kit.kits import generated_kit
from roundtrip.exchanges import RANDOM, Exchanges
from roundtrip.test_round_trips import DESCRIPTIONS, DOCUMENTS, OPERATIONS

KINDS = ("client", "async_client")


def call(client: Any, method: Method) -> Any:
    """Call a method with examples of its required arguments; read the pages of a list."""
    scope = getattr(client, method.scope)(*(method.examples[one] for one in method.held))
    found = getattr(getattr(scope, method.resource), method.name)
    return found(*(method.examples[one] for one in method.arguments), **method.required_arguments)


async def items_of(result: Any) -> Any:
    if inspect.isawaitable(result):
        return await result
    return [item async for item in result] if hasattr(result, "__aiter__") else result


@every_method
@pytest.mark.parametrize("kind", KINDS)
def test_a_method_returns_the_example(method: Method, kind: str) -> None:
    """In all API versions: the request is accepted, and the response needs no tolerance."""
    for version in testing.MockServer().description.versions:
        server = testing.MockServer()
        client = getattr(server, kind)(api_version=version, strict=True)
        if not client.supports(str(method)):
            continue
        result = call(client, method)
        result = asyncio.run(items_of(result)) if kind == "async_client" else result
        if method.paged and kind == "client":
            result = list(result)
        success = server.description.by_name()[str(method)]
        has_content = success.responses[str(success.success)].schema is not None
        assert (result is not None) is has_content
        server.check()
        assert {call.operation for call in server.calls} == {str(method)}
        assert {call.status for call in server.calls} == {success.success}


def test_the_description_has_the_operations_of_the_client() -> None:
    """Under the names that `supports` takes, and that `OperationName` lists."""
    names = [operation.name for operation in testing.MockServer().description.operations]
    assert sorted(names) == sorted(map(str, METHODS))


@pytest.fixture(scope="module")
def exchanges(kits: Path) -> Iterator[dict[str, Exchanges]]:
    """A client and a server for each document."""
    assert kits.exists()
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                Exchanges(DESCRIPTIONS[name], generated_kit(name).built.api, f"kit_{name}")
            )
            for name in DOCUMENTS
        }


@pytest.mark.parametrize(("document", "label"), OPERATIONS)
def test_random_requests_are_accepted(
    exchanges: dict[str, Exchanges], document: str, label: str
) -> None:
    """Every valid request of documents of all kinds."""

    @settings(max_examples=4, suppress_health_check=RANDOM)
    @given(st.data())
    def holds(data: Any) -> None:
        exchanges[document].check(data.draw, label)
        accepted(document, exchanges[document].latest)

    holds()
