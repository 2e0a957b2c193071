"""Path templates, and the parameters that fill them. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ...openapi.document import Node
from ...openapi.messages import quote
from ...openapi.navigation import elements
from ...openapi.spelling import nearest
from ...openapi.survey import Endpoint, Survey
from ...problems import Problem
from .operations import parameters

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# Characters of a URL path without percent-encoding (RFC 3986), beside the placeholders.
_LITERAL = re.compile(r"(?:[A-Za-z0-9/._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})*")

_QUERY = re.compile(r"(?:[A-Za-z0-9/._~!$&'()*+,;=:@?-]|%[0-9A-Fa-f]{2})*")
# One field of a query whose value is a parameter, such as `page={page}`.
_FIELD = re.compile(r"([^{}=]+)=\{([^{}]+)\}")


def check(survey: Survey) -> Iterator[Problem]:
    """Check every path, and that its placeholders match the declared parameters."""
    yield from _templates(survey)
    yield from _same(survey)
    for endpoint in survey.endpoints:
        if endpoint.node.reference is None:
            yield from _placeholders(endpoint)


def placeholders(path: str) -> list[str]:
    """Return the parameter names in a path template, in order."""
    return _PLACEHOLDER.findall(path)


def split_query(query: str) -> tuple[str, dict[str, str]]:
    """Split the query of a path: its fixed part, and the field of each parameter by its name."""
    fixed: list[str] = []
    fields: dict[str, str] = {}
    for part in query.split("&"):
        match = _FIELD.fullmatch(part)
        if match is None or match[2] in fields:
            fixed.append(part)
        else:
            fields[match[2]] = match[1]
    return "&".join(fixed), fields


def _templates(survey: Survey) -> Iterator[Problem]:
    for paths in survey.of("paths"):
        for path, item in paths.items():
            if path.startswith("/"):  # else an extension, or rejected by the schema of the document
                yield from _syntax(path, item)


def _same(survey: Survey) -> Iterator[Problem]:
    """Check for paths that are equal in OpenAPI. GitHub has some with different methods."""
    methods: dict[str, list[str]] = {}
    for endpoint in survey.endpoints:
        methods.setdefault(endpoint.path, []).append(endpoint.method)
    # For each shape, the first path as "", and the first one with each method.
    known: dict[str, dict[str, str]] = {}
    for paths in survey.of("paths"):
        for path, item in paths.items():
            if not path.startswith("/"):
                continue
            first = known.setdefault(_PLACEHOLDER.sub("{}", path), {})
            own = methods.get(path, [])
            if first:
                both = next((method for method in own if method in first), "")
                message = (
                    f"the path {quote(path)} differs from {quote(first[both])} only in the names "
                    "of its parameters"
                )
                message += f", and both have {quote(both)}: that is one request" if both else ""
                yield item.problem(f"{message}; merge them", key=True, severity="warning")
            for method in ("", *own):
                first.setdefault(method, path)


def _syntax(path: str, item: Node) -> Iterator[Problem]:
    names = placeholders(path)
    target, has_fragment, _ = path.partition("#")
    sent, has_query, query = target.partition("?")
    fixed, fields = split_query(query)
    written = "".join((fixed, *fields.values()))
    if not _LITERAL.fullmatch(_PLACEHOLDER.sub("", sent)) or not _QUERY.fullmatch(
        _PLACEHOLDER.sub("", written)
    ):
        yield item.problem(
            f"the path {quote(path)} has characters that no URL path has; correct or escape them",
            key=True,
        )
    elif placeholders(fixed) or not fields.keys().isdisjoint(placeholders(sent)):
        yield item.problem(
            f"the path {quote(path)} has a query in which a parameter is not just the value of a "
            "field; describe it with parameters",
            key=True,
        )
    elif has_fragment or has_query:
        what = "fragment, which is never sent" if has_fragment else "query"
        yield item.problem(
            f"the path {quote(path)} has a {what}; describe it with parameters",
            key=True,
            severity="warning",
        )
    if any(part in (".", "..") for part in sent.split("/")):
        yield item.problem(
            f'the path {quote(path)} has a "." or ".." segment; write it out', key=True
        )
    if "" in names:
        yield item.problem(f"the path {quote(path)} has a parameter without a name", key=True)
    for name in (name for name, times in Counter(names).items() if times > 1):
        yield item.problem(
            f"the path {quote(path)} has the parameter {quote(name)} twice; rename one",
            key=True,
            severity="warning",
        )


def _placeholders(endpoint: Endpoint) -> Iterator[Problem]:
    listed = parameters(endpoint)
    declared = [name for place, name in listed if place == "path"]
    _, fields = split_query(endpoint.path.partition("#")[0].partition("?")[2])
    described = {name for name, field in fields.items() if ("query", field) in listed}
    described -= {*declared}
    needed = [name for name in placeholders(endpoint.path) if name and name not in described]
    lacking = [name for name in needed if name not in declared]
    for name in declared:
        if name in needed:
            continue
        near = nearest(name, lacking)
        if near is not None:
            lacking.remove(near)
        hint = f"did you mean {quote(near)}?" if near else "remove it or add it to the path"
        yield _declaration(endpoint, name).problem(
            f"the path parameter {quote(name)} is not in the path {quote(endpoint.path)}; {hint}"
        )
    if any(element.resolved() is None for element in _listed(endpoint)):
        return  # a dangling reference may be for any missing parameter
    for name in lacking:
        yield endpoint.node.problem(
            f"the path has the parameter {quote(name)}, which is not declared; declare it", key=True
        )


def _declaration(endpoint: Endpoint, name: str) -> Node:
    """Return the place where a parameter is listed, which differs from that of a shared one."""
    for element in _listed(endpoint):
        parameter = element.resolved()
        if parameter is not None and parameter.text("name") == name:
            return element
    return endpoint.node


def _listed(endpoint: Endpoint) -> Iterator[Node]:
    """Yield the parameter lists' entries for an operation, its own first."""
    for owner in (endpoint.node, endpoint.item):
        yield from elements(owner.get("parameters"))
