"""A bump as a whole: what it says, what it refuses, what it leaves alone, and several in a row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bump.bump_project import HERE, NAME, NEXT, Copy, copied, official
from compare.comparison_specs import GONE, mapping
from runnersmith import pipeline, reader
from runnersmith.bump import MARK, lines, stage, undecided, write, written
from runnersmith.openapi.document import Document, Json
from runnersmith.overlay import versions
from runnersmith.problems import Place, Problem, SpecError, UsageError, errors
from runnersmith.yaml_edit.values import equal

RUNNER = "#/components/schemas/runner/properties"
LIST = "#/paths/~1orgs~1{org}~1actions~1runners/get"


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    """A copy of the small spec, in a folder without git."""
    return copied(tmp_path)


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


# ── What it says ─────────────────────────────────────────────────────────────────────────────


def test_the_small_spec_is_a_curated_one(spec: Copy) -> None:
    """What the tests start from is valid in both of its versions."""
    newest, *older = spec.documents
    assert errors(pipeline.validated(newest, "curated", older)) == ()
    assert [versions.version_of(document) for document in older] == ["2025-01-01"]


def test_nothing_changed_is_said(spec: Copy) -> None:
    """Where no fact differs there is nothing to write, whatever prose and spelling differ."""
    plan = spec.plan(official())
    assert plan.nothing
    assert list(lines(plan)) == [
        "nothing to do: 5 operations are in 2027-01-01 as in the spec, by this description of ghec",
        "2027-01-01 is a version of its own all the same: --write adds it",
    ]


def test_a_correction_that_is_no_longer_needed_is_said(spec: Copy) -> None:
    """GitHub agrees with us by now: the entry is to be removed, and nothing is to be written."""
    schema = f"{LIST}/responses/200/content/application~1json/schema"
    plan = spec.plan(official({f"{schema}/properties/total_count/type": "integer"}))
    assert plan.nothing
    assert list(lines(plan)) == [
        "corrections to look at:",
        (
            "  corrections.yaml:6:17: GET /orgs/{org}/actions/runners: response 200: total_count: type: "
            "does not differ (any more), or is corrected above: remove this entry, or fix its `fact` "
            "if that is misspelt"
        ),
        "nothing to do: 5 operations are in 2027-01-01 as in the spec, by this description of ghec",
        "2027-01-01 is a version of its own all the same: --write adds it",
    ]


def test_a_difference_is_told_with_both_places(spec: Copy) -> None:
    """Ours by line and column, the official one by pointer; what operations share is told once."""
    plan = spec.plan(official({f"{RUNNER}/busy/type": "integer"}))
    assert list(lines(plan)) == [
        (
            "spec/spec.yaml:261:11: GET /orgs/{org}/actions/runners/{runner_id}: response 200: busy: "
            "type: ours boolean, official integer (and 3 more like it); change it as in "
            "#/components/schemas/runner/properties/busy/type"
        ),
        "2027-01-01: 4 differences, no new operations, 3 corrected on purpose",
    ]


def test_other_operations_of_github_are_no_concern(spec: Copy) -> None:
    """The whole description has a thousand operations; those that are not about runners stay out."""
    changes: dict[str, Json] = {
        "#/paths/~1users~1{user}~1machines/get/operationId": "users/other",
        "#/paths/~1orgs~1{org}~1members": {"get": {"operationId": "x", "responses": {}}},
    }
    assert spec.plan(official(changes)).nothing


def test_an_official_description_may_be_of_openapi_3_1(spec: Copy) -> None:
    """A null as a type, a limit that is exclusive by a number: the same facts, the same edits."""
    old: dict[str, Json] = {f"{RUNNER}/name": {"type": "string", "nullable": True}}
    new: dict[str, Json] = {
        "#/openapi": "3.1.0",
        f"{RUNNER}/name": {"type": ["string", "null"]},
        f"{RUNNER}/status": {"type": ["string", "null"], "enum": ["online", "offline", None]},
    }
    one, other = spec.stage(official(old)), spec.stage(official(new))
    assert (one.content, one.layer) == (other.content, other.layer)


def test_an_official_description_may_be_json(spec: Copy, tmp_path: Path) -> None:
    """The form of the file makes no difference."""
    path = tmp_path / "official.json"
    changed = official({f"{RUNNER}/zone": {"type": "string"}})
    path.write_text(json.dumps(changed.data), encoding="utf-8")
    one, other = spec.stage(reader.load(path)), spec.stage(changed)
    assert (one.content, one.layer) == (other.content, other.layer)


SERVER: dict[str, Json] = {"#/info/x-github-plan": "ghes"}


def test_a_server_of_a_known_release_has_nothing_new(spec: Copy) -> None:
    """An operation is known to be in this release, by the lowest that has it."""
    assert spec.plan(official({**SERVER, "#/info/x-github-release": 3.19})).nothing


def test_a_server_of_an_older_release_moves_the_lowest_down(spec: Copy) -> None:
    """It has what we knew of later releases only; all of its operations say so, then."""
    staged = spec.stage(official({**SERVER, "#/info/x-github-release": "3.2"}))
    content = staged.content.decode()
    assert content.count('ghec: all, ghes: "3.2"}') == spec.text.count("ghec: all, ghes:") == 5


def test_an_operation_that_a_product_lacks_is_marked_or_taken_from_it(spec: Copy) -> None:
    """github.com loses it; of a server's releases, the older ones still have it."""
    gone: dict[str, Json] = {
        f"{LIST.removesuffix('/get')}~1generate-jitconfig": GONE,
        "#/info/x-github-plan": "api.github.com",
    }
    content = spec.stage(official(gone)).content.decode()
    assert 'products: {ghec: all, ghes: "3.10"}' in content
    assert MARK not in content
    gone |= {"#/info/x-github-plan": "ghes", "#/info/x-github-release": "3.20"}
    staged = spec.stage(official(gone))
    assert 'products: {github.com: all, ghec: all, ghes: "3.10"}' in staged.content.decode()
    assert "product: ours ghes 3.20, official none" in staged.decisions[0].message


