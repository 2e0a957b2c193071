"""Round trips of the operations of any document, as `tests/roundtrip` makes them of our own.

Run by hand: `.venv/bin/python tests/bench/round_trips.py DOCUMENT [EXAMPLES [PART]]`. Generates the
client, makes random calls of every operation whose method and path contain PART, sync and async,
and prints the first difference of each.
"""

from __future__ import annotations

import json
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

# Instead of this folder, which has a `client` too.
sys.path.remove(str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent))
from hypothesis import Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from roundtrip.description import Description
from roundtrip.exchanges import RANDOM, Exchanges
from runnersmith import pipeline
from small_specs import project, write_files

PACKAGE = "described"


def main(document: str, examples: str = "20", part: str = "") -> int:
    """Check a document; return the exit status."""
    path = Path(document)
    description = Description.load(path)
    with tempfile.TemporaryDirectory() as scratch:
        produced = pipeline.produce(project(path, Path(scratch) / "output", PACKAGE))
        write_files(Path(scratch), dict(produced.files))
        sys.path.insert(0, scratch)
        warnings.simplefilter("error")
        counts: Counter[str] = Counter()
        with Exchanges(description, produced.built.api, PACKAGE) as exchanges:
            for operation in description.operations():
                if part not in operation.label:
                    continue
                if exchanges.method(operation) is None:
                    counts["not in the client"] += 1
                    continue
                problem = difference(exchanges, operation.label, int(examples))
                counts["untried" if problem == UNTRIED else "different" if problem else "same"] += 1
                if problem:
                    print(f"{operation.label}: {problem}", flush=True)
    print(json.dumps(counts))
    return 1 if counts["different"] else 0


UNTRIED = "no valid example was found"


def difference(exchanges: Exchanges, label: str, examples: int) -> str:
    """Return the first difference of an operation; empty if there is none."""

    @seed(1)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=RANDOM,
        report_multiple_bugs=False,
    )
    @given(st.data())
    def holds(data: Any) -> None:
        exchanges.check(data.draw, label)

    try:
        holds()
    except Unsatisfiable:
        return UNTRIED
    except Exception as error:  # noqa: BLE001 - any of them is printed
        return f"{type(error).__name__}: {str(error)[:600]}"
    return ""


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
