"""Lowering of any document: resources by tag, as properties of the client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ... import ir
from ...ir import distinct, names
from ...ir.class_names import NONE, ClassNames
from ...ir.naming import Naming, Rename
from ...ir.placement import all_operations
from ...openapi.document import Document, Node, Pointer
from ...openapi.schema_view import SchemaViews
from ...problems import Problem, SpecError, UnsupportedError
from ..core.context import Context
from ..core.models import Models
from ..core.operations import METHODS, identify
from ..core.schemas import Schemas
from ..objects.discriminators import Discriminators
from ..objects.schema_shape import Shapes
from .exclusions import blame
from .model_usage import models_of, users, without_unsound_errors
from .operations import ForeignOperations
from .servers import Servers

_ITEM_KEYS = frozenset((*METHODS, "parameters", "summary", "description", "servers", "$ref"))
# The resource of operations without a tag.
UNTAGGED = "default"


@dataclass(frozen=True, slots=True)
class LoweringResult:
    """Result of lowering: a client and its notes.

    `notes` are simplifications, `reasons` the problems of each omitted operation by its id, and
    `warnings` the number of problems without effect on the client.
    """

    api: ir.Api
    notes: tuple[Problem, ...] = ()
    reasons: Mapping[str, tuple[Problem, ...]] = field(
        default_factory=dict[str, tuple[Problem, ...]]
    )
    warnings: int = 0

    @property
    def left_out(self) -> tuple[Problem, ...]:
        """The reasons for omitted operations, each once."""
        return tuple(sorted({problem for found in self.reasons.values() for problem in found}))

    @property
    def emitted(self) -> int:
        """The number of operations in the client."""
        return len(all_operations(self.api))


def build_foreign(
    document: Document,
    package: str,
    unsound: Sequence[Problem] = (),
    *,
    skip_unsupported: bool = False,
    renames: Sequence[Rename] = (),
    check_renames: bool = True,
) -> LoweringResult:
    """Build the IR of a foreign document; `unsound` are the problems found by validation.

    `renames` are the names that the project sets. Raises SpecError with every unsound or
    unsupported place and, with `check_renames`, with every wrong entry of `renames`. With
    `skip_unsupported`, operations with a problem are omitted instead, and only problems of the
    document as a whole are raised.
    """
    if stopping := [problem for problem in unsound if not problem.pointer]:
        raise SpecError(stopping)
    skipped, idle = blame(document, unsound)
    tags = Discriminators(Shapes(SchemaViews(document)))
    preferred = NONE
    while True:
        naming = Naming(renames)
        builder = _Builder(document, package, tags, frozenset(skipped), naming, preferred)
        api = builder.build()
        if (closest := builder.models.classes.preferred()) is not preferred:
            preferred = closest
            continue
        found = _blamed(api, builder)
        if not found:
            break
        for name, problem in found:
            skipped.setdefault(name, []).append(problem)
    builder.record_unused()
    if check_renames and (wrong := builder.naming.problems()):
        raise SpecError(wrong)
    if summary := builder.naming.summary():
        builder.context.note(document.root, summary)
    reasons = {name: tuple(sorted(set(found))) for name, found in skipped.items()}
    unused = (replace(problem, severity="warning") for problem in idle)
    notes = tuple(sorted({*builder.context.notes, *unused}))
    listed = tuple(
        ir.LeftOut(id=name, reasons=tuple(dict.fromkeys(problem.message for problem in found)))
        for name, found in reasons.items()
    )
    result = LoweringResult(replace(api, left_out=listed), notes, reasons)
    if (reasons or idle) and not skip_unsupported:
        raise UnsupportedError((*result.left_out, *idle))
    return result


def _blamed(api: ir.Api, builder: _Builder) -> list[tuple[str, Problem]]:
    """Return the operations affected by each problem of lowering.

    A model that no operation uses is not emitted, and its problems affect nothing. Raises SpecError
    if a problem affects the document as a whole.
    """
    found: list[tuple[str, Problem]] = []
    by_model = users(api)
    known = {identifier for identifier, _ in builder.listed}
    for owner, problem in zip(builder.context.owners, builder.context.problems, strict=True):
        kind, _, name = owner.partition(":")
        operations = [name] if kind == "operation" else by_model.get(name, ())
        if kind not in ("operation", "model") or not known.issuperset(operations):
            raise SpecError(builder.context.problems)
        found.extend((operation, problem) for operation in operations)
    return found


class _Builder:
    def __init__(
        self,
        document: Document,
        package: str,
        tags: Discriminators,
        skipped: frozenset[str],
        naming: Naming,
        preferred: Mapping[str, Pointer],
    ) -> None:
        self.root = document.root
        self.package = package
        self.skipped = skipped
        self.context = Context(tags.shapes.views, strict=False)
        self.naming = naming
        self.models = Models(
            self.context,
            naming,
            ClassNames(naming, (key for key, _ in _component_schemas(self.root)), preferred),
        )
        self.tags = tags
        self.schemas = Schemas(self.context, self.models, tags)
        endpoints = [(node, item) for _, item, node in self._endpoints()]
        self.servers = Servers(self.context, naming, self.root, endpoints)
        self.operations = ForeignOperations(
            self.context, self.schemas, self.models, self.root, self.servers
        )
        # Every supported or unsupported operation by id, with its tag.
        self.listed: list[tuple[str, str]] = []

    def build(self) -> ir.Api:
        info = self.root.get("info") or self.root
        version = info.text("version") or ""
        resources = self._resources()
        listed = self.servers.listed
        used = {operation.server for one in resources for operation in one.operations}
        models = self.schemas.finish()
        owners = (owner.partition(":") for owner in self.context.owners)
        unsound = {name for kind, _, name in owners if kind == "model"}
        if unsound:
            resources = without_unsound_errors(resources, models, unsound)
        models = models_of(resources, models)
        if (webhooks := self.root.get("webhooks")) is not None and webhooks.value:
            message = "webhooks are requests of the server; the client does not handle them"
            self.context.note(webhooks, message, key=True)
        docs = self.root.get("externalDocs")
        return ir.Api(
            ir_version=ir.IR_VERSION,
            package=self.package,
            title=info.text("title") or "",
            description=info.text("description")
            or info.text("summary")
            or info.text("title")
            or "",
            version=version,
            versions=(version,),
            version_header=None,
            media_type="application/json",
            server=self.servers.url,
            servers=listed,
            named_servers=self.servers.named(used),
            schemes=self.operations.security.schemes,
            docs_url=docs.text("url") if docs else None,
            scopes=(),
            resources=resources,
            models=models,
        )

    def record_unused(self) -> None:
        """Record the properties of components that no operation uses."""
        for key, node in _component_schemas(self.root):
            known = self.tags.shapes.shape(node).properties
            self.naming.left_out("properties", key, known=known)

    # ── resources ────────────────────────────────────────────────────────────────────────────

    def _resources(self) -> tuple[ir.Resource, ...]:
        operations: dict[str, list[ir.Operation]] = {}
        endpoints = list(self._endpoints())
        methods = self._methods(endpoints)
        for path, item, node in endpoints:
            tag = _tag(node)
            self.context.unknown_keys(item, _ITEM_KEYS, "this path")
            identifier = identify(node, path)
            if identifier in self.skipped:
                self.naming.left_out("arguments", identifier)
                continue
            self.context.owner = f"operation:{identifier}"
            self.listed.append((identifier, tag))
            operation = self.operations.build(node, item, path, methods[tag][identifier])
            if operation is not None:
                operations.setdefault(tag, []).append(operation)
            self.context.owner = ""
        written = self.root.get("tags")
        described = {
            child.text("name") or "": child.text("description") or ""
            for child in (written.elements() if written else ())
        }
        ordered = [tag for tag in described if tag in operations]
        ordered += [tag for tag in operations if tag not in described]
        # All tags count, so that an operation that is left out today renames nothing tomorrow.
        named = self.naming.names(distinct.resources(methods), "tags")
        classes = distinct.resource_classes(self.naming.spelled("tags", methods)).names
        return tuple(
            ir.Resource(
                name=named[tag],
                module=names.resource_module(named[tag]),
                class_name=classes[self.naming.spelled("tags", [tag])[0]],
                description=described.get(tag, "").strip() or f"The operations of {tag}.",
                operations=tuple(operations[tag]),
            )
            for tag in ordered
        )

    def _methods(self, endpoints: Iterable[tuple[str, Node, Node]]) -> dict[str, Mapping[str, str]]:
        """Return the names of the methods of each tag, by operation."""
        listed: dict[str, dict[str, tuple[str, str]]] = {}
        for path, _, node in endpoints:
            listed.setdefault(_tag(node), {})[identify(node, path)] = (path, node.key)
        return {
            tag: self.naming.names(distinct.methods(operations, tag), "operations")
            for tag, operations in listed.items()
        }

    def _endpoints(self) -> Iterator[tuple[str, Node, Node]]:
        """Yield every operation with its path and its path item."""
        paths = self.root.get("paths")
        for path, written in paths.items() if paths else ():
            item = written.resolved() if not path.startswith("x-") else None
            if item is None:
                continue
            for key, node in item.items():
                if key in METHODS:
                    yield path, item, node


def _tag(node: Node) -> str:
    tags = node.get("tags")
    return (
        next((tag.value for tag in tags.elements() if isinstance(tag.value, str)), UNTAGGED)
        if tags
        else UNTAGGED
    )


def _component_schemas(root: Node) -> list[tuple[str, Node]]:
    components = root.get("components")
    schemas = components.get("schemas") if components else None
    return list(schemas.items()) if schemas else []
