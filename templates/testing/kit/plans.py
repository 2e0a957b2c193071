"""Planned responses: one for every call of an operation, and scripts for its next calls. Pure.

Each is checked when it is planned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from ..._runtime.errors import ClientError
from .calls import Call, call_of
from .description import Operation
from .names import nearest
from .request.received import Received
from .response.encoding import Encoder, plain_json
from .response.faults import ConnectFault, Delay, Odd, Outcome, Reset, Truncated, with_value
from .response.outcomes import Outcomes

# The time of the call that planned responses are checked with.
_NEVER = datetime.min.replace(tzinfo=UTC)


class Plan(msgspec.Struct):
    """Responses to the calls of an operation with certain arguments.

    `folded` are the names of arguments that are compared without case.
    """

    operation: str
    arguments: Mapping[str, Any]
    responses: list[Any]
    folded: Collection[str]

    def fits(self, call: Call) -> bool:
        """Return whether a call is of the operation and has the arguments."""
        return self.operation == call.operation and all(
            name in call.arguments
            and self._value(name, call.arguments[name]) == self._value(name, value)
            for name, value in self.arguments.items()
        )

    def _value(self, name: str, value: Any) -> Any:
        return value.casefold() if name in self.folded and isinstance(value, str) else value

    def next(self) -> Any:
        """Return the first response that is left."""
        return self.responses[0]


class Plans:
    """The planned responses of a test. `operations` are those of the API by name."""

    def __init__(
        self,
        operations: Mapping[str, Operation],
        encoder_of: Callable[[Operation], Encoder],
        raised: Callable[[Operation, Outcome], type[ClientError] | None],
        folded: Collection[str],
    ) -> None:
        """`encoder_of` returns the encoder of an API version that has the operation.

        `raised` returns the class of the error that a client raises for an outcome of it. `folded`
        are the names of arguments that are compared without case.
        """
        self._operations = operations
        self._encoder_of = encoder_of
        self._raised = raised
        self._folded = folded
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

    def has(self, call: Call) -> bool:
        """Return whether a response to a call is planned."""
        return any(it.responses and it.fits(call) for it in (*self._scripts, *self._always))

    def outcome(self, outcomes: Outcomes) -> Outcome:
        """Return the outcome of a call, which `outcomes` makes.

        A script has precedence over the latest plan for every call, and that over the default.
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
        """Return an operation. Raises ValueError for an unknown name."""
        found = self._operations.get(name)
        if found is None:
            raise ValueError(f"no operation {name!r}{nearest(name, list(self._operations))}")
        return found

    def _plan(self, name: str, responses: list[Any], arguments: Mapping[str, Any]) -> Plan:
        operation = self.operation(name)
        encoder = self._encoder_of(operation)
        selected = _selected(operation, encoder, arguments)
        nobody = call_of(Received(operation.method, "", "", [], b""), operation, None, _NEVER)
        outcomes = Outcomes(
            operation,
            nobody,
            encoder,
            lambda outcome: self._raised(operation, outcome),
            "",
            lambda: msgspec.UNSET,
        )
        for response in responses:
            _check(outcomes, response)
        return Plan(name, selected, responses, self._folded)


def _selected(
    operation: Operation, encoder: Encoder, arguments: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Return arguments as JSON values. Raises ValueError for one that no call can have."""
    known, found = operation.arguments(), dict[str, Any]()
    for name, value in arguments.items():
        if name not in known:
            near = nearest(name, sorted(known))
            raise ValueError(f"{operation.name} has no argument {name!r}{near}")
        found[name] = value if isinstance(value, bytes) else plain_json(name, value)
        for problem in encoder.schemas.problems(known[name], found[name], name):
            raise ValueError(f"no call of {operation.name} fits: {problem}")
    return found


def _check(outcomes: Outcomes, response: Any) -> None:
    """Raise ValueError for a response that cannot be sent."""
    match response:
        case Delay(response=later):
            if later is not msgspec.UNSET:
                _check(outcomes, later)
        case Odd():
            _check_pointer(outcomes, response)
        case Reset() | Truncated() | ConnectFault():
            pass
        case function if callable(function) and not isinstance(function, type):
            pass
        case _:
            outcomes.check(response)


def _check_pointer(outcomes: Outcomes, odd: Odd) -> None:
    content = outcomes.of(msgspec.UNSET).wire
    assert content is not None
    try:
        with_value(msgspec.json.decode(content.content), odd.pointer, odd.value)
    except (LookupError, msgspec.DecodeError):
        name = outcomes.operation.name
        raise ValueError(f"the content of {name} has no value at {odd.pointer!r}") from None
