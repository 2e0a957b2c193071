"""Names proposed for new components. Pure; a person confirms those that become class names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...compare.operations import METHODS, Operation
from ...ir import names
from ...openapi.document import Pointer
from ...validate.extension import placeholders
from .draft import KEY, Draft, Mapping, items, mapping


def class_name(*words: str) -> str:
    """Return the component name for one of GitHub's, or for words."""
    try:
        return names.class_name(*words)
    except names.Unnameable:
        return placeholders.CLASS


def is_free(draft: Draft, kind: str, name: str) -> bool:
    """Return whether a new component can have a name."""
    known = draft.components(kind)
    if kind != "schemas":
        return name not in known
    groups = [class_name(it) for key in ("scopes", "resources") for it in _named(draft, key)]
    modules = {names.module_name(class_name(it)) for it in (*known, *groups)}
    reserved = names.PACKAGE_NAMES | names.ERROR_NAMES
    return name not in reserved and names.module_name(name) not in modules


def free(draft: Draft, kind: str, *candidates: str) -> str:
    """Return the first free name; the last one with a number if none is."""
    numbered = (f"{candidates[-1]}{number}" for number in range(2, 1000))
    return next(name for name in (*candidates, *numbered) if is_free(draft, kind, name))


# ── Copies ───────────────────────────────────────────────────────────────────────────────────


def of_copy(
    draft: Draft, kind: str, was: str, users: Sequence[Operation], others: Sequence[Operation]
) -> str:
    """Return a free name for the copy of a component that `users` have and `others` have not."""
    return free(draft, kind, *_candidates(draft, was, users, others), was)


def _candidates(
    draft: Draft, was: str, users: Sequence[Operation], others: Sequence[Operation]
) -> Iterator[str]:
    """Yield names by what sets the users apart: their scope, resource or method."""
    scopes = {_scope(draft, user.path) for user in users}
    if len(scopes) == 1 and not scopes & {_scope(draft, other.path) for other in others}:
        yield class_name(*scopes, was)
    extensions = [mapping(draft.at(user.node.pointer).get(KEY, {})) for user in users]
    resources = {_singular(str(extension.get("resource", ""))) for extension in extensions}
    if len(resources) == 1 and class_name(*resources) not in was:
        yield class_name(*resources, was)
    method = str(extensions[0].get("method", ""))
    yield class_name(_noun(method) or method, was)


def _scope(draft: Draft, path: str) -> str:
    """Return the name of a path's scope."""
    scopes = _named(draft, "scopes")
    paths = {str(mapping(scope)["path"]): name for name, scope in scopes.items()}
    return next((name for start, name in paths.items() if path.startswith(start)), "")


def _named(draft: Draft, key: str) -> Mapping:
    return mapping(draft.extension[key])


# ── Schemas without a name ───────────────────────────────────────────────────────────────────


def of_inline(draft: Draft, schema: Mapping, pointer: Pointer) -> str:
    """Return a free name for a schema that GitHub writes out at a place."""
    if (wrapped := wrapper_field(schema)) is not None:
        element = mapping(mapping(schema["properties"])[wrapped]).get("items")
        reference = mapping(element).get("$ref") if isinstance(element, dict) else None
        stem = str(reference).rpartition("/")[2] if reference else _singular(wrapped)
        return free(draft, "schemas", class_name(f"{stem}List"))
    owner, fields = _owner(draft, pointer)
    last = fields[-1:]
    if owner and last and owner[0].endswith(last[0]):
        return free(draft, "schemas", class_name(owner[0]), class_name(*owner, *fields))
    return free(draft, "schemas", class_name(*owner, *last), class_name(*owner, *fields))


def wrapper_field(schema: Mapping) -> str | None:
    """Return the property with the items of a list wrapper; None for any other schema."""
    properties = mapping(schema.get("properties", {}))
    lists = [name for name, it in properties.items() if mapping(it).get("type") == "array"]
    required = {*map(str, items(schema.get("required", [])))}
    return lists[0] if len(lists) == 1 and {lists[0], "total_count"} <= required else None


def _owner(draft: Draft, pointer: Pointer) -> tuple[list[str], list[str]]:
    """Return the words for the owner of a place, and the names of the fields on the way to it."""
    fields = [
        _singular(str(name)) if after in ("items", "additionalProperties") else str(name)
        for before, name, after in zip(pointer, pointer[1:], (*pointer[2:], ""), strict=False)
        if before == "properties"
    ]
    if pointer[0] == "components":
        return [str(pointer[2])], fields
    method = pointer[2] if len(pointer) > 2 else ""
    if method not in METHODS:
        return [], fields
    extension = mapping(draft.at(pointer[:3]).get(KEY, {}))
    words = [_singular(str(extension.get("resource", "")))]
    status = str(pointer[4]) if pointer[3:4] == ("responses",) and len(pointer) > 4 else ""
    if not fields and not status.startswith("2"):
        words += [str(extension.get("method", "")), "error"]
    elif not fields:
        words += [_noun(str(extension.get("method", "")))]
    return words, fields


def _noun(method: str) -> str:
    """Return a method's name without its verb."""
    verb, _, rest = method.partition("_")
    return rest or ("result" if verb not in ("get", "list") else "")


def _singular(name: str) -> str:
    if name.endswith("ies"):
        return f"{name[:-3]}y"
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us")) else name
