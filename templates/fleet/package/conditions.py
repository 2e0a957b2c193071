"""Conditions of a wait for a runner. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Literal, TypeAlias

from .._runtime.errors import InvalidArgument
from ..models import Runner

State: TypeAlias = Literal["online", "offline", "busy", "idle"]
# Returns whether a runner meets the condition. It gets None for a runner that is gone.
Check: TypeAlias = "Callable[[Runner | None], bool]"

_CHECKS: Mapping[str, Check] = {
    "online": lambda runner: runner is not None and runner.status == "online",
    "offline": lambda runner: runner is not None and runner.status == "offline",
    "busy": lambda runner: runner is not None and runner.busy,
    "idle": lambda runner: runner is not None and runner.status == "online" and not runner.busy,
    "gone": lambda runner: runner is None,
}


def check_of(condition: str | Check) -> tuple[str, Check]:
    """Return a condition in words, and its check. Raises InvalidArgument for an unknown one."""
    if not isinstance(condition, str):
        check_plain("condition", condition)
        return f"as {getattr(condition, '__name__', 'the condition')} requires", condition
    if condition not in _CHECKS:
        listed = ", ".join(_CHECKS)
        raise InvalidArgument(f"no condition {condition!r}; use one of {listed}, or a function")
    return condition, _CHECKS[condition]


def split(runner: Runner | int) -> tuple[int, Runner | None]:
    """Return the id of a runner, and the runner if it is given as such.

    Raises TypeError for anything else, such as a hosted runner, whose id another runner may have.
    """
    if isinstance(runner, int):
        return runner, None
    if not hasattr(runner, "busy"):
        raise TypeError(f"runner must be a Runner or its id, not {type(runner).__name__}")
    return runner.id, runner


def check_plain(name: str, function: object) -> None:
    """Raise TypeError for an async function: nobody awaits what it returns, which is always true."""
    if not callable(function) or iscoroutinefunction(function):
        kind = "an async one" if callable(function) else type(function).__name__
        raise TypeError(f"{name} must be a plain function, not {kind}")
