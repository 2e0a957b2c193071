"""The two sides of a comparison: files, and files at a commit, read without touching anything."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from runnersmith.diff import Source, api, between, diff, source, sources
from runnersmith.openapi.document import Json
from runnersmith.problems import SpecError, UsageError
from small_specs import Schema, document, inside, lamp, small_spec, with_fields

NEW, OLD = "2026-01-01", "2025-01-01"
SPEC, OVERLAY = "spec/lamps.yaml", f"spec/versions/{OLD}.overlay.yaml"
GONE = ("field-removed", "Lamp.before")
TEXT: Json = {"type": "string", "description": "What it once was."}


def overlay(version: str = OLD) -> Schema:
    """What the older version had: a field more."""
    return {
        "overlay": "1.1.0",
        "info": {"title": "Lamps", "version": version},
        "actions": [
            {"target": "$.info", "update": {"version": version}},
            {"target": "$.components.schemas.Lamp.properties", "update": {"before": TEXT}},
        ],
    }


def save(path: str, content: Json) -> None:
    """Write JSON, which is YAML as well, below the current folder."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(content, indent=1))


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: not in a repository, and with a git that is nobody's own."""
    (tmp_path / "here").mkdir()
    (tmp_path / "scratch").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A Person")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "person@example.com")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    return tmp_path / "here"


@pytest.fixture
def repository(folder: Path) -> Path:
    """A repository whose only commit has a spec with an overlay; later both were changed."""
    git("init", "--quiet")
    save(SPEC, small_spec())
    save(OVERLAY, overlay())
    save("spec/versions/notes.json", {})
    Path("link.yaml").symlink_to(SPEC)
    git("add", ".")
    git("commit", "--quiet", "--message", "one")
    git("tag", "first")
    save(SPEC, with_fields(watts={"type": "integer"}))
    Path(OVERLAY).unlink()
    return folder


def fields(found: Source, version: str | None = None) -> list[str]:
    (model,) = api(found, version).models
    return [field.name for field in model.fields]


def test_a_file_is_read_with_its_overlays(folder: Path) -> None:
    """A spec on disk has every API version that overlays beside it give it."""
    save(SPEC, small_spec())
    save(OVERLAY, overlay())
    found = source(SPEC)
    assert found.name == SPEC
    assert api(found).versions == (NEW, OLD)
    assert fields(found) == ["id", "before"]
    assert fields(source(str(folder / SPEC))) == ["id", "before"]


@pytest.mark.usefixtures("folder")
def test_one_version_of_a_source_can_be_taken() -> None:
    """One API version is built as it is, without what the others have; an unknown one is refused."""
    save(SPEC, small_spec())
    save(OVERLAY, overlay())
    found = source(SPEC)
    assert api(found, NEW).versions == (NEW,)
    assert fields(found, NEW) == ["id"]
    assert fields(found, OLD) == ["id", "before"]
    assert [change.subject for change in diff(api(found, OLD), api(found, NEW), across=True)] == [
        "Lamp.before"
    ]
    with pytest.raises(UsageError, match="no API version 2024-01-01"):
        api(found, "2024-01-01")


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("reference", ["HEAD", "first", "HEAD^0", "HEAD^{tree}", "master@{0}"])
def test_a_commit_is_read(reference: str) -> None:
    """A spec is read as it was committed, with the overlays of that commit."""
    git("branch", "--move", "master")
    found = source(f"{reference}:{SPEC}")
    assert found.name == f"{reference}:{SPEC}"
    assert api(found).versions == (NEW, OLD)
    assert fields(found) == ["id", "before"]
    changes = diff(api(found), api(source(SPEC)))
    assert [(change.kind, change.subject) for change in changes] == [
        ("version-removed", "Client"),
        ("field-added", "Lamp.watts"),
        ("field-removed", "Lamp.before"),
    ]


def test_a_path_in_git_starts_at_the_top(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As git has it: from the top, or with `./` and `../` from the current folder."""
    monkeypatch.chdir(repository / "spec" / "versions")
    for path in (SPEC, "./../lamps.yaml", "../lamps.yaml"):
        assert source(f"HEAD:{path}").name == f"HEAD:{SPEC}"


def test_nothing_is_touched(repository: Path) -> None:
    """Reading a commit leaves the work tree, what git keeps and the temporary folder as they were."""

    def state() -> dict[Path, int]:
        below = [repository, repository.parent / "scratch"]
        return {path: path.lstat().st_mtime_ns for top in below for path in top.rglob("*")}

    before = state()
    source(f"HEAD:{SPEC}")
    assert state() == before


@pytest.mark.usefixtures("repository")
def test_a_file_comes_before_a_commit() -> None:
    """A file whose name looks like a commit's is that file."""
    save(f"HEAD:{SPEC}", with_fields(volts={"type": "integer"}))
    assert fields(source(f"HEAD:{SPEC}")) == ["id", "volts"]


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ((), [("version-removed", "Client"), ("field-added", "Lamp.watts"), GONE]),
        ((OLD, NEW), [("field-added", "Lamp.watts"), GONE]),
        ((OLD,), [("field-added", "Lamp.watts"), GONE]),
        ((None, NEW), [("field-added", "Lamp.watts")]),
    ],
)
@pytest.mark.usefixtures("repository")
def test_sources_are_compared_by_name(
    versions: tuple[str | None, ...], expected: list[tuple[str, str]]
) -> None:
    """All versions of both sides, or one of each: the newest where none is named."""
    changes = between(f"HEAD:{SPEC}", SPEC, *versions)
    assert [(change.kind, change.subject) for change in changes] == expected


