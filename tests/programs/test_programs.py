"""The programs of `generated/examples` do what their README says, on the fake GitHub over HTTP."""

from __future__ import annotations

import ast
import os
import re
import runpy
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import ghrunners
from bench.recipes import TARGET, rows
from ghrunners import testing
from ghrunners.fake import FakeGitHub
from ghrunners.fleet import JitRunner
from programs.scenarios import SCENARIOS, Scenario, environment, play

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "generated" / "examples"
PROGRAMS = sorted(path.stem for path in EXAMPLES.glob("*.py"))
OPERATORS = sorted({one.program for one in SCENARIOS})
# Those that end with Ctrl-C only, and print no result.
SERVING = {one.program for one in SCENARIOS if one.ready is not None}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda it: f"{it.program} {it.arguments}")
def test_a_program_does_its_work(scenario: Scenario, tmp_path: Path) -> None:
    """As its own process, with an address and credentials from the environment."""
    play(scenario, sys.executable, EXAMPLES / f"{scenario.program}.py", tmp_path)


def test_their_unit_tests_pass() -> None:
    """Each program has one, in the folder where its users run them; every response is checked."""
    tested = {path.stem.removeprefix("test_") for path in (EXAMPLES / "tests").glob("test_*.py")}
    assert tested == set(OPERATORS)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "fake.validity", "tests"],
        cwd=EXAMPLES,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.py")), ids=lambda it: it.stem)
def test_it_can_be_loaded_without_extras(path: Path) -> None:
    """Without the extra `app`, the tests of one program would stop those of all others."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            found.update(it.name.partition(".")[0] for it in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    installed = {"ghrunners", "httpx2", "msgspec", "pytest", *PROGRAMS}
    assert found - installed - sys.stdlib_module_names == set()


def ended(program: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> str | int | None:
    """Run a program that ends at once, and return its exit status or message."""
    monkeypatch.setattr(sys, "argv", [f"{program}.py", *arguments])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(str(EXAMPLES / f"{program}.py"), run_name="__main__")
    return caught.value.code


VALID = {one.program: one.arguments for one in SCENARIOS}


@pytest.mark.parametrize("program", OPERATORS)
def test_missing_credentials_are_one_line(
    program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It says which variables to set."""
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "GH_"))]:
        monkeypatch.delenv(name)
    (tmp_path / "labels.toml").write_text("", encoding="utf-8")
    arguments = VALID[program].format(port=0, folder=tmp_path).split()
    message = ended(program, arguments, monkeypatch)
    assert isinstance(message, str)
    assert re.fullmatch(r"error: .*GITHUB_TOKEN.*", message)


