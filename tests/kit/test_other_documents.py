"""Documents that GitHub's is not like: operations with one path, other servers, redirects."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import msgspec
import pytest

from ghrunners import testing
from ghrunners.testing._kit.description import Content
from kit.kits import kit_of
from small_specs import mypy

BY_ID, BY_NAME, TEXT = (f"labels.get_label{ending}" for ending in ("", "_by_name", "_text"))
PROGRAM = """
import kit_courier
from kit_courier import testing

server = testing.MockServer()
server.client(servers={"printer": "https://mine.example"}, max_wait=3).parcels.get_parcel("7")
server.async_client(servers={"printers": "https://mine.example"})  # no such server
server.respond("parcels.get_parcel", testing.parcel(id="7"), id="7")
server.respond("parcels.get", 404)  # no such operation
not_found: kit_courier.NotFound = testing.error(kit_courier.NotFound)
"""


@pytest.fixture
def museum(kits: object) -> Any:
    """A mock server on which `/labels/{id}` and `/labels/{name}` can be the same path."""
    assert kits
    return kit_of("museum").MockServer()


def test_of_operations_with_one_path_the_one_that_a_request_fits_is_called(museum: Any) -> None:
    """A text is no id; a number is one, and is a name if only that has a response."""
    labels = museum.client().labels
    labels.get_label_by_name("door")
    labels.get_label(7)
    assert [call.operation for call in museum.calls] == [BY_NAME, BY_ID]
    museum.script(BY_NAME, 503)
    labels.get_label_by_name("7")
    assert [call.operation for call in museum.calls[2:]] == [BY_NAME, BY_ID]
    museum.respond(BY_NAME, 404, name="8")
    with pytest.raises(importlib.import_module("kit_museum").NotFound):
        labels.get_label_by_name("8")
    museum.check()


def test_of_operations_with_one_path_the_one_whose_content_is_accepted_is_called(
    museum: Any,
) -> None:
    """Whatever is planned for the others."""
    labels = museum.client().labels
    museum.respond(BY_NAME, 404)
    museum.respond(TEXT, "Do not touch")
    assert labels.get_label_text("door") == "Do not touch"
    museum.respond(BY_NAME, museum.description.by_name()[BY_NAME].success)
    labels.get_label_by_name("door")
    assert [call.operation for call in museum.calls] == [TEXT, BY_NAME]


@pytest.mark.parametrize(
    ("accept", "accepted"),
    [
        ("application/json", False),
        ("application/json, text/plain;q=0.5", True),
        ("Text/*", True),
        ("*/*", True),
    ],
)
def test_what_a_request_accepts_is_a_range(museum: Any, accept: str, accepted: bool) -> None:
    """As in HTTP; a success without content is always accepted."""
    operations = museum.description.by_name()
    assert operations[TEXT].is_accepted(accept) is accepted
    assert operations["labels.put_label"].is_accepted(accept)


@pytest.mark.usefixtures("kits")
def test_clients_call_operations_of_other_servers() -> None:
    """With credentials, and with a server that has no address; a test can give it one."""
    server = kit_of("courier").MockServer()
    client: Any = server.client()
    client.parcels.track("7")
    client.labels.print_label()
    client.labels.preview_label()
    asyncio.run(server.async_client().labels.print_label())
    server.client(servers={"printer": "https://mine.example/print"}).labels.print_label()
    server.check()
    assert [call.path for call in server.calls][:2] == ["/parcels/7", "/labels"]
    assert server.calls[-1].path == "/print/labels"
    assert all(call.headers["host"].endswith(".example") for call in server.calls)


def test_the_kit_of_a_document_is_typed(kits: Path, mypy_cache: Path) -> None:
    """With the options of its client: a wrong name of a server or an operation is an error."""
    (kits / "program.py").write_text(PROGRAM)
    done = mypy(kits, mypy_cache, "program.py")
    wrong = [number for number, line in enumerate(PROGRAM.splitlines(), 1) if "#" in line]
    assert [int(line.split(":")[1]) for line in done.stdout.splitlines()[:-1]] == wrong, done.stdout


@pytest.mark.parametrize("errors", [{}, {"0": Content()}, {"3": Content()}])
def test_a_redirect_that_is_described_can_be_sent(errors: dict[str, Content]) -> None:
    """By its status alone; no class of statuses and no default describes one."""
    found = testing.MockServer().description.operations[0]
    operation = msgspec.structs.replace(found, errors={**errors, "303": Content(description="x")})
    assert operation.declared(303) == Content(description="x")
    assert operation.declared(302) is None
    assert operation.declared(200) == found.declared(200)
