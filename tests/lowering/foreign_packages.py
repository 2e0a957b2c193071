"""Packages generated from the documents of `foreign/`, and calls of their operations.

A document is named after its contents; `unsupported.yaml` has what no client can express.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from typing import Any

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
