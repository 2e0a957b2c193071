"""Rules of every request to a fake GitHub, in their order.

token ─▶ version ─▶ product ─▶ media type ─▶ rate limits ─▶ owner ─▶ permissions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...testing._kit.calls import Call
from ...testing._kit.clock import ManualClock
from ...testing._kit.description import Description, Operation
from ...testing._kit.request.received import Received
from ...testing._kit.response.encoding import json_content
from ...testing._kit.response.faults import Response, Wire
from ...testing._kit.schemas import Schemas
from ..state.world import World
from . import apps, general_endpoints, headers, installations, permissions, problems, versions
from .limits import Limits
from .products import PATH, Product
from .tokens import Token, sent_token


class RequestContext(msgspec.Struct):
    """State of the current request."""

    selected: versions.Selected
    request_id: str
    base_url: str
    account: str = ""
    token: Token | None = None
    rejected: bool = False
    operation: Operation | None = None
    counted: bool = False


class Gateway:
    """Rules of every request. Tests set its tokens, Apps and limits."""

    def __init__(
        self, world: World, clock: ManualClock, description: Description, product: Product
    ) -> None:
        self.product: Product = product
        self.limits: Limits = Limits(shown=not product.is_server)
        self.tokens: dict[str, Token] = {}
        self.apps: list[apps.FakeApp] = []
        self.restricted: bool = False
        """Whether tokens that were not added are rejected."""
        self.permissions: Sequence[str] = sorted(
            {name for one in description.operations for name in one.permissions}
        )
        self._world, self._clock, self._description = world, clock, description
        self._versions = product.versions(description)
        self._requests = 0
        self._whole: dict[tuple[str, str], bool] = {}
        # Tokens that no test has added.
        self._any_tokens: dict[str, Token] = {}
        self.scheme: str = "https"
        """The scheme of the addresses in responses: that of the request."""
        self.context: RequestContext = RequestContext(versions.Selected(self._versions[-1]), "", "")

    def enter(self, request: Received) -> versions.Selected:
        """Begin a request, and return its API version."""
        self._requests += 1
        asked = request.header("x-github-api-version")
        retires = not self.product.is_server
        selected = versions.select(asked, self._versions, self._clock.time, retires=retires)
        self.context = RequestContext(
            selected, f"FA4E:{self._requests:04X}:0:0:0", self._base_url(request)
        )
        return selected

    def _base_url(self, request: Received) -> str:
        prefix = PATH if _is_below(request.path) else ""
        return f"{self.scheme}://{request.header('host') or 'api.github.com'}{prefix}"

    def admit(self, request: Received, operation: Operation | None, call: Call) -> Any:
        """Return the response to a rejected request, or of a general endpoint; otherwise UNSET."""
        context, path = self.context, _inner(request.path)
        if self.product.is_server and not _is_below(request.path):
            call.operation = ""  # a path of its web pages
            return Response(404, content=b"Not Found", headers={"Content-Type": "text/html"})
        of_apps = installations.is_of_apps(path)
        refused = (None if of_apps else self._identify(request)) or context.selected.refusal
        if refused is not None:
            return refused
        if operation is not None and not self.product.has_operation(operation):
            operation, call.problem = None, f"{self.product.name} does not have it"
        elif operation is not None:
            lacking = self.product.lacking(operation)
            call.arguments = {key: it for key, it in call.arguments.items() if key not in lacking}
        context.operation = operation
        if not headers.accepts_json(request):
            message = "Unsupported 'Accept' header. Must accept 'application/json'."
            return problems.error(415, message)
        if of_apps:
            return self._for_app(request, path)
        endpoint = general_endpoints.endpoint(request.method, path)
        if context.token is None and (endpoint is None or endpoint[2]):
            return problems.error(401, "Requires authentication")
        refused = None if path == "/rate_limit" else self._spend(request)
        if refused is not None:
            return refused
        if endpoint is not None:
            handler, names, _ = endpoint
            return handler(self._general_request(names))
        if operation is None or not _has_numbers(operation, call):
            call.problem = call.problem or "no such path"
            return problems.error(404, "Not Found")
        assert context.token is not None
        owner = self._world.owner(call.arguments)
        refused = permissions.refusal(context.token, operation, owner)
        if refused is None and operation.body is not None:
            refused = problems.of_body(request.content)
        return refused or msgspec.UNSET

    @property
    def schemas(self) -> Schemas:
        """The schemas of responses in the API version of the request."""
        version = self.context.selected.version
        return Schemas(self._description.models, version, closed=False)

    def is_whole(self, operation: Operation) -> bool:
        """Return whether the product and the API version have all fields of a response."""
        key = (operation.name, self.context.selected.version)
        if key not in self._whole:
            content = operation.declared(operation.success)
            schema = None if content is None else content.schema
            self._whole[key] = schema is None or self.product.is_whole(self.schemas, schema)
        return self._whole[key]

    def documented(self, error: Response) -> Response:
        """Return an error of the request with the page about its operation."""
        operation = self.context.operation
        page = "" if operation is None else self.product.page(operation)
        return problems.documented(error, page)

    def finish(self, request: Received, wire: Wire) -> Wire:
        """Return a response with the headers of every response, and the fields of the product."""
        context, now = self.context, self._clock.wall()
        if context.operation is not None and self.product.name != "ghec":
            wire = self._of_product(context.operation, wire)
        wire = headers.with_etag(request, wire)
        if wire.status == 304 and context.counted:
            self.limits.refund(context.account, now)
        named = {**headers.common(request, context.request_id, self._clock.time)}
        if not context.rejected:
            if context.selected.refusal is None:
                models = self._description.models
                named |= context.selected.headers(self._clock.time, context.operation, models)
            named |= self.limits.headers(context.account, now)
        if context.token is not None and self._is_known(context.token):
            named |= permissions.headers(context.token, context.operation)
        return headers.added(wire, named)

    # ── Credentials and limits ───────────────────────────────────────────────────────────────

    def _identify(self, request: Received) -> Response | None:
        """Set the token of the request. Return the response if it is not valid."""
        if request.header("authorization") is None:
            return None
        context, token = self.context, self._token(sent_token(request))
        if token is None:
            context.rejected = True
            return problems.error(401, "Bad credentials")
        context.token, context.account = token, token.account
        return None

    def _token(self, text: str) -> Token | None:
        token = self.tokens.get(text)
        if token is None:
            is_any = text and not self.restricted and not apps.is_jwt(text, self.apps)
            return self._any_token(text) if is_any else None
        expires = token.expires_at
        return None if expires is not None and expires <= self._clock.wall() else token

    def _any_token(self, text: str) -> Token:
        if text not in self._any_tokens:
            self._any_tokens[text] = Token(kind="classic", login="octocat", account=text)
        return self._any_tokens[text]

    def _for_app(self, request: Received, path: str) -> Response:
        app = apps.app_of(sent_token(request), self.apps, self._clock.wall())
        if isinstance(app, str):
            return problems.error(404 if app == "Integration not found" else 401, app)
        self.context.account = f"app {app.app_id}"
        endpoints = installations.AppEndpoints(
            self._world, self._clock.wall(), self.context.base_url, self.tokens.__setitem__
        )
        return self._spend(request) or endpoints.response(request, path, app)

    def _is_known(self, token: Token) -> bool:
        return any(token is one for one in self.tokens.values())

    def _spend(self, request: Received) -> Response | None:
        context, now = self.context, self._clock.wall()
        write = request.method not in ("GET", "HEAD")
        refused = self.limits.spend(
            context.account, now, write=write, request_id=context.request_id
        )
        context.counted = refused is None and self.limits.enforced
        return refused

    def _general_request(self, names: Mapping[str, str]) -> general_endpoints.GeneralRequest:
        context = self.context
        limit = self.limits.status_of(context.account, self._clock.wall())
        return general_endpoints.GeneralRequest(
            world=self._world,
            product=self.product,
            base_url=context.base_url,
            token=context.token,
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
            return wire  # an unchecked response of a test
        shown = self.product.shown(self.schemas, declared.schema, content)
        return msgspec.structs.replace(wire, content=json_content(shown))


def _has_numbers(operation: Operation, call: Call) -> bool:
    """Return whether ids in a path are numbers. GitHub has no other paths."""
    ids = [
        it
        for it in operation.parameters
        if it.location == "path" and it.schema["type"] == "integer"
    ]
    return all(isinstance(call.arguments[it.argument], int) for it in ids)


def _is_below(path: str) -> bool:
    """Return whether a path is the base path of Enterprise Server, or below it."""
    return path == PATH or path.startswith(f"{PATH}/")


def _inner(path: str) -> str:
    """Return a path without the base path of Enterprise Server."""
    return path.removeprefix(PATH) if _is_below(path) else path