def test_a_new_operation_of_another_product_is_that_products(spec: Copy) -> None:
    """What the file does not say of other products is left to a person."""
    changes: dict[str, Json] = {
        "#/info/x-github-plan": "ghes",
        "#/info/x-github-release": 3.22,
        "#/paths/~1orgs~1{org}~1actions~1hosted-runners": {
            "get": {
                "operationId": "actions/list-hosted-runners-for-org",
                "parameters": [{"$ref": "#/components/parameters/org"}],
                "responses": {"204": {"description": "Response"}},
            }
        },
    }
    content = spec.stage(official(changes)).content.decode()
    assert (
        "        # TODO(bump): see which other products have it\n"
        '        products: {ghes: "3.22"}\n' in content
    )


# ── Several in a row ─────────────────────────────────────────────────────────────────────────


def decided(text: str) -> str:
    """A spec with every decision taken in the simplest way."""
    kept = [
        line for line in text.splitlines(keepends=True) if not line.lstrip().startswith(f"# {MARK}")
    ]
    return "".join(kept).replace(MARK, "Decided: ")


def test_two_bumps_in_a_row(spec: Copy) -> None:
    """Each keeps the versions before: four in the end, each as it was when it was the newest."""
    first: dict[str, Json] = {f"{RUNNER}/zone": {"type": "string"}, f"{RUNNER}/busy": GONE}
    write(spec.stage(official(first)))
    spec.spec.write_text(decided(spec.text), encoding="utf-8")
    spec.finish()
    seen = spec.documents
    second: dict[str, Json] = {
        **first,
        f"{RUNNER}/zone": {"type": "integer"},
        "#/components/parameters/runner-id/schema/type": "string",
    }
    write(spec.stage(official(second), "2028-06-30"))
    now = spec.documents
    assert [versions.version_of(it) for it in now] == [
        "2028-06-30",
        NEXT,
        "2026-01-01",
        "2025-01-01",
    ]
    assert all(equal(one.data, other.data) for one, other in zip(now[1:], seen, strict=True))
    assert spec.documents[0].data != seen[0].data
    assert not undecided(decided(spec.text), NAME)


def test_a_bump_of_a_bumped_spec_finds_nothing(spec: Copy) -> None:
    """Once the decisions are taken, the spec has the official facts."""
    changed = official({f"{RUNNER}/zone": {"type": "string"}, f"{LIST}/deprecated": True})
    write(spec.stage(changed))
    spec.spec.write_text(decided(spec.text), encoding="utf-8")
    assert spec.plan(changed, "2028-01-01").nothing
    newest, *older = spec.documents
    assert errors(pipeline.validated(newest, "curated", older)) == ()


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────

DIFFERS: dict[str, Json] = {f"{RUNNER}/zone": {"type": "string"}}


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("2026-01-01", "2026-01-01 is not newer than 2026-01-01, the version of spec/spec.yaml"),
        ("2025-12-31", "2025-12-31 is not newer than 2026-01-01"),
        ("next", "'next' is not an API version; use a date such as 2026-03-10"),
        ("2027-02-30", "'2027-02-30' is not an API version"),
        ("20270101", "'20270101' is not an API version"),
        ("2027-W01-1", "'2027-W01-1' is not an API version"),
        ("", "'' is not an API version"),
    ],
)
def test_a_version_has_to_come_next(spec: Copy, version: str, message: str) -> None:
    """Only a date after the newest is one."""
    with pytest.raises(UsageError, match="^" + message.replace(".", r"\.")):
        spec.plan(official(DIFFERS), version)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"openapi": "3.0.3", "info": {"title": "A", "version": "1"}, "paths": {}}',
            "not one of GitHub's",
        ),
        ('{"openapi": "3.0.3", "info": {"x-github-plan": "ghec"}, "paths": {}}', "no operations"),
        ("[]", "not one of GitHub's"),
        ('{"a": ', "not valid JSON"),
    ],
)
def test_a_file_that_is_not_githubs_is_refused(
    spec: Copy, tmp_path: Path, content: str, message: str
) -> None:
    """Each in one line with its place."""
    path = tmp_path / "official.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SpecError, match=message):
        spec.plan(reader.load(path, name="official.json"))


