"""Packs on the command line and in the settings."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lowering.foreign_packages import FOREIGN, SPECS
from packs.pack_files import EXAMPLES, RESOURCE, override, pack, replace_template
from runnersmith import cli, pipeline
from runnersmith.ir.placement import all_operations
from runnersmith.packs import stacks
from runnersmith.project import find
from small_specs import CASES, REPOSITORY, build_ir, client_pack, made, small_spec

LAMPS = Path("out/example/_sync/house_lamps.py")
MINE = "{{ super() }}    # mine\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; its status, and what it printed as a result and as errors."""

    def call(*arguments: str) -> tuple[int, str, str]:
        try:
            status = cli.main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project with a spec and a pack of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec.yaml").write_bytes((CASES / "minimal" / "spec.yaml").read_bytes())
    settings(tmp_path)
    pack(tmp_path / "mine", override("extra", MINE, "resource.py.jinja"))
    return tmp_path


def settings(folder: Path, packs: str = "") -> None:
    text = f'[tool.runnersmith]\nspec = "spec.yaml"\npackage = "example"\noutput = "out"\n{packs}\n'
    (folder / "pyproject.toml").write_text(text)


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def generated(folder: Path) -> str:
    """Where the word of the pack has come to."""
    found = [path.name for path in (folder / "out").rglob("*.py") if "# mine" in path.read_text()]
    return " ".join(sorted(set(found)))


# ── generate and check ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("", ["--pack", "mine"]),
        ("", ["--pack", "client", "--pack", "mine"]),
        ('pack = "mine"', []),
        ('packs = ["mine"]', []),
        ('packs = ["client", "mine"]', []),
        ('pack = "client"', ["--pack", "mine"]),
    ],
)
def test_a_pack_is_named(folder: Path, run: Run, said: str, options: list[str]) -> None:
    """By the option or the settings, alone or with what it extends; `check` knows it in the same way."""
    settings(folder, said)
    assert run("generate", *options)[0] == 0
    assert generated(folder)
    for more in ([], ["--from-scratch"]):
        assert run("check", *options, *more)[0] == 0
    os.utime(folder / "mine" / RESOURCE)
    assert "up to date, unchanged since the last run" in run("generate", *options)[1]


