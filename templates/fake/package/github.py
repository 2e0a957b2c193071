"""A GitHub in memory: `FakeGitHub`, with the state that its endpoints read and change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, TypeVar, Unpack

import msgspec

from .. import AsyncClient, AsyncClientOptions, Client, ClientOptions
from .._runtime.auth.token import AsyncTokenAuth, TokenAuth
from ..testing._kit.calls import Call
from ..testing._kit.clock import ManualClock
from ..testing._kit.description import Operation
from ..testing._kit.request.received import Received
from ..testing._kit.response.faults import Outcome, Response, Wire
from ..testing._server import MockServer
from .endpoints.asked import Asked, Refusal, not_found
from .endpoints.table import answer_to
from .protocol import addresses, problems
from .protocol.apps import FakeApp, Installation, public_key
from .protocol.gate import Gate
from .protocol.products import product_of
from .protocol.tokens import Access, Token, TokenKind, checked
from .state.groups import RunnerGroup
from .state.list_order import MovingOrder
from .state.machine_errors import UnknownGroup
from .state.owners import Enterprise, GroupOwner, Organization, Owner, Repository
from .state.registrations import Registration
from .state.runners import Os, Runner
from .state.world import World

Found = TypeVar("Found")


class FakeGitHub(MockServer):
    """A GitHub in memory. It begins with the organization `octo-org` of the enterprise `octo-corp`,
    and with its repository `octo-repo`.

    It is a `MockServer` whose endpoints have state: responses of `respond`, `script` and the faults
    take precedence over it.

    Args:
        clock: The clock of the server and of its clients. Default: one that stands still.
        credentials: A token that is accepted and may do everything, as `{"token": ...}`. Default:
            any token is. See `add_token` for tokens with permissions.
        product: `ghec`, `github.com` or `ghes`. Default: `ghec`, which has all operations.
        version: The release of Enterprise Server, such as `3.19`. Default: the newest known one.

    Raises ValueError if there is no such product or release.
    """

    _ignores_unknown = True

    def __init__(
        self,
        *,
        clock: ManualClock | None = None,
        credentials: Mapping[str, str] | None = None,
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
        for token in (credentials or {}).values():
            self.add_token(token)
        self.clock.listeners.append(self._settle)
        enterprise = self.world.add_enterprise("octo-corp")
        enterprise.add_organization("octo-org").add_repository("octo-repo")

    # ── State ────────────────────────────────────────────────────────────────────────────────

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

    # ── What a machine does ──────────────────────────────────────────────────────────────────

    def register(
        self,
        token: str,
        *,
        name: str,
        labels: Sequence[str] = (),
        group: str | None = None,
        ephemeral: bool = False,
        replace: bool = False,
        os: Os = "linux",
        architecture: str = "X64",
        version: str | None = None,
    ) -> Runner:
        """Register a runner as `config.sh` does. It is offline until it connects, as `run.sh` does.

        Args:
            token: A registration token, which determines the owner.
            name: The name.
            labels: Its custom labels.
            group: The name of its runner group. Default: the default one.
            ephemeral: Whether it is removed after one job.
            replace: Whether it takes the place of an idle runner of its name, and its id.
            os: The system.
            architecture: `X64`, `ARM` or `ARM64`.
            version: The version of the runner application. Default: the current one.

        Raises MachineError, a ValueError: TokenRejected, NameTaken, UnknownGroup, RunnersDisabled,
        TooManyRegistrations, GroupFull, VersionDeprecated or JobRunning; and ValueError for a name
        or label that `config.sh` does not accept.
        """
        with self._lock:
            self._settle()
            registrations = self.world.registrations
            owner = registrations.owner_of(token, "registration")
            versions = self.world.runner_versions
            versions.check(version or versions.current, self.world.time)
            wanted = Registration(
                name=name,
                labels=labels,
                group=_group_of(owner, group),
                ephemeral=ephemeral,
                replace=replace,
                os=os,
                architecture=architecture,
            )
            runner = registrations.add(owner, wanted)
            if self.world.connects_after is not None:
                runner.connect_later(self.world.connects_after, version=version)
            return runner

    def unregister(self, token: str, name: str) -> None:
        """Remove a runner as `config.sh remove` does, with a removal token.

        Raises MachineError, a ValueError: TokenRejected, UnknownRunner or JobRunning.
        """
        with self._lock:
            self._settle()
            owner = self.world.registrations.owner_of(token, "removal")
            self.world.registrations.remove(owner, name)

    def run(
        self, encoded_jit_config: str, *, os: Os | None = None, version: str | None = None
    ) -> Runner:
        """Start a runner as `run.sh --jitconfig` does, and return it. It is online.

        `os` is its system. Default: the one that a label names, or linux.

        Raises MachineError, a ValueError: ConfigRejected, UnknownRunner or VersionDeprecated.
        """
        with self._lock:
            self._settle()
            runner = self.world.registrations.runner_of(encoded_jit_config)
            runner.connect(os=os, version=version)
            return runner

    def _settle(self) -> None:
        # Any thread may advance the clock.
        with self._lock:
            self.world.timers.settle(self.clock.now())

    # ── Who may do what, and how often ───────────────────────────────────────────────────────

    def add_token(
        self,
        token: str,
        *,
        kind: TokenKind = "classic",
        scopes: Sequence[str] | None = None,
        permissions: Mapping[str, Access] | None = None,
        owners: Sequence[str] | None = None,
        expires_in: float | None = None,
        login: str = "octocat",
    ) -> Token:
        """Add a token, and from then on refuse all that were not added.

        Args:
            token: The token.
            kind: `classic`, `fine-grained`, `installation` or `github_token`.
            scopes: The scopes of a classic token. Default: all.
            permissions: The permissions of any other, such as
                `{"organization_self_hosted_runners": "write"}`. Default: all that are needed, and
                none for a `github_token`.
            owners: The enterprises and organizations that it sees. Default: all.
            expires_in: The seconds after which it expires. Default: never.
            login: The user.

        Raises ValueError for a kind, a scope or a permission that does not exist, or not for the
        kind.
        """
        checked(kind, scopes, permissions, self._gate.permissions)
        added = Token(
            kind=kind,
            login=login,
            account=token,
            scopes=scopes,
            permissions=permissions,
            owners=owners,
            expires_at=None if expires_in is None else self.clock.wall() + expires_in,
        )
        self._gate.restricted = True
        self._gate.tokens[token] = added
        return added

    def add_app(
        self,
        app_id: int,
        key: str | bytes,
        *,
        installations: Sequence[str] = ("octo-org",),
        permissions: Mapping[str, Access] | None = None,
        client_id: str | None = None,
    ) -> FakeApp:
        """Add a GitHub App, which gets installation tokens with its JWTs.

        `key` is the PEM text of its private or public key. `installations` are the organizations
        that it is installed on, with the same `permissions` on each; by default all that operations
        accept of an App.

        Raises ValueError for a key or permission that is not valid, or an App that is there already.
        Raises ImportError without PyJWT, from the extra `app`.
        """
        checked("installation", None, permissions, self._gate.permissions)
        if any(it.app_id == app_id for it in self._gate.apps):
            raise ValueError(f"there is an App {app_id} already")
        app = FakeApp(
            app_id=app_id,
            client_id=client_id or f"Iv23li{app_id:014d}",
            slug=f"app-{app_id}",
            installations=[
                Installation(
                    id=self.world.new_id(), account=self.org(it).name, permissions=permissions
                )
                for it in installations
            ],
            key=public_key(key),
        )
        self._gate.apps.append(app)
        return app

    def rate_limit(self, limit: int = 5_000, *, status: int = 403) -> None:
        """Refuse requests of a token above a number in an hour, with a status of 403 or 429."""
        _check_limit("limit", limit, status)
        limits = self._gate.limits
        limits.limit, limits.status, limits.enforced, limits.shown = limit, status, True, True

    def secondary_limit(
        self,
        points: int = 900,
        *,
        at_once: int = 100,
        retry_after: int | None = None,
        status: int = 403,
    ) -> None:
        """Refuse requests of a token above some points in a minute, or too many at once.

        A read is 1 point, a write 5. `retry_after` is the header of that name in seconds; without
        it, there is none. `status` is 403 or 429.
        """
        _check_limit("points", points, status)
        _check_limit("at_once", at_once, status)
        limits = self._gate.limits
        limits.points, limits.at_once = points, at_once
        limits.retry_after, limits.secondary_status = retry_after, status

    # ── What a client sends ──────────────────────────────────────────────────────────────────

    def client(
        self,
        *,
        auth: TokenAuth = "mock-token",
        base_url: str | None = None,
        **options: Unpack[ClientOptions],
    ) -> Client:
        return super().client(auth=auth, base_url=base_url or self._base_url, **options)

    def async_client(
        self,
        *,
        auth: AsyncTokenAuth = "mock-token",
        base_url: str | None = None,
        **options: Unpack[AsyncClientOptions],
    ) -> AsyncClient:
        return super().async_client(auth=auth, base_url=base_url or self._base_url, **options)

    @property
    def _base_url(self) -> str | None:
        return "https://ghes.example/api/v3" if self._gate.product.is_server else None

    def receive(self, request: Received, url: str) -> Outcome:
        with self._lock:
            self._settle()
            self._gate.scheme = url.partition("://")[0]
            if self.numeric_links:
                url = addresses.numbered(url, request.path, self.world)
            outcome = super().receive(request, url)
            account, limits = self._gate.visit.account, self._gate.limits
            limits.begin(account)
            return msgspec.structs.replace(
                outcome, delay=outcome.delay + self.latency, sent=partial(limits.end, account)
            )

    def select_version(self, request: Received) -> tuple[str, str]:
        return self._gate.enter(request).version, ""

    def understood(self, request: Received) -> Received:
        return addresses.understood(request, self.world)

    def admit(self, request: Received, operation: Operation | None, call: Call) -> Any:
        return self._gate.admit(request, operation, call)

    def finish(self, request: Received, call: Call, wire: Wire) -> Wire:
        del call
        return self._gate.finish(request, wire)

    def handle(self, call: Call) -> Any:
        answer = answer_to(call.operation)
        if answer is None:
            return super().handle(call)
        try:
            return answer(self._asked(call))
        except Refusal as refusal:
            return problems.error(refusal.status, refusal.message, errors=refusal.errors)

    def _asked(self, call: Call) -> Asked:
        owner = self.world.owner(call.arguments)
        if owner is None:
            raise not_found()
        return Asked(
            world=self.world,
            owner=owner,
            arguments=call.arguments,
            base_url=self._gate.visit.base_url,
            version=self._gate.visit.selected.version,
            now=self.clock.wall(),
            is_server=self._gate.product.is_server,
        )

    def refusal(self, call: Call, status: int, reason: str) -> Response:
        # The values of a request, if it is JSON at all, are invalid with 422 on GitHub.
        is_invalid = status == 400 and call.operation and call.body is not None
        return problems.error(422 if is_invalid else status, reason)


def _check_limit(name: str, value: int, status: int) -> None:
    if value < 1:
        raise ValueError(f"{name} must be at least 1, not {value}")
    if status not in (403, 429):
        raise ValueError(f"a rate limit has status 403 or 429, not {status}")


def _group_of(owner: Owner, name: str | None) -> RunnerGroup | None:
    if name is None:
        return owner.default_group()
    groups = owner.groups.values() if isinstance(owner, GroupOwner) else ()
    found = next((it for it in groups if it.name.lower() == name.lower()), None)
    if found is None:
        raise UnknownGroup(f"{owner.full_name} has no runner group {name!r}")
    return found


def _existing(found: object, kind: type[Found], name: str) -> Found:
    if not isinstance(found, kind):
        raise LookupError(f"the fake GitHub has no {kind.__name__.lower()} {name!r}")
    return found