def refused(spec: Copy, github: Document | None = None) -> tuple[Problem, ...]:
    """The problems for which a bump is not staged; nothing is written for them."""
    before = files(spec.spec.parent)
    with pytest.raises(SpecError) as caught:
        spec.stage(github or official(DIFFERS))
    assert files(spec.spec.parent) == before
    return caught.value.problems


def test_a_spec_that_is_not_valid_is_not_bumped(spec: Copy) -> None:
    """Its problems are told, all of them."""
    spec.spec.write_text(
        spec.text.replace("summary: Get a runner of a repository.", "summary: ''").replace(
            "repeat: unsafe", "repeat: never"
        ),
        encoding="utf-8",
    )
    assert len(refused(spec)) == 2


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (
            "summary: Get a runner of a repository.",
            f'summary: "{MARK}say what it does"',
            Problem(Place(NAME, 148, 17), "undecided: say what it does; then drop TODO(bump)"),
        ),
        (
            "        # Repeated, it answers 404.\n",
            "        # TODO(bump): a decision that takes\n        #   two lines\n        # No more.\n",
            Problem(
                Place(NAME, 76, 11),
                "undecided: a decision that takes two lines; then drop TODO(bump)",
            ),
        ),
        (
            "work_folder: # relative",
            "work_folder: # TODO(bump)",
            Problem(
                Place(NAME, 118, 32),
                "undecided: decide this; then drop TODO(bump)",
            ),
        ),
    ],
)
def test_a_spec_with_decisions_left_is_not_bumped(
    spec: Copy, before: str, after: str, problem: Problem
) -> None:
    """Every mark is told with its place, whether it stands in a value or in a comment."""
    assert spec.text.count(before) == 1
    spec.spec.write_text(spec.text.replace(before, after), encoding="utf-8")
    assert refused(spec) == (problem,)
    assert undecided(spec.text, NAME) == (problem,)


def test_a_mark_shows_what_it_says_harmlessly() -> None:
    """What stands in a spec may be shown to a terminal."""
    (problem,) = undecided("a: 1 # TODO(bump): \x1b[31mred\n", "s.yaml")
    assert "\x1b" not in problem.message


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("2026-01-01", "2026-01-01", "is for 2026-01-01, which is not older than 2026-01-01"),
        ("2024-01-01", "2023-01-01", "describes API version 2023-01-01"),
        ("latest", "latest", "latest.overlay.yaml:1:1: "),
    ],
)
def test_an_overlay_for_an_unknown_version_is_refused(
    spec: Copy, name: str, content: str, message: str
) -> None:
    """Before anything is compared or written; an interrupted bump leaves the first of these."""
    path = spec.spec.parent / "versions" / f"{name}.overlay.yaml"
    path.write_text(
        "overlay: 1.1.0\ninfo: {title: T, version: x}\n"
        f'actions: [{{target: $.info, update: {{version: "{content}"}}}}]\n',
        encoding="utf-8",
    )
    with pytest.raises(SpecError, match=message):
        spec.plan(official(DIFFERS))


def test_a_spec_that_changes_meanwhile_is_not_overwritten(spec: Copy) -> None:
    """What was compared is not what would be edited."""
    plan = spec.plan(official(DIFFERS))
    spec.spec.write_text(spec.text.replace("title: Machines", "title: Other"), encoding="utf-8")
    with pytest.raises(UsageError, match="changed during the comparison"):
        stage(plan)


def test_a_spec_in_json_is_not_edited(spec: Copy) -> None:
    """Only YAML has comments and an order to keep."""
    path = spec.spec.with_suffix(".json")
    path.write_text(json.dumps(mapping(spec.documents[0].data)), encoding="utf-8")
    with pytest.raises(UsageError, match=r"keep the spec in a \.yaml file"):
        stage(Copy(path).plan(official(DIFFERS)))


