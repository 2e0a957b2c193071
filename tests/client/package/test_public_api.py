"""Public API of ghrunners as text: every public name with its signature, fields and bases.

tests/public-api.txt is that text, checked in, so that a change of the public API is a diff that is
reviewed; `--update` writes it anew. It is read off the package itself and comes out alike in every
Python. A base class that is not public is not named: what it gives is listed as the class's own.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import sys
import typing
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from types import MethodType, UnionType

import msgspec

import ghrunners
from ghrunners import fake, fleet, models, otel, testing

SNAPSHOT = Path(__file__).parents[2] / "public-api.txt"
WIDTH = 100

# The client makes the others; of a model and a dataclass, the fields are the constructor.
MADE_BY_CALLERS: Collection[object] = (
    *(ghrunners.App, ghrunners.AsyncClient, ghrunners.Client, ghrunners.Proxy),
    *(fleet.AsyncFleet, fleet.Fleet, fake.FakeGitHub, testing.ManualClock, testing.MockServer),
)
# Methods that only the fake GitHub overrides, with private types: CONTRIBUTING.md lists them.
INTERNAL = {"admit", "finish", "receive", "select_version", "normalize"}
PROTOCOLS = "__aenter__ __aexit__ __aiter__ __enter__ __exit__ __iter__".split()

PUBLIC: dict[str, object] = {
    **{name: getattr(ghrunners, name) for name in ghrunners.__all__ if name != "models"},
    **{f"models.{name}": getattr(models, name) for name in models.__all__},
    **{
        f"{module.__name__.partition('.')[2]}.{name}": getattr(module, name)
        for module in (fake, fleet, otel, testing)
        for name in module.__all__
    },
}
NAMES = {id(it): name for name, it in PUBLIC.items()}


def is_public(kind: type) -> bool:
    """Whether a class has a name that a caller can write."""
    if kind.__module__.partition(".")[0] == "ghrunners":
        return id(kind) in NAMES
    return not kind.__name__.startswith("_")


def bases(kind: type) -> Iterator[str]:
    """The nearest public classes above a class."""
    for base in kind.__bases__:
        if base is typing.Generic:
            if is_public(kind):
                yield f"Generic[{', '.join(it.__name__ for it in parameters(kind))}]"
        elif not is_public(base):
            yield from bases(base)
        elif base is not object:
            yield base.__name__


def parameters(kind: type) -> tuple[typing.TypeVar, ...]:
    return getattr(kind, "__parameters__", ())


def own(kind: type) -> Iterator[type]:
    """A class, and the bases that it stands for as they are not public."""
    return (one for one in kind.__mro__ if one is kind or not is_public(one))


def default(value: object) -> str:
    """The text of a default; nothing where there is none."""
    missing = (inspect.Parameter.empty, dataclasses.MISSING, msgspec.NODEFAULT)
    return "" if any(value is one for one in missing) else f" = {value!r}"


def signature(head: str, function: Callable[..., object], skipped: int = 1) -> str:
    """A `def` line without `self`; one parameter on a line where it gets too long."""
    found = inspect.signature(function)
    parts: list[str] = []
    starred = False
    for one in [*found.parameters.values()][skipped:]:
        if one.kind is one.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        stars = "*" * (2 * (one.kind is one.VAR_KEYWORD) or one.kind is one.VAR_POSITIONAL)
        parts.append(f"{stars}{one.name}: {written(one.annotation)}{default(one.default)}")
    line = f"{head}({', '.join(parts)}) -> {written(found.return_annotation)}"
    if len(line) + 4 <= WIDTH:
        return line
    wrapped = (f"    {part}," for part in parts)
    return "\n".join([f"{head}(", *wrapped, f") -> {written(found.return_annotation)}"])


def defaults(kind: type) -> dict[str, str]:
    """What a dataclass or a model has for a field that is not given, and its name in JSON."""
    made_from: dict[str, dataclasses.Field[object]] = getattr(kind, "__dataclass_fields__", {})
    found = {name: default(one.default) for name, one in made_from.items()}
    if issubclass(kind, msgspec.Struct):
        for one in msgspec.structs.fields(kind):
            wire = "" if one.encode_name == one.name else f"  (in JSON: {one.encode_name})"
            make = one.default_factory
            found[one.name] = default(one.default if make is msgspec.NODEFAULT else make()) + wire
    return found


# Modules of the package that are imported when they are used, in front of their classes.
_MODULES = re.compile(r"\b(?:_resources|base_owner|owners|runners|worlds)\.(?=[A-Z])")


def written(annotation: object) -> str:
    """An annotation as the source has it: a string, one that a TypedDict wraps, or evaluated."""
    found: object = getattr(annotation, "__forward_arg__", annotation)
    return _MODULES.sub("", found) if isinstance(found, str) else spelled(found)


def spelled(found: object) -> str:
    """A type as annotations are written here, whichever way a Python shows it."""
    arguments = typing.get_args(found)
    origin: object = typing.get_origin(found)
    if origin is typing.Union or isinstance(found, UnionType):
        return " | ".join(map(spelled, arguments))
    if origin is typing.Literal:
        return f"Literal[{', '.join(map(repr, arguments))}]"
    if found in (None, type(None), ...):
        return "..." if found is ... else "None"
    if found is msgspec.UnsetType:
        return "Unset"
    if isinstance(found, list):
        return f"[{', '.join(map(spelled, typing.cast('list[object]', found)))}]"
    name = str(getattr(found if origin is None else origin, "__name__", found))
    return f"{name}[{', '.join(map(spelled, arguments))}]" if arguments else name


def fields(kind: type) -> dict[str, str]:
    """The public attributes that a class declares: their types, and the rest of their lines."""
    rest = defaults(kind)
    declared: dict[str, str] = {}
    for base in reversed([*own(kind)]):
        declared |= {name: written(it) for name, it in inspect.get_annotations(base).items()}
    return {
        name: f"{name}: {annotation}{rest.get(name, '')}"
        for name, annotation in declared.items()
        if not name.startswith("_") and not annotation.startswith("ClassVar")
    }


def members(kind: type) -> dict[str, str]:
    """What a class has, by name."""
    wanted = [*PROTOCOLS, *(["__init__"] if kind in MADE_BY_CALLERS else [])]
    found, is_mock_server = fields(kind), issubclass(kind, testing.MockServer)
    for base in own(kind):
        for name in vars(base):
            it: object = inspect.getattr_static(base, name)
            if name in found or (name.startswith("_") and name not in wanted):
                continue
            if is_mock_server and name in INTERNAL:
                continue
            if isinstance(it, property):
                assert it.fget is not None
                typed = written(inspect.signature(it.fget).return_annotation)
                found[name] = f"property {name}: {typed}"
            elif inspect.isfunction(it):
                word = "async def" if inspect.iscoroutinefunction(it) else "def"
                found[name] = signature(f"{word} {name}", it)
            elif isinstance(it, classmethod):
                bound: MethodType = getattr(kind, name)
                found[name] = signature(f"classmethod def {name}", bound.__func__)
    return found


def lines(name: str, it: object) -> Iterator[str]:
    """One public name."""
    if isinstance(it, UnionType):
        yield f"{name} = {' | '.join(NAMES[id(one)] for one in typing.get_args(it))}"
    elif typing.get_origin(it) is typing.Literal:
        yield f"{name} = Literal{[*typing.get_args(it)]}"
    elif inspect.isfunction(it):
        yield from signature(name, it, 0).split("\n")
    elif not isinstance(it, type):
        yield f"{name}: {type(it).__name__}"
    elif it.__module__.partition(".")[0] != "ghrunners":
        yield f"{name} = {it.__module__}.{it.__name__}"
    else:
        above = ", ".join(dict.fromkeys(bases(it)))
        yield f"class {name}({above})" if above else f"class {name}"
        listed = members(it)
        for member in sorted(listed):
            yield from (f"    {line}" for line in listed[member].split("\n"))


def text() -> str:
    """Every public name, sorted, with an empty line between classes."""
    return "\n\n".join("\n".join(lines(name, PUBLIC[name])) for name in sorted(PUBLIC)) + "\n"


def test_the_public_api_is_the_one_that_was_reviewed(update: bool) -> None:
    """A change of it shows in tests/public-api.txt, and is read there before it is merged."""
    if update:
        SNAPSHOT.write_text(text(), encoding="utf-8", newline="\n")
    assert text() == SNAPSHOT.read_text(encoding="utf-8"), "reviewed? run pytest with --update"


def test_no_private_name_is_needed_to_read_it() -> None:
    """A public signature that names a private type would make that type public."""
    protocols = {*PROTOCOLS, "__init__", "__version__"}
    assert set(re.findall(r"(?<!\w)_\w+", text())) <= protocols
    modules = set(re.findall(r"(?<![\w.])([a-z]\w*)\.(?=[A-Z])", text()))
    callers_can_import = {"models", "fake", "fleet", "otel", "testing", "httpx2", "msgspec", "ssl"}
    assert modules <= callers_can_import | set(sys.stdlib_module_names)


def test_internal_methods_are_listed_as_private() -> None:
    """They exist, and CONTRIBUTING.md and the page about the test kit name each of them."""
    root = SNAPSHOT.parents[1]
    for name in INTERNAL:
        assert callable(getattr(testing.MockServer, name))
        for page in ("CONTRIBUTING.md", "generated/docs/testing.md"):
            assert f"`{name}`" in (root / page).read_text(encoding="utf-8"), (page, name)


def test_the_public_modules_are_those_of_the_document() -> None:
    """CONTRIBUTING.md names the modules whose names are public."""
    text = (SNAPSHOT.parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = text.partition("every name in `__all__` of ")[2].partition(", with its")[0]
    modules = (ghrunners, models, otel, testing, fake, fleet)
    assert re.findall(r"`([\w.]+)`", listed) == [it.__name__ for it in modules]


def test_every_public_name_is_in_it() -> None:
    """On a line of its own, once."""
    listed = re.findall(r"^(?:class )?([\w.]+)(?= =|:|\(|$)", text(), re.MULTILINE)
    assert {name: listed.count(name) for name in PUBLIC} == dict.fromkeys(PUBLIC, 1)
