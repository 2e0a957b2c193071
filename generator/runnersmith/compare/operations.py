"""Operations as entities with facts: their parameters, body and responses. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from ..openapi.document import Document, Json, Node
from . import schemas
from .description_view import View
from .facts import Entity, Fact, products, quoted

Entities = dict[str, Callable[[], Entity]]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# Statuses whose responses have no content by HTTP. What a description states all the same is not
# compared.
WITHOUT_CONTENT = ("204", "205", "304")

_JSON = "application/json"
_NOTHING = "no content"
# Compared elsewhere, or facts of the client or the document instead of the operation.
_OPERATION = frozenset("tags summary operationId parameters requestBody responses security".split())
_PARAMETER = frozenset({"name", "in", "required", "schema", "content"})
_BODY = frozenset({"required", "content"})
_RESPONSE = frozenset({"summary", "content", "headers"})
_STYLES = {"query": "form", "cookie": "form", "path": "simple", "header": "simple"}
_FLAGS: dict[str, Json] = {"deprecated": False, "allowReserved": False, "allowEmptyValue": False}
_PRODUCT_DOCS = re.compile(r"^(https://docs\.github\.com/)(?:en/)?(?:[a-z-]+@[^/]+/)?/*")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of a description; `name` is `GET /orgs/{org}/actions/runners`.

    `stated` is its node in the document, `node` the same in the API version of the view.
    """

    view: View
    method: str
    path: str
    item: Node
    stated: Node

    @property
    def node(self) -> Node:
        return self.view.current(self.stated)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def key(self) -> tuple[str, str]:
        """Return the identity of an operation, independent of the names of its path parameters."""
        return self.method, shape(self.path)

    @property
    def path_names(self) -> list[str]:
        return re.findall(r"\{([^}]*)\}", self.path)


def shape(path: str) -> str:
    """Return a path without the names of its parameters: `/orgs/{}/actions/runners`."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def operations(
    view: View, concerns: Callable[[str], bool] | None = None
) -> dict[tuple[str, str], Operation]:
    """Return a description's operations by key, if `concerns` is true for the shape of the path."""
    found: dict[tuple[str, str], Operation] = {}
    paths = view.document.root.get("paths")
    for path, node in paths.items() if paths else ():
        if concerns is not None and not concerns(shape(path)):
            continue
        item = view.resolve(node)
        for method, child in item.items():
            if method in METHODS:
                operation = Operation(view, method.upper(), path, item, child)
                found[operation.key] = operation
    return found


def new_names(older: Document, newer: Document) -> dict[str, str]:
    """Return the operations whose paths name their parameters otherwise: old and new name."""
    was, now = (operations(View(document)) for document in (older, newer))
    pairs = ((was[key].name, now[key].name) for key in was if key in now)
    return {old: new for old, new in pairs if old != new}


def entity(operation: Operation, like: Operation, further: Mapping[str, Fact]) -> Entity:
    """Return an operation as an entity with `further` facts and the path names of `like`."""
    view, node = operation.view, operation.node
    facts = dict(schemas.others(node, _OPERATION, _FLAGS))
    if (identifier := node.get("operationId")) is not None:
        facts["operationId"] = Fact(identifier.value, identifier)
    docs = node.get("externalDocs")
    if docs is not None and (url := docs.text("url")) is not None:
        # Every product has its own edition of a page, so the link is not compared.
        facts["docs"] = Fact(_PRODUCT_DOCS.sub(r"\1", url), docs.at("url"))
    entities: Entities = dict(_parameters(operation, like))
    if (body := node.get("requestBody")) is not None:
        body = view.resolve(body)
        entities["body"] = partial(_body, view, body)
        entities |= _other_media(view, body, "body")
    responses = node.get("responses")
    for status, child in responses.items() if responses else ():
        name = f"response {status.upper()}"
        response = view.resolve(child)
        if status in WITHOUT_CONTENT:
            entities[name] = partial(_empty_response, response)
        else:
            entities[name] = partial(_response, view, response)
            entities |= _other_media(view, response, name)
        headers = response.get("headers")
        for header, shown in headers.items() if headers else ():
            found = view.resolve(shown)
            entities[f"{name} header {_header(header)}"] = partial(
                _value, view, found, "header", {}
            )
    return Entity(
        node=node,
        head="present",
        facts={**facts, **further},
        entities=entities,
        identity=(node.pointer,),
    )


