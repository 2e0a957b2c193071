"""Merging of bodies, headers and responses: what only some versions have, and what cannot be merged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lowering.schemas import OBJECT, TEXT
from merge.lamp_specs import (
    NEWEST,
    OLDER,
    OLDEST,
    SUBSETS,
    VERSIONS,
    body,
    merged,
    operations,
    refused,
)
from runnersmith import ir
from runnersmith.openapi.document import Json
from small_specs import LAMP_PATH, Schema, inside, put, with_fields

STR, INT = ir.Primitive(name="str"), ir.Primitive(name="int")
PUT = ("paths", LAMP_PATH, "put")


def json_of(schema: Json) -> Schema:
    return {"description": "Yes.", "content": {"application/json": {"schema": schema}}}


def answering(responses: Schema) -> Schema:
    """A spec whose put has these responses."""
    spec = put(OBJECT)
    inside(spec, *PUT)["responses"] = responses
    return spec


def taking(body: Json) -> Schema:
    """A spec whose put has this request body; None for none."""
    spec = put(OBJECT)
    if body is None:
        del inside(spec, *PUT)["requestBody"]
    else:
        inside(spec, *PUT)["requestBody"] = body
    return spec


def sending(*headers: str) -> Schema:
    """A spec whose put has these header parameters, required if written with an exclamation mark."""
    spec = put(OBJECT)
    inside(spec, *PUT)["parameters"] = [
        {
            "name": name.strip("!"),
            "in": "header",
            "required": name.endswith("!"),
            "description": "A header.",
            "schema": {"type": "string"},
        }
        for name in headers
    ]
    return spec


def method(*specs: Schema) -> ir.Operation:
    return operations(merged(*specs))["lamps.put"]


@pytest.mark.parametrize("having", SUBSETS)
@pytest.mark.parametrize("form", ["fields", "whole"])
def test_a_body_says_in_which_versions_it_is(having: tuple[str, ...], form: str) -> None:
    """Its arguments as well; what they require, they require there."""
    written: Json = {"type": "array", "items": TEXT}
    if form == "fields":
        written = {**OBJECT, "required": ["x"]}
    content: Schema = {"required": True, "content": {"application/json": {"schema": written}}}
    found = method(*(taking(content if it in having else None) for it in VERSIONS)).body
    assert found is not None
    [argument] = [found.whole] if found.whole is not None else found.fields
    everywhere = having == VERSIONS
    assert found.available.versions == (() if everywhere else having)
    assert argument.available.versions == (() if everywhere else having)
    assert argument.required is everywhere
    assert argument.required_in == (() if everywhere else having)


def test_no_body_in_any_version_is_none() -> None:
    assert method(taking(None), taking(None)).body is None


@pytest.mark.parametrize(("new", "old"), [(True, False), (False, True), (False, False)])
def test_a_body_that_one_version_requires_is_sent(new: bool, old: bool) -> None:
    """A body may be left out only if every version permits it."""
    content: Schema = {"content": {"application/json": {"schema": OBJECT}}}
    specs = [taking({"required": it, **content}) for it in (new, old)]
    found = method(*specs).body
    assert found is not None
    assert found.omissible is not (new or old)


def test_a_field_of_a_body_that_is_not_everywhere_names_its_own_versions() -> None:
    """The newest and the oldest have a body, and a field each besides the common one."""
    text: Schema = {"type": "string"}
    found = method(body(a=text, b=text), taking(None), body(a=text, c=text)).body
    assert found is not None
    assert {it.name: it.available.versions for it in found.fields} == {
        "a": (NEWEST, OLDEST),
        "b": (NEWEST,),
        "c": (OLDEST,),
    }


def test_a_header_is_merged_like_any_argument() -> None:
    """One that all have, one that is required in one version, one of each version only."""
    found = method(sending("X-A!", "X-B!", "X-C"), sending("X-A!", "X-B", "X-D!"))
    assert {
        it.name: (it.required, it.required_in, it.available.versions) for it in found.headers
    } == {
        "x_a": (True, (), ()),
        "x_b": (False, (NEWEST,), ()),
        "x_c": (False, (), (NEWEST,)),
        "x_d": (False, (OLDER,), (OLDER,)),
    }


LAMP: Json = {"$ref": "#/components/schemas/Lamp"}
REFERENCE = ir.Reference(model="Lamp")


@pytest.mark.parametrize(
    ("new", "old", "types", "returns"),
    [
        (
            {"200": json_of(LAMP), "202": json_of(TEXT)},
            {"200": json_of(LAMP)},
            {200: REFERENCE, 202: STR},
            ir.Union(members=(REFERENCE, STR)),
        ),
        (
            {"200": json_of(LAMP)},
            {"204": {"description": "Nothing."}},
            {200: REFERENCE, 204: None},
            ir.Nullable(type=REFERENCE),
        ),
        (
            {"200": json_of({"type": "integer"})},
            {"200": json_of(TEXT)},
            {200: ir.Union(members=(INT, STR))},
            ir.Union(members=(INT, STR)),
        ),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_responses_are_merged_by_status(
    new: Schema, old: Schema, types: dict[int, ir.Type | None], returns: ir.Type, turned: bool
) -> None:
    """A status of both versions has a type that includes both."""
    found = method(
        *([answering(old), answering(new)] if turned else [answering(new), answering(old)])
    )
    statuses = {it.status: it.type for it in found.responses}
    assert statuses.keys() == types.keys()
    if not turned:
        assert (statuses, found.returns) == (types, returns)


def _form() -> tuple[Schema, Schema]:
    form: Json = {"content": {"application/x-www-form-urlencoded": {"schema": OBJECT}}}
    return put(OBJECT), taking(form)


def _whole() -> tuple[Schema, Schema]:
    return put(OBJECT), put({"type": "array", "items": TEXT})


def _content() -> tuple[Schema, Schema]:
    return answering({"200": json_of(LAMP)}), answering({"200": {"description": "None."}})


def _media_type() -> tuple[Schema, Schema]:
    text: Schema = {"description": "Text.", "content": {"text/plain": {"schema": TEXT}}}
    return answering({"200": json_of(TEXT)}), answering({"200": text})


def _one_key() -> tuple[Schema, Schema]:
    """A query parameter, and a body's field of that name which only one version has."""
    query: Schema = {"name": "x", "in": "query", "description": "A.", "schema": {"type": "string"}}
    specs = put(OBJECT), put({**OBJECT, "properties": {"y": TEXT}})
    for spec in specs:
        inside(spec, *PUT)["parameters"] = [query]
    return specs


