"""Documents that have nothing of ours: every feature of `foreign/` generates, imports, type-checks, calls.

A document is named by what it holds; `unsupported.yaml` holds what no client can express, and
`unsupported.txt` what is said of it.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from client.scripted_server import ScriptedResponse, json_response
from lowering.foreign_packages import (
    FOREIGN,
    SPECS,
    call_operation,
    generated_package,
    project_of,
)
from runnersmith import ir, pipeline
from runnersmith.cli import main
from runnersmith.ir import names
from runnersmith.lowering import build_foreign
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError, UnsupportedError
from runnersmith.project import Project
from small_specs import client_pack, document, inside, project

# ── Every document ───────────────────────────────────────────────────────────────────────────


GENERATE = """
import sys
from pathlib import Path
from runnersmith.cli import main

pack, *specs = map(Path, sys.argv[1:])
for spec in specs:
    named = ["--package", spec.stem, "--output", spec.stem]
    assert main(["generate", "--spec", str(spec), "--pack", str(pack), *named]) == 0, spec
"""


@pytest.fixture(scope="module")
def other_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what another process with another hash seed has generated."""
    folder = tmp_path_factory.mktemp("other")
    specs = [str(FOREIGN / f"{name}.yaml") for name in SPECS]
    subprocess.run(
        [sys.executable, "-c", GENERATE, str(client_pack().folder), *specs],
        cwd=folder,
        check=True,
        capture_output=True,
        env={"PYTHONHASHSEED": "7"},
    )
    return folder


@pytest.mark.parametrize("name", SPECS)
def test_two_runs_agree(name: str, other_run: Path) -> None:
    """Another process with another hash seed writes the same bytes."""
    for path, text in generated_package(name).files.items():
        assert (other_run / name / path).read_bytes().decode() == text, path


@pytest.mark.parametrize("name", SPECS)
def test_every_module_imports_and_every_reply_has_a_decoder(name: str, packages: Path) -> None:
    """Types that msgspec cannot decode are refused only when a decoder is made."""
    replies = 0
    for path in sorted((packages / name).rglob("*.py")):
        parts = path.relative_to(packages).with_suffix("").parts
        module = importlib.import_module(".".join(part for part in parts if part != "__init__"))
        constants = [it for name, it in vars(module).items() if name.isupper()]
        for operation in constants if "_operations" in parts else ():
            for status in operation.success:
                answer = operation.answer(status)
                if answer.returns is not None and answer.encoding == "json":
                    msgspec.json.Decoder(answer.returns())
                    replies += 1
    models = importlib.import_module(f"{name}.models")
    for model in models.__all__:
        msgspec.json.Decoder(getattr(models, model))
    assert replies


