"""API versions: the changes in an official description, and several versions compared at once."""

from __future__ import annotations

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
    edited,
)
from runnersmith import reader
from runnersmith.compare import compare, compare_versions, known, lines, read_corrections
from runnersmith.openapi.document import Document, Json
from runnersmith.problems import SpecError

CHANGES = "x-github-breaking-changes"


def change(patch: Json, version: str = "2026-03-10") -> Json:
    return {"changeset": "a_change", "patch": patch, "version": version}


def ours(*versions: str) -> list[Document]:
    """Our spec as each API version; the versions do not differ otherwise."""
    return [changed(document(SPEC), {"#/info/version": version}) for version in versions]


def messages(changes: dict[str, Json], version: str = "2026-03-10") -> list[str]:
    """What is said of our spec and an official description without changes but these."""
    official = changed(document(OFFICIAL), {f"{RUNNER}/properties/license": GONE, **changes})
    (mine,) = ours(version)
    texts = (problem.message.split(": ", 1)[1] for problem in compare(mine, official).problems)
    return [text.split(" (and ")[0] for text in texts]


@pytest.mark.parametrize(
    ("where", "steps", "message"),
    [
        (
            RUNNER,
            [{"op": "remove", "path": "/properties/os"}, {"op": "remove", "path": "/required/1"}],
            "response 201: os: ours required, official none",
        ),
        (
            RUNNER,
            [{"op": "copy", "from": "/properties/id", "path": "/properties/os"}],
            None,
        ),
        (
            CREATE,
            [{"op": "replace", "path": "/requestBody/required", "value": False}],
            "body: ours required, official optional",
        ),
        (
            CREATE,
            [{"op": "move", "from": "/responses/422", "path": "/responses/400"}],
            None,
        ),
        (
            f"{LIST}/parameters/0",
            [
                {"op": "test", "path": "/schema/maximum", "value": 100},
                {"op": "add", "path": "/schema/minimum", "value": 1},
            ],
            "query per_page: minimum: ours none, official 1",
        ),
    ],
)
def test_a_change_may_be_a_json_patch(where: str, steps: Json, message: str | None) -> None:
    """It counts from its version on, at an operation, a parameter or a component."""
    changes: dict[str, Json] = {f"{where}/{CHANGES}": [change(steps)]}
    assert messages(changes, "2022-11-28") == []
    found = messages(changes)
    assert found == [message] if message is not None else len(found) == 2


def test_changes_of_both_kinds_are_applied_from_the_oldest_on() -> None:
    """Each finds what the versions before it have left, in whatever order they are listed."""
    entries: list[Json] = [
        change({"minimum": None}, "next"),
        change([{"op": "replace", "path": "/minimum", "value": 2}], "2026-03-10"),
        change({"minimum": 1}, "2025-01-01"),
    ]
    changes: dict[str, Json] = {f"{BODY}/properties/timeout/{CHANGES}": entries}
    start: dict[str, Json] = {
        f"{BODY}/properties/timeout/exclusiveMinimum": GONE,
        f"{BODY}/properties/timeout/minimum": GONE,
    }
    expected = [None, "1", "2", "2"]
    for version, minimum in zip(
        ["2022-11-28", "2025-01-01", "2026-03-10", "2027-01-01"], expected, strict=True
    ):
        found = messages({**start, **changes}, version)
        said = [text for text in found if ": minimum: " in text]
        assert said == (
            [f"body: timeout: minimum: ours none, official {minimum}"] if minimum else []
        )


MISFIT: Json = [change([{"op": "remove", "path": "/nowhere"}])]


@pytest.mark.parametrize(
    "pointer",
    [
        f"#/paths/~1users~1{{user}}~1actions~1runners/get/{CHANGES}",
        f"#/paths/~1users~1{{user}}~1actions~1runners/{CHANGES}",
        f"#/paths/~1orgs~1{{org}}~1actions~1runner-groups/get/{CHANGES}",
        f"#/components/{CHANGES}",
        "#/components/schemas/elsewhere",
        "#/components/examples",
    ],
)
def test_changes_to_what_is_not_compared_are_not_looked_at(pointer: str) -> None:
    """Among a thousand operations, those of others cannot stop the comparison."""
    value: Json = MISFIT if pointer.endswith(CHANGES) else {CHANGES: MISFIT, "a": {CHANGES: MISFIT}}
    assert against({pointer: value}).problems == ()


@pytest.mark.parametrize(
    "pointer", [LIST, f"{LIST}/parameters/0", BODY, RUNNER, "#/components/headers/link"]
)
def test_a_change_that_does_not_fit_what_is_compared_is_refused(pointer: str) -> None:
    """What the version is like is not known then."""
    with pytest.raises(SpecError, match="a step that does not fit: /nowhere does not exist"):
        against({f"{pointer}/{CHANGES}": MISFIT})
    official = changed(document(OFFICIAL), {f"{RUNNER}/properties/license": GONE})
    official = changed(official, {f"{pointer}/{CHANGES}": MISFIT})
    assert compare(ours("2022-11-28")[0], official).problems == ()


