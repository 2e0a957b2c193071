"""Base of a fake GitHub: a mock server with state, and access to the owners in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Final, TypeVar

from ..testing._kit.calls import Call
from ..testing._kit.clock import ManualClock
from ..testing._kit.description import Description
from ..testing._server import MockServer
from .checks.checked import READ_ONLY, Checked
from .checks.values import Seconds, nearest
from .protocol.gateway import Gateway
from .protocol.products import product_of
from .state.list_order import MovingOrder
from .state.owners import Enterprise, Organization, Repository
from .state.world import World

Found = TypeVar("Found")


class BaseGitHub(Checked, MockServer):
    """A mock server with the state of a GitHub. See `FakeGitHub`."""

    _ignores_unknown = True
    _instead: ClassVar[Mapping[str, str]] = {
        "calls": "calls.clear()",
        "clock": "FakeGitHub(clock=...)",
        "description": "respond()",
    }

    # Attributes of the mock server.
    clock: Annotated[ManualClock, READ_ONLY]
    calls: Annotated[list[Call], READ_ONLY]
    description: Annotated[Description, READ_ONLY]

    world: Final[World]
    """The state."""
    numeric_links: bool
    """Whether links to pages have ids in place of names: `/organizations/1/actions/runners`.

    Such paths are always served.
    """
    latency: Seconds
    """The seconds after which each response arrives, by the clock."""

    def __init__(
        self,
        *,
        clock: ManualClock | None = None,
        product: str = "ghec",
        version: str | None = None,
    ) -> None:
        super().__init__(clock=clock)
        self.world = World(self.clock.wall() - self.clock.now())
        self.numeric_links = False
        self.latency = 0.0
        found = product_of(product, version, self.description)
        self._gateway = Gateway(self.world, self.clock, self.description, found)
        self.clock.listeners.append(self._settle)
        enterprise = self.world.add_enterprise("octo-corp")
        enterprise.add_organization("octo-org").add_repository("octo-repo")

    def enterprise(self, slug: str = "octo-corp") -> Enterprise:
        """Return an enterprise. Raises LookupError for an unknown slug."""
        found = self.world.owner({"enterprise": slug})
        return _existing(found, Enterprise, slug, self.world.enterprises)

    def org(self, login: str = "octo-org") -> Organization:
        """Return an organization. Raises LookupError for an unknown login."""
        found = self.world.owner({"org": login})
        return _existing(found, Organization, login, self.world.organizations)

    def repo(self, owner: str = "octo-org", repo: str = "octo-repo") -> Repository:
        """Return a repository. Raises LookupError for an unknown name."""
        found = self.world.owner({"owner": owner, "repo": repo})
        organizations = self.world.organizations.values()
        known = [it.full_name for one in organizations for it in one.repositories.values()]
        return _existing(found, Repository, f"{owner}/{repo}", known)

    def move_between_pages(self, seed: int = 0) -> None:
        """Let a few items of each list move to another page between any two requests, from now on."""
        self.world.list_order = MovingOrder(seed)

    def _settle(self) -> None:
        # Any thread may advance the clock.
        with self._lock:
            self.world.timers.settle(self.clock.now())


def _existing(found: object, kind: type[Found], name: str, known: Iterable[str]) -> Found:
    if not isinstance(found, kind):
        near = nearest(name, known)
        raise LookupError(f"the fake GitHub has no {kind.__name__.lower()} {name!r}{near}")
    return found
