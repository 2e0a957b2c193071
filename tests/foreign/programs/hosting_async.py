"""An operator of rented machines: one and many of them, actions, records, errors."""

from __future__ import annotations

from collections.abc import AsyncIterator

import hosting
from hosting import models


async def rent(client: hosting.AsyncClient, *names: str) -> list[int]:
    """Rent a machine for each name, and return their ids."""
    policy = models.MachineCreateBackupPolicy(hour=4, plan="weekly")
    if len(names) == 1:
        made = await client.machines.create(
            name=names[0], size="s-1", ssh_keys=[289, "3b:16"], backup_policy=policy, tags=None
        )
    else:
        made = await client.machines.create(names=names, size="s-1", tags=["web"])
    match made:
        case models.MachinesCreateResponse202Option1(machine=machine):
            return [machine.id]
        case models.MachinesCreateResponse202Option2(machines=machines):
            return [machine.id for machine in machines]


async def machines(client: hosting.AsyncClient) -> AsyncIterator[models.Machine]:
    """Yield every machine, a page of two at a time."""
    number = 1
    while True:
        page = await client.machines.list(page=number, per_page=2, types=["small", "large"])
        for one in page.machines:
            yield one
        pages = page.links.pages if page.links else None
        if pages is None or pages.next is None:
            return
        number += 1


async def act(client: hosting.AsyncClient, machine: int) -> AsyncIterator[str]:
    """Make a machine larger and keep a copy of it."""
    larger = await client.machine_actions.post(machine, type="resize", size="s-2", disk=True)
    copied = await client.machine_actions.post(machine, type="snapshot", name="before")
    for done in (larger.action, copied.action):
        if done is not None:
            yield f"{done.type} {done.status} {done.completed_at}"


async def point(client: hosting.AsyncClient, record: int, address: str) -> str:
    """Point a name at another address."""
    answer = await client.domain_records.domains_update_record(
        "example.com", record, type="A", name="www", data=address, priority=None, ttl=30
    )
    changed = answer.domain_record
    return f"{changed.type} {changed.data} {changed.ttl}" if changed else "nothing"


async def main(client: hosting.AsyncClient) -> AsyncIterator[str]:
    yield f"rented {await rent(client, 'db-1')}"
    yield f"rented {await rent(client, 'web-1', 'web-2')}"
    async for machine in machines(client):
        yield f"{machine.id} {machine.name} {machine.status}"
    async for line in act(client, 1):
        yield line
    yield await point(client, 7, "192.0.2.7")
    await client.machines.destroy(3)
    await client.machines.destroy_by_tag(tag_name="web")
    try:
        await client.machines.get(3)
    except hosting.NotFound as error:
        yield f"gone: {error.status}"
    try:
        await rent(client, "db 1")
    except hosting.ValidationFailed as error:
        yield f"refused: {error.status}"
