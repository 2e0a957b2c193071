"""Syncs with the descriptions of all products: in any order, the spec becomes the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import Copy, copied, official
from bump.orders import orders
from bump.test_sync import BOTH, LIST, RUNNER
from bump.test_sync_products import SERVER
from compare.comparison_specs import GONE, mapping
from runnersmith.bump import Plan, stage, write
from runnersmith.openapi.document import Document, Json
from runnersmith.yaml_edit import patch
from runnersmith.yaml_edit import values as edits
from runnersmith.yaml_edit.values import at

LABEL_ID = "#/components/schemas/runner-label/properties/id"
NAME = f"{LIST}/parameters/1"
PAUSED: dict[str, Json] = {f"{RUNNER}/paused": {"type": "boolean"}}
ZONE: dict[str, Json] = {f"{RUNNER}/zone": {"type": "string"}}
# A new field that servers have since 3.19, one that only they have, an old field that 3.17 lacks,
# and a parameter that no server has.
DESCRIPTIONS: dict[str, dict[str, Json]] = {
    "ghec": {**BOTH, **PAUSED},
    "github.com": {**BOTH, **PAUSED, "#/info/x-github-plan": "api.github.com"},
    "ghes-3.17": {**SERVER, "#/info/x-github-release": "3.17", LABEL_ID: GONE, NAME: GONE},
    "ghes-3.19": {**SERVER, **PAUSED, **ZONE, NAME: GONE},
}
LACKS = re.compile(
    r"ghes \S+ lacks it \(.*\); state the first release of ghes that has it or state"
)


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def places(data: Json) -> dict[str, Json]:
    """Return the parts that differ between products, by name."""
    schemas = ("components", "schemas")
    runner = mapping(at(data, (*schemas, "Runner", "properties")))
    parts: dict[str, Json] = {name: runner[name] for name in ("paused", "zone") if name in runner}
    parts["id"] = at(data, (*schemas, "RunnerLabel", "properties", "id"))
    parts["name"] = at(data, ("paths", "/orgs/{org}/actions/runners", "get", "parameters", 0))
    return parts


def claims(spec: Copy) -> dict[str, frozenset[str]]:
    """Return the products of each part in the version that every product has."""
    found: dict[str, frozenset[str]] = {}
    for name, part in places(spec.documents[1].data).items():
        stated = mapping(mapping(part).get("x-runnersmith", {})).get("products")
        every = ("github.com", "ghec", "ghes")
        found[name] = frozenset(mapping(stated) if stated is not None else every)
    return found


def decide(spec: Copy, plan: Plan) -> None:
    """State the products without a server for each part that it lacks, write prose, and finish."""
    document = spec.documents[0]
    data = mapping(edits.copied(document.data))
    for pointer, texts in plan.steps[0].notes.items():
        assert all(map(LACKS.search, texts))
        part = mapping(at(data, pointer))
        stated = mapping(mapping(part.get("x-runnersmith", {})).get("products", {}))
        left = {**(stated or {"github.com": "all", "ghec": "all"})}
        left.pop("ghes", None)
        part["x-runnersmith"] = {"products": left}
    text = patch(document, spec.text, data)
    spec.spec.write_text(text, encoding="utf-8")
    for path in (spec.spec, *sorted((spec.spec.parent / "versions").glob("*.yaml"))):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", text, flags=re.MULTILINE)
        text = re.sub(r'"TODO\(bump\):[^"]*"', "Prose.", text)
        path.write_text(text, encoding="utf-8")
    spec.finish()


def synced(spec: Copy, github: Document) -> bool:
    """Sync, and take the decisions; return whether there was nothing to do."""
    before = claims(spec)
    plan = spec.sync(github)
    if plan.nothing:
        return True
    staged = stage(plan)
    write(staged)
    # Only a person takes a product out of a part: the descriptions of other servers may have it.
    after = claims(spec)
    assert all(products <= after[name] for name, products in before.items())
    if staged.decisions:
        decide(spec, plan)
    return False


@pytest.mark.parametrize("order", orders(DESCRIPTIONS), ids=" ".join)
def test_every_order_leads_to_the_same_spec(spec: Copy, order: tuple[str, ...]) -> None:
    """Each description once or twice: then none of them finds anything, and no claim is lost."""
    files = [official(DESCRIPTIONS[name]) for name in order]
    for github in (*files, *files):
        synced(spec, github)
    assert [synced(spec, github) for github in files] == [True] * len(files)
    newest, older = (
        {
            name: mapping(mapping(part).get("x-runnersmith", {})).get("products")
            for name, part in places(document.data).items()
        }
        for document in spec.documents
    )
    cloud: dict[str, Json] = {"github.com": "all", "ghec": "all"}
    assert older == {
        "paused": {**cloud, "ghes": "3.19"},
        "zone": {"ghes": "3.19"},
        "id": {**cloud, "ghes": "3.19"},
        "name": cloud,
    }
    # The same in the newest version, which none of these servers knows.
    assert newest == {name: older[name] for name in ("paused", "id", "name")}
