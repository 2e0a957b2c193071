"""Round trips of random calls and responses, for all operations of several documents.

These differences are listed, and no others are accepted:

| difference | reason |
|---|---|
| `1.0` and `1` | JSON has one kind of number |
| an integer is never drawn as `1.0` | OpenAPI 3.0 has none with a fraction; the client warns of one |
| another spelling of the same instant | a date-time is a `datetime` |
| an absent property reads as None | a class has the attribute, whatever the response has |
| an absent tag reads as its only value | it is the class of the object, which is sent with it |
| an optional body without a property is not sent | `extra={}` sends it |
| an empty list or object in a style is absent | RFC 6570 has no text for it |
| null and delimiters are not drawn for a style | no style has a text for them |
| a path has no empty text, no `.` and `..`, no control characters | they would be another path |
| a header has visible ASCII characters | RFC 9110 allows no others |
| `Accept`, `Authorization`, `Content-Type`, `Cookie` and such are not drawn | clients set them |
| a text has the characters of its charset only | no others can be sent |
| text in a media type that is not `text/*` is bytes | nothing says in which encoding |
| a form has no undeclared fields unless the schema says so | it is closed |
| `{nullable: true}` as an alternative is null | nobody writes it for any value |
| parameters side by side in a path are not tried | nothing tells them apart |
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lowering.foreign_packages import FOREIGN, generated_package
from roundtrip.description import Description
from roundtrip.exchanges import RANDOM, Exchanges
from runnersmith import ir, pipeline
from small_specs import project, write_files

# CONTRIBUTING.md describes both: the examples of each operation, and a document instead of ours.
EXAMPLES = int(os.environ.get("RUNNERSMITH_ROUND_TRIPS", "10"))
OWN = os.environ.get("RUNNERSMITH_ROUND_TRIP_DOCUMENT")
DOCUMENTS = ("bazaar", "harbour", "library", "museum", "names", "payments", "shelter")
PATHS = (
    {name: FOREIGN / f"{name}.yaml" for name in DOCUMENTS}
    if OWN is None
    else {"own_document": Path(OWN)}
)
DESCRIPTIONS = {name: Description.load(path) for name, path in PATHS.items()}
OPERATIONS = [
    (name, operation.label)
    for name, description in DESCRIPTIONS.items()
    for operation in description.operations()
    if "}{" not in operation.path
]


@pytest.fixture(scope="module")
def apis(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, ir.Api]]:
    """The IR of each document, whose package can be imported."""
    if OWN is None:
        request.getfixturevalue("packages")
        yield {name: generated_package(name).built.api for name in PATHS}
        return
    [(name, path)] = PATHS.items()
    folder = tmp_path_factory.mktemp("own")
    made = pipeline.produce(project(path, folder / "output", package=name))
    write_files(folder, {it: text for it, text in made.files.items() if it.startswith(f"{name}/")})
    sys.path.insert(0, str(folder))
    yield {name: made.built.api}
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def exchanges(apis: dict[str, ir.Api]) -> Iterator[dict[str, Exchanges]]:
    """A client and a server for each document."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(Exchanges(DESCRIPTIONS[name], api, name))
            for name, api in apis.items()
        }


@pytest.mark.parametrize(("document", "label"), OPERATIONS)
def test_both_sides_have_the_same_values(
    exchanges: dict[str, Exchanges], document: str, label: str
) -> None:
    """Sync and async: the server finds what was given, and the call returns what was sent."""
    sides = exchanges[document]
    if OWN is not None and sides.method(sides.operations[label]) is None:
        pytest.skip("the generator has left it out")

    @settings(max_examples=EXAMPLES, suppress_health_check=RANDOM)
    @given(st.data())
    def holds(data: Any) -> None:
        sides.check(data.draw, label)

    holds()
