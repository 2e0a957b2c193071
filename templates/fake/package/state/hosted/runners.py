"""A GitHub-hosted runner: its settings, and what GitHub does with its machines. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Literal

from ...._runtime.lazy import LazyModule, publish
from ..groups import RunnerGroup
from .images import LATEST, AnyImage, CustomImage, MachineSize

if TYPE_CHECKING:
    from .. import owners
else:
    owners = LazyModule("..owners", __package__)

Status = Literal["Ready", "Provisioning", "Shutdown", "Deleting", "Stuck"]

NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""The names that GitHub allows."""
# The range of static addresses of one runner, out of the network for benchmarks (RFC 2544).
_RANGE_LENGTH = 31
ADDRESSES = 1 << (32 - _RANGE_LENGTH)
"""The number of static public IP addresses that one runner takes."""
_FIRST_ADDRESS = IPv4Address("198.18.0.0")


class HostedRunner:
    """A GitHub-hosted runner. Attributes may be changed; `provision` then prepares it again.

    Attributes:
        id: The id, which no other runner of the fake has had.
        name: The name.
        owner: The enterprise or organization.
        image: The image of its machines.
        image_version: The version of a custom image, or `latest`.
        size: The machine size.
        maximum_runners: How many machines run at the same time.
        image_gen: Whether it creates custom images.
        status: `Provisioning`, `Ready`, `Stuck`, `Shutdown` or `Deleting`.
        last_active: When it last had a job, in seconds of the fake's clock; None before the first.
    """

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
        self.id: int = runner_id
        self.name: str = name
        self.owner: owners.Enterprise | owners.Organization = owner
        self.image: AnyImage = image
        self.image_version: str = image_version
        self.size: MachineSize = size
        self.maximum_runners: int = maximum_runners
        self.image_gen: bool = image_gen
        self.status: Status = "Provisioning"
        self.last_active: float | None = None
        self.group = group
        self._public_ip = public_ip
        self._has_addresses = False
        # What a timer was set for; a later change of the status has another number.
        self._change = 0
        self.provision()

    def __repr__(self) -> str:
        return f"<HostedRunner {self.id} {self.name!r} of {self.owner.full_name}: {self.status}>"

    @property
    def is_registered(self) -> bool:
        """Whether GitHub still knows it."""
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
        """Its ranges of static addresses: prefix and length. It has them once it is ready."""
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
        """Be ready at once."""
        self._become("Ready", "become ready")
        self._has_addresses = self.public_ip_enabled

    def get_stuck(self) -> None:
        """Be stuck: it is not ready until it is provisioned again."""
        self._become("Stuck", "get stuck")

    def shut_down(self) -> None:
        """Take no jobs until `become_ready`."""
        self._become("Shutdown", "shut down")

    def run_job(self) -> None:
        """Take a job, which is over at once. Raises ValueError if it is not ready."""
        if self.status != "Ready":
            raise ValueError(f"hosted runner {self.name!r} cannot take a job: it is {self.status}")
        self.last_active = self.owner.world.timers.now

    def delete(self) -> None:
        """Delete the runner, as GitHub does: it is gone after `world.deletes_after` seconds."""
        if self.status != "Deleting":
            self._become("Deleting", "be deleted")
            world = self.owner.world
            world.timers.after(world.deletes_after, self.remove)

    def remove(self) -> None:
        """Be gone at once."""
        self.status = "Deleting"
        self.owner.hosted_runners.pop(self.id, None)

    def _provisioned(self, change: int) -> None:
        if change == self._change:
            (self.get_stuck if self.name in self.owner.world.stuck else self.become_ready)()

    def _become(self, status: Status, action: str) -> int:
        if self.status == "Deleting":
            raise ValueError(f"hosted runner {self.name!r} cannot {action}: it is deleted")
        self.status = status
        self._change += 1
        return self._change


publish(__name__)
