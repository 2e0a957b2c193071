"""Changes of how a client travels: servers, credentials, encodings of bodies and values. Pure.

Most of these exist only in documents without our extension.
"""

from __future__ import annotations

from collections.abc import Iterator

from .. import ir
from .change import Change, Subject, code
from .change_kinds import Level
from .members import described


def servers(subject: Subject, old: ir.Api, new: ir.Api) -> Iterator[Change]:
    """Yield a change of the servers that can be chosen, apart from the default."""
    # The first is the default, whose change is `server-changed`.
    if [one.url for one in old.servers[1:]] != [one.url for one in new.servers[1:]]:
        text = f"other servers: {_listed(new.servers[1:])}, before {_listed(old.servers[1:])}"
        yield subject.change("servers-changed", text)
    for before, after in zip(old.servers, new.servers, strict=False):
        yield from described(
            subject, before.description, after.description, f"description of {code(after.url)}"
        )


def _listed(servers: tuple[ir.Server, ...]) -> str:
    return ", ".join(code(server.url) for server in servers) or "none"


def named_servers(old: ir.Api, new: ir.Api) -> Iterator[Change]:
    """Yield the changes of the servers of some operations, which are the names in `servers`."""
    before = {server.name: server for server in old.named_servers}
    for server in new.named_servers:
        subject = Subject(name=f"Client(servers[{server.name}])")
        was = before.pop(server.name, None)
        if was is None:
            yield subject.change("named-server-added", f"new, for {code(server.url)}")
            continue
        if was.url != server.url:
            text = f"the address is {code(server.url)}, before {code(was.url)}"
            yield subject.change("server-changed", text)
        if was.others != server.others:
            text = f"other addresses: {_listed(server.others)}, before {_listed(was.others)}"
            yield subject.change("servers-changed", text)
        yield from described(subject, was.description, server.description)
    for name in before:
        yield Subject(name=f"Client(servers[{name}])").change("named-server-removed", "removed")


def server(subject: Subject, old: ir.Operation, new: ir.Operation) -> Iterator[Change]:
    """Yield a change of the server that an operation is sent to."""
    if old.server != new.server:
        before, after = (code(one.server) if one.server else "the API's" for one in (old, new))
        yield subject.change("server-changed", f"is sent to {after} server, before to {before}")


def schemes(old: ir.Api, new: ir.Api) -> Iterator[Change]:
    """Yield the changes of security schemes, which are the names in `auth`."""
    before = {scheme.wire_name: scheme for scheme in old.schemes}
    for scheme in new.schemes:
        subject = Subject(name=f"Client(auth[{scheme.wire_name}])")
        was = before.pop(scheme.wire_name, None)
        if was is None:
            yield subject.change("scheme-added", "new")
            continue
        if was.type != scheme.type:
            text = f"is of type {scheme.type}, before {was.type}"
            api_keys = {"header", "query", "cookie"}
            level: Level = "compatible" if {was.type, scheme.type} <= api_keys else "breaking"
            yield subject.change("scheme-changed", text, level)
        elif was.key != scheme.key:
            text = f"travels as {code(scheme.key)}, before as {code(was.key)}"
            yield subject.change("scheme-changed", text, "compatible")
        yield from described(subject, was.description, scheme.description)
    for name in before:
        yield Subject(name=f"Client(auth[{name}])").change("scheme-removed", "removed")


def security(subject: Subject, old: ir.Operation, new: ir.Operation) -> Iterator[Change]:
    """Yield a change of the required credentials: alternatives, each of one or more schemes."""
    before, after = ({*map(frozenset, one.security or ((),))} for one in (old, new))
    if before == after:
        return
    kept = all(any(enough <= given for enough in after) for given in before)
    text = f"needs {_alternatives(new)}, before {_alternatives(old)}"
    yield subject.change("security-changed", text, "compatible" if kept else "breaking", "request")


def _alternatives(operation: ir.Operation) -> str:
    listed = [" and ".join(map(code, names)) or "nothing" for names in operation.security]
    return " or ".join(listed) or "nothing"


def oauth_scopes(subject: Subject, old: ir.Operation, new: ir.Operation) -> Iterator[Change]:
    """Yield a change of the scopes of a token: alternatives, each of one or more scopes."""
    before, after = map(_scope_alternatives, (old, new))
    if before == after:
        return
    kept = all(any(enough <= given for enough in after) for given in before)
    text = f"needs {_scope_words(after)}, before {_scope_words(before)}"
    yield subject.change("permission-removed" if kept else "permission-added", text)


def _scope_alternatives(operation: ir.Operation) -> set[frozenset[tuple[str, str]]]:
    listed = [
        frozenset((one.scheme, scope) for one in alternative for scope in one.scopes)
        for alternative in operation.oauth_scopes
    ]
    return set(listed or [frozenset()])


def _scope_words(alternatives: set[frozenset[tuple[str, str]]]) -> str:
    words = [
        " and ".join(f"the scope {code(scope)} of {code(scheme)}" for scheme, scope in sorted(one))
        for one in alternatives
    ]
    return ", or ".join(sorted(words)) or "no scope"


def encodings(subject: Subject, old: ir.Operation, new: ir.Operation) -> Iterator[Change]:
    """Yield the changes of how a body and the responses travel, if both operations have them."""
    if old.body is not None and new.body is not None and _sent(old.body) != _sent(new.body):
        text = f"the body travels {_as(old.body.media_type, new.body.media_type)}"
        yield subject.change("encoding-changed", text, role="request")
    before = {response.status: response for response in old.responses}
    for response in new.responses:
        was = before.get(response.status)
        if was is not None and (was.encoding, was.media_type) != (
            response.encoding,
            response.media_type,
        ):
            text = f"the content of {response.status} travels {_as(_accepted(was), _accepted(response))}"
            yield subject.change("encoding-changed", text, role="response")


def _accepted(response: ir.SuccessResponse) -> str:
    return response.media_type or response.encoding


def _sent(body: ir.Body) -> object:
    return body.media_type, body.encoding, body.omissible, body.parts


def _as(old: str, new: str) -> str:
    return (
        f"as {code(new)}, before as {code(old)}"
        if old != new
        else f"as {code(new)} in another form"
    )


def style(subject: Subject, old: ir.Parameter, new: ir.Parameter) -> Iterator[Change]:
    """Yield a change of the style of a parameter."""
    if old.style != new.style:
        text = f"travels in the style {_style(new)}, before {_style(old)}"
        yield subject.change("encoding-changed", text, role="request")


def _style(parameter: ir.Parameter) -> str:
    if parameter.style is None:
        return "default"
    exploded = ", exploded" if parameter.style.explode else ""
    reserved = ", with reserved characters" if parameter.style.reserved else ""
    return f"{parameter.style.name}{exploded}{reserved}"


def tag(subject: Subject, old: ir.Model, new: ir.Model) -> Iterator[Change]:
    """Yield a change of the field by which a decoder recognizes a model."""
    if _tag(old) != _tag(new):
        text = f"recognized by {_tag(new)}, before by {_tag(old)}"
        yield subject.change("tag-changed", text)


def _tag(model: ir.Model) -> str:
    found = model.tag
    if model.conditions is not None:
        listed = [
            f"{code(it.wire_name)} = {code(' or '.join(map(str, it.values)) or 'any value')}"
            for it in model.conditions
        ]
        return " and ".join(listed) or "every other value"
    return "none" if found is None else f"{code(found.wire_name)} = {code(found.value)}"
