"""Cases of changes of the client: versions, scopes, resources, methods, models."""

from __future__ import annotations

import dataclasses

from diff.change_case import B, C, Cases, D
from diff.lamp_client import (
    BODY,
    GET,
    GHEC,
    GHES,
    HOUSE,
    INT,
    LAMP,
    LAMPS,
    LATER_GHES,
    LIST,
    NEW,
    NEXT,
    OLD,
    SHADE,
    STR,
    THREE,
    UPDATE,
    adding,
    answer,
    argument,
    field,
    find,
    model,
    on,
    only,
    operation,
    reference,
    resource,
    scope,
    with_changed,
    without,
)
from runnersmith import ir

CASES = Cases()
case = CASES.add

# The client as a whole.
case(
    "an API version more",
    THREE,
    ("version-added", C, "Client"),
    undone=("version-removed", B, "Client"),
)
case(
    "a newer API version",
    with_changed("", version=NEXT, versions=(NEXT, NEW, OLD)),
    ("version-added", C, "Client"),
    ("default-version-changed", C, "Client"),
    undone=[("version-removed", B, "Client"), ("default-version-changed", C, "Client")],
)
case(
    "the version that is spoken unasked",
    with_changed("", version=OLD),
    ("default-version-changed", C, "Client"),
)
case("a server", with_changed("", server="https://example.org"), ("server-changed", B, "Client"))
case("no header", with_changed("", version_header=None), ("version-header-changed", C, "Client"))
case("a media type", with_changed("", media_type="text/json"), ("media-type-changed", C, "Client"))
case("a title", with_changed("", title="Lights"), ("title-changed", D, "Client"))
case("a description", with_changed("", description="Lights."), ("description-changed", D, "Client"))
case("a link", with_changed("", docs_url=None), ("docs-link-changed", D, "Client"))

# Scopes.
case(
    "a scope",
    adding("scopes", scope("garden", resource("trees", operation("grow", "/trees")))),
    ("scope-added", C, "garden"),
    ("resource-added", C, "garden.trees"),
    ("operation-added", C, "garden.trees.grow"),
    undone=[
        ("scope-removed", B, "garden"),
        ("resource-removed", B, "garden.trees"),
        ("operation-removed", B, "garden.trees.grow"),
    ],
)
case(
    "a scope's name",
    with_changed(HOUSE, name="home", class_name="HomeScope"),
    ("scope-renamed", B, "home"),
    undone=("scope-renamed", B, "house"),
)
case("a scope's class", with_changed(HOUSE, class_name="House"), ("class-renamed", B, "house"))
case(
    "a scope's path", with_changed(HOUSE, path="/homes/{house}"), ("scope-form-changed", B, "house")
)
case(
    "a scope's short name",
    with_changed(HOUSE, short="h/{house}"),
    ("scope-form-changed", B, "house"),
)
case("a scope's words", with_changed(HOUSE, description="A."), ("description-changed", D, "house"))
case(
    "a scope's argument",
    with_changed(
        HOUSE,
        path="/houses/{key}",
        short="{key}",
        parameters=(argument("key"),),
    ),
    ("argument-renamed", B, "house(key)"),
)

case("a scope's name alone", with_changed(HOUSE, name="home"), ("scope-renamed", B, "home"))
case(
    "an argument of a scope",
    adding(f"{HOUSE}.parameters", argument("street")),
    ("argument-added", B, "house(street)"),
    undone=("argument-removed", B, "house(street)"),
)

# Resources.
case(
    "a resource",
    adding(f"{HOUSE}.resources", resource("walls", operation("paint", "/walls"))),
    ("resource-added", C, "house.walls"),
    ("operation-added", C, "house.walls.paint"),
    undone=[
        ("resource-removed", B, "house.walls"),
        ("operation-removed", B, "house.walls.paint"),
    ],
)
case(
    "a resource's name",
    with_changed(LAMPS, name="lights", class_name="HouseLights", module="house_lights"),
    ("resource-renamed", B, "house.lights"),
    undone=("resource-renamed", B, "house.lamps"),
)
case(
    "the names of two resources",
    with_changed(f"{HOUSE}.resources.doors", with_changed(LAMPS, name="lights"), name="gates"),
    ("resource-renamed", B, "house.lights"),
    ("resource-renamed", B, "house.gates"),
)
case(
    "a resource's class",
    with_changed(LAMPS, class_name="Lamps"),
    ("class-renamed", B, "house.lamps"),
)
case(
    "a resource's words",
    with_changed(LAMPS, description=""),
    ("description-changed", D, "house.lamps"),
)

case(
    "a resource's name alone",
    with_changed(LAMPS, name="lights"),
    ("resource-renamed", B, "house.lights"),
)

