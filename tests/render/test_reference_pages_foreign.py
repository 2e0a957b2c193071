"""The reference of any document: its links hold, its examples type-check and run, two runs agree.

The documents are those of tests/foreign; what their clients can do is shown by test_foreign.py.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import (
    ReceivedRequest,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)
from render.markdown_pages import broken, examples, headings, links, python
from render.test_usage_examples import module
from runnersmith import ir, pipeline
from runnersmith.lowering import build_foreign
from runnersmith.openapi.document import Json
from runnersmith.packs import shipped
from runnersmith.project import find
from runnersmith.render.docs import docstrings
from small_specs import REPOSITORY, Schema, document, importable, made, mypy, project, write_files

FOREIGN = REPOSITORY / "tests" / "foreign"
SPECS = sorted(path.stem for path in FOREIGN.glob("*.yaml"))
REFERENCE = shipped("templates") / "reference"


@functools.cache
def built(name: str) -> ir.Api:
    """A document without what cannot be expressed."""
    found = project(FOREIGN / f"{name}.yaml", FOREIGN / "output", package=name)
    return pipeline.build_ir(found)


@functools.cache
def docs(name: str) -> dict[str, str]:
    """The reference of a document."""
    return made(built(name), REFERENCE, package=name).rendered


@functools.cache
def readme(name: str) -> str:
    """The README of a document's client."""
    return made(built(name), package=name).rendered["README.md"]


def sections(name: str) -> Iterator[tuple[ir.Resource, ir.Operation, str]]:
    """Every operation with its resource, and the part of a page that is about it."""
    for resource in built(name).resources:
        text = docs(name)[f"docs/resources/{resource.module}.md"]
        for operation in resource.operations:
            part = text.partition(f"\n## `{operation.name}`\n")[2].partition("\n## ")[0]
            assert part
            yield resource, operation, part


SECTIONS = {
    f"{name}.{resource.name}.{operation.name}": (name, operation, text)
    for name in SPECS
    for resource, operation, text in sections(name)
}


def client(name: str) -> dict[str, str]:
    """The modules of a document's client."""
    found = made(built(name), package=name)
    files = {**found.rendered, **found.copied}
    return {path: files[path] for path in files if path.startswith(f"{name}/")}


def said(name: str) -> str:
    """What the reference says of an operation."""
    return SECTIONS[name][2]


# ── Every document ───────────────────────────────────────────────────────────────────────────


def test_pages_come_with_a_client_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no settings name packs. The test kit comes with it, too."""
    monkeypatch.chdir(tmp_path)
    packs = [pack.name for pack in find(spec="api.yaml").packs]
    assert packs == ["client", "testing", "reference"]


@pytest.mark.parametrize("name", SPECS)
def test_every_link_leads_somewhere(name: str) -> None:
    """From the index to every resource and model, and from there to every method."""
    assert list(broken(docs(name))) == []
    api, index = built(name), links(docs(name)["docs/README.md"])
    assert index == [
        *("client.md", "options.md", "results.md", "errors.md"),
        *(f"resources/{resource.module}.md" for resource in api.resources),
        *(f"models/{model.module}.md" for model in api.models),
    ]


@pytest.mark.parametrize("name", SPECS)
def test_nothing_of_github_is_said(name: str) -> None:
    """Nor of what only its API has: products, versions of the API, tasks."""
    for text in docs(name).values():
        assert not re.search(r"GitHub(?!Error)|GHEC|GITHUB|token of|By task", text)


@pytest.mark.parametrize("name", SPECS)
def test_every_operation_has_a_signature_and_two_examples(name: str) -> None:
    """And its request, whose path is the document's."""
    for _, operation, text in sections(name):
        assert len(python(text)) == 3
        assert len(examples(text)) == 2
        assert f"\n| Request | `{operation.method} {operation.path}` |\n" in text
        for argument in (*operation.arguments, *operation.query, *operation.headers):
            assert f"\n| `{argument.name}` | " in text


