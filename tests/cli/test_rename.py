"""`[tool.runnersmith.rename]`: names that a project sets for a document without our extension."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from runnersmith import cli
from runnersmith.packs.toml_positions import lines
from small_specs import CASES

Run = Callable[..., tuple[int, str]]

SPEC = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: "https://shop.example.com"}]
paths:
  /things/{id}:
    put:
      operationId: getThing
      tags: ["🧩 Things"]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: id, in: query, schema: {type: string}}
        - {name: sortBy, in: query, schema: {type: string}}
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {type: object, properties: {thing: {$ref: "#/components/schemas/Thing"}}}
    get:
      operationId: get_thing
      tags: [other]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: ok}}
    post:
      operationId: move
      tags: [other]
      servers: [{url: "https://files.example.com/v1"}]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: ok}}
    delete:
      operationId: drop
      tags: [other]
      servers: [{url: "https://old.example.com"}]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: ok}}
  /broken:
    get:
      operationId: broken
      tags: [other]
      parameters: [{name: x, in: nowhere}]
      responses: {"204": {description: ok}}
components:
  schemas:
    Thing:
      type: object
      properties: {_id: {type: string}, id: {type: string}, self: {$ref: "#/components/schemas/Thing"}}
    thing: {type: object, properties: {name: {type: string}}}
"""
SETTINGS = """\
[tool.runnersmith]
spec = "spec.yaml"
package = "renamed_shop"
output = "out"
"""


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    """Run a command in a project with this table; its status, and what it printed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "out"), *sys.path])
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")

    def call(table: str, *arguments: str) -> tuple[int, str]:
        (tmp_path / "pyproject.toml").write_text(SETTINGS + table, encoding="utf-8")
        try:
            status = cli.main(arguments or ("generate",))
        except SystemExit as ended:
            status = int(ended.code or 0)
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    yield call
    for name in [it for it in sys.modules if it.partition(".")[0] == "renamed_shop"]:
        del sys.modules[name]


TABLE = """
[tool.runnersmith.rename]
schemas.Thing = "Article"
schemas.thing = "Small"
schemas.GetThingResponse = "Placed"  # an inline schema, by the name of its class
tags."🧩 Things" = "puzzles"
operations.getThing = "place"
servers."https://files.example.com/v1" = "store"
properties.Thing._id = "mongo_id"
arguments.getThing.sortBy = "order"
arguments.getThing.id_query = "search"  # one of three called id, by the name of its argument
arguments.broken.x = "anything"
"""


def test_names_are_as_the_project_sets_them(run: Run, tmp_path: Path) -> None:
    """In Python; on the wire, they are those of the document."""
    status, said = run(TABLE)
    assert (status, "made distinct" in said) == (0, False)
    importlib.invalidate_caches()
    package = importlib.import_module("renamed_shop")
    answer = json_response({"thing": {"_id": "1", "id": "2"}})
    with ScriptedServer(answer) as server, package.Client(base_url=server.url) as client:
        found = client.puzzles.place(
            "x", search="3", order="up", mongo_id="4", id_body="5", self_=package.models.Article()
        )
    assert server.only.target == "/things/x?id=3&sortBy=up"
    assert json.loads(server.only.body) == {"_id": "4", "id": "5", "self": {}}
    assert (type(found).__name__, type(found.thing).__name__) == ("Placed", "Article")
    assert (found.thing.mongo_id, found.thing.id) == ("1", "2")
    assert (tmp_path / "out/renamed_shop/_sync/puzzles.py").exists()
    assert client.other.get_thing
    assert package.ServerUrls.__annotations__.keys() == {"store", "old"}
    with ScriptedServer(ScriptedResponse(status=204)) as server:
        with package.Client(servers={"store": server.url}) as client:
            client.other.move("x")
        assert server.targets == ["/things/x"]


def test_a_change_of_the_table_is_a_change(run: Run) -> None:
    """`check` finds it, and `generate` makes the client anew."""
    assert run("")[0] == 0
    assert run("", "generate", "--check")[0] == 0
    status, said = run(TABLE, "generate", "--check")
    assert status == 1
    assert "puzzles.py" in said


WRONG: list[tuple[str, str]] = [
    ('schemas.Thin = "X"', "the document has no such name; did you mean 'Thing'?"),
    ('tags.things = "x"', "the document has no such name; did you mean '🧩 Things'?"),
    ('tags.x = "y"', "the document has no such name; correct it, or remove it"),
    ('operations.get_things = "x"', "the document has no such name; did you mean 'get_thing'?"),
    ('servers.files = "x"', "the document has no such name"),
    ('servers."https://old.example.com" = "a-b"', "'a-b' cannot be the name; write one such as"),
    ('servers."https://old.example.com" = "files"', "'files' is the name of 'https://files"),
    ('properties.Thing.key = "x"', "the document has no such name; correct it, or remove it"),
    ('properties.thing.nam = "x"', "the document has no such name; did you mean 'name'?"),
    ('properties.Nothing.x = "x"', "the document has no such name; correct it, or remove it"),
    ('arguments.getThing.sort = "x"', "the document has no such name; did you mean 'sortBy'?"),
    ('schemas.Thing = "article"', "'article' cannot be the name; write one such as Article"),
    ('schemas.Thing = "Literal"', "'Literal' cannot be the name; write one such as LiteralModel"),
    ('schemas.Thing = "Thing_lower"', "cannot be the name; write one such as ThingLower"),
    ('tags.other = "close"', "'close' cannot be the name; write one such as close_"),
    ('operations.get_thing = "class"', "'class' cannot be the name; write one such as class_"),
    ('operations.get_thing = "a b"', "'a b' cannot be the name; write one such as a_b"),
    ('operations.get_thing = ""', "'' cannot be the name; write one such as empty"),
    ('properties.Thing._id = "_id"', "'_id' cannot be the name; write one such as id"),
    ('properties.Thing._id = "Id"', "'Id' cannot be the name; write one such as id"),
    ('properties.Thing._id = "\\u0430"', "cannot be the name; write one such as u0430"),
    ('properties.Thing._id = "ｉｄ"', "cannot be the name; write one such as id"),
    ('properties.Thing._id = "list"', "'list' cannot be the name; write one such as list_"),
    ('arguments.getThing.sortBy = "self"', "'self' cannot be the name; write one such as self_"),
    ('properties.Thing._id = "id"', "'id' is the name of 'id' already; choose another"),
    ('schemas.thing = "Thing"', "'Thing' is the name of 'Thing' already; choose another"),
    ('schemas.GetThingResponse = "Thing"', "'Thing' is the name of 'Thing' already"),
    ('tags."🧩 Things" = "other"', "'other' is the name of 'other' already; choose another"),
    ('arguments.getThing.sortBy = "id_query"', "'id_query' is the name of"),
]


@pytest.mark.parametrize(("entry", "said"), WRONG)
def test_a_wrong_entry_is_told_with_its_line(
    entry: str, said: str, run: Run, tmp_path: Path
) -> None:
    """Nothing is written; the place is the line of the pyproject.toml."""
    status, found = run(f"\n[tool.runnersmith.rename]\n{entry}\n")
    assert status == 1
    problems = [line for line in found.splitlines() if said in line]
    key = entry.partition(" =")[0]
    assert [line.startswith(f"pyproject.toml:7:1: rename.{key}: ") for line in problems] == [True]
    assert not (tmp_path / "out").exists()
    # `validate` says the same.
    status, found = run(f"\n[tool.runnersmith.rename]\n{entry}\n", "validate", "--level", "foreign")
    assert status == 1


def test_every_wrong_entry_is_told_at_once(run: Run) -> None:
    """Also in tables of their own."""
    table = '[tool.runnersmith.rename.properties."Thing"]\n_id = "id"\nkey = "x"\n'
    status, said = run(f"{table}[tool.runnersmith.rename.tags]\nnone = 'x'\n")
    assert status == 1
    assert [line.partition(": ")[0] for line in said.splitlines() if "rename." in line] == [
        "pyproject.toml:6:1",
        "pyproject.toml:7:1",
        "pyproject.toml:9:1",
    ]


@pytest.mark.parametrize("entry", ['models.x = "y"', "schemas.x = 1", 'properties.Thing = "x"'])
def test_what_is_no_entry_is_usage(entry: str, run: Run) -> None:
    """Like any other unusable setting."""
    status, said = run(f"[tool.runnersmith.rename]\n{entry}\n")
    assert status == 2
    assert "[tool.runnersmith]: " in said


def test_a_curated_spec_has_its_own_names(run: Run, tmp_path: Path) -> None:
    """The table is refused for it, rather than ignored."""
    (tmp_path / "ours.yaml").write_bytes((CASES / "minimal" / "spec.yaml").read_bytes())
    options = ("--spec", "ours.yaml", "--package", "ours", "--output", "ours")
    status, said = run(TABLE, "generate", *options)
    assert status == 1
    assert "rename.schemas.Thing: a spec with x-runnersmith has its own names" in said


def test_diff_knows_the_names_of_the_project(run: Run, tmp_path: Path) -> None:
    """Those that one side lacks are no error there."""
    (tmp_path / "old.yaml").write_text(SPEC.replace("get_thing", "fetch"), encoding="utf-8")
    arguments = ("diff", "old.yaml", "spec.yaml")
    status, said = run('[tool.runnersmith.rename]\noperations.get_thing = "find"\n', *arguments)
    assert status == 0
    assert "other.find" in said
    assert "other.get_thing" not in said


def test_lines_of_tables_with_dots_and_quotes() -> None:
    """The line of each key, whatever the form of its table."""
    text = '[a.b]\nx = 1\n[a."c.d"]\n"y.z" = 2\n[[a.e]]\nw = 3\n[[a.e]]\nw = 4\n'
    found = lines(text)
    assert found["a", "b", "x"] == 2
    assert found["a", "c.d", "y.z"] == 4
    assert (found["a", "e", 0, "w"], found["a", "e", 1, "w"]) == (6, 8)
