"""Decoding of JSON into a declared type, and descriptions of mismatches.

Pure. A mismatch contains no value of the body. The errors of msgspec and Python can contain one, so
they do not leave this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from ..decoders import build_decoder
from ..lazy import load
from ..types import EXTRA_KEY, KIND_KEY
from .model_types import holds_times

_decoders: dict[object, tuple[msgspec.json.Decoder[Any], bool]] = {}

# `re` compiles a pattern when it is first used, which most programs never do.
# A message of msgspec: `Expected `int`, got `str` - at `$.items[0].id``. A value quoted in it can
# look like any of this, so the last path counts.
_MESSAGE = r"(?s)(?P<problem>.*) - at (?:`key` in )?`\$(?P<path>[^`]*)`"
_EXPECTED = r"Expected `(?P<expected>[^`]*)`"
_MISSING = r"Object missing required field `(?P<name>[^`]*)`"
# Only open models reject a property without a field, and only models with conditions need this key.
_BY_HAND = ("Object contains unknown field", f"Object missing required field `{KIND_KEY}`")
# Perhaps a time with more decimals than `datetime` has.
_LONG_FRACTION = rb"\.\d{7}"
_QUOTED = r"""(?s)['"].*|(?<=value )\S.*"""


class Mismatch(msgspec.Struct, frozen=True):
    """A difference between a body and its declared type.

    `pointer` is the JSON pointer of the value, if it is known. `is_wrong_type` is whether the body
    is valid JSON of another type.
    """

    problem: str
    pointer: str | None = None
    expected: str | None = None
    is_wrong_type: bool = False

    def below(self, pointer: str) -> Mismatch:
        """Return this mismatch with its pointer relative to the parent of the value at `pointer`."""
        return msgspec.structs.replace(self, pointer=pointer + (self.pointer or ""))

    def __str__(self) -> str:
        if not self.is_wrong_type:
            return self.problem
        return f"at {self.pointer or 'the top'}: {self.problem}"


def decode(kind: object, body: bytes | msgspec.Raw) -> object | Mismatch:
    """Decode JSON into a value of a type."""
    decoder, timed = _decoder(kind)
    by_hand = timed and re.search(_LONG_FRACTION, memoryview(body)) is not None
    value = None if by_hand else _attempt(decoder.decode, body)
    if by_hand or (isinstance(value, _Invalid) and value.text.startswith(_BY_HAND)):
        load(".open_models", __package__)  # rarely needed
        from .open_models import convert

        value = _attempt(partial(convert, kind), body)
    return _parse_message(value.text) if isinstance(value, _Invalid) else value


class _Invalid(msgspec.Struct, frozen=True):
    """Message of msgspec for JSON of another type."""

    text: str


def _attempt(
    read: Callable[[bytes | msgspec.Raw], object], body: bytes | msgspec.Raw
) -> object | Mismatch | _Invalid:
    try:
        return read(body)
    except UnicodeDecodeError:
        return Mismatch("the body is not valid UTF-8", pointer="")
    except RecursionError:
        return Mismatch("the body is nested too deeply", pointer="")
    except msgspec.ValidationError as error:
        return _Invalid(str(error))
    except msgspec.DecodeError as error:
        return Mismatch(
            f"the body is not valid JSON: {re.sub(_QUOTED, '…', str(error))}", pointer=""
        )


def no_alternative(pointer: str) -> Mismatch:
    """Return the mismatch of an object that is none of several models."""
    return Mismatch("none of the declared alternatives", pointer, is_wrong_type=True)


def other_tag(pointer: str) -> Mismatch:
    """Return the mismatch of an object with the tag of another model than the declared one."""
    return Mismatch("another object than the declared one, by its tag", pointer, is_wrong_type=True)


def missing_field(pointer: str) -> Mismatch:
    """Return the mismatch of a missing required field; `pointer` is that of the field."""
    return Mismatch("a required field is missing", pointer, is_wrong_type=True)


def pointer_token(name: str | int) -> str:
    """Return one token of a JSON pointer, with its slash."""
    return f"/{str(name).replace('~', '~0').replace('/', '~1')}"


def _decoder(kind: object) -> tuple[msgspec.json.Decoder[object], bool]:
    """Return the cached decoder of a type, and whether there may be times in its values.

    Creating a decoder takes longer than using it.
    """
    found = _decoders.get(kind)
    if found is None:
        found = _decoders[kind] = (build_decoder(kind), holds_times(kind))
    return found


def _parse_message(text: str) -> Mismatch:
    """Parse a message of msgspec into a mismatch, without the value that it may quote."""
    parts = re.fullmatch(_MESSAGE, text)
    problem, pointer = (parts["problem"], _pointer(parts["path"])) if parts else (text, "")
    missing = re.match(_MISSING, problem)
    if missing is not None and missing["name"] == KIND_KEY:
        return no_alternative(pointer)
    if missing is not None:
        return missing_field(pointer + pointer_token(missing["name"]))
    expected = re.match(_EXPECTED, problem)
    return Mismatch(
        re.sub(_QUOTED, "…", problem).replace("`", ""),
        pointer=pointer,
        expected=expected["expected"] if expected else None,
        is_wrong_type=True,
    )


def _pointer(path: str) -> str:
    """Convert `.items[0].id` to `/items/0/id`. It ends at a map, whose key is unknown."""
    known = path.partition("[...]")[0].replace(f".{EXTRA_KEY}", "")
    parts = re.findall(r"\.([^.\[]+)|\[(\d+)\]", known)
    return "".join(pointer_token(name or index) for name, index in parts)
