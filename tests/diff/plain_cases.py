"""Cases of changes that only documents without our extension can have, and of formats."""

from __future__ import annotations

import dataclasses
from typing import Any

from diff.change_case import B, C, Cases, D
from diff.lamp_client import (
    BODY,
    GET,
    LAMP,
    LAMP_CLIENT,
    LIST,
    STR,
    adding,
    argument,
    field,
    find,
    operation,
    resource,
    with_changed,
)
from runnersmith import ir
from runnersmith.diff import Level

CASES = Cases()
case = CASES.add

UPDATE_BODY = BODY.rpartition(".")[0]
SUBJECT = "house.lamps.update"

# The client.
KEY = ir.Scheme(wire_name="key", type="header", key="X-Key", description="A key.")
USER = ir.Scheme(wire_name="user", type="basic", key="", description="A user.")
SERVERS = (
    ir.Server(url="https://api.example.com", description="Here."),
    ir.Server(url="https://other.example.com", description="There."),
)
WITH_SCHEMES = with_changed("", schemes=(KEY, USER))
WITH_SERVERS = with_changed("", servers=SERVERS)
AUTH = "Client(auth[{}])"


def servers(**facts: Any) -> ir.Api:
    """The client with other facts of its second server."""
    return with_changed("", servers=(SERVERS[0], dataclasses.replace(SERVERS[1], **facts)))


def key(**facts: Any) -> ir.Api:
    """The client with other facts of its API key."""
    return with_changed("", schemes=(dataclasses.replace(KEY, **facts), USER))


case(
    "more servers",
    with_changed("", servers=(*SERVERS, ir.Server(url="https://x.example.com", description=""))),
    ("servers-changed", D, "Client"),
    old=WITH_SERVERS,
)
case(
    "another server",
    servers(url="https://x.example.com"),
    ("servers-changed", D, "Client"),
    old=WITH_SERVERS,
)
case(
    "another description of a server",
    servers(description="Elsewhere."),
    ("description-changed", D, "Client"),
    old=WITH_SERVERS,
)
FILES = ir.NamedServer(name="files", url="https://f.example.com", description="Files.")
TRACK = ir.NamedServer(name="track", url="https://t.example.com", description="")
WITH_FILES = with_changed("", named_servers=(FILES, TRACK))
FILES_SUBJECT = "Client(servers[files])"


def files(**facts: Any) -> ir.Api:
    """The client with other facts of its server for files."""
    return with_changed("", named_servers=(dataclasses.replace(FILES, **facts), TRACK))


case(
    "a named server more",
    WITH_FILES,
    ("named-server-added", C, FILES_SUBJECT),
    undone=("named-server-removed", B, FILES_SUBJECT),
    old=with_changed("", named_servers=(TRACK,)),
)
case(
    "another name of a server",
    files(name="uploads"),
    ("named-server-added", C, "Client(servers[uploads])"),
    ("named-server-removed", B, FILES_SUBJECT),
    old=WITH_FILES,
)
case(
    "another address of a named server",
    files(url="https://x.example.com"),
    ("server-changed", B, FILES_SUBJECT),
    old=WITH_FILES,
)
case(
    "an alternative to a named server",
    files(others=SERVERS),
    ("servers-changed", D, FILES_SUBJECT),
    old=WITH_FILES,
)
case(
    "another description of a named server",
    files(description="More files."),
    ("description-changed", D, FILES_SUBJECT),
    old=WITH_FILES,
)
case(
    "another server of an operation",
    with_changed(GET, server="files"),
    ("server-changed", B, "house.lamps.get"),
)
case(
    "a scheme more",
    WITH_SCHEMES,
    ("scheme-added", C, AUTH.format("user")),
    undone=("scheme-removed", B, AUTH.format("user")),
    old=with_changed("", schemes=(KEY,)),
)
case(
    "another name of a scheme",
    key(wire_name="secret"),
    ("scheme-added", C, AUTH.format("secret")),
    ("scheme-removed", B, AUTH.format("key")),
    old=WITH_SCHEMES,
)
case(
    "another kind of credentials",
    key(type="bearer"),
    ("scheme-changed", B, AUTH.format("key")),
    old=WITH_SCHEMES,
)
case(
    "a key in another place",
    key(type="query"),
    ("scheme-changed", C, AUTH.format("key")),
    old=WITH_SCHEMES,
)
case(
    "a key of another name",
    key(key="Key"),
    ("scheme-changed", C, AUTH.format("key")),
    old=WITH_SCHEMES,
)
case(
    "another description of a scheme",
    key(description="Some key."),
    ("description-changed", D, AUTH.format("key")),
    old=WITH_SCHEMES,
)

