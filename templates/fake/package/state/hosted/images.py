"""Images and machine sizes of hosted runners: GitHub's, partners', and custom ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from ...._runtime.lazy import LazyModule, publish

if TYPE_CHECKING:
    from .. import owners
    from . import runners
else:
    owners, runners = LazyModule("..owners", __package__), LazyModule(".runners", __package__)

Source = Literal["github", "partner", "custom"]

# The size of a version of a custom image that a test adds without one.
_SIZE_GB = 75
_VERSION = re.compile(r"[0-9]+\.[0-9]+\.[0-9]+")
LATEST = "latest"
"""The version of an image that stands for its newest one."""


class Image(msgspec.Struct, frozen=True, kw_only=True):
    """An image of GitHub or of a partner.

    Attributes:
        id: The id, which creates a runner.
        display_name: The name for people.
        platform: The system and architecture, such as `linux-x64`.
        size_gb: The size in GB.
        source: `github` or `partner`.
    """

    id: str
    display_name: str
    platform: str
    size_gb: int
    source: Literal["github", "partner"] = "github"


class MachineSize(msgspec.Struct, frozen=True, kw_only=True):
    """A size of machines.

    Attributes:
        id: The id, such as `4-core`.
        cpu_cores: The number of processors.
        memory_gb: The memory in GB.
        storage_gb: The storage in GB.
        platforms: The platforms of images that run on it.
    """

    id: str
    cpu_cores: int
    memory_gb: int
    storage_gb: int
    platforms: Sequence[str]


class ImageVersion(msgspec.Struct, kw_only=True):
    """A version of a custom image.

    Attributes:
        version: The version, such as `1.2.0`.
        size_gb: The size in GB.
        created: When it was created, in seconds of the fake's clock.
        state: `Ready`, or another state.
        state_details: What the state means, in words.
    """

    version: str
    size_gb: int
    created: float
    state: str = "Ready"
    state_details: str = "None"


class CustomImage:
    """An image that an enterprise or an organization has created.

    Attributes:
        id: The id. A runner is created with it as a string.
        name: The name.
        owner: The enterprise or organization.
        platform: The system and architecture, such as `linux-x64`.
        state: `Ready`, or another state.
    """

    source: Literal["custom"] = "custom"

    def __init__(
        self,
        image_id: int,
        name: str,
        owner: owners.Enterprise | owners.Organization,
        *,
        platform: str,
        versions: Iterable[str],
        size_gb: int | None = None,
    ) -> None:
        self.id: int = image_id
        self.name: str = name
        self.owner: owners.Enterprise | owners.Organization = owner
        self.platform: str = platform
        self.state: str = "Ready"
        self._versions: dict[str, ImageVersion] = {}
        for version in versions:
            self.add_version(version, size_gb=size_gb)

    def __repr__(self) -> str:
        return f"<CustomImage {self.id} {self.name!r} of {self.owner.full_name}>"

    @property
    def display_name(self) -> str:
        """The name for people, as other images have one."""
        return self.name

    @property
    def versions(self) -> Mapping[str, ImageVersion]:
        """Its versions by number, the newest first. Use `add_version` to add one."""
        return dict(sorted(self._versions.items(), key=lambda it: _order(it[0]), reverse=True))

    @property
    def newest(self) -> ImageVersion | None:
        """Its newest version; None if it has no versions."""
        return next(iter(self.versions.values()), None)

    def add_version(self, version: str, *, size_gb: int | None = None) -> ImageVersion:
        """Add a version, created now.

        Raises ValueError if it is not like `1.2.0`, or if there is one of that number.
        """
        if not _VERSION.fullmatch(version):
            raise ValueError(f"{version!r} is no version of an image; they are like '1.2.0'")
        if version in self._versions:
            raise ValueError(f"image {self.name!r} has a version {version!r}")
        added = ImageVersion(
            version=version,
            size_gb=_SIZE_GB if size_gb is None else size_gb,
            created=self.owner.world.timers.now,
        )
        self._versions[version] = added
        return added

    def users(self, version: str | None = None) -> Sequence[runners.HostedRunner]:
        """Return the hosted runners that need the image, or that need one version of it.

        A runner with the version `latest` needs the last version that is left.
        """
        users = [it for it in self.owner.hosted_runners.values() if it.image is self]
        last = len(self._versions) == 1
        return [it for it in users if version is None or last or it.image_version == version]

    def remove_version(self, version: str) -> None:
        """Delete a version. Raises ValueError if a runner needs it, LookupError without one."""
        if version not in self._versions:
            raise LookupError(f"image {self.name!r} has no version {version!r}")
        _check_unused(f"version {version} of image {self.name!r}", self.users(version))
        del self._versions[version]

    def remove(self) -> None:
        """Delete the image with its versions. Raises ValueError if a runner needs it."""
        _check_unused(f"image {self.name!r}", self.users())
        self.owner.custom_images.pop(self.id, None)


AnyImage: TypeAlias = Image | CustomImage


def _order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _check_unused(what: str, users: Sequence[runners.HostedRunner]) -> None:
    if users:
        raise ValueError(f"{what} is in use by runner {users[0].name!r}")


publish(__name__)
