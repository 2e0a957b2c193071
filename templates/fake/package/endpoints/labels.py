"""Endpoints of a runner's labels. Each returns all labels of the runner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..state.labels import name_problems
from ..state.runners import Runner
from . import shapes
from .call import EndpointCall, Handler, Refusal, not_found
from .runners import found


def _shown(runner: Runner) -> Any:
    labels = shapes.labels(runner)
    return {"total_count": len(labels), "labels": labels}


def _new_names(call: EndpointCall) -> Sequence[str]:
    names: list[str] = call["labels"]
    if problems := name_problems(names):
        raise Refusal(422, "Validation Failed", errors=problems)
    return names


def _list(call: EndpointCall) -> Any:
    return _shown(found(call))


def _add(call: EndpointCall) -> Any:
    runner = found(call)
    names = [*runner.labels, *_new_names(call)]
    runner.labels = names
    return _shown(runner)


def _set(call: EndpointCall) -> Any:
    runner = found(call)
    runner.labels = list(_new_names(call))
    return _shown(runner)


def _remove_all(call: EndpointCall) -> Any:
    runner = found(call)
    runner.labels = []
    return _shown(runner)


def _remove(call: EndpointCall) -> Any:
    runner, name = found(call), call["name"].lower()
    if any(one.lower() == name for one in runner.read_only_labels):
        raise Refusal(422, f"Label {call['name']!r} is read-only and cannot be removed")
    kept = [one for one in runner.labels if one.lower() != name]
    if len(kept) == len(runner.labels):
        raise not_found()
    runner.labels = kept
    return _shown(runner)


HANDLERS: Mapping[str, Handler] = {
    "runners.list_labels": _list,
    "runners.add_labels": _add,
    "runners.set_labels": _set,
    "runners.remove_all_labels": _remove_all,
    "runners.remove_label": _remove,
}
