"""Validation: each folder of tests/cases with a problems.txt, and what no folder can show."""

from __future__ import annotations

import copy
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from runnersmith import reader
from runnersmith.openapi.document import Document, Json
from runnersmith.problems import Problem, SpecError
from runnersmith.validate import Level, validate

CASES = Path(__file__).parents[1] / "cases"
JUDGED = sorted(file.parent.name for file in CASES.glob("*/problems.txt"))
SCHEMA = Path(cast(str, sys.modules[validate.__module__].__file__)).parent.joinpath(
    "extension", "extensions.schema.json"
)


def problems_of(folder: Path) -> tuple[Problem, ...]:
    """What reading and validating a case's spec finds."""
    stated = folder / "level"
    level = stated.read_text("utf-8").strip() if stated.exists() else "curated"
    try:
        document = reader.load(folder / "spec.yaml", name="spec.yaml")
    except SpecError as error:
        return error.problems
    return validate(document, cast(Level, level))


@pytest.mark.parametrize("case", JUDGED)
def test_case(case: str, update: bool) -> None:
    """Every problem is found, each at its place and in these words, and no other."""
    expected = CASES / case / "problems.txt"
    found = "".join(f"{problem}\n" for problem in problems_of(CASES / case))
    if update:
        expected.write_text(found, "utf-8", newline="\n")
    assert found == expected.read_text("utf-8")


@pytest.mark.parametrize("case", JUDGED)
def test_messages_are_one_printable_line(case: str) -> None:
    """Nothing of a spec reaches the terminal unescaped, and no message is a dump of it."""
    for problem in problems_of(CASES / case):
        assert problem.message.isprintable()
        assert len(problem.message) < 250


def test_valid_twins_are_valid() -> None:
    """No `--update` can make a twin that is rejected look right."""
    twins = [case for case in JUDGED if case.startswith("valid-")]
    assert len(twins) >= 7
    assert [case for case in twins if problems_of(CASES / case)] == []


def test_every_planted_mistake_is_reported_at_once() -> None:
    """Each line that is marked as a mistake is reported, and no line that is not."""
    lines = (CASES / "planted" / "spec.yaml").read_text("utf-8").splitlines()
    planted = {number for number, line in enumerate(lines, 1) if "# planted: " in line}
    assert len(planted) >= 20
    assert {problem.place.line for problem in problems_of(CASES / "planted")} == planted


def test_foreign_findings_are_the_curated_ones_with_warnings() -> None:
    """The levels differ in severity only, missing extensions of single operations aside."""
    document = reader.load(CASES / "foreign-errors" / "spec.yaml")
    foreign, curated = validate(document, "foreign"), validate(document, "curated")
    assert {problem.severity for problem in curated} == {"error"}
    assert {problem.severity for problem in foreign} == {"error", "warning"}
    added = {(p.place, p.message) for p in curated} - {(p.place, p.message) for p in foreign}
    assert ["x-runnersmith" in message for _, message in added] == [True]


def test_problems_of_json_have_places() -> None:
    """A JSON description is read without places, which are found when there is a problem."""
    text = b'{"openapi": "3.1.0",\n "info": {"title": "Lamps"},\n "paths": {}}'
    found = validate(reader.parse(text, name="lamps.json", suffix=".json"), "foreign")
    assert 'lamps.json:2:2: warning: an info object needs "version"; add it' in map(str, found)


def test_no_reference_is_fetched() -> None:
    """A reference to the network is rejected without a connection, also where examples need it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        text = (CASES / "reference-out-of-the-file" / "spec.yaml").read_text("utf-8")
        local = f"http://127.0.0.1:{server.getsockname()[1]}/lamps.json"
        used = text.replace('{$ref: "lamps.yaml#/Lamp"}', f'{{$ref: "{local}", example: 1}}')
        found = validate(reader.parse(used.encode(), name="spec.yaml"), "curated")
        assert [problem for problem in found if local in problem.message]
        with pytest.raises(BlockingIOError):
            server.accept()


# ── Against openapi-spec-validator itself ────────────────────────────────────────────────────


def complaints(data: Json) -> list[str]:
    """What openapi-spec-validator finds, its keyword checks included."""
    assert isinstance(data, dict)
    is_30 = str(data.get("openapi")).startswith("3.0")
    validator = OpenAPIV30SpecValidator if is_30 else OpenAPIV31SpecValidator
    return [str(error) for error in validator(data).iter_errors()]


def mutants(data: Json) -> Iterator[tuple[str, Json]]:
    """The document with each of its values removed, or replaced by another kind of value."""
    kinds: dict[str, Json] = {"no": None, "number": 7, "text": "x", "list": [1], "map": {}}
    for path in paths_of(data, ()):
        for what, value in kinds.items():
            mutant = copy.deepcopy(data)
            owner = mutant
            for step in path[:-1]:
                owner = child(owner, step)
            if isinstance(owner, list) and isinstance(path[-1], int):
                owner[path[-1] : path[-1] + 1] = [] if what == "no" else [value]
            elif isinstance(owner, dict) and what == "no":
                del owner[str(path[-1])]
            elif isinstance(owner, dict):
                owner[str(path[-1])] = value
            yield f"{what} at {path}", mutant


def child(owner: Json, step: str | int) -> Json:
    if isinstance(owner, list):
        return owner[int(step)]
    assert isinstance(owner, dict)
    return owner[str(step)]


def paths_of(data: Json, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    if isinstance(data, dict):
        for key, value in data.items():
            yield from paths_of(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from paths_of(value, (*path, index))


@pytest.mark.parametrize("case", ["valid-minimal", "valid-openapi-3.0", "valid-examples"])
def test_nothing_that_openapi_spec_validator_refuses_passes(case: str) -> None:
    """No mutation of a valid spec raises, and what openapi-spec-validator refuses, so do we."""
    data = reader.load(CASES / case / "spec.yaml").data
    assert complaints(data) == []
    refused = 0
    for name, mutant in mutants(data):
        found = validate(Document(name="mutant", data=mutant, locate=dict), "foreign")
        refused += any(problem.severity == "error" for problem in found)
        if not found or all("x-runnersmith" in problem.message for problem in found):
            assert (name, complaints(mutant)) == (name, [])
    assert refused > 100


# ── The schema of the extension, and what a run loads ────────────────────────────────────────


def test_the_schema_of_the_extension_is_valid_and_closed() -> None:
    """It is JSON Schema 2020-12, and no object in it takes fields that it does not name."""
    schema = yaml.safe_load(SCHEMA.read_text("utf-8"))
    jsonschema_rs.meta.validate(schema)
    objects = {name: part for name, part in schema["$defs"].items() if "properties" in part}
    assert {"document", "operation", "component", "property"} <= objects.keys()
    assert [name for name, part in objects.items() if part["additionalProperties"]] == []


def test_validation_loads_no_heavy_library() -> None:
    """openapi-spec-validator is read, not imported: that alone would take longer than the rest."""
    spec = CASES / "valid-minimal" / "spec.yaml"
    script = (
        "import sys; from pathlib import Path; from runnersmith import reader; "
        "from runnersmith.validate import validate; "
        f"assert validate(reader.load(Path({str(spec)!r})), 'curated') == (); "
        "print({'pydantic', 'jsonschema', 'openapi_spec_validator'} & sys.modules.keys())"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
