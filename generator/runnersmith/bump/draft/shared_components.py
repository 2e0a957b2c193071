"""Copies of shared components for those of their users that change. Changes only the draft.

    GET /a ─ response 200 ─┐                        GET /a ─ response 200 ─▶ Page ─▶ Item
                           ├▶ Page ─▶ Item    ─▶
    GET /b ─ response 200 ─┘                        GET /b ─ response 200 ─▶ BPage ─▶ BItem

Item changes for GET /b only. Every component between the changing uses and Item that others use as
well is copied too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...compare.facts import Entity, FactPath
from ...compare.operations import METHODS, Operation, entity
from ...openapi.document import Pointer, parse_pointer
from ...yaml_edit.values import copied, insert
from .component_names import of_copy
from .correspondence import Key, parts
from .descriptions import home, root
from .draft import OPERATION, Draft, items, mapping, put, references

_CHOICES = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a component.

    `sites` are the references that lead from the operation to it.
    """

    operation: Operation
    path: FactPath
    sites: tuple[Pointer, ...]

    def contains(self, operation: str, path: FactPath) -> bool:
        """Return whether a fact of an operation is inside this use."""
        if self.operation.name != operation:
            return False
        if not self.path.field:
            return path.entity == self.path.entity or path.entity.startswith(f"{self.path.entity} ")
        rest = path.field.removeprefix(self.path.field)
        return (
            path.entity == self.path.entity
            and (rest == "" or rest[0] in ".[{(")
            and (rest != path.field)
        )


