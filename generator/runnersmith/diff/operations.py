"""Changes of operations: their arguments, requests, responses and permissions. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .. import ir
from .change import Change, Subject, code
from .change_kinds import Kind, Level
from .matching import ClientPair, bare, body_fields
from .members import added, deprecation, described, left_versions, member, products, types
from .transport import encodings, oauth_scopes, security, server, style


def operation(
    clients: ClientPair, subject: Subject, old: ir.Operation, new: ir.Operation
) -> Iterator[Change]:
    """Yield the changes of a method in both clients."""
    yield from _facts(clients, subject, old, new)
    yield from left_versions(clients, subject, old.available, new.available)
    yield from products(subject, old.available.products, new.available.products)
    yield from arguments(clients, subject, method_arguments(old), method_arguments(new))
    yield from encodings(subject, old, new)
    yield from _responses(clients, subject, old, new)
    yield from server(subject, old, new)
    yield from security(subject, old, new)
    yield from _permissions(subject, old, new)
    yield from described(subject, old.summary, new.summary, "summary")
    yield from described(subject, old.description, new.description)
    yield from described(subject, old.lookup or "", new.lookup or "", "what to look up")
    if old.docs_url != new.docs_url:
        text = f"documented at {code(new.docs_url or '')}, before at {code(old.docs_url or '')}"
        yield subject.change("docs-link-changed", text)
    yield from deprecation(subject, old.deprecated, new.deprecated)


def _facts(
    clients: ClientPair, subject: Subject, old: ir.Operation, new: ir.Operation
) -> Iterator[Change]:
    if old.id != new.id:
        text = f"its operationId is {code(new.id)}, before {code(old.id)}"
        yield subject.change("operation-id-changed", text)
    if old.method != new.method:
        text = f"sends a {new.method}, before a {old.method}"
        yield subject.change("http-method-changed", text, role="request")
    for path, versions in _moved(clients, old, new).items():
        text = f"is at {code(path)} with API version {', '.join(map(code, versions))}"
        yield subject.change("path-changed", text, role="request")
    if old.repeat != new.repeat:
        text = f"a second, equal request is {_REPEAT[new.repeat]}, before {_REPEAT[old.repeat]}"
        yield subject.change("repeat-changed", text, role="request")


_REPEAT: Mapping[ir.Repeat, str] = {
    "safe": "safe",
    "idempotent": "idempotent",
    "unsafe": "unsafe, and never sent by the client itself",
}


def _moved(clients: ClientPair, old: ir.Operation, new: ir.Operation) -> dict[str, list[str]]:
    """Return the new paths, each with the API versions that have it."""
    found: dict[str, list[str]] = {}
    for before, after in clients.versions:
        path = _path(new, after)
        if bare(_path(old, before)) != bare(path):
            found.setdefault(path, []).append(after)
    return found


def _path(operation: ir.Operation, version: str) -> str:
    older = {one.version: one.path for one in operation.older_paths}
    query = f"?{operation.fixed_query}" if operation.fixed_query else ""
    return older.get(version, operation.path) + query


# ── Responses ────────────────────────────────────────────────────────────────────────────────


def _responses(
    clients: ClientPair, subject: Subject, old: ir.Operation, new: ir.Operation
) -> Iterator[Change]:
    if old.paged != new.paged:
        text = "is walked page by page now" if new.paged else "is no longer walked page by page"
        yield subject.change("paging-changed", text, role="response")
    changes: list[Change] = []
    if old.returns is not None and new.returns is not None:
        changes += types(clients, subject, old.returns, new.returns, "response", "response: ")
    elif new.returns is not None:
        changes.append(subject.change("content-added", "returns something now", role="response"))
    elif old.returns is not None:
        changes.append(subject.change("content-removed", "returns nothing now", role="response"))
    yield from changes
    # The items of a list already have the change.
    if old.item is not None and new.item is not None and not changes:
        yield from types(clients, subject, old.item, new.item, "response", "items: ")
    yield from _success_responses(subject, old.responses, new.responses)
    yield from _error_responses(clients, subject, old.errors, new.errors)


def _success_responses(
    subject: Subject, old: Sequence[ir.SuccessResponse], new: Sequence[ir.SuccessResponse]
) -> Iterator[Change]:
    before = {response.status: response for response in old}
    after = {response.status: response for response in new}
    for status, response in after.items():
        was = before.get(status)
        if was is None:
            text = f"may succeed with {status}"
            yield subject.change("success-status-added", text, role="response")
            continue
        for name in response.headers:
            if name not in was.headers:
                text = f"header {code(name)} is declared for {status}"
                yield subject.change("response-header-added", text, role="response")
        for name in was.headers:
            if name not in response.headers:
                text = f"header {code(name)} is no longer declared for {status}"
                yield subject.change("response-header-removed", text, role="response")
        yield from described(
            subject, was.description, response.description, f"description of {status}"
        )
    for status in before:
        if status not in after:
            text = f"no longer succeeds with {status}"
            yield subject.change("success-status-removed", text, role="response")


def _error_responses(
    clients: ClientPair,
    subject: Subject,
    old: Sequence[ir.ErrorResponse],
    new: Sequence[ir.ErrorResponse],
) -> Iterator[Change]:
    before = {response.status: response for response in old}
    for response in new:
        was = before.pop(response.status, None)
        if was is None:
            text = f"declares the error {response.status}"
            yield subject.change("error-status-added", text, role="response")
        else:
            what = f"description of {response.status}"
            yield from described(subject, was.description, response.description, what)
        kind = None if was is None else was.type
        yield from _error_types(clients, subject, response.status, kind, response.type)
    for response in before.values():
        text = f"no longer declares the error {response.status}"
        yield subject.change("error-status-removed", text, role="response")
        yield from _error_types(clients, subject, response.status, response.type, None)


def _error_types(
    clients: ClientPair, subject: Subject, status: int, old: ir.Type | None, new: ir.Type | None
) -> Iterator[Change]:
    if old is not None and new is not None:
        yield from types(clients, subject, old, new, "response", f"error {status}: ")
    elif new is not None or old is not None:
        kind: Kind = "error-type-added" if old is None else "error-type-removed"
        words = "has" if old is None else "no longer has"
        yield subject.change(kind, f"error {status} {words} a model", role="response")


# ── Permissions ──────────────────────────────────────────────────────────────────────────────


def _permissions(subject: Subject, old: ir.Operation, new: ir.Operation) -> Iterator[Change]:
    """Yield the changes of permissions.

    A change is about a classic scope, a fine-grained permission, or a kind of token.
    """
    for scope in new.classic_scopes:
        if scope not in old.classic_scopes:
            yield subject.change("permission-added", f"needs the classic scope {code(scope)}")
    for scope in old.classic_scopes:
        if scope not in new.classic_scopes:
            text = f"no longer needs the classic scope {code(scope)}"
            yield subject.change("permission-removed", text)
    yield from oauth_scopes(subject, old, new)
    before = {permission.name: permission.access for permission in old.permissions}
    after = {permission.name: permission.access for permission in new.permissions}
    if before and not after:
        text = "refuses fine-grained and GitHub App tokens now"
        yield subject.change("fine-grained-refused", text)
    elif after and not before:
        needs = ", ".join(f"{code(name)} ({access})" for name, access in after.items())
        text = f"takes fine-grained and GitHub App tokens now, with {needs}"
        yield subject.change("fine-grained-allowed", text)
    else:
        yield from _fine_grained(subject, before, after)


def _fine_grained(
    subject: Subject, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Change]:
    for name, access in new.items():
        if old.get(name) == access:
            continue
        if old.get(name) == "write":
            text = f"needs the permission {code(name)} to {access} only"
            yield subject.change("permission-removed", text)
        else:
            text = f"needs the permission {code(name)} to {access}"
            yield subject.change("permission-added", text)
    for name in old:
        if name not in new:
            text = f"no longer needs the permission {code(name)}"
            yield subject.change("permission-removed", text)


Place = Literal["path", "query", "header", "cookie", "body"]


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a method and its location; `index` counts the positional ones."""

    member: ir.Field | ir.Parameter
    place: Place
    index: int | None = None


