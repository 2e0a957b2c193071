"""Documents with schemas beside the components, or without an operation."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowering.test_tolerances import HEAD, built
from runnersmith import ir
from runnersmith.problems import SpecError
from runnersmith.reader import parse
from runnersmith.validate import validate

_DEFINED = """openapi: 3.0.3
info: {title: Kiosk, version: "1"}
paths:
  /lamp:
    get:
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Lamp"}}}
  /cord:
    get:
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Lamp/KEY/Cord"}}}
components:
  schemas:
    Lamp:
      properties: {cord: {$ref: "#/components/schemas/Lamp/KEY/Cord"}}
      KEY: {Cord: CORD, Spare: SPARE}
"""


@pytest.mark.parametrize("key", ["definitions", "$defs"])
def test_definitions_inside_a_schema_can_be_referenced(key: str, tmp_path: Path) -> None:
    """OpenAPI 3.0 lacks the field. Schemas in it are checked like all others."""
    text = _DEFINED.replace("KEY", key).replace("SPARE", "{}")
    made = built(tmp_path, text.replace("CORD", "{properties: {length: {type: integer}}}"))
    assert made.emitted == 2
    cord = next(it for it in made.api.models if it.fields[0].name == "length")
    [lamp] = [it for it in made.api.models if it.name == "Lamp"]
    assert lamp.fields[0].type == ir.Reference(model=cord.name)
    found = validate(
        parse(text.replace("CORD", "{type: 3}").encode(), name="kiosk.yaml"), "foreign"
    )
    assert [it.severity for it in found if "is not a field of a schema" in it.message] == [
        "warning"
    ]
    assert any(it.message.startswith("type: 3 is none of") for it in found)


@pytest.mark.parametrize("spare", ["{type: 3}", "{type: {type: string}}", "{$ref: '#/nowhere'}"])
@pytest.mark.parametrize("key", ["definitions", "$defs"])
def test_a_definition_that_nothing_refers_to_affects_no_operation(
    key: str, spare: str, tmp_path: Path
) -> None:
    """One that is used leaves out the operations that use it, with the reason."""
    text = _DEFINED.replace("KEY", key)
    good = "{properties: {length: {type: integer}}}"
    assert built(tmp_path, text.replace("CORD", good).replace("SPARE", spare)).emitted == 2
    with pytest.raises(SpecError, match="no operation of this document"):
        built(tmp_path, text.replace("CORD", spare).replace("SPARE", good))


@pytest.mark.parametrize("reference", ["'#/components/parameters/ETag'", "'#/nowhere'"])
@pytest.mark.parametrize(
    "where",
    [
        "responses: {'204': {description: ok, headers: {ETag: {$ref: REF}}}}",
        "responses: {'204': {description: ok, links: {next: {$ref: REF}}}}",
        "callbacks: {done: {$ref: REF}}, responses: {'204': {description: ok}}",
        "responses: {'200': {description: ok, content: {text/a: {examples: {one: {$ref: REF}}}}}}",
    ],
)
def test_a_wrong_reference_that_no_client_follows_affects_no_operation(
    where: str, reference: str, tmp_path: Path
) -> None:
    """Of a header, the client reads the name only; it makes no callbacks, links and examples."""
    text = HEAD + (
        "components: {parameters: {ETag: {name: ETag, in: header, schema: {type: string}}}}\n"
        f"paths: {{/x: {{get: {{{where.replace('REF', reference)}}}}}}}\n"
    )
    assert built(tmp_path, text).emitted == 1
    found = validate(parse(text.encode(), name="kiosk.yaml"), "foreign")
    assert [it.severity for it in found if it.message.startswith("$ref")] == ["warning"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("paths: {}\n", "the document has no operation"),
        (
            "webhooks: {lit: {post: {responses: {'204': {description: ok}}}}}\n",
            "the document has no operation but webhooks, which are requests of the server",
        ),
    ],
)
def test_a_document_without_operations_is_no_client(more: str, said: str, tmp_path: Path) -> None:
    """The reason is in the document, and not one of ours."""
    with pytest.raises(SpecError) as caught:
        built(tmp_path, HEAD + more)
    assert [problem.message for problem in caught.value.problems] == [said]
