"""Signing in as a GitHub App: the App itself, and the tokens of its installations.

Pure but for what an `AppTokens` remembers. PyJWT is imported once an App is made. What is sent
here is sent as the App (with a JWT) to get a token for the call that waits for it.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from .auth import read_token
from .decode import value_of
from .errors import (
    BadCredentials,
    InvalidArgument,
    NotFound,
    RateLimited,
    RequestInfo,
    ServerError,
    SignInFailed,
    StatusError,
)
from .failures import unexpected
from .limits import moment_of
from .models import Model, SecretModel
from .operation import Operation
from .request import Request
from .secret import MASK, Secret

if TYPE_CHECKING:
    from datetime import datetime
