"""An operator of rented machines: one and many of them, actions, records, errors."""

from __future__ import annotations

from collections.abc import Iterator

import hosting
from hosting import models


def rent(client: hosting.Client, *names: str) -> list[int]:
    """Rent a machine for each name, and return their ids."""
    policy = models.MachineCreateBackupPolicy(hour=4, plan="weekly")
    if len(names) == 1:
        made = client.machines.create(
            name=names[0], size="s-1", ssh_keys=[289, "3b:16"], backup_policy=policy, tags=None
        )
    else:
        made = client.machines.create(names=names, size="s-1", tags=["web"])
    match made:
        case models.MachinesCreateResponse202Option1(machine=machine):
            return [machine.id]
        case models.MachinesCreateResponse202Option2(machines=machines):
            return [machine.id for machine in machines]


def machines(client: hosting.Client) -> Iterator[models.Machine]:
    """Yield every machine, a page of two at a time."""
    number = 1
    while True:
        page = client.machines.list(page=number, per_page=2, types=["small", "large"])
        yield from page.machines
        pages = page.links.pages if page.links else None
        if pages is None or pages.next is None:
            return
        number += 1


def act(client: hosting.Client, machine: int) -> Iterator[str]:
    """Make a machine larger and keep a copy of it."""
    larger = client.machine_actions.post(machine, type="resize", size="s-2", disk=True)
    copied = client.machine_actions.post(machine, type="snapshot", name="before")
    for done in (larger.action, copied.action):
        if done is not None:
            yield f"{done.type} {done.status} {done.completed_at}"


def point(client: hosting.Client, record: int, address: str) -> str:
    """Point a name at another address."""
    answer = client.domain_records.domains_update_record(
        "example.com", record, type="A", name="www", data=address, priority=None, ttl=30
    )
    changed = answer.domain_record
    return f"{changed.type} {changed.data} {changed.ttl}" if changed else "nothing"


def main(client: hosting.Client) -> Iterator[str]:
    yield f"rented {rent(client, 'db-1')}"
    yield f"rented {rent(client, 'web-1', 'web-2')}"
    for machine in machines(client):
        yield f"{machine.id} {machine.name} {machine.status}"
    yield from act(client, 1)
    yield point(client, 7, "192.0.2.7")
    client.machines.destroy(3)
    client.machines.destroy_by_tag(tag_name="web")
    try:
        client.machines.get(3)
    except hosting.NotFound as error:
        yield f"gone: {error.status}"
    try:
        rent(client, "db 1")
    except hosting.ValidationFailed as error:
        yield f"refused: {error.status}"
