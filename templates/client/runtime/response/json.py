"""JSON decoding to a declared type: the value, or what is wrong with it, without any value of it.

Pure. msgspec's errors end here, as they can hold a value, and Python's the whole body.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

_decoders: dict[object, msgspec.json.Decoder[Any]] = {}

# What msgspec says: `Expected `int`, got `str` - at `$.runners[0].id``. A value that it quotes
# may look like any of this, so the place is the last one.
_SAID = re.compile(r"(?P<said>.*) - at (?:`key` in )?`\$(?P<path>[^`]*)`", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(?P<expected>[^`]*)`")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]*)`")
_QUOTED = re.compile(r"""['"].*""", re.DOTALL)


class Mismatch(msgspec.Struct, frozen=True):
    """What is wrong with JSON.

    `pointer` is where, as far as it is known; `odd` is whether this is JSON, but not of the
    declared type.
    """

    problem: str
    pointer: str | None = None
    expected: str | None = None
    odd: bool = False

    def below(self, place: str) -> Mismatch:
        """Give the same as seen from above, where what was read stands at a place."""
        return msgspec.structs.replace(self, pointer=place + (self.pointer or ""))

    def __str__(self) -> str:
        return f"at {self.pointer or 'the top'}: {self.problem}" if self.odd else self.problem


def decoded(kind: object, body: bytes | msgspec.Raw) -> object | Mismatch:
    """Decode JSON into a value of a type."""
    try:
        return _decoder(kind).decode(body)
    except UnicodeDecodeError:
        return Mismatch("the body is not valid UTF-8", pointer="")
    except RecursionError:
        return Mismatch("the body is nested too deeply", pointer="")
    except msgspec.ValidationError as error:
        return _explain(str(error))
    except msgspec.DecodeError as error:
        return Mismatch(f"the body is not valid JSON: {_QUOTED.sub('…', str(error))}", pointer="")


def missing(place: str) -> Mismatch:
    """Say that a required field is not there; the pointer is where it would be."""
    return Mismatch("a required field is missing", place, odd=True)


def step(name: str | int) -> str:
    """Give one step of a JSON pointer."""
    return f"/{str(name).replace('~', '~0').replace('/', '~1')}"


def _decoder(kind: object) -> msgspec.json.Decoder[object]:
    """Keep one decoder a type: making one costs more than using it."""
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = msgspec.json.Decoder(kind)
    return found


def _explain(text: str) -> Mismatch:
    """Take msgspec's message apart: where, what was expected, and nothing of the value."""
    parts = _SAID.fullmatch(text)
    said, pointer = (parts["said"], _pointer(parts["path"])) if parts else (text, "")
    absent = _MISSING.match(said)
    if absent is not None:
        return missing(pointer + step(absent["name"]))
    expected = _EXPECTED.match(said)
    return Mismatch(
        _QUOTED.sub("…", said).replace("`", ""),
        pointer=pointer,
        expected=expected["expected"] if expected else None,
        odd=True,
    )


def _pointer(path: str) -> str:
    """Turn `.runners[0].id` into `/runners/0/id`; a key of a map is unknown, so it ends there."""
    known = path.partition("[...]")[0]
    parts = re.findall(r"\.([^.\[]+)|\[(\d+)\]", known)
    return "".join(step(name or index) for name, index in parts)
