"""Redaction of secrets: a wrapper for secret values, and a filter for text from a server.

Pure. Text from a server passes a `Redactor` before it enters a message, an attribute of an error
or a log. The client passes its own secrets around as a `Secret`.
"""

from __future__ import annotations

import re
from collections import deque
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")

MASK = "***"

# `re` compiles a pattern when it is first used, which most programs never do.
# Known forms of secrets, for those that are not this client's own: tokens with a prefix, base64 of
# JSON (such as a JWT), and long runs of capital letters and digits.
_KNOWN_FORMS = (
    r"(?a)(?:gh[a-z]|[a-z]+_pat)_[\w.\-]{10,}|\bey[\w.+/=\-]{16,}|(?<![A-Za-z0-9])[A-Z0-9]{24,}"
)
# Anything else with a long run of base64.
_BASE64 = r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]*[A-Za-z0-9+]{40,}[A-Za-z0-9+/]*=*"

# How many secrets a client masks by value, if its token changes. `_KNOWN_FORMS` matches the older
# ones.
_MAX_SECRETS = 100

# A shorter secret is masked only as a whole word: the token of a test, such as `t`, is a part of
# other words. No credential in use is this short. An apostrophe or a hyphen between two letters
# is part of a word, as in "can't".
_SHORT = 6
_LETTER = r"[^\W_]"
_BEFORE = rf"(?<!{_LETTER})(?<!{_LETTER}['’\-])"
_AFTER = rf"(?!{_LETTER})(?!['’\-]{_LETTER})"


class Secret(Generic[T]):
    """A value that no repr and no pickle contains, so that no traceback shows it."""

    __slots__ = ("_value",)

    def __init__(self, value: T) -> None:
        self._value = value

    def reveal(self) -> T:
        """Return the value. Do not store it in a local variable, which a traceback may show."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


class Redactor:
    """Filter for text from a server.

    The result is one line of limited length, without control characters or secrets.
    """

    __slots__ = ("_secrets",)

    def __init__(self, *secrets: Secret[str]) -> None:
        self._secrets: deque[Secret[str]] = deque(secrets, maxlen=_MAX_SECRETS)

    def add(self, secret: Secret[str]) -> None:
        """Mask another value from now on."""
        self._secrets.append(secret)

    def reveals(self, data: bytes) -> bool:
        """Return whether bytes from a server contain one of the client's own secrets."""
        text = data.decode("utf-8", "replace")
        return any(_masked(text, secret) != text for secret in tuple(self._secrets))

    def __call__(self, text: str, limit: int = 500, *, is_etag: bool = False) -> str:
        """Return a text as it can be shown. An ETag may look like base64."""
        # Control characters are removed first, or `ghp_\0abc` would become a token afterwards. Text
        # is truncated last, or half a token would be left.
        text = "".join(map(_printable, text))
        for secret in tuple(self._secrets):
            text = _masked(text, secret)
        text = re.sub(_KNOWN_FORMS, MASK, text)
        if not is_etag:
            text = re.sub(_BASE64, _masked_base64, text)
        text = text.strip()
        return text if len(text) <= limit else text[:limit] + "…"


def _masked(text: str, secret: Secret[str]) -> str:
    """Return a text with a secret masked wherever it occurs, or a short one as a whole word."""
    if len(secret.reveal()) >= _SHORT:
        return text.replace(secret.reveal(), MASK)
    if secret.reveal() in text:
        return re.sub(_BEFORE + re.escape(secret.reveal()) + _AFTER, MASK, text)
    return text


def _printable(char: str) -> str:
    """Return a printable character, a space for white space, or an empty string."""
    if char.isprintable():
        return char
    return " " if char.isspace() else ""


def _masked_base64(match: re.Match[str]) -> str:
    """Mask a run that mixes upper case, lower case and digits, as no word and no hash does."""
    run = match[0]
    is_mixed = re.search("[A-Z]", run) and re.search("[a-z]", run) and re.search("[0-9]", run)
    return MASK if is_mixed else run
