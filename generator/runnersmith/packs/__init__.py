"""Packs: folders of templates with a `pack.toml` that lists their outputs.

Reads pack folders; `scaffold` writes a new one. Light: no template engine is loaded. Packs are
trusted code, unlike specs.
"""

from .manifest import Copy, Each, Manifest, Output, PackError, syntax
from .resolver import Pack, Stack, read, resolve, shipped, shown, stacks

__all__ = [
    "Copy",
    "Each",
    "Manifest",
    "Output",
    "Pack",
    "PackError",
    "Stack",
    "read",
    "resolve",
    "shipped",
    "shown",
    "stacks",
    "syntax",
]
