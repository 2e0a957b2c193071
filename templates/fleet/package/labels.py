"""Custom labels of runners: the current and the desired ones, and the difference. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from .._runtime.errors import InvalidArgument
from .._runtime.lazy import publish
from ..models import Runner

Desired: TypeAlias = Mapping[str, Sequence[str]] | Callable[[Runner], Sequence[str] | None]

MOST = 100
"""The most labels of one request."""


@dataclass(frozen=True, kw_only=True)
class LabelChange:
    """A change of the custom labels of one runner.

    Attributes:
        runner: The runner as it was before.
        before: Its custom labels before.
        after: Its custom labels after.
    """

    runner: Runner
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LabelReport:
    """What `reconcile_labels` did, or would do in a dry run.

    Attributes:
        changes: The changes, one for each runner whose labels differed.
        unchanged: The runners that had the desired labels already.
        unknown: The names in `desired` that no runner has.
        gone: The runners that were removed before their labels could be set.
        dry_run: Whether nothing was sent.
    """

    changes: tuple[LabelChange, ...]
    unchanged: tuple[Runner, ...]
    unknown: tuple[str, ...]
    gone: tuple[Runner, ...]
    dry_run: bool


class Plan:
    """The desired labels of runners. Raises InvalidArgument or TypeError if they are not valid."""

    def __init__(self, desired: Desired, *, allow_empty: bool) -> None:
        self._allow_empty = allow_empty
        self._of: Callable[[Runner], Sequence[str] | None]
        self._names: dict[str, str] = {}
        if callable(desired):
            self._of = desired
            return
        wanted: dict[str, Sequence[str]] = {}
        for name, labels in desired.items():
            if name.lower() in wanted:
                raise InvalidArgument(f"two names of runners differ only in case: {name!r}")
            wanted[name.lower()] = _checked(name, labels)
            self._names[name.lower()] = name
        self._of = lambda runner: wanted.get(runner.name.lower())

    def missing(self, runners: Iterable[Runner]) -> Sequence[str]:
        """Return the names with desired labels that none of these runners has."""
        known = {runner.name.lower() for runner in runners}
        return [name for key, name in self._names.items() if key not in known]

    def wanted(self, runner: Runner) -> Sequence[str] | None:
        """Return the labels that are desired for a runner; None if they are not to change."""
        return self._of(runner)

    def change(self, runner: Runner, wanted: Sequence[str]) -> LabelChange | None:
        """Return the change that gives a runner its desired labels; None if it has them."""
        read_only = {it.name.lower() for it in runner.labels if it.type == "read-only"}
        before = custom_labels(runner)
        distinct = {name.lower(): name for name in reversed(_checked(runner.name, wanted))}
        after = tuple(distinct[key] for key in reversed(distinct) if key not in read_only)
        if {name.lower() for name in before} == {name.lower() for name in after}:
            return None
        if not after and not self._allow_empty:
            raise InvalidArgument(
                f"runner {runner.name!r} would lose all its custom labels: pass allow_empty=True"
            )
        if len(after) > MOST:
            raise InvalidArgument(f"runner {runner.name!r} cannot have {len(after)} labels")
        return LabelChange(runner=runner, before=before, after=after)


def custom_labels(runner: Runner) -> tuple[str, ...]:
    """Return the names of the labels that can be removed."""
    return tuple(it.name for it in runner.labels if it.type != "read-only")


def _checked(name: str, labels: Sequence[str]) -> Sequence[str]:
    values = cast("object", labels)
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise TypeError(
            f"the labels of {name!r} must be a list of names, not {type(values).__name__}"
        )
    if not all(isinstance(label, str) and label.strip() for label in cast("list[object]", labels)):
        raise InvalidArgument(f"a label of {name!r} is empty, or no text")
    return labels


publish(__name__)
