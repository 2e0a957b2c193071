"""Endpoints of a runner's labels. Each returns all labels of the runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..state.labels import name_problems
from ..state.runners import Runner
from . import shapes
from .asked import Answer, Asked, Refusal, not_found
from .runners import found


def _shown(runner: Runner) -> Any:
    labels = shapes.labels(runner)
    return {"total_count": len(labels), "labels": labels}


def _new_names(asked: Asked) -> Sequence[str]:
    names: list[str] = asked["labels"]
    if problems := name_problems(names):
        raise Refusal(422, "Validation Failed", errors=problems)
    return names


def _list(asked: Asked) -> Any:
    return _shown(found(asked))


def _add(asked: Asked) -> Any:
    runner = found(asked)
    names = [*runner.labels, *_new_names(asked)]
    runner.labels = names
    return _shown(runner)


def _set(asked: Asked) -> Any:
    runner = found(asked)
    runner.labels = list(_new_names(asked))
    return _shown(runner)


def _remove_all(asked: Asked) -> Any:
    runner = found(asked)
    runner.labels = []
    return _shown(runner)


def _remove(asked: Asked) -> Any:
    runner, name = found(asked), asked["name"].lower()
    if any(one.lower() == name for one in runner.read_only_labels):
        raise Refusal(422, f"Label {asked['name']!r} is read-only and cannot be removed")
    kept = [one for one in runner.labels if one.lower() != name]
    if len(kept) == len(runner.labels):
        raise not_found()
    runner.labels = kept
    return _shown(runner)


ANSWERS: Mapping[str, Answer] = {
    "runners.list_labels": _list,
    "runners.add_labels": _add,
    "runners.set_labels": _set,
    "runners.remove_all_labels": _remove_all,
    "runners.remove_label": _remove,
}
