"""Errors that a test asks for: a client raises exactly these, or they are refused at once."""

from __future__ import annotations

import asyncio
import importlib
import pickle
from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

import ghrunners
from ghrunners import testing
from kit.kits import kit_of
from kit.test_every_operation import items_of
from kit.test_values import concrete

Runners = Any
READ: Final = "org.runners.get"
LIST: Final = "org.runners.list"
WRITE: Final = "org.runners.delete"
UNSAFE: Final = "org.runners.generate_jit_config"
CALLS: dict[str, Callable[[Runners], Any]] = {
    READ: lambda runners: runners.get(7),
    LIST: lambda runners: runners.list(),
    "org.runners.list_labels": lambda runners: runners.list_labels(7),
    "org.runners.get_deprecation": lambda runners: runners.get_deprecation("2.329.0"),
    WRITE: lambda runners: runners.delete(7),
    "org.runners.set_labels": lambda runners: runners.set_labels(7, labels=["gpu"]),
    UNSAFE: lambda runners: runners.generate_jit_config(
        name="a", runner_group_id=1, labels=["gpu"]
    ),
}
KINDS = concrete(ghrunners.ClientError)
# No response of a server, and no fault of a connection, makes a client raise exactly these.
NEVER: Final = {
    ghrunners.ClientError,
    ghrunners.InvalidArgument,
    ghrunners.NotAvailable,
    ghrunners.ClientClosed,
    ghrunners.CallError,
    ghrunners.SignInFailed,
    ghrunners.TransportError,
    ghrunners.ResponseError,
    ghrunners.LinkRefused,
}
# After these, a write that is not safe to repeat may have been carried out.
MAYBE: Final = {
    ghrunners.TimedOut,
    ghrunners.ConnectionLost,
    ghrunners.ServerError,
    ghrunners.UnexpectedResponse,
}


def raised(server: Any, flavour: str, operation: str) -> ghrunners.ClientError:
    """Call an operation without retries, and return the error that the call raises."""
    runners = getattr(server, flavour)(retry=None, max_wait=0).org("acme").runners

    def call() -> None:
        list(CALLS[operation](runners))

    async def call_async() -> None:
        await items_of(CALLS[operation](runners))

    with pytest.raises(ghrunners.ClientError) as caught:
        asyncio.run(call_async()) if flavour == "async_client" else call()
    return caught.value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("flavour", ["client", "async_client"])
def test_a_client_raises_the_error_or_it_is_refused(
    kind: type[ghrunners.ClientError], operation: Any, flavour: str
) -> None:
    """By what the operation is: one that may not be repeated has an outcome that is unknown."""
    server = testing.MockServer()
    error = testing.error(kind)
    outcome = {ghrunners.OutcomeUnknown} if operation != UNSAFE else MAYBE
    if kind in NEVER | outcome:
        with pytest.raises(ValueError, match=kind.__name__) as refused:
            server.respond(operation, error)
        assert "\n" not in str(refused.value)
        with pytest.raises(ValueError, match=kind.__name__):
            server.script(operation, testing.Delay(1, error))
        return
    server.respond(operation, error)
    assert type(raised(server, flavour, operation)) is kind


@pytest.mark.parametrize(
    ("operation", "kind", "text"),
    [
        (
            UNSAFE,
            ghrunners.ServerError,
            r"raises OutcomeUnknown, not ServerError; use testing.error\(OutcomeUnknown\) or 500",
        ),
        (
            WRITE,
            ghrunners.OutcomeUnknown,
            r"raises ConnectionLost, not OutcomeUnknown; use testing.error\(ConnectionLost\)$",
        ),
        (READ, ghrunners.LinkRefused, "is raised for a Response with such a Link header"),
    ],
)
def test_a_refused_error_has_another_in_its_place(
    operation: Any, kind: type[ghrunners.ClientError], text: str
) -> None:
    """The one that a client raises."""
    with pytest.raises(ValueError, match=text):
        testing.MockServer().respond(operation, testing.error(kind))


