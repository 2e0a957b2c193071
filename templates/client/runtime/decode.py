"""From a reply to the value of the call: the declared type, or an error that says what differs.

Pure. A reply becomes a value only with a status that means success, JSON as its content type, and
a body of the declared shape; a page of HTML is never an empty list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import msgspec

from .errors import RequestInfo
from .failures import status_error, unexpected
from .operation import Answer, Operation
from .reply import Reply
from .secret import Redactor

T = TypeVar("T")

# An undeclared one of these is taken when the body has the declared shape; 204, 205 and 206 say
# themselves that it is not all there.
_WITH_CONTENT = frozenset({200, 201, 202, 203})

_decoders: dict[object, msgspec.json.Decoder[Any]] = {}

# What msgspec says: `Expected `int`, got `str` - at `$.runners[0].id``. A value that it quotes
# may look like any of this, so the place is the last one.
_SAID = re.compile(r"(?P<said>.*) - at (?:`key` in )?`\$(?P<path>[^`]*)`", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(?P<expected>[^`]*)`")
_QUOTED = re.compile(r"""['"].*""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Mismatch:
    """What is wrong with a body, without any value of it."""

    problem: str
    pointer: str | None = None
    expected: str | None = None


def value_of(operation: Operation[T], request: RequestInfo, reply: Reply, redact: Redactor) -> T:
    """Give the value of a successful reply, or raise what it is instead."""
    if 400 <= reply.status < 600:
        raise status_error(request, reply, redact)
    value = _read(operation, reply)
    if isinstance(value, _Mismatch):
        raise unexpected(
            request, reply, redact, value.problem, pointer=value.pointer, expected=value.expected
        )
    return value


def _read(operation: Operation[T], reply: Reply) -> T | _Mismatch:
    answer = operation.answer(reply.status)
    wrong = _wrong_kind(operation, answer, reply)
    if wrong is not None:
        return wrong
    if answer is None or answer.returns is None:
        return cast("T", None)  # an operation without `returns` is an Operation[None]
    if answer.encoding != "json":
        return cast("T | _Mismatch", _plain(answer, reply))
    return cast("T | _Mismatch", _decoded(answer.returns(), reply))


def _plain(answer: Answer, reply: Reply) -> str | bytes | _Mismatch:
    """Give a body that is text, or bytes as they came."""
    if answer.encoding == "binary":
        return reply.body
    try:
        return reply.body.decode("utf-8")
    except UnicodeDecodeError:
        return _Mismatch("the body is not valid UTF-8", pointer="")


def _wrong_kind(operation: Operation[T], answer: Answer | None, reply: Reply) -> _Mismatch | None:
    """Say what is wrong with a reply before its body is read."""
    if reply.fault is not None:
        return _Mismatch(reply.fault)
    declared = reply.status in operation.success or (2 in operation.success and answer is not None)
    if answer is None:
        return _Mismatch("the status is not one that means success here")
    if answer.returns is None:
        if declared and (not reply.body or reply.is_json):
            return None
        return _Mismatch("expected a reply without content", expected="no content")
    if not declared and reply.status not in _WITH_CONTENT:
        return _Mismatch("the status is not one that means success here")
    if answer.encoding == "json" and not reply.is_json:
        return _Mismatch(
            f"expected JSON, got {reply.media_type or 'no content type'}",
            expected="application/json",
        )
    return None


def _decoded(kind: object, reply: Reply) -> object | _Mismatch:
    """Decode a body. Errors end here: msgspec's can hold a value, Python's the whole body."""
    try:
        return _decoder(kind).decode(reply.body)
    except UnicodeDecodeError:
        return _Mismatch("the body is not valid UTF-8", pointer="")
    except RecursionError:
        return _Mismatch("the body is nested too deeply", pointer="")
    except msgspec.ValidationError as error:
        return _explain(str(error))
    except msgspec.DecodeError as error:
        return _Mismatch(f"the body is not valid JSON: {_QUOTED.sub('…', str(error))}", pointer="")


def _decoder(kind: object) -> msgspec.json.Decoder[object]:
    """Keep one decoder a type: making one costs more than using it."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind)
    return found


def _explain(text: str) -> _Mismatch:
    """Take msgspec's message apart: where, what was expected, and nothing of the value."""
    parts = _SAID.fullmatch(text)
    said, pointer = (parts["said"], _pointer(parts["path"])) if parts else (text, "")
    problem = _QUOTED.sub("…", said).replace("`", "")
    expected = _EXPECTED.match(said)
    return _Mismatch(
        f"at {pointer or 'the top'}: {problem}",
        pointer=pointer,
        expected=expected["expected"] if expected else None,
    )


def _pointer(path: str) -> str:
    """Turn `.runners[0].id` into `/runners/0/id`; a key of a map is unknown, so it ends there."""
    known = path.partition("[...]")[0]
    parts = re.findall(r"\.([^.\[]+)|\[(\d+)\]", known)
    return "".join(
        f"/{(name or index).replace('~', '~0').replace('/', '~1')}" for name, index in parts
    )
