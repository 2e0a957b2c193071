"""Cases of generation: each folder of `cases/` is a small spec and the client that it gives.

`pytest --update` writes what is expected; the diff is then reviewed like code.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest

from runnersmith import pipeline
from runnersmith.problems import errors
from runnersmith.reader import load
from runnersmith.validate import validate
from small_specs import CASES, PACKAGE, mypy, project, write_files

CASE_NAMES = sorted(
    folder.name
    for folder in CASES.iterdir()
    if folder.is_dir()
    and folder.name != "hostile"  # tables, and tests of their own
    and not (folder / "problems.txt").exists()
    and not (folder / "refused.txt").exists()
)
REFUSED_NAMES = sorted(file.parent.name for file in CASES.glob("*/refused.txt"))
# The same for every spec, and held by tests of their own.
_NOT_OF_THE_SPEC = (
    "FAULTS.md",
    "LICENSE",
    "pyproject.toml",
    f"{PACKAGE}/py.typed",
    f"{PACKAGE}/_runtime/",
)


@functools.cache
def produced(case: str) -> Mapping[str, str]:
    """Every file of a case's client."""
    return pipeline.produce(project(CASES / case / "spec.yaml", CASES / "output")).files


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the import path, to hold cases' clients as packages of the cases' names."""
    folder = tmp_path_factory.mktemp("packages")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


def placed(case: str, packages: Path) -> Path:
    """The folder of a case's package, written when it is first asked for."""
    folder = packages / module(case)
    if not folder.exists():
        files = {path: text for path, text in produced(case).items() if path.startswith(PACKAGE)}
        write_files(
            packages, {path.replace(PACKAGE, folder.name, 1): files[path] for path in files}
        )
    return folder


def module(case: str) -> str:
    """What a case's client is imported as."""
    return "case_" + case.replace("-", "_").replace(".", "_")


def imported(case: str, packages: Path, path: str = "") -> ModuleType:
    return importlib.import_module(placed(case, packages).name + path)


def operations(case: str, packages: Path) -> list[Any]:
    """The operation constants of a case's client."""
    found = [
        value
        for module in pkgutil.iter_modules(imported(case, packages, "._operations").__path__)
        for value in vars(imported(case, packages, f"._operations.{module.name}")).values()
        if hasattr(value, "returns") and not isinstance(value, type)
    ]
    assert found
    return found


