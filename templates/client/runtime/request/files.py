"""Files of a request: bytes, open files, and the names and media types that callers give them.

A file is read here, from its position to its end, so that a retry sends the same bytes. Its position
is then restored, so that another call sends them too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeAlias, cast

import msgspec

from ..errors import InvalidArgument
from .json_values import is_unicode

# A request is held in memory, so its files have a maximum size.
MAX_FILE = 2**30

_PIECE = 2**20
_MEDIA_TYPE = re.compile(r"[\x21-\x7e]+/[\x20-\x7e]*[\x21-\x7e]", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class BinaryFile(Protocol):
    """A file opened in binary mode, or anything else with bytes to read."""

    def read(self, size: int, /) -> bytes: ...


FileBody: TypeAlias = bytes | BinaryFile
"""Content of a file: bytes, or a file opened in binary mode, of 1 GiB at most."""

FileUpload: TypeAlias = FileBody | tuple[str, FileBody] | tuple[str, FileBody, str]
"""A file: its content, optionally with its name, or with its name and its media type."""


class NamedFile(msgspec.Struct, frozen=True):
    """A file of a form, as it is sent. `media_type` is None if the caller named none."""

    name: str
    content: bytes
    media_type: str | None = None


def read_content(name: str, value: object) -> bytes:
    """Return the bytes of a file. Raises TypeError if it is neither bytes nor a binary file."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(cast("bytes", value))
    if not hasattr(value, "read"):
        raise TypeError(
            f"{name} must be bytes or a file opened in binary mode, not {type(value).__name__}"
        )
    file = cast("BinaryFile", value)
    position = _position(file)
    content = _read(name, file)
    if position is not None:
        cast("Callable[[int], object]", getattr(file, "seek", int))(position)
    return content


def named_file(name: str, value: object) -> NamedFile:
    """Return a file of a form. A file without a name has that of its path, or of its field."""
    if not isinstance(value, tuple):
        path: object = getattr(value, "name", None)
        known = path.replace("\\", "/").rpartition("/")[2] if isinstance(path, str) else ""
        return NamedFile(_file_name(name, known or name), read_content(name, value))
    given = cast("tuple[object, ...]", value)
    texts = (*given[:1], *given[2:])
    if len(given) not in (2, 3) or not all(isinstance(one, str) for one in texts):
        raise TypeError(f"{name} must be (file name, content) or (file name, content, media type)")
    file_name, media_type = str(given[0]), str(given[2]) if len(given) == 3 else None
    if media_type is not None and _MEDIA_TYPE.fullmatch(media_type) is None:
        raise InvalidArgument(f"{name} has an invalid media type; an example is image/png")
    return NamedFile(_file_name(name, file_name), read_content(name, given[1]), media_type)


def _file_name(field: str, name: str) -> str:
    if not name or _CONTROL.search(name) or not is_unicode(name):
        raise InvalidArgument(
            f"{field} must have a file name without control characters and lone surrogates"
        )
    return name


def _position(file: BinaryFile) -> int | None:
    """Return the position of a file; None if it cannot be restored."""
    seekable: object = getattr(file, "seekable", None)
    if not callable(seekable) or not seekable():
        return None
    return cast("Callable[[], int]", getattr(file, "tell", int))()


def _read(name: str, file: BinaryFile) -> bytes:
    pieces: list[bytes] = []
    room = MAX_FILE
    while True:
        piece = file.read(_PIECE)
        if not isinstance(cast("object", piece), bytes):
            raise TypeError(f"{name} must be opened in binary mode: it returned no bytes")
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            raise InvalidArgument(f"{name} is too large: a file can have {MAX_FILE} bytes at most")
