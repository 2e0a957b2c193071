"""Labels of runners, compared without case, and the systems that they name. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

# Labels that only GitHub assigns.
SYSTEM_LABELS = frozenset({"self-hosted", "linux", "windows", "macos", "x64", "arm", "arm64"})
_LONGEST = 256

Os = Literal["linux", "macos", "win"]
Architecture = Literal["X64", "ARM", "ARM64"]
_SHOWN = {"linux": "Linux", "macos": "macOS", "win": "Windows"}
_SYSTEMS: dict[str, Os] = {"linux": "linux", "macos": "macos", "windows": "win"}

LONGEST_NAME = 64
"""The most characters of a runner's name."""


class LabelIds(dict[str, int]):
    """Ids of labels by name, each assigned at its first lookup."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, int] = {}

    def __missing__(self, name: str) -> int:
        self[name] = found = self._known.setdefault(name.lower(), len(self._known) + 1)
        return found


def is_system_label(name: str) -> bool:
    """Return whether a label is read-only on every runner."""
    return name.lower() in SYSTEM_LABELS


def distinct(names: Iterable[str], *, besides: Iterable[str] = ()) -> list[str]:
    """Return distinct names, without those in `besides`."""
    known = {name.lower() for name in besides}
    found: dict[str, str] = {}
    for name in names:
        if name.lower() not in known:
            found.setdefault(name.lower(), name)
    return list(found.values())


def name_problems(names: Iterable[str]) -> Sequence[str]:
    """Return the problems of the names of new labels, in words."""
    return [text for name in names if (text := _problem(name))]


def _problem(name: str) -> str:
    if not name.strip():
        return "Label names must not be blank"
    if len(name) > _LONGEST:
        return f"Label names must have at most {_LONGEST} characters"
    if "," in name or not name.isprintable():
        return f"Label {name!r} must not have commas or control characters"
    return ""


def system_of(labels: Iterable[str]) -> Os:
    """Return the system that labels name, by the first of them; linux if none does."""
    found: list[Os] = [_SYSTEMS[it.lower()] for it in labels if it.lower() in _SYSTEMS]
    return found[0] if found else "linux"


def system_labels(os: Os, architecture: Architecture) -> list[str]:
    """Return the labels that GitHub assigns to a runner of a system."""
    return ["self-hosted", _SHOWN[os], architecture]


def check_registrable(name: str, labels: Iterable[str]) -> None:
    """Raise ValueError for a name or labels that no runner can have."""
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise ValueError(f"a runner's name must have 1 to {LONGEST_NAME} characters")
    if problems := name_problems(labels):
        raise ValueError("; ".join(problems))
