"""Documentation: what README, CONTRIBUTING and the others say agrees with the repository."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import ghrunners
from client.scripted_server import ScriptedServer, json_response
from runnersmith import cli
from runnersmith.openapi.document import Json

ROOT = Path(__file__).parent.parent
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "generated/README.md")
# Their console blocks are run, with the files that they make, by separate tests.
GUIDES = ("templates/README.md", "templates/COOKBOOK.md")
WORKFLOWS = tuple(sorted(path.name for path in (ROOT / ".github" / "workflows").glob("*.yml")))

RUNNER: Json = {
    "id": 1,
    "name": "r1",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [],
}
GROUP: Json = {
    "id": 2,
    "name": "fast",
    "visibility": "all",
    "default": False,
    "runners_url": "https://api.github.com/orgs/acme/actions/runner-groups/2/runners",
    "inherited": False,
    "allows_public_repositories": False,
}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def code(text: str) -> list[str]:
    """Everything that a document shows as code: lines of console blocks, and what is in backticks."""
    blocks = re.findall(r"```(?:console)\n(.*?)```", text, re.DOTALL)
    shown = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    return shown + re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))


def commands(text: str) -> set[tuple[str, str]]:
    """The commands of runnersmith that a text has, each with the rest of its line."""
    return set(re.findall(r"(?<![\w-])runnersmith (pack [a-z]+|[a-z]+)(?![\w.:])([^|;`]*)", text))


def calls() -> list[tuple[str, str, str]]:
    found = {
        (name, command, rest.strip())
        for name in (*DOCUMENTS, *GUIDES)
        for shown in code(read(name))
        for command, rest in commands(shown)
    }
    for name in WORKFLOWS:
        for line in read(f".github/workflows/{name}").splitlines():
            found |= {(name, *call) for call in commands(line) if "bin/runnersmith" in line}
    return sorted(found)


@pytest.mark.parametrize(("name", "command", "rest"), calls())
def test_a_command_exists_with_its_options(
    name: str, command: str, rest: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `--help` of the command says."""
    with pytest.raises(SystemExit) as ended:
        cli.main([*command.split(), "--help"])
    assert ended.value.code == 0, f"{name}: runnersmith {command}"
    known = set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"--[a-z-]+", rest)) <= known


def test_the_readme_has_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    """And says what it does."""
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    known = set(re.findall(r"^    ([a-z]+) ", capsys.readouterr().out, re.MULTILINE))
    rows = set(
        re.findall(r"^\| `runnersmith ([a-z]+)[^`]*` \| \S", read("README.md"), re.MULTILINE)
    )
    assert rows == known


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_target_of_make_exists(name: str) -> None:
    """Each that a document names."""
    targets = re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE)
    named = {shown.split()[1] for shown in code(read(name)) if re.match(r"make [a-z]", shown)}
    assert named <= {*targets, *"lint types check wheels tests".split()}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_points_to_is_there(name: str) -> None:
    """Links without a scheme, and paths in backticks that have a folder or the ending of a file."""
    text = read(name)
    here = (ROOT / name).parent
    paths = set(re.findall(r"\]\((?![a-z]+:|#)([^)\s#]+)", text))
    for shown in code(text):
        if re.fullmatch(r"(?:[.\w-]+/)+(?:[\w-]+(?:\.[\w-]+)+)?|[\w-]+\.(?:md|toml|lock)", shown):
            paths.add(shown)
    # Named within a folder that the sentence gives, or of somebody else's repository.
    inside = {"runtime/", "cases/", "client/", "contract/", "foreign/", "smoke/", "bench/"}
    elsewhere = {*inside, ".venv/", "pack.toml"}
    missing = [one for one in sorted(paths - elsewhere) if not (here / one).exists()]
    assert missing == []


def test_the_map_has_every_folder() -> None:
    """And every folder that it has exists, with what is named in it."""
    rows = re.findall(r"^\| `([\w/]+/)` \| (.+) \|$", read("README.md"), re.MULTILINE)
    for folder, said in rows:
        assert (ROOT / folder).is_dir(), folder
        for inside in re.findall(r"`([\w.]+(?:/|\.\w+))`", said):
            assert (ROOT / folder / inside).exists(), f"{folder}{inside}"
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] not in "._"}
    assert {folder.partition("/")[0] for folder, _ in rows} == folders - {"build", "dist"}


