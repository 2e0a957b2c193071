"""Base of classes that check arguments of methods and values of attributes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, wraps
from inspect import Parameter, signature
from types import FunctionType
from typing import Any, ClassVar, Final, cast, get_origin, get_type_hints

from .values import at, nearest, refusal

READ_ONLY = "read-only"
"""Marks an attribute that cannot be set again, if `Final` is not possible.

Another class declares the attribute, or it is a field of a dataclass.
"""
_FAKE = __name__.removesuffix(".checks.checked")


class Checked:
    """A class whose public methods and attributes accept only values of their annotations.

    A value of another type raises TypeError, and an invalid value ValueError, before anything
    changes. Setting an attribute that is `Final`, undeclared, or a property without a setter
    raises AttributeError. Subclasses outside this package may add attributes and unchecked methods.
    """

    # The call to use instead of setting an attribute.
    _instead: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if not _is_of_the_fake(cls):
            return
        others: list[type[object]] = [it for it in cls.__mro__[1:] if not issubclass(it, Checked)]
        for name, it in list(vars(cls).items()):
            # A method that overrides one of another class, such as a mock server, is not checked.
            is_own = not any(name in vars(one) for one in others)
            if isinstance(it, FunctionType) and not name.startswith("_") and is_own:
                setattr(cls, name, _checking(it))

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_"):
            value = _listed(value)
            self._check(name, value)
            self._verify(name, value)
        super().__setattr__(name, value)

    def _check(self, name: str, value: object) -> None:
        cls: type = type(self)
        kind, is_open = _attributes_of(cls).get(name, (None, False))
        if kind is None:
            if not _is_of_the_fake(cls):
                return
            near = nearest(name, _attributes_of(cls))
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}{near}")
        is_set = name in vars(self) or isinstance(getattr(cls, name, None), property)
        if (is_set or get_origin(kind) is ClassVar) and not is_open:
            advice = f"; use {self._instead[name]}" if name in self._instead else ""
            raise AttributeError(f"{cls.__name__}.{name} cannot be set{advice}")
        if (problem := refusal(kind, value)) is not None:
            raise at(f"{cls.__name__}.{name}", problem)

    def _verify(self, name: str, value: Any) -> None:
        """Raise an error for a value of the right type that an attribute cannot have."""


def _is_of_the_fake(cls: type) -> bool:
    return f"{cls.__module__}.".startswith(f"{_FAKE}.")


def _checking(function: FunctionType) -> Callable[..., Any]:
    """Return a method that checks its arguments before it is carried out."""
    parameters = signature(function).parameters.values()
    positional = [it.name for it in parameters if it.kind is Parameter.POSITIONAL_OR_KEYWORD][1:]

    @wraps(function)
    def method(self: object, /, *given: Any, **named: Any) -> Any:
        kinds, place = _kinds_of(function), f"{type(self).__name__}.{function.__name__}"
        arguments = list(given)
        for number, name in enumerate(positional[: len(given)]):
            arguments[number] = _taken(place, name, kinds[name], given[number])
        for name in [it for it in named if it in kinds]:
            named[name] = _taken(place, name, kinds[name], named[name])
        return function(self, *arguments, **named)

    return method


def _listed(value: object) -> object:
    """Return an iterator, such as a generator, as a list. Return any other value unchanged."""
    return list[Any](cast("Any", value)) if isinstance(value, Iterator) else value


def _taken(place: str, name: str, kind: Any, value: object) -> object:
    value = _listed(value)
    problem = refusal(kind, value)
    if problem is not None:
        raise at(f"{place}: {name}", problem)
    return value


@cache
def _kinds_of(function: Callable[..., Any]) -> Mapping[str, Any]:
    return get_type_hints(function, include_extras=True)


@cache
def _attributes_of(cls: type) -> Mapping[str, tuple[Any, bool]]:
    """Return the attributes of a class: their types, and whether they can be set at any time."""
    found: dict[str, tuple[Any, bool]] = {}
    for name, kind in get_type_hints(cls, include_extras=True).items():
        is_fixed = get_origin(kind) in (Final, ClassVar)
        found[name] = (kind, not is_fixed and READ_ONLY not in getattr(kind, "__metadata__", ()))
    for base in reversed(cls.__mro__):
        for name, it in vars(base).items():
            if isinstance(it, property) and it.fget is not None:
                hints = _kinds_of(it.fset or it.fget)
                kind = next((one for key, one in hints.items() if key != "return"), Any)
                found[name] = (kind, it.fset is not None)
    return found
