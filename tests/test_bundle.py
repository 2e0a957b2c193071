"""Bundles: one API version as one document that stands alone."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

import ghrunners
from runnersmith.bundle import bundle, pick
from runnersmith.openapi.document import Json
from runnersmith.overlay import versions
from runnersmith.problems import UsageError
from runnersmith.project import find

DOCUMENTS = {
    versions.version_of(document): document
    for document in versions.load(find().spec, "spec/runners.yaml")
}


def made(version: str, product: str | None = None) -> dict[str, Json]:
    return cast(dict[str, Json], json.loads(bundle(DOCUMENTS[version], product)))


def operations(data: dict[str, Json]) -> set[str]:
    """METHOD path of every operation of a document."""
    paths = cast(dict[str, dict[str, Json]], data["paths"])
    return {
        f"{method.upper()} {path}"
        for path, item in paths.items()
        for method in item
        if method != "parameters"
    }


@pytest.mark.parametrize("product", [None, "github.com", "ghec", "ghes", "ghes-3.17", "ghes-3.19"])
@pytest.mark.parametrize("version", DOCUMENTS)
def test_a_bundle_is_valid_and_ours_no_more(version: str, product: str | None) -> None:
    """Another validator takes it, and nothing in it needs us to be understood."""
    data = made(version, product)
    assert list(OpenAPIV31SpecValidator(data).iter_errors()) == []
    assert "x-runnersmith" not in json.dumps(data)
    assert cast(dict[str, Json], data["info"])["version"] == version


@pytest.mark.parametrize(
    ("product", "count"),
    [(None, 106), ("ghec", 106), ("github.com", 62), ("ghes-3.19", 70), ("ghes-3.17", 62)],
)
def test_a_product_has_its_operations(product: str | None, count: int) -> None:
    """As many as GitHub describes for it."""
    assert len(operations(made("2026-03-10", product))) == count


def test_a_product_has_its_fields() -> None:
    """A field that a product lacks is not in its bundle, nor is it required there."""

    def properties(product: str) -> dict[str, Json]:
        components = cast(
            dict[str, dict[str, dict[str, dict[str, Json]]]],
            made("2026-03-10", product)["components"],
        )
        return components["schemas"]["RunnerGroup"]["properties"]

    assert "network_configuration_id" in properties("ghec")
    assert "network_configuration_id" not in properties("ghes-3.19")


@pytest.mark.parametrize(
    ("product", "version"),
    [
        (None, "2026-03-10"),
        ("ghec", "2026-03-10"),
        ("ghes", "2022-11-28"),
        ("ghes-3.19", "2022-11-28"),
        ("ghes-3.21", "2026-03-10"),
        ("ghes-4.0", "2026-03-10"),
    ],
)
def test_a_product_speaks_the_newest_version_that_it_knows(
    product: str | None, version: str
) -> None:
    """Where none is named; of a product without a release, the one that all releases know."""
    assert pick(tuple(DOCUMENTS.values()), None, product) is DOCUMENTS[version]
    assert pick(tuple(DOCUMENTS.values()), version, product) is DOCUMENTS[version]
    if product is not None:
        with ghrunners.Client(
            auth="x", base_url="http://127.0.0.1:1", product=cast(Any, product)
        ) as client:
            assert client.api_version == version


def test_a_version_that_a_product_lacks_is_refused() -> None:
    """By its release; where none is told, some release knows it."""
    documents = tuple(DOCUMENTS.values())
    with pytest.raises(UsageError, match=r"ghes-3\.19 does not support .* it supports 2022-11-28$"):
        pick(documents, "2026-03-10", "ghes-3.19")
    with pytest.raises(UsageError, match="has no API version 2020-01-01"):
        pick(documents, "2020-01-01", "ghes-3.19")
    assert pick(documents, "2026-03-10", "ghes") is DOCUMENTS["2026-03-10"]


def test_versions_differ() -> None:
    """What 2026-03-10 took away is in the bundle of 2022-11-28."""
    assert "has_downloads" in bundle(DOCUMENTS["2022-11-28"])
    assert "has_downloads" not in bundle(DOCUMENTS["2026-03-10"])


def test_nothing_unused_is_left() -> None:
    """A component that nothing of the product uses is left out."""
    assert "HostedRunner" not in bundle(DOCUMENTS["2026-03-10"], "ghes-3.17")
    assert "HostedRunner" in bundle(DOCUMENTS["2026-03-10"], "ghec")


@pytest.mark.parametrize("product", ["github", "ghes-", "ghec-3.1", "ghes-3", "", "GHES"])
def test_what_is_no_product_is_refused(product: str) -> None:
    """A misspelt product is one line that says what there is."""
    with pytest.raises(UsageError, match=r"ghes-3\.19"):
        bundle(DOCUMENTS["2026-03-10"], product)
