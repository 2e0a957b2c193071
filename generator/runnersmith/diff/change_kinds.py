"""Kinds of changes, a closed set, and the levels that each can have. Constants only.

What a caller loses breaks: a name, a meaning, a call that was accepted, a value that a reader could
rely on. What only the client does otherwise (a path, a header, a spelling on the wire) is compatible,
since the client does it right for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Level = Literal["breaking", "compatible", "documentation"]
LEVELS: tuple[Level, Level, Level] = ("breaking", "compatible", "documentation")

_BREAKING: tuple[Level, ...] = ("breaking",)
_COMPATIBLE: tuple[Level, ...] = ("compatible",)
_DOCUMENTATION: tuple[Level, ...] = ("documentation",)
_EITHER: tuple[Level, ...] = ("breaking", "compatible")
_LIMITS: tuple[Level, ...] = ("breaking", "documentation")

Kind = Literal[
    "version-added",
    "version-removed",
    "default-version-changed",
    "server-changed",
    "version-header-changed",
    "media-type-changed",
    "title-changed",
    "description-changed",
    "docs-link-changed",
    "scope-added",
    "scope-removed",
    "scope-renamed",
    "scope-form-changed",
    "class-renamed",
    "resource-added",
    "resource-removed",
    "resource-renamed",
    "operation-added",
    "operation-removed",
    "operation-renamed",
    "operation-id-changed",
    "http-method-changed",
    "path-changed",
    "paging-changed",
    "repeat-changed",
    "success-status-added",
    "success-status-removed",
    "error-status-added",
    "error-status-removed",
    "reply-header-added",
    "reply-header-removed",
    "content-added",
    "content-removed",
    "permission-added",
    "permission-removed",
    "fine-grained-allowed",
    "fine-grained-refused",
    "deprecated",
    "no-longer-deprecated",
    "product-lost",
    "product-gained",
    "api-version-lost",
    "api-version-gained",
    "argument-added",
    "argument-removed",
    "argument-renamed",
    "argument-moved",
    "argument-location-changed",
    "field-added",
    "field-removed",
    "field-renamed",
    "wire-name-changed",
    "became-required",
    "became-optional",
    "became-nullable",
    "no-longer-nullable",
    "value-added",
    "value-removed",
    "values-opened",
    "values-closed",
    "type-widened",
    "type-narrowed",
    "type-changed",
    "limits-tightened",
    "limits-loosened",
    "limits-changed",
    "default-changed",
    "became-secret",
    "no-longer-secret",
    "model-added",
    "model-removed",
    "model-renamed",
    "role-changed",
    "items-changed",
    "total-changed",
    "either-added",
    "either-removed",
    "either-fields-changed",
]

# Every kind, with the levels that it can have: which one is a matter of its traffic.
KINDS: Mapping[Kind, tuple[Level, ...]] = {
    # the client
    "version-added": _COMPATIBLE,
    "version-removed": _BREAKING,
    "default-version-changed": _COMPATIBLE,
    # Calls that name no server, and the token with them, go somewhere else.
    "server-changed": _BREAKING,
    "version-header-changed": _COMPATIBLE,
    "media-type-changed": _COMPATIBLE,
    # prose
    "title-changed": _DOCUMENTATION,
    "description-changed": _DOCUMENTATION,
    "docs-link-changed": _DOCUMENTATION,
    # scopes and resources
    "scope-added": _COMPATIBLE,
    "scope-removed": _BREAKING,
    "scope-renamed": _BREAKING,
    # What `scope()` takes.
    "scope-form-changed": _BREAKING,
    "class-renamed": _BREAKING,
    "resource-added": _COMPATIBLE,
    "resource-removed": _BREAKING,
    "resource-renamed": _BREAKING,
    # operations
    "operation-added": _COMPATIBLE,
    "operation-removed": _BREAKING,
    "operation-renamed": _BREAKING,
    # It shows in the text of errors only.
    "operation-id-changed": _DOCUMENTATION,
    "http-method-changed": _COMPATIBLE,
    "path-changed": _COMPATIBLE,
    "paging-changed": _BREAKING,
    "repeat-changed": _COMPATIBLE,
    "success-status-added": _COMPATIBLE,
    "success-status-removed": _COMPATIBLE,
    # Errors go by the status that comes, declared or not.
    "error-status-added": _DOCUMENTATION,
    "error-status-removed": _DOCUMENTATION,
    "reply-header-added": _DOCUMENTATION,
    "reply-header-removed": _DOCUMENTATION,
    "content-added": _COMPATIBLE,
    "content-removed": _BREAKING,
    # A token that was enough no longer is.
    "permission-added": _BREAKING,
    "permission-removed": _COMPATIBLE,
    "fine-grained-allowed": _COMPATIBLE,
    "fine-grained-refused": _BREAKING,
    # Notice of a removal to come: a step that semantic versioning counts as a minor one.
    "deprecated": _COMPATIBLE,
    "no-longer-deprecated": _DOCUMENTATION,
    # availability
    "product-lost": _BREAKING,
    "product-gained": _COMPATIBLE,
    "api-version-lost": _BREAKING,
    "api-version-gained": _COMPATIBLE,
    # arguments and fields
    "argument-added": _EITHER,
    "argument-removed": _BREAKING,
    "argument-renamed": _BREAKING,
    "argument-moved": _BREAKING,
    "argument-location-changed": _EITHER,
    "field-added": _EITHER,
    "field-removed": _BREAKING,
    "field-renamed": _BREAKING,
    "wire-name-changed": _COMPATIBLE,
    "became-required": _EITHER,
    "became-optional": _EITHER,
    # types
    "became-nullable": _EITHER,
    "no-longer-nullable": _EITHER,
    "value-added": _EITHER,
    "value-removed": _EITHER,
    "values-opened": _EITHER,
    "values-closed": _EITHER,
    "type-widened": _EITHER,
    "type-narrowed": _EITHER,
    "type-changed": _BREAKING,
    # The server refuses what it took before. On a reply, bounds are words.
    "limits-tightened": _LIMITS,
    "limits-loosened": ("compatible", "documentation"),
    "limits-changed": _LIMITS,
    "default-changed": _DOCUMENTATION,
    # A value that was masked in every repr and log is not any more.
    "became-secret": _COMPATIBLE,
    "no-longer-secret": _BREAKING,
    # models
    "model-added": _COMPATIBLE,
    "model-removed": _BREAKING,
    "model-renamed": _BREAKING,
    "role-changed": _EITHER,
    "items-changed": _EITHER,
    "total-changed": _EITHER,
    "either-added": _COMPATIBLE,
    "either-removed": _BREAKING,
    "either-fields-changed": _EITHER,
}
