"""Rehearsal of a maintainer's week with real releases of GitHub's descriptions.

Run by hand: `.venv/bin/python tests/bench/rehearsal.py`. Brings a copy of the spec to the state of
an older release, then to the newer one: with `sync` for the changes within its API version, and
with `bump` for the new version; then with `bump` for both at once. After the description of
Enterprise Cloud, those of the other products are synced, in one order and in the other. Decisions
are taken by rule. Fails unless

- `compare` reports nothing but listed corrections, at every version and for every product
- every bundle of the older version is as before the bump
- the facts of every version are those of the spec in the repository
- every part states the same products both ways

Fetches the descriptions with npm at first. Writes to a temporary folder only.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.measure import ROOT
from bench.whole import fetch_all
from runnersmith import reader
from runnersmith.bump import Plan, bump, finish, read_source, stage, sync, write
from runnersmith.bundle import bundle
from runnersmith.compare import (
    Corrections,
    compare_versions,
    known,
    missing,
    read_corrections,
    releases,
    together,
)
from runnersmith.compare.description_view import View
from runnersmith.compare.facts import FactPath
from runnersmith.compare.operations import entity, operations
from runnersmith.compare.walk import Walk
from runnersmith.openapi.document import Document, Json, Pointer
from runnersmith.openapi.todo_marks import FOLLOWS, MARK
from runnersmith.overlay import versions
from runnersmith.yaml_edit import patch
from runnersmith.yaml_edit.values import copied

OLDER, NEWER = "@octokit/openapi@22.0.0", "@octokit/openapi@23.0.2"
# Enterprise Cloud has every operation; the spec is compared with the others.
FILES = ("ghec", "api.github.com", "ghes-3.17", "ghes-3.18", "ghes-3.19")
BEFORE, VERSION, NEXT = "2022-11-01", "2022-11-28", "2026-03-10"
PRODUCTS = (None, "github.com", "ghec", "ghes-3.17", "ghes-3.18", "ghes-3.19")
NAME = "spec/runners.yaml"
# What no description of these releases states, and `corrections.yaml` explains: github.com has them.
ON_GITHUB = re.compile(
    r"(actions/get-runner-version-deprecation-for-(?:org|repo)\n(?:.*\n){1,9}? *products: \{)ghec"
)
OPEN = re.compile(rf"(\w+):[\s\[-]*{re.escape(FOLLOWS)}")


def main() -> None:
    """Run every step, and print what each one finds."""
    releases = {release: described(release) for release in (OLDER, NEWER)}
    with tempfile.TemporaryDirectory() as scratch:
        spec = Path(scratch) / NAME
        shutil.copytree(ROOT / "spec", spec.parent)
        real = versions.load(spec, NAME)
        listed = corrections(spec)
        start(spec)
        # As a new version: a sync does not remove what one product no longer has.
        run("back to the older release", spec, releases[OLDER][0], listed, VERSION)
        alone(spec, VERSION)
        other = Path(scratch) / "at once" / "runners.yaml"
        shutil.copytree(spec.parent, other.parent)
        run("sync", spec, releases[NEWER][0], listed)
        others(spec, releases[NEWER][1:], listed)
        agree(spec, releases[NEWER], listed)
        before = {product: bundle(versions.load(spec, NAME)[0], product) for product in PRODUCTS}
        run("bump", spec, releases[NEWER][0], listed, NEXT)
        others(spec, releases[NEWER][1:], listed)
        agree(spec, releases[NEWER], listed)
        made = versions.load(spec, NAME)
        for product, text in before.items():
            # The order of entries may differ: an overlay adds at the end.
            if json.loads(bundle(made[1], product)) != json.loads(text):
                raise SystemExit(f"{VERSION} for {product} is not as before the bump")
        is_real(spec, real)
        run("bump at once", other, releases[NEWER][0], listed, NEXT)
        others(other, releases[NEWER][:0:-1], listed)
        agree(other, releases[NEWER], listed)
        is_real(other, real)
        if stated(other) != stated(spec):
            raise SystemExit("the products depend on the order of the descriptions")
        print("every bundle of the older version is as before; all facts are those of the spec")


def others(spec: Path, official: list[Document], listed: Corrections) -> None:
    """Sync with the descriptions of other products, which add themselves to what is new."""
    for one in official:
        run(f"sync with {one.name}", spec, one, listed)


def stated(spec: Path) -> list[dict[Pointer, Json]]:
    """The products in each version, by their places."""
    return [dict(products(document.data)) for document in versions.load(spec, NAME)]


def products(value: Json, place: Pointer = ()) -> Iterator[tuple[Pointer, Json]]:
    entries = value.items() if isinstance(value, dict) else ()
    for key, child in entries if not isinstance(value, list) else enumerate(value):
        if key == "products":
            yield place, child
        else:
            yield from products(child, (*place, key))


def is_real(spec: Path, real: tuple[Document, ...]) -> None:
    """Fail if a fact of any version is not that of the spec in the repository."""
    for one, other in zip(versions.load(spec, NAME), real, strict=True):
        mine, its = (operations(View(document)) for document in (one, other))
        assert mine.keys() == its.keys()
        found = [
            f"{it.operation}: {it.path}: {it.sides}"
            for key, operation in mine.items()
            for it in Walk(operation.name).differences(
                entity(operation, operation, {}), entity(its[key], operation, {}), FactPath()
            )
        ]
        if found:
            raise SystemExit("\n".join(["not the facts of the spec:", *found]))


def described(release: str) -> list[Document]:
    """The descriptions of a release."""
    paths = fetch_all(release, *(f"generated/{name}.json" for name in FILES))
    return [reader.load(path, name=path.name) for path in paths]


def corrections(spec: Path) -> Corrections:
    return read_corrections(reader.load(spec.parent / "corrections.yaml", name="corrections.yaml"))


def start(spec: Path) -> None:
    """Make the older API version the only one, under the name of an earlier one."""
    alone(spec, VERSION)
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace(VERSION, BEFORE, 1), encoding="utf-8")


def alone(spec: Path, version: str) -> None:
    """Make an API version the only one."""
    documents = versions.load(spec, NAME)
    newest, wanted = documents[0], versions.pick(documents, version)
    data = copied(wanted.data)
    assert isinstance(data, dict)
    extension = data["x-runnersmith"]
    assert isinstance(extension, dict)
    extension.pop("introduced", None)
    without_old_tasks(data["paths"], extension)
    text = patch(newest, spec.read_text(encoding="utf-8"), data)
    for path in versions.overlays(spec):
        path.unlink()
    spec.write_text(text, encoding="utf-8")


def without_old_tasks(paths: Json, extension: dict[str, Json]) -> None:
    """Take methods that no operation has from the tasks."""
    assert isinstance(paths, dict)
    operations = [it for item in paths.values() if isinstance(item, dict) for it in item.values()]
    found = [
        it["x-runnersmith"] for it in operations if isinstance(it, dict) and "x-runnersmith" in it
    ]
    known = {f"{it['resource']}.{it['method']}" for it in found if isinstance(it, dict)}
    tasks = extension["tasks"]
    assert isinstance(tasks, list)
    for task in tasks:
        assert isinstance(task, dict)
        methods = task["methods"]
        assert isinstance(methods, list)
        task["methods"] = [it for it in methods if it in known]


def run(
    step: str, spec: Path, official: Document, listed: Corrections, version: str | None = None
) -> None:
    """Update the spec, take the decisions, and finish."""
    began = time.perf_counter()
    source = read_source(spec, NAME)
    plan: Plan = (
        sync(source, official, listed)
        if version is None
        else bump(source, official, listed, version)
    )
    staged = stage(plan)
    write(staged)
    seconds = time.perf_counter() - began
    for found in plan.comparisons:
        facts, new = len(found.differences), len(found.missing)
        print(f"{step}, {found.version}: {facts} differences, {new} new operations")
    print(f"{step}: {len(staged.decisions)} decisions, {seconds:.1f} s", flush=True)
    for path in (spec, *versions.overlays(spec)):
        text = decided(path.read_text(encoding="utf-8"))
        path.write_text(ON_GITHUB.sub(r"\1github.com: all, ghec", text), encoding="utf-8")
    if (done := finish(spec, NAME)) is not None:
        write(done.staged)
        assert not done.restored, done.restored


def decided(text: str) -> str:
    """A text with prose in place of every mark, and without the other marks."""
    text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", text, flags=re.MULTILINE)
    for name in {found[1] for found in OPEN.finditer(text)}:
        # One value of a field is decided; the others follow.
        text = re.sub(rf"({name}:[\s\[-]*){re.escape(FOLLOWS)}", r"\1decided", text, count=1)
    return text.replace(MARK, "Decided: ")


def agree(spec: Path, official: list[Document], listed: Corrections) -> None:
    """Fail if the spec differs from a description in anything that is not corrected."""
    curated = versions.load(spec, NAME)
    wrong: list[str] = []
    for one in official:
        found = compare_versions(known(curated, one), one, listed)
        claims = releases(curated, one, listed)
        wrong += [f"{one.name}: {it}" for it in (*claims, *together(found), *missing(*found))]
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
