"""Names of JIT runners that are being registered, and of those that may be left behind."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from .namesakes import JitRequest

_LEFT_BEHIND = (
    "a runner {!r} may have been registered whose configuration nobody has: call jit() for this name"
    " again, or delete it"
)
_log = logging.getLogger(__name__.partition(".")[0])


class Claims:
    """The names of a fleet's registrations, in lower case.

    Attributes:
        unresolved: The names of runners that may be registered although no caller got a response.
    """

    def __init__(self) -> None:
        self.unresolved: set[str] = set()
        # The registrations in progress by the name that they were called with.
        self._open: dict[str, JitRequest] = {}

    def resolve(self, name: str) -> None:
        """Record that nothing is left behind under a name."""
        self.unresolved.discard(name.lower())

    @contextmanager
    def claimed(self, request: JitRequest) -> Generator[None]:
        """Reserve the name during a registration, and report a runner that may be left behind."""
        key = request.name.lower()
        if self._open.setdefault(key, request) is request:
            request.is_unresolved = key in self.unresolved
        else:
            request.give_way(None, "another call registers it at this moment")
        try:
            yield
        except BaseException as error:
            if request.is_unresolved:
                self.unresolved.add(request.name.lower())
                error.add_note(_LEFT_BEHIND.format(request.name))
                _log.warning(_LEFT_BEHIND.format(request.name))
            raise
        finally:
            if self._open.get(key) is request:
                del self._open[key]
