"""Packs of a project without the others: what is printed needs nothing that is not there."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from runnersmith import ir, pipeline
from runnersmith.ir.placement import all_operations
from runnersmith.packs import read, shipped
from small_specs import REPOSITORY, made, project

GENERATED = REPOSITORY / "generated"
PACKAGES = ("testing", "fake", "fleet")
# The names of resources in the code of the helpers and of the examples.
CALLED = {
    "runners": ("runners", "hosted_runners"),
    "hosted_runners": ("hosted_runners",),
    "runner_groups": ("runner_groups",),
    "groups": ("runner_groups",),
}


@pytest.fixture(scope="module")
def api() -> ir.Api:
    """The API of our spec."""
    return pipeline.build_ir(project(REPOSITORY / "spec" / "runners.yaml", GENERATED))


def printed(api: ir.Api, *packs: str) -> dict[str, str]:
    """Return the files of packs."""
    files = made(api, *(shipped("templates") / name for name in packs), package="lamps")
    return {**files.rendered, **files.copied}


def problems(files: dict[str, str]) -> Iterator[str]:
    """Yield the links and imports of files that lead to none of them."""
    has = {name for name in PACKAGES if f"lamps/{name}/__init__.py" in files}
    for path, text in files.items():
        for name in PACKAGES:
            if name not in has and re.search(rf"lamps\.{name} import|lamps-{name}\b", text):
                yield f"{path}: {name}"
        links = re.findall(r"\]\(([\w./]+\.md)[)#]", text) if path.endswith(".md") else []
        for link in links:
            if posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) not in files:
                yield f"{path}: {link}"


def calls(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the names before and after the last dot of each attribute in Python files."""
    for file in folder.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                value = node.value
                yield value.id if isinstance(value, ast.Name) else value.attr, node.attr


@pytest.mark.parametrize(
    ("packs", "told"),
    [
        (("client", "reference", "recipes"), ["docs/fleet.md: fake"]),
        (("client", "reference", "fake", "recipes"), []),
    ],
)
def test_nothing_leads_to_a_pack_that_is_not_there(
    api: ir.Api, packs: tuple[str, ...], told: list[str]
) -> None:
    """Neither a link nor an import; the programs of the page on fleets need one, and it says so."""
    files = printed(api, *packs)
    assert list(problems(files)) == told
    assert ("of the pack `fake`. This client was generated" in files["docs/fleet.md"]) is bool(told)
    assert ("examples/demo.py" in files) is ("fake" in packs)


def test_the_fake_of_an_api_without_hosted_runners_says_nothing_of_them(api: ir.Api) -> None:
    """A program of its page could not run."""
    scopes = [
        replace(it, resources=tuple(one for one in it.resources if one.name != "hosted_runners"))
        for it in api.scopes
    ]
    files = printed(replace(api, scopes=tuple(scopes), tasks=()), "fake")
    assert not re.search(r"Hosted runner|\bhosted\.", files["docs/fake.md"])


@pytest.mark.parametrize(
    ("packs", "folder", "scopes"),
    [
        (("fleet",), GENERATED / "ghrunners" / "fleet" / "_sync", ("enterprise", "org", "repo")),
        (("fleet", "recipes"), GENERATED / "examples", ("org",)),
    ],
)
def test_packs_require_all_operations_that_they_call(
    api: ir.Api, packs: tuple[str, ...], folder: Path, scopes: tuple[str, ...]
) -> None:
    """In all scopes that have them, since the helpers are over any scope."""
    manifests = [read(shipped("templates") / name).manifest for name in packs]
    required = {name for one in manifests for name in one.requires}
    called = {
        (resource, method) for owner, method in calls(folder) for resource in CALLED.get(owner, ())
    } - {
        ("runner_groups", "get")
    }  # of a dictionary
    needed = {
        f"{scope.name}.{resource.name}.{operation.name}"
        for scope, resource, operation in all_operations(api)
        if scope is not None and scope.name in scopes and (resource.name, operation.name) in called
    }
    assert needed - required == set()
    assert len(needed) >= 5
