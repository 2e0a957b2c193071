"""Bombs: what is small to write and large to handle is refused, for less than 200 MB.

Each is made at twice its bound or more, and has a twin at the bound, which is read and judged. How
long each takes is printed by `pytest -s`; nothing is held against a clock.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest

from runnersmith.openapi.document import MAX_REFERENCE, MAX_REFERENCES, Json
from runnersmith.reader import limits
from runnersmith.reader.limits import MAX_ALTERNATIVES, MAX_ENUM
from runnersmith.validate.explain import findings
from small_specs import LAMP_PATH, Schema, inside, lamp, small_spec

MEMORY = 200 << 10  # KiB, as the system counts it
# Far from what any of them takes: only what has no end is stopped.
PATIENCE = 120


@dataclass(frozen=True)
class Bomb:
    """A file for a number; what is said of one beyond the bound, and the bound itself."""

    text: Callable[[int], str]
    bound: int
    said: str
    suffix: str = ".json"
    beyond: int = 2


def described(**schemas: Json) -> Schema:
    """A spec with more components."""
    made = small_spec()
    inside(made, "components", "schemas").update(schemas)
    for name in schemas:
        lamp(made)[name.lower()] = {"$ref": f"#/components/schemas/{name}"}
    return made


def _laughs(levels: int) -> str:
    lines = ["a0: &a0 [" + ", ".join(["lol"] * 10) + "]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


def _enum(number: int) -> str:
    values: list[Json] = [f"value {n}" for n in range(number)]
    return json.dumps(described(E={"type": "string", "description": "E.", "enum": values}))


def _alternatives(number: int) -> str:
    each: list[Json] = [{"type": "string", "minLength": 1}]
    return json.dumps(described(E={"description": "E.", "oneOf": each * number}))


def _chain(number: int) -> str:
    made = small_spec()
    parameters: Schema = {
        f"P{n}": {"$ref": f"#/components/parameters/P{n + 1}"} for n in range(number - 1)
    }
    cast("list[Json]", inside(made, "paths", LAMP_PATH)["parameters"])[0] = {
        "$ref": "#/components/parameters/P0"
    }
    last = cast("list[Json]", inside(small_spec(), "paths", LAMP_PATH)["parameters"])[0]
    parameters[f"P{number - 1}"] = last
    inside(made, "components")["parameters"] = parameters
    return json.dumps(made)


def _name(length: int) -> str:
    name = "E" * (length - len("#/components/schemas/"))
    component: Schema = {"type": "string", "description": "E."}
    return json.dumps(described(**{name: component}))


def _steps(number: int) -> str:
    """Lists that stand so deep down that the steps to all of them are so many."""
    depth = 80
    return (
        '{"openapi": ' * (depth - 1)
        + f"[{', '.join(['[]'] * (number // depth))}]"
        + "}" * (depth - 1)
    )


def _many(number: int) -> str:
    """Components that each have two unknown fields."""
    wrong: Schema = {"type": "string", "description": "E.", "tyype": 1}
    return json.dumps(described(**{f"E{n}": wrong for n in range(number)}))


BOMBS = {
    "YAML bytes": Bomb(
        lambda n: "#" * n + "\na: 1", limits.MAX_YAML_BYTES - 5, "larger than 8 MiB", ".yaml"
    ),
    "JSON bytes": Bomb(lambda n: " " * n + "{}", limits.MAX_JSON_BYTES - 2, "larger than 32 MiB"),
    "YAML values": Bomb(
        lambda n: "a: [" + "[]," * (n - 3) + "[]]",
        limits.MAX_YAML_VALUES,
        "more than 200000 values",
        ".yaml",
    ),
    "JSON values": Bomb(
        lambda n: '{"a": [' + "[]," * (n - 3) + "[]]}",
        limits.MAX_JSON_VALUES,
        "more than 500000 values",
        beyond=20,
    ),
    "JSON numbers": Bomb(
        lambda n: "[" + "0," * (n - 2) + "0]", limits.MAX_JSON_VALUES, "more than 500000 values"
    ),
    "steps": Bomb(_steps, limits.MAX_STEPS - 10_000, "too many deeply nested values"),
    "steps in YAML": Bomb(
        _steps, limits.MAX_STEPS - 10_000, "too many deeply nested values", ".yaml"
    ),
    "aliases": Bomb(_laughs, 5, "more than 200000 values, its aliases written out", ".yaml"),
    "aliases of a long text": Bomb(
        lambda n: f"a: &a {'x' * 1_000_000}\nb: [{', '.join(['*a'] * n)}]\n",
        (limits.MAX_CHARACTERS // 1_000_000) - 1,
        "more than 33554432 characters, its aliases written out",
        ".yaml",
    ),
    "anchors": Bomb(
        lambda n: "".join(f"- &a{i} x\n" for i in range(n - 2)) + "- *a1\n",
        limits.MAX_YAML_VALUES,
        "more than 200000 values",
        ".yaml",
    ),
    "depth in YAML": Bomb(
        lambda n: "a: " + "[" * (n - 1) + "]" * (n - 1),
        limits.MAX_DEPTH,
        "nested deeper than 100 levels",
        ".yaml",
        30,
    ),
    "depth in blocks": Bomb(
        lambda n: "".join(f"{' ' * i}a:\n" for i in range(n)),
        limits.MAX_DEPTH,
        "nested deeper than 100 levels",
        ".yaml",
        30,
    ),
    "depth in JSON": Bomb(
        lambda n: "[" * n + "]" * n, limits.MAX_DEPTH, "nested deeper than 100 levels", ".json", 30
    ),
    "depth without an end": Bomb(
        lambda n: "[" * n + "]" * (n if n == limits.MAX_DEPTH else 0),
        limits.MAX_DEPTH,
        "nested deeper than 100 levels",
        ".yaml",
        5_000,
    ),
    "directives": Bomb(
        lambda n: "".join(f"%TAG !a{i}! x\n" for i in range(n)) + "---\na: 1",
        0,
        "tags are not supported",
        ".yaml",
    ),
    "duplicate keys": Bomb(
        lambda n: "a: 1\n" * n, limits.MAX_PROBLEMS + 1, "more than 1000 problems", ".yaml", 100
    ),
    "enum": Bomb(_enum, MAX_ENUM, f"enum lists more than {MAX_ENUM} values", beyond=100),
    "alternatives": Bomb(
        _alternatives, MAX_ALTERNATIVES, f"oneOf lists more than {MAX_ALTERNATIVES} values"
    ),
    "references": Bomb(_chain, MAX_REFERENCES - 1, "through more than 20 others", beyond=500),
    "a long name": Bomb(_name, MAX_REFERENCE, "$ref is longer than 1000 characters", beyond=1_000),
    "findings": Bomb(_many, 500, "more than 1000 problems", beyond=40),
}


def _judged(folder: Path, files: dict[str, str]) -> dict[str, dict[str, object]]:
    """What is said of each file, and what that took: each in a process of its own."""
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    run = subprocess.run(
        [sys.executable, "-c", _JUDGE, str(folder), *files],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert run.stderr == ""
    return cast("dict[str, dict[str, object]]", json.loads(run.stdout))


_JUDGE = """
import json, os, sys, time
from pathlib import Path
from runnersmith import pipeline
from runnersmith.problems import SpecError
from runnersmith.validate.openapi import metaschema

