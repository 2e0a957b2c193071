"""Values that cannot be: every public method and attribute of the fake refuses them, in one line."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar, Union, get_args, get_origin
from typing import get_type_hints as hints_of

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ghrunners import fake
from ghrunners.fake import FakeGitHub
from ghrunners.fake.checks.checked import Checked

PEM = (
    rsa.generate_private_key(65_537, 2_048)
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)


def objects() -> Mapping[str, Any]:
    """Return one object of each class that a test's author can reach, by the name of its class."""
    github = FakeGitHub()
    organization, world = github.org(), github.world
    custom = organization.add_custom_image("custom")
    app = github.add_app(7, PEM)
    found = [
        github,
        github.enterprise(),
        organization,
        github.repo(),
        organization.add_runner("r"),
        organization.add_group("g"),
        organization.add_hosted_runner("h"),
        custom,
        custom.newest,
        world.catalog.github_images[0],
        world.catalog.machine_sizes[0],
        github.add_token("t"),
        app,
        app.installations[0],
        world,
        world.catalog,
        world.timers,
        world.registrations,
        world.runner_versions,
    ]
    return {type(it).__name__: it for it in found}


AnyFunction: Any = Callable
STAGE = objects()
# Methods that say whether there is something, by its name.
QUESTIONS = {
    "check",
    "find_hosted_runner",
    "find_runner",
    "group_named",
    "has_permission",
    "has_scope",
    "image",
    "installation_on",
    "machine_size",
    "users",
}
# Texts that GitHub takes as they are.
FREE = {"network_configuration_id", "work_folder"}


def class_of(it: object) -> type[object]:
    return type(it)


