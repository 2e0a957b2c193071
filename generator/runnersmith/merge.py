"""The clients of several API versions, made into one that speaks them all.

    same in all versions                 as it is
    in some versions only                optional, and says in which
    another type                         a type that holds both, where a decoder can tell them apart
    required in some versions only       optional in the signature, checked at the call
    another path                         a path for each version (names in braces never travel)
    anything else                        a problem: it needs a decision in the spec

Pure. Facts that are for people (prose, links, limits, permissions) are the newest version's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from . import ir, names
from .build.types import bare, nullable, union
from .document import Document, Node
from .problems import Problem, SpecError

Member = TypeVar("Member", bound=ir.Field | ir.Parameter)

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_CAREFUL: tuple[ir.Repeat, ...] = ("safe", "idempotent", "unsafe")


def merge(apis: Sequence[ir.Api], documents: Sequence[Document]) -> ir.Api:
    """Merge the IR of each version, the newest first, into one.

    Raises SpecError with every difference that the table does not cover.
    """
    merger = _Merger(documents)
    merged = apis[0]
    for older in apis[1:]:
        merged = merger.api(merged, older)
    if merger.problems:
        raise SpecError(merger.problems)
    return merged


class _Merger:
    """Merges an older version into what the newer ones gave, and collects what cannot be."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.problems: list[Problem] = []

    def problem(self, name: str, what: str) -> None:
        self.problems.append(_find(self.documents, name).problem(f"{name}: {what}", key=True))

    # ── the tree ─────────────────────────────────────────────────────────────────────────────

    def api(self, new: ir.Api, old: ir.Api) -> ir.Api:
        self.newer, self.older = new.versions, old.versions
        old_scopes = {scope.name: scope for scope in old.scopes}
        for what, ours, theirs in (
            (
                "scopes",
                [(it.name, it.path) for it in new.scopes],
                [(it.name, it.path) for it in old.scopes],
            ),
            ("version-header", new.version_header, old.version_header),
            ("media-type", new.media_type, old.media_type),
            ("servers", new.server, old.server),
        ):
            if ours != theirs:
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
        gone = [
            replace(resource, operations=self.operations((), resource.operations))
            for resource in older.values()
            if resource.name not in newer
        ]
        return replace(new, resources=(*merged, *gone))

    def operations(
        self, new: Sequence[ir.Operation], old: Sequence[ir.Operation]
    ) -> tuple[ir.Operation, ...]:
        """An operation is the same when it is the same method of the client."""
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
        gone = [
            replace(operation, available=self.only(operation.available, self.older))
            for operation in old
            if operation.name not in newer
        ]
        return (*merged, *gone)

    def operation(self, new: ir.Operation, old: ir.Operation) -> ir.Operation:
        if (new.method, new.paged) != (old.method, old.paged):
            self.problem(
                new.id,
                "the request method or the paging differs between API versions; give one another name",
            )
        if len(new.arguments) != len(old.arguments) or _reordered(new.path, old.path):
            self.problem(
                new.id, "the path parameters differ between API versions; give one another name"
            )
        limited = new.available.versions
        merged = replace(
            new,
            available=replace(new.available, versions=(*limited, *self.older) if limited else ()),
            older_paths=(*new.older_paths, *self.older_path(new, old)),
            arguments=tuple(
                replace(ours, type=self.type(ours.type, theirs.type, new.id, ours.wire_name))
                for ours, theirs in zip(new.arguments, old.arguments, strict=False)
            ),
            query=self.members(new.query, old.query, new.id, "request"),
            body=self.body(new, old),
            answers=_by_status(new.answers, old.answers),
            refusals=_by_status(new.refusals, old.refusals),
            returns=self.optional_type(new.returns, old.returns, new.id),
            item=self.optional_type(new.item, old.item, new.id),
            repeat=max(new.repeat, old.repeat, key=_CAREFUL.index),
            lookup=new.lookup or old.lookup,
        )
        fields = merged.body.fields if merged.body else ()
        taken = [it.name for it in merged.arguments] + [it.name for it in merged.query]
        taken += [it.name for it in fields]
        if len(set(taken)) < len(taken):
            self.problem(new.id, "parameters moved between API versions; give one another name")
        return merged

    def older_path(self, new: ir.Operation, old: ir.Operation) -> tuple[ir.OlderPath, ...]:
        """The old path with the new names in its braces, when it then still differs."""
        names = iter(_PARAMETER.findall(new.path))
        path = _PARAMETER.sub(lambda found: "{" + next(names, found[1]) + "}", old.path)
        if path == new.path:
            return ()
        return tuple(ir.OlderPath(version=version, path=path) for version in self.older)

    def body(self, new: ir.Operation, old: ir.Operation) -> ir.Body | None:
        if new.body is None or old.body is None:
            if new.body is not old.body:
                self.problem(
                    new.id, "only one API version has a body; give one operation another name"
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
                        model.name, "what it wraps differs between API versions; keep it the same"
                    )
                merged[model.name] = replace(
                    model,
                    fields=self.members(model.fields, found.fields, model.name, model.role),
                    role=model.role if model.role == found.role else "both",
                )
        return tuple(merged[name] for name in sorted(merged))

    # ── fields and types ─────────────────────────────────────────────────────────────────────

    def members(
        self, new: Sequence[Member], old: Sequence[Member], owner: str, role: ir.Role
    ) -> tuple[Member, ...]:
        """Fields or parameters, by wire name: the new ones in their order, then those that are gone."""
        older = {member.wire_name: member for member in old}
        newer = {member.wire_name for member in new}
        merged = [
            (
                self.member(member, older[member.wire_name], owner, role)
                if member.wire_name in older
                else self.limited(member, self.newer, role)
            )
            for member in new
        ]
        gone = [
            self.limited(member, self.older, role)
            for member in old
            if member.wire_name not in newer
        ]
        names = [member.name for member in (*merged, *gone)]
        if len(set(names)) < len(names):
            self.problem(
                owner,
                "two wire names of different API versions become one Python name; rename one of them",
            )
        return (*merged, *gone)

    def member(self, new: Member, old: Member, owner: str, role: ir.Role) -> Member:
        found = self.type(new.type, old.type, owner, new.wire_name)
        required_in = new.required_in or (self.newer if new.required else ())
        required_in += self.older if old.required else ()
        required = new.required and old.required
        limited = new.available.versions
        if isinstance(new, ir.Field) and isinstance(old, ir.Field):
            # What one version calls a secret is one.
            new = replace(new, secret=new.secret or old.secret)
        return replace(
            new,
            type=found,
            required=required,
            required_in=() if required or role == "reply" else required_in,
            available=replace(new.available, versions=(*limited, *self.older) if limited else ()),
        )

    def limited(self, member: Member, versions: tuple[str, ...], role: ir.Role) -> Member:
        """A member that only some versions have."""
        required_in = member.required_in or (versions if member.required else ())
        return replace(
            member,
            required=False,
            required_in=() if role == "reply" else required_in,
            available=self.only(member.available, member.available.versions or versions),
        )

    @staticmethod
    def only(available: ir.Availability, versions: tuple[str, ...]) -> ir.Availability:
        return replace(available, versions=available.versions or versions)

    def optional_type(self, new: ir.Type | None, old: ir.Type | None, owner: str) -> ir.Type | None:
        if new is None or old is None:
            if new is not old:
                self.problem(
                    owner,
                    "only one API version replies with content; give one operation another name",
                )
            return new
        return self.type(new, old, owner, "reply")

    def type(self, new: ir.Type, old: ir.Type, owner: str, member: str) -> ir.Type:
        found = both(new, old)
        if found is None:
            self.problem(
                owner,
                f"{member} has types in two API versions that a decoder cannot tell apart; decide on one in the spec",
            )
            return new
        return found


