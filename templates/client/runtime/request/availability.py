"""Availability of operations and arguments, by API version and by product.

Pure. `ApiRules` decides on the products that a client's server can be.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


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

    `release` is the release of the product, if the caller gave one. `titles` are the names of
    products in messages.
    """

    version: str
    products: tuple[str, ...]
    release: tuple[int, int] | None = None
    titles: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])

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
        current = " and ".join(self.titles.get(product, product) for product in self.products)
        if self.release is not None:
            current += f" {self.release[0]}.{self.release[1]}"
        required = ", ".join(
            f"{self.titles.get(name, name)} {since}".strip() for name, since in products.items()
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


def _parse_release(text: str) -> tuple[int, int]:
    major, _, minor = text.partition(".")
    return int(major), int(minor)
