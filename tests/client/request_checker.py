"""A server that takes a request only when a description allows it, and answers with its example.

Stricter than the API itself: what is not described is refused, be it a field, a query parameter,
a body or a second reading of the path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlencode

from client.described_operations import JSON, Description, Operation, Parameter, resolved
from client.scripted_server import Answer, Received, reply
from runnersmith.openapi.document import Json

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}\Z")
_TRANSPORT = {"host", "user-agent", "accept-encoding", "connection", "content-length"}


class Refused(Exception):
    """The description does not allow a request."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request as it was understood; `body` is None when there was none.

    `reply` is the content that it is answered with.
    """

    operation: Operation
    path: Mapping[str, Json]
    query: Mapping[str, Json]
    body: Json
    reply: Json


class Judge:
    """Answers requests, and keeps what it took them for.

    `headers` are those that every request must carry, exactly; a request may carry no others but
    what HTTP needs. A refused request is answered with 400 and the reason. What can be paged has
    so many `pages`, each with items of its own.
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
        """The one call that came; fail when there were none or more."""
        assert len(self.calls) == 1, [call.operation.id for call in self.calls]
        return self.calls[0]

    def __call__(self, request: Received) -> Answer:
        try:
            call = self.judge(request)
        except Refused as refusal:
            return reply({"message": f"refused: {refusal}", "documentation_url": ""}, 400)
        self.calls.append(call)
        success = call.operation.success
        if success.schema is None:
            return Answer(status=success.status)
        links = self._links(call, request) if "page" in call.operation.among("query") else {}
        return reply(call.reply, success.status, links)

    def _links(self, call: Call, request: Received) -> dict[str, str]:
        """Give the links of a page, which GitHub writes itself: with paths of its own making."""
        number = _page(call)
        pages = {"first": 1} | ({"next": number + 1} if number < self._pages else {})
        query = {name: value for name, value in call.query.items() if name != "page"}
        found = (
            f"<http://{request.header('host')}{request.target.partition('?')[0]}"
            f'?{urlencode({**query, "page": page})}>; rel="{name}"'
            for name, page in pages.items()
        )
        return {"Link": ", ".join(found)}

    def judge(self, request: Received) -> Call:
        """Understand a request, or refuse it."""
        target, question, search = request.target.partition("?")
        if question and not search:
            raise Refused("a question mark without a query")
        self._check_headers(request)
        operation, path = self._find(request.method, target)
        call = Call(
            operation=operation,
            path=self._read("path", operation.among("path"), path),
            query=self._read("query", operation.among("query"), _pairs(search)),
            body=self._body(operation, request),
            reply=operation.success.example,
        )
        return call if self._pages == 1 else replace(call, reply=_paged(call, self._pages))

    def _check_headers(self, request: Received) -> None:
        for name, value in self._headers.items():
            if request.header(name) != value:
                raise Refused(f"header {name} is {request.header(name)!r}, not {value!r}")
        if not request.header("user-agent"):
            raise Refused("there is no user-agent, which GitHub demands")
        names = {name.lower() for name, _ in request.headers}
        if unknown := names - _TRANSPORT - self._headers.keys() - {"content-type"}:
            raise Refused(f"unknown headers: {', '.join(sorted(unknown))}")

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
            raise Refused(f"{method} {target} is no operation")
        best = fitting[min(fitting)]
        if len(best) > 1:
            raise Refused(f"{method} {target} is more than one operation")
        return best[0]

    def _read(
        self, place: str, described: Mapping[str, Parameter], texts: Mapping[str, str]
    ) -> dict[str, Json]:
        """Read each parameter as the type that its schema states."""
        for parameter in described.values():
            if parameter.required and parameter.name not in texts:
                raise Refused(f"{place}: {parameter.name} is missing")
        values: dict[str, Json] = {}
        for name, text in texts.items():
            if name not in described:
                raise Refused(f"{place}: {name} is not described")
            schema = resolved(described[name].schema)
            values[name] = _typed(text, schema.text("type"))
            if (fault := self._description.fault(values[name], schema)) is not None:
                raise Refused(f"{place}: {name}: {fault}")
        return values

    def _body(self, operation: Operation, request: Received) -> Json:
        described, kind = operation.body, request.header("content-type")
        if not request.body:
            if kind is not None:
                raise Refused("there is a content type, and no body")
            if described is not None and described.required:
                raise Refused("the body is missing")
            return None
        if described is None:
            raise Refused(f"{operation.id} takes no body")
        if kind != JSON:
            raise Refused(f"the body is {kind}, not {JSON}")
        try:
            body: Json = json.loads(request.body)
        except ValueError:
            raise Refused("the body is not JSON") from None
        if (fault := self._description.fault(body, described.schema, strict=True)) is not None:
            raise Refused(f"body: {fault}")
        return body


def _page(call: Call) -> int:
    number = call.query.get("page", 1)
    assert isinstance(number, int)
    return number


def _paged(call: Call, pages: int) -> Json:
    """Give the items of each page ids of their own, and count those of all pages."""
    content, before = call.reply, _page(call) - 1
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
    """Take a query apart. A plus is refused: it is a space to some and a plus to others."""
    found: dict[str, str] = {}
    for pair in search.split("&") if search else ():
        name, equals, text = pair.partition("=")
        if not equals or "+" in pair or name in found:
            raise Refused(f"query: {pair!r} has no value, is repeated, or has two readings")
        found[_decoded(name)] = _decoded(text)
    return found


def _decoded(text: str) -> str:
    """Decode percent-encoding, which must be of UTF-8 and of all that is not unreserved."""
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Refused(f"{text!r} is not UTF-8") from None
    if quote(decoded, safe="") != text:
        raise Refused(f"{text!r} is not encoded as it must be")
    return decoded


def _typed(text: str, kind: str | None) -> Json:
    if kind == "integer" and re.fullmatch(r"0|-?[1-9][0-9]*", text):
        return int(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
