"""GitHub-hosted runners: their settings, and the life cycle of their machines. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import msgspec

from ...._runtime.lazy import LazyModule, publish
from ...checks.checked import Checked
from ..groups import RunnerGroup
from .images import LATEST, AnyImage, CustomImage, MachineSize, check_version

if TYPE_CHECKING:
    from .. import owners
else:
    owners = LazyModule("..owners", __package__)

Status = Literal["Ready", "Provisioning", "Shutdown", "Deleting", "Stuck"]

Machines = Annotated[int, msgspec.Meta(ge=1, le=1000)]
"""The most machines of one runner that run at the same time."""
NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""The names that GitHub allows."""
# The range of static addresses of one runner, out of the network for benchmarks (RFC 2544).
_RANGE_LENGTH = 31
ADDRESSES = 1 << (32 - _RANGE_LENGTH)
"""The number of static public IP addresses that one runner takes."""
_FIRST_ADDRESS = IPv4Address("198.18.0.0")


class HostedRunner(Checked):
    """A GitHub-hosted runner. Attributes may be changed; `provision` then prepares it again.

    Attributes:
        id: The id. It is not reused.
        size: The machine size.
        maximum_runners: How many machines run at the same time, 1 to 1000.
        image_gen: Whether it creates custom images.
    """

    id: Final[int]
    size: MachineSize
    maximum_runners: Machines
    image_gen: bool

    _instead: ClassVar[Mapping[str, str]] = {
        "is_registered": "remove()",
        "last_active": "run_job()",
        "platform": "an image of it",
        "public_ips": "public_ip_enabled",
        "status": "become_ready(), get_stuck(), shut_down(), provision() and delete()",
    }

    def __init__(
        self,
        runner_id: int,
        name: str,
        owner: owners.Enterprise | owners.Organization,
        *,
        group: RunnerGroup,
        image: AnyImage,
        size: MachineSize,
        maximum_runners: int,
        image_version: str = LATEST,
        public_ip: bool = False,
        image_gen: bool = False,
    ) -> None:
        self.id = runner_id
        self._owner = owner
        self._name = name
        self._image: AnyImage = image
        self._image_version = image_version
        self.size = size
        self.maximum_runners = maximum_runners
        self.image_gen = image_gen
        self._status: Status = "Provisioning"
        self._last_active: float | None = None
        self.group = group
        self._public_ip = public_ip
        self._has_addresses = False
        # The number of the latest change of the status. Timers of earlier ones have no effect.
        self._change = 0
        self.provision()

    def __repr__(self) -> str:
        return f"<HostedRunner {self.id} {self.name!r} of {self.owner.full_name}: {self.status}>"

    @property
    def owner(self) -> owners.Enterprise | owners.Organization:
        """The enterprise or organization."""
        return self._owner

    @property
    def name(self) -> str:
        """The name. Raises ValueError if it is set to one that is taken or invalid."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        check_name(name)
        if self.owner.find_hosted_runner(name) not in (None, self):
            raise ValueError(f"{self.owner.full_name} has a hosted runner {name!r}")
        self._name = name

    @property
    def image(self) -> AnyImage:
        """The image of its machines. A new image is used in its latest version.

        Raises ValueError if it is set to a custom image that its owner does not have.
        """
        return self._image

    @image.setter
    def image(self, image: AnyImage) -> None:
        if isinstance(image, CustomImage) and image not in self.owner.custom_images.values():
            raise ValueError(f"{self.owner.full_name} does not have {image!r}")
        if image is not self._image:
            self._image, self._image_version = image, LATEST

    @property
    def image_version(self) -> str:
        """The version of a custom image, or `latest`.

        Raises ValueError if it is set to one that its image does not have.
        """
        return self._image_version

    @image_version.setter
    def image_version(self, version: str) -> None:
        check_version(self.image, version)
        self._image_version = version

    @property
    def status(self) -> Status:
        """`Provisioning`, `Ready`, `Stuck`, `Shutdown` or `Deleting`."""
        return self._status

    @property
    def last_active(self) -> float | None:
        """When it last had a job, in seconds of the fake's clock; None before the first."""
        return self._last_active

    @property
    def is_registered(self) -> bool:
        """Whether it still exists."""
        return self.owner.hosted_runners.get(self.id) is self

    @property
    def group(self) -> RunnerGroup:
        """Its runner group: the default group if its own was deleted.

        Raises ValueError if it is set to a group of another owner.
        """
        is_left = self._group in self.owner.groups.values()
        return self._group if is_left else self.owner.default_group()

    @group.setter
    def group(self, group: RunnerGroup) -> None:
        if group not in self.owner.groups.values():
            raise ValueError(f"{self.owner.full_name} does not have {group!r}")
        self._group = group

    @property
    def platform(self) -> str:
        """The platform of its image."""
        return self.image.platform

    @property
    def image_size_gb(self) -> int:
        """The size of its image, in the version that it uses."""
        if not isinstance(self.image, CustomImage):
            return self.image.size_gb
        found = self.image.versions.get(self.image_version, self.image.newest)
        return 0 if found is None else found.size_gb

    @property
    def public_ip_enabled(self) -> bool:
        """Whether its machines have static public IP addresses."""
        return self._public_ip

    @public_ip_enabled.setter
    def public_ip_enabled(self, enabled: bool) -> None:
        self._public_ip = enabled
        self._has_addresses = self._has_addresses and enabled

    @property
    def public_ips(self) -> Sequence[tuple[str, int]]:
        """Its ranges of static addresses, as prefixes and lengths. Empty until it is ready."""
        prefix = _FIRST_ADDRESS + ADDRESSES * self.id
        return [(str(prefix), _RANGE_LENGTH)] if self._has_addresses else []

    def provision(self) -> None:
        """Prepare the machines. It is ready after `world.provisions_after` seconds.

        It gets stuck instead if its name is one of `world.stuck`.
        """
        change = self._become("Provisioning", "be provisioned")
        world = self.owner.world
        world.timers.after(world.provisions_after, lambda: self._provisioned(change))

    def become_ready(self) -> None:
        """Become ready at once."""
        self._become("Ready", "become ready")
        self._has_addresses = self.public_ip_enabled

    def get_stuck(self) -> None:
        """Become stuck, until it is provisioned again."""
        self._become("Stuck", "get stuck")

    def shut_down(self) -> None:
        """Take no jobs until `become_ready`."""
        self._become("Shutdown", "shut down")

    def run_job(self) -> None:
        """Take a job, which is over at once. Raises ValueError if it is not ready."""
        if self.status != "Ready":
            raise ValueError(f"hosted runner {self.name!r} cannot take a job: it is {self.status}")
        self._last_active = self.owner.world.timers.now

    def delete(self) -> None:
        """Delete the runner. It is gone after `world.deletes_after` seconds."""
        if self.status != "Deleting":
            self._become("Deleting", "be deleted")
            world = self.owner.world
            world.timers.after(world.deletes_after, self.remove)

    def remove(self) -> None:
        """Remove the runner at once."""
        self._status = "Deleting"
        self.owner.hosted_runners.pop(self.id, None)

    def _provisioned(self, change: int) -> None:
        if change == self._change:
            (self.get_stuck if self.name in self.owner.world.stuck else self.become_ready)()

    def _become(self, status: Status, action: str) -> int:
        if self.status == "Deleting":
            raise ValueError(f"hosted runner {self.name!r} cannot {action}: it is deleted")
        self._status = status
        self._change += 1
        return self._change


def check_name(name: str) -> None:
    """Raise ValueError for a name that GitHub does not allow."""
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a hosted runner: use 1 to 64 of A-Za-z0-9._-")


publish(__name__)
