"""The proof of older API versions is complete: no key can change without being found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final

import pytest

from bump.bump_project import NAME, Copy, copied, official
from runnersmith.bump import unproven, write
from runnersmith.openapi import keywords
from runnersmith.openapi.document import Json

ZONE: dict[str, Json] = {"#/components/schemas/runner/properties/zone": {"type": "string"}}
SCHEMA: Final = json.loads(
    files("runnersmith.validate.extension").joinpath("extensions.schema.json").read_text("utf-8")
)["$defs"]
PLACES: Final = ("document", "operation", "component", "parameter", "response", "property")

TASKS = "  tasks:\n    - title: See it\n      description: All.\n      methods: [runners.list]\n"
INTRODUCED = '  introduced: {"2026-01-01": {ghes: "3.21"}}\n'
BUSY = '          description: "Whether the runner is running a job."\n'
QUERY = "        - name: name\n          in: query\n"
ITEMS = "        items: runners\n"
RESOURCES = "  resources:\n    runners:\n      description: Self-hosted runners.\n"
# What the spec has before the bump, beside its own: a text, and what replaces it.
BEFORE = [
    (
        RESOURCES,
        f"{TASKS}{INTRODUCED}  resources: {{runners: {{description: Self-hosted runners.}}}}\n",
    ),
    (QUERY, f"{QUERY}          x-runnersmith: {{products: {{ghec: all}}}}\n"),
    (BUSY, f'{BUSY}          x-runnersmith: {{products: {{ghec: all, ghes: "3.20"}}}}\n'),
]
# Key of the extension -> an edit by hand: a text of the spec, and what replaces it.
EDITS: dict[str, tuple[str, str]] = {
    "document.version-header": ("X-GitHub-Api-Version", "X-Version"),
    "document.introduced": ('"2026-01-01": {ghes', '"2025-12-01": {ghes'),
    "document.introduced.*": ('"2026-01-01": {ghes', '"2025-12-01": {ghes'),
    "document.introduced.*.ghes": ('ghes: "3.21"', 'ghes: "3.20"'),
    "document.media-type": ("vnd.github+json", "vnd.github.raw+json"),
    "document.scopes": ('path: "/repos/{owner}/{repo}"', 'path: "/repos/{owner}"'),
    "document.scopes.*": ('    org: {path: "/orgs/{org}"', '    orgs: {path: "/orgs/{org}"'),
    "document.scopes.*.path": ('path: "/orgs/{org}"', 'path: "/orgs"'),
    "document.scopes.*.short": ('short: "{org}"', 'short: "of {org}"'),
    "document.resources": ("resources: {runners:", "resources: {machines:"),
    "document.resources.*": ("resources: {runners:", "resources: {machines:"),
    "document.tasks": ("  tasks:\n", "  x-tasks:\n"),
    "document.tasks.title": ("title: See it", "title: See all"),
    "document.tasks.methods": ("methods: [runners.list]", "methods: [runners.get]"),
    "operation.resource": (
        "resource: runners\n        method: list",
        "resource: m\n        method: list",
    ),
    "operation.method": ("method: list\n", "method: list_all\n"),
    "operation.repeat": ("repeat: idempotent", "repeat: unsafe"),
    "operation.lookup": ("lookup: a runner of that name", "lookup: a runner of this name"),
    "operation.paged": ("paged: true", "paged: false"),
    "operation.products": (
        '        products: {github.com: all, ghec: all, ghes: "3.10"}',
        "        x-products: all",
    ),
    "operation.products.github.com": (
        'github.com: all, ghec: all, ghes: "3.10"',
        'ghec: all, ghes: "3.10"',
    ),
    "operation.products.ghec": ('ghec: all, ghes: "3.10"', 'ghes: "3.10"'),
    "operation.products.ghes": ('ghes: "3.10"', 'ghes: "3.11"'),
    "operation.permissions": (
        "        permissions:\n          classic: [repo]",
        "        x:\n          classic: [repo]",
    ),
    "operation.permissions.classic": ("classic: [repo]", "classic: [public_repo]"),
    "operation.permissions.fine-grained": (
        "fine-grained: {administration: read}",
        "x: {administration: read}",
    ),
    "operation.permissions.fine-grained.*": ("{administration: read}", "{administration: write}"),
    "component.items": (ITEMS, "        items: total_count\n"),
    "component.either": (ITEMS, f"{ITEMS}        either: {{all: [runners, rest]}}\n"),
    "component.either.*": (ITEMS, f"{ITEMS}        either: {{all: [runners, rest]}}\n"),
    "parameter.products": ("x-runnersmith: {products: {ghec: all}}", "x-none: 1"),
    "parameter.products.github.com": (
        "{products: {ghec: all}}",
        "{products: {ghec: all, github.com: all}}",
    ),
    "parameter.products.ghec": ("{products: {ghec: all}}", "{products: {github.com: all}}"),
    "parameter.products.ghes": ("{products: {ghec: all}}", "{products: {ghec: all, ghes: all}}"),
    "response.error": (
        "    NotFound:\n",
        "    NotFound:\n      x-runnersmith: {error: RunnerBusy}\n",
    ),
    "property.products": ('x-runnersmith: {products: {ghec: all, ghes: "3.20"}}', "x-none: 1"),
    "property.products.github.com": (
        '{ghec: all, ghes: "3.20"}',
        '{github.com: all, ghec: all, ghes: "3.20"}',
    ),
    "property.products.ghec": ('{ghec: all, ghes: "3.20"}', '{ghes: "3.20"}'),
    "property.products.ghes": ('ghes: "3.20"', 'ghes: "3.19"'),
    "property.secret": ("{secret: true}", "{secret: false}"),
    "property.values": ("values: [linux, win]", "values: [linux, win, macos]"),
}
# Texts for people, which all versions share.
PROSE = {
    "document.scopes.*.description": ("description: An organization.", "description: A company."),
    "document.resources.*.description": ("description: Self-hosted", "description: Other"),
    "document.tasks.description": ("description: All.", "description: All of them."),
}


def keys(schema: dict[str, Json], prefix: str) -> Iterator[str]:
    """Every key that a schema of the extension allows; a name that the spec chooses is `*`."""
    if isinstance(reference := schema.get("$ref"), str):
        yield from keys(SCHEMA[reference.rpartition("/")[2]], prefix)
    properties = schema.get("properties", {})
    assert isinstance(properties, dict)
    for name, value in properties.items():
        assert isinstance(value, dict)
        yield f"{prefix}.{name}"
        yield from keys(value, f"{prefix}.{name}")
    if isinstance(more := schema.get("additionalProperties"), dict):
        yield f"{prefix}.*"
        yield from keys(more, f"{prefix}.*")
    if isinstance(items := schema.get("items"), dict):
        yield from keys(items, prefix)


KEYS: Final = sorted({key for place in PLACES for key in keys(SCHEMA[place], place)})


@pytest.fixture(scope="module")
def bumped(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """The small spec with more keys of the extension, after a bump; only to be copied."""
    found = copied(tmp_path_factory.mktemp("bumped"))
    edit(found, *BEFORE)
    write(found.stage(official(ZONE)))
    return found


@pytest.fixture
def spec(bumped: Copy, tmp_path: Path) -> Copy:
    """A copy of the bumped spec that a test may edit."""
    shutil.copytree(bumped.spec.parent, tmp_path / "spec")
    return Copy(tmp_path / "spec" / bumped.spec.name)


def edit(spec: Copy, *changes: tuple[str, str]) -> int:
    """Change the text of the spec as a person does; return the first line that has changed."""
    text = spec.text
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after, 1)
    pairs = zip(spec.text.splitlines(), text.splitlines(), strict=False)
    line = next(number for number, (one, other) in enumerate(pairs, start=1) if one != other)
    spec.spec.write_text(text, encoding="utf-8")
    return line


def places(spec: Copy) -> dict[str, set[int]]:
    """The lines of the spec at which an older version is no longer as it was, by version."""
    found: dict[str, set[int]] = {"2026-01-01": set(), "2025-01-01": set()}
    for problem in unproven(spec.spec, NAME):
        assert re.search("the overlay has to restore it|undo this edit", problem.message)
        assert problem.place.file == "spec/spec.yaml"
        found[problem.message.split()[3]].add(problem.place.line)
    return found


def test_the_bump_alone_changes_no_older_version(spec: Copy) -> None:
    """So the other tests find their edits alone."""
    assert places(spec) == {"2026-01-01": set(), "2025-01-01": set()}


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_the_extension_is_proven(spec: Copy, key: str) -> None:
    """An edit of its value is found in each older version, at its line.

    A new key of the extension needs a case here, and nothing in the proof.
    """
    if key in PROSE:
        assert edit(spec, PROSE[key])
        assert not any(places(spec).values())
        return
    line, found = edit(spec, EDITS[key]), places(spec)
    # 2025-01-01 lacks the field with products.
    older = ("2026-01-01",) if key.startswith("property.products") else tuple(found)
    assert [version for version in found if line in found[version]] == [*older]


# Places of OpenAPI objects: the line before, and the indent of their keys.
OBJECTS = {
    "schema of a response": ("        id:\n", 10),
    "schema of an argument": ("                work_folder: # relative\n", 18),
    "parameter": ("    PerPage:\n", 6),
    "response": ("    OneRunner:\n", 6),
    "header": ("    Link:\n", 6),
    "operation": ("    delete:\n", 6),
    "path": ("  /orgs/{org}/actions/runners:\n", 4),
    "media type": ("\n        application/json:\n", 10),
    "document": ("openapi: 3.1.0\n", 0),
    "info": ("info:\n", 2),
}
# Titles are proven: they are names of the client, or of its tasks.
KEYWORDS = sorted(keywords.OPENAPI_3_1 - {"description", "example", "examples"})
CASES = [
    *(("schema of a response", it) for it in KEYWORDS),
    *(("schema of an argument", it) for it in KEYWORDS),
    *(
        ("parameter", it)
        for it in ("required", "deprecated", "style", "explode", "content", "x-new")
    ),
    *(("response", it) for it in ("headers", "content", "links", "x-new")),
    *(("header", it) for it in ("required", "deprecated", "style", "schema", "x-new")),
    *(
        ("operation", it)
        for it in ("operationId", "deprecated", "externalDocs", "security", "tags")
    ),
    *(("operation", it) for it in ("servers", "callbacks", "requestBody", "x-new")),
    *(("path", it) for it in ("servers", "put", "x-new")),
    *(("media type", it) for it in ("schema", "encoding", "x-new")),
    *(("document", it) for it in ("security", "servers", "tags", "webhooks", "x-new")),
    *(("info", it) for it in ("title", "license", "x-new")),
]


@pytest.mark.parametrize(("place", "keyword"), CASES)
def test_every_keyword_of_openapi_is_proven(spec: Copy, place: str, keyword: str) -> None:
    """Whatever value it gets, and whether it has been there before."""
    before, indent = OBJECTS[place]
    text, found, rest = spec.text.partition(before)
    assert found
    # What the object has already is no duplicate.
    own = re.match(rf"(?: {{{indent}}}.*\n)*", rest)
    assert own is not None
    known = re.sub(
        rf"^( {{{indent}}}){re.escape(keyword)}:", r"\1x-was:", own[0], flags=re.MULTILINE
    )
    text += found
    rest = f"{' ' * indent}{keyword}: 7\n{known}{rest[own.end() :]}"
    spec.spec.write_text(text + rest, encoding="utf-8")
    line = text.count("\n") + 1
    assert all(line in lines for lines in places(spec).values())
