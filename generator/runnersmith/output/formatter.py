"""Formatter of generated files: black as a library, without any configuration file.

Opens no file. Starts processes to share the work if there are many files.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Collection, Mapping

from .record import PreviousRun

LINE_LENGTH = 100


# Below this number of characters, starting processes takes longer than it saves.
_MANY = 1_000_000
# What several runs in one process format is mostly the same: Python, with its formatted text.
_MOST = 2_000
_formatted: dict[str, str] = {}


def format_files(
    files: Mapping[str, str],
    before: PreviousRun | None = None,
    *,
    known: Collection[str] = (),
) -> dict[str, str]:
    """Format every file by its suffix, except those with a formatted version in `before`.

    `known` are the files in black's format: black only formats them if a line is too long. Many
    files are shared among processes, one for each processor, with the same result.
    """
    reused = {path: before.formatted(path, text) for path, text in files.items()} if before else {}
    kept = {path: text for path, text in reused.items() if text is not None}
    kept |= {path: files[path] for path in known if _fits(files[path])}
    new = {path: _with_line_ends(text) for path, text in files.items() if path not in kept}
    _format({text for path, text in new.items() if _is_python(path)})
    return {path: format_text(path, new[path]) if path in new else kept[path] for path in files}


def _format(texts: Collection[str]) -> None:
    """Let black format those of some texts that it has not formatted yet."""
    if len(_formatted) > _MOST:
        _formatted.clear()
    # The longest first, so that none is left for one process at the end.
    new = sorted((text for text in texts if text not in _formatted), key=len, reverse=True)
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    if processors == 1 or sum(map(len, new)) < _MANY:
        _formatted.update(zip(new, map(_black, new), strict=True))
        return
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(min(processors, 8), initializer=gc.freeze) as pool:
        _formatted.update(zip(new, pool.map(_black, new, chunksize=4), strict=True))


def _fits(text: str) -> bool:
    return all(len(line) <= LINE_LENGTH for line in text.split("\n"))


def _is_python(path: str) -> bool:
    return path.endswith((".py", ".pyi"))


def _with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def format_text(path: str, text: str) -> str:
    """Format one file by its suffix; lines end with a newline on every system."""
    text = _with_line_ends(text)
    if not _is_python(path):
        return text.rstrip("\n") + "\n"
    if text not in _formatted:
        _format([text])
    return _formatted[text]


def _black(text: str) -> str:
    # Heavy: imported only to format.
    from black import format_str
    from black.mode import Mode, TargetVersion

    return format_str(
        text, mode=Mode(line_length=LINE_LENGTH, target_versions={TargetVersion.PY311})
    )
