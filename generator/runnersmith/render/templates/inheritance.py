"""Inheritance of templates: which ones there are, and what of them overrides what.

Reads templates through the environment.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import jinja2
from jinja2 import nodes

from ...openapi.spelling import near
from ...packs import PackError
from ...problems import Place, Problem
from .environment import Environment
from .errors import RenderError, located
from .syntax import blocks_of


@dataclass(slots=True)
class Seen:
    """A template that is used: the variables that it always has, those that it sets, its blocks and
    what each has beside.
    """

    variables: frozenset[str]
    sets: frozenset[str] = frozenset()
    blocks: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


@dataclass(slots=True)
class Analysis:
    """What was seen, by canonical name of the template at the bottom; and every mistake."""

    seen: dict[str, Seen] = field(default_factory=dict[str, Seen])
    used: set[str] = field(default_factory=set[str])
    findings: set[tuple[str, int, str]] = field(default_factory=set[tuple[str, int, str]])
    problems: list[Problem] = field(default_factory=list[Problem])

    def refuse(self) -> None:
        """Raise PackError with every mistake, if there is one."""
        found = [
            Problem(Place(template, line), message) for template, line, message in self.findings
        ]
        if found or self.problems:
            raise PackError([*found, *self.problems])


class Inheritance:
    """The trees of templates, and what is wrong in how they extend one another."""

    def __init__(self, jinja: Environment, found: Analysis) -> None:
        self.jinja: Environment = jinja
        self.found: Analysis = found
        self.trees: dict[str, nodes.Template] = {}

    def say(self, template: str, node: nodes.Node, message: str) -> None:
        self.found.findings.add((template, node.lineno, message))

    def tree(self, name: str) -> nodes.Template:
        """The syntax tree of a template. Raises RenderError where it is not Jinja."""
        if name not in self.trees:
            try:
                assert self.jinja.loader is not None
                source, _, _ = self.jinja.loader.get_source(self.jinja, name)
                self.trees[name] = self.jinja.parse(source, name)
            except (jinja2.TemplateSyntaxError, jinja2.TemplateNotFound) as error:
                raise located(error, name, {}) from None
        return self.trees[name]

    def family(self, name: str) -> list[str]:
        """A template and those that it extends in turn."""
        names = [name]
        while (extends := self.tree(names[-1]).find(nodes.Extends)) is not None:
            last = names[-1]
            if extends not in self.tree(last).body or not isinstance(extends.template, nodes.Const):
                message = "`extends` stands at the top, with the template's name in quotes"
                raise RenderError(f"{last}:{extends.lineno}: {message}")
            following = self.asked(extends.template, last)
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
        """Blocks that no template below has, and text that is in no block."""
        known: set[str] = set()
        for position, one in enumerate(reversed(names)):
            tree = self.tree(one)
            for block, nested in blocks_of(tree):
                if position and not nested and block.name not in known:
                    listed = ", ".join(sorted(known)) or "none"
                    hint = near(block.name, sorted(known)) or f"; {names[-1]} has {listed}"
                    self.say(one, block, f"block {block.name!r} overrides nothing{hint}")
            known.update(block.name for block, _ in blocks_of(tree))
            if position:
                self.lost(one, tree)

    def lost(self, name: str, tree: nodes.Template) -> None:
        """What a template that extends another has outside of blocks is never printed."""
        for node in tree.body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    if not isinstance(part, nodes.TemplateData) or part.data.strip():
                        self.say(name, part, "outside of any block: it would never be printed")
            elif not isinstance(
                node,
                nodes.Extends
                | nodes.Block
                | nodes.Assign
                | nodes.AssignBlock
                | nodes.Macro
                | nodes.Import
                | nodes.FromImport,
            ):
                self.say(name, node, "outside of any block: it would never be printed")

    def asked(self, node: nodes.Expr, template: str, *, optional: bool = False) -> str | None:
        """The canonical name of a template that one asks for; None, and a finding, when there is none."""
        assert isinstance(node, nodes.Const)
        try:
            return self.jinja.canonical(str(node.value), template)
        except jinja2.TemplateNotFound as error:
            if not optional:
                self.say(template, node, str(error.message))
            return None
