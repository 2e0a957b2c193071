"""Products of GitHub: what each has, where it serves its API, and which API versions it knows. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...testing._kit.description import Description, Limited, Operation, Schema, as_list, as_object
from ...testing._kit.schemas import Schemas

_NAMES = ("ghec", "github.com", "ghes")
_RELEASE = re.compile(r"(?a:[1-9]\d{0,3}\.(0|[1-9]\d{0,3}))")
# The release of Enterprise Server if none is named.
CURRENT_RELEASE = "3.21"
_FIRST_RELEASE = "3.0"
PATH = "/api/v3"
# In addresses of pages of the documentation.
_CLOUD = "/enterprise-cloud@latest/"


class Product(msgspec.Struct, frozen=True):
    """A product, with the release of Enterprise Server."""

    name: str
    release: str = ""

    @property
    def is_server(self) -> bool:
        """Whether it is Enterprise Server."""
        return self.name == "ghes"

    def has(self, products: Mapping[str, str | None]) -> bool:
        """Return whether it has what some products have since a release; none stands for all."""
        if not products:
            return True
        if self.name not in products:
            return False
        since = products[self.name]
        return since is None or not self.is_server or _number(self.release) >= _number(since)

    def has_operation(self, operation: Limited) -> bool:
        """Return whether it has an operation."""
        return self.has(operation.products)

    def page(self, operation: Operation) -> str:
        """Return the address of the page about an operation, as errors have it."""
        if self.is_server:
            edition = f"/enterprise-server@{self.release}/"
        else:
            # Only enterprises have no other page.
            edition = _CLOUD if operation.path.startswith("/enterprises/") else "/"
        return operation.docs.replace(_CLOUD, edition)

    def versions(self, description: Description) -> Sequence[str]:
        """Return the API versions that it knows, the newest first."""
        introduced = description.introduced
        return [
            one
            for one in description.versions
            if not self.is_server or self._knows(introduced.get(one, {}))
        ]

    def lacking(self, operation: Operation) -> Sequence[str]:
        """Return the arguments of an operation's body that it does not have."""
        schema: Schema = {} if operation.body is None else operation.body.schema
        declared: Mapping[str, Schema] = schema.get("properties", {})
        return [
            one.get("argument", name)
            for name, one in declared.items()
            if not self.has(one.get("products", {}))
        ]

    def shown(self, schemas: Schemas, schema: Schema, value: Any) -> Any:
        """Return the JSON of a response without the fields that it does not have."""
        schema = schemas.resolved(schema)
        for option in schema.get("anyOf", ()):
            if value is not None and not any(schemas.problems(option, value)):
                return self.shown(schemas, option, value)
        if (listed := as_list(value)) is not None:
            return [self.shown(schemas, schema.get("items", {}), one) for one in listed]
        if (found := as_object(value)) is None:
            return value
        declared: Mapping[str, Schema] = schema.get("properties", {})
        return {
            name: self.shown(schemas, declared.get(name, {}), one)
            for name, one in found.items()
            if self.has(declared.get(name, {}).get("products", {}))
        }

    def _knows(self, since: Mapping[str, str]) -> bool:
        return "ghes" not in since or _number(self.release) >= _number(since["ghes"])


def product_of(name: str, release: str | None) -> Product:
    """Return a product. Raises ValueError if there is none such."""
    if name not in _NAMES:
        found = re.fullmatch(r"ghes-(.+)", name)
        advice = f"product='ghes', version={found[1]!r}" if found else ", ".join(_NAMES)
        raise ValueError(f"no product {name!r}; use {advice}")
    if name != "ghes":
        if release is not None:
            raise ValueError(f"{name} has no releases; version is one of product ghes")
        return Product(name)
    if release is not None and (_RELEASE.fullmatch(release) is None or not _is_known(release)):
        raise ValueError(
            f"{release!r} is no release of Enterprise Server; use one from '{_FIRST_RELEASE}' to "
            f"'{CURRENT_RELEASE}'"
        )
    return Product(name, release or CURRENT_RELEASE)


def _is_known(release: str) -> bool:
    return _number(_FIRST_RELEASE) <= _number(release) <= _number(CURRENT_RELEASE)


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(one) for one in release.split("."))