def test_what_is_generated_passes_strict_type_checks(packages: Path, mypy_cache: Path) -> None:
    """Nothing is found by mypy --strict in any of the packages."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(mypy_cache),
        "--config-file=",
    ]
    found = subprocess.run(
        [*command, *(str(packages / name) for name in SPECS)],
        cwd=packages,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stdout


# ── What is said ─────────────────────────────────────────────────────────────────────────────


def test_every_problem_is_told_at_once_and_nothing_is_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    update: bool,
) -> None:
    """With --strict there is no client at all."""
    monkeypatch.chdir(FOREIGN)
    arguments = ["generate", "--strict", "--spec", "unsupported.yaml", "--package", "unsupported"]
    assert main([*arguments, "--output", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    wanted = FOREIGN / "unsupported.txt"
    if update:
        wanted.write_text(said, encoding="utf-8")
    assert said == wanted.read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()


def test_what_is_left_out_is_listed_with_its_reasons() -> None:
    """In the result, for the terminal, and in the README of the package; the rest is there."""
    made = generated_package("unsupported")
    api = made.built.api
    emitted = [operation.id for resource in api.resources for operation in resource.operations]
    left_out = [one.id for one in api.left_out]
    assert sorted(emitted) == ["do-it", "do_it", "named", "sound"]
    assert sorted(left_out) == [
        "elsewhere",
        "form",
        "trace",
        "upgrade",
    ]
    assert all(one.reasons for one in api.left_out)
    assert all(f"- `{name}`: " in made.files["README.md"] for name in left_out)
    with pytest.raises(UnsupportedError) as caught:
        pipeline.produce(strict("unsupported"))
    assert set(made.built.left_out) == set(caught.value.problems)


def test_what_is_unsound_leaves_out_what_is_made_of_it() -> None:
    """An operation, a path, a component of theirs; what no operation uses is noted."""
    made = generated_package("studio").built
    assert {one.id: one.reasons for one in made.api.left_out} == {
        "oldBoards": (
            'the path "/boards old" has characters that no URL path has; correct or escape them',
        ),
        "putSound": ('required: expected a list, found "name", a string',),
    }
    assert [problem.place.line for problem in made.left_out] == [33, 88]
    [undeclared] = [note for note in made.notes if "nowhere" in note.message]
    assert (undeclared.place.line, "is not declared" in undeclared.message) == (39, True)
    assert [note.place.line for note in made.notes if "strnig" in note.message] == [89]
    with pytest.raises(UnsupportedError) as caught:
        pipeline.produce(strict("studio"))
    assert [problem.place.line for problem in caught.value.problems] == [33, 88, 89]


UNSOUND: list[tuple[dict[str, Json], list[str]]] = [
    ({"schemas": {"A": {"$ref": "#/components/schemas/B"}, "B": {"required": 1}}}, ["get /x"]),
    ({"schemas": {"A": {"type": "object"}, "B": {"required": 1}}}, []),
    (
        {
            "schemas": {
                "A": {
                    "discriminator": {"propertyName": "t", "mapping": {"b": "B"}},
                    "oneOf": [{"type": "object"}],
                },
                "B": {"required": 1},
            }
        },
        ["get /x"],
    ),
]


@pytest.mark.parametrize(("components", "left_out"), UNSOUND)
def test_a_component_is_a_part_of_what_leads_to_it(
    components: dict[str, Json], left_out: list[str], tmp_path: Path
) -> None:
    """Through others, and by the mapping of a discriminator; operations beside it are made."""
    used: Json = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    spec = small(responses={"200": {"description": "ok", "content": used}})
    inside(spec, "paths", "/x")["put"] = {"responses": {"204": {"description": "ok"}}}
    spec["components"] = components
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    found = replace(project(tmp_path / "spec.json", tmp_path / "out"), skip_unsupported=True)
    made = pipeline.build_client(found)
    assert [one.id for one in made.api.left_out] == left_out
    assert "put /x" in {op.id for it in made.api.resources for op in it.operations}
    assert bool(left_out) != any("required" in note.message for note in made.notes)
    again = pipeline.build_client(found, validated=True)
    assert again == made


def test_a_reason_is_listed_once_for_an_operation(tmp_path: Path) -> None:
    """And every reason is, however many places have it."""
    wrong: Json = {"application/json": {"schema": {"type": "object", "required": "name"}}}
    spec = small(
        parameters=[{"name": "a", "in": "query", "schema": {"type": "strnig"}}],
        responses={status: {"description": "ok", "content": wrong} for status in ("200", "201")},
    )
    inside(spec, "paths", "/x")["put"] = {"responses": {"204": {"description": "ok"}}}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    found = replace(project(tmp_path / "spec.json", tmp_path / "out"), skip_unsupported=True)
    made = pipeline.build_client(found)
    [left_out] = made.api.left_out
    first, second = sorted(left_out.reasons)
    assert first == 'required: expected a list, found "name", a string'
    assert second.startswith('type: "strnig" is none of ')
    assert len(made.left_out) == 3


def test_one_value_with_two_places_leaves_out_both(tmp_path: Path) -> None:
    """An alias is the value of its anchor."""
    (tmp_path / "spec.yaml").write_text(ALIAS, encoding="utf-8")
    found = replace(project(tmp_path / "spec.yaml", tmp_path / "out"), skip_unsupported=True)
    made = pipeline.build_client(found)
    assert [one.id for one in made.api.left_out] == ["a", "b"]


ALIAS = """\
openapi: 3.0.3
info: {title: Alias, version: "1"}
paths:
  /a: {get: {operationId: a, responses: {"200": &one {description: 5, headers: 1}}}}
  /b: {get: {operationId: b, responses: {"200": *one}}}
  /c: {get: {operationId: c, responses: {"200": {description: ok}}}}
