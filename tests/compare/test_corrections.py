"""Corrections: read strictly, applied to the very difference they name, reported when out of date."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from runnersmith import reader
from runnersmith.compare import Comparison, Corrections, compare, lines, read_corrections
from runnersmith.problems import SpecError

HERE = Path(__file__).parent
LIST = "GET /orgs/{org}/actions/runners"


def corrections(text: str) -> Corrections:
    return read_corrections(reader.parse(dedent(text).encode(), name="corrections.yaml"))


def against(text: str, *, maximum: str = "", plan: str = "ghec") -> Comparison:
    """A comparison in which two operations differ in the most that a page holds."""
    official = (HERE / "official.yaml").read_text(encoding="utf-8")
    assert official.count("maximum: 100, ") == 2
    official = official.replace("maximum: 100, ", maximum).replace("plan: ghec", f"plan: {plan}")
    return compare(
        reader.load(HERE / "spec.yaml", name="spec.yaml"),
        reader.parse(official.encode(), name="official.yaml"),
        corrections(text),
    )


@pytest.mark.parametrize(
    "operations",
    [
        '"*"',
        '"GET *"',
        '"* */actions/runners"',
        '"*GET */actions/runners*"',
        '["GET /enterprises/{enterprise}/actions/runners", "GET /orgs/{org}/actions/runners"]',
    ],
)
@pytest.mark.parametrize("fact", ["query per_page: maximum", "query *: maximum", "* *: maximum"])
def test_a_correction_explains_the_difference_that_it_states(operations: str, fact: str) -> None:
    """It is no problem any more, and is listed as corrected."""
    comparison = against(f"""
        corrections:
          - operations: {operations}
            fact: "{fact}"
            ours: 100
            reason: The documentation says so.
        """)
    assert comparison.problems == ()
    assert comparison.differences == ()
    assert len(comparison.applied) == 2
    assert list(lines(comparison))[:2] == [
        "corrected on purpose:",
        f"  corrections.yaml:3:5: {fact}: ours 100, official none (2 times)",
    ]


@pytest.mark.parametrize(
    ("entry", "advice"),
    [
        ('operations: "*", fact: "query per_page: maximum", ours: 50', "differs in another way"),
        ('operations: "*", fact: "query per_page: maximum", ours: "100"', "differs in another way"),
        (
            'operations: "*", fact: "query per_page: maximum", ours: 100, official: null',
            "in another way",
        ),
        (
            'operations: "*", fact: "query per_page: maximum", official: 100',
            "differs in another way",
        ),
        ('operations: "*", fact: "query per_page: minimum", ours: 100', "does not differ"),
        ('operations: "*", fact: "*: maximum", ours: 100', "does not differ"),
        ('operations: "*", fact: "query per_page: max*", ours: 1', "differs in another way"),
        ('operations: "POST *", fact: "query per_page: maximum", ours: 100', "does not differ"),
        ('operations: "GET /orgs/*", fact: "query per_page: max", ours: 100', "does not differ"),
        (
            'operations: "GET /nowhere", fact: deprecated, ours: true',
            "is not an operation of the spec",
        ),
    ],
)
def test_a_correction_that_states_something_else_hides_nothing(entry: str, advice: str) -> None:
    """The difference stays, and the correction is reported at its line with what is the case."""
    comparison = against(f"corrections:\n  - {{{entry}, reason: So.}}")
    assert len(comparison.differences) == 2
    (stale,) = (p for p in comparison.problems if p.place.file == "corrections.yaml")
    assert (stale.place.line, stale.place.column) == (2, 18)
    assert advice in stale.message
    assert (
        ": 2 differences, 0 corrected on purpose, 1 correction out" in list(lines(comparison))[-1]
    )
    if "in another way" in advice:
        assert "ours 100, official none" in stale.message


def test_a_correction_that_github_has_caught_up_with_is_reported() -> None:
    """Once the two agree, the entry must go."""
    comparison = against(
        """
        corrections:
          - {operations: "GET *", fact: "query per_page: maximum", ours: 100, reason: So.}
        """,
        maximum="maximum: 100, ",
    )
    assert [str(problem) for problem in comparison.problems] == [
        (
            "corrections.yaml:3:18: GET *: query per_page: maximum: does not differ (any more), or is"
            " corrected above: remove this entry, or fix its `fact` if that is misspelt"
        )
    ]


def test_each_operation_that_is_named_must_differ() -> None:
    """Of a list, the one without the difference is reported, at its own line."""
    comparison = against(f"""
        corrections:
          - operations:
              - {LIST}
              - POST /orgs/{{org}}/actions/runners
              - GET /enterprises/*
            fact: "query per_page: maximum"
            ours: 100
            reason: So.
        """)
    (problem,) = comparison.problems
    assert str(problem).startswith("corrections.yaml:5:9: POST /orgs/{org}/actions/runners: query")


def test_the_first_of_two_corrections_counts_and_the_other_is_reported() -> None:
    """Nothing is explained twice."""
    comparison = against("""
        corrections:
          - {operations: "*", fact: "query per_page: maximum", ours: 100, reason: So.}
          - {operations: "GET /orgs/*", fact: "query per_page: *", ours: 100, reason: So.}
        """)
    assert [problem.place.line for problem in comparison.problems] == [4]


@pytest.mark.parametrize(("plan", "stale"), [("api.github.com", 0), ("ghec", 1)])
def test_a_correction_for_a_product_is_silent_about_the_others(plan: str, stale: int) -> None:
    """It neither applies nor is out of date against another product's description."""
    comparison = against(
        """
        corrections:
          - operations: "GET /orgs/*"
            fact: "query per_page: maximum"
            ours: 100
            products: [ghec, ghes]
            reason: So.
        """,
        plan=plan,
    )
    assert len(comparison.applied) == stale
    assert comparison.stale == ()


def test_a_list_of_values_is_compared_whatever_its_order() -> None:
    """An enum is written in a correction as it comes."""
    official = (HERE / "official.yaml").read_text(encoding="utf-8")
    official = official.replace("enum: [selected, all, private]", "enum: [selected, all]")
    comparison = compare(
        reader.load(HERE / "spec.yaml", name="spec.yaml"),
        reader.parse(official.encode(), name="official.yaml"),
        corrections("""
            corrections:
              - operations: "POST *"
                fact: "body: visibility: enum"
                ours: [selected, private, all]
                official: [selected, all]
                reason: So.
            """),
    )
    assert comparison.problems == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "1:1: expected a list named `corrections`"),
        ("corrections: {}", "1:1: expected a list named `corrections`"),
        ("other: 1\ncorrections: []", "1:1: unknown key 'other'"),
        ("corrections:\n  - just text", "2:5: a correction is a mapping"),
        (
            'corrections:\n  - {operations: "*", fact: a, ours: 1, reason: r,\n     resaon: r}',
            "3:6: unknown key 'resaon'",
        ),
        ('corrections:\n  - {operations: "*", fact: a, ours: 1}', "2:5: `reason` must be text"),
        (
            'corrections:\n  - {operations: "*", fact: a, ours: 1, reason: " "}',
            "2:49: `reason` must be text",
        ),
        ('corrections:\n  - {operations: "*", ours: 1, reason: r}', "2:5: `fact` must be text"),
        ("corrections:\n  - {fact: a, ours: 1, reason: r}", "2:5: `operations` must be"),
        (
            "corrections:\n  - {operations: [], fact: a, ours: 1, reason: r}",
            "2:18: `operations` must be",
        ),
        (
            "corrections:\n  - {operations: [a, a], fact: a, ours: 1, reason: r}",
            "2:18: `operations` must be",
        ),
        (
            'corrections:\n  - {operations: "*", fact: a, ours: 1, reason: r, products: [ghe]}',
            "2:62: `products` must be a list of these: github.com, ghec, ghes",
        ),
        ('corrections:\n  - {operations: "*", fact: a, reason: r}', "2:5: `ours` and `official`"),
        (
            'corrections:\n  - {operations: "*", fact: a, ours: 1.0, official: 1, reason: r}',
            "2:5: `ours` and `official` must differ",
        ),
        (
            (
                'corrections:\n  - {operations: "*", fact: a, ours: 1, reason: r}\n'
                '  - {operations: ["*"], fact: a, ours: 2, reason: r}'
            ),
            "3:5: corrects the same difference as line 2",
        ),
    ],
)
def test_a_malformed_file_is_refused_at_the_place(text: str, message: str) -> None:
    """Nothing in it is ignored."""
    with pytest.raises(SpecError) as caught:
        corrections(text)
    assert str(caught.value).startswith(f"corrections.yaml:{message}")
    assert len(caught.value.problems) == 1


def test_every_mistake_in_the_file_is_told_at_once() -> None:
    """One run shows them all."""
    with pytest.raises(SpecError) as caught:
        corrections("corrections:\n  - 1\n  - {reasn: x}\n")
    assert [problem.place.line for problem in caught.value.problems] == [2, 3, 3, 3, 3, 3]
