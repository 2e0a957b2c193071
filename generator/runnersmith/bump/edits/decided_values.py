"""Decided values of examples, for the other values of the same fields. Pure."""

from __future__ import annotations

from ...openapi.document import Document, Json
from ...openapi.messages import quote
from ...openapi.todo_marks import FOLLOWS
from ...problems import Problem, SpecError
from ...yaml_edit.values import copied
from ..draft.example_values import Examples, Field, fill, first_values


def followed(document: Document, newer: Document | None = None) -> Json:
    """Return a document in which every example has a value for each field.

    What its own examples do not have is as in the newer version. Raises SpecError with the fields
    for which nothing was decided.
    """
    found = [*Examples(document).values()]
    waiting = [it for it in found if it.value == FOLLOWS]
    if not waiting:
        return document.data
    known = first_values(Examples(newer).values()) if newer is not None else {}
    known |= first_values(found)
    data = copied(document.data)
    wrong: dict[Field, Problem] = {}
    for one in fill(data, waiting, known):
        name = next((it for it in reversed(one.place) if isinstance(it, str)), "")
        what = f"no example has a value of {quote(name)}; put one in place of {FOLLOWS}"
        wrong.setdefault(one.field, document.problem(one.place, what))
    if wrong:
        raise SpecError([*wrong.values()])
    return data
