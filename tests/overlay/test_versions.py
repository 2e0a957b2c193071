"""The versions of a spec: which overlays are read, in which order, and what is rejected."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from runnersmith import pipeline
from runnersmith.openapi.document import Json
from runnersmith.overlay import versions
from runnersmith.problems import SpecError, UsageError
from small_specs import small_spec

NEWEST, OLDER, OLDEST = "2026-01-01", "2024-05-05", "2022-02-02"
NAME = "spec/lamps.yaml"


def an_overlay(version: str | None, *actions: Json) -> str:
    """An overlay that names its version and does something more; a line for each action."""
    named: list[Json] = []
    if version is not None:
        named.append({"target": "$.info", "update": {"version": version}})
    lines = [f"  - {json.dumps(action)}" for action in (*named, *actions)]
    return "\n".join(["overlay: 1.1.0", "info: {title: T, version: '1'}", "actions:", *lines, ""])


def put_down(folder: Path, **overlays: str) -> Path:
    """A spec in a folder with overlays by file name, less the suffix."""
    spec = folder / "lamps.yaml"
    spec.write_text(json.dumps(small_spec(), indent=1), encoding="utf-8")
    (folder / "versions").mkdir()
    for version, text in overlays.items():
        (folder / "versions" / f"{version}.overlay.yaml").write_text(text, encoding="utf-8")
    return spec


def refused(spec: Path) -> list[str]:
    with pytest.raises(SpecError) as caught:
        versions.load(spec, NAME)
    return [str(problem) for problem in caught.value.problems]


def test_a_spec_without_overlays_has_one_version(tmp_path: Path) -> None:
    """With or without a folder for them."""
    spec = put_down(tmp_path)
    assert list(map(versions.version_of, versions.load(spec, NAME))) == [NEWEST]
    (tmp_path / "versions").rmdir()
    assert list(map(versions.version_of, versions.load(spec, NAME))) == [NEWEST]


def test_each_overlay_builds_on_the_next_newer_version(tmp_path: Path) -> None:
    """The newest comes first; what an overlay changed, those older than it start from."""
    spec = put_down(
        tmp_path,
        **{
            OLDEST: an_overlay(OLDEST, {"target": "$.info", "update": {"title": "Suns"}}),
            OLDER: an_overlay(OLDER, {"target": "$.info", "update": {"x-moved": [1]}}),
        },
    )
    found = versions.load(spec, NAME)
    assert list(map(versions.version_of, found)) == [NEWEST, OLDER, OLDEST]
    info = [document.root.at("info") for document in found]
    assert [it.text("title") for it in info] == ["Lamps", "Lamps", "Suns"]
    assert ["x-moved" in dict(it.items()) for it in info] == [False, True, True]


@pytest.mark.parametrize("version", [None, OLDEST, NEWEST, ""])
def test_a_file_is_named_after_the_version_it_makes(tmp_path: Path, version: str | None) -> None:
    """An overlay that says another version, or forgets to say one, is rejected."""
    other: Json = {"target": "$.info", "update": {"title": "Suns"}}
    spec = put_down(tmp_path, **{OLDER: an_overlay(version, other)})
    [problem] = refused(spec)
    assert problem.startswith(f"spec/versions/{OLDER}.overlay.yaml:")
    assert OLDER in problem


@pytest.mark.parametrize("version", [NEWEST, "2027-01-01", "2026-01-02"])
def test_an_overlay_is_for_an_older_version(tmp_path: Path, version: str) -> None:
    """The document is the newest; an overlay for the same version or a later one is rejected."""
    [problem] = refused(put_down(tmp_path, **{version: an_overlay(version)}))
    assert problem.startswith(f"spec/versions/{version}.overlay.yaml:")
    assert "not older" in problem


@pytest.mark.parametrize(
    "version", ["latest", "2022", "v1", "2022-2-2", "2022-02-02b", "2022-02-31"]
)
def test_a_version_is_a_date(tmp_path: Path, version: str) -> None:
    """A file that is named otherwise is rejected with words that say so."""
    [problem] = refused(put_down(tmp_path, **{version: an_overlay(version)}))
    assert problem.startswith(f"spec/versions/{version}.overlay.yaml:")
    assert "date" in problem


@pytest.mark.parametrize("name", [f"{OLDER}.yaml", f"{OLDER}.overlay.yml", f"{OLDER}.overlay.json"])
def test_no_file_among_the_versions_is_passed_over(tmp_path: Path, name: str) -> None:
    """A suffix that is not read would drop a version in silence."""
    spec = put_down(tmp_path)
    (tmp_path / "versions" / name).write_text(an_overlay(OLDER), encoding="utf-8")
    with pytest.raises((SpecError, UsageError), match=OLDER):
        versions.load(spec, NAME)


def test_what_is_wrong_in_an_overlay_is_told_in_its_file(tmp_path: Path) -> None:
    """The file is named beside the spec, as the spec is named."""
    spec = put_down(tmp_path, **{OLDER: an_overlay(OLDER, {"target": "$.none", "remove": True})})
    [problem] = refused(spec)
    assert problem.startswith(f"spec/versions/{OLDER}.overlay.yaml:5:16: ")
    assert "$.none" in problem


def test_an_older_overlay_that_no_longer_fits_is_told(tmp_path: Path) -> None:
    """What a newer overlay took away cannot be selected by an older one."""
    gone: Json = {"target": "$.components.schemas.Lamp.properties", "remove": True}
    spec = put_down(tmp_path, **{OLDER: an_overlay(OLDER, gone), OLDEST: an_overlay(OLDEST, gone)})
    [problem] = refused(spec)
    assert problem.startswith(f"spec/versions/{OLDEST}.overlay.yaml:5:16: ")


def test_the_problems_of_all_overlays_come_at_once(tmp_path: Path) -> None:
    """One broken overlay does not hide what is wrong in the next."""
    broken: Json = {"target": "$.none", "remove": True}
    spec = put_down(
        tmp_path, **{OLDER: an_overlay(OLDER, broken), OLDEST: an_overlay(OLDEST, broken)}
    )
    assert {problem.split(":")[0] for problem in refused(spec)} == {
        f"spec/versions/{OLDER}.overlay.yaml",
        f"spec/versions/{OLDEST}.overlay.yaml",
    }


def test_an_overlay_that_cannot_be_read_as_yaml_is_told_in_its_file(tmp_path: Path) -> None:
    """The place is the overlay's own."""
    [problem] = refused(put_down(tmp_path, **{OLDER: "overlay: 1.1.0\noverlay: 1.1.0\n"}))
    assert problem.startswith(f"spec/versions/{OLDER}.overlay.yaml:2:1: ")


