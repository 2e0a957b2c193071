"""Access to a runner group: the current and the desired one, and the difference. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from .._runtime.errors import InvalidArgument
from .._runtime.lazy import publish
from .._runtime.request.operation import Operation
from .._runtime.types import UNSET, Model, Unset
from ..models import EnterpriseRunnerGroup, RunnerGroup
from .errors import GroupNotRestricted

AnyGroup: TypeAlias = EnterpriseRunnerGroup | RunnerGroup


@dataclass(frozen=True, kw_only=True)
class GroupReport:
    """What `restrict_group` did, or would do in a dry run.

    Attributes:
        group: The group as it is now; None in a dry run that would create it.
        before: The group as it was before; None if it was missing.
        added: The ids of the repositories or organizations that its list did not have.
        removed: The ids that its list no longer has. A group that is missing or open has no list.
        changed: Whether the group was missing, open, or had another list or other workflows.
        dry_run: Whether nothing was changed.
    """

    group: AnyGroup | None
    before: AnyGroup | None
    added: tuple[int, ...]
    removed: tuple[int, ...]
    changed: bool
    dry_run: bool


class Account(Model, frozen=True, kw_only=True, gc=False):
    """An organization or a repository, as far as a runner group knows it."""

    id: int


REPOSITORY: Operation[Account] = Operation(
    id="repos/get",
    method="GET",
    path="/repos/{owner}/{repo}",
    success=(200,),
    returns=lambda: Account,
    repeat="safe",
)
ORGANIZATION: Operation[Account] = Operation(
    id="orgs/get",
    method="GET",
    path="/orgs/{org}",
    success=(200,),
    returns=lambda: Account,
    repeat="safe",
)


@dataclass(frozen=True, kw_only=True)
class Access:
    """Who may use a group now.

    Attributes:
        group: The group; None if it is missing.
        pages: The ids in its list, by the pages that were read. An open group has none.
    """

    group: AnyGroup | None = None
    pages: Sequence[Sequence[int]] = ()

    @property
    def ids(self) -> Sequence[int]:
        """The ids in the list."""
        return [one for page in self.pages for one in page]

    @property
    def is_certain(self) -> bool:
        """Whether the list cannot have moved while it was read, since it has one page."""
        return len(self.pages) <= 1


@dataclass(frozen=True, kw_only=True)
class Goal:
    """The desired access to a group.

    Attributes:
        name: The name of the group.
        ids: The ids of the repositories or organizations that may use it.
        workflows: The only workflows that may use it; None to leave them as they are.
    """

    name: str
    ids: Sequence[int]
    workflows: Sequence[str] | None

    @property
    def restriction(self) -> bool | Unset:
        """The field `restricted_to_workflows` of a request."""
        return UNSET if self.workflows is None else True

    @property
    def selected_workflows(self) -> Sequence[str] | Unset:
        """The field `selected_workflows` of a request."""
        return UNSET if self.workflows is None else self.workflows

    def has_workflows(self, group: AnyGroup) -> bool:
        """Return whether the workflows that may use a group are as desired."""
        if self.workflows is None:
            return True
        selected = set(group.selected_workflows or ())
        return group.restricted_to_workflows is True and selected == set(self.workflows)

    def is_met(self, access: Access) -> bool:
        """Return whether exactly the desired ones may use the group."""
        group = access.group
        if group is None or not is_restricted(group) or not self.has_workflows(group):
            return False
        return set(access.ids) == set(self.ids)

    def report(self, before: Access, now: Access, *, dry_run: bool) -> GroupReport:
        """Return the difference between two states of a group."""
        old = before.ids
        return GroupReport(
            group=now.group,
            before=before.group,
            added=tuple(it for it in self.ids if it not in old),
            removed=tuple(it for it in old if it not in self.ids),
            changed=not self.is_met(before),
            dry_run=dry_run,
        )


def is_restricted(group: AnyGroup) -> bool:
    """Return whether the list of a group applies."""
    return group.visibility == "selected"


def group_named(groups: Iterable[AnyGroup], name: str) -> AnyGroup | None:
    """Return the group of a name, compared without case. Raises GroupNotRestricted if it is inherited.

    An own group comes before an inherited one, which may have the same name.
    """
    found = [it for it in groups if it.name.lower() == name.lower()]
    group = min(found, key=_is_inherited, default=None)
    if group is not None and _is_inherited(group):
        raise GroupNotRestricted(
            name, group, "it belongs to the enterprise, which decides who uses it"
        )
    return group


def _is_inherited(group: AnyGroup) -> bool:
    return isinstance(group, RunnerGroup) and group.inherited


def checked_users(group: object, users: object) -> Sequence[str | int]:
    """Return distinct names and ids. Raises InvalidArgument or TypeError if they are not valid."""
    if not isinstance(group, str):
        raise TypeError(f"group must be the name of a runner group, not {type(group).__name__}")
    if not group.strip():
        raise InvalidArgument("group must be the name of a runner group, and is empty")
    found = _checked_list("to", users, "names or ids")
    for one in found:
        if isinstance(one, bool) or not isinstance(one, str | int):
            raise TypeError(f"to must contain names or ids, not {type(one).__name__}")
        if isinstance(one, str) and (not one or "/" in one):
            raise InvalidArgument(f"to must contain names without their owner, not {one!r}")
    return cast("Sequence[str | int]", found)


def checked_workflows(workflows: object) -> Sequence[str] | None:
    """Return the distinct workflows. Raises InvalidArgument or TypeError if they are not valid."""
    if workflows is None:
        return None
    found = _checked_list("workflows", workflows, "workflows")
    for one in found:
        if not isinstance(one, str):
            raise TypeError(f"workflows must be strings, not {type(one).__name__}")
        path, _, ref = one.partition("@")
        if "/.github/workflows/" not in path or not ref:
            example = "acme/website/.github/workflows/deploy.yml@main"
            raise InvalidArgument(f"workflows must be like {example!r}, not {one!r}")
    return cast("Sequence[str]", found)


def _checked_list(name: str, values: object, what: str) -> Sequence[object]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list of {what}, not {type(values).__name__}")
    found = list(dict.fromkeys(cast("Iterable[object]", values)))
    if not found:
        raise InvalidArgument(f"{name} is empty, so nobody could use the group: delete it instead")
    return found


publish(__name__)
