"""Fault contract: the typed content of the data file from which FAULTS.md is rendered."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

PATH = Path(__file__).parents[3] / "templates" / "client" / "faults.toml"

Kind: TypeAlias = Literal["safe", "idempotent", "unsafe"]


class Outcome(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome of a call; the comment at the top of the file explains the fields."""

    result: str
    error: str | None = None
    attempts: int = 1
    requests: int | None = None
    hold: tuple[float, float] | None = None
    waits: tuple[tuple[float, float], ...] = ()
    limit: Literal["primary", "secondary"] | None = None
    pointer: str | None = None
    warns: str | None = None
    maybe: bool = False

    @property
    def all_waits(self) -> tuple[tuple[float, float], ...]:
        """The waits before the first attempt and between attempts."""
        return self.waits if self.hold is None else (self.hold, *self.waits)

    @property
    def arriving(self) -> int:
        """The number of requests that reach the server."""
        return self.attempts if self.requests is None else self.requests


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form of a fault, and the outcome for each kind of operation."""

    id: str
    wire: str
    time: Literal["responses", "connect", "read", "total"]
    safe: Outcome
    idempotent: Outcome
    unsafe: Outcome

    def outcome(self, kind: Kind) -> Outcome:
        return {"safe": self.safe, "idempotent": self.idempotent, "unsafe": self.unsafe}[kind]


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault of a server or a network."""

    id: str
    title: str
    wire: str
    advice: str
    case: tuple[Case, ...]
    route: Literal["direct", "tunnel"] | None = None


class Defaults(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The defaults of a client for which the outcomes are stated."""

    attempts: int
    base: float
    cap: float
    max_wait: float
    connect: float
    read: float
    total: float
    redirects: int
    body_mib: int


class Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A count or a kind of operation, in words."""

    id: str
    text: str
    title: str = ""


class Contract(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    client: Defaults
    time: dict[str, str]
    kind: tuple[Named, ...]
    count: tuple[Named, ...]
    fault: tuple[Fault, ...]


CONTRACT = msgspec.toml.decode(PATH.read_bytes(), type=Contract)
KINDS: tuple[Kind, ...] = ("safe", "idempotent", "unsafe")
