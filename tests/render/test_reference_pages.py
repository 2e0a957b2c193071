"""The reference: pages that are whole, whose links hold, and an index with every operation."""

from __future__ import annotations

import ast
import functools
import inspect
import re

import pytest

import ghrunners
from client.described_methods import METHODS, OURS, SYNC, Method
from client.described_operations import elements
from render.markdown_pages import broken, headings, links, markup, pages, python
from runnersmith import pipeline
from runnersmith.packs import shipped
from runnersmith.problems import SpecError
from runnersmith.render.docs.escaping import link, markdown, prose
from runnersmith.render.docs.reference_pages import shared
from small_specs import (
    CASES,
    REPOSITORY,
    Schema,
    build_ir,
    inside,
    made,
    project,
    put,
    small_spec,
)

GENERATED = REPOSITORY / "generated"
DOCS = {
    path.relative_to(GENERATED).as_posix(): path.read_text(encoding="utf-8")
    for path in sorted((GENERATED / "docs").rglob("*.md"))
}
INDEX = "docs/README.md"
RESOURCES = sorted({(method.scope, method.resource) for method in METHODS})
SMALL = sorted(path.parent.name for path in CASES.glob("*/expected"))


def page(scope: str, resource: str) -> str:
    return f"docs/resources/{scope}_{resource}.md"


def section(method: Method) -> str:
    """The part of a page that is about one method."""
    text = DOCS[page(method.scope, method.resource)]
    return text.partition(f"\n## `{method.name}`\n")[2].partition("\n## ")[0]


# ── The pages ────────────────────────────────────────────────────────────────────────────────


def test_every_link_leads_somewhere() -> None:
    """To a page and, with an anchor, to a heading of it."""
    assert list(broken(DOCS)) == []
    assert sum(len(links(text)) for text in DOCS.values()) > len(METHODS)


def test_a_link_that_leads_nowhere_is_seen() -> None:
    """So that the test of the links can fail."""
    text = DOCS[INDEX]
    assert list(broken({**DOCS, INDEX: text + "[x](resources/none.md)"}))
    assert list(broken({**DOCS, INDEX: text + "[x](resources/org_runners.md#none)"}))
    assert list(broken({**DOCS, INDEX: text + "[x](#none)"}))


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_an_operation_is_documented(method: Method) -> None:
    """Request, arguments, permissions, products, retry safety, every declared error, the source."""
    # As it is read: without the signs that escape others.
    text, operation = re.sub(r"\\(.)", r"\1", section(method)), method.operation
    extension = operation.written.at("x-runnersmith")
    assert f"`{operation.method} {operation.path}`" in text
    query, body = operation.among("query"), operation.body
    for name in (*method.arguments, *query, *(body.example if body else ())):
        assert f"\n| `{name}` | " in text
    for needed in elements(extension.at("permissions").at("classic")):
        assert str(needed.value) in text
    for row in ("Permissions", "Available on", "Retry safety", "Documentation"):
        assert f"\n| {row} | " in text
    assert (extension.text("repeat") or "").capitalize() in text
    lookup = extension.text("lookup")
    assert ("If this raises `OutcomeUnknown`, " in text) is (lookup is not None)
    if lookup is not None:
        advice = "there is nothing to clean up: " if "nothing: " in lookup else "look up "
        assert f"If this raises `OutcomeUnknown`, {advice}" in text
    said = inspect.getdoc(SYNC[str(method)]) or ""
    for refusal in operation.refusals:
        [name] = re.findall(rf"^\| `(\w+)` \| {refusal.status} \| ", text, re.MULTILINE)
        assert f"    {name}: {refusal.status}. " in said


