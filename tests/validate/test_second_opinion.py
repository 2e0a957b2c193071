"""Second opinion: openapi-spec-validator beside our own checks, in a separate process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from runnersmith import cli, pipeline, reader
from runnersmith.openapi.document import Document, Json
from runnersmith.overlay import versions
from runnersmith.validate import Level, validate
from runnersmith.validate.second_opinion import SecondOpinion, session
from small_specs import (
    CASES,
    LAMP_PATH,
    REPOSITORY,
    Schema,
    document,
    inside,
    lamp,
    project,
    small_spec,
    with_fields,
)

VERSION = "2025-01-01"


def opinion(*documents: Document, level: Level = "curated", seconds: float = 60.0) -> list[str]:
    """Return what the second opinion adds to our own findings."""
    known = [problem for one in documents for problem in validate(one, level)]
    with SecondOpinion(seconds) as second:
        second.ask(documents, known, "error" if level == "curated" else "warning")
        return [str(problem) for problem in second.problems()]


def with_twin_tags() -> Schema:
    """Return a spec that only openapi-spec-validator rejects."""
    spec = small_spec()
    spec["tags"] = [{"name": "lamps"}, {"name": "lamps", "description": "Lamps."}]
    return spec


# ── Findings ─────────────────────────────────────────────────────────────────────────────────


def test_our_spec_passes_in_every_version() -> None:
    """The spec of this repository is sound, and the search came to its end: no warning either."""
    spec = REPOSITORY / "spec" / "runners.yaml"
    assert len(versions.load(spec, "runners.yaml")) > 1
    assert pipeline.examine(spec, "runners.yaml", "curated", second_opinion=["curated"]) == ()


def test_a_finding_of_the_second_opinion_has_its_place_and_source() -> None:
    """What only openapi-spec-validator finds is an error in ours, and a warning in any other."""
    spec = document(with_twin_tags())
    [found] = opinion(spec)
    place = spec.place(("tags",))
    assert found == f"{place}: openapi-spec-validator: Duplicate tag name 'lamps'"
    [found] = opinion(spec, level="foreign")
    assert "warning: openapi-spec-validator: Duplicate" in found


PLACED: dict[str, tuple[Schema, tuple[str | int, ...], str]] = {
    "in a schema behind a reference": (
        with_fields(x={"type": "integer", "format": "int32", "default": 3_000_000_000}),
        ("components", "schemas", "Lamp", "properties", "x", "default"),
        "3000000000 is not a 'int32'",
    ),
    "below a default": (
        with_fields(
            x={
                "type": "array",
                "items": {"type": "integer", "format": "int32"},
                "default": [1, 3_000_000_000],
            }
        ),
        ("components", "schemas", "Lamp", "properties", "x", "default", 1),
        "3000000000 is not a 'int32'",
    ),
    "in a parameter": (
        {**small_spec(), "jsonSchemaDialect": "https://example.com/dialect"},
        ("paths", LAMP_PATH, "parameters", 0, "schema"),
        "Unknown JSON Schema dialect: 'https://example.com/dialect'",
    ),
}


@pytest.mark.parametrize("case", PLACED)
def test_a_finding_is_placed_where_it_is(case: str) -> None:
    """Its path leads through references, and its line and column are those of the value."""
    spec, pointer, message = PLACED[case]
    loaded = document(spec)
    assert validate(loaded, "curated") == ()
    assert f"{loaded.place(pointer)}: openapi-spec-validator: {message}" in opinion(loaded)


MISTAKES: dict[str, tuple[tuple[str, ...], Json]] = {
    "a description": (("paths", "get", "responses", "200", "description"), 7),
    "a type": (("components", "schemas", "Lamp", "properties", "name", "type"), "text"),
    "a list": (("components", "schemas", "Lamp", "required"), "name"),
}


@pytest.mark.parametrize("name", ["valid-minimal", "valid-openapi-3.0"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_what_both_find_is_reported_once(name: str, mistake: str) -> None:
    """A mistake that our checks find is not listed again, and one that they lack is beside it.

    For OpenAPI 3.0, openapi-spec-validator only reports the whole component.
    """
    spec = reader.load(CASES / name / "spec.yaml").data
    assert isinstance(spec, dict)
    (section, *steps, field), value = MISTAKES[mistake]
    paths = inside(spec, section)
    target = paths[next(iter(paths))] if section == "paths" else paths
    inside(target, *steps)[field] = value
    assert validate(document(spec), "foreign")
    assert opinion(document(spec)) == []
    spec["tags"] = with_twin_tags()["tags"]
    assert [found.partition(": ")[2] for found in opinion(document(spec))] == [
        "openapi-spec-validator: Duplicate tag name 'lamps'"
    ]


def test_every_version_is_asked(tmp_path: Path) -> None:
    """What an overlay changes for the worse is found, at its place in the overlay."""
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(small_spec()))
    overlay: Schema = {
        "overlay": "1.1.0",
        "info": {"title": "Lamps", "version": VERSION},
        "actions": [
            {"target": "$.info", "update": {"version": VERSION}},
            {"target": "$", "update": {"tags": with_twin_tags()["tags"]}},
        ],
    }
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / f"{VERSION}.overlay.yaml").write_text(json.dumps(overlay, indent=1))
    assert pipeline.examine(spec, "spec.json", "curated") == ()
    [found] = pipeline.examine(spec, "spec.json", "curated", second_opinion=["curated"])
    assert found.place.file == f"versions/{VERSION}.overlay.yaml"
    assert "Duplicate tag name" in found.message
    with SecondOpinion() as second:
        pipeline.build_client(project(spec, tmp_path / "out"), second=second)
        assert [problem.message for problem in second.problems()] == [found.message]


def test_a_long_message_is_one_short_line() -> None:
    """A message with a dump of the document keeps its start and its end."""
    spec = with_fields(x={"type": "string", "maxLength": 5, "default": "y" * 5_000})
    loaded = document(spec)
    with SecondOpinion() as second:
        second.ask([loaded], (), "error")
        [found] = second.problems()
    assert found.message.isprintable()
    assert len(found.message) < 250
    assert found.message.endswith("is too long")


def test_the_findings_are_the_same_each_time() -> None:
    """The names that a message lists are in one order, whatever the hash seed of this process is."""
    spec = small_spec()
    schemas = inside(spec, "components", "schemas")
    schemas["Lamp"] = {
        "allOf": [schemas["Lamp"]],
        "required": [f"name_{number}" for number in range(20)],
    }
    loaded = document(spec)
    found: set[tuple[str, ...]] = set()
    for _ in range(3):
        with SecondOpinion() as second:
            second.ask([loaded], (), "error")
            found.add(tuple(str(problem) for problem in second.problems()))
    assert len(found) == 1
    assert "Required list" in str(found)


# ── Limits of the process ────────────────────────────────────────────────────────────────────


def doubling(depth: int) -> Schema:
    """Return a valid spec for which openapi-spec-validator takes 2 ** depth steps."""
    spec = small_spec()
    schemas = inside(spec, "components", "schemas")
    for number in range(depth):
        following: Json = {"$ref": f"#/components/schemas/Level{number + 1}"}
        schemas[f"Level{number}"] = {"description": "A level.", "allOf": [following, following]}
    schemas[f"Level{depth}"] = {
        "type": "object",
        "description": "The last level.",
        "properties": {"id": {"type": "integer", "description": "A number."}},
    }
    lamp(spec)["level"] = {"$ref": "#/components/schemas/Level0"}
    return spec


def test_a_search_without_end_is_a_warning() -> None:
    """It is ended after some time, and what was known before is kept."""
    endless = document(doubling(60))
    assert validate(endless, "curated") == ()
    first, stopped = opinion(document(with_twin_tags()), endless, seconds=5.0)
    assert "Duplicate tag name" in first
    assert stopped.startswith(
        "spec.json:1:1: warning: openapi-spec-validator took more than 5 seconds"
    )


def test_an_exception_is_a_warning() -> None:
    """A traceback does not get out, and what was found before it is kept."""
    spec = with_fields(x={"type": "string", "pattern": "^\\p{L}+$", "default": "a"})
    assert validate(document(spec), "curated") == ()
    found, stopped = opinion(document(spec))
    assert found.endswith("is not a 'regex'")
    assert "warning: openapi-spec-validator stopped with re.error before it had checked" in stopped


def test_an_exception_because_of_a_known_error_is_no_problem() -> None:
    """openapi-spec-validator raises on a parameter without a name; our error is enough."""
    spec = small_spec()
    del inside(spec, "paths", LAMP_PATH, "parameters", 0)["name"]
    assert validate(document(spec), "curated")
    assert opinion(document(spec)) == []


@pytest.mark.parametrize("script", ["raise SystemExit(3)", "import missing", "print('{')"])
def test_a_broken_process_is_a_warning(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ends early, or that prints half a result, is reported as such."""
    (tmp_path / "process.py").write_text(script)
    monkeypatch.setattr(session, "_SCRIPT", tmp_path / "process.py")
    [found] = opinion(document(small_spec()))
    assert "warning: openapi-spec-validator ended with status" in found


