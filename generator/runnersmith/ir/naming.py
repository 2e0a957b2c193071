"""Naming of one client: distinct names, those that the project sets, and a summary. Pure.

A project sets names in `[tool.runnersmith.rename]`. A key there is a name of the document or, for
what has none there, the name that the client would have: that of a class of an inline schema, or
that of one of several arguments with one name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..openapi.spelling import did_you_mean
from ..problems import Place, Problem
from . import names
from .distinct import Clash, Distinct
from .words import digest

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rename:
    """An entry of `[tool.runnersmith.rename]`: `("properties", "Thing", "_id")`, and its name."""

    path: Path
    name: str
    place: Place

    def problem(self, why: str) -> Problem:
        return Problem(self.place, f"rename.{_shown(self.path)}: {why}")


class Naming:
    """Names of one client, and what is to be reported of them."""

    def __init__(self, renames: Iterable[Rename] = ()) -> None:
        self._renames: dict[Path, Rename] = {rename.path: rename for rename in renames}
        self._known: dict[Path, set[str]] = {}
        self._clashes: dict[Path, Clash] = {}
        self._problems: dict[Path, Problem] = {}
        self._left_out: set[Path] = set()
        self._classes: dict[str, str] = {}

    def names(self, found: Distinct, *owner: str) -> Mapping[str, str]:
        """Return the names of a namespace, with those that the project sets for them."""
        if self._renames:
            self._known.setdefault(owner, set()).update(found.names)
        made = dict(found.names)
        for text in found.names:
            rename = self._renames.get((*owner, text))
            if rename is not None and self._is_allowed(rename, owner[0]):
                made[text] = rename.name
        for clash in found.clashes:
            if (*owner[:2], clash.text) not in self._renames:
                self._clashes[*owner, clash.text] = clash
        return self._checked(made, found.names, owner)

    def name(self, found: str, *owner: str) -> str:
        """Return the name of what has none in the document."""
        return self.names(Distinct({found: found}), *owner)[found]

    def arguments(self, operation: str, placed: Sequence[tuple[str, str, str]]) -> list[str]:
        """Return the names of the arguments of a method, given their name, wire name and location.

        A name that an earlier location has gets its own location at the end. A key of the table is
        a wire name or, if several arguments have it, the name of the argument.
        """
        usual = [name for name, _, _ in placed]
        wires = [wire_name for _, wire_name, _ in placed]
        found: dict[str, str] = {}
        taken: set[str] = set()
        for name, wire_name, location in placed:
            made = name
            if name in taken:
                made = f"{name}_{location}"
                made = f"{name}__{location}" if made in usual else made
            if "__" in made and made != wire_name and made in wires:
                # The request is built from wire names, and from Python names beside them.
                made = f"{made}__{digest(wire_name)}"
            taken.add(made)
            key = wire_name if wires.count(wire_name) == 1 else made
            while key in found:
                key += "'"
            found[key] = made
        return list(self.names(Distinct(found), "arguments", operation).values())

    def spelled(self, kind: str, texts: Iterable[str]) -> list[str]:
        """Return names of the document, with what the project sets in their place."""
        renames = (self._renames.get((kind, text)) for text in texts)
        return [it.name if it else text for text, it in zip(texts, renames, strict=True)]

    def left_out(self, *owner: str, known: Iterable[str] | None = None) -> None:
        """Record what a key of the table can be for a part that is left out: by default, anything."""
        if known is None:
            self._left_out.add(owner)
        else:
            self._known.setdefault(owner, set()).update(known)

    def _is_allowed(self, rename: Rename, kind: str) -> bool:
        """Return whether a name can be that of a kind; report one that cannot."""
        usual = _USUAL[kind](rename.name)
        start = rename.name[:1]
        # Any spelling in ASCII, such as camel case, that is not reserved.
        same = (rename.name, names.snake(rename.name) if rename.name.isascii() else rename.name)
        allowed = names.is_public(rename.name) and usual in same
        if allowed and (start.isupper() if kind == "schemas" else not start.isupper()):
            return True
        why = f"{rename.name!r} cannot be the name; write one such as {usual}"
        self._problems[rename.path] = rename.problem(why)
        return False

    def _checked(
        self, made: dict[str, str], usual: Mapping[str, str], owner: Path
    ) -> Mapping[str, str]:
        """Report a name of the table that another name of its namespace has, and do without it."""
        if not self._renames:
            return made
        shared: dict[str, list[str]] = {}
        for text, name in made.items():
            shared.setdefault(name, []).append(text)
        for text in [text for text in made if (*owner, text) in self._renames]:
            rename, others = self._renames[*owner, text], shared[made[text]]
            if owner == ("schemas",) and made[text] in self._classes:
                # The classes of inline schemas come one by one.
                others = [*others, self._classes[made[text]]]
            if other := next((it for it in others if it != text), None):
                why = f"{rename.name!r} is the name of {other!r} already; choose another"
                self._problems[rename.path] = rename.problem(why)
                made[text] = usual[text]
        if owner == ("schemas",):
            self._classes.update({name: text for text, name in made.items()})
        return made

    def problems(self) -> tuple[Problem, ...]:
        """Return the problems of the table, including entries that match nothing."""
        found = list(self._problems.values())
        for path, rename in self._renames.items():
            known = self._known.get(path[:-1], set())
            if path[-1] not in known and path[:-1] not in self._left_out:
                hint = did_you_mean(path[-1], sorted(known)) or "; correct it, or remove it"
                found.append(rename.problem(f"the document has no such name{hint}"))
        return tuple(sorted(found))

    def summary(self) -> str:
        """Return one sentence on all names that are not the usual ones; empty if there are none."""
        if not self._clashes:
            return ""
        listed = [f"{_shown(path)} is {it.name}" for path, it in sorted(self._clashes.items())]
        more = f", and {len(listed) - SHOWN} more" if len(listed) > SHOWN else ""
        return (
            f"names that would be the same in Python were made distinct: {', '.join(listed[:SHOWN])}{more}; "
            "[tool.runnersmith.rename] in pyproject.toml sets others"
        )


# How many names a message lists.
SHOWN = 10


def _shown(path: Path) -> str:
    """Return the words of an entry in the table: `properties.Thing."@id"`."""
    return ".".join(
        it if it.isascii() and it.replace("_", "").replace("-", "").isalnum() else f'"{it}"'
        for it in (ascii(it)[1:-1] if not it.isprintable() else it for it in path)
    )


# The usual name of each kind of entry.
_USUAL: Mapping[str, Callable[[str], str]] = {
    "schemas": names.class_name,
    "tags": names.resource_name,
    "operations": lambda name: names.method_name(name, name),
    "properties": names.field_name,
    "arguments": names.field_name,
    "servers": names.field_name,
}
