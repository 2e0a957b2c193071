"""Methods of the public client for every operation of our description, with sync and async calls.

Requests are checked against our description, or in a run by hand against the one that the
environment variable DESCRIPTION names. Operations that it lacks are then omitted.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias, cast

import pytest

import ghrunners
from client.described_operations import Description, Operation, entries
from client.request_checker import RequestChecker
from client.scripted_server import ScriptedServer
from runnersmith.openapi.document import Json

SPEC = Path(__file__).parents[2] / "spec" / "runners.yaml"
TOKEN = "EXAMPLE-TOKEN-OF-A-TEST"  # noqa: S105 - not real

OURS = Description(SPEC)
CHECKED = Description(Path(os.environ["DESCRIPTION"])) if "DESCRIPTION" in os.environ else OURS

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")

Arguments: TypeAlias = dict[str, Json]
Function: TypeAlias = Callable[..., object]


# ── Methods ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Method:
    """An operation at its place in the client.

    The scope holds the path parameters `held`, the caller passes the `arguments`.
    `checked_operation` is the same operation in the description that requests are checked against.
    """

    scope: str
    resource: str
    name: str
    held: tuple[str, ...]
    arguments: tuple[str, ...]
    paged: bool
    operation: Operation
    checked_operation: Operation

    def __str__(self) -> str:
        return f"{self.scope}.{self.resource}.{self.name}"

    @property
    def examples(self) -> Arguments:
        """An example of each path parameter."""
        return {name: one.example for name, one in self.checked_operation.among("path").items()}

    @property
    def required_arguments(self) -> Arguments:
        """The required keyword arguments."""
        query, body = next(choices(self.checked_operation))
        return {**query, **body}


def _methods() -> Iterator[Method]:
    """Yield every operation as the method that `x-runnersmith` states."""
    checked_operation = {operation.id: operation for operation in CHECKED.operations}
    scopes = entries(OURS.root.at("x-runnersmith").at("scopes"))
    paths = {scope: node.text("path") or "" for scope, node in scopes}
    for operation in OURS.operations:
        extension = operation.written.at("x-runnersmith")
        scope = next(one for one in paths if operation.path.startswith(f"{paths[one]}/"))
        if operation.id in checked_operation:
            yield Method(
                scope=scope,
                resource=extension.text("resource") or "",
                name=extension.text("method") or "",
                held=tuple(_PLACEHOLDER.findall(paths[scope])),
                arguments=tuple(_PLACEHOLDER.findall(operation.path.removeprefix(paths[scope]))),
                paged=extension.flag("paged"),
                operation=operation,
                checked_operation=checked_operation[operation.id],
            )


METHODS = tuple(_methods())
every_method = pytest.mark.parametrize("method", METHODS, ids=str)


def choices(operation: Operation) -> Iterator[tuple[Arguments, Arguments]]:
    """Yield the queries and bodies that a caller may choose.

    First only what is required, then everything, then what is required with one addition each.
    """
    query, body = operation.among("query"), operation.body
    asked = {name: one.example for name, one in query.items() if one.required}
    sent = {name: body.example[name] for name in body.required_names} if body else {}
    fields = body.example if body else {}
    yield asked, sent
    yield {name: one.example for name, one in query.items()}, fields
    yield from (({**asked, name: one.example}, sent) for name, one in query.items())
    for name, value in fields.items():
        yield asked, {**sent, name: value}
        if body and body.takes_null(name):
            yield asked, {**sent, name: None}


def checking_server(pages: int = 1) -> RequestChecker:
    """Return a request checker that expects the headers of our description."""
    extension = OURS.root.at("x-runnersmith")
    return RequestChecker(
        CHECKED,
        {
            "Accept": extension.text("media-type") or "",
            extension.text("version-header") or "": OURS.root.at("info").text("version") or "",
            "Authorization": f"Bearer {TOKEN}",
        },
        pages=pages,
    )


# ── Calls ────────────────────────────────────────────────────────────────────────────────────


class CallStyle(Protocol):
    """Calls a method with each of the keywords; of a list it collects the pages, or the items."""

    def __call__(
        self,
        server: ScriptedServer,
        method: Method,
        path: Arguments,
        *keywords: Arguments,
        items: bool = False,
    ) -> list[object]: ...


def find(client: object, method: Method, path: Arguments) -> Function:
    """Return a method, like `client.org("acme").runners.list`."""
    scope = cast("Function", getattr(client, method.scope))(*(path[name] for name in method.held))
    return cast("Function", getattr(getattr(scope, method.resource), method.name))


def sync(
    server: ScriptedServer,
    method: Method,
    path: Arguments,
    *keywords: Arguments,
    items: bool = False,
) -> list[object]:
    with ghrunners.Client(auth=TOKEN, base_url=server.url) as client:
        function = find(client, method, path)
        found: list[object] = []
        for given in keywords:
            result = function(*(path[name] for name in method.arguments), **given)
            if method.paged:
                walked = cast("ghrunners.Pages[object, object]", result)
                result = list(walked if items else walked.pages())
            found.append(result)
        return found


def asynchronous(
    server: ScriptedServer,
    method: Method,
    path: Arguments,
    *keywords: Arguments,
    items: bool = False,
) -> list[object]:
    async def main() -> list[object]:
        async with ghrunners.AsyncClient(auth=TOKEN, base_url=server.url) as client:
            function = find(client, method, path)
            found: list[object] = []
            for given in keywords:
                result = function(*(path[name] for name in method.arguments), **given)
                if method.paged:
                    walked = cast("ghrunners.AsyncPages[object, object]", result)
                    steps: AsyncIterator[object] = aiter(walked if items else walked.pages())
                    found.append([step async for step in steps])
                else:
                    assert inspect.isawaitable(result)
                    found.append(await result)
            return found

    return asyncio.run(main())


both = pytest.mark.parametrize("flavour", [sync, asynchronous], ids=["sync", "async"])


# ── Public methods ───────────────────────────────────────────────────────────────────────────


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]


# Attributes of a client that are not scopes.
NOT_SCOPES = frozenset(
    "aclose api_version base_url close from_env if_none_match rate_limit request request_pages "
    "supports throttled_until token with_options with_raw_response".split()
)


def _walk(client: object) -> Iterator[tuple[str, Function]]:
    """Yield every method of every resource of every scope of a client."""
    for scope in _public(type(client)):
        if scope == "scope" or scope in NOT_SCOPES:
            continue
        make = cast("Function", getattr(client, scope))
        found = make(*("x" for _ in inspect.signature(make).parameters))
        for resource in _public(type(found)):
            held: object = getattr(found, resource)
            for name in _public(type(held)):
                yield f"{scope}.{resource}.{name}", cast("Function", getattr(held, name))


# These clients send nothing.
SYNC = dict(_walk(ghrunners.Client(auth=TOKEN, base_url="http://127.0.0.1:1")))
ASYNC = dict(_walk(ghrunners.AsyncClient(auth=TOKEN, base_url="http://127.0.0.1:1")))
