"""Versions of the runner application, and the times at which they are retired. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from ..checks.checked import Checked
from ..checks.values import RunnerVersion
from .machine_errors import VersionDeprecated

_START: dict[str, datetime | None] = {
    "2.327.0": datetime(2026, 1, 1, tzinfo=UTC),
    "2.328.0": datetime(2026, 5, 1, tzinfo=UTC),
    "2.329.0": datetime(2026, 7, 1, tzinfo=UTC),
    "2.330.0": None,
}


class RunnerVersions(Checked):
    """The known versions. The latest is `current`."""

    current: RunnerVersion
    """The version that is offered for download, and that machines have by default."""
    deprecations: dict[RunnerVersion, datetime | None]
    """When each version is retired; None for never. `current` is always known."""

    def __init__(self) -> None:
        self.current = max(_START)
        self.deprecations = dict(_START)

    def retired_at(self, version: str) -> datetime | None:
        """Return when a version is retired. Raises LookupError for an unknown version."""
        if version == self.current:
            return self.deprecations.get(version)
        return self.deprecations[version]

    def check(self, version: str, now: datetime) -> None:
        """Raise VersionDeprecated if a version has been retired. Unknown versions are accepted."""
        retired = self.deprecations.get(version)
        if retired is not None and retired <= now:
            raise VersionDeprecated(
                f"Runner version v{version} is deprecated and cannot receive messages"
                f" (retired at {retired.isoformat()})"
            )
