"""Releases of Enterprise Server in the spec, against the description of one that is known or not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bump.bump_project import HERE, copied, official
from bump.test_sync_products import SERVER
from compare.comparison_specs import (
    GONE,
    LIST,
    OFFICIAL,
    RUNNER,
    changed,
    document,
)
from compare.test_api_versions import CHANGES, change, ours
from compare.test_products import THINGS
from runnersmith import cli
from runnersmith.compare import releases
from runnersmith.openapi.document import Document, Json

OLDER, NEWER = "2022-11-28", "2026-03-10"
FIELD = f"{RUNNER}/properties/version"


def described(release: str, changes: dict[str, Json] | None = None) -> Document:
    """The description of a server that knows only the older version, after changes."""
    start: dict[str, Json] = {
        "#/info/x-github-plan": "ghes",
        "#/info/x-github-release": release,
        f"{RUNNER}/{CHANGES}": [],
    }
    return changed(document(OFFICIAL), {**start, **(changes or {})})


def curated(changes: dict[str, Json], first: str | None = "3.21") -> list[Document]:
    """The spec in both versions, with changes of the newer one alone."""
    introduced: Json = {NEWER: {"ghes": first}} if first is not None else {}
    stated: dict[str, Json] = {"#/x-runnersmith/introduced": introduced}
    newer, older = (changed(it, stated) for it in ours(NEWER, OLDER))
    return [changed(newer, changes), older]


def messages(spec: list[Document], official: Document) -> list[str]:
    """Return what is reported, without the operation, and without how many share it."""
    texts = (problem.message.split(": ", 1)[1] for problem in releases(spec, official))
    return [re.sub(r" \(and \d+ more like it\)", "", text) for text in texts]


@pytest.mark.parametrize(
    ("first", "release", "knows", "expected"),
    [
        ("3.21", "3.19", False, []),
        ("3.21", "3.21", True, []),
        ("3.21", "3.22", True, []),
        ("3.21", "3.19", True, ["introduced: ours from ghes 3.21 on, official ghes 3.19"]),
        ("3.21", "3.21", False, ["introduced: ours from ghes 3.21 on, official not ghes 3.21"]),
        ("3.9", "3.10", False, ["introduced: ours from ghes 3.9 on, official not ghes 3.10"]),
        (None, "3.21", True, []),
        (None, "3.19", False, ["introduced: ours every release, official not ghes 3.19"]),
    ],
)
def test_the_first_release_that_knows_a_version_is_compared(
    first: str | None, release: str, knows: bool, expected: list[str]
) -> None:
    """By the versions that the description names; without a statement, every release knows all."""
    named: dict[str, Json] = {f"{RUNNER}/{CHANGES}": [change({})]} if knows else {}
    found = messages(curated({}, first), described(release, named))
    assert found == expected


def test_other_products_know_every_version() -> None:
    """A description of theirs says nothing of releases."""
    github = changed(document(OFFICIAL), {"#/info/x-github-plan": "api.github.com"})
    assert releases(curated({}), github) == ()


@pytest.mark.parametrize(
    ("since", "release", "has", "expected"),
    [
        ("3.18", "3.17", True, "product: ours none, official ghes 3.17"),
        ("3.18", "3.17", False, None),
        ("3.18", "3.18", True, None),
        ("3.18", "3.18", False, "ours optional, official none"),
        ("3.18", "3.20", False, "ours optional, official none"),
        (None, "3.17", True, "product: ours none, official ghes 3.17"),
        (None, "3.17", False, None),
    ],
)
@pytest.mark.parametrize(("name", "mine", "theirs"), THINGS)
def test_a_stated_release_holds_for_a_version_that_the_server_does_not_know(
    name: str,
    mine: str,
    theirs: str,
    since: str | None,
    release: str,
    has: bool,
    expected: str | None,
) -> None:
    """A field or parameter that only the newer version has is compared with the server's older one."""
    products: Json = {"ghec": "all", **({"ghes": since} if since else {})}
    spec = curated({f"{mine}/x-runnersmith": {"products": products}})
    found = messages(spec, described(release, {} if has else {theirs: GONE}))
    end = f"(API version {NEWER}, which ghes {release} does not know)"
    assert found == ([f"{name}: {expected} {end}"] if expected else [])


def test_a_part_that_states_nothing_may_come_with_the_version() -> None:
    """It exists wherever its operations do, and a server that lacks it does not know the version."""
    assert messages(curated({}), described("3.19", {FIELD: GONE})) == []


def test_an_operation_is_compared_if_the_server_has_it() -> None:
    """One that it lacks may be at another path in the version that it knows."""
    stated: dict[str, Json] = {f"{LIST}/x-runnersmith/products": {"github.com": "all"}}
    (found,) = messages(curated(stated), described("3.19"))
    assert found.startswith("product: ours none, official ghes 3.19 ")
    assert messages(curated({}), described("3.19", {LIST: GONE})) == []


def test_the_command_reports_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With its place, and exits with 1, although the version itself is not compared."""
    spec, server = copied(tmp_path), tmp_path / "ghes.json"
    server.write_text(json.dumps(official(SERVER).data), encoding="utf-8")
    corrections = tmp_path / "corrections.yaml"
    # The last one is of the newest version, which the server does not know.
    kept = (HERE / "corrections.yaml").read_text(encoding="utf-8").rpartition("  - ")[0]
    corrections.write_text(kept, encoding="utf-8")
    options = ["--spec", str(spec.spec), "--corrections", str(corrections)]
    assert cli.main(["compare", str(server), *options]) == 1
    problem, *_, summary = capsys.readouterr().out.splitlines()
    end = "API version 2026-01-01: introduced: ours every release, official not ghes 3.19"
    assert problem.endswith(f"spec/spec.yaml:5:12: {end}")
    assert "at API version 2025-01-01: no differences" in summary
    first = '\n  introduced: {"2026-01-01": {ghes: "3.20"}}\n  scopes:\n'
    spec.spec.write_text(spec.text.replace("\n  scopes:\n", first), encoding="utf-8")
    assert cli.main(["compare", str(server), *options]) == 0
