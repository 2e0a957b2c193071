"""Selection of the runners that a reaper may delete. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import translate
from typing import cast

from ..._runtime.errors import InvalidArgument
from ...models import Runner
from ..results import Reason
from .report import Sorted


def matcher(pattern: str | re.Pattern[str]) -> Callable[[str], bool]:
    """Return whether a name matches a pattern as a whole: shell wildcards, or a regular expression.

    Names that differ only in case are one name, so wildcards match without case. Raises
    InvalidArgument if the pattern is empty, TypeError if it is neither.
    """
    if isinstance(pattern, str):
        if not pattern:
            raise InvalidArgument("the pattern is empty; '*' matches every name")
        pattern = re.compile(translate(pattern), re.IGNORECASE)
    elif not isinstance(cast("object", pattern), re.Pattern):
        raise TypeError(
            f"pattern must be a str or a compiled regular expression, not {type(pattern).__name__}"
        )
    compiled = pattern
    return lambda name: compiled.fullmatch(name) is not None


def check_limits(min_age: object, at_most: object, dry_run: object) -> None:
    """Raise InvalidArgument or TypeError if the limits of a reaper are not valid.

    A `dry_run` of None, such as a missing setting, must not delete anything.
    """
    if not isinstance(dry_run, bool):
        raise TypeError(f"dry_run must be a bool, not {type(dry_run).__name__}")
    if isinstance(min_age, bool) or not isinstance(min_age, (int, float)):
        raise TypeError(f"min_age must be a number of seconds, not {type(min_age).__name__}")
    if not min_age >= 0:
        raise InvalidArgument(f"min_age must be a number of seconds, 0 or more, not {min_age!r}")
    if at_most is None:
        return
    if isinstance(at_most, bool) or not isinstance(at_most, int):
        raise TypeError(f"at_most must be an int or None, not {type(at_most).__name__}")
    if at_most < 1:
        raise InvalidArgument(f"at_most must be at least 1, not {at_most}")


def identity(runner: Runner) -> tuple[str, str, str | None]:
    """Return the properties that differ if a runner has reconnected, or if its id was reused."""
    return runner.name, runner.os.lower(), runner.version


def reason_to_keep(runner: Runner, age: float, min_age: float) -> Reason | None:
    """Return why a runner must be kept; None if it may be deleted."""
    if runner.status != "offline":
        return "online"
    if runner.busy:
        return "busy"
    if runner.os.lower() == "unknown":
        return "not connected yet"
    return None if age >= min_age else "too young"


def reason_to_spare(listed: Runner, now: Runner) -> Reason | None:
    """Return why a due runner is kept after all, by its state just before the deletion."""
    if now.status != "offline":
        return "online"
    if now.busy:
        return "busy"
    return None if identity(listed) == identity(now) else "changed"


def sort(
    runners: Sequence[Runner],
    age_of: Callable[[Runner, float], float],
    now: float,
    min_age: float,
    at_most: int | None,
) -> Sorted:
    """Sort runners into those that are due, the oldest first, and those that are kept."""
    ages = {it.id: age_of(it, now) for it in runners}
    due: list[Runner] = []
    kept: list[tuple[Runner, Reason]] = []
    for runner in sorted(runners, key=lambda it: -ages[it.id]):
        reason = reason_to_keep(runner, ages[runner.id], min_age)
        if reason is None and at_most is not None and len(due) >= at_most:
            reason = "limit reached"
        if reason is None:
            due.append(runner)
        else:
            kept.append((runner, reason))
    return Sorted(tuple(due), tuple(kept), ages)