def test_the_examples_of_the_readme_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As they stand there, but against our server."""
    first, second = re.findall(r"```python\n(.*?)```", read("README.md"), re.DOTALL)
    monkeypatch.setenv("GITHUB_TOKEN", "made-up")
    made = ghrunners.Client

    with ScriptedServer(
        json_response({"total_count": 1, "runners": [RUNNER]}),
        json_response({"total_count": 1, "runner_groups": [GROUP]}),
    ) as server:

        def local(
            base_url: str = "", product: str | None = None, api_version: str | None = None
        ) -> ghrunners.Client:
            path = "/api/v3" if base_url.endswith("/api/v3") else ""
            return made(base_url=server.url + path, product=product, api_version=api_version)

        monkeypatch.setattr(ghrunners, "Client", local)
        exec(first, {})  # noqa: S102 - our own text
        exec(second, {})  # noqa: S102 - our own text
    assert capsys.readouterr().out == "1 r1 online False\nFalse\n2 fast all\n"
    assert server.targets == [
        "/orgs/acme/actions/runners?per_page=100",
        "/api/v3/orgs/acme/actions/runner-groups?per_page=100",
    ]
    assert server.requests[1].header("x-github-api-version") == "2022-11-28"


def test_the_changelog_counts_the_operations() -> None:
    """Its table has, for each resource and scope, as many as the client's own README lists."""
    listed: dict[str, list[int]] = {}
    for number, part in enumerate(read("generated/README.md").split("\n### ")[1:]):
        for resource, rows in re.findall(r"\| `\.(\w+)` .*\n\|[- |]+\n((?:\| .*\n)+)", part):
            listed.setdefault(resource, [0, 0, 0])[number] = rows.count("\n")
    section = read("CHANGELOG.md").partition("\n### API\n")[2].partition("\n### ")[0]
    table = re.findall(r"^\| `(\w+)` \| (\d+|-) \| (\d+|-) \| (\d+|-) \|$", section, re.MULTILINE)
    assert {name: [int(one.replace("-", "0")) for one in row] for name, *row in table} == listed
    assert f"all {sum(map(sum, listed.values()))} operations" in section


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_pins_what_it_uses(name: str) -> None:
    """Actions by commit, with the release beside it; permissions are said."""
    text = read(f".github/workflows/{name}")
    used = re.findall(r"uses: (.+)", text)
    assert used
    for one in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)
    assert re.search(r"^permissions:", text, re.MULTILINE)


PROGRAMS = sorted(
    path for path in (ROOT / "tests").rglob("*.py") if "cases" not in path.relative_to(ROOT).parts
)


def programs(path: Path) -> Iterator[ast.Module]:
    """Yield the strings of a module that are programs, for another process or for `exec`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            with suppress(SyntaxError, ValueError):
                if "import " in node.value:
                    yield ast.parse(node.value)


def missing(program: ast.Module) -> Iterator[str]:
    """Yield what a program imports of our packages that they do not have."""
    for node in ast.walk(program):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [(node.module, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [(alias.name, "") for alias in node.names]
        else:
            continue
        for module, name in names:
            if module.partition(".")[0] in ("ghrunners", "runnersmith") and not _exists(
                module, name
            ):
                yield f"{module}: {name}"


def _exists(module: str, name: str) -> bool:
    try:
        found = importlib.import_module(module)
        return not name or hasattr(found, name) or bool(importlib.import_module(f"{module}.{name}"))
    except ImportError:
        return False


def test_a_program_in_a_string_imports_what_exists() -> None:
    """No type checker reads it, and a benchmark's runs in no other test."""
    found = {path.name: program for path in PROGRAMS for program in programs(path)}
    assert "generate.py" in found
    assert [
        (path.relative_to(ROOT).as_posix(), one)
        for path in PROGRAMS
        for program in programs(path)
        for one in missing(program)
    ] == []
    planted = f"from runnersmith {'import'} write, pipeline"  # in two parts, or it would be found
    assert list(missing(ast.parse(planted))) == ["runnersmith: write"]


def test_the_demo_prints_what_the_readme_shows() -> None:
    """Every line of the excerpt, in order; `...` stands for others."""
    demo = ROOT / "generated" / "examples" / "demo.py"
    ran = subprocess.run([sys.executable, demo], capture_output=True, text=True, check=True)
    assert ran.stderr == ""
    excerpt = read("README.md").partition("$ make demo\n")[2].partition("```")[0]
    parts = [part.strip("\n") for part in excerpt.split("...\n")]
    assert len(parts) > 1
    position = 0
    for part in parts:
        position = ran.stdout.index(part, position) + len(part)


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("generated/**/*.md")), ids=lambda it: it.relative_to(ROOT).as_posix()
)
def test_the_package_is_installed_from_its_folder(path: Path) -> None:
    """Not by its name: on a registry, that may be somebody else's package."""
    for requirement in re.findall(r"pip install ([^`\n]+)", path.read_text(encoding="utf-8")):
        assert requirement.strip("'").startswith("./generated"), requirement


def test_the_examples_install_what_the_fake_needs() -> None:
    """Before they run its command."""
    text = read("generated/examples/README.md")
    assert "testing]'" in text.partition("$ ghrunners-fake\n")[0]
