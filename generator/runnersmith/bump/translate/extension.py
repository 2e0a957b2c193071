"""`x-runnersmith` of a new operation, as far as it can be derived; the rest is marked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...compare import Product
from ...compare.facts import FactPath, dump
from ...compare.operations import Operation
from ...ir import names
from ...openapi.document import Json, Pointer
from ...openapi.todo_marks import mark
from ...validate.extension import placeholders
from ..draft.claims import Claims, joined
from ..draft.descriptions import root
from ..draft.draft import BRACES, KEY, OPERATION, Draft, Mapping, items, mapping, put

_CLASSIC = re.compile(r"\(classic\) need the ?`([a-z_]+(?::[a-z_]+)?)` scope to use this endpoint")
_PRIVATE = re.compile(r"If the repository is private[^.]*\.")
_LEVEL = re.compile(
    r"-(?:for|from|in|of|to|on)-(?:an?-)?(?:org(?:anization)?|enterprise|repo(?:sitory)?)\Z"
)
_RELEASE = re.compile(r"\d+\.\d+", re.ASCII)
_ROOT = ("version-header", "media-type", "introduced", "scopes", "resources")
_USUAL = {"GET": "safe", "HEAD": "safe", "PUT": "idempotent", "DELETE": "idempotent"}


@dataclass(frozen=True, slots=True)
class _Known:
    """A curated operation."""

    scope: str
    below: str
    method: str
    extension: Mapping


@dataclass(frozen=True, slots=True)
class ExtensionTranslator:
    """Writer of the extension of new operations in a draft."""

    draft: Draft
    claims: Claims

    def add(self, official: Operation, made: Mapping, at: Pointer) -> None:
        """Add the method's resource, retry safety, products and permissions."""
        pointer = (*at, KEY)
        scope = self.draft.scope(official.path)
        below = BRACES.sub("{}", official.path)[len(scope) :]
        every = self._every()
        extension: Mapping = {"resource": self._resource(below, every)}
        alike = [
            one
            for one in every
            if (one.below, one.method) == (below, official.method.lower()) and one.scope != scope
        ]
        level = [one for one in every if one.scope == scope]
        beside = [one for one in level if one.extension["resource"] == extension["resource"]]
        if alike:
            # The same operation at another level has the same method name.
            known = alike[0].extension
            extension |= {key: known[key] for key in ("method", "repeat", "lookup") if key in known}
        else:
            extension["method"] = _method(official, str(extension["resource"]), beside)
            what = "name the method as people would"
            if "tasks" in self.draft.extension:
                what += ", and add it to the tasks that it serves"
            self.draft.note((*pointer, "method"), what)
            extension["repeat"] = _USUAL.get(official.method, "unsafe")
            if official.method not in _USUAL:
                what = "say what to look up if no response arrives; if a second, equal request"
                what += " changes nothing, make it idempotent and remove this"
                extension["lookup"] = mark(what)
        if {"query page", "query per_page"} <= root(official).entities.keys():
            extension["paged"] = True
        extension["products"], is_sure = self._products(official)
        if not is_sure:
            self.draft.note((*pointer, "products"), "see which other products have it")
        put(made, KEY, extension, OPERATION)
        self._permissions(official, extension, pointer, beside, level)

    def tell_apart(self, official: Operation, extension: Mapping, at: Pointer, other: str) -> None:
        """Give the copy of an operation at another path a method and products of its own."""
        scope, resource = self.draft.scope(official.path), extension["resource"]
        beside = [
            one
            for one in self._every()
            if one.scope == scope and one.extension["resource"] == resource
        ]
        was = extension["method"]
        extension["method"] = _method(official, str(resource), beside)
        self.draft.note((*at, KEY, "method"), f"it is `{was}` at {other}; name it as people would")
        extension["products"], is_sure = self._products(official)
        if not is_sure:
            self.draft.note((*at, KEY, "products"), "see which other products have it here")

    def _every(self) -> list[_Known]:
        return [
            _Known(scope, BRACES.sub("{}", path)[len(scope) :], method, mapping(operation[KEY]))
            for path, method, operation in self.draft.operations()
            for scope in [self.draft.scope(path)]
            if KEY in operation
        ]

    def _resource(self, below: str, every: list[_Known]) -> str:
        """Return the resource of operations with the same start of their paths, or a new one."""
        parts = below.split("/")
        # `/actions/runners`, but `/actions/permissions/self-hosted-runners`.
        length = 4 if parts[2:3] == ["permissions"] else 3
        for one in every:
            if one.below.split("/")[:length] == parts[:length]:
                return str(one.extension["resource"])
        name = _snake(parts[length - 1])
        resources = mapping(self.draft.extension["resources"])
        if name not in resources:
            resources[name] = {"description": mark("say what this resource is")}
            note = "confirm the name of this resource, here and at its operations"
            self.draft.note((KEY, "resources", name), note)
        return name

    def _products(self, official: Operation) -> tuple[Mapping, bool]:
        """Return the products that have an operation for sure, and whether there are no others.

        A description is of its own product. That of Enterprise Cloud states whether no other has
        the operation; if so, not which releases of Enterprise Server do.
        """
        known = self.claims.of(official.key, FactPath())
        if self.claims.product.name != "ghec":
            return known, False
        github = official.node.get("x-github")
        only = github.get("githubCloudOnly") if github is not None else None
        stated = only.value if only is not None else None
        on_github: Mapping = {"github.com": "all"} if stated is False else {}
        return joined(on_github, known), stated is True and {*known} == {"ghec"}

    def _permissions(
        self,
        official: Operation,
        extension: Mapping,
        at: Pointer,
        beside: list[_Known],
        level: list[_Known],
    ) -> None:
        prose = _PRIVATE.sub("", official.node.text("description") or "")
        stated: set[str] = {*_CLASSIC.findall(prose)}
        unsure = len(stated) != 1
        classic: list[Json] = _classic(level) if unsure else [stated.pop()]
        permissions: Mapping = {"classic": classic} if classic else {}
        github = official.node.get("x-github")
        if github is not None and github.flag("enabledForGitHubApps"):
            unsure = True
            guess = fine_grained(official.method, [one.extension for one in beside])
            permissions["fine-grained"] = guess or {placeholders.PERMISSION: "read"}
        if permissions:
            extension["permissions"] = permissions
        if unsure:
            what = "take the permissions, classic and fine-grained, from GitHub's documentation"
            self.draft.note((*at, "permissions") if permissions else at, what)


