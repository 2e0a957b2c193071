"""Names and blocks in the syntax tree of a template. Pure."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from jinja2 import nodes


def targets(node: nodes.Node) -> Iterator[str]:
    """Yield the names bound by an assignment or a loop."""
    if isinstance(node, nodes.Name):
        yield node.name
    for child in node.iter_child_nodes():
        yield from targets(child)


def assigned(node: nodes.Node) -> Iterator[str]:
    """Yield the names that a template sets for all of its blocks.

    These are set outside loops, macros and blocks.
    """
    for child in node.iter_child_nodes():
        match child:
            case nodes.Assign() | nodes.AssignBlock():
                yield from targets(child.target)
            case nodes.Macro():
                yield child.name
            case nodes.Import():
                yield child.target
            case nodes.FromImport():
                yield from (one if isinstance(one, str) else one[1] for one in child.names)
            case nodes.If():
                yield from assigned(child)
            case _:
                pass


# Nodes that print: what a loop or a condition outside blocks must not have.
_PRINTING = (nodes.Block, nodes.CallBlock, nodes.FilterBlock, nodes.Include)


def prepares(node: nodes.Node) -> bool:
    """Return whether a node outside blocks can be of use to them: it sets names, prints nothing."""
    match node:
        case nodes.Assign() | nodes.AssignBlock() | nodes.Macro():
            return True
        case nodes.Import() | nodes.FromImport():
            return True
        case nodes.For() | nodes.If():
            printed = (part for output in node.find_all(nodes.Output) for part in output.nodes)
            return not any(node.find_all(_PRINTING)) and all(map(is_blank, printed))
        case _:
            return False


def is_blank(part: nodes.Node) -> bool:
    """Return whether a part of the output is white space."""
    return isinstance(part, nodes.TemplateData) and not part.data.strip()


# ── A whole template ─────────────────────────────────────────────────────────────────────────

# The same templates are checked for each stack: what is known of a tree is kept with it.


@functools.cache
def extends_of(tree: nodes.Template) -> nodes.Extends | None:
    """Return the first `extends` of a template; None if there is none."""
    return tree.find(nodes.Extends)


@functools.cache
def beside(tree: nodes.Template) -> frozenset[str]:
    """Return the names set in the loops whose variables a block can use."""
    loops = tree.find_all(nodes.For)
    scoped = (it for it in loops if any(block.scoped for block in it.find_all(nodes.Block)))
    names = (node for loop in scoped for node in loop.find_all(nodes.Name))
    return frozenset(node.name for node in names if node.ctx == "store")


@functools.cache
def guarded(tree: nodes.Template) -> frozenset[str]:
    """Return the names that a template tests with `is defined`, so that they may be missing."""
    return frozenset(
        test.node.name
        for test in tree.find_all(nodes.Test)
        if test.name in ("defined", "undefined") and isinstance(test.node, nodes.Name)
    )


@functools.cache
def blocks_of(tree: nodes.Template) -> tuple[tuple[nodes.Block, bool], ...]:
    """Return the blocks of a template, and whether each is nested in another one."""
    return tuple(_blocks(tree, nested=False))


def _blocks(node: nodes.Node, *, nested: bool) -> Iterator[tuple[nodes.Block, bool]]:
    for child in node.iter_child_nodes():
        is_block = isinstance(child, nodes.Block)
        if isinstance(child, nodes.Block):
            yield child, nested
        yield from _blocks(child, nested=nested or is_block)
