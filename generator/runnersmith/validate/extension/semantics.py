"""Semantics of `x-runnersmith`: scopes, resources, methods, pagination and secrets together.

`schema` checks each extension on its own; malformed ones are skipped here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword

from ...openapi.document import Node
from ...openapi.messages import quote
from ...openapi.navigation import entries, into, keys
from ...openapi.schema_view import SchemaView
from ...openapi.spelling import suggest
from ...openapi.survey import Endpoint, Survey
from ...problems import Problem
from ..openapi.operations import parameters
from .schema import KEY, place_of

_MENTIONED = re.compile(r"`([a-z0-9_]+\.[a-z0-9_]+)`")
# The errors that depend on a response's message, each with its status.
_STATUS = {"RunnerBusy": "422"}
_ARRAY, _STRING = frozenset({"array"}), frozenset({"string"})
_HEADER_VALUE = re.compile("[!-~]+")


def check(survey: Survey) -> Iterator[Problem]:
    """Check every name, path and type that an extension mentions."""
    root = survey.document.root.get(KEY)
    if root is not None:
        yield from _layout(survey, root)
        yield from _mentioned(survey, root)
        yield from _version(survey, root)
    for endpoint in survey.endpoints:
        extension = endpoint.node.get(KEY)
        if extension is not None:
            yield from _repeat(endpoint, extension)
            yield from _lookup(extension)
            yield from _paged(survey, endpoint, extension)
        yield from _errors(endpoint)
    for schema in survey.of("schema"):
        extension = schema.get(KEY)
        place = place_of(survey, extension) if extension is not None else None
        if extension is not None and place == "component":
            yield from _wrapper(survey.views.of(schema), extension)
        elif extension is not None and place == "property":
            yield from _property(survey.views.of(schema), extension)


def _version(survey: Survey, root: Node) -> Iterator[Problem]:
    """Check that the version is valid as a header value, if a header for it is named."""
    version = into(survey.document.root, "info", "version")
    text = version.value if version is not None else None
    if version is None or not isinstance(text, str) or root.text("version-header") is None:
        return
    if not _HEADER_VALUE.fullmatch(text):
        yield version.problem(
            f"the version {quote(text)} cannot be sent as a header; use visible ASCII characters"
        )


# ── Scopes, resources, methods ───────────────────────────────────────────────────────────────


def _layout(survey: Survey, root: Node) -> Iterator[Problem]:
    scopes = _scopes(root)
    resources = dict(_entries(root, "resources"))
    for name, entry in (*_entries(root, "scopes"), *resources.items()):
        yield from _keyword(name, entry, key=True)
    yield from _overlapping(scopes)
    used: set[tuple[str, str | None]] = set()
    methods: dict[tuple[str, str, str], Node] = {}
    for endpoint in survey.endpoints:
        extension = endpoint.node.get(KEY)
        scope = _scope(endpoint, scopes)
        if scope is None and scopes:
            starts = ", ".join(quote(scope.text("path")) for scope in scopes.values())
            yield endpoint.at.problem(
                f"the path starts like no scope of {KEY} ({starts}); correct it or add a scope",
                key=True,
                severity="warning" if extension is None else "error",
            )
        if extension is None:
            continue
        resource, method = extension.text("resource"), extension.text("method")
        used |= {("scopes", scope), ("resources", resource)}
        if resource is not None and resource not in resources:
            hint = suggest(resource, resources) or "; add it there or correct it"
            yield extension.at("resource").problem(
                f"resource {quote(resource)} is not in the resources of {KEY} at the root{hint}"
            )
        if method is None:
            continue
        yield from _keyword(method, extension.at("method"))
        if scope is not None and resource is not None:
            first = methods.setdefault((scope, resource, method), extension.at("method"))
            if first.pointer != extension.at("method").pointer:
                line = first.problem("").place.line
                yield extension.at("method").problem(
                    f"method {quote(method)} of {quote(f'{scope}.{resource}')} is made on line {line} already; "
                    "rename one"
                )
    for section in ("scopes", "resources"):
        for name, entry in _entries(root, section):
            if (section, name) not in used:
                message = f"{section[:-1]} {quote(name)} has no operation; remove it"
                yield entry.problem(message, key=True, severity="warning")


def _scopes(root: Node) -> dict[str, Node]:
    return {name: scope for name, scope in _entries(root, "scopes") if scope.text("path")}


def _entries(root: Node, section: str) -> list[tuple[str, Node]]:
    return [(entry.key, entry) for entry in entries(root.get(section))]


def _keyword(name: str, at: Node, *, key: bool = False) -> Iterator[Problem]:
    if iskeyword(name):
        yield at.problem(f"{quote(name)} is a keyword of Python; choose another name", key=key)


def _overlapping(scopes: dict[str, Node]) -> Iterator[Problem]:
    for name, scope in scopes.items():
        for other, outer in scopes.items():
            if name != other and _is_below(scope.text("path") or "", outer.text("path") or ""):
                yield scope.at("path").problem(
                    f"every path of scope {quote(name)} is also one of scope {quote(other)}; "
                    "a path belongs to exactly one"
                )


def _scope(endpoint: Endpoint, scopes: dict[str, Node]) -> str | None:
    for name, scope in scopes.items():
        if _is_below(endpoint.path, scope.text("path") or ""):
            return name
    return None


def _is_below(path: str, start: str) -> bool:
    return path == start or path.startswith(f"{start}/")


# ── Calls ────────────────────────────────────────────────────────────────────────────────────


def _repeat(endpoint: Endpoint, extension: Node) -> Iterator[Problem]:
    stated = extension.text("repeat")
    if stated in ("safe", "idempotent", "unsafe") and (stated == "safe") != (
        endpoint.method in ("get", "head", "options")
    ):
        yield extension.at("repeat").problem(
            f"repeat: {quote(stated)} on a {endpoint.method.upper()}; safe is for what only reads, "
            "which is a GET"
        )


def _lookup(extension: Node) -> Iterator[Problem]:
    """Check that exactly the operations whose outcome can be unknown have `lookup`."""
    repeat, stated = extension.text("repeat"), extension.get("lookup")
    if repeat == "unsafe" and stated is None:
        yield extension.at("repeat").problem(
            "an unsafe operation needs lookup: what to look up when no answer came; add it",
            severity="warning",
        )
    elif repeat in ("safe", "idempotent") and stated is not None:
        yield stated.problem(
            f"lookup is for unsafe operations, and this one is {repeat}: sending it again shows the outcome; remove it",
            key=True,
        )


def _mentioned(survey: Survey, root: Node) -> Iterator[Problem]:
    """Check the methods in `lookup`: they must be in the operation's scope."""
    scopes = _scopes(root)
    extended = [
        (scope, extension)
        for endpoint in survey.endpoints
        if (extension := endpoint.node.get(KEY)) is not None
        and (scope := _scope(endpoint, scopes)) is not None
    ]
    methods: dict[str, list[str]] = {name: [] for name in scopes}
    for scope, extension in extended:
        methods[scope].append(f"{extension.text('resource')}.{extension.text('method')}")
    for scope, extension in extended:
        for name in _MENTIONED.findall(extension.text("lookup") or ""):
            if name not in methods[scope]:
                hint = suggest(name, methods[scope]) or "; correct it"
                yield extension.at("lookup").problem(
                    f"lookup names {quote(name)}, which is no method of scope {quote(scope)}{hint}"
                )


