"""Changes of the whole client: versions, scopes, resources, and everything below them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .. import ir
from .change import Change, Subject, code
from .change_kinds import Kind
from .matching import ClientPair, bare
from .members import described
from .models import models
from .operations import arguments, operation, path_arguments
from .transport import named_servers, schemes, servers

# Fields of the IR that are not compared, each with the reason.
LEFT_OUT = dict.fromkeys(
    ("Api.left_out", "LeftOut.id", "LeftOut.reasons"),
    "omitted operations are listed beside the changes",
)
NOT_COMPARED = {
    "Primitive.kind": "identifies the class, which is compared as the type",
    "Literal.kind": "as of Primitive",
    "Array.kind": "as of Primitive",
    "Map.kind": "as of Primitive",
    "Reference.kind": "as of Primitive",
    "Nullable.kind": "as of Primitive",
    "Union.kind": "as of Primitive",
    "Model.module": "follows from the name, and the layout of files is not public",
    "Model.wire_name": "the key in the spec; it never travels",
    "Scope.wire_name": "as of Model",
    "Parameter.location": "repeats in which tuple of its operation it is, which is compared",
    "Body.required": "its arguments determine what is required",
    "Body.available": "each of its arguments has it",
    "SuccessResponse.type": "determines `Operation.returns`, which is compared",
    "ErrorResponse.error": "determines the raised class, which depends on the response's message",
    "Api.introduced": "determines the default version for one product, which a caller can override",
    "Introduced.version": "as of Api.introduced",
    "Introduced.product": "as of Api.introduced",
    "Introduced.since": "as of Api.introduced",
    "Resource.module": "the layout of files is not public",
    "Parameter.example": "an example of a value; calls are not affected",
    "Body.example": "as of Parameter",
    "Field.example": "as of Parameter",
    "Model.example": "as of Parameter",
    "SuccessResponse.example": "as of Parameter",
    "ErrorResponse.example": "as of Parameter",
    "Field.bounds": "says the same as `Field.limits`, which is compared",
    "Parameter.bounds": "as of Field",
    "Tag.name": "the model has no field for it",
    "Api.tasks": "an index of the methods in the documentation; the methods themselves are compared",
    "Task.title": "as of Api.tasks",
    "Task.description": "as of Api.tasks",
    "Task.methods": "as of Api.tasks",
    "Api.ir_version": "the contract with templates; the same generator builds both sides",
    "Api.package": "comes from the settings, not from the spec",
    **LEFT_OUT,
}


def diff(old: ir.Api, new: ir.Api, *, across: bool = False) -> tuple[Change, ...]:
    """Return every difference between two clients, in the order of the new one.

    With `across`, each side is one API version, and the difference of these versions is ignored.
    """
    return tuple(_diff(ClientPair(rooted(old), rooted(new), across)))


def rooted(api: ir.Api) -> ir.Api:
    """Return a client without scopes as one whose only scope has no name; any other is the same."""
    if api.scopes:
        return api
    root = ir.Scope(
        name="",
        wire_name="",
        class_name="",
        path="",
        short="",
        parameters=(),
        description="",
        resources=api.resources,
    )
    return replace(api, scopes=(root,), resources=())


def _diff(clients: ClientPair) -> Iterator[Change]:
    yield from _client(clients)
    yield from _scopes(clients)
    yield from models(clients)


def _client(clients: ClientPair) -> Iterator[Change]:
    old, new, subject = clients.old, clients.new, Subject(name="Client")
    if not clients.across:
        for version in new.versions:
            if version not in old.versions:
                yield subject.change("version-added", f"speaks API version {code(version)} now")
        for version in old.versions:
            if version not in new.versions:
                text = f"no longer speaks API version {code(version)}"
                yield subject.change("version-removed", text)
        if old.version != new.version:
            text = f"speaks {code(new.version)} when no API version is named, before {code(old.version)}"
            yield subject.change("default-version-changed", text)
    kinds: tuple[tuple[Kind, str, str | None, str | None], ...] = (
        ("server-changed", "the server", old.server, new.server),
        ("version-header-changed", "the version's header", old.version_header, new.version_header),
        ("media-type-changed", "the media type", old.media_type, new.media_type),
        ("title-changed", "the title", old.title, new.title),
        ("docs-link-changed", "the link to the documentation", old.docs_url, new.docs_url),
    )
    for kind, what, before, after in kinds:
        if before != after:
            text = f"{what} is {code(after or '')}, before {code(before or '')}"
            yield subject.change(kind, text)
    yield from described(subject, old.description, new.description)
    yield from servers(subject, old, new)
    yield from named_servers(old, new)
    yield from schemes(old, new)


def _scopes(clients: ClientPair) -> Iterator[Change]:
    before = {scope.name: scope for scope in clients.old.scopes}
    for scope in clients.new.scopes:
        subject = Subject(name=scope.name, scope=scope.name)
        was = before.pop(clients.matches.scopes.get(scope.name, ""), None)
        if was is None:
            yield subject.change("scope-added", f"new, for {code(scope.path)}")
        else:
            yield from _scope(clients, subject, was, scope)
        yield from _resources(clients, was, scope)
    for scope in before.values():
        yield Subject(name=scope.name, scope=scope.name).change("scope-removed", "removed")
        yield from _resources(clients, scope, None)


def _scope(clients: ClientPair, subject: Subject, old: ir.Scope, new: ir.Scope) -> Iterator[Change]:
    if old.name != new.name:
        yield subject.change("scope-renamed", f"was called {code(old.name)}")
    elif old.class_name != new.class_name:
        text = f"its class is {code(new.class_name)}, before {code(old.class_name)}"
        yield subject.change("class-renamed", text)
    for before, after in ((old.path, new.path), (old.short, new.short)):
        if bare(before) != bare(after):
            text = f"found as {code(after)}, before as {code(before)}"
            yield subject.change("scope-form-changed", text)
    yield from arguments(
        clients, subject, path_arguments(old.parameters), path_arguments(new.parameters)
    )
    yield from described(subject, old.description, new.description)


def _resources(clients: ClientPair, old: ir.Scope | None, new: ir.Scope | None) -> Iterator[Change]:
    """Yield the resources of one scope; None for the side without the scope."""
    before = {resource.name: resource for resource in old.resources} if old else {}
    for resource in new.resources if new else ():
        scope = new.name if new else ""
        subject = _holder(scope, resource)
        _, name = clients.matches.resources.get((scope, resource.name), ("", ""))
        was = before.pop(name, None)
        if was is None:
            yield subject.change("resource-added", "new")
        else:
            yield from _resource(subject, was, resource)
        yield from _operations(clients, subject, old.name if old else "", was, resource)
    for resource in before.values():
        scope = new.name if new else old.name if old else ""
        subject = _holder(scope, resource)
        yield subject.change("resource-removed", "removed")
        yield from _operations(clients, subject, old.name if old else "", resource, None)


def _holder(scope: str, resource: ir.Resource) -> Subject:
    """Return the subject of a resource, as a caller writes it: `org.runners`, `pets`."""
    name = f"{scope}.{resource.name}" if scope else resource.name
    return Subject(name=name, scope=scope, resource=resource.name)


def _resource(subject: Subject, old: ir.Resource, new: ir.Resource) -> Iterator[Change]:
    if old.name != new.name:
        yield subject.change("resource-renamed", f"was called {code(old.name)}")
    elif old.class_name != new.class_name:
        text = f"its class is {code(new.class_name)}, before {code(old.class_name)}"
        yield subject.change("class-renamed", text)
    yield from described(subject, old.description, new.description)


def _operations(
    clients: ClientPair,
    subject: Subject,
    scope: str,
    old: ir.Resource | None,
    new: ir.Resource | None,
) -> Iterator[Change]:
    """Compare the operations of a resource, whose old scope is `scope`; removed ones come last."""
    matched = clients.matches.operations
    for one in new.operations if new else ():
        here = subject.called(f"{subject.name}.{one.name}")
        was = matched.get((subject.scope or "", subject.resource or "", one.name))
        if was is None:
            yield here.change("operation-added", "new")
            continue
        if was != (scope, old.name if old else "", one.name):
            # Within one scope, names are written without it, so that equal changes have equal text.
            name = was[1:] if was[0] == scope else was
            yield here.change("operation-renamed", f"was called {code('.'.join(name))}")
        yield from operation(clients, here, clients.old_methods[was], one)
    kept = set(matched.values())
    for one in old.operations if old else ():
        if old and (scope, old.name, one.name) not in kept:
            here = subject.called(f"{subject.name}.{one.name}")
            yield here.change("operation-removed", "removed")