def test_every_example_type_checks(tmp_path: Path, mypy_cache: Path) -> None:
    """Mypy --strict, once for all documents: those of the reference and of the README."""
    for name in SPECS:
        write_files(tmp_path, client(name))
        texts = (*docs(name).values(), readme(name))
        blocks = [block for text in texts for block in examples(text)]
        assert blocks
        write_files(tmp_path, {f"examples_{name}.py": module(blocks)})
    done = mypy(tmp_path, mypy_cache, *(f"examples_{name}.py" for name in SPECS))
    found = f"Success: no issues found in {len(SPECS)} source files\n"
    assert (done.returncode, done.stdout) == (0, found), done.stdout + done.stderr


def test_two_runs_agree() -> None:
    """Another process with another hash seed makes the same pages."""
    code = "import render.test_reference_pages_foreign as it; print(it.digest())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY / "tests",
        env={"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest()


def digest() -> str:
    """What all pages of all documents come to."""
    whole = repr([(name, sorted(docs(name).items())) for name in SPECS])
    return hashlib.sha256(whole.encode()).hexdigest()


# ── The examples run ─────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The packages of all documents, to be imported; other tests have some of the same name."""
    folder = tmp_path_factory.mktemp("pages")
    for name in SPECS:
        write_files(folder, client(name))
    with importable(folder, SPECS):
        yield


def sample(found: ir.Type, models: dict[str, ir.Model], inside: tuple[str, ...] = ()) -> Json:
    """A JSON value of a type, with what has to be there."""
    match found:
        case ir.Primitive(name=kind):
            return _SAMPLES[kind]
        case ir.Literal(values=values):
            return values[0]
        case ir.Array(items=ir.Reference(model=model)) if model in inside:
            return []
        case ir.Array(items=items):
            return [sample(items, models, inside)]
        case ir.Map():
            return {}
        case ir.Reference(model=name):
            held = models[name]
            fields: dict[str, Json] = {
                one.wire_name: sample(one.type, models, (*inside, name))
                for one in held.fields
                if one.required
            }
            fields |= {it.wire_name: it.values[0] for it in held.conditions or () if it.values}
            return fields if held.tag is None else {held.tag.wire_name: held.tag.value, **fields}
        case ir.Nullable():
            return None
        case ir.Union(members=members):
            return sample(members[0], models, inside)


_SAMPLES: dict[str, Json] = {
    "str": "text",
    "int": 1,
    "float": 1.5,
    "bool": True,
    "datetime": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "bytes": "eA==",
    "any": {"some": "thing"},
}


def answer(operation: ir.Operation, api: ir.Api) -> ScriptedResponse:
    """The first success that a document declares of an operation."""
    declared = next(iter(operation.responses), None)
    if declared is None:
        return ScriptedResponse(status=204)
    status = 200 if declared.status < 100 else declared.status
    if declared.type is None:
        return ScriptedResponse(status=status)
    if declared.encoding == "location":
        return ScriptedResponse(status=status, headers={"Location": "/elsewhere"})
    if declared.encoding not in ("json", "any"):
        kind = declared.media_type or "application/octet-stream"
        return ScriptedResponse(status=status, body=b"text", headers={"Content-Type": kind})
    return json_response(sample(declared.type, {model.name: model for model in api.models}), status)


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.usefixtures("packages")
def test_the_examples_of_an_operation_run(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As they stand, sync and async: each sends its one request, to the path of the document."""
    spec, operation, text = SECTIONS[name]
    with ScriptedServer(default=answer(operation, built(spec))) as server:
        package = importlib.import_module(spec)
        for kind in ("Client", "AsyncClient"):
            names = [it.name for it in built(spec).named_servers]
            monkeypatch.setattr(package, kind, _here(getattr(package, kind), server.url, names))
        for block in examples(text):
            code = compile(block, name, "exec")
            exec(code, {"__name__": "__main__"})  # noqa: S102 - our own text
    path = re.sub(r"\\{[^{}]*\\}", "[^/?]+", re.escape(operation.path))
    for request in server.requests:
        assert request.method == operation.method
        assert re.fullmatch(path, request.target.partition("?")[0]), request.target
    assert len(server.requests) == 2


# The pages about the client itself.
CLIENT_PAGES = ("docs/client.md", "docs/results.md", "docs/errors.md")


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.usefixtures("packages")
def test_the_examples_of_the_client_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of the README too, as they stand: each sends requests that the document declares."""
    api, package = built(name), importlib.import_module(name)
    operations = [one for resource in api.resources for one in resource.operations]

    def declared(request: ReceivedRequest) -> ScriptedResponse:
        path = request.target.partition("?")[0]
        return next(
            answer(one, api)
            for one in operations
            if one.method == request.method
            and re.fullmatch(re.sub(r"\{[^{}]*\}", "[^/]+", one.path), path)
        )

    pages = [readme(name), *(docs(name)[page] for page in CLIENT_PAGES)]
    blocks = [block for text in pages for block in examples(text)]
    assert len(blocks) == 10
    (tmp_path / "credential.txt").write_text("user:SECRET\n")
    monkeypatch.chdir(tmp_path)
    with ScriptedServer(default=declared) as server:
        names = [it.name for it in api.named_servers]
        for kind in ("Client", "AsyncClient"):
            monkeypatch.setattr(package, kind, _here(getattr(package, kind), server.url, names))
        for number, block in enumerate(blocks, 1):
            code = compile(block, name, "exec")
            exec(code, {"__name__": "__main__"})  # noqa: S102 - our own text
            assert len(server.requests) == number


def _here(kind: Any, url: str, servers: Sequence[str]) -> Any:
    def made(**given: Any) -> Any:
        named = {"servers": dict.fromkeys(servers, url)} if servers else {}
        return kind(**{**given, **named, "base_url": url})

    return made


# ── What is said ─────────────────────────────────────────────────────────────────────────────


def test_arguments_say_where_they_travel() -> None:
    """Where they have another name there, or are no usual arguments."""
    listed = said("shelter.animals.list")
    assert "| `x_trace_id` | `str`, optional | Sent as the header `X-Trace-Id`. |" in listed
    assert "| `session` | `str`, optional | Sent as the cookie `session`. |" in listed
    assert "| `weight` | `float`, optional |  |" in listed
    changed = said("shelter.animals.update")
    assert "| `id_query` | `str`, optional | Sent in the query as `id`. |" in changed
    assert "| `id_body` | `int`, optional | Sent in the body as `id`. |" in changed


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("animals.update", "| Request body | a form, `application/x-www-form-urlencoded` |"),
        ("animals.upload_photo", "| Request body | a multipart form, `multipart/form-data` |"),
        ("default.set_notice", "| Request body | text, `text/plain` |"),
        ("default.draw_notice", "| Request body | bytes, `application/octet-stream` |"),
        ("animals.download_photo", "| Returns | `bytes` (`image/png`) |"),
        ("animals.list", "| Authentication | `key`, or `basic`, or none |"),
        ("animals.create_animal", "| Authentication | none |"),
        ("animals.remove", "| `StatusError` | 4XX | Not yours. |"),
        ("animals.list", "| `StatusError` | Any other status | Something went wrong. |"),
    ],
)
def test_what_travels_is_said(name: str, row: str) -> None:
    """Bodies and replies that are no JSON, security schemes, classes of errors."""
    assert f"\n{row}\n" in said(f"shelter.{name}")


