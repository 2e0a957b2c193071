"""A runner group: which runners it has, and who may use them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from ..._runtime.lazy import LazyModule, publish

if TYPE_CHECKING:
    from . import owners, runners
else:
    owners, runners = LazyModule(".owners", __package__), LazyModule(".runners", __package__)

Visibility = Literal["all", "selected", "private"]
# In an organization, a group of its enterprise has its id in the enterprise and this number.
_INHERITED = 1_000_000


class RunnerGroup:
    """A runner group of an enterprise or an organization.

    Attributes:
        id: The id among the groups of its owner.
        name: The name.
        owner: The enterprise or organization.
        default: Whether it is the group of runners that name none.
        visibility: `all`, `selected`, or `private`: which organizations or repositories use it.
        selected: The ids of the organizations or repositories, if it is `selected`.
        allows_public_repositories: Whether public repositories may use it.
        restricted_to_workflows: Whether only `selected_workflows` may use it.
        selected_workflows: Workflows as `OWNER/REPO/.github/workflows/FILE@REF`.
        network_configuration_id: The network configuration of its hosted runners, if any.
        capacity: How many self-hosted runners can be put into it. More may return to the default group.
    """

    capacity: int = 10_000

    def __init__(
        self,
        group_id: int,
        name: str,
        owner: owners.Enterprise | owners.Organization,
        *,
        default: bool = False,
    ) -> None:
        self.id: int = group_id
        self.name: str = name
        self.owner: owners.Enterprise | owners.Organization = owner
        self.default: bool = default
        self.visibility: Visibility = "all"
        self.selected: list[int] = []
        self.allows_public_repositories: bool = False
        self.restricted_to_workflows: bool = False
        self.selected_workflows: list[str] = []
        self.network_configuration_id: str | None = None

    def __repr__(self) -> str:
        return f"<RunnerGroup {self.id} {self.name!r} of {self.owner.full_name}>"

    @property
    def runners(self) -> Sequence[runners.Runner]:
        """The self-hosted runners of the group."""
        return [it for it in self.owner.runners.values() if it.group is self]

    def id_in(self, owner: owners.Enterprise | owners.Organization) -> int:
        """Return the id in its owner, or in an organization of that enterprise."""
        return self.id if owner is self.owner else _INHERITED + self.id

    def delete(self) -> None:
        """Delete the group. Its runners return to the default group.

        Raises ValueError if it is the default group.
        """
        if self.default:
            raise ValueError(f"the default runner group of {self.owner.full_name} stays")
        default = self.owner.default_group()
        for runner in self.runners:
            runner.group = default
        self.owner.groups.pop(self.id, None)


publish(__name__)
