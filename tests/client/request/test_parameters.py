"""How values are written that are neither plain text nor a JSON object."""

from __future__ import annotations

import datetime
import enum
import re
from typing import Literal

import msgspec
import pytest

from runtime.errors import InvalidArgument
from runtime.request.body import Content, Part
from runtime.request.parameters import Place, Style, text
from runtime.types import UNSET

Location = Literal["path", "query", "header", "cookie"]
ONE, LIST, MAP = "a b", ["x", "y,z"], {"r": 1, "g": "&"}


class Colour(enum.StrEnum):
    RED = "red"


class Point(msgspec.Struct):
    x: int
    y: int | msgspec.UnsetType | None = UNSET


def place(location: Location, style: Style | None = None) -> Place:
    return Place(location, "n[]", style)


@pytest.mark.parametrize(
    ("style", "value", "wanted"),
    [
        (None, ONE, ["n%5B%5D=a%20b"]),
        (None, LIST, ["n%5B%5D=x", "n%5B%5D=y%2Cz"]),
        (None, MAP, ["r=1", "g=%26"]),
        (None, Point(x=1, y=2), ["x=1", "y=2"]),
        (None, Point(x=1), ["x=1"]),
        (None, [], []),
        (Style("form", explode=False), LIST, ["n%5B%5D=x,y%2Cz"]),
        (Style("form", explode=False), MAP, ["n%5B%5D=r,1,g,%26"]),
        (Style("spaceDelimited", explode=False), LIST, ["n%5B%5D=x%20y%2Cz"]),
        (Style("pipeDelimited", explode=False), LIST, ["n%5B%5D=x%7Cy%2Cz"]),
        (Style("pipeDelimited", explode=True), LIST, ["n%5B%5D=x", "n%5B%5D=y%2Cz"]),
        (Style("deepObject", explode=True), MAP, ["n%5B%5D%5Br%5D=1", "n%5B%5D%5Bg%5D=%26"]),
        (Style("spaceDelimited", explode=False), MAP, ["n%5B%5D=r%201%20g%20%26"]),
        (
            Style("form", explode=True, reserved=True),
            "a/b?c&d#%2F[é]+",
            ["n%5B%5D=a/b?c%26d%23%252F%5B%C3%A9%5D%2B"],
        ),
        (Style("json", explode=False), MAP, ["n%5B%5D=%7B%22r%22%3A1%2C%22g%22%3A%22%26%22%7D"]),
        (Style("json", explode=False), None, ["n%5B%5D=null"]),
    ],
)
def test_a_query_is_written_in_every_style(
    style: Style | None, value: object, wanted: list[str]
) -> None:
    """As the tables of OpenAPI have it; the delimiters alone are not escaped."""
    assert place("query", style).pairs("n", value) == wanted


@pytest.mark.parametrize(
    ("style", "one", "many", "mapped"),
    [
        (None, "a%20b", "x,y%2Cz", "r,1,g,%26"),
        (Style("simple", explode=True), "a%20b", "x,y%2Cz", "r=1,g=%26"),
        (Style("label", explode=False), ".a%20b", ".x,y%2Cz", ".r,1,g,%26"),
        (Style("label", explode=True), ".a%20b", ".x.y%2Cz", ".r=1.g=%26"),
        (
            Style("matrix", explode=False),
            ";n%5B%5D=a%20b",
            ";n%5B%5D=x,y%2Cz",
            ";n%5B%5D=r,1,g,%26",
        ),
        (
            Style("matrix", explode=True),
            ";n%5B%5D=a%20b",
            ";n%5B%5D=x;n%5B%5D=y%2Cz",
            ";r=1;g=%26",
        ),
    ],
)
def test_a_path_is_written_in_every_style(
    style: Style | None, one: str, many: str, mapped: str
) -> None:
    """A text, a list, an object."""
    found = [place("path", style).segment("n", value) for value in (ONE, LIST, MAP)]
    assert found == [one, many, mapped]


def test_a_header_is_written_as_it_is() -> None:
    """Nothing is escaped, so what would end it is rejected."""
    values: list[object] = [ONE, "a, b", ["x", "y z"], [], MAP, 1.5, True]
    assert [place("header").header("n", value) for value in values] == [
        "a b",
        "a, b",
        "x,y z",
        "",
        "r,1,g,&",
        "1.5",
        "true",
    ]
    assert place("header", Style("simple", explode=True)).header("n", MAP) == "r=1,g=&"
    for value in ("a\r\nb", "a\x00", "ü", " a", "a "):
        with pytest.raises(InvalidArgument, match="visible ASCII"):
            place("header").header("n", value)


_HEADER, _EXPLODED = Style("simple", explode=False), Style("simple", explode=True)


