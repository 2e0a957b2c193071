"""Edits of the parameters of an operation. Changes only the draft."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from ...compare.facts import Entity, dump
from ...compare.operations import METHODS
from ...openapi.document import Json, Node, Pointer, parse_pointer
from ...yaml_edit.values import copied, insert, rename
from ..draft.component_names import free
from ..draft.draft import BRACES, KEY, OPERATION, PARAMETER, Draft, Mapping, items, mapping, put
from ..draft.edit_site import EditSite, change
from ..draft.proposals import Proposal
from ..translate.operations import OperationTranslator
from .products import claim, is_sure


def parameter(site: EditSite, endpoints: OperationTranslator) -> Iterator[Proposal]:
    """Yield the edit of a parameter that only one side has or requires."""
    name, ours, official = site.difference.path.entity, site.ours, site.official
    if ours is None and official is not None:

        def add() -> None:
            made = endpoints.parameter(name, official, (*site.pointer, "parameters"))
            listed: list[Json] = [*items(site.operation.get("parameters", [])), made]
            put(site.operation, "parameters", listed, OPERATION)
            _claim(site, (*site.pointer, "parameters", len(listed) - 1))
            _page(site)

        yield from site.propose(site.pointer, f"add {name}", add)
    elif ours is not None and official is None:
        for owner in (site.pointer, site.pointer[:-1]):
            if any(
                _is(site.draft, one, ours)
                for one in items(site.draft.at(owner).get("parameters", []))
            ):
                yield from site.propose(
                    owner, f"remove {name}", partial(_remove, site, owner, ours)
                )
                return
    elif ours is not None and official is not None:
        required = True if official.head == "required" else None
        target = ours.node.pointer
        what = f"required {required}"
        yield from site.propose(
            target,
            what,
            lambda: change(site.draft.at(target), "required", required, PARAMETER),
            official,
        )


def _claim(site: EditSite, place: Pointer) -> None:
    """State the products of a new parameter: at a component only if all of its users are new."""
    draft, reference = site.draft, site.draft.at(place).get("$ref")
    target = parse_pointer(reference) if isinstance(reference, str) else None
    if target is None:
        claim(site, place)
    elif not is_sure(site, place):
        known = site.claims.of(site.curated_operation.key, site.difference.path)
        users = [used for used in draft.uses().values() if target in used]
        stated = mapping(draft.at(target).get(KEY, {})).get("products")
        if len(users) == 1 and stated is None:
            claim(site, target)
        elif stated != known:
            listed = items(site.operation["parameters"])
            listed[-1] = copied(draft.at(target))
            claim(site, place)


def _is(draft: Draft, element: Json, ours: Entity) -> bool:
    """Return whether an element of a list of parameters is, or refers to, a curated one."""
    found = resolved(draft, element)
    return (found.get("name"), found.get("in")) == (ours.node.text("name"), ours.node.text("in"))


def resolved(draft: Draft, element: Json) -> Mapping:
    """Return an element, or the component that it refers to."""
    reference = mapping(element).get("$ref")
    target = parse_pointer(reference) if isinstance(reference, str) else None
    return draft.at(target) if target is not None else mapping(element)


def _remove(site: EditSite, owner: Pointer, ours: Entity) -> None:
    holder = site.draft.at(owner)
    left = [one for one in items(holder["parameters"]) if not _is(site.draft, one, ours)]
    change(holder, "parameters", left or None, OPERATION)
    _page(site)


def _page(site: EditSite) -> None:
    """Update `paged` after a change of the parameters."""
    listed = items(site.operation.get("parameters", []))
    names = {str(resolved(site.draft, element).get("name")) for element in listed}
    extension = mapping(site.operation.get(KEY, {}))
    if {"page", "per_page"} <= names:
        put(extension, "paged", True, ("resource", "method", "repeat", "paged", "products"))
    elif "paged" in extension:
        del extension["paged"]


def path_name(site: EditSite) -> Iterator[Proposal]:
    """Yield the renaming of a path parameter: wherever it is used, or in one path only."""
    fact, ours = site.difference.official, site.ours
    path, names = site.curated_operation.path, site.curated_operation.path_names
    was = str(ours.node.text("name")) if ours else ""
    if fact is None or ours is None or site.official_operation is None or was not in names:
        return
    scope = next((one for one in site.draft.scopes if path.startswith(one)), "")
    if names.index(was) < len(BRACES.findall(scope)):
        return  # The scope's own parameter, shared by all of its paths.
    now = str(fact.value)
    if now in names:
        return
    renamed = path.replace("{" + was + "}", "{" + now + "}")

    def move() -> None:
        if path in site.draft.paths:
            rename(site.draft.paths, path, renamed)
            site.draft.renote(("paths", path), ("paths", renamed))

    everywhere = Proposal(
        difference=site.difference,
        target=ours.node.pointer,
        partner=site.official.identity if site.official else None,
        what=f"name {now}",
        run=lambda: change(site.draft.at(ours.node.pointer), "name", now, PARAMETER),
        also=move,
        rank="renamed",
    )
    yield everywhere
    if ours.node.pointer[0] == "components":

        def here() -> None:
            made = _renamed(site.draft, ours.node, now)
            for holder in [site.draft.at(("paths", path)), *_methods(site.draft, path)]:
                listed = items(holder.get("parameters", []))
                listed[:] = [made if _is(site.draft, one, ours) else one for one in listed]
            move()

        # After the first edit, it is no longer needed.
        yield from site.propose(("paths", path), f"name {now}", here, rank="renamed here")


def _methods(draft: Draft, path: str) -> list[Mapping]:
    item = mapping(draft.paths[path])
    return [mapping(item[method]) for method in METHODS if method in item]


def _renamed(draft: Draft, node: Node, name: str) -> Mapping:
    """Return a renamed reference to a curated parameter, which becomes a component if needed."""
    wanted = {**mapping(copied(node.value)), "name": name}
    components = draft.components("parameters")
    facts = {key: value for key, value in wanted.items() if key not in ("description", "example")}
    for known, value in components.items():
        if dump({k: v for k, v in mapping(value).items() if k in facts}) == dump(facts):
            return {"$ref": f"#/components/parameters/{known}"}
    made = free(draft, "parameters", "".join(word.capitalize() for word in name.split("_")))
    insert(components, made, wanted, [*components][: [*components].index(node.key) + 1])
    return {"$ref": f"#/components/parameters/{made}"}
