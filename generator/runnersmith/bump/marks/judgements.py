"""Judgements of `x-runnersmith`: what makes each one stale, as a table. Changes only the draft.

A key follows from the description, and other modules update it, or a person has judged it. For a
judgement, a rule finds the changed facts that it depends on, and leaves a mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ...compare import Difference
from ...compare.operations import Operation
from ...openapi.document import Pointer
from ..draft.descriptions import is_property, name_of, steps
from ..draft.draft import KEY, Draft, items, mapping
from ..edits.extensions import listed_in
from .changed_facts import ChangedOperation, Update

_SUCCESS = re.compile(r"response (2\w\w)\Z")
_FAILURE = re.compile(r"response ([45]\w\w)\Z")
_SAFE = ("GET", "HEAD", "OPTIONS")
_METHOD = re.compile(r"`([a-z_0-9]+\.[a-z_0-9]+)`")

# A place, and what to decide there.
Decision = tuple[Pointer, str]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A key of the extension. `stale` says what makes it stale, or why no change does."""

    stale: str
    rule: Callable[[Update], Iterator[Decision]] | None = None


def mark_judgements(update: Update) -> None:
    """Mark every judgement that a changed fact may have made wrong."""
    found = (it for entry in JUDGEMENTS.values() if entry.rule for it in entry.rule(update))
    for place, what in dict.fromkeys(found):
        update.draft.ask(place, what)


def _repeat(update: Update) -> Iterator[Decision]:
    for operation in update.operations:
        found = [*_effects(operation)] if operation.now.method not in _SAFE else []
        if found:
            also = " and lookup" if "lookup" in operation.extension else ""
            place = (*operation.now.node.pointer, KEY, "repeat")
            yield (
                place,
                f"{', '.join(found)}; check whether repeat{also} still hold"
                + ("" if also else "s"),
            )


def _effects(operation: ChangedOperation) -> Iterator[str]:
    """Yield the changes by which a second request may have another effect than before."""
    for it in operation.differences:
        if it.path.field or it.path.keyword:
            continue
        status = _SUCCESS.match(it.path.entity)
        if status and it.official is None:
            yield f"{status[1]} is a response now"
        elif status and it.ours is None:
            yield f"{status[1]} is no response any more"
        elif status:
            yield f"{status[1]} has other content"
        elif it.path.entity == "body" and None in (it.ours, it.official):
            yield "there is a body now" if it.official is None else "there is no body any more"


def _lookup(update: Update) -> Iterator[Decision]:
    methods = {
        (
            _scope(update.draft, it),
            f"{it.extension.get('resource')}.{it.extension.get('method')}",
        ): it
        for it in update.operations
    }
    for operation in update.operations:
        text = str(operation.extension.get("lookup", ""))
        scope = _scope(update.draft, operation)
        read = [methods.get((scope, name)) for name in _METHOD.findall(text)]
        gone = {*_removed(operation, "body")}
        gone |= {name for it in read if it is not None for name in _removed(it, "response 2")}
        for name in sorted(it for it in gone if re.search(rf"\b{re.escape(it)}\b", text)):
            place = (*operation.now.node.pointer, KEY, "lookup")
            yield place, f"{name} is gone; say what to look up if no response arrives"


def _removed(operation: ChangedOperation, part: str) -> Iterator[str]:
    """Yield the names of removed fields."""
    for it in operation.differences:
        if it.path.entity.startswith(part) and it.path.field and _is_gone(it):
            last = steps(it.path.field)[-1]
            if is_property(last):
                yield name_of(last)


def _method(update: Update) -> Iterator[Decision]:
    for operation in update.operations:
        extension, before = operation.extension, operation.extension_before
        was = Draft(update.before.name, mapping(update.before.data))
        kinds = [
            listed_in(draft, mapping(it.node.value)) is not None
            for draft, it in ((update.draft, operation.now), (was, operation.was))
        ]
        if extension.get("method") == before.get("method") and kinds[0] != kinds[1]:
            what = "returns a list now" if kinds[0] else "no longer returns a list"
            name = (*operation.now.node.pointer, KEY, "method")
            yield name, f"it {what}; check whether the name still fits"


