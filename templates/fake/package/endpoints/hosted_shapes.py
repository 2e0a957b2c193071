"""Hosted runners and their images as the JSON of GitHub's responses. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ..state.hosted.images import CustomImage, Image, ImageVersion, MachineSize
from ..state.hosted.runners import HostedRunner
from .call import EndpointCall


def time_of(call: EndpointCall, seconds: float) -> str:
    """Return a time of the fake's clock as a date and time in UTC, without parts of a second."""
    wall = call.now - call.world.timers.now + seconds
    return datetime.fromtimestamp(int(wall), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def hosted_runner(call: EndpointCall, it: HostedRunner) -> dict[str, Any]:
    """Return a hosted runner."""
    return {
        "id": it.id,
        "name": it.name,
        "runner_group_id": it.group.id,
        "image_details": {
            "id": str(it.image.id),
            "size_gb": it.image_size_gb,
            "display_name": it.image.display_name,
            "source": it.image.source,
            "version": it.image_version,
        },
        "machine_size_details": machine_size(it.size),
        "status": it.status,
        "platform": it.platform,
        "maximum_runners": it.maximum_runners,
        "public_ip_enabled": it.public_ip_enabled,
        "public_ips": [
            {"enabled": True, "prefix": prefix, "length": length}
            for prefix, length in it.public_ips
        ],
        "last_active_on": None if it.last_active is None else time_of(call, it.last_active),
        "image_gen": it.image_gen,
    }


def machine_size(it: MachineSize) -> dict[str, Any]:
    """Return a machine size."""
    return {
        "id": it.id,
        "cpu_cores": it.cpu_cores,
        "memory_gb": it.memory_gb,
        "storage_gb": it.storage_gb,
    }


def image(it: Image) -> dict[str, Any]:
    """Return an image of GitHub or of a partner."""
    return {
        "id": it.id,
        "platform": it.platform,
        "size_gb": it.size_gb,
        "display_name": it.display_name,
        "source": it.source,
    }


def custom_image(it: CustomImage) -> dict[str, Any]:
    """Return a custom image."""
    return {
        "id": it.id,
        "platform": it.platform,
        "total_versions_size": sum(version.size_gb for version in it.versions.values()),
        "name": it.name,
        "source": it.source,
        "versions_count": len(it.versions),
        "latest_version": "" if it.newest is None else it.newest.version,
        "state": it.state,
    }


def image_version(call: EndpointCall, it: ImageVersion) -> dict[str, Any]:
    """Return a version of a custom image."""
    return {
        "version": it.version,
        "state": it.state,
        "size_gb": it.size_gb,
        "created_on": time_of(call, it.created),
        "state_details": it.state_details,
    }


def whole(key: str, items: Sequence[Any]) -> dict[str, Any]:
    """Return a list that has no pages, under its key."""
    return {"total_count": len(items), key: items}
