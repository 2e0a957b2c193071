"""Faults from a file in JSON or TOML: which request of an operation gets which response."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import msgspec

from ...testing._kit.response.faults import Delay, Reset, Response, header_problem
from ...testing._kit.server import BaseMockServer, Call
from ..protocol import problems


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault of a file.

    Attributes:
        operation: The operation, such as `org.runners.list`.
        attempt: Which request of the operation it is, from 1. Those that are refused do not count.
        status: The status of an error that is sent in place of the response.
        message: The message of that error. Default: the usual words for the status.
        headers: Headers of that error.
        reset: Whether the connection is closed without a response. The request is carried out.
        delay: Seconds that the response, the error or the end of the connection is late.
    """

    operation: str
    attempt: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 1
    status: Annotated[int, msgspec.Meta(ge=400, le=599)] | None = None
    message: str | None = None
    headers: dict[str, Any] | None = None
    reset: bool = False
    delay: Annotated[float, msgspec.Meta(ge=0)] | None = None

    @property
    def name(self) -> str:
        """The request that it replaces the response of, in words."""
        return f"request {self.attempt} of {self.operation}"

    def problem(self) -> str:
        """Return why the fault makes no sense; empty if it does."""
        if self.status is None and (self.message is not None or self.headers is not None):
            return "a message and headers need a status"
        if self.status is not None and self.reset:
            return "it has a status and a reset, of which one can happen"
        if self.status is None and not self.reset and self.delay is None:
            return "it needs a status, a reset or a delay"
        problems = (header_problem(name, it) for name, it in (self.headers or {}).items())
        return next(filter(None, problems), "")

    def response(self) -> Response | Reset | Delay:
        """Return what a mock server sends for it."""
        sent: Any = Reset() if self.reset else msgspec.UNSET
        if self.status is not None:
            message = self.message or _phrase(self.status)
            sent = problems.error(self.status, message, headers=self.headers)
        return sent if self.delay is None else Delay(self.delay, sent)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    faults: Annotated[list[Fault], msgspec.Meta(min_length=1)]


class Faults:
    """The faults of a file, and which of them no request has met.

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
        """Let a server answer with the faults. Raises ValueError if there is no such operation."""
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
        """Return the faults that no request has met, in words."""
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
        # Of the encoding, the syntax, or what is said.
        raise ValueError(f"{path}: {' '.join(str(error).split())}") from None


def _parser(path: Path) -> Callable[[str], Any]:
    match path.suffix.lower():
        case ".json":
            return json.loads
        case ".toml":
            return tomllib.loads
        case _:
            raise ValueError("the name of a file with faults ends in .json or .toml")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"
