"""Requests of any document: paths, queries, headers and bodies, byte for byte.

Each call is made sync and async.
"""

from __future__ import annotations

import importlib
import io
import shutil
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer
from lowering.foreign_packages import call_both, call_operation, call_refused
from small_specs import mypy

DONE = ScriptedResponse(status=204)


def sent_by(packages: Path, call: str, **arguments: Any) -> ReceivedRequest:
    sent, result = call_both(packages, "bazaar", DONE, call, **arguments)
    assert result is None
    return sent


@pytest.mark.parametrize(
    ("call", "path", "target"),
    [
        ("stalls.several", [[1, 2]], "/stalls/1,2"),
        ("stalls.labelled", [[True, False]], "/stalls/label/.true.false"),
        ("stalls.matrix", [["a b", "c,d"], True], "/stalls/matrix;ids=a%20b,c%2Cd/true"),
    ],
)
def test_lists_and_booleans_are_written_in_a_path(
    packages: Path, call: str, path: list[object], target: str
) -> None:
    """In every style of a path."""
    assert sent_by(packages, call, path=path).target == target


@pytest.mark.parametrize(
    ("arguments", "search"),
    [
        ({"flags": [True, False]}, "flags=true&flags=false"),
        (
            {"filter": {"row": 1, "owner": {"names": ["a", "b"]}}},
            "filter%5Brow%5D=1&filter%5Bowner%5D%5Bnames%5D%5B0%5D=a&filter%5Bowner%5D%5Bnames%5D%5B1%5D=b",
        ),
        ({"expand": ["a.b", "c"]}, "expand%5B0%5D=a.b&expand%5B1%5D=c"),
        ({"near": "a/b?c=d&e:f#g"}, "near=a/b?c=d%26e:f%23g"),
        (
            {"areas": [{"row": 1}, {"row": 2}]},
            "areas=%7B%22row%22%3A1%7D&areas=%7B%22row%22%3A2%7D",
        ),
        ({"plain": "a b"}, "plain=a%20b"),
        ({"tag": "a b", "size": {"rows": 1}}, "tag=a%20b&size=%7B%22rows%22%3A1%7D"),
        ({"as_": {"rows": [1, 2]}}, "as=%7B%22rows%22%3A%5B1%2C2%5D%7D"),
    ],
)
def test_a_query_has_every_value_in_its_style(
    packages: Path, arguments: dict[str, Any], search: str
) -> None:
    """Lists of objects, nested objects, reserved characters."""
    assert sent_by(packages, "stalls.list", **arguments).target == f"/stalls?{search}"


def test_extras_of_models_are_among_their_fields_in_a_query(packages: Path) -> None:
    """A model inside a list, and below one, is JSON like any other object."""
    models = importlib.import_module("bazaar.models")
    area = models.StallsListAreasItem(row=1, extra={"shade": [1]})
    sent = sent_by(packages, "stalls.list", areas=[area]).target
    assert sent == "/stalls?areas=%7B%22row%22%3A1%2C%22shade%22%3A%5B1%5D%7D"


def test_lists_and_booleans_are_written_in_headers_and_cookies(packages: Path) -> None:
    """A parameter for the Cookie header stands beside those for cookies; Host is the client's."""
    sent = sent_by(
        packages,
        "stalls.list",
        x_rows=[1, 2],
        x_words=["a b", "c"],
        x_open=True,
        rows=[3, 4],
        open=False,
        cookie="a=b; c=d",
    )
    assert (sent.header("X-Rows"), sent.header("X-Open")) == ("1,2", "true")
    assert sent.header("X-Words") == "a b,c"
    assert sorted((sent.header("Cookie") or "").split("; ")) == [
        "a=b",
        "c=d",
        "open=false",
        "rows=3,4",
    ]
    assert (sent.header("Host") or "").startswith("127.0.0.1")


def test_a_parameter_and_a_field_of_one_name_are_both_sent(packages: Path) -> None:
    """The field has the suffix; that one of them is given does not hide the other."""
    sent = sent_by(packages, "stalls.save", rows="q")
    assert (sent.target, sent.body) == ("/stalls?rows=q", b"")
    sent = sent_by(packages, "stalls.save", rows="q", rows_body=[1])
    assert (sent.target, sent.body) == ("/stalls?rows=q", b'{"rows":[1]}')
    module = importlib.import_module("bazaar")
    with pytest.raises(module.InvalidArgument, match="rows is required"):
        call_operation(packages, "bazaar", DONE, "stalls.save", rows=module.UNSET)


