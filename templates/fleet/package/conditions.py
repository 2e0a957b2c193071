"""Conditions of a wait for a runner. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from inspect import iscoroutinefunction
from typing import Any, Literal, TypeAlias, TypeVar, cast

from .._runtime.errors import InvalidArgument
from ..models import Runner

T = TypeVar("T")

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
        check = plain("condition", condition)
        return f"as {getattr(condition, '__name__', 'the condition')} requires", check
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


def plain(name: str, function: Callable[[T], Any]) -> Callable[[T], bool]:
    """Return a function whose result is checked: nobody awaits an awaitable, which is always true.

    Raises TypeError for an async function. The returned function raises it for an awaitable.
    """
    if iscoroutinefunction(function):
        raise TypeError(f"{name} must be a plain function, not an async one")
    if not callable(cast("object", function)):
        raise TypeError(f"{name} must be a plain function, not {type(function).__name__}")

    def checked(argument: T) -> bool:
        result: object = function(argument)
        kind = type(result).__name__
        if isinstance(result, Coroutine):
            result.close()
        if isinstance(result, Awaitable):
            raise TypeError(f"{name} must return a bool, not {kind}")
        return bool(result)

    return checked