def _kinds(found: ir.Type) -> list[type]:
    """The Python types of a choice's values: True and 1 are equal, and not the same."""
    return [type(value) for value in found.values] if isinstance(found, ir.Literal) else []


def _reordered(new: str, old: str) -> bool:
    """Whether a path parameter stands elsewhere: then the two cannot be told to be renamed ones."""
    ours, theirs = _PARAMETER.findall(new), _PARAMETER.findall(old)
    return any(
        mine != its and (mine in theirs or its in ours)
        for mine, its in zip(ours, theirs, strict=False)
    )


def both(new: ir.Type, old: ir.Type) -> ir.Type | None:
    """A type that holds what either holds; None when a decoder could not tell which it reads."""
    if new == old:
        return new if _kinds(new) == _kinds(old) else None
    if isinstance(new, ir.Nullable) or isinstance(old, ir.Nullable):
        inner = both(bare(new), bare(old))
        return nullable(inner) if inner is not None else None
    match new, old:
        case ir.Array(items=ours), ir.Array(items=theirs):
            items = both(ours, theirs)
            return ir.Array(items=items) if items is not None else None
        case ir.Map(values=ours), ir.Map(values=theirs):
            values = both(ours, theirs)
            return ir.Map(values=values) if values is not None else None
        case ir.Literal(), ir.Literal() if type(new.values[0]) is type(old.values[0]):
            listed = tuple(dict.fromkeys((*new.values, *old.values)))
            return ir.Literal(values=listed, open=new.open or old.open)
        case ir.Primitive(name="int" | "float"), ir.Primitive(name="int" | "float"):
            return ir.Primitive(name="float")
        case _:
            return union((new, old))


Status = TypeVar("Status", bound=ir.Answer | ir.Refusal)


def _by_status(new: Iterable[Status], old: Iterable[Status]) -> tuple[Status, ...]:
    found = {answer.status: answer for answer in [*old, *new]}
    return tuple(found[status] for status in sorted(found))


def _find(documents: Sequence[Document], name: str) -> Node:
    """The operation or the schema of a name, in the newest document that has it.

    A model that was written inline is called after the schema or the operation that it stands in.
    """
    named = [(key, node) for document in documents for key, node in _named(document.root)]
    exact = next((node for key, node in named if key == name), None)
    if exact is not None:
        return exact
    owners = [
        (made, node) for key, node in named if (made := _class_name(key)) and name.startswith(made)
    ]
    return max(owners, key=lambda owner: len(owner[0]))[1] if owners else documents[0].root


def _named(root: Node) -> Iterator[tuple[str, Node]]:
    """The schemas and the operations of a document, by name and by id."""
    components = root.get("components")
    schemas = components.get("schemas") if components else None
    yield from schemas.items() if schemas else ()
    paths = root.get("paths")
    items = [item for _, item in paths.items()] if paths else []
    for operation in (child for item in items for _, child in item.items()):
        if identifier := operation.text("operationId"):
            yield identifier, operation


def _class_name(key: str) -> str:
    """The class name of a key, empty when it has none."""
    try:
        return names.class_name(key)
    except names.Unnameable:
        return ""
