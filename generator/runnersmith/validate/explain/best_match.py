"""Best match: the alternative of a oneOf or anyOf that a value was probably written for.

Pure. Alternatives are ruled out by their distinguishing properties: the kind of value, a `$ref`, a
constant or an enum in one of the fields. Of the rest, the closest one is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from ...openapi.document import Json

Branch = Sequence[ValidationError]


@dataclass(frozen=True, slots=True)
class Missing:
    """The alternatives differ only in a required field."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kinds:
    """All alternatives expect other kinds of value; `types` are JSON Schema's names."""

    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """All alternatives expect another value at one place."""

    path: tuple[str | int, ...]
    values: tuple[Json, ...]


def plain(value: object) -> Json:
    """Return an option of a schema as JSON; jsonschema-rs may use Decimal for numbers."""
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def choose(branches: Sequence[Branch], depth: int) -> Branch | Missing | Kinds | Options:
    """Return the best alternative for a value `depth` steps deep, or the common mismatch of all."""
    if names := _missing(branches, depth):
        return Missing(names)
    right_kind = [branch for branch in branches if not _types(branch, depth)]
    if not right_kind:
        return Kinds(tuple(dict.fromkeys(t for b in branches for t in _types(b, depth))))
    fitting = [branch for branch in right_kind if _refers(branch, depth) is not False]
    undecided = fitting or right_kind
    matching = [branch for branch in undecided if not _tells_apart(branch, depth)]
    if not matching:
        return _options(undecided, depth) or _nearest(undecided, depth)
    return _nearest(matching, depth)


def _missing(branches: Sequence[Branch], depth: int) -> tuple[str, ...]:
    names: list[str] = []
    for branch in branches:
        kinds = [error.kind for error in branch if len(error.instance_path) == depth]
        if len(branch) != 1 or not kinds or not isinstance(kinds[0], Kind.Required):
            return ()
        names.append(kinds[0].property)
    return tuple(dict.fromkeys(names)) if len(set(names)) > 1 else ()


def _types(branch: Branch, depth: int) -> list[str]:
    """Return the kinds of value that a branch expects instead of the actual one."""
    return [
        name
        for error in branch
        if isinstance(error.kind, Kind.Type) and len(error.instance_path) == depth
        for name in error.kind.types
    ]


def _refers(branch: Branch, depth: int) -> bool | None:
    """Return whether a branch matches the presence or absence of a `$ref`."""
    for error in branch:
        kind = error.kind
        if len(error.instance_path) == depth and (
            (isinstance(kind, Kind.Required) and kind.property == "$ref")
            or (
                isinstance(kind, Kind.AdditionalProperties | Kind.UnevaluatedProperties)
                and "$ref" in kind.unexpected
            )
        ):
            return False
    return None


def _tells_apart(branch: Branch, depth: int) -> dict[tuple[str | int, ...], list[Json]]:
    """Return whether a branch expects another constant, in the value or in one of its fields."""
    wanted: dict[tuple[str | int, ...], list[Json]] = {}
    for error in branch:
        if len(error.instance_path) > depth + 1:
            continue
        path = tuple(error.instance_path)
        if isinstance(error.kind, Kind.Enum):
            wanted.setdefault(path, []).extend(plain(option) for option in error.kind.options)
        elif isinstance(error.kind, Kind.Constant):
            wanted.setdefault(path, []).append(plain(error.kind.expected_value))
    return wanted


def _options(branches: Sequence[Branch], depth: int) -> Options | None:
    wanted = [_tells_apart(branch, depth) for branch in branches]
    shared = [path for path in wanted[0] if all(path in other for other in wanted[1:])]
    if len(branches) < 2 or not shared:
        return None
    path = shared[0]
    values: list[Json] = []
    for other in wanted:
        values += [value for value in other[path] if value not in values]
    return Options(path, tuple(values))


def _nearest(branches: Sequence[Branch], depth: int) -> Branch:
    def distance(branch: Branch) -> tuple[int, int, int]:
        at_top = sum(len(error.instance_path) == depth for error in branch)
        deepest = max((len(error.instance_path) for error in branch), default=0)
        return at_top, len(branch), -deepest

    return min(branches, key=distance)
