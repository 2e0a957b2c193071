"""Round trips of random calls and responses, for all operations of several documents."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lowering.foreign_packages import FOREIGN, generated_package
from roundtrip.description import Description
from roundtrip.exchanges import Exchanges

# More examples of each operation, to look for what the few do not show.
EXAMPLES = int(os.environ.get("RUNNERSMITH_ROUND_TRIPS", "10"))
DOCUMENTS = ("bazaar", "library", "museum", "payments", "shelter")
DESCRIPTIONS = {name: Description.load(FOREIGN / f"{name}.yaml") for name in DOCUMENTS}
OPERATIONS = [
    (name, operation.label)
    for name, description in DESCRIPTIONS.items()
    for operation in description.operations()
]


@pytest.fixture(scope="module")
def exchanges(packages: Path) -> Iterator[dict[str, Exchanges]]:
    """A client and a server for each document."""
    assert packages.exists()
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                Exchanges(DESCRIPTIONS[name], generated_package(name).built.api, name)
            )
            for name in DOCUMENTS
        }


@pytest.mark.parametrize(("document", "label"), OPERATIONS)
def test_calls_and_responses_are_the_same_on_both_sides(
    exchanges: dict[str, Exchanges], document: str, label: str
) -> None:
    """Sync and async: the server finds what was given, and the call returns what was sent."""

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def holds(data: Any) -> None:
        exchanges[document].check(data.draw, label)

    holds()
