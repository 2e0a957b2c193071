"""Models for tests, from the examples of the description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from ..._runtime.request.json_values import encode_json
from ..._runtime.response.json import Mismatch, decode
from .description import Schema
from .description_file import read_description
from .samples.values import samples_of

M = TypeVar("M", bound=msgspec.Struct)


def made_model(kind: type[M], given: Mapping[str, Any]) -> M:
    """Return a model with the values of an example, except for the given ones.

    It is decoded as if a server had sent it. Raises TypeError if a value does not have the type of
    its field.
    """
    description = read_description()
    version = description.versions[0] if description.versions else ""
    schema: Schema = {"$ref": f"#/models/{kind.__name__}"}
    content: dict[str, Any] = samples_of(description, version).of(schema)
    names = dict(zip(kind.__struct_fields__, kind.__struct_encode_fields__, strict=True))
    content = dict(content)
    for name, value in given.items():
        if value is msgspec.UNSET:
            continue
        if name == "extra":
            content |= value
        else:
            content[names[name]] = msgspec.json.decode(encode_json(name, value))
    found = decode(kind, encode_json(kind.__name__, content))
    if isinstance(found, Mismatch):
        raise TypeError(f"{kind.__name__}: {found}")
    assert isinstance(found, kind)
    return found
