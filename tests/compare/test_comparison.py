"""The comparison with the official description, on a small spec and its official counterpart.

`compare/spec.yaml` and `compare/official.yaml` state the same facts in two forms. A test changes
some and expects exact messages.
"""

from __future__ import annotations

from itertools import product

import pytest

from compare.comparison_specs import (
    BODY,
    CREATE,
    ENTERPRISE,
    GONE,
    LIST,
    OFFICIAL,
    RUNNER,
    SPEC,
    against,
    changed,
    document,
    mapping,
)
from runnersmith.compare import Comparison, compare, lines
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError

PAGE = f"{LIST}/responses/200/content/application~1json/schema"
REFUSAL = f"{CREATE}/responses/422/content/application~1json/schema/properties"


def found(comparison: Comparison) -> list[tuple[str, str]]:
    """Each problem as the line of the spec that it points at, from its column, and its message."""
    source = SPEC.read_text(encoding="utf-8").splitlines()
    pairs: list[tuple[str, str]] = []
    for problem in comparison.problems:
        assert problem.place.file == "spec.yaml"
        text = source[problem.place.line - 1][problem.place.column - 1 :]
        pairs.append((text, problem.message))
    return pairs


def test_equal_facts_in_another_form_are_no_difference() -> None:
    """References, null, unions, prose, order and the changes of the API version do not count."""
    comparison = against({})
    assert comparison.problems == ()
    assert comparison.compared == (
        "GET /enterprises/{enterprise}/actions/runners",
        "GET /orgs/{org}/actions/runners",
        "POST /orgs/{org}/actions/runners",
    )


