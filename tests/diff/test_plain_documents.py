"""Documents without our extension as sides of a comparison: bundles, and those of others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from diff.test_sources import save
from runnersmith import cli
from runnersmith.bundle import bundle
from runnersmith.diff import between
from runnersmith.openapi.document import Json
from runnersmith.overlay import versions
from runnersmith.problems import SpecError, UnsupportedError, UsageError
from small_specs import LAMP_PATH, Schema, inside, small_spec, with_fields

NEW, OLD = "2026-01-01", "2025-01-01"
TEXT: Json = {"type": "string", "description": "What it once was."}
# Of a document without tags.
GET = "default.lamps_get"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a spec of two API versions and a bundle of each."""
    monkeypatch.chdir(tmp_path)
    save("spec.json", with_fields(watts={"type": "integer"}))
    overlay: Schema = {
        "overlay": "1.1.0",
        "info": {"title": "Lamps", "version": OLD},
        "actions": [
            {"target": "$.info", "update": {"version": OLD}},
            {"target": "$.components.schemas.Lamp.properties.watts", "remove": True},
            {"target": "$.components.schemas.Lamp.properties", "update": {"before": TEXT}},
        ],
    }
    save(f"versions/{OLD}.overlay.yaml", overlay)
    for document in versions.load(Path("spec.json"), "spec.json"):
        Path(f"{versions.version_of(document)}.json").write_text(bundle(document))
    return tmp_path


def plain() -> Schema:
    """A document without our extension."""
    found: Schema = json.loads(Path(f"{NEW}.json").read_text())
    return found


def found(old: str, new: str, *chosen: str | None) -> list[tuple[str, str, str]]:
    changes = between(old, new, *chosen)
    return [(change.kind, change.level, change.subject) for change in changes]


CHANGES = [
    ("field-added", "compatible", "Lamp.watts"),
    ("field-removed", "breaking", "Lamp.before"),
]


def test_bundles_of_two_versions_are_compared() -> None:
    """The difference of two bundles is that of the API versions of the spec, and no other."""
    assert found(f"{OLD}.json", f"{NEW}.json") == CHANGES
    assert found("spec.json", "spec.json", OLD, NEW) == CHANGES
    assert found(f"{NEW}.json", f"{NEW}.json") == []


@pytest.mark.parametrize(
    ("old", "new", "chosen", "expected"),
    [
        (f"{OLD}.json", "spec.json", (), CHANGES),
        (f"{OLD}.json", "spec.json", (None, NEW), CHANGES),
        (f"{OLD}.json", "spec.json", (OLD, NEW), CHANGES),
        (f"{OLD}.json", "spec.json", (None, OLD), []),
        ("spec.json", f"{NEW}.json", (OLD,), CHANGES),
        ("spec.json", f"{NEW}.json", (), []),
    ],
)
def test_a_spec_is_compared_with_a_bundle(
    old: str, new: str, chosen: tuple[str | None, ...], expected: list[tuple[str, str, str]]
) -> None:
    """One version of the spec, by default the newest, as the bundle that it would be."""
    assert found(old, new, *chosen) == expected


def test_a_document_has_one_version() -> None:
    """Another one is an error that names the file and the version that there is."""
    with pytest.raises(UsageError, match=rf"^{OLD}.json: .* no API version {NEW}; it has {OLD}"):
        between(f"{OLD}.json", f"{NEW}.json", NEW)


def test_a_spec_and_another_api_are_not_compared() -> None:
    """With no operation in common, the one is not another state of the other."""
    pets = plain()
    pets["paths"] = {"/pets": {"get": {"responses": {"204": {"description": "None."}}}}}
    del pets["components"]
    save("pets.json", pets)
    for sides in (("spec.json", "pets.json"), ("pets.json", "spec.json")):
        with pytest.raises(UsageError, match="no operation in common"):
            between(*sides)
    # Two documents of others can have a new path for everything.
    assert found("pets.json", f"{NEW}.json")


def test_headers_formats_and_credentials_are_compared() -> None:
    """What only a document without our extension has is compared as well."""
    old, new = plain(), plain()
    for document, header, text_format, names in (
        (old, "X-Old", "uri", ["key"]),
        (new, "X-New", "iri", []),
    ):
        operation = inside(document, "paths", LAMP_PATH, "get")
        inside(operation, "responses", "200")["headers"] = {header: {"schema": {"type": "string"}}}
        operation["security"] = [{name: [] for name in names}]
        operation["parameters"] = [
            {"name": header, "in": "header", "schema": {"type": "string"}},
            {"name": "at", "in": "query", "schema": {"type": "string", "format": text_format}},
        ]
        inside(document, "components")["securitySchemes"] = {
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"}
        }
        fields = inside(document, "components", "schemas", "Lamp", "properties")
        fields["page"] = {"type": "string", "format": text_format}
        fields["pages"] = {"type": "array", "items": {"type": "string", "format": text_format}}
    save("old.json", old)
    save("new.json", new)
    assert found("old.json", "new.json") == [
        ("format-changed", "documentation", f"{GET}(at)"),
        ("argument-added", "compatible", f"{GET}(x_new)"),
        ("argument-removed", "breaking", f"{GET}(x_old)"),
        ("response-header-added", "documentation", GET),
        ("response-header-removed", "documentation", GET),
        ("security-changed", "compatible", GET),
        ("format-changed", "documentation", "Lamp.page"),
        ("format-changed", "documentation", "Lamp.pages"),
    ]


def test_a_format_of_the_spec_is_compared() -> None:
    """For the curated spec as for any other document."""
    Path(f"versions/{OLD}.overlay.yaml").unlink()
    save("old.json", with_fields(page={"type": "string", "format": "uri"}))
    save("new.json", with_fields(page={"type": "string"}))
    assert found("old.json", "new.json", NEW, NEW) == [
        ("format-changed", "documentation", "Lamp.page")
    ]


def test_unsupported_operations_are_omitted(capsys: pytest.CaptureFixture[str]) -> None:
    """Each is listed with its place; a comparison that omits nothing is an error."""
    document = plain()
    inside(document, "paths", LAMP_PATH)["trace"] = {"responses": {"204": {"description": "-"}}}
    save("new.json", document)
    with pytest.raises(UnsupportedError, match=r"new\.json:\d+:\d+: .*TRACE"):
        between(f"{OLD}.json", "new.json")
    assert cli.main(["diff", f"{OLD}.json", "new.json"]) == 0
    printed = capsys.readouterr()
    assert "Lamp.watts: new" in printed.out
    assert "new.json:" in printed.err
    assert "1 warning" in printed.err


def test_an_invalid_document_is_an_error() -> None:
    """With the place in the file that is wrong, whichever side it is; a bundle has none of it."""
    document = plain()
    inside(document, "components", "schemas", "Lamp")["required"] = 7
    save("bad.json", document)
    for sides in (
        ("bad.json", f"{NEW}.json"),
        (f"{NEW}.json", "bad.json"),
        ("spec.json", "bad.json"),
    ):
        with pytest.raises(SpecError, match=r"bad\.json:\d+:\d+: required: expected a list"):
            between(*sides)
    spec = small_spec()
    inside(spec, "components", "schemas", "Lamp")["required"] = 7
    save("spec.json", spec)
    Path(f"versions/{OLD}.overlay.yaml").unlink()
    with pytest.raises(SpecError, match=r"spec\.json:\d+:\d+: required: expected a list"):
        between("spec.json", f"{NEW}.json")
