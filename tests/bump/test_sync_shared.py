"""A sync with a description in which one operation alone lost a part that several share."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bump.bump_project import Copy, copied, corrections, official
from bump.test_sync import BOTH, GET, LIST
from compare.comparison_specs import GONE, mapping
from runnersmith.bump import Plan, lines, stage, write
from runnersmith.compare import compare
from runnersmith.openapi.document import Json, Pointer
from runnersmith.yaml_edit import patch
from runnersmith.yaml_edit import values as edits
from runnersmith.yaml_edit.values import at

ORG = "/orgs/{org}/actions/runners"
REPO = "/repos/{owner}/{repo}/actions/runners"
JIT = "#/paths/~1orgs~1{org}~1actions~1runners~1generate-jitconfig/post"
REPO_JIT = "#/paths/~1repos~1{owner}~1{repo}~1actions~1runners~1generate-jitconfig"
REPO_GET = "#/paths/~1repos~1{owner}~1{repo}~1actions~1runners~1{runner_id}/get"
FIELDS: Json = {"name": "fields", "in": "query", "schema": {"type": "string"}}
# The part was not in the description before.
NEVER: Json = "never"
LINK: Json = {"Link": {"$ref": "#/components/headers/link"}}


def described(*removed: str, base: dict[str, Json] = BOTH) -> dict[str, Json]:
    """Return the description of a spec that shares more, without some parts of one operation."""
    source = official(base)
    post = source.find(JIT)
    owners = source.find(f"{REPO_GET}/parameters")
    assert post is not None
    assert owners is not None
    assert isinstance(owners.value, list)
    jit: Json = {
        **mapping(post.value),
        "operationId": "actions/generate-jitconfig-for-repo",
        "parameters": owners.value[:2],
    }
    changes: dict[str, Json] = {**base, REPO_JIT: {"post": jit}}
    for operation in (GET, REPO_GET):
        changes[f"{operation}/parameters/-"] = FIELDS
        changes[f"{operation}/responses/200/headers"] = LINK
    for one in removed:
        changes |= LOST[one]
        changes = {pointer: it for pointer, it in changes.items() if it is not NEVER}
    return changes


def runner(base: dict[str, Json] = BOTH) -> dict[str, Json]:
    """Return a description's runner, to be written out at one use."""
    found = official(base).find("#/components/schemas/runner")
    assert found is not None
    return mapping(edits.copied(found.value))


def _lost_field() -> Json:
    schema = runner()
    del mapping(schema["properties"])["os"]
    return {**schema, "required": ["id", "name", "status", "labels"]}


def _lost_value() -> Json:
    label: Json = {
        "type": "object",
        "required": ["name"],
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string", "maxLength": 64},
            "type": {"type": "string", "enum": ["read-only"]},
        },
    }
    schema = runner()
    mapping(mapping(schema["properties"])["labels"])["items"] = label
    return schema


