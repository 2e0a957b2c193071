"""Documents that went wrong: whatever stands in one, it is read, or refused in words of ours."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
import yaml

from foreigners import FOREIGN, SPECS
from generating import document, made
from runnersmith.lowering import build_foreign
from runnersmith.openapi.document import Json, Pointer
from runnersmith.problems import SpecError, errors
from runnersmith.validate import validate

# Each seed is a document and one to three changes of it; more are tried by hand, from another one on.
SEEDS = range(48)

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


@pytest.mark.parametrize("seed", SEEDS)
def test_a_document_that_went_wrong_is_read_or_refused(seed: int) -> None:
    """No other error, and no client that is not Python."""
    loaded = document(mutant(random.Random(seed)))  # noqa: S311 - the same each time
    try:
        unsound = errors(validate(loaded, "foreign"))
        built = build_foreign(loaded, "mutant", unsound, skip_unsupported=True)
    except SpecError:
        return
    for path, text in made(built.api).rendered.items():
        if path.endswith(".py"):
            compile(text, path, "exec")


def mutant(chance: random.Random) -> Json:
    """One of the documents, changed."""
    path = FOREIGN / f"{chance.choice(SPECS)}.yaml"
    found = cast("dict[str, Json]", json.loads(json.dumps(written(path), default=str)))
    for _ in range(chance.choice([1, 1, 2, 3])):
        change(found, chance)
    return found


def written(path: Path) -> Json:
    return cast("Json", yaml.safe_load(path.read_text(encoding="utf-8")))


def change(found: dict[str, Json], chance: random.Random) -> None:
    """Put a value, or a part of the document, where another one stands, or under a new key."""
    every = list(places(found))
    *above, last = chance.choice(every)
    holder = at(found, tuple(above))
    other = chance.choice([chance.choice(VALUES), at(found, chance.choice(every))])
    if isinstance(holder, list):
        holder[int(last)] = copy.deepcopy(other)
    elif isinstance(holder, dict):
        holder[chance.choice([str(last), chance.choice(KEYS)])] = copy.deepcopy(other)


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