# Operations.
case(
    "an operation",
    adding(f"{LAMPS}.operations", operation("blink", "/blink")),
    ("operation-added", C, "house.lamps.blink"),
    undone=("operation-removed", B, "house.lamps.blink"),
)
case(
    "a method's name", with_changed(GET, name="find"), ("operation-renamed", B, "house.lamps.find")
)
case(
    "a method's name and id",
    with_changed(GET, name="find", id="lamps/find"),
    ("operation-renamed", B, "house.lamps.find"),
    ("operation-id-changed", D, "house.lamps.find"),
)
case(
    "a method's resource",
    adding(f"{HOUSE}.resources.doors.operations", find(GET), api=without(GET)),
    ("operation-renamed", B, "house.doors.get"),
)
case("an operation's id", with_changed(GET, id="x"), ("operation-id-changed", D, "house.lamps.get"))
case(
    "a request method",
    with_changed(UPDATE, method="PUT"),
    ("http-method-changed", C, "house.lamps.update"),
)
case(
    "a path",
    with_changed(GET, path="/houses/{house}/lights/{room}/{lamp_id}"),
    ("path-changed", C, "house.lamps.get"),
)
case(
    "a query in a path",
    with_changed(GET, fixed_query="beta=true"),
    ("path-changed", C, "house.lamps.get"),
)
case(
    "a path of one API version",
    with_changed(GET, older_paths=(ir.OlderPath(version=OLD, path="/lamps/{room}/{lamp_id}"),)),
    ("path-changed", C, "house.lamps.get"),
    undone=("path-changed", C, "house.lamps.get"),
)
case(
    "another path of one API version",
    with_changed(GET, older_paths=(ir.OlderPath(version=OLD, path="/lights/{room}/{lamp_id}"),)),
    ("path-changed", C, "house.lamps.get"),
    old=with_changed(GET, older_paths=(ir.OlderPath(version=OLD, path="/lamps/{room}/{lamp_id}"),)),
)
case(
    "a path of a dropped API version",
    with_changed("", versions=(NEW,)),
    ("version-removed", B, "Client"),
    old=with_changed(GET, older_paths=(ir.OlderPath(version=OLD, path="/lamps/{room}/{lamp_id}"),)),
)
case(
    "the version of a path",
    with_changed(GET, THREE, older_paths=(ir.OlderPath(version="2021-01-01", path="/lamp"),)),
    ("path-changed", C, "house.lamps.get"),
    ("path-changed", C, "house.lamps.get"),
    old=with_changed(GET, THREE, older_paths=(ir.OlderPath(version=OLD, path="/lamp"),)),
)
case("paging alone", with_changed(LIST, paged=False), ("paging-changed", B, "house.lamps.list"))
case(
    "paging", with_changed(LIST, paged=False, item=None), ("paging-changed", B, "house.lamps.list")
)
case(
    "what is repeated",
    with_changed(UPDATE, repeat="unsafe"),
    ("repeat-changed", C, "house.lamps.update"),
)
case("a summary", with_changed(GET, summary="Get."), ("description-changed", D, "house.lamps.get"))
case(
    "a method's words",
    with_changed(GET, description=""),
    ("description-changed", D, "house.lamps.get"),
)
case(
    "what to look up",
    with_changed(GET, lookup="nothing"),
    ("description-changed", D, "house.lamps.get"),
    undone=("description-changed", D, "house.lamps.get"),
)
case(
    "a method's link", with_changed(GET, docs_url=None), ("docs-link-changed", D, "house.lamps.get")
)
case(
    "a method deprecated",
    with_changed(GET, deprecated=True),
    ("deprecated", C, "house.lamps.get"),
    undone=("no-longer-deprecated", D, "house.lamps.get"),
)

