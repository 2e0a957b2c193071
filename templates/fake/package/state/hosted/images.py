"""Images and machine sizes of hosted runners: GitHub's, partners', and custom ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal, TypeAlias

from ...._runtime.lazy import LazyModule, publish
from ...checks.checked import READ_ONLY, Checked
from ...checks.values import Count, Seconds, Text, Whole, nearest

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
"""The version that stands for the newest one of an image."""


@dataclass(kw_only=True, unsafe_hash=True)
class Image(Checked):
    """An image of GitHub or of a partner.

    Attributes:
        id: The id, which creates a runner.
        display_name: The name for people.
        platform: The system and architecture, such as `linux-x64`.
        size_gb: The size in GB.
        source: `github` or `partner`.
    """

    id: Annotated[Text, READ_ONLY]
    display_name: Annotated[Text, READ_ONLY]
    platform: Annotated[Text, READ_ONLY]
    size_gb: Annotated[Whole, READ_ONLY]
    source: Annotated[Literal["github", "partner"], READ_ONLY] = "github"


@dataclass(kw_only=True, unsafe_hash=True)
class MachineSize(Checked):
    """A size of machines.

    Attributes:
        id: The id, such as `4-core`.
        cpu_cores: The number of processors.
        memory_gb: The memory in GB.
        storage_gb: The storage in GB.
        platforms: The platforms of images that run on it.
    """

    id: Annotated[Text, READ_ONLY]
    cpu_cores: Annotated[Count, READ_ONLY]
    memory_gb: Annotated[Count, READ_ONLY]
    storage_gb: Annotated[Count, READ_ONLY]
    platforms: Annotated[Sequence[str], READ_ONLY]


@dataclass(kw_only=True)
class ImageVersion(Checked):
    """A version of a custom image.

    Attributes:
        version: The version, such as `1.2.0`.
        size_gb: The size in GB.
        created: When it was created, in seconds of the fake's clock.
        state: `Ready`, or another state.
        state_details: What the state means, in words.
    """

    version: Annotated[str, READ_ONLY]
    size_gb: Whole
    created: Seconds
    state: Text = "Ready"
    state_details: str = "None"


class CustomImage(Checked):
    """An image that an enterprise or an organization has created.

    Attributes:
        id: The id. A runner is created with it as a string.
        platform: The system and architecture, such as `linux-x64`.
        state: `Ready`, or another state.
    """

    id: Final[int]
    platform: Final[str]
    state: Text
    source: ClassVar[Literal["custom"]] = "custom"

    _instead: ClassVar[Mapping[str, str]] = {"versions": "add_version() and remove_version()"}

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
        self.id = image_id
        self._owner = owner
        self._name = name
        self.platform = platform
        self.state = "Ready"
        self._versions: dict[str, ImageVersion] = {}
        for version in versions:
            self.add_version(version, size_gb=size_gb)

    def __repr__(self) -> str:
        return f"<CustomImage {self.id} {self.name!r} of {self.owner.full_name}>"

    @property
    def owner(self) -> owners.Enterprise | owners.Organization:
        """The enterprise or organization."""
        return self._owner

    @property
    def name(self) -> str:
        """The name. Raises ValueError if it is set to one that is taken."""
        return self._name

    @name.setter
    def name(self, name: Text) -> None:
        if any(it.name == name and it is not self for it in self.owner.custom_images.values()):
            raise ValueError(f"{self.owner.full_name} has a custom image {name!r}")
        self._name = name

    @property
    def display_name(self) -> str:
        """The display name: the name."""
        return self.name

    @property
    def versions(self) -> Mapping[str, ImageVersion]:
        """Its versions by number, the newest first. Use `add_version` to add one."""
        return dict(sorted(self._versions.items(), key=lambda it: _order(it[0]), reverse=True))

    @property
    def newest(self) -> ImageVersion | None:
        """Its newest version; None if it has no versions."""
        return next(iter(self.versions.values()), None)

    def add_version(self, version: str, *, size_gb: Whole | None = None) -> ImageVersion:
        """Add a version, created now.

        Raises ValueError if it is not like `1.2.0`, or if it exists.
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


def check_version(image: AnyImage, version: str) -> None:
    """Raise ValueError for a version that an image does not have. Each has `latest`."""
    known = [LATEST, *(image.versions if isinstance(image, CustomImage) else ())]
    if version not in known:
        near = nearest(version, known)
        raise ValueError(f"image {image.id!r} has no version {version!r}{near}")


def _order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _check_unused(what: str, users: Sequence[runners.HostedRunner]) -> None:
    if users:
        raise ValueError(f"{what} is in use by runner {users[0].name!r}")


publish(__name__)