def test_the_scopes_of_a_token_are_said() -> None:
    """On the page, in the docstring, and to the program that is refused."""
    row = "| Permissions | oauth\\_2\\_0 scope library-modify |"
    assert f"\n{row}\n" in said("music.albums.save_albums_user")
    assert "| Permissions |" not in said("music.albums.check_users_saved_albums")
    files = client("music")
    needed = "oauth_2_0 scope library-modify"
    assert f"Permissions: {needed}." in files["music/_sync/albums.py"]
    assert f'needs="{needed}",' in files["music/_operations/albums.py"].replace("\n", " ")


SCOPED: list[tuple[Json, str]] = [
    ([{"t": ["read", "write"]}], "t scopes read, write"),
    ([{"t": ["read"]}, {"u": ["all"]}], "t scope read, or u scope all"),
    ([{"t": ["read"], "u": ["all"]}], "t scope read and u scope all"),
    ([{"t": ["read"]}, {"t": ["read"]}, {"u": []}, {}], "t scope read"),
    ([{"t": []}, {"nowhere": ["read"]}], ""),
]


@pytest.mark.parametrize(("security", "needs"), SCOPED)
def test_scopes_are_alternatives_as_their_schemes_are(security: Json, needs: str) -> None:
    """Those of one alternative are needed together; a scheme that is not declared has none."""
    schemes: Schema = {"t": {"type": "oauth2", "flows": {}}, "u": BEARER}
    api = build_foreign(
        document(spec(schemes, security=security)), "small", skip_unsupported=True
    ).api
    assert docstrings.permissions(api.resources[0].operations[0]) == needs


