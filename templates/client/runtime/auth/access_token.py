"""Access token of a client for one scope, for other tools: git, docker, the gh CLI."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, cast

from ..errors import InvalidArgument
from ..lazy import publish
from ..redaction import Secret
from ..request.operation import Operation
from ..types import SecretModel

if TYPE_CHECKING:
    from ..call.core import Core
    from ..call.steps import Send


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


publish(__name__)
