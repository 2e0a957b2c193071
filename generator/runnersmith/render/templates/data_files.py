"""Data files of packs: TOML that templates read, by the names that packs give it.

Reads the files that packs name. What is in one is for the templates that read it to say.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from jinja2 import nodes

from ...openapi.spelling import near
from ...packs import Stack, shown, syntax
from ...problems import Place, Problem
from .outputs import MODEL_VARIABLES, SHARED, VARIABLES
from .scope_checker import OWN, ScopeChecker
from .syntax import assigned, beside


def read(stack: Stack) -> tuple[dict[str, object], list[Problem]]:
    """The contents by name, and what is wrong with a file, by its own lines."""
    found: dict[str, object] = {}
    problems: list[Problem] = []
    for name, (pack, path) in stack.data.items():
        file = pack.folder / path
        try:
            found[name] = tomllib.loads(file.read_bytes().decode("utf-8"))
        except tomllib.TOMLDecodeError as error:
            problems.append(syntax(error, shown(file)))
        except (OSError, UnicodeDecodeError) as error:
            message = f"cannot be read: {error}; make it a readable file in UTF-8"
            problems.append(Problem(Place(shown(file)), message))
    return found, problems


def misnamed(walker: ScopeChecker) -> Iterator[Problem]:
    """Data whose name templates have for something else, and data that no template reads."""
    data = walker.jinja.stack.data
    taken = _taken(walker) if data else {}
    for name, (pack, _) in data.items():
        if name in taken:
            said = f"{taken[name]} has a variable of that name; choose another one"
        elif not _is_read(walker, name):
            others = [other for other, (one, _) in data.items() if one is not pack]
            said = f"no template reads it{near(name, others) or '; drop it'}"
        else:
            continue
        yield Problem(pack.place("data", name), f"data {name!r}: {said}")


def _taken(walker: ScopeChecker) -> dict[str, str]:
    """The names that templates are given, or set where others see them; each with who has it."""
    found: dict[str, str] = {}
    for template in sorted(walker.found.used, reverse=True):
        tree = walker.tree(template)
        found.update(dict.fromkeys((*assigned(tree), *beside(tree)), template))
    given = [name for names in VARIABLES.values() for name in names]
    own = (*SHARED, *MODEL_VARIABLES, *given, *OWN, *walker.jinja.globals)
    return {**found, **dict.fromkeys(own, "every template")}


def _is_read(walker: ScopeChecker, name: str) -> bool:
    """Whether any template reads a name; also one that a pack above replaces."""
    return name in walker.read or any(
        node.name == name
        for pack in walker.jinja.stack.packs
        for template in pack.templates
        for node in walker.tree(f"{pack.name}::{template}").find_all(nodes.Name)
    )
