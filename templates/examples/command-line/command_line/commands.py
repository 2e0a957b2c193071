"""Declaration of a command-line program: groups of commands and their options. Pure.

The commands of a resource are a group. `C` is the client and `R` the resource, so that a type
checker sees whether a command calls a method that exists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

C = TypeVar("C")
R = TypeVar("R")

Kind: TypeAlias = Literal[
    "str",
    "int",
    "float",
    "bool",
    "date",
    "datetime",
    "choice",
    "json",
    "object",
    "list",
    "content",
    "bytes",
    "file",
]


@dataclass(frozen=True, slots=True)
class Option:
    """An argument as an option.

    Attributes:
        name: The name of the keyword argument.
        kind: How its text becomes a value: see `values`.
        help: What it means.
        values: The values of a choice. For any other kind, they are examples.
        required: Whether it must be given.
        repeated: Whether it is a list with an item for each time that the option is given.
        nullable: Whether it can be null.
    """

    name: str
    kind: Kind
    help: str
    values: tuple[str | int | bool, ...] = ()
    required: bool = False
    repeated: bool = False
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Command(Generic[R]):
    """A method of a resource as a command.

    Attributes:
        name: The name of the method.
        call: The call of the method with its arguments by name.
        description: What it does. The first paragraph is its summary.
        options: Its arguments.
        security: The alternatives of security schemes that it needs, each the schemes used together.
        returns: Whether it returns nothing, a value, or items, page by page.
    """

    name: str
    call: Callable[[R, dict[str, Any]], object]
    description: str
    options: tuple[Option, ...] = ()
    security: tuple[tuple[str, ...], ...] = ()
    returns: Literal["nothing", "value", "items"] = "value"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group(Generic[C, R]):
    """The commands of a resource.

    Attributes:
        description: What the resource is.
        scope: The arguments of the client's scope that has the resource.
        resource: The resource of a client, for these arguments.
        commands: The commands.
    """

    description: str
    scope: tuple[Option, ...]
    resource: Callable[..., R]
    commands: tuple[Command[R], ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that the program reads.

    Attributes:
        name: The name of the variable.
        help: What it means.
    """

    name: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """The errors of a call: the base class of all, and that of calls for which nothing was sent."""

    failed: type[Exception]
    refused: type[Exception]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Generic[C]):
    """A program.

    Attributes:
        name: The name of the program.
        description: What the API is.
        variables: The environment variables that it reads.
        options: The options of the client.
        groups: The description of each group, by its module.
        load: The group of a module.
        connect: Creates a client with options.
        credentials: The environment variable of each security scheme's credential.
        errors: The errors of the client, which are imported when they are needed.
        encode: Returns a result as JSON.
    """

    name: str
    description: str
    variables: tuple[Variable, ...]
    options: tuple[Option, ...]
    groups: Mapping[str, str]
    load: Callable[[str], Group[C, Any]]
    connect: Callable[..., AbstractContextManager[C]]
    credentials: Mapping[str, str]
    errors: Callable[[], Errors]
    encode: Callable[[object], bytes]
