"""Self-hosted runners as the JSON of GitHub's responses. Pure."""

from __future__ import annotations

from typing import Any

from ..state.runners import Runner


def runner(it: Runner) -> dict[str, Any]:
    """Return a self-hosted runner."""
    return {
        "id": it.id,
        # Runners of a repository are in a group that no list has.
        "runner_group_id": 1 if it.group is None else it.group.id,
        "name": it.name,
        "os": it.os,
        "status": it.status,
        "busy": it.busy,
        "ephemeral": it.ephemeral,
        "version": it.version,
        "labels": labels(it),
    }


def labels(it: Runner) -> list[dict[str, Any]]:
    """Return the labels of a runner: the read-only ones first."""
    ids = it.owner.world.label_ids
    shown = [{"id": ids[name], "name": name, "type": "read-only"} for name in it.read_only_labels]
    shown += [{"id": ids[name], "name": name, "type": "custom"} for name in it.labels]
    return shown
