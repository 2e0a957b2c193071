"""Additional headers of `with_options` and servers of operations: who receives them."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from lowering.courier_calls import KINDS, find, get_label, play

pytestmark = pytest.mark.usefixtures("packages")

HEADERS = {"X-Account": "secret-account"}


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_only_servers_that_the_caller_names_receive_additional_headers(
    kind: str, named: bool
) -> None:
    """They may hold credentials, and no document may choose who receives them."""
    seen: dict[str, bool] = {}

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen[request.url.host] = "secret-account" in str(request.headers.raw)
        return httpx2.Response(200, json={"id": "p"})

    def use(client: Any) -> Any:
        keyed = client.with_options(headers=HEADERS)
        yield get_label(keyed)
        yield find(keyed)

    servers = {"files": "https://named.example"} if named else None
    options: dict[str, Any] = {"servers": servers, "base_url": "https://base.example"}
    play(
        kind,
        use,
        auth={"token": "t", "key": "k"},
        transport=httpx2.MockTransport(answer),
        **options,
    )
    assert seen.pop("base.example") is True
    assert list(seen.values()) == [named]
    assert ("named.example" in seen) == named