def path_arguments(parameters: Sequence[ir.Parameter]) -> list[Argument]:
    """Return path parameters as positional arguments."""
    return [Argument(one, "path", index) for index, one in enumerate(parameters)]


def method_arguments(operation: ir.Operation) -> list[Argument]:
    """Return the arguments of a method: positional ones, then keywords."""
    return [
        *path_arguments(operation.arguments),
        *(Argument(parameter, "query") for parameter in operation.query),
        *(Argument(parameter, "header") for parameter in operation.headers),
        *(Argument(parameter, "cookie") for parameter in operation.cookies),
        *(Argument(field, "body") for field in body_fields(operation)),
    ]


def arguments(
    clients: ClientPair, subject: Subject, old: Sequence[Argument], new: Sequence[Argument]
) -> Iterator[Change]:
    """Yield the changes of a method's arguments, in the order of the signature."""
    pairs = _pairs(old, new)
    for index, argument in enumerate(new):
        here = subject.called(f"{subject.name}({argument.member.name})")
        if index in pairs:
            yield from _argument(clients, here, old[pairs[index]], argument)
        else:
            yield added(clients, here, argument.member, "argument-added", "request")
    for index, argument in enumerate(old):
        if index not in pairs.values():
            here = subject.called(f"{subject.name}({argument.member.name})")
            yield here.change("argument-removed", "removed", role="request")


def _pairs(old: Sequence[Argument], new: Sequence[Argument]) -> dict[int, int]:
    """Return the index of each new argument with that of its match among the old ones.

    Arguments are matched by location and wire name, then by Python name, then by position.
    """
    found: dict[int, int] = {}
    keys_of: tuple[Callable[[Argument], Hashable], ...] = (
        _wire,
        lambda it: it.member.name,
        lambda it: it.index,
    )
    for same in keys_of:
        keys = {
            key: index
            for index, argument in enumerate(old)
            if index not in found.values() and (key := same(argument)) is not None
        }
        for index, argument in enumerate(new):
            key = same(argument)
            if index not in found and key in keys:
                found[index] = keys.pop(key)
    return found


def _wire(argument: Argument) -> tuple[Place, str]:
    return argument.place, argument.member.wire_name


def _argument(
    clients: ClientPair, subject: Subject, old: Argument, new: Argument
) -> Iterator[Change]:
    if old.place != new.place:
        # A keyword stays a keyword; a positional value changes its meaning.
        level: Level = "breaking" if old.place == "path" else "compatible"
        text = f"travels in the {new.place}, before in the {old.place}"
        yield subject.change("argument-location-changed", text, level, "request")
    elif old.index is not None and new.index is not None and old.index != new.index:
        text = f"is positional argument {new.index + 1}, before {old.index + 1}"
        yield subject.change("argument-moved", text, role="request")
    yield from member(clients, subject, old.member, new.member, "argument-renamed", "request")
    if isinstance(old.member, ir.Parameter) and isinstance(new.member, ir.Parameter):
        yield from style(subject, old.member, new.member)
