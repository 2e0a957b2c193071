"""Kinds of changes, a closed set, and the possible levels of each. Constants only.

The loss of something that callers use is breaking: a name, a meaning, an accepted call, a guarantee
about values. A change that only the client must follow (a path, a header, a wire name) is
compatible, since the client handles both.
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
    "servers-changed",
    "named-server-added",
    "named-server-removed",
    "scheme-added",
    "scheme-removed",
    "scheme-changed",
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
    "security-changed",
    "encoding-changed",
    "success-status-added",
    "success-status-removed",
    "error-status-added",
    "error-status-removed",
    "error-type-added",
    "error-type-removed",
    "response-header-added",
    "response-header-removed",
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
    "format-changed",
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
    "tag-changed",
]

# Every kind with its possible levels; the direction of the values decides between them.
KINDS: Mapping[Kind, tuple[Level, ...]] = {
    # the client
    "version-added": _COMPATIBLE,
    "version-removed": _BREAKING,
    "default-version-changed": _COMPATIBLE,
    # Calls without a server, and the token with them, go to another host. The same holds for a
    # single operation, or for a server of some operations.
    "server-changed": _BREAKING,
    # Other servers are named in the documentation only.
    "servers-changed": _DOCUMENTATION,
    # The names in `servers={"name": ...}`.
    "named-server-added": _COMPATIBLE,
    "named-server-removed": _BREAKING,
    # The names in `auth={"scheme": ...}`. A changed type takes another kind of value.
    "scheme-added": _COMPATIBLE,
    "scheme-removed": _BREAKING,
    "scheme-changed": _EITHER,
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
    # The short form accepted by `scope()`.
    "scope-form-changed": _BREAKING,
    "class-renamed": _BREAKING,
    "resource-added": _COMPATIBLE,
    "resource-removed": _BREAKING,
    "resource-renamed": _BREAKING,
    # operations
    "operation-added": _COMPATIBLE,
    "operation-removed": _BREAKING,
    "operation-renamed": _BREAKING,
    # It occurs only in the text of errors.
    "operation-id-changed": _DOCUMENTATION,
    "http-method-changed": _COMPATIBLE,
    "path-changed": _COMPATIBLE,
    "paging-changed": _BREAKING,
    "repeat-changed": _COMPATIBLE,
    # Breaking if credentials that were sufficient no longer are.
    "security-changed": _EITHER,
    # How values travel; the types of arguments and results are separate changes.
    "encoding-changed": _COMPATIBLE,
    "success-status-added": _COMPATIBLE,
    "success-status-removed": _COMPATIBLE,
    # Errors depend on the actual status, declared or not.
    "error-status-added": _DOCUMENTATION,
    "error-status-removed": _DOCUMENTATION,
    # The class of `error.model`, which is None without one.
    "error-type-added": _COMPATIBLE,
    "error-type-removed": _BREAKING,
    "response-header-added": _DOCUMENTATION,
    "response-header-removed": _DOCUMENTATION,
    "content-added": _COMPATIBLE,
    "content-removed": _BREAKING,
    # A sufficient token no longer is.
    "permission-added": _BREAKING,
    "permission-removed": _COMPATIBLE,
    "fine-grained-allowed": _COMPATIBLE,
    "fine-grained-refused": _BREAKING,
    # Announcement of a removal: a minor step in semantic versioning.
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
    # The server rejects values that it accepted before. In a response, bounds are documentation.
    "limits-tightened": _LIMITS,
    "limits-loosened": ("compatible", "documentation"),
    "limits-changed": _LIMITS,
    # A format that the client reads or writes as a type is a change of the type.
    "format-changed": _DOCUMENTATION,
    "default-changed": _DOCUMENTATION,
    # A value that was masked in every repr and log no longer is.
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
    "tag-changed": _COMPATIBLE,
}
