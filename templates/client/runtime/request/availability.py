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

    `release` is the release of the product, if the caller gave one, and `newest_known` the newest
    that the API description is known to cover. `titles` are the names of products in messages.
    `is_assumed` means that `products` are those that the address can belong to, since the caller
    named none.
    """

    version: str
    products: tuple[str, ...]
    release: tuple[int, int] | None = None
    titles: Mapping[str, str] = msgspec.field(default_factory=dict[str, str])
    newest_known: tuple[int, int] | None = None
    is_assumed: bool = False

    @property
    def is_newer(self) -> bool:
        """Whether the release is newer than the API description, which may not know all it has."""
        if self.release is None or self.newest_known is None:
            return False
        return self.release > self.newest_known

    def missing_in_version(self, available: Availability) -> str | None:
        """Return why this API version lacks something; None if it has it."""
        if not available.versions or self.version in available.versions:
            return None
        return f"it is not in API version {self.version}, only in {', '.join(available.versions)}"

    def certainly_missing(self, available: Availability) -> str | None:
        """Return why the server lacks something; None if it may have it.

        A release that is newer than the API description may have what earlier ones lack, unless
        the description names a later one for it.
        """
        if (reason := self.missing_in_version(available)) is not None:
            return reason
        is_stated = not available.products or any(it in available.products for it in self.products)
        return None if self.is_newer and not is_stated else self.missing_on_product(available)

    def missing_on_product(self, available: Availability) -> str | None:
        """Return why every possible product lacks something, as far as the API description knows.

        Return None if one may have it.
        """
        products = available.products
        if products is None or any(self._has(product, products) for product in self.products):
            return None
        required = ", ".join(
            f"{self.titles.get(name, name)} {since}".strip() for name, since in products.items()
        )
        return f"{self._lacking()}, only {required}"

    def supports_version(self, introduced: Mapping[str, str]) -> bool:
        """Return whether a possible product certainly supports an API version.

        `introduced` maps a product to the first release with that version.
        """
        return any(
            name not in introduced or (self._has(name, introduced) and self.release is not None)
            for name in self.products
        )

    def _lacking(self) -> str:
        current = " and ".join(self.titles.get(product, product) for product in self.products)
        if self.is_newer:
            return f"no release of {current} up to {_shown(self.newest_known)} has it"
        if self.release is not None:
            current += f" {_shown(self.release)}"
        elif self.is_assumed:
            current += " (by the address; `product` states another)"
        return f"{current} does not have it"

    def _has(self, product: str, products: Mapping[str, str]) -> bool:
        since = products.get(product)
        if since is None:
            return False
        return not since or self.release is None or parse_release(since) <= self.release


def _shown(release: tuple[int, int] | None) -> str:
    return "" if release is None else f"{release[0]}.{release[1]}"


def parse_release(text: str) -> tuple[int, int]:
    """Return a release as numbers, which compare as releases do."""
    major, _, minor = text.partition(".")
    return int(major), int(minor)