def test_a_fragment_is_not_sent_and_a_query_in_a_path_always_is(packages: Path) -> None:
    """Two operations of one path differ by their fragments only."""
    assert sent_by(packages, "stalls.move").target == "/stalls"
    assert sent_by(packages, "stalls.close").target == "/stalls?beta=true&v=2"
    assert sent_by(packages, "stalls.close", row=3).target == "/stalls?beta=true&v=2&row=3"


def test_a_parameter_in_the_query_of_a_path_is_one_of_the_query(packages: Path) -> None:
    """A list is one value, as in a path. One that the query describes by itself is optional."""
    sent = sent_by(packages, "stalls.page", path=[[1, 2]], page=3, kinds=["a", "b,c"])
    assert sent.target == "/stalls/1,2?kind=food&page=3&kinds=a,b%2Cc"
    sent = sent_by(packages, "stalls.page", path=[[1]], page=3, kinds=["&"], near="x=y")
    assert sent.target == "/stalls/1?kind=food&page=3&kinds=%26&near=x%3Dy"
    with pytest.raises(TypeError, match="page"):
        call_operation(packages, "bazaar", DONE, "stalls.page", path=[[1]], kinds=["a"])


def test_two_operations_of_one_id_are_two_methods(packages: Path) -> None:
    """The first has the name, the second one of its method and path."""
    assert sent_by(packages, "stalls.twin").method == "GET"
    assert sent_by(packages, "stalls.head_twins").method == "HEAD"


@pytest.mark.parametrize(
    ("call", "method"),
    [
        ("resource.own_resource", "GET"),
        ("sync_resource.own_sync", "PUT"),
        ("mapping.own_mapping", "POST"),
        ("sequence.own_sequence", "PATCH"),
        ("client_.own_client", "DELETE"),
        ("class_.own_class", "HEAD"),
    ],
)
def test_a_tag_can_have_a_name_of_the_client_itself(packages: Path, call: str, method: str) -> None:
    """Of a base class, a module or an annotation; the type checkers pass too."""
    assert (sent := sent_by(packages, call, path=[["a"]])).method == method
    assert sent.target == "/own/a"


# ── Forms ────────────────────────────────────────────────────────────────────────────────────


def test_a_form_that_is_a_string_is_sent_as_the_caller_has_encoded_it(packages: Path) -> None:
    """Nothing in it is escaped."""
    sent = sent_by(packages, "stalls.encoded", body="a=1&b=%20")
    assert sent.body == b"a=1&b=%20"
    assert sent.header("Content-Type") == "application/x-www-form-urlencoded"


def test_another_media_type_is_sent_if_a_form_has_no_fields(packages: Path) -> None:
    """A list has no form, and the schema of a range makes it JSON."""
    sent = sent_by(packages, "stalls.listed", body=["a", "b"])
    assert (sent.body, sent.header("Content-Type")) == (b'["a","b"]', "application/json")


def test_without_an_encoding_objects_in_a_form_are_json(packages: Path) -> None:
    """A list is one pair for each item; JSON where the description says so."""
    sent = sent_by(
        packages,
        "goods.default_form",
        id="a b",
        place={"id": "x", "on": True},
        tags=["1", "2&3"],
        parts=[{"id": 1}, {"id": 2}],
        coded="x",
    )
    assert sent.header("Content-Type") == "application/x-www-form-urlencoded"
    assert sent.body.split(b"&") == [
        b"id=a%20b",
        b"place=%7B%22id%22%3A%22x%22%2C%22on%22%3Atrue%7D",
        b"tags=1",
        b"tags=2%263",
        b"parts=%7B%22id%22%3A1%7D",
        b"parts=%7B%22id%22%3A2%7D",
        b"coded=%22x%22",
    ]


