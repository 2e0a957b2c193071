"""Decoders of msgspec, which one thread at a time builds.

Pure. While msgspec reads the annotations of a class, another thread that builds a decoder would get
the unfinished class, and the interpreter would crash.
"""

from __future__ import annotations

from _thread import RLock

import msgspec

from .lazy import finish

_mutex = RLock()


def build_decoder(kind: object) -> msgspec.json.Decoder[object]:
    """Build the decoder of a type. Raises TypeError or NameError if msgspec cannot decode it."""
    return finish(lambda: _build(kind))


def _build(kind: object) -> msgspec.json.Decoder[object]:
    with _mutex:
        return msgspec.json.Decoder(kind)
