"""Values of parameters and form fields: from their text in a request to JSON values. Pure.

style            query                  path, header
form, simple     a=1&a=2 or a=1,2       1,2
deepObject       a[x]=1&a[y]=2
spaceDelimited   a=1%202                pipeDelimited is the same with |
label, matrix                           .1.2 and ;a=1;a=2
json             a={"x":1}              {"x":1}
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import msgspec

from ..description import Schema, as_object
from ..schemas import Schemas

_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_DIGITS = 4_000
_KEYS = re.compile(r"\[([^\]]*)\]")
MISSING = msgspec.UNSET


class Reader(msgspec.Struct, frozen=True):
    """Reader of values by their schemas."""

    schemas: Schemas

    def scalar(self, schema: Schema, text: str) -> Any:
        """Return a text as a JSON value of its schema; the text itself if it is not one.

        An object or a list inside another one is JSON.
        """
        schema = self.schemas.resolved(schema)
        if self.kind(schema) in ("array", "object"):
            return _json(text)
        if not any(self.schemas.problems(schema, text)):
            return text
        for option in (schema, *schema.get("anyOf", ())):
            found = _converted(option.get("type"), text)
            if found is None and isinstance(option.get("enum"), list):
                found = next((it for it in option["enum"] if _text(it) == text), None)
            if found is not None:
                return found
        return text

    def from_pairs(
        self,
        name: str,
        schema: Schema,
        style: str | None,
        explode: bool | None,
        pairs: Sequence[tuple[str, str]],
        others: Collection[str] = (),
    ) -> Any:
        """Return the value of a parameter from the pairs of a query; MISSING if it has none.

        `others` are the names of other parameters, which are not keys of an open object.
        """
        given = [text for key, text in pairs if key == name]
        kind = self.kind(schema)
        if style == "deepObject":
            return self._deep(name, schema, pairs)
        if style == "json":
            return _json(given[0]) if given else MISSING
        if kind == "object" and explode is not False:
            resolved = self.schemas.resolved(schema)
            declared = resolved.get("properties", {})
            is_open = bool(resolved.get("additionalProperties"))
            own = {
                key: text
                for key, text in pairs
                if key in declared or (is_open and key not in others)
            }
            return self._object(schema, own) if own else MISSING
        if not given:
            return MISSING
        if kind not in ("array", "object"):
            return self.scalar(schema, given[0])
        listed = given
        if explode is False or style in _DELIMITERS:
            listed = given[0].split(_DELIMITERS.get(style or "", ",")) if given[0] else []
        return self._compound(kind, schema, listed)

    def from_text(
        self, name: str, schema: Schema, style: str | None, explode: bool | None, text: str
    ) -> Any:
        """Return the value of a parameter in a path or a header."""
        kind = self.kind(schema)
        if style == "json":
            return _json(unquote(text))
        delimiter = ","
        if style == "label":
            text, delimiter = text.removeprefix("."), "." if explode else ","
        elif style == "matrix":
            text = text.removeprefix(";")
            delimiter = ";" if explode else ","
            if kind != "object" or not explode:
                text = text.replace(f"{name}=", "")
        if kind not in ("array", "object"):
            return self.scalar(schema, unquote(text))
        listed = [unquote(one) for one in text.split(delimiter)] if text else []
        if kind == "object" and explode:
            parts = (one.partition("=") for one in listed)
            return self._object(schema, {key: value for key, _, value in parts})
        return self._compound(kind, schema, listed)

    def kind(self, schema: Schema) -> str | None:
        """Return the type of a schema; of alternatives, that of an array or object among them."""
        schema = self.schemas.resolved(schema)
        kinds = [self.kind(one) for one in schema.get("anyOf", ())] or [schema.get("type")]
        return next((one for one in kinds if one in ("array", "object")), kinds[0])

    def _compound(self, kind: str, schema: Schema, listed: Sequence[str]) -> Any:
        if kind == "object":
            return self._object(schema, dict(zip(listed[::2], listed[1::2], strict=False)))
        return [self.scalar(self._items(schema), one) for one in listed]

    def _items(self, schema: Schema) -> Schema:
        schema = self.schemas.resolved(schema)
        options = (schema, *map(self.schemas.resolved, schema.get("anyOf", ())))
        listed: list[Schema] = [one["items"] for one in options if "items" in one]
        return listed[0] if listed else {}

    def _object(self, schema: Schema, given: Mapping[str, str]) -> dict[str, Any]:
        return {name: self.scalar(self._property(schema, name), one) for name, one in given.items()}

    def _property(self, schema: Schema, name: str) -> Schema:
        schema = self.schemas.resolved(schema)
        for option in (schema, *map(self.schemas.resolved, schema.get("anyOf", ()))):
            found: Schema | bool | None = option.get("properties", {}).get(name)
            if found is None:
                found = option.get("additionalProperties")
            if isinstance(found, Mapping):
                return found
        return {}

    def _deep(self, name: str, schema: Schema, pairs: Sequence[tuple[str, str]]) -> Any:
        """Return the value of pairs such as `a[x][y]=1`, `a[]=1` and `a[0]=1`."""
        root: dict[str, Any] = {}
        for key, text in pairs:
            if key != name and not key.startswith(f"{name}["):
                continue
            keys = [name, *_KEYS.findall(key[len(name) :])]
            held = root
            for outer in keys[:-1]:
                inner = as_object(held.setdefault(outer, {}))
                if inner is None:
                    return text
                held = inner
            last = keys[-1] or str(len(held))
            held[last] = text
        return self._shaped(schema, root[name]) if name in root else MISSING

    def _shaped(self, schema: Schema, value: Any) -> Any:
        found = as_object(value)
        if found is None:
            return self.scalar(schema, value)
        if self.kind(schema) == "array":
            return [self._shaped(self._items(schema), one) for one in found.values()]
        return {name: self._shaped(self._property(schema, name), it) for name, it in found.items()}


def _converted(kind: str | None, text: str) -> Any:
    if kind == "boolean":
        return {"true": True, "false": False}.get(text)
    if kind == "null":
        return None
    if kind in ("integer", "number"):
        return _number(kind, text)
    return None


def _number(kind: str, text: str) -> float | None:
    """Return a number; None for a text that only Python accepts, such as ` 1_000`."""
    if _INTEGER.fullmatch(text):
        # No id and no size has more digits than Python reads.
        return int(text) if len(text) <= _DIGITS else None
    return float(text) if kind == "number" and _NUMBER.fullmatch(text) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _json(text: str) -> Any:
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text
