"""Content codings of a body: gzip and deflate, up to a maximum size.

Pure. A truncated stream is a fault, also if what came before its end looks complete.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

CORRUPT = "the compression of the body is corrupt"
TRUNCATED = "the compressed body is truncated"
UNKNOWN = "the body has a content coding that was not requested"

# The window sizes by which zlib knows a format.
_GZIP, _ZLIB, _RAW_DEFLATE = 31, 15, -15
_FORMATS: Mapping[str, int] = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}

# A gzip body may consist of several members. Each one copies the rest of the body.
_MAX_MEMBERS = 20


def decoded(body: bytes, coding: str, limit: int) -> tuple[bytes, str | None]:
    """Return a body without its content coding, and why that is not possible, or None.

    `coding` is the `Content-Encoding` header. The result has more than `limit` bytes if the decoded
    body has. A body of a coding with no bytes at all is empty.
    """
    codings = [name for one in coding.split(",") if (name := one.strip().lower()) != "identity"]
    for name in reversed([one for one in codings if one]):
        if name not in _FORMATS:
            return body, UNKNOWN
        if body:
            body, fault = _decompressed(body, _FORMATS[name], limit)
            if fault is not None:
                return body, fault
    return body, None


def _decompressed(body: bytes, form: int, limit: int) -> tuple[bytes, str | None]:
    if form == _ZLIB and not _has_zlib_header(body):
        form = _RAW_DEFLATE  # a common mistake of servers
    parts: list[bytes] = []
    room = limit + 1
    for _ in range(_MAX_MEMBERS):
        stream = zlib.decompressobj(form)
        try:
            part = stream.decompress(body, room)
        except zlib.error:
            return b"".join(parts), CORRUPT
        parts.append(part)
        room -= len(part)
        body = stream.unused_data
        if room <= 0:
            return b"".join(parts), None
        if not stream.eof:
            return b"".join(parts), TRUNCATED
        if not body or form != _GZIP:
            return b"".join(parts), CORRUPT if body else None
    return b"".join(parts), CORRUPT


def _has_zlib_header(body: bytes) -> bool:
    """Return whether a body has the header of the zlib format (RFC 1950, section 2.2)."""
    return len(body) >= 2 and body[0] & 15 == 8 and int.from_bytes(body[:2]) % 31 == 0
