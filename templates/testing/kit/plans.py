"""Responses that a test plans: those of every call of an operation, and scripts of the next. Pure.

Checks each when it is planned, before a call asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Any

import msgspec

from ..._runtime import errors, response_errors
from .calls import Call, call_of
from .description import Operation
from .request.received import Received
from .response.encoding import Encoder
from .response.faults import ConnectFault, Delay, Odd, Outcome, Reset, Truncated, with_value
from .response.outcomes import Outcomes

# Planned responses are checked as if a call asked for them.
_NEVER = datetime.min.replace(tzinfo=UTC)
_BROKEN = (Reset, Delay, Truncated, ConnectFault)
_SENDABLE = (
    response_errors.StatusError,
    response_errors.UnexpectedResponse,
    errors.TransportError,
    errors.OutcomeUnknown,
)


class Plan(msgspec.Struct):
    """Responses to the calls of an operation with certain arguments."""

    operation: str
    arguments: Mapping[str, Any]
    responses: list[Any]

    def fits(self, call: Call) -> bool:
        """Return whether a call is of the operation and has the arguments."""
        return self.operation == call.operation and all(
            name in call.arguments and call.arguments[name] == value
            for name, value in self.arguments.items()
        )

    def next(self) -> Any:
        """Return the first response that is left."""
        return self.responses[0]


class Plans:
    """All that a test has planned. `operations` are those of the API by name."""

    def __init__(
        self, operations: Mapping[str, Operation], encoder_of: Callable[[Operation], Encoder]
    ) -> None:
        """`encoder_of` returns the encoder of an API version that has the operation."""
        self._operations = operations
        self._encoder_of = encoder_of
        self._always: list[Plan] = []
        self._scripts: list[Plan] = []

    def add(self, name: str, response: Any, arguments: Mapping[str, Any]) -> None:
        """Plan a response to every call. Raises ValueError for one that cannot be sent."""
        self._always.insert(0, self._plan(name, [response], arguments))

    def add_script(self, name: str, responses: list[Any], arguments: Mapping[str, Any]) -> None:
        """Plan one response to each of the next calls. Raises ValueError as `add` does."""
        if not responses:
            raise ValueError(f"the script of {name} has no response")
        self._scripts.append(self._plan(name, responses, arguments))

    def outcome(self, outcomes: Outcomes) -> Outcome:
        """Return what a call leads to: by a script, then the latest plan for every call, then neither.

        `outcomes` makes it, and knows what neither leads to.
        """
        planned = next((one for one in self._always if one.fits(outcomes.call)), None)
        usual = outcomes.handled if planned is None else planned.next
        for script in self._scripts:
            if script.responses and script.fits(outcomes.call):
                response = script.responses.pop(0)
                return msgspec.structs.replace(outcomes, usual=usual).of(response)
        return outcomes.of(usual())

    def unused(self) -> Sequence[str]:
        """Return the scripts with responses that no call has used, in words."""
        return [
            f"{len(one.responses)} of the script of {one.operation}"
            + (f" with {dict(one.arguments)}" if one.arguments else "")
            for one in self._scripts
            if one.responses
        ]

    def operation(self, name: str) -> Operation:
        """Return an operation. Raises ValueError if there is none such."""
        found = self._operations.get(name)
        if found is None:
            raise ValueError(f"no operation {name!r}{_nearest(name, list(self._operations))}")
        return found

    def _plan(self, name: str, responses: list[Any], arguments: Mapping[str, Any]) -> Plan:
        operation = self.operation(name)
        known = operation.arguments()
        for argument in arguments:
            if argument not in known:
                raise ValueError(
                    f"{name} has no argument {argument!r}{_nearest(argument, sorted(known))}"
                )
        nobody = call_of(Received(operation.method, "", "", [], b""), operation, None, _NEVER)
        encoder = self._encoder_of(operation)
        outcomes = Outcomes(operation, nobody, encoder, "", lambda: msgspec.UNSET)
        for response in responses:
            _check(outcomes, response)
        return Plan(name, arguments, responses)


def _check(outcomes: Outcomes, response: Any) -> None:
    """Raise ValueError for a response that cannot be sent."""
    if isinstance(response, Delay):
        _check(outcomes, response.response)
    if isinstance(response, errors.ClientError) and not isinstance(response, _SENDABLE):
        raise ValueError(
            f"{type(response).__name__} is raised by the client alone; no server can cause it"
        )
    if callable(response) or isinstance(response, (errors.ClientError, *_BROKEN)):
        return
    if isinstance(response, int):
        if not 200 <= response <= 599:
            raise ValueError(
                f"{response} is no status of a response; use Response(json=...) for a number"
            )
        return
    if isinstance(response, Odd):
        _check_pointer(outcomes, response)
        return
    outcomes.of(response)


def _check_pointer(outcomes: Outcomes, odd: Odd) -> None:
    content = outcomes.of(msgspec.UNSET).wire
    assert content is not None
    try:
        with_value(msgspec.json.decode(content.content), odd.pointer, odd.value)
    except (LookupError, msgspec.DecodeError):
        name = outcomes.operation.name
        raise ValueError(f"the content of {name} has no value at {odd.pointer!r}") from None


def _nearest(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(known[:20])}"
