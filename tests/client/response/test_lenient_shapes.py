"""Responses of every shape with odd values: objects, maps, lists, alternatives, in each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import msgspec
import pytest

from client.runtime_api import Caller, SyncCaller, both
from client.scripted_server import ScriptedServer, json_response
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response.warnings import SchemaDrift
from ghrunners._runtime.response_errors import UnexpectedResponse
from ghrunners._runtime.types import Model, SecretModel

SECRET = "EXAMPLE-SECRET-OF-A-TEST"  # noqa: S105 - nobody's


class Part(Model, frozen=True, kw_only=True, gc=False):
    id: int
    kind: Literal["a", "b"] | str
    size: int | None = None


PART: Mapping[str, object] = {"id": 5, "kind": "a"}


def one(returns: object) -> Operation[Any]:
    """An operation that returns one value of a type."""
    return Operation(
        id="x", method="GET", path="/x", success=(200,), returns=lambda: returns, repeat="safe"
    )


class Cat(Model, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="cat"):
    id: int
    lives: int = 9


class Dog(Model, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="dog"):
    id: int
    name: str


class Home(Model, frozen=True, kw_only=True, gc=False):
    id: int
    pet: Cat | Dog | None = None
    pets: list[Cat | Dog] = msgspec.field(default_factory=list[Cat | Dog])
    named: dict[str, Cat | Dog] = msgspec.field(default_factory=dict[str, Cat | Dog])
    lists: dict[str, list[Part]] = msgspec.field(default_factory=dict[str, list[Part]])


class Owner(Model, frozen=True, kw_only=True, gc=False):
    cat: Cat | None = None


class Pass(SecretModel, frozen=True, kw_only=True, gc=False, tag_field="kind", tag="pass"):
    _secrets: ClassVar[frozenset[str]] = frozenset({"code"})

    id: int
    code: str


class Wallet(Model, frozen=True, kw_only=True, gc=False):
    id: int
    held: Pass


FOX = {"kind": "fox", "id": 1, "tail": True}
REX = {"kind": "dog", "id": 1, "name": None}
ODD_DOG = Dog(id=1, name=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
ODD_PART = Part(id="9", kind="a")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
CAT, TOM = {"kind": "cat", "id": 2}, Cat(id=2)
# What a type of response gets, what becomes of it, and the places that the warning names.
SHAPES: dict[str, tuple[object, object, object, tuple[str, ...]]] = {
    "a map of objects": (
        dict[str, Part],
        {SECRET: {**PART, "id": "9"}, "b": PART},
        {SECRET: ODD_PART, "b": Part(id=5, kind="a")},
        ("/*/id",),
    ),
    "a map of lists": (
        dict[str, list[Part]],
        {SECRET: [PART, {**PART, "id": "9"}]},
        {SECRET: [Part(id=5, kind="a"), ODD_PART]},
        ("/*/*/id",),
    ),
    "a map of numbers": (
        dict[str, int],
        {SECRET: SECRET, "b": 1},
        {SECRET: SECRET, "b": 1},
        ("/*",),
    ),
    "a list of numbers": (list[int], [1, None, 3], [1, None, 3], ("/*",)),
    "a list of maps": (list[dict[str, int]], [{"a": "b"}], [{"a": "b"}], ("/*/*",)),
    "an alternative": (Cat | Dog, REX, ODD_DOG, ("/name",)),
    "an unknown alternative": (Cat | Dog, FOX, FOX, ("",)),
    "an alternative or null": (Cat | Dog | None, REX, ODD_DOG, ("/name",)),
    "a list of alternatives": (
        list[Cat | Dog],
        [CAT, FOX, REX],
        [TOM, FOX, ODD_DOG],
        ("/*", "/*/name"),
    ),
    "a map of alternatives": (
        dict[str, Cat | Dog],
        {"a": CAT, "b": FOX, "c": REX},
        {"a": TOM, "b": FOX, "c": ODD_DOG},
        ("/*", "/*/name"),
    ),
    "another tag": (Cat, FOX, FOX, ("",)),
    "another tag or null": (Cat | None, {**CAT, "kind": None}, {**CAT, "kind": None}, ("",)),
    "a list of one tag": (list[Cat], [CAT, FOX, {"id": 2}], [TOM, FOX, TOM], ("/*",)),
    "a map of one tag": (dict[str, Cat], {"a": CAT, "b": FOX}, {"a": TOM, "b": FOX}, ("/*",)),
    "an object with one tag": (
        Owner,
        {"cat": FOX},
        Owner(cat=FOX),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        ("/cat",),
    ),
    "an object without its tag": (Dog, {"id": 1, "name": None}, ODD_DOG, ("/name",)),
    "an object with alternatives": (
        Home,
        {"id": 1, "pet": FOX, "pets": [CAT, FOX], "named": {"a": REX, "b": FOX}},
        Home(
            id=1,
            pet=FOX,  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
            pets=[TOM, FOX],  # type: ignore[list-item]  # pyright: ignore[reportArgumentType] - the point
            named={"a": ODD_DOG, "b": FOX},  # type: ignore[dict-item]  # pyright: ignore[reportArgumentType] - the point
        ),
        ("/pet", "/pets/*", "/named/*/name", "/named/*"),
    ),
    "a map of lists in an object": (
        Home,
        {"id": 1, "lists": {"a": [PART, {**PART, "id": "9"}]}},
        Home(id=1, lists={"a": [Part(id=5, kind="a"), ODD_PART]}),
        ("/lists/*/*/id",),
    ),
}


@both
@pytest.mark.parametrize(("kind", "body", "value", "pointers"), SHAPES.values(), ids=SHAPES)
def test_every_shape_of_response_is_read_leniently(
    flavour: type[Caller], kind: object, body: object, value: object, pointers: tuple[str, ...]
) -> None:
    """An unknown alternative stays as it is, wherever it is; so does an odd value in a map."""
    with ScriptedServer(json_response(body)) as server, pytest.warns(SchemaDrift) as caught:
        assert flavour(server.url).call(one(kind)) == value
    [warning] = [one.message for one in caught]
    assert isinstance(warning, SchemaDrift)
    assert warning.pointers == pointers
    assert SECRET not in str(warning)


@both
@pytest.mark.parametrize(("kind", "body"), [it[:2] for it in SHAPES.values()], ids=SHAPES)
def test_a_strict_client_refuses_every_shape(
    flavour: type[Caller], kind: object, body: object
) -> None:
    with ScriptedServer(json_response(body)) as server, pytest.raises(UnexpectedResponse) as caught:
        flavour(server.url, strict=True).call(one(kind))
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (Part, {"message": "Not now"}),
        (Part, {}),
        (Part, [PART]),
        (Part, "x"),
        (Part, None),
        (int, "x"),
        (dict[str, Part], []),
        (list[int], {}),
        (Cat | Dog, [CAT]),
        # A secret in another object could be any.
        (Pass, {"kind": "fox", "id": 1, "code": SECRET}),
        (list[Pass], [{"kind": "fox", "id": 1, "code": SECRET}]),
        (Wallet, {"id": 1, "held": {"kind": "fox", "id": 1, "code": SECRET}}),
    ],
)
def test_another_thing_than_the_declared_one_is_refused(kind: object, body: object) -> None:
    """Nothing of it is what the caller asked for."""
    with ScriptedServer(json_response(body)) as server, pytest.raises(UnexpectedResponse):
        SyncCaller(server.url).call(one(kind))
