"""Endpoints of the runner application: downloads, and the retirement of versions."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from .call import EndpointCall, Handler, not_found

# The systems and processors that GitHub builds the application for.
_BUILDS = (
    ("osx", "x64"),
    ("osx", "arm64"),
    ("linux", "x64"),
    ("linux", "arm"),
    ("linux", "arm64"),
    ("win", "x64"),
    ("win", "arm64"),
)
_RELEASES = "https://github.com/actions/runner/releases/download"


def _list_applications(call: EndpointCall) -> Any:
    version = call.world.runner_versions.current
    return [_application(call, version, *build) for build in _BUILDS]


def _application(call: EndpointCall, version: str, os: str, architecture: str) -> dict[str, Any]:
    ending = "zip" if os == "win" else "tar.gz"
    filename = f"actions-runner-{os}-{architecture}-{version}.{ending}"
    return {
        "os": os,
        "architecture": architecture,
        "download_url": f"{_RELEASES}/v{version}/{filename}",
        "filename": filename,
        "temp_download_token": _digest(f"{call.owner.id} {call.now} {filename}")[:40],
        "sha256_checksum": _digest(filename),
    }


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _get_deprecation(call: EndpointCall) -> Any:
    try:
        retired = call.world.runner_versions.retired_at(call["version"])
    except LookupError:
        raise not_found() from None
    # `registration_deprecates_at` is described, but GitHub does not send it.
    return {
        "runner_version": call["version"],
        "runtime_deprecates_at": None if retired is None else retired.isoformat(),
    }


HANDLERS: Mapping[str, Handler] = {
    "runners.list_applications": _list_applications,
    "runners.get_deprecation": _get_deprecation,
}
