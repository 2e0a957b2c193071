"""Result of lenient decoding: its value, its mismatches, the work for one body, what ends it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Self

import msgspec
from msgspec.structs import replace

from .json import Mismatch, decode

# Limits of the work for one body. A page of 100 items with 100 fields each, all of the wrong type,
# needs about 20,000 values. Each level of nested objects parses its bytes three times.
MAX_VALUES = 100_000
MAX_PARSES = 64
_MIN_BYTES = 2**24

_INDEX = re.compile(r"/\d+(?=/|$)")


# The key of any value of a map in a pointer: keys are data, and may be secret.
ANY_KEY = "/*"


class NotTolerated(Exception):
    """Ends the decoding with a mismatch that cannot be tolerated. Its pointer ends at a map."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch.problem)
        pointer = mismatch.pointer and mismatch.pointer.partition(ANY_KEY)[0]
        self.mismatch = replace(mismatch, pointer=pointer)


@dataclass(slots=True)
class Work:
    """Work left for a body: how many values may be decoded, and how many bytes parsed for them."""

    values: int
    bytes: int

    @classmethod
    def for_body(cls, size: int) -> Self:
        """Return the work allowed for a body of some bytes."""
        return cls(MAX_VALUES, max(_MIN_BYTES, MAX_PARSES * size))

    def spend(self, size: int) -> None:
        self.values -= 1
        self.bytes -= size
        if self.values < 0 or self.bytes < 0:
            raise NotTolerated(
                Mismatch("too many values of the wrong type", pointer="", is_wrong_type=True)
            )


@dataclass(slots=True)
class Lenient:
    """A value and its mismatches: one for each pointer with `*` for the indices, and their count."""

    value: object = None
    mismatches: dict[str, Mismatch] = field(default_factory=dict[str, Mismatch])
    count: int = 0


class Decoder:
    """Decoder of a body, or of one object in it: the mismatches that it has tolerated."""

    __slots__ = ("_work", "count", "mismatches")

    def __init__(self, work: Work) -> None:
        self._work = work
        self.mismatches: dict[str, Mismatch] = {}
        self.count = 0

    def decode(self, kind: object, raw: bytes | msgspec.Raw) -> object | Mismatch:
        self._work.spend(memoryview(raw).nbytes)
        return decode(kind, raw)

    def nested(self) -> Decoder:
        """Return a decoder of an object, whose mismatches count only if they are `adopt`ed."""
        return Decoder(self._work)

    def adopt(self, nested: Decoder) -> None:
        self.count += nested.count
        for shape, mismatch in nested.mismatches.items():
            self.mismatches.setdefault(shape, mismatch)

    def tolerate(self, pointer: str, mismatch: Mismatch) -> None:
        self.count += 1
        self.mismatches.setdefault(_INDEX.sub("/*", pointer), mismatch)
