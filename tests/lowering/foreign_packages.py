"""The documents of `foreign/`, the packages that are made of them, and calls of these.

A document is named by what it holds; `unsupported.yaml` holds what no client can express.
"""

from __future__ import annotations

import functools
import importlib
from dataclasses import replace
from pathlib import Path
from typing import Any

from client.scripted_server import Answer, Loopback, Received
from runnersmith import pipeline
from runnersmith.project import Project
from small_specs import project, write_files

FOREIGN = Path(__file__).parents[1] / "foreign"
SPECS = sorted(path.stem for path in FOREIGN.glob("*.yaml"))


def of(name: str) -> Project:
    found = project(FOREIGN / f"{name}.yaml", FOREIGN / "output", package=name)
    return replace(found, skip_unsupported=True)


@functools.cache
def produced(name: str) -> pipeline.GeneratedPackage:
    """The client of a document, without what cannot be expressed."""
    return pipeline.produce(of(name))


def written(folder: Path) -> None:
    """Write the packages of all documents."""
    for name in SPECS:
        files = produced(name).files
        write_files(
            folder, {path: text for path, text in files.items() if path.startswith(f"{name}/")}
        )


def called(
    packages: Path, package: str, answer: Answer, call: str, /, **arguments: Any
) -> tuple[Received, Any]:
    """Call `resource.method` of a package, and give the request that left with the result."""
    assert (packages / package).exists()
    resource, _, method = call.partition(".")
    positional, auth = arguments.pop("path", ()), arguments.pop("auth", None)
    with Loopback(answer) as server:
        client = importlib.import_module(package).Client(auth=auth, base_url=server.url)
        with client:
            result = getattr(getattr(client, resource), method)(*positional, **arguments)
        return server.only, result
