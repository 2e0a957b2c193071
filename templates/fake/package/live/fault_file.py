"""File of faults in JSON or TOML, which replace responses to numbered requests."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec

from ...testing._kit.response.encoding import phrase
from ...testing._kit.response.faults import Delay, Reset, Response, header_problem
from ...testing._kit.server import BaseMockServer, Call
from ..protocol import problems


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault of a file.

    Attributes:
        operation: The operation, such as `org.runners.list`.
        attempt: The number of the request of the operation, from 1. Rejected ones do not count.
        status: The status of an error that is sent instead of the response.
        message: The message of that error. Default: the usual words for the status.
        headers: Headers of that error.
        carried_out: Whether the request is carried out before that error is sent.
        reset: Whether the connection is closed without a response. The request is carried out.
        delay: Seconds that the response, the error or the end of the connection is late.
    """

    operation: str
    attempt: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    message: str | None = None
    headers: dict[str, Any] | None = None
    carried_out: bool = False
    reset: bool = False
    delay: Annotated[float, msgspec.Meta(ge=0)] | None = None

    @property
    def name(self) -> str:
        """The request whose response it replaces, in words."""
        return f"request {self.attempt} of {self.operation}"

    def problem(self) -> str:
        """Return why the fault is invalid; empty if it is valid."""
        given = self.message is not None or self.headers is not None or self.carried_out
        if self.status is None and given:
            return "a message, headers and carried_out need a status"
        if self.status is not None and self.reset:
            return "it has a status and a reset, of which one can happen"
        if self.status is None and not self.reset and self.delay is None:
            return "it needs a status, a reset or a delay"
        problems = (header_problem(name, it) for name, it in (self.headers or {}).items())
        return next(filter(None, problems), "")

    def response(self) -> Response | Reset | Delay:
        """Return it as a mock server takes it."""
        sent: Any = Reset() if self.reset else msgspec.UNSET
        if self.status is not None:
            message = self.message or phrase(self.status)
            error = problems.error(self.status, message, headers=self.headers)
            sent = msgspec.structs.replace(error, carried_out=self.carried_out)
        return sent if self.delay is None else Delay(self.delay, sent)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    faults: Annotated[list[Fault], msgspec.Meta(min_length=1)]


class Faults:
    """The faults of a file, and which of them have had no effect.

    Args:
        path: The file, whose name ends in `.json` or `.toml`.

    Raises ValueError if it cannot be read, or has no faults or impossible ones.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._faults = _read(path)
        self._met: set[str] = set()
        names: set[str] = set()
        for fault in self._faults:
            problem = "it is there twice" if fault.name in names else fault.problem()
            if problem:
                raise ValueError(f"{path}: the fault at {fault.name}: {problem}")
            names.add(fault.name)

    def apply(self, server: BaseMockServer[Any]) -> None:
        """Set the faults of a server. Raises ValueError for an unknown operation."""
        by_operation: dict[str, dict[int, Fault]] = {}
        for fault in self._faults:
            by_operation.setdefault(fault.operation, {})[fault.attempt] = fault
        for operation, faults in by_operation.items():
            attempts = range(1, max(faults) + 1)
            responses = [self._met_by(faults[it]) if it in faults else Delay(0) for it in attempts]
            try:
                server.script(operation, *responses)
            except ValueError as error:
                raise ValueError(f"{self._path}: {error}") from None

    def unmet(self) -> Sequence[str]:
        """Return messages about the faults that have had no effect."""
        names = [it.name for it in self._faults if it.name not in self._met]
        return [f"{self._path}: there was no {name}, so its fault had no effect" for name in names]

    def _met_by(self, fault: Fault) -> Callable[[Call], Any]:
        def response(call: Call) -> Any:
            del call
            self._met.add(fault.name)
            return fault.response()

        return response


def _read(path: Path) -> Sequence[Fault]:
    try:
        content = _parser(path)(path.read_text(encoding="utf-8-sig"))
        if isinstance(content, dict) and "faults" not in content:
            begin = "[[faults]]" if path.suffix.lower() == ".toml" else '"faults", a list'
            raise ValueError(f"it has no faults; they are in {begin}")
        return msgspec.convert(content, _File).faults
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError) as error:
        # A problem of the encoding, the syntax or the content.
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None


def _parser(path: Path) -> Callable[[str], Any]:
    match path.suffix.lower():
        case ".json":
            return json.loads
        case ".toml":
            return tomllib.loads
        case _:
            raise ValueError("the name of a file with faults ends in .json or .toml")
