"""JSON to send: what JSON cannot express is refused at every place, and all else is sent exactly."""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
import pytest

from runtime.errors import InvalidArgument
from runtime.request.availability import Deployment
from runtime.request.base_url import parse_base
from runtime.request.body import Content, Part
from runtime.request.builder import build, with_extra
from runtime.request.custom import custom_request
from runtime.request.json_values import encode_json
from runtime.request.operation import BodyEncoder, Operation
from runtime.request.parameters import Place, Style
from runtime.types import UNSET, Model, OpenModel, Unset

BASE = parse_base("https://api.example")
DEPLOYMENT = Deployment("1", ())
DEEP = "is nested too deeply, or contains itself"


class Closed(Model, frozen=True, kw_only=True, gc=False):
    """A model without extras; a type checker does not see what is in `any`."""

    any: Any = None
    later: int | Unset = UNSET


class Opened(OpenModel, frozen=True, kw_only=True, gc=False):
    """A model with extras."""

    name: str = ""
    inner: Closed | None = None


class Listed(msgspec.Struct, array_like=True, tag="listed"):
    """A struct of a caller that is an array on the wire."""

    first: object


def circular() -> object:
    found: dict[str, object] = {}
    found["again"] = [found]
    return found


def nested(levels: int) -> object:
    found: object = 1
    for _ in range(levels):
        found = [found]
    return found


# What JSON cannot express -> the end of the message. SECRET is in each value that can hold it.
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "NaN": (lambda: float("nan"), " must be a finite number"),
    "infinity": (lambda: [0.5, float("-inf")], "[1] must be a finite number"),
    "bytes": (lambda: b"SECRET", " cannot be sent: bytes is not a JSON type"),
    "bytearray": (lambda: bytearray(b"SECRET"), " cannot be sent: bytearray is not a JSON type"),
    "a set": (lambda: {"SECRET"}, " cannot be sent: set is not a JSON type"),
    "a generator": (lambda: iter("ab"), " cannot be sent: str_ascii_iterator is not a JSON type"),
    "a number as key": (lambda: {"b": {7: "SECRET"}}, ".b must have str keys, not int"),
    "null as key": (lambda: {None: 1}, " must have str keys, not NoneType"),
    "a surrogate": (lambda: "SECRET\ud800", " must not contain lone surrogates"),
    "a surrogate deep inside": (
        lambda: [{"b": "\udfff"}],
        "[0].b must not contain lone surrogates",
    ),
    "a surrogate as key": (lambda: {"SECRET\ud800": 1}, " must not have lone surrogates in a key"),
    "an object": (lambda: {"b\n": object()}, r"['b\n'] cannot be sent: object is not a JSON type"),
    "a decimal": (lambda: Decimal("1.5"), " cannot be sent: Decimal is not a JSON type"),
    "a time of day": (lambda: datetime.time(1), " cannot be sent: time is not a JSON type"),
    "unset": (lambda: [UNSET], "[0] cannot be sent: UnsetType is not a JSON type"),
    "too many digits": (lambda: [10**5000], "[0] has too many digits"),
    "NaN in a model": (
        lambda: Opened(extra={"b": float("nan")}),
        ".extra.b must be a finite number",
    ),
    "a clash in a model": (
        lambda: Opened(inner=None, extra={"name": "SECRET"}),
        ".extra must not hold 'name': it is not one of the extras here",
    ),
    "extras of a model that are none": (
        lambda: Opened(extra=["SECRET"]),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        ".extra must be a mapping, not list",
    ),
    "a circle": (circular, DEEP),
    "a circle in a model": (lambda: Closed(any=[circular()]), DEEP),
    "too deep": (lambda: nested(5000), DEEP),
    "too deep for parsers": (lambda: nested(100_000), DEEP),
}


def sent(body: Any, content: BodyEncoder | None = None) -> bytes:
    """Return the body of a request."""
    operation: Operation[object] = Operation(
        id="things/add",
        method="POST",
        path="/things",
        success=(204,),
        returns=None,
        repeat="unsafe",
        content=content,
    )
    request = build(operation, BASE, DEPLOYMENT, path={}, query={}, body=body)
    return request.content or b""


