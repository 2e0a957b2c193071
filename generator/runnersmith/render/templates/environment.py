"""Jinja environment for the templates of a stack: undefined names are errors, no autoescape.

Reads templates from the packs' folders only. Every template has a canonical name, `pack::template`.
A bare name refers to the first pack that has the template. In a template of that name, it refers to
the packs below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from types import CodeType
from typing import cast

import jinja2
from jinja2.bccache import Bucket

from ...openapi.spelling import did_you_mean
from ...packs import Stack
from .filters import FILTERS


class Strict(jinja2.StrictUndefined):
    """An undefined value, an error on any use; the message suggests a name."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        message = super()._undefined_message
        held: object = self._undefined_obj
        name = self._undefined_name
        if not isinstance(name, str):
            return message
        if isinstance(held, dict):
            return message + did_you_mean(name, map(str, cast("dict[object, object]", held)))
        if not is_dataclass(held):
            return message
        known = [field.name for field in fields(held)]
        hint = did_you_mean(name, known) or f"; it has {', '.join(known)}"
        return f"{type(held).__name__} has no attribute {name!r}{hint}"


class _Compiled(jinja2.BytecodeCache):
    """Code of templates by name and text, for all environments of this process.

    It does not depend on the packs of an environment: a template finds others when it is rendered.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class Environment(jinja2.Environment):
    """Jinja environment for the templates of one stack. An undefined name is an error."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(
            loader=jinja2.FunctionLoader(self._source),
            undefined=Strict,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
            bytecode_cache=_COMPILED,
        )
        # Jinja types its filters by its built-in ones.
        filters = cast("dict[str, Callable[..., object]]", self.filters)
        filters.update({name: one.call for name, one in FILTERS.items()})
        self.stack: Stack = stack

    def canonical(self, template: str, parent: str | None = None) -> str:
        """Return the canonical name of an output's template, or of one that `parent` refers to.

        Raises TemplateNotFound with the known templates.
        """
        if template == parent:
            own = template.partition("::")[2]
            raise jinja2.TemplateNotFound(
                template, f"{template} refers to itself; {own!r} alone is the one of the pack below"
            )
        if "::" in template:
            pack, _, name = template.partition("::")
            packs = {pack.name: pack for pack in self.stack.packs}
            if pack in packs and name in packs[pack].templates:
                return template
        else:
            pack, _, name = (parent or "").partition("::")
            if found := self.stack.find(template, pack if name == template else None):
                return found
            template = f"below {pack}, {template}" if name == template else template
        raise jinja2.TemplateNotFound(template, self._missing(template))

    def _missing(self, template: str) -> str:
        known = sorted({name for pack in self.stack.packs for name in pack.templates})
        packs = ", ".join(pack.name for pack in self.stack.packs)
        return f"no template {template!r} in {packs}{did_you_mean(template.rpartition('::')[2], known)}"

    def join_path(self, template: str, parent: str) -> str:
        """Resolve the name in an `extends`, `include` or `import` of a template."""
        return self.canonical(template, parent)

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        """Return the text of a template. Tracebacks show its canonical name."""
        pack, _, path = name.partition("::")
        folder = next(one.folder for one in self.stack.packs if one.name == pack)
        try:
            content = (folder / path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise jinja2.TemplateNotFound(name, f"{name} cannot be read: {error}") from None
        return content, name, lambda: True