metaschema._validator("3.1")  # what any run has in memory
report = {}
for name in sys.argv[2:]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        started = time.perf_counter()
        try:
            problems = pipeline.examine(Path(sys.argv[1], name), "s", "curated")
        except SpecError as error:
            problems = error.problems
        # The last says why it ended, and there may be many before.
        said = [str(problem) for problem in (*problems[:3], *problems[-3:])]
        answer = {"said": said, "seconds": time.perf_counter() - started, "problems": len(problems)}
        os.write(writing, json.dumps(answer).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        answer = stream.read()
    _, status, used = os.wait4(child, 0)
    report[name] = {"status": status, "memory": used.ru_maxrss, **json.loads(answer or "{}")}
print(json.dumps(report))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_and_its_twin_is_read(name: str, tmp_path: Path) -> None:
    """Beyond a bound, that is what is said, and it costs little; at the bound it is not."""
    bomb = BOMBS[name]
    files = {
        f"bomb{bomb.suffix}": bomb.text((bomb.bound or 1_000) * bomb.beyond),
        f"twin{bomb.suffix}": bomb.text(bomb.bound),
    }
    found = _judged(tmp_path, files)
    beyond, within = (found[file] for file in files)
    for label, answer in (("bomb", beyond), ("twin", within)):
        memory = cast(int, answer["memory"]) >> 10
        print(f"{name}, {label}: {answer['seconds']:.2f} s, {memory} MB, {answer['problems']}")
    assert (beyond["status"], within["status"]) == (0, 0)
    assert any(bomb.said in said for said in cast("list[str]", beyond["said"])), beyond
    assert not any(bomb.said in said for said in cast("list[str]", within["said"])), within
    assert cast(int, beyond["memory"]) < MEMORY
    assert cast(int, within["memory"]) < 2 * MEMORY


def _deep_30(values: int) -> str:
    """A spec of 3.0, of which each level is one of two alternatives, with a mistake at the end."""
    schema: Schema = {
        "type": "object",
        "properties": {**{f"p{n}": {"type": "string"} for n in range(values)}, "x": {"type": 3}},
    }
    for _ in range(30):
        schema = {"type": "object", "properties": {"a": schema}}
    return json.dumps({**described(A={**schema, "description": "A."}), "openapi": "3.0.0"})


def _branches(depth: int) -> str:
    """An example that fits no alternative of a schema that holds itself twice."""
    value: Json = "s"
    for _ in range(depth):
        value = {"a": value}
    each: Schema = {
        "type": "object",
        "properties": {"a": {"$ref": "#/components/schemas/A"}},
    }
    schema: Schema = {"description": "A.", "oneOf": [each, each], "example": value}
    return json.dumps(described(A=schema))


@pytest.mark.parametrize(
    ("text", "twin"),
    [(_deep_30(20_000), _deep_30(100)), (_branches(60), _branches(4))],
    ids=["wide and deep", "alternatives of alternatives"],
)
def test_what_cannot_be_explained_is_refused_as_a_whole(
    text: str, twin: str, tmp_path: Path
) -> None:
    """Where to say what is wrong would take gigabytes, or ages, that is said; else, what it is."""
    found = _judged(tmp_path, {"bomb.json": text, "twin.json": twin})
    assert any(findings.TOO_LARGE in said for said in cast("list[str]", found["bomb.json"]["said"]))
    assert not any(findings.TOO_LARGE in s for s in cast("list[str]", found["twin.json"]["said"]))
    assert cast(int, found["twin.json"]["problems"]) > 0
    assert cast(int, found["bomb.json"]["memory"]) < MEMORY


def _linked(components: int) -> str:
    """Components with an example each. Every one leads to all others, so each is as large."""
    made: Schema = {
        f"E{n}": {
            "type": "object",
            "description": "E.",
            "properties": {"next": {"$ref": f"#/components/schemas/E{(n + 1) % components}"}},
            "example": {"next": {}},
        }
        for n in range(components)
    }
    return json.dumps(described(**made))


def test_examples_of_linked_schemas_take_little_memory(tmp_path: Path) -> None:
    """A compiled schema has a copy of all that it leads to. Only one is in memory at a time."""
    found = _judged(tmp_path, {"linked.json": _linked(600)})["linked.json"]
    assert found["status"] == 0
    assert cast(int, found["memory"]) < MEMORY


def test_githubs_whole_description_would_fit() -> None:
    """The bounds leave room for what they are made for: its size as of 2026, and half as much."""
    assert limits.MAX_JSON_BYTES > 1.5 * 14_134_894
    assert limits.MAX_JSON_VALUES > 1.5 * 278_064
    assert limits.MAX_STEPS > 1.5 * 2_206_942
    assert limits.MAX_DEPTH > 1.5 * 21
