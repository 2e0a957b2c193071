"""Specs that attack: the tables of cases/hostile, and how what comes of them is judged.

A text is put into places of a valid spec. Each place either refuses it, with its line, or the
client that comes of it is, strings aside, that of a harmless twin.
"""

from __future__ import annotations

import ast
import copy
import functools
import json
import re
import textwrap
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import yaml

from render.markdown_pages import prose, python, shape
from runnersmith import ir, pipeline
from runnersmith.ir import names
from runnersmith.ir.words import words
from runnersmith.lowering import build, build_foreign
from runnersmith.openapi.document import Document, Json, parse_pointer
from runnersmith.problems import Problem, errors
from runnersmith.reader import load
from small_specs import CASES, PACKAGE, Schema, document, inside, made

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
    """A place, or several alike, with a harmless text for it.

    `without` is a field of the API that may be empty because of the text, and the one for then.
    """

    edits: tuple[Edit, ...]
    twin: str
    without: tuple[str, str] | None
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
        return text if same else "_" + "_".join(words(text))


def _read_places(file: Path) -> dict[str, Place]:
    table: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    shorthands: dict[str, str] = table["shorthands"]
    return {
        name: Place(
            edits=tuple(_edit(line, shorthands) for line in row["edits"]),
            twin=row.get("twin", "harmless"),
            without=tuple(row["without"]) if "without" in row else None,
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


TEXTS = _read_texts()


# ── What comes of a text ─────────────────────────────────────────────────────────────────────

TAKEN = "taken"
_HEAD = "What happens to every text of texts.yaml at every place of {}; see README.md."
_REST = "everything else"
_QUOTED = re.compile(r"""([\"'])(?:\\.|(?!\1).)*\1""")
_WRAPPER = textwrap.TextWrapper(
    100, initial_indent=" " * 8, subsequent_indent=" " * 8, break_on_hyphens=False
)


class Attack:
    """A valid spec, the places of it that take a text, and what is written down of each.

    `api` makes its IR. `left_out` starts what is said of what is left out in any case.
    """

    def __init__(
        self,
        spec: str,
        prefix: str,
        api: Callable[[Document], ir.Api],
        *,
        left_out: str | None = None,
    ) -> None:
        self.places: dict[str, Place] = _read_places(FOLDER / f"{prefix}places.yaml")
        self.written: Path = FOLDER / f"{prefix}outcomes.txt"
        self._head = _HEAD.format(f"{prefix}places.yaml")
        self._spec = load(FOLDER / spec).data
        self._api = api
        self._left_out = left_out

    def spec(self) -> Schema:
        """The valid spec that has all the places, to be changed."""
        return cast(Schema, copy.deepcopy(self._spec))

    def refusal(self, place: str, text: str) -> tuple[Problem, ...]:
        """Why a place does not take a text; empty when it does."""
        return self.refused(document(self.filled([place], text)))

    def refused(self, loaded: Document) -> tuple[Problem, ...]:
        """Why a spec is refused: problems of one printable line each, all in the file."""
        # As somebody else's document: what is only wrong in ours reaches the client.
        found = errors(pipeline.validated(loaded, "foreign"))
        if self._left_out is not None:
            found = tuple(it for it in found if not it.message.startswith(self._left_out))
        for problem in found:
            assert problem.place.file == loaded.name
            assert str(problem).isprintable()
            assert len(problem.message) < 1_500
        return found

    def filled(self, places: Iterable[str], text: str, *, harmless: bool = False) -> Schema:
        """The spec with a text, or with its harmless twins, in several places."""
        changed, chosen = self.spec(), set(places)
        for name, place in self.places.items():
            if name in chosen:
                place.put(changed, self._harmless(name, text) if harmless else text)
        return changed

    def _harmless(self, name: str, text: str) -> str:
        place = self.places[name]
        if place.without is not None:
            field, twin = place.without
            made = self._api(document(self.filled([name], text)))
            return place.twin if getattr(made, field).strip() else twin
        return place.harmless(text)

    def outcomes(self, label: str) -> dict[str, str]:
        """What each place says of a text of the table.

        The places that are known to take it are tried all at once; where one of them does not, and
        for all others, each is tried alone.
        """
        known, text = self.taken(label), TEXTS[label]
        together = known and not self.refused(document(self.filled(known, text)))
        said = dict.fromkeys(known, TAKEN) if together else {}
        for place in self.places:
            if place not in said:
                why = self.refusal(place, text)
                said[place] = f"refused: {_QUOTED.sub('...', why[0].message)}" if why else TAKEN
        return said

    def recording(self, found: Mapping[str, Mapping[str, str]]) -> str:
        """The outcomes of all texts, by label and place, as they are written down."""
        lines: list[str] = []
        for place in self.places:
            said: dict[str, list[str]] = {}
            for label, outcome in found.items():
                said.setdefault(outcome[place], []).append(label)
            lines += ["", place]
            most = max(said.values(), key=len)
            for why, labels in sorted(said.items(), key=lambda it: (it[0] != TAKEN, it)):
                whole = "everything" if len(said) == 1 else _REST
                listed = whole if labels is most else "; ".join(labels)
                lines += [f"    {why}", *_WRAPPER.wrap(listed)]
        return "\n".join([self._head, *lines, ""])

    @functools.cache  # noqa: B019 - there are two of them, for the whole run
    def taken(self, label: str) -> tuple[str, ...]:
        """The places that take a text of the table, as it is written down."""
        return tuple(place for place, labels in self._recorded.items() if label in labels)

    @functools.cached_property
    def _recorded(self) -> dict[str, set[str]]:
        """The texts that each place takes."""
        found: dict[str, set[str]] = {}
        for block in self.written.read_text("utf-8").split("\n\n")[1:]:
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

    @functools.cache  # noqa: B019 - there are two of them, for the whole run
    def hostile_client(self, label: str) -> dict[str, str]:
        """The client of the spec with a text of the table wherever it is taken."""
        return self.client(self.filled(self.taken(label), TEXTS[label]))

    def client(self, described: Json, *packs: Path) -> dict[str, str]:
        """What packs make of a spec that is not refused; not formatted, which changes no tree."""
        return made(self._api_of(json.dumps(described)), *packs).rendered

    @functools.cache  # noqa: B019 - there are two of them, for the whole run
    def _api_of(self, described: str) -> ir.Api:
        return self.api(json.loads(described))

    def api(self, described: Json) -> ir.Api:
        """What a spec that is not refused describes."""
        loaded = document(described)
        assert self.refused(loaded) == ()
        return self._api(loaded)


OURS = Attack("spec.yaml", "", lambda loaded: build(loaded, PACKAGE))
FOREIGN = Attack(
    "foreign.yaml",
    "foreign-",
    lambda loaded: build_foreign(loaded, PACKAGE, skip_unsupported=True).api,
    left_out="a TRACE request would show the credentials",
)


# ── What the client is ───────────────────────────────────────────────────────────────────────


def assert_same_but_for_strings(hostile: dict[str, str], twin: dict[str, str]) -> None:
    """Hold that a client is another one, strings aside, in each of its languages."""
    hostile, twin = without_digests(hostile), without_digests(twin)
    assert shapes(hostile) == shapes(twin)
    readme, other = hostile["README.md"], twin["README.md"]
    assert _skeleton(readme) == _skeleton(other)
    assert [shape(block) for block in python(readme)] == [shape(block) for block in python(other)]
    assert hostile["LICENSE"] == twin["LICENSE"]
    ours, theirs = (tomllib.loads(made["pyproject.toml"]) for made in (hostile, twin))
    ours["project"]["description"] = theirs["project"]["description"] = ""
    assert ours == theirs


_DIGEST = re.compile(r"(?<=\w{100})_?[0-9a-fA-F]{8}(?![0-9A-Za-z])", re.ASCII)


def without_digests(made: dict[str, str]) -> dict[str, str]:
    """A client without the digests at the end of long names, which no twin can have."""
    return {_DIGEST.sub("", path): _DIGEST.sub("", text) for path, text in made.items()}


class _Blank(ast.NodeTransformer):
    """Takes the strings out of a tree."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("" if isinstance(node.value, str) else node.value)


def shapes(made: dict[str, str]) -> dict[str, str]:
    """The trees of the Python files, without their strings."""
    return {
        path: ast.dump(_Blank().visit(ast.parse(text)))
        for path, text in made.items()
        if path.endswith(".py")
    }


# What shows as it is: an escaped sign, and a code span, in which nothing is escaped.
_SHOWN = re.compile(r"\\[\\`*_{}\[\]()#+!|<>~&.=-]|(?<!`)(`+)(?!`)(?:.*?[^`])?\1(?!`)")
# What starts a block at the start of a line, and what starts a span anywhere.
_MARKUP = re.compile(r"^\s*(?:[#>=~-]+|[0-9]+[.)])|^\s{4,}|^\s*$|[`*_\[\]<>|~!&\\]")


def _skeleton(text: str) -> list[str]:
    """What Markdown does with each line: how it starts, and the markup in it."""
    lines = (_SHOWN.sub("x", line) for line in prose(text).split("\n"))
    return ["".join(_MARKUP.findall(line)) for line in lines]
