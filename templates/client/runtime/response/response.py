"""Response to one request, before it is decoded.

Pure. The transport creates a `Response`; `decode` and `errors` interpret it.
"""

from __future__ import annotations

from collections.abc import Sequence

# A page of 100 items has about 100 KB. The limit protects memory from a faulty server.
MAX_BODY = 64 * 2**20
# The body of an error has a few hundred bytes.
MAX_ERROR = 2**20

_BOM = b"\xef\xbb\xbf"

_DEPRECATION_HEADERS = frozenset({b"deprecation", b"sunset"})


class Response:
    """A status, headers and a body. The repr does not contain the body.

    `fault` is why the body is incomplete (too large, or corrupt compression), or None. `cached` is
    whether the body comes from the cache and was revalidated. `attempts` is the number of attempts
    of the request. `token_is_new` is whether a rejected token may not be known to the server yet.
    `size` is the number of bytes of the body as it was received. `is_stripped` is whether this is a
    copy without that body.
    `wait` is the seconds until a retry, if the response reports a rate limit.
    """

    __slots__ = (
        "_headers",
        "attempts",
        "body",
        "cached",
        "fault",
        "is_stripped",
        "size",
        "status",
        "token_is_new",
        "wait",
    )

    def __init__(
        self,
        status: int,
        headers: Sequence[tuple[bytes, bytes]],
        body: bytes,
        fault: str | None = None,
        cached: bool = False,
    ) -> None:
        self.status: int = status
        self.body: bytes = body
        self.fault: str | None = fault
        self.cached: bool = cached
        self.attempts: int = 1
        self.size: int = len(body)
        self.is_stripped: bool = False
        self.token_is_new: bool = False
        self.wait: float | None = None
        self._headers = headers

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name. Several lines of it are joined by commas."""
        encoded = name.encode("latin-1")
        values = [value for key, value in self._headers if key.lower() == encoded]
        return b", ".join(values).decode("latin-1") if values else None

    @property
    def is_deprecated(self) -> bool:
        """Whether a header announces the end of the operation: see `warnings`."""
        return not _DEPRECATION_HEADERS.isdisjoint([key.lower() for key, _ in self._headers])

    @property
    def names(self) -> Sequence[str]:
        """The lower-case names of all headers, each once."""
        return list(dict.fromkeys(key.lower().decode("latin-1") for key, _ in self._headers))

    @property
    def head(self) -> Response:
        """The response without its body."""
        return Response(self.status, self._headers, b"")

    @property
    def without_bom(self) -> bytes:
        """The body without the byte order mark that some servers put before a text."""
        return self.body.removeprefix(_BOM)

    @property
    def sent_type(self) -> str:
        """The content type as it was sent, without its parameters; empty if there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip()

    @property
    def media_type(self) -> str:
        """The content type in lower case, to compare. A secret in it would not be recognized."""
        return self.sent_type.lower()

    @property
    def is_json(self) -> bool:
        media_type = self.media_type
        return media_type in ("application/json", "text/json") or media_type.endswith("+json")
