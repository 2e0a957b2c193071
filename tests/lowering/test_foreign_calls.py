"""Clients of documents that have nothing of ours: what is sent, and what is read."""

from __future__ import annotations

import importlib
import re
import time
from pathlib import Path

import msgspec
import pytest

from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from lowering.foreign_packages import SPECS, call_operation, generated_package
from runnersmith.openapi.document import Json


def test_parameters_travel_in_their_places_and_styles(packages: Path) -> None:
    """Query in every style, a header, a cookie; a tagged union is read by its tag."""
    models = importlib.import_module("shelter.models")
    sent, animals = call_operation(
        packages,
        "shelter",
        json_response(
            [{"kind": "cat", "name": "Tom", "lives": 9}, {"kind": "dog", "name": "Rex", "x": 1}]
        ),
        "animals.list",
        kinds=["a b", "c"],
        colours=["red", "b,w"],
        filter=models.AnimalsListFilter(name="T&m", age=3),
        weight=1.5,
        id=7,
        x_trace_id="trace 1",
        session="s=1",
    )
    assert sent.target == (
        "/animals?kinds=a%20b%7Cc&colours=red,b%2Cw&filter%5Bname%5D=T%26m&filter%5Bage%5D=3&weight=1.5&id=7"
    )
    assert (sent.header("X-Trace-Id"), sent.header("Cookie")) == ("trace 1", "session=s%3D1")
    assert animals == [models.Cat(name="Tom", lives=9), models.Dog(name="Rex", extra={"x": 1})]
    assert animals[0].kind == "cat"
    assert msgspec.json.decode(msgspec.json.encode(animals[1]))["kind"] == "dog"


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (json_response({"name": "Tom", "lives": 9}, 201), "Cat"),
        (json_response({"number": 4, "state": "odd"}, 202), "Receipt"),
        (ScriptedResponse(status=204), "NoneType"),
    ],
)
def test_a_reply_is_read_by_its_status(
    packages: Path, answer: ScriptedResponse, wanted: str
) -> None:
    """Each status has a separate type, which need not be distinguished from the others."""
    sent, result = call_operation(
        packages, "shelter", answer, "animals.create_animal", name="Tom", lives=9
    )
    assert (sent.json, type(result).__name__) == ({"name": "Tom", "lives": 9}, wanted)