# Resources without a scope.
PETS = dataclasses.replace(
    LAMP_CLIENT, scopes=(), resources=(resource("pets", operation("list", "/pets")),)
)
DOGS = resource("dogs", operation("walk", "/dogs", id="dogs/walk"))
case(
    "a resource of the client",
    dataclasses.replace(PETS, resources=(*PETS.resources, DOGS)),
    ("resource-added", C, "dogs"),
    ("operation-added", C, "dogs.walk"),
    undone=[("resource-removed", B, "dogs"), ("operation-removed", B, "dogs.walk")],
    old=PETS,
)

# Credentials of an operation.


def needing(*alternatives: tuple[str, ...]) -> ir.Api:
    return with_changed(GET, security=alternatives)


GET_SUBJECT = "house.lamps.get"
CREDENTIALS: tuple[tuple[str, ir.Api, ir.Api, Level], ...] = (
    ("credentials", needing(), needing(("key",)), B),
    ("other credentials", needing(("key",)), needing(("user",)), B),
    ("more credentials", needing(("key",)), needing(("key", "user")), B),
    ("fewer credentials", needing(("key", "user")), needing(("key",)), C),
    ("an alternative more", needing(("key",)), needing(("key",), ("user",)), C),
    ("an alternative less", needing(("key",), ("user",)), needing(("key",)), B),
    ("optional credentials", needing(("key",)), needing((), ("key",)), C),
)
for name, before, after, level in CREDENTIALS:
    case(name, after, ("security-changed", level, GET_SUBJECT), old=before)

# Arguments in other places.
for place, attribute in (("header", "headers"), ("cookie", "cookies")):
    case(
        f"an argument in a {place}",
        adding(f"{GET}.{attribute}", argument("trace", location=place, required=False)),
        ("argument-added", C, f"{GET_SUBJECT}(trace)"),
        undone=("argument-removed", B, f"{GET_SUBJECT}(trace)"),
    )
WHOLE = field("body", STR, required=True)
WITH_WHOLE = with_changed(UPDATE_BODY, fields=(), whole=WHOLE)
case(
    "a whole body of another kind",
    with_changed(UPDATE_BODY, WITH_WHOLE, whole=dataclasses.replace(WHOLE, required=False)),
    ("became-optional", C, f"{SUBJECT}(body)"),
    undone=("became-required", B, f"{SUBJECT}(body)"),
    old=WITH_WHOLE,
)

# How values travel.
FORM = ir.Style(name="form", explode=True)
PART = ir.Part(wire_name="name", media_type="text/plain", style=FORM)


FORMS: dict[str, dict[str, Any]] = {
    "media type": {"media_type": "application/x-www-form-urlencoded"},
    "encoding": {"encoding": "form"},
    "sending of an empty body": {"omissible": True},
    "form fields": {"parts": (PART,)},
}
PARTS: dict[str, dict[str, Any]] = {
    "field of a form": {"wire_name": "mode"},
    "media type of a form field": {"media_type": "text/csv"},
    "style of a form field": {"style": dataclasses.replace(FORM, explode=False)},
    "name of the style of a form field": {"style": dataclasses.replace(FORM, name="json")},
    "escaping of a form field": {"style": dataclasses.replace(FORM, reserved=True)},
    "file of a form": {"file": "one"},
}
CONTENTS: dict[str, dict[str, Any]] = {
    "encoding": {"encoding": "text"},
    "media type": {"media_type": "text/csv"},
}


