"""The same spec gives the same bytes: in any folder, with any hash seed, whatever lies around."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from runnersmith import pipeline
from runnersmith.output import fingerprint
from runnersmith.output.writer import write
from small_specs import CASES, REPOSITORY, project

SPEC = REPOSITORY / "spec" / "runners.yaml"
# What would change the output if any library read its configuration from the current folder.
HOSTILE = """\
[tool.black]
line-length = 20
skip-string-normalization = true
[tool.ruff]
line-length = 20
[tool.isort]
force_single_line = true
[tool.datamodel-codegen]
snake-case-field = true
use-annotated = true
field-constraints = true
class-name = "Changed"
"""


def test_two_runs_in_one_process() -> None:
    """A run leaves nothing behind that changes the next one, and changes nothing that it is given."""
    settings = project(SPEC, REPOSITORY / "generated")
    first, second = pipeline.produce(settings), pipeline.produce(settings)
    assert first == second
    assert list(first.files) == sorted(first.files)


def test_two_machines(tmp_path: Path) -> None:
    """Other folders, hash seeds, locales, time zones and configurations change no byte."""
    plain, hostile = tmp_path / "plain", tmp_path / "hostile" / "deep"
    hostile.mkdir(parents=True)
    plain.mkdir()
    (hostile / "pyproject.toml").write_text(HOSTILE)
    (hostile.parent / "pyproject.toml").write_text(HOSTILE)
    (hostile / "setup.cfg").write_text("[flake8]\nmax-line-length = 20\n")
    (hostile / "runners.yaml").write_bytes(SPEC.read_bytes())
    for overlay in (SPEC.parent / "versions").glob("*"):
        (hostile / "versions").mkdir(exist_ok=True)
        (hostile / "versions" / overlay.name).write_bytes(overlay.read_bytes())
    runs = [
        _start(plain, str(SPEC), PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8"),
        _start(
            hostile,
            "runners.yaml",
            PYTHONHASHSEED="2",
            TZ="Asia/Kathmandu",
            LC_ALL="C",
            PYTHONUTF8="0",
        ),
    ]
    said = [run.communicate()[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    first, second = (_bytes(folder / "output") for folder in (plain, hostile))
    assert first.keys() == second.keys()
    assert [path for path in first if first[path] != second[path]] == []


def _start(folder: Path, spec: str, **environment: str) -> subprocess.Popen[str]:
    options = ("--spec", spec, "--package", "ghrunners", "--output", "output")
    return subprocess.Popen(
        [sys.executable, "-m", "runnersmith", "generate", *options],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _bytes(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_nothing_of_the_machine_is_in_the_files(tmp_path: Path) -> None:
    """No file holds a path of this machine, its user, or a date of the run."""
    product = pipeline.produce(project(SPEC, tmp_path / "out"))
    write(tmp_path / "out", product.files, product.record)
    for path, text in _bytes(tmp_path / "out").items():
        for secret in (str(tmp_path), str(REPOSITORY), str(Path.home()) + "/", sys.prefix):
            assert secret.encode() not in text, (path, secret)


def test_line_ends_of_the_spec_do_not_matter(tmp_path: Path) -> None:
    """A spec that was checked out with other line ends gives the same files."""
    spec = CASES / "documentation" / "spec.yaml"
    (tmp_path / "spec.yaml").write_bytes(spec.read_bytes().replace(b"\n", b"\r\n"))
    changed, same = (
        pipeline.produce(project(path, tmp_path / "out")) for path in (tmp_path / "spec.yaml", spec)
    )
    assert changed.files == same.files


def test_an_installed_generator_has_the_fingerprint_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a wheel, spec and templates lie in the package; a lock made there is the same."""
    settings = project(SPEC, tmp_path / "out")
    here = fingerprint.inputs(settings)
    wheel = tmp_path / "runnersmith"
    shutil.copytree(Path(fingerprint.__file__).parents[1], wheel)
    shutil.copytree(REPOSITORY / "templates", wheel / "_data" / "templates")
    shutil.copytree(REPOSITORY / "spec", wheel / "_data" / "spec")
    monkeypatch.setattr(fingerprint, "__file__", str(wheel / "output" / "fingerprint.py"))
    installed = replace(
        settings,
        spec=wheel / "_data" / "spec" / "runners.yaml",
        packs=(wheel / "_data" / "templates" / "client",),
    )
    assert fingerprint.inputs(installed) == here


def test_what_is_no_part_of_the_fingerprint_shapes_nothing() -> None:
    """What is left out of it is there, and a run that makes every file does not load it."""
    code = (
        "import sys\n"
        "from runnersmith import pipeline\n"
        "from runnersmith.output import fingerprint\n"
        "from runnersmith.project import find\n"
        "pipeline.produce(find())\n"
        "names = (name.removesuffix('.py').replace('/', '.') for name in fingerprint.APART)\n"
        "apart = {f'runnersmith.{name}' for name in names}\n"
        "print(*apart & sys.modules.keys())\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
    folder = Path(fingerprint.__file__).parents[1]
    in_wheels = {"_data"}  # spec and templates, which count by themselves
    assert [it for it in fingerprint.APART - in_wheels if not (folder / it).exists()] == []


@pytest.mark.parametrize(
    "change", ["spec", "overlay", "template", "runtime", "package", "version", "generator"]
)
def test_a_changed_input_has_another_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """Whatever the output is made from, a change of it is one of the fingerprint."""
    shutil.copytree(SPEC.parent, tmp_path / "spec")
    shutil.copytree(REPOSITORY / "templates", tmp_path / "templates")
    shutil.copytree(Path(fingerprint.__file__).parents[1], tmp_path / "generator")
    monkeypatch.setattr(
        fingerprint, "__file__", str(tmp_path / "generator" / "output" / "fingerprint.py")
    )
    settings = replace(
        project(tmp_path / "spec" / "runners.yaml", tmp_path / "out"),
        packs=(tmp_path / "templates" / "client",),
    )
    before = fingerprint.inputs(settings)
    if change == "package":
        settings = replace(settings, package="other")
    elif change == "version":
        settings = replace(settings, package_version="9.9.9")
    else:
        path = {
            "spec": tmp_path / "spec" / "runners.yaml",
            "overlay": tmp_path / "spec" / "versions" / "2001-01-01.overlay.yaml",
            "template": settings.packs[0] / "package.py.jinja",
            "runtime": settings.packs[0] / "runtime" / "core.py",
            "generator": tmp_path
            / "generator"
            / "validate"
            / "extension"
            / "extensions.schema.json",
        }[change]
        path.parent.mkdir(exist_ok=True)
        with path.open("a") as file:
            file.write("\n")
    assert fingerprint.inputs(settings) != before
