"""The cookbook's pack `extra-method`: `get_or_none`, which returns None if the response is 404."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from hostile.attacks import FOREIGN, OURS, TEXTS, Attack, assert_same_but_for_strings
from lowering.foreign_packages import FOREIGN as DOCUMENTS
from lowering.foreign_packages import SPECS
from packs.pack_files import EXAMPLES
from runnersmith import ir, pipeline
from runnersmith.ir.placement import all_resources
from runnersmith.openapi.document import Json
from runnersmith.project import find
from runnersmith.render import RenderError
from small_specs import (
    LAMP_PATH,
    PACKAGE,
    REPOSITORY,
    Schema,
    build_ir,
    inside,
    made,
    mypy,
    small_spec,
    write_files,
)

PACK = EXAMPLES / "extra-method"
SUFFIX = "_or_none"
# Packages of the pack, with a document of each kind. The names of clients are taken.
CLIENTS = {"with_runners": REPOSITORY / "spec" / "runners.yaml"} | {
    f"with_{name}": DOCUMENTS / f"{name}.yaml" for name in ("payments", "museum")
}
# A call that finds something in each, with a response.
RUNNER: Json = {
    "id": 7,
    "name": "r7",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [],
}
CALLS: dict[str, tuple[str, tuple[object, ...], Json]] = {
    "with_runners": ("org.runners.get", (7,), RUNNER),
    "with_payments": (
        "events.get_events_id",
        ("evt_1",),
        {"id": "evt_1", "type": "charge", "data": {"object": {}}},
    ),
    "with_museum": ("labels.get_label", (7,), {"name": "Mona Lisa"}),
}
MISSING = json_response({"message": "Not Found"}, 404)
# Texts for every place of a document that takes them.
HOSTILE = (
    "ends a docstring",
    "escapes",
    "newline",
    "line separators",
    "ends of other comments",
    "Jinja",
    "letters",
)


def api_of(spec: Path, package: str) -> ir.Api:
    return pipeline.build_ir(find(spec=str(spec), package=package))


def rendered(api: ir.Api, package: str) -> dict[str, str]:
    files = made(api, PACK, package=package)
    return {**files.rendered, **files.copied}


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the import path with the clients that the pack makes."""
    folder = tmp_path_factory.mktemp("clients")
    for package, spec in CLIENTS.items():
        write_files(folder, rendered(api_of(spec, package), package))
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def results(package: str, answer: ScriptedResponse, suffix: str = SUFFIX) -> list[Any]:
    """The results of a call in both flavours, or the errors that it raises."""
    module = importlib.import_module(package)
    path, arguments, _ = CALLS[package]

    def method(client: Any) -> Any:
        resource, _, name = path.removeprefix("org.").partition(".")
        owner = client.org("acme") if path.startswith("org.") else client
        return getattr(getattr(owner, resource), name + suffix)

    async def call_async(url: str) -> Any:
        async with module.AsyncClient(auth="made-up", base_url=url, retry=None) as client:
            return await method(client)(*arguments)

    def call_sync(url: str) -> Any:
        with module.Client(auth="made-up", base_url=url, retry=None) as client:
            return method(client)(*arguments)

    def call_in_loop(url: str) -> Any:
        return asyncio.run(call_async(url))

    found: list[Any] = []
    with ScriptedServer(default=answer) as server:
        for call in (call_sync, call_in_loop):
            try:
                found.append(call(f"{server.url}/"))
            except module.CallError as error:
                found.append(error)
        assert len(server.requests) == 2
    return found


def wanted(operation: ir.Operation) -> bool:
    """Whether an operation gets a second method."""
    reads = operation.method == "GET" and operation.returns and not operation.paged
    may_be_null = isinstance(operation.returns, ir.Nullable) or operation.returns == ir.Primitive(
        name="any"
    )
    return bool(reads and not may_be_null)


@pytest.mark.parametrize("package", CLIENTS)
def test_none_stands_for_404_only(clients: Path, package: str) -> None:
    """What is found is what the first method returns; every other error is raised, as by it."""
    assert (clients / package).is_dir()
    body = CALLS[package][2]
    found, first = results(package, json_response(body)), results(package, json_response(body), "")
    assert found == first
    assert type(found[0]).__module__ == f"{package}.models"
    assert results(package, MISSING) == [None, None]
    for status, name in (
        (500, "ServerError"),
        (403, "Forbidden"),
        (410, "Gone"),
        (200, "UnexpectedResponse"),
    ):
        raised = results(package, json_response({"message": "No"}, status))
        assert [type(error).__name__ for error in raised] == [name, name]


def test_the_404_of_a_proxy_is_no_missing_runner(clients: Path) -> None:
    """GitHub's own has a message: any other raises, and does not become None."""
    assert clients.is_dir()
    raised = results("with_runners", ScriptedResponse(status=404, body=b"<html>"))
    assert [type(error).__name__ for error in raised] == ["UnexpectedResponse"] * 2


def test_the_raw_response_of_the_method(clients: Path) -> None:
    """With the status and headers of the response, also if that is the 404."""
    assert clients.is_dir()
    module = importlib.import_module("with_museum")

    async def call_async(url: str) -> Any:
        async with module.AsyncClient(base_url=url, retry=None) as client:
            return await client.with_raw_response(client.labels.get_label_or_none, 7)

    headers = {"X-Request-Id": "abc"}
    with ScriptedServer(default=json_response({}, 404, headers)) as server:
        with module.Client(base_url=server.url, retry=None) as client:
            raw = client.with_raw_response(client.labels.get_label_or_none, 7)
        for found in (raw, asyncio.run(call_async(server.url))):
            assert (found.status, found.value, found.request_id) == (404, None, "abc")