def test_the_process_ends_with_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """When another stage fails meanwhile, nothing is left running."""
    started: list[subprocess.Popen[bytes]] = []

    class Popen(subprocess.Popen[bytes]):
        def __init__(self, arguments: list[str], **options: Any) -> None:
            super().__init__(arguments, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Popen)

    def fail() -> None:
        with SecondOpinion() as second:
            second.ask([document(doubling(60))], (), "error")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert [process.returncode is not None for process in started] == [True]


_KILLED = """
import json, os, signal, subprocess, sys
from runnersmith.openapi.document import Document
from runnersmith.validate.second_opinion import SecondOpinion

kept, started = os.dup(1), subprocess.Popen
subprocess.Popen = lambda *args, **options: started(*args, pass_fds=(kept,), **options)
SecondOpinion().ask([Document(name="s", data=json.load(sys.stdin), locate=dict)], (), "error")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows does not name a new parent")
def test_the_process_ends_after_a_kill_of_the_session() -> None:
    """The process holds the pipe open as long as it runs, and would run without end."""
    subprocess.run(
        [sys.executable, "-c", _KILLED],
        input=json.dumps(doubling(60)).encode(),
        stdout=subprocess.PIPE,
        check=False,
        timeout=60,
    )


# ── What is not given to it ──────────────────────────────────────────────────────────────────


def refusing_popen(*arguments: object, **options: object) -> None:
    raise AssertionError(arguments, options)


@pytest.mark.parametrize(
    "case", ["reference-out-of-the-file", "reference-circle", "dangling-reference"]
)
def test_a_document_with_bad_references_is_not_given(
    case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own checks come first; what they reject for its references is not followed."""
    monkeypatch.setattr(subprocess, "Popen", refusing_popen)
    assert opinion(reader.load(CASES / case / "spec.yaml")) == []


