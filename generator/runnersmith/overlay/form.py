"""Form of an overlay, and the nodes selected by the JSONPaths of its actions. Pure."""

from __future__ import annotations

import re

from ..openapi.document import Document, Node, Pointer
from ..problems import Problem, SpecError

_VERSION = re.compile(r"1\.[01]\.\d+\Z")
_TOP = frozenset({"overlay", "info", "extends", "actions"})
_INFO = frozenset({"title", "version", "description"})
_ACTION = frozenset({"target", "description", "update", "copy", "remove"})


def faults(overlay: Document) -> list[Problem]:
    """Return the problems in the form of an overlay."""
    root = overlay.root
    found: list[Problem] = []
    if not _VERSION.match(root.text("overlay") or ""):
        return [
            root.problem(
                "not an overlay: `overlay` must be an Overlay Specification version, such as 1.1.0"
            )
        ]
    info = root.get("info")
    if info is None or not info.text("title") or not info.text("version"):
        found.append((info or root).problem("an overlay needs info with title and version"))
    found += _unknown(root, _TOP, "an overlay") + (_unknown(info, _INFO, "info") if info else [])
    actions = root.get("actions")
    if actions is None or not isinstance(actions.value, list) or not actions.value:
        return [
            *found,
            (actions or root).problem("an overlay needs a list of at least one action"),
        ]
    for action in actions.elements():
        found += _unknown(action, _ACTION, "an action")
        if not action.text("target"):
            found.append(action.problem("an action needs a target, a JSONPath"))
        if (
            sum(key in action.value for key in ("update", "copy", "remove")) != 1
            if isinstance(action.value, dict)
            else True
        ):
            found.append(action.problem("an action needs exactly one of update, copy and remove"))
        elif (remove := action.get("remove")) is not None and remove.value is not True:
            found.append(
                remove.problem("remove must be true; drop the action if it should do nothing")
            )
    return found


def _unknown(node: Node, known: frozenset[str], what: str) -> list[Problem]:
    return [
        child.problem(f"{what} has no `{key}`; remove it", key=True)
        for key, child in node.items()
        if key not in known and not key.startswith("x-")
    ]


# The JSONPath parser is recursive and has no bound of its own.
MAX_PATH = 1000


def select(document: Document, target: Node) -> list[Pointer]:
    """Return the nodes selected by a JSONPath.

    Raises SpecError if it is invalid or selects nothing.
    """
    # Imported here: only a description with older versions has overlays.
    import jsonpath_rfc9535
    from jsonpath_rfc9535.exceptions import JSONPathError

    text = target.value if isinstance(target.value, str) else ""
    shown = text if len(text) <= 80 else f"{text[:77]}..."
    if len(text) > MAX_PATH:
        raise SpecError(
            [target.problem(f"{shown} is longer than {MAX_PATH} characters; split the action")]
        )
    try:
        found = [tuple(node.location) for node in jsonpath_rfc9535.find(text, document.data)]
    except JSONPathError as error:
        raise SpecError(
            [target.problem(f"{shown} is not a JSONPath of RFC 9535: {str(error)[:200]}")]
        ) from None
    except RecursionError:
        raise SpecError(
            [target.problem(f"{shown} is nested too deeply; write it more simply")]
        ) from None
    if not found:
        raise SpecError(
            [target.problem(f"{shown} selects nothing in {document.name}; fix or drop the action")]
        )
    return list(dict.fromkeys(found))
