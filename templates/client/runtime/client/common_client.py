"""Common base class of sync and async clients: its address, its rate limit and its options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, NoReturn, Self, TypeVar, cast

from ..call.context import Options
from ..call.core import Core
from ..call.observe import Hooks
from ..call.retry import Retry
from ..call.timeout import Timeout
from ..redaction import Secret
from ..request.headers import Headers, check_headers
from ..response.rate_limit import RateLimit
from ..types import UNSET, Unset
from .config import Defaults, changed_options

AnyCore = TypeVar("AnyCore", bound=Core)


class CommonClient(Generic[AnyCore]):
    """The part of a client that does not depend on its flavour."""

    __slots__ = ("_core",)

    _defaults: Defaults
    _core: AnyCore

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
    def rate_limit(self) -> RateLimit | None:
        """The rate limit, as the last response reported it; None before the first such response.

        It stays None if the server does not send all headers of a `RateLimit`.
        """
        return self._core.state.pacer.rate_limit

    def with_options(
        self,
        *,
        timeout: float | Timeout | Unset = UNSET,
        retry: Retry | Unset | None = UNSET,
        max_wait: float | Unset = UNSET,
        strict: bool | Unset = UNSET,
        hooks: Hooks | Unset = UNSET,
        headers: Mapping[str, str] | Unset = UNSET,
    ) -> Self:
        """Return a client that differs in the given options and shares everything else.

        It shares connections, credentials, rate limits and the retry budget with this client.
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
        return self._with(
            changed_options(
                self._core.flows.options,
                timeout,
                retry,
                max_wait,
                strict,
                hooks,
                self._checked(hidden),
            )
        )

    def _checked(self, headers: Secret[object]) -> Headers | Unset:
        version = self._defaults.version_header
        if headers.reveal() is UNSET:
            return UNSET
        return check_headers(headers, {(version or "").lower()})

    def _with(self, options: Options) -> Self:
        client = object.__new__(type(self))
        # The attributes in `__dict__`, and those in slots. A subclass may override `__getstate__`.
        state = cast(
            "tuple[dict[str, object] | None, dict[str, object]]", object.__getstate__(self)
        )
        for name, value in ((state[0] or {}) | state[1]).items():
            object.__setattr__(client, name, value)
        client._core = self._core.with_options(options)
        return client
