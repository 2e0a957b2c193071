"""Models of two API versions that stand at one place under different names."""

from __future__ import annotations

from merge.lamp_specs import NEWEST, OLDER, merged
from small_specs import Schema, inside, lamp, with_fields


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