def test_a_form_follows_the_styles_of_its_encoding(packages: Path) -> None:
    """Brackets for every level, indices for lists; reserved characters as they are."""
    models = importlib.import_module("bazaar.models")
    line = models.GoodsStyledFormRequestLinesItem(
        price=models.GoodsStyledFormRequestLinesItemPrice(amount=5), kinds=["a", "b"]
    )
    sent = sent_by(
        packages,
        "goods.styled_form",
        lines=[line, {"kinds": []}],
        place={"k 1": "v"},
        flat={"a": "x", "b": 1},
        tags=["x&y", "z"],
        url="https://a.example/?b=c&d",
    )
    assert sent.body.split(b"&") == [
        b"lines%5B0%5D%5Bprice%5D%5Bamount%5D=5",
        b"lines%5B0%5D%5Bkinds%5D%5B0%5D=a",
        b"lines%5B0%5D%5Bkinds%5D%5B1%5D=b",
        b"place%5Bk%201%5D=v",
        b"a=x",
        b"b=1",
        b"tags=x%26y%20z",
        b"url=https://a.example/?b=c%26d",
    ]


def test_a_form_without_fields_is_no_body(packages: Path) -> None:
    """A form of any names is one argument."""
    sent = sent_by(packages, "goods.empty_form")
    assert (sent.body, sent.header("Content-Type")) == (b"", None)
    sent = sent_by(packages, "goods.open_form", body={"a": "1 2", "b[]": ["x", "y"]})
    assert sent.body == b"a=1%202&b%5B%5D=x&b%5B%5D=y"
    with pytest.raises(TypeError, match="body must be a mapping, not list"):
        sent_by(packages, "goods.open_form", body=["a"])


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        ("goods.default_form", {"id": None}),
        ("goods.default_form", {"tags": ["1", None]}),
        ("goods.styled_form", {"place": {"k": None}}),
        ("goods.open_form", {"body": {"a": None}}),
        ("goods.files", {"photo": b"", "note": None}),
        ("stalls.list", {"x_rows": None}),
        ("stalls.list", {"x_rows": [1, None]}),
        ("stalls.list", {"rows": None}),
        ("stalls.list", {"filter": {"row": None}}),
        ("stalls.list", {"flags": None}),
    ],
)
def test_null_outside_json_is_refused(
    packages: Path, call: str, arguments: dict[str, object]
) -> None:
    """A parameter or a form cannot express it, and nothing is left out without a word."""
    assert "cannot be or contain None" in call_refused(
        packages, "bazaar", TypeError, call, **arguments
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x_words": ["a", "b,c"]}, "x_words must not have ',' in an item"),
        ({"x_words": ["a", " b"]}, "x_words must not have an empty item or white space around one"),
        ({"x_sizes": {"a": "1,5"}}, "x_sizes must not have ',' in an item"),
    ],
)
def test_a_header_with_an_item_that_would_be_two_is_refused(
    packages: Path, arguments: dict[str, object], message: str
) -> None:
    """A header has no escapes. Nothing is sent."""
    called = importlib.import_module("bazaar").InvalidArgument
    found = call_refused(packages, "bazaar", called, "stalls.list", **arguments)
    assert found.startswith(message)


# ── Files ────────────────────────────────────────────────────────────────────────────────────


def parts_of(sent: ReceivedRequest) -> list[bytes]:
    boundary = (sent.header("Content-Type") or "").removeprefix("multipart/form-data; boundary=")
    first, *parts, last = sent.body.split(b"--" + boundary.encode())
    assert (first, last) == (b"", b"--\r\n")
    return [part[2:-2] for part in parts]


def head(name: str, file: str = "", media_type: str = "") -> bytes:
    text = f'Content-Disposition: form-data; name="{name}"'
    text += f'; filename="{file}"' if file else ""
    text += f"\r\nContent-Type: {media_type}" if media_type else ""
    return text.encode() + b"\r\n\r\n"


