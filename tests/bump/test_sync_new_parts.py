"""Syncs with the descriptions of all products: in any order, the spec becomes the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import Copy, copied, official
from bump.described_versions import described
from bump.orders import orders
from bump.test_sync import BOTH, GET, LIST, RUNNER
from bump.test_sync_products import SERVER
from compare.comparison_specs import GONE, changed, mapping
from runnersmith.bump import Plan, stage, undecided, write
from runnersmith.bump.draft.descriptions import find, root
from runnersmith.compare.description_view import View
from runnersmith.compare.facts import FactPath
from runnersmith.compare.operations import operations
from runnersmith.openapi.document import Document, Json
from runnersmith.overlay import versions
from runnersmith.yaml_edit import patch
from runnersmith.yaml_edit import values as edits
from runnersmith.yaml_edit.values import at

Changes = dict[str, Json]

OLDER: Changes = {pointer: value for pointer, value in BOTH.items() if "breaking" not in pointer}
GITHUB: Changes = {"#/info/x-github-plan": "api.github.com"}
LABEL_ID = "#/components/schemas/runner-label/properties/id"
NAME = f"{LIST}/parameters/1"
RUNNERS = "/orgs/{org}/actions/runners"
DELETE = GET.removesuffix("get") + "delete"
CREATE = "#/paths/~1orgs~1{org}~1actions~1runners~1generate-jitconfig/post"
BODY = f"{CREATE}/requestBody/content/application~1json/schema/properties"
NOT_FOUND = f"{GET}/responses/404"
LACKS = re.compile(
    r"ghes \S+ lacks it \(.*\); state the first release of ghes that has it or state"
)


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def parameter(name: str, location: str = "query") -> Json:
    return {"name": name, "in": location, "schema": {"type": "boolean"}}


def operation(name: str) -> Json:
    return {
        "get": {
            "operationId": f"actions/get-{name}-runner",
            "x-github": {"githubCloudOnly": False},
            "parameters": [{"$ref": "#/components/parameters/org"}, parameter("deep")],
            "responses": {"204": {"description": "Response"}},
        }
    }


def new(name: str) -> Changes:
    """Return a new part of each kind that can state its products, with a name of its own."""
    return {
        f"{RUNNER}/{name}": {"type": "string"},
        f"{BODY}/{name}": {"type": "string"},
        f"{LIST}/parameters/-": parameter(name),
        f"{GET}/parameters/-": parameter(f"X-{name}", "header"),
        # Several operations share it.
        f"{CREATE}/parameters/-": parameter(f"{name}_shared"),
        f"{DELETE}/parameters/-": parameter(f"{name}_shared"),
        f"#/paths/~1orgs~1{{org}}~1actions~1runners~1{name}": operation(name),
    }


def parts(name: str) -> dict[str, list[tuple[str, FactPath]]]:
    """Return the places of the new parts, by kind: the operation, and the path in it."""
    one, create = f"{RUNNERS}/{{runner_id}}", f"POST {RUNNERS}/generate-jitconfig"
    return {
        "field": [
            (f"GET {RUNNERS}", FactPath("response 200", f"runners[].{name}")),
            (f"GET {one}", FactPath("response 200", name)),
            (create, FactPath("response 201", f"runner.{name}")),
            (
                "GET /repos/{owner}/{repo}/actions/runners/{runner_id}",
                FactPath("response 200", name),
            ),
        ],
        "argument": [(create, FactPath("body", name))],
        "parameter": [(f"GET {RUNNERS}", FactPath(f"query {name}"))],
        "header": [(f"GET {one}", FactPath(f"header X-{name.capitalize()}"))],
        "shared": [(it, FactPath(f"query {name}_shared")) for it in (create, f"DELETE {one}")],
        "operation": [(f"GET {RUNNERS}/{name}", FactPath())],
    }


def grown(document: Document, *additions: Changes) -> Document:
    """Return a description with additions, also several to one list."""
    for pointer, value in (pair for one in additions for pair in one.items()):
        if pointer.endswith("/-"):
            found = document.find(pointer.removesuffix("/-"))
            assert found is not None
            assert isinstance(found.value, list)
            document = changed(document, {pointer.removesuffix("-") + str(len(found.value)): value})
        else:
            document = changed(document, {pointer: value})
    return document


def cloud(*both: Changes, newest: Changes, older: Changes) -> Document:
    """Return a description of both versions, with additions to both, and to one of them."""
    now, then = grown(official(), *both, newest), grown(official(OLDER), *both, older)
    return described(now, then)


# What the clouds have in both versions, or in one alone, servers have since 3.19; `zone` only they
# have. Parts that were there before: one that 3.17 lacks, and one that no server has.
PARTS = {
    "ghec": cloud(new("both"), newest=new("newest"), older=new("older")),
    "github.com": changed(cloud(new("both"), newest=new("newest"), older=new("older")), GITHUB),
    "ghes-3.17": official(
        {**SERVER, "#/info/x-github-release": "3.17", LABEL_ID: GONE, NAME: GONE}
    ),
    "ghes-3.19": grown(
        official({**SERVER, NAME: GONE}), *map(new, ("both", "newest", "older", "zone"))
    ),
}
CLOUD: Changes = {"github.com": "all", "ghec": "all"}
SINCE: Changes = {"ghes": "3.19"}
EXPECTED = (
    {"both": {**CLOUD, **SINCE}, "newest": {**CLOUD, **SINCE}},
    {"both": {**CLOUD, **SINCE}, "newest": SINCE, "older": {**CLOUD, **SINCE}, "zone": SINCE},
)


def claims(document: Document) -> dict[tuple[str, str], Json]:
    """Return the products of each new part that a version has: its own, or its operation's."""
    curated = {it.name: it for it in operations(View(document)).values()}
    found: dict[tuple[str, str], Json] = {}
    for name in ("both", "newest", "older", "zone"):
        for kind, places in parts(name).items():
            stated: list[Json] = []
            for one, path in places:
                part = find(root(curated[one]), path) if one in curated else None
                if part is not None:
                    own = part.products[0] if part.products else None
                    of_operation = curated[one].node.at("x-runnersmith").at("products")
                    stated.append((own or of_operation).value)
            if stated:
                assert len(stated) == len(places)
                assert all(it == stated[0] for it in stated), (name, kind, stated)
                found[name, kind] = stated[0]
    return found


