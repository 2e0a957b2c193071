"""Labels of runners: their names, which are compared without regard to case. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Labels that only GitHub gives.
SYSTEM_LABELS = frozenset({"self-hosted", "linux", "windows", "macos", "x64", "arm", "arm64"})
_LONGEST = 256


def is_system_label(name: str) -> bool:
    """Return whether a label is read-only wherever it is."""
    return name.lower() in SYSTEM_LABELS


def distinct(names: Iterable[str], *, besides: Iterable[str] = ()) -> list[str]:
    """Return names without repetitions, and without those in `besides`."""
    known = {name.lower() for name in besides}
    found: dict[str, str] = {}
    for name in names:
        if name.lower() not in known:
            found.setdefault(name.lower(), name)
    return list(found.values())


def name_problems(names: Iterable[str]) -> Sequence[str]:
    """Return what is wrong with the names of new labels, in words."""
    return [text for name in names if (text := _problem(name))]


def _problem(name: str) -> str:
    if not name.strip():
        return "Label names must not be blank"
    if len(name) > _LONGEST:
        return f"Label names must have at most {_LONGEST} characters"
    if "," in name or not name.isprintable():
        return f"Label {name!r} must not have commas or control characters"
    return ""