def test_a_file_has_the_name_and_the_media_type_that_are_given(
    packages: Path, tmp_path: Path
) -> None:
    """Bytes, an open file, or a tuple; else the field's name, and the first media type described."""
    path = tmp_path / "träger.png"
    path.write_bytes(b"\x89PNG\r\n")
    for photo, wanted in (
        (b"\x00\x01", head("photo", "photo", "image/png") + b"\x00\x01"),
        (bytearray(b"1"), head("photo", "photo", "image/png") + b"1"),
        (io.BytesIO(b"2"), head("photo", "photo", "image/png") + b"2"),
        (("a.png", b"3"), head("photo", "a.png", "image/png") + b"3"),
        (("a.jpg", b"4", "image/jpeg"), head("photo", "a.jpg", "image/jpeg") + b"4"),
        (('q"\\.png', io.BytesIO(b"5")), head("photo", 'q\\"\\\\.png', "image/png") + b"5"),
    ):
        assert parts_of(sent_by(packages, "goods.files", photo=photo)) == [wanted]
    with path.open("rb") as file:
        sent = sent_by(packages, "goods.files", photo=file)
    assert parts_of(sent) == [head("photo", "träger.png", "image/png") + b"\x89PNG\r\n"]


def test_an_open_file_is_read_from_its_position_and_can_be_sent_again(packages: Path) -> None:
    """`sent_by` makes two calls with the same file."""
    file = io.BytesIO(b"head,body")
    file.seek(5)
    assert sent_by(packages, "goods.whole", body=file).body == b"body"
    assert file.tell() == 5


def test_a_retry_sends_the_file_again(packages: Path) -> None:
    """It was read once, so that the second attempt has the same bytes."""
    assert (packages / "bazaar").exists()
    busy = ScriptedResponse(status=503, headers={"Retry-After": "0"})
    with ScriptedServer(busy, DONE) as server:
        client = importlib.import_module("bazaar").Client(base_url=server.url)
        with client:
            client.goods.whole(body=io.BytesIO(b"once"))
    assert [request.body for request in server.requests] == [b"once", b"once"]


def test_the_other_parts_of_a_form_have_their_encoding(packages: Path) -> None:
    """A media type, JSON, a style; files of any type and several of them."""
    sent = sent_by(
        packages,
        "goods.files",
        photo=b"1",
        any=("a.gif", b"2", "image/gif"),
        more=[b"3", ("b.txt", b"4", "text/plain")],
        note="n",
        coded="c",
        parts=[{"id": 1}, {"id": 2}],
        link={"create": True, "tags": ["x", "y & z"]},
    )
    assert parts_of(sent) == [
        head("photo", "photo", "image/png") + b"1",
        head("any", "a.gif", "image/gif") + b"2",
        head("more", "more", "application/octet-stream") + b"3",
        head("more", "b.txt", "text/plain") + b"4",
        head("note", "", "text/markdown") + b"n",
        head("coded", "", "application/json") + b'"c"',
        head("parts", "", "application/json") + b'{"id":1}',
        head("parts", "", "application/json") + b'{"id":2}',
        head("link[create]") + b"true",
        head("link[tags][0]") + b"x",
        head("link[tags][1]") + b"y & z",
    ]


@pytest.mark.parametrize("key", ["a\r\nX: y", "a\x00"])
def test_a_key_of_a_mapping_cannot_end_the_header_of_a_part(packages: Path, key: str) -> None:
    """It is a part of the name of a form field."""
    with pytest.raises(ValueError, match="name of a form field must not have control characters"):
        call_operation(packages, "bazaar", DONE, "goods.files", photo=b"", link={key: "x"})


# ── Alternatives ─────────────────────────────────────────────────────────────────────────────


def test_alternatives_that_no_decoder_tells_apart_are_sent(packages: Path) -> None:
    """The caller knows which one it is: as a field, in a list and in a map, with its extras."""
    assert (packages / "bazaar").exists()
    models = importlib.import_module("bazaar.models")
    chalk, slate = models.Chalk(name="a", colour="red"), models.Slate(name="a", size=10**30)
    more = models.Slate(name="b", extra={"colour": "blue"})
    sent = sent_by(
        packages, "goods.either", first=chalk, others=[slate, chalk, more], by_name={"x": slate}
    )
    assert sent.body == (
        b'{"first":{"name":"a","colour":"red"},'
        b'"others":[{"name":"a","size":1%b},{"name":"a","colour":"red"},{"name":"b","colour":"blue"}],'
        b'"by_name":{"x":{"name":"a","size":1%b}}}' % (b"0" * 30, b"0" * 30)
    )
    assert sent_by(packages, "goods.either", first=more).body == (
        b'{"first":{"name":"b","colour":"blue"}}'
    )


