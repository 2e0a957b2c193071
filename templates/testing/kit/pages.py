"""Lists as paginated methods return them, for unit tests.

They use the private core of a client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from ..._runtime.client.client import BaseAsyncClient, BaseClient
from ..._runtime.client.paging import AsyncPages, Pages
from ..._runtime.request.operation import Operation, PagedOperation
from . import description as described
from .samples.values import samples_of


def check_items(items: Sequence[object]) -> Sequence[object]:
    """Return the items of a list. Raises TypeError for a generator or a single model."""
    if not isinstance(items, (list, tuple)):
        raise TypeError(f"items must be a list, not {type(items).__name__}")
    return items


def arguments_of(
    description: described.Description, operation: described.Operation
) -> Mapping[str, Any]:
    """Return values for the path parameters of an operation, by their names in the path."""
    samples = samples_of(description, description.versions[0])
    return {
        parameter.name: samples.of(parameter.schema, parameter.name)
        for parameter in operation.parameters
        if parameter.location == "path"
    }


def pages_of(
    client: BaseClient[Any], operation: Operation[Any], path: Mapping[str, Any]
) -> Pages[Any, Any]:
    """Return the result of a paginated operation of a sync client."""
    paged = cast("PagedOperation[Any, Any]", operation)
    core = client._core  # pyright: ignore[reportPrivateUsage] - see above
    return Pages(core, paged, path, {})


def async_pages_of(
    client: BaseAsyncClient[Any], operation: Operation[Any], path: Mapping[str, Any]
) -> AsyncPages[Any, Any]:
    """Return the result of a paginated operation of an async client."""
    paged = cast("PagedOperation[Any, Any]", operation)
    core = client._core  # pyright: ignore[reportPrivateUsage] - see above
    return AsyncPages(core, paged, path, {})
