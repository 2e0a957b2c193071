"""Words of a name in a document: the parts that a Python name is joined from. Pure.

`runnerGroup-id` has the words `runner`, `Group` and `id`. Signs only separate words, unless a name
has nothing else.
"""

from __future__ import annotations

import hashlib
import re
from itertools import islice

from .characters import known, normalized, sign_name, visible

# A name becomes a file name, which systems limit in length.
MAX_LENGTH = 120

# What is one word, whatever its case: OAuth2, IPv4, v1, v1beta1, IPs, VPCs.
_WORD = re.compile(
    r"OAuth[0-9]*(?![a-z0-9])|IP[vV][46](?![a-z0-9])|[vV][0-9]+(?:(?:alpha|beta|rc)[0-9]*)?(?![a-z0-9])"
    r"|[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+",
    re.ASCII,
)
_LEADING = {"+": "plus", "-": "minus", "@": "at", "$": "dollar"}
# The signs that a mark, or a name without letters, spells out.
_SPELLED = 3
_MARKED = re.compile(r"__+|\A_|_\Z|[^\w]")


def words(text: str) -> list[str]:
    """Return the words of a name; for one of signs only, their names; never nothing."""
    found = _WORD.findall(text) if text.isascii() else _other_words(text)
    leading = _LEADING.get(text[:1], "")
    if leading and (not found or found[0].isdigit()):
        return [leading, *found]
    if found:
        return found
    if not text:
        return ["empty"]
    spelled = [word for sign in text[:_SPELLED] for word in sign_name(sign).split("_")]
    return spelled if len(text) <= _SPELLED else [*spelled, digest(text)]


def _other_words(text: str) -> list[str]:
    """Return the words of a name with letters beyond ASCII."""
    found: list[str] = []
    for part in re.split(r"[\W_]+", normalized(text)):
        start = 0
        for at in range(1, len(part) + 1):
            if at == len(part) or (part[at].isupper() and not part[at - 1].isupper()):
                word = part[start:at]
                found += _WORD.findall(word) if word.isascii() else [visible(word)]
                start = at
    return found


def mark(written: str) -> str:
    """Return how a name is written, in words: `at` for `@id`, `camel` for `banType`.

    It is empty for a name in lower case without signs.
    """
    text = known(written)
    found = islice(_MARKED.finditer(text), _SPELLED)
    signs = dict.fromkeys(_spelled(written[it.start() : it.end()]) for it in found)
    if signs:
        return "_".join(name for name in signs if name != "space" or len(signs) == 1)
    if text.lower() == text:
        return ""
    if text.upper() == text:
        return "upper"
    return "pascal" if text[0].isupper() else "camel"


def _spelled(sign: str) -> str:
    return "underscores" if sign.startswith("__") else sign_name(sign)


def digest(text: str, length: int = 8) -> str:
    """Return a short text that depends on every character of a name."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:length]


def shortened(name: str, text: str, separator: str = "_") -> str:
    """Return a name of at most MAX_LENGTH characters, which depends on the whole text."""
    if len(name) <= MAX_LENGTH:
        return name
    return f"{name[: MAX_LENGTH - 9].rstrip('_')}{separator}{digest(text)}"


def effort(text: str, name: str) -> tuple[bool, int, int, int, str]:
    """Return how far a spelling is from a name: a total order that depends on nothing else."""
    signs = len(_MARKED.findall(known(text)))
    capitals = sum(map(str.isupper, known(text)))
    return (text != name.rstrip("_"), signs, capitals, len(text), text)