PROGRAM = """\
import bazaar
from bazaar import models

chalk, slate = models.Chalk(name="a"), models.Slate(name="a")
with bazaar.Client() as client:
    client.goods.either(first=chalk, others=[slate, chalk], by_name={"a": slate, "b": chalk})
    client.goods.either(first=slate)
    client.goods.either(first=models.Good(name="a"))
    client.goods.either(first=slate, others=[models.Good(name="a")])
"""


def test_alternatives_that_no_decoder_tells_apart_are_typed(
    packages: Path, tmp_path: Path, mypy_cache: Path
) -> None:
    """Mypy --strict accepts each of them, and no other model."""
    shutil.copytree(packages / "bazaar", tmp_path / "bazaar")
    (tmp_path / "program.py").write_text(PROGRAM)
    lines = mypy(tmp_path, mypy_cache, "program.py").stdout.splitlines()
    wrong = [line for line in lines if "error" in line and not line.startswith("Found")]
    assert [line.partition(":")[2].partition(":")[0] for line in wrong] == ["8", "9"]
    assert 'expected "Chalk | Slate"' in wrong[0]


# ── Files that are none ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("photo", "error", "message"),
    [
        ("text", TypeError, "photo must be bytes or a file opened in binary mode, not str"),
        (io.StringIO("text"), TypeError, "photo must be opened in binary mode"),
        (("a.png",), TypeError, "photo must be (file name, content)"),
        (("a.png", b"", "image/png", 1), TypeError, "photo must be (file name, content)"),
        ((b"a.png", b""), TypeError, "photo must be (file name, content)"),
        (("a\r\nX: y", b""), ValueError, "photo must have a file name without control characters"),
        (("", b""), ValueError, "photo must have a file name"),
        (("\ud800", b""), ValueError, "photo must have a file name without"),
        (("a", b"", "image/png\r\nX: y"), ValueError, "photo has an invalid media type"),
    ],
)
def test_what_is_no_file_is_refused_before_anything_is_sent(
    packages: Path, photo: object, error: type[Exception], message: str
) -> None:
    """With the argument, and what it must be."""
    with pytest.raises(error) as caught:
        call_operation(packages, "bazaar", DONE, "goods.files", photo=photo)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize("call", ["add_note", "put_note", "change_note", "drop_note"])
def test_none_as_the_whole_body_is_null(packages: Path, call: str) -> None:
    """And no object; what may be left out is no body then."""
    request, _ = call_both(packages, "harbour", DONE, f"notes.{call}", way="in", body=None)
    assert (request.header("Content-Type"), request.body) == ("application/json", b"null")


def test_a_body_that_may_be_null_or_left_out(packages: Path) -> None:
    """Null is null, nothing is nothing, and an empty object is one."""
    note = importlib.import_module("harbour.models").Note
    request, _ = call_both(packages, "harbour", DONE, "notes.put_note", way="in")
    assert (request.header("Content-Type"), request.body) == (None, b"")
    request, _ = call_both(packages, "harbour", DONE, "notes.put_note", way="in", body=note())
    assert request.body == b"{}"
    request, _ = call_both(
        packages, "harbour", DONE, "notes.put_note", way="in", body=note(text="a", by=None)
    )
    assert request.json == {"text": "a", "by": None}


def test_a_text_of_a_form_has_its_media_type(packages: Path) -> None:
    """It is no file, so it has no file name, whatever its media type is."""
    request, _ = call_both(
        packages,
        "harbour",
        DONE,
        "calls.add_call",
        offer="v=0\r\nünï",
        keys=["a.b", "c.d"],
        options={"loud": True},
        letter=b"%PDF",
    )
    parts = request.body.split(b"\r\n--")
    heads = [part.partition(b"\r\n\r\n")[0].split(b"\r\n", 1)[1] for part in parts[:-1]]
    form = b"Content-Disposition: form-data; name="
    assert heads == [
        form + b'"offer"\r\nContent-Type: application/sdp',
        form + b'"keys"\r\nContent-Type: application/jwt',
        form + b'"keys"\r\nContent-Type: application/jwt',
        form + b'"options"\r\nContent-Type: application/json',
        form + b'"letter"; filename="letter"\r\nContent-Type: application/pdf',
    ]
    assert parts[0].partition(b"\r\n\r\n")[2].decode() == "v=0\r\nünï"
