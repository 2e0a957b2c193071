"""Hosted runners and custom images of an enterprise or an organization. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final, cast

from ...checks.checked import Checked
from ...checks.values import Text, Whole, nearest
from ..groups import RunnerGroup
from .images import LATEST, AnyImage, CustomImage, check_version
from .runners import ADDRESSES, HostedRunner, Machines, check_name

if TYPE_CHECKING:
    from ..owners import Enterprise, Organization
    from ..world import World

# The default of `maximum_runners`, by the kind of the owner.
_MAXIMUM_RUNNERS = {"enterprise": 50, "org": 10}
_PUBLIC_IPS = 50


class Hosting(Checked):
    """Base of owners with hosted runners and custom images."""

    if TYPE_CHECKING:
        # Members of the other base class of an owner.
        @property
        def world(self) -> World: ...

        @property
        def full_name(self) -> str: ...

        def group_of(self, group: RunnerGroup | str | None) -> RunnerGroup: ...

    hosted_runners: Final[dict[int, HostedRunner]]
    """The GitHub-hosted runners by id. Use `add_hosted_runner` to add one."""
    custom_images: Final[dict[int, CustomImage]]
    """The custom images by id. Use `add_custom_image` to add one."""
    public_ip_limit: Whole
    """The most static public IP addresses of its hosted runners."""

    def __init__(self) -> None:
        self.hosted_runners = {}
        self.custom_images = {}
        self.public_ip_limit = _PUBLIC_IPS

    @property
    def public_ips_in_use(self) -> int:
        """The number of static public IP addresses of its hosted runners."""
        return ADDRESSES * sum(it.public_ip_enabled for it in self.hosted_runners.values())

    def hosted_runner(self, name: str) -> HostedRunner:
        """Return the hosted runner of a name, compared without case.

        Raises LookupError without one.
        """
        found = self.find_hosted_runner(name)
        if found is None:
            near = nearest(name, [it.name for it in self.hosted_runners.values()])
            raise LookupError(f"{self.full_name} has no hosted runner {name!r}{near}")
        return found

    def find_hosted_runner(self, name: str) -> HostedRunner | None:
        """Return the hosted runner of a name, compared without case; None without one."""
        listed = self.hosted_runners.values()
        return next((it for it in listed if it.name.lower() == name.lower()), None)

    def add_hosted_runner(
        self,
        name: str,
        *,
        image: AnyImage | str = "ubuntu-24.04",
        image_version: str = LATEST,
        size: str = "4-core",
        group: RunnerGroup | str | None = None,
        maximum_runners: Machines | None = None,
        public_ip: bool = False,
        image_gen: bool = False,
        ready: bool = True,
    ) -> HostedRunner:
        """Add a hosted runner. It is ready at once unless `ready` is False.

        `image` is an image of the catalog, a custom image of this owner, or the id of an image of
        GitHub. `group` is one of this owner, or its name; without it, the default group.
        `maximum_runners` is 10 in an organization and 50 in an enterprise by default.

        Raises ValueError for a name that is taken or invalid, and for an unknown image, version,
        size or group. Limits of addresses and machines are not checked.
        """
        check_name(name)
        if self.find_hosted_runner(name) is not None:
            raise ValueError(f"{self.full_name} has a hosted runner {name!r}")
        catalog = self.world.catalog
        found = catalog.image(image, "github") if isinstance(image, str) else image
        machine = catalog.machine_size(size)
        if found is None:
            near = nearest(str(image), [it.id for it in catalog.github_images])
            raise ValueError(f"the catalog has no image {image!r}{near}")
        if machine is None:
            near = nearest(size, [it.id for it in catalog.machine_sizes])
            raise ValueError(f"the catalog has no machine size {size!r}{near}")
        if isinstance(found, CustomImage) and found not in self.custom_images.values():
            raise ValueError(f"{self.full_name} does not have {found!r}")
        check_version(found, image_version)
        # Only these two classes have this base.
        owner = cast("Enterprise | Organization", self)
        runner = HostedRunner(
            self.world.new_id(),
            name,
            owner,
            group=self.group_of(group),
            image=found,
            image_version=image_version,
            size=machine,
            maximum_runners=(
                _MAXIMUM_RUNNERS[owner.kind] if maximum_runners is None else maximum_runners
            ),
            public_ip=public_ip,
            image_gen=image_gen,
        )
        self.hosted_runners[runner.id] = runner
        if ready:
            runner.become_ready()
        return runner

    def custom_image(self, name: str) -> CustomImage:
        """Return the custom image of a name. Raises LookupError without one."""
        for image in self.custom_images.values():
            if image.name == name:
                return image
        near = nearest(name, [it.name for it in self.custom_images.values()])
        raise LookupError(f"{self.full_name} has no custom image {name!r}{near}")

    def add_custom_image(
        self,
        name: Text,
        *,
        versions: Iterable[str] = ("1.0.0",),
        platform: str = "linux-x64",
        size_gb: Whole | None = None,
    ) -> CustomImage:
        """Add a custom image with some versions, each of a size in GB (by default 75).

        Raises ValueError if the name is taken, if no machine size has the platform, and if a
        version is not like `1.2.0`.
        """
        run = {one for it in self.world.catalog.machine_sizes for one in it.platforms}
        if platform not in run:
            near = nearest(platform, run)
            raise ValueError(f"no machine size runs the platform {platform!r}{near}")
        if any(it.name == name for it in self.custom_images.values()):
            raise ValueError(f"{self.full_name} has a custom image {name!r}")
        image = CustomImage(
            self.world.new_id(),
            name,
            cast("Enterprise | Organization", self),
            platform=platform,
            versions=versions,
            size_gb=size_gb,
        )
        self.custom_images[image.id] = image
        return image
