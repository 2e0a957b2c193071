"""Runner groups: their runners, and their access settings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import msgspec

from ..._runtime.lazy import LazyModule, publish
from ..checks.checked import Checked
from ..checks.values import Count, Text

if TYPE_CHECKING:
    from . import owners, runners
else:
    owners, runners = LazyModule(".owners", __package__), LazyModule(".runners", __package__)

Visibility: TypeAlias = Literal["all", "selected", "private"]
Workflow = Annotated[
    str,
    msgspec.Meta(
        pattern=r"[^/\s]+/[^/\s]+/\.github/workflows/[^/@\s]+@\S+",
        examples=["octo-org/octo-repo/.github/workflows/build.yml@main"],
    ),
]
"""A workflow and its ref."""
# In an organization, a group of its enterprise has its id in the enterprise and this number.
_INHERITED = 1_000_000


class RunnerGroup(Checked):
    """A runner group of an enterprise or an organization.

    Attributes:
        id: The id among the groups of its owner.
        default: Whether it is the default group of its owner.
        allows_public_repositories: Whether public repositories may use it.
        restricted_to_workflows: Whether only `selected_workflows` may use it.
        selected_workflows: Workflows as `OWNER/REPO/.github/workflows/FILE@REF`.
        network_configuration_id: The network configuration of its hosted runners, if any.
        capacity: The most self-hosted runners that can be added. The default group may get more.
    """

    id: Final[int]
    default: Final[bool]
    allows_public_repositories: bool
    restricted_to_workflows: bool
    selected_workflows: list[Workflow]
    network_configuration_id: str | None
    capacity: Count = 10_000

    def __init__(
        self,
        group_id: int,
        name: str,
        owner: owners.Enterprise | owners.Organization,
        *,
        default: bool = False,
    ) -> None:
        self.id = group_id
        self._owner = owner
        self._name = name
        self.default = default
        self._visibility: Visibility = "all"
        self._selected: list[int] = []
        self.allows_public_repositories = False
        self.restricted_to_workflows = False
        self.selected_workflows = []
        self.network_configuration_id = None

    def __repr__(self) -> str:
        return f"<RunnerGroup {self.id} {self.name!r} of {self.owner.full_name}>"

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
        if self.owner.group_named(name) not in (None, self):
            raise ValueError(f"{self.owner.full_name} has a runner group {name!r}")
        self._name = name

    @property
    def visibility(self) -> Visibility:
        """`all`, `selected`, or `private`: which organizations or repositories use it.

        Raises ValueError if that of an enterprise's group is set to `private`.
        """
        return self._visibility

    @visibility.setter
    def visibility(self, visibility: Visibility) -> None:
        if visibility == "private" and self.owner.kind == "enterprise":
            raise ValueError("only a runner group of an organization can be private")
        self._visibility = visibility

    @property
    def selected(self) -> list[int]:
        """The ids of the organizations or repositories, if it is `selected`.

        Raises ValueError if it is set to ids that its owner does not have.
        """
        return self._selected

    @selected.setter
    def selected(self, ids: Sequence[int]) -> None:
        self._selected = self.owner.selectable(ids)

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
