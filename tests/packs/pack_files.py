"""Packs written from strings, and the files that they render for a small spec."""

from __future__ import annotations

from pathlib import Path

from runnersmith.ir import IR_VERSION
from small_specs import REPOSITORY, build_ir, made, small_spec, write_files

EXAMPLES = REPOSITORY / "templates" / "examples"
# Those that templates/README.md builds; the others are recipes of templates/COOKBOOK.md.
GUIDE_EXAMPLES = ("one-block", "one-template", "own-outputs")

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


def replace_template(folder: Path, template: str, text: str) -> Path:
    """Let a pack replace a template as a whole, as its manifest must say."""
    (folder / template).write_text(text, encoding="utf-8")
    file = folder / "pack.toml"
    said = file.read_text(encoding="utf-8")
    line = f"replaces = [{template!r}]\n"
    if line not in said:
        name, _, rest = said.partition("\n")
        file.write_text(f"{name}\n{line}{rest}", encoding="utf-8")
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