@dataclass(slots=True)
class SharedComponents:
    """The uses of components by operations that the official description has."""

    draft: Draft
    curated: Mapping[Key, Operation]
    official: Mapping[Key, Operation]
    _reached: dict[Pointer, set[Pointer]] = field(default_factory=dict[Pointer, set[Pointer]])

    def uses(self, component: Pointer) -> list[Use]:
        """Return the uses of a component; a recursive one is used once by itself.

        An operation still uses a parameter, body, response or header that its official one lacks.
        """
        found: list[Use] = []
        for key, operation in self.curated.items():
            official = self.official.get(key)
            if official is not None and self._reaches(self._shown(operation), component):
                ours, like = root(operation), entity(official, operation, {})
                for name in ours.entities.keys() - like.entities.keys():
                    path, part = FactPath(name), ours.entities[name]()
                    if part.node.pointer[:3] == component:
                        sites = self._entity_sites(operation, path, part)
                        found.append(Use(operation=operation, path=path, sites=sites))
                for path, part, other in parts(FactPath(), ours, like):
                    known = {part.node.pointer[:3]: self._entity_sites(operation, path, part)}
                    found += self._walk(component, operation, path, part, other, known)
        return found

    def split(self, component: Pointer, facts: Sequence[tuple[str, FactPath]]) -> bool:
        """Copy a component for its uses with these facts; return whether that is possible."""
        uses = self.uses(component)
        changing = [use for use in uses if any(use.contains(*fact) for fact in facts)]
        others = {site for use in uses if use not in changing for site in use.sites}
        copies: dict[Pointer, list[Use]] = {}
        redirected: dict[tuple[Pointer, str], Pointer] = {}
        for use in changing:
            for number in range(len(use.sites) - 1, -1, -1):
                site = use.sites[number]
                target = self._target(site)
                copies.setdefault(target, []).append(use)
                # Methods share the parameters of their path.
                method = use.operation.method.lower() if _is_of_path(site) else ""
                redirected[site, method] = target
                if site not in others:
                    redirected[site, ""] = redirected.pop((site, method))
                    break
                if site[0] != "components" and not method:
                    return False
        if len(changing) in (0, len(uses)):
            return False
        made = {target: self._copy(target, used, uses) for target, used in copies.items()}
        for (site, method), target in redirected.items():
            reference = f"#/{'/'.join(map(str, made[target]))}"
            if method:
                operation = self.draft.at((*site[:2], method))
                listed = items(operation.get("parameters", []))
                put(operation, "parameters", [*listed, {"$ref": reference}], OPERATION)
            else:
                holder = made.get(site[:3], site[:3])
                self.draft.at(holder + site[3:])["$ref"] = reference
        return True

    # ── Uses ─────────────────────────────────────────────────────────────────────────────────

    def _walk(
        self,
        component: Pointer,
        operation: Operation,
        path: FactPath,
        ours: Entity,
        other: Entity,
        sites: Mapping[Pointer, tuple[Pointer, ...]],
    ) -> Iterator[Use]:
        """Yield the uses at and below a part. `sites` lead to the components on the way."""
        before = sites
        if (schema := home(ours, path)) is not None:
            start = sites.get(schema.pointer[:3], ())
            found = {target: (*start, *way) for way, target in self._hops(schema.pointer)}
            if found.keys() & before.keys():
                return
            sites = {**sites, **found}
        if component in sites:
            yield Use(operation=operation, path=path, sites=sites[component])
            return
        for below, part, its in parts(path, ours, other):
            if self._reaches(part.node.pointer, component):
                yield from self._walk(component, operation, below, part, its, sites)

    def _entity_sites(
        self, operation: Operation, path: FactPath, ours: Entity
    ) -> tuple[Pointer, ...]:
        """Return the references from an operation to its parameter, body, response or header."""
        pointer = ours.node.pointer
        if pointer[0] == "components":
            for before, site in self._sites(operation, path.entity):
                for way, target in (((), site), *self._hops(site)):
                    if target == pointer:
                        return (*before, *way)
        return ()

    def _sites(
        self, operation: Operation, name: str
    ) -> Iterator[tuple[tuple[Pointer, ...], Pointer]]:
        """Yield the places that may refer to a part, with the references that lead to each."""
        pointer = operation.node.pointer
        if name.startswith("body"):
            yield (), (*pointer, "requestBody")
        elif name.startswith("response "):
            for status in mapping(self.draft.at(pointer)["responses"]):
                place = (*pointer, "responses", status)
                if status.upper() == name.split(" ")[1]:
                    yield (), place
                    *_, (before, target) = (((), place), *self._hops(place))
                    for header in mapping(self.draft.at(target).get("headers", {})):
                        yield before, (*target, "headers", header)
        else:
            for owner in (pointer[:-1], pointer):
                listed = items(self.draft.at(owner).get("parameters", []))
                yield from (((), (*owner, "parameters", index)) for index in range(len(listed)))

    def _hops(
        self, pointer: Pointer, seen: tuple[Pointer, ...] = ()
    ) -> Iterator[tuple[tuple[Pointer, ...], Pointer]]:
        """Yield the components that hold at a place, with the references that lead to each."""
        value = self.draft.at(pointer)
        target = self._target(pointer)
        if "$ref" in value and target and target not in seen:
            yield (pointer,), target
            for way, further in self._hops(target, (*seen, target)):
                yield (pointer, *way), further
        for key in _CHOICES:
            members = value.get(key)
            for index, member in enumerate(members if isinstance(members, list) else ()):
                if isinstance(member, dict):
                    yield from self._hops((*pointer, key, index), seen)

    def _target(self, site: Pointer) -> Pointer:
        reference = self.draft.at(site).get("$ref")
        return parse_pointer(reference) or () if isinstance(reference, str) else ()

    def _shown(self, operation: Operation) -> Pointer:
        return operation.node.pointer[:-1]

    def _reaches(self, pointer: Pointer, component: Pointer) -> bool:
        """Return whether a value is in a component, or refers to it, directly or not."""
        if component not in self._reached:
            uses = self.draft.component_references()
            reached = {component}
            while more := {it for it, used in uses.items() if used & reached} - reached:
                reached |= more
            self._reached[component] = reached
        reached = self._reached[component]
        value = self.draft.at(pointer)
        return any(target in reached for target in references(value))

    # ── Copies ───────────────────────────────────────────────────────────────────────────────

    def _copy(self, component: Pointer, uses: Sequence[Use], every: Sequence[Use]) -> Pointer:
        """Copy a component under a proposed name, beside the original."""
        _, kind, was = component
        known = self.draft.components(str(kind))
        users = [use.operation for use in uses]
        others = [use.operation for use in every if use.operation not in users]
        name = of_copy(self.draft, str(kind), str(was), users, others)
        insert(known, name, copied(known[str(was)]), [*known][: [*known].index(str(was)) + 1])
        made: Pointer = ("components", kind, name)
        for place in [place for place in self.draft.notes if place[:3] == component]:
            self.draft.notes[made + place[3:]] = [*self.draft.notes[place]]
        if kind == "schemas":
            names = sorted({use.operation.name for use in uses}, key=len)
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            self.draft.note(made, f"a copy of {was} for {names[0]}{more}; confirm the name")
        return made


def _is_of_path(site: Pointer) -> bool:
    return site[0] == "paths" and site[2] not in METHODS
