"""Patches of an API version in GitHub's two formats, applied strictly. Pure.

A mapping is a merge patch (RFC 7396), a list is a JSON Patch (RFC 6902). A step of a JSON Patch
that does not fit is an error with its place. Otherwise, the version would be read wrongly.
"""

from __future__ import annotations

import json
import re

from ..openapi.document import Json, Node
from ..problems import SpecError
from .facts import dump, plain

Container = dict[str, Json] | list[Json]
Path = tuple[str, ...]

_POINTER = re.compile(r"(/([^~/]|~[01])*)*")
_INDEX = re.compile(r"0|[1-9][0-9]*", re.ASCII)


class _MisfitError(Exception):
    """A step cannot be applied; the text is the reason."""


def apply(value: Json, patch: Node) -> Json:
    """Return a patched copy of `value`.

    Raises SpecError for a patch of unknown form, and for a step that does not fit.
    """
    if isinstance(patch.value, dict) and "op" not in patch.value:
        return merge(value, patch.value)
    if not isinstance(patch.value, list):
        reason = "this is neither a merge patch nor the list of steps that a JSON Patch is"
        raise SpecError([patch.problem(reason)])
    for step in patch.elements():
        try:
            value = _step(value, step)
        except _MisfitError as error:
            raise SpecError([step.problem(f"a step that does not fit: {error}")]) from None
    return value


def merge(value: Json, patch: Json) -> Json:
    """Return `value` after a JSON merge patch (RFC 7396), in which null removes an entry."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            merged.pop(key, None)
        else:
            merged[key] = merge(merged.get(key), change)
    return merged


def _step(value: Json, step: Node) -> Json:
    path = _path(step, "path")
    match step.text("op"):
        case "add":
            return _add(value, path, _operand(step))
        case "remove":
            return _remove(value, path)
        case "replace":
            _find(value, path)
            return _put(value, path, _operand(step))
        case "move":
            source = _path(step, "from")
            if path[: len(source)] == source and path != source:
                raise _MisfitError("a value cannot be moved into itself")
            return _add(_remove(value, source), path, _find(value, source))
        case "copy":
            return _add(value, path, _find(value, _path(step, "from")))
        case "test":
            if dump(plain(_find(value, path))) != dump(plain(_operand(step))):
                raise _MisfitError(f"{_text(path)} does not have the tested value")
            return value
        case _:
            raise _MisfitError("`op` must be add, remove, replace, move, copy or test")


def _path(step: Node, name: str) -> Path:
    """Return the parts of the JSON Pointer under a key."""
    text = step.text(name)
    if text is None or not _POINTER.fullmatch(text):
        raise _MisfitError(f"`{name}` is not a JSON Pointer")
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def _operand(step: Node) -> Json:
    value = step.get("value")
    if value is None:
        raise _MisfitError("there is no `value`")
    return value.value


def _add(value: Json, path: Path, added: Json) -> Json:
    if not path:
        return added
    parent = _copied(value, path[:-1])
    if isinstance(parent, dict):
        parent[path[-1]] = added
    else:
        # An item may also be added after the last one, with the index `-`.
        end = len(parent)
        parent.insert(end if path[-1] == "-" else _index(path, end + 1), added)
    return _put(value, path[:-1], parent)


def _remove(value: Json, path: Path) -> Json:
    _find(value, path)
    if not path:
        raise _MisfitError("the patched value cannot be removed as a whole")
    parent = _copied(value, path[:-1])
    if isinstance(parent, dict):
        del parent[path[-1]]
    else:
        del parent[int(path[-1])]
    return _put(value, path[:-1], parent)


def _put(value: Json, path: Path, new: Json) -> Json:
    """Return `value` with `new` at a path; only the containers on the way are copied."""
    if not path:
        return new
    parent = _copied(value, path[:-1])
    if isinstance(parent, dict):
        parent[path[-1]] = new
    else:
        parent[int(path[-1])] = new
    return _put(value, path[:-1], parent)


def _copied(value: Json, path: Path) -> Container:
    """Return a copy of the object or array at a path, with shared children."""
    found = _find(value, path)
    if isinstance(found, dict):
        return dict(found)
    if isinstance(found, list):
        return list(found)
    raise _MisfitError(f"{_text(path)} is neither an object nor an array")


def _find(value: Json, path: Path) -> Json:
    """Return the value at a path."""
    for depth, key in enumerate(path, 1):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list):
            value = value[_index(path[:depth], len(value))]
        else:
            raise _MisfitError(f"{_text(path[:depth])} does not exist")
    return value


def _index(path: Path, length: int) -> int:
    """Return the index at the end of a path, below `length`."""
    # No array is so long that an index needs more digits.
    if not _INDEX.fullmatch(path[-1]) or len(path[-1]) > 9 or int(path[-1]) >= length:
        raise _MisfitError(f"{_text(path)} is not an index of the array")
    return int(path[-1])


def _text(path: Path) -> str:
    parts = (part.replace("~", "~0").replace("/", "~1") for part in path)
    text = "/" + "/".join(parts) if path else "the patched value"
    return text if text.isprintable() else json.dumps(text)
