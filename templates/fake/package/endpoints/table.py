"""Table of all endpoints: the handler of each operation, by its name without the scope."""

from __future__ import annotations

from collections.abc import Mapping

from . import applications, hosted, images, labels, registrations, runners, settings
from .call import Handler
from .groups import access, members, runner_groups

HANDLERS: Mapping[str, Handler] = {
    **runners.HANDLERS,
    **applications.HANDLERS,
    **registrations.HANDLERS,
    **labels.HANDLERS,
    **runner_groups.HANDLERS,
    **members.HANDLERS,
    **access.HANDLERS,
    **settings.HANDLERS,
    **hosted.HANDLERS,
    **images.HANDLERS,
}


def handler_of(operation: str) -> Handler | None:
    """Return the handler of an operation such as `org.runners.list`; None without one."""
    return HANDLERS.get(operation) or HANDLERS.get(operation.partition(".")[2])
