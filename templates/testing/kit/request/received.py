"""Requests to a mock server, and their values by the description of the operation. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from ..description import Body, Operation, Parameter, Schema, argument_of, as_object
from ..schemas import Schemas
from .forms import read_form
from .parameters import MISSING, Reader
from .routes import Match


class Received(msgspec.Struct, frozen=True):
    """A request as it was received. `path` and `query` have their escapes."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    content: bytes

    def header(self, name: str) -> str | None:
        """Return a header by its lower-case name. Repeated headers are joined by commas."""
        found = [value for key, value in self.headers if key.lower() == name]
        return ", ".join(found) if found else None

    @property
    def pairs(self) -> Sequence[tuple[str, str]]:
        """The pairs of the query, without their escapes."""
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies by name."""
        found = SimpleCookie(self.header("cookie") or "")
        return {name: unquote(one.value) for name, one in found.items()}


class Values(msgspec.Struct, frozen=True):
    """Values of a request. `arguments` are its parameters and the fields of its body, by argument.

    `problems` says what the description does not allow.
    """

    arguments: Mapping[str, Any]
    body: Any
    problems: Sequence[str]


class RequestReader:
    """Reads the values of requests and checks them, for one API version."""

    def __init__(
        self, schemas: Schemas, ignored: frozenset[str], *, ignores_unknown: bool = False
    ) -> None:
        """`ignored` are query parameters that any request may have, such as an API key.

        `ignores_unknown` is whether all others that an operation does not have are ignored too, and
        an empty object in place of no body.
        """
        self._schemas = schemas
        self._reader = Reader(schemas)
        self._ignored = ignored
        self._ignores_unknown = ignores_unknown

    def values(self, match: Match, request: Received) -> Values:
        """Return the values of a request, with their problems."""
        operation, problems = match.operation, list[str]()
        arguments: dict[str, Any] = {}
        for parameter in operation.parameters:
            value = self._parameter(parameter, match, request)
            where = f"{parameter.location} parameter {parameter.name}"
            required = parameter.is_required(self._schemas.version)
            if value is MISSING and required and parameter.location == "query":
                # A query has no text for an empty list or object.
                empty: dict[str, Any] = {"array": [], "object": {}}
                value = empty.get(self._reader.kind(parameter.schema) or "", MISSING)
            if value is MISSING:
                if required:
                    problems.append(f"{where} is required")
            elif not parameter.is_in(self._schemas.version):
                version = self._schemas.version
                if not (self._ignores_unknown and parameter.location == "query"):
                    problems.append(f"{where} does not exist in API version {version}")
            else:
                arguments[parameter.argument] = value
                problems += self._schemas.problems(parameter.schema, value, where)
        if not self._ignores_unknown:
            problems += self._unknown(operation, request)
        body = self._body(operation, request, problems)
        fields = as_object(body)
        if fields is not None and operation.body is not None:
            declared: Mapping[str, Schema] = operation.body.schema.get("properties", {})
            arguments |= {argument_of(it, declared.get(it, {})): one for it, one in fields.items()}
        return Values(arguments, None if body is MISSING else body, problems)

    def _parameter(self, parameter: Parameter, match: Match, request: Received) -> Any:
        name, schema, style, explode = (
            parameter.name,
            parameter.schema,
            parameter.style,
            parameter.explode,
        )
        match parameter.location:
            case "query":
                others = [it.name for it in match.operation.parameters if it.name != name]
                return self._reader.from_pairs(name, schema, style, explode, request.pairs, others)
            case "cookie":
                pairs = list(request.cookies.items())
                return self._reader.from_pairs(name, schema, style, explode, pairs)
            case "path":
                text = match.path.get(name)
            case _:
                text = request.header(name.lower())
                # A header has no escapes.
                text = None if text is None else text.replace("%", "%25")
        if text is None:
            return MISSING
        return self._reader.from_text(name, schema, style, explode, text)

    def _unknown(self, operation: Operation, request: Received) -> Iterator[str]:
        """Yield the names in a query that the operation does not have."""
        known = {*self._ignored, *(name for name, _ in parse_qsl(operation.query))}
        declared = [one for one in operation.parameters if one.location == "query"]
        for parameter in declared:
            known.add(parameter.name)
            if self._reader.kind(parameter.schema) == "object":
                schema = self._schemas.resolved(parameter.schema)
                known |= set(schema.get("properties", {}))
                if schema.get("additionalProperties"):
                    return
        for name in dict.fromkeys(name for name, _ in request.pairs):
            if name not in known and name.partition("[")[0] not in known:
                names = ", ".join(one.name for one in declared) or "none"
                yield f"query parameter {name} does not exist; there are: {names}"

    def _body(self, operation: Operation, request: Received, problems: list[str]) -> Any:
        body, content = operation.body, request.content
        if body is not None and not body.is_in(self._schemas.version):
            body = None
        if body is None:
            if content and not (self._ignores_unknown and content.strip() == b"{}"):
                problems.append("the operation has no body")
            return MISSING
        if not content and not (request.header("content-type") or "").startswith("multipart/"):
            # The text of a whole body may be empty.
            if body.required and body.encoding in ("json", "multipart"):
                problems.append("the body is required")
            return MISSING
        sent = (request.header("content-type") or "").partition(";")[0].strip().lower()
        value = self._decoded(body, sent, request)
        if isinstance(value, _Problem):
            problems.append(value.text)
            return MISSING
        if body.encoding not in ("text", "binary", "any"):
            problems += self._schemas.problems(body.schema, value, "")
        return value

    def _decoded(self, body: Body, sent: str, request: Received) -> Any:
        content = request.content
        declared = body.media_type.partition(";")[0].strip().lower()
        match body.encoding:
            case "json":
                if sent and sent != declared and not sent.endswith(("json", "+json")):
                    return _Problem(f"the body must be {declared}, not {sent}")
                try:
                    return msgspec.json.decode(content)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    return _Problem("the body is not valid JSON")
            case "form" | "multipart":
                if sent != declared:
                    return _Problem(f"the body must be {declared}, not {sent or 'without a type'}")
                content_type = request.header("content-type") or ""
                form = read_form(self._reader, body, content_type, content)
                return _Problem("the body is not a multipart form") if form is None else form
            case "text":
                return content.decode("utf-8", "replace")
            case _:
                return content


class _Problem(msgspec.Struct, frozen=True):
    text: str