def test_a_form_is_sent_as_a_form(packages: Path) -> None:
    """Names that places share are distinguished; lists and objects follow the encoding."""
    models = importlib.import_module("shelter.models")
    sent, _ = call_operation(
        packages,
        "shelter",
        ScriptedResponse(status=204),
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
    address = b"%7B%22street%22%3A%221%20%26%202%22%7D"
    assert sent.body == b"id=5&name=a%20b&tags=x,y&address=" + address


def test_an_optional_body_is_left_out_when_nothing_is_given(packages: Path) -> None:
    """No empty form, no empty object."""
    sent, _ = call_operation(
        packages, "shelter", ScriptedResponse(status=204), "animals.update", path=(3,)
    )
    assert (sent.body, sent.header("Content-Type")) == (b"", None)
    sent, _ = call_operation(packages, "library", ScriptedResponse(status=204), "books.clear")
    assert (sent.body, sent.header("Content-Type")) == (b"", None)


def test_files_are_parts_of_a_form(packages: Path) -> None:
    """A file has its media type, a list is several parts, an object is JSON."""
    models = importlib.import_module("shelter.models")
    sent, receipt = call_operation(
        packages,
        "shelter",
        json_response({"number": 1}),
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
    photo = ScriptedResponse(body=b"\x00\xff", headers={"Content-Type": "image/png"})
    sent, found = call_operation(packages, "shelter", photo, "animals.download_photo", path=(3,))
    assert (sent.header("Accept"), found) == ("image/png", b"\x00\xff")
    words = ScriptedResponse(
        body="Grüße".encode(), headers={"Content-Type": "text/plain; charset=utf-8"}
    )
    sent, found = call_operation(packages, "shelter", words, "default.notice")
    assert (sent.header("Accept"), found) == ("text/plain", "Grüße")
    sent, _ = call_operation(
        packages, "shelter", ScriptedResponse(status=205), "default.set_notice", body="Grüße"
    )
    assert (sent.header("Content-Type"), sent.body) == ("text/plain", "Grüße".encode())
    sent, _ = call_operation(
        packages, "shelter", ScriptedResponse(status=204), "default.draw_notice", body=b"\x00"
    )
    assert (sent.header("Content-Type"), sent.body) == ("application/octet-stream", b"\x00")
    sent, _ = call_operation(packages, "shelter", ScriptedResponse(), "default.probe_notice")
    assert sent.method == "HEAD"


BOOK: dict[str, Json] = {"title": "Emma", "a": None, "b": None, "c": None, "d": None, "e": "x"}


def test_paths_have_styles_and_values_may_be_null_in_every_spelling(packages: Path) -> None:
    """A label, a matrix and JSON in a query; and a response with every null there is."""
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
    sent, book = call_operation(
        packages,
        "library",
        json_response({**BOOK, **more}),
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
    sent, number = call_operation(
        packages, "library", json_response(1), "books.replace", body=[book]
    )
    assert number == 1
    assert sent.json == [{"title": "Emma", "a": None, "b": None, "c": {"name": "J"}, "d": "red"}]
    sent, anything = call_operation(
        packages, "library", json_response([1]), "books.add", body={"a": "b"}
    )
    assert (sent.json, anything) == ({"a": "b"}, [1])


def test_a_field_may_hold_what_a_tag_tells_apart(packages: Path) -> None:
    """Alone, in a list, in itself; both ways. One argument fills every place of its name."""
    models = importlib.import_module("studio.models")
    note: dict[str, Json] = {
        "type": "NOTE",
        "text": "Start",
        "place": {"x": 1, "y": 2.5},
        "size": [3],
    }
    board: dict[str, Json] = {
        "name": "Plan",
        "shapes": [{"type": "FRAME", "inside": [note]}, note, {"type": "Dot"}],
    }
    sent, found = call_operation(
        packages, "studio", json_response(board), "boards.get_copy", path=("a/b",), zoom=2
    )
    assert sent.target == "/boards/a%2Fb/copies/a%2Fb?zoom=2"
    [frame, second, dot] = found.shapes
    assert dot == models.Dot()
    assert second == models.Note(text="Start", place=models.PlacedPlace(x=1, y=2.5), size=[3])
    assert (frame.type, frame.inside, found.cover) == ("FRAME", [second], None)
    sent, _ = call_operation(
        packages,
        "studio",
        ScriptedResponse(status=201),
        "boards.add_shape",
        inside=[second],
        place=models.PlacedPlace(x=0, y=0),
    )
    assert sent.json == {"place": {"x": 0, "y": 0}, "inside": [note]}


def test_a_parameter_may_be_json_and_a_reply_of_any_status_a_success(packages: Path) -> None:
    """`default` alone stands for success; what is not declared at all is not read."""
    models = importlib.import_module("post.models")
    parcels: list[Json] = [{"code": "x", "state": "lost", "at": None}]
    sent, found = call_operation(
        packages,
        "post",
        json_response(parcels),
        "parcels.search",
        near=models.Place(town="Ulm", street=None),
        states=["sent", "held"],
    )
    near = "%7B%22town%22%3A%22Ulm%22%2C%22street%22%3Anull%7D"
    assert sent.target == f"/tracks?near={near}&states=sent,held"
    assert found == [models.Parcel(code="x", state="lost", at=None)]
    sent, nothing = call_operation(
        packages, "post", json_response({"x": 1}), "parcels.stamp", path=("c",), weight=0
    )
    assert (sent.json, nothing) == ({"weight": 0}, None)


@pytest.mark.parametrize(
    ("answer", "error", "message"),
    [
        (
            json_response({"title": "Nothing", "detail": "no such parcel"}, 404),
            "NotFound",
            "no such parcel",
        ),
        (json_response({"error": "gone"}, 410), "Gone", "gone"),
        (
            ScriptedResponse(status=404, body=b"<p>", headers={"Content-Type": "text/html"}),
            "NotFound",
            "",
        ),
        (json_response(["no"], 403), "Forbidden", ""),
    ],
)
def test_an_error_of_another_api_has_any_form(
    packages: Path, answer: ScriptedResponse, error: str, message: str
) -> None:
    """That something does not exist needs no words of GitHub's."""
    with pytest.raises(importlib.import_module("post").StatusError) as caught:
        call_operation(packages, "post", answer, "parcels.track", path=("x",))
    assert (type(caught.value).__name__, caught.value.message) == (error, message)


def test_a_refusal_of_another_api_brings_no_rules_of_github(packages: Path) -> None:
    """After a 429, writes go as before: nobody asked for a second between them."""
    assert (packages / "post").exists()
    refused = ScriptedResponse(status=429, headers={"Retry-After": "0"})
    with ScriptedServer(refused, ScriptedResponse(status=201)) as server:
        client = importlib.import_module("post").Client(auth="t0ken", base_url=server.url)
        with client:
            client.parcels.stamp("a")
            assert not client._core.state.pacer.is_active(time.monotonic())
    assert len(server.targets) == 2


def test_an_api_may_be_at_the_root_of_its_host(packages: Path) -> None:
    """Or below any path; GitHub's are the only ones that are known."""
    assert (packages / "post").exists()
    client = importlib.import_module("post").Client
    assert client(auth="t").base_url == "https://post.example"
    assert client(auth="t", base_url="https://github.com/x").base_url == "https://github.com/x"


# ── What a package says of itself ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", SPECS)
def test_a_readme_is_of_the_api_and_of_nothing_else(name: str) -> None:
    """No word of GitHub, of this repository or of a section that is not there."""
    files = generated_package(name).files
    text = files["README.md"]
    assert "\n\n\n" not in re.sub(r"```(?s:.*?)```", "a program", text)
    assert re.search("github|generated/|FAULTS|App\\b", text, re.IGNORECASE) is None
    assert "pyjwt" not in files["pyproject.toml"]
    assert "GitHub" not in files[f"{name}/__init__.py"] + files[f"{name}/_sync/client.py"]
    for example in examples(text):
        compile(example, name, "exec")


def test_the_first_example_of_a_readme_runs(
    packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands there, but for the address."""
    assert (packages / "shelter").exists()
    with ScriptedServer(json_response([{"kind": "dog", "name": "Rex"}])) as server:
        example = examples(generated_package("shelter").files["README.md"])[0]
        placed = example.replace("Client(", f"Client(base_url={server.url!r}, ")
        exec(compile(placed, "README.md", "exec"), {})  # noqa: S102 - our own text
        assert server.only.target == "/animals"
    assert "Rex" in capsys.readouterr().out


def examples(text: str) -> list[str]:
    return re.findall("```python\n(.*?)```", text, re.DOTALL)
