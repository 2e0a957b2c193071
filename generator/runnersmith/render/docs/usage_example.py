"""Usage example of an operation: a program that calls it, with the spec's own values. Pure."""

from __future__ import annotations

import builtins
import json
import keyword
from collections.abc import Iterator, Mapping

from ... import ir
from ...ir import names
from ...ir.types import is_completed_by_caller
from ...openapi.document import Json
from ..python.sample_values import Group, Source, Values, flat, laid, named
from ..python.source import literal
from .auth import auth_argument
from .index import index
from .servers import servers_arguments

_FILE = ir.Primitive(name="file")
# A media type of each range.
_KINDS = {
    "audio": "audio/mpeg",
    "image": "image/png",
    "multipart": "multipart/mixed; boundary=part",
    "text": "text/plain",
    "video": "video/mp4",
}
_OTHER = "application/pdf"

_STANDARD = {"datetime": "datetime", "date": "datetime"}


def example(
    operation: ir.Operation,
    api: ir.Api,
    scope: ir.Scope | None,
    resource: ir.Resource,
    is_async: bool,
) -> str:
    """Return a program, imports included, that calls an operation and prints the result.

    Without a scope, the resource belongs to the client itself, of an API with its own security
    schemes.
    """
    values = Values(index(api).models)
    depth = 8 if is_async else 4
    lines = list(
        statements(operation, api, call_of(operation, api, scope, resource, values), is_async)
    )
    body = "\n".join(" " * (depth + more) + written(line, depth + more) for line, more in lines)
    opening = (
        f"{'async ' if is_async else ''}with ",
        client_of(operation, api, is_async),
        " as client:",
    )
    parts = {
        "imports": imports_of(api, values, ("asyncio",) if is_async else ()),
        "opening": written(opening, 4 if is_async else 0),
        "body": body,
    }
    return (_ASYNC if is_async else _SYNC).format(**parts)


def first_example(api: ir.Api) -> str:
    """Return a program that calls the simplest operation of an API without scopes."""
    found = [
        (
            operation.server is not None,
            len(operation.arguments) + sum(one.required for one in operation.query),
            number,
        )
        for number, (_, operation) in enumerate(_readable(api))
    ]
    if not found:
        auth = auth_argument(api)
        opening = (
            "with ",
            Group(f"{api.package}.Client(", (auth,) if auth else (), ")"),
            " as client:",
        )
        return _SYNC.format(
            imports=f"import {api.package}",
            opening=written(opening, 0),
            body="    ...  # client.RESOURCE.METHOD(...), as listed below",
        )
    resource, operation = list(_readable(api))[min(found)[-1]]
    return example(operation, api, None, resource, False).rstrip()


def _readable(api: ir.Api) -> Iterator[tuple[ir.Resource, ir.Operation]]:
    for resource in api.resources:
        for operation in resource.operations:
            held = any(one.required for one in (*operation.headers, *operation.cookies))
            if operation.method == "GET" and not held and operation.body is None:
                yield resource, operation


_SYNC = """\
{imports}

{opening}
{body}
"""
_ASYNC = """\
{imports}


async def main() -> None:
    {opening}
{body}


asyncio.run(main())
"""


def imports_of(
    api: ir.Api, values: Values, standard: tuple[str, ...], *, has_path: bool = False
) -> str:
    dates = sorted(values.used & _STANDARD.keys())
    first = [f"import {name}" for name in standard]
    first += [f"from datetime import {', '.join(dates)}"] if dates else []
    first += ["from pathlib import Path"] if has_path else []
    then = [f"import {api.package}"]
    then += [f"from {api.package} import models"] if "models" in values.used else []
    return "\n\n".join("\n".join(block) for block in (first, then) if block)


# ── Client ───────────────────────────────────────────────────────────────────────────────────


def client_of(operation: ir.Operation, api: ir.Api, is_async: bool) -> Group:
    """Return the client with the operation's credentials, and the addresses that it needs."""
    given: list[Source] = []
    if (version := version_of(operation, api)) != api.version:
        given.append(f"api_version={literal(version)}")
    # GitHub's token comes from the environment.
    if not api.scopes and operation.security:
        asked = next((one for one in operation.security if one), ())
        given += [it for it in [auth_argument(api, asked)] if it]
    if not api.server.startswith("https://"):
        path = api.server if api.server.startswith("/") else "/"
        given.append(f"base_url={literal(f'https://api.example.com{path}')}")
    given += servers_arguments(operation, api)
    return Group(f"{api.package}.{'Async' if is_async else ''}Client(", tuple(given), ")")


# ── Call ─────────────────────────────────────────────────────────────────────────────────────


def call_of(
    operation: ir.Operation,
    api: ir.Api,
    scope: ir.Scope | None,
    resource: ir.Resource,
    values: Values,
) -> Group:
    holder = "client"
    if scope is not None:
        held = ", ".join(flat(_argument(one, values)) for one in scope.parameters)
        holder = f"client.{scope.name}({held})"
    positional = [_argument(one, values) for one in operation.arguments]
    keywords = (*operation.query, *operation.headers, *operation.cookies)
    version = version_of(operation, api)
    asked = [named(one.name, _argument(one, values)) for one in keywords if _needs(one, version)]
    sent = list(_body(operation.body, values, version)) if operation.body else []
    opening = f"{holder}.{resource.name}.{operation.name}("
    return Group(opening, (*positional, *asked, *sent), ")")


