"""`runnersmith pack render`: the file that a template makes, as `generate` writes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lowering.foreign_packages import FOREIGN
from packs.pack_files import pack
from runnersmith import cli, pipeline
from runnersmith.cli.pack_commands import select_file
from runnersmith.project import find
from runnersmith.render import RenderedFiles
from small_specs import REPOSITORY

COURIER = str(FOREIGN / "courier.yaml")
FOREIGN_OPTIONS = ("--spec", COURIER, "--package", "courier")
RUNNERS = ("--scope", "org", "--resource", "runners")


@pytest.fixture(scope="module")
def ours() -> RenderedFiles:
    """The files of the project, rendered once for all tests, which only read them."""
    return pipeline.rendered(find())


@pytest.fixture
def rendered_before(ours: RenderedFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands on the project find its files rendered."""

    def rendered(*_: object) -> RenderedFiles:
        return ours

    monkeypatch.setattr(pipeline, "rendered", rendered)


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    """The status of a command, and what it printed as a result and as errors."""
    status = cli.main(["pack", "render", *options])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


@pytest.mark.parametrize("spec", [None, COURIER], ids=["ours", "foreign"])
def test_the_elements_of_a_file_choose_it(spec: str | None) -> None:
    """Every file that a template makes, by the full and by the short name of its template."""
    project = find(spec=spec, package="courier" if spec else None)
    made = pipeline.rendered(project)
    assert made.origins.keys() == made.rendered.keys()
    for path, one in made.origins.items():
        assert select_file(one.template, one.elements, made.origins) == path
        assert select_file(one.template.partition("::")[2], one.elements, made.origins) == path


@pytest.mark.usefixtures("rendered_before")
@pytest.mark.parametrize(
    ("options", "path"),
    [
        (("resource.py.jinja", *RUNNERS, "--flavour", "async"), "ghrunners/_async/org_runners.py"),
        (("client::package.py.jinja",), "ghrunners/__init__.py"),
        (("README.md.jinja",), "README.md"),
        (("pyproject.toml.jinja",), "pyproject.toml"),
        (("model.md.jinja", "--model", "Runner"), "docs/models/runner.md"),
    ],
)
def test_the_text_is_that_of_the_file(
    options: tuple[str, ...], path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Formatted, and alone: the path is no part of the result."""
    text = (REPOSITORY / "generated" / path).read_text("utf-8")
    assert printed(capsys, *options) == (0, text, f"{path}\n")


def test_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In an empty folder, for a document of others and a pack."""
    pack(tmp_path / "mine", {"x.jinja": "one\n"}, rest="outputs = [{template='x.jinja', path='x'}]")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    found = printed(capsys, "x.jinja", "--pack", "mine", *FOREIGN_OPTIONS)
    assert found == (0, "one\n", "x\n")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.usefixtures("rendered_before")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("resourc.py.jinja",), "no file is made by the template 'resourc.py.jinja'; did you mean"),
        (
            ("x",),
            "no file is made by the template 'x'; `runnersmith pack list` lists the templates",
        ),
        (("header.jinja",), "no file is made by the template 'header.jinja'"),
        (
            ("resource.py.jinja", "--scope", "org"),
            "choose one; --resource is one of hosted_runners, runner_groups, runner_settings, runners",
        ),
        (
            ("resource.py.jinja", "--scope", "orgs"),
            "no file for the scope 'orgs'; did you mean 'org'?",
        ),
        (
            ("resource.py.jinja", "--resource", "x"),
            "resource 'x'; --resource is one of hosted_runners",
        ),
        (("README.md.jinja", "--model", "Runner"), "for the model 'Runner'; it takes no --model"),
    ],
)
def test_what_chooses_no_single_file_is_refused(
    options: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to choose from."""
    status, out, errors = printed(capsys, *options)
    assert (status, out) == (2, "")
    assert message in errors
    assert errors.count("\n") == 1


def test_two_files_of_the_same_elements_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By their templates, or by their paths if the template is the same."""
    rest = "outputs = [{template='x.jinja', path='a'}, {template='x.jinja', path='b'}]"
    mine = str(pack(tmp_path / "mine", {"x.jinja": "one\n"}, extends=None, rest=rest))
    status, _, errors = printed(capsys, "x.jinja", "--pack", mine)
    assert (status, "makes 2 files; choose one: a, b;" in errors) == (2, True)
    rest = "outputs = [{template='x.jinja', path='c'}]"
    other = pack(tmp_path / "other", {"x.jinja": "two\n"}, extends=None, rest=rest)
    _, _, errors = printed(capsys, "x.jinja", "--pack", mine, "--pack", str(other))
    assert "TEMPLATE is one of mine::x.jinja, other::x.jinja" in errors