# Replies of operations.
case(
    "a status of success",
    with_changed(
        GET,
        responses=(
            *answer("ETag"),
            ir.SuccessResponse(status=202, description="", headers=(), type=None),
        ),
    ),
    ("success-status-added", C, "house.lamps.get"),
    undone=("success-status-removed", C, "house.lamps.get"),
)
case(
    "another status of success",
    with_changed(GET, responses=(dataclasses.replace(answer("ETag")[0], status=201),)),
    ("success-status-added", C, "house.lamps.get"),
    ("success-status-removed", C, "house.lamps.get"),
)
case(
    "words of a status",
    with_changed(GET, responses=(dataclasses.replace(answer("ETag")[0], description="A lamp."),)),
    ("description-changed", D, "house.lamps.get"),
)
case(
    "a header",
    with_changed(GET, responses=answer("ETag", "Link")),
    ("response-header-added", D, "house.lamps.get"),
    undone=("response-header-removed", D, "house.lamps.get"),
)
case(
    "an error",
    with_changed(GET, errors=()),
    ("error-status-removed", D, "house.lamps.get"),
    undone=("error-status-added", D, "house.lamps.get"),
)
case(
    "another error",
    with_changed(GET, errors=(ir.ErrorResponse(status=410, description="No."),)),
    ("error-status-added", D, "house.lamps.get"),
    ("error-status-removed", D, "house.lamps.get"),
)
case(
    "a model of an error",
    with_changed(GET, errors=(ir.ErrorResponse(status=404, description="No.", type=STR),)),
    ("error-type-added", C, "house.lamps.get"),
    undone=("error-type-removed", B, "house.lamps.get"),
)
case(
    "words of an error",
    with_changed(GET, errors=(ir.ErrorResponse(status=404, description="Gone."),)),
    ("description-changed", D, "house.lamps.get"),
)
case(
    "a reply's content",
    with_changed(UPDATE, returns=reference("Lamp")),
    ("content-added", C, "house.lamps.update"),
    undone=("content-removed", B, "house.lamps.update"),
)
case(
    "a reply's type",
    with_changed(GET, returns=reference("Colour")),
    ("type-changed", B, "house.lamps.get"),
)
case(
    "the type of what is listed",
    with_changed(LIST, item=reference("Colour")),
    ("type-changed", B, "house.lamps.list"),
)
case(
    "the type of a bare list",
    with_changed(LIST, returns=ir.Array(items=STR), item=STR),
    ("type-changed", B, "house.lamps.list"),
    old=with_changed(LIST, returns=ir.Array(items=INT), item=INT),
)

# Who may call.
case(
    "a classic scope",
    with_changed(GET, classic_scopes=("house", "lamps")),
    ("permission-added", B, "house.lamps.get"),
    undone=("permission-removed", C, "house.lamps.get"),
)
READ, WRITE = (ir.SchemeScopes(scheme="oauth", scopes=(one,)) for one in ("read", "write"))
case(
    "an OAuth scope",
    with_changed(GET, oauth_scopes=((READ,),)),
    ("permission-added", B, "house.lamps.get"),
    undone=("permission-removed", C, "house.lamps.get"),
)
case(
    "another OAuth scope",
    with_changed(GET, oauth_scopes=((WRITE,),)),
    ("permission-added", B, "house.lamps.get"),
    old=with_changed(GET, oauth_scopes=((READ,),)),
)
case(
    "the OAuth scope of another scheme",
    with_changed(GET, oauth_scopes=((ir.SchemeScopes(scheme="other", scopes=("read",)),),)),
    ("permission-added", B, "house.lamps.get"),
    old=with_changed(GET, oauth_scopes=((READ,),)),
)
case(
    "an alternative of OAuth scopes",
    with_changed(GET, oauth_scopes=((READ,), (WRITE,))),
    ("permission-removed", C, "house.lamps.get"),
    old=with_changed(GET, oauth_scopes=((READ, WRITE),)),
    undone=("permission-added", B, "house.lamps.get"),
)
case(
    "a permission",
    with_changed(
        GET,
        permissions=tuple(ir.Permission(name=name, access="read") for name in ("lamps", "rooms")),
    ),
    ("permission-added", B, "house.lamps.get"),
    undone=("permission-removed", C, "house.lamps.get"),
)
case(
    "another permission",
    with_changed(GET, permissions=(ir.Permission(name="rooms", access="read"),)),
    ("permission-added", B, "house.lamps.get"),
    ("permission-removed", C, "house.lamps.get"),
)
case(
    "an access",
    with_changed(GET, permissions=(ir.Permission(name="lamps", access="write"),)),
    ("permission-added", B, "house.lamps.get"),
    undone=("permission-removed", C, "house.lamps.get"),
)
case(
    "no fine-grained permission",
    with_changed(GET, permissions=()),
    ("fine-grained-refused", B, "house.lamps.get"),
    undone=("fine-grained-allowed", C, "house.lamps.get"),
)

