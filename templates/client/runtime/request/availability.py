"""Availability of operations and arguments, by API version and by product.

Pure. The product of a client follows from its base URL and from the argument `product`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

import msgspec

from ..errors import InvalidArgument
from .base_url import BaseUrl

PRODUCTS: Mapping[str, str] = {
    "github.com": "github.com",
    "ghec": "GitHub Enterprise Cloud",
    "ghes": "GitHub Enterprise Server",
}
_PRODUCT = re.compile(r"(github\.com|ghec|ghes)(?:-(\d{1,4})\.(\d{1,4}))?\Z")


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """API versions and products that have an operation or an argument.

    `versions` is empty for all versions. `products` maps a product to its first release with it, or
    to "" if every release has it. None means all products.
    """

    versions: tuple[str, ...] = ()
    products: Mapping[str, str] | None = None


EVERYWHERE = Availability()


class Deployment(msgspec.Struct, frozen=True):
    """API version and possible products of a client's server.

    `release` is the release of an Enterprise Server, if the caller gave one.
    """

    version: str
    products: tuple[str, ...]
    release: tuple[int, int] | None = None

    def missing_in_version(self, available: Availability) -> str | None:
        """Return why this API version lacks something; None if it has it."""
        if not available.versions or self.version in available.versions:
            return None
        return f"it is not in API version {self.version}, only in {', '.join(available.versions)}"

    def missing_on_product(self, available: Availability) -> str | None:
        """Return why every possible product lacks something; None if one may have it."""
        products = available.products
        if products is None or any(self._has(product, products) for product in self.products):
            return None
        current = " and ".join(PRODUCTS[product] for product in self.products)
        if self.release is not None:
            current += f" {self.release[0]}.{self.release[1]}"
        required = ", ".join(
            f"{PRODUCTS[name]} {since}".strip() for name, since in products.items()
        )
        return f"{current} does not have it, only {required}"

    def supports_version(self, introduced: Mapping[str, str]) -> bool:
        """Return whether a possible product certainly supports an API version.

        `introduced` maps a product to the first release with that version.
        """
        return any(
            name not in introduced or (self._has(name, introduced) and self.release is not None)
            for name in self.products
        )

    def _has(self, product: str, products: Mapping[str, str]) -> bool:
        since = products.get(product)
        if since is None:
            return False
        return not since or self.release is None or _parse_release(since) <= self.release


def detect_deployment(
    base: BaseUrl,
    version: str | None,
    product: str | None,
    versions: tuple[str, ...],
    introduced: Mapping[str, Mapping[str, str]],
) -> Deployment:
    """Return the deployment that a client talks to, from its base URL and its arguments.

    `versions` are the API versions, newest first. `introduced` maps a version to the first release
    of each product with it. The default version is the newest that the product, or its release,
    certainly supports. Raises InvalidArgument for an unknown version or product.
    """
    products, release = (
        _parse_product(product) if product is not None else (_possible_products(base), None)
    )
    if version is None:
        unversioned = Deployment("", products, release)
        version = next(
            (one for one in versions if unversioned.supports_version(introduced.get(one, {}))),
            versions[-1],
        )
    elif cast("object", version) not in versions:
        raise InvalidArgument(
            f"api_version {version!r} is not supported; use {', '.join(versions)}"
        )
    return Deployment(version, products, release)


def _parse_product(product: str) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    parts = _PRODUCT.match(product) if isinstance(cast("object", product), str) else None
    if parts is None or (parts[2] is not None and parts[1] != "ghes"):
        raise InvalidArgument(
            f"unknown product {product!r}; use github.com, ghec, ghes, or a release such as ghes-3.19"
        )
    return (parts[1],), (int(parts[2]), int(parts[3])) if parts[2] else None


def _possible_products(base: BaseUrl) -> tuple[str, ...]:
    """Return the products that a base URL can belong to."""
    if base.is_local:
        return tuple(PRODUCTS)
    host = base.origin.removeprefix("https://")
    if host == "api.github.com":
        return ("github.com", "ghec")
    return ("ghec",) if host.endswith(".ghe.com") else ("ghes",)


def _parse_release(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)
