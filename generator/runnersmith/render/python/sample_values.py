"""Sample values of an IR type as Python source, from the spec's examples or made up. Pure.

    {"id": "ubuntu-24.04", "source": "github"}   models.HostedRunnerImage(id="ubuntu-24.04", ...)

Source is text, or a group that can be split into lines.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from ... import ir
from ...openapi.document import Json
from .source import literal

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its opening, its items and its closing text."""

    opening: str
    parts: tuple[Source, ...]
    closing: str


Source = str | Group


def laid(source: Source, indent: int, more: int = 0) -> str:
    """Write source on one line, or on several if it is too long; `more` columns follow it."""
    line = flat(source)
    if isinstance(source, str) or indent + len(line) + more <= WIDTH or not source.parts:
        return line
    pad = " " * (indent + 4)
    lines = [f"{pad}{laid(part, indent + 4, 1)}," for part in source.parts]
    return "\n".join([source.opening, *lines, " " * indent + source.closing])


def flat(source: Source) -> str:
    """Write source on one line."""
    if isinstance(source, str):
        return source
    return source.opening + ", ".join(map(flat, source.parts)) + source.closing


def named(name: str, source: Source) -> Source:
    """Return source as a keyword argument."""
    if isinstance(source, str):
        return f"{name}={source}"
    return Group(f"{name}={source.opening}", source.parts, source.closing)


@dataclass(slots=True)
class Values:
    """Writer of values that collects the names they use: `models`, `datetime`, `date`."""

    models: Mapping[str, ir.Model]
    used: set[str] = field(default_factory=set[str])

    def given(self, found: ir.Type, value: Json) -> Source | None:
        """Return a given value as source; None if it does not have the type."""
        match found:
            case ir.Primitive(name=name):
                return self._scalar(name, value)
            case ir.Literal(values=values, open=is_open):
                listed = any(value == one and type(value) is type(one) for one in values)
                return _plain(value) if listed or (is_open and isinstance(value, str)) else None
            case ir.Array(items=items):
                if not isinstance(value, list):
                    return None
                return _group("[", [self.given(items, one) for one in value], "]")
            case ir.Map(values=inner):
                if not isinstance(value, dict):
                    return None
                entries = [_entry(name, self.given(inner, one)) for name, one in value.items()]
                return _group("{", entries, "}")
            case ir.Reference(model=model):
                return self._object(self.models[model], value) if isinstance(value, dict) else None
            case ir.Nullable(type=inner):
                return "None" if value is None else self.given(inner, value)
            case ir.Union(members=members):
                written = (self.given(member, value) for member in members)
                return next((one for one in written if one is not None), None)

    def made(self, found: ir.Type, name: str, inside: tuple[str, ...] = ()) -> Source | None:
        """Return a made-up value; None if there is none, as for an object that contains itself."""
        match found:
            case ir.Primitive(name=kind):
                return self._scalar(kind, _MADE.get(kind, name))
            case ir.Literal(values=values):
                return _plain(values[0])
            case ir.Array(items=items):
                return _group("[", [self.made(items, name, inside)], "]") or "[]"
            case ir.Map():
                return "{}"
            case ir.Reference(model=model):
                if model in inside:
                    return None
                # What the object is recognized by.
                conditions = self.models[model].conditions or ()
                stated = {it.wire_name: it.values[0] for it in conditions if it.values}
                parts = [
                    _named(
                        one.name,
                        (
                            self.given(one.type, stated[one.wire_name])
                            if one.wire_name in stated
                            else self.made(one.type, one.name, (*inside, model))
                        ),
                    )
                    for one in self.models[model].fields
                    if one.required
                ]
                return self._model(model, parts)
            case ir.Nullable():
                return "None"
            case ir.Union(members=members):
                written = (self.made(member, name, inside) for member in members)
                return next((one for one in written if one is not None), None)

    def _scalar(self, kind: str, value: Json) -> Source | None:
        match kind, value:
            case "any", _:
                return _any(value)
            case ("str", str()) | ("bool", bool()):
                return _plain(value)
            case ("int", int()) | ("float", int() | float()) if not isinstance(value, bool):
                return _plain(value)
            case ("bytes" | "file"), str():
                plain = value.isascii() and value.isprintable()
                return f"b{literal(value)}" if plain else repr(value.encode())
            case ("datetime" | "date"), str():
                reader = datetime if kind == "datetime" else date
                with suppress(ValueError):
                    reader.fromisoformat(value)
                    self.used.add(kind)
                    return f"{kind}.fromisoformat({literal(value)})"
            case _:
                pass
        return None

    def _object(self, model: ir.Model, value: Mapping[str, Json]) -> Source | None:
        if model.tag is not None:
            # The tag is set by the class, not by a field.
            if value.get(model.tag.wire_name, model.tag.value) != model.tag.value:
                return None
            value = {name: one for name, one in value.items() if name != model.tag.wire_name}
        fields = {one.wire_name: one for one in model.fields}
        missing = [one for one in model.fields if one.required and one.wire_name not in value]
        if missing or value.keys() - fields.keys():
            return None
        parts = [
            _named(fields[name].name, self.given(fields[name].type, one))
            for name, one in value.items()
        ]
        return self._model(model.name, parts)

    def _model(self, name: str, parts: Sequence[Source | None]) -> Source | None:
        found = _group(f"models.{name}(", parts, ")")
        if found is not None:
            self.used.add("models")
        return found


_MADE: Mapping[str, Json] = {
    "int": 1,
    "float": 1.5,
    "bool": True,
    "datetime": "2026-01-31T12:00:00+00:00",
    "date": "2026-01-31",
}


def _group(opening: str, parts: Iterable[Source | None], closing: str) -> Group | None:
    """Return a group; None if one of its items is None."""
    listed = list(parts)
    whole = tuple(one for one in listed if one is not None)
    return Group(opening, whole, closing) if len(whole) == len(listed) else None


def _named(name: str, source: Source | None) -> Source | None:
    return None if source is None else named(name, source)


def _entry(name: str, source: Source | None) -> Source | None:
    if source is None or isinstance(source, str):
        return None if source is None else f"{literal(name)}: {source}"
    return Group(f"{literal(name)}: {source.opening}", source.parts, source.closing)


def _any(value: Json) -> Source | None:
    match value:
        case list():
            return _group("[", map(_any, value), "]")
        case dict():
            return _group("{", [_entry(name, _any(one)) for name, one in value.items()], "}")
        case _:
            return _plain(value)


def _plain(value: Json) -> str | None:
    """Return the literal of a scalar; None for other values and for numbers without a literal."""
    if isinstance(value, list | dict) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return literal(value)
