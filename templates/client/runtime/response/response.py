"""Response to one request, before it is decoded or made an error.

Pure: the transport makes a `Response`, `decode` and `status_errors` read it.
"""

from __future__ import annotations

from collections.abc import Sequence

# A page of 100 runners is about 100 KB; the limit guards memory against a server gone wrong.
MAX_BODY = 64 * 2**20

_OF_AN_END = frozenset({b"deprecation", b"sunset"})


class Response:
    """A status, headers and a body that shows in no repr.

    `fault` says why the body is not whole (too large, damaged compression); it is None for a
    body that came as the server meant it. `cached` says that the body is one of an earlier reply,
    which the server said is still good. `attempts` is how often its request was sent.
    """

    __slots__ = ("_headers", "attempts", "body", "cached", "fault", "status")

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
        self._headers = headers

    def __repr__(self) -> str:
        return f"<Response {self.status}, {len(self.body)} bytes>"

    def header(self, name: str) -> str | None:
        """Give a header by its lower-case name; several lines of one are joined by commas."""
        wanted = name.encode("latin-1")
        found = [value for key, value in self._headers if key.lower() == wanted]
        return b", ".join(found).decode("latin-1") if found else None

    @property
    def tells_its_end(self) -> bool:
        """Whether it says that its operation is going away: see `warnings`."""
        return not _OF_AN_END.isdisjoint([key.lower() for key, _ in self._headers])

    @property
    def names(self) -> Sequence[str]:
        """The lower-case names of all headers, each once."""
        return list(dict.fromkeys(key.lower().decode("latin-1") for key, _ in self._headers))

    @property
    def head(self) -> Response:
        """The reply without its body, to be kept."""
        return Response(self.status, self._headers, b"")

    @property
    def media_type(self) -> str:
        """The content type without its parameters; empty when there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        media_type = self.media_type
        return media_type == "application/json" or (
            media_type.startswith("application/") and media_type.endswith("+json")
        )
