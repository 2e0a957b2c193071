"""Schema keywords by purpose, for OpenAPI 3.0 and 3.1. Pure.

A keyword of any version is in one of the first five sets. The others combine these.
"""

from __future__ import annotations

# Texts for people. They affect neither a value nor its checks.
PROSE = frozenset("title description example examples externalDocs xml $comment".split())
# Annotations of a value that do not restrict it.
METADATA = frozenset("default deprecated readOnly writeOnly".split())
# Keywords that determine the type of a value.
STRUCTURE = frozenset("""
    $ref type format enum const nullable properties patternProperties additionalProperties required
    items prefixItems allOf oneOf anyOf
    """.split())
# Bounds of a value whose type is known.
LIMITS = frozenset("""
    minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern
    minItems maxItems uniqueItems minProperties maxProperties
    """.split())
# Checks that depend on the value itself and do not determine a type.
CONDITIONAL = frozenset("""
    not if then else dependentRequired dependentSchemas propertyNames contains minContains
    maxContains unevaluatedItems unevaluatedProperties
    """.split())
# Keywords that mean something beside some types only.
TYPED: dict[str, frozenset[str]] = {
    **dict.fromkeys("minLength maxLength pattern".split(), frozenset({"string"})),
    **dict.fromkeys(
        "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf".split(),
        frozenset({"integer", "number"}),
    ),
    **dict.fromkeys(
        "items prefixItems minItems maxItems uniqueItems".split(), frozenset({"array"})
    ),
    **dict.fromkeys(
        "properties patternProperties additionalProperties required minProperties maxProperties".split(),
        frozenset({"object"}),
    ),
}
# Formats of strings. A format that is not listed may be one of numbers as well.
STRING_FORMATS = frozenset("""
    date-time date time duration email idn-email hostname idn-hostname ipv4 ipv6 uri uri-reference
    uri-template iri iri-reference uuid json-pointer relative-json-pointer regex byte binary
    password
    """.split())
# Content of strings, discriminators, and schemas kept for reference.
AUXILIARY = frozenset(
    "discriminator contentEncoding contentMediaType contentSchema $defs definitions".split()
)
# Keywords that affect how a `$ref` is resolved.
ADDRESSING = frozenset("""
    $anchor $dynamicAnchor $dynamicRef $id $recursiveAnchor $recursiveRef $schema $vocabulary
    """.split())

ANNOTATIONS = PROSE | METADATA
# JSON Schema 2020-12 with the additions of OpenAPI 3.1, without keywords that affect a `$ref`.
OPENAPI_3_1 = (ANNOTATIONS | STRUCTURE | LIMITS | CONDITIONAL | AUXILIARY - {"definitions"}) - {
    "nullable"
}

# Keywords whose subschemas are for the same value.
ALTERNATIVES = ("oneOf", "anyOf")
CHOICES = ("allOf", "anyOf", "oneOf")
# Keywords with schemas by name, which have no effect but through references.
DEFINITIONS = ("$defs", "definitions")
CONDITIONS = ("not", "if", "then", "else")


def is_prose(keyword: str) -> bool:
    """Return whether a keyword is text for people or an extension."""
    return keyword in PROSE or keyword.startswith("x-")
