"""Lowering of a curated document: scopes, their resources, shared models, and tasks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ... import ir
from ...ir import names
from ...openapi.document import Document, Node
from ...openapi.schema_view import SchemaViews
from ...openapi.spelling import did_you_mean
from ...problems import Problem, SpecError
from ..core.context import Context, releases
from ..core.models import Models
from ..core.operations import METHODS, Operations
from ..core.schemas import Schemas
from ..objects.discriminators import Discriminators
from ..objects.schema_shape import Shapes
from .operations import CuratedOperations

_TEMPLATE_PARAMETER = re.compile(r"\{([^{}]+)\}")
_PATH_ITEM_KEYS = frozenset((*METHODS, "parameters", "summary", "description"))


def build(document: Document, package: str) -> ir.Api:
    """Build the IR of a validated document for a client package.

    Raises SpecError with every unsupported place.
    """
    return _Builder(document, package).build()


class _Builder:
    def __init__(self, document: Document, package: str) -> None:
        self.root = document.root
        self.package = package
        tags = Discriminators(Shapes(SchemaViews(document)))
        self.context = Context(tags.shapes.views, strict=True)
        self.models = Models(self.context)
        self.schemas = Schemas(self.context, self.models, tags)
        extension = self.root.get("x-runnersmith")
        header = extension.text("version-header") if extension else None
        operations = Operations(self.context, self.schemas, self.models, header)
        self.operations = CuratedOperations(self.context, operations)

    def build(self) -> ir.Api:
        extension = self.root.get("x-runnersmith")
        info = self.root.get("info") or self.root
        scopes_node = extension.get("scopes") if extension else None
        if extension is None or scopes_node is None:
            self.context.problem(
                self.root, "x-runnersmith with scopes is missing at the top of the document"
            )
            raise SpecError(self.context.problems)
        operations = self._operations(scopes_node)
        scopes = tuple(
            self._scope(child, extension, operations.get(name, {}))
            for name, child in scopes_node.items()
        )
        models = self.schemas.finish()
        items = {model.name: model for model in models}
        scopes = tuple(self._with_items(scope, items) for scope in scopes)
        self._check_layout(scopes_node, scopes)
        server = self._server()
        if self.context.problems:
            raise SpecError(self.context.problems)
        docs = self.root.get("externalDocs")
        return ir.Api(
            ir_version=ir.IR_VERSION,
            package=self.package,
            title=info.text("title") or "",
            description=info.text("description") or "",
            version=info.text("version") or "",
            versions=(info.text("version") or "",),
            introduced=_introduced(extension),
            version_header=extension.text("version-header"),
            media_type=extension.text("media-type") or "application/json",
            server=server,
            docs_url=docs.text("url") if docs else None,
            scopes=scopes,
            models=models,
        )

    def _server(self) -> str:
        servers = self.root.get("servers")
        listed = list(servers.elements()) if servers else []
        if len(listed) != 1 or listed[0].get("variables") is not None:
            self.context.problem(
                servers or self.root, "name exactly one server, without variables", key=True
            )
        return (listed[0].text("url") if listed else None) or ""

    def _check_layout(self, node: Node, scopes: tuple[ir.Scope, ...]) -> None:
        """Report names of scopes, resources and methods that would shadow another in the client."""
        classes = dict.fromkeys(names.PACKAGE_NAMES, "the client package")
        modules = {"client": "the client", "scopes": "the scopes"}
        for scope in scopes:
            place = node.at(scope.wire_name)
            if scope.name in names.CLIENT_NAMES:
                self.context.problem(
                    place, f"every client has an attribute {scope.name}; rename the scope", key=True
                )
            self.models.check_names(place, scope.parameters)
            self._claim(place, classes, f"the scope {scope.name}", scope.class_name)
            for resource in scope.resources:
                what = f"the resource {scope.name}.{resource.name}"
                if resource.name in names.RESOURCE_NAMES:
                    self.context.problem(
                        place, f"{what} would shadow a name that scopes use; rename it", key=True
                    )
                self._claim(place, classes, what, resource.class_name)
                if (other := modules.setdefault(resource.module, what)) != what:
                    self.context.problem(
                        place,
                        f"{what} and {other} both become the module {resource.module}; rename one",
                        key=True,
                    )

    def _claim(self, place: Node, classes: dict[str, str], what: str, name: str) -> None:
        """Reserve the class names of both flavours, or report that they are taken."""
        for taken in (name, f"Async{name}"):
            if (other := classes.setdefault(taken, what)) != what:
                self.context.problem(
                    place, f"{what} and {other} both become the class {taken}; rename one", key=True
                )

    def _operations(self, scopes: Node) -> dict[str, dict[str, list[ir.Operation]]]:
        """Return the operations of each scope and resource, in document order."""
        found: dict[str, dict[str, list[ir.Operation]]] = {}
        paths = self.root.get("paths")
        for path, item in paths.items() if paths else ():
            scope = next(
                (child for _, child in scopes.items() if _under(path, child.text("path") or "")),
                None,
            )
            if scope is None:
                self.context.problem(
                    item,
                    f"{path} is not under any scope of x-runnersmith.scopes; add one",
                    key=True,
                )
                continue
            self.context.unknown_keys(item, _PATH_ITEM_KEYS, "this path")
            held = frozenset(_TEMPLATE_PARAMETER.findall(scope.text("path") or ""))
            for key, node in item.items():
                operation = self.operations.build(node, item, held) if key in METHODS else None
                extension = node.get("x-runnersmith")
                if operation is not None and len(operation.name) > names.MAX_LENGTH:
                    self.context.problem(
                        node, "the method's name is too long; shorten it", key=True
                    )
                if operation is not None and operation.name in names.METHOD_NAMES:
                    self.context.problem(
                        node, f"a method {operation.name} would shadow a type; rename it", key=True
                    )
                if operation is not None and extension is not None:
                    resource = extension.text("resource") or ""
                    found.setdefault(scope.key, {}).setdefault(resource, []).append(operation)
        return found

    def _scope(
        self, node: Node, extension: Node, operations: dict[str, list[ir.Operation]]
    ) -> ir.Scope:
        resources = extension.get("resources")
        wire_names = [name for name, _ in resources.items()] if resources else []
        name = self.models.field_name(node, node.key)
        return ir.Scope(
            name=name,
            wire_name=node.key,
            class_name=self.models.named(node, names.class_name, node.key, "scope"),
            path=node.text("path") or "",
            short=node.text("short") or (node.text("path") or "").removeprefix("/"),
            parameters=self._scope_parameters(node),
            description=node.text("description") or "",
            resources=tuple(
                ir.Resource(
                    name=self.models.field_name(node, wire_name),
                    module=f"{name}_{self.models.named(node, names.snake, wire_name)}",
                    class_name=self.models.named(node, names.class_name, node.key, wire_name),
                    description=(
                        (resources.at(wire_name).text("description") or "") if resources else ""
                    ),
                    operations=tuple(operations[wire_name]),
                )
                for wire_name in wire_names
                if wire_name in operations
            ),
        )

    def _scope_parameters(self, node: Node) -> tuple[ir.Parameter, ...]:
        """Return a scope's path parameters, as the first operation below it declares them."""
        wanted = _TEMPLATE_PARAMETER.findall(node.text("path") or "")
        found: dict[str, ir.Parameter] = {}
        paths = self.root.get("paths")
        for path, item in paths.items() if paths else ():
            if not _under(path, node.text("path") or ""):
                continue
            for holder in (item, *(child for key, child in item.items() if key in METHODS)):
                parameters = holder.get("parameters")
                for written in parameters.elements() if parameters else ():
                    target = written.resolved()
                    wire_name = (
                        target.text("name") if target and target.text("in") == "path" else None
                    )
                    if target and wire_name in wanted and wire_name not in found:
                        made = self.operations.scope_parameter(target, path)
                        if made is not None:
                            found[made.wire_name] = made
        return tuple(found[name] for name in wanted if name in found)

    def _with_items(self, scope: ir.Scope, models: dict[str, ir.Model]) -> ir.Scope:
        return replace(
            scope,
            resources=tuple(
                replace(
                    resource,
                    operations=tuple(
                        _with_item(operation, models) for operation in resource.operations
                    ),
                )
                for resource in scope.resources
            ),
        )


def _with_item(operation: ir.Operation, models: dict[str, ir.Model]) -> ir.Operation:
    """Add the item type to a paged operation."""
    if not operation.paged:
        return operation
    match operation.returns:
        case ir.Array(items=item):
            return replace(operation, item=item)
        case ir.Reference(model=name) if (wrapper := models[name].items) is not None:
            held = next(field.type for field in models[name].fields if field.name == wrapper)
            return replace(operation, item=held.items if isinstance(held, ir.Array) else held)
        case _:
            return operation


def _introduced(extension: Node) -> tuple[ir.Introduced, ...]:
    """Return the first release of each product that supports an API version."""
    written = extension.get("introduced")
    return tuple(
        ir.Introduced(version=version, product=product.name, since=product.since)
        for version, child in (written.items() if written else ())
        for product in releases(child)
        if product.since is not None
    )


def _under(path: str, scope_path: str) -> bool:
    return path == scope_path or path.startswith(scope_path + "/")


def with_tasks(api: ir.Api, document: Document) -> ir.Api:
    """Add the tasks of the newest document to the merged client.

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
            hint = did_you_mean(name, sorted(known)) or "; correct it, or remove it"
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
