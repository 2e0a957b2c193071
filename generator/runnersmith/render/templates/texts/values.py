"""Values of template expressions, as far as types tell: which texts of the document they have.

A text has its origin in the IR, such as `Operation.summary`, and the languages that its last filter
prints. A Python identifier is no text: templates can print it anywhere.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass, replace
from functools import cache
from typing import Annotated, Any

from jinja2 import nodes

from .... import ir
from ...docs.index import Spot
from ...docs.runtime_docs import DocumentedMethod
from ..filters import Languages
from ..outputs import Flavour, Package, StructField

NOWHERE: Languages = frozenset()
# Attributes of classes outside the IR that have no text of the document.
_PLAIN: Mapping[type, frozenset[str] | None] = {
    Flavour: None,
    Package: None,
    Spot: None,
    StructField: None,
    DocumentedMethod: frozenset({"name", "signature"}),
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the document: its origin, and the languages in which it can be printed.

    `place` is the template and line that print it, if that is not where the value ends up.
    """

    origin: str
    languages: Languages = NOWHERE
    place: tuple[str, int] | None = None
    # Whether it is the text that Python shows for an object with texts.
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro with its template and the variables that it sees."""

    node: nodes.Macro
    template: str
    scope: Scope = field(hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression may be: texts, objects by class, a collection, a tuple, a macro, a module."""

    texts: frozenset[Text] = frozenset()
    kinds: frozenset[type] = frozenset()
    items: Value | None = None
    positions: tuple[Value, ...] = ()
    macros: frozenset[Macro] = frozenset()
    members: Mapping[str, Value] | None = field(default=None, hash=False, compare=False)

    def printed(self) -> Iterator[Text]:
        """Yield the texts of the value and of everything in it."""
        yield from self.texts
        for inner in (*self.positions, *([self.items] if self.items else [])):
            yield from inner.printed()

    def held(self) -> frozenset[type]:
        """Return the classes of the objects in the value."""
        inner = (*self.positions, *([self.items] if self.items else []))
        return self.kinds.union(*(one.held() for one in inner))

    def item(self) -> Value:
        """Return what a loop over the value yields."""
        return join(*self.positions, self.items or PLAIN, Value(texts=self.texts))

    def at(self, position: object) -> Value:
        """Return the element at a constant position, or else any element."""
        if isinstance(position, int) and -len(self.positions) <= position < len(self.positions):
            return join(self.positions[position], self.items or PLAIN)
        return self.item()

    def attribute(self, name: str) -> Value:
        """Return an attribute, or the entry of a dict."""
        if self.members is not None:
            return self.members.get(name, PLAIN)
        found = [_attribute(kind, name) for kind in self.kinds]
        return join(*found, *([] if self.kinds else [self.item()]))

    def as_text(self, languages: Languages | None = None) -> Value:
        """Return a string made of the value, printed for languages if they are given."""
        texts = set(self.printed())
        texts.update(Text(f"a whole {kind.__name__}", is_whole=True) for kind in self.held())
        if languages is not None:
            texts = {replace(text, languages=languages) for text in texts}
        return Value(texts=frozenset(texts))


PLAIN = Value()


class Scope:
    """Variables by name, with those of the enclosing scopes."""

    def __init__(self, names: Mapping[str, Value], outer: Scope | None = None) -> None:
        self.names: dict[str, Value] = dict(names)
        self.outer: Scope | None = outer

    def child(self, names: Mapping[str, Value] | None = None) -> Scope:
        return Scope(names or {}, self)

    def get(self, name: str) -> Value:
        if name in self.names or self.outer is None:
            return self.names.get(name, PLAIN)
        return self.outer.get(name)

    def add(self, name: str, value: Value) -> None:
        """Record that a variable, wherever it is set, may have this value as well."""
        if name in self.names or self.outer is None:
            self.names[name] = join(self.names.get(name, PLAIN), value)
        else:
            self.outer.add(name, value)


def join(*values: Value) -> Value:
    """Return what can be any of several values."""
    listed = [value for value in dict.fromkeys(values) if value != PLAIN or value.members]
    if len(listed) < 2:
        return listed[0] if listed else PLAIN
    tuples = {len(value.positions) for value in listed if value.positions}
    positions: tuple[Value, ...] = ()
    items = [value.items for value in listed if value.items is not None]
    if len(tuples) == 1:
        columns = zip(*(value.positions for value in listed if value.positions), strict=True)
        positions = tuple(join(*column) for column in columns)
    else:
        items += [one for value in listed for one in value.positions]
    return Value(
        texts=frozenset[Text]().union(*(value.texts for value in listed)),
        kinds=frozenset[type]().union(*(value.kinds for value in listed)),
        items=join(*items) if items else None,
        positions=positions,
        macros=frozenset[Macro]().union(*(value.macros for value in listed)),
        members=next((value.members for value in listed if value.members is not None), None),
    )


def collection(item: Value) -> Value:
    """Return a list, or anything else that a loop goes through, of such items."""
    return Value(items=item)


def of(kind: type) -> Value:
    """Return an object of a class."""
    return Value(kinds=frozenset({kind}))


@cache
def returned(call: Callable[..., object]) -> Value:
    """Return what a filter returns, by its annotation."""
    hint = typing.get_type_hints(call, include_extras=True)["return"]
    return _of_hint(hint, call.__name__)


@cache
def _attribute(kind: type, name: str) -> Value:
    plain = _PLAIN.get(kind, frozenset())
    if plain is None or name in plain:
        return PLAIN
    hints = typing.get_type_hints(kind, include_extras=True)
    return _of_hint(hints[name], f"{kind.__name__}.{name}") if name in hints else PLAIN


def _of_hint(hint: Any, origin: str) -> Value:
    kind, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint is str:
        return Value(texts=frozenset({Text(origin)}))
    # An identifier. Choices, numbers and null have no text either.
    if kind is Annotated or kind is typing.Literal:
        return PLAIN
    if kind in (typing.Union, types.UnionType):
        return join(*(_of_hint(one, origin) for one in arguments))
    if kind is tuple and arguments[1:] != (...,):
        return Value(positions=tuple(_of_hint(one, origin) for one in arguments))
    if isinstance(kind, type) and issubclass(kind, Sequence | Iterable | Mapping):
        inner = (_of_hint(one, origin) for one in arguments if one is not ...)
        return collection(join(*inner))
    return of(hint) if isinstance(hint, type) and is_dataclass(hint) else PLAIN


# The variables with objects. The others have no text of the document, or Python source.
VARIABLES: Mapping[str, Value] = {
    "api": of(ir.Api),
    "fields": collection(of(StructField)),
    "flavour": of(Flavour),
    "flavours": collection(of(Flavour)),
    "model": of(ir.Model),
    "operation": of(ir.Operation),
    "package": of(Package),
    "resource": of(ir.Resource),
    "scope": of(ir.Scope),
}
