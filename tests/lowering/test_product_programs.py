"""Programs of users, as files in `foreign/programs`: they are type-checked, and run on a server.

Each is written sync and async, and both send the same requests.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from client.scripted_server import (
    ReceivedRequest,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)
from lowering.foreign_packages import FOREIGN
from lowering.product_servers import Hosting, Music, Payments, webhook
from small_specs import mypy

Product: TypeAlias = Callable[[ReceivedRequest], ScriptedResponse]

PROGRAMS = FOREIGN / "programs"
WRITTEN = sorted(path.name for path in PROGRAMS.glob("*.py"))

PRODUCTS: dict[str, tuple[Callable[[], Product], object, str, list[str]]] = {
    "hosting": (
        Hosting,
        "t0ken",
        "",
        [
            "rented [1]",
            "rented [2, 3]",
            "1 db-1 new",
            "2 web-1 new",
            "3 web-2 new",
            "resize in-progress None",
            "snapshot in-progress None",
            "A 192.0.2.7 30",
            "gone: 404",
            "refused: 422",
        ],
    ),
    "music": (
        Music,
        "t0ken",
        "/v1",
        [
            "Road: 0",
            "Rain: 1",
            "Run: 2",
            "track Misty",
            "One, 7 ms",
            # What a filter has left of an item shows no longer what it was.
            "unknown {'name': 'Misty'}",
            "unknown {'name': 'One'}",
            "A2 (1956-05)",
            "A3 (1956-05)",
            "started",
            "paused Misty",
            "Artist Ella Track Misty",
            "may not: 403",
            "later: 429 True",
        ],
    ),
    "payments": (
        Payments,
        {"basicAuth": "sk_1:"},
        "",
        [
            "cus_1",
            "cus_1 4242",
            "cus_2 None",
            "cus_3 4242",
            "1@example.com: succeeded, paid True, none",
            "cus_2: declined",
            "1@example.com: succeeded, paid True, none",
            "evt_1: 2000 of 1@example.com",
            "file_1",
            "cus_2 True",
            "cus_2 (deleted)",
            "no such customer: 404",
        ],
    ),
}


def run(name: str, flavour: str, server: ScriptedServer, scan: Path) -> list[str]:
    """Run a program; return the lines that it yields."""
    spec = importlib.util.spec_from_file_location(
        f"{name}_{flavour}", PROGRAMS / f"{name}_{flavour}.py"
    )
    assert spec is not None
    assert spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(program)
    package = importlib.import_module(name)
    _, auth, prefix, _ = PRODUCTS[name]
    options: dict[str, Any] = {"auth": auth, "base_url": f"{server.url}{prefix}"}
    arguments = (webhook(), scan) if name == "payments" else ()

    async def lines() -> list[str]:
        async with package.AsyncClient(**options) as client:
            return [line async for line in program.main(client, *arguments)]

    if flavour == "async":
        return asyncio.run(lines())
    with package.Client(**options) as client:
        return list(program.main(client, *arguments))


@pytest.mark.filterwarnings("ignore:playlists.get_playlist_items")
@pytest.mark.parametrize("name", PRODUCTS)
def test_a_program_runs_on_its_product(name: str, packages: Path, tmp_path: Path) -> None:
    """Each line is as a user expects it, and each request as the server does."""
    assert (packages / name).exists()
    scan = tmp_path / "scan.png"
    scan.write_bytes(b"\x89PNG")
    start, _, _, expected = PRODUCTS[name]
    received: list[list[tuple[str, str, bytes]]] = []
    for flavour in ("sync", "async"):
        product, failures = start(), list[str]()

        def answer(
            request: ReceivedRequest, product: Product = product, failures: list[str] = failures
        ) -> ScriptedResponse:
            try:
                return product(request)
            except (AssertionError, LookupError, TypeError, ValueError) as error:
                failures.append(f"{request.method} {request.target} {request.body!r}: {error!r}")
                return json_response({"message": "not as documented"}, 400)

        with ScriptedServer(default=answer) as server:
            lines = run(name, flavour, server, scan)
        assert (failures, lines) == ([], expected), flavour
        received.append([(it.method, it.target, it.body) for it in server.requests])
    sync, asynchronous = ([it[:2] for it in one] for one in received)
    assert sync == asynchronous


def test_the_programs_are_those_of_the_products() -> None:
    """Each product has one of either flavour."""
    expected = [f"{name}_{kind}.py" for name in PRODUCTS for kind in ("async", "sync")]
    assert expected == WRITTEN


def test_the_programs_type_check(packages: Path, tmp_path: Path, mypy_cache: Path) -> None:
    """Nothing is found by mypy --strict or basedpyright."""
    for name in PRODUCTS:
        shutil.copytree(packages / name, tmp_path / name)
    for program in WRITTEN:
        shutil.copy(PROGRAMS / program, tmp_path)
    done = mypy(tmp_path, mypy_cache, *WRITTEN)
    assert done.stdout == f"Success: no issues found in {len(WRITTEN)} source files\n", done.stdout
    settings = {
        "typeCheckingMode": "strict",
        "failOnWarnings": True,
        "pythonVersion": "3.11",
        "include": WRITTEN,
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--project", "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "0 errors, 0 warnings, 0 notes\n", done.stdout + done.stderr
