"""Random calls of the operations of a description, and random responses to them.

A client makes each call, sync and async, to a server on a loopback socket. The request that
arrives must have exactly the values, and the result must be the data of the response.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self, get_args, get_type_hints
from urllib.parse import unquote

import msgspec
from hypothesis import HealthCheck, assume
from hypothesis import strategies as st

from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer
from runnersmith import ir

from . import received
from .description import Content, Description, Operation, Parameter, entries, is_list, is_object
from .python_values import Unfit, Untagged, built, difference
from .values import Draw, Limits, Values

# Headers of the connection and of every request, which no call sets (RFC 9110); and the header of
# the parameters that are cookies.
SET_BY_CLIENTS = frozenset(
    """accept authorization connection content-length content-type cookie host keep-alive te
    transfer-encoding""".split()
)
# Values are drawn one by one, and those that a schema or a style excludes are drawn in vain.
RANDOM = (
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)
# Signs the requests for every security scheme, also in queries and cookies.
CREDENTIAL = "user:password"
_NO_CONTROLS = st.characters(exclude_categories=["Cs", "Cc"])
_DELIMITERS = {"label": ".", "spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, kw_only=True)
class Call:
    """The values of a call by location and name. `content` is the media type of the body."""

    parameters: Mapping[tuple[str, str], Any]
    body: Any = msgspec.UNSET
    content: Content | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A response: its status, its media type, the value that its body stands for, and its bytes."""

    status: int
    media_type: str = ""
    value: Any = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


class Drawings:
    """Random calls and responses of the operations of a description."""

    def __init__(self, description: Description) -> None:
        self.requests = Values(description, "request")
        self.responses = Values(description, "response")
        self._of_requests = {it.label: it for it in self.requests.description.operations()}
        self._of_responses = {it.label: it for it in self.responses.description.operations()}

    def call(self, draw: Draw, label: str, sent: str | None) -> Call:
        """Draw a call of an operation; `sent` is the media type of its body."""
        operation = self._of_requests[label]
        drawn: dict[tuple[str, str], Any] = {}
        value: Any
        for one in operation.parameters:
            if one.location == "header" and one.name.lower() in SET_BY_CLIENTS:
                continue
            if one.required or draw(st.booleans()):
                value = self.requests.draw(draw, one.schema, _limits(one, operation))
                assume(_can_be_written(one, value))
                if value is not None:
                    drawn[one.location, one.name] = value
        content = _content(operation, sent)
        if content is None or not (operation.body_required or draw(st.booleans())):
            return Call(parameters=drawn)
        schema: Any = {} if content.schema is None else content.schema
        limits = Limits()
        match sent:
            case "application/x-www-form-urlencoded" | "multipart/form-data":
                names = st.text(_NO_CONTROLS, max_size=6).filter(lambda it: not set("[]") & {*it})
                limits = Limits(
                    names=names, files=sent == "multipart/form-data", extras=False, nulls=False
                )
                if _is_text(schema):  # which the caller has encoded
                    value = draw(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E)))
                    return Call(parameters=drawn, body=value, content=content)
                value = self.requests.draw(draw, schema, limits)
                assume(is_object(value) and _can_be_form(content, value))
            case _ if received.is_json(sent or ""):
                value = self.requests.draw(draw, schema, limits)
            case _ if (sent or "").startswith("text/"):
                value = draw(st.text(_characters(sent or ""), max_size=20))
            case _:
                value = draw(st.binary(max_size=20))
        return Call(parameters=drawn, body=value, content=content)

    def answer(self, draw: Draw, label: str, accepted: str) -> Answer:
        """Draw a response of an operation, of a media type that the client accepts."""
        operation = self._of_responses[label]
        if not operation.successes:
            return Answer(status=200)
        key = draw(st.sampled_from(operation.successes))
        status = {"2XX": 200, "default": 200, "3XX": 302}.get(key) or int(key)
        if status >= 300:
            return Answer(status=status, value="/there", headers={"Location": "/there"})
        contents = operation.responses[key]
        if not contents or operation.method == "HEAD" or status in (204, 205):
            return Answer(status=status)
        allowed = [it for it in contents if _accepts(accepted, it.media_type)]
        assert allowed, f"{accepted} accepts none of {[it.media_type for it in contents]}"
        content = draw(st.sampled_from(allowed))
        schema: Any = {} if content.schema is None else content.schema
        media_type = _concrete(content)
        if received.is_json(media_type):
            value = self.responses.draw(draw, schema, Limits())
            return Answer(
                status=status,
                media_type=media_type,
                value=value,
                body=json.dumps(value, ensure_ascii=draw(st.booleans())).encode(),
            )
        if media_type.startswith("text/") or _is_text(schema):
            value = draw(st.text(max_size=20).filter(lambda it: not it.startswith("\ufeff")))
            return Answer(
                status=status, media_type=media_type, value=value, body=value.encode("utf-8")
            )
        value = draw(st.binary(max_size=20))
        return Answer(status=status, media_type=media_type, value=value, body=value)


