"""Documents that are not the project's: what they may replace, and how they are checked."""

from __future__ import annotations

import re
import shlex
import shutil
import tomllib
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import pytest

from runnersmith.cli import main
from runnersmith.output import lockfile
from runnersmith.packs import shipped, stacks
from runnersmith.problems import UsageError
from runnersmith.project import PACKS
from runnersmith.render.dependencies import check_package
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


def advised(text: str, command: str) -> list[str]:
    """Return the arguments of the command that a message tells to run."""
    (found,) = re.findall(f"`(runnersmith {command}[^`]*)`", text)
    return shlex.split(found)[1:]


def test_a_message_names_the_document_to_validate(said: Said, folder: Path) -> None:
    """The command that it tells to run is about the document of this run."""
    (folder / "plants.yaml").rename(folder / "my plants.yaml")
    status, text = said("generate", "--spec", "my plants.yaml", *OTHER)
    assert status == 0, text
    status, text = said(*advised(text, "validate"))
    assert (status, "my plants.yaml: valid" in text) == (0, True), text


@pytest.mark.parametrize("damage", ["changed", "conflict"])
def test_a_message_of_check_names_the_output_to_generate(
    said: Said, folder: Path, damage: str
) -> None:
    """Not that of the project: it is the same command with the same options, and it mends it."""
    options = ("--spec", "plants.yaml", *OTHER, "--pack", "client", "--strict")
    assert said("generate", *options)[0] == 0
    if damage == "changed":
        (folder / "plants" / "README.md").write_text("changed\n")
    else:
        lock = folder / "plants" / lockfile.NAME
        lock.write_text(f"<<<<<<< a\n{lock.read_text()}=======\n>>>>>>> b\n")
    status, text = said("check", *options)
    assert status == 1
    messages = [line for line in text.splitlines() if line.startswith("runnersmith: ")]
    commands = [advised(message, "generate") for message in messages]
    assert len(commands) == (1 if damage == "changed" else 2)
    assert [said(*it)[0] for it in commands] == [0] * len(commands)
    assert said("check", *options)[0] == 0
    assert not (folder / "out").exists()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["mine.txt", "example/mine.py", "link", "example"])
def test_check_says_what_generate_refuses(said: Said, folder: Path, name: str) -> None:
    """A file of somebody else, or a link, is in the way: `generate` alone cannot mend it."""
    assert said("generate")[0] == 0
    path = folder / "out" / name
    if name == "example":
        path.rename(folder / "moved")
        path.symlink_to(folder / "moved")
    elif name == "link":
        path.symlink_to(folder / "spec.yaml")
    else:
        path.write_text("mine\n")
    status, text = said("check")
    assert (status, "and commit the result" in text) == (1, False)
    status, refused = said("generate")
    assert status == 2
    assert text.splitlines()[-1].endswith(f"would write nothing: {refused[13:].strip()}"), text
    path.unlink()
    if name == "example":
        (folder / "moved").rename(path)
    assert said("check", "--from-scratch")[0] == 0


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("validate", "SPEC"),
        ("bundle", "--spec"),
        ("compare plants.yaml", "--spec"),
        ("sync plants.yaml --write", "--spec"),
        ("bump plants.yaml --api-version 2027-01-01", "--spec"),
        ("bump --finish", "--spec"),
        ("diff plants.yaml", "NEW"),
    ],
)
def test_no_command_takes_another_spec_outside_a_project(
    said: Said, folder: Path, command: str, missing: str
) -> None:
    """The one that comes with the generator is not the one that was meant."""
    (folder / "pyproject.toml").unlink()
    status, text = said(*command.split())
    assert (status, text.count("\n")) == (2, 1)
    assert "no pyproject.toml with [tool.runnersmith]" in text
    assert text.endswith(f"; give {missing}\n")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("class", "it is a keyword of Python"),
        ("None", "use lower-case letters"),
        ("con", "it is the name of a device on Windows"),
        ("x" * 300, "use at most"),
        *(
            (it, "a module of Python's standard library")
            for it in ("json", "typing", "antigravity")
        ),
        *((it, "a dependency of the client") for it in ("msgspec", "httpx2", "anyio", "pytest")),
        *((it, "a dependency of the client") for it in ("jwt", "opentelemetry")),
        *((it, "a dependency of the client") for it in ("opentelemetry_api", "hishel", "uvicorn")),
    ],
)
def test_a_package_does_not_hide_another_module(said: Said, name: str, reason: str) -> None:
    """Neither one of Python nor one of a dependency, by the name of its module or distribution."""
    status, text = said("generate", "--spec", "plants.yaml", "--package", name, "--output", "made")
    assert (status, text.count("\n"), reason in text) == (2, 1, True), text
    assert not Path("made").exists()


def test_every_requirement_of_a_client_is_refused_as_its_name() -> None:
    """They are those of the pyproject.toml that is generated, with the extras."""
    packs = stacks([shipped("templates") / name for name in PACKS])
    text = (CASES.parents[1] / "generated" / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    extras = project["optional-dependencies"].values()
    for requirement in chain(project["dependencies"], *extras):
        name = re.split(r"[^\w-]", requirement)[0].replace("-", "_").lower()
        with pytest.raises(UsageError, match=f"^'{name}' cannot be the package"):
            check_package(name, packs, text)


@pytest.mark.usefixtures("folder")
def test_a_pack_may_import_its_own_package(said: Said) -> None:
    """A pack for one client can know its name."""
    Path("own").mkdir()
    Path("own/extra.py.jinja").write_text('"""Extra."""\n\nimport plants\n')
    output = '[[outputs]]\ntemplate = "extra.py.jinja"\npath = "{{ package.name }}/extra.py"\n'
    Path("own/pack.toml").write_text(f'name = "own"\nir-version = 1\nextends = "client"\n{output}')
    status, text = said("generate", "--spec", "plants.yaml", *OTHER, "--pack", "own")
    assert status == 0, text


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("key", ["dependencies", "optional-dependencies"])
def test_requirements_of_a_pack_that_are_none_are_one_line(said: Said, key: str) -> None:
    """A text in place of a list of texts. Nothing is written."""
    Path("own").mkdir()
    Path("own/pyproject.toml.jinja").write_text(f'[project]\nname = "plants"\n{key} = "httpx2"\n')
    extends = 'extends = "client"\nreplaces = ["pyproject.toml.jinja"]\n'
    Path("own/pack.toml").write_text(f'name = "own"\nir-version = 1\n{extends}')
    status, text = said("generate", "--spec", "plants.yaml", *OTHER, "--pack", "own")
    assert status == 2
    assert "the pyproject.toml that the packs print has no valid requirements: Expected" in text
    assert f"$.project.{key}" in text
    assert not Path(OTHER[OTHER.index("--output") + 1]).exists()