@pytest.mark.parametrize("program", [it for it in OPERATORS if it != "github_app"])
@pytest.mark.parametrize("arguments", [[], ["--no-such-option"]])
def test_wrong_arguments_are_one_line(
    program: str,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """After the usage, with the exit status 2."""
    assert ended(program, arguments, monkeypatch) == 2
    assert (
        len(re.findall(rf"^{program}\.py: error: .*", capsys.readouterr().err, re.MULTILINE)) == 1
    )


@pytest.mark.parametrize(
    ("program", "arguments", "problem"),
    [
        ("inventory", "a/b/c", "no scope 'a/b/c'; use one of"),
        ("exporter", "a/b/c", "no scope 'a/b/c'; use one of"),
        ("reaper", "acme * --history no/such/folder.json", "no/such/folder.json"),
        ("label_reconciler", "acme no-such.toml", "no-such.toml"),
        ("label_reconciler", "acme {folder}/odd.toml", "odd.toml"),
        ("label_reconciler", "acme {folder}/str.toml", "str.toml: 'build-*': Expected `array`"),
        ("group_access", "acme production acme/website", "names without their owner"),
        ("autoscaler", "a/b/c -- true", "no scope 'a/b/c'; use one of"),
    ],
)
def test_bad_input_is_one_line(
    program: str, arguments: str, problem: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What cannot be meant is named."""
    monkeypatch.setenv("GITHUB_TOKEN", "any-token")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    (tmp_path / "odd.toml").write_text("build = ", encoding="utf-8")
    (tmp_path / "str.toml").write_text('"build-*" = "docker"', encoding="utf-8")
    message = ended(program, arguments.format(folder=tmp_path).split(), monkeypatch)
    assert isinstance(message, str)
    assert re.fullmatch(rf"error: .*{re.escape(problem)}.*", message)


@pytest.mark.parametrize(
    ("program", "arguments", "problem"),
    [
        ("exporter", "acme --port 99999", "--port: invalid port value: '99999'"),
        ("exporter", "acme --port -1", "--port: invalid port value: '-1'"),
        ("reaper", "acme * --hours -3", "--hours: invalid hours value: '-3'"),
        ("reaper", "acme * --hours nan", "--hours: invalid hours value: 'nan'"),
        ("reaper", "acme * --hours inf", "--hours: invalid hours value: 'inf'"),
        ("reaper", "acme * --at-most 0", "--at-most: invalid count value: '0'"),
        ("autoscaler", "acme --spare 1 --most -2 -- true", "--most: invalid count value: '-2'"),
        ("autoscaler", "acme --spare -1 -- true", "--spare: invalid count value: '-1'"),
        ("autoscaler", "acme --spare 3 --most 2 -- true", "--most 2 leaves no room for --spare 3"),
        ("larger_runners", "acme/website create large-1", "org: 'acme/website' is no organization"),
        ("larger_runners", "enterprises/a delete large-1", "org: 'enterprises/a' is no organiza"),
        ("larger_runners", "acme create a --timeout 0", "--timeout: invalid seconds value: '0'"),
        (
            "larger_runners",
            "acme create a --timeout inf",
            "--timeout: invalid seconds value: 'inf'",
        ),
        ("group_access", "acme/website production api", "org: 'acme/website' is no organization"),
    ],
)
def test_a_value_that_an_option_cannot_have_is_named(
    program: str,
    arguments: str,
    problem: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """One line with the option, after the usage, and the exit status 2. Nothing is sent."""
    monkeypatch.setenv("GITHUB_TOKEN", "any-token")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    assert ended(program, arguments.split(), monkeypatch) == 2
    [line] = re.findall(rf"^{program}\.py: error: .*", capsys.readouterr().err, re.MULTILINE)
    assert problem in line


def no_pages(*_: object, **__: object) -> list[object]:
    """Return the installations of an App that nobody has installed."""
    return []


@pytest.mark.parametrize("program", ["reaper", "github_app"])
def test_nothing_found_prints_nothing(
    program: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Not an empty line, which a script would count."""
    github = FakeGitHub()
    github.respond("org.runners.list", [])
    monkeypatch.setattr(ghrunners.Client, "from_env", github.client)
    monkeypatch.setattr(ghrunners.Client, "request_pages", no_pages)
    arguments = ["octo-org", "*", "--history", str(tmp_path / "a.json")]
    ended(program, arguments if program == "reaper" else [], monkeypatch)
    assert capsys.readouterr().out == ""


def test_a_program_that_does_not_exist_registers_no_runner(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The autoscaler looks for it first."""
    assert ended("autoscaler", ["acme", "--", "./no-such-program"], monkeypatch) == 2
    assert "there is no program './no-such-program'" in capsys.readouterr().err


def starting_nothing(*_: object, **__: object) -> None:
    """Fail, as if there were too many processes."""
    raise BlockingIOError(11, "no more processes")


def scaled(
    github: FakeGitHub, arguments: str, monkeypatch: pytest.MonkeyPatch, start: Any = None
) -> None:
    """Run the autoscaler for one step, after which Ctrl-C is pressed."""

    def interrupted(seconds: float) -> None:
        del seconds
        raise KeyboardInterrupt

    def started(runner: JitRunner, command: list[str], *, new_session: bool) -> None:
        # Ctrl-C must not end jobs.
        assert (runner.name[:5], command, new_session) == ("auto-", ["true"], True)

    with github.serve() as url, monkeypatch.context() as patch:
        patch.setenv("GITHUB_TOKEN", "any-token")
        patch.setenv("GITHUB_API_URL", url)
        patch.setattr(sys, "argv", ["autoscaler.py", *arguments.split()])
        patch.setattr("time.sleep", interrupted)
        patch.setattr(JitRunner, "start", start or started)
        runpy.run_path(str(EXAMPLES / "autoscaler.py"), run_name="__main__")


def test_the_autoscaler_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which it is told, as well as how many are idle."""
    for options, busy, count in (
        ("--spare 3 --most 4", 2, 4),
        ("--spare 3 --most 3", 0, 3),
        ("--spare 4", 0, 4),
        ("", 0, 2),
    ):
        github = FakeGitHub()
        for number in range(busy):
            github.org().add_runner(f"auto-{number}", busy=True)
        scaled(github, f"octo-org {options} -- true", monkeypatch)
        assert len(github.org().runners) == count


def test_the_autoscaler_goes_on_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It shows which step failed."""
    github = FakeGitHub()
    github.respond("org.runners.generate_jit_config", testing.error(ghrunners.Forbidden))
    scaled(github, "octo-org -- true", monkeypatch)
    assert capsys.readouterr().err.startswith("this step failed: ")


@pytest.mark.parametrize("action", ["create", "delete"])
def test_a_wait_of_a_program_ends(action: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As its option says."""
    github = FakeGitHub()
    if action == "delete":
        github.org().add_hosted_runner("large-1")
    monkeypatch.setenv("GITHUB_TOKEN", "any-token")
    with github.serve() as url, monkeypatch.context() as patch:
        patch.setenv("GITHUB_API_URL", url)
        arguments = ["octo-org", action, "large-1", "--timeout", "0.5"]
        message = ended("larger_runners", arguments, monkeypatch)
    assert isinstance(message, str)
    assert re.fullmatch(r"error: .*0\.5.*", message)


def test_the_reaper_is_careful(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It deletes 20 in a run unless it is told otherwise, and a failure is its exit status."""
    github = FakeGitHub()
    for number in range(21):
        github.org().add_runner(f"build-{number}").disconnect()
    github.script("org.runners.delete", testing.error(ghrunners.Forbidden))
    monkeypatch.setenv("GITHUB_TOKEN", "any-token")
    arguments = ["octo-org", "build-*", "--hours", "0", "--history", str(tmp_path / "h.json")]
    with github.serve() as url, monkeypatch.context() as patch:
        patch.setenv("GITHUB_API_URL", url)
        assert ended("reaper", arguments, monkeypatch) == 0
        assert capsys.readouterr().out.count(": would be deleted") == 20
        assert ended("reaper", [*arguments, "--delete"], monkeypatch) == 1
    assert len(github.org().runners) == 2


def test_a_port_in_use_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exporter cannot listen there."""
    import socket

    monkeypatch.setenv("GITHUB_TOKEN", "any-token")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = ended("exporter", ["acme", "--port", str(port)], monkeypatch)
    assert isinstance(message, str)
    assert re.fullmatch(rf"error: port {port}: .*in use", message)


@pytest.mark.parametrize("program", [it for it in OPERATORS if it not in SERVING])
def test_output_that_nobody_reads_is_one_line(
    program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As after `| head`."""
    github = FakeGitHub()
    scenario = next(it for it in SCENARIOS if it.program == program)
    scenario.prepare(github, tmp_path)
    reader, writer = os.pipe()
    os.close(reader)
    with github.serve() as url, monkeypatch.context() as patch:
        for name, value in environment(scenario, url, tmp_path).items():
            patch.setenv(name, value)
        unread = os.fdopen(writer, "w", 2**20, encoding="utf-8")
        patch.setattr(sys, "stdout", unread)
        message = ended(program, scenario.arguments.format(folder=tmp_path).split(), patch)
    with suppress(BrokenPipeError):
        unread.close()
    assert message == "error: [Errno 32] Broken pipe"


@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("reaper", "it had deleted r1"),
        ("label_reconciler", "interrupted; the same call makes the rest"),
        ("group_access", "interrupted; the same call makes the rest"),
        ("larger_runners", "interrupted; the same call goes on with the same runner"),
        ("inventory", "error: interrupted"),
        ("github_app", "error: interrupted"),
    ],
)
def test_an_interrupted_program_says_what_is_left(
    program: str, message: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After Ctrl-C, in one line. The reaper shows the notes of the exception."""
    interrupt = KeyboardInterrupt()
    interrupt.add_note("it had deleted r1")

    def interrupted() -> None:
        raise interrupt

    monkeypatch.setattr(ghrunners.Client, "from_env", interrupted)
    (tmp_path / "labels.toml").write_text("", encoding="utf-8")
    arguments = VALID[program].format(port=0, folder=tmp_path).split()
    assert ended(program, arguments, monkeypatch) == message


def test_a_runner_of_the_autoscaler_that_cannot_be_started_is_deleted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody has its configuration. The step is shown, and the next one tries again."""
    github = FakeGitHub()
    with monkeypatch.context() as patch:
        patch.setattr("subprocess.Popen", starting_nothing)
        scaled(github, "octo-org -- true", monkeypatch, start=JitRunner.start)
    assert capsys.readouterr().err == "this step failed: [Errno 11] no more processes\n"
    assert not github.org().runners


@pytest.mark.parametrize(("program", "ours", "theirs"), rows())
def test_a_program_is_two_thirds_as_long_as_elsewhere(program: str, ours: int, theirs: int) -> None:
    """What is longer is written by hand, and belongs in the package."""
    assert ours <= TARGET * theirs, program


def test_the_index_has_every_program() -> None:
    """With a line of arguments that the program has in its docstring, too."""
    index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [*PROGRAMS] == sorted([*OPERATORS, "demo"])
    assert "except `demo.py` has a unit test" in index
    assert sorted(re.findall(r"^\| `(\w+)\.py` \|", index, re.MULTILINE)) == PROGRAMS