class Exchanges:
    """A client of a description and a server, for all calls of a test."""

    def __init__(self, description: Description, api: ir.Api, package: str) -> None:
        self.description = description
        self.operations = {it.label: it for it in description.operations()}
        self.drawings = Drawings(description)
        self._methods = _methods(api)
        self._credentials = {it.wire_name: CREDENTIAL for it in api.schemes} or None
        self._package = importlib.import_module(package)
        self._answer: ScriptedResponse = ScriptedResponse()
        self._server = ScriptedServer(default=lambda _: self._answer)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._server)
        self._runner = self._stack.enter_context(asyncio.Runner())
        options = {"base_url": self._server.url, "auth": self._credentials}
        self._sync = self._stack.enter_context(self._package.Client(**options))
        self._async = self._package.AsyncClient(**options)
        self._runner.run(self._async.__aenter__())
        self._stack.callback(lambda: self._runner.run(self._async.__aexit__(None, None, None)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @property
    def latest(self) -> ReceivedRequest:
        """The request of the latest call."""
        return self._server.only

    def method(self, operation: Operation) -> tuple[str, ir.Operation] | None:
        """Return the resource and the method of an operation; None if the client has none."""
        return self._methods.get((operation.method, operation.path)) or self._methods.get(
            (operation.method, _plain_path(operation.path, operation.fixed))
        )

    def check(self, draw: Draw, label: str) -> None:
        """Make a random call of an operation, sync and async; fail on any difference."""
        operation = self.operations[label]
        found = self.method(operation)
        assert found is not None
        resource, method = found
        call = self.drawings.call(draw, label, method.body.media_type if method.body else None)
        arguments = self._arguments(resource, method, call)
        accepted = next((it.media_type for it in method.responses if it.media_type), None)
        answer = self.drawings.answer(draw, label, accepted or "application/json")
        self._answer = ScriptedResponse(
            status=answer.status,
            body=answer.body,
            headers={
                **answer.headers,
                **({"Content-Type": answer.media_type} if answer.media_type else {}),
            },
        )
        for client in (self._sync, self._async):
            self._server.requests.clear()
            result = getattr(getattr(client, resource), method.name)(**arguments)
            if client is self._async:
                result = self._runner.run(result)
            check_request(operation, call, self._server.only)
            if isinstance(answer.value, bytes) or isinstance(result, bytes):
                assert result == answer.body
            else:
                assert (it := difference(answer.value, result)) is None, it

    def _arguments(self, resource: str, method: ir.Operation, call: Call) -> dict[str, Any]:
        """Return the arguments of a method for the values of a call."""
        hints = get_type_hints(getattr(getattr(self._sync, resource), method.name))
        names: dict[tuple[str, str], str] = {
            (it.location, it.wire_name): it.name
            for it in (*method.arguments, *method.query, *method.headers, *method.cookies)
        }
        given = {names[place]: value for place, value in call.parameters.items()}
        if call.body is not msgspec.UNSET and method.body is not None:
            body = method.body
            if body.whole is not None:
                given[body.whole.name] = call.body
            elif is_object(call.body):
                fields = {it.wire_name: it.name for it in body.fields}
                extra = {name: it for name, it in call.body.items() if name not in fields}
                given |= {fields[name]: it for name, it in call.body.items() if name in fields}
                if extra or (not call.body and body.extra is not None):
                    assert body.extra is not None, f"no argument for {[*extra]}"
                    given[body.extra.name] = extra
            else:
                raise AssertionError(f"no argument for the body {call.body!r}")
        found: dict[str, Any] = {}
        sent = {it.name: it.wire_name for it in (method.body.fields if method.body else ())}
        for name, value in given.items():
            media_range = _range_of(call.content, sent.get(name, ""))
            try:
                found[name] = _built(hints[name], value, media_range)
            except Untagged:
                assume(False)
            except Unfit:
                raise AssertionError(f"{name}: {hints[name]} cannot hold {value!r}") from None
        return found


def check_request(operation: Operation, call: Call, request: ReceivedRequest) -> None:
    """Fail unless a request has the values of a call, and nothing else."""
    assert request.method == operation.method
    path, _, query = request.target.partition("?")
    in_path = received.path_values(operation, path)
    pairs = [one for one in received.split_query(query) if unquote(one[1]) != CREDENTIAL]
    for fixed in operation.fixed:
        pairs.remove(fixed)
    cookies = received.split_cookies(request.header("Cookie"))
    cookies = [one for one in cookies if unquote(one[1]) != CREDENTIAL]
    for one in operation.parameters:
        value = call.parameters.get((one.location, one.name))
        if value is None:
            assert (
                one.location != "header"
                or one.name.lower() in SET_BY_CLIENTS
                or (request.header(one.name) is None)
            ), one.name
            continue
        match one.location:
            case "path":
                received.check_path(one, value, in_path[one.name])
            case "header":
                header = request.header(one.name)
                assert header is not None, one.name
                received.check_header(one, value, header)
            case "query":
                received.take(one, value, pairs)
            case _:
                received.take(one, value, cookies)
    assert not pairs, f"more in the query: {pairs}"
    assert not cookies, f"more cookies: {cookies}"
    _check_body(call, request)


def _check_body(call: Call, request: ReceivedRequest) -> None:
    media_type = request.header("Content-Type")
    if media_type is None:
        # An optional body without a property is no body.
        assert call.body in (msgspec.UNSET, {})
        assert request.body == b""
        return
    content = call.content
    assert content is not None, f"a body that nobody gave: {request.body!r}"
    assert received.matches(content.media_type, media_type) or "/" not in content.media_type
    if media_type.startswith("application/x-www-form-urlencoded") and is_object(call.body):
        received.check_form(content, call.body, request.body)
    elif media_type.startswith("multipart/"):
        received.check_multipart(content, call.body, media_type, request.body)
    elif received.is_json(media_type):
        found = json.loads(request.body)
        assert received.equal(call.body, found), (call.body, found)
    elif isinstance(call.body, str):
        assert request.body.decode(received.charset(media_type)) == call.body
    else:
        assert request.body == call.body


# ── what a place can hold ────────────────────────────────────────────────────────────────────


def _limits(parameter: Parameter, operation: Operation) -> Limits:
    if parameter.media_type is not None and parameter.location == "query":
        return Limits()
    taken = {one.name for one in operation.parameters}
    excluded = _DELIMITERS.get(parameter.style, "")
    match parameter.location:
        case "header":
            alphabet = st.sampled_from([chr(it) for it in range(0x21, 0x7F) if chr(it) not in ",="])
            return Limits(
                alphabet=alphabet,
                shortest=1,
                names=st.text(alphabet, min_size=1, max_size=4),
                nulls=False,
            )
        case "path":
            alphabet = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=excluded)
            return Limits(
                alphabet=alphabet,
                shortest=1,
                names=st.text(alphabet, min_size=1, max_size=4),
                nulls=False,
            )
        case _:
            alphabet = st.characters(exclude_categories=["Cs"], exclude_characters=excluded)
            names = st.text(
                st.characters(exclude_categories=["Cs"], exclude_characters=excluded + "[]"),
                max_size=6,
            )
            return Limits(
                alphabet=alphabet, names=names.filter(lambda it: it not in taken), nulls=False
            )


def _can_be_written(parameter: Parameter, value: Any) -> bool:
    """Return whether a style has a text for a value: none has one for nothing at all in a path."""
    value = received.written(value)
    if parameter.location == "path":
        return value not in ([], {}, None, "", ".", "..", [""], ["."], [".."])
    if parameter.location == "header":
        return value not in ([], {}, None, "")
    return True


def _can_be_form(content: Content, value: Mapping[str, Any]) -> bool:
    """Return whether the fields of a form have distinct names, and no delimiter in a value."""
    for name, one in value.items():
        style = entries(content.encoding.get(name)).get("style", "")
        if (excluded := _DELIMITERS.get(style)) and excluded in json.dumps(
            one, separators=(",", ":")
        ):
            return False
        if style == "form" and is_object(one) and one.keys() & value.keys():
            return False
        media_type = entries(content.encoding.get(name)).get("contentType", "")
        if isinstance(one, str) and not _can_be_encoded(one, media_type):
            return False
    return True


def _can_be_encoded(text: str, media_type: str) -> bool:
    try:
        text.encode(received.charset(media_type))
    except UnicodeEncodeError:
        return False
    return True


def _characters(media_type: str) -> st.SearchStrategy[str]:
    """Return the characters that a media type has in its charset."""
    return st.characters(codec=received.charset(media_type))


def _range_of(content: Content | None, field: str) -> str:
    """Return the range of media types that a field of a form has; empty if it has exact ones."""
    encoding = entries(content.encoding.get(field)) if content is not None else {}
    allowed = str(encoding.get("contentType", "")).split(",")
    return allowed[0].strip() if all("*" in one for one in allowed) else ""


def _built(hint: Any, value: Any, media_range: str) -> Any:
    """Return an argument. A file of a form, or a list of them, is bytes or has a media type."""
    if isinstance(value, bytes):
        return ("a", value, media_range.replace("*", "x")) if media_range else value
    if is_list(value) and any(isinstance(it, bytes) for it in value):
        return [_built(hint, it, media_range) for it in value]
    members = [it for it in get_args(hint) if it is not msgspec.UnsetType]
    if msgspec.UnsetType not in get_args(hint):
        return built(hint, value)
    found: Any = members[0]
    for one in members[1:]:
        found |= one
    return built(found, value)


# ── operations and media types ───────────────────────────────────────────────────────────────


def _methods(api: ir.Api) -> dict[tuple[str, str], tuple[str, ir.Operation]]:
    found: dict[tuple[str, str], tuple[str, ir.Operation]] = {}
    for resource in api.resources:
        for one in resource.operations:
            path = f"{one.path}?{one.fixed_query}" if one.fixed_query else one.path
            fixed = received.split_query(one.fixed_query or "")
            found[one.method, _plain_path(path, fixed)] = (resource.name, one)
            found[one.method, path] = (resource.name, one)
    return found


def _plain_path(path: str, fixed: Sequence[tuple[str, str]]) -> str:
    """Return a path without the names of its parameters, with its fixed query, if any."""
    plain = re.split("[?#]", path)[0]
    query = "&".join(map("=".join, fixed))
    parts = plain.split("{")
    plain = "{".join([parts[0], *(part.partition("}")[2] for part in parts[1:])])
    return f"{unquote(plain)}?{query}"


def _content(operation: Operation, sent: str | None) -> Content | None:
    """Return the body of an operation in the media type that a client sends."""
    if sent is None:
        return None
    exact = [
        it
        for it in operation.body
        if it.media_type.lower() == sent.lower() or "/" not in it.media_type
    ]
    found = exact or [it for it in operation.body if received.matches(it.media_type, sent)]
    assert found, f"{sent} is not a media type of this body"
    return found[0]


def _accepts(accept: str, media_type: str) -> bool:
    return any(
        received.matches(one.strip(), media_type) or received.matches(media_type, one.strip())
        for one in accept.split(",")
    )


def _is_text(schema: Any) -> bool:
    return is_object(schema) and schema.get("type") == "string" and schema.get("format") != "binary"


def _concrete(content: Content) -> str:
    """Return a media type of a range: that of the schema."""
    if "*" not in content.media_type:
        return content.media_type
    if content.schema is None or (
        is_object(content.schema) and content.schema.get("format") == "binary"
    ):
        return "application/octet-stream"
    return "text/plain" if _is_text(content.schema) else "application/json"
