"""The command line: what it prints, its exit statuses, and one clear line for every bad input."""

from __future__ import annotations

import gc
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from runnersmith import cli, pipeline
from runnersmith.output import writer as output_writer
from runnersmith.problems import UsageError
from runnersmith.project import find
from small_specs import CASES, REPOSITORY

COMMANDS = ("validate", "compare", "generate", "check", "ir", "pack")


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""

    def call(*arguments: str | Path) -> Ran:
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as exit_:  # argparse
            status = exit_.code if isinstance(exit_.code, int) else 1
        captured = capsys.readouterr()
        return Ran(status, captured.out, captured.err)

    return call


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: a project with a separate spec."""
    monkeypatch.chdir(tmp_path)
    settings = '[tool.runnersmith]\nspec = "spec.yaml"\npackage = "example"\noutput = "out"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    shutil.copy(CASES / "minimal" / "spec.yaml", tmp_path / "spec.yaml")
    return tmp_path


def shell(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a separate process."""
    return subprocess.run(
        [sys.executable, "-m", "runnersmith", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
    )


def is_one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.endswith("\n") and text.startswith("runnersmith: ")


def reading(command: str, spec: str | Path) -> list[str | Path]:
    """The arguments of a command that reads a spec other than the project's."""
    if command == "validate":
        return [spec]
    output = ["--package", "example", "--output", "out"] if command in ("generate", "check") else []
    return ["--spec", spec, *output]


# ── Help ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, run: Run) -> None:
    """`--help` tells every option in words, and fits a terminal."""
    ran = run(command, "--help")
    assert ran.status == 0
    assert ran.err == ""
    assert ran.out.startswith(f"usage: runnersmith {command}")
    for option in re.findall(r"^  (--[a-z-]+)", ran.out, re.MULTILINE):
        assert re.search(rf"{option}\b[^\n]*(\n {{10,}}| {{2,}})\S", ran.out), option


def test_the_program_explains_itself(run: Run) -> None:
    """`--help` lists every command; `--version` is one line."""
    ran = run("--help")
    assert ran.status == 0
    for command in COMMANDS:
        assert re.search(rf"^ +{command} +\S", ran.out, re.MULTILINE)
    assert re.fullmatch(r"runnersmith \d+\.\d+\.\d+\S*\n", run("--version").out)


def test_help_loads_nothing_heavy() -> None:
    """`--help` is quick: none of the libraries that work is done with is imported for it."""
    code = (
        "import sys\n"
        "from runnersmith.cli import main\n"
        "try:\n"
        "    main(['generate', '--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'black', 'jinja2', 'yaml', 'datamodel_code_generator', 'jsonschema_rs'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("command", ["validate", "ir"])
def test_a_command_loads_no_other_one(command: str) -> None:
    """A bump leaves marks that every command looks for, without what it takes to bump."""
    code = (
        "import sys\n"
        "from runnersmith.cli import main\n"
        f"assert main([{command!r}]) == 0\n"
        "others = {f'runnersmith.{name}' for name in ('bump', 'bundle', 'compare', 'diff')}\n"
        "assert not others & sys.modules.keys(), others & sys.modules.keys()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["unknown"],
        ["generat"],
        ["generate", "--unknown"],
        ["generate", "--out", "x"],
        ["generate", "more"],
        ["generate", "--output"],
        ["validate", "a.yaml", "b.yaml"],
        ["validate", "--level", "strict"],
        ["compare"],
        ["--unknown"],
    ],
    ids=" ".join,
)
def test_what_is_no_command_is_usage(arguments: list[str], run: Run, folder: Path) -> None:
    """An unknown command or option, or one cut short, is status 2, and nothing is done."""
    ran = run(*arguments)
    assert ran.status == 2
    assert "usage: runnersmith" in ran.err
    assert ran.out == ""
    assert not (folder / "out").exists()


# ── Generate and check ───────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("folder")
def test_generate_and_check(run: Run) -> None:
    """Generating says what it wrote in a few lines; checking then finds nothing, and is silent."""
    ran = run("generate")
    assert (ran.status, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert 1 < len(lines) <= 12
    assert re.search(r"^out: \d+ files from spec\.yaml in \d+\.\d s", lines[-1])
    assert lines[0] == "example: 1 operation, sync and async, for API version 2026-01-01"
    assert all(len(line) <= 100 for line in lines)
    for command in (["check"], ["check", "--from-scratch"], ["generate", "--check"]):
        ran = run(*command)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.startswith("out: up to date")


@pytest.mark.usefixtures("folder")
def test_generate_again(run: Run) -> None:
    """A second run says that nothing has changed."""
    run("generate")
    ran = run("generate")
    assert ran.status == 0
    assert "up to date" in ran.out
    assert len(ran.out.splitlines()) == 1


@pytest.mark.parametrize(
    ("command", "change"),
    [
        (["check"], "edit"),
        (["check"], "remove"),
        (["check"], "add"),
        (["check"], "lock"),
        (["check"], "spec"),
        (["check", "--from-scratch"], "edit"),
        (["generate", "--check"], "edit"),
    ],
)
def test_check_finds_drift(run: Run, folder: Path, command: list[str], change: str) -> None:
    """A file edited, removed or added, a lock that is gone, a spec that has changed: status 1."""
    run("generate")
    path = folder / "out" / "example" / "models" / "lamp.py"
    if change == "edit":
        path.write_text(path.read_text() + "x = 1\n")
    elif change == "remove":
        path.unlink()
    elif change == "add":
        path.with_name("other.py").write_text("x = 1\n")
    elif change == "lock":
        (folder / "out" / "runnersmith.lock").unlink()
    else:
        spec = (folder / "spec.yaml").read_text()
        (folder / "spec.yaml").write_text(spec.replace("A lamp.", "Another lamp."))
    before = {p: p.read_bytes() for p in (folder / "out").rglob("*") if p.is_file()}
    ran = run(*command)
    assert ran.status == 1
    assert ran.out.startswith("--- ")
    assert "@@" in ran.out
    assert is_one_line(ran.err)
    assert "generate" in ran.err
    assert {p: p.read_bytes() for p in (folder / "out").rglob("*") if p.is_file()} == before


def test_generate_repairs_what_somebody_edited(run: Run, folder: Path) -> None:
    """Our file that was edited is put right, and then nothing differs."""
    run("generate")
    path = folder / "out" / "example" / "models" / "lamp.py"
    path.write_text("x = 1\n")
    ran = run("generate")
    assert (ran.status, ran.err) == (0, "")
    assert "1 changed" in ran.out
    assert run("check", "--from-scratch").status == 0


def test_check_before_generate(run: Run, folder: Path) -> None:
    """Where nothing was generated yet, everything differs; looking makes nothing."""
    assert run("check").status == 1
    assert not (folder / "out").exists()


def test_options_come_before_settings(run: Run, folder: Path) -> None:
    """Options are relative to the current folder, wherever the settings are."""
    (folder / "deep").mkdir()
    os.chdir(folder / "deep")
    shutil.copy(CASES / "no-content" / "spec.yaml", "mine.yaml")
    ran = run("generate", "--spec", "mine.yaml", "--output", "here", "--package", "other")
    assert ran.status == 0, ran.err
    assert "from mine.yaml" in ran.out
    assert (folder / "deep" / "here" / "other" / "__init__.py").is_file()
    ran = run("generate")
    assert ran.status == 0
    assert (folder / "out" / "example" / "__init__.py").is_file()


def test_a_spec_with_problems_writes_nothing(run: Run, folder: Path) -> None:
    """Every problem is a line with its place, then their number; what was there stays."""
    run("generate")
    before = (folder / "out" / "README.md").read_bytes()
    spec = (folder / "spec.yaml").read_text()
    spec = spec.replace("type: integer", "type: integr").replace(
        "summary: Get a lamp.", "sumary: x"
    )
    (folder / "spec.yaml").write_text(spec)
    for command in ("generate", "check", "ir", "validate"):
        ran = run(command)
        assert ran.status == 1
        assert ran.out == ""
        *lines, last = ran.err.splitlines()
        assert len(lines) >= 3
        assert all(re.match(r"spec\.yaml:\d+:\d+: \S", line) for line in lines)
        assert last == f"{len(lines)} problems"
    assert (folder / "out" / "README.md").read_bytes() == before


def test_the_builders_problems_are_told(run: Run) -> None:
    """What only the builder finds is printed as the validator's is."""
    for command in ("validate", "generate", "ir"):
        ran = run(command, *reading(command, CASES / "refused-replies" / "spec.yaml"))
        assert ran.status == 1
        assert re.search(r"spec\.yaml:\d+:\d+: ", ran.err)
        assert ran.err.endswith(" problems\n")


# ── Bad input ────────────────────────────────────────────────────────────────────────────────

BAD_SPECS: dict[str, tuple[bytes | None, int]] = {
    "missing": (None, 2),
    "empty": (b"", 1),
    "only spaces": (b" \n\n", 1),
    "only a comment": (b"# nothing\n", 1),
    "binary": (bytes(range(256)) * 4, 1),
    "a NUL": (b"openapi: \x00", 1),
    "UTF-16": ("openapi: 3.1.0\n".encode("utf-16"), 1),
    "no YAML": (b"a: [1, 2\nb: }", 1),
    "a tab": (b"a:\n\tb: 1\n", 1),
    "a scalar": (b"just text\n", 1),
    "a list": (b"- 1\n- 2\n", 1),
    "null": (b"null\n", 1),
    "no OpenAPI": (b"a: 1\n", 1),
    "Swagger": (b'swagger: "2.0"\n', 1),
    "another version": (b'openapi: "4.0.0"\n', 1),
    "a version that is a number": (b"openapi: 3.1\n", 1),
    "HTML": (b"<!DOCTYPE html><html></html>", 1),
    "hardly anything": (b"openapi: 3.1.0\n", 1),
    "parts of the wrong kind": (b"openapi: 3.1.0\ninfo: 1\npaths: []\nservers: x\n", 1),
    "an extension of the wrong kind": (
        b"openapi: 3.1.0\ninfo: {title: a, version: b}\npaths: {}\nx-runnersmith: 3\n",
        1,
    ),
}


@pytest.mark.parametrize("name", BAD_SPECS)
@pytest.mark.parametrize("command", ["validate", "generate", "check", "ir"])
def test_a_bad_spec_is_told(command: str, name: str, run: Run, folder: Path) -> None:
    """A file that is no spec is a line that says so: status 2 when it cannot be read, else 1."""
    content, status = BAD_SPECS[name]
    path = folder / "bad.yaml"
    if content is not None:
        path.write_bytes(content)
    ran = run(command, *reading(command, path))
    assert ran.status == status, ran.err
    assert ran.out == ""
    assert "bad.yaml" in ran.err
    assert "Traceback" not in ran.err
    assert all(len(line) < 300 and line.isprintable() for line in ran.err.splitlines())
    if status == 2:
        assert is_one_line(ran.err)
    assert not (folder / "out").exists()


@pytest.mark.parametrize("command", ["validate", "generate", "check", "ir"])
def test_a_spec_that_is_no_file_is_told(command: str, run: Run, folder: Path) -> None:
    """A folder, a file below a file, a link in a circle: one line, status 2."""
    (folder / "dir.yaml").mkdir()
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    for path in ("dir.yaml", "spec.yaml/x.yaml", "loop.yaml", "x" * 300, "no/such/file.yaml"):
        ran = run(command, *reading(command, path))
        assert ran.status == 2, path
        assert is_one_line(ran.err)
        assert path in ran.err


@pytest.mark.parametrize("command", ["validate", "generate", "check", "ir"])
def test_a_spec_that_may_not_be_read_is_told(
    command: str, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file without permission is one line, status 2."""
    opened = Path.open

    def refuse(path: Path, *arguments: object, **options: object) -> object:
        if path.name == "secret.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *arguments, **options)  # type: ignore[call-overload]  # as it was called

    (folder / "secret.yaml").write_text("")
    monkeypatch.setattr(Path, "open", refuse)
    ran = run(command, *reading(command, "secret.yaml"))
    assert ran.status == 2
    assert is_one_line(ran.err)
    assert "permission denied" in ran.err.lower()


def test_compare_tells_which_file_is_bad(run: Run, folder: Path) -> None:
    """An official description or a list of corrections that cannot be read is named."""
    ran = run("compare", "nowhere.json")
    assert (ran.status, is_one_line(ran.err)) == (2, True)
    assert "nowhere.json" in ran.err
    (folder / "bad.json").write_text("{")
    ran = run("compare", "bad.json")
    assert ran.status == 1
    assert re.search(r"bad\.json:1:\d+: ", ran.err)
    (folder / "official.json").write_text(json.dumps({"openapi": "3.0.3", "paths": {}}))
    ran = run("compare", "official.json", "--corrections", "nowhere.yaml")
    assert (ran.status, is_one_line(ran.err)) == (2, True)
    assert "nowhere.yaml" in ran.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--output", "spec.yaml"], ["spec.yaml", "file"]),
        (["--output", "spec.yaml/out"], ["spec.yaml/out"]),
        (["--output", "/proc/nowhere"], ["/proc/nowhere"]),
        (["--output", "."], ["not made by runnersmith"]),
        (["--package", "Not-A-Name"], ["Not-A-Name"]),
        (["--package", "class"], ["class"]),
        (["--package", ""], ["package"]),
        (["--package", "../x"], ["../x"]),
        (["--package", "x" * 300], ["package"]),
        (["--pack", "nowhere"], ["nowhere", "pack.toml"]),
        (["--pack", "spec.yaml"], ["spec.yaml"]),
        (["--pack", "client", "--pack", "nowhere"], ["nowhere", "pack.toml"]),
        (["--pack", ""], ["--pack is empty"]),
        (["--spec", ""], ["spec"]),
    ],
)
def test_an_unusable_option_is_told(
    arguments: list[str], words: list[str], run: Run, folder: Path
) -> None:
    """What an option names and cannot be used is one line, status 2, and nothing is lost."""
    before = sorted(folder.rglob("*"))
    ran = run("generate", *arguments)
    assert ran.status == 2, ran.said
    assert is_one_line(ran.err)
    for word in words:
        assert word in ran.err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    "text",
    [
        "[tool.runnersmith\n",
        "tool = 3\n",
        "[tool]\nrunnersmith = 3\n",
        '[tool.runnersmith]\nspeck = "x"\n',
        "[tool.runnersmith]\nspec = 3\n",
        '[tool.runnersmith]\nspec = "nowhere.yaml"\n',
        '[tool.runnersmith]\nspec = ""\n',
        '[tool.runnersmith]\noutput = ""\n',
        '[tool.runnersmith]\npackage = "not a name"\n',
        '[tool.runnersmith]\npackage = "import"\n',
        '[tool.runnersmith]\npackage-version = "not a version"\n',
        '[tool.runnersmith]\npackage-version = "1.0\\r\\nX-Evil: 1"\n',
        '[tool.runnersmith]\npack = "nowhere"\n',
        '[tool.runnersmith]\npacks = ["client", "nowhere"]\n',
        "[tool.runnersmith]\npacks = []\n",
        '[tool.runnersmith]\npacks = "client"\n',
        '[tool.runnersmith]\npacks = [""]\n',
        '[tool.runnersmith]\npack = ""\n',
        '[tool.runnersmith]\npack = "client"\npacks = ["client"]\n',
        "[tool.runnersmith]\npack = 3\n",
        b"\xff\xfe",
    ],
)
def test_an_unusable_setting_is_told(text: str | bytes, run: Run, folder: Path) -> None:
    """A mistake in the settings is one line that names it, status 2; nothing stands in for it."""
    path = folder / "pyproject.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ran = run("generate")
    assert ran.status == 2, ran.said
    assert is_one_line(ran.err)
    assert not (folder / "out").exists()
    assert not (folder / "generated").exists()


def test_settings_without_ours_are_passed_over(folder: Path) -> None:
    """A pyproject.toml that says nothing of runnersmith is not the project's."""
    (folder / "inner").mkdir()
    (folder / "inner" / "pyproject.toml").write_text("[tool.other]\nx = 1\n")
    os.chdir(folder / "inner")
    assert find().spec == folder / "spec.yaml"


def test_a_folder_that_is_gone_is_told() -> None:
    """A current folder that was removed is one line, no traceback."""
    code = (
        "import os, sys, tempfile\n"
        "os.chdir(gone := tempfile.mkdtemp())\n"
        "os.rmdir(gone)\n"
        "from runnersmith.cli import main\n"
        "sys.exit(main(['ir']))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, is_one_line(done.stderr)) == (2, True), done.stderr


# ── Validate, ir ─────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("folder")
def test_validate_says_that_all_is_well(run: Run) -> None:
    """A valid spec is one line; the project's is the default."""
    assert run("validate") == Ran(0, "spec.yaml: valid\n", "")
    assert run("validate", CASES / "all-of" / "spec.yaml").status == 0


def test_warnings_do_not_stop(run: Run, folder: Path) -> None:
    """At the foreign level, what does not hinder is a warning, counted, and status 0."""
    spec = (folder / "spec.yaml").read_text()
    (folder / "spec.yaml").write_text(spec + "    Unused: {type: string, description: Not used.}\n")
    ran = run("validate", "--level", "foreign")
    assert ran.status == 0
    assert re.search(r"^spec\.yaml:\d+:\d+: warning: ", ran.err)
    assert ran.err.endswith("1 warning\n")
    assert run("validate").status == 1


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "case", ["minimal", "documentation", "maps-and-free-form", "recursive-models"]
)
def test_ir_is_json_that_says_it_all(case: str, run: Run) -> None:
    """The JSON of `ir` holds each value of the IR, and gives the same JSON again."""
    spec = CASES / case / "spec.yaml"
    ran = run("ir", "--spec", spec)
    assert (ran.status, ran.err) == (0, "")
    read = json.loads(ran.out)
    built = pipeline.build_ir(find(spec=str(spec)))
    assert read == json.loads(json.dumps(msgspec.to_builtins(built)))
    assert json.dumps(read, indent=2, ensure_ascii=False) + "\n" == ran.out
    assert read["ir_version"] >= 1


# ── Terminals and pipes ──────────────────────────────────────────────────────────────────────


def _on_a_terminal(code: str, folder: Path) -> str:
    """What a program writes to standard error when that is a terminal."""
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, stdout=subprocess.DEVNULL, stderr=follower
    ) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                chunk = os.read(leader, 4096)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        process.wait()
    os.close(leader)
    assert process.returncode == 0, shown
    return shown.decode()


_WATCHED = (
    "from runnersmith import cli\n"
    "from runnersmith.cli import terminal\n"
    "terminal.Progress.__init__.__defaults__ = (0.0,)\n"
    "raise SystemExit(cli.main(['generate']))\n"
)


def test_progress_is_for_terminals(folder: Path) -> None:
    """Somebody who watches a long run sees the stage, and afterwards a clean line."""
    shown = _on_a_terminal(_WATCHED, folder)
    assert "render" in shown
    assert "format" in shown
    assert shown.rstrip(" ").endswith("\r")
    assert "\n" not in shown


def test_progress_is_not_for_files(folder: Path) -> None:
    """What goes to a file or a log holds no bar, however long it takes."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED], cwd=folder, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "\r" not in done.stdout


@pytest.mark.parametrize("arguments", [["ir"], ["validate"], ["check"], ["--help"]])
def test_a_reader_that_goes_away_is_no_error(arguments: list[str], folder: Path) -> None:
    """`runnersmith ir | head -1` ends without a word, whether the output is long or short."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "runnersmith", *arguments],
        cwd=folder,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert "Traceback" not in done.stderr
    assert "BrokenPipeError" not in done.stderr
    assert done.returncode in (0, 1)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["ir", "validate"])
def test_a_full_disk_is_told(command: str, folder: Path) -> None:
    """Output that cannot be written is one line, and not status 0."""
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "runnersmith", command],
            cwd=folder,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode not in (0, 120)
    assert is_one_line(done.stderr)


