"""Values of options: what the text of each kind of option stands for.

Reads the files that options name, and standard input for `-`.
"""

from __future__ import annotations

import json
import re
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn

from .commands import Kind, Option

# How the help shows the value of each kind.
PLACEHOLDERS: Mapping[Kind, str] = {
    "str": "TEXT",
    "int": "INT",
    "float": "NUMBER",
    "bool": "BOOL",
    "date": "DATE",
    "datetime": "TIME",
    "choice": "CHOICE",
    "json": "JSON",
    "object": "JSON",
    "list": "JSON",
    "content": "CONTENT",
    "bytes": "FILE",
    "file": "FILE",
}
# What the placeholders that need an explanation mean.
LEGEND: Mapping[str, str] = {
    "JSON": "JSON is the text itself, @FILE for the text of a file, or - for standard input.",
    "CONTENT": "CONTENT is the text itself, @FILE for that of a file, or - for standard input.",
    "FILE": "FILE is the path of a file, or - for standard input. "
    "FILE;type=image/png also states its media type.",
    "TIME": "TIME is as in 2030-12-31T23:59:59Z.",
    "DATE": "DATE is as in 2030-12-31.",
}


class Values:
    """Converters of the options of one command line, of which only one can read standard input."""

    def __init__(self) -> None:
        self._is_read = False

    def converter(self, option: Option) -> Callable[[str], object]:
        """Return what makes a value of a text. It raises ArgumentTypeError for one that is wrong."""
        match option.kind:
            case "str":
                return str
            case "int":
                return _int
            case "float":
                return _float
            case "bool":
                return _choice((False, True))
            case "date":
                return _date
            case "datetime":
                return _datetime
            case "choice":
                return _choice(option.values)
            case "json" | "object" | "list":
                return lambda text: self._json(text, option.kind)
            case "content":
                return self._content
            case "bytes":
                return self._bytes
            case "file":
                return self._file

    def _json(self, text: str, kind: Kind) -> object:
        import msgspec  # not for --help

        try:
            value: object = msgspec.json.decode(self._text(text))
        except (msgspec.DecodeError, ValueError) as error:
            _refuse(f"{error}")
        except RecursionError:
            _refuse("JSON is nested too deeply")
        # A type that is narrowed to a dict of anything is unknown to a type checker.
        is_object, is_list = isinstance(value, dict), isinstance(value, list)
        if kind == "object" and not is_object:
            _refuse('must be a JSON object, such as {"name": "value"}')
        if kind == "list" and not is_list:
            _refuse("must be a JSON array, such as [1, 2]")
        return value

    def _content(self, text: str) -> str:
        try:
            return self._text(text).decode("utf-8")
        except UnicodeDecodeError:
            _refuse("must be text in UTF-8")

    def _text(self, text: str) -> bytes:
        """Return the text of an option, or of the file or standard input that it stands for."""
        if text == "-":
            return self._standard_input()
        if text.startswith("@"):
            return _read(text[1:])
        return text.encode("utf-8", "surrogateescape")

    def _bytes(self, text: str) -> bytes:
        return self._standard_input() if text == "-" else _read(text)

    def _file(self, text: str) -> bytes | tuple[str, bytes] | tuple[str, bytes, str]:
        """Return a file of a form, with its name and, if it is stated, its media type."""
        path, stated, media_type = text.rpartition(";type=")
        if not stated:
            path = text
        content, name = self._bytes(path), "stdin" if path == "-" else Path(path).name
        if stated:
            return name, content, media_type
        return content if path == "-" else (name, content)

    def _standard_input(self) -> bytes:
        if self._is_read:
            _refuse("another option has read standard input already")
        self._is_read = True
        return sys.stdin.buffer.read()


def texts(values: tuple[str | int | bool, ...]) -> dict[str, str | int | bool]:
    """Return values by the texts that stand for them: a text itself, and any other value as JSON."""
    return {value if isinstance(value, str) else json.dumps(value): value for value in values}


def _choice(values: tuple[str | int | bool, ...]) -> Callable[[str], object]:
    by_text = texts(values)

    def convert(text: str) -> object:
        if text not in by_text:
            _refuse(f"must be one of {', '.join(by_text)}")
        return by_text[text]

    return convert


def _int(text: str) -> int:
    try:
        return int(text) if re.fullmatch(r"-?[0-9]+", text) else _refuse("must be an integer")
    except ValueError:
        _refuse("has too many digits")


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        _refuse("must be a number")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        _refuse("must be a date, such as 2030-12-31")


def _datetime(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        _refuse("must be a time, such as 2030-12-31T23:59:59Z")


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a path"
        _refuse(f"cannot read {path!r}: {reason}")


def _refuse(problem: str) -> NoReturn:
    raise ArgumentTypeError(problem) from None
