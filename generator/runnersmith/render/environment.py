"""The Jinja environment that templates run in: strict about names, and without autoescape.

Reads templates from the pack's folder only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import cast

import jinja2

from .. import names
from . import imports, prose, python, text, wire


def prefixed(name: str, prefix: str) -> str:
    """Put a flavour's prefix before a class name: for Jinja's `map`."""
    return prefix + name


def exported(names: Iterable[str]) -> list[str]:
    """Sort names as an `__all__` has them: constants, classes, the rest."""
    return sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name))


# What a template may call. Decisions are made in these functions, not in templates.
FILTERS: Mapping[str, Callable[..., object]] = {
    # Python source
    "annotation": python.annotation,
    "availability": python.availability,
    "call": python.call,
    "comment": python.comment,
    "constant": names.constant_name,
    "docstring": python.docstring,
    "limited": python.limited,
    "lists": python.lists,
    "literal": python.literal,
    "exported": exported,
    "prefixed": prefixed,
    "operation_type": python.operation_type,
    "older_paths": python.older_paths,
    "required": python.required,
    "required_in": python.required_in,
    "result": python.result,
    "signature": python.signature,
    "strings": python.strings,
    "wrap": python.wrap,
    "wrapper": python.wrapper,
    # How values travel
    "accept": wire.accept,
    "answers": wire.answers,
    "content": wire.content,
    "places": wire.places,
    "security": wire.security,
    "success": wire.success,
    # Imports, computed from what a file uses
    "late_imports": imports.late_imports,
    "model_imports": imports.model_imports,
    "resource_imports": imports.resource_imports,
    "operation_imports": imports.operation_imports,
    # Prose
    "method_doc": prose.method,
    "permissions": prose.permissions,
    "products": prose.products,
    "products_short": prose.products_short,
    "client_doc": prose.client,
    "scope_doc": prose.scope,
    "find_scope_doc": prose.find_scope,
    "sentence": prose.sentence,
    # Other files
    "code": text.code,
    "markdown": text.markdown,
    "toml": text.toml,
}


def environment(folder: Path) -> jinja2.Environment:
    """An environment for the templates of one pack. An undefined name is an error."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    # Jinja types its filters by the ones it comes with.
    cast("dict[str, Callable[..., object]]", made.filters).update(FILTERS)
    return made
