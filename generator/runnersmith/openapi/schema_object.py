"""Schema object: what one object of a schema states by itself, in OpenAPI 3.0 and 3.1. Pure.

Null is allowed by a list of types, by `nullable`, which documents of 3.1 use too, and by a null
among the values of a schema without type.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from . import json_types, keywords
from .document import Json, Node
from .json_types import JsonTypes

# Documents of 3.0 use these too, although the specification ignores them.
_BESIDE_3_0 = keywords.ANNOTATIONS | {"$ref", "nullable"}
_STRUCTURE = keywords.STRUCTURE - {"nullable"}


@dataclass(frozen=True, eq=False)
class SchemaObject:
    """One schema object, with the keywords that count in its version of OpenAPI."""

    node: Node

    @property
    def keys(self) -> frozenset[str]:
        """Return the keywords of the object; none for a boolean."""
        return frozenset(self.node.value if isinstance(self.node.value, dict) else ())

    def get(self, key: str) -> Node | None:
        """Return the value of a keyword; None if it is absent."""
        return self.node.get(key)

    @property
    def is_reference(self) -> bool:
        """Return whether this is a `$ref` with nothing beside it except prose."""
        return self.node.reference is not None and all(
            key == "$ref" or keywords.is_prose(key) for key in self.keys
        )

    @property
    def combines(self) -> bool:
        """Return whether other schemas hold for the same value: by a `$ref` or an allOf."""
        value = self.node.value
        return isinstance(value, dict) and ("allOf" in value or self.node.reference is not None)

    @property
    def offers(self) -> bool:
        """Return whether the object has alternatives."""
        value = self.node.value
        return isinstance(value, dict) and ("oneOf" in value or "anyOf" in value)

    @property
    def is_component(self) -> bool:
        """Return whether this is a named schema of the document."""
        return len(self.node.pointer) == 3 and self.node.pointer[:2] == ("components", "schemas")

    @property
    def is_silent(self) -> bool:
        """Return whether the object decides no type: it holds texts, limits or `nullable` only."""
        if isinstance(self.node.value, dict):
            return not self.keys & _STRUCTURE
        return self.node.value is True

    @property
    def type_names(self) -> tuple[str, ...]:
        """Return the types that `type` lists, null included; nothing without `type`."""
        value = self.node.value.get("type") if isinstance(self.node.value, dict) else None
        if isinstance(value, list):
            return tuple(name for name in value if isinstance(name, str))
        return (value,) if isinstance(value, str) else ()

    @property
    def listed(self) -> tuple[Json, ...] | None:
        """Return the value of `const`, else those of `enum`, as they are written; None without both."""
        if not isinstance(self.node.value, dict):
            return None
        if "const" in self.node.value:
            return (self.node.value["const"],)
        enum = self.node.value.get("enum")
        return tuple(enum) if isinstance(enum, list) else None

    @property
    def values(self) -> tuple[Json, ...] | None:
        """Return the listed values, as values of the stated types; None if one is of another type.

        The type decides then: what travels has it, and the list has lost the text of its values.
        """
        listed = self.listed
        if listed is None or not (names := self.type_names):
            return listed
        values = tuple(json_types.converted(value, names) for value in listed)
        fits = all(
            value is None or any(json_types.is_of(value, name) for name in names)
            for value in values
        )
        return values if fits else None

    @property
    def null(self) -> bool:
        """Return whether the object states that null is allowed."""
        if "null" in self.type_names or self.node.flag("nullable"):
            return True
        return not self.type_names and self.listed is not None and None in self.listed

    @property
    def stated(self) -> JsonTypes | None:
        """Return the types that the object states, by `type` and by its values; None for no statement."""
        if self.node.value is False:
            return json_types.NOTHING
        names, values = self.type_names, self.values
        if values is None:
            nullable = self.node.flag("nullable")
            return json_types.named(names, nullable=nullable) if names else None
        present = [value for value in values if value is not None]
        held = {name for name in names if any(json_types.is_of(value, name) for value in present)}
        if not names:
            held = {json_types.type_of(value) for value in present}
        return JsonTypes(frozenset(held), null=self.null)


def without_siblings(node: Node) -> Node:
    """Return a `$ref` of OpenAPI 3.0 with what counts beside it, which restricts nothing."""
    if node.reference is None or not isinstance(node.value, dict):
        return node
    kept = {key: value for key, value in node.value.items() if _counts(key)}
    return node if len(kept) == len(node.value) else replace(node, value=kept)


def _counts(key: str) -> bool:
    return key in _BESIDE_3_0 or key.startswith("x-")
