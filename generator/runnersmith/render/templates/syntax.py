"""Names and blocks in the syntax tree of a template. Pure."""

from __future__ import annotations

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


def beside(tree: nodes.Node) -> Iterator[str]:
    """Yield the names set in the loops whose variables a block can use."""
    for loop in tree.find_all(nodes.For):
        if any(block.scoped for block in loop.find_all(nodes.Block)):
            yield from (node.name for node in loop.find_all(nodes.Name) if node.ctx == "store")


def guarded(tree: nodes.Node) -> frozenset[str]:
    """Return the names that a template tests with `is defined`, so that they may be missing."""
    return frozenset(
        test.node.name
        for test in tree.find_all(nodes.Test)
        if test.name in ("defined", "undefined") and isinstance(test.node, nodes.Name)
    )


def blocks_of(node: nodes.Node, *, nested: bool = False) -> Iterator[tuple[nodes.Block, bool]]:
    """Yield the blocks below a node, and whether each is nested in another one."""
    for child in node.iter_child_nodes():
        is_block = isinstance(child, nodes.Block)
        if isinstance(child, nodes.Block):
            yield child, nested
        yield from blocks_of(child, nested=nested or is_block)
