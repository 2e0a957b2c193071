"""Length of the programs in `generated/examples` beside the same ones on githubkit.

Run by hand: `.venv/bin/python tests/bench/recipes.py`. It counts the lines with code: no blank
lines, comments and docstrings. `recipes_elsewhere/` has the programs on githubkit, which comes from
`peers.lock`. Both sides are formatted by black, have the same options, and behave alike: lists that
move are read again, a runner is gone only if it is 404, and a write whose outcome is unknown is
looked up. First, those on githubkit play the scenarios of `tests/programs`.
"""

from __future__ import annotations

import ast
import io
import sys
import tempfile
import tokenize
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from bench.measure import peers
from programs.scenarios import SCENARIOS, play

HERE = Path(__file__).parent
OURS = HERE.parent.parent / "generated" / "examples"
THEIRS = HERE / "recipes_elsewhere"
TARGET = 2 / 3

_NO_CODE = {
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENCODING,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
}


def code_lines(text: str) -> int:
    """Return the number of lines with code."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            if ast.get_docstring(node) is not None:
                lines.difference_update(range(first.lineno, (first.end_lineno or 0) + 1))
    return len(lines)


def rows() -> list[tuple[str, int, int]]:
    """Return the lines of each program, ours and theirs."""
    found: list[tuple[str, int, int]] = []
    for path in sorted(THEIRS.glob("*.py")):
        ours, theirs = (
            code_lines((folder / path.name).read_text(encoding="utf-8"))
            for folder in (OURS, THEIRS)
        )
        found.append((path.stem, ours, theirs))
    return found


def main() -> int:
    """Print the table; 1 if a program is longer than the target."""
    python = str(peers())
    for scenario in SCENARIOS:
        with tempfile.TemporaryDirectory() as folder:
            script = THEIRS / f"{scenario.program}.py"
            # githubkit does not correct the clock of an App by the server's.
            play(scenario, python, script, Path(folder), start=datetime.now(UTC))
    found = rows()
    ours = sum(mine for _, mine, _ in found)
    theirs = sum(other for _, _, other in found)
    print("| program | ghrunners | githubkit | ratio |\n|---|---|---|---|")
    for name, mine, other in [*found, ("together", ours, theirs)]:
        print(f"| `{name}` | {mine} | {other} | {mine / other:.2f} |")
    return int(any(mine > TARGET * other for _, mine, other in found))


if __name__ == "__main__":
    sys.exit(main())
