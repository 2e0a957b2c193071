"""Specs of the comparison's tests, and functions that change them.

`spec.yaml` and `official.yaml` state the same facts in two forms.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Final

from runnersmith import reader
from runnersmith.compare import Comparison, compare
from runnersmith.openapi.document import Document, Json, parse_pointer

HERE = Path(__file__).parent
SPEC = HERE / "spec.yaml"
OFFICIAL = HERE / "official.yaml"

ENTERPRISE = "#/paths/~1enterprises~1{enterprise}~1actions~1runners/get"
LIST = "#/paths/~1orgs~1{org}~1actions~1runners/get"
CREATE = "#/paths/~1orgs~1{org}~1actions~1runners/post"
BODY = f"{CREATE}/requestBody/content/application~1json/schema"
RUNNER = "#/components/schemas/a-runner"

GONE: Final = "<gone>"


def document(path: Path) -> Document:
    return reader.load(path, name=path.name)


def changed(source: Document, changes: dict[str, Json]) -> Document:
    """Return a copy in which each pointer has a new value, or is `GONE`."""
    data = copy.deepcopy(source.data)
    for pointer, value in changes.items():
        parts = parse_pointer(pointer)
        assert parts
        target, last = data, parts[-1]
        for part in parts[:-1]:
            target = target[int(part)] if isinstance(target, list) else mapping(target)[part]
        if isinstance(target, list):
            target[int(last) : int(last) + 1] = [] if value == GONE else [value]
        elif value == GONE:
            del mapping(target)[last]
        else:
            mapping(target)[last] = value
    return Document(name=source.name, data=data, locate=dict)


def edited(path: Path, *edits: tuple[str, str]) -> Document:
    """Return a file with unique texts replaced, so that values keep their positions."""
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1
        text = text.replace(old, new)
    return reader.parse(text.encode(), name=path.name)


def mapping(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


def against(changes: dict[str, Json]) -> Comparison:
    """Compare our spec with the official description after `changes`."""
    return compare(document(SPEC), changed(document(OFFICIAL), changes))
