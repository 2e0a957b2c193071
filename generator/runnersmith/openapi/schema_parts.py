"""Parts and alternatives of a schema, as values. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from .document import Node
from .json_types import JsonTypes

Parts = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A oneOf or anyOf: its options except null and false, and whether null is one of them."""

    node: Node
    options: tuple[Node, ...]
    null: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """Schema objects that hold at once: their types, all of them, and their unions.

    A union is the place of its oneOf or anyOf, with the parts of each alternative. A lone
    alternative is one of the parts.
    """

    types: JsonTypes
    parts: Parts
    unions: tuple[tuple[Node, list[Parts]], ...]