@pytest.mark.parametrize(
    ("location", "style", "value", "message"),
    [
        ("header", _HEADER, ["a", "b,c"], "',' in an item"),
        ("header", _EXPLODED, ("b,c",), "',' in an item"),
        ("header", _HEADER, {"a": "b,c"}, "',' in an item"),
        ("header", _HEADER, {"a,b": "c"}, "',' in an item"),
        ("header", _EXPLODED, {"a": "b,c"}, "',' in an item"),
        ("header", _EXPLODED, {"a=b": "c"}, "'=' in an item"),
        # Lists inside others are JSON.
        ("header", _HEADER, [["a", "b"]], "',' in an item"),
        ("header", _HEADER, ["a", " b"], "empty item or white space"),
        ("header", _HEADER, ["a\t", "b"], "empty item or white space"),
        ("header", _HEADER, [""], "empty item or white space"),
        ("header", _HEADER, {"a": ""}, "empty item or white space"),
        ("header", _EXPLODED, {"a": "b "}, "empty item or white space"),
        ("path", Style("label", explode=True), ["a", "b.c"], "'.' in an item"),
        ("path", Style("label", explode=True), {"a": 1.5}, "'.' in an item"),
        ("query", Style("spaceDelimited", explode=False), ["a", "b c"], "' ' in an item"),
        ("query", Style("pipeDelimited", explode=False), {"a": "b|c"}, "'|' in an item"),
    ],
)
def test_an_item_that_would_be_received_as_two_is_refused(
    location: Location, style: Style, value: object, message: str
) -> None:
    """No escape would keep it apart there; the error names the argument."""
    where = place(location, style)
    write = {"path": where.segment, "header": where.header}.get(location, where.pairs)
    with pytest.raises(InvalidArgument, match=f"^rows must not have (an )?{re.escape(message)}"):
        write("rows", value)


def test_a_delimiter_is_kept_where_it_separates_nothing() -> None:
    """In a single value, in the value of an exploded object, and where it is escaped."""
    assert place("header", _EXPLODED).header("n", {"a": "b=c", "d": ""}) == "a=b=c,d="
    assert place("path", Style("label", explode=True)).segment("n", "a.b") == ".a.b"
    assert place("path", Style("label", explode=False)).segment("n", ["a.b", "c"]) == ".a.b,c"
    reserved = Style("form", explode=False, reserved=True)
    assert place("query", reserved).pairs("n", ["a,b", "c/d"]) == ["n%5B%5D=a%2Cb,c/d"]
    assert place("query", reserved).pairs("n", "a,b") == ["n%5B%5D=a,b"]


def test_a_list_in_one_field_of_a_multipart_form_has_no_escapes() -> None:
    parts = {"n": Part(style=Style("form", explode=False))}
    content = Content(encoding="multipart", media_type="multipart/form-data", parts=parts)
    assert b"\r\n\r\na,b\r\n" in content.encode({"n": ["a", "b"]})[0]
    with pytest.raises(InvalidArgument, match="n must not have ',' in an item"):
        content.encode({"n": ["a,b"]})


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (Colour.RED, "red"),
        (False, "false"),
        (0, "0"),
        (1e3, "1000.0"),
        (datetime.date(2026, 3, 10), "2026-03-10"),
        (datetime.datetime(2026, 3, 10, 1, tzinfo=datetime.UTC), "2026-03-10T01:00:00+00:00"),
    ],
)
def test_one_value_is_written_as_text(value: object, wanted: str) -> None:
    """Truth in lower case, dates as ISO 8601 has them, an enum as its value."""
    assert text("n", value) == wanted


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_is_no_text_is_refused(value: object) -> None:
    """Before anything is sent."""
    with pytest.raises(InvalidArgument):
        place("query").pairs("n", value)


def test_lists_inside_others_are_json_in_most_styles() -> None:
    """OpenAPI defines no form for them; in `deepObject`, each value has its path."""
    assert place("query").pairs("n", [["a"], {"b": 1}]) == [
        "n%5B%5D=%5B%22a%22%5D",
        "n%5B%5D=%7B%22b%22%3A1%7D",
    ]
    assert place("path").segment("n", [["a"]]) == "%5B%22a%22%5D"
    assert place("header").header("n", {"x": ["a"]}) == 'x,["a"]'
    assert place("query").pairs("n", {"x": ["a", "b"], "y": {"z": None}}) == [
        "x=a",
        "x=b",
        "y=%7B%22z%22%3Anull%7D",
    ]
    deep = Style("deepObject", explode=True)
    value = {"a": [{"b": 1}, True], "d": {"e[]": "&"}}
    assert place("query", deep).pairs("n", value) == [
        "n%5B%5D%5Ba%5D%5B0%5D%5Bb%5D=1",
        "n%5B%5D%5Ba%5D%5B1%5D=true",
        "n%5B%5D%5Bd%5D%5Be%5B%5D%5D=%26",
    ]
    assert place("query", deep).pairs("n", ["x", Point(x=1)]) == [
        "n%5B%5D%5B0%5D=x",
        "n%5B%5D%5B1%5D%5Bx%5D=1",
    ]


