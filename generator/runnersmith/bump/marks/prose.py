"""Marks at prose that names something which an update has removed. Changes only the draft.

A text counts if it has a removed value in quotes or backticks, and belongs to an operation with
this change or to a component that it uses. The description of the changed part itself counts if it
has the value as a word. Prose spells a value as it likes: in any case, in several words, with a
hyphen, in the plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...compare import Difference
from ...openapi.document import Json, Pointer
from ...openapi.todo_marks import MARK
from ..draft.descriptions import is_property, name_of, steps
from ..draft.draft import KEY, Draft, items, mapping
from .changed_facts import Update

_PROSE = ("summary", "description", "title")
_LIMITS = frozenset(
    "default minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength"
    " minItems maxItems minProperties maxProperties".split()
)
# Where the words of a value meet: `ShutDown`, `shut_down`, `shut-down`.
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|[\s_-]+")
_PARAMETER = re.compile(r"(?:path|query|header|cookie) (.+)\Z")


def mark_prose(update: Update) -> None:
    """Mark the texts that name a removed value, field or parameter, or a changed limit."""
    draft = update.draft
    texts = dict(_texts(draft.data, ()))
    uses = draft.uses()
    found: dict[Pointer, dict[str, None]] = {}
    for operation, difference in update.differences:
        gone = _gone(difference)
        if not gone:
            continue
        place = operation.now.node.pointer
        near = {place, (*place[:2], "parameters"), *uses[str(place[1]), str(place[2])]}
        own = _own(draft, difference)
        for pointer, text in texts.items():
            around = pointer[0] == KEY or any(pointer[: len(it)] == it for it in near)
            for name in gone if around or pointer == own else ():
                pattern = _word(name) if pointer == own else _quoted(name)
                spelt = {match[0].strip("`\"'") for match in pattern.finditer(text)}
                if any(not _is_allowed(draft, pointer, name, it) for it in spelt):
                    found.setdefault(pointer, {})[name] = None
    for pointer, named in found.items():
        if pointer not in draft.notes and not texts[pointer].startswith(MARK):
            listed = ", ".join(named)
            draft.note(pointer, f"{listed} changed or is gone; check whether this is still true")


def _gone(difference: Difference) -> list[str]:
    """Return the names and values that a changed fact no longer has."""
    now, was, path = difference.ours, difference.official, difference.path
    if was is None:
        return []
    if path.keyword == "enum" and now is not None:
        left = items(now.value)
        return [str(it) for it in items(was.value) if it not in left and it is not None]
    if path.keyword in _LIMITS and not isinstance(was.value, dict | list):
        return [str(was.value).lower() if isinstance(was.value, bool) else str(was.value)]
    if path.keyword or now is not None:
        return []
    if path.field:
        last = steps(path.field)[-1]
        return [name_of(last)] if is_property(last) else []
    parameter = _PARAMETER.match(path.entity)
    return [name_of(parameter[1])] if parameter else []


def _own(draft: Draft, difference: Difference) -> Pointer | None:
    """Return the description of the changed part, or of the part that contains it."""
    if not difference.path.keyword:
        return None
    pointer = difference.node.pointer
    for length in range(len(pointer), 3 if pointer[0] == "paths" else 2, -1):
        part = draft.value(pointer[:length]) if draft.has(pointer[:length]) else None
        if isinstance(part, dict) and isinstance(part.get("description"), str):
            return (*pointer[:length], "description")
    return None


def _is_allowed(draft: Draft, pointer: Pointer, name: str, spelt: str) -> bool:
    """Return whether the part with a text, or one around it, still has what the text means.

    A value that another one replaces in another case, or with a hyphen, is still there as a word.
    """
    for length in range(len(pointer) - 1, 2, -1):
        part = draft.value(pointer[:length])
        schema = mapping(part).get("schema", part) if isinstance(part, dict) else None
        if isinstance(schema, dict):
            known = (schema.get("enum"), mapping(schema.get(KEY, {})).get("values"))
            listed = [it for values in known if isinstance(values, list) for it in values]
            properties = schema.get("properties")
            listed += [*properties] if isinstance(properties, dict) else []
            if spelt in listed or (
                spelt != name and any(_word(str(it)).fullmatch(spelt) for it in listed)
            ):
                return True
    return False


def _texts(value: Json, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    """Yield the prose of a description, with its place."""
    if isinstance(value, dict):
        for key, child in value.items():
            if key in _PROSE and isinstance(child, str) and pointer[-1:] != ("properties",):
                yield (*pointer, key), child
            elif key not in ("example", "examples", "default", "enum"):
                yield from _texts(child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _texts(child, (*pointer, index))


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_spellings(name)})(?!\w)", re.IGNORECASE)


def _quoted(name: str) -> re.Pattern[str]:
    quoted = "|".join(f"{quote}(?:{_spellings(name)}){quote}" for quote in "`\"'")
    return re.compile(quoted, re.IGNORECASE)


def _spellings(name: str) -> str:
    """Return a pattern of the ways to write a value: `shut_down`, "shut down", 1000, "1,000"."""
    if name.isdecimal():
        return f"{int(name):,}".replace(",", ",?")
    if not name[:1].isalpha():
        return re.escape(name)
    parts = r"[\s_-]*".join(map(re.escape, _HUMP.sub(" ", name).split()))
    return rf"{re.escape(name)}|{parts}(?:e?s)?"
