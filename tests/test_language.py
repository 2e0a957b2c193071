"""Language of the documents, the generated package and the tests: phrases that must not come back.

Code blocks and code spans of Markdown are left out. Of Python, docstrings, messages and comments
are checked; of the tests, the openings of docstrings.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Written by hand, so wrapped and with a table of contents if they are long.
DOCUMENTS = (
    "*.md",
    "spec/*.md",
    "generator/*.md",
    "templates/*.md",
    "tests/bench/*.md",
    "tests/cases/**/README.md",
)
PRINTED = ("generated/*.md", "generated/docs/**/*.md", "generated/examples/*.md")
SETTINGS = ("Makefile", "pyproject.toml", ".github/workflows/*.yml", "spec/**/*.yaml")
TEMPLATES = ("templates/**/*.jinja", "templates/**/*.toml")
PYTHON = (
    "generated/examples/**/*.py",
    "generated/ghrunners/**/*.py",
    "templates/client/runtime/**/*.py",
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A pattern of whole words, the wording to use instead, and a sentence in which it occurs."""

    pattern: str
    instead: str
    example: str

    def found(self, text: str) -> list[str]:
        return [
            f"{match[0]!r}: write {self.instead}"
            for match in re.finditer(rf"\b(?:{self.pattern})\b", text, re.IGNORECASE)
        ]


PHRASES = (
    Phrase("repl(?:y|ies)", "response", "The replies have another shape."),
    Phrase("what (?:came|comes|becomes) of", "result, outcome", "It prints what comes of it."),
    Phrase("of ours", "our, without our extension", "A document that has nothing of ours in it."),
    Phrase("of (?:itself|themselves)", "directly", "Operations that either, of themselves, use."),
    Phrase("(?:do|does|did) not hinder", "has no effect", "It warns of what does not hinder."),
    Phrase("sign(?:ing|ed)?[- ]in", "authentication", "What a client says of signing in."),
    Phrase("(?:a|each|every|no|of|one) repeats?", "retry", "The pause before a repeat."),
    Phrase("left out,? (?:it|the|they)", "the default is", "Left out, it is the newest."),
    Phrase("sure to know", "certain to support", "The newest that the product is sure to know."),
    Phrase("(?:is|are) to (?:be|have|say)", "must", "Labels that the runner is to have."),
    Phrase(
        "where (?:there|it|one|that|this|none|nothing|they) "
        "(?:is|are|was|has|have|can|may|does|did|do)",
        "if, when",
        "The addresses, where it has any.",
    ),
    Phrase("of (?:its|their|one's) own", "its own, separate", "It is set by a method of its own."),
    Phrase("in place of an answer", "instead of a response", "What came in place of an answer."),
    Phrase("no answer came", "no response arrived", "What to look up when no answer came."),
    Phrase("wrong call", "usage error", "Exit status 2 is a wrong call."),
    Phrase("under way", "in progress, concurrently", "At most 100 requests are under way."),
    Phrase("costs? nothing of", "does not count against", "It costs nothing of the rate limit."),
    Phrase("time-outs?", "timeout", "After a lost connection or a time-out."),
    Phrase("look-ups?", "lookup", "The system's own look-up is not broken off."),
    Phrase("mend(?:s|ed|ing)?", "fix, correct", "Generated code is never mended by hand."),
    Phrase(
        "(?<!connection )(?:is|are|be|was) refused",
        "is rejected, raises, fails",
        "What is ambiguous is refused.",
    ),
    Phrase("at hand", "available", "The older version stays at hand."),
    Phrase(
        "(?:tell|tells|told) (?:it|them|one|two)? ?(?:apart|from)",
        "distinguish",
        "What tells it from its alternatives.",
    ),
    Phrase("made out of|made of", "created from, consists of", "What a runner can be made of."),
)

# The first words of a docstring that name nothing, or no action; the examples are source.
MODULE = Phrase("What", "a noun that names the thing", '"""What a call knows."""')
FUNCTION = Phrase(
    "Give|Tell|Say|Make of",
    "Return, Report, Print",
    'def late():\n    """Tell whether a call is late."""\n',
)


