"""What an action changes: where its JSONPath leads. Pure."""

from __future__ import annotations

from ..openapi.document import Document, Node, Pointer
from ..problems import SpecError

# The reader of paths goes down with them, and has no bound of its own.
MAX_PATH = 1000


def select(document: Document, target: Node) -> list[Pointer]:
    """Where a JSONPath leads. Raises SpecError when it cannot be read or leads nowhere."""
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
            [target.problem(f"{shown} selects nothing in {document.name}; mend or drop the action")]
        )
    return list(dict.fromkeys(found))
