"""The pack templates/examples/command-line: what it generates, and what the cookbook shows of it."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import importlib
import io
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import (
    ScriptedServer,
    json_response,
)
from hostile.attacks import FOREIGN, OURS, TEXTS, Attack, shapes, without_digests
from packs.command_line_programs import (
    FOREIGN_NAMES,
    LIST,
    OWN,
    PACK,
    RUNNER,
    UPDATE,
    Json,
    Program,
    of,
)
from runnersmith import cli, ir
from runnersmith.packs import stacks
from runnersmith.render import Package, Renderer
from runnersmith.render.docs.auth import credential_variables
from small_specs import PACKAGE, REPOSITORY, build_ir, mypy, small_spec, write_files

COOKBOOK = (REPOSITORY / "templates" / "COOKBOOK.md").read_text(encoding="utf-8")


def test_the_pack_passes_its_check(capsys: pytest.CaptureFixture[str]) -> None:
    """For our spec, without a finding."""
    assert cli.main(["pack", "check", str(PACK)]) == 0
    assert capsys.readouterr().out.startswith("command-line extends client: ")


@pytest.mark.parametrize("package", [OWN, *(f"{name}_program" for name in FOREIGN_NAMES)])
def test_every_command_has_its_help(
    packages: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names all options of its method, and the program and the groups list their commands."""
    assert packages.exists()
    program = Program(package, monkeypatch)
    whole = program("--help")
    assert (whole.status, whole.error) == (0, "")
    found = list(program.commands())
    assert len(set(found)) == len(found)
    for group, command in found:
        assert f"\n    {group}" in whole.output.decode()
        done = program(group, command, "--help")
        assert (done.status, done.error) == (0, "")
        assert done.output.decode().startswith(f"usage: {package} {group} {command} ")
    for group in {group for group, _ in found}:
        listed = program(group, "--help").output.decode()
        assert all(f"\n    {command}" in listed for held, command in found if held == group)


def test_the_programs_are_typed(packages: Path, mypy_cache: Path) -> None:
    """Mypy --strict finds nothing: each command calls a method that exists."""
    named = [OWN, *(f"{name}_program" for name in FOREIGN_NAMES)]
    parts = ("__main__.py", "_commands", "_command_line")
    done = mypy(packages, mypy_cache, *(f"{name}/{part}" for name in named for part in parts))
    assert done.returncode == 0, done.stdout


def test_a_command_of_no_method_is_found(packages: Path, mypy_cache: Path) -> None:
    """The check above would see it."""
    text = (packages / OWN / "_commands" / "org_runners.py").read_text(encoding="utf-8")
    assert "resource.get(" in text
    changed = packages / OWN / "_commands" / "changed.py"
    changed.write_text(text.replace("resource.get(", "resource.gat("), encoding="utf-8")
    try:
        done = mypy(packages, mypy_cache, f"{OWN}/_commands/changed.py")
    finally:
        changed.unlink()
    assert '"OrgRunners" has no attribute "gat"' in done.stdout


def without_client(folder: Path) -> Path:
    """Write the pack so that it makes the program only, which is quick."""
    made = {path.name: path.read_text(encoding="utf-8") for path in PACK.glob("*.*")}
    below = REPOSITORY / "templates" / "client"
    for name in ("header.jinja", "empty.py.jinja"):
        made[name] = (below / name).read_text(encoding="utf-8")
    del made["pyproject.toml.jinja"]
    lines = made["pack.toml"].splitlines(keepends=True)
    made["pack.toml"] = "".join(line for line in lines if not line.startswith("extends"))
    assert len(made["pack.toml"]) < len("".join(lines))
    write_files(folder, made)
    shutil.copytree(PACK / "command_line", folder / "command_line")
    return folder


@pytest.mark.parametrize("attack", [OURS, FOREIGN], ids=["ours", "foreign"])
def test_hostile_texts_stay_texts(attack: Attack, tmp_path: Path) -> None:
    """The program is, strings aside, that of harmless texts, and its help runs and formats none."""
    renderer = Renderer(stacks([without_client(tmp_path / "pack")]))
    copied = {
        f"_command_line/{path.name}": path.read_text(encoding="utf-8")
        for path in (PACK / "command_line").glob("*.py")
    }
    for number, (label, text) in enumerate(TEXTS.items()):
        places = attack.taken(label)
        files, twin = (
            renderer.make(attack.api(filled), Package(PACKAGE, "0.1.0")).rendered
            for filled in (
                attack.filled(places, text),
                attack.filled(places, text, harmless=True),
            )
        )
        assert shapes(without_digests(files)) == shapes(without_digests(twin)), label
        own = {path.removeprefix(f"{PACKAGE}/"): content for path, content in files.items()}
        write_files(tmp_path / f"hostile{number:02}", {**own, **copied, "__init__.py": ""})
    (tmp_path / "walk.py").write_text(_WALK, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "walk.py"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) == len(TEXTS)
    assert not (tmp_path / "canary").exists()


# Prints the help of every command of every program, and their number. A help has no character that
# a terminal obeys.
_WALK = """
import contextlib, importlib, io, pathlib

def shown(main, *arguments):
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        try:
            main([*arguments, "--help"])
        except SystemExit as end:
            assert end.code == 0
    text = output.getvalue()
    assert text.replace("\\n", "").isprintable(), text
    return text

found = 0
for path in sorted(pathlib.Path().glob("hostile*")):
    main = importlib.import_module(f"{path.name}.__main__")
    dashed = importlib.import_module(f"{path.name}._command_line.text").dashed
    shown(main.main)
    for module in main.GROUPS:
        shown(main.main, dashed(module))
        for command in main.load(module).commands:
            assert "--help" in shown(main.main, dashed(module), dashed(command.name))
    found += 1
print(found)
"""


