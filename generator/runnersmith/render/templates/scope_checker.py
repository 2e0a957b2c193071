"""Checker of variable scopes in templates: the names bound at each place.

Reads templates through the environment.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import jinja2
from jinja2 import nodes
from jinja2.parser import Parser

from ...openapi.spelling import did_you_mean
from ...problems import Place, Problem
from . import syntax
from .environment import Environment
from .inheritance import Analysis, Inheritance, UsedTemplate
from .syntax import blocks_of, guarded, targets

# Names that Jinja binds and does not pass to an include.
OWN = frozenset({"caller", "kwargs", "loop", "self", "super", "varargs"})


@dataclass(slots=True)
class _Family:
    """A template with those that it extends, the most derived first; blocks by name."""

    names: list[str]
    available: frozenset[str]
    blocks: dict[str, list[tuple[str, nodes.Block]]]
    seen: UsedTemplate


class ScopeChecker(Inheritance):
    """Visitor of templates that tracks the names bound at each place."""

    def __init__(self, jinja: Environment, found: Analysis) -> None:
        super().__init__(jinja, found)
        self.done: set[tuple[str, frozenset[str]]] = set()
        self.guards: dict[str, frozenset[str]] = {}
        self.read: set[str] = set()

    def guarded(self, name: str) -> frozenset[str]:
        """Return the names for which a template has a fallback if they are missing."""
        if name not in self.guards:
            self.guards[name] = guarded(self.tree(name))
        return self.guards[name]

    def expression(
        self, text: str, variables: frozenset[str], place: Place, *, condition: bool = False
    ) -> None:
        """Check a path or a condition of a manifest."""
        name = "pack.toml"
        try:
            tree = self.condition(text) if condition else self.jinja.parse(text)
        except jinja2.TemplateSyntaxError as error:
            self.found.problems.append(Problem(place, f"{text!r}: {error.message}"))
            return
        before = self.found.findings
        self.found.findings = set()
        family = _Family([name], variables, {}, UsedTemplate(variables))
        self.walk(tree, name, set(variables), family)
        problems = [Problem(place, f"{text!r}: {one[2]}") for one in self.found.findings]
        self.found.problems.extend(problems)
        self.found.findings = before

    def condition(self, text: str) -> nodes.Expr:
        """Parse a text as one expression. Raises TemplateSyntaxError for anything else."""
        parser = Parser(self.jinja, text, state="variable")
        found = parser.parse_expression()
        if not parser.stream.eos:
            raise jinja2.TemplateSyntaxError("more than one expression", 1)
        return found

    def template(self, name: str, variables: frozenset[str]) -> None:
        """Check a template with the variables from an output or from another template."""
        if (name, variables) in self.done:
            return
        self.done.add((name, variables))
        names = self.family(name)
        trees = [self.tree(one) for one in names]
        self.found.used.update(names)
        blocks: dict[str, list[tuple[str, nodes.Block]]] = {}
        for one, tree in zip(names, trees, strict=True):
            for block, _ in blocks_of(tree):
                blocks.setdefault(block.name, []).append((one, block))
        self.overrides(names)
        assigned = {bound for tree in trees for bound in syntax.assigned(tree)}
        available = variables | assigned | self.jinja.globals.keys()
        seen = self.found.seen.setdefault(names[-1], UsedTemplate(variables))
        seen.variables &= variables
        seen.sets = frozenset(syntax.assigned(trees[-1])) - {"_"}
        family = _Family(names, available, blocks, seen)
        for one, tree in zip(names, trees, strict=True):
            for node in tree.body:
                if one == names[-1] or not isinstance(node, nodes.Block | nodes.Extends):
                    self.walk(node, one, set(available | self.guarded(one)), family)

    # ── Nodes ──

    def walk(self, node: nodes.Node, template: str, bound: set[str], family: _Family) -> None:
        """Visit a node. `bound`, the bound names, grows with those that the node sets."""

        def inside(children: Iterable[nodes.Node], names: Iterable[str] = ()) -> None:
            scope = bound | set(names)
            for child in children:
                self.walk(child, template, scope, family)

        match node:
            case nodes.Name(name=name, ctx="load"):
                self.read.add(name)
                if name not in bound:
                    listed = ", ".join(sorted(bound - self.jinja.globals.keys() - OWN))
                    hint = did_you_mean(name, sorted(bound)) or f"; there is {listed}"
                    self.report(template, node, f"{name!r} is not defined here{hint}")
            case nodes.Block():
                self.block(node, bound, family)
            case nodes.For():
                inside([node.iter])
                inside(
                    [*([node.test] if node.test else []), *node.body],
                    [*targets(node.target), "loop"],
                )
                inside(node.else_)
            case nodes.Macro() | nodes.CallBlock():
                if isinstance(node, nodes.CallBlock):
                    inside([node.call])
                names = [one.name for one in node.args]
                inside([*node.defaults, *node.body], [*names, "caller", "varargs", "kwargs"])
            case nodes.With():
                inside(node.values)
                inside(node.body, (name for target in node.targets for name in targets(target)))
            case nodes.Assign():
                inside([node.node])
                bound.update(targets(node.target))
            case nodes.AssignBlock():
                inside([*node.body, *([node.filter] if node.filter else [])])
                bound.update(targets(node.target))
            case nodes.Include() | nodes.Import() | nodes.FromImport():
                self.reference(node, template, bound)
                if isinstance(node, nodes.Import):
                    bound.add(node.target)
                elif isinstance(node, nodes.FromImport):
                    bound.update(one if isinstance(one, str) else one[1] for one in node.names)
            case _:
                self.called(node, template)
                for child in node.iter_child_nodes():
                    self.walk(child, template, bound, family)

    def called(self, node: nodes.Node, template: str) -> None:
        """Report unknown filters and tests."""
        for kind, known in ((nodes.Filter, self.jinja.filters), (nodes.Test, self.jinja.tests)):
            if isinstance(node, kind) and node.name not in known:
                word = kind.__name__.lower()
                hint = did_you_mean(node.name, sorted(known))
                self.report(template, node, f"no {word} is called {node.name!r}{hint}")

    def block(self, node: nodes.Block, bound: set[str], family: _Family) -> None:
        """Check every definition of a block with the names bound at the bottom one."""
        locals_ = frozenset(bound - family.available) if node.scoped else frozenset[str]()
        definitions = family.blocks[node.name]
        family.seen.blocks[node.name] = locals_ - OWN
        for position, (template, definition) in enumerate(definitions):
            more = {"self"} if position + 1 == len(definitions) else {"self", "super"}
            names = family.available | locals_ | more | self.guarded(template)
            for child in definition.body:
                self.walk(child, template, set(names), family)

    def reference(
        self, node: nodes.Include | nodes.Import | nodes.FromImport, template: str, bound: set[str]
    ) -> None:
        """Check a template that another one includes or imports."""
        requested = node.template
        listed = requested.items if isinstance(requested, nodes.List | nodes.Tuple) else [requested]
        if not all(isinstance(one, nodes.Const) for one in listed):
            self.report(
                template, node, "the template's name is not a string literal; it cannot be checked"
            )
            return
        optional = isinstance(node, nodes.Include) and node.ignore_missing
        globals_ = self.jinja.globals.keys()
        variables = frozenset(bound - globals_ - OWN if node.with_context else ())
        for one in listed:
            name = self.resolve(one, template, optional=optional)
            if name is not None:
                self.template(name, variables)
