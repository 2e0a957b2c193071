"""Parser of JSON text to a Document: at C speed for a valid text, token by token for places.

Pure. The fast pass detects that a text must be rejected, but not where. The slow pass over the same
text finds the place; it also locates values for the problems of later stages.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain, islice
from typing import NoReturn, cast

from ..openapi.document import Document, Json, MarkIndex
from ..openapi.tolerances import Tolerances
from ..problems import Place, Problem, SpecError
from .assembler import Assembler, Container, MarkTable
from .limits import MAX_DEPTH, MAX_JSON_VALUES, MAX_STEPS
from .scalars import ScalarError, integer, number, unbounded, unusual

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|\n|[^\s{}\[\]:,"]+')
# The number of values is one more than the commas and the containers that are not empty.
_COUNTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{\[]\s*[}\]]|[,{\[]')
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _RefusedError(Exception):
    """The text must be rejected; the slow pass finds out where and why."""


def parse(text: str, name: str, *, tolerant: bool = False) -> Document:
    """Parse the text into a document. Raises SpecError if it is rejected."""
    if _is_large(text):
        message = f"more than {MAX_JSON_VALUES} values; make it smaller or split it"
        raise SpecError([Problem(Place(name), message)])
    try:
        try:
            data, large = _fast(text, tolerant=tolerant)
        except (_RefusedError, ScalarError, RecursionError) as error:
            _check_syntax(text)
            raise SpecError(_slow(text, name).problems) from error
    except json.JSONDecodeError as error:
        place = Place(name, error.lineno, error.colno)
        message = f"not valid JSON: {error.msg[:1].lower()}{error.msg[1:]}"
        raise SpecError([Problem(place, message)]) from error
    return Document(
        name=name,
        data=data,
        locate=lambda: _locate(text, data),
        text=text,
        tolerated=_tolerated(text, name, large),
    )


def _tolerated(text: str, name: str, large: list[str]) -> tuple[Problem, ...]:
    """Return the warning for numbers that were read exactly or as text, with the first place."""
    found = Tolerances()
    kinds: tuple[type[int] | type[str], ...] = (int, str)
    for kind in kinds:
        alike = [token for token in large if type(unbounded(token)) is kind]
        if alike:
            place = next(
                Place(name, line, column) for it, line, column in _marked(text) if it == alike[0]
            )
            found.add(str(kind), partial(Problem, place, unusual(alike[0])), len(alike))
    return found.warnings()


def _check_syntax(text: str) -> None:
    """Raise JSONDecodeError if the text is not valid JSON."""
    # A text too deep for the decoder is too deep for the slow pass as well, which has the place.
    with suppress(RecursionError):
        json.loads(text, parse_int=str, parse_float=str, parse_constant=str)


def _fast(text: str, *, tolerant: bool) -> tuple[Json, list[str]]:
    """Return the data and, of a tolerant reading, the numbers that JSON readers lose."""
    large: list[str] = []

    def lenient(token: str, exact: Callable[[str], float] = integer) -> float | str:
        try:
            return exact(token)
        except ScalarError:
            large.append(token)
            return unbounded(token)

    data = cast(
        Json,
        json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=lenient if tolerant else integer,
            parse_float=partial(lenient, exact=number) if tolerant else number,
            parse_constant=_constant,
        ),
    )
    if _is_too_much(data) or (_SURROGATE_ESCAPE.search(text) and _has_surrogate(data)):
        raise _RefusedError
    return data, large


def _pairs(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _RefusedError
    return mapping


def _constant(text: str) -> NoReturn:
    raise _RefusedError(text)


def _is_large(text: str) -> bool:
    """Return whether there are too many values, before they take up memory."""
    if text.count(",") + text.count("[") + text.count("{") < MAX_JSON_VALUES:
        return False
    found = (match for match in _COUNTED.finditer(text) if len(match[0]) == 1)
    return next(islice(found, MAX_JSON_VALUES - 1, None), None) is not None


def _levels(data: Json) -> Iterator[list[Container]]:
    """Yield the containers of each level of nesting, outermost first."""
    level: list[Container] = [data] if isinstance(data, dict | list) else []
    while level:
        yield level
        children = chain.from_iterable(c.values() if isinstance(c, dict) else c for c in level)
        level = [child for child in children if isinstance(child, dict | list)]


def _is_too_much(data: Json) -> bool:
    steps = values = 0
    for depth, level in enumerate(_levels(data), 1):
        children = sum(map(len, level))
        values += children
        steps += depth * children
        if depth > MAX_DEPTH or values >= MAX_JSON_VALUES or steps > MAX_STEPS:
            return True
    return False


def _has_surrogate(data: Json) -> bool:
    return any(
        isinstance(text, str) and _SURROGATE.search(text)
        for level in _levels(data)
        for container in level
        for text in chain(container, container.values() if isinstance(container, dict) else ())
    )


def _slow(text: str, name: str) -> Assembler:
    """Parse the text, which is valid JSON down to the deepest allowed level, token by token."""
    assembler = Assembler(name, MAX_JSON_VALUES)
    for found, *position in _marked(text):
        mark = (position[0], position[1])
        if found in "{[":
            assembler.open({} if found == "{" else [], mark)
        elif found in "}]":
            assembler.close()
        else:
            assembler.scalar(_scalar(found, mark, assembler), 0, mark)
    return assembler


def _marked(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the tokens of a JSON text, with line and column."""
    line, line_start = 1, 0
    for token in _TOKEN.finditer(text):
        if token[0] == "\n":
            line, line_start = line + 1, token.end()
        else:
            yield token[0], line, token.start() - line_start + 1


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


def _locate(text: str, data: Json) -> MarkIndex:
    """Return the places of `data`, parsed from `text`: tokens and values have the same order."""
    marks = MarkTable()
    if not isinstance(data, dict | list):
        return marks
    # The open containers: their places so far, and their values still to come.
    open_: list[tuple[Container, array[int], Iterator[Json]]] = []
    value: Json = data
    for found, line, column in _marked(text):
        if found in "}]":
            container, places, _ = open_.pop()
            marks.add(container, places)
            continue
        if open_:
            container, places, values = open_[-1]
            places.extend((line, column))
            if isinstance(container, dict) and len(places) % 4:
                continue  # a key
            value = next(values)
        if isinstance(value, dict | list):
            children = value.values() if isinstance(value, dict) else value
            open_.append((value, array("I"), iter(children)))
    return marks
