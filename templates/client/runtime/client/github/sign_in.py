"""Authentication of a GitHub client, by the argument `auth` or by environment variables.

Reads the environment. The modules for installation tokens and `from_env` are imported on first use.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from ...auth.github_app import App
from ...auth.token import FixedToken, TokenFunction, read_token
from ...errors import InvalidArgument
from ...redaction import Secret

if TYPE_CHECKING:
    from ...call.steps import TokenSource

_VARIABLES = ("GITHUB_TOKEN", "GH_TOKEN")


class GitHubSignIn:
    """Authentication by a token, a function that returns one, or a GitHub App."""

    __slots__ = ()

    def source(self, auth: Secret[object]) -> TokenSource:
        """Return the token source for `auth`. The default is GITHUB_TOKEN or GH_TOKEN.

        White space around a token is removed, such as the newline at the end of a file. An empty
        variable counts as not set. An empty argument is an error, since the token of the
        environment may belong to another account.
        """
        name = "auth"
        if auth.reveal() is None:
            # The environment is in no local variable, since it may contain other secrets.
            variable = next((one for one in _VARIABLES if os.environ.get(one, "").strip()), None)
            if variable is None:
                raise InvalidArgument("no token: pass auth=..., or set GITHUB_TOKEN or GH_TOKEN")
            name, auth = variable, Secret[object](os.environ[variable])
        elif callable(auth.reveal()):
            return TokenFunction(cast("Callable[[], str]", auth.reveal()))
        elif not isinstance(auth.reveal(), str):
            from ...auth.installation_tokens import AppTokens

            # Not in a local variable before it is known to be an App, which masks its key.
            if isinstance(auth.reveal(), App):
                return AppTokens(cast("App", auth.reveal()))
        token = read_token(name, auth)
        if isinstance(token, Exception):
            raise token
        return FixedToken(token)


def environment_arguments() -> tuple[Secret[object], str | None]:
    """Return the arguments `auth` and `base_url` from environment variables."""
    from ...auth.environment import environment_config

    config = environment_config()
    auth = config.auth if isinstance(config.auth, Secret) else Secret[object](config.auth)
    return cast("Secret[object]", auth), config.base_url
