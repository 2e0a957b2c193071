"""The arguments of a method, wherever their values travel: one signature, one name space. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .. import ir
from .change import Change, Subject
from .change_kinds import Level
from .context import Sides
from .members import added, member

Place = Literal["path", "query", "body"]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method, and where its value travels; `index` counts the positional ones."""

    member: ir.Field | ir.Parameter
    place: Place
    index: int | None = None


def path_arguments(parameters: Sequence[ir.Parameter]) -> list[Argument]:
    """Path parameters as positional arguments."""
    return [Argument(one, "path", index) for index, one in enumerate(parameters)]


def method_arguments(operation: ir.Operation) -> list[Argument]:
    """The arguments of a method: positional ones, then keywords."""
    body = operation.body.fields if operation.body is not None else ()
    return [
        *path_arguments(operation.arguments),
        *(Argument(parameter, "query") for parameter in operation.query),
        *(Argument(field, "body") for field in body),
    ]


def arguments(
    sides: Sides, subject: Subject, old: Sequence[Argument], new: Sequence[Argument]
) -> Iterator[Change]:
    """What changed about the arguments of a method, in the order of the signature."""
    pairs = _pairs(old, new)
    for index, argument in enumerate(new):
        here = subject.called(f"{subject.name}({argument.member.name})")
        if index in pairs:
            yield from _argument(sides, here, old[pairs[index]], argument)
        else:
            yield added(sides, here, argument.member, "argument-added", "request")
    for index, argument in enumerate(old):
        if index not in pairs.values():
            here = subject.called(f"{subject.name}({argument.member.name})")
            yield here.change("argument-removed", "removed", role="request")


def _pairs(old: Sequence[Argument], new: Sequence[Argument]) -> dict[int, int]:
    """Index of a new argument -> of the old one that it is: by place and wire name, by Python name, by position."""
    found: dict[int, int] = {}
    keys_of: tuple[Callable[[Argument], Hashable], ...] = (_wire, _name, _position)
    for same in keys_of:
        keys = {
            key: index
            for index, argument in enumerate(old)
            if index not in found.values() and (key := same(argument)) is not None
        }
        for index, argument in enumerate(new):
            key = same(argument)
            if index not in found and key in keys:
                found[index] = keys.pop(key)
    return found


def _wire(argument: Argument) -> tuple[Place, str]:
    return argument.place, argument.member.wire_name


def _name(argument: Argument) -> str:
    return argument.member.name


def _position(argument: Argument) -> int | None:
    return argument.index


def _argument(sides: Sides, subject: Subject, old: Argument, new: Argument) -> Iterator[Change]:
    if old.place != new.place:
        # A keyword stays one; a value given by its position has none any more.
        level: Level = "breaking" if old.place == "path" else "compatible"
        text = f"travels in the {new.place}, before in the {old.place}"
        yield subject.change("argument-location-changed", text, level, "request")
    elif old.index is not None and new.index is not None and old.index != new.index:
        text = f"is positional argument {new.index + 1}, before {old.index + 1}"
        yield subject.change("argument-moved", text, role="request")
    yield from member(sides, subject, old.member, new.member, "argument-renamed", "request")
