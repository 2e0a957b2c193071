"""Lowering of any document: resources by tag, as properties of the client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ... import ir
from ...ir import names
from ...openapi.document import Document, Node
from ...openapi.schema_view import SchemaViews
from ...problems import Problem, SpecError, UnsupportedError
from ..core.context import Context
from ..core.models import Models
from ..core.operations import METHODS, identify
from ..core.schemas import Schemas
from ..objects.discriminators import Discriminators
from ..objects.schema_shape import Shapes
from .exclusions import blame
from .model_usage import models_of, users
from .operations import ForeignOperations
from .security import servers

_ITEM_KEYS = frozenset((*METHODS, "parameters", "summary", "description", "servers", "$ref"))
# The resource of operations without a tag.
UNTAGGED = "default"


@dataclass(frozen=True, slots=True)
class LoweringResult:
    """Result of lowering: a client and its notes.

    `notes` are simplifications, `left_out` the reasons for omitted operations, and `warnings` the
    number of problems without effect on the client.
    """

    api: ir.Api
    notes: tuple[Problem, ...] = ()
    left_out: tuple[Problem, ...] = ()
    warnings: int = 0


def build_foreign(
    document: Document,
    package: str,
    unsound: Sequence[Problem] = (),
    *,
    skip_unsupported: bool = False,
) -> LoweringResult:
    """Build the IR of a foreign document; `unsound` are the problems found by validation.

    Raises SpecError with every unsound or unsupported place. With `skip_unsupported`, operations
    with a problem are omitted instead, and only problems of the document as a whole are raised.
    """
    blamed = blame(document, unsound)
    if blamed is None:
        raise SpecError(unsound)
    if unsound and not skip_unsupported:
        raise UnsupportedError(unsound)
    skipped, idle = blamed
    tags = Discriminators(Shapes(SchemaViews(document)))
    while True:
        builder = _Builder(document, package, tags, frozenset(skipped))
        api = builder.build()
        context = builder.context
        if not context.problems:
            reasons = {name: tuple(sorted(set(found))) for name, found in skipped.items()}
            listed = tuple(
                ir.LeftOut(id=name, reasons=tuple(problem.message for problem in found))
                for name, found in reasons.items()
            )
            problems = tuple(sorted({problem for found in reasons.values() for problem in found}))
            unused = (replace(problem, severity="warning") for problem in idle)
            notes = tuple(sorted({*context.notes, *unused}))
            return LoweringResult(replace(api, left_out=listed), notes, problems)
        found = _blamed(api, builder)
        if not found:
            raise SpecError(context.problems)
        if not skip_unsupported:
            raise UnsupportedError(context.problems)
        for name, problem in found:
            skipped.setdefault(name, []).append(problem)


def _blamed(api: ir.Api, builder: _Builder) -> list[tuple[str, Problem]]:
    """Return the operations affected by each problem; nothing if one affects the whole document."""
    found: list[tuple[str, Problem]] = []
    by_model = users(api)
    known = {identifier for identifier, _ in builder.listed}
    for owner, problem in zip(builder.context.owners, builder.context.problems, strict=True):
        kind, _, name = owner.partition(":")
        operations = (
            [name] if kind == "operation" else by_model.get(name, []) if kind == "model" else []
        )
        if not known.issuperset(operations) or not operations:
            return []
        found.extend((operation, problem) for operation in operations)
    return found


class _Builder:
    def __init__(
        self, document: Document, package: str, tags: Discriminators, skipped: frozenset[str]
    ) -> None:
        self.root = document.root
        self.package = package
        self.skipped = skipped
        self.context = Context(tags.shapes.views, strict=False)
        self.models = Models(self.context, _component_names(self.root))
        self.tags = tags
        self.schemas = Schemas(self.context, self.models, tags)
        self.operations = ForeignOperations(self.context, self.schemas, self.models, self.root)
        # Every supported or unsupported operation by id, with its tag.
        self.listed: list[tuple[str, str]] = []

    def build(self) -> ir.Api:
        info = self.root.get("info") or self.root
        version = info.text("version") or ""
        resources = self._resources()
        listed = servers(self.context, self.root)
        models = models_of(resources, self.schemas.finish())
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
            server=listed[0].url if listed else "",
            servers=listed,
            schemes=self.operations.schemes,
            docs_url=docs.text("url") if docs else None,
            scopes=(),
            resources=resources,
            models=models,
        )

    # ── resources ────────────────────────────────────────────────────────────────────────────

    def _resources(self) -> tuple[ir.Resource, ...]:
        operations: dict[str, list[ir.Operation]] = {}
        places: dict[str, Node] = {}
        methods: dict[tuple[str, str], str] = {}
        for path, item, node in self._endpoints():
            tag = _tag(node)
            identifier = identify(node, path)
            if identifier in self.skipped:
                continue
            self.context.owner = f"operation:{identifier}"
            self.listed.append((identifier, tag))
            name = self.models.named(node, names.method_name, identifier, tag)
            operation = self.operations.build(node, item, path, name)
            if operation is not None:
                other = methods.setdefault((tag, name), identifier)
                if other != identifier:
                    message = f"{identifier!r} and {other!r} both become the method {name} of {tag!r}; rename one"
                    self.context.problem(node, message, key=True)
                operations.setdefault(tag, []).append(operation)
                places.setdefault(tag, node)
            self.context.owner = ""
        written = self.root.get("tags")
        described = {
            child.text("name") or "": child.text("description") or ""
            for child in (written.elements() if written else ())
        }
        ordered = [tag for tag in described if tag in operations]
        ordered += [tag for tag in operations if tag not in described]
        resources = tuple(
            self._resource(tag, described, operations[tag], places[tag]) for tag in ordered
        )
        self._check_layout(resources, [places[tag] for tag in ordered], ordered)
        return resources

    def _resource(
        self, tag: str, described: dict[str, str], operations: list[ir.Operation], place: Node
    ) -> ir.Resource:
        self._blame(operations)
        name = self.models.named(place, names.resource_name, tag)
        class_name = self.models.named(place, names.resource_class, tag)
        self.context.owner = ""
        description = described.get(tag, "").strip()
        return ir.Resource(
            name=name,
            module=name,
            class_name=class_name,
            description=description or f"The operations of {tag}.",
            operations=tuple(operations),
        )

    def _blame(self, operations: Iterable[ir.Operation]) -> None:
        """Assign a problem of a resource to its first operation; the others follow one by one."""
        self.context.owner = next((f"operation:{operation.id}" for operation in operations), "")

    def _check_layout(
        self, resources: tuple[ir.Resource, ...], places: list[Node], tags: list[str]
    ) -> None:
        """Report tags with the same Python name."""
        taken: dict[str, str] = {}
        for resource, place, tag in zip(resources, places, tags, strict=True):
            self._blame(resource.operations)
            for name in dict.fromkeys(
                (resource.name, resource.class_name, f"Async{resource.class_name}")
            ):
                if (other := taken.setdefault(name, tag)) != tag:
                    message = f"the tags {tag!r} and {other!r} both become {name}; rename one"
                    self.context.problem(place, message, key=True)
                    break
            self.context.owner = ""

    def _endpoints(self) -> Iterator[tuple[str, Node, Node]]:
        """Yield every operation with its path and its path item."""
        paths = self.root.get("paths")
        for path, written in paths.items() if paths else ():
            item = written.resolved() if not path.startswith("x-") else None
            if item is None:
                continue
            self.context.unknown_keys(item, _ITEM_KEYS, "this path")
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


def _component_names(root: Node) -> dict[str, str]:
    """Return the class names of component schemas, which inline objects cannot use."""
    components = root.get("components")
    schemas = components.get("schemas") if components else None
    found: dict[str, str] = {}
    for key, _ in schemas.items() if schemas else ():
        try:
            found.setdefault(names.class_name(key), key)
        except names.Unnameable:
            continue
    return found
