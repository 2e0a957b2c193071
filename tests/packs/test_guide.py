"""templates/README.md: its commands run as they stand, in an empty folder, and print what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import jinja2
import msgspec

from packs.pack_files import EXAMPLES
from runnersmith.packs.manifest import Copy, Manifest, Optional, Output
from runnersmith.project import Settings
from runnersmith.render.templates.filters import FILTERS, SUFFIXES, SUGGESTED, Language
from runnersmith.render.templates.outputs import VARIABLES
from small_specs import REPOSITORY

# Filters for texts that are Jinja's own.
OF_JINJA = {"e"}
GUIDE = (REPOSITORY / "templates" / "README.md").read_text(encoding="utf-8")


def steps() -> list[tuple[str, str]]:
    """Each command of the console blocks, with what it prints."""
    found: list[tuple[str, str]] = []
    for block in re.findall(r"```console\n(.*?)```", GUIDE, re.DOTALL):
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


def test_every_command_of_the_guide_runs(tmp_path: Path) -> None:
    """One after the other, from nothing; `…` stands for what differs."""
    scripts = Path(sys.executable).parent
    environment = {
        **os.environ,
        "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
        "LC_ALL": "C.UTF-8",
    }
    for command, expected in steps():
        done = subprocess.run(
            ["bash", "-c", f"{command}\n"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        pattern = re.escape(expected).replace("…", "(?s:.*)")
        assert re.fullmatch(pattern, done.stdout.strip()), f"{command}\n{done.stdout}"
    for name in ("one-block", "one-template", "own-outputs"):
        for path in (EXAMPLES / name).iterdir():
            assert (tmp_path / name / path.name).read_bytes() == path.read_bytes()


def test_the_guide_has_every_key_and_every_kind_of_output() -> None:
    """With the variables that each has."""
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (.*) \|$", GUIDE, re.MULTILINE))
    assert {field.encode_name for field in msgspec.structs.fields(Manifest)} <= rows.keys()
    for kind in (Output, Copy, Optional):
        assert all(f"`{name}`" in GUIDE for name in kind.__struct_fields__)
    for each, variables in VARIABLES.items():
        assert set(re.findall(r"`(\w+)`", rows[each].partition("|")[2])) == set(variables)


def test_the_filters_of_the_guide_are_there() -> None:
    """Those that it names in its section."""
    section = GUIDE.partition("## Filters\n")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z_]+)(?:\(\w+\))?`", section))
    assert named - FILTERS.keys() == {"trim_blocks", "lstrip_blocks", *OF_JINJA}
    assert named & OF_JINJA <= jinja2.Environment(autoescape=True).filters.keys()


def test_the_guide_has_the_language_of_every_suffix() -> None:
    """With the filters that the messages suggest, and only filters whose result fits."""
    section = GUIDE.partition("## Filters\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`\..*?) \| (\w+).*? \| (.*) \|$", section, re.MULTILINE)
    listed = {
        suffix: language for cell, language, _ in rows for suffix in re.findall(r"`(.*?)`", cell)
    }
    assert listed == SUFFIXES
    for language in get_args(Language):
        [cell] = [cell for _, name, cell in rows if name == language]
        names = set(re.findall(r"`(\w+)", cell))
        assert names == set(re.findall(r"`(\w+)`", SUGGESTED[language]))
        for name in names - OF_JINJA:
            result = FILTERS[name].result
            assert isinstance(result, frozenset)
            assert language in result


def test_the_settings_of_the_guide_are_settings() -> None:
    """As they would stand in a pyproject.toml."""
    [text] = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
    settings = msgspec.convert(tomllib.loads(text)["tool"]["runnersmith"], Settings)
    assert settings.packs == ("mine",)