def _parameters(
    operation: Operation, like: Operation
) -> Iterator[tuple[str, Callable[[], Entity]]]:
    """Yield the parameters by `query per_page`; the operation's own replace those of the path."""
    found: dict[tuple[str, str], Node] = {}
    for owner in (operation.item, operation.node):
        if parameters := owner.get("parameters"):
            for node in map(operation.view.resolve, parameters.elements()):
                found[node.text("in") or "", node.text("name") or ""] = node
    shared = dict(zip(operation.path_names, like.path_names, strict=True))
    for (location, name), node in found.items():
        called = _header(name) if location == "header" else name
        facts: dict[str, Fact] = {}
        if location == "path" and name in shared:
            called = shared[name]
            facts["name"] = Fact(name, node)
        yield f"{location} {quoted(called)}", partial(_value, operation.view, node, location, facts)


def _value(view: View, node: Node, location: str, facts: Mapping[str, Fact]) -> Entity:
    """Return a parameter or header: its schema and its serialization."""
    style = node.text("style") or _STYLES.get(location, "simple")
    usual: dict[str, Json] = {
        "style": _STYLES.get(location, "simple"),
        "explode": style == "form",
        **_FLAGS,
    }
    written = dict(schemas.others(node, _PARAMETER, usual))
    if (content := node.get("content")) is not None:
        written["content"] = Fact(_media(node), content)
    head = _required(node.flag("required") or location == "path")
    schema = node.get("schema") or _json_schema(node)
    return _with_schema(view, schema, node, head, {**written, **facts})


def _body(view: View, node: Node) -> Entity:
    facts = dict(schemas.others(node, _BODY, {}))
    facts["content"] = Fact(_media(node), node.get("content") or node)
    head = _required(node.flag("required"))
    return _with_schema(view, _json_schema(node), node, head, facts)


def _response(view: View, node: Node) -> Entity:
    facts = dict(schemas.others(node, _RESPONSE, {}))
    return _with_schema(view, _json_schema(node), node, _media(node), facts)


def _empty_response(node: Node) -> Entity:
    """Return a response that has no content by HTTP, whatever is written."""
    facts = dict(schemas.others(node, _RESPONSE, {}))
    return Entity(node=node, head=_NOTHING, facts=facts, identity=("nothing", node.pointer))


def _other_media(view: View, node: Node, name: str) -> Entities:
    """Return the schemas of other media types than JSON, as separate entities."""
    content = node.get("content")
    return {
        f"{name} {media}": partial(_with_schema, view, child.get("schema"), child, "present", {})
        for media, child in (content.items() if content else ())
        if media != _JSON
    }


def _with_schema(
    view: View, schema: Node | None, node: Node, head: str, facts: Mapping[str, Fact]
) -> Entity:
    """Return an entity at `node` with the facts of its schema, and `facts`."""
    content = schemas.field(view, [] if schema is None else [schema], head=head, at=node)
    listed = products(node)
    return Entity(
        node=node,
        head=head,
        facts={**content.facts, **facts} if schema is not None else facts,
        fields=content.fields,
        types=content.types,
        products=(listed,) if listed is not None else (),
        identity=("thing", node.pointer),
    )


def _json_schema(node: Node) -> Node | None:
    content = node.get("content")
    media = content.get(_JSON) if content else None
    return media.get("schema") if media else None


def _media(node: Node) -> str:
    content = node.get("content")
    return ", ".join(sorted(name for name, _ in content.items())) if content else _NOTHING


def _required(flag: bool) -> str:
    return "required" if flag else "optional"


def _header(name: str) -> str:
    """Return a header's name in lower case, since its case has no meaning."""
    return "-".join(part.capitalize() for part in name.split("-"))
