"""World of a fake GitHub: all its state, with the owners by name. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final, TypeVar, cast

from ..checks.checked import Checked
from ..checks.values import RunnerVersion, Seconds, Text
from .base_owner import Owner
from .hosted.catalog import Catalog
from .labels import LabelIds
from .owners import Enterprise, Organization, Repository
from .registrations import Registrations
from .timers import Timers
from .versions import RunnerVersions

# How long GitHub takes to prepare a hosted runner, and to delete one.
_PROVISIONS_AFTER = 60.0
_DELETES_AFTER = 60.0

Named = TypeVar("Named", bound=Owner)
Item = TypeVar("Item")


class World(Checked):
    """The state of a fake GitHub. Names are compared without case, as on GitHub.

    `epoch` is the start of its timers, in seconds since 1970.
    """

    timers: Final[Timers]
    """The actions at times of the clock."""
    enterprises: Final[dict[str, Enterprise]]
    """The enterprises by slug. Use `add_enterprise` to add one."""
    organizations: Final[dict[str, Organization]]
    """The organizations by login. Use `add_organization` to add one."""
    list_order: Callable[[Sequence[Any]], Sequence[Any]] | None
    """The function that orders the items of a list for a page; None for the order of ids.

    GitHub's lists have no stable order: an item can move between pages while they are read.
    """
    connects_after: Seconds | None
    """Seconds after which a new runner connects automatically; None if it does not."""
    runner_versions: Final[RunnerVersions]
    """The versions of the runner application."""
    registrations: Final[Registrations]
    """Tokens and JIT configurations."""
    catalog: Final[Catalog]
    """The images and machine sizes of hosted runners."""
    provisions_after: Seconds
    """The seconds until a new hosted runner is ready."""
    deletes_after: Seconds
    """The seconds until a deleted hosted runner is gone."""
    stuck: set[Text]
    """The names of hosted runners that end up `Stuck` instead of `Ready`."""
    label_ids: Final[LabelIds]
    """The ids of labels by name. All runners that have a label share its id."""

    def __init__(self, epoch: float = 0.0) -> None:
        self.timers = Timers()
        self._epoch = epoch
        self.enterprises = {}
        self.organizations = {}
        self.list_order = None
        self.connects_after = None
        self.runner_versions = RunnerVersions()
        self.registrations = Registrations(self)
        self.catalog = Catalog()
        self.provisions_after = _PROVISIONS_AFTER
        self.deletes_after = _DELETES_AFTER
        self.stuck = set()
        self.label_ids = LabelIds()
        self._ids = count(1)

    @property
    def time(self) -> datetime:
        """The current time."""
        return datetime.fromtimestamp(self._epoch + self.timers.now, UTC)

    def deprecate(self, version: RunnerVersion, *, at: datetime | None) -> None:
        """Set when a version of the runner application is retired; None for never.

        Raises ValueError if the time has no time zone.
        """
        if at is not None and at.tzinfo is None:
            raise ValueError("the time needs a time zone, such as tzinfo=UTC")
        self.runner_versions.deprecations[version] = at

    def new_id(self) -> int:
        """Return a new id."""
        return next(self._ids)

    def add_enterprise(self, slug: str) -> Enterprise:
        """Add an enterprise. Raises ValueError if there is one of that slug."""
        _check_new(self.enterprises, slug)
        self.enterprises[slug] = Enterprise(self, slug)
        return self.enterprises[slug]

    def add_organization(self, login: str) -> Organization:
        """Add an organization. Raises ValueError if there is one of that login."""
        _check_new(self.organizations, login)
        self.organizations[login] = Organization(self, login)
        return self.organizations[login]

    def owner(self, arguments: Mapping[str, Any]) -> Owner | None:
        """Return the owner in the path of a call, by its arguments; None if it is unknown."""
        if "enterprise" in arguments:
            return _named(self.enterprises, arguments["enterprise"])
        if "org" in arguments:
            return _named(self.organizations, arguments["org"])
        organization = _named(self.organizations, arguments.get("owner", ""))
        if organization is None:
            return None
        return _named(organization.repositories, arguments.get("repo", ""))

    def in_list_order(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return the items of a list in their current order for pages."""
        if self.list_order is None:
            return items
        ordered = cast("object", self.list_order(items))
        if not isinstance(ordered, Sequence):
            raise TypeError(f"world.list_order must return a list, not {ordered!r}")
        return cast("Sequence[Item]", ordered)

    def repository(self, repository_id: int) -> Repository | None:
        """Return the repository of an id; None without one."""
        listed = self.organizations.values()
        return next(
            (it for one in listed for it in one.repositories.values() if it.id == repository_id),
            None,
        )


def _named(listed: Mapping[str, Named], name: str) -> Named | None:
    return next((it for key, it in listed.items() if key.lower() == name.lower()), None)


def _check_new(listed: Mapping[str, Owner], name: str) -> None:
    if _named(listed, name) is not None:
        raise ValueError(f"there is a {name!r} already")