def part(**facts: Any) -> ir.Api:
    return with_changed(UPDATE_BODY, parts=(dataclasses.replace(PART, **facts),))


for name, facts in FORMS.items():
    case(
        f"another {name}",
        with_changed(UPDATE_BODY, **facts),
        ("encoding-changed", C, SUBJECT),
        undone=("encoding-changed", C, SUBJECT),
    )
for name, facts in PARTS.items():
    case(f"another {name}", part(**facts), ("encoding-changed", C, SUBJECT), old=part())
for name, facts in CONTENTS.items():
    response = dataclasses.replace(find(GET).responses[0], **facts)
    case(
        f"another {name} of a response",
        with_changed(GET, responses=(response,)),
        ("encoding-changed", C, GET_SUBJECT),
        undone=("encoding-changed", C, GET_SUBJECT),
    )
case(
    "another style",
    with_changed(f"{LIST}.query.since", style=FORM),
    ("encoding-changed", C, "house.lamps.list(since)"),
    undone=("encoding-changed", C, "house.lamps.list(since)"),
)

# Models and formats.
TAG = ir.Tag(name="kind", wire_name="kind", value="lamp")
TAGGED = with_changed(LAMP, tag=TAG)
case("a tag", TAGGED, ("tag-changed", C, "Lamp"), undone=("tag-changed", C, "Lamp"))
for name, facts in {"name": {"wire_name": "type"}, "value": {"value": "bulb"}}.items():
    tagged = with_changed(LAMP, tag=dataclasses.replace(TAG, **facts))
    case(f"another {name} of a tag", tagged, ("tag-changed", C, "Lamp"), old=TAGGED)
CONDITION = ir.Condition(wire_name="kind", values=("lamp",))
RECOGNIZED = with_changed(LAMP, conditions=(CONDITION,))
case("conditions", RECOGNIZED, ("tag-changed", C, "Lamp"), undone=("tag-changed", C, "Lamp"))
for name, condition in {
    "name": dataclasses.replace(CONDITION, wire_name="type"),
    "value": dataclasses.replace(CONDITION, values=("bulb",)),
}.items():
    recognized = with_changed(LAMP, conditions=(condition,))
    case(f"another {name} of a condition", recognized, ("tag-changed", C, "Lamp"), old=RECOGNIZED)
EXTRA = dataclasses.replace(field("extra", ir.Map(values=STR)), wire_name="(extra)", required=False)
case(
    "extras of a model",
    with_changed(LAMP, extra=EXTRA),
    ("field-added", C, "Lamp.extra"),
    undone=("field-removed", B, "Lamp.extra"),
)
case(
    "extras of a body",
    with_changed(UPDATE_BODY, extra=EXTRA),
    ("argument-added", C, "house.lamps.update(extra)"),
    undone=("argument-removed", B, "house.lamps.update(extra)"),
)
case(
    "a format of a field",
    with_changed(f"{LAMP}.fields.image", format="uri"),
    ("format-changed", D, "Lamp.image"),
    undone=("format-changed", D, "Lamp.image"),
)
case(
    "a format of an argument",
    with_changed(f"{GET}.arguments.lamp_id", format="int64"),
    ("format-changed", D, f"{GET_SUBJECT}(lamp_id)"),
    undone=("format-changed", D, f"{GET_SUBJECT}(lamp_id)"),
)
case(
    "a format that is a type",
    with_changed(f"{LAMP}.fields.note", format="date-time", type=ir.Primitive(name="datetime")),
    ("type-changed", B, "Lamp.note"),
)
