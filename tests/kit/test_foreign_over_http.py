"""Documents of others over HTTP: their clients make every call on their mock servers."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.accepted import mock_server
from kit.kits import generated_kit
from roundtrip.exchanges import RANDOM, Exchanges
from roundtrip.test_round_trips import DESCRIPTIONS, OPERATIONS

SERVED = ("bazaar", "library", "museum", "payments")


class Served(Exchanges):
    """A client of a document, and its mock server on a port."""

    def __init__(self, document: str, url: str) -> None:
        package = f"kit_{document}"
        super().__init__(DESCRIPTIONS[document], generated_kit(document).built.api, package)
        self._url = url
        self._served = importlib.import_module(package)

    def call(self, draw: Any, label: str) -> None:
        """Make a random call of an operation over HTTP, sync and async."""
        found = self.method(self.operations[label])
        assert found is not None
        resource, method = found
        sent = method.body.media_type if method.body else None
        arguments = self._arguments(resource, method, self.drawings.call(draw, label, sent))
        options = {"base_url": self._url, "auth": self._credentials}
        with self._served.Client(**options) as client:
            getattr(getattr(client, resource), method.name)(**arguments)

        async def asynchronous() -> None:
            async with self._served.AsyncClient(**options) as client:
                await getattr(getattr(client, resource), method.name)(**arguments)

        asyncio.run(asynchronous())


@pytest.fixture(scope="module")
def served(kits: Path) -> Iterator[dict[str, tuple[Served, Any]]]:
    """For each document its client and its mock server."""
    assert kits.exists()
    with ExitStack() as stack:
        found: dict[str, tuple[Served, Any]] = {}
        for document in SERVED:
            server = mock_server(document)
            url = stack.enter_context(server.serve())
            client = Served(document, url)
            stack.enter_context(client)
            found[document] = (client, server)
        yield found


@pytest.mark.parametrize(("document", "label"), [it for it in OPERATIONS if it[0] in SERVED])
def test_a_client_makes_every_call(
    served: dict[str, tuple[Served, Any]], document: str, label: str
) -> None:
    """The server allows each request, and the client accepts the response."""
    client, server = served[document]

    @settings(max_examples=1, suppress_health_check=RANDOM)
    @given(st.data())
    def holds(data: Any) -> None:
        server.calls.clear()
        client.call(data.draw, label)
        assert [call.problem for call in server.calls] == ["", ""]
        assert {call.method for call in server.calls} == {label.partition(" ")[0]}

    holds()
