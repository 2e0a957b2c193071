"""JSON text to a Document: at C speed when all is well, step by step when places are wanted.

Pure. The fast way notices that something is refused but not where; the slow way, over the same
text, says where, and it also finds the places of values for the problems of later stages.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import NoReturn, cast

from ..document import Document, Json, MarkIndex, Marks
from ..problems import Place, Problem, SpecError
from .assembler import Assembler
from .limits import MAX_DEPTH
from .scalars import ScalarError, integer, number

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|\n|[^\s{}\[\]:,"]+')
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _RefusedError(Exception):
    """Something in the text is refused; the slow way finds out what and where."""


def parse(text: str, name: str) -> Document:
    """Build the document; SpecError when the text is refused."""
    try:
        try:
            data = _fast(text)
        except (_RefusedError, ScalarError, RecursionError) as error:
            _check_syntax(text)
            raise SpecError(_slow(text, name).problems) from error
    except json.JSONDecodeError as error:
        place = Place(name, error.lineno, error.colno)
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise SpecError([Problem(place, message)]) from error
    return Document(name=name, data=data, locate=lambda: _locate(text, name, data))


def _check_syntax(text: str) -> None:
    """Raise JSONDecodeError for text that is no JSON, whatever its values are."""
    # A text too deep for the decoder is too deep for the slow way as well, which says where.
    with suppress(RecursionError):
        json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _fast(text: str) -> Json:
    data = cast(
        Json,
        json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=integer,
            parse_float=number,
            parse_constant=_constant,
        ),
    )
    if _is_deep(data) or (_SURROGATE_ESCAPE.search(text) and _has_surrogate(data)):
        raise _RefusedError
    return data


def _pairs(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _RefusedError
    return mapping


def _constant(text: str) -> NoReturn:
    raise _RefusedError(text)


def _levels(data: Json) -> Iterator[list[dict[str, Json] | list[Json]]]:
    """The containers of each level of nesting, outermost first."""
    level: list[dict[str, Json] | list[Json]] = [data] if isinstance(data, dict | list) else []
    while level:
        yield level
        children = chain.from_iterable(c.values() if isinstance(c, dict) else c for c in level)
        level = [child for child in children if isinstance(child, dict | list)]


def _is_deep(data: Json) -> bool:
    return any(depth >= MAX_DEPTH for depth, _ in enumerate(_levels(data)))


def _has_surrogate(data: Json) -> bool:
    return any(
        isinstance(text, str) and _SURROGATE.search(text)
        for level in _levels(data)
        for container in level
        for text in chain(container, container.values() if isinstance(container, dict) else ())
    )


def _slow(text: str, name: str) -> Assembler:
    """Walk the text, which is valid JSON down to the deepest level allowed, token by token."""
    assembler = Assembler(name)
    line, line_start = 1, 0
    for token in _TOKEN.finditer(text):
        found = token[0]
        mark = (line, token.start() - line_start + 1)
        if found == "\n":
            line, line_start = line + 1, token.end()
        elif found in "{[":
            assembler.open({} if found == "{" else [], mark)
        elif found in "}]":
            assembler.close()
        else:
            assembler.scalar(_scalar(found, mark, assembler), 0, mark)
    return assembler


def _scalar(token: str, mark: tuple[int, int], assembler: Assembler) -> Json:
    if token.startswith('"') and "\\" not in token:
        return token[1:-1]
    try:
        value = cast(
            Json,
            json.loads(token, parse_int=integer, parse_float=number, parse_constant=_constant),
        )
    except ScalarError as error:
        assembler.report(mark, str(error))
        return token
    except _RefusedError:
        assembler.report(mark, f"{token} is not JSON; remove it")
        return token
    if isinstance(value, str) and _SURROGATE.search(value):
        assembler.report(mark, "half of a surrogate pair (\\ud800 to \\udfff); remove the escape")
    return value


def _locate(text: str, name: str, data: Json) -> MarkIndex:
    """Find the places of `data`, which came of `text`: read it again, then carry the marks over."""
    again = _slow(text, name)
    marks: dict[tuple[int, str | int], Marks] = {}
    pairs = [(data, again.data)]
    while pairs:
        ours, theirs = pairs.pop()
        if isinstance(ours, dict) and isinstance(theirs, dict):
            steps: list[str | int] = [*ours]
            pairs += zip(ours.values(), theirs.values(), strict=True)
        elif isinstance(ours, list) and isinstance(theirs, list):
            steps = [*range(len(ours))]
            pairs += zip(ours, theirs, strict=True)
        else:
            continue
        for step in steps:
            marks[id(ours), step] = again.marks[id(theirs), step]
    return marks
