"""Merge of scopes, resources and models of two versions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass, replace
from typing import cast

from .. import ir
from .operations import Operations


class Tree(Operations):
    """Merges an older version into the result for the newer ones."""

    def api(self, new: ir.Api, old: ir.Api) -> ir.Api:
        self.newer: tuple[str, ...] = new.versions
        self.older: tuple[str, ...] = old.versions
        self.pairs.clear()
        old_scopes = {scope.name: scope for scope in old.scopes}
        for what, newer, older in (
            (
                "scopes",
                [(it.name, it.path) for it in new.scopes],
                [(it.name, it.path) for it in old.scopes],
            ),
            ("version-header", new.version_header, old.version_header),
            ("media-type", new.media_type, old.media_type),
            ("servers", new.server, old.server),
        ):
            if newer != older:
                self.problem(
                    "the document", f"{what} differ between API versions; keep them the same"
                )
        scopes = [self.scope(scope, old_scopes.get(scope.name)) for scope in new.scopes]
        models = self.models(new.models, old.models)
        by_name = {model.name: model for model in models}
        scopes = [_with_items(scope, by_name) for scope in scopes]
        replaced = {was for name, was in self.pairs if was != name}
        replaced -= {model.name for model in new.models}
        return replace(
            new,
            versions=(*new.versions, *old.versions),
            scopes=tuple(scopes),
            models=_used(models, scopes, replaced),
        )

    def scope(self, new: ir.Scope, old: ir.Scope | None) -> ir.Scope:
        older = {resource.name: resource for resource in old.resources} if old else {}
        newer = {resource.name for resource in new.resources}
        merged = [
            replace(
                resource,
                operations=self.operations(resource.operations, found.operations if found else ()),
            )
            for resource in new.resources
            for found in [older.get(resource.name)]
        ]
        removed = [
            replace(resource, operations=self.operations((), resource.operations))
            for resource in older.values()
            if resource.name not in newer
        ]
        return replace(new, resources=(*merged, *removed))

    def models(self, new: Iterable[ir.Model], old: Iterable[ir.Model]) -> tuple[ir.Model, ...]:
        older = {model.name: model for model in old}
        merged = {model.name: model for model in [*older.values(), *new]}
        newer = {model.name for model in new}
        waiting = [(name, name) for name in merged if name in newer and name in older]
        done = set[tuple[str, str]]()
        # A merge of fields can find further pairs.
        while waiting := [pair for pair in (*waiting, *self.pairs) if pair not in done]:
            done.add(pair := waiting[0])
            name, was = pair
            merged[name] = self.model(merged[name], older[was])
        return tuple(merged[name] for name in sorted(merged))

    def model(self, new: ir.Model, old: ir.Model) -> ir.Model:
        for what, newer, older in (
            ("field with the items", new.items, old.items),
            ("discriminator", new.tag, old.tag),
        ):
            if newer != older:
                message = f"the {what} differs between API versions; keep it the same"
                self.problem(new.name, message)
        fields = self.members(new.fields, old.fields, new.name, new.role)
        return replace(
            new,
            fields=fields,
            eithers=_eithers(new, old, fields),
            role=new.role if new.role == old.role else "both",
        )


def _used(
    models: Sequence[ir.Model], scopes: Sequence[ir.Scope], replaced: Set[str]
) -> tuple[ir.Model, ...]:
    """Return the models without the replaced ones that nothing refers to any more."""
    by_name = {model.name: model for model in models}
    used = {*by_name} - replaced
    waiting: list[object] = [*scopes, *(by_name[name] for name in used)]
    while waiting:
        found = {*_references(waiting.pop())} - used
        used |= found
        waiting += [by_name[name] for name in found]
    return tuple(model for model in models if model.name in used)


def _references(value: object) -> Iterator[str]:
    """Yield the names of the models that a part of the IR refers to."""
    if isinstance(value, ir.Reference):
        yield value.model
    elif isinstance(value, tuple):
        for part in cast(tuple[object, ...], value):
            yield from _references(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _references(getattr(value, field.name))


def _with_items(scope: ir.Scope, models: Mapping[str, ir.Model]) -> ir.Scope:
    """Return a scope whose lists have the items of the merged models."""

    def updated(operation: ir.Operation) -> ir.Operation:
        found = operation.returns
        model = models[found.model] if isinstance(found, ir.Reference) else None
        held = [it.type for it in model.fields if it.name == model.items] if model else []
        if operation.item is None or not held or not isinstance(held[0], ir.Array):
            return operation
        return replace(operation, item=held[0].items)

    return replace(
        scope,
        resources=tuple(
            replace(resource, operations=tuple(map(updated, resource.operations)))
            for resource in scope.resources
        ),
    )


def _eithers(new: ir.Model, old: ir.Model, fields: Sequence[ir.Field]) -> tuple[ir.Either, ...]:
    """Return the properties of either version that read fields of one type."""
    types = {field.name: field.type for field in fields}
    named = {either.name: either for either in (*old.eithers, *new.eithers)}
    found: list[ir.Either] = []
    for either in named.values():
        read = {types[name] for name in either.fields if name in types}
        if len(read) == 1 and all(name in types for name in either.fields):
            found.append(replace(either, type=read.pop()))
    return tuple(found)
