"""Schemas that the tests of lowering use in several places."""

from __future__ import annotations

from small_specs import Schema

TEXT: Schema = {"type": "string", "description": "Text."}
OBJECT: Schema = {"type": "object", "description": "An object.", "properties": {"x": TEXT}}
