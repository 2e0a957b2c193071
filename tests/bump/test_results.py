"""Results of an operation that another API version does not have: a union, or another method."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bump.bump_project import NEXT, copied, corrections, official
from bump.random_bumps import NAME, PACKAGE, generate, outcome
from compare.comparison_specs import GONE
from runnersmith.openapi.document import Json

DELETE = "#/paths/~1orgs~1{org}~1actions~1runners~1{runner_id}/delete/responses"
JIT = "#/paths/~1orgs~1{org}~1actions~1runners~1generate-jitconfig/post/responses"
WITH_RUNNER: Json = {
    "description": "Response",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/runner"}}},
}
# What changes -> a call with its result.
CHANGES: dict[str, tuple[dict[str, Json], str, str]] = {
    "content with another status": (
        {f"{DELETE}/204": GONE, f"{DELETE}/202": WITH_RUNNER},
        "delete(7)",
        "machines.models.Runner | None",
    ),
    "no content with another status": (
        {f"{JIT}/201": GONE, f"{JIT}/204": {"description": "Response"}},
        'generate_jit_config(name="a-1", labels=["gpu"])',
        "machines.models.JitConfig | None",
    ),
    "no content with the same status": (
        {f"{JIT}/201/content": GONE},
        'generate_jit_config_without_result(name="a-1", labels=["gpu"])',
        "None",
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_results_of_all_versions_have_a_type(change: str, tmp_path: Path, mypy_cache: Path) -> None:
    """The client is valid, and mypy sees the result of the call as stated."""
    changes, call, result = CHANGES[change]
    spec = copied(tmp_path).spec
    found = outcome(spec, official(changes), corrections(), NEXT)
    assert (found.problems, found.older_kept) == ((), True)
    generate(tmp_path / NAME, tmp_path)
    code = f"import machines.models\n\ndef call(client: machines.Client) -> {result}:\n"
    returned = f"client.org('acme').runners.{call}"
    body = f"    {returned}\n" if result == "None" else f"    return {returned}\n"
    (tmp_path / "use.py").write_text(code + body, encoding="utf-8")
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "--cache-dir",
            str(mypy_cache),
            PACKAGE,
            "use.py",
        ],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