def test_a_document_that_is_too_large_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list without measure is rejected by our own checks."""
    monkeypatch.setattr(subprocess, "Popen", refusing_popen)
    huge = with_fields(x={"enum": [*map(str, range(2_000))], "type": "string"})
    assert opinion(document(huge)) == []


def test_nothing_outside_the_document_is_read() -> None:
    """Even without our own checks, a reference reaches neither the network nor a file."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        for base in (
            f"http://127.0.0.1:{server.getsockname()[1]}/lamps.json",
            (CASES / "minimal" / "spec.yaml").as_uri(),
            "lamps.json",
            "ftp://127.0.0.1/lamps.json",
        ):
            spec = document(with_fields(x={"$ref": f"{base}#/a", "default": 1}))
            with SecondOpinion() as second:
                second.ask([spec], (), "error")
                [found] = second.problems()
            assert "stopped with referencing.exceptions.Unresolvable" in found.message
        with pytest.raises(BlockingIOError):
            server.accept()


# ── Commands ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project with a separate spec."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.runnersmith]\nspec = "spec.json"\npack = "client"\n'
    )
    (tmp_path / "spec.json").write_text(json.dumps(small_spec(), indent=1))
    return tmp_path


def save(spec: Schema) -> None:
    Path("spec.json").write_text(json.dumps(spec, indent=1))


