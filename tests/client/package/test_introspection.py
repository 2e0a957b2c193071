"""Introspection of a client with Python's tools: names of classes, type hints, pickles, sources.

Held for ghrunners and for the client of a document that has nothing of GitHub's, with the modules
beside them: test kits, the fake GitHub, fleet helpers.
"""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import subprocess
import sys
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

import ghrunners
from ghrunners import models
from runnersmith import pipeline
from runnersmith.packs import shipped
from small_specs import REPOSITORY, importable, made, project, write_files

FOREIGN = "shelter"
PACKAGES = ("ghrunners", FOREIGN)
# Names of msgspec, shown under a name of the client.
BORROWED = {"UNSET", "Unset"}


@pytest.fixture(scope="module", autouse=True)
def _foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Generate a foreign client and make it importable; others of its name are put aside."""
    folder = tmp_path_factory.mktemp("foreign")
    spec = REPOSITORY / "tests" / "foreign" / f"{FOREIGN}.yaml"
    api = pipeline.build_ir(project(spec, folder, package=FOREIGN))
    packs = [shipped("templates") / name for name in ("client", "testing")]
    found = made(api, *packs, package=FOREIGN)
    write_files(folder, {**found.rendered, **found.copied})
    with importable(folder, {FOREIGN}):
        yield


# The other modules with public names.
MORE = {"ghrunners": ["fake", "fleet", "testing"], FOREIGN: ["testing"]}


def namespaces(package: str) -> list[ModuleType]:
    """The package, its models, and its other modules with public names."""
    names = [package, *(f"{package}.{name}" for name in ["models", *MORE[package]])]
    return [importlib.import_module(name) for name in names]


def public(package: str) -> Iterator[tuple[str, str, object]]:
    """Every public name, with the module that shows it and what it stands for."""
    for namespace in namespaces(package):
        names: list[str] = namespace.__all__
        yield from ((namespace.__name__, name, getattr(namespace, name)) for name in names)


def classes(package: str) -> Iterator[tuple[str, str, type]]:
    """Every public class that is the client's own."""
    for module, name, found in public(package):
        if isinstance(found, type) and name not in BORROWED:
            yield module, name, found


def functions(package: str) -> Iterator[tuple[str, Callable[..., object]]]:
    """Every public function, such as those that make models for tests."""
    for _, name, found in public(package):
        if inspect.isfunction(found):
            yield name, found


def callables(kind: type) -> Iterator[tuple[str, Callable[..., object]]]:
    """The functions of a class and of its bases: constructor, methods, properties, overloads."""
    for name in dir(kind):
        found: object = inspect.getattr_static(kind, name)
        # A property's getter, or what a class method wraps.
        found = getattr(found, "fget", getattr(found, "__func__", found))
        if inspect.isfunction(found) and found.__module__.partition(".")[0] in PACKAGES:
            yield name, found
            yield from ((name, one) for one in typing.get_overloads(found))


@pytest.mark.parametrize("package", PACKAGES)
def test_a_public_class_is_of_the_package(package: str) -> None:
    """Every one: `ghrunners.NotFound`, `ghrunners.models.Runner`."""
    found = {(name, kind.__module__) for _, name, kind in classes(package)}
    assert found == {(name, module) for module, name, _ in classes(package)}
    assert len(found) > 40


@pytest.mark.parametrize("package", PACKAGES)
def test_a_class_is_of_the_package_before_anybody_fetched_it(package: str) -> None:
    """An error that was raised inside reads in a traceback as a caller would import it."""
    code = (
        f"import {package}, sys\n"
        f"try: {package}.Client(auth='x', base_url='http://example.com/')\n"
        "except Exception as error: shown = type(error)\n"
        f"assert 'InvalidArgument' not in vars({package})\n"
        "print(f'{shown.__module__}.{shown.__qualname__}')\n"
        f"{package}.Client(auth='x', base_url='http://example.com/')"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=Path(str(importlib.import_module(package).__file__)).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == f"{package}.InvalidArgument\n"
    assert f"\n{package}.InvalidArgument: " in done.stderr


@pytest.mark.parametrize("package", PACKAGES)
def test_type_hints_can_be_evaluated(package: str) -> None:
    """Of every public class and callable, sync and async; each hint is a type, not a name."""
    found: list[tuple[str, object]] = [*functions(package)]
    for _, name, kind in classes(package):
        found += [(name, kind), *((f"{name}.{where}", one) for where, one in callables(kind))]
    seen = 0
    for name, one in found:
        hints = typing.get_type_hints(one)
        assert not any(isinstance(hint, str) for hint in hints.values()), name
        seen += len(hints)
    assert seen > 300


def test_the_hints_of_a_client_are_what_it_takes() -> None:
    """Names of modules that are not imported until then are no exception."""
    hints = typing.get_type_hints(ghrunners.Client.__init__)
    assert [*hints] == [*inspect.signature(ghrunners.Client).parameters, "return"]
    import ssl

    import httpx2

    assert ssl.SSLContext in typing.get_args(hints["verify"])
    assert httpx2.BaseTransport in typing.get_args(hints["transport"])
    listed = typing.get_type_hints(ghrunners.AsyncOrgRunners.list)["return"]
    assert listed == ghrunners.AsyncPages[models.Runner, models.RunnerList]
    runners = typing.get_type_hints(vars(ghrunners.OrgScope)["runners"].fget)
    assert runners == {"return": ghrunners.OrgRunners}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_signature_can_be_evaluated(package: str) -> None:
    """By `inspect`, which tools for dependency injection and for command lines use."""
    for _, function in functions(package):
        inspect.signature(function, eval_str=True)
    for _, _, kind in classes(package):
        for _, found in callables(kind):
            inspect.signature(found, eval_str=True)
        inspect.get_annotations(kind, eval_str=True)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_class_travels_by_its_name(package: str) -> None:
    """As pickles name it; a copy is the class itself."""
    for _, _, kind in classes(package):
        assert pickle.loads(pickle.dumps(kind)) is kind  # noqa: S301 - our own bytes
        assert copy.deepcopy(kind) is kind


@pytest.mark.parametrize("package", PACKAGES)
def test_a_struct_keeps_its_schema(package: str) -> None:
    """Msgspec finds the types of all fields, though the package has no such names."""
    structs = [kind for _, _, kind in classes(package) if issubclass(kind, msgspec.Struct)]
    assert len(structs) > 10
    for kind in structs:
        assert len(msgspec.structs.fields(kind)) == len(kind.__struct_fields__)


@pytest.mark.parametrize("package", PACKAGES)
def test_what_is_borrowed_stays_its_owners(package: str) -> None:
    """A name for another library's class does not rename it."""
    assert importlib.import_module(package).Unset.__module__ == "msgspec"


def test_a_class_of_a_caller_is_the_callers() -> None:
    """A subclass is not named after the package."""

    class Stricter(ghrunners.InvalidArgument):
        pass

    assert Stricter.__module__ == __name__
