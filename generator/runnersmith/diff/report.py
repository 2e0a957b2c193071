"""Reports of changes: for a terminal, for a changelog, and as JSON. Pure.

A change in several scopes is reported once: `runners.list(name)` (enterprise, org, repo).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass

from .change import Change, semver_step
from .change_kinds import LEVELS, Level

FORMAT = 1


@dataclass(frozen=True, slots=True)
class _Line:
    """The same change in one or several scopes; `scopes` is empty if none needs to be named."""

    subject: str
    scopes: tuple[str, ...]
    text: str


def terminal(changes: Sequence[Change], version: str | None = None) -> Iterator[str]:
    """Yield lines for a terminal: breaking changes first, the summary last.

    `version` is the current version of the client.
    """
    for level in LEVELS:
        if found := _lines(change for change in changes if change.level == level):
            yield f"{level}:"
            for line in found:
                where = f" ({', '.join(line.scopes)})" if line.scopes else ""
                yield f"  {line.subject}{where}: {line.text}"
    yield _sum(changes, version)


def markdown(changes: Sequence[Change]) -> str:
    """Return the `API` section of a changelog by resource, breaking changes first.

    Changes of prose are only counted.
    """
    parts = ["### API"]
    resources = dict.fromkeys(change.resource for change in changes)
    for resource in sorted(resources, key=lambda name: name is not None):
        parts.append(f"#### `{resource}`" if resource else "#### Client and shared models")
        parts.append("\n".join(_items([one for one in changes if one.resource == resource])))
    if not changes:
        parts.append("No change.")
    return "\n\n".join(parts) + "\n"


def as_json(changes: Sequence[Change], version: str | None = None) -> str:
    """Return the changes as JSON, with all keys in this order:

    {
      "format": 1,                  raised when a meaning changes
      "step": "minor",              "major", "minor", "patch"; null without a change
      "counts": {"breaking": 0, "compatible": 1, "documentation": 0},
      "changes": [
        {
          "kind": "argument-added", one of diff.KINDS
          "level": "compatible",    "breaking", "compatible", "documentation"
          "role": "request",        "request", "response", "both"; null if not relevant
          "scope": "org",           null for models and the client as a whole
          "resource": "runners",    null if several resources use it
          "subject": "org.runners.list(name)",
          "text": "new, optional"   Markdown on one line
        }
      ]
    }
    """
    return json.dumps(
        {
            "format": FORMAT,
            "step": semver_step(changes, version),
            "counts": {level: _count(changes, level) for level in LEVELS},
            "changes": [{key: asdict(change)[key] for key in _KEYS} for change in changes],
        },
        indent=2,
    )


_KEYS = ("kind", "level", "role", "scope", "resource", "subject", "text")


def _items(changes: Sequence[Change]) -> Iterator[str]:
    """Yield the items of a Markdown list."""
    for level in LEVELS[:-1]:
        mark = "**Breaking:** " if level == "breaking" else ""
        alike: dict[tuple[tuple[str, ...], str], list[str]] = {}
        for line in _lines(change for change in changes if change.level == level):
            alike.setdefault((line.scopes, line.text), []).append(f"`{line.subject}`")
        for (scopes, text), subjects in alike.items():
            where = f" ({', '.join(f'`{scope}`' for scope in scopes)})" if scopes else ""
            yield f"- {mark}{', '.join(subjects)}{where}: {text}"
    prose = _lines(change for change in changes if change.level == "documentation")
    if prose:
        named = dict.fromkeys(f"`{line.subject}`" for line in prose)
        yield f"- Documentation: {', '.join(named)}"


def _lines(changes: Iterable[Change]) -> list[_Line]:
    """Merge equal changes of several scopes, in the order of the first of each."""
    groups: dict[tuple[str | None, str, str], list[Change]] = {}
    for change in changes:
        groups.setdefault((change.resource, _within_scope(change), change.text), []).append(change)
    return [
        (
            _Line(group[0].subject, (), text)
            if len(group) == 1
            else _Line(subject, tuple(change.scope or "" for change in group), text)
        )
        for (_, subject, text), group in groups.items()
    ]


def _within_scope(change: Change) -> str:
    return change.subject.removeprefix(f"{change.scope}.") if change.scope else change.subject


def _sum(changes: Sequence[Change], version: str | None) -> str:
    step = semver_step(changes, version)
    if step is None:
        return "no change"
    counted = [f"{number} {level}" for level in LEVELS if (number := _count(changes, level))]
    noun = "change" if len(changes) == 1 else "changes"
    return f"{', '.join(counted)} {noun}; calls for a {step} version"


def _count(changes: Sequence[Change], level: Level) -> int:
    return sum(change.level == level for change in changes)