def test_an_error_of_a_call_can_be_asked_for_again() -> None:
    """With the status and the content of its response; the cause of an unknown outcome, too."""
    server = testing.MockServer()
    planned: list[tuple[Any, int]] = [(READ, 404), (READ, 502), (UNSAFE, 502), (UNSAFE, 409)]
    for operation, response in planned:
        server.respond(operation, response)
        first = raised(server, "client", operation)
        again = testing.MockServer()
        again.respond(operation, first)
        second = raised(again, "client", operation)
        assert (type(second), str(second)) == (type(first), str(first))
        assert again.calls[0].status == response


def test_an_error_without_its_content_is_not_another_one() -> None:
    """A 404 without a message is none of GitHub's, and neither is that of an error from a file."""
    error = pickle.loads(pickle.dumps(testing.error(ghrunners.NotFound)))  # noqa: S301 - our own
    with pytest.raises(ValueError, match="raises UnexpectedResponse, not NotFound"):
        testing.MockServer().respond(READ, error)


def test_an_unexpected_response_is_sent_as_it_is() -> None:
    """Nothing is added that would make a success of it, or an error of the API."""
    server = testing.MockServer()
    unread: list[tuple[int, Any]] = [(200, {}), (200, [1]), (203, "x"), (404, {}), (404, [1])]
    for status, json in unread:
        error = testing.error(ghrunners.UnexpectedResponse, status=status, json=json)
        server.respond(READ, error)
        assert type(raised(server, "client", READ)) is ghrunners.UnexpectedResponse
        assert server.calls[-1].status == status
    # A client warns of what is missing, and goes on.
    for content in ({"id": 1}, msgspec.to_builtins(testing.runner())):
        accepted = testing.error(ghrunners.UnexpectedResponse, json=content)
        with pytest.raises(ValueError, match="raises no UnexpectedResponse: it accepts this"):
            server.respond(READ, accepted)


def test_a_connection_is_not_opened_in_time() -> None:
    """The clock passes the time limit for it, and nothing is received."""
    server = testing.MockServer()
    server.respond(READ, testing.error(ghrunners.ConnectTimedOut))
    began = server.clock.now()
    client = server.client(retry=None, timeout=ghrunners.Timeout(connect=3))
    with pytest.raises(ghrunners.ConnectTimedOut, match="within 3 s"):
        client.org("acme").runners.get(7)
    assert 0 < server.clock.now() - began <= 3


@pytest.mark.parametrize(
    ("response", "text"),
    [
        (testing.error(ghrunners.OutcomeUnknown), "raises ConnectionLost, not OutcomeUnknown"),
        (ghrunners.NotFound, r"use testing.error\(NotFound\)"),
        (299, "responds with 200"),
        (42, "42 is no status of a response"),
    ],
)
def test_a_function_is_held_to_the_same(response: Any, text: str) -> None:
    """When it is called: the test fails at the call, and does not go on with another error."""
    server = testing.MockServer()

    def answer(_: testing.Call) -> object:
        return response

    server.respond(READ, answer)
    with pytest.raises(ValueError, match=text):
        server.client().org("acme").runners.get(7)


@pytest.mark.usefixtures("kits")
def test_a_response_that_is_always_accepted_is_refused() -> None:
    """Text, bytes, and no content whatever the status: a client reads a page of a proxy as these."""
    kit = kit_of("shelter")
    package: Any = importlib.import_module("kit_shelter")
    server, page = kit.MockServer(), kit.error(package.UnexpectedResponse)
    for operation in ("animals.download_photo", "default.notice", "default.draw_notice"):
        with pytest.raises(ValueError, match="raises no UnexpectedResponse"):
            server.respond(operation, page)
        server.respond(operation, kit.error(package.NotFound))
    client = server.client()
    for call in (
        lambda: client.animals.download_photo(1),
        client.default.notice,
        client.default.draw_notice,
    ):
        with pytest.raises(package.NotFound):
            call()
    server.respond("animals.list", page)
    with pytest.raises(package.UnexpectedResponse):
        list(client.animals.list())


def test_an_unexpected_response_is_a_page_by_default() -> None:
    """An empty object would be valid for a model whose fields are all optional."""
    error = testing.error(ghrunners.UnexpectedResponse)
    assert error.body.startswith(b"<!DOCTYPE html>")
    assert error.headers == {"content-type": "text/html"}
