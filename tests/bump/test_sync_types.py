"""A sync of a changed type: keywords that mean nothing beside the new type are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from bump.bump_project import NAME, Copy, copied, official
from bump.random_bumps import resolved
from bump.test_sync import BOTH, RUNNER, agrees
from bump.test_sync_absence import JIT
from compare.comparison_specs import mapping
from runnersmith import pipeline
from runnersmith.bump import stage, write
from runnersmith.bump.draft.draft import items
from runnersmith.openapi.document import Document, Json, Pointer
from runnersmith.openapi.json_types import has_meaning, named
from runnersmith.yaml_edit.values import at

TYPES: dict[str, dict[str, Json]] = {
    "text": {"type": "string", "pattern": "^a", "minLength": 1, "maxLength": 3, "default": "a-1"},
    "time": {"type": "string", "format": "date-time"},
    "choice": {"type": "string", "enum": ["one", "two"], "default": "one"},
    "known": {"type": "string", "nullable": True, "enum": ["one", "two", None]},
    "count": {"type": "integer", "minimum": 1, "maximum": 9, "multipleOf": 2, "default": 4},
    "flag": {"type": "boolean", "default": False},
    "list": {
        "type": "array",
        "minItems": 1,
        "maxItems": 3,
        "uniqueItems": True,
        "items": {"type": "string"},
    },
    "object": {
        "type": "object",
        "required": ["color"],
        "properties": {"color": {"type": "string"}},
        "minProperties": 1,
    },
}
# The object of a response, and that of a request: GitHub's, and the place of the spec's properties.
OWNERS: dict[str, Pointer] = {
    RUNNER.removesuffix("/properties"): ("components", "schemas", "Runner", "properties"),
    f"{JIT}/requestBody/content/application~1json/schema": (
        *("paths", "/orgs/{org}/actions/runners/generate-jitconfig", "post", "requestBody"),
        *("content", "application/json", "schema", "properties"),
    ),
}


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def update(spec: Copy, github: Document) -> None:
    """Sync, take every decision, and finish."""
    write(stage(spec.sync(github)))
    spec.spec.write_text(resolved(spec.text), encoding="utf-8")
    if (spec.spec.parent / "versions" / "unfinished.json").exists():
        spec.finish()


def fields(schemas: dict[str, Json]) -> dict[str, Json]:
    """Return the changes that give both objects these fields."""
    own = {
        f"{owner}/properties/{name}": schema for owner in OWNERS for name, schema in schemas.items()
    }
    return {**BOTH, **own}


def others(name: str) -> dict[str, Json]:
    """Return the schemas of another type than a named one, as fields."""
    return {
        f"{name}_to_{other}": schema
        for other, schema in TYPES.items()
        if schema["type"] != TYPES[name]["type"]
    }


@pytest.mark.parametrize("before", TYPES)
def test_types_that_a_patch_changes_alone(spec: Copy, before: str) -> None:
    """GitHub's patch names the new types only, so the keywords of the old one stay beside them."""
    now = others(before)
    was = fields(dict.fromkeys(now, TYPES[before]))
    update(spec, official(was))
    older = spec.documents[1].data
    kept = ("type", "items")
    patch: Json = {
        name: {key: value for key, value in mapping(schema).items() if key in kept}
        for name, schema in now.items()
    }
    change: Json = {
        "changeset": "type",
        "version": "2026-01-01",
        "patch": {"properties": patch},
    }
    changes = dict(was)
    for owner in OWNERS:
        known = changes.get(f"{owner}/x-github-breaking-changes", [])
        changes[f"{owner}/x-github-breaking-changes"] = [*items(known), change]
    update(spec, official(changes))
    assert not pipeline.examine(spec.spec, NAME, "curated")
    assert agrees(spec, official(changes))
    assert spec.documents[1].data == older
    for pointer in OWNERS.values():
        properties = mapping(at(spec.documents[0].data, pointer))
        for name, schema in now.items():
            found, stated = mapping(properties[name]), str(mapping(schema)["type"])
            types = named((stated,), nullable=False)
            assert found["type"] in (stated, [stated, "null"])
            assert all(has_meaning(keyword, value, types) for keyword, value in found.items())
            assert found["description"]


@pytest.mark.parametrize("before", TYPES)
def test_schemas_of_another_type(spec: Copy, before: str) -> None:
    """In both versions: all facts are the new ones."""
    now = others(before)
    update(spec, official(fields(dict.fromkeys(now, TYPES[before]))))
    github = official(fields(now))
    update(spec, github)
    assert not pipeline.examine(spec.spec, NAME, "curated")
    assert agrees(spec, github)
