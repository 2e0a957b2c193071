"""Small specs of the generator's tests as values, and the files generated from them."""

from __future__ import annotations

import copy
import functools
import json
import subprocess
import sys
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, cast

from runnersmith import ir, pipeline
from runnersmith.lowering import build
from runnersmith.lowering.curated.api import with_tasks
from runnersmith.openapi.document import Document, Json
from runnersmith.output.formatter import format_files
from runnersmith.packs import Pack, Stack, read, shipped, stacks
from runnersmith.problems import SpecError, errors
from runnersmith.project import Project
from runnersmith.reader import parse
from runnersmith.render import Package, RenderedFiles, Renderer

REPOSITORY = Path(__file__).parent.parent
CASES = Path(__file__).parent / "cases"
PACKAGE = "example"

Schema: TypeAlias = dict[str, Json]

# One scope, resource, operation and model; most tests change one thing of it.
_SPEC: Schema = {
    "openapi": "3.1.0",
    "info": {"title": "Lamps", "version": "2026-01-01", "description": "The lamps of a house."},
    "servers": [{"url": "https://api.example.com"}],
    "x-runnersmith": {
        "version-header": "X-Api-Version",
        "media-type": "application/json",
        "scopes": {"house": {"path": "/houses/{house}", "description": "A house."}},
        "resources": {"lamps": {"description": "Its lamps."}},
    },
    "paths": {
        "/houses/{house}/lamps/{lamp_id}": {
            "parameters": [
                {
                    "name": "house",
                    "in": "path",
                    "required": True,
                    "description": "The house's name.",
                    "schema": {"type": "string"},
                },
                {
                    "name": "lamp_id",
                    "in": "path",
                    "required": True,
                    "description": "The lamp's id.",
                    "schema": {"type": "integer"},
                },
            ],
            "get": {
                "operationId": "lamps/get",
                "summary": "Get a lamp.",
                "x-runnersmith": {
                    "resource": "lamps",
                    "method": "get",
                    "repeat": "safe",
                    "products": {"ghec": "all"},
                },
                "responses": {
                    "200": {
                        "description": "The lamp.",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Lamp"}}
                        },
                    }
                },
            },
        }
    },
    "components": {
        "schemas": {
            "Lamp": {
                "type": "object",
                "description": "A lamp.",
                "required": ["id"],
                "properties": {"id": {"type": "integer", "description": "Identifies the lamp."}},
            }
        }
    },
}
LAMP_PATH = "/houses/{house}/lamps/{lamp_id}"


def small_spec() -> Schema:
    """Return a valid spec of one operation, which a test may change."""
    return copy.deepcopy(_SPEC)


def inside(value: Json, *steps: str | int) -> Schema:
    """Return the mapping at a place in a spec, which a test may change."""
    for step in steps:
        value = value[int(step)] if isinstance(value, list) else cast(Schema, value)[str(step)]
    return cast(Schema, value)


def lamp(spec: Schema) -> Schema:
    """Return the properties of the only model of `small_spec`."""
    return inside(spec, "components", "schemas", "Lamp", "properties")


def with_fields(**fields: Json) -> Schema:
    """Return a spec whose model also has these properties; each gets a description."""
    spec = small_spec()
    for name, schema in fields.items():
        lamp(spec)[name] = {"description": "A field.", **cast(Schema, schema)}
    return spec


def put(body: Json) -> Schema:
    """Return a spec whose lamp has a PUT operation with this schema as its body."""
    spec = small_spec()
    inside(spec, "paths", LAMP_PATH)["put"] = {
        "operationId": "lamps/put",
        "summary": "Put a lamp.",
        "x-runnersmith": {
            "resource": "lamps",
            "method": "put",
            "repeat": "idempotent",
            "products": {"ghec": "all"},
        },
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"204": {"description": "Done."}},
    }
    return spec


def document(spec: Json, *, tolerant: bool = False) -> Document:
    """Return a spec as read from a file called spec.json, with every value on a separate line."""
    text = json.dumps(spec, indent=1).encode()
    return parse(text, name="spec.json", suffix=".json", tolerant=tolerant)


def client_pack() -> Pack:
    return read(shipped("templates") / "client")


def client_stack() -> Stack:
    return shipped_stack("client")


def shipped_stack(name: str) -> Stack:
    """Return a pack that comes with runnersmith."""
    [found] = stacks([shipped("templates") / name])
    return found


def made(api: ir.Api, *folders: Path, package: str = PACKAGE) -> RenderedFiles:
    """Return the files that packs render for an API; by default those of the client pack."""
    folders = folders or (shipped("templates") / "client",)
    ours = all(shipped("templates") in folder.parents for folder in folders)
    renderer = _shipped_renderer(folders) if ours else Renderer(stacks(folders))
    return renderer.make(api, Package(package, "0.1.0"))


@functools.cache
def _shipped_renderer(folders: tuple[Path, ...]) -> Renderer:
    """Return the templates that come with runnersmith, which are loaded once."""
    return Renderer(stacks(folders))


def build_ir(spec: Json, package: str = PACKAGE) -> ir.Api:
    """Validate and lower a spec. Raise SpecError like `generate`."""
    loaded = document(spec)
    if found := errors(pipeline.validated(loaded, "curated")):
        raise SpecError(found)
    return with_tasks(build(loaded, package), loaded)


def render_spec(spec: Json, *, formatted: bool = True) -> dict[str, str]:
    """Return the files of a client that depend on the spec."""
    files = made(build_ir(spec)).rendered
    return format_files(files) if formatted else files


def project(spec: Path, output: Path, package: str = PACKAGE) -> Project:
    """Return a project of one spec, without a pyproject.toml."""
    return Project(
        root=output.parent,
        spec=spec,
        corrections=output.parent / "corrections.yaml",
        output=output,
        packs=(shipped("templates") / "client",),
        package=package,
        package_version="0.1.0",
    )


def write_files(folder: Path, files: dict[str, str]) -> None:
    """Write files below a folder, as bytes."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())


def mypy(folder: Path, cache: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run mypy --strict in a folder. `cache` is the fixture `mypy_cache`.

    The copies of the runtime are only read for their types: their code is checked in the templates
    and in ghrunners.
    """
    (folder / "mypy.ini").write_text(
        "[mypy]\nstrict = True\n[mypy-*._runtime.*]\nignore_errors = True\n"
    )
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--config-file=mypy.ini",
            f"--cache-dir={cache}",
            *arguments,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def importable(folder: Path, packages: Collection[str]) -> Generator[None]:
    """Make a folder's packages importable; loaded modules of the same names are put aside."""

    def loaded() -> list[str]:
        return [name for name in sys.modules if name.partition(".")[0] in packages]

    hidden = {name: sys.modules.pop(name) for name in loaded()}
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in loaded():
            del sys.modules[name]
        sys.modules.update(hidden)
