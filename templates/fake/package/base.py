"""State of a fake GitHub, and how tests reach it."""

from __future__ import annotations

from typing import TypeVar

from ..testing._kit.clock import ManualClock
from ..testing._server import MockServer
from .protocol.gate import Gate
from .protocol.products import product_of
from .state.list_order import MovingOrder
from .state.owners import Enterprise, Organization, Repository
from .state.world import World

Found = TypeVar("Found")


class BaseGitHub(MockServer):
    """A mock server with the state of a GitHub. See `FakeGitHub`."""

    _ignores_unknown = True

    def __init__(
        self,
        *,
        clock: ManualClock | None = None,
        product: str = "ghec",
        version: str | None = None,
    ) -> None:
        super().__init__(clock=clock)
        self.world: World = World(self.clock.wall() - self.clock.now())
        """The state."""
        self.numeric_links: bool = False
        """Whether links to pages have ids in place of names: `/organizations/1/actions/runners`.

        Such paths are always served.
        """
        self.latency: float = 0.0
        """The seconds after which each response arrives, by the clock."""
        found = product_of(product, version)
        self._gate = Gate(self.world, self.clock, self.description, found)
        self.clock.listeners.append(self._settle)
        enterprise = self.world.add_enterprise("octo-corp")
        enterprise.add_organization("octo-org").add_repository("octo-repo")

    def enterprise(self, slug: str = "octo-corp") -> Enterprise:
        """Return an enterprise. Raises LookupError if there is none such."""
        return _existing(self.world.owner({"enterprise": slug}), Enterprise, slug)

    def org(self, login: str = "octo-org") -> Organization:
        """Return an organization. Raises LookupError if there is none such."""
        return _existing(self.world.owner({"org": login}), Organization, login)

    def repo(self, owner: str = "octo-org", repo: str = "octo-repo") -> Repository:
        """Return a repository. Raises LookupError if there is none such."""
        found = self.world.owner({"owner": owner, "repo": repo})
        return _existing(found, Repository, f"{owner}/{repo}")

    def move_between_pages(self, seed: int = 0) -> None:
        """Let a few items of each list move to another page between any two requests, from now on."""
        self.world.list_order = MovingOrder(seed)

    def _settle(self) -> None:
        # Any thread may advance the clock.
        with self._lock:
            self.world.timers.settle(self.clock.now())


def _existing(found: object, kind: type[Found], name: str) -> Found:
    if not isinstance(found, kind):
        raise LookupError(f"the fake GitHub has no {kind.__name__.lower()} {name!r}")
    return found
