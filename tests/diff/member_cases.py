"""Cases of changes of arguments and fields: their existence, types and descriptions."""

from __future__ import annotations

from diff.change_case import B, C, Cases, D
from diff.lamp_client import (
    ANY,
    BODY,
    COLOUR,
    DATE,
    FLOAT,
    GET,
    INT,
    LAMP,
    LIST,
    NEW,
    OLD,
    SHADE,
    STR,
    THREE,
    UPDATE,
    adding,
    argument,
    either,
    field,
    one_of,
    only,
    query,
    reference,
    with_changed,
)
from runnersmith import ir
from runnersmith.diff import Level

CASES = Cases()
case = CASES.add

# Arguments.
case(
    "an argument",
    adding(f"{LIST}.query", query("order")),
    ("argument-added", C, "house.lamps.list(order)"),
    undone=("argument-removed", B, "house.lamps.list(order)"),
)
case(
    "a required argument",
    adding(BODY, field("volts", INT, required=True)),
    ("argument-added", B, "house.lamps.update(volts)"),
    undone=("argument-removed", B, "house.lamps.update(volts)"),
)
case(
    "an argument that one API version requires",
    adding(BODY, field("volts", INT, available=only(NEW), required_in=(NEW,))),
    ("argument-added", B, "house.lamps.update(volts)"),
)
case(
    "a positional argument",
    adding(f"{UPDATE}.arguments", argument("room")),
    ("argument-added", B, "house.lamps.update(room)"),
    undone=("argument-removed", B, "house.lamps.update(room)"),
)
case(
    "a first body",
    with_changed(GET, body=ir.Body(fields=(field("why"),), required=False)),
    ("argument-added", C, "house.lamps.get(why)"),
    undone=("argument-removed", B, "house.lamps.get(why)"),
)
case(
    "an argument's name",
    with_changed(f"{LIST}.query.page", name="page_number"),
    ("argument-renamed", B, "house.lamps.list(page_number)"),
    undone=("argument-renamed", B, "house.lamps.list(page)"),
)
case(
    "an argument's wire name",
    with_changed(f"{LIST}.query.page", wire_name="p"),
    ("wire-name-changed", C, "house.lamps.list(page)"),
)
case(
    "a path parameter's name",
    with_changed(
        f"{GET}.arguments.room",
        with_changed(GET, path="/houses/{house}/lamps/{place}/{lamp_id}"),
        name="place",
        wire_name="place",
    ),
    ("argument-renamed", B, "house.lamps.get(place)"),
)
case(
    "a path parameter's wire name",
    with_changed(
        f"{GET}.arguments.room",
        with_changed(GET, path="/houses/{house}/lamps/{Room}/{lamp_id}"),
        wire_name="Room",
    ),
)
case(
    "the order of path parameters",
    with_changed(GET, arguments=(argument("lamp_id", INT), argument("room"))),
    ("argument-moved", B, "house.lamps.get(lamp_id)"),
    ("argument-moved", B, "house.lamps.get(room)"),
)
case(
    "an argument's place",
    with_changed(
        LIST,
        query=(query("page", INT),),
        body=ir.Body(fields=(field("since", description="An argument."),), required=False),
    ),
    ("argument-location-changed", C, "house.lamps.list(since)"),
    undone=("argument-location-changed", C, "house.lamps.list(since)"),
)
case(
    "a positional argument's place",
    with_changed(
        UPDATE,
        arguments=(),
        query=(query("lamp_id", INT, required=True),),
    ),
    ("argument-location-changed", B, "house.lamps.update(lamp_id)"),
    undone=("argument-location-changed", C, "house.lamps.update(lamp_id)"),
)
case(
    "an argument required",
    with_changed(f"{LIST}.query.since", required=True),
    ("became-required", B, "house.lamps.list(since)"),
    undone=("became-optional", C, "house.lamps.list(since)"),
)
case(
    "an argument required in one API version",
    with_changed(f"{BODY}.name", required_in=(OLD,)),
    ("became-required", B, "house.lamps.update(name)"),
    undone=("became-optional", C, "house.lamps.update(name)"),
)
case(
    "an argument required in one API version less",
    with_changed(f"{BODY}.name", THREE, required_in=(NEW,)),
    ("became-optional", C, "house.lamps.update(name)"),
    undone=("became-required", B, "house.lamps.update(name)"),
    old=with_changed(f"{BODY}.name", THREE, required_in=(NEW, OLD)),
)
case(
    "a query parameter required in one API version",
    with_changed(f"{LIST}.query.since", required_in=(NEW,)),
    ("became-required", B, "house.lamps.list(since)"),
    undone=("became-optional", C, "house.lamps.list(since)"),
)
case(
    "an argument that the only version left requires",
    with_changed(f"{BODY}.name", with_changed("", versions=(NEW,)), required=True),
    ("version-removed", B, "Client"),
    ("became-required", B, "house.lamps.update(name)"),
    old=with_changed(f"{BODY}.name", required_in=(NEW,)),
)

