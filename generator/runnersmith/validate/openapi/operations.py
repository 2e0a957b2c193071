"""Operations: the requirements for a method. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ...openapi.document import Node
from ...openapi.messages import quote
from ...openapi.navigation import elements, keys, lacks
from ...openapi.survey import Endpoint, Survey
from ...problems import Problem


def check(survey: Survey) -> Iterator[Problem]:
    """Check operationIds, parameters, responses and bodies."""
    yield from _operation_ids(survey)
    for node in survey.of("path item", "operation"):
        yield from _duplicate_parameters(node)
    for endpoint in survey.endpoints:
        if endpoint.node.reference is not None:
            yield _reference(endpoint.node)
            continue
        yield from _responses(endpoint)
        yield from _body(endpoint)


def parameters(endpoint: Endpoint) -> dict[tuple[str, str], Node]:
    """Return an operation's parameters by location and name, resolved, path item's included."""
    found: dict[tuple[str, str], Node] = {}
    for owner in (endpoint.item, endpoint.node):
        for element in elements(owner.get("parameters")):
            parameter = element.resolved()
            key = _identity(parameter)
            if parameter is not None and key is not None:
                found[key] = parameter
    return found


def _reference(node: Node) -> Problem:
    """Return the problem of an operation that is a reference, which OpenAPI does not have."""
    reference = str(node.reference)
    leads = "another operation" if reference.startswith("#") else "another file"
    return node.at("$ref").problem(
        f"$ref {quote(reference)} leads to {leads}, but an operation must be written out; "
        "bundle the spec into one file first"
    )


def _identity(parameter: Node | None) -> tuple[str, str] | None:
    """Return the identity of a parameter: its location (`in`) and its name."""
    if parameter is None:
        return None
    place, name = parameter.text("in"), parameter.text("name")
    return (place, name) if place is not None and name is not None else None


def _operation_ids(survey: Survey) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for endpoint in survey.endpoints:
        stated = endpoint.node.get("operationId")
        if endpoint.node.reference is not None:
            continue
        if lacks(endpoint.node, "operationId"):
            message = "the operation has no operationId; add a unique one"
            yield endpoint.node.problem(message, key=True, severity="warning")
        elif stated is not None and isinstance(stated.value, str):
            if stated.value in first:
                line = first[stated.value].problem("").place.line
                yield stated.problem(
                    f"operationId {quote(stated.value)} is used on line {line} already; "
                    "make each one unique",
                    severity="warning",
                )
            first.setdefault(stated.value, stated)


def _duplicate_parameters(owner: Node) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for element in elements(owner.get("parameters")):
        key = _identity(element.resolved())
        if key in seen:
            yield element.problem(
                f"the {quote(key[0])} parameter {quote(key[1])} is listed twice here; remove one"
            )
        if key is not None:
            seen.add(key)


def _responses(endpoint: Endpoint) -> Iterator[Problem]:
    responses = endpoint.node.get("responses")
    if responses is None:
        if lacks(endpoint.node, "responses"):
            message = "the operation has no responses; add one for success"
            yield endpoint.node.problem(message, key=True, severity="warning")
        return
    if not any(status[:1] in ("2", "3") or status == "default" for status in keys(responses)):
        yield responses.problem(
            "no response for success; add a 2XX status", key=True, severity="warning"
        )


def _body(endpoint: Endpoint) -> Iterator[Problem]:
    body = endpoint.node.get("requestBody")
    if body is not None and endpoint.method in ("get", "head"):
        yield body.problem(
            f"a {endpoint.method.upper()} request has a body, which servers may ignore or refuse; "
            "send parameters instead",
            key=True,
            severity="warning",
        )
