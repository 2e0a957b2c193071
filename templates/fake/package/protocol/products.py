"""Products of GitHub: their operations, fields and API versions, and their base path. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import msgspec

from ...testing._kit.description import (
    Description,
    Limited,
    Operation,
    Schema,
    argument_of,
    as_list,
    as_object,
)
from ...testing._kit.schemas import Schemas

_NAMES = ("ghec", "github.com", "ghes")
_RELEASE = re.compile(r"(?a:[1-9]\d{0,3}\.(0|[1-9]\d{0,3}))")
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
        """Return whether it is one of the products, since their releases; none stands for all."""
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
        """Return the arguments of an operation that it does not have."""
        schema: Schema = {} if operation.body is None else operation.body.schema
        declared: Mapping[str, Schema] = schema.get("properties", {})
        return [
            *(it.argument for it in operation.parameters if not self.has(it.products)),
            *(
                argument_of(name, one)
                for name, one in declared.items()
                if not self.has(one.get("products", {}))
            ),
        ]

    def is_whole(self, schemas: Schemas, schema: Schema) -> bool:
        """Return whether it has all fields of a response, in the API version of the schemas."""
        fields = chain.from_iterable(
            one.get("properties", {}).values() for one in _parts(schemas, schema, set())
        )
        return all(self._has_field(one, schemas.version) for one in fields)

    def shown(self, schemas: Schemas, schema: Schema, value: Any) -> Any:
        """Return the JSON of a response without the fields that it or the API version lacks."""
        schema = schemas.resolved(schema)
        if options := schema.get("anyOf"):
            # A field that the API version lacks is a problem too.
            fitting = min(options, key=lambda one: sum(1 for _ in schemas.problems(one, value)))
            return self.shown(schemas, fitting, value)
        if (listed := as_list(value)) is not None:
            return [self.shown(schemas, schema.get("items", {}), one) for one in listed]
        if (found := as_object(value)) is None:
            return value
        declared: Mapping[str, Schema] = schema.get("properties", {})
        return {
            name: self.shown(schemas, declared.get(name, {}), one)
            for name, one in found.items()
            if self._has_field(declared.get(name, {}), schemas.version)
        }

    def _has_field(self, schema: Schema, version: str) -> bool:
        in_version = version in schema.get("versions", (version,))
        return in_version and self.has(schema.get("products", {}))

    def _knows(self, since: Mapping[str, str]) -> bool:
        return "ghes" not in since or _number(self.release) >= _number(since["ghes"])


def product_of(name: str, release: str | None, description: Description) -> Product:
    """Return a product. Its default release is the newest one that the description names.

    Raises ValueError for an unknown product or release.
    """
    if name not in _NAMES:
        found = re.fullmatch(r"ghes-(.+)", name)
        advice = f"product='ghes', version={found[1]!r}" if found else ", ".join(_NAMES)
        raise ValueError(f"no product {name!r}; use {advice}")
    if name != "ghes":
        if release is not None:
            raise ValueError(f"{name} has no releases; version is one of product ghes")
        return Product(name)
    newest = max(_releases(description), key=_number)
    if release is not None and not _is_release(release, newest):
        raise ValueError(
            f"{release!r} is no release of Enterprise Server; use one from '{_FIRST_RELEASE}' to "
            f"'{newest}'"
        )
    return Product(name, release or newest)


def _releases(description: Description) -> Iterator[str]:
    """Yield the releases of Enterprise Server that a description names."""
    yield _FIRST_RELEASE
    operations = description.operations
    limited = chain.from_iterable((one, *one.parameters) for one in operations)
    bodies = (one.body.schema for one in operations if one.body is not None)
    fields = chain.from_iterable(
        one.get("properties", {}).values() for one in (*description.models.values(), *bodies)
    )
    for products in (
        *description.introduced.values(),
        *(one.products for one in limited),
        *(one.get("products", {}) for one in fields),
    ):
        if since := products.get("ghes"):
            yield since


def _is_release(text: str, newest: str) -> bool:
    known = _number(_FIRST_RELEASE), _number(newest)
    return _RELEASE.fullmatch(text) is not None and known[0] <= _number(text) <= known[1]


def _number(release: str) -> tuple[int, ...]:
    return tuple(int(one) for one in release.split("."))


def _parts(schemas: Schemas, schema: Schema, seen: set[str]) -> Iterator[Schema]:
    """Yield a schema and its parts, each model once."""
    reference: str | None = schema.get("$ref")
    if reference in seen:
        return
    if reference is not None:
        seen.add(reference)
    schema = schemas.resolved(schema)
    yield schema
    inside = [*schema.get("anyOf", ()), *schema.get("properties", {}).values()]
    for one in (*inside, schema.get("items", {})):
        if one:
            yield from _parts(schemas, one, seen)
