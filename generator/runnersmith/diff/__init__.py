"""Changes of the client's API between two descriptions, by their effect on callers.

    OLD ──source──▶ documents ──api──▶ IR ─┐
                                           ├─▶ diff ──▶ changes ──▶ terminal, markdown, as_json
    NEW ──source──▶ documents ──api──▶ IR ─┘

    between: all of it but the last step

Two curated specs are compared with all their API versions or with one of each. Any other document
is one API version, and a curated spec is compared with it as the bundle of one version.

`sources` reads files and runs git; everything else is pure. Each change has one kind of a closed
set and one level. A change is breaking if a type-checked program that worked with the old client
and API can fail with the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .. import ir, reader
from ..ir.naming import Rename
from ..openapi.document import Document
from ..overlay import versions
from ..problems import Problem, SpecError, UsageError, errors
from .change import Change, Step, reaches, semver_step
from .change_kinds import KINDS, LEVELS, Kind, Level
from .client import diff, rooted
from .matching import match, methods
from .report import as_json, markdown, terminal
from .sources import Source, source

__all__ = [
    "KINDS",
    "LEVELS",
    "Change",
    "Kind",
    "Level",
    "Omit",
    "Source",
    "Step",
    "api",
    "as_json",
    "between",
    "diff",
    "markdown",
    "plain_api",
    "reaches",
    "semver_step",
    "source",
    "terminal",
]

# Called with each reason for omitting an operation.
Omit = Callable[[Problem], None]


def between(
    old: str,
    new: str,
    old_version: str | None = None,
    new_version: str | None = None,
    *,
    omit: Omit | None = None,
    renames: Sequence[Rename] = (),
) -> tuple[Change, ...]:
    """Return every difference between two sources.

    With an API version for either side, one version of each is compared, by default the newest.
    With `omit`, operations of a document without our extension that are unsupported are omitted.
    Names that `renames` match are as the project sets them. Raises the errors of `source`, `api`
    and `plain_api`, and UsageError if a curated spec and another document have no operation in
    common.
    """
    sides = source(old), source(new)
    if all(side.is_curated for side in sides):
        if old_version is None and new_version is None:
            return diff(*map(api, sides))
        chosen = [
            api(side, version or versions.version_of(side.documents[0]))
            for side, version in zip(sides, (old_version, new_version), strict=True)
        ]
        return diff(*chosen, across=True)
    before, after = (
        rooted(plain_api(side, version, omit, renames))
        for side, version in zip(sides, (old_version, new_version), strict=True)
    )
    is_mixed = any(side.is_curated for side in sides)
    if is_mixed and methods(before) and methods(after) and not match(before, after).operations:
        raise UsageError(
            f"{sides[0].name} and {sides[1].name} have no operation in common; "
            "name two descriptions of the same API"
        )
    return diff(before, after, across=True)


def api(source: Source, version: str | None = None) -> ir.Api:
    """Validate and build the client of a curated source, for all its API versions or for one.

    Warnings are left to `validate`. Raises SpecError with the errors, and UsageError if the source
    has no such version.
    """
    from ..lowering import build
    from ..merge import merge

    documents = source.documents if version is None else (source.pick(version),)
    _check(*documents)
    apis = [build(one, "client") for one in documents]
    return merge(apis, documents) if len(apis) > 1 else apis[0]


def plain_api(
    source: Source,
    version: str | None = None,
    omit: Omit | None = None,
    renames: Sequence[Rename] = (),
) -> ir.Api:
    """Build the client of one API version as a document without our extension.

    Raises SpecError with the errors, and UnsupportedError with the unsupported operations unless
    they are omitted.
    """
    from ..bundle import bundle
    from ..lowering import build_foreign
    from ..validate import validate

    document = source.pick(version)
    if source.is_curated:
        _check(document)
        text = bundle(document).encode("utf-8")
        document = reader.parse(text, name=f"the bundle of {source.name}", suffix=".json")
    unsound = errors(validate(document, "foreign"))
    built = build_foreign(
        document,
        "client",
        unsound,
        skip_unsupported=omit is not None,
        renames=() if source.is_curated else renames,
        # An older document need not have all names.
        check_renames=False,
    )
    if omit is not None:
        for problem in built.left_out:
            omit(problem)
    return built.api


def _check(*documents: Document) -> None:
    from ..validate import validate

    found = [problem for one in documents for problem in validate(one, "foreign")]
    if wrong := errors(found):
        raise SpecError(wrong)
