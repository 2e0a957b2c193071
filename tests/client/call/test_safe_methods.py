"""Safe methods besides GET: HEAD and OPTIONS have redirects, conditions and retries, no write pacing."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from client.open_clients import OpenClient
from client.runtime_api import DELETE, AnyClient, FakeClock, either
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import RedirectRefused


def reading(method: Literal["HEAD", "OPTIONS"]) -> Operation[None]:
    """An operation that asks about a thing, and brings nothing but headers."""
    return msgspec.structs.replace(
        DELETE, id=f"things/{method.lower()}", method=method, repeat="safe", success=(200, 204)
    )


HEAD, OPTIONS = reading("HEAD"), reading("OPTIONS")
reads = pytest.mark.parametrize("operation", [HEAD, OPTIONS], ids=["HEAD", "OPTIONS"])


@either
@pytest.mark.parametrize(
    ("operation", "apart"),
    [(HEAD, False), (OPTIONS, False), (DELETE, True)],
    ids=["HEAD", "OPTIONS", "DELETE"],
)
def test_only_writes_go_a_second_apart(
    kind: AnyClient, operation: Operation[None], apart: bool
) -> None:
    """GitHub's rule is for what changes something."""
    clock = FakeClock()
    answer = ScriptedResponse(status=204)
    with (
        ScriptedServer(default=answer) as server,
        OpenClient(kind, server.url, pacing="strict") as held,
    ):
        held.client.core.state.clock = clock
        for _ in range(3):
            held.do(held.org.call, operation, path={"thing": 7})
    assert [one.method for one in server.requests] == [operation.method] * 3
    assert clock.waits == ([1.0, 1.0] if apart else [])


@either
@reads
def test_a_reply_tells_of_a_body_that_it_has_not(
    kind: AnyClient, operation: Operation[None]
) -> None:
    """The headers are those that a GET would have; a length and a compression are of its body."""
    headers = {"Content-Type": "image/png", "Content-Encoding": "gzip", "ETag": '"x"'}
    length = "99" if operation is HEAD else "0"
    answer = ScriptedResponse(headers={**headers, "Content-Length": length})
    with ScriptedServer(default=answer) as server, OpenClient(kind, server.url, cache=True) as held:
        for _ in range(2):
            raw = held.raw(held.org.call, operation, path={"thing": 7})
            assert (raw.status, raw.value, raw.etag) == (200, None, '"x"')
            assert raw.headers["content-length"] == length
    assert {one.connection for one in server.requests} == {0}


@either
@reads
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_followed_as_by_a_get(
    kind: AnyClient, operation: Operation[None], status: int
) -> None:
    """With the same method."""
    moved = ScriptedResponse(status=status, headers={"Location": "/elsewhere"})
    with ScriptedServer(moved, ScriptedResponse()) as server, OpenClient(kind, server.url) as held:
        assert held.do(held.org.call, operation, path={"thing": 7}) is None
    assert [one.method for one in server.requests] == [operation.method] * 2
    assert server.targets[1] == "/elsewhere"


@either
def test_a_redirect_of_a_write_is_not(kind: AnyClient) -> None:
    """Where the status does not say that the method stays."""
    moved = ScriptedResponse(status=302, headers={"Location": "/elsewhere"})
    with (
        ScriptedServer(moved) as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(RedirectRefused, match="it does not apply to DELETE"),
    ):
        held.do(held.org.call, DELETE, path={"thing": 7})
    assert len(server.requests) == 1


@either
@reads
def test_a_condition_may_be_set(kind: AnyClient, operation: Operation[None]) -> None:
    """Which is rejected for a write, before anything is sent."""

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        same = request.header("if-none-match") == '"x"'
        return ScriptedResponse(status=304 if same else 200, headers={"ETag": '"x"'})

    with ScriptedServer(default=answer) as server, OpenClient(kind, server.url) as held:
        assert held.unless('"x"', held.org.call, operation, path={"thing": 7}) is None
        assert held.unless('"y"', held.org.call, operation, path={"thing": 7}).status == 200
        with pytest.raises(InvalidArgument, match="cannot be used for a write"):
            held.unless('"x"', held.org.call, DELETE, path={"thing": 7})
    assert [one.method for one in server.requests] == [operation.method] * 2


@either
@reads
def test_it_is_sent_again(kind: AnyClient, operation: Operation[None]) -> None:
    """As every operation that is safe to repeat."""
    with (
        ScriptedServer(ScriptedResponse(status=503), ScriptedResponse()) as server,
        OpenClient(kind, server.url, retry=Retry(base=0.0)) as held,
    ):
        held.do(held.org.call, operation, path={"thing": 7})
    assert len(server.requests) == 2
