"""Operations that the fault tests call: methods of the public client, of each kind."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import ghrunners
from client.faults.contract_data import Kind
from client.runtime_api import TOKEN
from client.scripted_server import ScriptedResponse, json_response
from ghrunners._runtime.call.driver import AsyncCore, SyncCore

# Not real. The second one has no recognizable form.
RENEWED = "another-token-that-must-never-show-0123456789"
JIT = "QUFCRjNKR1pEWDNQNVBNRVhMTkQ2VFM2RkNXTzY9"
INSTALLATION_TOKEN = (
    "an-installation-token-that-must-never-show-0123456789"  # noqa: S105 - nobody's
)
PROXY_PASSWORD = "a-proxy-password-that-must-never-show-0123456789"  # noqa: S105 - nobody's
SECRETS = (TOKEN, RENEWED, JIT, INSTALLATION_TOKEN, PROXY_PASSWORD)


class Client(ghrunners.Client):
    """The public client, with access to its core."""

    __slots__ = ()

    @property
    def core(self) -> SyncCore:
        return self._core


class AsyncClient(ghrunners.AsyncClient):
    """The public client, with access to its core."""

    __slots__ = ()

    @property
    def core(self) -> AsyncCore:
        return self._core


Content = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class CalledOperation:
    """A call, and GitHub's response on success; `value_of` its result is the `expected_value`."""

    name: str
    kind: Kind
    method: str
    status: int
    content: Content | None
    call: Callable[[Client], object]
    call_async: Callable[[AsyncClient], Awaitable[object]]
    value_of: Callable[[Any], object]
    expected_value: object

    @property
    def response(self) -> ScriptedResponse:
        """The response on success."""
        if self.content is None:
            return ScriptedResponse(status=self.status)
        return json_response(self.content, self.status)

    @property
    def body(self) -> bytes:
        """The body of a response; if the call has none, that of another response."""
        return json.dumps({"message": JIT} if self.content is None else self.content).encode()


def runner(number: int = 7, **changes: object) -> dict[str, object]:
    """Build a runner, as JSON."""
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


LIST = CalledOperation(
    name="list",
    kind="safe",
    method="GET",
    status=200,
    content=RUNNERS,
    call=lambda client: list(client.org("acme").runners.list()),
    call_async=_all,
    value_of=lambda found: [one.id for one in found],
    expected_value=[7, 8],
)
GET = CalledOperation(
    name="get",
    kind="safe",
    method="GET",
    status=200,
    content=runner(),
    call=lambda client: client.org("acme").runners.get(7),
    call_async=lambda client: client.org("acme").runners.get(7),
    value_of=lambda found: found.name,
    expected_value="r7",
)
SET_LABELS = CalledOperation(
    name="set_labels",
    kind="idempotent",
    method="PUT",
    status=200,
    content=LABELS,
    call=lambda client: client.org("acme").runners.set_labels(7, labels=["gpu"]),
    call_async=lambda client: client.org("acme").runners.set_labels(7, labels=["gpu"]),
    value_of=lambda found: [one.name for one in found],
    expected_value=["self-hosted", "gpu"],
)
UPDATE = CalledOperation(
    name="update",
    kind="idempotent",
    method="PATCH",
    status=200,
    content=GROUP,
    call=lambda client: client.org("acme").runner_groups.update(4, name="fast"),
    call_async=lambda client: client.org("acme").runner_groups.update(4, name="fast"),
    value_of=lambda found: found.name,
    expected_value="fast",
)
DELETE = CalledOperation(
    name="delete",
    kind="idempotent",
    method="DELETE",
    status=204,
    content=None,
    call=lambda client: client.org("acme").runners.delete(7),
    call_async=lambda client: client.org("acme").runners.delete(7),
    value_of=lambda found: found,
    expected_value=None,
)
GENERATE = CalledOperation(
    name="generate_jit_config",
    kind="unsafe",
    method="POST",
    status=201,
    content=CONFIGURED,
    call=lambda client: client.org("acme").runners.generate_jit_config(
        name="r7", runner_group_id=1, labels=["gpu"]
    ),
    call_async=lambda client: client.org("acme").runners.generate_jit_config(
        name="r7", runner_group_id=1, labels=["gpu"]
    ),
    value_of=lambda found: found.encoded_jit_config,
    expected_value=JIT,
)

# Most faults are played for the first four; OBJECTS are for faults of single objects.
CALLED_OPERATIONS = (LIST, SET_LABELS, DELETE, GENERATE)
OBJECTS = (GET, UPDATE, GENERATE)
