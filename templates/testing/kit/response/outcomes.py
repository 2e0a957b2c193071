"""Outcomes of calls: what a response or a fault of a test becomes as it is sent. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, cast

import msgspec

from ...._runtime import errors, response_errors
from ..calls import Call
from ..description import Operation
from .encoding import Encoder
from .faults import (
    ConnectFault,
    Delay,
    Odd,
    Outcome,
    Reset,
    Response,
    Truncated,
    Wire,
    with_value,
)


class Outcomes(msgspec.Struct, frozen=True):
    """Maker of outcomes of one call.

    `url` is the address that links to pages begin with. `handled` returns the response that no test
    has planned, and `usual` the one below a fault; by default, they are the same.
    """

    operation: Operation
    call: Call
    encoder: Encoder
    url: str
    handled: Callable[[], Any]
    usual: Callable[[], Any] | None = None

    def of(self, response: Any) -> Outcome:
        """Return what a response of a test leads to. Raises ValueError if it cannot be sent."""
        operation, encoder = self.operation, self.encoder
        match _as_fault(response):
            case ConnectFault():
                return Outcome(None, broken="connect")
            case Reset(carried_out=carried_out):
                if carried_out:
                    self._usual()
                return Outcome(None, broken="reset")
            case Delay(seconds=seconds, response=later):
                inner = self._usual() if later is msgspec.UNSET else self.of(later)
                return msgspec.structs.replace(inner, delay=inner.delay + seconds)
            case Odd(pointer=pointer, value=value):
                return Outcome(self._changed(self._usual().wire, pointer, value))
            case Truncated():
                wire = self._usual().wire
                assert wire is not None
                return Outcome(msgspec.structs.replace(wire, arriving=len(wire.content) // 2))
            case Response() as sent:
                return Outcome(encoder.of_response(sent))
            case msgspec.UNSET:
                return Outcome(encoder.of_status(operation, operation.success))
            case int() as status if not isinstance(response, bool):
                return Outcome(encoder.of_status(operation, status))
            case response_errors.ResponseError() as error:
                wire = Wire(error.status, list(error.headers.items()), error.body)
                return Outcome(encoder.of_error(operation, wire))
            case Sequence() if operation.paged and not isinstance(response, str | bytes):
                items = cast("Sequence[object]", response)
                arguments, query = self.call.arguments, self.call.query
                return Outcome(encoder.of_items(operation, items, arguments, query, self.url))
            case function if callable(function):
                return self.of(function(self.call))
            case value:
                return Outcome(encoder.of_value(operation, value))

    def _usual(self) -> Outcome:
        lower = msgspec.structs.replace(self, usual=None)
        return lower.of((self.usual or self.handled)())

    def _changed(self, wire: Wire | None, pointer: str, value: object) -> Wire:
        assert wire is not None, "a fault with a value has a response below it"
        try:
            content = with_value(msgspec.json.decode(wire.content), pointer, value)
        except (LookupError, msgspec.DecodeError):
            self.call.problem = f"the response ({wire.status}) has no value at {pointer!r}"
            raise ValueError(f"{self.operation.name}: {self.call.problem}") from None
        return msgspec.structs.replace(wire, content=msgspec.json.encode(content))


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
