"""Limits of lenient decoding: the work for one body, and what ends it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from msgspec.structs import replace

from .json import Mismatch

# Limits of the work for one body. A page of 100 items with 100 fields each, all of the wrong type,
# needs about 20,000 values. Each level of nested objects parses its bytes three times.
MAX_VALUES = 100_000
MAX_PARSES = 64
_MIN_BYTES = 2**24


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
