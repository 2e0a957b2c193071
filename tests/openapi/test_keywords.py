"""The tables of schema keywords, against the schemas that OpenAPI and JSON Schema publish."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from runnersmith.openapi import keywords

TABLES = (
    keywords.PROSE,
    keywords.METADATA,
    keywords.STRUCTURE,
    keywords.LIMITS,
    keywords.CONDITIONAL,
    keywords.AUXILIARY,
    keywords.ADDRESSING,
)
# Kept by the metaschema of 2020-12 for documents of older drafts.
OLDER = {"definitions", "dependencies", "$recursiveAnchor", "$recursiveRef"}


def published(package: str, *path: str) -> Any:
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return json.loads(Path(spec.origin).parent.joinpath(*path).read_text(encoding="utf-8"))


def test_a_keyword_has_one_purpose() -> None:
    """No keyword stands in two tables, where two readers would take it for two things."""
    listed = [keyword for table in TABLES for keyword in table]
    assert sorted(listed) == sorted(set(listed))


def test_every_keyword_of_openapi_3_0_has_a_purpose() -> None:
    """The schema object of OpenAPI 3.0 has keywords of the tables only."""
    document = published("openapi_spec_validator", "resources", "schemas", "v3.0", "schema.json")
    stated = set(document["definitions"]["Schema"]["properties"])
    assert len(stated) > 30
    assert stated <= frozenset[str]().union(*TABLES)


def test_the_keywords_of_openapi_3_1_are_those_of_its_vocabularies() -> None:
    """JSON Schema 2020-12 and OpenAPI's own vocabulary have these keywords, and no others."""
    folder = ("schemas", "draft202012")
    metaschema = published("jsonschema_specifications", *folder, "metaschema.json")
    stated = set(metaschema["properties"]) - OLDER
    for (
        vocabulary
    ) in "applicator content core format-annotation meta-data unevaluated validation".split():
        found = published("jsonschema_specifications", *folder, "vocabularies", vocabulary)
        stated |= set(found["properties"])
    base = ("schemas", "oas3.1", "vocabularies", "base")
    stated |= set(published("openapi_schema_validator", *base)["properties"])
    assert stated - keywords.ADDRESSING == keywords.OPENAPI_3_1


@pytest.mark.parametrize(
    ("keyword", "prose"),
    [("description", True), ("x-note", True), ("$comment", True), ("default", False), ("x", False)],
)
def test_prose_is_text_for_people_or_an_extension(keyword: str, prose: bool) -> None:
    """What restricts nothing and states no fact is prose, extensions included."""
    assert keywords.is_prose(keyword) is prose
