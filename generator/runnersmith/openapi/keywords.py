"""Schema keywords by purpose, for OpenAPI 3.0 and 3.1. Pure.

A keyword stands in one of the first five sets, whichever version has it. The others combine these.
"""

from __future__ import annotations

# Texts for people. They change neither what a value is nor how it is checked.
PROSE = frozenset("title description example examples externalDocs xml $comment".split())
# What else is said about a value without restricting it.
METADATA = frozenset("default deprecated readOnly writeOnly".split())
# Decide the type of a value.
STRUCTURE = frozenset("""
    $ref type format enum const nullable properties patternProperties additionalProperties required
    items prefixItems allOf oneOf anyOf
    """.split())
# Bounds of a value whose type is known.
LIMITS = frozenset("""
    minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern
    minItems maxItems uniqueItems minProperties maxProperties
    """.split())
# Checks that depend on the value itself, so that they decide no type.
CONDITIONAL = frozenset("""
    not if then else dependentRequired dependentSchemas propertyNames contains minContains
    maxContains unevaluatedItems unevaluatedProperties
    """.split())
# Content of strings, tags of alternatives, and schemas that are only kept for reference.
AUXILIARY = frozenset(
    "discriminator contentEncoding contentMediaType contentSchema $defs definitions".split()
)
# Change how a `$ref` is resolved.
ADDRESSING = frozenset("""
    $anchor $dynamicAnchor $dynamicRef $id $recursiveAnchor $recursiveRef $schema $vocabulary
    """.split())

ANNOTATIONS = PROSE | METADATA
# JSON Schema 2020-12 and what OpenAPI 3.1 adds to it, less what changes how a `$ref` is resolved.
OPENAPI_3_1 = (ANNOTATIONS | STRUCTURE | LIMITS | CONDITIONAL | AUXILIARY - {"definitions"}) - {
    "nullable"
}

# Hold schemas for the same value.
ALTERNATIVES = ("oneOf", "anyOf")
CHOICES = ("allOf", "anyOf", "oneOf")
CONDITIONS = ("not", "if", "then", "else")


def is_prose(keyword: str) -> bool:
    """Return whether a keyword is text for people or an extension."""
    return keyword in PROSE or keyword.startswith("x-")