@pytest.mark.parametrize("command", ["ir", "check"])
def test_any_encoding_will_do(command: str, folder: Path) -> None:
    """Where the terminal has not all letters, the output has escapes, and no traceback."""
    spec = (folder / "spec.yaml").read_text()
    (folder / "spec.yaml").write_text(spec.replace("A lamp.", "Une lampe d'été."), "utf-8")
    done = shell(command, cwd=folder, PYTHONIOENCODING="ascii")
    assert "Traceback" not in done.stderr
    assert done.returncode == (1 if command == "check" else 0)


def test_an_odd_file_name_is_shown(folder: Path, run: Run) -> None:
    """A file whose name is no text is rejected as others are, and shown somehow."""
    run("generate")
    Path(os.fsdecode(os.fsencode(folder / "out") + b"/\xff\n.py")).write_text("mine")
    done = shell("check", cwd=folder)
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    ran = run("generate")
    assert ran.status == 2
    assert is_one_line(ran.err)


@pytest.mark.usefixtures("folder")
def test_an_interruption_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is one line and the status that shells give it."""

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(output_writer, "write", interrupt)
    ran = run("generate")
    assert ran.status == 130
    assert is_one_line(ran.err)


@pytest.fixture
def python_s_own_threshold() -> Iterator[None]:
    """Let garbage be collected as often as in a new process, which the tests do more rarely."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("python_s_own_threshold")
def test_a_command_collects_garbage_rarely(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """And afterwards as often as before, also when it fails."""
    before, inside = gc.get_threshold(), list[int]()

    def examine(*_: object, **__: object) -> tuple[()]:
        inside.append(gc.get_threshold()[0])
        raise UsageError("no")

    monkeypatch.setattr(pipeline, "examine", examine)
    assert run("validate").status == 2
    assert inside[0] > 10 * before[0]
    assert gc.get_threshold() == before


def test_the_module_runs() -> None:
    """`python -m runnersmith` is the command."""
    done = shell("--version", cwd=REPOSITORY)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("runnersmith ")
