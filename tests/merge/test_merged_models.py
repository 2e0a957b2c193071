"""Models of two API versions that stand at one place under different names."""

from __future__ import annotations

from merge.lamp_specs import NEWEST, OLDER, merged
from runnersmith import ir
from small_specs import LAMP_PATH, Schema, inside, lamp, with_fields


def test_models_of_other_names_at_one_place_are_one_class() -> None:
    """The newer one reads both, and so do the models within."""

    def spec(name: str, **fields: Schema) -> Schema:
        found = with_fields()
        schemas = inside(found, "components", "schemas")
        inner: Schema = {"type": "object", "description": "A part.", "properties": {**fields}}
        schemas[f"{name}Part"] = inner
        lamp(found)["part"] = {"$ref": f"#/components/schemas/{name}Part"}
        return found

    text: Schema = {"type": "string", "description": "Text."}
    api = merged(spec("New", a={**text}, b={**text}), spec("Old", a={**text}, c={**text}))
    models = {model.name: model for model in api.models}
    assert {it.name: it.available.versions for it in models["NewPart"].fields} == {
        "a": (),
        "b": (NEWEST,),
        "c": (OLDER,),
    }
    assert "OldPart" not in models


def test_a_replaced_model_stays_while_something_else_refers_to_it() -> None:
    """Another field of the older version, or a model of it that only this field needs."""

    def spec(**names: str) -> Schema:
        found = with_fields()
        schemas = inside(found, "components", "schemas")
        for field, name in names.items():
            schemas[name] = {
                "type": "object",
                "description": "A part.",
                "properties": {"a": {"type": "string", "description": "Text."}},
            }
            lamp(found)[field] = {"$ref": f"#/components/schemas/{name}"}
        return found

    def names(api: ir.Api) -> set[str]:
        return {model.name for model in api.models if model.name.endswith("Part")}

    assert names(merged(spec(part="NewPart"), spec(part="OldPart"))) == {"NewPart"}
    kept = merged(spec(part="NewPart"), spec(part="OldPart", other="OldPart"))
    assert names(kept) == {"NewPart", "OldPart"}
    back = merged(spec(part="Part"), spec(part="OldPart"), spec(part="Part"))
    assert names(back) == {"Part"}


def test_a_list_of_an_older_version_has_the_items_of_the_merged_wrapper() -> None:
    """Its method is another one in the newer version, but the class of its response is the same."""

    def spec(item: str, method: str) -> Schema:
        found = with_fields()
        schemas = inside(found, "components", "schemas")
        schemas[item] = {
            "type": "object",
            "description": "An item.",
            "properties": {"id": {"type": "integer", "description": "Its id."}},
        }
        schemas["Page"] = {
            "type": "object",
            "description": "A page.",
            "required": ["total_count", "rows"],
            "properties": {
                "total_count": {"type": "integer", "description": "How many."},
                "rows": {
                    "type": "array",
                    "description": "Rows.",
                    "items": {"$ref": f"#/components/schemas/{item}"},
                },
            },
            "x-runnersmith": {"items": "rows"},
        }
        get = inside(found, "paths", LAMP_PATH, "get")
        get["x-runnersmith"] = {**inside(get, "x-runnersmith"), "method": method, "paged": True}
        content = inside(get, "responses", "200", "content", "application/json")
        content["schema"] = {"$ref": "#/components/schemas/Page"}
        content["example"] = {"total_count": 0, "rows": []}
        return found

    api = merged(spec("NewItem", "list_all"), spec("OldItem", "list"))
    operations = [it for scope in api.scopes for one in scope.resources for it in one.operations]
    items = {it.name: it.item for it in operations if it.item is not None}
    assert items == dict.fromkeys(("list_all", "list"), ir.Reference(model="NewItem"))
