"""Body of a response for its error: the bytes, and how to decode them."""

from __future__ import annotations

from collections.abc import Callable


class Content:
    """The body of a response, as an error holds it.

    `read` returns the decoded JSON or raises ValueError, `decode` the declared model or None. The
    result of `decode` is kept.
    """

    __slots__ = ("_decode", "_model", "body", "read")

    def __init__(
        self, body: bytes, read: Callable[[], object], decode: Callable[[], object] | None
    ) -> None:
        self.body: bytes = body
        self.read: Callable[[], object] = read
        self._decode = decode
        self._model: object = None

    def model(self) -> object:
        decode, self._decode = self._decode, None
        if decode is not None:
            self._model = decode()
        return self._model
