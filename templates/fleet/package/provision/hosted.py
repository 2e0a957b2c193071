"""Desired settings of a hosted runner, compared with those of an existing one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from ..._runtime.types import Unset
from ...models import HostedRunner, ImageReference


def id_of(runner: HostedRunner | int) -> int:
    """Return the id of a hosted runner.

    Raises TypeError for anything else, such as a runner, whose id a hosted runner may have.
    """
    if isinstance(runner, int):
        return runner
    if not isinstance(cast("object", runner), HostedRunner):
        raise TypeError(f"runner must be a HostedRunner or its id, not {type(runner).__name__}")
    return runner.id


@dataclass(frozen=True, kw_only=True)
class HostedRequest:
    """The arguments of `create_hosted_runner`, with the id of the group."""

    name: str
    image: ImageReference
    size: str
    runner_group_id: int
    maximum_runners: int | Unset
    enable_static_ip: bool | Unset
    image_gen: bool | Unset

    def difference(self, found: HostedRunner) -> str:
        """Return how a hosted runner of the name differs from the arguments; empty if it does not.

        Values that GitHub does not send, and arguments that are not passed, are not compared.
        """
        image = None if found.image is None else found.image.id
        compared = (
            ("image", self.image.id, image),
            ("size", self.size, found.machine_size_details.id),
            ("runner_group_id", self.runner_group_id, found.runner_group_id),
            ("maximum_runners", self.maximum_runners, found.maximum_runners),
            ("enable_static_ip", self.enable_static_ip, found.public_ip_enabled),
            ("image_gen", self.image_gen, found.image_gen),
        )
        return "; ".join(
            f"its {name} is {value!r}, not {wanted!r}"
            for name, wanted, value in compared
            if not isinstance(wanted, Unset) and value is not None and value != wanted
        )
