"""Context of a call: its options, and the state that all calls of a client share.

Thread-safe: each part has its own lock.
"""

from __future__ import annotations

import msgspec

from ..clock import Clock
from ..errors import ClientClosed
from ..redaction import Redactor
from ..request.headers import Headers
from ..request.operation import OtherServers
from ..response.errors.rules import ApiRules
from .observe import Hooks
from .pacing import Pacer
from .retry import Retry, RetryBudget
from .steps import TokenSource
from .timeout import Timeout


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a call: see the arguments of a client."""

    timeout: Timeout
    retry: Retry
    max_wait: float
    strict: bool
    hooks: Hooks
    headers: Headers = Headers()
    page_concurrency: int = 1


class ClientState(msgspec.Struct, kw_only=True):
    """Shared state of a client: its pacing, its retry budget and its token source.

    `warned` has the keys of the warnings that were emitted, `rules` what the API has beyond HTTP.
    `servers` are those of some operations, if not all are sent to the base URL.
    """

    source: TokenSource
    redact: Redactor
    pacer: Pacer
    clock: Clock = msgspec.field(default_factory=Clock)
    budget: RetryBudget = msgspec.field(default_factory=RetryBudget)
    warned: set[str] = msgspec.field(default_factory=set[str])
    closed: bool = False
    rules: ApiRules = msgspec.field(default_factory=ApiRules)
    servers: OtherServers | None = None

    def check_open(self) -> None:
        """Raise ClientClosed if the client is closed."""
        if self.closed:
            raise ClientClosed("this client is closed: create another one")

    def renew_locks(self) -> None:
        """Replace the locks in a child process, in which nobody would release them."""
        self.pacer.renew_lock()
        self.budget.renew_lock()
