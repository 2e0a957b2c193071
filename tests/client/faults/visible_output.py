"""Visible output of a call: its result or error, tracebacks with locals, pickles and logs."""

from __future__ import annotations

import logging
import pickle
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Self

_FAULT_TESTS = Path(__file__).parent


class Log(logging.Handler):
    """A handler of everything that any library logs inside its `with` block."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def __enter__(self) -> Self:
        root = logging.getLogger()
        self._level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)

    def emit(self, record: logging.LogRecord) -> None:
        # httpcore2 logs the headers of a response, which may repeat a secret, unchanged.
        if not record.getMessage().startswith("receive_response_headers.complete"):
            self.lines.append(f"{record.getMessage()} {record.exc_text or ''}")


def visible_output(value: object, error: BaseException | None) -> Iterator[str]:
    """Yield what a reporter could show of a result, or of an error and its causes."""
    yield from (str(value), repr(value), _pickle(value))
    waiting = [error]
    while waiting:
        if (found := waiting.pop()) is None:
            continue
        waiting += [found.__cause__, found.__context__]
        yield from (str(found), repr(found), repr(vars(found)), _pickle(found))
        for frame, line in traceback.walk_tb(found.__traceback__):
            # The tests know the secrets.
            if not Path(frame.f_code.co_filename).is_relative_to(_FAULT_TESTS):
                yield f"{frame.f_code.co_qualname}:{line}"
                yield from (f"{name} = {local!r}" for name, local in frame.f_locals.items())


def _pickle(value: object) -> str:
    try:
        return pickle.dumps(value).decode("latin-1")
    except TypeError as refused:
        return str(refused)