def called(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Return the exit status of a command, and what it printed."""
    status = cli.main(arguments)
    captured = capsys.readouterr()
    return status, captured.out + captured.err


@pytest.mark.usefixtures("folder")
def test_validate_asks_for_ours_and_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    """A curated spec always; a document of another kind with `--second-opinion`."""
    save(with_twin_tags())
    status, text = called("validate", capsys=capsys)
    assert (status, "openapi-spec-validator: Duplicate tag" in text) == (1, True)
    status, text = called("validate", "--level", "foreign", capsys=capsys)
    assert (status, "openapi-spec-validator" in text) == (0, False)
    status, text = called("validate", "--level", "foreign", "--second-opinion", capsys=capsys)
    assert (status, "warning: openapi-spec-validator: Duplicate tag" in text) == (0, True)


def test_generate_and_check_ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only openapi-spec-validator finds stops both, and nothing is written."""
    save(with_twin_tags())
    for command in (["generate"], ["check"], ["check", "--from-scratch"]):
        status, text = called(*command, capsys=capsys)
        assert (status, "openapi-spec-validator: Duplicate tag" in text) == (1, True)
    assert not (folder / "generated").exists()


@pytest.mark.usefixtures("folder")
def test_generate_reports_all_problems_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """A spec that our own checks reject is given to openapi-spec-validator all the same."""
    spec = with_twin_tags()
    inside(spec, "components", "schemas", "Lamp")["required"] = ["gone"]
    save(spec)
    status, text = called("generate", capsys=capsys)
    assert status == 1
    assert "openapi-spec-validator: Duplicate tag" in text
    assert 'required names "gone"' in text


@pytest.mark.usefixtures("folder")
def test_an_unchanged_spec_is_not_asked_about_again(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`generate` asks about a changed spec, `check --from-scratch` about every one."""
    asked: list[int] = []
    ask = SecondOpinion.ask

    def count(self: SecondOpinion, documents: Sequence[Document], *others: Any) -> None:
        asked.append(len(documents))
        ask(self, documents, *others)

    monkeypatch.setattr(SecondOpinion, "ask", count)
    assert called("generate", capsys=capsys)[0] == 0
    assert asked == [1]
    settings = (
        '[tool.runnersmith]\nspec = "spec.json"\npack = "client"\npackage-version = "0.2.0"\n'
    )
    Path("pyproject.toml").write_text(settings)
    assert called("generate", capsys=capsys)[0] == 0
    assert asked == [1]
    assert called("check", "--from-scratch", capsys=capsys)[0] == 0
    assert asked == [1, 1]
    save(with_fields(watts={"type": "integer"}))
    assert called("generate", capsys=capsys)[0] == 0
    assert asked == [1, 1, 1]


def test_an_incomplete_opinion_stops_no_command(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that breaks is a warning of each command, and the client is written."""
    (folder / "process.py").write_text("raise SystemExit(3)")
    monkeypatch.setattr(session, "_SCRIPT", folder / "process.py")
    for command in (["validate"], ["generate"], ["check", "--from-scratch"]):
        status, text = called(*command, capsys=capsys)
        assert (status, "warning: openapi-spec-validator ended with" in text) == (0, True), command
    assert (folder / "generated" / "ghrunners").exists()
