"""Names of new JIT runners: which namesake may be removed, and which name to take instead."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Literal, TypeAlias, cast, get_args

from ..._runtime.errors import ClientError, InvalidArgument, OutcomeUnknown
from ...models import Runner
from ..errors import NameTaken

OnConflict: TypeAlias = Literal["fresh_name", "replace_offline", "fail"]

# The most characters of a runner's name.
_LONGEST = 64


def has_never_connected(runner: Runner) -> bool:
    """Return whether no machine has started this runner yet."""
    return runner.version is None and runner.os == "unknown" and is_idle_and_offline(runner)


def is_idle_and_offline(runner: Runner) -> bool:
    """Return whether a runner is certainly offline and has no job. An odd value is not certain."""
    return runner.status == "offline" and runner.busy is False


class JitRequest:
    """A registration of a JIT runner, under this name or another one.

    `is_unresolved` is whether a runner of the name may have been registered without a response:
    nobody has its configuration. It is only set after a lookup that found no runner of the name.
    """

    def __init__(
        self,
        name: str,
        labels: Sequence[str],
        on_conflict: OnConflict,
        is_ours: Callable[[Runner], bool] | None,
    ) -> None:
        if on_conflict not in get_args(OnConflict):
            known = ", ".join(get_args(OnConflict))
            raise InvalidArgument(f"on_conflict is one of {known}, not {on_conflict!r}")
        if isinstance(cast("object", labels), str):
            raise TypeError("labels must be a list of names, not one str")
        self._wanted = name
        self.name: str = name
        self.labels: tuple[str, ...] = tuple(labels)
        self.on_conflict: OnConflict = on_conflict
        self._is_ours = self._has_labels if is_ours is None else is_ours
        self.is_unresolved: bool = False

    def may_remove(self, runner: Runner) -> bool:
        """Return whether a namesake may be removed: it is offline, idle, and ours or a leftover."""
        if not is_idle_and_offline(runner):
            return False
        if self.is_unresolved and self._can_be_left_over(runner):
            return True
        return self.on_conflict == "replace_offline" and self._is_ours(runner)

    def give_way(self, namesake: Runner | None, reason: str) -> None:
        """Continue with a fresh name, or raise NameTaken if that is not wanted."""
        if self.on_conflict != "fresh_name":
            raise NameTaken(self.name, namesake, reason)
        ending = f"-{secrets.token_hex(4)}"
        self.name = self._wanted[: _LONGEST - len(ending)] + ending
        self.is_unresolved = False

    @contextmanager
    def sending(self) -> Generator[None]:
        """Surround the request that registers the runner, which an interruption leaves unresolved."""
        before, self.is_unresolved = self.is_unresolved, True
        try:
            yield
        except OutcomeUnknown:
            raise
        except ClientError:
            self.is_unresolved = before  # certainly not carried out
            raise

    def _can_be_left_over(self, runner: Runner) -> bool:
        """Return whether a runner can be the one of a request without a response."""
        is_same = runner.name == self.name and self._has_labels(runner)
        return is_same and has_never_connected(runner)

    def _has_labels(self, runner: Runner) -> bool:
        """Return whether a runner can be one with our labels that is removed after a job."""
        known = {label.name.lower() for label in runner.labels}
        return runner.ephemeral is not False and known >= {name.lower() for name in self.labels}
