"""Index of an API, built once for all of its pages. Pure.

Spots are in the order of the IR: by scope, then of the client itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ... import ir
from ...ir.placement import all_operations
from ...ir.types import fields_of, parts
from ..python import signatures


@dataclass(frozen=True, slots=True)
class Spot:
    """Location of an operation in the client.

    It has the scope's name (empty for the client itself), the resource's module, the method's name,
    and the call with all of them.
    """

    scope: str
    module: str
    operation: str
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """Index of an API: models by name, operations with their spots, and the uses of each model."""

    models: Mapping[str, ir.Model]
    operations: tuple[tuple[Spot, ir.Operation], ...]
    uses: Mapping[str, tuple[Spot, ...]]
    holders: Mapping[str, tuple[ir.Model, ...]]


class _Last:
    """The last API and its index, since hundreds of pages need the same one."""

    api: ir.Api | None = None
    index: Index | None = None


def index(api: ir.Api) -> Index:
    """Return the index of an API."""
    # By identity, since comparing two APIs takes longer than building an index.
    if _Last.api is not api or _Last.index is None:
        _Last.api, _Last.index = api, _made(api)
    return _Last.index


def _made(api: ir.Api) -> Index:
    operations = tuple(_operations(api))
    uses: dict[str, list[Spot]] = {}
    for spot, operation in operations:
        for name in _models(_traffic(operation)):
            uses.setdefault(name, []).append(spot)
    holders: dict[str, list[ir.Model]] = {}
    for model in api.models:
        for name in _models(it.type for it in fields_of(model)):
            holders.setdefault(name, []).append(model)
    return Index(
        {model.name: model for model in api.models},
        operations,
        {name: tuple(found) for name, found in uses.items()},
        {name: tuple(found) for name, found in holders.items()},
    )


def _operations(api: ir.Api) -> Iterator[tuple[Spot, ir.Operation]]:
    for scope, resource, it in all_operations(api):
        held = scope.name if scope is not None else ""
        name = ".".join((*([held] if held else []), resource.name, it.name))
        yield Spot(held, resource.module, it.name, name), it


def _traffic(operation: ir.Operation) -> Iterator[ir.Type]:
    yield from (it.type for it in (*operation.arguments, *signatures.keywords(operation)))
    results = (operation.returns, operation.item, *(it.type for it in operation.errors))
    yield from (it for it in results if it is not None)


def _models(types: Iterable[ir.Type]) -> dict[str, None]:
    """Return the names of the models in types, each once."""
    return {
        part.model: None
        for found in types
        for part in parts(found)
        if isinstance(part, ir.Reference)
    }