CONTENT = f"{GET}/responses/200/content/application~1json/schema"
LOST: dict[str, dict[str, Json]] = {
    "parameter": {f"{GET}/parameters/-": NEVER},
    "header": {f"{GET}/responses/200/headers": NEVER},
    "response": {f"{GET}/responses/404": GONE},
    "body": {f"{JIT}/requestBody": GONE},
    "field": {CONTENT: _lost_field()},
    "value": {CONTENT: _lost_value()},
    "own parameter": {f"{LIST}/parameters/1": GONE},
}
# What the marks leave to a person: the part, and the operation that lost it.
_NAMES = ("query fields", "header link", "response 404", "body", "os", "enum", "query name")
ASKED = dict(zip(LOST, _NAMES, strict=True))


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, with a shared parameter, header and body besides."""
    spec = copied(tmp_path)
    document = spec.documents[0]
    data = mapping(edits.copied(document.data))
    paths, components = mapping(data["paths"]), mapping(data["components"])
    post = mapping(mapping(paths[f"{ORG}/generate-jitconfig"])["post"])
    components["requestBodies"] = {"Jit": post["requestBody"]}
    post["requestBody"] = {"$ref": "#/components/requestBodies/Jit"}
    owners: Json = [{"$ref": f"#/components/parameters/{name}"} for name in ("Owner", "Repo")]
    paths[f"{REPO}/generate-jitconfig"] = {
        "parameters": owners,
        "post": {
            **post,
            "operationId": "actions/generate-jitconfig-for-repo",
            "x-runnersmith": {**mapping(post["x-runnersmith"]), "lookup": "nothing: a test"},
        },
    }
    mapping(components["parameters"])["Fields"] = {**mapping(FIELDS), "description": "Which."}
    for path in (ORG, REPO):
        get = mapping(mapping(paths[f"{path}/{{runner_id}}"])["get"])
        get["parameters"] = [{"$ref": "#/components/parameters/Fields"}]
    one = mapping(mapping(components["responses"])["OneRunner"])
    one["headers"] = {"Link": {"$ref": "#/components/headers/Link"}}
    spec.spec.write_text(patch(document, spec.text, data), encoding="utf-8")
    return spec


def follow(spec: Copy, plan: Plan, answer: str) -> list[str]:
    """Follow the marks of a written plan to the letter, finish, and return what they asked."""
    document = spec.documents[0]
    data = mapping(edits.copied(document.data))
    asked: list[str] = []
    for pointer, texts in plan.steps[0].notes.items():
        for text in texts:
            if "confirm the name" not in text:
                asked.append(text)
                assert answer in text
                if answer == "delete it":
                    delete(data, pointer, text)
                else:
                    part = mapping(at(data, pointer))
                    part["x-runnersmith"] = {"products": {"github.com": "all", "ghes": "3.4"}}
    text = patch(document, spec.text, data)
    text = re.sub(r"^ *# TODO\(bump\):.*\n(?: *#   .*\n)*", "", text, flags=re.MULTILINE)
    spec.spec.write_text(text, encoding="utf-8")
    if plan.steps[0].notes:
        spec.finish()
    return asked


def delete(data: dict[str, Json], pointer: Pointer, text: str) -> None:
    """Delete a part, and what refers to it or requires it."""
    holder, name = at(data, pointer[:-1]), str(pointer[-1])
    if isinstance(holder, list):
        del holder[int(pointer[-1])]
        return
    owner = mapping(holder)
    if name == "enum":
        values = re.findall(r"no longer has (\S+)", text)
        owner["enum"] = [it for it in listed(owner["enum"]) if it not in values]
        return
    del owner[name]
    if pointer[0] == "components" and len(pointer) == 3:
        unrefer(data, "#/" + "/".join(map(str, pointer)))
    elif pointer[-2] == "properties":
        schema = mapping(at(data, pointer[:-2]))
        schema["required"] = [it for it in listed(schema["required"]) if it != name]


def listed(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def unrefer(value: Json, reference: str) -> None:
    """Delete the entries that refer to a component, and the sections that this leaves empty."""
    gone: Json = {"$ref": reference}
    if isinstance(value, list):
        value[:] = [it for it in value if it != gone]
    for key in [*value] if isinstance(value, dict) else ():
        child = mapping(value)[key]
        unrefer(child, reference)
        if child == gone or (child in ({}, []) and key in ("headers", "parameters")):
            del mapping(value)[key]
    for child in value if isinstance(value, list) else ():
        unrefer(child, reference)


def answers() -> list[tuple[str, str]]:
    states = ("field", "parameter", "own parameter")
    stated = [(part, "state its products without ghec") for part in states]
    return [*((part, "delete it") for part in LOST), *stated]


@pytest.mark.parametrize(("part", "answer"), answers())
def test_following_the_mark_ends_it(spec: Copy, part: str, answer: str) -> None:
    """The mark is at a copy for the operation: the next sync with the same file finds nothing."""
    assert spec.sync(official(described())).nothing
    github = official(described(part))
    plan = spec.sync(github)
    write(stage(plan))
    for document in spec.documents:
        assert not compare(document, official(described()), corrections()).differences
    (asked,) = follow(spec, plan, answer)
    assert ASKED[part] in asked.lower()
    assert "its operation is claimed for github.com, ghes as well" in asked
    assert list(lines(spec.sync(github)))[-1].startswith("nothing to do: ")


def test_products_are_stated_for_one_operation(spec: Copy) -> None:
    """A shared parameter that states its products gets a copy: there is nothing to decide."""
    text = spec.text.replace(
        "      description: Which.\n",
        "      description: Which.\n      x-runnersmith:\n"
        '        products: {github.com: all, ghec: all, ghes: "3.4"}\n',
    )
    assert text != spec.text
    spec.spec.write_text(text, encoding="utf-8")
    github = official(described("parameter"))
    staged = stage(spec.sync(github))
    assert staged.decisions == ()
    write(staged)
    assert spec.text.count('products: {github.com: all, ghes: "3.4"}') == 1
    assert spec.sync(github).nothing
    # The parameter is restored by a later description.
    write(stage(spec.sync(official(described()))))
    assert 'products: {github.com: all, ghes: "3.4"}' not in spec.text


def test_a_mark_lists_the_products_of_all_operations(spec: Copy) -> None:
    """Of those that use the part, not only of the one that the mark names."""
    place = spec.text.index("operationId: actions/get-runner-for-org")
    start, rest = spec.text[:place], spec.text[place:]
    rest = rest.replace(
        'products: {github.com: all, ghec: all, ghes: "3.4"}', "products: {ghec: all}", 1
    )
    spec.spec.write_text(start + rest, encoding="utf-8")
    cloud: Json = {"githubCloudOnly": True, "enabledForGitHubApps": True}
    changes = described("parameter") | {f"{GET}/x-github": cloud}
    changes.pop(f"{REPO_GET}/parameters/-")
    (decision,) = stage(spec.sync(official(changes))).decisions
    assert "GET /orgs/{org}/actions/runners/{runner_id}: query fields" in decision.message
    assert "its operations are claimed for github.com, ghes as well" in decision.message
