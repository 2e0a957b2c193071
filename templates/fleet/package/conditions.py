"""Conditions of a wait for a runner. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
        return f"as {getattr(condition, '__name__', 'the condition')} requires", condition
    if condition not in _CHECKS:
        listed = ", ".join(_CHECKS)
        raise InvalidArgument(f"no condition {condition!r}; use one of {listed}, or a function")
    return condition, _CHECKS[condition]


def split(runner: Runner | int) -> tuple[int, Runner | None]:
    """Return the id of a runner, and the runner if it is given as such."""
    return (runner, None) if isinstance(runner, int) else (runner.id, runner)
