"""Responses of a mock server, and the faults that replace them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

import msgspec

from ...._runtime.lazy import publish
from ..description import as_list, as_object

_HEADER_NAME = re.compile(r"[A-Za-z0-9_-]+")
_HEADER_VALUE = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?)?")
# Those that follow from the content.
_FRAMING = ("content-length", "transfer-encoding")


class Response(msgspec.Struct, frozen=True):
    """A response that is sent unchecked, even if the description does not allow it.

    Args:
        status: The HTTP status.
        json: The content as JSON: models, dicts, lists and scalars. No content if it is unset.
        content: The content as bytes, in place of `json`.
        headers: Headers beside the content type.
        carried_out: Whether the server carries the request out before, as if only the response
            were lost: such as with a 502 of a proxy.

    Raises ValueError for a response that no server can send.
    """

    status: int = 200
    json: Any = msgspec.UNSET
    content: bytes = b""
    headers: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    carried_out: bool = False

    def __post_init__(self) -> None:
        problems = [header_problem(name, it) for name, it in self.headers.items()]
        has_json = self.json is not msgspec.UNSET
        if not _is_number(self.status) or not 200 <= self.status <= 599:
            problems.append(f"{self.status!r} is no status: use a number from 200 to 599")
        elif self.status in (204, 304) and (has_json or self.content):
            problems.append(f"a response with status {self.status} has no content")
        if not isinstance(cast("object", self.content), bytes):
            problems.append(f"the content must be bytes, not {type(self.content).__name__}")
        elif has_json and self.content:
            problems.append("json and content are both the content: give one of them")
        for problem in filter(None, problems):
            raise ValueError(f"the response cannot be sent: {problem}")


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def header_problem(name: str, value: object) -> str:
    """Return why a header of a response cannot be sent; empty if it can."""
    if _HEADER_NAME.fullmatch(name) is None:
        return f"{name!r} is no name of a header: use letters, digits and -"
    if name.lower() in _FRAMING:
        return f"the header {name} follows from the content: leave it out"
    if not isinstance(value, str):
        return f"the header {name} must be a text in quotes, not {value!r}"
    if _HEADER_VALUE.fullmatch(value) is None:
        return f"the header {name} is {value!r}: use printable ASCII without spaces around it"
    return ""


class TrustedItems(Sequence[Any]):
    """Items of a list as JSON that is known to match the description. They are sent unchecked."""


class Reset(msgspec.Struct, frozen=True):
    """A fault: the request is received and carried out, and the connection is closed without a
    response.

    Args:
        carried_out: Whether the server carries the request out before. Otherwise the request has no
            effect.
    """

    carried_out: bool = True


class ConnectFault(msgspec.Struct, frozen=True):
    """A fault: no connection is opened, so that nothing is sent. In memory only."""


class Truncated(msgspec.Struct, frozen=True):
    """A fault: the connection is closed after half of the content."""


class Delay(msgspec.Struct, frozen=True):
    """A fault: the response comes late, by the clock of the mock server.

    Args:
        seconds: The delay. A client with a shorter timeout does not wait for the response.
        response: The late response. Default: the one without the delay.
    """

    seconds: float
    response: Any = msgspec.UNSET


class Odd(msgspec.Struct, frozen=True):
    """A fault: one value of the content is replaced by any other.

    Args:
        pointer: The place of the value as a JSON pointer, such as `/runners/0/id`.
        value: The value there.
    """

    pointer: str
    value: Any


Fault: TypeAlias = Reset | ConnectFault | Truncated | Delay | Odd


class Wire(msgspec.Struct, frozen=True):
    """An encoded response. `arriving` is the length of the content that arrives; None for all."""

    status: int
    headers: list[tuple[str, str]]
    content: bytes
    arriving: int | None = None


def _nothing() -> None:
    """Do nothing."""


class Outcome(msgspec.Struct, frozen=True):
    """The outcome of a request: a response after a delay, or no response.

    `broken` is how the connection ends without one: `connect` and `connect in time` if none was
    opened, else `reset`. `sent` is called after either.
    """

    wire: Wire | None
    delay: float = 0.0
    broken: str = ""
    sent: Callable[[], None] = _nothing


def with_value(content: object, pointer: str, value: object) -> Any:
    """Return JSON with one value replaced. Raises LookupError if the pointer leads nowhere."""
    if not pointer:
        return value
    head, _, rest = pointer.removeprefix("/").partition("/")
    key = head.replace("~1", "/").replace("~0", "~")
    rest = f"/{rest}" if rest else ""
    if (found := as_object(content)) is not None:
        return {**found, key: with_value(found.get(key), rest, value)}
    listed = as_list(content)
    if listed is not None and key.isdecimal():
        listed[int(key)] = with_value(listed[int(key)], rest, value)
        return listed
    raise LookupError(key)


publish(__name__)
