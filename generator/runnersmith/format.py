"""Black, as a library, with a mode of our own: no configuration is read from anywhere.

Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from .lock import Before

LINE_LENGTH = 100


def format_files(files: Mapping[str, str], before: Before | None = None) -> dict[str, str]:
    """Format every file by its suffix, but for what was formatted before."""
    found: dict[str, str] = {}
    for path, text in files.items():
        same = before.formatted(path, text) if before is not None else None
        found[path] = format_text(path, text) if same is None else same
    return found


def format_text(path: str, text: str) -> str:
    """Format one file by its suffix; line ends are newlines everywhere."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not path.endswith((".py", ".pyi")):
        return text.rstrip("\n") + "\n"
    # Heavy: imported when something is formatted.
    from black import format_str
    from black.mode import Mode, TargetVersion

    return format_str(
        text, mode=Mode(line_length=LINE_LENGTH, target_versions={TargetVersion.PY311})
    )