# ── What is written ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", CASE_NAMES)
def test_a_case_gives_the_expected_files(case: str, update: bool) -> None:
    """The files that depend on the spec are those of the case, byte for byte, and no others."""
    made = {
        path: text for path, text in produced(case).items() if not path.startswith(_NOT_OF_THE_SPEC)
    }
    folder = CASES / case / "expected"
    if update:
        for path in folder.rglob("*"):
            if path.is_file() and path.relative_to(folder).as_posix() not in made:
                path.unlink()
        write_files(folder, made)
    held = {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert made == held


@pytest.mark.parametrize("case", REFUSED_NAMES)
def test_a_case_is_refused_by_the_builder(case: str, update: bool) -> None:
    """A valid description that no client is true to gives these problems, and no others."""
    loaded = load(CASES / case / "spec.yaml", name="spec.yaml")
    assert errors(validate(loaded, "curated")) == ()
    found = "".join(f"{problem}\n" for problem in pipeline.validated(loaded, "curated"))
    expected = CASES / case / "refused.txt"
    if update:
        expected.write_text(found, "utf-8", newline="\n")
    assert found == expected.read_text("utf-8")


def test_every_folder_is_a_case() -> None:
    """A folder of cases has a spec, and one kind of expectation."""
    for folder in filter(Path.is_dir, CASES.iterdir()):
        if folder.name == "hostile":
            continue
        assert (folder / "spec.yaml").is_file(), folder
        kinds = [
            name for name in ("expected", "problems.txt", "refused.txt") if (folder / name).exists()
        ]
        assert len(kinds) == 1, (folder, kinds)


# ── That it works ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", CASE_NAMES)
def test_a_case_imports(case: str, packages: Path) -> None:
    """Every module imports, every public name is there, every response type has a decoder."""
    package = imported(case, packages)
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
    for name in package.__all__:
        getattr(package, name)
    for name in package.models.__all__:
        msgspec.json.Decoder(getattr(package.models, name))
    for operation in operations(case, packages):
        for answer in map(operation.answer, operation.success):
            if answer.returns is not None and answer.encoding == "json":
                msgspec.json.Decoder(answer.returns())


def test_cases_pass_the_type_checker(packages: Path, mypy_cache: Path) -> None:
    """Every client passes mypy --strict, whatever its spec."""
    names = [placed(case, packages).name for case in CASE_NAMES]
    done = mypy(packages, mypy_cache, *(argument for name in names for argument in ("-p", name)))
    assert done.returncode == 0, done.stdout + done.stderr


def test_cases_pass_the_linter(packages: Path) -> None:
    """No client imports what it does not use, uses what it does not import, or has a stale noqa."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F,E4,E7,E9,I,RUF100"]
        + [str(placed(case, packages) / part) for case in CASE_NAMES for part in _PARTS],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


_PARTS = ("__init__.py", "_defaults.py", "models", "_operations", "_sync", "_async")


@pytest.mark.parametrize("first", ["room", "door", "frame", "paint"])
def test_models_that_hold_each_other(first: str, packages: Path) -> None:
    """Models of two modules that hold each other import and decode, whichever comes first."""
    name = module("recursive-models")
    for loaded in [key for key in sys.modules if key.partition(".")[0] == name]:
        del sys.modules[loaded]
    imported("recursive-models", packages, f".models.{first}")
    models = imported("recursive-models", packages).models
    inner = b'{"name": "b", "doors": []}'
    text = b'{"name": "a", "doors": [{"room": %b, "frame": {"door": {"room": null}}}]}' % inner
    room = msgspec.json.decode(text, type=models.Room)
    assert room.doors[0].room == models.Room(name="b", doors=[])
    assert room.doors[0].frame.door.room is None


def test_absent_is_none_in_a_reply_and_unset_in_a_request(packages: Path) -> None:
    """What a response leaves out is None; what a caller leaves out is not sent, and null is."""
    models = imported("request-and-reply-models", packages).models
    unset = imported("request-and-reply-models", packages).UNSET
    lamp = msgspec.json.decode(b'{"bulb": {"watts": 5}}', type=models.Lamp)
    assert lamp.bulb.note is None
    assert lamp.bulb.colour is None
    assert lamp.installed_at is None
    bulb = models.NewBulb(watts=5)
    assert bulb.note is unset
    assert msgspec.json.encode(bulb) == b'{"watts":5}'
    assert msgspec.json.encode(models.NewBulb(watts=5, note=None)) == b'{"watts":5,"note":null}'
    socket = msgspec.json.decode(b"{}", type=models.Socket)
    assert socket.note is unset


def test_unknown_values_are_read(packages: Path) -> None:
    """A value that is not listed never makes a response unreadable."""
    models = imported("open-and-closed-enums", packages).models
    text = b'{"colour": "green", "state": "odd", "level": 9, "modes": ["dusk"], "more": 1}'
    lamp = msgspec.json.decode(text, type=models.Lamp)
    assert (lamp.colour, lamp.state, lamp.level, lamp.modes) == ("green", "odd", 9, ["dusk"])


def test_secrets_are_masked(packages: Path) -> None:
    """A repr shows no secret, under whatever name and however deep."""
    models = imported("secrets", packages).models
    key = msgspec.json.decode(
        b'{"id": 1, "private-key": "s3cret", "passphrase": "s3cret", "lock": {"code": "s3cret"}}',
        type=models.Key,
    )
    assert key.private_key == "s3cret"
    assert "s3cret" not in f"{key!r} {key} {[key]} {key.lock}"


@pytest.mark.parametrize("case", CASE_NAMES)
def test_every_path_parameter_is_filled(case: str, packages: Path) -> None:
    """The path that is sent has the values of all its parameters, whatever these are called."""
    request = imported(case, packages, "._runtime.request.builder")
    address = imported(case, packages, "._runtime.request.base_url")
    availability = imported(case, packages, "._runtime.request.availability")
    for operation in operations(case, packages):
        names = re.findall(r"\{([^{}]+)\}", operation.path)
        built = request.build(
            msgspec.structs.replace(operation, required=()),
            address.parse_base("https://api.github.com"),
            availability.Deployment(
                next(iter(operation.available.versions), ""), ("github.com", "ghec", "ghes")
            ),
            path={name: f"value-{number}" for number, name in enumerate(names)},
            query={},
            body=None,
        )
        assert not {"{", "}"} & set(unquote(built.target))
        assert all(f"value-{number}" in built.target for number in range(len(names)))


def test_wire_names_are_what_travels(packages: Path) -> None:
    """A field with another name in Python is read and written under its own."""
    models = imported("renamed-names", packages).models
    wire = b'{"+1":1,"class":"c","camelCase":"h","@type":{},"_links":"l"}'
    names = msgspec.json.decode(wire, type=models.NamesOf2Things)
    assert (names.plus_1, names.class_, names.camel_case, names.links) == (1, "c", "h", "l")
    assert b'"+1":1' in msgspec.json.encode(names)
