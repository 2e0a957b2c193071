"""Table of all endpoints: the handler of each operation, by its name without the scope."""

from __future__ import annotations

from collections.abc import Mapping

from . import applications, hosted, images, labels, registrations, runners, settings
from .asked import Answer
from .groups import access, members, runner_groups

ANSWERS: Mapping[str, Answer] = {
    **runners.ANSWERS,
    **applications.ANSWERS,
    **registrations.ANSWERS,
    **labels.ANSWERS,
    **runner_groups.ANSWERS,
    **members.ANSWERS,
    **access.ANSWERS,
    **settings.ANSWERS,
    **hosted.ANSWERS,
    **images.ANSWERS,
}


def answer_to(operation: str) -> Answer | None:
    """Return the handler of an operation such as `org.runners.list`; None without one."""
    return ANSWERS.get(operation) or ANSWERS.get(operation.partition(".")[2])
