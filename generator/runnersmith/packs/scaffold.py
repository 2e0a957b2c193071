"""Scaffold of a new pack that overrides one block and adds one output.

Writes the new folder only.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..ir import IR_VERSION
from ..problems import UsageError
from .manifest import FILE
from .resolver import resolve, shipped_names

_FILES = {
    FILE: """\
# Outputs of this pack. `runnersmith pack list` prints the blocks, variables and filters to use.
name = "{name}"
ir-version = {version}
extends = "{extends}"

# Added to the outputs of `{extends}`. A path is a template, too; `each` is the element of a file.
outputs = [
    {{ template = "operations.md.jinja", path = "OPERATIONS.md", each = "client" }},
]
""",
    "operations.md.jinja": """\
<!-- {{ mark }} -->
# Operations of {{ package.name | markdown }}

{% for scope in api.scopes %}
{% for resource in scope.resources %}
{% for operation in resource.operations %}
- {{ (operation.method ~ " " ~ operation.path) | code }}: {{ operation.summary | markdown }}
{% endfor %}
{% endfor %}
{% endfor %}
""",
    "resource.py.jinja": """\
{% extends "resource.py.jinja" %}

{% block class_docstring %}
    {{ (resource.description | sentence ~ " Printed by a pack of ours.") | wrap | docstring }}
{% endblock %}
""",
}


def scaffold(folder: Path, extends: str) -> list[Path]:
    """Write a new pack that extends another. Raises UsageError if it cannot be written."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    if not name or not name[0].isalpha():
        raise UsageError(
            f"{folder}: a pack has the name of its folder, which must start with a letter"
        )
    if name in shipped_names():
        raise UsageError(f"{folder}: {name!r} comes with runnersmith; rename the folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: already exists; name a new folder")
    if not (resolve(extends, folder.resolve()) / FILE).is_file():
        raise UsageError(
            f"--extends {extends}: no such pack; name one of {', '.join(shipped_names())}, or a folder "
            "relative to the new one"
        )
    manifest = _FILES[FILE].format(name=name, version=IR_VERSION, extends=extends)
    files = {**_FILES, FILE: manifest}
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
            made.append(folder / path)
    except OSError as error:
        raise UsageError(f"{folder}: cannot be written: {error.strerror}") from None
    return made
