"""Request checker: accepts a request only if a description allows it, and returns its example.

It is stricter than the API itself: whatever is not described is rejected, for example a field, a
query parameter, a body or an ambiguous path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlencode

from client.described_operations import JSON, Description, Operation, Parameter, resolved
from client.scripted_server import ReceivedRequest, ScriptedResponse, json_response
from runnersmith.openapi.document import Json

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}\Z")
_TRANSPORT = {"host", "user-agent", "accept-encoding", "connection", "content-length"}


class RequestRejected(Exception):
    """The description does not allow a request."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as it was understood; `body` is None if there was none.

    `response` is the content of the response.
    """

    operation: Operation
    path: Mapping[str, Json]
    query: Mapping[str, Json]
    body: Json
    response: Json


class RequestChecker:
    """Responds to requests, and records the calls that they are.

    Every request must have exactly these `headers`, and otherwise only those that HTTP needs. The
    response to a rejected request is 400 with the reason. A paged list has this many `pages`, each
    with different items.
    """

    def __init__(
        self, description: Description, headers: Mapping[str, str], *, pages: int = 1
    ) -> None:
        self._description = description
        self._pages = pages
        self._headers = {name.lower(): value for name, value in headers.items()}
        self.calls: list[Call] = []

    @property
    def only(self) -> Call:
        """The only call; fail if there were none or more."""
        assert len(self.calls) == 1, [call.operation.id for call in self.calls]
        return self.calls[0]

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        try:
            call = self.check(request)
        except RequestRejected as refusal:
            return json_response({"message": f"rejected: {refusal}", "documentation_url": ""}, 400)
        self.calls.append(call)
        success = call.operation.success
        if success.schema is None:
            return ScriptedResponse(status=success.status)
        links = self._links(call, request) if "page" in call.operation.among("query") else {}
        return json_response(call.response, success.status, links)

    def _links(self, call: Call, request: ReceivedRequest) -> dict[str, str]:
        """Return the links of a page, which the server chooses."""
        number = _page(call)
        pages = {"first": 1} | ({"next": number + 1} if number < self._pages else {})
        query = {name: value for name, value in call.query.items() if name != "page"}
        found = (
            f"<http://{request.header('host')}{request.target.partition('?')[0]}"
            f'?{urlencode({**query, "page": page})}>; rel="{name}"'
            for name, page in pages.items()
        )
        return {"Link": ", ".join(found)}

    def check(self, request: ReceivedRequest) -> Call:
        """Return the call that a request is, or raise RequestRejected."""
        target, question, search = request.target.partition("?")
        if question and not search:
            raise RequestRejected("a question mark without a query")
        self._check_headers(request)
        operation, path = self._find(request.method, target)
        call = Call(
            operation=operation,
            path=self._read("path", operation.among("path"), path),
            query=self._read("query", operation.among("query"), _pairs(search)),
            body=self._body(operation, request),
            response=operation.success.example,
        )
        return call if self._pages == 1 else replace(call, response=_paged(call, self._pages))

    def _check_headers(self, request: ReceivedRequest) -> None:
        for name, value in self._headers.items():
            if request.header(name) != value:
                raise RequestRejected(f"header {name} is {request.header(name)!r}, not {value!r}")
        if not request.header("user-agent"):
            raise RequestRejected("there is no user-agent, which GitHub demands")
        names = {name.lower() for name, _ in request.headers}
        if unknown := names - _TRANSPORT - self._headers.keys() - {"content-type"}:
            raise RequestRejected(f"unknown headers: {', '.join(sorted(unknown))}")

    def _find(self, method: str, target: str) -> tuple[Operation, dict[str, str]]:
        """Find the operation of a path; a fixed segment goes before a template, from the left."""
        segments = [_decoded(segment) for segment in target.split("/")]
        fitting: dict[tuple[bool, ...], list[tuple[Operation, dict[str, str]]]] = {}
        for operation in self._description.operations:
            wanted = operation.path.split("/")
            names = [_PLACEHOLDER.match(segment) for segment in wanted]
            if operation.method == method and len(segments) == len(wanted):
                pairs = zip(names, wanted, segments, strict=True)
                if all(text if name else text == fixed for name, fixed, text in pairs):
                    values = zip(names, segments, strict=True)
                    found = {name[1]: text for name, text in values if name is not None}
                    order = tuple(name is not None for name in names)
                    fitting.setdefault(order, []).append((operation, found))
        if not fitting:
            raise RequestRejected(f"{method} {target} is no operation")
        best = fitting[min(fitting)]
        if len(best) > 1:
            raise RequestRejected(f"{method} {target} is more than one operation")
        return best[0]

    def _read(
        self, place: str, described: Mapping[str, Parameter], texts: Mapping[str, str]
    ) -> dict[str, Json]:
        """Read each parameter as the type that its schema states."""
        for parameter in described.values():
            if parameter.required and parameter.name not in texts:
                raise RequestRejected(f"{place}: {parameter.name} is missing")
        values: dict[str, Json] = {}
        for name, text in texts.items():
            if name not in described:
                raise RequestRejected(f"{place}: {name} is not described")
            schema = resolved(described[name].schema)
            values[name] = _typed(text, schema.text("type"))
            if (fault := self._description.fault(values[name], schema)) is not None:
                raise RequestRejected(f"{place}: {name}: {fault}")
        return values

    def _body(self, operation: Operation, request: ReceivedRequest) -> Json:
        described, kind = operation.body, request.header("content-type")
        if not request.body:
            if kind is not None:
                raise RequestRejected("there is a content type, and no body")
            if described is not None and described.required:
                raise RequestRejected("the body is missing")
            return None
        if described is None:
            raise RequestRejected(f"{operation.id} takes no body")
        if kind != JSON:
            raise RequestRejected(f"the body is {kind}, not {JSON}")
        try:
            body: Json = json.loads(request.body)
        except ValueError:
            raise RequestRejected("the body is not JSON") from None
        if (fault := self._description.fault(body, described.schema, strict=True)) is not None:
            raise RequestRejected(f"body: {fault}")
        return body


def _page(call: Call) -> int:
    number = call.query.get("page", 1)
    assert isinstance(number, int)
    return number


def _paged(call: Call, pages: int) -> Json:
    """Return a page whose items have unique ids, with the total of all pages."""
    content, before = call.response, _page(call) - 1
    assert isinstance(content, dict)
    lists = {key: value for key, value in content.items() if isinstance(value, list)}
    [(key, items)] = lists.items()
    found: list[Json] = []
    for item in items:
        assert isinstance(item, dict)
        number = item["id"]
        assert isinstance(number, int)
        found.append({**item, "id": number + 1000 * before})
    return {**content, "total_count": pages * len(items), key: found}


def _pairs(search: str) -> dict[str, str]:
    """Parse a query. A plus is rejected, because servers differ in reading it as a space."""
    found: dict[str, str] = {}
    for pair in search.split("&") if search else ():
        name, equals, text = pair.partition("=")
        if not equals or "+" in pair or name in found:
            raise RequestRejected(f"query: {pair!r} has no value, is repeated, or is ambiguous")
        found[_decoded(name)] = _decoded(text)
    return found


def _decoded(text: str) -> str:
    """Decode percent-encoding, which must be of UTF-8 and of all that is not unreserved."""
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise RequestRejected(f"{text!r} is not UTF-8") from None
    if quote(decoded, safe="") != text:
        raise RequestRejected(f"{text!r} is not encoded as it must be")
    return decoded


def _typed(text: str, kind: str | None) -> Json:
    if kind == "integer" and re.fullmatch(r"0|-?[1-9][0-9]*", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
