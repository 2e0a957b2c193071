"""Problems of lowering: what a client cannot express is rejected, with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest

from lowering.schemas import OBJECT, TEXT
from runnersmith import pipeline
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError, errors
from small_specs import (
    LAMP_PATH,
    Schema,
    build_ir,
    document,
    inside,
    lamp,
    put,
    small_spec,
    with_fields,
)

GET = ("paths", LAMP_PATH, "get")


def _field(**schema: Json) -> Callable[[], Schema]:
    return lambda: with_fields(field=schema)


def _with_field(schema: Schema, **components: Json) -> Schema:
    """A spec whose lamp has a field with this schema, beside a field for each component."""
    spec = _components(**components)()
    lamp(spec)["field"] = {"description": "A field.", **schema}
    return spec


def _body(schema: Json) -> Callable[[], Schema]:
    return lambda: put(schema)


def _changed(change: Callable[[Schema], object]) -> Callable[[], Schema]:
    def make() -> Schema:
        spec = small_spec()
        change(spec)
        return spec

    return make


def _answering(responses: Schema) -> Callable[[], Schema]:
    """A spec whose lamp can also be put, with these responses."""

    def make() -> Schema:
        spec = put({**OBJECT})
        inside(spec, "paths", LAMP_PATH, "put")["responses"] = responses
        return spec

    return make


def _asking(**parameter: Json) -> Callable[[], Schema]:
    added = _parameter(**parameter)
    return _changed(lambda spec: inside(spec, *GET).update(parameters=[added]))


def _parameter(**stated: Json) -> Schema:
    usual: Schema = {
        "name": "q",
        "in": "query",
        "description": "A query.",
        "schema": {"type": "string"},
    }
    return {**usual, **stated}


def _json(schema: Json) -> Schema:
    return {"description": "Yes.", "content": {"application/json": {"schema": schema}}}


def _components(**schemas: Json) -> Callable[[], Schema]:
    """A spec whose lamp has a field for each of these components."""

    def make() -> Schema:
        spec = small_spec()
        inside(spec, "components", "schemas").update(schemas)
        for number, name in enumerate(schemas):
            lamp(spec)[f"field{number}"] = {"$ref": f"#/components/schemas/{name}"}
        return spec

    return make


def _scopes(**paths: str) -> Callable[[], Schema]:
    """A spec with these scopes in place of the one, each with a resource `doors`."""

    def make() -> Schema:
        spec = small_spec()
        root = inside(spec, "x-runnersmith")
        root["scopes"] = {name: {"path": path, "description": "A."} for name, path in paths.items()}
        root["resources"] = {"doors": {"description": "Doors."}}
        written: Schema = {}
        spec["paths"] = written
        for name, path in paths.items():
            written[path + "/doors"] = {
                "parameters": [
                    {
                        "name": part.strip("{}"),
                        "in": "path",
                        "required": True,
                        "description": "A.",
                        "schema": {"type": "string"},
                    }
                    for part in path.split("/")
                    if part.startswith("{")
                ],
                "delete": {
                    "operationId": name,
                    "summary": "Do it.",
                    "x-runnersmith": {
                        "resource": "doors",
                        "method": "delete_all",
                        "repeat": "idempotent",
                        "products": {"ghec": "all"},
                    },
                    "responses": {"204": {"description": "Done."}},
                },
            }
        del spec["components"]
        return spec

    return make


def _resource(name: str, method: str = "get") -> Callable[[], Schema]:
    def change(spec: Schema) -> None:
        inside(spec, "x-runnersmith")["resources"] = {name: {"description": "A."}}
        inside(spec, *GET, "x-runnersmith").update(resource=name, method=method)

    return _changed(change)


def _paged_with_a_body() -> Schema:
    """A paged operation that is a POST with a body."""
    spec = _paged(["total_count", "lamps"])
    item = inside(spec, "paths", LAMP_PATH)
    item["post"] = post = item.pop("get")
    inside(post, "x-runnersmith").update(repeat="unsafe", lookup="nothing: it is of no use")
    inside(post)["requestBody"] = {"content": {"application/json": {"schema": OBJECT}}}
    return spec


REFUSED: dict[str, Callable[[], Schema]] = {
    # names
    "two fields become one": _field(type="object", properties={"a-b": TEXT, "a_b": TEXT}),
    "two models become one": _components(**{"Lamp-shade": OBJECT, "LampShade": OBJECT}),
    "an inline object and a component become one": lambda: _with_field(
        {"type": "object", "properties": {"field": OBJECT}}, LampFieldField=OBJECT
    ),
    "two modules become one": _components(HTMLPage=OBJECT, HtmlPage=OBJECT),
    "a name without letters": _field(type="object", properties={"_": TEXT}),
    "a name of other letters": _field(type="object", properties={"имя": TEXT}),
    "a name that only looks like one": _field(type="object", properties={"ｉｄ": TEXT}),
    "a name that msgspec has not": _field(type="object", properties={'a"b': TEXT}),
    "two query parameters with almost a path parameter's name": _changed(
        lambda spec: inside(spec, *GET).update(
            parameters=[_parameter(name="lamp-id"), _parameter(name="lampId")]
        )
    ),
    "a scope that the client's method is called": _scopes(scope="/scopes/{scope}"),
    "a scope that another method is called": _scopes(close="/closes/{close}"),
    "a scope that a property is called": _scopes(base_url="/urls/{url}"),
    "scopes whose resources become one module": lambda: _two_layouts("a", "b_c", "a_b", "c"),
    "a resource whose class is the scope's": _resource("scope"),
    "scopes whose classes are the other flavour's": _scopes(
        org="/orgs/{org}", async_org="/asyncs/{org}"
    ),
    "a resource that breaks its class": _resource("property"),
    "a method that a type is called": _resource("lamps", "int"),
    "another method that a type is called": _resource("lamps", "str"),
    "a method that a holder is called": _resource("lamps", "dict"),
    "a method that a module is called": _resource("lamps", "models"),
    "scope parameters that become one": _scopes(a="/as/{b_c}/{B_c}"),
    # responses
    "no reply for success": _answering({"404": {"description": "No."}}),
    "only a stream of events": _answering(
        {"200": {"description": "A.", "content": {"text/event-stream": {"schema": TEXT}}}}
    ),
    "a reply of JSON lines": _answering(
        {"200": {"description": "A.", "content": {"application/x-ndjson": {"schema": TEXT}}}}
    ),
    "a reply of two media types": _answering(
        {
            "200": {
                "description": "A.",
                "content": {"application/json": {"schema": TEXT}, "text/html": {"schema": TEXT}},
            }
        }
    ),
    "content of a status that has none": _answering({"204": _json(TEXT)}),
    "links from a reply": _answering(
        {"204": {"description": "Done.", "links": {"next": {"operationId": "lamps/get"}}}}
    ),
    "pages of two types": lambda: _changed_pages({"202": _json(TEXT)}),
    "pages, and nothing": lambda: _changed_pages({"204": {"description": "Nothing."}}),
    "pages that are asked for with a body": _paged_with_a_body,
    # alternatives
    "objects that cannot be told apart": _components(
        A={"description": "A.", "oneOf": [OBJECT, {**OBJECT, "required": ["x"]}]}
    ),
    "an object or a map": _field(oneOf=[OBJECT, {"type": "object"}]),
    "objects as values": _field(enum=[{"a": 1}]),
    # keywords, alone and together
    "a negation": lambda: _with_field({"not": {"type": "string"}}),
    "a condition": lambda: _with_field({"if": {"type": "string"}, "then": {"minLength": 1}}),
    "a tuple": _field(type="array", prefixItems=[TEXT]),
    "fields beside alternatives": _field(
        type="object", properties={"x": TEXT}, anyOf=[{"required": ["x"]}]
    ),
    "allOf beside oneOf": _field(allOf=[OBJECT], oneOf=[OBJECT]),
    "oneOf beside anyOf": _field(oneOf=[TEXT], anyOf=[TEXT]),
    "values beside fields": _field(enum=["a"], properties={"x": TEXT}),
    "a text with fields": _field(type="string", properties={"x": TEXT}),
    "a text with items": _field(type="string", items=TEXT),
    "an object with items": _field(type="object", items=TEXT),
    "allOf that gives a field two types": _field(
        allOf=[OBJECT, {**OBJECT, "properties": {"x": {**TEXT, "type": "integer"}}}]
    ),
    "allOf that describes an object twice": _field(
        allOf=[
            {**OBJECT, "properties": {"x": OBJECT}},
            {**OBJECT, "properties": {"x": {**OBJECT, "properties": {"y": TEXT}}}},
        ]
    ),
    "values of another type": _field(type="array", items=TEXT, enum=["x"]),
    "only null": _field(type="null"),
    "a secret in a list": _field(
        type="array", items={"type": "string", "x-runnersmith": {"secret": True}}
    ),
    "a secret in a map": _field(
        type="object",
        additionalProperties={"type": "string", "x-runnersmith": {"secret": True}},
    ),
    # parameters
    "a list of lists in the query": _asking(
        schema={"type": "array", "items": {"type": "array", "items": TEXT}}
    ),
    "null in the query": _asking(schema={"type": ["string", "null"]}),
    "a header that the client sets": _asking(name="Accept", **{"in": "header"}),
    "the header of the API version": _asking(name="x-api-version", **{"in": "header"}),
    "a header of the connection": _asking(name="Host", **{"in": "header"}),
    "a header that is no token": _asking(name="a b", **{"in": "header"}),
    "a scope's parameter that needs a style": _changed(
        lambda spec: inside(spec, "paths", LAMP_PATH, "parameters", 0).update(
            schema={"type": "number"}
        )
    ),
    "reserved characters in a path": _changed(
        lambda spec: inside(spec, "paths", LAMP_PATH, "parameters", 1).update(allowReserved=True)
    ),
    # bodies
    "a body that is a choice": _body({"oneOf": [OBJECT, {**OBJECT, "required": ["x"]}]}),
    "a body with conditions on its fields": _body({**OBJECT, "anyOf": [{"required": ["x"]}]}),
    # the document
    "two servers": _changed(
        lambda spec: cast(list[Json], spec["servers"]).append({"url": "https://other.example"})
    ),
    "no server": _changed(lambda spec: spec.pop("servers")),
    "variables in the server": _changed(
        lambda spec: spec.update(
            servers=[{"url": "https://{host}", "variables": {"host": {"default": "a"}}}]
        )
    ),
    "a server of a path item": _changed(
        lambda spec: inside(spec, "paths", LAMP_PATH).update(servers=[{"url": "https://a.example"}])
    ),
    "a list wrapper whose items may be missing": lambda: _paged(["total_count"]),
    "a list wrapper whose items may be null": lambda: _paged(["lamps"], ["array", "null"]),
}


def _two_layouts(scope: str, resource: str, other_scope: str, other_resource: str) -> Schema:
    spec = _scopes(**{scope: "/as/{a}", other_scope: "/bs/{b}"})()
    inside(spec, "x-runnersmith")["resources"] = {
        name: {"description": "A."} for name in (resource, other_resource)
    }
    inside(spec, "paths", "/as/{a}/doors", "delete", "x-runnersmith")["resource"] = resource
    inside(spec, "paths", "/bs/{b}/doors", "delete", "x-runnersmith")["resource"] = other_resource
    return spec


def _changed_pages(responses: Schema) -> Schema:
    """A paged operation with these responses beside its page."""
    spec = _paged(["total_count", "lamps"])
    inside(spec, *GET, "responses").update(responses)
    return spec


def _paged(required: list[Json], kind: Json = "array") -> Schema:
    spec = small_spec()
    inside(spec, *GET, "x-runnersmith")["paged"] = True
    inside(spec, *GET)["parameters"] = [
        {"name": name, "in": "query", "description": "A.", "schema": {"type": "integer"}}
        for name in ("page", "per_page")
    ]
    inside(spec, *GET)["responses"] = {"200": _json({"$ref": "#/components/schemas/LampList"})}
    inside(spec, "components", "schemas")["LampList"] = {
        "type": "object",
        "description": "Lamps.",
        "required": required,
        "properties": {
            "total_count": {"type": "integer", "description": "How many."},
            "lamps": {
                "type": kind,
                "description": "The lamps.",
                "items": {"$ref": "#/components/schemas/Lamp"},
            },
        },
        "x-runnersmith": {"items": "lamps"},
    }
    return spec


@pytest.mark.parametrize("mistake", REFUSED)
def test_what_cannot_be_expressed_is_refused(mistake: str) -> None:
    """A spec that the client could not be true to is rejected, with the place and what to do."""
    found = errors(pipeline.validated(document(REFUSED[mistake]()), "curated"))
    assert found
    for problem in found:
        assert problem.place.file == "spec.json"
        assert problem.place.line >= 1
        assert "\n" not in str(problem)
        assert "used by no path" not in problem.message, "the spec has another mistake"


def test_every_problem_of_the_builder_is_told_at_once() -> None:
    """What only the builder sees is collected, too: one run tells it all."""
    spec = small_spec()
    properties = lamp(spec)
    properties["one"] = {"type": "array", "description": "A.", "prefixItems": [TEXT]}
    properties["two"] = {"description": "A.", "enum": [{"a": 1}]}
    properties["three"] = {"description": "A.", "type": "null"}
    inside(spec, *GET)["parameters"] = [_parameter(**{"in": "header", "name": "Host"})]
    with pytest.raises(SpecError) as caught:
        build_ir(spec)
    lines = {problem.place.line for problem in caught.value.problems}
    assert len(lines) >= 4
    assert list(caught.value.problems) == sorted(caught.value.problems)
