"""The two clients of a comparison, and what every part of it asks of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .. import ir
from .matching import Matches, Method, match, methods
from .types import references


@dataclass(frozen=True)
class Sides:
    """The old and the new client. `across` compares one API version of each, which may differ."""

    old: ir.Api
    new: ir.Api
    across: bool = False

    @cached_property
    def matches(self) -> Matches:
        return match(self.old, self.new)

    @cached_property
    def old_methods(self) -> Mapping[Method, ir.Operation]:
        return methods(self.old)

    @cached_property
    def versions(self) -> tuple[tuple[str, str], ...]:
        """The API versions that a caller has before and after: those of both, and what it gets unasked."""
        unasked = (self.old.version, self.new.version)
        if self.across:
            return (unasked,)
        kept = tuple((name, name) for name in self.new.versions if name in self.old.versions)
        return kept if unasked in kept else (unasked, *kept)

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """The resource of each model that one resource alone uses, by the model's name."""
        gone = {model.name for model in self.old.models} - {model.name for model in self.new.models}
        old = {name: owner for name, owner in _owners(self.old).items() if name in gone}
        return {**old, **_owners(self.new)}


def _owners(api: ir.Api) -> dict[str, str]:
    fields = {
        model.name: {name for field in model.fields for name in references(field.type)}
        for model in api.models
    }
    users: dict[str, set[str]] = {}
    for scope in api.scopes:
        for resource in scope.resources:
            waiting = [name for operation in resource.operations for name in _used(operation)]
            while waiting:
                name = waiting.pop()
                if resource.name not in users.setdefault(name, set()):
                    users[name].add(resource.name)
                    waiting += fields.get(name, ())
    return {name: next(iter(found)) for name, found in users.items() if len(found) == 1}


def _used(operation: ir.Operation) -> list[str]:
    types = [answer.type for answer in operation.answers if answer.type is not None]
    types += [operation.returns] if operation.returns is not None else []
    types += [field.type for field in operation.body.fields] if operation.body is not None else []
    return [name for found in types for name in references(found)]
