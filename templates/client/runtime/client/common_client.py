"""Common base class of sync and async clients: options, and the operations of its server.

`supports` imports the module of an operation by its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Generic, NoReturn, Self, TypeVar, cast

from ..call.core import Core
from ..call.observe import Hooks
from ..call.retry import Retry
from ..call.timeout import Timeout
from ..errors import InvalidArgument
from ..lazy import load
from ..redaction import Secret
from ..request.headers import check_headers
from ..request.operation import Operation
from ..response.errors.rules import ApiRules
from ..response.rate_limit import RateLimit, utc_datetime
from ..types import UNSET, Unset
from .config import Defaults, changed_options

AnyCore = TypeVar("AnyCore", bound=Core)


class CommonClient(Generic[AnyCore]):
    """The part of a client that does not depend on its flavour."""

    __slots__ = ("_core",)

    _defaults: Defaults
    # A resource, with its scope if it has one -> the module of its operations.
    _operations: ClassVar[Mapping[str, str]] = MappingProxyType({})
    _core: AnyCore

    def _api_rules(self) -> ApiRules:
        return ApiRules()

    @property
    def base_url(self) -> str:
        """The address that requests go to."""
        return str(self._core.base)

    def __repr__(self) -> str:
        # A traceback may show a client whose `__init__` failed.
        arguments = f"base_url={self.base_url!r}" if hasattr(self, "_core") else "…"
        return f"{type(self).__name__}({arguments})"

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"{name} has a token and connections: create one in each process")

    @property
    def api_version(self) -> str:
        """The API version that every request asks for."""
        return self._core.deployment.version

    def supports(self, name: str) -> bool:
        """Return whether the server has an operation, as far as the client knows.

        `name` is the path to the method as it is called on the client, without arguments. Raises
        InvalidArgument if there is no such operation.
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
    def rate_limit(self) -> RateLimit | None:
        """The rate limit, as the last response reported it; None before the first such response."""
        return self._core.state.pacer.rate_limit

    @property
    def throttled_until(self) -> datetime | None:
        """When throttling after a secondary rate limit ends, in UTC; None if it is not active.

        Throttling by `pacing="strict"` does not end, so this is None for it.
        """
        pacer, clock = self._core.state.pacer, self._core.state.clock
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
        """Return a client that differs in the given options and shares everything else.

        It shares connections, credentials, throttling and the retry budget with this client.
        Closing it closes nothing; closing this client closes both. The options mean what they mean
        for the constructor; one that is left out stays as it is. Attributes of a subclass are those
        of this client; `__init__` is not called again.

        `headers` are sent with every request of the new client, in place of those of this one, such
        as `{"Idempotency-Key": key}`. A header that is an argument of a method replaces the one of
        that name. They go to the servers of `base_url` and of other arguments, never to one that
        only the API description names. They change no rule for retries, and credentials belong in
        `auth`. Raises InvalidArgument for a header that the client sets itself, or that cannot be
        sent.
        """
        hidden = Secret[object](headers)
        del headers  # tracebacks of later errors must not show it
        version = self._defaults.version_header
        taken = {(version or "").lower()}
        options = changed_options(
            self._core.flows.options,
            timeout,
            retry,
            max_wait,
            strict,
            hooks,
            page_concurrency,
            UNSET if hidden.reveal() is UNSET else check_headers(hidden, taken),
        )
        client = object.__new__(type(self))
        # The attributes in `__dict__`, and those in slots. A subclass may override `__getstate__`.
        state = cast(
            "tuple[dict[str, object] | None, dict[str, object]]", object.__getstate__(self)
        )
        for name, value in ((state[0] or {}) | state[1]).items():
            object.__setattr__(client, name, value)
        client._core = self._core.with_options(options)
        return client
