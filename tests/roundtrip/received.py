"""A received request as the specification reads it: the values of parameters and of the body.

By OpenAPI's styles and RFC 6570, RFC 6265, RFC 7578 and the URL standard. A style transports text
only, so `same` compares a value with the text that stands for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, unquote_plus

from .description import Content, Operation, Parameter, entries, is_list, is_object

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)")
Pairs = Sequence[tuple[str, str]]


def equal(wanted: Any, found: Any) -> bool:
    """Return whether two JSON values are the same data: numbers by value, times by instant."""
    if is_object(wanted) and is_object(found):
        return wanted.keys() == found.keys() and all(equal(wanted[k], found[k]) for k in wanted)
    if is_list(wanted) and is_list(found):
        return len(wanted) == len(found) and all(map(equal, wanted, found))
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, str) and isinstance(found, str) and wanted != found:
        return instant(wanted) is not None and instant(wanted) == instant(found)
    return bool(wanted == found)


def instant(text: str) -> datetime | None:
    """Return the instant of a date-time; None for any other text."""
    if _DATE_TIME.fullmatch(text) is None:
        return None
    return datetime.fromisoformat(text.upper())


def same(value: Any, text: str) -> bool:
    """Return whether a text stands for a value, as the value of a style."""
    match value:
        case bool():
            return text == ("true" if value else "false")
        case int() | float():
            try:
                return float(text) == value if isinstance(value, float) else int(text) == value
            except ValueError:
                return False
        case str():
            return equal(value, text)
        case _:
            return equal(value, json.loads(text))


def written(value: Any) -> Any:
    """Return what is left of a value in a style: null, and what is empty, is not written."""
    if is_object(value):
        return {name: one for name, one in value.items() if one is not None}
    return [one for one in value if one is not None] if is_list(value) else value


# ── parameters ───────────────────────────────────────────────────────────────────────────────


def path_values(operation: Operation, path: str) -> dict[str, str]:
    """Return the encoded values of the path parameters of a request."""
    template = re.split("[?#]", operation.path)[0]
    names = [one.name for one in operation.parameters if one.location == "path"]
    pieces = re.split("(" + "|".join(re.escape(f"{{{name}}}") for name in names) + ")", template)
    if not names:
        pieces = [template]
    pattern, order = "", list[str]()
    for piece in pieces:
        if piece[1:-1] in names and piece.startswith("{"):
            pattern += f"(?P={_group(names, piece)})" if piece in order else _captured(names, piece)
            order.append(piece)
        else:
            pattern += "".join(
                f"(?:{re.escape(one)}|%{ord(one):02X})" if ord(one) < 128 else re.escape(one)
                for one in piece
            )
    found = re.fullmatch(pattern, path)
    assert found is not None, f"{path} is not the path {template}"
    return {names[int(group[1:])]: value for group, value in found.groupdict().items()}


def _group(names: list[str], piece: str) -> str:
    return f"n{names.index(piece[1:-1])}"


def _captured(names: list[str], piece: str) -> str:
    return f"(?P<{_group(names, piece)}>[^/?#]*)"


def check_path(parameter: Parameter, value: Any, raw: str) -> None:
    """Fail unless the encoded value of a path parameter stands for a value."""
    if parameter.media_type is not None:
        assert _in_media_type(parameter.media_type, value, unquote(raw)), (parameter.name, raw)
        return
    value, style, explode = written(value), parameter.style, parameter.explode
    if style == "matrix" and not (explode and isinstance(value, (list, dict))):
        name, _, raw = raw.partition("=")
        assert unquote(name) == f";{parameter.name}", raw
    elif style == "matrix":
        assert raw.startswith(";")
        raw = raw.removeprefix(";")
    elif style == "label":
        assert raw.startswith(".")
        raw = raw.removeprefix(".")
    separator = {"label": ".", "matrix": ";"}.get(style, ",") if explode else ","
    parts = raw.split(separator) if isinstance(value, (list, dict)) else [raw]
    if style == "matrix" and explode and is_list(value):
        assert {unquote(part.partition("=")[0]) for part in parts} == {parameter.name}
        parts = [part.partition("=")[2] for part in parts]
    _check_parts(parameter.name, value, parts, explode=explode)


def check_header(parameter: Parameter, value: Any, raw: str) -> None:
    """Fail unless a header stands for a value. Nothing is escaped in a header."""
    if parameter.media_type is not None:
        assert _in_media_type(parameter.media_type, value, raw), (parameter.name, raw)
        return
    value = written(value)
    parts = raw.split(",") if isinstance(value, (list, dict)) else [raw]
    _check_parts(parameter.name, value, parts, explode=parameter.explode, escaped=False)


def _check_parts(
    name: str, value: Any, parts: list[str], *, explode: bool, escaped: bool = True
) -> None:
    if is_object(value):
        if explode:
            parts = [it for part in parts for it in part.split("=", 1)]
        texts = [unquote(part) if escaped else part for part in parts]
        found = dict(zip(texts[::2], texts[1::2], strict=True))
        assert found.keys() == value.keys(), (name, found)
        assert all(same(one, found[key]) for key, one in value.items()), (name, found)
        return
    texts = [unquote(part) if escaped else part for part in parts]
    wanted = value if is_list(value) else [value]
    assert len(wanted) == len(texts), (name, wanted, texts)
    assert all(map(same, wanted, texts)), (name, wanted, texts)


def split_query(query: str) -> list[tuple[str, str]]:
    """Return the encoded names and values of a query or a form."""
    return [(one.partition("=")[0], one.partition("=")[2]) for one in query.split("&") if one]


def split_cookies(header: str | None) -> list[tuple[str, str]]:
    return split_query((header or "").replace("; ", "&"))


def take(parameter: Parameter, value: Any, pairs: list[tuple[str, str]]) -> None:
    """Remove the pairs that stand for a value. Fail if others do."""
    name, value = parameter.name, value if parameter.media_type else written(value)
    if parameter.media_type is not None:
        [text] = _taken(pairs, name)
        assert _in_media_type(parameter.media_type, value, unquote_plus(text)), (name, text)
    elif parameter.style == "deepObject":
        wanted = [*_deep(name, value)]
        for path, one in wanted:
            [text] = _taken(pairs, path)
            assert same(one, unquote_plus(text)), (path, one, text)
    elif is_object(value) and parameter.explode:
        for key, one in value.items():
            listed = written(one) if is_list(one) else [one]
            _all_same(key, listed, [unquote_plus(text) for text in _taken(pairs, key)])
    elif is_object(value):
        texts = _taken(pairs, name)
        assert len(texts) == 1, (name, value, texts)
        _check_parts(name, value, _delimited(parameter.style, texts[0]), explode=False)
    else:
        listed = value if is_list(value) else [value]
        texts = _taken(pairs, name)
        if is_list(value) and not parameter.explode and value:
            assert len(texts) == 1, (name, value, texts)
            texts = _delimited(parameter.style, texts[0])
        _all_same(name, listed, [unquote_plus(text) for text in texts])


def _delimited(style: str, text: str) -> list[str]:
    """Return the encoded parts of a value. Delimiters that are no commas are escaped too."""
    match style:
        case "spaceDelimited":
            return re.split(r"%20|\+", text)
        case "pipeDelimited":
            return re.split(r"%7C|\|", text)
        case _:
            return text.split(",")


def _taken(pairs: list[tuple[str, str]], name: str) -> list[str]:
    """Remove the pairs of a name, and return their encoded values."""
    found = [value for key, value in pairs if unquote_plus(key) == name]
    pairs[:] = [one for one in pairs if unquote_plus(one[0]) != name]
    return found


def _all_same(name: str, wanted: Sequence[Any], texts: Sequence[str]) -> None:
    assert len(wanted) == len(texts), (name, wanted, texts)
    assert all(map(same, wanted, texts)), (name, wanted, texts)


def _deep(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every value inside a value with its name in the style deepObject."""
    if is_object(value):
        for key, one in value.items():
            yield from _deep(f"{path}[{key}]", one)
    elif is_list(value):
        for index, one in enumerate(value):
            yield from _deep(f"{path}[{index}]", one)
    elif value is not None:
        yield path, value


