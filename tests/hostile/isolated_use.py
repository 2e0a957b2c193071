"""Isolated use of hostile clients: they are imported and called in a closed process.

Starts one Python, in a folder of the caller.
"""

from __future__ import annotations

import compileall
import json
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from runnersmith.output.formatter import format_files
from small_specs import PACKAGE, REPOSITORY, write_files


def requests_of_clients(
    clients: Mapping[str, Mapping[str, str]], folder: Path
) -> list[list[tuple[str, str]]]:
    """Import and call clients; return the method and host of each request, by client.

    Fail if one of them does anything else.
    """
    # All modules, whether or not a client needs them, compiled once for all clients.
    runtime = folder / "compiled" / "_runtime"
    source = REPOSITORY / "templates" / "client" / "runtime"
    shutil.copytree(source, runtime, ignore=shutil.ignore_patterns("__pycache__"))
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    assert compileall.compile_dir(runtime, quiet=1, invalidation_mode=unchecked)
    for number, rendered in enumerate(clients.values()):
        # Only some are formatted like a real client, because it takes long.
        shown = format_files(rendered) if number % 10 == 0 else rendered
        package = f"hostile{number:02}"
        for path, text in shown.items():
            if path.startswith(PACKAGE):
                write_files(folder, {path.replace(PACKAGE, package, 1): text})
        shutil.copytree(runtime, folder / package / runtime.name, dirs_exist_ok=True)
    (folder / "walk.py").write_text(_WALK)
    done = subprocess.run(
        [sys.executable, "walk.py"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / "canary").exists()
    found: dict[str, list[tuple[str, str]]] = json.loads(done.stdout)
    return [[(method, host) for method, host in found[name]] for name in sorted(found)]


# Imports every module of every package, and calls every method. Starting a process, opening a
# connection or writing a file ends the process.
_WALK = """
import importlib, inspect, json, os, pkgutil, sys, warnings
import httpx2
import asyncio, encodings.idna, h11, msgspec, ssl  # what a first call would load
import trio  # httpcore2 loads it if it is installed, and it starts a process to find a library


def watch(event, arguments):
    started = event.startswith(("os.system", "os.exec", "os.posix_spawn", "os.fork", "subprocess."))
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    cached = event == "open" and "__pycache__" in str(arguments[0])
    if started or event == "socket.connect" or (writes and not cached):
        os.write(2, f"{event} {arguments}".encode())
        os._exit(3)


sys.addaudithook(watch)
warnings.simplefilter("error")


def answer(request):
    sent.append((request.method, request.url.host))
    return httpx2.Response(200, json={"id": 1})


def call(client, package):
    module = importlib.import_module(package.__name__ + "._sync.client")
    resources = [name for name, it in vars(package.Client).items() if isinstance(it, property)]
    for place in getattr(module, "_OPERATIONS", resources):
        *scopes, resource = place.split(".")
        owner = client
        for make in (getattr(client, scope) for scope in scopes):
            owner = make(*("x" for _ in inspect.signature(make).parameters))
        held = getattr(owner, resource)
        for name in (name for name in vars(type(held)) if not name.startswith("__")):
            method = getattr(held, name)
            given = inspect.signature(method).parameters.values()
            try:
                method(*("7" for one in given if one.kind is one.POSITIONAL_OR_KEYWORD))
            except (package.UnexpectedResponse, package.OutcomeUnknown, package.SchemaDrift):
                pass  # it got what it did not expect


report = {}
for name in sorted(module.name for module in pkgutil.iter_modules(["."]) if module.ispkg):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
    sent = []
    options = {"transport": httpx2.MockTransport(answer)}
    if "product" in inspect.signature(package.Client).parameters:
        options["product"] = "ghec"
    if hasattr(package, "ServerUrls"):
        options["servers"] = dict.fromkeys(package.ServerUrls.__annotations__, "https://h.example/")
    with package.Client(auth="EXAMPLE-TOKEN", base_url="https://h.example/", **options) as client:
        call(client, package)
    report[name] = sent
print(json.dumps(report))
"""
