"""Record of an unfinished update: every older API version as the update has left it.

`versions/unfinished.json` is written with open decisions, and removed by `bump --finish`. It needs
neither git nor its history, so commits in between do no harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .. import reader
from ..compare.facts import FactPath
from ..compare.operations import shape
from ..compare.walk import Difference
from ..openapi.document import Document
from ..overlay import versions
from ..problems import SpecError
from .draft.draft import items, mapping
from .plan import VersionPlan

# The operation's shape, the entity and the field of a fact that a person decides.
Undecided = frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An older API version, and the facts that were left to decide in it."""

    version: str
    document: Document
    undecided: Undecided

    def leaves(self, operation: str, path: FactPath) -> bool:
        """Return whether a fact, or one that it is a part of, was left to decide."""
        return any(
            (shape(operation), path.entity) == (name, entity) and path.field.startswith(field)
            for name, entity, field in self.undecided
        )


def content(older: Iterable[VersionPlan]) -> bytes:
    """Return the record of the older versions of a plan."""
    recorded = {
        step.version: {
            "undecided": sorted([*one] for one in undecided(step.left)),
            "document": step.data,
        }
        for step in older
    }
    return json.dumps(recorded, separators=(",", ":")).encode("utf-8") + b"\n"


def undecided(differences: Iterable[Difference]) -> Undecided:
    """Return the facts of differences that are left to a person."""
    return frozenset((shape(it.operation), it.path.entity, it.path.field) for it in differences)


def read(spec: Path, name: str) -> tuple[Recorded, ...] | None:
    """Read the record beside a spec, None if there is none. Raises SpecError if it is damaged."""
    path = versions.unfinished(spec)
    if not path.exists():
        return None
    shown = (Path(name).parent / "versions" / path.name).as_posix()
    document = reader.load(path, name=shown)
    found: list[Recorded] = []
    try:
        for version, recorded in mapping(document.data).items():
            facts = [items(fact) for fact in items(mapping(recorded)["undecided"])]
            left = frozenset((str(one), str(two), str(three)) for one, two, three in facts)
            data = mapping(mapping(recorded)["document"])
            found.append(Recorded(version, Document(name=shown, data=data, locate=dict), left))
    except (AssertionError, KeyError, ValueError):
        text = (
            "is damaged; restore it with git, or remove it to give up the proof of older versions"
        )
        raise SpecError([document.problem((), text)]) from None
    return tuple(found)
