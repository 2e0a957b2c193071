"""Plan of a bump: the differences in facts, and the spec with these differences resolved.

    ours, official at V ─ compare ─▶ differences ─▶ proposals ─▶ edits of a draft ─┐
                            ▲                                                      │ again, until
                            └──────────────────────────────────────────────────────┘ none is made
                                                     new operations ─▶ draft
    remaining differences and all prose ─▶ decisions, as marks

The documents are already loaded and are not changed.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from ..compare import Comparison, Corrections, compare
from ..openapi.document import Document, Json
from ..overlay import versions
from ..problems import Problem, UsageError
from ..yaml_edit import Comments
from ..yaml_edit.values import copied
from .draft.draft import Draft, mapping
from .rounds import BumpRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Changes for an API version.

    `data` is the new document with marks in place of prose, `comments` the other decisions.
    `corrections` are entries of the corrections file to review: GitHub has adopted them, or changed
    their subject.
    """

    ours: Document
    official: Document
    version: str
    comparison: Comparison
    data: Json
    comments: Comments
    corrections: tuple[Problem, ...]

    @property
    def nothing(self) -> bool:
        """Return whether no fact of the operations changes."""
        return not self.comparison.differences and not self.comparison.missing


def bump(ours: Document, official: Document, corrections: Corrections, version: str) -> Plan:
    """Plan the update of a valid curated spec to an API version.

    Raises UsageError for a version that cannot come next, SpecError for a description that is
    invalid or not one of GitHub's.
    """
    _check(ours, version)
    now = _as_of(ours, version)
    first = compare(now, official, corrections)
    draft = Draft(ours.name, mapping(copied(now.data)))
    outdated = [*first.stale]
    if first.differences or first.missing:
        work = BumpRun(draft, ours, official, corrections.against(first.product), first)
        work.all()
        outdated += _renamed(corrections, work.renamed())
    return Plan(
        ours=ours,
        official=official,
        version=version,
        comparison=first,
        data=draft.data,
        comments=draft.comments,
        corrections=tuple(outdated),
    )


def _renamed(corrections: Corrections, renamed: dict[str, str]) -> Iterator[Problem]:
    """Yield problems for corrections of operations whose path has changed."""
    for was, now in renamed.items():
        for entry in corrections.entries:
            if entry.concerns(was) and not entry.concerns(now):
                message = f"add {now}, which {was} is called from now on"
                yield entry.node.at("operations").problem(message)


def _check(ours: Document, version: str) -> None:
    newest = versions.version_of(ours)
    try:
        date = datetime.date.fromisoformat(version)
    except ValueError:
        date = None
    if date is None or date.isoformat() != version:
        raise UsageError(f"{version!r} is not an API version; use a date such as 2026-03-10")
    if version <= newest:
        raise UsageError(
            f"{version} is not newer than {newest}, the version of {ours.name}; name a newer one"
        )


def _as_of(ours: Document, version: str) -> Document:
    """Return the document with another version; everything else is shared, with its places."""
    data = mapping(ours.data)
    changed: Json = {**data, "info": {**mapping(data["info"]), "version": version}}
    return Document(name=ours.name, data=changed, locate=lambda: ours.marks, files=ours.files)
