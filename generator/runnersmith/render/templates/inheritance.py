"""Inheritance of templates: the chain of each template, and what overrides what.

Reads templates through the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import jinja2
from jinja2 import nodes

from ...openapi.spelling import did_you_mean
from ...packs import PackError
from ...problems import Place, Problem
from .environment import Environment
from .errors import RenderError, located
from .syntax import blocks_of, extends_of, is_blank, prepares

# Syntax trees by name and text, for all stacks of this process; a tree is never changed.
_TREES: dict[tuple[str, str], nodes.Template] = {}


@dataclass(slots=True)
class UsedTemplate:
    """A template in use: its guaranteed variables, those that it sets, and its blocks.

    Each block has the names of its additional variables.
    """

    variables: frozenset[str]
    sets: frozenset[str] = frozenset()
    blocks: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass(slots=True)
class Analysis:
    """Templates in use, by canonical name of the bottom template, and every problem."""

    seen: dict[str, UsedTemplate] = field(default_factory=dict[str, UsedTemplate])
    used: set[str] = field(default_factory=set[str])
    findings: set[tuple[str, int, str]] = field(default_factory=set[tuple[str, int, str]])
    problems: list[Problem] = field(default_factory=list[Problem])

    def refuse(self) -> None:
        """Raise PackError with every problem, if there is one."""
        found = [
            Problem(Place(template, line), message) for template, line, message in self.findings
        ]
        if found or self.problems:
            raise PackError([*found, *self.problems])


class Inheritance:
    """Syntax trees of templates, and the problems in how they extend one another."""

    def __init__(self, jinja: Environment, found: Analysis) -> None:
        self.jinja: Environment = jinja
        self.found: Analysis = found
        self.trees: dict[str, nodes.Template] = {}

    def report(self, template: str, node: nodes.Node, message: str) -> None:
        self.found.findings.add((template, node.lineno, message))

    def tree(self, name: str) -> nodes.Template:
        """Return the syntax tree of a template. Raises RenderError for a syntax error."""
        if name not in self.trees:
            try:
                assert self.jinja.loader is not None
                source, _, _ = self.jinja.loader.get_source(self.jinja, name)
                known = _TREES.get((name, source))
                self.trees[name] = known or self.jinja.parse(source, name)
                _TREES[name, source] = self.trees[name]
            except (jinja2.TemplateSyntaxError, jinja2.TemplateNotFound) as error:
                raise located(error, name, {}) from None
        return self.trees[name]

    def family(self, name: str) -> list[str]:
        """Return a template and those that it extends, directly or indirectly."""
        names = [name]
        while (extends := extends_of(self.tree(names[-1]))) is not None:
            last = names[-1]
            if extends not in self.tree(last).body or not isinstance(extends.template, nodes.Const):
                message = "put `extends` at the top, with the template's name in quotes"
                raise RenderError(f"{last}:{extends.lineno}: {message}")
            following = self.resolve(extends.template, last)
            if following is None:
                break
            if following in names:
                raise RenderError(
                    f"{last}:{extends.lineno}: templates extend each other in a circle: "
                    f"{' → '.join([*names, following])}"
                )
            names.append(following)
        return names

    def overrides(self, names: list[str]) -> None:
        """Report blocks that no template below has, and text outside any block."""
        known: set[str] = set()
        for position, one in enumerate(reversed(names)):
            tree = self.tree(one)
            for block, nested in blocks_of(tree):
                if position and not nested and block.name not in known:
                    listed = ", ".join(sorted(known)) or "none"
                    hint = did_you_mean(block.name, sorted(known)) or f"; {names[-1]} has {listed}"
                    self.report(one, block, f"block {block.name!r} overrides nothing{hint}")
            known.update(block.name for block, _ in blocks_of(tree))
            if position:
                self.lost(one, tree)

    def lost(self, name: str, tree: nodes.Template) -> None:
        """Report the text of an extending template outside blocks: it is never printed."""
        for node in tree.body:
            lost: list[nodes.Node]
            if isinstance(node, nodes.Output):
                lost = [part for part in node.nodes if not is_blank(part)]
            else:
                lost = [] if isinstance(node, nodes.Extends | nodes.Block) else [node]
            for part in lost:
                if not prepares(part):
                    self.report(name, part, "outside of any block: it would never be printed")

    def resolve(self, node: nodes.Expr, template: str, *, optional: bool = False) -> str | None:
        """Return the canonical name of a referenced template.

        Report a problem and return None if there is none.
        """
        assert isinstance(node, nodes.Const)
        try:
            return self.jinja.canonical(str(node.value), template)
        except jinja2.TemplateNotFound as error:
            if not optional:
                self.report(template, node, str(error.message))
            return None
