"""Merge of fields, parameters and types of two versions, with the places of conflicts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from .. import ir
from ..ir import names
from ..ir.types import TEXT, bare, decoded_as, members_of, nullable, union
from ..openapi.document import Document, Node
from ..problems import Problem

Pairs = dict[tuple[str, str], None]
Member = TypeVar("Member", bound=ir.Field | ir.Parameter)


class Members:
    """Merges the members of operations and models, and collects their problems.

    `newer` and `older` are the API versions to merge.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = documents
        self.problems: list[Problem] = []
        self.newer: tuple[str, ...] = ()
        self.older: tuple[str, ...] = ()
        # Models of different names at one place: (new, old). One class reads both.
        self.pairs: Pairs = {}

    def problem(self, name: str, what: str) -> None:
        self.problems.append(find(self.documents, name).problem(f"{name}: {what}", key=True))

    def members(
        self, new: Sequence[Member], old: Sequence[Member], owner: str, role: ir.Role
    ) -> tuple[Member, ...]:
        """Merge fields or parameters by wire name: the new ones in order, then the removed ones."""
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
        removed = [
            self.limited(member, self.older, role)
            for member in old
            if member.wire_name not in newer
        ]
        names = [member.name for member in (*merged, *removed)]
        if len(set(names)) < len(names):
            self.problem(
                owner,
                "wire names of two API versions have the same Python name; rename one of them",
            )
        return (*merged, *removed)

    def extras(self, new: ir.Field | None, old: ir.Field | None, owner: str) -> ir.Field | None:
        """Merge the fields of extras; an object that is open in one version is open."""
        if new is None or old is None:
            return new or old
        return replace(new, type=self.type(new.type, old.type, owner, new.name))

    def member(self, new: Member, old: Member, owner: str, role: ir.Role) -> Member:
        found = self.type(new.type, old.type, owner, new.wire_name)
        required_in = new.required_in or (self.newer if new.required else ())
        required_in += self.older if old.required else ()
        required = new.required and old.required
        if isinstance(new, ir.Field) and isinstance(old, ir.Field):
            # A value that is secret in one version is secret in both.
            new = replace(new, secret=new.secret or old.secret)
        return replace(
            new,
            type=found,
            required=required,
            required_in=() if required or role == "response" else required_in,
            available=self.joined(new.available),
        )

    def limited(self, member: Member, versions: tuple[str, ...], role: ir.Role) -> Member:
        """Return a member that only some versions have."""
        required_in = member.required_in or (versions if member.required else ())
        return replace(
            member,
            required=False,
            required_in=() if role == "response" else required_in,
            available=self.only(member.available, member.available.versions or versions),
        )

    def joined(self, available: ir.Availability) -> ir.Availability:
        """Return the availability of what the older version has as well."""
        limited = available.versions
        return replace(available, versions=(*limited, *self.older) if limited else ())

    @staticmethod
    def only(available: ir.Availability, versions: tuple[str, ...]) -> ir.Availability:
        return replace(available, versions=available.versions or versions)

    def optional_type(
        self, new: ir.Type | None, old: ir.Type | None, owner: str, member: str
    ) -> ir.Type | None:
        return new if new is None or old is None else self.type(new, old, owner, member)

    def type(self, new: ir.Type, old: ir.Type, owner: str, member: str) -> ir.Type:
        found = both(new, old, self.pairs)
        if found is None:
            self.problem(
                owner,
                f"{member} has types in two API versions that a decoder cannot tell apart; "
                "choose one in the spec",
            )
            return new
        return found


def both(new: ir.Type, old: ir.Type, pairs: Pairs | None = None) -> ir.Type | None:
    """Return a type that includes both; None if a decoder could not tell them apart.

    With `pairs`, the newer of two models stands for both, and the pair is added.
    """
    if new == old:
        return new if _kinds(new) == _kinds(old) else None
    if isinstance(new, ir.Nullable) or isinstance(old, ir.Nullable):
        inner = both(bare(new), bare(old), pairs)
        return nullable(inner) if inner is not None else None
    match new, old:
        case ir.Array(items=newer), ir.Array(items=older):
            items = both(newer, older, pairs)
            return ir.Array(items=items) if items is not None else None
        case ir.Map(values=newer), ir.Map(values=older):
            values = both(newer, older, pairs)
            return ir.Map(values=values) if values is not None else None
        case ir.Literal(), ir.Literal() if type(new.values[0]) is type(old.values[0]):
            listed = tuple(dict.fromkeys((*new.values, *old.values)))
            return ir.Literal(values=listed, open=new.open or old.open)
        case ir.Primitive(name="int" | "float"), ir.Primitive(name="int" | "float"):
            return ir.Primitive(name="float")
        case ir.Reference(model=newer), ir.Reference(model=older) if pairs is not None:
            pairs[newer, older] = None
            return new
        case ir.Union(), _:
            return _each(new, old, pairs)
        case _, ir.Union():
            return _each(new, old, pairs)
        case _:
            # Times and other text are the same on the wire.
            is_text = {decoded_as(new), decoded_as(old)} == {"str"}
            return union((new, old)) or (TEXT if is_text else None)


def _each(new: ir.Type, old: ir.Type, pairs: Pairs | None) -> ir.Type | None:
    """Return a type that includes unions: their members of one kind become one member."""
    groups: dict[str, ir.Type] = {}
    for member in members_of((new, old)):
        kind = decoded_as(member)
        kind = "number" if kind in ("int", "float") else kind
        found = both(groups[kind], member, pairs) if kind in groups else member
        if found is None:
            return None
        groups[kind] = found
    return union(groups.values())


def _kinds(found: ir.Type) -> list[type]:
    """Return the Python types of a choice's values; True equals 1, but their types differ."""
    return [type(value) for value in found.values] if isinstance(found, ir.Literal) else []


def find(documents: Sequence[Document], name: str) -> Node:
    """Return the operation or the schema of a name, in the newest document that has it.

    An inline model is named after the schema or the operation that contains it.
    """
    named = [(key, node) for document in documents for key, node in _named(document.root)]
    exact = next((node for key, node in named if key == name), None)
    if exact is not None:
        return exact
    owners = [(made, node) for key, node in named if name.startswith(made := names.class_name(key))]
    return max(owners, key=lambda owner: len(owner[0]))[1] if owners else documents[0].root


def _named(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield the schemas and the operations of a document, by name and by id."""
    components = root.get("components")
    schemas = components.get("schemas") if components else None
    yield from schemas.items() if schemas else ()
    paths = root.get("paths")
    items = [item for _, item in paths.items()] if paths else []
    for operation in (child for item in items for _, child in item.items()):
        if identifier := operation.text("operationId"):
            yield identifier, operation
