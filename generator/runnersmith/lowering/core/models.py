"""Models found so far: one for each object schema, named once by the spec."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ... import ir
from ...ir import distinct, names
from ...ir.class_names import ClassNames
from ...ir.distinct import Distinct
from ...ir.naming import Naming
from ...ir.types import bare
from ...openapi.document import Node, Pointer
from . import examples
from .context import Context

# The property of a list wrapper with the number of items on all pages; GitHub uses no other name.
TOTAL = "total_count"
_INTEGER = ir.Primitive(name="int")


@dataclass(frozen=True, slots=True)
class Site:
    """Use of a schema: the words that name an inline object there, and the direction."""

    words: tuple[str, ...]
    response: bool
    request: bool

    def inside(self, word: str) -> Site:
        return replace(self, words=(*self.words, word))

    def at(self, *words: str) -> Site:
        return replace(self, words=words)

    @property
    def role(self) -> ir.Role:
        return (
            "both" if self.response and self.request else "response" if self.response else "request"
        )


@dataclass(slots=True)
class _Draft:
    node: Node
    site: Site
    fields: tuple[ir.Field, ...] = ()
    extra: ir.Field | None = None
    filled_for: Site | None = None


# Characters that msgspec rejects in a field's name.
_UNDECODABLE = re.compile(r'["\\\x00-\x1f]')


class Models:
    """Names of object schemas, and their fields."""

    def __init__(
        self,
        context: Context,
        naming: Naming | None = None,
        classes: ClassNames | None = None,
    ) -> None:
        self.context = context
        self.naming: Naming = naming or Naming()
        # Only for foreign documents: in a curated one, names must be distinct already.
        self.classes: ClassNames = classes or ClassNames(self.naming)
        self._drafts: dict[str, _Draft] = {}
        # The names of properties, by the place of their schema.
        self._named: dict[Pointer, Mapping[str, str]] = {}

    # ── Names ────────────────────────────────────────────────────────────────────────────────

    def reserve(self, node: Node, site: Site) -> str | None:
        """Return the class name of an object schema.

        Report a problem and return None if another one has it, in a strict document.
        """
        name = self._class_name(node, site)
        draft = self._drafts.get(name)
        if draft is None:
            self._drafts[name] = _Draft(node=node, site=site)
            return name
        if draft.node.pointer != node.pointer:
            mine, other = ".".join(site.words), ".".join(draft.site.words)
            self.context.problem(
                node,
                f"{mine!r} and {other!r} both become the class {name}; rename one of them",
                key=True,
            )
            return None
        draft.site = replace(
            draft.site,
            response=draft.site.response or site.response,
            request=draft.site.request or site.request,
        )
        return name

    def _class_name(self, node: Node, site: Site) -> str:
        if self.context.strict:
            return self.named(node, names.class_name, *site.words)
        return self.classes.name(node.pointer, *site.words)

    def named(self, node: Node, make: Callable[..., str], *texts: str) -> str:
        """Return the name that a rule derives from texts.

        In a strict document, report a name that needs other letters, or none at all.
        """
        if self.context.strict and not names.is_plain(*texts):
            text = ".".join(texts)[:40]
            self.context.problem(
                node,
                f"{text!r} is not a plain name; use ASCII letters and digits, {names.MAX_LENGTH} at most",
                key=True,
            )
        return make(*texts)

    def field_name(self, node: Node, wire_name: str) -> str:
        """Return the usual Python name of a property or parameter."""
        if _UNDECODABLE.search(wire_name):
            self.context.problem(
                node,
                f"{wire_name!r} has a quote, a backslash or a control character; no field can",
                key=True,
            )
        return self.named(node, names.field_name, wire_name)

    def field_names(
        self, node: Node, site: Site, wire_names: Iterable[str], reserved: Collection[str] = ()
    ) -> Mapping[str, str]:
        """Return the Python names of the properties of an object, by wire name."""
        owner = self.classes.component(node.pointer) or names.class_name(*site.words)
        found = {**self.distinct_names(node, distinct.fields(wire_names), "properties", owner)}
        for wire_name, name in [*found.items()]:
            if name in reserved:
                while (name := f"{name}_") in found.values():
                    pass
                found[wire_name] = name
        self._named[node.pointer] = found
        return found

    def known_names(self, pointer: Pointer) -> Mapping[str, str]:
        """Return the names of the properties of a model, by the place of its schema."""
        return self._named[pointer]

    def distinct_names(self, node: Node, found: Distinct, *owner: str) -> Mapping[str, str]:
        """Return distinct names. In a strict document, names must be distinct already."""
        for clash in found.clashes if self.context.strict else ():
            self.context.problem(
                node,
                f"{clash.text!r} and {clash.other!r} both become the name {clash.usual}; rename one",
            )
        return self.naming.names(found, *owner)

    def check_names(self, node: Node, fields: Iterable[ir.Field | ir.Parameter]) -> None:
        """Report two fields or arguments with the same Python name."""
        seen: dict[str, str] = {}
        for field in fields:
            if field.name in seen:
                self.context.problem(
                    node,
                    f"{field.wire_name!r} and {seen[field.name]!r} both become the name {field.name}; rename one",
                )
            seen[field.name] = field.wire_name

    # ── Contents ─────────────────────────────────────────────────────────────────────────────

    def site(self, name: str) -> Site:
        """Return all uses of a model, combined."""
        return self._drafts[name].site

    def pointer(self, name: str) -> Pointer:
        """Return the place of a model's schema."""
        return self._drafts[name].node.pointer

    def needs_fields(self, name: str) -> bool:
        """Return whether the fields must be lowered: on the first use in each direction."""
        draft = self._drafts[name]
        if draft.filled_for == draft.site:
            return False
        draft.filled_for = draft.site
        return True

    def fill(self, name: str, fields: tuple[ir.Field, ...], extra: ir.Field | None) -> None:
        self._drafts[name].fields = fields
        self._drafts[name].extra = extra

    def finish(self) -> tuple[ir.Model, ...]:
        """Return every model, sorted by name, so that a new one does not move the others."""
        modules = self._modules()
        return tuple(
            self._model(name, modules[name], self._drafts[name]) for name in sorted(self._drafts)
        )

    def _modules(self) -> Mapping[str, str]:
        """Return the module of each class, in lower case: some file systems ignore case."""
        found = distinct.modules(self._drafts)
        for clash in found.clashes if self.context.strict else ():
            self.context.problem(
                self._drafts[clash.text].node,
                f"the classes {clash.text} and {clash.other} both become the module {clash.usual}; "
                "rename one of them",
                key=True,
            )
        return found.names

    def _model(self, name: str, module: str, draft: _Draft) -> ir.Model:
        extension = draft.node.get("x-runnersmith")
        items = extension.text("items") if extension else None
        by_wire = {field.wire_name: field.name for field in draft.fields}
        # A number with a fraction is no count.
        counts = {it.wire_name for it in draft.fields if bare(it.type) == _INTEGER}
        self._check_items(draft, items)
        fields, eithers = self._eithers(draft)
        return ir.Model(
            name=name,
            module=module,
            wire_name=draft.node.key,
            role=draft.site.role,
            fields=fields,
            items=by_wire.get(items) if items else None,
            total=by_wire.get(TOTAL) if items and TOTAL in counts else None,
            eithers=eithers,
            extra=draft.extra,
            description=draft.node.text("description") or "",
            deprecated=draft.node.flag("deprecated"),
            example=examples.of_schema(self.context.views.of(draft.node)),
        )

    def _check_items(self, draft: _Draft, items: str | None) -> None:
        """Report a list wrapper whose list may be missing: a failed read would look empty."""
        held = next((field for field in draft.fields if field.wire_name == items), None)
        if held is not None and not (held.required and isinstance(held.type, ir.Array)):
            self.context.problem(
                draft.node,
                f"the items {items!r} must be a required list that is never null",
                key=True,
            )

    def _eithers(self, draft: _Draft) -> tuple[tuple[ir.Field, ...], tuple[ir.Either, ...]]:
        """Return the properties that read one of several fields.

        Fields of that name are renamed.
        """
        extension = draft.node.get("x-runnersmith")
        written = extension.get("either") if extension else None
        fields = {field.wire_name: field for field in draft.fields}
        found: list[ir.Either] = []
        for key, child in written.items() if written else ():
            name = self.field_name(child, key)
            for wire_name, field in fields.items():
                if field.name == name:
                    fields[wire_name] = replace(field, name=f"{name}_")
            listed = [it.value for it in child.elements() if isinstance(it.value, str)]
            chosen = [fields[it] for it in listed if it in fields]
            if len(chosen) < len(list(child.elements())):
                self.context.problem(
                    child,
                    "either names a field that is not a property of this schema; correct the list",
                    key=True,
                )
            optional = not any(field.required for field in chosen) and not draft.site.request
            if name in names.RESOURCE_NAMES:
                self.context.problem(
                    child,
                    f"an either {name!r} would shadow one of its own fields; rename it",
                    key=True,
                )
            if len(chosen) < 2 or len({field.type for field in chosen}) > 1 or not optional:
                self.context.problem(
                    child,
                    "either needs two or more optional properties of a response, of one type",
                    key=True,
                )
                continue
            names_read = tuple(field.name for field in chosen)
            found.append(ir.Either(name=name, fields=names_read, type=chosen[0].type))
        if found:
            self._check_eithers(
                draft.node, [*(f.name for f in fields.values()), *(e.name for e in found)]
            )
        return tuple(fields.values()), tuple(found)

    def _check_eithers(self, node: Node, taken: list[str]) -> None:
        if len(set(taken)) < len(taken):
            self.context.problem(
                node, "an either and a field have the same Python name; rename the either", key=True
            )
