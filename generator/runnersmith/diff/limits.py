"""Comparison of the bounds of values, parsed from their words in the IR.

Pure. The words are those of `lowering.core.limits`; for other words, only equality is known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from .change import Direction

_NUMBER = r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
# Compared by the first letter, since the singular has no s.
_UNIT = r"( items?| characters?| entr(?:y|ies))?"
_FORMS: Mapping[str, re.Pattern[str]] = {
    "span": re.compile(f"{_NUMBER} to {_NUMBER}{_UNIT}"),
    "least": re.compile(f"at least {_NUMBER}{_UNIT}"),
    "most": re.compile(f"at most {_NUMBER}{_UNIT}"),
    "above": re.compile(f"more than {_NUMBER}()"),
    "below": re.compile(f"less than {_NUMBER}()"),
    "multiple": re.compile(f"a multiple of {_NUMBER}()"),
    "unique": re.compile("no item twice"),
}

# The bounded quantity -> its bound. Of two equal bounds, the exclusive one is tighter.
_Bounds = Mapping[tuple[str, str], tuple[Fraction, int] | str]


def direction(old: str, new: str) -> Direction:
    """Return how the allowed values changed; "other" also if the words are unknown."""
    before, after = _read(old), _read(new)
    if before is None or after is None:
        return "other"
    keys = before.keys() | after.keys()
    found: set[Direction] = {_one(key, before.get(key), after.get(key)) for key in keys}
    found.discard("same")
    if not found:
        return "same"
    return found.pop() if len(found) == 1 else "other"


def _one(
    key: tuple[str, str],
    old: tuple[Fraction, int] | str | None,
    new: tuple[Fraction, int] | str | None,
) -> Direction:
    if old == new:
        return "same"
    if old is None:
        return "narrower"
    if new is None:
        return "wider"
    if isinstance(old, str) or isinstance(new, str):
        return "other"
    if key[0] == "multiple":
        (before, _), (after, _) = old, new
        if before and after % before == 0:
            return "narrower"
        return "wider" if after and before % after == 0 else "other"
    return "narrower" if (new > old) == (key[0] == "lower") else "wider"


def _read(text: str) -> _Bounds | None:
    """Return the parsed bounds; None for unknown words."""
    found: dict[tuple[str, str], tuple[Fraction, int] | str] = {}
    # A pattern comes last, and may contain commas.
    bounds, _, pattern = f", {text}".partition(", matching ")
    if pattern:
        found["pattern", ""] = pattern
    for part in bounds.split(", ")[1:] if text else ():
        if part and not _add(found, part):
            return None
    return found


def _add(found: dict[tuple[str, str], tuple[Fraction, int] | str], part: str) -> bool:
    for form, pattern in _FORMS.items():
        if (read := pattern.fullmatch(part)) is None:
            continue
        match form:
            case "span":
                found["lower", (read[3] or "")[:2]] = (Fraction(read[1]), 0)
                found["upper", (read[3] or "")[:2]] = (Fraction(read[2]), 1)
            case "least" | "above":
                found["lower", (read[2] or "")[:2]] = (Fraction(read[1]), int(form == "above"))
            case "most" | "below":
                found["upper", (read[2] or "")[:2]] = (Fraction(read[1]), int(form == "most"))
            case "multiple":
                found["multiple", ""] = (Fraction(read[1]), 0)
            case _:
                found["unique", ""] = "yes"
        return True
    return False
