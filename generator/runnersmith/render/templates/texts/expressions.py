"""Expressions of templates: what each may be, for the check of texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from jinja2 import nodes

from ..filters import FILTERS, HTML, JSON, Languages
from .values import NOWHERE, PLAIN, Scope, Text, Value, collection, join, returned

# Filters of Jinja by what they return. The result of any other one is a text that no filter has
# printed, if the filtered value has one.
_LIKE_THE_VALUE = frozenset(
    "d default indent list reject rejectattr reverse safe select selectattr sort string trim unique".split()
)
_AN_ITEM: Mapping[str, int | None] = {
    "first": 0,
    "last": -1,
    "max": None,
    "min": None,
    "random": None,
}
_NO_TEXT = frozenset("abs count filesizeformat float int length round urlencode wordcount".split())
_PRINTED: Mapping[str, Languages] = {
    **dict.fromkeys(("e", "escape", "forceescape", "urlize", "xmlattr"), HTML),
    "tojson": JSON,
}
# Methods of strings, lists and dicts.
_MUTATORS = frozenset("add append extend insert setdefault update".split())
_TESTS = frozenset("count endswith find index isdigit isidentifier startswith".split())
_TRIMS = frozenset("removeprefix removesuffix rstrip lstrip strip".split())


class MacroCaller(Protocol):
    """Returns what a call of a macro prints."""

    def __call__(self, called: Value, arguments: list[Value], named: dict[str, Value]) -> Value: ...


class Expressions:
    """Evaluates expressions to what is known of their values."""

    def __init__(self, call_macros: MacroCaller) -> None:
        self.call_macros: MacroCaller = call_macros
        # How often a list or a dict was changed: a loop that does may print what it has added.
        self.changes: int = 0

    def value(self, node: nodes.Node | None, scope: Scope) -> Value:
        """Return what an expression may be."""
        match node:
            case nodes.Name(name=name):
                return scope.get(name)
            case nodes.Getattr(node=nodes.Name(name=name), attr=attribute):
                held = scope.get(f"{name}.{attribute}")
                return join(held, self.value(node.node, scope).attribute(attribute))
            case nodes.Getattr(node=inner, attr=attribute):
                return self.value(inner, scope).attribute(attribute)
            case nodes.Getitem(node=inner, arg=argument):
                return self._item(self.value(inner, scope), argument)
            case nodes.Filter():
                found = self.value(node.node, scope)
                return self.filtered(found, node, scope)
            case nodes.Call():
                return self._call(node, scope)
            case nodes.CondExpr(expr1=first, expr2=second):
                return join(self.value(first, scope), self.value(second, scope))
            case nodes.Concat(nodes=parts):
                return join(*(self.value(part, scope).as_text() for part in parts))
            case nodes.Compare() | nodes.Test() | nodes.Not():
                return PLAIN
            case nodes.And() | nodes.Or() | nodes.Add() | nodes.Mul() | nodes.Mod():
                return join(self.value(node.left, scope), self.value(node.right, scope))
            case nodes.Tuple(items=items) | nodes.List(items=items) if items:
                return Value(positions=tuple(self.value(one, scope) for one in items))
            case nodes.List() | nodes.Tuple():
                return collection(PLAIN)
            case nodes.Dict(items=pairs):
                sides = (side for pair in pairs for side in (pair.key, pair.value))
                return collection(join(*(self.value(side, scope) for side in sides)))
            case _:
                return PLAIN

    def _item(self, found: Value, argument: nodes.Node) -> Value:
        if isinstance(argument, nodes.Slice):
            return Value(items=found.item(), texts=found.texts)
        key: object = argument.value if isinstance(argument, nodes.Const) else None
        if isinstance(key, str) and (found.kinds or found.members is not None):
            return found.attribute(key)
        return found.at(key)

    # ── Calls ──

    def _call(self, node: nodes.Call, scope: Scope) -> Value:
        arguments = [self.value(one, scope) for one in node.args]
        named = {one.key: self.value(one.value, scope) for one in node.kwargs}
        given = join(*arguments, *named.values())
        called = self.value(node.node, scope)
        if called.macros:
            return self.call_macros(called, arguments, named)
        if isinstance(node.node, nodes.Getattr):
            return self._method(node.node, given, scope)
        return collection(given) if named else given

    def _method(self, callee: nodes.Getattr, given: Value, scope: Scope) -> Value:
        found, name = self.value(callee.node, scope), callee.attr
        if name in _MUTATORS:
            added = collection(join(given, given.item()))
            self.changes += 1
            if isinstance(callee.node, nodes.Name):
                scope.add(callee.node.name, added)
            return found.item()
        if name in ("items", "keys", "values"):
            pair = Value(positions=(found.item(), found.item()))
            return collection(pair if name == "items" else found.item())
        if name in ("get", "pop"):
            return join(found.item(), given)
        if name in _TESTS or not (found.texts or given.texts or found.items or given.items):
            return PLAIN
        if name in _TRIMS:
            return found
        changed = join(found, given).as_text(NOWHERE)
        return (
            collection(changed) if name.endswith(("split", "splitlines", "partition")) else changed
        )

    # ── Filters ──

    def filtered(self, found: Value, node: nodes.Filter, scope: Scope) -> Value:
        """Return what a filter makes of a value."""
        arguments = [self.value(one, scope) for one in node.args]
        named = {one.key: self.value(one.value, scope) for one in node.kwargs}
        match node.name:
            case "map":
                return collection(self._mapped(found.item(), node, scope))
            case "join":
                paths = [*node.args[1:2], *(one.value for one in node.kwargs)]
                parts = _path(found.item(), paths)
                return join(parts.as_text(), *arguments[:1])
            case "groupby":
                group = (_path(found.item(), node.args[:1]), collection(found.item()))
                return collection(Value(positions=group))
            case "sum":
                start = [*arguments[1:2], *(it for name, it in named.items() if name == "start")]
                return join(found.item(), *start)
            case "attr":
                return _path(found, node.args[:1])
            case "items" | "dictsort":
                return collection(Value(positions=(found.item(), found.item())))
            case "batch" | "slice":
                return collection(collection(found.item()))
            case name:
                return applied(name, found, [*arguments, *named.values()])

    def _mapped(self, item: Value, node: nodes.Filter, scope: Scope) -> Value:
        if not node.args:
            paths = [one.value for one in node.kwargs if one.key == "attribute"]
            return _path(item, paths)
        [first, *rest] = node.args
        if not isinstance(first, nodes.Const):
            return item.as_text(NOWHERE)
        inner = nodes.Filter(None, str(first.value), rest, node.kwargs, None, None)
        return self.filtered(item, inner, scope)


def _path(found: Value, paths: Iterable[nodes.Node]) -> Value:
    """Return the attribute at a path such as `type.name`; the value itself without one."""
    for path in paths:
        steps = str(path.value).split(".") if isinstance(path, nodes.Const) else []
        for step in steps:
            found = found.at(int(step)) if step.isdigit() else found.attribute(step)
    return found


def applied(name: str, found: Value, arguments: list[Value]) -> Value:
    """Return the result of a filter that looks at a value as a whole."""
    if name in _LIKE_THE_VALUE:
        return join(found, *arguments)
    if name in _AN_ITEM:
        return found.at(_AN_ITEM[name])
    if name in _NO_TEXT:
        return PLAIN
    if name in _PRINTED:
        return found.as_text(_PRINTED[name])
    if name not in FILTERS:
        return join(found, *arguments).as_text(NOWHERE)
    one = FILTERS[name]
    match one.result:
        case "plain":
            return PLAIN
        case "data":
            return returned(one.call)
        case "same":
            return join(found, *arguments)
        case "text":
            return Value(texts=frozenset({Text(f"the result of `{name}`")}))
        case languages:
            if found.held():
                return Value(texts=frozenset({Text(f"the result of `{name}`", languages)}))
            return found.as_text(languages)
