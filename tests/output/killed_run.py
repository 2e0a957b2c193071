"""A run that is killed while it writes several files as one change."""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

import pytest

from runnersmith.output import journal


class Killed(BaseException):
    """Ends a run as a signal does: nothing after it has any effect."""


def killed_at(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill the process at a step that writes; what would clean up has no effect either."""
    steps = count(1)
    dead = False

    def step(real: object) -> object:
        def run(*arguments: object, **options: object) -> object:
            nonlocal dead
            dead = dead or next(steps) == number
            if dead:
                raise Killed
            assert callable(real)
            return real(*arguments, **options)

        return run

    for owner, name in (
        (Path, "mkdir"),
        (Path, "replace"),
        (Path, "unlink"),
        (Path, "rmdir"),
        (journal, "_write"),
        (journal, "_copy"),
        (shutil, "rmtree"),
    ):
        monkeypatch.setattr(owner, name, step(getattr(owner, name)))
