"""Rules of every request to a fake GitHub, in their order.

token ─▶ version ─▶ product ─▶ media type ─▶ rate limits ─▶ owner ─▶ permissions
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...testing._kit.calls import Call
from ...testing._kit.clock import ManualClock
from ...testing._kit.description import Description, Operation
from ...testing._kit.request.received import Received
from ...testing._kit.response.faults import Response, Wire
from ...testing._kit.schemas import Schemas
from ..state.world import World
from . import apps, headers, installations, permissions, problems, surroundings, versions
from .limits import Limits
from .products import PATH, Product
from .tokens import Token, sent_token


class Visit(msgspec.Struct):
    """What is known of the request that is being answered."""

    selected: versions.Selected
    request_id: str
    base_url: str
    account: str = ""
    token: Token | None = None
    rejected: bool = False
    operation: Operation | None = None
    counted: bool = False


class Gate:
    """Rules of every request. Its state is what tests set: tokens, Apps and limits."""

    def __init__(
        self, world: World, clock: ManualClock, description: Description, product: Product
    ) -> None:
        self.product: Product = product
        self.limits: Limits = Limits(shown=not product.is_server)
        self.tokens: dict[str, Token] = {}
        self.apps: list[apps.FakeApp] = []
        self.restricted: bool = False
        """Whether tokens that were not added are refused."""
        self.permissions: Sequence[str] = sorted(
            {name for one in description.operations for name in one.permissions}
        )
        self._world, self._clock, self._description = world, clock, description
        self._versions = product.versions(description)
        self._requests = 0
        self.scheme: str = "https"
        """The scheme of the addresses in responses: that of the request."""
        self.visit: Visit = Visit(versions.Selected(self._versions[-1]), "", "")

    def enter(self, request: Received) -> versions.Selected:
        """Begin with a request, and return its API version."""
        self._requests += 1
        asked = request.header("x-github-api-version")
        retires = not self.product.is_server
        selected = versions.select(asked, self._versions, self._clock.time, retires=retires)
        self.visit = Visit(selected, f"FA4E:{self._requests:04X}:0:0:0", self._base_url(request))
        return selected

    def _base_url(self, request: Received) -> str:
        prefix = PATH if _is_below(request.path) else ""
        return f"{self.scheme}://{request.header('host') or 'api.github.com'}{prefix}"

    def admit(self, request: Received, operation: Operation | None, call: Call) -> Any:
        """Return the response to a request that is refused, or is none of runners; else UNSET."""
        visit, path = self.visit, _inner(request.path)
        if self.product.is_server and not _is_below(request.path):
            call.operation = ""  # these are its web pages
            return Response(404, content=b"Not Found", headers={"Content-Type": "text/html"})
        of_apps = installations.is_of_apps(path)
        refused = (None if of_apps else self._identify(request)) or visit.selected.refusal
        if refused is not None:
            return refused
        if operation is not None and not self.product.has_operation(operation):
            operation, call.problem = None, f"{self.product.name} does not have it"
        elif operation is not None:
            lacking = self.product.lacking(operation)
            call.arguments = {key: it for key, it in call.arguments.items() if key not in lacking}
        visit.operation = operation
        if not headers.accepts_json(request):
            message = "Unsupported 'Accept' header. Must accept 'application/json'."
            return problems.error(415, message)
        if of_apps:
            return self._for_app(request, path)
        endpoint = surroundings.endpoint(request.method, path)
        if visit.token is None and (endpoint is None or endpoint[2]):
            return problems.error(401, "Requires authentication")
        refused = None if path == "/rate_limit" else self._spend(request)
        if refused is not None:
            return refused
        if endpoint is not None:
            answer, names, _ = endpoint
            return answer(self._question(names))
        if operation is None or not _has_numbers(operation, call):
            call.problem = call.problem or "no such path"
            return problems.error(404, "Not Found")
        assert visit.token is not None
        owner = self._world.owner(call.arguments)
        refused = permissions.refusal(visit.token, operation, owner)
        if refused is None and operation.body is not None:
            refused = problems.of_body(request.content)
        return refused or msgspec.UNSET

    def documented(self, error: Response) -> Response:
        """Return an error of the request with the page about its operation."""
        operation = self.visit.operation
        page = "" if operation is None else self.product.page(operation)
        return problems.documented(error, page)

    def finish(self, request: Received, wire: Wire) -> Wire:
        """Return a response with the headers of every response, and the fields of the product."""
        visit, now = self.visit, self._clock.wall()
        if visit.operation is not None and self.product.name != "ghec":
            wire = self._of_product(visit.operation, wire)
        wire = headers.with_etag(request, wire)
        if wire.status == 304 and visit.counted:
            self.limits.refund(visit.account, now)
        named = {**headers.common(request, visit.request_id, self._clock.time)}
        if not visit.rejected:
            if visit.selected.refusal is None:
                models = self._description.models
                named |= visit.selected.headers(self._clock.time, visit.operation, models)
            named |= self.limits.headers(visit.account, now)
        if visit.token is not None and self._is_known(visit.token):
            named |= permissions.headers(visit.token, visit.operation)
        return headers.added(wire, named)

    # ── Who asks ─────────────────────────────────────────────────────────────────────────────

    def _identify(self, request: Received) -> Response | None:
        """Find the token of a request. Return the response to one that is not valid."""
        if request.header("authorization") is None:
            return None
        visit, token = self.visit, self._token(sent_token(request))
        if token is None:
            visit.rejected = True
            return problems.error(401, "Bad credentials")
        visit.token, visit.account = token, token.account
        return None

    def _token(self, text: str) -> Token | None:
        token = self.tokens.get(text)
        if token is None:
            is_any = text and not self.restricted and not apps.is_jwt(text, self.apps)
            return Token(kind="classic", login="octocat", account=text) if is_any else None
        expires = token.expires_at
        return None if expires is not None and expires <= self._clock.wall() else token

    def _for_app(self, request: Received, path: str) -> Response:
        app = apps.app_of(sent_token(request), self.apps, self._clock.wall())
        if isinstance(app, str):
            return problems.error(404 if app == "Integration not found" else 401, app)
        self.visit.account = f"app {app.app_id}"
        desk = installations.Desk(
            self._world, self._clock.wall(), self.visit.base_url, self.tokens.__setitem__
        )
        return self._spend(request) or desk.response(request, path, app)

    def _is_known(self, token: Token) -> bool:
        return any(token is one for one in self.tokens.values())

    def _spend(self, request: Received) -> Response | None:
        visit, now = self.visit, self._clock.wall()
        write = request.method not in ("GET", "HEAD")
        refused = self.limits.spend(visit.account, now, write=write, request_id=visit.request_id)
        visit.counted = refused is None and self.limits.enforced
        return refused

    def _question(self, names: Mapping[str, str]) -> surroundings.Question:
        visit = self.visit
        limit = self.limits.status_of(visit.account, self._clock.wall())
        return surroundings.Question(
            world=self._world,
            product=self.product,
            base_url=visit.base_url,
            token=visit.token,
            limit=limit if self.limits.shown else {},
            names=names,
        )

    # ── Products ─────────────────────────────────────────────────────────────────────────────

    def _of_product(self, operation: Operation, wire: Wire) -> Wire:
        declared = operation.declared(wire.status)
        if declared is None or declared.schema is None or wire.arriving is not None:
            return wire
        try:
            content = msgspec.json.decode(wire.content)
        except msgspec.DecodeError:
            return wire  # what a test sends as it is
        schemas = Schemas(self._description.models, self.visit.selected.version, closed=False)
        shown = self.product.shown(schemas, declared.schema, content)
        text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
        return msgspec.structs.replace(wire, content=text.encode())


def _has_numbers(operation: Operation, call: Call) -> bool:
    """Return whether ids in a path are numbers. GitHub has no path with others."""
    ids = [
        it
        for it in operation.parameters
        if it.location == "path" and it.schema["type"] == "integer"
    ]
    return all(isinstance(call.arguments[it.argument], int) for it in ids)


def _is_below(path: str) -> bool:
    """Return whether a path is the one at which Enterprise Server serves its API, or below it."""
    return path == PATH or path.startswith(f"{PATH}/")


def _inner(path: str) -> str:
    """Return a path below the one at which Enterprise Server serves its API."""
    return path.removeprefix(PATH) if _is_below(path) else path
