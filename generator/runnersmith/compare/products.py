"""Product of an official description, and the availability in the curated spec. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..openapi.document import Document, Json, Node
from ..problems import SpecError, UsageError
from .description_view import CHANGES
from .facts import Entity, Fact, products
from .operations import Operation

PRODUCTS = {"api.github.com": "github.com", "ghec": "ghec", "ghes": "ghes"}

_RELEASE = re.compile(r"\d+(\.\d+)*", re.ASCII)
_ONE_DIGIT = re.compile(r"\d+\.\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Product:
    """An edition of GitHub; `release` is the version of an Enterprise Server."""

    name: str
    release: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.release}" if self.release else self.name

    def has(self, operation: Operation) -> bool:
        """Return whether the curated spec offers an operation on this product."""
        listed = products(operation.node)
        return listed is not None and self.among(listed)

    def lacks(self, entity: Entity) -> bool:
        """Return whether a field or parameter of the curated spec is not on this product."""
        return bool(entity.products) and not any(map(self.among, entity.products))

    def among(self, listed: Node) -> bool:
        """Return whether the products of an `x-runnersmith` include this one, in its release."""
        lowest = listed.text(self.name)
        if lowest is None or lowest == "all" or self.release is None:
            return lowest is not None
        if not _RELEASE.fullmatch(lowest):
            reason = f"{lowest!r} is no version of Enterprise Server, such as 3.19"
            raise SpecError([listed.at(self.name).problem(reason)])
        return _version(self.release) >= _version(lowest)


def product_of(official: Document) -> Product:
    """Return the product of an official description. Raises SpecError if it is not stated."""
    info = official.root.get("info") or official.root
    name = PRODUCTS.get(info.text("x-github-plan") or "")
    if name is None:
        known = ", ".join(PRODUCTS)
        raise SpecError(
            [info.problem(f"not one of GitHub's descriptions: x-github-plan is none of {known}")]
        )
    # A number if it is unambiguous, 3.19; a string otherwise, "3.20".
    release = info.get("x-github-release")
    if release is not None and not _RELEASE.fullmatch(str(release.value)):
        raise SpecError([release.problem("x-github-release is no version of Enterprise Server")])
    # No reader tells 3.2 from 3.20 if it is a number.
    if (
        release is not None
        and isinstance(release.value, float)
        and _ONE_DIGIT.fullmatch(str(release.value))
    ):
        why = f"the number {release.value} may be {release.value}0; write it as a string"
        raise SpecError([release.problem(f"x-github-release: {why}")])
    return Product(name, str(release.value) if release is not None else None)


def known(versions: Sequence[Document], official: Document) -> tuple[Document, ...]:
    """Return the curated API versions that an official description's product supports, in order.

    github.com and Enterprise Cloud support all of them. An Enterprise Server supports the oldest.
    Newer ones come with a release, whose description has changes for that version.
    """
    if product_of(official).name != "ghes":
        return tuple(versions)
    newest = max(_named(official), default="")
    oldest = min(map(_api_version, versions), default="")
    return tuple(ours for ours in versions if _api_version(ours) <= max(newest, oldest))


def described(
    versions: Sequence[Document],
    official: Document,
    version: str | None = None,
    *,
    alone: str | None = None,
) -> tuple[Document, ...]:
    """Return the curated API versions that an official description describes, in order.

    These are all that its product supports, or only `version`. A file of one API version has no
    changes for others and does not state its version: it describes `alone`. Raises UsageError if
    there is none, and for a version that the product does not support.
    """
    supported = known(versions, official)
    listed = ", ".join(map(_api_version, supported))
    product = product_of(official)
    if version is not None:
        chosen = tuple(ours for ours in supported if _api_version(ours) == version)
        if not chosen:
            raise UsageError(
                f"{official.name}: this description of {product} is not for API version {version}; "
                f"the spec has {listed} for this product"
            )
        return chosen
    if product.name == "ghes" or len(versions) == 1 or _named(official) & {*listed.split(", ")}:
        return supported
    if alone is not None:
        return tuple(ours for ours in versions if _api_version(ours) == alone)
    raise UsageError(
        f"{official.name}: has no changes for any of the API versions {listed}, so it describes a "
        "single version; use GitHub's description without a date in its name, which has all "
        "versions, or name the version with --api-version"
    )


def names_version(official: Document, version: str) -> bool:
    """Return whether an official description states what an API version changes."""
    return version in _named(official)


def _named(official: Document) -> set[str]:
    """Return the API versions in the changes of an official description, except planned ones."""
    found: set[str] = set()
    waiting: list[Json] = [official.data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
            listed = value.get(CHANGES)
            for change in listed if isinstance(listed, list) else ():
                version = change.get("version") if isinstance(change, dict) else None
                if isinstance(version, str) and version != "next":
                    found.add(version)
    return found


def _api_version(ours: Document) -> str:
    return (ours.root.get("info") or ours.root).text("version") or ""


def our_facts(operation: Operation, product: Product, official: Operation) -> dict[str, Fact]:
    """Return the counterparts of `official_facts` from `x-runnersmith`."""
    extension = _extension(operation)
    facts: dict[str, Fact] = {}
    stated = official_facts(official, product)
    listed, permissions = extension.get("products"), extension.get("permissions")
    if listed is not None and "githubCloudOnly" in stated:
        facts["githubCloudOnly"] = Fact(listed.get("github.com") is None, listed)
    if permissions is not None and "enabledForGitHubApps" in stated:
        fine_grained = permissions.get("fine-grained")
        facts["enabledForGitHubApps"] = Fact(fine_grained is not None, fine_grained or permissions)
    if listed is not None and product.among(listed):
        facts["product"] = Fact(str(product), listed.at(product.name))
    return facts


def official_facts(operation: Operation, product: Product) -> dict[str, Fact]:
    """Return GitHub's statements about an operation's availability, if they are reliable.

    `githubCloudOnly` distinguishes Enterprise Cloud from github.com. In the descriptions of
    Enterprise Server, it is also set on operations that the server has.
    """
    facts = {"product": Fact(str(product), operation.node)}
    github = operation.node.get("x-github")
    names = ["enabledForGitHubApps", *(["githubCloudOnly"] if product.name == "ghec" else [])]
    for name in names:
        if github is not None and (node := github.get(name)) is not None:
            facts[name] = Fact(node.value, node)
    return facts


def _extension(operation: Operation) -> Node:
    return operation.node.get("x-runnersmith") or operation.node


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
