"""Common base class of the clients for GitHub: API versions, products, throttling, pagination.

`supports` imports the module of an operation by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Generic, Self, TypeVar, cast

from ...call.core import Core
from ...call.observe import Hooks
from ...call.retry import Retry
from ...call.timeout import Timeout
from ...errors import InvalidArgument
from ...lazy import load
from ...redaction import Secret
from ...request.operation import Operation
from ...response.rate_limit import utc_datetime
from ...types import UNSET, Unset
from ..common_client import CommonClient
from ..config import changed_options
from ..paging import check_concurrency
from .pacing import ThrottlingPacer

AnyCore = TypeVar("AnyCore", bound=Core)


class GitHubCommonClient(CommonClient[AnyCore], Generic[AnyCore]):
    """The part of a client for GitHub that does not depend on its flavour."""

    __slots__ = ()

    # A resource, with its scope if it has one -> the module of its operations.
    _operations: ClassVar[Mapping[str, str]] = MappingProxyType({})

    @property
    def api_version(self) -> str:
        """The API version that every request asks for."""
        return self._core.deployment.version

    def supports(self, name: str) -> bool:
        """Return whether the server has an operation, as far as the client knows.

        `name` is the path to the method as it is called on the client, without arguments. If the
        result is False, a call raises NotAvailable. Only if `product` is a release that is newer
        than the client is the call sent all the same, since it may have what earlier ones lack.
        Raises InvalidArgument if there is no such operation.
        """
        scope, _, method = (
            name.rpartition(".") if isinstance(cast("object", name), str) else ("", "", "")
        )
        module = self._operations.get(scope)
        operation = getattr(load(module), method.upper(), None) if module is not None else None
        if not isinstance(operation, Operation) or not method.islower():
            known = next(iter(self._operations), "RESOURCE")
            raise InvalidArgument(f"no operation {name!r}; use a name such as {known}.METHOD")
        available = cast("Operation[object]", operation).available
        return (
            self._core.deployment.missing_in_version(available) is None
            and self._core.deployment.missing_on_product(available) is None
        )

    @property
    def throttled_until(self) -> datetime | None:
        """When throttling after a secondary rate limit ends, in UTC; None if it is not active.

        Throttling by `pacing="strict"` does not end, so this is None for it.
        """
        state = self._core.state
        pacer, clock = cast("ThrottlingPacer", state.pacer), state.clock
        now = clock.now()
        if not pacer.is_active(now):
            return None
        return utc_datetime(clock.wall() + pacer.active_until - now)

    def with_options(
        self,
        *,
        timeout: float | Timeout | Unset = UNSET,
        retry: Retry | Unset | None = UNSET,
        max_wait: float | Unset = UNSET,
        strict: bool | Unset = UNSET,
        hooks: Hooks | Unset = UNSET,
        page_concurrency: int | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Self:
        hidden = Secret[object](headers)
        del headers  # tracebacks of later errors must not show it
        return self._with(
            changed_options(
                self._core.flows.options,
                timeout,
                retry,
                max_wait,
                strict,
                hooks,
                self._checked(hidden),
                page_concurrency=(
                    UNSET if page_concurrency is UNSET else check_concurrency(page_concurrency)
                ),
            )
        )
