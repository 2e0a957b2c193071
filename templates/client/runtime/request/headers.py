"""Additional headers of requests, as `with_options` takes them.

Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import cast

import msgspec

from ..errors import InvalidArgument
from ..redaction import MASK, Secret

Pairs = tuple[tuple[bytes, bytes], ...]

# A token of RFC 9110, and visible ASCII with spaces inside: what no server changes.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", re.ASCII)

# The client sets these itself, or they belong to the connection.
_OWN = frozenset(
    """accept accept-encoding authorization connection content-encoding content-length content-type
    cookie expect host if-none-match keep-alive proxy-authorization proxy-connection te trailer
    transfer-encoding upgrade user-agent""".split()
)


class Headers(msgspec.Struct, frozen=True):
    """Checked headers. Its repr shows no value."""

    pairs: Pairs = ()

    def __repr__(self) -> str:
        return f"Headers({MASK if self.pairs else ''})"

    def beside(self, own: Pairs) -> Pairs:
        """Return a request's own headers and these; its own replace those of the same name."""
        known = {name.lower() for name, _ in own}
        return (*own, *(one for one in self.pairs if one[0].lower() not in known))


def check_headers(value: Secret[object], taken: Collection[str] = ()) -> Headers:
    """Return the headers of a mapping from names to values.

    Raises InvalidArgument for a name or a value that cannot be sent, or a header that the client
    sets: those in `taken`, in lower case, and those of every request. Raises TypeError for another
    type. No message shows a value.
    """
    found = _read(value, taken)
    if isinstance(found, Exception):
        raise found
    return found


def _read(headers: Secret[object], taken: Collection[str]) -> Headers | Exception:
    """Return headers, or the error. It is not raised here, where its traceback would show values."""
    value = headers.reveal()
    if not isinstance(value, Mapping):
        return TypeError(f"headers must be a mapping, not {type(value).__name__}")
    found: dict[str, tuple[bytes, bytes]] = {}
    for name, text in cast("Mapping[object, object]", value).items():
        if not isinstance(name, str) or not isinstance(text, str):
            return TypeError("headers must map str to str")
        if _NAME.fullmatch(name) is None:
            return InvalidArgument("headers: a name has characters that no header can have")
        if _VALUE.fullmatch(text) is None:
            return InvalidArgument(
                f"headers: {name} must be visible ASCII, with spaces inside only"
            )
        if name.lower() in _OWN or name.lower() in taken:
            return InvalidArgument(f"headers: {name} is set by the client")
        if name.lower() in found:
            return InvalidArgument(f"headers: {name} is given twice")
        found[name.lower()] = (name.encode("ascii"), text.encode("ascii"))
    return Headers(tuple(found.values()))