def test_every_success_has_its_type() -> None:
    """By status, where they differ."""
    cat, receipt = "[`Cat`](../models/cat.md)", "[`Receipt`](../models/receipt.md)"
    row = f"| Returns | {cat} with 201; {receipt} with 202; `None` with 204 |"
    assert row in said("shelter.animals.create_animal")
    assert f"| Returns | {receipt} |" in said("shelter.animals.upload_photo")


def test_a_model_says_what_tells_it_from_others() -> None:
    """Though no field holds it."""
    assert (
        '| `kind` | `"cat"` | The tag that distinguishes' in docs("shelter")["docs/models/cat.md"]
    )


def test_an_example_has_what_an_object_is_recognized_by() -> None:
    """A value of the mapping, instead of any text."""
    (page,) = (text for path, text in docs("museum").items() if path.endswith("signs.md"))
    assert 'add_lamps(body=[models.Spot(kind="S")])' in " ".join(page.split())


def test_what_is_deprecated_is_so_by_its_api() -> None:
    """Whoever that is."""
    assert "PUT /animals/\\{id\\}. Deprecated.\n" in said("shelter.animals.update")


# ── The examples' values ─────────────────────────────────────────────────────────────────────


def spec(schemes: Schema, **operation: Json) -> Schema:
    """A document of one operation."""
    done: Schema = {"responses": {"204": {"description": "Done."}}, "operationId": "run"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {"/x": {"post": {**done, "tags": ["things"], **operation}}},
        "components": {"securitySchemes": schemes},
    }


def example(found: Schema) -> str:
    """The sync example of the one operation of a document."""
    pages = made(build_foreign(document(found), "small").api, REFERENCE).rendered
    assert list(broken(pages)) == []
    assert headings(pages["docs/resources/things.md"])[1] == "## `run`"
    return examples(pages["docs/resources/things.md"])[0]


KEY: Schema = {"type": "apiKey", "in": "header", "name": "X-Key"}
BASIC: Schema = {"type": "http", "scheme": "basic"}
BEARER: Schema = {"type": "http", "scheme": "bearer"}


ASKED: list[tuple[Schema, Json, str]] = [
    ({}, None, ""),
    ({"k": KEY}, None, ""),
    ({"k": KEY}, [], ""),
    ({"k": KEY}, [{"k": []}], 'auth="KEY"'),
    ({"k": KEY, "b": BASIC}, [{"b": []}, {"k": []}], 'auth={"b": "user:password"}'),
    ({"k": KEY, "b": BASIC}, [{}, {"k": []}], 'auth={"k": "KEY"}'),
    ({"k": KEY, "b": BASIC}, [{"k": [], "b": []}], 'auth={"k": "KEY", "b": "user:password"}'),
    ({"t": BEARER, "u": BEARER}, [{"u": ["read"]}], 'auth="TOKEN"'),
]


