"""Access token of a client for one scope, for other tools: git, docker, the gh CLI."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from math import inf
from typing import ClassVar

from ..call.core import Core
from ..call.driver import AsyncCore, SyncCore
from ..call.steps import Send, Signature
from ..errors import ConnectTimedOut
from ..lazy import publish
from ..redaction import Secret
from ..request.operation import Operation
from ..types import SecretModel


class AccessToken(SecretModel, frozen=True, kw_only=True, gc=False):
    """A token of a client, for other tools. Its repr masks the token, and it cannot be pickled.

    Attributes:
        token: The token itself. Do not print or log it.
        expires_at: When it ends, in UTC; None if the client does not know. A token of a GitHub App is
            valid for an hour at most, and for a minute at least when it is handed out.
    """

    _secrets: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    expires_at: datetime | None = None


def access_token(core: SyncCore, pattern: str, path: Mapping[str, str]) -> AccessToken:
    """Return the token for the scope that a path pattern and its parameters name."""
    step = _step(core, pattern, path)
    return _read(core, core.signature(step))


async def async_access_token(core: AsyncCore, pattern: str, path: Mapping[str, str]) -> AccessToken:
    """Return the token for a scope, as `access_token` does."""
    step = _step(core, pattern, path)
    return _read(core, await core.signature(step))


def _step(core: Core, pattern: str, path: Mapping[str, str]) -> Send:
    """Return the step for which the token is needed. It is not carried out."""
    core.check_open()
    operation: Operation[None] = Operation(
        id=f"the scope {pattern}",
        method="GET",
        path=pattern,
        success=(),
        returns=None,
        repeat="safe",
    )
    request = core.request(operation, path=path, query={})
    timeout = core.flows.options.timeout
    until = inf if timeout.total is None else core.state.clock.now() + timeout.total
    return Send(request, timeout, until)


def _read(core: Core, signature: Signature | ConnectTimedOut) -> AccessToken:
    if isinstance(signature, ConnectTimedOut):
        raise signature
    if not isinstance(signature, Secret):
        raise TypeError("a client of GitHub signs with a token")
    from .installation_tokens import AppTokens  # only programs with an App have imported it

    source = core.state.source
    expires_at = source.expires_at(signature) if isinstance(source, AppTokens) else None
    return AccessToken(token=signature.reveal(), expires_at=expires_at)


publish(__name__)
