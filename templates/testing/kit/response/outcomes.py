"""Outcomes of calls: responses and faults of a test, as they are sent. Pure."""

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

    `raised` returns the class of the error that a client raises for an outcome, None for a success.
    `url` is the beginning of links to pages. `handled` returns the response if none is planned.
    `usual` returns the one that a fault replaces; by default, that is the same.
    """

    operation: Operation
    call: Call
    encoder: Encoder
    raised: Callable[[Outcome], type[errors.ClientError] | None]
    url: str
    handled: Callable[[], Any]
    usual: Callable[[], Any] | None = None

    def of(self, response: Any) -> Outcome:
        """Return the outcome of a response of a test. Raises ValueError if it cannot be sent."""
        operation, encoder = self.operation, self.encoder
        match response:
            case type() as kind:
                raise ValueError(_is_class(kind))
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
                if sent.carried_out:
                    self._usual()
                return Outcome(encoder.of_response(sent))
            case msgspec.UNSET:
                return Outcome(encoder.of_status(operation, operation.success))
            case int() as status if not isinstance(response, bool):
                _check_status(operation, status)
                return Outcome(encoder.of_status(operation, status))
            case errors.ClientError() as error:
                return self._of_error(error)
            case Sequence() if self._is_list(response):
                items = cast("Sequence[object]", response)
                arguments, query = self.call.arguments, self.call.query
                return Outcome(encoder.of_items(operation, items, arguments, query, self.url))
            case function if callable(function):
                return self.of(function(self.call))
            case value:
                return Outcome(encoder.of_value(operation, value))

    def check(self, response: Any) -> None:
        """Raise ValueError if a response cannot be sent: for a list, on any of its pages."""
        if self._is_list(response):
            self.encoder.check_items(self.operation, response)
        self.of(response)

    def _is_list(self, response: Any) -> bool:
        is_sequence = isinstance(response, Sequence) and not isinstance(response, str | bytes)
        return self.operation.paged and is_sequence

    def _of_error(self, error: errors.ClientError) -> Outcome:
        """Return the outcome for which a client raises an error. Raises ValueError without one."""
        outcome = self._cause(error)
        raised = self.raised(outcome)
        if raised is type(error):
            return outcome
        wanted, name = type(error).__name__, self.operation.name
        if raised is None:
            raise ValueError(f"a client of {name} raises no {wanted}: it accepts this response")
        instead = f"testing.error({raised.__name__})"
        if isinstance(error, response_errors.StatusError):
            instead += f" or {error.status}"
        raise ValueError(
            f"a client of {name} raises {raised.__name__}, not {wanted}; use {instead}"
        )

    def _cause(self, error: errors.ClientError) -> Outcome:
        match error:
            case errors.OutcomeUnknown(error=cause):
                return self._cause(cause)
            case errors.ConnectTimedOut():
                return Outcome(None, broken="connect in time")
            case errors.ConnectFailed():
                return self.of(ConnectFault())
            case errors.TimedOut():
                return self.of(Delay(inf))
            case errors.TransportError():
                return self.of(Reset())
            case response_errors.RedirectRefused(status=status):
                return Outcome(Wire(status, [], b""))
            case response_errors.StatusError() | response_errors.UnexpectedResponse():
                wire = Wire(error.status, list(error.headers.items()), error.body)
                is_status = isinstance(error, response_errors.StatusError)
                return Outcome(self.encoder.of_error(self.operation, wire) if is_status else wire)
            case response_errors.LinkRefused():
                raise ValueError("a LinkRefused is raised for a Response with such a Link header")
            case _:
                name = type(error).__name__
                raise ValueError(f"{name} is raised by the client alone; no server can cause it")

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


def _is_class(kind: type[Any]) -> str:
    """Return why a class is no response, and what to use instead."""
    name = kind.__name__
    use = f"use testing.error({name})" if issubclass(kind, errors.ClientError) else "give one"
    return f"{name} is a class, not an instance of it: {use}"


def _check_status(operation: Operation, status: int) -> None:
    """Raise ValueError for a number that is no status, or a success that is not declared.

    An error status need not be declared.
    """
    if not 200 <= status <= 599:
        raise ValueError(
            f"{status} is no status of a response; use Response(json=...) for a number"
        )
    if status < 400 and operation.responses and operation.declared(status) is None:
        declared = " or ".join(map(str, operation.successes))
        raise ValueError(
            f"{operation.name} responds with {declared}; use Response({status}) for a status that "
            "the description does not have"
        )
