"""Responses of tests as they are sent: their status, headers and content. Pure.

Checks each against the description, unless a test asks for one that it does not allow.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from ...._runtime.request.json_values import encode_json
from ..description import Content, Description, Operation, Schema, as_list, as_object
from ..samples.values import samples_of
from ..schemas import Schemas, name_of
from .faults import Response, TrustedItems, Wire

PER_PAGE = 30
MAX_PER_PAGE = 100


class Encoder:
    """Makes responses of one operation's values, for one API version."""

    def __init__(self, description: Description, version: str, *, listed: bool = False) -> None:
        """`listed` is whether values must be those that are listed: see `Schemas`."""
        self._samples = samples_of(description, version)
        self.schemas: Schemas = self._samples.schemas
        self._checks = msgspec.structs.replace(self.schemas, listed=listed)
        self._examples: dict[tuple[str, int], Any] = {}

    def sample(self, operation: Operation, status: int) -> Any:
        """Return the content of a status: the example, or one that is made up."""
        key = (operation.name, status)
        if key not in self._examples:
            self._examples[key] = self._sample(operation, status)
        return self._examples[key]

    def _sample(self, operation: Operation, status: int) -> Any:
        content = operation.declared(status)
        if content is None or content.schema is None:
            return {"message": _phrase(status)} if status >= 400 else None
        return self._samples.of(content.schema, operation.name, content.example)

    def of_status(self, operation: Operation, status: int) -> Wire:
        """Return the response of a status with its example."""
        content = operation.declared(status) or Content()
        if status >= 400 and content.schema is None:
            return _json(status, self.sample(operation, status), self._media_type(content))
        return self._wire(operation, status, self.sample(operation, status), content)

    def of_error(self, operation: Operation, wire: Wire) -> Wire:
        """Return the response of an error, with what the description requires beside its message."""
        content = operation.declared(wire.status)
        if content is None or content.schema is None:
            return wire
        try:
            found = as_object(msgspec.json.decode(wire.content))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return wire
        sample = as_object(self.sample(operation, wire.status))
        required = self.schemas.resolved(content.schema).get("required", ())
        if found is None or sample is None or set(required) <= set(found):
            return wire
        found |= {name: sample[name] for name in required if name in sample and name not in found}
        return msgspec.structs.replace(wire, content=msgspec.json.encode(found))

    def of_value(self, operation: Operation, value: object) -> Wire:
        """Return the response of success with a value: of the lowest status that the value fits.

        Raises ValueError if it fits none.
        """
        page = value if operation.items is None else _attribute(value, operation.items)
        self._check_keys(operation, as_list(page) or ())
        return self._of_success(operation, value)

    def check_items(self, operation: Operation, items: Sequence[object]) -> None:
        """Raise ValueError if a list cannot be served, whichever page of it is requested."""
        self._check_keys(operation, items)
        self._of_success(operation, self._page(operation, items, len(items)))

    def _of_success(self, operation: Operation, value: object) -> Wire:
        problems: list[ValueError] = []
        for status in operation.successes:
            content = operation.declared(status) or Content()
            try:
                return self._wire(operation, status, value, content, checked=True)
            except ValueError as error:
                problems.append(error)
        raise problems[0] from None

    def _check_keys(self, operation: Operation, items: Sequence[object]) -> None:
        """Raise ValueError if items have the same key: a client returns each only once."""
        if operation.key is None or isinstance(items, TrustedItems):
            return
        found: dict[object, int] = {}
        for at, item in enumerate(items):
            key = _attribute(item, operation.key)
            if not isinstance(key, int | str):
                continue
            first = found.setdefault(key, at)
            if first != at:
                raise ValueError(
                    f"items {first} and {at} of {operation.name} have the same {operation.key}, "
                    f"{key!r}, and a client returns only one of them; give each an "
                    f"{operation.key} of its own, or use Response for pages with an item twice"
                )

    def of_items(
        self,
        operation: Operation,
        items: Sequence[object],
        arguments: Mapping[str, Any],
        query: str,
        url: str,
    ) -> Wire:
        """Return a page of a list, with links to the others, whose query is as it was sent."""
        size = max(1, min(int(arguments.get("per_page", PER_PAGE)), MAX_PER_PAGE))
        number = max(1, int(arguments.get("page", 1)))
        last = max(1, -(-len(items) // size))
        self._check_keys(operation, items)
        part = list(items[(number - 1) * size : number * size])
        page = self._page(operation, part, len(items))
        if isinstance(items, TrustedItems):
            content = operation.declared(operation.success) or Content()
            headers = _typed(self._media_type(content))
            wire = Wire(operation.success, headers, msgspec.json.encode(page))
        else:
            wire = self._of_success(operation, page)
        shown = [f'<{url}?{_query(query, to)}>; rel="{rel}"' for rel, to in _links(number, last)]
        if shown:
            wire.headers.append(("Link", ", ".join(shown)))
        return wire

    def _page(self, operation: Operation, part: Sequence[object], total: int) -> object:
        if operation.items is None:
            return list(part)
        page = {**self.sample(operation, operation.success), operation.items: list(part)}
        return page if operation.total is None else page | {operation.total: total}

    def of_response(self, response: Response) -> Wire:
        """Return a response of a test as it is."""
        headers = list(response.headers.items())
        if response.json is msgspec.UNSET:
            return Wire(response.status, headers, response.content)
        wire = _json(response.status, plain_json("the response", response.json), "application/json")
        named = {name.lower() for name in response.headers}
        kept = [one for one in wire.headers if one[0].lower() not in named]
        return Wire(wire.status, [*headers, *kept], wire.content)

    def _wire(
        self,
        operation: Operation,
        status: int,
        value: object,
        content: Content,
        *,
        checked: bool = False,
    ) -> Wire:
        if content.encoding == "location":
            if checked and not isinstance(value, str):
                raise ValueError(f"{operation.name} returns an address, not {name_of(value)}")
            return Wire(status, [("Location", str(value))], b"")
        if content.schema is None:
            if value is not None:
                raise ValueError(f"{operation.name} has no content, so its response is None")
            return Wire(status, [], b"")
        if content.encoding == "binary":
            if checked and not isinstance(value, bytes | str):
                raise ValueError(f"{operation.name} returns bytes, not {type(value).__name__}")
            encoded = value if isinstance(value, bytes) else str(value).encode()
            return Wire(status, _typed("application/octet-stream"), encoded)
        if content.encoding == "text" or (content.encoding == "any" and isinstance(value, str)):
            if not isinstance(value, str):
                raise ValueError(f"{operation.name} returns text, not {type(value).__name__}")
            return Wire(status, _typed("text/plain; charset=utf-8"), value.encode())
        plain = self._without_nulls(content.schema, plain_json("the response", value))
        for line in self._checks.problems(content.schema, plain) if checked else ():
            raise ValueError(
                f"the response is not one of {operation.name}: {line}; "
                "use Response for one that the description does not allow"
            )
        return _json(status, plain, self._media_type(content))

    def _media_type(self, content: Content) -> str:
        asked = (content.media_type or "").partition(",")[0]
        return asked if asked.endswith("json") else "application/json; charset=utf-8"

    def _without_nulls(self, schema: Schema, value: Any) -> Any:
        """Return JSON without the nulls of optional properties that cannot be null: those of a
        model whose attribute is None because the property was not given.
        """
        if (listed := as_list(value)) is not None:
            items: Schema = self.schemas.resolved(schema).get("items", {})
            return [self._without_nulls(items, one) for one in listed]
        if (found := as_object(value)) is None:
            return value
        options = [self.schemas.resolved(schema)]
        options += map(self.schemas.resolved, options[0].get("anyOf", ()))
        for option in options:
            if "properties" in option:
                return {
                    name: self._without_nulls(option["properties"].get(name, {}), one)
                    for name, one in found.items()
                    if one is not None or not self._is_absent(option, name)
                }
        return found

    def _is_absent(self, schema: Schema, name: str) -> bool:
        known = schema["properties"].get(name)
        if known is None or name in schema.get("required", ()):
            return False
        return any(self.schemas.problems(known, None))


def plain_json(name: str, value: object) -> Any:
    """Return models, dates and the like as JSON values. Raises InvalidArgument for anything else.

    `name` names the value.
    """
    return msgspec.json.decode(encode_json(name, value))


def _attribute(value: object, name: str) -> object:
    """Return a property of an object or a model, by its name in JSON; None if it has none."""
    if isinstance(value, msgspec.Struct):
        fields = dict(zip(value.__struct_encode_fields__, value.__struct_fields__, strict=True))
        return getattr(value, fields[name], None) if name in fields else None
    return (as_object(value) or {}).get(name)


def _json(status: int, value: object, media_type: str) -> Wire:
    # Like most servers, without white space, and with its properties in their order.
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Wire(status, _typed(media_type), text.encode("utf-8", "surrogatepass"))


def _typed(media_type: str) -> list[tuple[str, str]]:
    return [("Content-Type", media_type)]


def _links(number: int, last: int) -> Iterator[tuple[str, int]]:
    """Yield the relations of a page to others. Behind the last one, it is the previous one."""
    if number > 1:
        yield "prev", min(number - 1, last)
    if number < last:
        yield "next", number + 1
    if number != last:
        yield "last", last
    if number > 1:
        yield "first", 1


def _query(query: str, page: int) -> str:
    given = [one for one in parse_qsl(query, keep_blank_values=True) if one[0] != "page"]
    return urlencode([*given, ("page", str(page))], quote_via=quote)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
