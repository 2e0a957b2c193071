"""A small client, as the generator would build it, and ways to have it otherwise."""

from __future__ import annotations

import dataclasses
from typing import Any

from runnersmith import ir

NEW, OLD = "2026-03-10", "2022-11-28"
NEXT = "2027-01-01"

STR, INT, FLOAT = (ir.Primitive(name=name) for name in ("str", "int", "float"))
ANY, DATE = ir.Primitive(name="any"), ir.Primitive(name="datetime")


def one_of(*values: str | int, is_open: bool = False) -> ir.Literal:
    return ir.Literal(values=values, open=is_open)


def reference(model: str) -> ir.Reference:
    return ir.Reference(model=model)


def either(*members: ir.Type) -> ir.Union:
    return ir.Union(members=members)


def only(*versions: str) -> ir.Availability:
    return ir.Availability(versions=versions)


def on(*products: ir.Product) -> ir.Availability:
    return ir.Availability(products=products)


GHEC = ir.Product(name="ghec", since=None)
GHES, LATER_GHES = (ir.Product(name="ghes", since=since) for since in ("3.9", "3.10"))


def field(name: str, found: ir.Type = STR, *, required: bool = False, **facts: Any) -> ir.Field:
    made = ir.Field(
        name=name,
        wire_name=name,
        type=found,
        required=required,
        secret=False,
        deprecated=False,
        description="A field.",
        limits="",
        default=None,
    )
    return dataclasses.replace(made, **facts)


def argument(name: str, found: ir.Type = STR, **facts: Any) -> ir.Parameter:
    made = ir.Parameter(
        name=name,
        wire_name=name,
        location="path",
        type=found,
        required=True,
        deprecated=False,
        description="An argument.",
        limits="",
        default=None,
    )
    return dataclasses.replace(made, **facts)


def query(name: str, found: ir.Type = STR, **facts: Any) -> ir.Parameter:
    return argument(name, found, **{"location": "query", "required": False, **facts})


def model(name: str, role: ir.Role, *fields: ir.Field, **facts: Any) -> ir.Model:
    made = ir.Model(
        name=name,
        module=name.lower(),
        wire_name=name,
        role=role,
        fields=fields,
        items=None,
        total=None,
        eithers=(),
        description="A model.",
        deprecated=False,
    )
    return dataclasses.replace(made, **facts)


def operation(name: str, path: str = "/lamps", **facts: Any) -> ir.Operation:
    made = ir.Operation(
        id=f"lamps/{name}",
        name=name,
        method="GET",
        path="/houses/{house}" + path,
        arguments=(),
        query=(),
        body=None,
        responses=(ir.SuccessResponse(status=204, description="Done.", headers=(), type=None),),
        errors=(),
        returns=None,
        paged=False,
        item=None,
        repeat="safe",
        lookup=None,
        available=on(GHEC, GHES),
        classic_scopes=("house",),
        permissions=(ir.Permission(name="lamps", access="read"),),
        summary="Do it.",
        description="Does it.",
        docs_url="https://docs.example.com/lamps",
        deprecated=False,
    )
    return dataclasses.replace(made, **facts)


def resource(name: str, *operations: ir.Operation, **facts: Any) -> ir.Resource:
    made = ir.Resource(
        name=name,
        module=f"house_{name}",
        class_name=f"House{name.title()}",
        description="Things.",
        operations=operations,
    )
    return dataclasses.replace(made, **facts)


def scope(name: str, *resources: ir.Resource, **facts: Any) -> ir.Scope:
    made = ir.Scope(
        name=name,
        wire_name=name,
        class_name=f"{name.title()}Scope",
        path=f"/{name}s/{{{name}}}",
        short=f"{{{name}}}",
        parameters=(argument(name),),
        description="A level.",
        resources=resources,
    )
    return dataclasses.replace(made, **facts)


def answer(*headers: str) -> tuple[ir.SuccessResponse, ...]:
    return (
        ir.SuccessResponse(status=200, description="Yes.", headers=headers, type=reference("Lamp")),
    )