def decide(spec: Copy, plan: Plan) -> None:
    """State the products without a server for each part that it lacks, write prose, and finish."""
    document = spec.documents[0]
    data = mapping(edits.copied(document.data))
    for pointer, texts in plan.steps[0].notes.items():
        if any(map(LACKS.search, texts)):
            part = mapping(at(data, pointer))
            stated = mapping(mapping(part.get("x-runnersmith", {})).get("products", {}))
            left = {**(stated or CLOUD)}
            left.pop("ghes", None)
            part["x-runnersmith"] = {"products": left}
    text = patch(document, spec.text, data)
    spec.spec.write_text(text, encoding="utf-8")
    for path in (spec.spec, *versions.overlays(spec.spec)):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", text, flags=re.MULTILINE)
        text = re.sub(r'"TODO\(bump\):[^"]*"', "Prose.", text)
        path.write_text(text, encoding="utf-8")
        assert not [*undecided(text, path.name)]
    spec.finish()


def synced(spec: Copy, github: Document) -> bool:
    """Sync, and take the decisions; return whether there was nothing to do."""
    plan = spec.sync(github)
    if plan.nothing:
        return True
    staged = stage(plan)
    write(staged)
    if staged.decisions:
        decide(spec, plan)
    return False


@pytest.mark.parametrize("order", orders(PARTS), ids=" ".join)
def test_every_order_leads_to_the_same_products(spec: Copy, order: tuple[str, ...]) -> None:
    """New parts need each description once, and no answer of a person but prose and names."""
    for name in order:
        synced(spec, PARTS[name])
    for document, expected in zip(spec.documents, EXPECTED, strict=True):
        assert claims(document) == {
            (name, kind): products for name, products in expected.items() for kind in parts(name)
        }
