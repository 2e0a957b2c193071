"""Suppressed findings of type checkers and linters: each comment says why, in every tree."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TREES = (".github/scripts", "generated", "generator", "templates", "tests")
SUFFIXES = {".py", ".jinja"}

MARK = re.compile(
    r"#\s*(?:type:\s*ignore|(?:based)?pyright:\s*ignore|(?:ruff:\s*)?noqa)\b"
    r"(?:\[[^\]]*\]|:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?",
    re.IGNORECASE,
)
# What is written behind the last mark of a line.
REASON = re.compile(r"\s*(?:-|#)\s*[\w`]")


def suppressing(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines with a mark by number. In a string of a module, it suppresses nothing."""
    text = path.read_text(encoding="utf-8")
    if not MARK.search(text):
        return
    if path.suffix == ".py":
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        lines = [(it.start[0], it.string) for it in tokens if it.type == tokenize.COMMENT]
    else:
        lines = [*enumerate(text.splitlines(), 1)]
    yield from ((number, line) for number, line in lines if MARK.search(line))


def bare(path: Path) -> list[int]:
    """Return the numbers of lines that suppress something without saying why."""
    return [
        number
        for number, line in suppressing(path)
        if not REASON.match(line, max(it.end() for it in MARK.finditer(line)))
    ]


def sources() -> Iterator[Path]:
    for tree in TREES:
        for path in sorted((ROOT / tree).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                yield path


def test_every_suppressed_finding_has_its_reason() -> None:
    """In what is written by hand and in what is generated, for mypy, pyright and ruff."""
    found = [f"{path.relative_to(ROOT)}:{number}" for path in sources() for number in bare(path)]
    assert found == []


BARE = (
    "x = f()  # type: ignore[misc]",
    "x = f()  # type: ignore",
    "x = f()  # pyright: ignore[reportPrivateUsage]",
    "x = f()  # type: ignore[misc]  # pyright: ignore[reportPrivateUsage]",
    "x = f()  # noqa: S311",
    "x = f()  # noqa: A002, ARG002",
    "x = f()  # noqa",
    "x = f()  # type: ignore[misc] -",
    "# It is so.\nx = f()  # noqa: S311",
)
GIVEN = (
    "x = f()  # type: ignore[misc] - the point",
    "x = f()  # type: ignore[misc]  # the point",
    "x = f()  # type: ignore[misc]  # pyright: ignore[reportPrivateUsage] - the point",
    "x = f()  # noqa: A002, ARG002 - `id` is GitHub's",
    'x = "# noqa"',
)


@pytest.mark.parametrize("text", BARE)
@pytest.mark.parametrize("suffix", [".py", ".jinja"])
def test_a_bare_mark_is_found(text: str, suffix: str, tmp_path: Path) -> None:
    """Each mark that the tools know, alone and beside another one, in a module and a template."""
    path = tmp_path / f"module{suffix}"
    path.write_text(text, encoding="utf-8")
    assert bare(path) == [text.count("\n") + 1]


@pytest.mark.parametrize("text", GIVEN)
def test_a_mark_with_a_reason_is_not_found(text: str, tmp_path: Path) -> None:
    """The reason is behind the mark; a string with a mark in it suppresses nothing."""
    path = tmp_path / "module.py"
    path.write_text(text, encoding="utf-8")
    assert bare(path) == []