case(
    "an argument deprecated",
    with_changed(f"{LIST}.query.page", deprecated=True),
    ("deprecated", C, "house.lamps.list(page)"),
    undone=("no-longer-deprecated", D, "house.lamps.list(page)"),
)

# Fields.
case(
    "a reply's field",
    adding(f"{LAMP}.fields", field("volts", INT, required=True)),
    ("field-added", C, "Lamp.volts"),
    undone=("field-removed", B, "Lamp.volts"),
)
case(
    "a request's optional field",
    adding(f"{SHADE}.fields", field("pattern")),
    ("field-added", C, "Shade.pattern"),
    undone=("field-removed", B, "Shade.pattern"),
)
case(
    "a request's required field",
    adding(f"{SHADE}.fields", field("pattern", required=True)),
    ("field-added", B, "Shade.pattern"),
)
case(
    "an optional field both ways",
    adding(f"{COLOUR}.fields", field("depth")),
    ("field-added", C, "Colour.depth"),
)
case(
    "a required field both ways",
    adding(f"{COLOUR}.fields", field("depth", required=True)),
    ("field-added", B, "Colour.depth"),
)
case(
    "a field's name",
    with_changed(f"{LAMP}.fields.note", name="note_"),
    ("field-renamed", B, "Lamp.note_"),
)
case(
    "a field's wire name",
    with_changed(f"{LAMP}.fields.note", wire_name="Note"),
    ("wire-name-changed", C, "Lamp.note"),
)
case(
    "a reply's field required",
    with_changed(f"{LAMP}.fields.note", required=True),
    ("became-required", C, "Lamp.note"),
    undone=("became-optional", B, "Lamp.note"),
)
case(
    "a request's field required",
    with_changed(f"{SHADE}.fields.fabric", required=True),
    ("became-required", B, "Shade.fabric"),
    undone=("became-optional", C, "Shade.fabric"),
)
case(
    "a field required both ways",
    with_changed(f"{COLOUR}.fields.tint", required=True),
    ("became-required", B, "Colour.tint"),
    undone=("became-optional", B, "Colour.tint"),
)
case(
    "a field secret",
    with_changed(f"{LAMP}.fields.note", secret=True),
    ("became-secret", C, "Lamp.note"),
    undone=("no-longer-secret", B, "Lamp.note"),
)
case(
    "a field deprecated",
    with_changed(f"{LAMP}.fields.note", deprecated=True),
    ("deprecated", C, "Lamp.note"),
    undone=("no-longer-deprecated", D, "Lamp.note"),
)
case(
    "a field's words",
    with_changed(f"{LAMP}.fields.id", description="A."),
    ("description-changed", D, "Lamp.id"),
)
case(
    "an argument's words",
    with_changed(f"{LIST}.query.page", description=""),
    ("description-changed", D, "house.lamps.list(page)"),
)
for path, subject in (
    (f"{LIST}.query.page", "house.lamps.list(page)"),
    (f"{BODY}.name", "house.lamps.update(name)"),
):
    case(
        f"a bound of {subject}",
        with_changed(path, limits="1 to 50"),
        ("limits-tightened", B, subject),
        undone=("limits-loosened", C, subject),
        old=with_changed(path, limits="1 to 100"),
    )
    case(
        f"a default of {subject}", with_changed(path, default="30"), ("default-changed", D, subject)
    )
case(
    "patterns of an argument",
    with_changed(f"{LIST}.query.since", limits="matching a+"),
    ("limits-changed", B, "house.lamps.list(since)"),
    old=with_changed(f"{LIST}.query.since", limits="matching a"),
)
case(
    "a bound in other words",
    with_changed(f"{LIST}.query.page", limits="1 to 5"),
    ("limits-changed", D, "house.lamps.list(page)"),
    old=with_changed(f"{LIST}.query.page", limits="1.0 to 5.0"),
)
case(
    "a bound of a reply",
    with_changed(f"{LAMP}.fields.note", limits="at most 5 characters"),
    ("limits-tightened", D, "Lamp.note"),
    undone=("limits-loosened", D, "Lamp.note"),
)
case(
    "a bound both ways",
    with_changed(f"{COLOUR}.fields.tint", limits="at most 5 characters"),
    ("limits-tightened", B, "Colour.tint"),
    undone=("limits-loosened", C, "Colour.tint"),
)

