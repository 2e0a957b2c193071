"""Errors that a client raises for the responses of a mock server, by the rules of its runtime."""

from __future__ import annotations

from math import inf
from typing import Any

import msgspec

from ...._runtime import errors, response_errors
from ...._runtime.redaction import Redactor
from ...._runtime.request.operation import Operation
from ...._runtime.response.decode import decode_response
from ...._runtime.response.errors.by_status import status_error
from ...._runtime.response.errors.rules import ApiRules
from ...._runtime.response.response import Response
from .faults import Outcome, Wire

_REQUEST = errors.RequestInfo(operation="test", method="GET", path="/")
_BROKEN = {
    "connect": errors.ConnectFailed,
    "connect in time": errors.ConnectTimedOut,
    "reset": errors.ConnectionLost,
}
# After these errors, a write may have been carried out.
_UNKNOWN = (
    errors.TimedOut,
    errors.ConnectionLost,
    response_errors.ServerError,
    response_errors.UnexpectedResponse,
)


class ClientSide(msgspec.Struct, frozen=True):
    """The client's view of an operation: its constant, and the rules of the API."""

    operation: Operation[Any]
    rules: ApiRules

    def error(self, outcome: Outcome) -> type[errors.ClientError] | None:
        """Return the class of the error that a call raises; None for a success."""
        found = self._of_attempt(outcome)
        if found is None or self.operation.repeat != "unsafe":
            return found
        refused = outcome.wire is not None and 400 <= outcome.wire.status < 500
        unknown = issubclass(found, _UNKNOWN) and not issubclass(found, errors.ConnectFailed)
        return errors.OutcomeUnknown if unknown and not refused else found

    def _of_attempt(self, outcome: Outcome) -> type[errors.ClientError] | None:
        if outcome.wire is None and outcome.broken:
            return _BROKEN[outcome.broken]
        if outcome.delay == inf:
            return errors.TimedOut
        assert outcome.wire is not None, "a connection that is not broken has a response"
        response = _response(outcome.wire)
        if response.status >= 400:
            return type(status_error(self.operation, _REQUEST, response, Redactor(), self.rules))
        is_redirect = response.status >= 300 and response.status != 304
        if is_redirect and response.status not in self.operation.success:
            return response_errors.RedirectRefused if response.header("location") is None else None
        known = {f"drift {self.operation.called}"}  # so that the decoder does not warn
        try:
            decode_response(self.operation, _REQUEST, response, Redactor(), known, strict=False)
        except response_errors.UnexpectedResponse as error:
            return type(error)
        return None


def _response(wire: Wire) -> Response:
    headers = [(name.encode(), value.encode("latin-1")) for name, value in wire.headers]
    return Response(wire.status, headers, wire.content)