# ── Bodies ───────────────────────────────────────────────────────────────────────────────────


def test_a_body_that_is_one_value_is_sent_alone() -> None:
    """As JSON, text or bytes; null is a value."""
    content = Content(encoding="json", media_type="application/scim+json", whole="body")
    assert content.encode({"body": [1]}) == (b"[1]", "application/scim+json")
    assert content.encode({"body": None}) == (b"null", "application/scim+json")
    plain = Content(encoding="text", media_type="text/plain", whole="body")
    assert plain.encode({"body": "ü"}) == (b"\xc3\xbc", "text/plain")
    with pytest.raises(TypeError, match="must be a str, not bytes"):
        plain.encode({"body": b"x"})
    octets = Content(encoding="binary", media_type="image/png", whole="body")
    assert octets.encode({"body": bytearray(b"x")}) == (b"x", "image/png")


def test_a_form_without_values_is_sent() -> None:
    """What is required is sent though it be empty."""
    content = Content(encoding="form", media_type="application/x-www-form-urlencoded")
    assert content.encode({}) == (b"", "application/x-www-form-urlencoded")


@pytest.mark.parametrize("encoding", ["form", "multipart"])
@pytest.mark.parametrize(
    ("part", "value"),
    [
        (Part(), None),
        (Part(), ["a", None]),
        (Part(media_type="text/plain"), None),
        (Part(style=Style("form", explode=True)), None),
        (Part(style=Style("form", explode=False)), ["a", None]),
        (Part(style=Style("deepObject", explode=True)), {"a": [None]}),
    ],
)
def test_null_in_a_form_is_refused(
    encoding: Literal["form", "multipart"], part: Part, value: object
) -> None:
    """An empty field is an empty text, and an absent one is another request."""
    content = Content(encoding=encoding, media_type="multipart/form-data", parts={"n": part})
    with pytest.raises(TypeError, match="only JSON can express null; leave it out"):
        content.encode({"n": value})


@pytest.mark.parametrize("many", [True, False])
def test_null_is_no_file(many: bool) -> None:
    content = Content(
        encoding="multipart",
        media_type="multipart/form-data",
        parts={"f": Part(file=True, many=many)},
    )
    with pytest.raises(TypeError, match="f must be bytes or a file"):
        content.encode({"f": [b"", None] if many else None})


def test_null_is_a_value_of_json_in_a_form() -> None:
    """As a field that is JSON, and inside a list or an object that is sent as JSON."""
    parts = {"n": Part(media_type="application/json")}
    form = Content(encoding="form", media_type="application/x-www-form-urlencoded", parts=parts)
    sent, _ = form.encode({"n": None, "m": {"a": None}, "l": [[None]]})
    assert sent == b"n=null&m=%7B%22a%22%3Anull%7D&l=%5Bnull%5D"
    multipart = Content(encoding="multipart", media_type="multipart/form-data", parts=parts)
    assert b"\r\n\r\nnull\r\n" in multipart.encode({"n": None})[0]


@pytest.mark.parametrize("location", ["path", "query", "header", "cookie"])
@pytest.mark.parametrize("explode", [True, False])
@pytest.mark.parametrize("value", [None, ["a", None], {"a": None}, Point(x=1, y=None)])
def test_null_in_a_parameter_is_refused(location: Location, explode: bool, value: object) -> None:
    """No style has a form for it, and an absent parameter is another request."""
    name: Literal["simple", "form"] = "simple" if location in ("path", "header") else "form"
    where = place(location, Style(name, explode=explode))
    write = {"path": where.segment, "header": where.header}.get(location, where.pairs)
    with pytest.raises(TypeError, match="cannot be or contain None"):
        write("n", value)


def test_a_multipart_body_is_the_same_each_time_and_its_names_are_quoted() -> None:
    """The boundary is a hash of the parts, so that it is in none of them."""
    content = Content(
        encoding="multipart",
        media_type="multipart/form-data",
        parts={"f": Part(media_type="image/png", file=True)},
    )
    body = {"f": b"1", 'a"b\\': True, "m": Point(x=1)}
    made = content.encode(body)
    assert made == content.encode(body)
    assert b'name="a\\"b\\\\"\r\n\r\ntrue' in made[0]
    assert b'Content-Type: application/json\r\n\r\n{"x":1}' in made[0]
    with pytest.raises(TypeError, match="cannot contain object"):
        content.encode({"x": object()})
