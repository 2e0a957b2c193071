"""Components: use by the paths, and validity of their names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...openapi.document import Node, Pointer
from ...openapi.messages import quote
from ...openapi.navigation import elements, entries, into, keys
from ...openapi.spelling import suggest
from ...openapi.survey import Survey
from ...problems import Problem
from .references import mapped_reference, mapping_values, meant

_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9._-]+")

Component = tuple[str | int, ...]


def check(survey: Survey) -> Iterator[Problem]:
    """Check names and security requirements, and that every component is used."""
    declared = [*_declared(survey)]
    for component in declared:
        if not _NAME.fullmatch(component.key):
            yield component.problem(
                f"the component name {quote(component.key)} is invalid; "
                'use letters, digits, ".", "-" and "_"',
                key=True,
            )
    yield from _undeclared_security(survey)
    used = _used(survey)
    for component in declared:
        if component.pointer not in used:
            section = component.pointer[1]
            yield component.problem(
                f"components.{section} {quote(component.key)} is not used by any path; remove it",
                key=True,
                severity="warning",
            )


def _declared(survey: Survey) -> Iterator[Node]:
    for components in survey.of("components"):
        for section in entries(components):
            yield from (entry for entry in entries(section) if entry.pointer in survey.kinds)


def _owner(pointer: Pointer) -> Component:
    """Return the component that contains a pointer; empty outside components."""
    return pointer[:3] if pointer[:1] == ("components",) else ()


def _used(survey: Survey) -> set[Component]:
    """Return the components reachable from outside the components."""
    uses: dict[Component, set[Component]] = {}

    def use(at: Node, reference: str) -> None:
        # The probable target of a misspelt reference counts as used: only the reference is wrong.
        target = at.document.find(reference) or meant(at, reference)
        if target is not None:
            uses.setdefault(_owner(at.pointer), set()).add(_owner(target.pointer))

    for kind, node in survey.everything():
        reference = node.reference
        if reference is not None:
            use(node, reference)
        if kind == "schema":
            for value in mapping_values(node):
                use(value, mapped_reference(value))
    for requirement in _requirements(survey):
        for name in keys(requirement):
            uses.setdefault((), set()).add(("components", "securitySchemes", name))
    reached: set[Component] = set()
    waiting = [*uses.get((), ())]
    while waiting:
        component = waiting.pop()
        if component not in reached:
            reached.add(component)
            waiting += uses.get(component, ())
    return reached


def _requirements(survey: Survey) -> Iterator[Node]:
    for node in survey.of("document", "operation"):
        yield from elements(node.get("security"))


def _undeclared_security(survey: Survey) -> Iterator[Problem]:
    known = keys(into(survey.document.root, "components", "securitySchemes"))
    for requirement in _requirements(survey):
        for name, scheme in requirement.items():
            if name not in known:
                yield scheme.problem(
                    f"security names {quote(name)}, which components.securitySchemes does not "
                    f"declare{suggest(name, known) or '; declare it'}",
                    key=True,
                    # The client sends nothing for it; the server decides.
                    severity="warning",
                )
