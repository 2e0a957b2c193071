"""Fields and parameters that only some products have, or only from a release on."""

from __future__ import annotations

import pytest

from compare.comparison_specs import (
    BODY,
    ENTERPRISE,
    GONE,
    LIST,
    OFFICIAL,
    RUNNER,
    SPEC,
    changed,
    document,
    edited,
)
from runnersmith.compare import compare
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError

# The name of a fact, where ours states it, where the official description does.
THINGS = [
    ("query labels", f"{LIST}/parameters/1", f"{LIST}/parameters/1"),
    ("body: visibility", f"{BODY}/properties/visibility", f"{BODY}/properties/visibility"),
    (
        "response 201: version",
        "#/components/schemas/runner/properties/version",
        f"{RUNNER}/properties/version",
    ),
]
OFFICIALS: dict[str, dict[str, Json]] = {
    "github.com": {"#/info/x-github-plan": "api.github.com", ENTERPRISE: GONE},
    "ghec": {},
    "ghes 3.19": {"#/info/x-github-plan": "ghes", "#/info/x-github-release": 3.19},
    "ghes 3.20": {"#/info/x-github-plan": "ghes", "#/info/x-github-release": "3.20"},
}


def messages(ours: dict[str, Json], official: dict[str, Json]) -> list[str]:
    """What is said of the two descriptions after changes; what operations share is told once."""
    comparison = compare(changed(document(SPEC), ours), changed(document(OFFICIAL), official))
    texts = (problem.message.split(": ", 1)[1] for problem in comparison.problems)
    return [text.split(" (and ")[0] for text in texts]


@pytest.mark.parametrize(
    ("products", "official", "has"),
    [
        ({"github.com": "all"}, "github.com", True),
        ({"github.com": "all"}, "ghec", False),
        ({"github.com": "all"}, "ghes 3.19", False),
        ({"ghec": "all"}, "github.com", False),
        ({"ghec": "all"}, "ghec", True),
        ({"ghes": "all"}, "ghes 3.19", True),
        ({"ghes": "3.20"}, "ghes 3.19", False),
        ({"ghes": "3.20"}, "ghes 3.20", True),
        ({"ghes": "3.9"}, "ghes 3.20", True),
        ({"ghes": "4.0"}, "ghes 3.20", False),
    ],
)
@pytest.mark.parametrize(("name", "mine", "theirs"), THINGS)
def test_a_field_is_expected_of_the_products_that_have_it(
    name: str, mine: str, theirs: str, products: Json, official: str, has: bool
) -> None:
    """As ours says it is no difference; that it is there although ours says not, or lacking, is one."""
    ours: dict[str, Json] = {f"{mine}/x-runnersmith": {"products": products}}
    there, gone = OFFICIALS[official], {**OFFICIALS[official], theirs: GONE}
    lacking = [] if has else [f"{name}: product: ours none, official {official}"]
    missing = [f"{name}: ours optional, official none"] if has else []
    assert messages(ours, there) == lacking
    assert messages(ours, gone) == missing


def test_what_is_in_a_field_that_a_product_should_lack_is_compared_as_well() -> None:
    """That it is there at all is not the only difference told."""
    extension: Json = {"products": {"github.com": "all"}}
    pointer = f"{BODY}/properties/visibility"
    assert messages({f"{pointer}/x-runnersmith": extension}, {f"{pointer}/default": GONE}) == [
        "body: visibility: default: ours all, official none",
        "body: visibility: product: ours none, official ghec",
    ]


def test_a_field_that_a_product_lacks_is_lacked_with_all_that_is_in_it() -> None:
    """Nothing is said of fields within, nor that the official description does not require it."""
    pointer = "#/components/schemas/runner/properties/group"
    ours: dict[str, Json] = {f"{pointer}/x-runnersmith": {"products": {"ghes": "3.20"}}}
    theirs: dict[str, Json] = {
        f"{RUNNER}/properties/group": GONE,
        f"{RUNNER}/required": ["id", "os", "status"],
    }
    assert messages(ours, theirs) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"type": "string"}, ["body: extra: ours optional, official none"]),
        (
            {"x-runnersmith": {"products": {"ghec": "all"}}},
            ["body: extra: ours optional, official none"],
        ),
        ({"x-runnersmith": {"products": {"ghes": "all"}}}, []),
    ],
)
def test_a_field_stated_twice_is_lacked_where_no_statement_gives_it(
    second: Json, expected: list[str]
) -> None:
    """In an allOf, one schema that has the field in the product is enough."""
    first: Json = {"type": "string", "x-runnersmith": {"products": {"github.com": "all"}}}
    parts: list[Json] = [{"properties": {"extra": field}} for field in (first, second)]
    assert messages({f"{BODY}/allOf": parts}, {}) == expected


def test_availability_that_is_wrong_is_told_where_ours_states_it() -> None:
    """The place is that of the products."""
    extension = "                  x-runnersmith: {products: {github.com: all}}\n"
    ours = edited(SPEC, ("default: all\n", f"default: all\n{extension}"))
    (problem,) = compare(ours, document(OFFICIAL)).problems
    before = SPEC.read_text(encoding="utf-8").partition("default: all\n")[0]
    assert problem.place.line == before.count("\n") + 2
    assert extension[problem.place.column - 1 :].startswith("products: ")


@pytest.mark.parametrize("version", ["new", "3.", "3.x", "", "\u0663"])
def test_a_release_that_is_none_is_refused_at_its_place(version: str) -> None:
    """A curated spec has none; it is still a problem and no traceback."""
    products: Json = {"ghes": version}
    ours: dict[str, Json] = {f"{BODY}/properties/name/x-runnersmith": {"products": products}}
    with pytest.raises(SpecError, match=r"spec\.yaml:1:1: .* is no version of Enterprise Server"):
        messages(ours, OFFICIALS["ghes 3.19"])
