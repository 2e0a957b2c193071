"""Packs written from strings, and the files that they render for a small spec."""

from __future__ import annotations

from pathlib import Path

from runnersmith.ir import IR_VERSION
from small_specs import REPOSITORY, build_ir, made, small_spec, write_files

EXAMPLES = REPOSITORY / "templates" / "examples"

RESOURCE = "resource.py.jinja"


def manifest(name: str = "mine", *, extends: str | None = "client", rest: str = "") -> str:
    said = f'extends = "{extends}"\n' if extends is not None else ""
    return f'name = "{name}"\nir-version = {IR_VERSION}\n{said}{rest}\n'


def pack(
    folder: Path,
    files: dict[str, str] | None = None,
    *,
    extends: str | None = "client",
    rest: str = "",
) -> Path:
    """Write a pack that is named like its folder."""
    write_files(
        folder, {"pack.toml": manifest(folder.name, extends=extends, rest=rest), **(files or {})}
    )
    return folder


def files(*folders: Path) -> dict[str, str]:
    """Return every file that packs render for the small spec, not formatted."""
    found = made(build_ir(small_spec()), *folders)
    return {**found.rendered, **found.copied}


def override(block: str, text: str = "    # here\n", template: str = RESOURCE) -> dict[str, str]:
    """Return a template that overrides one block."""
    return {
        template: f'{{% extends "{template}" %}}\n{{% block {block} %}}\n{text}{{% endblock %}}\n'
    }
