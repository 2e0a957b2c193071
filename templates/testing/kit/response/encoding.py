"""Encoding of responses: status, headers and content. Pure.

Each is checked against the description, except for a `Response`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from ...._runtime.request.json_values import encode_json
from ..description import Content, Description, Operation, Schema, as_list, as_object
from ..samples.values import samples_of
from ..schemas import Schemas, name_of
from .faults import Response, TrustedItems, Wire
from .paging import Page, attribute, check_keys


class Encoder:
    """Encodes values of operations as responses, for one API version."""

    def __init__(self, description: Description, version: str, *, listed: bool = False) -> None:
        """See `Schemas` for `listed`."""
        self._samples = samples_of(description, version)
        self.schemas: Schemas = self._samples.schemas
        self._checks = msgspec.structs.replace(self.schemas, listed=listed)
        self._examples: dict[tuple[str, int], Any] = {}

    def sample(self, operation: Operation, status: int) -> Any:
        """Return the content of a status: the example, or a generated one."""
        key = (operation.name, status)
        if key not in self._examples:
            self._examples[key] = self._sample(operation, status)
        return self._examples[key]

    def _sample(self, operation: Operation, status: int) -> Any:
        content = operation.declared(status)
        if content is None or content.schema is None:
            return {"message": phrase(status)} if status >= 400 else None
        return self._samples.of(content.schema, operation.name, content.example)

    def of_status(self, operation: Operation, status: int) -> Wire:
        """Return the response of a status with its example."""
        content = operation.declared(status) or Content()
        if status >= 400 and content.schema is None:
            return _json(status, self.sample(operation, status), self._media_type(content))
        return self._wire(operation, status, self.sample(operation, status), content)

    def of_error(self, operation: Operation, wire: Wire) -> Wire:
        """Return the response of an error, with the fields that the description requires."""
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
        """Return the success response with a value: of the lowest status whose schema it matches.

        Raises ValueError if it matches none.
        """
        items = value if operation.items is None else attribute(value, operation.items)
        check_keys(operation, as_list(items) or ())
        return self._of_success(operation, value)

    def check_items(self, operation: Operation, items: Sequence[object]) -> None:
        """Raise ValueError if a list cannot be served, whichever page of it is requested."""
        check_keys(operation, items)
        self._of_success(operation, self._content(operation, items, len(items)))

    def _of_success(self, operation: Operation, value: object) -> Wire:
        problems: list[ValueError] = []
        for status in operation.successes:
            content = operation.declared(status) or Content()
            try:
                return self._wire(operation, status, value, content, checked=True)
            except ValueError as error:
                problems.append(error)
        raise problems[0] from None

    def of_items(
        self,
        operation: Operation,
        items: Sequence[object],
        arguments: Mapping[str, Any],
        query: str,
        url: str,
    ) -> Wire:
        """Return a page of a list, with links to others that repeat the query of the request."""
        page = Page.of(arguments, len(items))
        check_keys(operation, items)
        value = self._content(operation, page.part(items), len(items))
        if isinstance(items, TrustedItems):
            content = operation.declared(operation.success) or Content()
            headers = _typed(self._media_type(content))
            wire = Wire(operation.success, headers, msgspec.json.encode(value))
        else:
            wire = self._of_success(operation, value)
        wire.headers.extend(page.links(url, query))
        return wire

    def _content(self, operation: Operation, part: Sequence[object], total: int) -> object:
        if operation.items is None:
            return list(part)
        page = {**self.sample(operation, operation.success), operation.items: list(part)}
        return page if operation.total is None else page | {operation.total: total}

    def of_response(self, response: Response) -> Wire:
        """Return a `Response` as it is."""
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
        """Return JSON without the nulls of optional properties that cannot be null.

        An attribute of a model is None if the property is missing.
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


def _json(status: int, value: object, media_type: str) -> Wire:
    return Wire(status, _typed(media_type), json_content(value))


def _typed(media_type: str) -> list[tuple[str, str]]:
    return [("Content-Type", media_type)]


def json_content(value: object) -> bytes:
    """Return JSON as most servers send it: without white space, and with properties in order."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def phrase(status: int) -> str:
    """Return the usual words for a status; `Error` for one that has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