@pytest.mark.parametrize(
    ("pointer", "value", "where", "message"),
    [
        (
            f"{LIST}/operationId",
            "actions/list",
            "operationId: actions/list-for-org",
            "operationId: ours actions/list-for-org, official actions/list",
        ),
        (f"{LIST}/deprecated", False, "deprecated: true", "deprecated: ours true, official none"),
        (
            f"{LIST}/externalDocs/url",
            "https://docs.github.com/en/rest/actions/runners#all",
            'url: "https',
            (
                "docs: ours https://docs.github.com/rest/actions/runners#list,"
                " official https://docs.github.com/rest/actions/runners#all"
            ),
        ),
        (
            f"{LIST}/x-github/enabledForGitHubApps",
            False,
            "fine-grained: {runners: read}",
            "enabledForGitHubApps: ours true, official false",
        ),
        (
            f"{LIST}/x-github/githubCloudOnly",
            True,
            "products: {github.com",
            "githubCloudOnly: ours false, official true",
        ),
        (f"{LIST}/servers", [], "get:", "servers: ours none, official []"),
        (
            f"{LIST}/parameters/0/required",
            True,
            "per-page:",
            "query per_page: ours optional, official required",
        ),
        (
            f"{LIST}/parameters/0/deprecated",
            True,
            "per-page:",
            "query per_page: deprecated: ours none, official true",
        ),
        (
            f"{LIST}/parameters/0/schema/type",
            "number",
            "type: integer",
            "query per_page: type: ours integer, official number",
        ),
        (
            f"{LIST}/parameters/0/schema/maximum",
            GONE,
            "maximum: 100",
            "query per_page: maximum: ours 100, official none",
        ),
        (
            f"{LIST}/parameters/0/schema/minimum",
            1,
            "per-page:",
            "query per_page: minimum: ours none, official 1",
        ),
        (
            f"{LIST}/parameters/0/schema/default",
            "30",
            "default: 30",
            'query per_page: default: ours 30, official "30"',
        ),
        (
            f"{LIST}/parameters/1/schema/uniqueItems",
            GONE,
            "uniqueItems: true",
            "query labels: uniqueItems: ours true, official none",
        ),
        (
            f"{LIST}/parameters/1/schema/items/type",
            "integer",
            "type: string}",
            "query labels: []: type: ours string, official integer",
        ),
        (
            f"{LIST}/parameters/1/explode",
            True,
            "explode: false",
            "query labels: explode: ours false, official none",
        ),
        (
            f"{LIST}/parameters/0/content",
            {"text/plain": {}},
            "per-page:",
            "query per_page: content: ours none, official text/plain",
        ),
        (
            f"{LIST}/parameters/1/in",
            "cookie",
            None,
            "query labels: ours optional, official none; cookie labels: ours none, official optional",
        ),
        (
            f"{CREATE}/parameters",
            [{"name": "x-ID", "in": "header", "schema": {"type": "string"}}],
            "post:",
            "header X-Id: ours none, official optional",
        ),
        (f"{CREATE}/requestBody", GONE, "requestBody:", "body: ours required, official none"),
        (
            f"{CREATE}/requestBody/required",
            False,
            "requestBody:",
            "body: ours required, official optional",
        ),
        (
            f"{CREATE}/requestBody/content/text~1csv",
            {"schema": {"type": "string"}},
            None,
            (
                "body: content: ours application/json, official"
                ' "application/json, text/csv"; body text/csv: ours none, official present'
            ),
        ),
        (f"{BODY}/type", "array", "type: object", "body: type: ours object, official array"),
        (
            f"{BODY}/additionalProperties",
            True,
            "additionalProperties: false",
            "body: additionalProperties: ours false, official none",
        ),
        (
            f"{BODY}/required",
            ["name"],
            "labels:",
            "body: labels: ours required, official optional",
        ),
        (
            f"{BODY}/properties/visibility",
            GONE,
            "visibility:",
            "body: visibility: ours optional, official none",
        ),
        (
            f"{BODY}/properties/kind",
            {},
            None,
            (
                "body: kind: type: ours string, official any;"
                " body: kind: enum: ours [jit], official none"
            ),
        ),
        (
            f"{BODY}/properties/extra.field",
            {"type": "object", "properties": {"a": {"type": "string"}}},
            "requestBody:",
            'body: "extra.field": ours none, official optional',
        ),
        (
            f"{BODY}/properties/name/minLength",
            GONE,
            "minLength: 1",
            "body: name: minLength: ours 1, official none",
        ),
        (
            f"{BODY}/properties/name/maxLength",
            63,
            "maxLength: 64",
            "body: name: maxLength: ours 64, official 63",
        ),
        (
            f"{BODY}/properties/name/pattern",
            "^x",
            "pattern:",
            'body: name: pattern: ours "^[a-z]+$", official "^x"',
        ),
        (
            f"{BODY}/properties/name/format",
            "email",
            "name:",
            "body: name: format: ours none, official email",
        ),
        (
            f"{BODY}/properties/labels/minItems",
            0,
            "minItems: 1",
            "body: labels: minItems: ours 1, official none",
        ),
        (
            f"{BODY}/properties/labels/maxItems",
            50,
            "maxItems: 100",
            "body: labels: maxItems: ours 100, official 50",
        ),
        (
            f"{BODY}/properties/visibility/enum",
            ["all", "private", "none"],
            "enum:",
            'body: visibility: enum: ours [all, private, selected], official [all, "none", private]',
        ),
        (
            f"{BODY}/properties/visibility/default",
            None,
            "default: all",
            "body: visibility: default: ours all, official null",
        ),
        (
            f"{BODY}/properties/timeout/exclusiveMinimum",
            False,
            None,
            (
                "body: timeout: exclusiveMinimum: ours 0, official none;"
                " body: timeout: minimum: ours none, official 0"
            ),
        ),
        (
            f"{BODY}/properties/timeout/multipleOf",
            2.5,
            "multipleOf: 5",
            "body: timeout: multipleOf: ours 5, official 2.5",
        ),
        (
            f"{BODY}/properties/kind/enum",
            ["jit", "other"],
            "const: jit",
            "body: kind: enum: ours [jit], official [jit, other]",
        ),
        (
            f"{BODY}/minProperties",
            1,
            "requestBody:",
            "body: minProperties: ours none, official 1",
        ),
        (
            f"{LIST}/responses/404",
            GONE,
            "missing:",
            "response 404: ours application/json, official none",
        ),
        (
            f"{LIST}/responses/404/content",
            GONE,
            None,
            (
                "response 404: ours application/json, official no content;"
                " response 404: type: ours object, official none;"
                " response 404: message: ours optional, official none"
            ),
        ),
        (f"{LIST}/responses/410", {}, "get:", "response 410: ours none, official no content"),
        (
            f"{LIST}/responses/200/headers",
            GONE,
            "link:",
            "response 200 header Link: ours optional, official none",
        ),
        (
            "#/components/headers/link/schema/type",
            "integer",
            "type: string",
            "response 200 header Link: type: ours string, official integer",
        ),
        (
            f"{CREATE}/responses/201/content/text~1csv/schema/type",
            "integer",
            "type: string",
            "response 201 text/csv: type: ours string, official integer",
        ),
        (
            f"{PAGE}/required",
            ["runners"],
            "total_count:",
            "response 200: total_count: ours required, official optional",
        ),
        (
            f"{RUNNER}/properties/id/format",
            GONE,
            "format: int64",
            "response 201: id: format: ours int64, official none (and 5 more like it)",
        ),
        (
            f"{RUNNER}/properties/os/enum",
            ["linux"],
            "os:",
            "response 201: os: enum: ours none, official [linux] (and 5 more like it)",
        ),
        (
            f"{RUNNER}/properties/status/nullable",
            False,
            None,
            (
                "response 201: status: type: ours string or null, official string"
                " (and 5 more like it);"
                " response 201: status: enum: ours [offline, online],"
                " official [offline, online, null] (and 5 more like it)"
            ),
        ),
        (
            "#/components/schemas/nullable-group/nullable",
            GONE,
            "anyOf:",
            "response 201: group: type: ours object or null, official object (and 5 more like it)",
        ),
        (
            f"{RUNNER}/properties/version/deprecated",
            GONE,
            "deprecated: true",
            "response 201: version: deprecated: ours true, official none (and 5 more like it)",
        ),
        (
            f"{RUNNER}/properties/meta/additionalProperties/type",
            "integer",
            "type: string",
            "response 201: meta{}: type: ours string, official integer (and 5 more like it)",
        ),
        (
            f"{REFUSAL}/value/oneOf/2/items/type",
            "integer",
            "type: string",
            "response 422: value[]: type: ours string, official integer",
        ),
        (
            f"{REFUSAL}/value/oneOf/1/type",
            "boolean",
            "type: [string, integer, array",
            (
                "response 422: value: type: ours array or integer or string or null,"
                " official array or boolean or string or null"
            ),
        ),
        (
            f"{REFUSAL}/cause/oneOf/1/properties/text/type",
            "integer",
            "type: string",
            "response 422: cause(object#2).text: type: ours string, official integer",
        ),
    ],
)
def test_each_kind_of_fact_is_told_once_at_its_place(
    pointer: str, value: Json, where: str | None, message: str
) -> None:
    """One changed fact is one message that names both values, at the line that ours says it."""
    problems = found(against({pointer: value}))
    texts = [text.split(": ", 1)[1] for _, text in problems]
    assert sorted(texts) == sorted(message.split("; "))
    if where is not None:
        assert problems[0][0].startswith(where)


