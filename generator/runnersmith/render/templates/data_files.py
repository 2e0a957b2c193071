"""Data files of packs: TOML that templates read under the name that the pack gives it.

Reads these files. Their content is between a pack and its templates.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from jinja2 import nodes

from ...openapi.spelling import did_you_mean
from ...packs import Stack, shown, syntax
from ...problems import Place, Problem
from .outputs import MODEL_VARIABLES, SHARED, VARIABLES
from .scope_checker import OWN, ScopeChecker
from .syntax import assigned, beside


def read(stack: Stack) -> tuple[dict[str, object], list[Problem]]:
    """Return the contents by name, and the problems with their lines."""
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
    """Yield data with the name of another variable, and data that no template reads."""
    data = walker.jinja.stack.data
    reserved = _reserved(walker) if data else {}
    for name, (pack, _) in data.items():
        if name in reserved:
            reason = f"{reserved[name]} has a variable of that name; rename the data"
        elif not _is_read(walker, name):
            others = [other for other, (one, _) in data.items() if one is not pack]
            reason = f"no template reads it{did_you_mean(name, others) or '; drop it'}"
        else:
            continue
        yield Problem(pack.place("data", name), f"data {name!r}: {reason}")


def _reserved(walker: ScopeChecker) -> dict[str, str]:
    """Return the names of a template's own variables, each with the template that has it."""
    found: dict[str, str] = {}
    for template in sorted(walker.found.used, reverse=True):
        tree = walker.tree(template)
        found.update(dict.fromkeys((*assigned(tree), *beside(tree)), template))
    output_names = [name for names in VARIABLES.values() for name in names]
    own = (*SHARED, *MODEL_VARIABLES, *output_names, *OWN, *walker.jinja.globals)
    return {**found, **dict.fromkeys(own, "every template")}


def _is_read(walker: ScopeChecker, name: str) -> bool:
    """Return whether any template reads a name, including templates replaced by a pack above."""
    return name in walker.read or any(
        node.name == name
        for pack in walker.jinja.stack.packs
        for template in pack.templates
        for node in walker.tree(f"{pack.name}::{template}").find_all(nodes.Name)
    )