def introduce(draft: Draft, product: Product, version: str) -> None:
    """Add the first Enterprise Server release that supports a version, if servers are listed.

    It is unknown, so it is no decision: the earliest possible one is assumed.
    """
    operations = [
        mapping(operation.get(KEY, {}))
        for item in draft.paths.values()
        for operation in mapping(item).values()
        if isinstance(operation, dict)
    ]
    known = mapping(draft.extension.get("introduced", {}))
    lowest = [mapping(one.get("products", {})).get("ghes") for one in operations]
    if version in known or not (known or any(lowest)):
        return
    releases = [str(one) for one in (*lowest, *(mapping(it).get("ghes") for it in known.values()))]
    numbers = [tuple(map(int, one.split("."))) for one in releases if _RELEASE.fullmatch(one)]
    newest = max(numbers, default=(3, 0))
    # Servers follow github.com: at the earliest with the release after the newest known.
    guess = product.release if product.name == "ghes" else f"{newest[0]}.{newest[1] + 1}"
    put(draft.extension, "introduced", {version: {"ghes": guess}, **known}, _ROOT)


def _classic(level: list[_Known]) -> list[Json]:
    """Return the classic token scopes common to all operations of a scope; empty if they differ."""
    found = {
        dump(mapping(one.extension.get("permissions", {})).get("classic")): one for one in level
    }
    if len(found) != 1:
        return []
    extension = next(iter(found.values())).extension
    return items(mapping(extension.get("permissions", {})).get("classic", []))


def fine_grained(method: str, beside: list[Mapping]) -> Mapping:
    """Return the permission of a scope's resource; empty if its operations differ."""
    keys = {
        key
        for extension in beside
        for key in mapping(mapping(extension.get("permissions", {})).get("fine-grained", {}))
    }
    return {keys.pop(): "read" if method in ("GET", "HEAD") else "write"} if len(keys) == 1 else {}


def _method(official: Operation, resource: str, beside: list[_Known]) -> str:
    """Return an unused name from GitHub's operationId, without resource and level."""
    words = _LEVEL.sub(
        "", (official.node.text("operationId") or placeholders.NAME).rpartition("/")[2]
    )
    noun = resource.replace("_", "-").removesuffix("s")
    short = re.sub(rf"-(?:self-hosted-)?{noun}s?(?=-|\Z)", "", words)
    taken = {str(one.extension["method"]) for one in beside}
    numbered = (f"{_snake(words)}_{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (_snake(short), _snake(words), *numbered) if name not in taken)


def _snake(text: str) -> str:
    """Return a Python name without underscores at its ends."""
    return names.snake(text).strip("_")
