"""The Jinja environment that the templates of a stack of packs run in: strict about names, no autoescape.

Reads templates from the packs' folders only. Every template has a canonical name, `pack::template`.
A bare name means the first pack's that has one; a template that asks for its own name gets that of
the packs below its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

import jinja2

from .. import names
from ..near import near
from ..packs import Stack
from . import client_examples, imports, prose, python, reference, runtime_docs, signing, text, wire
from .example import example, first_example


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
    "classic_only": prose.classic_only,
    "comment": python.comment,
    "constant": names.constant_name,
    "docstring": python.docstring,
    "item_key": python.item_key,
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
    "sentence_literal": python.sentence_literal,
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
    "paragraph": prose.paragraph,
    "sentence": prose.sentence,
    "sign_in": signing.sign_in,
    "auth_argument": signing.auth_argument,
    # The client's public classes
    "client_example": client_examples.client_example,
    "client_methods": runtime_docs.client_methods,
    "client_properties": runtime_docs.client_properties,
    "documented": runtime_docs.documented,
    "error_tree": runtime_docs.error_tree,
    "errors": runtime_docs.errors,
    "meaning": runtime_docs.meaning,
    "options": runtime_docs.options,
    "options_doc": runtime_docs.options_doc,
    "refusals": runtime_docs.refusals,
    "unit": runtime_docs.unit,
    # Pages of a reference
    "argument_doc": prose.described,
    "argument_words": reference.argument_words,
    "asks": reference.asks,
    "error": prose.error_name,
    "either_doc": prose.either,
    "example": example,
    "first_example": first_example,
    "field_doc": prose.field,
    "gives": reference.gives,
    "holders": reference.holders,
    "keywords": python.keywords,
    "repeated": reference.repeated,
    "sends": reference.sends,
    "status": prose.status,
    "stub": reference.stub,
    "topics": reference.topics,
    "type_words": reference.type_words,
    "uses": reference.uses,
    # Other files
    "code": text.code,
    "json": text.json_text,
    "link": text.link,
    "markdown": text.markdown,
    "prose": text.prose,
    "toml": text.toml,
}


class Strict(jinja2.StrictUndefined):
    """What is not there, and an error wherever it is used; says what may be meant."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        message = super()._undefined_message
        held: object = self._undefined_obj
        name = self._undefined_name
        if not isinstance(name, str):
            return message
        if isinstance(held, dict):
            return message + near(name, map(str, cast("dict[object, object]", held)))
        if not is_dataclass(held):
            return message
        known = [field.name for field in fields(held)]
        hint = near(name, known) or f"; it has {', '.join(known)}"
        return f"{type(held).__name__} has no attribute {name!r}{hint}"


class Environment(jinja2.Environment):
    """An environment for the templates of one stack. An undefined name is an error."""

    def __init__(self, stack: Stack) -> None:
        super().__init__(
            loader=jinja2.FunctionLoader(self._source),
            undefined=Strict,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            autoescape=False,
        )
        # Jinja types its filters by the ones it comes with.
        cast("dict[str, Callable[..., object]]", self.filters).update(FILTERS)
        self.stack: Stack = stack

    def canonical(self, template: str, parent: str | None = None) -> str:
        """The canonical name of a template that another one asks for, or an output.

        Raises TemplateNotFound with what is there.
        """
        if template == parent:
            own = template.partition("::")[2]
            raise jinja2.TemplateNotFound(
                template, f"{template} asks for itself; {own!r} alone is that of the pack below"
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
        return f"no template {template!r} in {packs}{near(template.rpartition('::')[2], known)}"

    def join_path(self, template: str, parent: str) -> str:
        """What an `extends`, `include` or `import` of a template means."""
        return self.canonical(template, parent)

    def _source(self, name: str) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template, under its canonical name in tracebacks, too."""
        pack, _, path = name.partition("::")
        folder = next(one.folder for one in self.stack.packs if one.name == pack)
        try:
            content = (folder / path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise jinja2.TemplateNotFound(name, f"{name} cannot be read: {error}") from None
        return content, name, lambda: True
