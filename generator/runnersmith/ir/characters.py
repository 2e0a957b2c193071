"""Characters of names: which of them a Python name can have, and words for the others. Pure.

A name is shown to people, so it has only letters that look like themselves. The letters of other
scripts than Latin are allowed in a word of their own script. A word of several scripts, a word that
looks as if it were Latin, a letter that is written from right to left, and a character that Unicode
3.2 does not know are written as their code point (`u0430`), so that nobody takes them for others.

Unicode 3.2 is the version that every Python has, so that all of them make the same names.
"""

from __future__ import annotations

import unicodedata
from unicodedata import ucd_3_2_0

# Scripts without letters that are written from right to left or that only imitate Latin ones.
_SCRIPTS = frozenset(
    """BENGALI BOPOMOFO CJK CYRILLIC DEVANAGARI ETHIOPIC GEORGIAN GREEK GUJARATI GURMUKHI HANGUL HIRAGANA
    KANNADA KATAKANA KHMER LAO LATIN MALAYALAM MYANMAR SINHALA TAMIL TELUGU THAI""".split()
)
# Those that are written together.
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "LATIN"}),
    frozenset({"BOPOMOFO", "CJK", "LATIN"}),
    frozenset({"CJK", "HANGUL", "LATIN"}),
)
# Cyrillic and Greek letters that look like Latin ones.
_LOOKALIKES = frozenset("асԁеһіјӏорѕԛԝхуАВЕНІЈКМОРЅТХУανορτυικχΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")
# Blocks with no free place, and therefore with the same names in every Python.
_NAMED = (
    range(0xA1, 0xC0),
    range(0x2010, 0x2028),
    range(0x2030, 0x2060),
    range(0x2190, 0x2400),
    range(0x2460, 0x27C0),
    range(0x1F300, 0x1F650),
    range(0x1F900, 0x1FA00),
)
_SIGNS = {
    "\t": "tab",
    "\n": "newline",
    " ": "space",
    "!": "not",
    '"': "quote",
    "#": "hash",
    "$": "dollar",
    "%": "percent",
    "&": "and",
    "'": "apostrophe",
    "(": "paren",
    ")": "paren",
    "*": "star",
    "+": "plus",
    ",": "comma",
    "-": "dash",
    ".": "dot",
    "/": "slash",
    ":": "colon",
    ";": "semicolon",
    "<": "lt",
    "=": "eq",
    ">": "gt",
    "?": "question",
    "@": "at",
    "[": "bracket",
    "\\": "backslash",
    "]": "bracket",
    "^": "caret",
    "_": "underscore",
    "`": "backtick",
    "{": "brace",
    "|": "pipe",
    "}": "brace",
    "~": "tilde",
}


def sign_name(character: str) -> str:
    """Return words for a character that no name can have, joined by underscores."""
    plain = unicodedata.normalize("NFKC", known(character))
    if plain in _SIGNS:
        return _SIGNS[plain]
    if any(ord(character) in block for block in _NAMED):
        shown = unicodedata.name(character, "").lower()
        if shown:
            return "_".join("".join(c if c.isalnum() else " " for c in shown).split())
    return _code_point(character)


def known(text: str) -> str:
    """Return text with a null character for each one that not every Python knows."""
    if text.isascii():
        return text
    return "".join(c if ucd_3_2_0.category(c) != "Cn" else "\0" for c in text)


def normalized(text: str) -> str:
    """Return text in the form in which Python compares names, with a space for other characters."""
    letters = unicodedata.normalize("NFKC", known(text))
    return "".join(c if c.isascii() or _is_letter(c) else " " for c in letters)


def visible(word: str) -> str:
    """Return a word without ASCII signs; with code points if its letters could mislead."""
    others = [c for c in word if not c.isascii()]
    if not others:
        return word
    scripts = {_script(c) for c in word if c.isalpha()}
    alone = len(scripts) == 1 or any(scripts <= group for group in _TOGETHER)
    if alone and scripts <= _SCRIPTS and not _LOOKALIKES.issuperset(c for c in word if c.isalpha()):
        return word
    return "".join(c if c.isascii() else _code_point(c) for c in word)


def _code_point(character: str) -> str:
    return f"u{ord(character):04x}"


def _is_letter(character: str) -> bool:
    """Return whether a character beyond ASCII can be part of a word."""
    category, name = ucd_3_2_0.category(character), ucd_3_2_0.name(character, "")
    if category in ("Ll", "Lo", "Lu"):
        return _script(character) != "LATIN" or _is_usual_latin(ord(character))
    # Digits, vowel signs and the like. Accents that do not merge with their letter are none.
    beside = category in ("Mc", "Mn", "Nd") and name.partition(" ")[0] in _SCRIPTS
    return beside or name in _PROLONGED


_PROLONGED = frozenset({"KATAKANA-HIRAGANA PROLONGED SOUND MARK", "IDEOGRAPHIC ITERATION MARK"})


def _is_usual_latin(code: int) -> bool:
    """Return whether a Latin letter belongs to an alphabet, not to phonetic notation."""
    return code < 0x180 or 0x218 <= code < 0x21C or 0x1E00 <= code < 0x1F00


def _script(character: str) -> str:
    name = ucd_3_2_0.name(character, "")
    if "FILLER" in name:
        return "NONE"
    return "CJK" if name in _PROLONGED else name.partition(" ")[0]
