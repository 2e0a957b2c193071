"""The commands `sync` and `bump`: what they need, what they write, and a killed run before them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bump.bump_project import HERE, NEXT, Copy, copied, official
from bump.test_sync import BOTH
from output.killed_run import Killed, killed_at
from runnersmith import cli
from runnersmith.bump import stage, write
from runnersmith.openapi.document import Json
from runnersmith.output import journal
from runnersmith.overlay import versions

ZONE: dict[str, Json] = {"#/components/schemas/runner/properties/zone": {"type": "string"}}
OPTIONS = ("--spec", "spec/spec.yaml", "--corrections", "spec/corrections.yaml")


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Copy:
    """The small spec with its corrections, in the current folder."""
    found = copied(tmp_path)
    shutil.copyfile(HERE / "corrections.yaml", tmp_path / "spec" / "corrections.yaml")
    monkeypatch.chdir(tmp_path)
    return found


def described(name: str, changes: dict[str, Json]) -> str:
    """Write a description, and return the name of its file."""
    Path(name).write_text(json.dumps(official(changes).data), encoding="utf-8")
    return name


def test_sync_reports_and_writes(spec: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --write nothing changes; the options for CI are those of `bump`."""
    path = described("official.json", {**BOTH, **ZONE})
    before = spec.text
    assert cli.main(["sync", path, *OPTIONS]) == 0
    assert cli.main(["sync", path, *OPTIONS, "--fail-on", "difference"]) == 1
    assert cli.main(["sync", path, *OPTIONS, "--fail-on", "decision"]) == 1
    assert spec.text == before
    assert "left to decide, once written: 1\n" in capsys.readouterr().out
    assert cli.main(["sync", path, *OPTIONS, "--write"]) == 0
    assert "spec/spec.yaml: written\n" in capsys.readouterr().out
    assert spec.text != before
    same = described("same.json", BOTH)
    assert cli.main(["sync", same, *OPTIONS, "--fail-on", "difference"]) == 1


@pytest.mark.usefixtures("spec")
def test_open_decisions_of_an_earlier_update_fail(capsys: pytest.CaptureFixture[str]) -> None:
    """A second run finds nothing to do, but its pull request would not be ready either."""
    path = described("official.json", {**BOTH, **ZONE})
    assert cli.main(["sync", path, *OPTIONS, "--write"]) == 0
    assert cli.main(["sync", path, *OPTIONS, "--fail-on", "decision"]) == 1
    assert (
        "of an earlier update open: see `runnersmith validate spec/spec.yaml`"
        in capsys.readouterr().out
    )
    assert cli.main(["sync", path, *OPTIONS, "--fail-on", "difference"]) == 0


@pytest.mark.usefixtures("spec")
def test_finish_needs_a_spec(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["bump", "--finish", "--spec", "spec/missing.yaml"]) == 2
    assert "cannot read spec/missing.yaml" in capsys.readouterr().err


@pytest.mark.usefixtures("spec")
@pytest.mark.parametrize(
    ("version", "message"),
    [("banana", "is not an API version"), ("2024-01-01", "is not newer than 2026-01-01")],
)
def test_the_version_is_checked_before_its_source(
    capsys: pytest.CaptureFixture[str], version: str, message: str
) -> None:
    """The advice to name another description would not help."""
    path = described("official.json", ZONE)
    assert cli.main(["bump", path, *OPTIONS, "--api-version", version]) == 2
    assert message in capsys.readouterr().err


def test_nothing_to_sync_fails_on_nothing(spec: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """No file is touched."""
    path = described("official.json", BOTH)
    before = spec.text
    for level in ("difference", "decision"):
        assert cli.main(["sync", path, *OPTIONS, "--write", "--fail-on", level]) == 0
    assert capsys.readouterr().out.count("nothing to do: ") == 2
    assert spec.text == before


def test_a_bump_does_not_guess_what_the_version_before_has(
    spec: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    """A description that does not state it is refused, until a person names one of the version before."""
    path = described("official.json", ZONE)
    command = ["bump", path, "--api-version", NEXT, *OPTIONS, "--write"]
    assert cli.main(command) == 2
    told = capsys.readouterr().err
    assert (
        "official.json: does not state what 2027-01-01 changes; name GitHub's description" in told
    )
    assert cli.main([*command, "--older", described("older.json", {})]) == 0
    assert "2027-01-01: 4 differences" in capsys.readouterr().out
    assert [versions.version_of(it) for it in spec.documents] == [NEXT, "2026-01-01", "2025-01-01"]


def test_the_version_before_is_of_the_same_product(
    spec: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other products lack what the first has."""
    older = described("older.json", {"#/info/x-github-plan": "api.github.com"})
    path = described("official.json", ZONE)
    assert cli.main(["bump", path, "--api-version", NEXT, *OPTIONS, "--older", older]) == 2
    told = capsys.readouterr().err
    assert "older.json: a description of github.com, but official.json is one of ghec" in told
    assert spec.spec.exists()


INTRODUCED = '  introduced: {"2026-01-01": {ghes: "3.21"}, "2025-01-01": {ghes: "3.4"}}\n'


@pytest.mark.parametrize(
    "entry", [INTRODUCED, INTRODUCED.replace(', "2025-01-01": {ghes: "3.4"}', "")]
)
def test_a_missing_overlay_is_told_before_an_update(
    spec: Copy, capsys: pytest.CaptureFixture[str], entry: str
) -> None:
    """Otherwise a version less would be up to date, or what differs in it would be lost."""
    spec.spec.write_text(
        spec.text.replace("  scopes:\n", entry + "  scopes:\n", 1), encoding="utf-8"
    )
    same = described("same.json", BOTH)
    assert cli.main(["sync", same, *OPTIONS]) == 0
    (spec.spec.parent / "versions" / "2025-01-01.overlay.yaml").unlink()
    bump = ["bump", same, "--api-version", NEXT, "--older", same]
    for command in (["sync", same], bump):
        assert cli.main([*command, *OPTIONS]) == 1
        told = capsys.readouterr().err
        assert "restore" in told
        assert (
            "/2025-01-01.overlay.yaml" if "2025-01-01" in entry else "spec/versions, or"
        ) in told


@pytest.mark.parametrize("command", ["validate", "bundle", "ir"])
def test_a_command_completes_an_update_that_was_killed(
    spec: Copy, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """Killed between two files: what it reads is the update as a whole."""
    older: Json = [
        {
            "changeset": "busy",
            "version": "2026-01-01",
            "patch": {"properties": {"busy": {"type": "boolean"}, "zone": None}},
        }
    ]
    github = official(
        {
            **BOTH,
            **ZONE,
            "#/components/schemas/runner/properties/rack": {"type": "string"},
            "#/components/schemas/runner/x-github-breaking-changes": older,
        }
    )
    staged = stage(spec.sync(github))
    assert len(staged.files) == 3
    with monkeypatch.context() as patch:
        killed_at(11, patch)
        with pytest.raises(Killed):
            write(staged)
    written = [it.path.exists() and it.path.read_bytes() == it.content for it in staged.files]
    assert written == [True, False, False]
    assert (spec.spec.parent / journal.NAME).exists()
    arguments = ["spec/spec.yaml"] if command == "validate" else ["--spec", "spec/spec.yaml"]
    cli.main([command, *arguments])
    assert all(it.path.read_bytes() == it.content for it in staged.files)
    assert not (spec.spec.parent / journal.NAME).exists()