def _in_media_type(media_type: str, value: Any, text: str) -> bool:
    return equal(value, json.loads(text)) if is_json(media_type) else same(value, text)


# ── bodies ───────────────────────────────────────────────────────────────────────────────────


def is_json(media_type: str) -> bool:
    name = media_type.partition(";")[0].strip().lower()
    return name in ("application/json", "text/json") or name.endswith("+json")


def charset(media_type: str) -> str:
    """Return the charset that a media type states; UTF-8 if it states none."""
    found = re.search(r'; *charset="?([\w-]+)', media_type, re.IGNORECASE)
    return found[1] if found else "utf-8"


def check_form(content: Content, value: Mapping[str, Any], body: bytes) -> None:
    """Fail unless a form of pairs stands for the fields of a body, and for nothing else."""
    pairs = split_query(body.decode("ascii"))
    for name, one in value.items():
        encoding = entries(content.encoding.get(name))
        if encoding.keys() & {"style", "explode", "allowReserved"}:
            take(_field(name, encoding), one, pairs)
            continue
        listed = written(one) if is_list(one) else [] if one is None else [one]
        texts = [unquote_plus(text) for text in _taken(pairs, name)]
        media_type = encoding.get("contentType", "")
        assert len(listed) == len(texts), (name, listed, texts)
        for item, text in zip(listed, texts, strict=True):
            assert _in_media_type(media_type, item, text), (name, item, text)
    assert not pairs, pairs


