"""Documents that are not the project's: what they may replace, and how they are checked."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from runnersmith.cli import main
from runnersmith.output import lockfile
from small_specs import CASES

PLANTS = """\
openapi: 3.0.3
info: {title: "Plant\\x07 shop", version: "1"}
paths:
  /plants:
    get: {operationId: plants, summary: List, responses: {"204": {description: ok}}}
"""
OTHER = ("--package", "plants", "--output", "plants")
Said = Callable[..., tuple[int, str]]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """Run a command; return its status and everything that it printed."""

    def call(*arguments: str) -> tuple[int, str]:
        status = main(arguments)
        captured = capsys.readouterr()
        return status, captured.out + captured.err

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project, and a document beside it."""
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    settings = '[tool.runnersmith]\nspec = "spec.yaml"\npackage = "example"\noutput = "out"\n'
    Path("pyproject.toml").write_text(settings)
    shutil.copy(CASES / "minimal" / "spec.yaml", "spec.yaml")
    Path("plants.yaml").write_text(PLANTS)
    return Path.cwd()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", ["generate", "check"])
@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ((), "--package and --output"),
        (("--package", "plants"), "--output"),
        (("--output", "plants"), "--package"),
    ],
)
def test_another_document_needs_a_package_and_an_output(
    command: str, given: tuple[str, ...], missing: str, said: Said
) -> None:
    """The settings are those of the project's spec, which may have another name."""
    status, text = said(command, "--spec", "plants.yaml", *given)
    assert status == 2
    assert f"plants.yaml is not the spec of this project; give {missing} as well" in text
    assert not Path("out").exists()
    assert not Path("plants").exists()


@pytest.mark.usefixtures("folder")
def test_the_spec_of_the_project_can_be_named(said: Said) -> None:
    """By any path that leads to it."""
    Path("link.yaml").symlink_to("spec.yaml")
    for name in ("spec.yaml", "../project/spec.yaml", "link.yaml"):
        status, text = said("generate", "--spec", name)
        assert status == 0, text
    assert Path("out", "example", "__init__.py").is_file()


def test_nothing_is_written_unasked_outside_a_project(
    said: Said, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no spec of which anybody said that it should become a client."""
    monkeypatch.chdir(folder.parent)
    for command in ("generate", "check"):
        status, text = said(command)
        assert (status, "give --spec, --package and --output" in text) == (2, True)
    assert [path.name for path in folder.parent.iterdir()] == ["project"]
    status, text = said("generate", "--spec", "project/plants.yaml", *OTHER)
    assert status == 0, text
    assert Path("plants", "plants", "__init__.py").is_file()


@pytest.mark.usefixtures("folder")
def test_a_folder_of_something_else_is_not_replaced(said: Said) -> None:
    """Neither of another package, nor of another document; what is there stays."""
    assert said("generate", "--spec", "plants.yaml", *OTHER)[0] == 0
    assert said("generate")[0] == 0
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    command = ("generate", "--spec", "plants.yaml", "--package")
    status, text = said(*command, "plants", "--output", "out")
    assert status == 2
    assert r"out holds example (Lamps), not plants (Plant\x07 shop); name another folder" in text
    assert said(*command, "shop", "--output", "plants")[0] == 2
    Path("other.yaml").write_text(PLANTS.replace("Plant", "Seed"))
    assert said("generate", "--spec", "other.yaml", *OTHER)[0] == 2
    Path("other.yaml").unlink()
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before


@pytest.mark.usefixtures("folder")
def test_the_settings_may_change_what_the_output_holds(said: Said) -> None:
    """A package renamed in the settings, or a title in the spec, is the same project."""
    assert said("generate")[0] == 0
    settings = Path("pyproject.toml").read_text()
    Path("pyproject.toml").write_text(settings.replace('"example"', '"renamed"'))
    Path("spec.yaml").write_text(Path("spec.yaml").read_text().replace("Lamps", "Lights"))
    status, text = said("generate")
    assert status == 0, text
    assert lockfile.read(Path("out")).holder == "renamed (Lights)"
    assert not Path("out", "example").exists()


def test_a_title_is_one_line_of_a_lock() -> None:
    """No title adds a file that may be removed."""
    written = lockfile.text(["b.py", "a.py"], "x (a\nREADME.md\r\x1b" + "y" * 999)
    header, holder, *files = written.splitlines()
    assert files == ["a.py", "b.py"]
    assert (len(holder) < 250, holder.isprintable()) == (True, True)
    assert lockfile.text(["a.py"]).splitlines() == [header, "a.py"]


@pytest.mark.usefixtures("folder")
def test_the_level_of_validate_is_the_documents(said: Said) -> None:
    """A document without our extension needs none; ours is held to its rules."""
    status, text = said("validate", "plants.yaml")
    assert status == 0, text
    assert "warning: the document has no x-runnersmith" in text
    status, text = said("validate", "plants.yaml", "--level", "curated")
    assert (status, "the document has no x-runnersmith" in text) == (1, True)
    spec = Path("spec.yaml").read_text().replace("description: A lamp.", "title: a", 1)
    Path("spec.yaml").write_text(spec)
    status, text = said("validate")
    assert (status, "has no description" in text) == (1, True)
    Path("empty.yaml").write_text(PLANTS.replace("get:", "trace:"))
    status, text = said("validate", "empty.yaml")
    assert (status, "no operation of this document can be generated" in text) == (1, True)


@pytest.mark.usefixtures("folder")
def test_no_text_of_a_document_commands_the_terminal(said: Said) -> None:
    """An id of an operation that is left out is one line, and neither moves nor colours anything."""
    operation = (
        'trace: {operationId: "a\\e[31mb\\r\\nc\\u202e", responses: {"200": {description: Ok.}}}'
    )
    text = Path("plants.yaml").read_text()
    Path("plants.yaml").write_text(
        text.replace("paths:\n", f"paths:\n  /odd: {{{operation}}}\n", 1)
    )
    status, text = said("generate", "--spec", "plants.yaml", *OTHER)
    assert (status, r"a\x1b[31mb\r\nc\u202e" in text) == (0, True), text
    assert text.replace("\n", "").isprintable()
