"""Every operation of our description as a method of the public client, to be called both ways.

What requests are judged by is our description; DESCRIPTION=FILE in the environment names another
one of the same API, for a run by hand. The operations that it lacks are then left out.
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
from client.request_checker import Judge
from client.scripted_server import Loopback
from runnersmith.openapi.document import Json

SPEC = Path(__file__).parents[2] / "spec" / "runners.yaml"
TOKEN = "EXAMPLE-TOKEN-OF-A-TEST"  # noqa: S105 - nobody's

OURS = Description(SPEC)
JUDGED = Description(Path(os.environ["DESCRIPTION"])) if "DESCRIPTION" in os.environ else OURS

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")

Arguments: TypeAlias = dict[str, Json]
Function: TypeAlias = Callable[..., object]


# ── What is called ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, kw_only=True)
class Method:
    """An operation, where our description places it in the client.

    The scope holds the path parameters `held`, the caller gives the `arguments`. `judged` is the
    same operation in the description that is judged by.
    """

    scope: str
    resource: str
    name: str
    held: tuple[str, ...]
    arguments: tuple[str, ...]
    paged: bool
    operation: Operation
    judged: Operation

    def __str__(self) -> str:
        return f"{self.scope}.{self.resource}.{self.name}"

    @property
    def examples(self) -> Arguments:
        """A value for each path parameter."""
        return {name: one.example for name, one in self.judged.among("path").items()}

    @property
    def least(self) -> Arguments:
        """The keyword arguments that cannot be left out."""
        query, body = next(choices(self.judged))
        return {**query, **body}


def _methods() -> Iterator[Method]:
    """Place every operation by `x-runnersmith`."""
    judged = {operation.id: operation for operation in JUDGED.operations}
    scopes = entries(OURS.root.at("x-runnersmith").at("scopes"))
    paths = {scope: node.text("path") or "" for scope, node in scopes}
    for operation in OURS.operations:
        extension = operation.written.at("x-runnersmith")
        scope = next(one for one in paths if operation.path.startswith(f"{paths[one]}/"))
        if operation.id in judged:
            yield Method(
                scope=scope,
                resource=extension.text("resource") or "",
                name=extension.text("method") or "",
                held=tuple(_PLACEHOLDER.findall(paths[scope])),
                arguments=tuple(_PLACEHOLDER.findall(operation.path.removeprefix(paths[scope]))),
                paged=extension.flag("paged"),
                operation=operation,
                judged=judged[operation.id],
            )


METHODS = tuple(_methods())
every_method = pytest.mark.parametrize("method", METHODS, ids=str)


def choices(operation: Operation) -> Iterator[tuple[Arguments, Arguments]]:
    """Query and body as a caller may choose them.

    What is required alone comes first, then everything, then the required and one more.
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


def judge(pages: int = 1) -> Judge:
    """Make a judge that demands the headers of our description."""
    extension = OURS.root.at("x-runnersmith")
    return Judge(
        JUDGED,
        {
            "Accept": extension.text("media-type") or "",
            extension.text("version-header") or "": OURS.root.at("info").text("version") or "",
            "Authorization": f"Bearer {TOKEN}",
        },
        pages=pages,
    )


# ── How it is called ─────────────────────────────────────────────────────────────────────────


class Flavour(Protocol):
    """Calls a method with each of the keywords; of a list it takes the pages, or the items."""

    def __call__(
        self,
        server: Loopback,
        method: Method,
        path: Arguments,
        *keywords: Arguments,
        items: bool = False,
    ) -> list[object]: ...


def _find(client: object, method: Method, path: Arguments) -> Function:
    """Look a method up, as `client.org("acme").runners.list`."""
    scope = cast("Function", getattr(client, method.scope))(*(path[name] for name in method.held))
    return cast("Function", getattr(getattr(scope, method.resource), method.name))


def sync(
    server: Loopback, method: Method, path: Arguments, *keywords: Arguments, items: bool = False
) -> list[object]:
    with ghrunners.Client(auth=TOKEN, base_url=server.url) as client:
        function = _find(client, method, path)
        found: list[object] = []
        for given in keywords:
            result = function(*(path[name] for name in method.arguments), **given)
            if method.paged:
                walked = cast("ghrunners.Pages[object, object]", result)
                result = list(walked if items else walked.pages())
            found.append(result)
        return found


def asynchronous(
    server: Loopback, method: Method, path: Arguments, *keywords: Arguments, items: bool = False
) -> list[object]:
    async def main() -> list[object]:
        async with ghrunners.AsyncClient(auth=TOKEN, base_url=server.url) as client:
            function = _find(client, method, path)
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


# ── What there is ────────────────────────────────────────────────────────────────────────────


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]


# What a client has beside its scopes.
NOT_SCOPES = frozenset(
    "aclose api_version base_url close from_env if_none_match rate_limit request supports token "
    "with_options with_raw_response".split()
)


def _walk(client: object) -> Iterator[tuple[str, Function]]:
    """Find every method of every resource of every scope of a client, by looking."""
    for scope in _public(type(client)):
        if scope == "scope" or scope in NOT_SCOPES:
            continue
        make = cast("Function", getattr(client, scope))
        found = make(*("x" for _ in inspect.signature(make).parameters))
        for resource in _public(type(found)):
            held: object = getattr(found, resource)
            for name in _public(type(held)):
                yield f"{scope}.{resource}.{name}", cast("Function", getattr(held, name))


# Nothing is sent by these.
SYNC = dict(_walk(ghrunners.Client(auth=TOKEN, base_url="http://127.0.0.1:1")))
ASYNC = dict(_walk(ghrunners.AsyncClient(auth=TOKEN, base_url="http://127.0.0.1:1")))
