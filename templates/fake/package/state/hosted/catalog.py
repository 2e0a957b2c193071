"""Catalog of images and machine sizes for hosted runners. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ...checks.checked import Checked
from .images import Image, MachineSize

_X64 = ("linux-x64", "win-x64")
_ALL = (*_X64, "linux-arm64", "win-arm64")

_GITHUB_IMAGES = (
    Image(id="ubuntu-latest", display_name="Ubuntu Latest", platform="linux-x64", size_gb=86),
    Image(id="ubuntu-24.04", display_name="Ubuntu 24.04", platform="linux-x64", size_gb=86),
    Image(id="ubuntu-22.04", display_name="Ubuntu 22.04", platform="linux-x64", size_gb=86),
    Image(id="windows-latest", display_name="Windows Latest", platform="win-x64", size_gb=256),
    Image(id="windows-2025", display_name="Windows Server 2025", platform="win-x64", size_gb=256),
    Image(id="windows-2022", display_name="Windows Server 2022", platform="win-x64", size_gb=256),
)
_PARTNER_IMAGES = (
    Image(
        id="nvidia-gpu-optimized",
        display_name="NVIDIA GPU-Optimized Image",
        platform="linux-x64",
        size_gb=120,
        source="partner",
    ),
    Image(
        id="ubuntu-24.04-arm",
        display_name="Ubuntu 24.04 by Arm Limited",
        platform="linux-arm64",
        size_gb=30,
        source="partner",
    ),
)
_SIZES = (
    ("2-core", 2, 8, 75, ("linux-x64", "linux-arm64")),
    ("4-core", 4, 16, 150, _ALL),
    ("8-core", 8, 32, 300, _ALL),
    ("16-core", 16, 64, 600, _ALL),
    ("32-core", 32, 128, 1200, _ALL),
    ("64-core", 64, 256, 2040, _X64),
    ("96-core", 96, 384, 2040, _X64),
    ("4-core-gpu", 4, 28, 176, _X64),
)


class Catalog(Checked):
    """The images of GitHub and partners, and the machine sizes. Tests may change the lists.

    Attributes:
        github_images: The images of GitHub.
        partner_images: The images of partners.
        machine_sizes: The machine sizes.
    """

    github_images: list[Image]
    partner_images: list[Image]
    machine_sizes: list[MachineSize]

    def __init__(self) -> None:
        self.github_images = list(_GITHUB_IMAGES)
        self.partner_images = list(_PARTNER_IMAGES)
        self.machine_sizes = [
            MachineSize(id=name, cpu_cores=cpu, memory_gb=memory, storage_gb=disk, platforms=run)
            for name, cpu, memory, disk, run in _SIZES
        ]

    @property
    def platforms(self) -> Sequence[str]:
        """The platforms of the images, in their order."""
        return list(dict.fromkeys(it.platform for it in self._images))

    @property
    def _images(self) -> Sequence[Image]:
        return [*self.github_images, *self.partner_images]

    def image(self, image_id: str, source: str) -> Image | None:
        """Return the image of an id and a source; None without one."""
        return next((it for it in self._images if (it.id, it.source) == (image_id, source)), None)

    def machine_size(self, size_id: str) -> MachineSize | None:
        """Return the machine size of an id; None without one."""
        return next((it for it in self.machine_sizes if it.id == size_id), None)
