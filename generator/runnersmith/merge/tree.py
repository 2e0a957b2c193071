"""Merge of scopes, resources, operations and models of two versions. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
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
        return replace(
            new,
            versions=(*new.versions, *old.versions),
            scopes=tuple(self.scope(scope, old_scopes.get(scope.name)) for scope in new.scopes),
            models=self.models(new.models, old.models),
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
        if new.body is None or old.body is None:
            if new.body is not old.body:
                self.problem(
                    new.id, "only one API version has a body; rename one of the operations"
                )
            return new.body
        return ir.Body(
            fields=self.members(new.body.fields, old.body.fields, new.id, "request"),
            required=new.body.required and old.body.required,
            example=new.body.example or old.body.example,
        )

    def models(self, new: Iterable[ir.Model], old: Iterable[ir.Model]) -> tuple[ir.Model, ...]:
        older = {model.name: model for model in old}
        merged = {model.name: model for model in [*older.values(), *new]}
        for model in new:
            if (found := older.get(model.name)) is not None:
                if (model.items, model.eithers) != (found.items, found.eithers):
                    self.problem(
                        model.name,
                        "the field with the items differs between API versions; keep it the same",
                    )
                merged[model.name] = replace(
                    model,
                    fields=self.members(model.fields, found.fields, model.name, model.role),
                    role=model.role if model.role == found.role else "both",
                )
        return tuple(merged[name] for name in sorted(merged))


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
