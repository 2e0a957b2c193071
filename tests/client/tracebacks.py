"""An error as a program that logs everything would write it down."""

from __future__ import annotations

import traceback
from pathlib import Path

_TESTS = Path(__file__).parents[1]


def everything(error: BaseException) -> str:
    """Write down an error and all that hangs on it, with local variables of the package's frames."""
    found: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        if (one := waiting.pop()) is None:
            continue
        waiting += [one.__cause__, one.__context__]
        found += [str(one), repr(one), repr(vars(one))]
        for frame, _ in traceback.walk_tb(one.__traceback__):
            if not Path(frame.f_code.co_filename).is_relative_to(_TESTS):
                found += [f"{name} = {value!r}" for name, value in frame.f_locals.items()]
    return "\n".join(found)
