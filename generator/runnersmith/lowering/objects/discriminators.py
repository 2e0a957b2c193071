"""Alternatives of objects, and what tells them apart: a discriminator, values or required names.

    oneOf, anyOf of objects         by the discriminator; without one, by a required property whose
                                    values differ, else by required properties that others lack
    a union among the alternatives  stands for its own alternatives
    a schema that wraps one         stands for it: beside a `$ref`, in an allOf, or with null
    a discriminator without these   the schemas that have it as a part of allOf, and itself as the
                                    schema of every other value, and of one that several have

Pure. If each of them has one value of one property, that is its tag, which a decoder reads. Else an
object is recognized by conditions before it is decoded. An object has either one tag or conditions,
whatever unions it is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ... import ir
from ...ir import names
from ...openapi.document import Node, Pointer
from .choices import Choices, Unions
from .inheritance import Inheritance, schemas_with
from .schema_shape import Shape, Shapes
from .values import listed_values, mapped_values

_Values = tuple[str | int, ...]
# What holds for an object: for each property, its values, or () for any.
Conditions = dict[str, _Values]


@dataclass(slots=True)
class _Group:
    """Alternatives in the order in which they are tried, with the conditions of each."""

    members: dict[Pointer, Conditions]
    # The field that alone tells them apart, one value each; None if there is no such field.
    tag: str | None = None


class Discriminators:
    """Alternatives of one document that can be told apart, by the place of the schema."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes: Shapes = shapes
        self._families: Inheritance = Inheritance(shapes)
        self.choices: Choices = Choices(shapes, self._families)
        self._groups: dict[Pointer, _Group] = {}
        self._confused: dict[Pointer, set[Pointer]] = {}
        self._nodes: dict[Pointer, Node] = {}
        for node in schemas_with(shapes.views.document.root, ("oneOf", "anyOf")):
            self._read(node)
        for parent, children in self._families.parents():
            self._read_family(parent, children)
        self._tags: dict[Pointer, ir.Tag] = {}
        self._conditions: dict[Pointer, Conditions] = {}
        self._settle()

    def tag(self, pointer: Pointer) -> ir.Tag | None:
        """Return the tag of a schema."""
        return self._tags.get(pointer)

    def conditions(self, pointer: Pointer) -> tuple[ir.Condition, ...] | None:
        """Return the conditions of a schema that has alternatives; None if it has none, or a tag."""
        found = self._conditions.get(pointer)
        if found is None:
            return None
        return tuple(ir.Condition(wire_name=name, values=it) for name, it in found.items())

    def is_alternative(self, pointer: Pointer) -> bool:
        """Return whether a schema is one of several, so that it is a class of its own."""
        return pointer in self._tags or pointer in self._conditions

    def order(self, pointer: Pointer) -> list[Pointer] | None:
        """Return the places of a schema's alternatives, in order; None if they look alike."""
        group = self._groups.get(pointer)
        return None if group is None else list(group.members)

    def family(self, pointer: Pointer) -> list[Node]:
        """Return the schemas that a reference to a schema stands for, itself last; if several."""
        found = {it.pointer: it for it in self._families.family(pointer)}
        members = [found[it] for it in self._groups[pointer].members] if found else []
        return members if len(members) > 1 else []

    def confused(self, pointer: Pointer) -> list[Node]:
        """Return the children of a parent that nothing tells apart: they are read as the parent."""
        return list(self._families.nodes(pointer, self._confused.get(pointer, ())).values())

    # ── unions ───────────────────────────────────────────────────────────────────────────────

    def _read(self, node: Node) -> None:
        unions: Unions = {}
        targets = self.choices.objects(self.shapes.views.of(node), unions)
        if targets is not None and len(targets) > 1:
            group = self._by_discriminator(node, unions, targets) or self._by_values(targets)
            group = group or self._by_names(targets)
            if group is not None:
                self._groups[node.pointer] = group
                self._nodes.update(targets)

    def _by_discriminator(
        self, node: Node, unions: Unions, targets: Mapping[Pointer, Node]
    ) -> _Group | None:
        """Tell alternatives apart by the discriminator of their union, or those of inner unions."""
        outer = node.get("discriminator")
        stating = [unions[node.pointer]] if outer is not None else [*unions.values()]
        mapped: dict[Pointer, tuple[str, ...]] = {}
        named: set[Pointer] = set()
        fields: set[str | None] = set()
        for union, objects in stating:
            if (written := union.get("discriminator")) is not None:
                fields.add(written.text("propertyName"))
                mapped.update(self._families.mapping(written))
                named.update(objects)
        field = fields.pop() if len(fields) == 1 else None
        if field is None:
            return None
        declared = any(field in self.shapes.shape(it).properties for it in targets.values())
        if not declared and (certain := self._by_values(targets)) is not None:  # may be misspelt
            return certain
        listed = self._values(targets, field)
        is_clear = _apart(listed.values())
        values: dict[Pointer, _Values] = {}
        for pointer, target in targets.items():
            nodes, held = self.shapes.shape(target).properties.get(field, ()), listed[pointer]
            texts = mapped_values(self.shapes.views, nodes, mapped.get(pointer, ()))
            is_component = self.shapes.views.of(target).is_component
            if not texts and pointer in named and is_component:
                texts = mapped_values(self.shapes.views, nodes, [target.key])
            # Of the values that several list, an alternative has those that are mapped to it.
            both = tuple(value for value in texts if value in held)
            values[pointer] = both or (held if is_clear else ()) or (() if held else texts)
        return _tagged(field, values) if all(values.values()) and _apart(values.values()) else None

    def _by_values(self, targets: Mapping[Pointer, Node]) -> _Group | None:
        """Tell alternatives apart by a property that all require, with other values in each."""
        shapes = [self.shapes.shape(target) for target in targets.values()]
        for field in shapes[0].properties:
            if all(field in shape.required for shape in shapes):
                values = self._values(targets, field)
                if all(values.values()) and _apart(values.values()):
                    return _tagged(field, values)
        return None

    def _by_names(self, targets: Mapping[Pointer, Node]) -> _Group | None:
        """Tell alternatives apart by properties that one requires and others do not have."""
        waiting = {it: self.shapes.shape(targets[it]) for it in sorted(targets, key=str)}
        found: dict[Pointer, Conditions] = {}
        while waiting:
            for pointer, shape in waiting.items():
                others = [other for it, other in waiting.items() if it != pointer]
                conditions = self._conditions_against(shape, others)
                if conditions is not None:
                    found[pointer] = conditions
                    del waiting[pointer]
                    break
            else:
                return None
        return _Group(found)

    def _conditions_against(self, shape: Shape, others: Iterable[Shape]) -> Conditions | None:
        """Return what holds for no valid object of other shapes; None if there is nothing."""
        found: Conditions = {}
        for other in others:
            names = sorted(shape.required - other.properties.keys())
            names = [name for name in names if name in shape.properties]
            apart = next(
                (
                    (name, mine)
                    for name in sorted(shape.required & other.required)
                    if (mine := self._listed(shape, name))
                    and (theirs := self._listed(other, name))
                    and _apart([mine, theirs])
                ),
                None,
            )
            if apart is not None:
                found[apart[0]] = apart[1]
            elif names:
                known = next((name for name in names if name in found), names[0])
                found.setdefault(known, ())
            else:
                return None
        return found

    def _values(self, targets: Mapping[Pointer, Node], field: str) -> dict[Pointer, _Values]:
        """Return the values of one property that each alternative lists."""
        return {it: self._listed(self.shapes.shape(node), field) for it, node in targets.items()}

    def _listed(self, shape: Shape, field: str) -> tuple[str | int, ...]:
        """Return the values that a property can have, if its schema lists strings or integers."""
        if field in shape.loose:
            return ()
        return listed_values(self.shapes.views, shape.properties.get(field, ()))

    # ── families ─────────────────────────────────────────────────────────────────────────────

    def _read_family(self, parent: Node, children: Mapping[Pointer, tuple[str | int, ...]]) -> None:
        field = self._families.field(parent.pointer)
        members: dict[Pointer, Conditions] = {it: {field: one} for it, one in children.items()}
        for rivals in _rivals(children):
            group = self._by_names(self._families.nodes(parent.pointer, rivals))
            if group is None:
                self._confused.setdefault(parent.pointer, set()).update(rivals)
            found = {} if group is None else group.members
            # What tells them apart comes first, so that the last one may have their value alone.
            members = {it: one for it, one in members.items() if it not in rivals}
            members |= {it: {field: children[it], **one} for it, one in found.items()}
        self._groups[parent.pointer] = _Group({**members, parent.pointer: {}})

    # ── tags or conditions ───────────────────────────────────────────────────────────────────

    def _tags_of(self, group: _Group) -> dict[Pointer, ir.Tag] | None:
        """Return the tags of alternatives; None if one field does not tell them apart."""
        if group.tag is None:
            return None
        return {
            pointer: ir.Tag(
                name=names.field_name(group.tag),
                wire_name=group.tag,
                value=str(conditions[group.tag][0]),
            )
            for pointer, conditions in group.members.items()
        }

    def _settle(self) -> None:
        """Choose a tag or conditions for each object, the same in all of its unions.

        A union whose alternatives look alike with them has none.
        """
        while (unclear := self._settled()) is not None:
            del self._groups[unclear]

    def _settled(self) -> Pointer | None:
        """Make the choice; return the place of a union that it makes unclear."""
        loose, before = set[Pointer](), -1
        while before != len(loose):
            before = len(loose)
            tags: dict[Pointer, ir.Tag] = {}
            for group in self._groups.values():
                if loose.isdisjoint(group.members) and (made := self._tags_of(group)) is not None:
                    loose.update(it for it, tag in made.items() if tags.setdefault(it, tag) != tag)
                else:
                    loose.update(group.members)
            self._tags = {it: tag for it, tag in tags.items() if it not in loose}
        self._conditions = {}
        for group in self._groups.values():
            for pointer in loose.intersection(group.members):
                held = self._conditions.setdefault(pointer, {})
                for name, values in group.members[pointer].items():
                    known = held.get(name, ())
                    held[name] = tuple(dict.fromkeys((*known, *values)))
        return next((it for it, group in self._groups.items() if self._is_unclear(it, group)), None)

    def _is_unclear(self, place: Pointer, group: _Group) -> bool:
        """Return whether the conditions of other unions hide or confuse the alternatives of one."""
        if self._families.family(place):
            return False
        found = {it: self._conditions.get(it, {}) for it in group.members}
        for pointer, conditions in found.items():
            added = conditions.keys() - group.members[pointer].keys()
            if added - self.shapes.shape(self._nodes[pointer]).required:
                return True
        shared = set[str].intersection(*(set(one) for one in group.members.values()))
        apart = [name for name in shared if _apart(one[name] for one in group.members.values())]
        return bool(apart) and not any(
            _apart(one.get(name, ()) for one in found.values()) for name in apart
        )


def _apart(values: Iterable[tuple[str | int, ...]]) -> bool:
    """Return whether no value is in two of some lists."""
    every = [value for one in values for value in dict.fromkeys(one)]
    return len(set(every)) == len(every)


def _rivals(values: Mapping[Pointer, tuple[str | int, ...]]) -> list[set[Pointer]]:
    """Return the groups of schemas that share a value, directly or through others."""
    found: list[set[Pointer]] = []
    for pointer, one in values.items():
        near = [it for it in found if any(set(one) & set(values[other]) for other in it)]
        found = [it for it in found if it not in near] + [{pointer}.union(*near)]
    return [it for it in found if len(it) > 1]


def _tagged(field: str, values: Mapping[Pointer, tuple[str | int, ...]]) -> _Group:
    # A tag is a string.
    single = all(len(one) == 1 and isinstance(one[0], str) for one in values.values())
    return _Group({it: {field: one} for it, one in values.items()}, field if single else None)
