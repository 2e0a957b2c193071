"""Recipe "TypeScript types": what `examples/typescript` prints for any document, and its section."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hostile.attacks import FOREIGN, OURS, TEXTS, Attack, without_digests
from lowering.foreign_packages import SPECS, project_of
from packs.pack_files import EXAMPLES
from packs.typescript_text import declared, exported, skeleton, tags, tokens, used
from runnersmith import cli, ir, pipeline
from runnersmith.ir.placement import all_operations
from runnersmith.project import Project
from runnersmith.render.docs.docstrings import only
from runnersmith.render.python.operation_literals import accept
from small_specs import REPOSITORY, build_ir, made, project, small_spec

PACK = EXAMPLES / "typescript"
GOLDEN = Path(__file__).parent / "typescript"
DOCUMENTS = ("runners", "every-kind", *SPECS)
TAGS = {"default", "deprecated", "format", "see"}
ATTACKS = pytest.mark.parametrize("attack", [OURS, FOREIGN], ids=["ours", "foreign"])
# What a compiler or an editor obeys in a comment, beside what is in the table of hostile texts.
MORE = {
    "directives": "@ts-expect-error\n@ts-nocheck\n// @ts-ignore",
    "tags of comments": "@deprecated {@link x\n * @internal @jsx evil",
    "template literal": "`${process.exit(1)}`",
}


def described(name: str) -> Project:
    """A project of a document that has these types."""
    if name in SPECS:
        found = project_of(name)
    else:
        file = REPOSITORY / "spec" / "runners.yaml" if name == "runners" else GOLDEN / "spec.yaml"
        found = project(file, GOLDEN / "output")
    return replace(found, packs=(PACK,))


@functools.cache
def printed(name: str) -> Mapping[str, str]:
    return pipeline.produce(described(name)).files


@functools.cache
def tables() -> dict[str, Any]:
    """The tables of operations of all documents, as Node reads them."""
    found = exported(printed(name)["operations.ts"] for name in DOCUMENTS)
    return {name: values["operations"] for name, values in zip(DOCUMENTS, found, strict=True)}


@pytest.mark.parametrize("spec", [REPOSITORY / "spec" / "runners.yaml", GOLDEN / "spec.yaml"])
def test_the_pack_passes_its_check(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a document of ours and with another one."""
    assert cli.main(["pack", "check", str(PACK), "--spec", str(spec)]) == 0
    assert "typescript: 2 files from " in capsys.readouterr().out