# Where it exists.
case(
    "a product less",
    with_changed(GET, available=on(GHEC)),
    ("product-lost", B, "house.lamps.get"),
    undone=("product-gained", C, "house.lamps.get"),
)
case(
    "a later product",
    with_changed(GET, available=on(GHEC, LATER_GHES)),
    ("product-lost", B, "house.lamps.get"),
    undone=("product-gained", C, "house.lamps.get"),
)
case(
    "another product",
    with_changed(GET, available=on(ir.Product(name="github.com", since=None), GHES)),
    ("product-lost", B, "house.lamps.get"),
    ("product-gained", C, "house.lamps.get"),
)
case(
    "a field of one product",
    with_changed(f"{LAMP}.fields.note", available=on(GHEC)),
    ("product-lost", B, "Lamp.note"),
    undone=("product-gained", C, "Lamp.note"),
)
case(
    "a query parameter of one product",
    with_changed(f"{LIST}.query.page", available=on(GHEC)),
    ("product-lost", B, "house.lamps.list(page)"),
    undone=("product-gained", C, "house.lamps.list(page)"),
)
case(
    "an operation of one API version",
    with_changed(GET, available=dataclasses.replace(on(GHEC, GHES), versions=(NEW,))),
    ("api-version-lost", B, "house.lamps.get"),
    undone=("api-version-gained", C, "house.lamps.get"),
)
case(
    "a field of one API version",
    with_changed(f"{LAMP}.fields.id", available=only(OLD), required=False),
    ("api-version-lost", B, "Lamp.id"),
    undone=[("api-version-gained", C, "Lamp.id"), ("became-required", C, "Lamp.id")],
)
case(
    "a field that a newer API version has not",
    with_changed(
        f"{LAMP}.fields.id",
        with_changed("", version=NEXT, versions=(NEXT, NEW, OLD)),
        available=only(NEW, OLD),
        required=False,
    ),
    ("version-added", C, "Client"),
    ("default-version-changed", C, "Client"),
    ("api-version-lost", B, "Lamp.id"),
)
case(
    "an operation that a version more has not",
    with_changed(
        GET,
        with_changed("", versions=(NEW, OLD, "2021-01-01")),
        available=dataclasses.replace(on(GHEC, GHES), versions=(NEW, OLD)),
    ),
    ("version-added", C, "Client"),
)
case(
    "an argument of one API version",
    with_changed(f"{BODY}.name", available=only(NEW)),
    ("api-version-lost", B, "house.lamps.update(name)"),
    undone=("api-version-gained", C, "house.lamps.update(name)"),
)

# Models.
case(
    "a model",
    adding("models", model("Bulb", "response", field("id"))),
    ("model-added", C, "Bulb"),
    undone=("model-removed", B, "Bulb"),
)
case(
    "a model's name, where nothing refers to it",
    with_changed(
        "models.Bulb", adding("models", model("Bulb", "response", field("id"))), name="Globe"
    ),
    ("model-added", C, "Globe"),
    ("model-removed", B, "Bulb"),
    old=adding("models", model("Bulb", "response", field("id"))),
)
case(
    "a model's name",
    with_changed(
        LAMP,
        with_changed(
            "models.LampList.fields.lamps",
            with_changed(
                GET, with_changed(LIST, item=reference("Light")), returns=reference("Light")
            ),
            type=ir.Array(items=reference("Light")),
        ),
        name="Light",
        module="light",
    ),
    ("model-renamed", B, "Light"),
    undone=("model-renamed", B, "Lamp"),
)
case(
    "another model in its place",
    adding(
        "models",
        model("Cloth", "request", field("thread")),
        api=without(SHADE, with_changed(f"{BODY}.shade", type=reference("Cloth"))),
    ),
    ("type-changed", B, "house.lamps.update(shade)"),
    ("model-added", C, "Cloth"),
    ("model-removed", B, "Shade"),
)
case(
    "a model that is sent, too",
    with_changed(LAMP, role="both"),
    ("role-changed", B, "Lamp"),
    undone=("role-changed", B, "Lamp"),
)
case(
    "a model that is read, too",
    with_changed(SHADE, role="both"),
    ("role-changed", C, "Shade"),
    undone=("role-changed", C, "Shade"),
)
case(
    "where the items are",
    with_changed("models.LampList", items=None),
    ("items-changed", B, "LampList"),
    undone=("items-changed", C, "LampList"),
)
case(
    "where the number of items is",
    with_changed("models.LampList", total=None),
    ("total-changed", B, "LampList"),
    undone=("total-changed", C, "LampList"),
)
case(
    "a property of several fields",
    with_changed(LAMP, eithers=()),
    ("either-removed", B, "Lamp.picture"),
    undone=("either-added", C, "Lamp.picture"),
)
case(
    "the name of a property of several fields",
    with_changed(f"{LAMP}.eithers.picture", name="photo"),
    ("either-added", C, "Lamp.photo"),
    ("either-removed", B, "Lamp.picture"),
)
case(
    "the fields of a property",
    with_changed(f"{LAMP}.eithers.picture", fields=("image", "image_details", "note")),
    ("either-fields-changed", C, "Lamp.picture"),
    undone=("either-fields-changed", B, "Lamp.picture"),
)
case(
    "the type of a property",
    with_changed(f"{LAMP}.eithers.picture", type=ir.Nullable(type=STR)),
    ("became-nullable", B, "Lamp.picture"),
)
case(
    "a model's words", with_changed(LAMP, description="A lamp."), ("description-changed", D, "Lamp")
)
case(
    "a model deprecated",
    with_changed(LAMP, deprecated=True),
    ("deprecated", C, "Lamp"),
    undone=("no-longer-deprecated", D, "Lamp"),
)