def _form(encoding: Any, part: Part) -> Callable[[object], object]:
    content = Content(encoding=encoding, media_type="x/y", parts={"n": part})
    return lambda value: sent({"n": value}, content)


def _json_at(location: Any) -> Callable[[object], object]:
    place = Place(location, "n", Style("json", explode=False))
    write = {"path": place.segment, "query": place.pairs, "header": place.header}[location]
    return lambda value: write("n", value)


_WHOLE = {
    encoding: Content(encoding=encoding, media_type="x/y", whole="body")
    for encoding in ("json", "form", "multipart")
}
_DEEP_OBJECT = Style("deepObject", explode=True)

# Where JSON is sent -> what sends a value there, and its place in the message.
PLACES: dict[str, tuple[Callable[[object], object], str]] = {
    "a field": (lambda value: sent({"n": value}), "n"),
    "an item of a field": (lambda value: sent({"n": (1, value)}), "n[1]"),
    "a value of a map": (lambda value: sent({"n": {"a-b": value}}), "n.a-b"),
    "a mapping that is no dict": (lambda value: sent({"n": MappingProxyType({"a": value})}), "n.a"),
    "a closed model": (lambda value: sent({"n": Closed(any=value)}), "n.any"),
    "the extras of a model": (
        lambda value: sent({"n": [Opened(inner=Closed(any=0), extra={"a": value})]}),
        "n[0].extra.a",
    ),
    "a closed model in an open one": (
        lambda value: sent({"n": {"a": Opened(inner=Closed(any={"b": value}))}}),
        "n.a.inner.any.b",
    ),
    "a struct that is an array": (lambda value: sent({"n": Listed(value)}), "n.first"),
    "the extras of a body": (lambda value: sent(with_extra({}, {"a": value})), "extra.a"),
    "a field after others": (lambda value: sent({"m": 1, "n": {"a": value}}), "n.a"),
    "a whole body": (lambda value: sent({"body": value}, _WHOLE["json"]), "body"),
    "a whole form": (lambda value: sent({"body": {"a": [value]}}, _WHOLE["form"]), "body.a[0]"),
    "a whole multipart form": (
        lambda value: sent({"body": {"a": [value]}}, _WHOLE["multipart"]),
        "body.a[0]",
    ),
    "an object in a form": (lambda value: _form("form", Part())({"a": value}), "n.a"),
    "JSON in a form": (
        lambda value: _form("form", Part(media_type="application/json"))({"a": value}),
        "n.a",
    ),
    "JSON in a multipart form": (
        lambda value: _form("multipart", Part(media_type="a/b+json"))([[value]]),
        "n[0]",
    ),
    "an object in a multipart form": (
        lambda value: _form("multipart", Part())([{"a": value}]),
        "n.a",
    ),
    "an object by its paths in a form": (
        lambda value: _form("multipart", Part(style=_DEEP_OBJECT))({"a": value}),
        "n.a",
    ),
    "JSON in a path": (_json_at("path"), "n"),
    "JSON in a query": (_json_at("query"), "n"),
    "JSON in a header": (_json_at("header"), "n"),
    "a list in a list of a query": (
        lambda value: Place("query", "n").pairs("n", [[value]]),
        "n[0]",
    ),
    "a model in a query": (
        lambda value: Place("query", "n").pairs("n", Closed(any=value)),
        "n.any",
    ),
    "an object by its paths in a query": (
        lambda value: Place("query", "n", _DEEP_OBJECT).pairs("n", {"a": value}),
        "n.a",
    ),
    "any endpoint": (
        lambda value: custom_request(BASE, DEPLOYMENT, "POST", "/x", json=[value]),
        "json[0]",
    ),
    "to_json": (lambda value: encode_json("value", value), "value"),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("place", PLACES)
def test_what_json_cannot_express_is_refused_with_its_place(place: str, kind: str) -> None:
    """By one kind of error, whose message and causes do not contain the value."""
    (send, name), (value, problem) = PLACES[place], REFUSED[kind]
    with pytest.raises(InvalidArgument) as caught:
        send(value())
    if problem == DEEP:
        assert str(caught.value) == f"{name.partition('.')[0].partition('[')[0]} {DEEP}"
    else:
        assert str(caught.value) == name + problem
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize("levels", range(50, 1100, 50))
def test_a_value_of_any_depth_is_sent_or_refused(levels: int) -> None:
    """How many levels there may be depends on the stack, and Python's own error is never raised."""
    value = [nested(levels)]
    for given in (value, Opened(extra={"a": value}), {"a": {"b": value}}):
        try:
            assert sent({"n": given}) == b'{"n":' + encode_json("n", given) + b"}"
        except InvalidArgument as error:
            problem = str(error)
        else:
            problem = f"n {DEEP}" if levels < 900 else ""
        assert problem == f"n {DEEP}"


def test_a_body_of_several_deep_arguments_is_refused() -> None:
    """Even if the encoder alone finds it too deep, and so no argument can be named."""
    problems: set[str] = set()
    for levels in range(300, 1100, 5):
        try:
            sent({"m": nested(levels), "n": nested(levels)})
        except InvalidArgument as error:
            problems.add(str(error))
    assert problems <= {f"m {DEEP}", f"the body {DEEP}"}
    assert problems


class _Text(str):
    __slots__ = ()


class _Number(int):
    pass


class _Ratio(float):
    pass


class _Day(datetime.date):
    pass


class _Moment(datetime.datetime):
    pass


class _Colour(str, enum.Enum):  # noqa: UP042 - as older code has it
    RED = "red"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (10**30, b"1" + b"0" * 30),
        (-(2**63) - 1, b"-9223372036854775809"),
        (7 * 10**4000, b"7" + b"0" * 4000),
        (0.1, b"0.1"),
        (-0.0, b"-0.0"),
        (5e-324, b"5e-324"),
        ("ä\0\u2028\U0001f3c3", '"ä\\u0000\u2028\U0001f3c3"'.encode()),
        (_Text("a"), b'"a"'),
        (_Number(10**25), b"1" + b"0" * 25),
        (_Ratio(0.5), b"0.5"),
        (_Colour.RED, b'"red"'),
        ({_Text("a"): 1, _Colour.RED: 2}, b'{"a":1,"red":2}'),
        (MappingProxyType({"a": MappingProxyType({"b": 1})}), b'{"a":{"b":1}}'),
        (datetime.date(2026, 3, 10), b'"2026-03-10"'),
        (datetime.datetime(2026, 3, 10, 1, tzinfo=datetime.UTC), b'"2026-03-10T01:00:00Z"'),
        (_Day(2026, 3, 10), b'"2026-03-10"'),
        (_Moment(2026, 3, 10, 1, 2, 3, 4, datetime.UTC), b'"2026-03-10T01:02:03.000004Z"'),
        (Closed(any=[Opened(name="x", extra={"a": 1})]), b'{"any":[{"name":"x","a":1}]}'),
        (Listed(Opened(name="x", extra={"a": _Number(1)})), b'["listed",{"name":"x","a":1}]'),
        (MappingProxyType({"a": Opened(extra={"b": None})}), b'{"a":{"b":null}}'),
    ],
    ids=lambda value: str(value)[:20],
)
def test_all_else_is_sent_exactly(value: object, wanted: bytes) -> None:
    """Integers of any size, dates, subclasses as their values, mappings, and extras of models."""
    assert sent({"n": value}) == b'{"n":' + wanted + b"}"
    assert encode_json("value", value) == wanted
    assert sent({"n": Closed(any=value)}) == b'{"n":{"any":' + wanted + b"}}"
    json.loads(wanted)


class _Broken(datetime.tzinfo):
    def utcoffset(self, _: datetime.datetime | None) -> datetime.timedelta:
        raise ValueError("SECRET")

    dst = tzname = utcoffset  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType, reportIncompatibleMethodOverride] - not called


def test_a_value_that_the_encoder_rejects_is_named() -> None:
    """Without the encoder's error, which may contain the value."""
    moment = datetime.datetime(2026, 3, 10, tzinfo=_Broken())
    with pytest.raises(InvalidArgument, match="value cannot be encoded as JSON") as caught:
        encode_json("value", moment)
    assert caught.value.__context__ is None
