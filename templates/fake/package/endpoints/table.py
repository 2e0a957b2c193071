"""Table of all endpoints: what answers an operation, by its name without the scope."""

from __future__ import annotations

from collections.abc import Mapping

from . import hosted, images, runners
from .asked import Answer

ANSWERS: Mapping[str, Answer] = {**hosted.ANSWERS, **images.ANSWERS, **runners.ANSWERS}


def answer_to(operation: str) -> Answer | None:
    """Return what answers an operation such as `org.runners.list`; None if nothing does."""
    return ANSWERS.get(operation) or ANSWERS.get(operation.partition(".")[2])