def _error(update: Update) -> Iterator[Decision]:
    for operation in update.operations:
        named, kept = _named(operation.was), _named(operation.now)
        responses = operation.now.node.at("responses")
        statuses = {status for status, _ in responses.items()}
        gone = sorted(named.keys() - statuses)
        for it in operation.differences if named else ():
            status = found[1] if (found := _FAILURE.match(it.path.entity)) else ""
            if status in kept:
                yield kept[status], "the response has changed; check the error"
            elif gone and it.official is None and not it.path.field and status in statuses:
                what = f"see whether it replaces {gone[0]}, which had an error of its own"
                yield (*responses.pointer, status), what


def _named(operation: Operation) -> dict[str, Pointer]:
    """Return the extensions of the responses that have an error of their own, by status."""
    found = ((it, node.resolved()) for it, node in operation.node.at("responses").items())
    return {it: (*node.pointer, KEY) for it, node in found if node is not None and node.get(KEY)}


def _either(update: Update) -> Iterator[Decision]:
    for name, value in update.draft.components("schemas").items():
        before = mapping(mapping(update.component(name).get(KEY, {})).get("either", {}))
        now = mapping(mapping(mapping(value).get(KEY, {})).get("either", {}))
        for gone in [it for it in before if it not in now]:
            fields = " and ".join(map(str, items(before[gone])))
            what = f"{gone} read {fields}, which changed; see whether fields belong together"
            yield ("components", "schemas", name), what


def _secret(update: Update) -> Iterator[Decision]:
    for operation in update.operations:
        gone = {
            (it.path.entity, *steps(it.path.field)[:-1]): name_of(steps(it.path.field)[-1])
            for it in operation.differences
            if it.path.field and _is_gone(it) and _has(it, "secret")
        }
        for it in operation.differences if gone else ():
            is_new = it.official is None and not it.path.keyword and it.path.field
            beside = gone.get((it.path.entity, *steps(it.path.field)[:-1])) if is_new else None
            part = mapping(it.node.value) if beside else {}
            if "secret" not in mapping(part.get(KEY, {})) and "string" in str(part.get("type")):
                what = f"add `secret` if it is a credential, as {beside} was"
                yield it.node.pointer, what


def _has(difference: Difference, key: str) -> bool:
    part = difference.official.node.value if difference.official is not None else None
    return isinstance(part, dict) and key in mapping(part.get(KEY, {}))


def _is_gone(difference: Difference) -> bool:
    return difference.ours is None and not difference.path.keyword


def _scope(draft: Draft, operation: ChangedOperation) -> str:
    return next((it for it in draft.scopes if operation.now.path.startswith(it)), "")


_OWN = "it is a choice of the client, and no fact of GitHub's description"
_COMPARED = "GitHub states it for each product, so it is compared, and follows"
_DERIVED = "it follows from the description, and changes with it"

# The place and the key, in the order of extensions.schema.json.
JUDGEMENTS: dict[tuple[str, str], Judgement] = {
    ("document", "version-header"): Judgement(_OWN),
    ("document", "introduced"): Judgement("a new version is added, with the earliest release"),
    ("document", "media-type"): Judgement(_OWN),
    ("document", "scopes"): Judgement("a path of another scope is another operation"),
    ("document", "resources"): Judgement("one without operations is removed, a new one marked"),
    ("document", "tasks"): Judgement("removed methods are removed, new ones marked"),
    ("operation", "resource"): Judgement(_OWN),
    ("operation", "method"): Judgement("it returns a list, or no list any more", _method),
    ("operation", "repeat"): Judgement("another success response, or a body or none", _repeat),
    ("operation", "lookup"): Judgement("a field that it names is removed", _lookup),
    ("operation", "paged"): Judgement(_DERIVED),
    ("operation", "products"): Judgement(_COMPARED),
    ("operation", "permissions"): Judgement("marked by the edit of enabledForGitHubApps"),
    ("component", "items"): Judgement("another list is wrapped: marked with the class's new name"),
    ("component", "either"): Judgement("its fields are removed, or have other types", _either),
    ("parameter", "products"): Judgement(_COMPARED),
    ("response", "error"): Judgement("the response changes, or has another status", _error),
    ("property", "products"): Judgement(_COMPARED),
    ("property", "secret"): Judgement("it is removed, and a text is added beside it", _secret),
    ("property", "values"): Judgement("they give way to an enum, or come from one"),
}
