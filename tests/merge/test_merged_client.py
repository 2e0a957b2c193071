"""Client of several API versions: each call sends and reads what its version has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from client.scripted_server import ScriptedServer, json_response
from merge.lamp_specs import NEWEST, OLDER, body, requiring
from runnersmith import pipeline
from runnersmith.openapi.document import Json
from small_specs import (
    LAMP_PATH,
    PACKAGE,
    REPOSITORY,
    Schema,
    lamp,
    project,
    write_files,
)

# Given the address, the API version and a call, prints the result.
CALLER = f"""
import sys
import {PACKAGE}
url, version, call = sys.argv[1:]
with {PACKAGE}.Client(auth="t", base_url=url, api_version=version) as client:
    lamps = client.house("acme").lamps
    try:
        print(repr(eval(call)))
    except {PACKAGE}.NotAvailable as error:
        print("NotAvailable", error)
    except {PACKAGE}.InvalidArgument as error:
        print("InvalidArgument", error)
"""
OVERLAY: list[Json] = [
    {"target": "$.info", "update": {"version": OLDER}},
    {"target": "$.paths", "update": {"/houses/{house}/bulbs/{bulb_id}": {}}},
    {"target": "$.paths['/houses/{house}/bulbs/{bulb_id}']", "copy": f"$.paths['{LAMP_PATH}']"},
    {"target": f"$.paths['{LAMP_PATH}']", "remove": True},
    {"target": "$..parameters[?@.name == 'lamp_id']", "update": {"name": "bulb_id"}},
    {"target": "$..put.requestBody..properties.tint", "remove": True},
    {
        "target": "$..put.requestBody.content['application/json'].schema",
        "update": {
            "required": ["bright"],
            "properties": {"hue": {"type": "string", "description": "Its hue."}},
        },
    },
    {"target": "$.components.schemas.Lamp.properties.watts", "remove": True},
    {"target": "$.components.schemas.Lamp.required[?@ == 'watts']", "remove": True},
    {"target": "$.components.schemas.Lamp.properties.id", "update": {"type": "string"}},
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a client of two versions, made as `generate` makes it."""
    folder = tmp_path_factory.mktemp("merged")
    spec = body(bright={"type": "integer"}, tint={"type": "string"})
    lamp(spec)["watts"] = {"type": "integer", "description": "Its power."}
    requiring(spec, "watts")
    (folder / "versions").mkdir()
    (folder / "spec.json").write_text(json.dumps(spec, indent=1), encoding="utf-8")
    overlay: Json = {
        "overlay": "1.1.0",
        "info": {"title": "Older", "version": "1"},
        "actions": OVERLAY,
    }
    path = folder / "versions" / f"{OLDER}.overlay.yaml"
    path.write_text(json.dumps(overlay), encoding="utf-8")
    made = pipeline.produce(project(folder / "spec.json", folder / "output"))
    write_files(folder / "output", dict(made.files))
    return folder / "output"


def call(package: Path, server: ScriptedServer, version: str, code: str) -> str:
    """Make a call in a separate Python and give what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CALLER, server.url, version, code],
        capture_output=True,
        text=True,
        check=False,
        cwd=package,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("version", "identifier", "target", "shown"),
    [
        (NEWEST, 5, "/houses/acme/lamps/5", "watts=7"),
        (OLDER, "five", "/houses/acme/bulbs/5", "watts=None"),
    ],
)
def test_a_client_asks_as_the_version_has_it(
    package: Path, version: str, identifier: str | int, target: str, shown: str
) -> None:
    """Header and path are the version's; its response is read, whichever type and fields it has."""
    answer: Schema = {"id": identifier}
    if version == NEWEST:
        answer["watts"] = 7
    with ScriptedServer(json_response(answer)) as server:
        printed = call(package, server, version, "lamps.get(5)")
        assert server.only.target == target
        assert server.only.header("x-api-version") == version
    assert f"id={identifier!r}" in printed
    assert shown in printed


@pytest.mark.parametrize(
    ("version", "code", "sent"),
    [
        (NEWEST, "lamps.put(5, tint='red')", {"tint": "red"}),
        (NEWEST, "lamps.put(5, bright=1)", {"bright": 1}),
        (OLDER, "lamps.put(5, bright=1)", {"bright": 1}),
        (OLDER, "lamps.put(5, bright=1, hue='red')", {"bright": 1, "hue": "red"}),
    ],
)
def test_a_client_sends_what_the_version_has(
    package: Path, version: str, code: str, sent: Json
) -> None:
    """Nothing is added for another version's sake."""
    with ScriptedServer(json_response(None, 204)) as server:
        call(package, server, version, code)
        assert server.only.json == sent
        assert server.only.header("x-api-version") == version


@pytest.mark.parametrize(
    ("version", "code", "error", "words"),
    [
        (NEWEST, "lamps.put(5, hue='red')", "NotAvailable", ("hue", OLDER)),
        (OLDER, "lamps.put(5, bright=1, tint='red')", "NotAvailable", ("tint", NEWEST)),
        (OLDER, "lamps.put(5, hue='red')", "InvalidArgument", ("bright", OLDER)),
        (OLDER, "lamps.put(5)", "InvalidArgument", ("bright", OLDER)),
    ],
)
def test_a_client_refuses_what_the_version_has_not(
    package: Path, version: str, code: str, error: str, words: tuple[str, ...]
) -> None:
    """Before anything is sent, in words that name the argument and the versions."""
    with ScriptedServer() as server:
        printed = call(package, server, version, code)
        assert not server.requests
    assert printed.startswith(error)
    assert all(word in printed for word in words), printed


def test_a_merged_client_says_so_in_its_docstrings(package: Path) -> None:
    """A reader learns which version has an argument or a field."""
    text = (package / PACKAGE / "_sync" / "house_lamps.py").read_text(encoding="utf-8")
    model = (package / PACKAGE / "models" / "lamp.py").read_text(encoding="utf-8")
    assert NEWEST in text
    assert OLDER in text
    assert NEWEST in model


def test_the_runtime_is_the_repository_s(package: Path) -> None:
    """What these calls go through is what every client has."""
    runtime = REPOSITORY / "templates" / "client" / "runtime" / "request" / "availability.py"
    copied = package / PACKAGE / "_runtime" / "request" / "availability.py"
    assert runtime.read_text(encoding="utf-8") in copied.read_text(encoding="utf-8")