def test_a_recursive_schema_is_compared_to_its_end() -> None:
    """A schema within itself, unrolled once more on one side, neither loops nor differs."""
    runner = mapping(mapping(official_schemas())["a-runner"])
    properties: dict[str, Json] = {**mapping(runner["properties"]), "parent": {"$ref": RUNNER}}
    once: dict[str, Json] = {"type": "object", "required": runner["required"]}
    del properties["license"]
    parent = f"{RUNNER}/properties/parent"
    assert against({parent: {**once, "properties": properties}}).problems == ()
    del properties["parent"]
    (problem,) = against({parent: {**once, "properties": properties}}).problems
    end = ": parent.parent: ours optional, official none (and 2 more like it)"
    assert problem.message.endswith(end)


def official_schemas() -> Json:
    data = mapping(document(OFFICIAL).data)
    return mapping(data["components"])["schemas"]


@pytest.mark.parametrize(
    ("version", "names"),
    [("2022-11-28", "license"), ("2026-03-10", ""), ("2027-01-01", "os")],
)
def test_the_official_description_is_read_as_our_api_version_has_it(
    version: str, names: str
) -> None:
    """A change counts from its version on; one that is planned for `next` does not count."""
    ours = changed(document(SPEC), {"#/info/version": version})
    problems = compare(ours, document(OFFICIAL)).problems
    fields = {problem.message.split(": ")[2].removeprefix("[].") for problem in problems}
    assert fields == set(filter(None, [names]))


@pytest.mark.parametrize(
    ("info", "gone", "compared", "messages"),
    [
        ({"x-github-plan": "ghec"}, [ENTERPRISE], 3, ["product: ours ghec, official none"]),
        ({"x-github-plan": "api.github.com"}, [ENTERPRISE], 2, []),
        (
            {"x-github-plan": "api.github.com"},
            [LIST],
            3,
            [
                "product: ours none, official github.com",
                "product: ours github.com, official none",
            ],
        ),
        ({"x-github-plan": "ghes", "x-github-release": 3.19}, [], 3, []),
        (
            {"x-github-plan": "ghes", "x-github-release": "3.20"},
            [CREATE],
            3,
            [
                "product: ours ghes 3.20, official none",
            ],
        ),
        (
            {"x-github-plan": "ghes", "x-github-release": "3.9"},
            [ENTERPRISE, CREATE],
            1,
            [
                "product: ours none, official ghes 3.9",
            ],
        ),
    ],
)
def test_an_operation_is_expected_of_the_products_that_have_it(
    info: dict[str, Json], gone: list[str], compared: int, messages: list[str]
) -> None:
    """Lacked by a product as we say: nothing to report; otherwise than we say: a difference."""
    changes: dict[str, Json] = dict.fromkeys(gone, GONE)
    comparison = against({**changes, **{f"#/info/{key}": value for key, value in info.items()}})
    assert len(comparison.compared) == compared
    texts = [problem.message.split(": ", 1)[1] for problem in comparison.problems]
    assert [text for text in texts if text.startswith("product")] == messages
    assert texts == messages


