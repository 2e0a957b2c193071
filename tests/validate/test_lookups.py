"""A lookup names methods that exist in every API version and product of its operation."""

from __future__ import annotations

from pathlib import Path

import pytest

from bump.bump_project import NAME, Copy, copied, official
from runnersmith import pipeline
from runnersmith.openapi.document import Json
from runnersmith.openapi.todo_marks import MARK

OFFICIAL_LIST = "#/paths/~1orgs~1{org}~1actions~1runners/get"
LOOKUP = "lookup: a runner of that name in `runners.list`"
LIST = """\
        method: list
        repeat: safe
        paged: true
        products: {github.com: all, ghec: all, ghes: "3.4"}
"""
RENAMED = """
  - target: $.paths['/orgs/{org}/actions/runners'].get['x-runnersmith']
    update: {method: list_old}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """The small spec of two versions."""
    return copied(tmp_path)


def found(spec: Copy, before: str, after: str) -> list[str]:
    """What validation reports after an edit."""
    assert before in spec.text
    spec.spec.write_text(spec.text.replace(before, after), encoding="utf-8")
    return [str(problem) for problem in pipeline.examine(spec.spec, NAME, "curated")]


def test_each_version_of_the_operation_has_the_method(spec: Copy) -> None:
    """A client has one lookup, so the older version's own does not help."""
    overlay = spec.spec.parent / "versions" / "2025-01-01.overlay.yaml"
    own = "  - target: $.paths['/orgs/{org}/actions/runners/generate-jitconfig'].post['x-runnersmith']\n"
    own += "    update: {lookup: a runner of that name in `runners.list_old`}\n"
    overlay.write_text(overlay.read_text(encoding="utf-8") + RENAMED + own, encoding="utf-8")
    assert found(spec, LOOKUP, LOOKUP) == [
        (
            'spec/spec.yaml:96:17: lookup names "runners.list", which API version 2025-01-01 lacks, '
            "but has this operation; name a method of all its versions, or say it without one"
        )
    ]
    assert found(spec, "in `runners.list`", "among the runners") == []


@pytest.mark.parametrize(
    ("products", "message"),
    [
        ("{ghec: all, ghes: all}", "is not on github.com, but this operation is; "),
        (
            '{github.com: all, ghec: all, ghes: "3.11"}',
            "is on ghes from 3.11 on, but this operation is from 3.10 on; ",
        ),
        ('{github.com: all, ghec: all, ghes: "3.10"}', ""),
        ("{github.com: all, ghec: all, ghes: all}", ""),
    ],
)
def test_each_product_of_the_operation_has_the_method(
    spec: Copy, products: str, message: str
) -> None:
    """The operation is on all three, on Enterprise Server from 3.10 on."""
    after = LIST.replace('{github.com: all, ghec: all, ghes: "3.4"}', products)
    problems = [it for it in found(spec, LIST, after) if "lookup" in it]
    assert len(problems) == bool(message)
    assert all(
        f'spec/spec.yaml:96:17: lookup names "runners.list", which {message}' in it
        for it in problems
    )


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        (
            {f"{OFFICIAL_LIST}/x-github/githubCloudOnly": True},
            "if no response arrives; the lookup names runners.list, which is not on github.com",
        ),
        (
            {f"{OFFICIAL_LIST}/parameters": [{"$ref": "#/components/parameters/org"}]},
            "without a method's name: runners.list_all was runners.list in older versions",
        ),
    ],
)
def test_a_bump_leaves_the_lookup_to_a_person(
    spec: Copy, change: dict[str, Json], mark: str
) -> None:
    """As one mark, in its place."""
    staged = spec.stage(official(change))
    (line,) = [it for it in staged.content.decode().splitlines() if "lookup:" in it]
    assert MARK in line
    assert sum(mark in it.message for it in staged.decisions) == 1
