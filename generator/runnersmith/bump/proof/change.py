"""One changed value of an older version, and the problem that reports it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...compare.operations import METHODS
from ...openapi.document import Document, Json, Pointer
from ...openapi.messages import quote
from ...problems import Problem
from ...yaml_edit.values import written
from ..draft.draft import KEY

_SHOWN = 60
# What to do about a change of an older version.
RESTORE = "the overlay has to restore it, as `runnersmith bump --finish` does"
UNDO = "undo this edit, or solve the other problems first"
_SAME = "undo this edit, since every API version has the same"
_COMMON = ("version-header", "media-type")


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a version that is not as recorded.

    `now` is its place in the present document, `then` in the recorded one; None if it is new there.
    """

    now: Pointer
    then: Pointer | None
    was: str
    found: str


def problems(
    now: Document, version: str, found: Iterable[Change], advice: str = ""
) -> Iterator[Problem]:
    """Yield a problem for each changed value of a version, at its place in the spec.

    The advice is about values that may differ between versions.
    """
    for one in found:
        what = _SAME if advice and _is_common(one.now) else advice
        text = (
            f"changes API version {version} too: {_subject(one.now)} was {one.was}, is {one.found}"
        )
        yield now.problem(one.now, f"{text}; {what}" if what else text, key=True)


def _is_common(pointer: Pointer) -> bool:
    """Return whether all versions must have the same value: one client sends it for each of them."""
    match pointer:
        case ("servers", *_) | (_, "scopes", _) | (_, "scopes", _, "path"):
            return True
        case (str() as key, name, *_):
            return key == KEY and name in _COMMON
        case _:
            return False


def _subject(pointer: Pointer) -> str:
    """Return a place in words: `GET /runners: x-runnersmith.method`, `Runner: properties.id`."""
    match pointer:
        case ("paths", str() as path, str() as method, *rest) if method in METHODS:
            owner = f"{method.upper()} {path}"
        case ("paths", str() as owner, *rest):
            pass
        case ("components", _, name, *rest):
            owner = str(name)
        case _:
            owner, rest = "", list(pointer)
    below = ".".join(str(part) for part in rest if part != "-")
    return f"{owner}: {below}" if owner and below else owner or below


def shown(value: Json) -> str:
    if isinstance(value, str):
        return quote(value)
    text = written(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
