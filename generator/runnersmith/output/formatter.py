"""Formatter of generated files: black as a library, without any configuration file.

Opens no file. Starts processes to share the work if there are many files.
"""

from __future__ import annotations

import functools
import gc
import os
from collections.abc import Collection, Mapping

from .record import PreviousRun

LINE_LENGTH = 100


# Below this number of characters, starting processes takes longer than it saves.
_MANY = 1_000_000


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
    kept = {path: before.formatted(path, text) for path, text in files.items()} if before else {}
    kept |= {path: files[path] for path in known if _fits(files[path])}
    new = {path: text for path, text in files.items() if kept.get(path) is None}
    processors = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    if processors == 1 or sum(map(len, new.values())) < _MANY:
        made = {path: format_text(path, text) for path, text in new.items()}
    else:
        # The longest first, so that none is left for one process at the end.
        order = sorted(new, key=lambda path: (-len(new[path]), path))
        from concurrent.futures import ProcessPoolExecutor

        with ProcessPoolExecutor(min(processors, 8), initializer=gc.freeze) as pool:
            texts = pool.map(format_text, order, [new[path] for path in order], chunksize=4)
            made = dict(zip(order, texts, strict=True))
    found: dict[str, str] = {}
    for path in files:
        same = kept.get(path)
        found[path] = made[path] if same is None else same
    return found


def _fits(text: str) -> bool:
    return all(len(line) <= LINE_LENGTH for line in text.split("\n"))


def format_text(path: str, text: str) -> str:
    """Format one file by its suffix; lines end with a newline on every system."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not path.endswith((".py", ".pyi")):
        return text.rstrip("\n") + "\n"
    return _black(text)


# What several runs in one process format is mostly the same.
@functools.lru_cache(maxsize=1_000)
def _black(text: str) -> str:
    # Heavy: imported only to format.
    from black import format_str
    from black.mode import Mode, TargetVersion

    return format_str(
        text, mode=Mode(line_length=LINE_LENGTH, target_versions={TargetVersion.PY311})
    )
