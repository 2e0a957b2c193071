"""Filters of templates: what each returns, where its result can be printed, and an example.

Decisions belong into these functions, not into templates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from ...ir import names, placement, types
from ..docs import (
    auth,
    client_examples,
    description,
    docstrings,
    escaping,
    reference_pages,
    runtime_docs,
    servers,
)
from ..docs.usage_example import example, first_example
from ..python import factories, imports, operation_literals, signatures, source
from .changes import changed

Language: TypeAlias = Literal["Python", "Markdown", "TOML", "JSON", "JavaScript", "HTML"]
Languages: TypeAlias = frozenset[Language]
# "text" is a text of the document that another filter must print, "same" is like the filtered
# value, "plain" has no text of the document, and "data" is what the function's annotation says.
Result: TypeAlias = Languages | Literal["text", "same", "plain", "data"]

PYTHON: Languages = frozenset({"Python"})
MARKDOWN: Languages = frozenset({"Markdown"})
# Whole programs and signatures, printed between the fences of a code block.
PROGRAM: Languages = PYTHON | MARKDOWN
TOML: Languages = frozenset({"TOML"})
JSON: Languages = frozenset({"JSON", "JavaScript"})
JAVASCRIPT: Languages = frozenset({"JavaScript"})
HTML: Languages = frozenset({"HTML"})

# The languages by the suffix of an output. In any other file, a text may be printed by any filter
# for a language. JSON is YAML, too, and TypeScript is JavaScript here.
SUFFIXES: Mapping[str, Language] = {
    **dict.fromkeys((".py", ".pyi"), "Python"),
    **dict.fromkeys((".md", ".markdown"), "Markdown"),
    ".toml": "TOML",
    **dict.fromkeys((".json", ".yaml", ".yml"), "JSON"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"), "JavaScript"),
    **dict.fromkeys((".html", ".htm", ".xml", ".svg"), "HTML"),
}
# The filters for texts that a message suggests.
SUGGESTED: Mapping[Language, str] = {
    "Python": "`literal`, `docstring`, `comment` or `strings`",
    "Markdown": "`markdown`, `code`, `prose` or `link`",
    "TOML": "`toml`",
    "JSON": "`json`",
    "JavaScript": "`json`, `property_name` or `block_comment`",
    "HTML": "`e`",
}


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter: its function, what its result is, and how a template uses it.

    The example is an expression, or a statement with its `{% … %}`.
    """

    call: Callable[..., object]
    result: Result
    example: str

    @property
    def shown(self) -> str:
        """Return the example as it stands in a template."""
        return self.example if self.example.startswith("{%") else f"{{{{ {self.example} }}}}"


def prefixed(name: str, prefix: str) -> str:
    """Prepend a prefix to a name, such as that of a flavour's classes."""
    return prefix + name


def verbatim(value: object) -> object:
    """Return a value as it is, trusted by the pack: no filter makes it safe to print."""
    return value