def test_a_change_that_does_not_fit_is_told_at_its_place() -> None:
    """Line and column are those of the step in the official description."""
    step = "patch: [{op: remove, path: /nowhere}]"
    official = edited(OFFICIAL, ("patch: {properties: {license: null}}", step))
    line = (
        OFFICIAL.read_text(encoding="utf-8")
        .splitlines()
        .index("        - changeset: remove_license")
    )
    with pytest.raises(SpecError, match=rf"\Aofficial\.yaml:{line + 2}:19: a step that does not"):
        compare(document(SPEC), official)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["2027-01-01", "2026-03-10", "2022-11-28"]),
        ({"#/info/x-github-plan": "api.github.com"}, ["2027-01-01", "2026-03-10", "2022-11-28"]),
        (
            {"#/info/x-github-plan": "ghes", "#/info/x-github-release": 3.19, RUNNER: {}},
            ["2022-11-28"],
        ),
        (
            {
                "#/info/x-github-plan": "ghes",
                "#/info/x-github-release": 3.21,
                f"{RUNNER}/{CHANGES}": [change({}), change({}, "next"), {}, 1],
            },
            ["2026-03-10", "2022-11-28"],
        ),
        (
            {
                "#/info/x-github-plan": "ghes",
                "#/info/x-github-release": 3.21,
                RUNNER: {},
                f"{ENTERPRISE}/{CHANGES}": MISFIT,
            },
            ["2026-03-10", "2022-11-28"],
        ),
    ],
)
def test_an_enterprise_server_knows_the_versions_that_its_description_names(
    changes: dict[str, Json], expected: list[str]
) -> None:
    """It knows the oldest in any case; github.com and Enterprise Cloud know all."""
    versions = ours("2027-01-01", "2026-03-10", "2022-11-28")
    found = known(versions, changed(document(OFFICIAL), changes))
    assert found == tuple(v for v in versions if v.root.at("info").text("version") in expected)


def test_several_versions_are_told_together() -> None:
    """What they share is told once, what only some have says of which; each has its sum."""
    versions = [
        document(SPEC),
        edited(SPEC, ("2026-03-10", "2025-01-01"), ("maxLength: 64", "maxLength: 63")),
        edited(SPEC, ("2026-03-10", "2022-11-28")),
    ]
    changes: dict[str, Json] = {
        f"{BODY}/properties/name/maxLength": 63,
        f"{BODY}/properties/kind/enum": ["other"],
        f"{RUNNER}/properties/license": GONE,
    }
    text = list(lines(*compare_versions(versions, changed(document(OFFICIAL), changes))))
    create = "POST /orgs/{org}/actions/runners: body:"
    assert [line.split(": ", 1)[1] for line in text[:2]] == [
        (
            f"{create} name: maxLength: ours 64, official 63"
            " (API versions 2026-03-10, 2022-11-28 only)"
        ),
        f"{create} kind: enum: ours [jit], official [other]",
    ]
    end = "0 corrected on purpose, 2 official operations not in the spec"
    assert text[2:] == [
        "official operations about runners that the spec does not have:",
        "  GET /orgs/{org}/actions/runner-groups",
        "  PUT /orgs/{org}/actions/permissions/self-hosted-runners",
        f"3 operations compared with ghec at API version 2026-03-10: 2 differences, {end}",
        f"3 operations compared with ghec at API version 2025-01-01: 1 difference, {end}",
        f"3 operations compared with ghec at API version 2022-11-28: 2 differences, {end}",
    ]


CORRECTIONS = b"""
corrections:
  - operations: "*"
    fact: "query per_page: maximum"
    ours: 100
    reason: Both versions have it.
  - operations: "POST *"
    fact: "response *: license"
    official: optional
    reason: Only the older version has it.
  - operations: "POST *"
    fact: deprecated
    ours: true
    reason: No version has it.
"""


def test_corrections_are_judged_over_all_versions() -> None:
    """One that a version needs is not out of date, one that none needs is, and each is told once."""
    corrections = read_corrections(reader.parse(CORRECTIONS, name="corrections.yaml"))
    changes: dict[str, Json] = {
        f"{ENTERPRISE}/parameters/1/schema/maximum": GONE,
        f"{LIST}/parameters/0/schema/maximum": GONE,
    }
    official = changed(document(OFFICIAL), changes)
    versions = ours("2026-03-10", "2022-11-28")
    found = compare_versions(versions, official, corrections)
    text = [line.strip() for line in lines(*found) if "corrections.yaml" in line]
    assert [line.split(": ", 1)[1] for line in text] == [
        (
            "POST *: deprecated: does not differ (any more), or is corrected above: remove this"
            " entry, or fix its `fact` if that is misspelt"
        ),
        "query per_page: maximum: ours 100, official none (2 times)",
        "response *: license: ours none, official optional",
    ]
    (alone,) = compare_versions(versions[:1], official, corrections)
    assert [problem.place.line for problem in alone.stale] == [7, 11]
