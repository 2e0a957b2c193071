"""Rounds of a bump: edits of a draft until no remaining difference can be edited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from ..compare import Comparison, Correction, Corrections, Difference, compare
from ..compare.description_view import View, official_view
from ..compare.facts import Fact, FactPath
from ..compare.operations import METHODS, Operation, entity, operations, shape
from ..openapi.document import Document, Json, Pointer
from ..problems import Problem
from ..yaml_edit.values import copied
from .draft.claims import Claims
from .draft.correspondence import Correspondence, Key
from .draft.descriptions import find
from .draft.draft import Draft
from .draft.draft import mapping as mapped
from .draft.edit_site import EditSite
from .draft.proposals import Proposal, make
from .draft.shared_components import SharedComponents
from .edits import absence, examples, extensions
from .edits.dispatch import proposals
from .edits.remaining import remaining
from .marks.changed_facts import Update
from .marks.judgements import mark_judgements
from .marks.prose import mark_prose
from .translate.extension import ExtensionTranslator
from .translate.moves import Moves
from .translate.operations import OperationTranslator
from .translate.schemas import SchemaTranslator

# Each round leaves less; a real bump takes three or four, and one more for each copy.
_ROUNDS = 100


@dataclass(slots=True)
class BumpRun:
    """One run of a bump: resolves differences, round by round."""

    draft: Draft
    official: Document
    corrections: Corrections
    # Differences are computed again after each round, since no edit changes anything else.
    comparison: Comparison
    # The version before a new one.
    older: Json = None
    # Whether a difference is to be resolved or marked in this run.
    concerns: Callable[[Difference], bool] = lambda _: True
    # What the description has in no API version.
    lost: Set[absence.Place] = frozenset()
    # The older API versions.
    below: Sequence[Document] = ()
    claims: Claims = field(init=False)
    official_operations: Mapping[Key, Operation] = field(init=False)
    # The old names of operations, by the shape of their new names.
    before: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        curated_operations = operations(View(self.draft.document()))
        self.before = {
            shape(operation.name): operation.name for operation in curated_operations.values()
        }
        wanted = {path for _, path in curated_operations}
        wanted |= {operation.key[1] for operation in self.comparison.missing}
        self.claims = Claims.at(self.draft, self.comparison.product, self.below)
        view = official_view(self.official, self.comparison.version)
        self.official_operations = operations(view, wanted.__contains__)

    def all(self) -> tuple[Difference, ...]:
        """Run all rounds, then add new operations, remove unused parts, and mark the rest.

        Return the differences that are left to a person.
        """
        before = Document(name=self.draft.name, data=copied(self.draft.data), locate=dict)
        new = [*self._moved()]
        self.edit()
        endpoints = self._endpoints(self._pairs())
        added = [endpoints.add(operation) for operation in new]
        extensions.settle(self.draft, self.older)
        self.draft.prune()
        examples.fit(self.draft)
        update = Update(self.draft, before)
        mark_judgements(update)
        mark_prose(update)
        # The permissions of a new operation are already marked.
        apps = "enabledForGitHubApps"
        left = self._compare().differences
        self._mark(it for it in left if it.path.keyword != apps or it.node.pointer[:3] not in added)
        return left

    def _moved(self) -> Iterator[Operation]:
        """Move operations, and yield those that are new altogether."""
        product, found = self.comparison.product, self.comparison.missing

        def is_lost(name: str) -> bool:
            return (shape(name), FactPath(keyword="product")) in self.lost

        endpoints = self._endpoints(self._pairs())
        moves = Moves(self.draft, endpoints, product, self.official_operations, is_lost)
        for operation in found:
            if (was := moves.move(operation)) is None:
                yield operation
            else:
                self.before[shape(operation.name)] = self.before[shape(was)]
        if self.draft.moved:
            self.comparison = self._compare()

    def edit(self) -> None:
        """Apply the edits for all differences, and those that result from them."""
        for _ in range(_ROUNDS):
            if not (found := self.comparison.differences):
                break
            pairs = self._pairs()
            proposed = self._proposals(found, self._endpoints(pairs))
            shared = SharedComponents(self.draft, pairs.curated, pairs.official)
            if not make(self.draft, pairs, proposed, frozenset(self.comparison.compared), shared):
                break
            keys = {shape(difference.operation) for difference in found}
            self.comparison = self._compare(keys)

    def mark(self) -> tuple[Difference, ...]:
        """Mark the differences that are left to a person, and return them."""
        left = self._compare().differences
        self._mark(left)
        return left

    def _compare(self, shapes: Set[str] | None = None) -> Comparison:
        """Compare the draft, or only those of its operations that have these shapes."""
        data = self.draft.data
        if shapes is not None:
            # An operationId may be that of an operation that the description lacks.
            curated_operations = operations(View(self.draft.document())).items()
            lacking = (it for key, it in curated_operations if key not in self.official_operations)
            shapes = {*shapes, *(shape(it.name) for it in lacking)}
            paths: Json = {
                path: {
                    key: value
                    for key, value in mapped(item).items()
                    if key not in METHODS or shape(f"{key.upper()} {path}") in shapes
                }
                for path, item in self.draft.paths.items()
            }
            data = {**data, "paths": paths}
        document = Document(name=self.draft.name, data=data, locate=dict)
        found = compare(document, self.official)
        left = (
            it
            for it in found.differences
            if self.concerns(it) and not self._corrects(it, Correction.explains)
        )
        return replace(found, differences=tuple(left))

    def _corrects(
        self, difference: Difference, does: Callable[[Correction, Difference], bool]
    ) -> bool:
        """Return whether a correction satisfies a predicate; corrections use the old names."""
        name = difference.operation
        known = replace(difference, operation=self.before.get(shape(name), name))
        return any(does(entry, known) for entry in self.corrections.entries)

    def renamed(self) -> dict[str, str]:
        """Return the operations whose paths changed: old name and new name."""
        curated_operations = operations(View(self.draft.document())).values()
        now = {shape(operation.name): operation.name for operation in curated_operations}
        return {was: now[key] for key, was in self.before.items() if key in now and now[key] != was}

    def _pairs(self) -> Correspondence:
        return Correspondence(operations(View(self.draft.document())), self.official_operations)

    def _endpoints(self, pairs: Correspondence) -> OperationTranslator:
        view = next(iter(self.official_operations.values())).view
        shapes = SchemaTranslator(self.draft, view, pairs, self._is_corrected)
        return OperationTranslator(self.draft, shapes, ExtensionTranslator(self.draft, self.claims))

    def _proposals(
        self, differences: Iterable[Difference], endpoints: OperationTranslator
    ) -> Iterator[Proposal]:
        curated_operations = operations(View(self.draft.document()))
        by_name = {operation.name: key for key, operation in curated_operations.items()}
        for difference in differences:
            if self._corrects(difference, _is_about):
                continue  # The correction was a person's decision.
            site = self._site(difference, curated_operations[by_name[difference.operation]])
            if site.unsupported is None:
                yield from proposals(site, endpoints, self.comparison.product)

    def _site(self, difference: Difference, operation: Operation) -> EditSite:
        official = self.official_operations.get(operation.key)
        like = entity(official, operation, {}) if official is not None else None
        return EditSite(
            draft=self.draft,
            difference=difference,
            claims=self.claims,
            lost=absence.place(difference) in self.lost and absence.is_removal(difference),
            curated_operation=operation,
            official_operation=official,
            ours=find(entity(operation, operation, {}), difference.path),
            official=find(like, difference.path) if like is not None else None,
            like=like,
        )

    def _is_corrected(self, difference: Difference) -> bool:
        """Return whether any correction explains a difference of this name and these values."""
        wanted = str(difference.path)
        return any(
            entry.fact.endswith((f": {wanted}", f".{wanted}")) or entry.names(difference)
            for entry in self.corrections.entries
            if _same(entry.ours, difference.ours) and _same(entry.official, difference.official)
        )

    def _mark(self, differences: Iterable[Difference]) -> None:
        """Leave remaining differences to a person: one decision for each field or part."""
        curated_operations = operations(View(self.draft.document()))
        by_name = {operation.name: operation for operation in curated_operations.values()}
        groups: dict[tuple[Pointer, str], list[EditSite]] = {}
        for difference in differences:
            path, pointer = difference.path, difference.node.pointer
            # Another media type of a part is a difference of the part as well.
            is_media = "/" in path.entity and difference.ours is None
            if not is_media and not self.draft.is_left(pointer):
                name = re.split(r"[.: ]", path.field or path.entity or path.keyword)[-1]
                site = self._site(difference, by_name[difference.operation])
                groups.setdefault((pointer, name), []).append(site)
        for (pointer, _), group in groups.items():
            self.draft.note(pointer, remaining(group))


def resolve(
    draft: Draft,
    official: Document,
    corrections: Corrections,
    comparison: Comparison,
    excluded: Set[object] = frozenset(),
    lost: Set[absence.Place] = frozenset(),
    older: Json = None,
    below: Sequence[Document] = (),
) -> tuple[tuple[Difference, ...], tuple[Problem, ...]]:
    """Resolve the differences of a draft and add its new operations, except the excluded ones.

    These are known by their identity. What is `lost` stays for other products. `older` is the
    version before, if the draft is a new one, and `below` are all older API versions.
    Return the differences that are left to a person, excluded ones among them, and the corrections
    of operations with an old path.
    """
    kept = tuple(it for it in comparison.differences if identity(it) in excluded)
    found = tuple(it for it in comparison.differences if identity(it) not in excluded)
    missing = tuple(it for it in comparison.missing if it.key not in excluded)
    if not found and not missing:
        return kept, ()
    work = BumpRun(
        draft,
        official,
        corrections.against(comparison.product),
        replace(comparison, differences=found, missing=missing),
        older,
        lambda it: identity(it) not in excluded,
        lost,
        below,
    )
    left = work.all()
    return (*left, *kept), tuple(corrections.lacking(work.renamed()))


def open_in(*comparisons: Comparison) -> frozenset[object]:
    """Return the differences and the new operations of comparisons, by their identity."""
    found = (identity(it) for one in comparisons for it in one.differences)
    missing = (operation.key for one in comparisons for operation in one.missing)
    return frozenset((*found, *missing))


def identity(difference: Difference) -> object:
    """Return what a difference has in common with the same one in another API version."""
    return shape(difference.operation), difference.path, difference.sides


def _is_about(entry: Correction, difference: Difference) -> bool:
    return entry.concerns(difference.operation) and entry.names(difference)


def _same(one: Fact | None, other: Fact | None) -> bool:
    return one is other if one is None or other is None else one.says(other)
