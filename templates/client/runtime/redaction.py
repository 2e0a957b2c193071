"""Values that must not be shown, and text from a server that may hold one.

Pure. Whatever a server sent passes a `Redactor` before it enters a message, an attribute of an
error or a log; what the client itself must keep out of sight travels as a `Secret`.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

MASK = "***"

# Every form of token that GitHub gives out, for those that are not ours to know.
_TOKEN = re.compile(r"(?:gh[a-z]|github_pat)_[\w.\-]{10,}", re.ASCII)


# Tokens that change are remembered for a while; their form gives the older ones away as well.
_REMEMBERED = 100


class Secret(Generic[T]):
    """A value that shows in no repr, so in no frame that a traceback prints, and in no pickle."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Give the value. Pass it on at once: a local variable shows in tracebacks."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


class Redactor:
    """Make text from a server fit to be shown: one bounded line without control characters and
    without tokens.
    """

    __slots__ = ("_secrets",)

    def __init__(self, *secrets: Secret[str]) -> None:
        self._secrets: deque[Secret[str]] = deque(secrets, maxlen=_REMEMBERED)

    def learn(self, secret: Secret[str]) -> None:
        """Mask another value from here on."""
        self._secrets.append(secret)

    def __call__(self, text: str, limit: int = 500) -> str:
        # Characters go before tokens do, or `ghp_\0abc` would become a token afterwards; the
        # limit comes last, or it would leave the first half of one.
        text = "".join(map(_visible, text))
        for secret in tuple(self._secrets):
            text = text.replace(secret.reveal(), MASK)
        text = _TOKEN.sub(MASK, text).strip()
        return text if len(text) <= limit else text[:limit] + "…"


def _visible(char: str) -> str:
    """Keep what can be seen, make white space a space, and drop the rest."""
    if char.isprintable():
        return char
    return " " if char.isspace() else ""