# ── Problems of a version ────────────────────────────────────────────────────────────────────


def test_what_an_overlay_makes_wrong_is_told_at_its_place(tmp_path: Path) -> None:
    """A version is validated as a whole; what the overlay brought in is shown in the overlay."""
    bad: Json = {
        "target": "$.components.schemas.Lamp.properties",
        "update": {"odd": {"type": "strng", "description": "Odd."}},
    }
    spec = put_down(tmp_path, **{OLDER: an_overlay(OLDER, bad)})
    found = [str(problem) for problem in pipeline.examine(spec, NAME, "curated")]
    column = an_overlay(OLDER, bad).splitlines()[4].index('"strng"') + 1
    assert len(found) == 1, found
    assert found[0].startswith(f"spec/versions/{OLDER}.overlay.yaml:5:{column}: ")


def test_what_is_wrong_in_every_version_is_told_once(tmp_path: Path) -> None:
    """A problem of the document is not repeated for each version that shares it."""
    spec = put_down(tmp_path, **{OLDER: an_overlay(OLDER), OLDEST: an_overlay(OLDEST)})
    text = spec.read_text(encoding="utf-8").replace('"type": "integer"', '"type": "intger"')
    spec.write_text(text, encoding="utf-8")
    found = [str(problem) for problem in pipeline.examine(spec, NAME, "curated")]
    lines = [n for n, line in enumerate(text.splitlines(), 1) if "intger" in line]
    assert [int(problem.split(":")[1]) for problem in found] == lines
    assert all(problem.startswith(f"{NAME}:") for problem in found)


def test_a_reference_to_what_an_overlay_removed_is_told(tmp_path: Path) -> None:
    """A version has to hold together by itself."""
    gone: Json = {"target": "$.components.schemas.Lamp", "remove": True}
    spec = put_down(tmp_path, **{OLDER: an_overlay(OLDER, gone)})
    assert any("Lamp" in str(it) for it in pipeline.examine(spec, NAME, "curated"))


def test_a_sound_spec_with_overlays_has_no_problems(tmp_path: Path) -> None:
    """What the others change a single thing of is valid."""
    spec = put_down(tmp_path, **{OLDER: an_overlay(OLDER), OLDEST: an_overlay(OLDEST)})
    assert not pipeline.examine(spec, NAME, "curated")


# ── Picking one ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("version", "expected"), [(None, NEWEST), (NEWEST, NEWEST), (OLDER, OLDER)]
)
def test_a_version_is_picked_by_its_name(
    tmp_path: Path, version: str | None, expected: str
) -> None:
    """The newest when none is named."""
    documents = versions.load(put_down(tmp_path, **{OLDER: an_overlay(OLDER)}), NAME)
    assert versions.version_of(versions.pick(documents, version)) == expected


@pytest.mark.parametrize("version", ["", "latest", OLDEST, "2026-01-01 "])
def test_a_version_that_there_is_not_is_refused(tmp_path: Path, version: str) -> None:
    """The message names those that there are."""
    documents = versions.load(put_down(tmp_path, **{OLDER: an_overlay(OLDER)}), NAME)
    with pytest.raises(UsageError, match=f"{NEWEST}, {OLDER}"):
        versions.pick(documents, version)
