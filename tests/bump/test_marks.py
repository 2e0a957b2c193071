"""Marks at what people wrote or judged: each at a fact that changed, and none elsewhere."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from bump.bump_project import NEXT, Copy, copied, official
from compare.comparison_specs import GONE
from runnersmith.bump import stage, undecided
from runnersmith.bump.marks.judgements import JUDGEMENTS
from runnersmith.openapi.document import Json

SCHEMAS = "#/components/schemas"
RUNNERS = "#/paths/~1orgs~1{org}~1actions~1runners"
RUNNER = f"{RUNNERS}~1{{runner_id}}"
JIT = f"{RUNNERS}~1generate-jitconfig/post"
JIT_BODY = f"{JIT}/requestBody/content/application~1json/schema"
CONFIG = f"{JIT}/responses/201/content/application~1json/schema"
Changes = dict[str, Json]
# A change of the text of the small spec: before, after.
Edit = tuple[str, str]


@pytest.fixture
def spec(tmp_path: Path) -> Copy:
    return copied(tmp_path)


def marks(spec: Copy, changes: Changes, *edits: Edit, version: str = NEXT) -> list[str]:
    """The marks of a bump, or a sync of `version`, each with the line that it is about."""
    text = spec.text
    for before, after in edits:
        assert before in text, before
        text = text.replace(before, after)
    spec.spec.write_text(text, encoding="utf-8")
    github = official(changes)
    plan = spec.plan(github) if version == NEXT else spec.sync(github, version)
    made = stage(plan).content.decode()
    lines = made.splitlines()
    found: list[str] = []
    for mark in undecided(made, "spec.yaml"):
        below = (it.strip() for it in lines[mark.place.line - 1 :])
        found.append(f"{next(it for it in below if it[0] != '#')} <- {mark.message}")
    return found


# ── Prose ────────────────────────────────────────────────────────────────────────────────────

SUMMARY = "Get a runner of an organization."
TYPE = "description: Who set it."
ENUM: Changes = {f"{SCHEMAS}/runner-label/properties/type/enum": ["read-only", "own"]}
SAME: Changes = {f"{SCHEMAS}/runner-label/properties/type/enum": ["read-only", "custom"]}
# What the spec says -> what changes -> the marked texts.
PROSE: dict[str, tuple[list[Edit], Changes, list[str]]] = {
    "its own description, as a word": (
        [(TYPE, "description: Who set it, read-only or custom.")],
        ENUM,
        ["description: Who set it, read-only or custom."],
    ),
    "its own description, in another case": (
        [(TYPE, "description: Who set it. Custom, or by GitHub.")],
        ENUM,
        ["description: Who set it. Custom, or by GitHub."],
    ),
    "its own description, in the plural and with a hyphen": (
        [(TYPE, "description: Who set it, of customs or custom-made.")],
        ENUM,
        ["description: Who set it, of customs or custom-made."],
    ),
    "a value of several words": (
        [
            (TYPE, "description: Who set it, or that it was shut down."),
            ("enum: [read-only, custom]", "enum: [read-only, custom, shut_down]"),
        ],
        SAME,
        ["description: Who set it, or that it was shut down."],
    ),
    "a value with humps": (
        [
            (TYPE, "description: Who set it, or that it is in-use."),
            ("enum: [read-only, custom]", "enum: [read-only, custom, InUse]"),
        ],
        SAME,
        ["description: Who set it, or that it is in-use."],
    ),
    "a value in quotes, in another case": (
        [(SUMMARY, "Get a runner with `Custom` labels.")],
        ENUM,
        ["summary: Get a runner with `Custom` labels."],
    ),
    "a value that is only spelt in another way now": (
        [(TYPE, "description: Who set it. Custom, or by GitHub.")],
        {f"{SCHEMAS}/runner-label/properties/type/enum": ["read-only", "Custom"]},
        [],
    ),
    "a word that another value has": (
        [
            (TYPE, "description: Who set it, or that it is in use."),
            ("enum: [read-only, custom]", "enum: [read-only, custom, InUse]"),
        ],
        {f"{SCHEMAS}/runner-label/properties/type/enum": ["read-only", "custom", "in_use"]},
        [],
    ),
    "a value in quotes that is spelt in another way now": (
        [(TYPE, "description: Who set it, `custom` or not.")],
        {f"{SCHEMAS}/runner-label/properties/type/enum": ["read-only", "Custom"]},
        ["description: Who set it, `custom` or not."],
    ),
    "a limit with a comma, before a hyphen": (
        [
            ("The labels of the new runner.", "A 1,000-label list of the new runner."),
            ("maxItems: 100", "maxItems: 1000"),
        ],
        {f"{JIT_BODY}/properties/labels/maxItems": 50},
        ["description: A 1,000-label list of the new runner."],
    ),
    "the description of the schema around it": (
        [("description: A label.", 'description: A label, "custom" or not.')],
        ENUM,
        ['description: A label, "custom" or not.'],
    ),
    "the operation that uses it": (
        [(SUMMARY, "Get a runner with `custom` labels.")],
        ENUM,
        ["summary: Get a runner with `custom` labels."],
    ),
    "the response that has it": (
        [("description: The runner.\n", "description: The runner with 'custom' labels.\n")],
        ENUM,
        ["description: The runner with 'custom' labels."],
    ),
    "an argument of an operation that uses it": (
        [("The name of the", "The `custom` name of the")],
        ENUM,
        ["description: The `custom` name of the new runner."],
    ),
    "a resource of the client": (
        [("description: Self-hosted runners.", "description: Also `custom` runners.")],
        ENUM,
        ["description: Also `custom` runners."],
    ),
    "a default": (
        [("How many results to put on a page.", "How many results a page has, 30 by default.")],
        {"#/components/parameters/per-page/schema/default": 50},
        ["description: How many results a page has, 30 by default."],
    ),
    "a limit of a list": (
        [("The labels of the new runner.", "Up to 100 labels of the new runner.")],
        {f"{JIT_BODY}/properties/labels/maxItems": 50},
        ["description: Up to 100 labels of the new runner."],
    ),
    "a removed field": (
        [
            (
                "summary: Create a runner and its",
                "summary: Create, in `work_folder`, a runner and its",
            )
        ],
        {f"{JIT_BODY}/properties/work_folder": GONE},
        ["summary: Create, in `work_folder`, a runner and its configuration."],
    ),
    "a word elsewhere is no value": (
        [(SUMMARY, "Get a runner with custom labels."), ("A label.", "A custom label.")],
        ENUM,
        [],
    ),
    "an operation that does not use it": (
        [("Delete a runner of", "Delete a `custom` runner of")],
        ENUM,
        [],
    ),
    "a value that is left": (
        [(TYPE, 'description: Who set it; "read-only" is by GitHub.')],
        ENUM,
        [],
    ),
    "a value that the text's own field still has": (
        [
            ("description: The operating system.", 'description: The system, "custom" or other.'),
            ("values: [linux, win]", "values: [linux, win, custom]"),
        ],
        ENUM,
        [],
    ),
    "a longer word": (
        [(TYPE, "description: Who set it, not a customer.")],
        ENUM,
        [],
    ),
    "an enum that is open now": (
        [(TYPE, "description: Who set it, read-only or custom.")],
        {f"{SCHEMAS}/runner-label/properties/type/enum": GONE},
        [],
    ),
}


@pytest.mark.parametrize("case", PROSE)
def test_prose_that_names_what_is_gone_is_marked(spec: Copy, case: str) -> None:
    """Where it is near the change, and names it as a value; nothing else is."""
    edits, changes, expected = PROSE[case]
    found = [it for it in marks(spec, changes, *edits) if "still true" in it]
    assert [it.partition(" <- ")[0] for it in found] == expected
    assert all("check whether this is still true" in it for it in found)


# ── Judgements ───────────────────────────────────────────────────────────────────────────────

OK: Json = {"description": "Response"}
WITH_RUNNER: Json = {
    "description": "Response",
    "content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}/runner"}}},
}
ERROR: Edit = (
    "      description: Something named does not exist.\n",
    "      description: Something named does not exist.\n      x-runnersmith: {error: RunnerBusy}\n",
)
BUSY: Edit = ('"404":\n          $ref', '"422":\n          $ref')
REPO = "#/paths/~1repos~1{owner}~1{repo}~1actions~1runners~1{runner_id}/get/responses"
NOT_FOUND: Json = {"$ref": "#/components/responses/not_found"}
AS_422: Changes = {
    f"{responses}/{status}": value
    for responses in (f"{RUNNER}/get/responses", REPO)
    for status, value in (("404", GONE), ("422", NOT_FOUND))
}
AS_409: Changes = {key: it for key, it in AS_422.items() if key != f"{RUNNER}/get/responses/422"}
AS_409[f"{RUNNER}/get/responses/409"] = OK
EITHER: Edit = (
    "    JitConfig:\n      type: object\n",
    "    JitConfig:\n      type: object\n      x-runnersmith: {either: {text: [one, two]}}\n",
)
TEXT = "{type: string, description: A text.}"
FIELDS: Edit = (
    "      properties:\n        runner:\n",
    f"      properties:\n        one: {TEXT}\n        two: {TEXT}\n        runner:\n",
)
ONE_AND_TWO: Changes = {
    f"{CONFIG}/properties/one": {"type": "string"},
    f"{CONFIG}/properties/two": {"type": "string"},
}
# Key -> edits of the spec, a change that makes it stale, the mark; and one that does not.
STALE: dict[tuple[str, str], list[tuple[list[Edit], Changes, str, Changes]]] = {
    ("operation", "method"): [
        (
            [],
            {
                f"{RUNNER}/get/responses/200/content/application~1json/schema": {
                    "type": "array",
                    "items": {"type": "string"},
                }
            },
            "method: get <- undecided: it returns a list now; check whether the name still fits",
            {f"{SCHEMAS}/runner/properties/busy": GONE},
        )
    ],
    ("operation", "repeat"): [
        (
            [],
            {f"{RUNNER}/delete/responses": {"202": WITH_RUNNER}},
            (
                "repeat: idempotent <- undecided: 202 is a response now, 204 is no response any more; "
                "check whether repeat still holds"
            ),
            {f"{RUNNER}/delete/responses/404": OK},
        ),
        (
            [],
            {f"{JIT}/responses/202": OK},
            (
                "repeat: unsafe # The first request made the runner. <- undecided: 202 is a response now; "
                "check whether repeat and lookup still hold"
            ),
            {f"{RUNNER}/get/responses/202": WITH_RUNNER},
        ),
        (
            [],
            {f"{JIT}/responses/201/content": GONE},
            (
                "repeat: unsafe # The first request made the runner. <- undecided: 201 has other content; "
                "check whether repeat and lookup still hold"
            ),
            {f"{JIT_BODY}/properties/size": {"type": "integer"}},
        ),
        (
            [],
            {f"{JIT}/requestBody": GONE},
            (
                "repeat: unsafe # The first request made the runner. <- undecided: there is no body any more; "
                "check whether repeat and lookup still hold"
            ),
            {f"{JIT_BODY}/properties/work_folder": GONE},
        ),
    ],
    ("operation", "lookup"): [
        (
            [],
            {f"{JIT_BODY}/properties/name": GONE, f"{JIT_BODY}/required": ["labels"]},
            (
                "lookup: a runner of that name in `runners.list` <- undecided: name is gone; "
                "say what to look up if no response arrives"
            ),
            {f"{JIT_BODY}/properties/work_folder": GONE},
        ),
        (
            [],
            {
                f"{SCHEMAS}/runner/properties/name": GONE,
                f"{SCHEMAS}/runner/required": ["id", "os", "status", "labels"],
            },
            (
                "lookup: a runner of that name in `runners.list` <- undecided: name is gone; "
                "say what to look up if no response arrives"
            ),
            {f"{SCHEMAS}/runner/properties/busy": GONE},
        ),
    ],
    ("component", "either"): [
        (
            [EITHER, FIELDS],
            {**ONE_AND_TWO, f"{CONFIG}/properties/two": {"type": "integer"}},
            (
                "JitConfig: <- undecided: text read one and two, which changed; "
                "see whether fields belong together"
            ),
            {**ONE_AND_TWO, f"{CONFIG}/properties/encoded_jit_config/maxLength": 9},
        )
    ],
    ("response", "error"): [
        (
            [ERROR, BUSY],
            {**AS_422, f"{SCHEMAS}/basic-error/properties/status": GONE},
            "x-runnersmith: {error: RunnerBusy} <- undecided: the response has changed; check the error",
            AS_422,
        ),
        (
            [ERROR, BUSY],
            AS_409,
            (
                "TODO(bump): describe this response, and <- undecided: describe this response, and see "
                "whether it replaces 422, which had an error of its own"
            ),
            {**AS_422, f"{RUNNER}/get/responses/409": OK},
        ),
    ],
    ("property", "secret"): [
        (
            [],
            {
                f"{CONFIG}/properties/encoded_jit_config": GONE,
                f"{CONFIG}/properties/start_with": {"type": "string"},
                f"{CONFIG}/required": ["runner"],
            },
            (
                "TODO(bump): say what it holds, and see which other products have it, and add `secret` if"
                " <- undecided: say what it holds, and see which other products have it, and add `secret` "
                "if it is a credential, as encoded_jit_config was"
            ),
            {f"{CONFIG}/properties/start_with": {"type": "string"}},
        )
    ],
}


def test_the_table_has_every_key() -> None:
    """Each key of the extension says what makes it stale; those with a rule are tested below."""
    folder = files("runnersmith.validate.extension")
    schema = json.loads(folder.joinpath("extensions.schema.json").read_text(encoding="utf-8"))
    places = ("document", "operation", "component", "parameter", "response", "property")
    keys = [(it, key) for it in places for key in schema["$defs"][it]["properties"]]
    assert list(JUDGEMENTS) == keys
    assert all(judgement.stale for judgement in JUDGEMENTS.values())
    assert {key for key, it in JUDGEMENTS.items() if it.rule is not None} == STALE.keys()


CASES = [(key, number) for key, cases in STALE.items() for number in range(len(cases))]


def version(key: tuple[str, str]) -> str:
    """A new version has another method instead of a stale name."""
    return "2026-01-01" if key == ("operation", "method") else NEXT


@pytest.mark.parametrize(("key", "number"), CASES)
def test_a_stale_judgement_is_marked(spec: Copy, key: tuple[str, str], number: int) -> None:
    """At the key, by the change that it depends on."""
    edits, changes, expected, _ = STALE[key][number]
    found = marks(spec, changes, *edits, version=version(key))
    line, _, what = expected.partition(" <- ")
    assert any(it.startswith(line) and what in it for it in found), found


@pytest.mark.parametrize(("key", "number"), CASES)
def test_a_judgement_that_still_holds_is_not(spec: Copy, key: tuple[str, str], number: int) -> None:
    """A change beside it makes no mark of this kind."""
    edits, _, expected, changes = STALE[key][number]
    kind = expected.rpartition("; ")[2] or expected
    assert not [it for it in marks(spec, changes, *edits, version=version(key)) if kind in it]


def test_an_operation_that_nothing_changes_has_no_mark(spec: Copy) -> None:
    assert marks(spec, {}) == []