@pytest.mark.parametrize("path", ["models.ts", "operations.ts"])
def test_every_kind_is_printed(path: str, update: bool) -> None:
    """Types, properties, parameters, bodies, responses and the facts in comments, as expected."""
    text = printed("every-kind")[path]
    if update:
        (GOLDEN / path).write_text(text, encoding="utf-8", newline="\n")
    assert text == (GOLDEN / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_name_is_declared_once(name: str) -> None:
    """Each interface, and whatever a type refers to; comments have only tags of the pack."""
    models, operations = printed(name)["models.ts"], printed(name)["operations.ts"]
    assert len(set(declared(models))) == len(declared(models))
    assert used(models) <= set(declared(models))
    assert declared(operations) == ["Operations", "Route", "operations"]
    theirs = {f"models.{one}" for one in declared(models)}
    assert used(operations) <= {*declared(operations), *theirs, "models", "Name"}
    assert tags(models) | tags(operations) <= TAGS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_table_has_every_operation(name: str) -> None:
    """With its method and its path, and what else a call needs."""
    api = pipeline.build_ir(described(name))
    assert len(all_operations(api)) > 0
    assert tables()[name] == {
        ".".join([*([scope.name] if scope else []), resource.name, operation.name]): route(
            api, operation
        )
        for scope, resource, operation in all_operations(api)
    }


def route(api: ir.Api, operation: ir.Operation) -> dict[str, str]:
    """The entry of an operation."""
    query = f"?{operation.fixed_query}" if operation.fixed_query else ""
    found = {"method": operation.method, "path": operation.path + query}
    if operation.body:
        found["contentType"] = operation.body.media_type
    if accepted := accept(operation):
        found["accept"] = accepted
    if operation.server:
        [found["server"]] = [it.url for it in api.named_servers if it.name == operation.server]
    return found


def said_in_comments(texts: Mapping[str, str]) -> list[str]:
    """The lines of all comments."""
    found = (token.text for text in texts.values() for token in tokens(text))
    return [line.strip(" */") for text in found for line in text.splitlines()]


@pytest.mark.parametrize("spec", ["spec/runners.yaml", "tests/cases/two-versions/spec.yaml"])
def test_versions_and_products_are_in_comments(spec: str) -> None:
    """Those of operations, parameters, bodies and fields, and the versions that require one."""
    described = replace(project(REPOSITORY / spec, GOLDEN / "output"), packs=(PACK,))
    api = pipeline.build_ir(described)
    operations = [operation for _, _, operation in all_operations(api)]
    bodies = [it.body for it in operations if it.body]
    fields: list[ir.Field | ir.Parameter] = [
        *(field for model in api.models for field in model.fields),
        *(it for one in operations for it in (*one.arguments, *one.query, *one.headers)),
        *(field for body in bodies for field in body.fields),
    ]
    parts: list[ir.Operation | ir.Body | ir.Field | ir.Parameter]
    parts = [*operations, *bodies, *fields]
    facts = [only(it.available) for it in parts]
    required = [" and ".join(field.required_in) for field in fields]
    facts += [f"Required with API version {versions}" for versions in required if versions]
    said = said_in_comments(pipeline.produce(described).files)
    assert sorted(filter(None, facts)) == sorted(
        line for line in said if line.startswith(("Only on ", "Required with "))
    )


def test_the_path_in_an_older_version_is_in_the_comment() -> None:
    """The table has the one of the newest version."""
    api = build_ir(small_spec())
    [scope] = api.scopes
    [resource] = scope.resources
    [operation] = resource.operations
    older = (ir.OlderPath(version="2025", path="/old/*/"), ir.OlderPath(version="2024", path="/b"))
    operation = replace(operation, older_paths=older)
    resource = replace(resource, operations=(operation,))
    api = replace(api, scopes=(replace(scope, resources=(resource,)),))
    expected = "Path with API version 2025: `/old/* /`. Path with API version 2024: `/b`."
    assert expected in said_in_comments(made(api, PACK).rendered)


@functools.cache
def hostile(attack: Attack, label: str, *, harmless: bool = False) -> dict[str, str]:
    """The types with a hostile text wherever it is taken, or with its harmless twin."""
    places = attack.taken(label if label in TEXTS else "newline")
    text = TEXTS[label] if label in TEXTS else MORE[label]
    return without_digests(attack.client(attack.filled(places, text, harmless=harmless), PACK))


@ATTACKS
@pytest.mark.parametrize("label", [*TEXTS, *MORE])
def test_a_hostile_text_stays_text(label: str, attack: Attack) -> None:
    """The types are, but for strings, comments and properties' names, those of the twin."""
    ours, twin = hostile(attack, label), hostile(attack, label, harmless=True)
    assert ours.keys() == twin.keys()
    for path, text in ours.items():
        assert skeleton(text) == skeleton(twin[path])
        assert tags(text) <= TAGS
        assert all(char == "\n" or char.isprintable() for char in text)


@ATTACKS
def test_types_of_hostile_texts_are_read(attack: Attack) -> None:
    """By Node as by the tokens here, with the operations of a harmless document in the table."""
    labels = [*TEXTS, *MORE]
    texts = [hostile(attack, label)["operations.ts"] for label in labels]
    twins = [hostile(attack, label, harmless=True)["operations.ts"] for label in labels]
    for values, twin in zip(exported(texts), exported(twins), strict=True):
        assert values.keys() == {"operations"}
        assert values["operations"].keys() == twin["operations"].keys()
    models = [hostile(attack, label)["models.ts"] for label in labels]
    assert exported(models) == [{}] * len(labels)


@pytest.mark.parametrize("text", ['"a', "/** a", "{ ]", "}", "`a`", "a // b\n'"])
def test_what_does_not_end_is_seen(text: str) -> None:
    """A string, a comment, a bracket; and quotes of another kind."""
    with pytest.raises((AssertionError, IndexError)):
        tokens(text)