MISSING = {
    "a file": "lamps.yaml",
    "a folder": "spec",
    "no text": "",
    "a commit": f"later:{SPEC}",
    "a file of a commit": "HEAD:spec/doors.yaml",
    "a folder of a commit": "HEAD:spec",
    "the top of a commit": "HEAD:",
    "a link": "HEAD:link.yaml",
    "a file outside": "HEAD:../../lamps.yaml",
    "a file from the root": "HEAD:/etc/passwd",
    "magic": "HEAD::(glob)spec/*.yaml",
    "a pattern": "HEAD:spec/*.yaml",
    "the index": f":{SPEC}",
    "a stage of the index": f":0:{SPEC}",
    "a range": f"HEAD..HEAD:{SPEC}",
    "a short option": f"-h:{SPEC}",
    "a long option": f"--upload-pack=touch hit:{SPEC}",
    "an option for rev-parse": f"--git-dir:{SPEC}",
    "a line end": f"HEAD\n:{SPEC}",
    "a null": f"HEAD\0:{SPEC}",
    "a colour": f"HEAD\x1b[31m:{SPEC}",
    "a shell's": f"$(touch hit):{SPEC}",
    "a long name": "a" * 5000,
    "a long name of a commit": f"{'a' * 5000}:{SPEC}",
}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_not_there_is_said_on_one_line(repository: Path, what: str) -> None:
    """Whatever is named wrongly is one clear line, and nothing else happens."""
    with pytest.raises(UsageError) as caught:
        source(MISSING[what])
    assert str(caught.value).isprintable()
    assert not list(repository.rglob("hit"))


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("reference", ["", "-h", "--upload-pack=x", "HEAD\n", "HEAD\x1b"])
def test_an_option_never_reaches_git(reference: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could be an option, or is no name, is refused before git is run."""

    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError(arguments, options)

    monkeypatch.setattr(subprocess, "run", refuse)
    with pytest.raises(UsageError, match="is not a commit"):
        source(f"{reference}:{SPEC}")


@pytest.mark.usefixtures("folder")
def test_a_folder_without_a_repository_is_told_from_a_missing_commit() -> None:
    """Git's own word for it is passed on."""
    with pytest.raises(UsageError, match=r"git reports: .*not a git repository"):
        source(f"HEAD:{SPEC}")


@pytest.mark.usefixtures("folder")
def test_an_empty_repository_has_no_commit() -> None:
    """A repository before its first commit is no crash."""
    git("init", "--quiet")
    with pytest.raises(UsageError, match='git has no "HEAD"'):
        source(f"HEAD:{SPEC}")


@pytest.mark.usefixtures("repository")
def test_git_is_needed_for_commits_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git a file is read all the same, and a commit is a clear error."""
    monkeypatch.setenv("PATH", "")
    assert fields(source(SPEC)) == ["id", "watts"]
    with pytest.raises(UsageError, match="git is not installed"):
        source(f"HEAD:{SPEC}")


@pytest.mark.usefixtures("repository")
def test_a_huge_file_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Git tells the size first; what no spec can have is refused before it is in memory."""
    monkeypatch.setattr(sources, "_MAX_BYTES", 100)
    with pytest.raises(UsageError, match="larger than a spec may be"):
        source(f"HEAD:{SPEC}")


@pytest.mark.usefixtures("repository")
def test_a_broken_spec_is_reported_where_it_stands() -> None:
    """Problems name the commit, the file and the line."""
    Path(SPEC).write_text("openapi: [\n")
    git("commit", "--quiet", "--all", "--message", "two")
    with pytest.raises(SpecError) as caught:
        source(f"HEAD:{SPEC}")
    assert caught.value.problems[0].place.file == f"HEAD:{SPEC}"
    save(OVERLAY, overlay("2024-01-01"))
    git("add", ".")
    git("commit", "--quiet", "--message", "three")
    save(SPEC, small_spec())
    git("commit", "--quiet", "--all", "--message", "four")
    with pytest.raises(SpecError) as caught:
        source(f"HEAD:{SPEC}")
    assert caught.value.problems[0].place.file == f"HEAD:{OVERLAY}"


def test_an_invalid_spec_is_not_built() -> None:
    """What hinders a client is reported with every place; what does not is left to `validate`."""
    spec = small_spec()
    lamp(spec)["shade"] = {"$ref": "#/components/schemas/Shade"}
    lamp(spec)["bulb"] = {"$ref": "#/components/schemas/Bulb"}
    with pytest.raises(SpecError) as caught:
        api(Source("spec.json", (document(spec),)))
    assert len(caught.value.problems) == 2
    unused = small_spec()
    inside(unused, "components", "schemas")["Unused"] = {"type": "object", "properties": {}}
    assert api(Source("spec.json", (document(unused),))).models
