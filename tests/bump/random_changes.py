"""Kinds of change that GitHub may make to its description, each at a place chosen by a number.

`KINDS` has a function for each kind. It changes a description and returns whether it found a place.
"""

from __future__ import annotations

import copy

from bump import random_operation_changes as operation
from bump import random_schema_changes as schema
from bump.random_description import Description, Kind
from compare.comparison_specs import mapping
from runnersmith.openapi.document import Document

KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        schema.field_added,
        schema.required_field_added,
        schema.object_field_added,
        schema.object_list_added,
        schema.union_field_added,
        schema.body_field_added,
        schema.required_body_field_added,
        schema.field_removed,
        schema.body_field_removed,
        schema.field_renamed,
        schema.body_field_renamed,
        schema.field_required_or_not,
        schema.type_changed,
        schema.value_to_object,
        schema.value_to_list,
        schema.value_to_union,
        schema.null_or_not,
        schema.enum_value_added,
        schema.enum_value_removed,
        schema.enum_or_not,
        schema.limit_changed,
        schema.format_changed,
        schema.pattern_added,
        schema.default_changed,
        operation.parameter_added,
        operation.required_parameter_added,
        operation.header_parameter_added,
        operation.parameter_removed,
        operation.parameter_renamed,
        operation.parameter_required_or_not,
        operation.parameter_type_changed,
        operation.parameter_limit_changed,
        operation.path_parameter_renamed,
        operation.body_added,
        operation.body_removed,
        operation.body_required_or_not,
        operation.body_media_added,
        operation.media_added,
        operation.response_emptied,
        operation.response_filled,
        operation.status_added,
        operation.success_added,
        operation.status_removed,
        operation.header_added,
        operation.header_removed,
        operation.operation_added,
        operation.method_added,
        operation.operation_removed,
        operation.operation_moved,
        operation.resource_added,
        operation.operation_deprecated,
        operation.operation_id_changed,
        operation.docs_moved,
        operation.apps_or_not,
        operation.cloud_only_or_not,
    )
}

Change = tuple[str, int, bool]


def changed(source: Document, changes: list[Change]) -> Document:
    """Return a description with changes: (kind, number of the place, only for one user)."""
    found = Description(mapping(copy.deepcopy(source.data)))
    for kind, number, alone in changes:
        if alone:
            found.isolate(number)
        KINDS[kind](found, number)
    return Document(name=source.name, data=found.data, locate=dict)
