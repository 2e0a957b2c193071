"""Mock server of an API in memory: responses and faults of a test, and a record of all calls.

Tests reach it through a transport or over HTTP; see `transport` and `http`. Thread-safe.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from math import inf
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar, cast

import msgspec

from ..._runtime import errors, response_errors
from .clock import ManualClock
from .description import Description, Operation, read_description
from .request.received import Received, RequestReader
from .request.routes import Match, Routes, prefixes_of
from .request.security import problem, query_keys
from .response.encoding import Encoder
from .response.faults import (
    ConnectFault,
    Delay,
    Fault,
    Odd,
    Outcome,
    Reset,
    Response,
    Truncated,
    Wire,
    with_value,
)
from .schemas import Schemas

Name = TypeVar("Name", bound=str)
_HIDDEN = frozenset({"authorization", "cookie", "proxy-authorization"})


class Call(msgspec.Struct, kw_only=True):
    """A request that a mock server received. Each attempt of a call is one.

    Attributes:
        operation: The name of the operation, such as `org.runners.list`; empty if there is none.
        method: The HTTP method.
        path: The path as it was sent.
        query: The query as it was sent.
        headers: The headers by lower-case name, without credentials.
        arguments: The parameters and the fields of the body, by the name of the argument in Python.
        body: The body as JSON; None without one.
        problem: Why the server refused the request; empty if the description allows it.
        status: The status of the response; None if the connection ended without one.
        time: When it was received, by the server's clock.
    """

    operation: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    arguments: Mapping[str, Any]
    body: Any
    problem: str
    status: int | None
    time: datetime


class _Planned(msgspec.Struct):
    """Responses to the calls of an operation with certain arguments."""

    operation: str
    arguments: Mapping[str, Any]
    responses: list[Any]

    def fits(self, call: Call) -> bool:
        return self.operation == call.operation and all(
            name in call.arguments and call.arguments[name] == value
            for name, value in self.arguments.items()
        )


class Version(msgspec.Struct, frozen=True):
    """What a server uses for one API version."""

    routes: Routes
    reader: RequestReader
    encoder: Encoder


class BaseMockServer(Generic[Name]):
    """A mock server, without what is generated for an API.

    Args:
        clock: The clock of the server and of its clients. Default: one that stands still.
        credentials: The accepted credentials, by security scheme. Default: any are.
    """

    # Where the description is, and the paths of base URLs beside its own.
    _file: ClassVar[Path]
    _extra_prefixes: ClassVar[Sequence[str]] = ()

    def __init__(
        self, *, clock: ManualClock | None = None, credentials: Mapping[str, str] | None = None
    ) -> None:
        self.clock: ManualClock = ManualClock() if clock is None else clock
        """The clock of the server and of its clients."""
        self.calls: list[Call] = []
        """The calls so far, in order."""
        self.description: Description = read_description(self._file)
        """The description of the API."""
        self._operations = self.description.by_name()
        self._credentials = credentials
        self._versions: dict[str, Version] = {}
        self._always: list[_Planned] = []
        self._next: list[_Planned] = []
        self._lock = threading.RLock()

    # ── What a test asks for ─────────────────────────────────────────────────────────────────

    def respond(self, operation: Name, response: Any, **arguments: Any) -> None:
        """Answer every call of an operation with a response, from now on.

        `response` is what the method returns: a model, a list of models for a paged operation
        (served page by page), a scalar, None without content; or one of these:

        - a status as an int, with the example of the description;
        - an error of `error()`, which the client then raises;
        - a `Response`, sent as it is; or a fault: `Reset`, `Delay`, `Odd`, `Truncated`,
          `ConnectFault`;
        - a function that is called with the `Call` and returns one of these.

        `arguments` limit it to calls with these values, by the names of the method's arguments and
        those of its scope. The latest response that fits a call is sent.

        Raises ValueError if there is no such operation or argument, or if the response is none that
        the description allows.
        """
        self._always.insert(0, self._plan(operation, [response], arguments))

    def script(self, operation: Name, *responses: Any, **arguments: Any) -> None:
        """Answer the next calls of an operation, or attempts of one, with one response each.

        After them come those of `respond`. Takes and raises what `respond` does.
        """
        if not responses:
            raise ValueError(f"the script of {operation} has no response")
        self._next.append(self._plan(operation, list(responses), arguments))

    def unused(self) -> Sequence[str]:
        """Return the scripts with responses that no call has used, in words."""
        return [
            f"{len(one.responses)} of the script of {one.operation}"
            + (f" with {dict(one.arguments)}" if one.arguments else "")
            for one in self._next
            if one.responses
        ]

    def refused(self) -> Sequence[str]:
        """Return the requests that the description does not allow, with the reason, in words."""
        return [f"{it.method} {it.path}: {it.problem}" for it in self.calls if it.problem]

    def check(self) -> None:
        """Raise AssertionError if a script was not used, or a request was not allowed."""
        found = [f"not used: {one}" for one in self.unused()]
        found += [f"refused: {one}" for one in self.refused()]
        if found:
            raise AssertionError("; ".join(found))

    def calls_of(self, operation: Name) -> Sequence[Call]:
        """Return the calls of an operation, in order. Raises ValueError if there is none such."""
        self._operation(operation)
        return [call for call in self.calls if call.operation == operation]

    def handle(self, call: Call) -> Any:
        """Return the response to a call that no test has planned; UNSET for the example.

        A server with a state of its own overrides it.
        """
        del call
        return msgspec.UNSET

    def admit(self, request: Received, operation: Operation | None, call: Call) -> Any:
        """Return the response to a request that is not let in; UNSET for one that is.

        `operation` is None if no path and method of the API fit. A server with rules of its own
        for credentials overrides it.
        """
        if operation is None:
            return msgspec.UNSET
        found = problem(self.description, operation, request, self._credentials)
        if not found:
            return msgspec.UNSET
        # That a certain credential is refused is what a test with credentials asks for.
        call.problem = "" if self._credentials is not None else found
        return self.refusal(call, 401, found)

    def refusal(self, call: Call, status: int, reason: str) -> Response:
        """Return the response to a request that is refused for a reason."""
        del call
        return Response(status, json={"message": f"Mock server: {reason}"})

    def finish(self, request: Received, call: Call, wire: Wire) -> Wire:
        """Return a response as it is sent. A server with headers of its own overrides it."""
        del request, call
        return wire

    # ── What a client sends ──────────────────────────────────────────────────────────────────

    def receive(self, request: Received, url: str) -> Outcome:
        """Return what a request leads to. `url` is its address without the query."""
        with self._lock:
            version, unknown = self._version_of(request)
            match = version.routes.find(request.method, request.path, request.query)
            call = self._call(request, match, version)
            self.calls.append(call)
            outcome = self._answered(request, match, call, version, unknown, url)
            if outcome.wire is not None:
                wire = self.finish(request, call, outcome.wire)
                outcome = msgspec.structs.replace(outcome, wire=wire)
                call.status = wire.status
            return outcome

    def _answered(
        self,
        request: Received,
        match: Match | None,
        call: Call,
        version: Version,
        unknown: str,
        url: str,
    ) -> Outcome:
        def refused(status: int, reason: str) -> Outcome:
            call.problem = reason
            return Outcome(version.encoder.of_response(self.refusal(call, status, reason)))

        if unknown:
            return refused(400, unknown)
        response = self.admit(request, None if match is None else match.operation, call)
        if response is not msgspec.UNSET:
            return Outcome(version.encoder.of_response(response))
        if match is None:
            methods = version.routes.methods(request.path, request.query)
            reason = "the path does not have this method" if methods else "no such path"
            return refused(405 if methods else 404, reason)
        if call.problem:
            return refused(422 if "422" in match.operation.errors else 400, call.problem)
        return self._outcome(match.operation, self._planned(call), call, version, url)

    def _version_of(self, request: Received) -> tuple[Version, str]:
        versions, header = self.description.versions, self.description.version_header
        asked = request.header(header.lower()) if header is not None else None
        # A server keeps on sending the oldest to those who do not ask.
        name = asked or (versions[-1] if versions else "")
        unknown = ""
        if asked and asked not in versions:
            unknown = f"unknown API version {asked!r}; there are {', '.join(versions)}"
            name = versions[-1]
        return self._version(name), unknown

    def _version(self, name: str) -> Version:
        if name not in self._versions:
            description = self.description
            schemas = Schemas(description.models, name)
            self._versions[name] = Version(
                Routes(description, name, [*prefixes_of(description), "", *self._extra_prefixes]),
                RequestReader(schemas, query_keys(description)),
                Encoder(description, name),
            )
        return self._versions[name]

    def _call(self, request: Received, match: Match | None, version: Version) -> Call:
        values = None if match is None else version.reader.values(match, request)
        return Call(
            operation="" if match is None else match.operation.name,
            method=request.method,
            path=request.path,
            query=request.query,
            headers={
                name.lower(): value
                for name, value in request.headers
                if name.lower() not in _HIDDEN
            },
            arguments={} if values is None else values.arguments,
            body=None if values is None else values.body,
            problem="" if values is None else "; ".join(values.problems),
            status=None,
            time=self.clock.time,
        )

    def _planned(self, call: Call) -> Any:
        for planned in self._next:
            if planned.responses and planned.fits(call):
                return planned.responses.pop(0)
        return self._usual(call)

    def _usual(self, call: Call) -> Any:
        """Return the response that no script changes."""
        found = next((one for one in self._always if one.fits(call)), None)
        return self.handle(call) if found is None else found.responses[0]

    def _outcome(
        self, operation: Operation, response: Any, call: Call, version: Version, url: str
    ) -> Outcome:
        encoder = version.encoder

        def usual() -> Outcome:
            planned = self._usual(call)
            if isinstance(planned, Fault):
                planned = msgspec.UNSET  # a fault that stays has nothing below it
            return self._outcome(operation, planned, call, version, url)

        match _as_fault(response):
            case ConnectFault():
                return Outcome(None, broken="connect")
            case Reset(carried_out=carried_out):
                if carried_out:
                    usual()
                return Outcome(None, broken="reset")
            case Delay(seconds=seconds, response=later):
                is_usual = later is msgspec.UNSET
                inner = usual() if is_usual else self._outcome(operation, later, call, version, url)
                return msgspec.structs.replace(inner, delay=inner.delay + seconds)
            case Odd(pointer=pointer, value=value):
                return Outcome(_changed(usual().wire, pointer, value))
            case Truncated():
                wire = usual().wire
                assert wire is not None
                return Outcome(msgspec.structs.replace(wire, arriving=len(wire.content) // 2))
            case Response() as sent:
                return Outcome(encoder.of_response(sent))
            case msgspec.UNSET:
                return self._example(operation, encoder)
            case int() as status if not isinstance(response, bool):
                return Outcome(encoder.of_status(operation, status))
            case response_errors.ResponseError() as error:
                return Outcome(Wire(error.status, list(error.headers.items()), error.body))
            case Sequence() if operation.paged and not isinstance(response, str | bytes):
                items = cast("Sequence[object]", response)
                return Outcome(encoder.of_items(operation, items, _query(operation, call), url))
            case function if callable(function):
                return self._outcome(operation, function(call), call, version, url)
            case value:
                return Outcome(encoder.of_value(operation, value))

    def _example(self, operation: Operation, encoder: Encoder) -> Outcome:
        return Outcome(encoder.of_status(operation, operation.success))

    # ── Checks of what a test asks for ───────────────────────────────────────────────────────

    def _plan(self, name: str, responses: list[Any], arguments: Mapping[str, Any]) -> _Planned:
        operation = self._operation(name)
        known = operation.arguments()
        for argument in arguments:
            if argument not in known:
                raise ValueError(
                    f"{name} has no argument {argument!r}{_nearest(argument, sorted(known))}"
                )
        for response in responses:
            self._check_response(operation, response)
        return _Planned(name, arguments, responses)

    def _operation(self, name: str) -> Operation:
        found = self._operations.get(name)
        if found is None:
            raise ValueError(f"no operation {name!r}{_nearest(name, list(self._operations))}")
        return found

    def _check_response(self, operation: Operation, response: Any) -> None:
        """Raise ValueError for a response that cannot be sent, before a call asks for it."""
        if isinstance(response, Delay) and response.response is not msgspec.UNSET:
            self._check_response(operation, response.response)
        if isinstance(response, errors.ClientError) and not isinstance(response, _SENDABLE):
            raise ValueError(
                f"{type(response).__name__} is raised by the client alone; no server can cause it"
            )
        if callable(response) or isinstance(response, (errors.ClientError, *_BROKEN)):
            return
        if isinstance(response, int) and not isinstance(response, bool):
            if not 200 <= response <= 599:
                raise ValueError(
                    f"{response} is no status of a response; use Response(json=...) for a number"
                )
            return
        versions = self.description.versions or ("",)
        version = next(one for one in versions if operation.is_in(one))
        call = Call(
            operation=operation.name,
            method=operation.method,
            path="",
            query="",
            headers={},
            arguments={},
            body=None,
            problem="",
            status=None,
            time=self.clock.time,
        )
        if isinstance(response, Odd):
            self._check_pointer(operation, response, self._version(version).encoder)
            return
        self._outcome(operation, response, call, self._version(version), "")

    def _check_pointer(self, operation: Operation, odd: Odd, encoder: Encoder) -> None:
        content = self._example(operation, encoder).wire
        assert content is not None
        try:
            with_value(msgspec.json.decode(content.content), odd.pointer, odd.value)
        except (LookupError, msgspec.DecodeError):
            raise ValueError(
                f"the content of {operation.name} has no value at {odd.pointer!r}"
            ) from None


_BROKEN = (Reset, Delay, Truncated, ConnectFault)
_SENDABLE = (
    response_errors.StatusError,
    response_errors.UnexpectedResponse,
    errors.TransportError,
    errors.OutcomeUnknown,
)


def _as_fault(response: Any) -> Any:
    """Return the fault that makes a client raise an error of its connection."""
    match response:
        case errors.OutcomeUnknown(error=error):
            return _as_fault(error)
        case errors.ConnectFailed():
            return ConnectFault()
        case errors.TimedOut():
            return Delay(inf)
        case errors.TransportError():
            return Reset()
        case _:
            return response


def _changed(wire: Wire | None, pointer: str, value: object) -> Wire:
    assert wire is not None, "a fault with a value has a response below it"
    content = with_value(msgspec.json.decode(wire.content), pointer, value)
    return msgspec.structs.replace(wire, content=msgspec.json.encode(content))


def _query(operation: Operation, call: Call) -> Mapping[str, Any]:
    """Return the query parameters of a call by their names on the wire."""
    return {
        parameter.name: call.arguments[parameter.argument]
        for parameter in operation.parameters
        if parameter.location == "query" and parameter.argument in call.arguments
    }


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known[:20])}"
