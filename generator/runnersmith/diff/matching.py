"""Matching of the parts of an old client with those of the new one.

Pure. Parts are matched by name, then as renamed. A scope is renamed if both have the same path, a
resource if it has every operation of the old one, an operation if it has the same id or the same
method and path. A model is renamed if it replaces the old one in some place and has at least half
of its fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from .. import ir
from ..ir.types import arguments_of, fields_of, received, references

# Names of a scope, a resource and a method.
Method = tuple[str, str, str]
# Names of a scope and a resource.
Holder = tuple[str, str]
Named = TypeVar("Named", bound=ir.Field | ir.Parameter)

_PARAMETER = re.compile(r"\{[^{}]*\}")


def bare(path: str) -> str:
    """Return a path without the names of its parameters, which are not sent."""
    return _PARAMETER.sub("{}", path)


@dataclass(frozen=True, slots=True)
class Matches:
    """New name -> old name of every matched part; for models, old name -> new name."""

    scopes: Mapping[str, str]
    resources: Mapping[Holder, Holder]
    operations: Mapping[Method, Method]
    models: Mapping[str, str]


def match(old: ir.Api, new: ir.Api) -> Matches:
    """Match the parts of two clients."""
    scopes = _scopes(old, new)
    before, after = methods(old), methods(new)
    resources = _resources(scopes, before, after)
    operations = _operations(resources, before, after)
    pairs = [(before[was], after[name]) for name, was in operations.items()]
    return Matches(scopes, resources, operations, _Models(old, new).find(pairs))


def methods(api: ir.Api) -> dict[Method, ir.Operation]:
    """Return every operation by its scope, resource and method."""
    return {
        (scope.name, resource.name, operation.name): operation
        for scope in api.scopes
        for resource in scope.resources
        for operation in resource.operations
    }


def _scopes(old: ir.Api, new: ir.Api) -> dict[str, str]:
    names = {scope.name for scope in old.scopes}
    found = {scope.name: scope.name for scope in new.scopes if scope.name in names}
    left = {bare(scope.path): scope.name for scope in old.scopes if scope.name not in found}
    for scope in new.scopes:
        if scope.name not in found and (was := left.pop(bare(scope.path), None)) is not None:
            found[scope.name] = was
    return found


def _resources(
    scopes: Mapping[str, str],
    old: Mapping[Method, ir.Operation],
    new: Mapping[Method, ir.Operation],
) -> dict[Holder, Holder]:
    before, after = _by_holder(old), _by_holder(new)
    found = {
        (scope, name): (scopes[scope], name)
        for scope, name in after
        if scope in scopes and (scopes[scope], name) in before
    }
    left = [holder for holder in before if holder not in found.values()]
    for holder, operations in after.items():
        if holder in found:
            continue
        for was in left:
            if scopes.get(holder[0]) == was[0] and _all_of(before[was], operations):
                found[holder] = was
                left.remove(was)
                break
    return found


def _by_holder(found: Mapping[Method, ir.Operation]) -> dict[Holder, list[ir.Operation]]:
    holders: dict[Holder, list[ir.Operation]] = {}
    for (scope, resource, _), operation in found.items():
        holders.setdefault((scope, resource), []).append(operation)
    return holders


def _all_of(old: Iterable[ir.Operation], new: Sequence[ir.Operation]) -> bool:
    ids = {operation.id for operation in new}
    endpoints = set(map(_endpoint, new))
    return all(operation.id in ids or _endpoint(operation) in endpoints for operation in old)


def _id(operation: ir.Operation) -> str:
    return operation.id


def _endpoint(operation: ir.Operation) -> tuple[str, str]:
    return operation.method, bare(operation.path)


def _operations(
    resources: Mapping[Holder, Holder],
    old: Mapping[Method, ir.Operation],
    new: Mapping[Method, ir.Operation],
) -> dict[Method, Method]:
    found: dict[Method, Method] = {}
    for scope, resource, name in new:
        holder = resources.get((scope, resource))
        if holder is not None and (*holder, name) in old:
            found[scope, resource, name] = (*holder, name)
    taken = set(found.values())
    keys: tuple[Callable[[ir.Operation], object], ...] = (_id, _endpoint)
    for same in keys:
        left = {same(operation): was for was, operation in old.items() if was not in taken}
        for method, operation in new.items():
            if method not in found and (was := left.pop(same(operation), None)) is not None:
                found[method] = was
                taken.add(was)
    return found


# ── Members ──────────────────────────────────────────────────────────────────────────────────


def members(
    old: Sequence[Named], new: Sequence[Named]
) -> Iterator[tuple[Named | None, Named | None]]:
    """Yield fields or parameters in pairs, by wire name or else by Python name; None for no match.

    New ones come first, in their order.
    """
    by_wire = {member.wire_name: member for member in old}
    wires = {member.wire_name for member in new}
    by_name = {member.name: member for member in old if member.wire_name not in wires}
    taken: set[str] = set()
    for member in new:
        was = by_wire.get(member.wire_name) or by_name.get(member.name)
        if was is not None:
            taken.add(was.wire_name)
        yield was, member
    for member in old:
        if member.wire_name not in taken:
            yield member, None


def body_fields(operation: ir.Operation) -> tuple[ir.Field, ...]:
    """Return the arguments of a method that make its body: the fields, or the whole body."""
    return arguments_of(operation.body)


# ── Models ───────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Models:
    """Finds renamed models by walking the types of both clients side by side."""

    old: ir.Api
    new: ir.Api
    found: dict[str, str] = field(default_factory=dict[str, str])

    def find(self, operations: Iterable[tuple[ir.Operation, ir.Operation]]) -> dict[str, str]:
        """Return old name -> new name of every renamed or unchanged model."""
        before = {model.name: model for model in self.old.models}
        after = {model.name: model for model in self.new.models}
        waiting = [pair for one in operations for pair in _types(*one)]
        waiting += [
            pair
            for name, model in before.items()
            if name in after
            for pair in _member_types(fields_of(model), fields_of(after[name]))
        ]
        while waiting:
            here, there = (list(references(found)) for found in waiting.pop(0))
            gone = [name for name in here if name not in after and name in before]
            come = [name for name in there if name not in before and name in after]
            if len(gone) != 1 or len(come) != 1 or gone[0] in self.found:
                continue
            was, now = before[gone[0]], after[come[0]]
            if now.name not in self.found.values() and _similar(was, now):
                self.found[was.name] = now.name
                waiting += _member_types(fields_of(was), fields_of(now))
        return self.found


def _types(old: ir.Operation, new: ir.Operation) -> Iterator[tuple[ir.Type, ir.Type]]:
    if old.returns is not None and new.returns is not None:
        yield old.returns, new.returns
    yield from _member_types(body_fields(old), body_fields(new))
    before = {error.status: error.type for error in old.errors}
    for error in new.errors:
        was = before.get(error.status)
        if was is not None and error.type is not None:
            yield was, error.type


def _member_types(
    old: Sequence[ir.Field], new: Sequence[ir.Field]
) -> Iterator[tuple[ir.Type, ir.Type]]:
    for was, member in members(old, new):
        if was is not None and member is not None:
            yield was.type, member.type


def _similar(old: ir.Model, new: ir.Model) -> bool:
    before, after = ({field.wire_name for field in model.fields} for model in (old, new))
    shared = len(before & after)
    return shared > 0 and 2 * shared >= max(len(before), len(after))


@dataclass(frozen=True)
class ClientPair:
    """The old and the new client.

    `across` compares one API version of each; the versions may differ.
    """

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
        """Return the caller's API versions before and after.

        These are the common ones and each side's default.
        """
        unasked = (self.old.version, self.new.version)
        if self.across:
            return (unasked,)
        kept = tuple((name, name) for name in self.new.versions if name in self.old.versions)
        return kept if unasked in kept else (unasked, *kept)

    @cached_property
    def owners(self) -> Mapping[str, str]:
        """Return the resource of each model that only one resource uses, by the model's name."""
        gone = {model.name for model in self.old.models} - {model.name for model in self.new.models}
        old = {name: owner for name, owner in _owners(self.old).items() if name in gone}
        return {**old, **_owners(self.new)}


def _owners(api: ir.Api) -> dict[str, str]:
    fields = {
        model.name: {name for field in fields_of(model) for name in references(field.type)}
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
    types = [*received(operation)]
    types += [operation.returns] if operation.returns is not None else []
    types += [field.type for field in body_fields(operation)]
    return [name for found in types for name in references(found)]
