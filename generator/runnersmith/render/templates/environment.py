"""Jinja environment for the templates of a stack: undefined names are errors, no autoescape.

Reads templates from the packs' folders only. Every template has a canonical name, `pack::template`.
A bare name refers to the first pack that has the template. In a template of that name, it refers to
the packs below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import cast

import jinja2

from ...ir import names
from ...openapi.spelling import did_you_mean
from ...packs import Stack
from ..docs import (
    auth,
    client_examples,
    docstrings,
    escaping,
    reference_pages,
    runtime_docs,
    servers,
)
from ..docs.usage_example import example, first_example
from ..python import imports, operation_literals, signatures, source


def prefixed(name: str, prefix: str) -> str:
    """Prepend a flavour's prefix to a class name, for Jinja's `map`."""
    return prefix + name


def exported(names: Iterable[str]) -> list[str]:
    """Sort names in the order of `__all__`: constants, classes, the rest."""
    return sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name))


# Functions for templates. Decisions belong into these functions, not into templates.
FILTERS: Mapping[str, Callable[..., object]] = {
    # Python source
    "annotation": source.annotation,
    "availability": source.availability,
    "body_in": signatures.body_in,
    "call": signatures.call,
    "classic_only": docstrings.classic_only,
    "comment": source.comment,
    "constant": names.constant_name,
    "docstring": source.docstring,
    "item_key": signatures.item_key,
    "limited": signatures.limited,
    "lists": signatures.lists,
    "literal": source.literal,
    "exported": exported,
    "prefixed": prefixed,
    "operation_type": signatures.operation_type,
    "older_paths": signatures.older_paths,
    "required": signatures.required,
    "required_in": signatures.required_in,
    "result": signatures.result,
    "sentence_literal": source.sentence_literal,
    "signature": signatures.signature,
    "strings": source.strings,
    "wrap": source.wrap,
    "wrapper": signatures.wrapper,
    # Serialization of values
    "accept": operation_literals.accept,
    "answers": operation_literals.answers,
    "content": operation_literals.content,
    "declaration": operation_literals.declaration,
    "error_types": operation_literals.error_types,
    "places": operation_literals.places,
    "security": operation_literals.security,
    "success": operation_literals.success,
    "wire_modules": operation_literals.wire_modules,
    # Imports, computed from the names in a file
    "late_imports": imports.late_imports,
    "model_imports": imports.model_imports,
    "resource_imports": imports.resource_imports,
    "file_types": imports.file_types,
    "operation_imports": imports.operation_imports,
    # Prose
    "method_doc": docstrings.method,
    "permissions": docstrings.permissions,
    "products": docstrings.products,
    "products_short": docstrings.products_short,
    "client_doc": docstrings.client,
    "scope_doc": docstrings.scope,
    "find_scope_doc": docstrings.find_scope,
    "paragraph": docstrings.paragraph,
    "sentence": docstrings.sentence,
    "sign_in": auth.sign_in,
    "auth_argument": auth.auth_argument,
    # The client's public classes
    "client_example": client_examples.client_example,
    "client_methods": runtime_docs.client_methods,
    "client_properties": runtime_docs.client_properties,
    "documented": runtime_docs.documented,
    "error_tree": runtime_docs.error_tree,
    "errors": runtime_docs.errors,
    "meaning": runtime_docs.meaning,
    "message_paths": runtime_docs.message_paths,
    "options": runtime_docs.options,
    "options_doc": runtime_docs.options_doc,
    "refusals": runtime_docs.refusals,
    "unit": runtime_docs.unit,
    # Reference pages
    "argument_doc": docstrings.described,
    "argument_words": reference_pages.argument_words,
    "asks": reference_pages.asks,
    "error": docstrings.error_name,
    "either_doc": docstrings.either,
    "example": example,
    "first_example": first_example,
    "field_doc": docstrings.field,
    "gives": reference_pages.gives,
    "holders": reference_pages.holders,
    "keywords": signatures.keywords,
    "repeated": reference_pages.repeated,
    "sends": reference_pages.sends,
    "has_address": servers.has_address,
    "server_doc": servers.server_doc,
    "servers_example": servers.servers_example,
    "status": docstrings.status,
    "stub": reference_pages.stub,
    "topics": reference_pages.topics,
    "type_words": reference_pages.type_words,
    "uses": reference_pages.uses,
    # Other files
    "code": escaping.code,
    "json": escaping.json_text,
    "link": escaping.link,
    "markdown": escaping.markdown,
    "prose": escaping.prose,
    "toml": escaping.toml,
}


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
        )
        # Jinja types its filters by its built-in ones.
        cast("dict[str, Callable[..., object]]", self.filters).update(FILTERS)
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