def test_settings_are_relative_to_their_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And options to the current folder."""
    settings(folder, 'packs = ["mine"]')
    (folder / "deep").mkdir()
    monkeypatch.chdir(folder / "deep")
    assert find().packs == (folder / "mine",)
    assert find(packs=["../mine"]).packs == (folder / "mine",)
    assert find(packs=["mine"]).packs == (folder / "deep" / "mine",)


@pytest.mark.parametrize(
    "change",
    [
        "a block",
        "a new template",
        "the manifest",
        "what it extends",
        "a copied file",
        "a data file",
        "the order",
        "none",
    ],
)
def test_the_lock_knows_the_packs(folder: Path, run: Run, change: str) -> None:
    """A change of any pack of the chain is seen, by the lock alone and without it."""
    rest = 'copies = [{ source = "more", path = "{{ package.name }}/more" }]'
    rest += '\ndata = { faults = "faults.toml" }'
    faults = (client_pack().folder / "faults.toml").read_text()
    copied = folder / "mine" / "more" / "a.py"
    pack(folder / "mine", {"more/a.py": "A = 1\n", "faults.toml": faults}, rest=rest)
    top = pack(folder / "top", override("extra", "{{ super() }}    # top\n"), extends="../mine")
    settings(folder, 'packs = ["mine", "top"]')
    assert run("generate")[0] == 0
    assert run("check")[1] == "out: up to date, unchanged since the last run\n"
    match change:
        case "a block":
            (top / RESOURCE).write_text((top / RESOURCE).read_text().replace("# top", "# higher"))
        case "a new template":
            replace_template(top, "README.md.jinja", "# Ours\n")
        case "the manifest":
            manifest = (folder / "mine" / "pack.toml").read_text().replace("/more", "/others")
            (folder / "mine" / "pack.toml").write_text(manifest)
        case "what it extends":
            path = folder / "mine" / RESOURCE
            path.write_text(path.read_text().replace("# mine", "# ours"))
        case "a copied file":
            copied.write_text("A = 2\n")
        case "a data file":
            changed = faults.replace("max_wait = 90", "max_wait = 91")
            (folder / "mine" / "faults.toml").write_text(changed)
        case "the order":
            pack(folder / "top", override("extra", "{{ super() }}    # top\n"))
            assert run("generate")[0] == 0
            settings(folder, 'packs = ["top", "mine"]')
        case _:
            assert run("check", "--from-scratch")[0] == 0
            return
    status, said, error = run("check")
    assert status == 1, said
    assert "@@" in said
    assert "runnersmith generate" in error
    assert run("generate")[0] == 0
    assert run("check", "--from-scratch")[0] == 0


def test_a_pack_that_is_wrong_writes_nothing(folder: Path, run: Run) -> None:
    """Status 1, a line for each problem; what was there stays."""
    assert run("generate")[0] == 0
    before = everything(folder / "out")
    replace_template(folder / "mine", RESOURCE, "{{ a }}\n{{ b }}\n")
    for command in (
        ["generate", "--pack", "mine"],
        ["check", "--pack", "mine"],
        ["pack", "check", "mine"],
        ["pack", "list", "mine"],
    ):
        status, said, error = run(*command)
        assert (status, said) == (1, "")
        lines = error.splitlines()
        assert [line.partition(": ")[0] for line in lines[:2]] == [
            "mine::resource.py.jinja:1:1",
            "mine::resource.py.jinja:2:1",
        ]
        assert lines[2] == "2 problems"
    assert everything(folder / "out") == before


def test_an_error_of_rendering_is_one_line(folder: Path, run: Run) -> None:
    """Status 1, with the place."""
    replace_template(folder / "mine", RESOURCE, "{{ api.nothing }}\n")
    status, said, error = run("generate", "--pack", "mine")
    assert (status, said) == (1, "")
    assert error.startswith("runnersmith: mine::resource.py.jinja:1: Api has no attribute")
    assert error.count("\n") == 1


def test_packs_side_by_side_make_one_output(folder: Path, run: Run) -> None:
    """A pack that extends none adds its files in the same run, and takes them along when it goes."""
    rest = "outputs = [{ template = 'x.jinja', path = 'docs/{{ resource.name }}.md', each = 'resource' }]"
    pack(folder / "docs", {"x.jinja": "# {{ resource.name }}\n"}, extends=None, rest=rest)
    settings(folder, 'packs = ["client", "docs"]')
    assert run("generate")[0] == 0
    assert list((folder / "out" / "docs").iterdir())
    assert (folder / "out" / "example" / "__init__.py").is_file()
    settings(folder, 'pack = "client"')
    assert run("generate")[0] == 0
    assert not (folder / "out" / "docs").exists()


# ── pack ─────────────────────────────────────────────────────────────────────────────────────


def test_a_new_pack_is_one(folder: Path, run: Run) -> None:
    """It checks, and makes what it says, as it stands; it can be extended in turn."""
    status, said, _ = run("pack", "new", "sub/New Pack")
    assert status == 0
    assert "new: sub/New Pack/pack.toml" in said
    assert "pack check 'sub/New Pack'" in said
    assert run("pack", "new", "next", "--extends", "../sub/New Pack")[0] == 0
    assert [[it.name for it in stack.packs] for stack in stacks([folder / "next"])] == [
        ["next", "new-pack", "client"]
    ]
    status, said, error = run("pack", "check", "sub/New Pack")
    assert status == 0, error
    assert said.startswith("new-pack extends client: ")
    # The next one has other names, so that both make their files.
    status, _, error = run("pack", "check", "next")
    assert status == 0, error
    assert run("generate", "--pack", "next")[0] == 0
    for name in ("new-pack", "next"):
        assert "GET " in (folder / "out" / f"operations-{name}.md").read_text()


@pytest.mark.parametrize("document", ["", *SPECS])
def test_every_starter_passes_its_own_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run, document: str
) -> None:
    """For ghrunners and for every other document; each lists all operations, whoever has them."""
    monkeypatch.chdir(tmp_path)
    for extends in ("client", "reference", "none"):
        assert run("pack", "new", f"on-{extends}", "--extends", extends)[0] == 0
    spec = FOREIGN / f"{document}.yaml" if document else REPOSITORY / "spec" / "runners.yaml"
    options = ["--spec", str(spec), "--package", document or "ghrunners"]
    for extends in ("client", "reference", "none"):
        status, said, error = run("pack", "check", f"on-{extends}", *options)
        assert status == 0, error
        assert said.startswith(f"on-{extends} extends {extends}: " if extends != "none" else "on-")
    project = find(spec=str(spec), package=document or "ghrunners")
    api = pipeline.build_ir(project)
    listed = made(api, tmp_path / "on-none").rendered["operations-on-none.md"]
    assert listed.count("\n- `client.") == len(all_operations(api)) > 0


@pytest.mark.parametrize("example", sorted(path.name for path in EXAMPLES.iterdir()))
def test_an_example_is_copied(folder: Path, run: Run, example: str) -> None:
    """With the name of its folder, everything else byte by byte; it passes its check."""
    status, said, _ = run("pack", "new", "a/Copy", "--example", example)
    assert status == 0
    made, original = (
        {path.relative_to(at).as_posix(): text for path, text in everything(at).items()}
        for at in (folder / "a" / "Copy", EXAMPLES / example)
    )
    assert {line for line in said.splitlines() if "new: " in line} == {
        f"  new: a/Copy/{path}" for path in made
    }
    old = original.pop("pack.toml")
    assert made.pop("pack.toml") == old.replace(f'name = "{example}"'.encode(), b'name = "copy"')
    assert made == original
    # This one is for the operations of our spec.
    spec = ["--spec", str(REPOSITORY / "spec" / "runners.yaml")] * (example == "fleet-helper")
    status, said, error = run("pack", "check", "a/Copy", *spec)
    assert status == 0, error
    assert said.startswith("copy")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["mine"], "already exists"),
        (["mine", "--example", "one-block"], "already exists"),
        (["client", "--example", "one-block"], "comes with runnersmith"),
        (["x", "--example", "nothing"], "no such example; name one of "),
        (["x", "--example", "../client"], "no such example; name one of "),
        (["spec.yaml"], "already exists"),
        (["client"], "comes with runnersmith"),
        (["x/Client"], "comes with runnersmith"),
        (["9"], "must start with a letter"),
        (["---"], "must start with a letter"),
        (["x", "--extends", "nowhere"], "no such pack; name one of client"),
        (["x", "--extends", 'no"where'], "no such pack; name one of client"),
        (["x" * 65], "at most 64 characters"),
        (["spec.yaml/x"], "cannot be written"),
    ],
)
def test_a_pack_that_cannot_be_made(
    folder: Path, run: Run, arguments: list[str], word: str
) -> None:
    """Status 2, and nothing is written."""
    before = everything(folder)
    status, said, error = run("pack", "new", *(["--"] if arguments == ["---"] else []), *arguments)
    assert (status, said) == (2, "")
    assert word in error
    assert everything(folder) == before


def test_check_writes_nothing(folder: Path, run: Run) -> None:
    """Neither for packs that are named nor for those of the settings; other specs can be tried."""
    settings(folder, 'pack = "mine"')
    before = everything(folder)
    for arguments in (
        ["mine"],
        [],
        ["mine", str(EXAMPLES / "one-block")],
        ["--spec", str(CASES / "documentation" / "spec.yaml"), "--package", "other"],
    ):
        status, said, error = run("pack", "check", *arguments)
        assert status == 0, error
        assert said.endswith(", nothing written\n")
    assert everything(folder) == before
    assert run("pack", "check", "nowhere")[0] == 2


@pytest.mark.usefixtures("folder")
def test_the_list_has_what_can_be_overridden(run: Run) -> None:
    """Templates with what they make, variables, blocks and theirs; filters; who overrides what."""
    status, said, _ = run("pack", "list", "mine", str(EXAMPLES / "own-outputs"))
    assert status == 0
    first, _, rest = said.partition("\n\n")
    assert first == "own-outputs extends mine extends client, IR version 1"
    parts = {part.splitlines()[0]: part for part in rest.split("\n\n")}
    resource = parts["client::resource.py.jinja (overridden by mine)"]
    variables = "api, faults, flavour, flavours, mark, package, resource, scope"
    assert f"\n    variables: {variables}\n" in resource
    assert "\n    block method_body: also operation\n" in resource
    assert (
        "for each resource, when resource.operations" in parts["own-outputs::permissions.md.jinja"]
    )
    assert "block field_docstring: also field" in parts["client::struct.jinja"]
    said = parts["filters"]
    assert "    docstring(indent: int = 4): Return text as a docstring literal" in said
    assert "\n        {{ operation.summary | docstring(8) }}\n" in said
    assert "    operation: " not in parts["variables"]
    assert "    resource: Resource" in parts["variables"]
    assert "    faults: dict, data of client\n" in parts["variables"]


@pytest.mark.parametrize("arguments", [["pack"], ["pack", "neu", "x"], ["pack", "new"]])
def test_a_wrong_call(run: Run, arguments: list[str]) -> None:
    """Is a usage error."""
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize("action", ["new", "list", "check"])
def test_every_command_explains_itself(run: Run, action: str) -> None:
    """With what each of its arguments is."""
    status, said, _ = run("pack", action, "--help")
    assert status == 0
    assert said.startswith(f"usage: runnersmith pack {action}")


def test_the_schema_is_printed(folder: Path, run: Run) -> None:
    """Without a spec at hand."""
    (folder / "spec.yaml").unlink()
    status, said, _ = run("ir", "--schema")
    assert status == 0
    assert json.loads(said) == json.loads((REPOSITORY / "templates" / "ir.schema.json").read_text())


# ── Any spec ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("*/expected")))
def test_the_examples_fit_every_spec(case: str, tmp_path: Path) -> None:
    """Together, and with a pack that stands beside them.

    All but the one for fleets of runners. A README as a whole goes on top of additions to it.
    """
    alone = pack(
        tmp_path / "alone",
        {"x.jinja": "{{ api | json }}"},
        extends=None,
        rest="outputs = [{ template = 'x.jinja', path = 'api.json' }]",
    )
    project = find(spec=str(CASES / case / "spec.yaml"), package="example")
    api = pipeline.build_ir(project)
    fixture = EXAMPLES / "test-fixture"
    others = sorted({*EXAMPLES.iterdir()} - {fixture, EXAMPLES / "fleet-helper"})
    found = made(api, fixture, *others, alone).rendered
    assert "def example_client(mock_example: MockServer)" in found["example/testing/plugin.py"]
    assert json.loads(found["api.json"])["title"] == api.title
    listed = json.loads(found["operations.json"])
    assert len(listed) == len(all_operations(api))
    assert found["README.md"].count("Ask in #runners") == 1


def test_an_installed_pack_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever runnersmith is: a bare name is that of a pack beside the client."""
    from runnersmith.packs import resolver

    shutil.copytree(REPOSITORY / "templates", tmp_path / "templates")

    def shipped(name: str) -> Path:
        return tmp_path / name

    monkeypatch.setattr(resolver, "shipped", shipped)
    pack(
        tmp_path / "templates" / "second",
        {"x.jinja": "x"},
        extends=None,
        rest="outputs = [{ template = 'x.jinja', path = 'x' }]",
    )
    chosen = find(packs=["client", "second"]).packs
    assert [path.parent for path in chosen] == [tmp_path / "templates"] * 2
    assert "x" in made(build_ir(small_spec()), *chosen).rendered
