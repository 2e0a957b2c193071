"""Mock server of an API in memory: planned responses and faults, and a record of all calls.

Clients use a transport or HTTP; see `transport` and `http`. Thread-safe.

    receive ─▶ select_version ─▶ normalize ─▶ routes ─▶ admit ─▶ plans, then handle ─▶ finish
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, NoReturn, SupportsIndex, TypeVar

import msgspec

from ..._runtime.errors import ClientError
from ..._runtime.response.errors.rules import ApiRules
from .calls import Call, call_of
from .clients import operation_of
from .clock import ManualClock
from .description import Description, Operation
from .description_file import read_description
from .plans import Plans
from .request.received import Received, RequestReader
from .request.routes import Match, Routes, prefixes_of
from .request.security import problem, query_keys
from .response.encoding import Encoder
from .response.faults import Outcome, Response, Wire
from .response.outcomes import Outcomes
from .response.raised import ClientSide
from .schemas import Schemas

__all__ = ["BaseMockServer", "Call", "Version"]

Name = TypeVar("Name", bound=str)


class Version(msgspec.Struct, frozen=True):
    """The parts of a server for one API version. `planned` checks planned responses."""

    routes: Routes
    reader: RequestReader
    encoder: Encoder
    planned: Encoder


class BaseMockServer(Generic[Name]):
    """A mock server for any API: the base class of the generated one.

    Args:
        clock: The clock of the server and of its clients. Default: one that stands still.
        credentials: The accepted credentials, by security scheme. Default: any are.
    """

    # The paths of base URLs beside those of the description.
    _extra_prefixes: ClassVar[Sequence[str]] = ()
    # The modules with the constants of operations, by resource, and the rules of the API.
    _modules: ClassVar[Mapping[str, str]]
    _rules: ClassVar[ApiRules]
    # The arguments whose case does not matter.
    _any_case: ClassVar[frozenset[str]] = frozenset()
    # Whether unknown query parameters, and an empty object instead of no body, are ignored.
    _ignores_unknown: ClassVar[bool] = False

    def __init__(
        self, *, clock: ManualClock | None = None, credentials: Mapping[str, str] | None = None
    ) -> None:
        self.clock: ManualClock = ManualClock() if clock is None else clock
        """The clock of the server and of its clients."""
        self.calls: list[Call] = []
        """The calls so far, in order."""
        self.description: Description = read_description()
        """The description of the API."""
        self._operations = self.description.by_name()
        self._credentials = credentials
        self._versions: dict[str, Version] = {}
        self._plans = Plans(self._operations, self._encoder_of, self._raised, self._any_case)
        self._lock = threading.RLock()

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        # Copies would share a part of the state.
        raise TypeError(f"a {type(self).__name__} cannot be copied or pickled; create a new one")

    # ── Methods for tests ────────────────────────────────────────────────────────────────────

    def respond(self, operation: Name, response: Any, /, **arguments: Any) -> None:
        """Set the response to every call of an operation, from now on.

        `response` is what the method returns: a model, a list of models for a paginated operation
        (served page by page), a scalar, None without content; or one of these:

        - a status as an int, with the example of the description;
        - an error of `error()`, which the client then raises;
        - a `Response`, sent as it is; or a fault: `Reset`, `Delay`, `Odd`, `Truncated`,
          `ConnectFault`;
        - a function that is called with the `Call` and returns one of these.

        `arguments` limit it to calls with these values, by the names of the method's arguments and
        those of its scope. The latest response that fits a call is sent.

        Raises ValueError for an unknown operation or argument, if no call can have the value of the
        argument, or if the response does not match the description, has items with the same id, or
        is an error that no client raises for the operation.
        """
        self._plans.add(operation, response, arguments)

    def script(self, operation: Name, /, *responses: Any, **arguments: Any) -> None:
        """Set one response for each of the next calls of an operation. Each attempt is a call.

        After these, `respond` applies again. The arguments and errors are those of `respond`.
        """
        self._plans.add_script(operation, list(responses), arguments)

    def unused(self) -> Sequence[str]:
        """Return messages about scripts with responses that no call has used."""
        return self._plans.unused()

    def refused(self) -> Sequence[str]:
        """Return messages about requests that the description does not allow, with the reason."""
        return [f"{it.method} {it.path}: {it.problem}" for it in self.calls if it.problem]

    def check(self) -> None:
        """Raise AssertionError if a script was not used, or a request was not allowed."""
        found = [f"not used: {one}" for one in self.unused()]
        found += [f"refused: {one}" for one in self.refused()]
        if found:
            raise AssertionError("; ".join(found))

    def calls_of(self, operation: Name) -> Sequence[Call]:
        """Return the calls of an operation, in order. Raises ValueError for an unknown one."""
        self._plans.operation(operation)
        return [call for call in self.calls if call.operation == operation]

    # ── Methods that a stateful server overrides ─────────────────────────────────────────────

    def select_version(self, request: Received) -> tuple[str, str]:
        """Return the API version of a request, and why it is rejected; empty if it is not.

        Like `normalize`, `admit`, `finish` and `receive`, it has private types, and can change with
        every version.
        """
        versions, header = self.description.versions, self.description.version_header
        asked = request.header(header.lower()) if header is not None else None
        if asked and asked not in versions:
            return (
                versions[-1],
                f"unknown API version {asked!r}; there are {', '.join(versions)}",
            )
        # Without the header, the oldest version applies.
        return asked or (versions[-1] if versions else ""), ""

    def normalize(self, request: Received) -> Received:
        """Return a request with the path and query as the description has them."""
        return request

    def handle(self, call: Call) -> Any:
        """Return the response to a call for which none is planned, as for `respond`.

        By default, it is `UNSET`, which stands for the example. Override it for responses that
        depend on earlier requests; see docs/testing.md.
        """
        del call
        return msgspec.UNSET

    def admit(self, request: Received, operation: Operation | None, call: Call) -> Any:
        """Return the response to a request that is rejected; UNSET if it is admitted.

        `operation` is None if the API has no such path and method.
        """
        if operation is None:
            return msgspec.UNSET
        found = problem(self.description, operation, request, self._credentials)
        if not found:
            return msgspec.UNSET
        # A test that sets credentials may send wrong ones on purpose.
        call.problem = "" if self._credentials is not None else found
        return self.refusal(call, 401, found)

    def refusal(self, call: Call, status: int, reason: str) -> Response:
        """Return the response to a request that the description does not allow, for a reason."""
        del call
        return Response(status, json={"message": f"Mock server: {reason}"})

    def finish(self, request: Received, call: Call, wire: Wire) -> Wire:
        """Return a response as it is sent."""
        del request, call
        return wire

    # ── Requests of clients ──────────────────────────────────────────────────────────────────

    def receive(self, request: Received, url: str) -> Outcome:
        """Return the outcome of a request. `url` is its address without the query."""
        with self._lock:
            name, refused = self.select_version(request)
            version, read = self._version(name), self.normalize(request)
            match = version.routes.find(read.method, read.path, read.query)
            operation = None if match is None else match.operation
            values = None if match is None else version.reader.values(match, read)
            call = call_of(request, operation, values, self.clock.time)
            self.calls.append(call)
            outcome = self._outcome(read, match, call, version, refused, url)
            if outcome.wire is not None:
                wire = self.finish(request, call, outcome.wire)
                outcome = msgspec.structs.replace(outcome, wire=wire)
                call.status = wire.status
            return outcome

    def _outcome(
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
        return self._plans.outcome(
            Outcomes(
                match.operation,
                call,
                version.encoder,
                lambda outcome: self._raised(match.operation, outcome),
                url,
                lambda: self.handle(call),
            )
        )

    def _raised(self, operation: Operation, outcome: Outcome) -> type[ClientError] | None:
        client_side = ClientSide(operation_of(self._modules, operation.name), self._rules)
        return client_side.error(outcome)

    def _encoder_of(self, operation: Operation) -> Encoder:
        versions = self.description.versions or ("",)
        return self._version(next(one for one in versions if operation.is_in(one))).planned

    def _version(self, name: str) -> Version:
        if name not in self._versions:
            description = self.description
            prefixes = [*prefixes_of(description), "", *self._extra_prefixes]
            self._versions[name] = Version(
                Routes(description, name, prefixes),
                RequestReader(
                    Schemas(description.models, name),
                    query_keys(description),
                    ignores_unknown=self._ignores_unknown,
                ),
                Encoder(description, name),
                Encoder(description, name, listed=True),
            )
        return self._versions[name]
