"""Availability of an operation or an argument: in which API versions, and on which products.

Pure. What a client talks to is known as far as its address and its caller tell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

import msgspec

from ..errors import InvalidArgument
from .base_url import Base

PRODUCTS: Mapping[str, str] = {
    "github.com": "github.com",
    "ghec": "GitHub Enterprise Cloud",
    "ghes": "GitHub Enterprise Server",
}
_PRODUCT = re.compile(r"(github\.com|ghec|ghes)(?:-(\d{1,4})\.(\d{1,4}))?\Z")


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """The API versions and the products that have something.

    `versions` is empty for all. `products` maps a product to the first release that has it, or to
    nothing ("") where every release does; None for all products.
    """

    versions: tuple[str, ...] = ()
    products: Mapping[str, str] | None = None


EVERYWHERE = Availability()


class Where(msgspec.Struct, frozen=True):
    """What a client talks to. `release` is that of an Enterprise Server, where it was told."""

    version: str
    products: tuple[str, ...]
    release: tuple[int, int] | None = None

    def outdated(self, available: Availability) -> str | None:
        """Why this API version does not have something; None when it does."""
        if not available.versions or self.version in available.versions:
            return None
        return f"it is not in API version {self.version}, only in {', '.join(available.versions)}"

    def lacking(self, available: Availability) -> str | None:
        """Why no product that this may be has something; None when one has, as far as is known."""
        products = available.products
        if products is None or any(self._has(product, products) for product in self.products):
            return None
        shown = " and ".join(PRODUCTS[product] for product in self.products)
        if self.release is not None:
            shown += f" {self.release[0]}.{self.release[1]}"
        having = ", ".join(f"{PRODUCTS[name]} {since}".strip() for name, since in products.items())
        return f"{shown} does not have it, only {having}"

    def knows(self, introduced: Mapping[str, str]) -> bool:
        """Tell whether a product that this may be knows an API version, whatever its release."""
        return any(
            name not in introduced or (self._has(name, introduced) and self.release is not None)
            for name in self.products
        )

    def _has(self, product: str, products: Mapping[str, str]) -> bool:
        since = products.get(product)
        if since is None:
            return False
        return not since or self.release is None or _release(since) <= self.release


def where(
    base: Base,
    version: str | None,
    product: str | None,
    versions: tuple[str, ...],
    introduced: Mapping[str, Mapping[str, str]],
) -> Where:
    """Find out what a client talks to, from its address and from what the caller says.

    `versions` are the API versions, the newest first; `introduced` says of one from which release
    of a product on it is known. Left out, the version is the newest that every release of the
    product knows, or the release that was told. Raises InvalidArgument for a version or a product
    that there is not.
    """
    products, release = _told(product) if product is not None else (_products(base), None)
    if version is None:
        guess = Where("", products, release)
        version = next((it for it in versions if guess.knows(introduced.get(it, {}))), versions[-1])
    elif cast("object", version) not in versions:
        raise InvalidArgument(
            f"api_version {version!r} is not known here; use {', '.join(versions)}"
        )
    return Where(version, products, release)


def _told(product: str) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    found = _PRODUCT.match(product) if isinstance(cast("object", product), str) else None
    if found is None or (found[2] is not None and found[1] != "ghes"):
        raise InvalidArgument(
            f"product {product!r} is not known; use github.com, ghec, ghes, or a release as in ghes-3.19"
        )
    return (found[1],), (int(found[2]), int(found[3])) if found[2] else None


def _products(base: Base) -> tuple[str, ...]:
    """The products that an address can be of."""
    if base.is_local:
        return tuple(PRODUCTS)
    host = base.origin.removeprefix("https://")
    if host == "api.github.com":
        return ("github.com", "ghec")
    return ("ghec",) if host.endswith(".ghe.com") else ("ghes",)


def _release(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)
