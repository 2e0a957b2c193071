"""Authentication of a GitHub client, by the argument `auth` or by the environment.

Reads the environment. What a GitHub App or `from_env` needs is imported when it is first used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from ..auth.token import FixedToken, TokenFunction, read_token
from ..errors import InvalidArgument
from ..redaction import Secret

if TYPE_CHECKING:
    from ..call.steps import TokenSource

_VARIABLES = ("GITHUB_TOKEN", "GH_TOKEN")


class GitHubSignIn:
    """Authentication by a token, a function that gives one, or a GitHub App."""

    __slots__ = ()

    def source(self, auth: Secret[object]) -> TokenSource:
        """Return the source of tokens for an argument; left out, GITHUB_TOKEN or GH_TOKEN.

        White space around a token is dropped, as a file ends with a newline. A variable that is
        empty counts as not set; an empty argument does not: it is a mistake, and the environment's
        token may be somebody else's.
        """
        name = "auth"
        if auth.reveal() is None:
            # The environment itself is in no local: it may hold more secrets than this one.
            found = next((name for name in _VARIABLES if os.environ.get(name, "").strip()), None)
            if found is None:
                raise InvalidArgument("no token: pass auth=..., or set GITHUB_TOKEN or GH_TOKEN")
            name, auth = found, Secret[object](os.environ[found])
        elif callable(auth.reveal()):
            return TokenFunction(cast("Callable[[], str]", auth.reveal()))
        elif not isinstance(auth.reveal(), str):
            from ..auth.github_app import App
            from ..auth.installation_tokens import AppTokens

            if isinstance(given := auth.reveal(), App):
                return AppTokens(given)
        token = read_token(name, auth)
        if isinstance(token, Exception):
            raise token
        return FixedToken(token)

    def environment(self) -> tuple[Secret[object], str | None]:
        """Return the arguments `auth` and `base_url` that the environment gives."""
        from ..auth.environment import environment_config

        found = environment_config()
        auth = found.auth if isinstance(found.auth, Secret) else Secret[object](found.auth)
        return cast("Secret[object]", auth), found.base_url