def _paged(survey: Survey, endpoint: Endpoint, extension: Node) -> Iterator[Problem]:
    query = {name for place, name in parameters(endpoint) if place == "query"}
    missing = [name for name in ("page", "per_page") if name not in query]
    paged = extension.get("paged")
    if paged is None or paged.value is not True:
        if not missing:
            yield extension.problem(
                'the operation has page and per_page, but not "paged: true"; add it',
                key=True,
                severity="warning",
            )
        return
    for name in missing:
        yield paged.problem(f"paged needs the query parameter {quote(name)}; declare it")
    if not any(map(_is_list, _success_schemas(survey, endpoint))):
        yield paged.problem(
            f"paged needs a response that is a list, or a component schema whose {KEY} names its items"
        )


def _success_schemas(survey: Survey, endpoint: Endpoint) -> Iterator[SchemaView]:
    """Yield the schemas of success responses."""
    for response in entries(endpoint.node.get("responses")):
        if not response.key.startswith("2"):
            continue
        for media_type in entries(into(response.resolved(), "content")):
            schema = media_type.get("schema")
            target = survey.views.of(schema).target if schema is not None else None
            if target is not None:
                yield target


def _errors(endpoint: Endpoint) -> Iterator[Problem]:
    """Check that responses with an error's name have its status."""
    for written in entries(endpoint.node.get("responses")):
        stated = into(written.resolved(), KEY, "error")
        name = stated.value if stated is not None else None
        status = _STATUS.get(name) if isinstance(name, str) else None
        if status is not None and written.key != status:
            yield written.problem(
                f"the error {name} is one of status {status}, not of {quote(written.key)}; "
                "correct the status, or drop the error",
                key=True,
            )


def _is_list(schema: SchemaView) -> bool:
    return schema.types.names == _ARRAY or into(schema.node, KEY, "items") is not None


# ── Schemas ──────────────────────────────────────────────────────────────────────────────────


def _wrapper(schema: SchemaView, extension: Node) -> Iterator[Problem]:
    name = extension.text("items")
    if name is None:
        return
    held = schema.property(name)
    if held is None:
        known = keys(schema.get("properties"))
        yield extension.at("items").problem(
            f"items names {quote(name)}, which is not a property of this schema"
            f"{suggest(name, known) or '; add it or correct it'}"
        )
    elif schema.views.of(held).types.names != _ARRAY:
        yield extension.at("items").problem(f"items names {quote(name)}, which is not an array")


def _property(schema: SchemaView, extension: Node) -> Iterator[Problem]:
    for name in ("secret", "values"):
        stated = extension.get(name)
        if stated is not None and schema.types.names != _STRING:
            yield stated.problem(f"{name} is for strings only; remove it", key=True)
        elif stated is not None and name == "values" and _has_enum(schema):
            yield stated.problem(
                "values is for a string without enum, which lists its values itself; keep one",
                key=True,
            )


def _has_enum(schema: SchemaView) -> bool:
    return any("enum" in view.keys for view in schema.everything())
