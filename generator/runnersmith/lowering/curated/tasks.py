"""The tasks that the document lists, held against the methods of every API version. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ... import ir
from ...openapi.document import Document, Node
from ...openapi.near import near
from ...problems import Problem, SpecError


def with_tasks(api: ir.Api, document: Document) -> ir.Api:
    """Add the tasks of the newest document to the client of all of them.

    Raises SpecError with every method that no scope has in any API version.
    """
    extension = document.root.get("x-runnersmith")
    written = extension.get("tasks") if extension is not None else None
    nodes = list(written.elements()) if written is not None else []
    known = {
        f"{resource.name}.{operation.name}"
        for scope in api.scopes
        for resource in scope.resources
        for operation in resource.operations
    }
    if problems := [problem for node in nodes for problem in _unknown(node, known)]:
        raise SpecError(problems)
    return replace(api, tasks=tuple(map(_task, nodes)))


def _unknown(node: Node, known: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for one in node.at("methods").elements():
        name = str(one.value)
        if name not in known:
            hint = near(name, sorted(known)) or "; correct it, or remove it"
            yield one.problem(f"no scope has a method {name!r}{hint}")
        elif name in seen:
            yield one.problem(f"the task has {name!r} already; remove it")
        seen.add(name)


def _task(node: Node) -> ir.Task:
    return ir.Task(
        title=node.text("title") or "",
        description=node.text("description") or "",
        methods=tuple(str(one.value) for one in node.at("methods").elements()),
    )