"""


def strict(name: str) -> Project:
    """A project that refuses a document with anything that cannot be expressed."""
    return replace(project_of(name), skip_unsupported=False)


def test_what_is_written_in_a_shared_part_is_one_class() -> None:
    """It is named after the part; a reply whose name says that it is one is not told so twice."""
    names_ = {model.name: model.wire_name for model in generated_package("studio").built.api.models}
    assert names_ == {
        "Dot": "Dot",
        "Frame": "Frame",
        "GetBoardResponse": "GetBoardResponse",
        "Note": "Note",
        "Outline": "Outline",
        "OutlineChaptersOfTheWholeOutlineOfTheBoard": "chaptersOfTheWholeOutlineOfTheBoard",
        "OutlineChaptersOfTheWholeOutlineOfTheBoardSectionsOfTheChapterOfTheWholeOutline": (
            "sectionsOfTheChapterOfTheWholeOutline"
        ),
        "OutlineChaptersOfTheWholeOutlineOfTheBoardSectionsOfTheChapterOfTheWholeOutline"
        "ParagraphsOfTheSectionOfTheChapt2e589198": (
            "paragraphsOfTheSectionOfTheChapterOfTheWholeOutline"
        ),
        "PlacedPlace": "place",
    }


def test_what_is_read_loosely_is_noted_with_its_place() -> None:
    """A note is a warning: it has a line, and stops nothing."""
    notes = generated_package("library").built.notes
    assert [(note.place.line, note.message.partition(";")[0]) for note in notes] == [
        (57, "a decoder cannot tell these alternatives apart"),
        (59, "items by position have no common type"),
        (76, "`anyOf` is not checked by the client"),
        (77, "'Tree' contains itself without an object between"),
    ]


@pytest.mark.parametrize(
    ("operation", "tag", "name"),
    [
        ("issues/list-for-repo", "issues", "list_for_repo"),
        ("listPets", "pets", "list_pets"),
        ("petsList", "pets", "list"),
        ("pets", "pets", "pets"),
        ("Pet Store.addPet", "pet-store", "add_pet"),
        ("get /pets/{id}", "pets", "get_pets_id"),
        ("import", "x", "import_"),
        ("models", "x", "models_"),
    ],
)
def test_a_method_does_not_say_its_resource_again(operation: str, tag: str, name: str) -> None:
    """Only the words of the tag at the start are dropped."""
    assert names.method_name(operation, tag) == name


@pytest.mark.parametrize(
    ("tag", "name", "kind"),
    [
        ("issues", "issues", "Issues"),
        ("Pet Store", "pet_store", "PetStore"),
        ("close", "close_", "Close"),
        ("scopes", "scopes_", "Scopes"),
        ("conflict", "conflict", "ConflictResource"),
        ("client", "client_", "ClientResource"),
    ],
)
def test_a_resource_hides_nothing_of_the_client(tag: str, name: str, kind: str) -> None:
    """A tag that is a name of the client or of what it exports makes way."""
    assert (names.resource_name(tag), names.resource_class(tag)) == (name, kind)


def small(**operation: Json) -> dict[str, Json]:
    """A document of one operation."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "Small", "version": "1"},
        "paths": {"/x": {"get": {"responses": {"200": {"description": "ok"}}, **operation}}},
    }


def built(spec: Json) -> ir.Api:
    return build_foreign(document(spec), "small").api


def test_security_and_servers_come_from_the_document() -> None:
    """Alternatives of schemes; an empty list is an alternative without any."""
    spec = small(security=[{"key": [], "login": []}, {"token": []}])
    spec["servers"] = [{"url": "https://{x}.example.com/", "variables": {"x": {"default": "a"}}}]
    spec["components"] = {
        "securitySchemes": {
            "key": {"type": "apiKey", "in": "query", "name": "k"},
            "login": {"type": "http", "scheme": "Basic"},
            "token": {"type": "oauth2", "flows": {}},
        }
    }
    api = built(spec)
    assert [(one.wire_name, one.type, one.key) for one in api.schemes] == [
        ("key", "query", "k"),
        ("login", "basic", ""),
        ("token", "bearer", ""),
    ]
    assert (api.server, len(api.servers)) == ("https://a.example.com", 1)
    assert api.resources[0].operations[0].security == (("key", "login"), ("token",))
    assert build_foreign(document(spec), "small").notes == ()
    assert built(small(security=[])).resources[0].operations[0].security == ((),)
    assert built(small()).resources[0].operations[0].security == ()