@pytest.mark.parametrize(("schemes", "security", "given"), ASKED)
def test_a_client_is_given_what_the_operation_asks_for(
    schemes: Schema, security: Json, given: str
) -> None:
    """And nothing, where it asks for nothing."""
    more: Schema = {} if security is None else {"security": security}
    assert f"\nwith small.Client({given}) as client:\n" in example(spec(schemes, **more))


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://api.example.com/v1", ""),
        ("/v2", 'base_url="https://api.example.com/v2"'),
        (None, 'base_url="https://api.example.com/"'),
    ],
)
def test_a_client_is_told_an_address_where_the_document_says_none(
    url: str | None, given: str
) -> None:
    """A path alone is below one."""
    found = spec({})
    found["servers"] = [] if url is None else [{"url": url}]
    assert f"\nwith small.Client({given}) as client:\n" in example(found)


def test_arguments_have_the_documents_own_values() -> None:
    """Those that have to be given, wherever they travel."""
    given: list[tuple[str, str, Schema]] = [
        ("q", "query", {"example": "books"}),
        ("X-Trace", "header", {"examples": {"a": {"value": "t-1"}}}),
        ("session", "cookie", {"schema": {"type": "string", "example": "s-2"}}),
        ("left", "query", {"example": "out", "required": False}),
    ]
    text: Schema = {"required": True, "schema": {"type": "string"}}
    parameters: list[Json] = [
        {**text, "name": name, "in": place, **more} for name, place, more in given
    ]
    found = spec({}, parameters=parameters)
    assert '.things.run(q="books", x_trace="t-1", session="s-2")\n' in example(found)


PET: Schema = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}


@pytest.mark.parametrize(
    ("media", "schema", "value", "given"),
    [
        ("application/json", {"type": "array", "items": {"type": "integer"}}, [1, 2], "[1, 2]"),
        ("application/json", {"type": "array", "items": {"type": "integer"}}, None, "[1]"),
        ("application/json", {"type": "object"}, {"a": 1}, '{"a": 1}'),
        ("application/json", {"type": "string"}, "x", '"x"'),
        ("text/plain", {"type": "string"}, "Grüße", '"Grüße"'),
        ("application/octet-stream", {"type": "string", "format": "binary"}, "a'b", 'b"a\'b"'),
        ("application/octet-stream", {"type": "string", "format": "binary"}, None, 'b"body"'),
    ],
)
def test_a_body_as_a_whole_is_its_example(
    media: str, schema: Schema, value: Json, given: str
) -> None:
    """Or made up, of its type."""
    content: Schema = {"schema": schema} if value is None else {"schema": schema, "example": value}
    body: Schema = {"required": True, "content": {media: content}}
    assert f".things.run(body={given})\n" in example(spec({}, requestBody=body))


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ({"kind": "cat", "lives": 9}, "models.Cat(lives=9)"),
        ({"kind": "dog", "name": "Rex"}, 'models.Dog(name="Rex")'),
        ({"kind": "cow"}, "models.Cat(lives=1)"),
    ],
)
def test_an_alternative_is_told_by_its_tag(value: Schema, given: str) -> None:
    """Which its class says: it is no argument."""
    found = spec(
        {},
        requestBody={
            "required": True,
            "content": {
                "application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}},
                    "example": [value],
                }
            },
        },
    )
    components = found["components"]
    assert isinstance(components, dict)
    components["schemas"] = {
        "Pet": {
            "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
            "discriminator": {
                "propertyName": "kind",
                "mapping": {
                    "cat": "#/components/schemas/Cat",
                    "dog": "#/components/schemas/Dog",
                },
            },
        },
        "Cat": {
            **PET,
            "required": ["kind", "lives"],
            "properties": {"kind": {"type": "string"}, "lives": {"type": "integer"}},
        },
        "Dog": {
            **PET,
            "properties": {"kind": {"type": "string"}, "name": {"type": "string"}},
        },
    }
    assert f".things.run(body=[{given}])\n" in example(found)
