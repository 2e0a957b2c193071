"""Usage of models by operations. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from ... import ir
from ...ir.types import arguments_of, fields_of, received, references


def models_of(
    resources: Iterable[ir.Resource], models: tuple[ir.Model, ...]
) -> tuple[ir.Model, ...]:
    """Return the models that operations use, directly or indirectly."""
    uses = _uses(models)
    found: set[str] = set()
    for resource in resources:
        for operation in resource.operations:
            found |= _reached(_types(operation), uses)
    return tuple(model for model in models if model.name in found)


def users(api: ir.Api) -> dict[str, list[str]]:
    """Return the operations that use each model, by id."""
    uses = _uses(api.models)
    found: dict[str, list[str]] = {}
    for resource in api.resources:
        for operation in resource.operations:
            for name in _reached(_types(operation), uses):
                found.setdefault(name, []).append(operation.id)
    return found


def without_unsound_errors(
    resources: Iterable[ir.Resource], models: Iterable[ir.Model], unsound: Collection[str]
) -> tuple[ir.Resource, ...]:
    """Return resources whose errors have no type that needs an unsound model.

    The errors of an operation are no reason to omit it: they can be raised without their content.
    """
    uses = _uses(models)

    def sound(error: ir.ErrorResponse) -> ir.ErrorResponse:
        needed = _reached(() if error.type is None else (error.type,), uses)
        return error if needed.isdisjoint(unsound) else replace(error, type=None)

    return tuple(
        replace(
            resource,
            operations=tuple(
                replace(operation, errors=tuple(map(sound, operation.errors)))
                for operation in resource.operations
            ),
        )
        for resource in resources
    )


def _uses(models: Iterable[ir.Model]) -> dict[str, set[str]]:
    return {model.name: _named(field.type for field in fields_of(model)) for model in models}


def _types(operation: ir.Operation) -> Iterator[ir.Type]:
    for argument in (
        *operation.arguments,
        *operation.query,
        *operation.headers,
        *operation.cookies,
    ):
        yield argument.type
    for field in arguments_of(operation.body):
        yield field.type
    yield from received(operation)


def _reached(types: Iterable[ir.Type], uses: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = _named(types)
    while waiting:
        found |= waiting
        waiting = {name for one in waiting for name in uses.get(one, ())} - found
    return found


def _named(types: Iterable[ir.Type]) -> set[str]:
    return {name for one in types for name in references(one)}
