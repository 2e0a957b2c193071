"""Merge of scopes, resources and models of two versions. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .. import ir
from .operations import Operations


class Tree(Operations):
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
                if model.tag != found.tag:
                    self.problem(
                        model.name,
                        "the discriminator differs between API versions; keep it the same",
                    )
                merged[model.name] = replace(
                    model,
                    fields=self.members(model.fields, found.fields, model.name, model.role),
                    role=model.role if model.role == found.role else "both",
                )
        return tuple(merged[name] for name in sorted(merged))