@functools.cache
def source(resource: str) -> dict[str, ast.FunctionDef]:
    """The methods of a resource as the client has them, by name."""
    tree = ast.parse((GENERATED / "ghrunners" / "_sync" / f"{resource}.py").read_text("utf-8"))
    [found] = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    return {node.name: node for node in found.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_a_signature_is_that_of_the_client(method: Method) -> None:
    """But for `self`, and for what `list` is called in a class that has such a method."""
    [shown] = ast.parse(python(section(method))[0]).body
    assert isinstance(shown, ast.FunctionDef)
    ours = source(f"{method.scope}_{method.resource}")[method.name]
    asked = ast.unparse(ours.args).removeprefix("self").removeprefix(", ")
    assert ast.unparse(shown.args) == asked
    assert ours.returns is not None
    assert shown.returns is not None
    assert ast.unparse(shown.returns) == ast.unparse(ours.returns).replace("builtins.", "")


def test_every_model_has_a_page() -> None:
    """With every field."""
    for name in ghrunners.models.__all__:
        kind = getattr(ghrunners.models, name)
        [text] = [it for it in DOCS.values() if headings(it)[0] == f"# `{name}`"]
        for field in kind.__struct_fields__:
            assert f"\n| `{field}` | " in text
        assert f"[`{name}`](" in DOCS[INDEX]


def test_the_pages_are_not_large() -> None:
    """A reader, and a clone, can have them all. That the wheel has none, `make wheels` sees."""
    sizes = {path: len(text.encode()) for path, text in DOCS.items()}
    assert max(sizes.values()) < 60_000
    assert sum(sizes.values()) < 400_000


@pytest.mark.parametrize("case", SMALL)
def test_any_spec_has_a_reference(case: str) -> None:
    """Its links hold, and its Python is Python, on lines that fit."""
    api = pipeline.build_ir(project(CASES / case / "spec.yaml", CASES / "output"))
    found = made(api, shipped("templates") / "reference").rendered
    assert list(broken(found)) == []
    operations = [it for scope in api.scopes for one in scope.resources for it in one.operations]
    resources = [text for path, text in found.items() if path.startswith("docs/resources/")]
    assert sum(len(python(text)) for text in resources) == 3 * len(operations)
    for block in (block for text in found.values() for block in python(text)):
        ast.parse(block)
        assert "..." not in block or block.startswith(("def ", "async def "))


# ── The index ────────────────────────────────────────────────────────────────────────────────


def test_the_index_has_every_operation() -> None:
    """Under a task of the spec, every one; none is left over."""
    tasks = DOCS[INDEX].partition("## By task\n")[2].partition("\n## ")[0]
    listed = {one for one in links(tasks) if "#" in one}
    assert listed == {f"resources/{it.scope}_{it.resource}.md#{it.name}" for it in METHODS}
    titles = [node.text("title") for node in elements(OURS.root.at("x-runnersmith").at("tasks"))]
    assert [heading.removeprefix("### ") for heading in headings(tasks)] == titles


def task(*methods: str) -> Schema:
    return {"title": "Light", "description": "A light.", "methods": list(methods)}


def with_tasks(spec: Schema, *tasks: Schema) -> Schema:
    inside(spec, "x-runnersmith")["tasks"] = list(tasks)
    return spec


def test_what_is_in_no_task_is_listed_by_resource() -> None:
    """So that a new operation is never missing from the index."""
    spec = put(
        {
            "type": "object",
            "description": "A.",
            "properties": {"on": {"type": "boolean", "description": "On."}},
        }
    )
    alone = pages(spec)[INDEX]
    assert headings(alone)[3] == "### lamps"
    assert {"resources/house_lamps.md#get", "resources/house_lamps.md#put"} <= set(links(alone))
    split = pages(with_tasks(spec, task("lamps.put")))[INDEX]
    assert headings(split)[3:5] == ["### Light", "### lamps"]
    assert split.index("#put") < split.index("### lamps") < split.index("#get")


def test_a_task_without_its_method_is_refused() -> None:
    """With its place, as of a method that was renamed; and so is one that is there twice."""
    spec = with_tasks(small_spec(), task("lamps.get", "lamps.gett", "lamps.get"))
    with pytest.raises(SpecError) as raised:
        build_ir(spec)
    first, second = raised.value.problems
    assert "no scope has a method 'lamps.gett'; did you mean 'lamps.get'?" in first.message
    assert "has 'lamps.get' already" in second.message
    assert (first.place.file, first.place.line + 1) == ("spec.json", second.place.line)


@pytest.mark.parametrize(
    ("spoilt", "said"),
    [
        ({"methods": []}, "methods: "),
        ({"methods": ["lamps"]}, '"lamps" is not resource.method'),
        ({"title": ""}, 'title: "" is empty'),
        ({"method": ["lamps.get"]}, '"method" is not a field'),
    ],
)
def test_a_task_of_another_form_is_refused(spoilt: Schema, said: str) -> None:
    """By the extension's schema."""
    with pytest.raises(SpecError, match=re.escape(said)):
        build_ir(with_tasks(small_spec(), {**task("lamps.get"), **spoilt}))


def test_a_task_may_name_what_one_version_has() -> None:
    """Methods of every API version count."""
    api = pipeline.build_ir(project(REPOSITORY / "spec" / "runners.yaml", GENERATED))
    names = {name for one in api.tasks for name in one.methods}
    assert names == {f"{method.resource}.{method.name}" for method in METHODS}


@pytest.mark.parametrize(
    ("summaries", "said"),
    [
        (["List the runners of an org.", "List the runners of a repo."], "List the runners."),
        (["Make one for an org, and more.", "Make one for a repo, and more."], "Make one."),
        (["Get a runner.", "Get a runner."], "Get a runner."),
        (["List those of an org."], "List those of an org."),
        (["Set it.", "Change it."], "Set it."),
        (["Get a runner", "Get the runner"], "Get a runner."),
        (["", ""], ""),
    ],
)
def test_a_summary_is_what_those_of_all_scopes_share(summaries: list[str], said: str) -> None:
    """No word is left that nothing follows."""
    assert shared(summaries) == said


# ── Markup ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://docs.example/a#b-c", "[a page](https://docs.example/a#b-c)"),
        ("https://docs.example/a) [x](b", "[a page](https://docs.example/a%29%20%5Bx%5D%28b)"),
        ("javascript:alert(1)", "`javascript:alert(1)`"),
        ("<script>", "`<script>`"),
    ],
)
def test_a_link_is_one(url: str, written: str) -> None:
    """Whatever the address; one that browsers would run is shown and leads nowhere."""
    assert link(url, "a page") == written


@pytest.mark.parametrize("text", ["- a", "+ a", "1. a", "---", "12.", "+"])
def test_a_line_begins_no_list(text: str) -> None:
    """In a text with code spans neither."""
    assert markdown(text).startswith(("\\", "1\\", "12\\"))
    assert prose(text) == markdown(text)


@pytest.mark.parametrize("text", ["2026-03-10", "1.0.0", "3.10+", "+1", "GHES 3.10+, GHEC"])
def test_a_version_is_left_as_it_is(text: str) -> None:
    """Who reads the page as plain text sees no backslash in it."""
    assert markdown(text) == prose(text) == text


def test_pages_are_told_apart_by_their_markup() -> None:
    """What compares them for hostile texts sees a link, a heading and a table that were not there."""
    assert markup("a b - c d-e") == markup("f g - h i-j")
    assert markup(r"a \[b\](c) `d | e`") == ["()`"]
    for text in ("[a](b)", "# a", "| a |", "<b>", "- a", "**a**"):
        assert markup(text) != markup("a")