@pytest.mark.parametrize("package", CLIENTS)
def test_who_gets_the_method(clients: Path, package: str) -> None:
    """Every GET with a result that is not paged and never null, with the signature of the first."""
    assert (clients / package).is_dir()
    module = importlib.import_module(package)
    methods = 0
    for _, resource in all_resources(api_of(CLIENTS[package], package)):
        for prefix in ("", "Async"):
            kind: type = getattr(module, prefix + resource.class_name)
            names = {operation.name for operation in resource.operations if wanted(operation)}
            assert {it for it in vars(kind) if it.endswith(SUFFIX)} == {it + SUFFIX for it in names}
            for name in names:
                one, two = getattr(kind, name), getattr(kind, name + SUFFIX)
                first, second = inspect.signature(one), inspect.signature(two)
                assert second.parameters == first.parameters
                assert second.return_annotation == f"{first.return_annotation} | None"
                assert inspect.iscoroutinefunction(two) == bool(prefix)
                said = " ".join((inspect.getdoc(two) or "").split())
                assert f"Like `{name}`, but returns None instead of raising NotFound if" in said
                assert "NotFound: 404" not in said
                methods += 1
    assert methods


def test_the_clients_pass_the_type_checker(clients: Path, mypy_cache: Path) -> None:
    """Strictly; a program must handle the None, so the comment in this one is needed."""
    program = """\
import with_museum as it
from typing import assert_type

def show(client: it.Client) -> str:
    return client.labels.get_label_or_none(7).name  # type: ignore[union-attr]  # may be None

async def main(client: it.AsyncClient) -> None:
    assert_type(await client.labels.get_label_or_none(7), it.models.Label | None)
"""
    (clients / "program.py").write_text(program, encoding="utf-8")
    done = mypy(clients, mypy_cache, *CLIENTS, "program.py")
    assert done.returncode == 0, done.stdout


def lines(text: str) -> list[str]:
    """The lines of a file that is not formatted yet."""
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("name", SPECS)
def test_the_pack_fits_every_document(name: str) -> None:
    """Nothing of the client changes, except the modules of resources, which get methods."""
    api = api_of(DOCUMENTS / f"{name}.yaml", name)
    before, after = made(api, package=name).rendered, rendered(api, name)
    changed = {path for path in before if lines(after[path]) != lines(before[path])}
    with_method = {
        f"{name}/{flavour}/{resource.module}.py"
        for _, resource in all_resources(api)
        for flavour in ("_sync", "_async")
        if any(map(wanted, resource.operations))
    }
    assert changed == with_method


@pytest.mark.parametrize(
    ("attack", "label"),
    [(OURS, "ends a docstring"), *((FOREIGN, label) for label in HOSTILE)],
)
def test_a_hostile_text_stays_text(attack: Attack, label: str) -> None:
    """Strings aside, the client is that of a harmless document."""
    places = attack.taken(label)
    hostile = attack.client(attack.filled(places, TEXTS[label]), PACK)
    twin = attack.client(attack.filled(places, TEXTS[label], harmless=True), PACK)
    assert any(f"{SUFFIX}(" in text for text in hostile.values())
    assert_same_but_for_strings(hostile, twin)


# ── Operations without the method ────────────────────────────────────────────────────────────

GET = ("paths", LAMP_PATH, "get")
SCHEMA = (*GET, "responses", "200", "content", "application/json")


def methods_of(spec: Schema) -> tuple[str, str]:
    """The module of the resource, and the name of the second method if it has one."""
    text = rendered(build_ir(spec), PACKAGE)[f"{PACKAGE}/_sync/house_lamps.py"]
    return text, "get_or_none" if "def get_or_none(" in text else ""


def test_a_result_that_may_be_null_gets_none() -> None:
    """None would have two meanings. Nothing is imported that no method uses."""
    spec = small_spec()
    assert methods_of(spec)[1] == "get_or_none"
    inside(spec, *SCHEMA)["schema"] = {
        "oneOf": [{"$ref": "#/components/schemas/Lamp"}, {"type": "null"}]
    }
    text, method = methods_of(spec)
    assert method == ""
    assert "NotFound" not in text


def test_a_declared_404_is_described_once() -> None:
    """By the method that raises it."""
    spec = small_spec()
    inside(spec, *GET, "responses")["404"] = {"description": "None of this name."}
    text, method = methods_of(spec)
    assert method == "get_or_none"
    assert text.count("NotFound: 404. None of this name.") == 1


def test_an_operation_with_the_name_of_the_method_is_an_error() -> None:
    """It would be replaced without a word, or replace the method."""
    spec = small_spec()
    other: Any = inside(spec, "paths")
    other["/houses/{house}/lamps/{lamp_id}/old"] = {
        "parameters": inside(spec, "paths", LAMP_PATH)["parameters"],
        "get": {
            **inside(spec, *GET),
            "operationId": "lamps/old",
            "x-runnersmith": {
                **inside(spec, *GET, "x-runnersmith"),
                "method": "get_or_none",
            },
        },
    }
    with pytest.raises(RenderError) as caught:
        methods_of(spec)
    assert str(caught.value) == (
        "extra-method::resource.py.jinja: example/_sync/house_lamps.py: class HouseLamps defines "
        "'get_or_none' twice, and the second would replace the first; rename one, "
        "rendering resource HouseLamps"
    )
