"""Plan of an update: the differences in facts, and every API version with them resolved.

    ours, official at V ─ compare ─▶ differences ─▶ proposals ─▶ edits of a draft ─┐
                            ▲                                                      │ again, until
                            └──────────────────────────────────────────────────────┘ none is made
                                                     new operations ─▶ draft
    remaining differences and all prose ─▶ decisions, as marks

The versions are planned from the newest to the oldest. The draft of an older version is the one
above it with its overlay applied, so what several versions share is changed and marked once. What
only the newer one changes is left out of that draft: the older version keeps its facts and its
extension.

The documents are already loaded and are not changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ..compare import (
    Comparison,
    Corrections,
    Difference,
    compare,
    compare_versions,
    described,
    names_version,
)
from ..compare.operations import new_names
from ..openapi.document import Document, Json, Pointer
from ..overlay import versions
from ..problems import Problem
from ..yaml_edit.values import copied
from .carry import Carried, carried, filled, with_products
from .draft.draft import Draft, mapping
from .edits.absence import Place, absent
from .rounds import identity, open_in, resolve
from .sources import Source, check_next, check_same_product
from .translate.extension import introduce

Notes = dict[Pointer, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPlan:
    """Plan for one API version.

    `comparison` is of the spec before its change; None if the official description does not
    describe the version, which then stays as it is. `data` is the wanted document, with marks in
    place of prose, and `notes` are the other decisions.
    """

    version: str
    comparison: Comparison | None
    data: Json
    notes: Notes
    # Actions of the overlay that are no longer right, by their index.
    dropped: frozenset[int] = frozenset()
    # Differences from the official description that a person has to decide.
    left: tuple[Difference, ...] = ()
    # What the official description has in no API version.
    lost: frozenset[Place] = frozenset()
    # Operations at another path than before: the old name, and the new one.
    moved: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def differs(self) -> bool:
        """Return whether a fact of the operations changes."""
        found = self.comparison
        return found is not None and bool(found.differences or found.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Changes of a spec, by API version, the newest first.

    `version` is a new API version, if there is one: the first of `steps`. `corrections` are entries
    of the corrections file to review: GitHub has adopted them, or changed their subject.
    """

    source: Source
    version: str | None
    steps: tuple[VersionPlan, ...]
    corrections: tuple[Problem, ...]

    @property
    def nothing(self) -> bool:
        """Return whether no fact of the operations changes."""
        return not any(step.differs for step in self.steps)

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Return the comparison of every described version."""
        return tuple(step.comparison for step in self.steps if step.comparison is not None)


def sync(
    source: Source, official: Document, corrections: Corrections, version: str | None = None
) -> Plan:
    """Plan the update of a valid curated spec within its API versions.

    Only `version` is updated if it is named, or every version that is described. Raises UsageError
    for a version that is not, SpecError for a description that is invalid or not one of GitHub's.
    """
    chosen = described(source.documents, official, version)
    steps, outdated = _synced(source, official, corrections, chosen)
    # An entry without use in one version may have its use in another.
    reviewed = outdated if version is None else ()
    return Plan(source=source, version=None, steps=steps, corrections=reviewed)


def bump(
    source: Source,
    official: Document,
    corrections: Corrections,
    version: str,
    older: Document | None = None,
) -> Plan:
    """Plan the update of a valid curated spec to a new API version.

    Changes that the existing versions share come first, if a description of them is known: `older`,
    or the official one if it states which changes belong to the new version. Otherwise, every
    change belongs to the new version. Raises UsageError for a version that cannot come next,
    SpecError for a description that is invalid or not one of GitHub's.
    """
    check_next(source.documents[0], official, version)
    if older is None and names_version(official, version):
        older = official
    steps, outdated = _unchanged(source), None
    if older is not None:
        check_same_product(official, older)
        newest = versions.version_of(source.documents[0])
        chosen = described(source.documents, older, None, alone=newest)
        steps, outdated = _synced(source, older, corrections, chosen)
    first = compare(_as_of(source.documents[0], version), official, corrections)
    names = new_names(source.documents[0], _document(source.name, steps[0].data))
    corrections = corrections.renamed({**names, **steps[0].moved})
    made, renamed = _new(steps, official, corrections, version, source.name)
    if outdated is None:
        outdated = first.stale
    else:
        # An entry is in use as long as it explains a difference in one of the versions.
        unused = {problem.place for problem in first.stale}
        outdated = tuple(problem for problem in outdated if problem.place in unused)
    return Plan(
        source=source,
        version=version,
        steps=(replace(made, comparison=_without(first, steps[0].comparison)), *steps),
        corrections=(*outdated, *renamed),
    )


def _new(
    existing: Sequence[VersionPlan],
    official: Document,
    corrections: Corrections,
    version: str,
    name: str,
) -> tuple[VersionPlan, tuple[Problem, ...]]:
    """Plan a new version that comes after the existing ones, with its corrections to review."""
    newest = existing[0]
    before = _as_of(_document(name, newest.data), version)
    comparison = compare(before, official, corrections)
    draft = Draft(
        name, mapping(copied(before.data)), {at: [*it] for at, it in newest.notes.items()}
    )
    below = [_document(name, it.data) for it in existing]
    _, renamed = resolve(draft, official, corrections, comparison, older=before.data, below=below)
    introduce(draft, comparison.product, version)
    plan = VersionPlan(version=version, comparison=comparison, data=draft.data, notes=draft.notes)
    return plan, renamed


def _unchanged(source: Source) -> tuple[VersionPlan, ...]:
    return tuple(
        VersionPlan(version=versions.version_of(it), comparison=None, data=it.data, notes={})
        for it in source.documents
    )


def _synced(
    source: Source, official: Document, corrections: Corrections, chosen: Sequence[Document]
) -> tuple[tuple[VersionPlan, ...], tuple[Problem, ...]]:
    """Plan the existing versions; return them, and the corrections to review."""
    comparisons = compare_versions(chosen, official, corrections)
    found = {comparison.version: comparison for comparison in comparisons}
    outdated = dict.fromkeys(problem for it in comparisons for problem in it.stale)
    lost = absent([*zip(chosen, comparisons, strict=True)])
    steps: list[VersionPlan] = []
    # The version above with no other changes than those that this one has as well.
    above = source.documents[0]
    for step, document in zip(_unchanged(source), source.documents, strict=True):
        newer = steps[-1] if steps else None
        comparison = found.get(step.version)
        if comparison is None:
            older = [it for it in comparisons if str(it.version) < step.version]
            draft, left = with_products(document, official, corrections, older, lost)
            steps.append(replace(step, data=draft.data, notes=draft.notes, left=left, lost=lost))
            above = _document(source.name, draft.data)
            continue
        base = Carried(document, comparison)
        decided = frozenset(identity(it) for it in newer.left) if newer else frozenset[object]()
        if newer is not None and (base.open or newer.differs):
            whole = _document(source.name, newer.data)
            layer = source.layers[len(steps) - 1].document
            base = carried(whole, above, layer, base, decided, official, corrections)
        draft = Draft(document.name, mapping(copied(base.document.data)))
        below = source.documents[len(steps) + 1 :]
        next_older = [found[it] for it in map(versions.version_of, below[:1]) if it in found]
        alone = (
            open_in(base.comparison) - open_in(*next_older) if next_older else frozenset[object]()
        )
        excluded = decided | alone
        left, renamed = resolve(
            draft, official, corrections, base.comparison, excluded, lost, below=below
        )
        above = _document(source.name, copied(draft.data))
        if alone:
            names = {**new_names(base.document, above), **draft.moved}
            corrected = corrections.renamed(names)
            rest = compare(draft.document(), official, corrected)
            known = decided | ({identity(it) for it in left} - alone)
            more, others = resolve(draft, official, corrected, rest, known, lost, below=below)
            left, renamed = more, (*renamed, *others)
        outdated.update(dict.fromkeys(renamed))
        # What an overlay has removed has its texts in the newer version.
        data = filled(draft.data, newer.data) if newer is not None else draft.data
        steps.append(
            replace(
                step,
                comparison=comparison,
                data=data,
                notes=draft.notes,
                dropped=base.dropped,
                left=left,
                lost=lost,
                moved=draft.moved,
            )
        )
    return tuple(steps), tuple(outdated)


def _without(comparison: Comparison, known: Comparison | None) -> Comparison:
    """Return a comparison without what the version before has as well."""
    if known is None:
        return comparison
    facts = {(it.operation, it.path, it.sides) for it in known.differences}
    operations: Collection[tuple[str, str]] = {operation.key for operation in known.missing}
    return replace(
        comparison,
        differences=tuple(
            it for it in comparison.differences if (it.operation, it.path, it.sides) not in facts
        ),
        missing=tuple(it for it in comparison.missing if it.key not in operations),
    )


def _document(name: str, data: Json) -> Document:
    return Document(name=name, data=data, locate=dict)


def _as_of(ours: Document, version: str) -> Document:
    """Return the document with another version; everything else is shared, with its places."""
    data = mapping(ours.data)
    changed: Json = {**data, "info": {**mapping(data["info"]), "version": version}}
    return Document(name=ours.name, data=changed, locate=lambda: ours.marks, files=ours.files)
