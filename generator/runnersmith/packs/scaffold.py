"""Scaffold of a new pack: one that extends another, or a copy of an example.

Writes the new folder only. A new pack passes `pack check` for the documents of the pack below.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ..ir import IR_VERSION
from ..problems import UsageError
from .manifest import FILE
from .resolver import EXAMPLES, example_names, read, resolve, shipped, shipped_names

_LONGEST = 64
# The value of `--extends` for a pack without another one below.
ALONE = "none"

# Names have the pack's name, so that packs can be stacked.
_MANIFEST = """\
# Outputs of this pack. `runnersmith pack list` prints the blocks, variables and filters to use.
name = "{name}"
ir-version = {version}
{extends}
# {comment}. A path is a template, too; `each` is the element of a file.
outputs = [
    {{ template = "operations-{name}.md.jinja", path = "operations-{name}.md", each = "client" }},
]
"""
_OPERATIONS = """\
<!-- {{ mark }} -->
# Operations of {{ package.name | markdown }}

{% for scope, resource, operation in api | all_operations %}
{% set call = resource | call_path(scope) ~ "." ~ operation.name %}
- {{ call | code }}, {{ (operation.method ~ " " ~ operation.path) | code }}: {{ operation.summary | markdown }}
{% endfor %}
"""
# A block of each shipped pack, by the name of the template.
_BLOCKS = {
    "client": {"resource.py.jinja": """\
{% extends "resource.py.jinja" %}

{% block class_docstring %}
    {{ (resource.description | sentence ~ " Printed by a pack of ours.") | wrap | docstring }}
{% endblock %}
"""},
    "reference": {"resource.md.jinja": """\
{% extends "resource.md.jinja" %}

{% block introduction %}
{{ super() }}

Printed by a pack of ours. It sends {{ resource.operations | length }} kinds of requests.
{% endblock %}
"""},
}


def scaffold(folder: Path, extends: str) -> list[Path]:
    """Write a new pack that extends another, or none. Raises UsageError if it cannot be written."""
    name = _name(folder)
    root = _root(folder, extends)
    manifest = _MANIFEST.format(
        name=name,
        version=IR_VERSION,
        extends=f'extends = "{extends}"\n' if root else "",
        comment=f"Added to the outputs of `{extends}`" if root else "The files of this pack",
    )
    files = {
        FILE: manifest,
        f"operations-{name}.md.jinja": _OPERATIONS,
        **_BLOCKS.get(root or "", {}),
    }
    return _write(folder, files)


def copy_example(folder: Path, example: str) -> list[Path]:
    """Write a copy of an example, named like its folder. Raises UsageError like `scaffold`."""
    name = _name(folder)
    if example not in example_names():
        raise UsageError(
            f"--example {example}: no such example; name one of {', '.join(example_names())}"
        )
    pack = read(shipped(EXAMPLES) / example)
    files = {path: (pack.folder / path).read_text(encoding="utf-8") for path in pack.files}
    files[FILE] = files[FILE].replace(f'name = "{example}"', f'name = "{name}"')
    return _write(folder, files)


def _name(folder: Path) -> str:
    """Return the name of a new pack. Raises UsageError if its folder cannot be one."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    if not name or not name[0].isalpha():
        raise UsageError(
            f"{folder}: a pack has the name of its folder, which must start with a letter"
        )
    if len(name) > _LONGEST:
        raise UsageError(
            f"{folder}: the name of a pack has at most {_LONGEST} characters; use a shorter folder name"
        )
    if name in shipped_names():
        raise UsageError(f"{folder}: {name!r} comes with runnersmith; rename the folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: already exists; name a new folder")
    return name


def _write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write the files of a new pack and return their paths."""
    made: list[Path] = []
    try:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
            made.append(folder / path)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}") from None
    return made


def _root(folder: Path, extends: str) -> str | None:
    """Return the name of the shipped pack below, empty for another one; None for no pack."""
    if extends == ALONE:
        return None
    found = resolve(extends, folder.resolve())
    if '"' in extends or "\\" in extends or not (found / FILE).is_file():
        raise UsageError(
            f"--extends {extends}: no such pack; name one of {', '.join(shipped_names())}, "
            f"`{ALONE}`, or a folder relative to the new one"
        )
    seen: set[Path] = set()
    while found not in seen:
        seen.add(found)
        pack = read(found)
        if pack.manifest.extends is None:
            return pack.name if found.parent == shipped("templates").resolve() else ""
        found = resolve(pack.manifest.extends, found)
    return ""