def test_what_is_left_is_told_after_writing(spec: Copy) -> None:
    """Marks, and what validation and the merge of the versions find, in the order of the file."""
    staged = spec.stage(official({**DIFFERS, f"{RUNNER}/name": {}}))
    assert list(written(staged)) == [
        "spec/spec.yaml: written",
        "spec/versions/2026-01-01.overlay.yaml: written (4 actions)",
        "spec/versions/unfinished.json: written (commit it with the spec)",
        "left to decide, before anything is generated (3):",
        (
            "  spec/spec.yaml:239:5: Runner: name has types in two API versions that a decoder cannot "
            "tell apart; choose one in the spec"
        ),
        (
            "  spec/spec.yaml:249:13: undecided: the type has changed; check whether this is still "
            "true; then drop TODO(bump)"
        ),
        (
            "  spec/spec.yaml:273:25: undecided: say what it holds, and see which other products have "
            "it; then drop TODO(bump)"
        ),
    ]


def test_the_data_of_these_tests_has_no_prose_of_github() -> None:
    """The descriptions here are made up."""
    assert "docs.github.com/en/" not in (HERE / "official.yaml").read_text(encoding="utf-8")


# ── What an official description may hold ────────────────────────────────────────────────────

HOSTILE = [
    "\x1b[31m",
    "a\nb",
    "a\u2028b",
    "'\"\\",
    "*/{x}",
    "TODO(bump): x",
    "#x",
    "💥",
    "- y: z",
    "%",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_an_official_description_gets_out_of_its_place(spec: Copy, text: str) -> None:
    """Names and values are written as such, whatever they hold."""
    schema: dict[str, Json] = {
        "type": "object",
        "required": [text],
        "properties": {text: {"type": "string", "enum": [text], "default": text, "pattern": text}},
    }
    changes: dict[str, Json] = {
        f"{LIST}/parameters/-": {
            "name": text,
            "in": "query",
            "schema": {"type": "string", "default": text},
        },
        f"{LIST}/operationId": text,
        f"{RUNNER}/odd": schema,
        "#/paths/~1orgs~1{org}~1actions~1runner-groups": {
            "get": {
                "operationId": text,
                "parameters": [{"$ref": "#/components/parameters/org"}],
                "responses": {
                    "200": {
                        "headers": {text: {"schema": {"type": "string"}}},
                        "content": {"application/json": {"schema": schema}, text: {}},
                    },
                    "418": {"content": {"application/json": {"schema": {"oneOf": [schema, {}]}}}},
                },
            }
        },
    }
    staged = spec.stage(official(changes))
    # Read back, the values are the same: `stage` sees to that. No character does anything by itself.
    assert all(line.isprintable() for line in staged.content.decode().split("\n"))
    assert all(line.isprintable() for line in staged.layer.decode().split("\n"))
    assert all(str(problem).isprintable() for problem in staged.decisions)
    assert all(line.isprintable() for line in lines(spec.plan(official(changes))))


def test_schemas_that_hold_themselves_come_to_an_end(spec: Copy) -> None:
    """A list of itself, an object that requires itself, alternatives of themselves."""
    changes: dict[str, Json] = {
        "#/components/schemas/lists": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/lists"},
        },
        "#/components/schemas/tree": {
            "type": "object",
            "required": ["one", "two", "three"],
            "properties": {
                name: {"$ref": "#/components/schemas/tree"} for name in ("one", "two", "three")
            },
        },
        f"{RUNNER}/lists": {"$ref": "#/components/schemas/lists"},
        f"{RUNNER}/tree": {"$ref": "#/components/schemas/tree"},
    }
    content = spec.stage(official(changes)).content.decode()
    assert content.count('$ref: "#/components/schemas/Tree"') == 4
    assert "GitHub's schema is recursive; write it by hand" in content


def test_a_boolean_that_becomes_text_is_written_as_in_json(spec: Copy) -> None:
    """Not as Python writes it; and a mark asks whether that is what GitHub sends."""
    content = spec.stage(official({f"{RUNNER}/busy/type": "string"})).content.decode()
    assert 'busy: "true"\n' in content
    assert "its values in the examples are still true" in " ".join(content.replace("#", "").split())


def test_components_of_odd_names_get_a_name(spec: Copy) -> None:
    """One of signs is spelt out, and two that would be called the same are told apart."""
    group: dict[str, Json] = {"type": "object", "properties": {"size": {"type": "integer"}}}
    changes: dict[str, Json] = {
        "#/components/schemas/runner_label": {**group},
        "#/components/schemas/💥": {"type": "object", "properties": {"x": {"type": "string"}}},
        f"{RUNNER}/group": {"$ref": "#/components/schemas/runner_label"},
        f"{RUNNER}/bang": {"$ref": "#/components/schemas/💥"},
    }
    content = spec.stage(official(changes)).content.decode()
    assert "    RunnerLabel2:\n" in content
    assert "confirm its name: RunnerLabel has other facts" in " ".join(content.split())
    assert "    CollisionSymbol:\n" in content
