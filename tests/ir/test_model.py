"""Values of the IR: frozen, with named fields, and distinguished by their kind."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from typing import cast

import msgspec
import pytest

from runnersmith import ir
from runnersmith.lowering import build
from runnersmith.openapi.document import Document
from runnersmith.reader import load
from small_specs import (
    CASES,
)


def _classes() -> list[type]:
    return [
        value
        for value in vars(ir).values()
        if isinstance(value, type) and dataclasses.is_dataclass(value)
    ]


def _parts(value: object) -> Iterator[object]:
    """A value of the IR and every one inside it."""
    if isinstance(value, tuple):
        for item in cast(tuple[object, ...], value):
            yield from _parts(item)
    elif dataclasses.is_dataclass(value):
        yield value
        for field in dataclasses.fields(value):
            yield from _parts(getattr(value, field.name))


def test_the_ir_is_frozen() -> None:
    """No value of the IR can be changed, nor given something that it has no field for."""
    values = [*_parts(_built(load(CASES / "documentation" / "spec.yaml")))]
    assert len({type(value) for value in values}) >= 12
    for value in values:
        for name in ("description", "name", "kind", "other"):
            with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
                setattr(value, name, "changed")


def test_the_ir_has_named_fields_only() -> None:
    """A class of the IR is made with names, so that a field more breaks nobody's order."""
    for kind in _classes():
        assert all(field.kw_only for field in dataclasses.fields(kind)), kind
    assert len(_classes()) >= 15


def test_types_can_be_told_apart_by_their_kind() -> None:
    """In JSON, each class of type says which one it is."""
    kinds = [
        field.default
        for kind in _classes()
        for field in dataclasses.fields(kind)
        if field.name == "kind"
    ]
    assert len(kinds) == len(set(kinds)) == 7


@pytest.mark.parametrize("case", ["documentation", "recursive-models", "renamed-names"])
def test_the_ir_is_the_same_for_the_same_document(case: str) -> None:
    """Building is pure: twice the same, as a value and as JSON, and the document unchanged."""
    loaded = load(CASES / case / "spec.yaml")
    before = json.dumps(loaded.data)
    first, second = (_built(loaded) for _ in range(2))
    assert first == second
    assert msgspec.json.encode(first) == msgspec.json.encode(second)
    assert hash(first) == hash(second)
    assert json.dumps(loaded.data) == before


def _built(loaded: Document) -> ir.Api:
    return build(loaded, "example")
