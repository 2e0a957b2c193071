"""Runtime modules of a package: each one that its API needs, and no other."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator, Mapping

import pytest

from lowering import foreign_packages
from runnersmith import pipeline
from small_specs import REPOSITORY, project

Files = Mapping[str, str]

PACKAGE = "ghrunners"
SPEC = REPOSITORY / "spec" / "runners.yaml"

GITHUB = (
    "auth/environment",
    "auth/github_app",
    "auth/installation_tokens",
    "auth/token",
    "call/concurrent",
    "client/deduplication",
    "client/page_walk",
    "client/paging",
    "client/read_ahead",
    "client/scope",
    "client/github/client",
    "client/github/common_client",
    "client/github/custom_lists",
    "client/github/paged_calls",
    "client/github/paged_resource",
    "client/github/pacing",
    "client/github/rules",
    "client/github/sign_in",
    "response/link_header",
)
OTHERS = ("auth/scheme_credentials", "request/signature")
# What each document needs of the modules that are optional.
NEEDED: Mapping[str, tuple[str, ...]] = {
    PACKAGE: GITHUB,
    "bakery": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "bazaar": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "courier": (
        *OTHERS,
        "client/other_servers",
        "request/body",
        "request/files",
        "request/parameters",
        "request/servers",
    ),
    "clinic": OTHERS,
    "harbour": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "hosting": (*OTHERS, "request/parameters"),
    "library": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "music": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "names": (*OTHERS, "request/parameters"),
    "payments": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "museum": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "post": (*OTHERS, "request/parameters"),
    "shelter": (*OTHERS, "request/body", "request/files", "request/parameters"),
    "studio": (*OTHERS, "request/parameters"),
}
OPTIONAL = {module for modules in NEEDED.values() for module in modules}


@functools.cache
def ghrunners() -> pipeline.GeneratedPackage:
    return pipeline.produce(project(SPEC, REPOSITORY / "generated", package=PACKAGE))


def files_of(name: str) -> Files:
    """Return the Python files of a package, by path."""
    made = foreign_packages.generated_package(name) if name != PACKAGE else ghrunners()
    return {
        path: text
        for path, text in made.files.items()
        if path.startswith(f"{name}/") and path.endswith(".py")
    }


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@functools.cache
def imports(path: str, text: str) -> tuple[tuple[str, str], ...]:
    """Return what a file imports of its package: modules, and names in them ("" for none).

    Imports in functions and those for type checkers count, and modules that strings name.
    """
    return tuple(_imports(path, ast.parse(text)))


def _imports(path: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    package = path.partition("/")[0]
    here = dotted(path).split(".") + (["__init__"] if path.endswith("/__init__.py") else [])
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or node.module):
            base = here[: -node.level] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            if module.partition(".")[0] == package:
                yield from ((module, alias.name) for alias in node.names)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                said = value.value if isinstance(value, ast.Constant) else None
                if isinstance(said, str) and re.fullmatch(r"\.[\w.]+", said):
                    yield ".".join(here[:-1]) + said, ""
                elif isinstance(said, str) and said.startswith(f"{package}."):
                    yield said, ""


@functools.cache
def names(text: str) -> set[str]:
    """Return what a module defines or imports, in any block."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name for alias in node.names}
    return found


def unresolved(files: Files) -> list[str]:
    """Return the imports that lead to nothing in a package."""
    modules = {dotted(path): text for path, text in files.items()}
    return [
        f"{path}: {module}: {name}"
        for path, text in files.items()
        for module, name in imports(path, text)
        if f"{module}.{name}" not in modules
        and (module not in modules or (name and name not in names(modules[module])))
    ]


def unused(files: Files) -> list[str]:
    """Return the modules of the runtime that no other module leads to."""
    modules = {dotted(path): (path, text) for path, text in files.items()}
    waiting = [name for name in modules if "._runtime." not in name]
    reached = set(waiting)
    while waiting:
        for module, name in imports(*modules[waiting.pop()]):
            found = f"{module}.{name}" if f"{module}.{name}" in modules else module
            if found not in reached and found in modules:
                reached.add(found)
                waiting.append(found)
    rooms = {dotted(path) for path in files if path.endswith("/__init__.py")}
    return sorted(modules.keys() - reached - rooms)


def test_every_document_is_listed() -> None:
    assert NEEDED.keys() - {PACKAGE} == set(foreign_packages.SPECS) - {"unsupported"}


def test_every_optional_module_is_one_of_the_runtime() -> None:
    runtime = REPOSITORY / "templates" / "client" / "runtime"
    assert {it for it in OPTIONAL if not (runtime / f"{it}.py").is_file()} == set()


@pytest.mark.parametrize("name", NEEDED)
def test_a_package_has_the_modules_that_it_needs(name: str) -> None:
    """Every import in it resolves, and every module in it is imported."""
    files = files_of(name)
    assert unresolved(files) == []
    assert unused(files) == []
    there = {it for it in OPTIONAL if f"{name}/_runtime/{it}.py" in files}
    assert there == set(NEEDED[name])


@pytest.mark.parametrize(("name", "module"), [(n, it) for n, used in NEEDED.items() for it in used])
def test_a_module_that_is_left_out_is_missed(name: str, module: str) -> None:
    """So that the test above can fail."""
    path = f"{name}/_runtime/{module}.py"
    files = {it: text for it, text in files_of(name).items() if it != path}
    assert any(f"_runtime.{module.replace('/', '.')}" in one for one in unresolved(files))


def test_a_module_that_nothing_imports_is_found() -> None:
    """A lazy import counts as one."""
    files = {**files_of(PACKAGE), f"{PACKAGE}/_runtime/call/more.py": "X = 1\n"}
    assert unused(files) == [f"{PACKAGE}._runtime.call.more"]
    lazy = "def f():\n    from ._runtime.call.more import X\n    return X\n"
    assert unused({**files, f"{PACKAGE}/extra.py": lazy}) == []
    wrong = lazy.replace("import X", "import Y")
    assert unresolved({**files, f"{PACKAGE}/extra.py": wrong}) == [
        f"{PACKAGE}/extra.py: {PACKAGE}._runtime.call.more: Y"
    ]