def _pages() -> tuple[Schema, Schema]:
    """Pages of text with one status, of numbers with another."""

    def paging(status: str, kind: str) -> Schema:
        spec = answering({status: json_of({"type": "array", "items": {"type": kind}})})
        inside(spec, *PUT, "x-runnersmith")["paged"] = True
        del inside(spec, *PUT)["requestBody"]
        return spec

    return paging("200", "string"), paging("203", "integer")


@pytest.mark.parametrize("pair", [_form, _whole, _content, _media_type, _one_key, _pages])
@pytest.mark.parametrize("turned", [False, True])
def test_what_cannot_be_merged_is_a_problem(
    pair: Callable[[], tuple[Schema, Schema]], turned: bool
) -> None:
    """It names the operation and its place."""
    new, old = pair()
    first = refused(*((old, new) if turned else (new, old))).splitlines()[0]
    assert first.startswith("spec.json:")
    assert ": lamps/put: " in first


@pytest.mark.parametrize("turned", [False, True])
def test_another_discriminator_is_a_problem(turned: bool) -> None:
    """A model has one tag, which is written and read in every version."""

    def tagged(value: str) -> Schema:
        options: list[Json] = [
            {"$ref": f"#/components/schemas/{name}"} for name in ("Day", "Night")
        ]
        mapping: Json = {value: "Day", "night": "Night"}
        discriminator: Json = {"propertyName": "kind", "mapping": mapping}
        spec = with_fields(b={"oneOf": options, "discriminator": discriminator})
        for name in ("Day", "Night"):
            model: Json = {**OBJECT, "properties": {"kind": TEXT, "x": TEXT}, "required": ["kind"]}
            inside(spec, "components", "schemas")[name] = model
        return spec

    new, old = tagged("day"), tagged("light")
    assert "Day: the discriminator differs" in refused(*((old, new) if turned else (new, old)))
    assert merged(tagged("day"), tagged("day")).versions == (NEWEST, OLDER)
