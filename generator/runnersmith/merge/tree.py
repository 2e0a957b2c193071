"""Merge of scopes, resources, operations and models of two versions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from .. import ir
from .members import Members

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_CAREFUL: tuple[ir.Repeat, ...] = ("safe", "idempotent", "unsafe")


class Tree(Members):
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
        return replace(
            new,
            versions=(*new.versions, *old.versions),
            scopes=tuple(_with_items(scope, by_name) for scope in scopes),
            models=models,
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

    def operations(
        self, new: Sequence[ir.Operation], old: Sequence[ir.Operation]
    ) -> tuple[ir.Operation, ...]:
        """Merge operations: two are the same if they are the same method of the client."""
        older = {operation.name: operation for operation in old}
        newer = {operation.name for operation in new}
        merged = [
            (
                self.operation(operation, older[operation.name])
                if operation.name in older
                else replace(operation, available=self.only(operation.available, self.newer))
            )
            for operation in new
        ]
        removed = [
            replace(operation, available=self.only(operation.available, self.older))
            for operation in old
            if operation.name not in newer
        ]
        return (*merged, *removed)

    def operation(self, new: ir.Operation, old: ir.Operation) -> ir.Operation:
        if (new.method, new.paged) != (old.method, old.paged):
            self.problem(
                new.id,
                "the HTTP method or the pagination differs between API versions; rename one",
            )
        if len(new.arguments) != len(old.arguments) or _reordered(new.path, old.path):
            self.problem(
                new.id,
                "the path parameters differ between API versions; rename one of the operations",
            )
        limited = new.available.versions
        merged = replace(
            new,
            available=replace(new.available, versions=(*limited, *self.older) if limited else ()),
            older_paths=(*new.older_paths, *self.older_path(new, old)),
            arguments=tuple(
                replace(newer, type=self.type(newer.type, older.type, new.id, newer.wire_name))
                for newer, older in zip(new.arguments, old.arguments, strict=False)
            ),
            query=self.members(new.query, old.query, new.id, "request"),
            body=self.body(new, old),
            responses=_by_status(new.responses, old.responses),
            errors=_by_status(new.errors, old.errors),
            returns=self.optional_type(new.returns, old.returns, new.id),
            item=self.optional_type(new.item, old.item, new.id),
            repeat=max(new.repeat, old.repeat, key=_CAREFUL.index),
            lookup=new.lookup or old.lookup,
        )
        fields = merged.body.fields if merged.body else ()
        taken = [it.name for it in merged.arguments] + [it.name for it in merged.query]
        taken += [it.name for it in fields]
        if len(set(taken)) < len(taken):
            self.problem(
                new.id,
                "a parameter has another location in another API version; "
                "rename one of the operations",
            )
        return merged

    def older_path(self, new: ir.Operation, old: ir.Operation) -> tuple[ir.OlderPath, ...]:
        """Return the old path with the new placeholder names, if it still differs."""
        names = iter(_PARAMETER.findall(new.path))
        path = _PARAMETER.sub(lambda found: "{" + next(names, found[1]) + "}", old.path)
        if path == new.path:
            return ()
        return tuple(ir.OlderPath(version=version, path=path) for version in self.older)

    def body(self, new: ir.Operation, old: ir.Operation) -> ir.Body | None:
        if new.body is None and old.body is None:
            return None
        if new.body is None or old.body is None:
            # Its fields are arguments of some versions only; without any, no body is sent.
            body = new.body or old.body
            versions = self.newer if new.body is not None else self.older
            assert body is not None
            limited = tuple(self.limited(field, versions, "request") for field in body.fields)
            return replace(body, fields=limited, required=False, omissible=True)
        return ir.Body(
            fields=self.members(new.body.fields, old.body.fields, new.id, "request"),
            required=new.body.required and old.body.required,
            example=new.body.example or old.body.example,
            omissible=new.body.omissible or old.body.omissible,
        )

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
        if (new.items, new.tag) != (old.items, old.tag):
            self.problem(
                new.name,
                "the field with the items differs between API versions; keep it the same",
            )
        fields = self.members(new.fields, old.fields, new.name, new.role)
        return replace(
            new,
            fields=fields,
            eithers=_eithers(new, old, fields),
            role=new.role if new.role == old.role else "both",
        )


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


def _reordered(new: str, old: str) -> bool:
    """Return whether a path parameter has moved, so that old and new names cannot be matched."""
    newer, older = _PARAMETER.findall(new), _PARAMETER.findall(old)
    return any(
        new_name != old_name and (new_name in older or old_name in newer)
        for new_name, old_name in zip(newer, older, strict=False)
    )


Status = TypeVar("Status", bound=ir.SuccessResponse | ir.ErrorResponse)


def _by_status(new: Iterable[Status], old: Iterable[Status]) -> tuple[Status, ...]:
    found = {response.status: response for response in [*old, *new]}
    return tuple(found[status] for status in sorted(found))
