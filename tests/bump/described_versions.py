"""One official description of two API versions, made of a description of each."""

from __future__ import annotations

import copy

from compare.comparison_specs import mapping
from runnersmith.openapi.document import Document, Json

_END = "-newest"


def described(newest: Document, older: Document, version: str = "2026-01-01") -> Document:
    """Return the description of `older`, with `newest` as changes of an API version.

    Each path is changed as a whole. The components of the newest version have names of their own.
    """
    data = mapping(copy.deepcopy(older.data))
    now = mapping(_renamed(copy.deepcopy(newest.data)))
    for kind, entries in mapping(now["components"]).items():
        own = {f"{name}{_END}": value for name, value in mapping(entries).items()}
        mapping(mapping(data["components"]).setdefault(kind, {})).update(own)
    then, wanted = mapping(data["paths"]), mapping(now["paths"])
    data["paths"] = {
        path: _versions(then.get(path, {}), wanted.get(path, {}), version)
        for path in {**then, **wanted}
    }
    return Document(name=older.name, data=data, locate=dict)


def _versions(older: Json, newest: Json, version: str) -> Json:
    patch: Json = [{"op": "replace", "path": "", "value": newest}]
    change: Json = {"changeset": "all", "version": version, "patch": patch}
    return {**mapping(older), "x-github-breaking-changes": [change]}


def _renamed(value: Json) -> Json:
    if isinstance(value, dict):
        return {
            key: f"{child}{_END}" if key == "$ref" else _renamed(child)
            for key, child in value.items()
        }
    return [_renamed(child) for child in value] if isinstance(value, list) else value