def version_of(operation: ir.Operation, api: ir.Api) -> str:
    """Return the newest API version with an operation."""
    return next(iter(operation.available.versions), api.version)


def _needs(one: ir.Field | ir.Parameter, version: str) -> bool:
    """Return whether a call needs an argument with an API version."""
    return one.required or version in one.required_in


def _has(available: ir.Availability, version: str) -> bool:
    return not available.versions or version in available.versions


def _argument(one: ir.Parameter, values: Values) -> Source:
    given = values.given(one.type, json.loads(one.example)) if one.example is not None else None
    # The last one is for a type without a finite value.
    return given or values.made(one.type, one.wire_name) or "..."


def _body(body: ir.Body, values: Values, version: str) -> Iterator[Source]:
    """Yield the fields of the example and all required ones, or the body as a whole."""
    if not _has(body.available, version):
        return
    if body.whole is not None:
        given: Source | None = None
        if body.whole.type == _FILE:
            given = _file(body.whole.name, body.media_type, values)
        elif body.example is not None:
            given = values.given(body.whole.type, json.loads(body.example))
        yield named(
            body.whole.name, given or values.made(body.whole.type, body.whole.name) or "..."
        )
        return
    whole: Json = json.loads(body.example) if body.example is not None else {}
    known = whole if isinstance(whole, dict) else {}
    ranges = {part.wire_name: part.media_type or "" for part in body.parts if part.file == "one"}
    for one in body.fields:
        there = one.wire_name in known and _has(one.available, version)
        source = values.given(one.type, known[one.wire_name]) if there else None
        media_type = ranges.get(one.wire_name, "")
        if "*" in media_type and (source is not None or _needs(one, version)):
            source = _file(one.name, media_type, values)
        if source is None and _needs(one, version):
            source = values.made(one.type, one.wire_name)
        if source is not None:
            yield named(one.name, source)


def _file(name: str, media_type: str, values: Values) -> Source | None:
    """Return a file with a media type, if the description leaves that to the caller."""
    content = values.made(_FILE, name)
    if content is None or not is_completed_by_caller(media_type):
        return content
    kind = media_type.partition("/")[0].lower()
    is_exact = "*" not in media_type
    chosen = f"{media_type}; boundary=part" if is_exact else _KINDS.get(kind, _OTHER)
    return Group("(", (literal(name), content, literal(chosen)), ")")


# ── Use of the result ────────────────────────────────────────────────────────────────────────

# A line is source, or source between texts, with its indentation in columns.
Line = tuple[Source | tuple[str, Source, str], int]


def written(line: Source | tuple[str, Source, str], indent: int) -> str:
    before, source, after = line if isinstance(line, tuple) else ("", line, "")
    opened = (
        Group(before + source.opening, source.parts, source.closing)
        if isinstance(source, Group)
        else before + source
    )
    return laid(opened, indent, len(after)) + after


def statements(operation: ir.Operation, api: ir.Api, call: Group, is_async: bool) -> Iterator[Line]:
    await_ = "await " if is_async else ""
    taken = {"client", "main", "asyncio", "models", "date", "datetime", api.package}
    models = index(api).models
    returns = operation.returns
    if operation.paged and operation.item is not None:
        one = _variable(operation.item, taken)
        yield (f"{'async ' if is_async else ''}for {one} in ", call, ":"), 0
        yield _printed(one, operation.item, models), 4
    elif returns is None:
        yield (await_, call, ""), 0
    elif isinstance(returns, ir.Array):
        one = _variable(returns.items, taken)
        yield (f"for {one} in {await_}", call, ":"), 0
        yield _printed(one, returns.items, models), 4
    else:
        found = _variable(returns, taken, "result")
        yield (f"{found} = {await_}", call, ""), 0
        model = models[returns.model] if isinstance(returns, ir.Reference) else None
        listed = (
            next((it for it in model.fields if it.name == model.items), None) if model else None
        )
        if listed is not None and isinstance(listed.type, ir.Array):
            one = _variable(listed.type.items, {*taken, found})
            yield f"for {one} in {found}.{listed.name}{'' if listed.required else ' or ()'}:", 0
            yield _printed(one, listed.type.items, models), 4
        else:
            yield _printed(found, returns, models), 0


def _variable(found: ir.Type, taken: set[str], usually: str = "item") -> str:
    """Return a value's variable name: its model's, if that is not taken."""
    name = names.snake(found.model) if isinstance(found, ir.Reference) else usually
    usual = keyword.issoftkeyword(name) or hasattr(builtins, name) or name in taken
    if not usual:
        return name
    return next(it for it in (usually, "item", "result", "found") if it not in taken)


def _printed(name: str, found: ir.Type, models: Mapping[str, ir.Model]) -> str:
    """Return a statement that prints id and name or else the whole value, with secrets masked."""
    fields = models[found.model].fields if isinstance(found, ir.Reference) else ()
    known = {one.wire_name: one.name for one in fields if not one.secret}
    shown = [f"{name}.{known[key]}" for key in ("id", "name") if key in known]
    return f"print({', '.join(shown or [name])})"