@pytest.mark.parametrize(
    ("scheme", "said"),
    [
        ({"in": "header", "name": ""}, "has no name of a header"),
        ({"in": "query", "name": ""}, "has no name of a query"),
        ({"in": "cookie", "name": "a;b"}, "cannot be the name of a cookie"),
        ({"in": "header", "name": "Content-Length"}, "is part of every request"),
    ],
)
def test_a_key_that_no_request_can_carry_leaves_out_what_names_it(
    scheme: dict[str, Json], said: str
) -> None:
    """Its name would become part of the request. Operations with other schemes are made."""
    spec = small(security=[{"key": []}, {"token": []}])
    inside(spec, "paths", "/x")["put"] = {
        "responses": {"204": {"description": "ok"}},
        "security": [{"token": []}],
    }
    token: Json = {"type": "http", "scheme": "bearer"}
    spec["components"] = {"securitySchemes": {"key": {"type": "apiKey", **scheme}, "token": token}}
    made = build_foreign(document(spec), "small", skip_unsupported=True)
    [left_out] = made.api.left_out
    assert (left_out.id, len(left_out.reasons)) == ("get /x", 1)
    assert said in left_out.reasons[0]
    assert made.api.resources[0].operations[0].security == (("token",),)


def test_a_scheme_that_the_client_cannot_speak_is_the_servers_to_ask_for() -> None:
    """It is noted with its place; what is asked for beside it is sent."""
    spec = small(security=[{"cert": [], "token": []}, {"digest": []}])
    spec["components"] = {
        "securitySchemes": {
            "cert": {"type": "mutualTLS"},
            "digest": {"type": "http", "scheme": "digest"},
            "token": {"type": "openIdConnect", "openIdConnectUrl": "https://id.example.com"},
        }
    }
    assert [one.wire_name for one in built(spec).schemes] == ["token"]
    assert built(spec).resources[0].operations[0].security == (("token",), ())
    notes = build_foreign(document(spec), "small").notes
    assert [note.message.partition(":")[0] for note in notes] == [
        "the security scheme 'cert' is not supported",
        "the security scheme 'digest' is not supported",
    ]


def test_an_operation_is_signed_as_the_document_says(packages: Path) -> None:
    """With one of its alternatives, and not at all where it asks for none."""
    sent, _ = call_operation(
        packages, "shelter", json_response([]), "animals.list", auth={"key": "k3y"}
    )
    assert (sent.header("X-Key"), sent.header("Authorization")) == ("k3y", None)
    sent, _ = call_operation(
        packages, "shelter", json_response([]), "animals.list", auth={"basic": "me:pass"}
    )
    assert (sent.header("X-Key"), sent.header("Authorization")) == (None, "Basic bWU6cGFzcw==")
    sent, _ = call_operation(
        packages,
        "shelter",
        ScriptedResponse(status=204),
        "animals.create_animal",
        auth={"key": "k3y"},
        name="Tom",
        lives=9,
    )
    assert (sent.header("X-Key"), sent.header("Authorization")) == (None, None)


def test_the_token_of_github_is_for_github(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of another API takes none from the environment: it would send it to a stranger."""
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    sent, _ = call_operation(packages, "shelter", json_response([]), "animals.list")
    assert "ghp_secret" not in str(sent.headers)
    client = importlib.import_module("shelter")
    assert not hasattr(client.AsyncClient, "from_env")


HARMFUL: list[tuple[dict[str, Json], str]] = [
    ({"parameters": [{"name": "a b", "in": "header", "schema": {}}]}, "cannot be the name"),
    (
        {"parameters": [{"name": "upgrade", "in": "header", "schema": {}}]},
        "is part of every request",
    ),
    ({"responses": {"20": {"description": ""}}}, "is not a status"),
]


@pytest.mark.parametrize(("change", "said"), HARMFUL)
def test_what_would_harm_a_request_is_refused(change: dict[str, Json], said: str) -> None:
    """Names and media types become headers: nothing may stand in them that ends one."""
    with pytest.raises(SpecError) as caught:
        build_foreign(document(small(**change)), "small")
    assert [said in problem.message for problem in caught.value.problems] == [True]
    assert build_foreign(document(small(**change)), "small", skip_unsupported=True).api.left_out
