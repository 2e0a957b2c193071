"""Packages generated from the documents of `foreign/`, and calls of their operations.

A document is named after its contents; `unsupported.yaml` has what no client can express.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer
from runnersmith import pipeline
from runnersmith.project import Project
from small_specs import project, write_files

FOREIGN = Path(__file__).parents[1] / "foreign"
SPECS = sorted(path.stem for path in FOREIGN.glob("*.yaml"))


def project_of(name: str) -> Project:
    return project(FOREIGN / f"{name}.yaml", FOREIGN / "output", package=name)


@functools.cache
def generated_package(name: str) -> pipeline.GeneratedPackage:
    """Generate the client of a document, without what cannot be expressed."""
    return pipeline.produce(project_of(name))


def write_packages(folder: Path) -> None:
    """Write the packages of all documents."""
    for name in SPECS:
        files = generated_package(name).files
        write_files(
            folder, {path: text for path, text in files.items() if path.startswith(f"{name}/")}
        )


def call_operation(
    packages: Path, package: str, answer: ScriptedResponse, call: str, /, **arguments: Any
) -> tuple[ReceivedRequest, Any]:
    """Call `resource.method` of a package; return the request and the result."""
    assert (packages / package).exists()
    resource, _, method = call.partition(".")
    positional, auth = arguments.pop("path", ()), arguments.pop("auth", None)
    with ScriptedServer(answer) as server:
        client = importlib.import_module(package).Client(auth=auth, base_url=server.url)
        with client:
            result = getattr(getattr(client, resource), method)(*positional, **arguments)
        return server.only, result


def call_both(
    packages: Path, package: str, answer: ScriptedResponse, call: str, /, **arguments: Any
) -> tuple[ReceivedRequest, Any]:
    """Call `resource.method` sync and async; return the request and the result, the same of both."""
    sent, result = call_operation(packages, package, answer, call, **arguments)
    resource, _, method = call.partition(".")
    positional = arguments.pop("path", ())

    async def call_async(url: str) -> Any:
        async with importlib.import_module(package).AsyncClient(base_url=url) as client:
            return await getattr(getattr(client, resource), method)(*positional, **arguments)

    with ScriptedServer(answer) as server:
        again = asyncio.run(call_async(server.url))
        other = server.only
    assert (sent.method, sent.target, sent.body) == (other.method, other.target, other.body)
    for name in ("Accept", "Content-Type", "Cookie"):
        assert sent.header(name) == other.header(name)
    assert again == result
    return sent, result


def call_refused(
    packages: Path, package: str, error: type[Exception], call: str, /, **arguments: Any
) -> str:
    """Call `resource.method` sync and async; return the message of the error that both raise.

    Nothing is sent.
    """
    answer = ScriptedResponse(status=500)
    caught, again = call_failing(packages, package, error, answer, call, requests=0, **arguments)
    assert str(again) == str(caught)
    return str(caught)


def call_failing(
    packages: Path,
    package: str,
    error: type[Exception],
    answer: ScriptedResponse,
    call: str,
    /,
    *,
    requests: int = 1,
    **arguments: Any,
) -> tuple[Any, Any]:
    """Call `resource.method` sync and async; return the errors. Each sends some requests."""
    assert (packages / package).exists()
    resource, _, method = call.partition(".")
    module = importlib.import_module(package)

    async def call_async(url: str) -> None:
        async with module.AsyncClient(base_url=url) as client:
            await getattr(getattr(client, resource), method)(**arguments)

    with ScriptedServer(default=answer) as server:
        with module.Client(base_url=server.url) as client, pytest.raises(error) as caught:
            getattr(getattr(client, resource), method)(**arguments)
        with pytest.raises(error) as again:
            asyncio.run(call_async(server.url))
        assert len(server.requests) == 2 * requests
    return caught.value, again.value