def check_multipart(
    content: Content, value: Mapping[str, Any], media_type: str, body: bytes
) -> None:
    """Fail unless the parts of a form stand for the fields of a body, and for nothing else."""
    parts = [*_parts(media_type, body)]
    for name, one in value.items():
        encoding = entries(content.encoding.get(name))
        if encoding.keys() & {"style", "explode", "allowReserved"}:
            wanted = [*_styled(_field(name, encoding), one)]
        else:
            wanted = [(name, it) for it in (one if is_list(one) else [one])]
        for key, it in wanted:
            index = next((i for i, part in enumerate(parts) if part[0] == key), None)
            assert index is not None, (key, it)
            _check_part(encoding, it, *parts.pop(index)[1:])
    assert not parts, parts


def _check_part(encoding: Mapping[str, Any], value: Any, media_type: str, found: bytes) -> None:
    """Fail unless one part stands for a value, in a media type of its field."""
    allowed = [one.strip() for one in encoding.get("contentType", "").split(",") if one.strip()]
    if allowed and media_type:
        assert any(matches(one, media_type) for one in allowed), (media_type, allowed)
    if isinstance(value, bytes):
        assert found == value
        assert media_type, "a file has no media type"
    elif is_json(media_type):
        assert equal(value, json.loads(found)), (value, found)
    elif value is None:
        assert found == b""
    else:
        assert not isinstance(value, (list, dict)), "a list or an object is not JSON"
        assert same(value, found.decode(charset(media_type))), (value, found)


def _styled(parameter: Parameter, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a multipart form for a value in a style."""
    if parameter.style == "deepObject":
        yield from _deep(parameter.name, written(value))
    elif is_object(value) and parameter.explode:
        yield from written(value).items()
    elif is_list(value) and parameter.explode:
        yield from ((parameter.name, one) for one in written(value))
    else:
        yield parameter.name, value


def _field(name: str, encoding: Mapping[str, Any]) -> Parameter:
    style = encoding.get("style", "form")
    explode = encoding.get("explode", style in ("form", "deepObject"))
    return Parameter(
        name=name, location="body", required=False, schema={}, style=style, explode=explode
    )


def _parts(media_type: str, body: bytes) -> Iterator[tuple[str, str, bytes]]:
    """Yield the name, the media type and the content of each part."""
    boundary = media_type.partition("boundary=")[2].strip('"').encode()
    first, *pieces, last = (b"\r\n" + body).split(b"\r\n--" + boundary)
    assert (first, last) == (b"", b"--\r\n")
    for piece in pieces:
        head, _, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        name = re.search(r'; name="((?:[^"\\]|\\.)*)"', headers["Content-Disposition"])
        assert name is not None
        yield re.sub(r"\\(.)", r"\1", name[1]), headers.get("Content-Type", ""), content


def matches(pattern: str, media_type: str) -> bool:
    """Return whether a media type is of a range, such as `image/*`; parameters do not count."""
    wanted, found = (one.partition(";")[0].strip().lower() for one in (pattern, media_type))
    if wanted.endswith("/*"):
        return wanted == "*/*" or found.partition("/")[0] == wanted.partition("/")[0]
    return wanted == found
