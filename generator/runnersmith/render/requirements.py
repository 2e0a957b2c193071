"""Packs that are for a document: it has every operation that they name under `requires`.

Reads the IR and the packs' manifests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from .. import ir
from ..ir.placement import all_operations
from ..openapi.spelling import did_you_mean
from ..packs import Pack, PackError, Stack, stacks
from ..problems import Problem


def check(packs: Sequence[Stack], api: ir.Api) -> None:
    """Raise PackError for packs that are not for the document."""
    if problems := _unmet((pack for stack in packs for pack in stack.packs), api):
        raise PackError(_with("leave the pack out", problems))


def select(folders: Sequence[Path], api: ir.Api) -> tuple[list[Path], list[Problem]]:
    """Return the packs that are for the document, and a warning for each of the others.

    A pack that extends one of the others is one of them. Raises PackError if no pack is left.
    """
    kept: list[Path] = []
    problems: set[Problem] = set()
    for folder in folders:
        (stack,) = stacks([folder])
        unmet = _unmet(stack.packs, api)
        problems.update(unmet)
        kept.extend([] if unmet else [folder])
    if not kept:
        raise PackError(_with("leave the pack out", problems))
    warnings = (replace(problem, severity="warning") for problem in sorted(problems))
    return kept, _with("it is left out", warnings)


def _unmet(packs: Iterable[Pack], api: ir.Api) -> list[Problem]:
    """Return a problem for each pack that requires an operation which the document lacks."""
    has = [
        ".".join((*((scope.name,) if scope else ()), resource.name, operation.name))
        for scope, resource, operation in all_operations(api)
    ]
    problems: list[Problem] = []
    for pack in packs:
        missing = [name for name in pack.manifest.requires if name not in has]
        if missing:
            more = f" and {len(missing) - 1} more that" if len(missing) > 1 else ", which"
            message = (
                f"the pack {pack.name} is for documents with the operation "
                f"{missing[0]!r}{more} this one does not have{did_you_mean(missing[0], has)}"
            )
            place = pack.place("requires", pack.manifest.requires.index(missing[0]))
            problems.append(Problem(place, message))
    return problems


def _with(ending: str, problems: Iterable[Problem]) -> list[Problem]:
    return [replace(problem, message=f"{problem.message}; {ending}") for problem in problems]
