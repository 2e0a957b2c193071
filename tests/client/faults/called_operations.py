"""What is called in the cells: methods of the public client, of each kind, in both flavours."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ghrunners
from client.faults.contract_data import Kind
from client.runtime_api import TOKEN
from client.scripted_server import Answer, reply
from ghrunners._runtime.call.driver import AsyncCore, SyncCore

# Nobody's. The second one has no form that gives it away.
RENEWED = "another-token-that-must-never-show-0123456789"
JIT = "QUFCRjNKR1pEWDNQNVBNRVhMTkQ2VFM2RkNXTzY9"
SECRETS = (TOKEN, RENEWED, JIT)


class Client(ghrunners.Client):
    """The public client, with its inside at hand."""

    __slots__ = ()

    @property
    def core(self) -> SyncCore:
        return self._core


class AsyncClient(ghrunners.AsyncClient):
    """The public client, with its inside at hand."""

    __slots__ = ()

    @property
    def core(self) -> AsyncCore:
        return self._core


Content = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Work:
    """A call, and how GitHub answers it when all is well; what it gives then `tells` what is `told`."""

    name: str
    kind: Kind
    method: str
    status: int
    content: Content | None
    calls: Callable[[Client], object]
    awaits: Callable[[AsyncClient], Awaitable[object]]
    tells: Callable[[Any], object]
    told: object

    @property
    def answer(self) -> Answer:
        """The reply when all is well."""
        if self.content is None:
            return Answer(status=self.status)
        return reply(self.content, self.status)

    @property
    def body(self) -> bytes:
        """The body of a reply: of one with content, where the call has none."""
        return json.dumps({"message": JIT} if self.content is None else self.content).encode()


def runner(number: int = 7, **changes: object) -> dict[str, object]:
    """Make a runner, as JSON."""
    labels = [{"id": 1, "name": "self-hosted", "type": "read-only"}]
    return {
        "id": number,
        "name": f"r{number}",
        "os": "linux",
        "status": "online",
        "busy": False,
        "labels": labels,
        **changes,
    }


RUNNERS: Content = {"total_count": 2, "runners": [runner(7), runner(8)]}
LABELS: Content = {
    "total_count": 2,
    "labels": [
        {"id": 1, "name": "self-hosted", "type": "read-only"},
        {"id": 2, "name": "gpu", "type": "custom"},
    ],
}
GROUP: Content = {
    "id": 4,
    "name": "fast",
    "visibility": "all",
    "default": False,
    "runners_url": "https://api.github.com/x",
    "inherited": False,
    "allows_public_repositories": False,
}
CONFIGURED: Content = {"runner": runner(), "encoded_jit_config": JIT}


async def _all(client: AsyncClient) -> object:
    return [found async for found in client.org("acme").runners.list()]


LIST = Work(
    name="list",
    kind="safe",
    method="GET",
    status=200,
    content=RUNNERS,
    calls=lambda client: list(client.org("acme").runners.list()),
    awaits=_all,
    tells=lambda found: [one.id for one in found],
    told=[7, 8],
)
GET = Work(
    name="get",
    kind="safe",
    method="GET",
    status=200,
    content=runner(),
    calls=lambda client: client.org("acme").runners.get(7),
    awaits=lambda client: client.org("acme").runners.get(7),
    tells=lambda found: found.name,
    told="r7",
)
SET_LABELS = Work(
    name="set_labels",
    kind="idempotent",
    method="PUT",
    status=200,
    content=LABELS,
    calls=lambda client: client.org("acme").runners.set_labels(7, labels=["gpu"]),
    awaits=lambda client: client.org("acme").runners.set_labels(7, labels=["gpu"]),
    tells=lambda found: [one.name for one in found],
    told=["self-hosted", "gpu"],
)
UPDATE = Work(
    name="update",
    kind="idempotent",
    method="PATCH",
    status=200,
    content=GROUP,
    calls=lambda client: client.org("acme").runner_groups.update(4, name="fast"),
    awaits=lambda client: client.org("acme").runner_groups.update(4, name="fast"),
    tells=lambda found: found.name,
    told="fast",
)
DELETE = Work(
    name="delete",
    kind="idempotent",
    method="DELETE",
    status=204,
    content=None,
    calls=lambda client: client.org("acme").runners.delete(7),
    awaits=lambda client: client.org("acme").runners.delete(7),
    tells=lambda found: found,
    told=None,
)
GENERATE = Work(
    name="generate_jit_config",
    kind="unsafe",
    method="POST",
    status=201,
    content=CONFIGURED,
    calls=lambda client: client.org("acme").runners.generate_jit_config(
        name="r7", runner_group_id=1, labels=["gpu"]
    ),
    awaits=lambda client: client.org("acme").runners.generate_jit_config(
        name="r7", runner_group_id=1, labels=["gpu"]
    ),
    tells=lambda found: found.encoded_jit_config,
    told=JIT,
)

# What most faults are played for; the two that reply with one object are for faults of objects.
WORKS = (LIST, SET_LABELS, DELETE, GENERATE)
OBJECTS = (GET, UPDATE, GENERATE)
