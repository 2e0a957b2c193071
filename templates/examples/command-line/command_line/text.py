"""Texts of an API description, or of a server, as a terminal can show them.

Control characters are left out, since a terminal obeys them. argparse formats some of its texts with
`%`, and those that come from elsewhere must not be formats.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable


def line(text: str) -> str:
    """Return a text as one line of printable characters."""
    shown = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(shown.split())


def as_help(text: str) -> str:
    """Return a text as one line that argparse formats to itself."""
    return line(text).replace("%", "%%")


def as_paragraphs(text: str) -> str:
    """Return paragraphs as argparse shows them between the options."""
    filled = (textwrap.fill(line(one), _width()) for one in text.split("\n\n"))
    return _unformatted("\n\n".join(one for one in filled if one))


def as_entries(title: str, entries: Iterable[tuple[str, str]]) -> str:
    """Return names and what they mean, as argparse shows options."""
    indent = " " * 24
    listed = [f"{title}:"]
    for name, text in entries:
        start = f"  {name:22}"
        filled = textwrap.fill(line(text), _width() - len(indent))
        listed.append(
            start
            + ("" if start.endswith(" ") else f"\n{indent}")
            + filled.replace("\n", f"\n{indent}")
        )
    return _unformatted("\n".join(listed))


def _unformatted(text: str) -> str:
    """Return a text that argparse leaves alone: it formats those that name the program."""
    return text.replace("%", "%%") if "%(prog)" in text else text


def _width() -> int:
    return max(40, min(shutil.get_terminal_size().columns - 2, 100))


def dashed(name: str) -> str:
    """Return a Python name as that of an option or a command."""
    return name.rstrip("_").replace("_", "-")


def free(name: str, taken: set[str]) -> str:
    """Return a name that is not taken, with a number if it is, and take it."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    taken.add(found)
    return found
