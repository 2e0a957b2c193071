"""Hostile texts: no string of a spec becomes code, markup or a path, whatever it holds.

The tables are in cases/hostile, and so is what happens: every text at every place is refused with
its place, or taken, and then the client is, strings aside, that of a harmless twin.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from generating import PACKAGE, build_ir, made, small_spec, write_files
from hostile import (
    OUTCOMES,
    PLACES,
    TEXTS,
    client,
    filled,
    hostile_client,
    judge,
    outcomes,
    recording,
    refusal,
    taken,
)
from packs.pages import markup, python, shape
from runnersmith.format import format_files
from runnersmith.project import shipped


def test_harmless_texts_are_taken_everywhere() -> None:
    """Every place can be written in, so that a refusal is of the text."""
    for name, place in PLACES.items():
        assert refusal(name, "harmless" if place.is_name else place.twin) == (), name


def test_every_text_at_every_place(update: bool) -> None:
    """Each is taken or refused for the reason that is written down, and none is forgotten."""
    found = recording({label: outcomes(label) for label in TEXTS})
    if update:
        OUTCOMES.write_text(found, "utf-8", newline="\n")
    assert found == OUTCOMES.read_text("utf-8")


@pytest.mark.parametrize("label", TEXTS)
def test_a_text_stays_text(label: str) -> None:
    """Where a text is taken, the client is, strings aside, that of the harmless twin."""
    assert "document's title" in taken(label)
    judge(hostile_client(label), client(filled(taken(label), TEXTS[label], harmless=True)))


@pytest.mark.parametrize("label", TEXTS)
def test_a_text_is_no_markup_of_a_page(label: str) -> None:
    """The reference is, words aside, that of the harmless twin; its Python, but for strings."""
    places, text = taken(label), TEXTS[label]
    reference = shipped("templates") / "reference"
    hostile = client(filled(places, text), reference)
    twin = client(filled(places, text, harmless=True), reference)
    assert hostile.keys() == twin.keys()
    for path, ours in hostile.items():
        assert [shape(block) for block in python(ours)] == list(map(shape, python(twin[path])))
        assert markup(ours) == markup(twin[path]), path
        assert all(char == "\n" or char.isprintable() for char in ours)


def test_nothing_runs_when_hostile_clients_are_used(tmp_path: Path) -> None:
    """Every module imports, every method sends its one request, and no text is executed."""
    runtime = made(build_ir(small_spec())).copied
    for number, label in enumerate(TEXTS):
        rendered = hostile_client(label)
        # Formatted as a reader gets it: some of them, since it takes long.
        files = {**(format_files(rendered) if number % 10 == 0 else rendered), **runtime}
        names = {path: path.replace(PACKAGE, f"hostile{number}", 1) for path in files}
        write_files(
            tmp_path, {names[path]: files[path] for path in files if path.startswith(PACKAGE)}
        )
    (tmp_path / "walk.py").write_text(_WALK)
    done = subprocess.run(
        [sys.executable, "walk.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert [len(requests) for requests in found.values()] == [7] * len(TEXTS)
    assert {tuple(request) for requests in found.values() for request in requests} == {
        (method, "h.example") for method in ("GET", "PUT", "POST")
    }
    assert not (tmp_path / "canary").exists()


# Imports every module of every package, and calls every method. What starts a process, opens a
# connection or writes a file ends it at once.
_WALK = """
import importlib, inspect, json, os, pkgutil, sys, warnings
import httpx2
import asyncio, encodings.idna, h11, msgspec, ssl  # what a first call would load


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
    for place in importlib.import_module(package.__name__ + "._sync.client")._OPERATIONS:
        scope, resource = place.split(".")
        make = getattr(client, scope)
        held = getattr(make(*("x" for _ in inspect.signature(make).parameters)), resource)
        for name in (name for name in vars(type(held)) if not name.startswith("__")):
            method = getattr(held, name)
            given = inspect.signature(method).parameters.values()
            try:
                method(*("7" for one in given if one.kind is one.POSITIONAL_OR_KEYWORD))
            except (package.UnexpectedResponse, package.OutcomeUnknown):
                pass  # it got what it did not expect


report = {}
for name in sorted(module.name for module in pkgutil.iter_modules(["."]) if module.ispkg):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, name + "."):
        importlib.import_module(module.name)
    sent = []
    with package.Client(
        auth="EXAMPLE-TOKEN", base_url="https://h.example/", product="ghec", transport=httpx2.MockTransport(answer)
    ) as client:
        call(client, package)
    report[name] = sent
print(json.dumps(report))
"""
