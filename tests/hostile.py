"""Specs that attack: the tables of cases/hostile, and how what comes of them is judged.

A text is put into places of a valid spec. Each place either refuses it, with its line, or the
client that comes of it is, strings aside, that of a harmless twin.
"""

from __future__ import annotations

import ast
import copy
import functools
import re
import textwrap
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from generating import CASES, PACKAGE, Schema, document, inside, made
from runnersmith import names, pipeline
from runnersmith.build import build
from runnersmith.document import Document, Json, parse_pointer
from runnersmith.problems import Problem, errors
from runnersmith.reader import load

FOLDER = CASES / "hostile"
CANARY = "__import__('pathlib').Path('canary').touch()"


# ── The tables ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Edit:
    """Put a text, or a template filled with it, where the value or the key of a place stands."""

    is_key: bool
    owner: tuple[str, ...]
    step: str
    template: str

    def __call__(self, spec: Schema, text: str) -> None:
        written = self.template.replace("TEXT", text).replace("POINTER", _escaped(text))
        holder = cast("Schema | list[Json]", inside(spec, *self.owner))
        if isinstance(holder, list):
            holder[int(self.step)] = written
        elif self.is_key:
            entries = [(written if key == self.step else key, holder[key]) for key in holder]
            holder.clear()
            holder.update(entries)
        else:
            holder[self.step] = written


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("~", "~0").replace("/", "~1")


@dataclass(frozen=True, slots=True)
class Place:
    """A place, or several alike, with a harmless text for it."""

    edits: tuple[Edit, ...]
    twin: str
    is_name: bool
    is_snake: bool

    def put(self, spec: Schema, text: str) -> None:
        for edit in self.edits:
            edit(spec, text)

    def harmless(self, text: str) -> str:
        """A text of which nothing is to be feared; for a name, one that Python calls the same."""
        if not self.is_name:
            return self.twin
        same = self.is_snake or text == names.field_name(text)
        return text if same else "_" + "_".join(names.words(text))


def _read_places() -> dict[str, Place]:
    table: dict[str, Any] = yaml.safe_load((FOLDER / "places.yaml").read_text("utf-8"))
    shorthands: dict[str, str] = table["shorthands"]
    return {
        name: Place(
            edits=tuple(_edit(line, shorthands) for line in row["edits"]),
            twin=row.get("twin", "harmless"),
            is_name=row.get("name", False),
            is_snake=row.get("snake", False),
        )
        for name, row in table["places"].items()
    }


def _edit(line: str, shorthands: dict[str, str]) -> Edit:
    kind, _, rest = line.partition(" ")
    where, _, template = rest.partition(" = ")
    first, slash, tail = where.partition("/")
    pointer = parse_pointer(f"#{shorthands.get(first, first)}{slash}{tail}")
    assert kind in ("key", "value"), line
    assert pointer, line
    return Edit(kind == "key", pointer[:-1], pointer[-1], template or "TEXT")


def _read_texts() -> dict[str, str]:
    table: dict[str, str] = yaml.safe_load((FOLDER / "texts.yaml").read_text("utf-8"))
    return {name: text.replace("CANARY", CANARY) for name, text in table.items()}


PLACES = _read_places()
TEXTS = _read_texts()


@functools.cache
def _spec() -> Json:
    return load(FOLDER / "spec.yaml").data


def spec() -> Schema:
    """The valid spec that has all the places, to be changed."""
    return cast(Schema, copy.deepcopy(_spec()))


# ── What comes of a text ─────────────────────────────────────────────────────────────────────


def refusal(place: str, text: str) -> tuple[Problem, ...]:
    """Why a place does not take a text; empty when it does."""
    return refused(document(filled([place], text)))


def refused(loaded: Document) -> tuple[Problem, ...]:
    """Why a spec is refused: problems of one printable line each, all in the file."""
    # As somebody else's document: what is only wrong in ours reaches the client.
    found = errors(pipeline.validated(loaded, "foreign"))
    for problem in found:
        assert problem.place.file == loaded.name
        assert str(problem).isprintable()
        assert len(problem.message) < 1_500
    return found


def filled(places: Iterable[str], text: str, *, harmless: bool = False) -> Schema:
    """The spec with a text, or with its harmless twins, in several places."""
    changed = spec()
    for name in (name for name in PLACES if name in set(places)):
        place = PLACES[name]
        place.put(changed, place.harmless(text) if harmless else text)
    return changed


OUTCOMES = FOLDER / "outcomes.txt"
TAKEN = "taken"


