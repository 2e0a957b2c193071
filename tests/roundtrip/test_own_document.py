"""Round trips of a document that is not ours, by RUNNERSMITH_ROUND_TRIP_DOCUMENT."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_DOCUMENT = """
openapi: 3.1.0
info: {title: Own, version: "1"}
servers: [{url: https://own.example}]
paths:
  /pets:
    get:
      operationId: list
      responses:
        "200": {description: All., content: {application/json: {schema: {type: array, items: {type: integer}}}}}
  /left/out:
    get:
      operationId: left
      parameters: [{name: "a\tb", in: header, schema: {type: string}}]
      responses: {"204": {description: Done.}}
"""


def test_another_document_can_be_tried(tmp_path: Path) -> None:
    """Its operations are called, and not those of ours; what is left out is shown as skipped."""
    path = tmp_path / "own.yaml"
    path.write_text(_DOCUMENT, "utf-8")
    made = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-p", "no:cacheprovider", "-q", "-rs"),
            str(_ROOT / "tests/roundtrip/test_round_trips.py"),
        ],
        cwd=_ROOT,
        env={
            **os.environ,
            "RUNNERSMITH_ROUND_TRIPS": "2",
            "RUNNERSMITH_ROUND_TRIP_DOCUMENT": str(path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout
    assert "1 passed, 1 skipped" in made.stdout
    assert "the generator has left it out" in made.stdout
