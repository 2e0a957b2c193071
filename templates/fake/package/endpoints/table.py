"""Table of all endpoints: what answers an operation, by its name without the scope."""

from __future__ import annotations

from collections.abc import Mapping

from . import applications, labels, registrations, runners
from .asked import Answer

ANSWERS: Mapping[str, Answer] = {
    **runners.ANSWERS,
    **applications.ANSWERS,
    **registrations.ANSWERS,
    **labels.ANSWERS,
}


def answer_to(operation: str) -> Answer | None:
    """Return what answers an operation such as `org.runners.list`; None if nothing does."""
    return ANSWERS.get(operation) or ANSWERS.get(operation.partition(".")[2])