def outcomes(label: str) -> dict[str, str]:
    """What each place says of a text of the table.

    The places that are known to take it are tried all at once; where one of them does not, and for
    all others, each is tried alone.
    """
    known, text = taken(label), TEXTS[label]
    together = known and not refused(document(filled(known, text)))
    said = dict.fromkeys(known, TAKEN) if together else {}
    for place in PLACES:
        if place not in said:
            why = refusal(place, text)
            said[place] = f"refused: {_QUOTED.sub('...', why[0].message)}" if why else TAKEN
    return said


_QUOTED = re.compile(r"""([\"'])(?:\\.|(?!\1).)*\1""")


def recording(found: Mapping[str, Mapping[str, str]]) -> str:
    """The outcomes of all texts, by label and place, as outcomes.txt has them."""
    lines: list[str] = []
    for place in PLACES:
        said: dict[str, list[str]] = {}
        for label, outcome in found.items():
            said.setdefault(outcome[place], []).append(label)
        lines += ["", place]
        most = max(said.values(), key=len)
        for outcome, labels in sorted(said.items(), key=lambda it: (it[0] != TAKEN, it)):
            whole = "everything" if len(said) == 1 else _REST
            listed = whole if labels is most else "; ".join(labels)
            lines += [f"    {outcome}", *_WRAPPER.wrap(listed)]
    return "\n".join([_HEAD, *lines, ""])


_HEAD = "What happens to every text of texts.yaml at every place of places.yaml; see README.md."
_REST = "everything else"
_WRAPPER = textwrap.TextWrapper(
    100, initial_indent=" " * 8, subsequent_indent=" " * 8, break_on_hyphens=False
)


@functools.cache
def taken(label: str) -> tuple[str, ...]:
    """The places that take a text of the table, as outcomes.txt has it."""
    return tuple(place for place, labels in _recorded().items() if label in labels)


@functools.cache
def _recorded() -> dict[str, set[str]]:
    """The texts that each place takes."""
    found: dict[str, set[str]] = {}
    for block in OUTCOMES.read_text("utf-8").split("\n\n")[1:]:
        place, *rest = block.splitlines()
        said: dict[str, str] = {}
        outcome = ""
        for line in rest:
            if line.startswith(" " * 8):
                said[outcome] += f" {line.strip()}"
            else:
                outcome = line.strip()
                said[outcome] = ""
        labels = {it: listed.strip().split("; ") for it, listed in said.items()}
        others = {label for it, listed in labels.items() if it != TAKEN for label in listed}
        held = labels.get(TAKEN, [])
        found[place] = set(held) if not {"everything", _REST} & {*held} else {*TEXTS} - others
    return found


@functools.cache
def hostile_client(label: str) -> dict[str, str]:
    """The client of the spec with a text of the table wherever it is taken."""
    return client(filled(taken(label), TEXTS[label]))


def client(described: Json, *packs: Path) -> dict[str, str]:
    """What packs make of a spec that is not refused; not formatted, which changes no tree."""
    loaded = document(described)
    assert refused(loaded) == ()
    return made(build(loaded, PACKAGE), *packs).rendered


def judge(hostile: dict[str, str], twin: dict[str, str]) -> None:
    """Hold that a client is another one, strings aside, in each of its languages."""
    assert _shapes(hostile) == _shapes(twin)
    assert _skeleton(hostile["README.md"]) == _skeleton(twin["README.md"])
    assert hostile["LICENSE"] == twin["LICENSE"]
    ours, theirs = (tomllib.loads(made["pyproject.toml"]) for made in (hostile, twin))
    ours["project"]["description"] = theirs["project"]["description"] = ""
    assert ours == theirs


class _Blank(ast.NodeTransformer):
    """Takes the strings out of a tree."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("" if isinstance(node.value, str) else node.value)


def _shapes(made: dict[str, str]) -> dict[str, str]:
    """The trees of the Python files, without their strings."""
    return {
        path: ast.dump(_Blank().visit(ast.parse(text)))
        for path, text in made.items()
        if path.endswith(".py")
    }


_ESCAPED = re.compile(r"\\[\\`*_{}\[\]()#+!|<>~&.=-]")
_CODE = re.compile(r"(`+)(?!`)(?:.*?[^`])\1(?!`)")
# What starts a block at the start of a line, and what starts a span anywhere.
_MARKUP = re.compile(r"^\s*(?:[#>=~-]+|[0-9]+[.)])|^\s{4,}|^\s*$|[`*_\[\]<>|~!&\\]")


def _skeleton(markdown: str) -> list[str]:
    """What Markdown does with each line: how it starts, and the markup in it."""
    lines = (_CODE.sub("x", _ESCAPED.sub("x", line)) for line in markdown.split("\n"))
    return ["".join(_MARKUP.findall(line)) for line in lines]