def methods(of: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public methods that the fake itself defines."""
    cls = class_of(of)
    for name, it in inspect.getmembers(cls, inspect.isfunction):
        owners = [one for one in cls.__mro__ if name in vars(one)]
        if not name.startswith("_") and all(issubclass(one, Checked) for one in owners):
            yield name, it


def arguments() -> Iterator[tuple[str, str, str, Any]]:
    for of, it in STAGE.items():
        for name, function in methods(it):
            kinds = hints_of(function, include_extras=True)
            for parameter in list(inspect.signature(function).parameters)[1:]:
                yield of, name, parameter, kinds[parameter]


def attributes() -> Iterator[tuple[str, str, Any, bool]]:
    """Yield class, name, type and whether it can be set, of each public attribute."""
    for of, it in STAGE.items():
        names = {one for one in dir(it) if not one.startswith("_")}
        cls = class_of(it)
        hints = hints_of(cls, include_extras=True)
        for name in sorted(names | {one for one in hints if not one.startswith("_")}):
            member = inspect.getattr_static(cls, name, None)
            if isinstance(member, property):
                setter = member.fset
                kinds = {} if setter is None else hints_of(setter, include_extras=True)
                kind = next((one for key, one in kinds.items() if key != "return"), None)
                yield of, name, kind, setter is not None
            elif name in hints or not callable(member):
                kind = hints.get(name)
                fixed = get_origin(kind) in (Final, ClassVar) or "read-only" in get_args(kind)
                yield of, name, kind, not fixed


ARGUMENTS = list(arguments())
ATTRIBUTES = list(attributes())


def parts(kind: Any) -> Iterator[Any]:
    """Yield what a type allows: the options of a union, each without its bounds."""
    if get_origin(kind) in (Union, UnionType):
        for one in get_args(kind):
            yield from parts(one)
    elif get_origin(kind) is Final:
        yield from parts(get_args(kind)[0])
    else:
        yield kind


def wrong_values(kind: Any) -> Iterator[tuple[type[Exception], Any]]:
    """Yield values that a type cannot have, with their error; a text where no text fits."""
    options = list(parts(kind))
    bare = [get_args(it)[0] if get_origin(it) is Annotated else it for it in options]
    if any(it in (Any, object) for it in bare):
        return
    yield TypeError, object()
    if NoneType not in options:
        yield TypeError, None
    for option, plain in zip(options, bare, strict=True):
        origin = get_origin(plain)
        if origin is Literal:
            yield ValueError, f"{get_args(plain)[0]}x"
        elif plain in (int, float):
            yield TypeError, True
            yield TypeError, "1"
            if option is not plain:
                yield ValueError, -1
            if plain is float:
                yield ValueError, math.nan
                yield ValueError, math.inf
        elif plain is str and option is not plain:
            yield ValueError, ""
        elif plain is bool:
            yield TypeError, 1
            yield TypeError, "yes"
        elif inspect.isclass(origin) and issubclass(origin, Mapping):
            yield TypeError, {3: "read"}
            yield TypeError, ["a"]
        elif inspect.isclass(origin) and origin is not AnyFunction:
            if not isinstance(get_args(plain)[0], TypeVar):
                yield TypeError, [object()]
                yield TypeError, (object() for _ in range(1))
            yield TypeError, "gpu"


def cases(kinds: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
    for *place, kind in kinds:
        for error, value in wrong_values(kind):
            name = ".".join(place)
            yield pytest.param(*place, value, error, id=f"{name}-{value!r:.20}")


@pytest.mark.parametrize(("of", "method", "name", "value", "error"), [*cases(ARGUMENTS)])
def test_an_argument_that_cannot_be_is_refused(
    of: str, method: str, name: str, value: Any, error: type[Exception]
) -> None:
    """Before anything happens; the line says where, what is wrong and what fits."""
    with pytest.raises(error) as raised:
        getattr(STAGE[of], method)(**{name: value})
    message = str(raised.value)
    assert message.startswith((f"{of}.{method}: {name} ", f"{of}.{method}: {name}[")), message
    assert " must " in message
    assert "\n" not in message


def tokens() -> Mapping[str, str]:
    new, owner = STAGE["FakeGitHub"].world.registrations.new_token, STAGE["Organization"]
    purposes = {"register": "registration", "unregister": "removal"}
    return {method: new(owner, purpose).text for method, purpose in purposes.items()}


@pytest.mark.parametrize(
    ("of", "method", "name"),
    [
        (of, method, name)
        for of, method, name, kind in ARGUMENTS
        if str in parts(kind) and method not in QUESTIONS and name not in FREE
    ],
)
def test_a_text_that_names_nothing_is_refused(of: str, method: str, name: str) -> None:
    """Such as an empty name of a runner to add, or to look for."""
    function = getattr(STAGE[of], method)
    given: dict[str, Any] = {
        "app_id": 8,
        "key": PEM,
        "name": "new",
        "now": datetime(2026, 1, 1, tzinfo=UTC),
        "owner": STAGE["Organization"],
        "purpose": "registration",
        "token": tokens().get(method),
    }
    needed = {
        key: given[key]
        for key, it in inspect.signature(function).parameters.items()
        if it.default is it.empty and key != name
    }
    with pytest.raises((ValueError, LookupError)) as raised:
        function(**needed, **{name: ""})
    assert "\n" not in str(raised.value)


SETTABLE = [(of, name, kind) for of, name, kind, is_open in ATTRIBUTES if is_open]


@pytest.mark.parametrize(("of", "name", "value", "error"), [*cases(SETTABLE)])
def test_an_attribute_cannot_be_set_to_what_cannot_be(
    of: str, name: str, value: Any, error: type[Exception]
) -> None:
    """And is as before."""
    before = getattr(STAGE[of], name)
    with pytest.raises(error) as raised:
        setattr(STAGE[of], name, value)
    message = str(raised.value)
    assert message.startswith((f"{of}.{name} must", f"{of}.{name}[")), message
    assert "\n" not in message
    assert getattr(STAGE[of], name) == before


@pytest.mark.parametrize(
    ("of", "name"), [(of, name) for of, name, _, is_open in ATTRIBUTES if not is_open]
)
def test_an_attribute_of_the_fake_cannot_be_set(of: str, name: str) -> None:
    """Those that follow from what happens, and those that are fixed."""
    before = getattr(STAGE[of], name)
    with pytest.raises(AttributeError, match=rf"{of}\.{name} cannot be set"):
        setattr(STAGE[of], name, before)


@pytest.mark.parametrize("of", STAGE)
def test_an_attribute_that_does_not_exist_cannot_be_set(of: str) -> None:
    """A name with a typing error would have no effect."""
    with pytest.raises(AttributeError, match=f"{of} has no attribute 'enabled_repositorys'"):
        STAGE[of].enabled_repositorys = "none"


def test_every_class_of_the_fake_is_on_the_stage() -> None:
    """A new one cannot be forgotten: it checks what it is given, or is an error."""
    public = {name: getattr(fake, name) for name in fake.__all__}
    kinds = {name for name, it in public.items() if not issubclass(it, Exception)}
    assert kinds - set(STAGE) == set()
    assert [name for name, it in STAGE.items() if not isinstance(it, Checked)] == []
    assert [place for *place, kind in SETTABLE if kind is None] == []