# A type, and one that holds all of its values and more.
WIDER: tuple[tuple[ir.Type, ir.Type], ...] = (
    (INT, FLOAT),
    (one_of(1, 2), INT),
    (one_of("a"), STR),
    (INT, either(INT, STR)),
    (either(INT, STR), either(INT, STR, ir.Array(items=STR))),
    (STR, ANY),
    (STR, either(INT, one_of("a", is_open=True))),
    (one_of("a"), either(INT, one_of("b", is_open=True))),
    (ir.Nullable(type=STR), ANY),
    (ir.Array(items=INT), ir.Array(items=FLOAT)),
    (ir.Array(items=STR), ir.Array(items=ir.Nullable(type=STR))),
    (ir.Map(values=INT), ir.Map(values=FLOAT)),
    (ir.Nullable(type=INT), ir.Nullable(type=FLOAT)),
    (ir.Map(values=reference("Shade")), ir.Map(values=ANY)),
)
# Types of which neither holds the other.
OTHERS: tuple[tuple[ir.Type, ir.Type], ...] = (
    (STR, INT),
    (STR, DATE),
    (STR, ir.Array(items=STR)),
    (ir.Array(items=STR), ir.Map(values=STR)),
    (either(INT, STR), either(INT, ir.Array(items=STR))),
    (one_of("a"), one_of(1)),
    (reference("Shade"), reference("Colour")),
)
# Types. A request may take more, a response may hold less; what travels both ways can do neither.
Levels = tuple[Level, Level]
TAKES: Levels = (C, B)
GIVES: Levels = (B, C)
BOTH: Levels = (B, B)
for path, subject, levels in (
    (f"{BODY}.name", "house.lamps.update(name)", TAKES),
    (f"{LIST}.query.since", "house.lamps.list(since)", TAKES),
    (f"{SHADE}.fields.fabric", "Shade.fabric", TAKES),
    (f"{LAMP}.fields.note", "Lamp.note", GIVES),
    (f"{COLOUR}.fields.tint", "Colour.tint", BOTH),
):
    place = (path, subject)
    CASES.types(
        "null",
        place,
        (STR, ir.Nullable(type=STR)),
        ("became-nullable", "no-longer-nullable"),
        levels,
    )
    CASES.types(
        "a value more",
        place,
        (one_of("a"), one_of("a", "b")),
        ("value-added", "value-removed"),
        levels,
    )
    CASES.types(
        "values that are not listed",
        place,
        (one_of("a"), one_of("a", is_open=True)),
        ("values-opened", "values-closed"),
        levels,
    )
    CASES.types(
        "a value more of an open choice",
        place,
        (one_of("a", is_open=True), one_of("a", "b", is_open=True)),
        ("value-added", "value-removed"),
        (C, C),
    )
    CASES.types(
        "a known value of a text",
        place,
        (STR, one_of("a", is_open=True)),
        ("value-added", "value-removed"),
        (C, C),
    )
    for number, wider in enumerate(WIDER):
        CASES.types(
            f"a wider type ({number})", place, wider, ("type-widened", "type-narrowed"), levels
        )
    CASES.types(
        "a type of the same values",
        place,
        (STR, either(one_of("a"), STR)),
        ("type-widened", "type-widened"),
        (C, C),
    )
    for number, other in enumerate(OTHERS):
        CASES.types(
            f"another type ({number})", place, other, ("type-changed", "type-changed"), (B, B)
        )
case(
    "a value more in a list, or null",
    with_changed(
        f"{BODY}.mode", type=ir.Nullable(type=ir.Array(items=either(INT, one_of("on", "off"))))
    ),
    ("value-added", C, "house.lamps.update(mode)"),
    old=with_changed(
        f"{BODY}.mode", type=ir.Nullable(type=ir.Array(items=either(one_of("on"), INT)))
    ),
)
case(
    "null and another type",
    with_changed(f"{LAMP}.fields.note", type=ir.Nullable(type=INT)),
    ("became-nullable", B, "Lamp.note"),
    ("type-changed", B, "Lamp.note"),
)