def paths(*patterns: str) -> list[Path]:
    found = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file()}
    return sorted(found)


def modules_of_tests() -> list[Path]:
    cases = ROOT / "tests" / "cases"
    return [path for path in paths("tests/**/*.py") if not path.is_relative_to(cases)]


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def words(path: Path) -> str:
    """The text of a file without code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return "\n".join([*strings(text), *comments(text)])
    if path.suffix in (".md", ".jinja"):
        return markdown(text)
    return text


def markdown(text: str) -> str:
    return re.sub(r"(`+)[^`].*?\1", "`", without_blocks(text), flags=re.DOTALL)


def without_blocks(text: str) -> str:
    return re.sub(r"^ *```.*?^ *```$", "", text, flags=re.DOTALL | re.MULTILINE)


def strings(source: str) -> Iterator[str]:
    """The docstrings and other texts of Python source, those within f-strings included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield " ".join(node.value.split())


def comments(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def misfit_openings(source: str) -> list[str]:
    """The docstrings of Python source that begin with words that they must not begin with."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
            opening = MODULE if isinstance(node, ast.Module) else FUNCTION
            text = ast.get_docstring(node) or ""
            if re.match(rf"(?:{opening.pattern})\b", text):
                found.append(f"{text.splitlines()[0]!r}: begin with {opening.instead}")
    return found


@pytest.mark.parametrize(
    "path", paths(*DOCUMENTS, *PRINTED, *SETTINGS, *TEMPLATES, *PYTHON), ids=name
)
def test_a_text_has_no_listed_phrase(path: Path) -> None:
    """In its prose, messages and comments."""
    text = " ".join(words(path).split())
    assert [found for phrase in PHRASES for found in phrase.found(text)] == []


@pytest.mark.parametrize("path", [*paths(*PYTHON), *modules_of_tests()], ids=name)
def test_a_docstring_begins_with_the_thing_or_the_action(path: Path) -> None:
    """A module's with a noun, a function's with the verb of the field."""
    assert misfit_openings(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", paths(*DOCUMENTS), ids=name)
def test_prose_is_wrapped(path: Path) -> None:
    """At 100, apart from tables."""
    lines = without_blocks(path.read_text(encoding="utf-8")).splitlines()
    assert [line for line in lines if len(line) > 100 and line[0] != "|"] == []


@pytest.mark.parametrize("path", paths(*DOCUMENTS, "generated/*.md"), ids=name)
def test_a_long_document_has_a_table_of_contents(path: Path) -> None:
    """If it has more than five headings, each has a link."""
    text = path.read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", without_blocks(text), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}
    linked = set(re.findall(r"\]\(#([\w-]+)\)", text))
    assert len(headings) <= 5 or anchors - {"contents"} <= linked


@pytest.mark.parametrize("phrase", PHRASES, ids=[phrase.pattern for phrase in PHRASES])
def test_a_planted_phrase_is_found(phrase: Phrase, tmp_path: Path) -> None:
    """In Markdown, in a docstring, in a message and in a comment; not in code."""
    planted, source = tmp_path / "planted.md", tmp_path / "planted.py"
    planted.write_text(f"# Title\n\n{phrase.example}\n", encoding="utf-8")
    assert phrase.found(words(planted))
    planted.write_text(f"```console\n$ {phrase.example}\n```\n`{phrase.example}`\n", "utf-8")
    assert not phrase.found(words(planted))
    for code in (
        f'"""{phrase.example}"""\n',
        f'fail(f"{phrase.example}")\n',
        f"# {phrase.example}\n",
    ):
        source.write_text(code, encoding="utf-8")
        assert phrase.found(words(source)), code


@pytest.mark.parametrize("opening", [MODULE, FUNCTION], ids=["module", "function"])
def test_a_planted_opening_is_found(opening: Phrase) -> None:
    """With the wording to use instead."""
    [found] = misfit_openings(opening.example)
    assert found.endswith(opening.instead)
