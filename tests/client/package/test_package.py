"""The package as it is imported: what it loads, which names it has, and how a scope is found."""

from __future__ import annotations

import ast
import asyncio
import functools
import gc
import importlib.resources
import inspect
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from types import ModuleType

import pytest

import ghrunners
from client.described_methods import TOKEN
from client.scripted_server import ScriptedServer, json_response
from ghrunners import fleet, models
from runnersmith.openapi.document import Json

NO_LABELS: Json = {"total_count": 0, "labels": []}


def local_client() -> ghrunners.Client:
    """Make a client that sends nothing."""
    return ghrunners.Client(auth=TOKEN, base_url="http://127.0.0.1:1")


# ── What is loaded ───────────────────────────────────────────────────────────────────────────


def loaded_by(code: str, *arguments: str) -> set[str]:
    """Run code in a separate Python and give the modules that it loads."""
    program = f"import sys\nbefore = set(sys.modules)\n{code}\nprint(*set(sys.modules) - before)"
    command = [sys.executable, "-W", "error", "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def below(names: set[str], *prefixes: str) -> set[str]:
    return {name for name in names if name.startswith(prefixes)}


def test_importing_the_package_loads_nothing_but_it() -> None:
    """Neither transport nor models nor any other module of the package; no library at all."""
    loaded = loaded_by("import ghrunners")
    assert below(loaded, "ghrunners") == {
        "ghrunners",
        "ghrunners._runtime",
        "ghrunners._runtime.lazy",
    }
    assert not below(loaded, "httpx2", "httpcore2", "msgspec")


def test_a_fake_needs_no_server_and_no_pytest() -> None:
    """It is there without the extra; only `serve` and the plugin need more."""
    without = "sys.modules.update(uvicorn=None, pytest=None)\n"
    loaded = loaded_by(f"{without}from ghrunners.fake import FakeGitHub, Runner\nFakeGitHub()")
    assert "ghrunners.fake.github" in loaded
    assert not below(
        loaded, "ghrunners.fake.live", "ghrunners.fake.command", "ghrunners.fake.plugin"
    )


def test_the_plugins_load_nothing_before_a_test_asks() -> None:
    """Each pytest run of an environment with the package loads them."""
    code = "import pytest\nbefore = set(sys.modules)\n"
    loaded = loaded_by(f"{code}import ghrunners.testing.plugin, ghrunners.fake.plugin")
    assert below(loaded, "ghrunners") == {
        "ghrunners",
        "ghrunners._runtime",
        "ghrunners._runtime.lazy",
        "ghrunners.fake",
        "ghrunners.fake.plugin",
        "ghrunners.testing",
        "ghrunners.testing.plugin",
    }
    assert not below(loaded, "httpx2", "msgspec", "uvicorn")


def test_naming_a_class_loads_no_transport_and_no_model() -> None:
    """Both come when they are used."""
    loaded = loaded_by("from ghrunners import AsyncClient, Client, NotFound, OrgRunners, Pages")
    assert "ghrunners._sync.org_runners" in loaded
    assert not below(loaded, "httpx2", "httpcore2", "ghrunners._runtime.http.transport")
    assert not below(loaded, "ghrunners.models.")


def test_a_call_loads_the_models_that_it_returns() -> None:
    """And no others, and nothing of the other flavour."""
    code = (
        "import ghrunners\n"
        "with ghrunners.Client(auth='x', base_url=sys.argv[1]) as client:\n"
        "    client.org('acme').runners.list_labels(1)"
    )
    with ScriptedServer(json_response(NO_LABELS)) as server:
        loaded = loaded_by(code, server.url)
    assert below(loaded, "ghrunners.models.") == {
        "ghrunners.models.runner_label",
        "ghrunners.models.runner_label_list",
    }
    assert not below(loaded, "ghrunners._async")


# ── Names ────────────────────────────────────────────────────────────────────────────────────

both_packages = pytest.mark.parametrize(
    "package", [ghrunners, models], ids=["ghrunners", "ghrunners.models"]
)


@both_packages
def test_every_public_name_is_there(package: ModuleType) -> None:
    """`__all__` is sorted (constants, classes, the rest), without doubles; each name is there."""
    names: list[str] = package.__all__
    assert names == sorted(
        names, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    )
    assert len(names) == len(set(names))
    assert set(names) <= set(dir(package))
    for name in names:
        found: object = getattr(package, name)
        assert getattr(package, name) is found


@both_packages
def test_no_other_name_is_there(package: ModuleType) -> None:
    """An unknown name is an AttributeError, or an ImportError where it is imported."""
    name = "Nope"
    with pytest.raises(
        AttributeError, match=f"module '{package.__name__}' has no attribute '{name}'"
    ):
        getattr(package, name)
    with pytest.raises(ImportError, match=f"cannot import name '{name}'"):
        exec(f"from {package.__name__} import {name}")  # noqa: S102 - imports only


@both_packages
def test_a_star_import_brings_the_public_names(package: ModuleType) -> None:
    """These and no others."""
    space: dict[str, object] = {}
    exec(f"from {package.__name__} import *", space)  # noqa: S102 - imports only
    assert space.keys() - {"__builtins__"} == set(package.__all__)


def test_every_error_is_public() -> None:
    """Whatever a caller may want to catch can be imported."""
    gc.collect()  # classes of other tests
    waiting: list[type] = [ghrunners.ClientError]
    while waiting:
        error = waiting.pop()
        if error.__module__.partition(".")[0] != ghrunners.__name__:
            continue  # a subclass of another test
        assert error.__module__ in (ghrunners.__name__, fleet.__name__)
        home = sys.modules[error.__module__]
        assert error.__name__ in home.__all__
        assert getattr(home, error.__name__) is error
        # Another test's subclass may not have been collected yet.
        own = (one for one in error.__subclasses__() if one.__module__.startswith("ghrunners"))
        waiting += own


def test_the_package_says_that_it_is_typed() -> None:
    """Type checkers look for the marker."""
    assert importlib.resources.files(ghrunners).joinpath("py.typed").is_file()


def functions() -> Iterator[tuple[str, Callable[..., object]]]:
    """What callers call: the methods of public classes, properties as their getters."""
    for name in ghrunners.__all__:
        kind: object = getattr(ghrunners, name)
        for member in dir(kind) if inspect.isclass(kind) else ():
            found: object = inspect.getattr_static(kind, member)
            if isinstance(found, property):
                found = found.fget
            # A client is what callers make themselves; all else is made for them.
            made = member == "__init__" and name.endswith("Client")
            if inspect.isfunction(found) and (made or not member.startswith("_")):
                yield f"{name}.{member}", found


FUNCTIONS = dict(functions())


@functools.cache
def own_names(module: str) -> set[str]:
    """The names in a module that come from the package: its classes, and what it imports of ours."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    imports = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.level]
    classes = {one.name for one in ast.walk(tree) if isinstance(one, ast.ClassDef)}
    return classes | {alias.name for one in imports for alias in one.names}


def private_types(function: Callable[..., object]) -> Iterator[str]:
    """The types of the package in a function's annotations that callers cannot import."""
    ours = own_names(function.__module__)
    annotations: Mapping[str, object] = function.__annotations__
    for annotation in annotations.values():
        for node in ast.walk(ast.parse(str(annotation), mode="eval")):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "models":
                if node.attr not in models.__all__:
                    yield f"models.{node.attr}"
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "_resources":
                if node.attr not in ghrunners.__all__:
                    yield node.attr
            elif isinstance(node, ast.Name) and node.id in ours - {*ghrunners.__all__}:
                yield node.id


def test_what_a_signature_names_is_public() -> None:
    """A caller can import every type of ours that an argument or a result is annotated with."""
    assert len(FUNCTIONS) > 200
    found = {name: list(private_types(function)) for name, function in FUNCTIONS.items()}
    assert {name: types for name, types in found.items() if types} == {}


# ── Scopes ───────────────────────────────────────────────────────────────────────────────────

SCOPES = {
    "acme": ("OrgScope", "/orgs/acme"),
    "orgs/acme": ("OrgScope", "/orgs/acme"),
    "/orgs/acme": ("OrgScope", "/orgs/acme"),
    "acme/app": ("RepoScope", "/repos/acme/app"),
    "repos/acme/app": ("RepoScope", "/repos/acme/app"),
    "/repos/acme/app": ("RepoScope", "/repos/acme/app"),
    "enterprises/acme": ("EnterpriseScope", "/enterprises/acme"),
    "/enterprises/acme": ("EnterpriseScope", "/enterprises/acme"),
    "a b/c?d": ("RepoScope", "/repos/a%20b/c%3Fd"),
}


@pytest.mark.parametrize("name", SCOPES)
def test_a_scope_is_found_by_its_name(name: str) -> None:
    """An organization or a repository as people write it, or any scope as its path."""
    kind, path = SCOPES[name]

    async def main() -> ghrunners.AsyncScope:
        async with ghrunners.AsyncClient(auth=TOKEN, base_url=server.url) as client:
            scope = client.scope(name)
            await scope.runners.list_labels(7)
            return scope

    with ScriptedServer(json_response(NO_LABELS), json_response(NO_LABELS)) as server:
        with ghrunners.Client(auth=TOKEN, base_url=server.url) as client:
            scope = client.scope(name)
            scope.runners.list_labels(7)
        other = asyncio.run(main())
    assert type(scope) is getattr(ghrunners, kind)
    assert type(other) is getattr(ghrunners, f"Async{kind}")
    assert server.targets == [f"{path}/actions/runners/7/labels"] * 2


@pytest.mark.parametrize(
    "name", ["", "/", "//", "acme/", "/acme/app/", "a/b/c", "orgs/", "https://github.com/acme"]
)
def test_a_name_that_fits_no_scope_is_refused(name: str) -> None:
    """The error says what would fit."""
    with local_client() as client, pytest.raises(ghrunners.InvalidArgument, match=r"\{org\}"):
        client.scope(name)


@pytest.mark.parametrize("name", [None, 7, b"acme"])
def test_a_name_of_another_type_is_refused(name: str) -> None:
    """A name is a str."""
    with local_client() as client, pytest.raises(TypeError, match="must be a str"):
        client.scope(name)


@pytest.mark.parametrize("name", ["..", "../..", "acme/..", "acme\r\n", "acme/\0"])
def test_a_name_that_climbs_is_refused(name: str) -> None:
    """At the latest when it is used, before anything is sent."""
    with (
        ScriptedServer() as server,
        ghrunners.Client(auth=TOKEN, base_url=server.url) as client,
        pytest.raises(ghrunners.InvalidArgument, match="must not"),
    ):
        client.scope(name).runners.list_labels(7)
    assert server.requests == []


def test_a_scope_shows_what_it_is() -> None:
    """Its kind and its names, and nothing of the client's."""
    with local_client() as client:
        scope = client.repo("acme", "app")
    assert repr(scope) == "RepoScope(owner='acme', repo='app')"