def test_percent_signs_are_shown_as_they_are(packages: Path) -> None:
    """Wherever argparse would format a text: `%` is a sign like any other."""
    assert packages.exists()
    own: Any = importlib.import_module(f"{OWN}._command_line.commands")
    parser: Any = importlib.import_module(f"{OWN}._command_line.parser")
    text = "100% of %(prog)s, %s, %"
    option = own.Option("name", "choice", text, values=(text,), required=True)
    group = own.Group(
        description=text,
        scope=(),
        resource=print,
        commands=(own.Command("get", print, text, (option,)),),
    )
    program = own.Program(
        name="p",
        description=text,
        variables=(own.Variable("V", text),),
        options=(dataclasses.replace(option, required=False),),
        groups={"things": text},
        load={"things": group}.__getitem__,
        connect=print,
        credentials={},
        errors=print,
        encode=print,
    )
    for arguments, times in (([], 5), (["things"], 2), (["things", "get"], 3)):
        output = io.StringIO()
        with contextlib.redirect_stdout(output), pytest.raises(SystemExit):
            parser.parse(program, [*arguments, "--help"])
        assert " ".join(output.getvalue().split()).count(text) == times, output.getvalue()


def test_help_imports_nothing_of_the_client(packages: Path) -> None:
    """Neither its HTTP library nor its JSON library."""
    code = (
        "import sys, contextlib, io, importlib\n"
        f"main = importlib.import_module('{OWN}.__main__').main\n"
        "for arguments in ['--help'], ['org-runners', '--help'], ['org-runners', 'get', '--help']:\n"
        "    try:\n"
        "        main(arguments)\n"
        "    except SystemExit:\n"
        "        pass\n"
        "print([name for name in ('httpx2', 'msgspec', 'ssl') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=packages, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "[]"


def test_flags_are_distinct(packages: Path) -> None:
    """Names that meet each other, a switch's other flag, or one of ours, get a number."""
    assert packages.exists()
    own: Any = importlib.import_module(f"{OWN}._command_line.commands")
    options: Any = importlib.import_module(f"{OWN}._command_line.options")

    def text(name: str) -> Any:
        return own.Option(name, "str", "A text.", nullable=name == "null")

    def switch(name: str) -> Any:
        return own.Option(name, "bool", "A switch.")

    held = options.Options(
        [text("org")],
        [
            *(text("org"), text("from_"), text("help"), text("date"), text("date_")),
            *(switch("cache"), text("no_cache"), text("null")),
        ],
    )
    parser = argparse.ArgumentParser(add_help=False)
    held.add_to(parser)
    given = (
        "--org a --org-2 b --from c --help-2 d --date e --date-2 f --no-cache-2 --no-cache g "
        "--null-2 null"
    )
    namespace = parser.parse_args(given.split())
    scope, arguments = held.given(namespace, parser.error)
    assert scope == {"org": "a"}
    assert arguments == {
        "org": "b",
        "from_": "c",
        "help": "d",
        "date": "e",
        "date_": "f",
        "cache": False,
        "no_cache": "g",
        "null": None,
    }


def test_the_variables_of_schemes_are_distinct() -> None:
    """Names of schemes that become the same keep variables of their own."""
    api = ir_of_schemes("api-key", "api_key", "apiKey", "größe", "class")
    found = [variable for variable, _ in credential_variables(api)]
    assert found[:2] == ["EXAMPLE_API_KEY__DASH", "EXAMPLE_API_KEY"]
    assert len(set(found)) == 5
    assert all(re.fullmatch(r"EXAMPLE_[A-Z0-9_]+", variable) for variable in found)
    assert credential_variables(ir_of_schemes()) == (("EXAMPLE_TOKEN", None),)


def ir_of_schemes(*names: str) -> ir.Api:
    schemes = (ir.Scheme(wire_name=it, type="bearer", key="", description="") for it in names)
    return dataclasses.replace(build_ir(small_spec()), schemes=tuple(schemes))


def test_the_cookbook_shows_what_is_printed(program: Program) -> None:
    """A list and a help; `…` stands for what is left out."""
    section = COOKBOOK.partition("## A command line\n")[2].partition("\n## ")[0]
    shown = re.findall(r"^\$ python -m ghrunners (.*)\n([^$]*)```$", section, re.MULTILINE)
    assert [arguments for arguments, _ in shown] == [" ".join(LIST), f"{UPDATE} --help"]
    runners: list[Json] = [
        {**RUNNER, "id": 23, "runner_group_id": 1, "name": "linux-1"},
        {**RUNNER, "id": 24, "runner_group_id": 1, "name": "linux-2", "status": "offline"},
    ]
    with ScriptedServer(json_response({"total_count": 2, "runners": runners})) as server:
        for arguments, expected in shown:
            done = program(*arguments.split(), environment=of(server))
            printed = done.output.decode().replace(OWN, "ghrunners")
            pattern = re.escape(expected.strip()).replace("…", "(?s:.*)")
            assert re.fullmatch(pattern, printed.strip()), printed