_F = Filter
_LISTED: Mapping[str, Filter] = {
    # The whole API
    "all_operations": _F(
        placement.all_operations,
        "data",
        "{% for scope, resource, operation in api | all_operations %}",
    ),
    "all_resources": _F(
        placement.all_resources, "data", "{% for scope, resource in api | all_resources %}"
    ),
    "description": _F(description.api_description, "text", "api | description | json(1)"),
    "changed": _F(changed, "same", "operation | changed(name='find') | signature"),
    "call_path": _F(placement.call_path, "plain", "resource | call_path(scope)"),
    # Python source
    "annotation": _F(source.annotation, PYTHON, "field.type | annotation('value')"),
    "availability": _F(source.availability, PYTHON, "operation.available | availability"),
    "body_in": _F(signatures.body_in, PYTHON, "operation | body_in"),
    "call": _F(signatures.call, PYTHON, "operation | call(flavour.is_async)"),
    "classic_only": _F(docstrings.classic_only, "plain", "operation | classic_only"),
    "comment": _F(source.comment, PYTHON, "operation.summary | comment"),
    "constant": _F(names.constant_name, "plain", "operation.name | constant"),
    "docstring": _F(source.docstring, PYTHON, "operation.summary | docstring(8)"),
    "forwarded": _F(signatures.forwarded, PYTHON, "operation | forwarded"),
    "is_nullable": _F(
        types.is_nullable, "plain", "(operation.returns | is_nullable) if operation.returns"
    ),
    "item_key": _F(signatures.item_key, "plain", "operation | item_key(api)"),
    "limited": _F(signatures.limited, PYTHON, "operation | limited"),
    "lists": _F(signatures.lists, PYTHON, "operation | lists"),
    "literal": _F(source.literal, PYTHON, "operation.path | literal"),
    "exported": _F(imports.exported, "same", "api.models | map(attribute='name') | exported"),
    "prefixed": _F(prefixed, "same", "resource.class_name | prefixed(flavour.prefix)"),
    "operation_type": _F(signatures.operation_type, PYTHON, "operation | operation_type"),
    "older_paths": _F(signatures.older_paths, PYTHON, "operation | older_paths"),
    "required": _F(signatures.required, PYTHON, "operation | required"),
    "required_in": _F(signatures.required_in, PYTHON, "operation | required_in"),
    "result": _F(signatures.result, PYTHON, "operation | result(flavour.is_async)"),
    "sentence_literal": _F(source.sentence_literal, PYTHON, "api.title | sentence_literal"),
    "signature": _F(signatures.signature, PYTHON, "operation | signature(flavour.is_async)"),
    "strings": _F(source.strings, PYTHON, "api.versions | strings"),
    "wrap": _F(source.wrap, "same", "resource.description | wrap | docstring"),
    "wrapper": _F(signatures.wrapper, "data", "(operation | wrapper(api)).items"),
    # Serialization of values
    "accept": _F(operation_literals.accept, "text", "operation | accept | literal"),
    "answers": _F(operation_literals.answers, PYTHON, "operation | answers"),
    "content": _F(operation_literals.content, PYTHON, "operation | content"),
    "declaration": _F(
        operation_literals.declaration, PYTHON, "operation | declaration('    id=1,')"
    ),
    "error_types": _F(operation_literals.error_types, PYTHON, "operation | error_types"),
    "places": _F(operation_literals.places, PYTHON, "operation | places"),
    "security": _F(operation_literals.security, PYTHON, "operation | security"),
    "success": _F(operation_literals.success, PYTHON, "operation | success"),
    "wire_modules": _F(operation_literals.wire_modules, "plain", "'body' in api | wire_modules"),
    # Imports, computed from the names in a file
    "late_imports": _F(imports.late_imports, PYTHON, "model | late_imports(api) | join('; ')"),
    "model_imports": _F(imports.model_imports, PYTHON, "model | model_imports(api)"),
    "resource_base": _F(imports.resource_base, "plain", "resource | resource_base(false)"),
    "resource_imports": _F(imports.resource_imports, PYTHON, "resource | resource_imports(false)"),
    "also_import": _F(
        imports.also_import, "same", "resource | resource_imports(false) | also_import('NotFound')"
    ),
    "file_types": _F(imports.file_types, "plain", "api | file_types | join(', ')"),
    "operation_imports": _F(imports.operation_imports, PYTHON, "resource | operation_imports"),
    # Test kit
    "factory_imports": _F(factories.factory_imports, PYTHON, "api | factory_imports"),
    "factory_name": _F(factories.factory_name, "plain", "model | factory_name(api)"),
    "factory_signature": _F(factories.factory_signature, PYTHON, "model | factory_signature(api)"),
    "mock_credentials": _F(auth.mock_credentials, PYTHON, "api | mock_credentials"),
    # Prose
    "method_doc": _F(docstrings.method, "text", "operation | method_doc | docstring(8)"),
    "permissions": _F(docstrings.permissions, "text", "operation | permissions | literal"),
    "products": _F(docstrings.products, "text", "operation.available | products | literal"),
    "products_short": _F(
        docstrings.products_short, "text", "operation.available | products_short | literal"
    ),
    "restrictions": _F(docstrings.only, "text", "field.available | restrictions | literal"),
    "client_doc": _F(docstrings.client, "text", "api | client_doc | docstring"),
    "scope_doc": _F(docstrings.scope, "text", "scope | scope_doc | docstring(8)"),
    "find_scope_doc": _F(docstrings.find_scope, "text", "api | find_scope_doc | docstring(8)"),
    "paragraph": _F(docstrings.paragraph, "same", "api.description | paragraph | literal"),
    "sentence": _F(docstrings.sentence, "same", "operation.summary | sentence | literal"),
    "sign_in": _F(auth.sign_in, MARKDOWN, "api | sign_in"),
    "way": _F(auth.way, MARKDOWN, "(api.schemes | first | way) if api.schemes"),
    "credential_variables": _F(
        auth.credential_variables,
        "data",
        "{% for variable, scheme in api | credential_variables %}",
    ),
    "auth_argument": _F(auth.auth_argument, PROGRAM, "api | auth_argument"),
    # The client's public classes
    "client_example": _F(
        client_examples.client_example, PROGRAM, "api | client_example('options')"
    ),
    "client_methods": _F(
        runtime_docs.client_methods, "data", "(api | client_methods | first).name | literal"
    ),
    "client_properties": _F(
        runtime_docs.client_properties, "data", "(api | client_properties | first).name | literal"
    ),
    "documented": _F(
        runtime_docs.documented, "data", "('Timeout' | documented(api)).name | literal"
    ),
    "error_tree": _F(runtime_docs.error_tree, "plain", "api | error_tree"),
    "errors": _F(runtime_docs.errors, "data", "(api | errors | first).name | literal"),
    "message_paths": _F(
        runtime_docs.message_paths, "plain", "'MESSAGES' | message_paths | join(', ')"
    ),
    "meaning": _F(runtime_docs.meaning, "text", "api | options | first | meaning | literal"),
    "options": _F(runtime_docs.options, "data", "(api | options | first).name | literal"),
    "options_doc": _F(runtime_docs.options_doc, "text", "api | options_doc | docstring"),
    "refusals": _F(runtime_docs.refusals, "text", "api | options | first | refusals | literal"),
    "unit": _F(runtime_docs.unit, "plain", "api | options | first | unit"),
    # Reference pages
    "argument_doc": _F(docstrings.described, "text", "argument | argument_doc | literal"),
    "argument_words": _F(
        reference_pages.argument_words, MARKDOWN, "argument | argument_words(operation)"
    ),
    "asks": _F(reference_pages.asks, MARKDOWN, "operation | asks"),
    "error": _F(docstrings.error_name, "plain", "404 | error"),
    "either_doc": _F(
        docstrings.either, "text", "model.eithers | map('either_doc') | join | literal"
    ),
    "example": _F(example, PROGRAM, "operation | example(api, scope, resource, false)"),
    "first_example": _F(first_example, PROGRAM, "api | first_example if not scope"),
    "field_doc": _F(docstrings.field, "text", "field | field_doc | literal"),
    "gives": _F(reference_pages.gives, MARKDOWN, "operation | gives(api, '../models/')"),
    "holders": _F(reference_pages.holders, "data", "model | holders(api) | join(', ', 'name')"),
    "keywords": _F(signatures.keywords, "data", "operation | keywords | join(', ', 'name')"),
    "repeated": _F(reference_pages.repeated, MARKDOWN, "operation | repeated(scope)"),
    "sends": _F(reference_pages.sends, MARKDOWN, "operation | sends"),
    "has_address": _F(
        servers.has_address,
        "plain",
        "{% for server in api.named_servers if server | has_address %}",
    ),
    "server_doc": _F(
        servers.server_doc, "text", "api.named_servers | map('server_doc') | join('; ') | literal"
    ),
    "servers_example": _F(
        servers.servers_example, "text", "(api | servers_example | code) if api.named_servers"
    ),
    "status": _F(docstrings.status, "plain", "404 | status"),
    "stub": _F(reference_pages.stub, PROGRAM, "operation | stub"),
    "topics": _F(reference_pages.topics, "data", "(api | topics | first).title | literal"),
    "type_words": _F(reference_pages.type_words, MARKDOWN, "field.type | type_words(api, '')"),
    "uses": _F(reference_pages.uses, "data", "model | uses(api) | join(', ', 'name')"),
    # Other files
    "block_comment": _F(escaping.block_comment, JAVASCRIPT, "model.description | block_comment"),
    "code": _F(escaping.code, MARKDOWN, "operation.path | code"),
    "json": _F(escaping.json_text, JSON, "operation.path | json"),
    "link": _F(escaping.link, MARKDOWN, "operation.docs_url | link('more') if operation.docs_url"),
    "markdown": _F(escaping.markdown, MARKDOWN, "operation.summary | markdown"),
    "prose": _F(escaping.prose, MARKDOWN, "operation.summary | prose"),
    "property_name": _F(escaping.property_name, JAVASCRIPT, "field.wire_name | property_name"),
    "toml": _F(escaping.toml, TOML, "api.title | toml"),
    "verbatim": _F(verbatim, "plain", "operation.path | verbatim"),
}
FILTERS: Mapping[str, Filter] = dict(sorted(_LISTED.items()))
