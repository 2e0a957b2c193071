"""Exceptions of signal handlers, at each place at which CPython runs a handler."""

from __future__ import annotations

import dis
import functools
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any


class Struck(BaseException):
    """The exception of a signal handler."""


class StruckError(Exception):
    """Another one, which an `except Exception` catches."""


_CHECKED = ("CALL", "RESUME", "JUMP_BACKWARD")
WATCHED = ("/_runtime/call/", "/_runtime/http/", "/httpcore2/_sync/", "/httpcore2/_synchron")


@functools.cache
def handlers(code: CodeType) -> dict[int, tuple[bool, int | None]]:
    """Return for each instruction whether CPython may run a handler after it, and its own handler."""
    bytecode: Any = dis.Bytecode(code)  # its exception table is not in the stubs
    table = [(one.start, one.end, one.target) for one in bytecode.exception_entries]
    found: dict[int, tuple[bool, int | None]] = {}
    for one in bytecode:
        target: int | None = next((to for a, b, to in table if a <= one.offset < b), None)
        found[one.offset] = (one.opname.startswith(_CHECKED), target)
    return found


class Striker:
    """Raises at the n-th such place that a call passes, as a signal at that moment does.

    A trace function can only raise at the next instruction. It does so if that instruction has the
    same exception handler. If it has not, the place before it is the same one.
    """

    def __init__(
        self, number: int, watched: tuple[str, ...], error: Callable[[], BaseException]
    ) -> None:
        self.left = number
        self._watched = watched
        self._error = error

    def __call__(self, frame: FrameType, event: str, arg: object) -> Any:
        del event, arg
        name = frame.f_code.co_filename.replace("\\", "/")
        if not any(part in name for part in self._watched):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        # The start of a function comes before its first instruction.
        known, last = {-1: (True, None), **handlers(frame.f_code)}, -1

        def local(frame: FrameType, event: str, arg: object) -> Any:
            nonlocal last
            del arg
            if event == "opcode" and self.left:
                before, last = known[last], frame.f_lasti
                if before[0] and before[1] == known[last][1]:
                    self.left -= 1
                    if self.left == 0:
                        raise self._error()
            return local

        return local


def struck(
    number: int,
    call: Callable[[], object],
    watched: tuple[str, ...] = WATCHED,
    error: type[BaseException] = Struck,
) -> bool:
    """Make a call that is struck at the n-th place; return whether it has that many."""
    striker, before = Striker(number, watched, error), sys.gettrace()
    try:
        sys.settrace(striker)
        call()
    except error:
        assert striker.left == 0
    finally:
        sys.settrace(before)
    return striker.left == 0
