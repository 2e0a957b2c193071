"""Documents that went wrong: whatever stands in one, it is read, or refused in words of ours."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterator
from typing import NamedTuple, cast

import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from lowering.foreign_packages import FOREIGN, SPECS
from runnersmith.lowering import build_foreign
from runnersmith.openapi.document import Json, Pointer
from runnersmith.problems import SpecError, errors
from runnersmith.validate import validate
from small_specs import document, made

VALUES = cast(
    "list[Json]",
    json.loads("""[
        null, true, 0, -1, 1.5, "", "x", "\\u043a\\u043b", "#/components/schemas/Cat", [], {}, ["x"], [null],
        {"$ref": "#/nowhere"}, {"type": "null"}, {"const": null}, {"items": false}, {"not": {}},
        {"oneOf": []}, {"anyOf": [{"type": "null"}]}, {"allOf": [{}]}, {"enum": []},
        {"enum": [1, "1", null, 1.5, [], {}]}, {"type": ["object", "array", "null"]},
        {"type": "object", "properties": {"class": {}, "self": {}, "a-b": {}, "list": {"items": {}}}},
        {"type": "array", "items": {"type": "string", "format": "binary"}},
        {"oneOf": [{"type": "integer"}, {"type": "number"}], "properties": {}},
        {"additionalProperties": {"$ref": "#/components/schemas/Animal"}, "nullable": true}
    ]"""),
)
KEYS = """allOf oneOf anyOf nullable type discriminator items properties additionalProperties style content
required const readOnly default $ref parameters servers security tags""".split()


class Change(NamedTuple):
    """A change at the n-th place of a document: a value, or what stands at its n-th place.

    It takes the place of what is there, or goes under a new key beside it. Places are counted round.
    """

    place: int
    key: str | None
    value: Json
    source: int | None

    def apply(self, found: dict[str, Json]) -> None:
        every = list(places(found))
        *above, last = every[self.place % len(every)]
        holder = at(found, tuple(above))
        other = self.value if self.source is None else at(found, every[self.source % len(every)])
        if isinstance(holder, list):
            holder[int(last)] = copy.deepcopy(other)
        elif isinstance(holder, dict):
            holder[self.key or str(last)] = copy.deepcopy(other)


# More than any of the documents has.
PLACES = some.sampled_from(range(10_000))
CHANGES = some.lists(
    some.builds(
        Change,
        PLACES,
        some.none() | some.sampled_from(KEYS),
        some.sampled_from(VALUES),
        some.none() | PLACES,
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=80, phases=[Phase.generate])  # to shrink one takes minutes
@given(some.sampled_from(SPECS), CHANGES)
def test_a_document_that_went_wrong_is_read_or_refused(name: str, changes: list[Change]) -> None:
    """No other error, and no client that is not Python."""
    mutant: dict[str, Json] = json.loads(as_json(name))
    for change in changes:
        change.apply(mutant)
    loaded = document(mutant, tolerant=True)
    try:
        unsound = errors(validate(loaded, "foreign"))
        built = build_foreign(loaded, "mutant", unsound, skip_unsupported=True)
    except SpecError:
        return
    for path, text in made(built.api).rendered.items():
        if path.endswith(".py"):
            compile(text, path, "exec")


@functools.cache
def as_json(name: str) -> str:
    """A document as JSON, dates as text."""
    text = (FOREIGN / f"{name}.yaml").read_text(encoding="utf-8")
    return json.dumps(yaml.safe_load(text), default=str)


def places(value: Json, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Every place below a value."""
    steps = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    )
    for step, child in steps:
        yield (*pointer, step)
        yield from places(child, (*pointer, step))


def at(value: Json, pointer: Pointer) -> Json:
    for step in pointer:
        value = (
            value[str(step)] if isinstance(value, dict) else cast("list[Json]", value)[int(step)]
        )
    return value
