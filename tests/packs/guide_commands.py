"""Commands of a guide in Markdown, run in a folder, and the excerpts of files that it shows."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from runnersmith import cli


def commands(text: str) -> list[tuple[str, str]]:
    """Return each command of the console blocks, with what it prints."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        lines = block.splitlines()
        while lines:
            command = lines.pop(0)
            assert command.startswith("$ "), command
            command = command.removeprefix("$ ")
            if command.endswith("<<'END'"):
                while not command.endswith("\nEND"):
                    command += "\n" + lines.pop(0)
            printed: list[str] = []
            while lines and not lines[0].startswith("$ "):
                printed.append(lines.pop(0))
            found.append((command, "\n".join(printed).strip()))
    return found


def run_commands(text: str, folder: Path) -> None:
    """Run every command in turn, and compare what it prints; `…` stands for what differs."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    for command, expected in commands(text):
        ours = _runnersmith(command, folder) if command.startswith("runnersmith ") else ""
        done = subprocess.run(
            ["bash"],
            input=f"{ours}{command}\n",
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        assert re.fullmatch(_pattern(expected), done.stdout.strip()), f"{command}\n{done.stdout}"


def _runnersmith(command: str, folder: Path) -> str:
    """Run the first program of a command, runnersmith, in this process, which knows the templates.

    Return a function of the shell that prints the same, errors first, with the same exit status.
    """
    words = shlex.shlex(command, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    arguments = list(iter(words))[1:]
    ends = [number for number, word in enumerate(arguments) if set(word) <= set("();<>|&")]
    out, error = io.StringIO(), io.StringIO()
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(error),
    ):
        status = cli.main(arguments[: min(ends, default=len(arguments))])
    told, printed = shlex.quote(error.getvalue()), shlex.quote(out.getvalue())
    return f"runnersmith() {{ printf %s {told} >&2; printf %s {printed}; return {status}; }}\n"


def excerpts(text: str) -> list[str]:
    """Return the code blocks of a guide that are excerpts of files.

    A console has commands, and a text is printed by a program, which the tests of its pack play.
    """
    return [
        block
        for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
        if language not in ("console", "text")
    ]


def missing_excerpts(text: str, folder: Path) -> list[str]:
    """Return the excerpts of a guide that no file below a folder contains; `…` is any text."""
    files = [
        path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    ]
    return [
        excerpt
        for excerpt in excerpts(text)
        if not any(re.search(_pattern(excerpt), found) for found in files)
    ]


def _pattern(shown: str) -> str:
    return re.escape(shown).replace("…", "(?s:.*)")
