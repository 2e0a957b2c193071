"""Documents that have nothing of ours: every feature of `foreign/` generates, imports, type-checks, calls.

A document is named by what it holds; `unsupported.yaml` holds what no client can express, and
`unsupported.txt` what is said of it.
"""

from __future__ import annotations

import functools
import importlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from client.loopback import Answer, Loopback, Received, reply
from generating import document, project, write_files
from runnersmith import ir, names, pipeline
from runnersmith.build import build_foreign
from runnersmith.cli import main
from runnersmith.document import Json
from runnersmith.problems import SpecError, UnsupportedError
from runnersmith.project import Project

FOREIGN = Path(__file__).parent / "foreign"
SPECS = sorted(path.stem for path in FOREIGN.glob("*.yaml"))


def of(name: str) -> Project:
    found = project(FOREIGN / f"{name}.yaml", FOREIGN / "output", package=name)
    return replace(found, skip_unsupported=True)


@functools.cache
def produced(name: str) -> pipeline.Product:
    """The client of a document, without what cannot be expressed."""
    return pipeline.produce(of(name))


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the import path with the packages of all documents."""
    folder = tmp_path_factory.mktemp("foreign")
    for name in SPECS:
        files = produced(name).files
        write_files(
            folder, {path: text for path, text in files.items() if path.startswith(f"{name}/")}
        )
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


# ── Every document ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SPECS)
def test_two_runs_agree(name: str, tmp_path: Path) -> None:
    """Another process with another hash seed writes the same bytes."""
    command = [
        sys.executable,
        "-m",
        "runnersmith",
        "generate",
        "--spec",
        str(FOREIGN / f"{name}.yaml"),
    ]
    command += ["--package", name, "--output", str(tmp_path / "out"), "--skip-unsupported"]
    subprocess.run(command, check=True, capture_output=True, env={"PYTHONHASHSEED": "7"})
    for path, text in produced(name).files.items():
        assert (tmp_path / "out" / path).read_bytes().decode() == text, path


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


def test_what_is_generated_passes_strict_type_checks(packages: Path, tmp_path: Path) -> None:
    """Nothing is found by mypy --strict in any of the packages."""
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--cache-dir",
        str(tmp_path),
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


# ── What is sent and read ────────────────────────────────────────────────────────────────────


def called(
    packages: Path, package: str, answer: Answer, call: str, /, **arguments: Any
) -> tuple[Received, Any]:
    """Call `resource.method` of a package, and give the request that left with the result."""
    assert (packages / package).exists()
    resource, _, method = call.partition(".")
    positional, auth = arguments.pop("path", ()), arguments.pop("auth", None)
    with Loopback(answer) as server:
        client = importlib.import_module(package).Client(auth=auth, base_url=server.url)
        with client:
            result = getattr(getattr(client, resource), method)(*positional, **arguments)
        return server.only, result


def test_parameters_travel_in_their_places_and_styles(packages: Path) -> None:
    """Query in every style, a header, a cookie; a tagged union is read by its tag."""
    models = importlib.import_module("shelter.models")
    sent, animals = called(
        packages,
        "shelter",
        reply([{"kind": "cat", "name": "Tom", "lives": 9}, {"kind": "dog", "name": "Rex", "x": 1}]),
        "animals.list",
        kinds=["a|b", "c"],
        colours=["red", "b,w"],
        filter=models.AnimalsListFilter(name="T&m", age=3),
        weight=1.5,
        id=7,
        x_trace_id="trace 1",
        session="s=1",
    )
    assert sent.target == (
        "/animals?kinds=a%7Cb%7Cc&colours=red,b%2Cw&filter%5Bname%5D=T%26m&filter%5Bage%5D=3&weight=1.5&id=7"
    )
    assert (sent.header("X-Trace-Id"), sent.header("Cookie")) == ("trace 1", "session=s%3D1")
    assert animals == [models.Cat(name="Tom", lives=9), models.Dog(name="Rex")]
    assert animals[0].kind == "cat"
    assert msgspec.json.decode(msgspec.json.encode(animals[1]))["kind"] == "dog"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (reply({"name": "Tom", "lives": 9}, 201), "Cat"),
        (reply({"number": 4, "state": "odd"}, 202), "Receipt"),
        (Answer(status=204), "NoneType"),
    ],
)
def test_a_reply_is_read_by_its_status(packages: Path, answer: Answer, wanted: str) -> None:
    """Each status has a type of its own, which need not be told from the others."""
    sent, result = called(packages, "shelter", answer, "animals.create_animal", name="Tom", lives=9)
    assert (sent.json, type(result).__name__) == ({"name": "Tom", "lives": 9}, wanted)


def test_a_form_is_sent_as_a_form(packages: Path) -> None:
    """Names that places share are told apart; lists and objects follow the encoding."""
    models = importlib.import_module("shelter.models")
    sent, _ = called(
        packages,
        "shelter",
        Answer(status=204),
        "animals.update",
        path=(3,),
        id_query="q",
        id_body=5,
        name="a b",
        tags=["x", "y"],
        address=models.AnimalsUpdateRequestAddress(street="1 & 2"),
    )
    assert (sent.method, sent.target) == ("PUT", "/animals/3?id=q")
    assert sent.header("Content-Type") == "application/x-www-form-urlencoded"
    assert sent.body == b"id=5&name=a%20b&tags=x,y&street=1%20%26%202"


def test_an_optional_body_is_left_out_when_nothing_is_given(packages: Path) -> None:
    """No empty form, no empty object."""
    sent, _ = called(packages, "shelter", Answer(status=204), "animals.update", path=(3,))
    assert (sent.body, sent.header("Content-Type")) == (b"", None)
    sent, _ = called(packages, "library", Answer(status=204), "books.clear")
    assert (sent.body, sent.header("Content-Type")) == (b"", None)


def test_files_are_parts_of_a_form(packages: Path) -> None:
    """A file has its media type, a list is several parts, an object is JSON."""
    models = importlib.import_module("shelter.models")
    sent, receipt = called(
        packages,
        "shelter",
        reply({"number": 1}),
        "animals.upload_photo",
        path=(3,),
        photo=b"\x89PNG\r\n",
        more=[b"1", b"2"],
        caption="Tom",
        taken=models.AnimalsUploadPhotoRequestTaken(at="home"),
    )
    boundary = (sent.header("Content-Type") or "").removeprefix("multipart/form-data; boundary=")
    parts = sent.body.split(b"--" + boundary.encode())
    assert (parts[0], parts[-1]) == (b"", b"--\r\n")
    assert [part.strip(b"\r\n") for part in parts[1:-1]] == [
        (
            b'Content-Disposition: form-data; name="photo"; filename="photo"\r\n'
            b"Content-Type: image/png\r\n\r\n\x89PNG"
        ),
        *(
            b'Content-Disposition: form-data; name="more"; filename="more"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n" + digit
            for digit in (b"1", b"2")
        ),
        b'Content-Disposition: form-data; name="caption"\r\n\r\nTom',
        (
            b'Content-Disposition: form-data; name="taken"\r\nContent-Type: application/json\r\n'
            b'\r\n{"at":"home"}'
        ),
    ]
    assert parts[1].endswith(b"\x89PNG\r\n\r\n")  # the file's own line end is kept
    assert receipt.number == 1


def test_bytes_and_text_travel_as_they_are(packages: Path) -> None:
    """Both ways; what is asked for is what the description names."""
    photo = Answer(body=b"\x00\xff", headers={"Content-Type": "image/png"})
    sent, found = called(packages, "shelter", photo, "animals.download_photo", path=(3,))
    assert (sent.header("Accept"), found) == ("image/png", b"\x00\xff")
    words = Answer(body="Grüße".encode(), headers={"Content-Type": "text/plain; charset=utf-8"})
    sent, found = called(packages, "shelter", words, "default.notice")
    assert (sent.header("Accept"), found) == ("text/plain", "Grüße")
    sent, _ = called(packages, "shelter", Answer(status=205), "default.set_notice", body="Grüße")
    assert (sent.header("Content-Type"), sent.body) == ("text/plain", "Grüße".encode())
    sent, _ = called(packages, "shelter", Answer(status=204), "default.draw_notice", body=b"\x00")
    assert (sent.header("Content-Type"), sent.body) == ("application/octet-stream", b"\x00")
    sent, _ = called(packages, "shelter", Answer(), "default.probe_notice")
    assert sent.method == "HEAD"


BOOK: dict[str, Json] = {"title": "Emma", "a": None, "b": None, "c": None, "d": None, "e": "x"}


def test_paths_have_styles_and_values_may_be_null_in_every_spelling(packages: Path) -> None:
    """A label, a matrix and JSON in a query; and a reply with every null there is."""
    more: dict[str, Json] = {
        "chapters": [BOOK],
        "owner": {"shelf": "A"},
        "owners": ["x", {"name": "J"}],
        "sizes": [1, "x"],
        "prices": {"eu": None, "us": 1},
        "mixed": True,
        "tree": [[], [[]]],
        "list": "many",
        "any": {"x": 1},
        "+1": 3,
    }
    sent, book = called(
        packages,
        "library",
        reply({**BOOK, **more}),
        "books.get_book",
        path=("i/1", [1, 2]),
        query={"a": 1},
    )
    assert sent.target == "/books/.i%2F1/;marks=1;marks=2?query=%7B%22a%22%3A1%7D"
    assert (book.a, book.b, book.c, book.d, book.chapters[0].title) == (
        None,
        None,
        None,
        None,
        "Emma",
    )
    assert (book.owner, book.owners[1].name, book.sizes) == ({"shelf": "A"}, "J", [1, "x"])
    assert (book.prices, book.mixed, book.list_, book.plus_1) == (
        {"eu": None, "us": 1},
        True,
        "many",
        3,
    )


def test_a_body_may_be_a_list_or_a_map(packages: Path) -> None:
    """What is no object with properties is one argument."""
    models = importlib.import_module("library.models")
    author = models.Author(name="J")
    book = models.Book(title="Emma", a=None, b=None, c=author, d="red")
    sent, number = called(packages, "library", reply(1), "books.replace", body=[book])
    assert number == 1
    assert sent.json == [{"title": "Emma", "a": None, "b": None, "c": {"name": "J"}, "d": "red"}]
    sent, anything = called(packages, "library", reply([1]), "books.add", body={"a": "b"})
    assert (sent.json, anything) == ({"a": "b"}, [1])


# ── What is said ─────────────────────────────────────────────────────────────────────────────


def test_every_problem_is_told_at_once_and_nothing_is_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    update: bool,
) -> None:
    """Without --skip-unsupported there is no client at all."""
    monkeypatch.chdir(FOREIGN)
    arguments = ["generate", "--spec", "unsupported.yaml", "--package", "unsupported"]
    assert main([*arguments, "--output", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    wanted = FOREIGN / "unsupported.txt"
    if update:
        wanted.write_text(said, encoding="utf-8")
    assert said == wanted.read_text(encoding="utf-8")
    assert not (tmp_path / "out").exists()


def test_what_is_left_out_is_listed_with_its_reasons() -> None:
    """In the result, for the terminal, and in the README of the package; the rest is there."""
    made = produced("unsupported")
    api = made.built.api
    emitted = [operation.id for resource in api.resources for operation in resource.operations]
    left_out = [one.id for one in api.left_out]
    assert sorted(emitted) == ["do-it", "sound"]
    assert sorted(left_out) == [
        "do_it",
        "elsewhere",
        "form",
        "named",
        "nested",
        "redirect",
        "trace",
    ]
    assert all(one.reasons for one in api.left_out)
    assert all(f"- `{name}`: " in made.files["README.md"] for name in left_out)
    with pytest.raises(UnsupportedError) as caught:
        pipeline.produce(project(FOREIGN / "unsupported.yaml", FOREIGN / "output"))
    assert set(made.built.left_out) == set(caught.value.problems)


def test_what_is_read_loosely_is_noted_with_its_place() -> None:
    """A note is a warning: it has a line, and stops nothing."""
    notes = produced("library").built.notes
    assert [(note.place.line, note.message.partition(";")[0]) for note in notes] == [
        (57, "a decoder cannot tell these alternatives apart"),
        (59, "items by position have no common type"),
        (76, "`anyOf` is not checked by the client"),
        (77, "'Tree' is made of itself with no object between"),
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
        ({"in": "header", "name": "Content-Length"}, "frames every request"),
    ],
)
def test_a_key_that_no_request_can_carry_is_refused(scheme: dict[str, Json], said: str) -> None:
    """Its name becomes part of every request that is signed with it."""
    spec = small()
    spec["components"] = {"securitySchemes": {"key": {"type": "apiKey", **scheme}}}
    with pytest.raises(SpecError, match=said):
        built(spec)


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
        "nothing is sent for the security scheme 'cert'",
        "nothing is sent for the security scheme 'digest'",
    ]


def test_an_operation_is_signed_as_the_document_says(packages: Path) -> None:
    """With one of its alternatives, and not at all where it asks for none."""
    sent, _ = called(packages, "shelter", reply([]), "animals.list", auth={"key": "k3y"})
    assert (sent.header("X-Key"), sent.header("Authorization")) == ("k3y", None)
    sent, _ = called(packages, "shelter", reply([]), "animals.list", auth={"basic": "me:pass"})
    assert (sent.header("X-Key"), sent.header("Authorization")) == (None, "Basic bWU6cGFzcw==")
    sent, _ = called(
        packages,
        "shelter",
        Answer(status=204),
        "animals.create_animal",
        auth={"key": "k3y"},
        name="Tom",
        lives=9,
    )
    assert (sent.header("X-Key"), sent.header("Authorization")) == (None, None)


def test_the_token_of_github_is_for_github(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client of another API takes none from the environment: it would send it to a stranger."""
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_secret")
    sent, _ = called(packages, "shelter", reply([]), "animals.list")
    assert "ghp_secret" not in str(sent.headers)
    client = importlib.import_module("shelter")
    with pytest.raises(client.InvalidArgument, match="make a Client with auth="):
        client.AsyncClient.from_env()


HARMFUL: list[tuple[dict[str, Json], str]] = [
    ({"parameters": [{"name": "a b", "in": "header", "schema": {}}]}, "cannot be the name"),
    ({"parameters": [{"name": "host", "in": "header", "schema": {}}]}, "frames every request"),
    (
        {"responses": {"200": {"description": "", "content": {"text/x\r\ny: z": {}}}}},
        "is no media type",
    ),
    ({"tags": ["ключ"]}, "no Python name"),
    ({"responses": {"20": {"description": ""}}}, "is no status"),
]


@pytest.mark.parametrize(("change", "said"), HARMFUL)
def test_what_would_harm_a_request_is_refused(change: dict[str, Json], said: str) -> None:
    """Names and media types become headers: nothing may stand in them that ends one."""
    with pytest.raises(SpecError) as caught:
        build_foreign(document(small(**change)), "small")
    assert [said in problem.message for problem in caught.value.problems] == [True]
    assert build_foreign(document(small(**change)), "small", skip_unsupported=True).api.left_out