LAMP_CLIENT = ir.Api(
    ir_version=ir.IR_VERSION,
    package="example",
    title="Lamps",
    description="The lamps of a house.",
    version=NEW,
    versions=(NEW, OLD),
    version_header="X-Version",
    media_type="application/json",
    server="https://api.example.com",
    docs_url="https://docs.example.com",
    scopes=(
        scope(
            "house",
            resource(
                "lamps",
                operation(
                    "list",
                    query=(query("page", INT), query("since")),
                    returns=reference("LampList"),
                    paged=True,
                    item=reference("Lamp"),
                ),
                operation(
                    "get",
                    "/lamps/{room}/{lamp_id}",
                    arguments=(argument("room"), argument("lamp_id", INT)),
                    responses=answer("ETag"),
                    errors=(ir.ErrorResponse(status=404, description="No."),),
                    returns=reference("Lamp"),
                ),
                operation(
                    "update",
                    "/lamps/{lamp_id}",
                    method="PATCH",
                    arguments=(argument("lamp_id", INT),),
                    body=ir.Body(
                        fields=(
                            field("name"),
                            field("mode", one_of("on", "off")),
                            field("shade", reference("Shade")),
                            field("colour", reference("Colour")),
                        ),
                        required=True,
                    ),
                    repeat="idempotent",
                ),
            ),
            resource("doors", operation("open", "/doors", method="POST", repeat="unsafe")),
        ),
    ),
    models=(
        model("Colour", "both", field("hue", INT, required=True), field("tint")),
        model(
            "Lamp",
            "response",
            field("id", INT, required=True),
            field("state", one_of("on", "off", is_open=True), required=True),
            field("watts", one_of(40, 60), required=True),
            field("note"),
            field("colour", reference("Colour")),
            field("image"),
            field("image_details"),
            eithers=(ir.Either(name="picture", fields=("image", "image_details"), type=STR),),
        ),
        model(
            "LampList",
            "response",
            field("lamps", ir.Array(items=reference("Lamp")), required=True),
            field("total_count", INT, required=True),
            items="lamps",
            total="total_count",
        ),
        model("Shade", "request", field("width", INT, required=True), field("fabric")),
    ),
)

# The same in an API version more.
THREE = dataclasses.replace(LAMP_CLIENT, versions=(NEW, OLD, "2021-01-01"))

HOUSE = "scopes.house"
LAMPS = f"{HOUSE}.resources.lamps"
LIST, GET, UPDATE = (f"{LAMPS}.operations.{name}" for name in ("list", "get", "update"))
BODY = f"{UPDATE}.body.fields"
LAMP, COLOUR, SHADE = (f"models.{name}" for name in ("Lamp", "Colour", "Shade"))


def with_changed(path: str, api: ir.Api = LAMP_CLIENT, /, **facts: Any) -> ir.Api:
    """A client in which what stands at a path has other facts."""
    changed: ir.Api = _with_changed(api, path.split(".") if path else [], facts)
    return changed


def without(path: str, api: ir.Api = LAMP_CLIENT) -> ir.Api:
    """A client that lacks one entry of a tuple."""
    holder, _, name = path.rpartition(".")
    above, _, attribute = holder.rpartition(".")
    kept = tuple(one for one in find(holder, api) if one.name != name)
    return with_changed(above, api, **{attribute: kept})


def adding(path: str, *entries: object, api: ir.Api = LAMP_CLIENT) -> ir.Api:
    """A client whose tuple at a path ends with more entries."""
    above, _, attribute = path.rpartition(".")
    return with_changed(above, api, **{attribute: (*find(path, api), *entries)})


def find(path: str, api: ir.Api = LAMP_CLIENT) -> Any:
    found: Any = api
    for step in path.split(".") if path else []:
        found = _step(found, step)
    return found


def _step(value: Any, step: str) -> Any:
    if isinstance(value, tuple):
        return next(one for one in _entries(value) if step == getattr(one, "name", None))
    return getattr(value, step)


def _entries(value: Any) -> tuple[Any, ...]:
    entries: tuple[Any, ...] = value
    return entries


def _with_changed(value: Any, steps: list[str], facts: dict[str, Any]) -> Any:
    if not steps:
        return dataclasses.replace(value, **facts)
    child = _step(value, steps[0])
    changed = _with_changed(child, steps[1:], facts)
    if isinstance(value, tuple):
        return tuple(changed if one is child else one for one in _entries(value))
    return dataclasses.replace(value, **{steps[0]: changed})