def test_operations_about_runners_that_ours_lacks_are_listed_and_no_problem() -> None:
    """Under a scope's path and a runner path; a namesake or a path beside them is not meant."""
    comparison = against({f"{LIST}/x-octokit": {}})
    assert [operation.name for operation in comparison.missing] == [
        "GET /orgs/{org}/actions/runner-groups",
        "PUT /orgs/{org}/actions/permissions/self-hosted-runners",
    ]
    assert comparison.problems == ()


def test_a_renamed_path_parameter_is_one_difference() -> None:
    """The operation is still found, and its other facts are compared."""
    data = mapping(document(OFFICIAL).data)
    paths = {
        path.replace("{org}", "{organization}"): item
        for path, item in mapping(data["paths"]).items()
    }
    item = mapping(paths["/orgs/{organization}/actions/runners"])
    item["parameters"] = [
        {"name": "organization", "in": "path", "required": True, "schema": {"type": "string"}}
    ]
    messages = [problem.message for problem in against({"#/paths": paths}).problems]
    said = "path org: name: ours org, official organization"
    assert messages == [
        f"GET /orgs/{{org}}/actions/runners: {said}",
        f"POST /orgs/{{org}}/actions/runners: {said}",
    ]


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("#/info/x-github-plan", "gitlab", "not one of GitHub's descriptions"),
        ("#/info", GONE, "not one of GitHub's descriptions"),
        ("#/info/x-github-release", "latest", "x-github-release is no version"),
        ("#/info/x-github-release", 3.2, "the number 3.2 may be 3.20; write it as a string"),
        ("#/paths", GONE, "this description has no operations"),
        ("#/paths", [], "this description has no operations"),
        ("#/paths", {"/zen": {"get": {}}}, "this description has no operations about runners"),
    ],
)
def test_a_file_that_is_not_githubs_is_refused(pointer: str, value: Json, message: str) -> None:
    """It is an error at its place, never a comparison with nothing."""
    with pytest.raises(SpecError, match=f"official.yaml:1:1: .*{message}"):
        against({pointer: value})


def test_the_lines_say_everything_in_order() -> None:
    """Problems, then what is corrected, then what is not described, then the sum."""
    pointer = f"{LIST}/parameters/0/schema/maximum"
    text = list(lines(against({pointer: GONE})))
    assert text[0].startswith("spec.yaml:")
    assert text[0].endswith(
        ": GET /orgs/{org}/actions/runners: query per_page: maximum: ours 100, official none"
    )
    assert text[1:] == [
        "official operations about runners that the spec does not have:",
        "  GET /orgs/{org}/actions/runner-groups",
        "  PUT /orgs/{org}/actions/permissions/self-hosted-runners",
        (
            "3 operations compared with ghec at API version 2026-03-10: 1 difference,"
            " 0 corrected on purpose, 2 official operations not in the spec"
        ),
    ]


PARTS = [
    LIST,
    f"{LIST}/operationId",
    f"{LIST}/externalDocs",
    f"{LIST}/parameters",
    f"{LIST}/parameters/0",
    f"{LIST}/parameters/0/schema",
    f"{LIST}/responses",
    f"{LIST}/responses/200",
    f"{LIST}/responses/200/headers",
    f"{LIST}/x-github",
    f"{CREATE}/requestBody",
    f"{CREATE}/requestBody/content",
    BODY,
    f"{BODY}/required",
    f"{BODY}/properties",
    f"{BODY}/properties/name",
    f"{BODY}/properties/name/type",
    f"{BODY}/properties/name/minLength",
    f"{BODY}/properties/visibility/enum",
    f"{BODY}/properties/labels/items",
    f"{REFUSAL}/cause/oneOf",
    f"{RUNNER}/properties/parent/allOf",
    f"{RUNNER}/x-github-breaking-changes",
    f"{RUNNER}/x-github-breaking-changes/0/version",
    f"{RUNNER}/x-github-breaking-changes/0/patch",
]
JUNK: list[Json] = [None, True, 1, "x", [], [1], {}, {"a": 1}]


def test_a_part_of_another_kind_is_told_or_refused(subtests: pytest.Subtests) -> None:
    """A malformed official description never ends in anything but problems."""
    for pointer, junk in product(PARTS, JUNK):
        with subtests.test(pointer=pointer, junk=junk):
            try:
                problems = against({pointer: junk}).problems
            except SpecError as error:
                problems = error.problems
            assert all(str(problem).isprintable() for problem in problems)
