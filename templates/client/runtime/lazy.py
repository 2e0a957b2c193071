"""Lazy imports and public names: what a package shows, and the modules behind it.

`lazy` makes a package's `__getattr__` (PEP 562). `publish` names classes after the package that
shows them. A `LazyModule` stands for a module in annotations, which `typing.get_type_hints`
evaluates in the globals of a function: no `__getattr__` of the function's module is asked there.
"""

from __future__ import annotations

import sys
from _thread import get_ident
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import TypeVar, cast

T = TypeVar("T")

# The public names of each package, with the modules that define them.
_EXPORTS: dict[str, Mapping[str, str]] = {}

# The threads in `finish`: see `fork`.
unfinished: list[int] = []


def finish(work: Callable[[], T]) -> T:
    """Do work that needs a lock. A fork waits for it, since a child would wait for ever."""
    thread = get_ident()
    try:
        unfinished.append(thread)
        return work()
    finally:
        unfinished.remove(thread)


def load(name: str, package: str | None = None) -> ModuleType:
    """Import a module that calls need late. An import statement may follow, which looks it up."""
    return finish(lambda: import_module(name, package))


def lazy(
    package: str, modules: Mapping[str, str]
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package, for its names and their modules.

    A module whose name is the name itself (`models` in `.models`) stands for the module.
    """
    _EXPORTS[package] = modules

    def __getattr__(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = load(modules[name], package)
        value: object = module if modules[name] == f".{name}" else getattr(module, name)
        # The next lookup finds it in the package.
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return __getattr__, __dir__


def publish(module: str) -> None:
    """Set `__module__` of a module's public classes to the package that exports them.

    Tracebacks, pickles and documentation then have the name that a caller imports. A module calls
    this once its classes are defined. Annotations are evaluated here, while the names that they are
    written with are known: `typing.get_type_hints` and msgspec look those up in `__module__`.
    """
    namespace = vars(sys.modules[module])
    for package, modules in _EXPORTS.items():
        home = module.removeprefix(package)
        for name in [name for name, where in modules.items() if where == home]:
            kind: object = namespace[name]
            if isinstance(kind, type) and kind.__module__ == module:
                evaluate(kind)
                kind.__module__ = package


def evaluate(kind: type) -> None:
    """Replace annotations of a module's class that are strings by what they mean."""
    namespace = vars(sys.modules[kind.__module__])
    named = ((it, namespace.get(it)) for it in ("date", "datetime"))
    times: dict[str, object] = {name: genuine(one) for name, one in named if isinstance(one, type)}
    written: dict[str, object] = vars(kind).get("__annotations__", {})
    for name, annotation in written.items():
        if isinstance(annotation, str):
            # The module's own source, as the interpreter would have evaluated it.
            written[name] = eval(annotation, namespace, times)  # noqa: S307 - see above


def genuine(kind: type[T]) -> type[T]:
    """Return `date` or `datetime`, for a class that a test has put in its place in all modules.

    Libraries that freeze the time, such as freezegun, derive such a class from it. msgspec neither
    decodes nor encodes that.
    """
    found = next((one for one in kind.__mro__ if one.__module__ == "datetime"), kind)
    return cast("type[T]", found)


class LazyModule(ModuleType):
    """A module that is imported when one of its attributes is first asked for.

    A name that begins with a dot is relative to `package`.
    """

    def __init__(self, name: str, package: str | None = None) -> None:
        super().__init__(name)
        self.__package__ = package

    def __getattr__(self, name: str) -> object:
        return getattr(load(self.__name__, self.__package__), name)
