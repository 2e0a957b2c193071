"""Checker of templates before they run, including branches that no current spec reaches.

Reports undefined names, unknown filters and tests, blocks and templates that override nothing, and
text that would never be printed. Reads templates through the environment. A missing attribute is
found only when the template is rendered.
"""

from __future__ import annotations

import jinja2

from ...openapi.spelling import did_you_mean
from ...problems import Place, Problem
from . import data_files
from .environment import Environment
from .inheritance import Analysis
from .outputs import MODEL_VARIABLES, SHARED, VARIABLES
from .scope_checker import ScopeChecker
from .syntax import blocks_of
from .texts import TextChecker, language_of


def analyse(jinja: Environment) -> Analysis:
    """Analyse every template of a stack with the variables of its outputs."""
    found = Analysis()
    walker = ScopeChecker(jinja, found)
    names = jinja.stack.data.keys()
    for pack, number, output in jinja.stack.outputs:
        names_of_output = VARIABLES[output.each]
        if jinja.stack.models is None:
            names_of_output = tuple(name for name in names_of_output if name != "source")
        variables = frozenset((*SHARED, *names, *names_of_output))
        where = pack.place("outputs", number)
        _use(walker, output.template, variables, where)
        walker.expression(output.path, variables, pack.place("outputs", number, "path"))
        if output.when is not None:
            place = pack.place("outputs", number, "when")
            walker.expression(output.when, variables, place, condition=True)
    for pack in jinja.stack.packs:
        for number, copy in enumerate(pack.manifest.copies):
            variables = frozenset((*SHARED, *names))
            for index, optional in enumerate(copy.optional):
                place = pack.place("copies", number, "optional", index, "when")
                walker.expression(optional.when, variables, place, condition=True)
        if pack.manifest.models is not None:
            variables = frozenset((*SHARED, *names, *MODEL_VARIABLES))
            _use(walker, pack.manifest.models, variables, pack.place("models"))
    _unused(jinja, found)
    _replaced(walker)
    if not found.findings and not found.problems:
        _check_texts(walker)
    found.problems.extend(data_files.misnamed(walker))
    return found


def _use(walker: ScopeChecker, template: str, variables: frozenset[str], place: Place) -> None:
    try:
        name = walker.jinja.canonical(template)
    except jinja2.TemplateNotFound as error:
        walker.found.problems.append(Problem(place, str(error.message)))
        return
    walker.template(name, variables)


def _replaced(walker: ScopeChecker) -> None:
    """Report templates that replace another one without a statement, and wrong statements.

    A forgotten `extends` would drop the blocks of the packs below without a word.
    """
    packs, found = walker.jinja.stack.packs, walker.found
    for position, pack in enumerate(packs):
        stated = {name: number for number, name in enumerate(pack.manifest.replaces)}
        for name in sorted(pack.templates):
            canonical = f"{pack.name}::{name}"
            below = [
                f"{one.name}::{name}" for one in packs[position + 1 :] if name in one.templates
            ]
            extends = not below or any(one in below for one in walker.family(canonical))
            if name in stated:
                reason = "extends it" if below else "is in no pack below"
                if extends:
                    message = (
                        f"replaces: {name!r} {reason}, so that nothing is replaced; drop the entry"
                    )
                    place = pack.place("replaces", stated[name])
                    found.problems.append(Problem(place, message))
            elif not extends:
                message = (
                    f"replaces {below[0]} with all of its blocks; add "
                    f'`{{% extends "{name}" %}}` at the top, or list it under `replaces` in pack.toml'
                )
                found.findings.add((canonical, _first_line(walker, canonical, below[0]), message))


def _first_line(walker: ScopeChecker, template: str, below: str) -> int:
    """Return the line of the first block that the template below has as well; 1 for none."""
    known = {block.name for block, _ in blocks_of(walker.tree(below))}
    own = (block.lineno for block, _ in blocks_of(walker.tree(template)) if block.name in known)
    return min(own, default=1)


def _check_texts(walker: ScopeChecker) -> None:
    """Report texts of the document that are printed without a filter for the file's language."""
    stack, texts = walker.jinja.stack, TextChecker(walker)
    for _, _, output in stack.outputs:
        variables = (*SHARED, *VARIABLES[output.each])
        texts.check(walker.jinja.canonical(output.template), variables, language_of(output.path))
    if stack.models is not None:
        texts.check(walker.jinja.canonical(stack.models), (*SHARED, *MODEL_VARIABLES), "Python")


def _unused(jinja: Environment, found: Analysis) -> None:
    """Report templates without use: they override nothing, most likely because of a typo."""
    for pack in jinja.stack.packs:
        for name in sorted(pack.templates):
            canonical = f"{pack.name}::{name}"
            if canonical in found.used or _is_shadowed(jinja, canonical, found):
                continue
            known = {
                other for one in jinja.stack.packs if one is not pack for other in one.templates
            }
            hint = did_you_mean(name, sorted(known))
            found.findings.add(
                (canonical, 1, f"overrides nothing, and nothing uses it{hint or '; drop it'}")
            )


def _is_shadowed(jinja: Environment, canonical: str, found: Analysis) -> bool:
    """Return whether a pack above replaces the whole template."""
    pack, _, name = canonical.partition("::")
    above = (one.name for one in jinja.stack.packs)
    for other in above:
        if other == pack:
            return False
        if f"{other}::{name}" in found.used:
            return True
    return False
