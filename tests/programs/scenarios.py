"""Scenarios of the programs in `generated/examples`: a fake GitHub, and what a program does to it.

`tests/bench/recipes.py` plays them with the same programs on another client.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from ghrunners.fake import FakeGitHub
from ghrunners.testing import ManualClock

# Seconds for a program; only one that hangs needs them.
PATIENCE = 60.0


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A run of a program.

    Attributes:
        program: The name of the program.
        arguments: Its arguments. `{port}` is a free port, `{folder}` a new folder.
        prepare: Sets up the fake GitHub and the folder.
        check: Checks what was printed and what the fake GitHub then has.
        ready: For a program that ends with Ctrl-C only: returns what it serves or has done, or None
            as long as it has not. It is then interrupted, and this is what it printed.
    """

    program: str
    arguments: str
    prepare: Callable[[FakeGitHub, Path], None]
    check: Callable[[FakeGitHub, str], None]
    ready: Callable[[FakeGitHub, int], str | None] | None = None


@cache
def _key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def environment(scenario: Scenario, url: str, folder: Path) -> dict[str, str]:
    """Return the variables with which a program calls the fake GitHub of a URL."""
    if scenario.program != "github_app":
        return {"GITHUB_API_URL": url, "GITHUB_TOKEN": "any-token"}
    key = folder / "app.pem"
    key.write_text(_key(), encoding="ascii")
    return {
        "GITHUB_API_URL": url,
        "GITHUB_APP_CLIENT_ID": "Iv23liExample",
        "GITHUB_APP_PRIVATE_KEY_PATH": str(key),
    }


def play(
    scenario: Scenario, python: str, script: Path, folder: Path, start: datetime | None = None
) -> None:
    """Play a scenario with a program over HTTP, and check it. `start` is the time of the fake."""
    github = FakeGitHub(clock=None if start is None else ManualClock(start))
    scenario.prepare(github, folder)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    filled = [part.format(port=port, folder=folder) for part in scenario.arguments.split()]
    with (
        github.serve() as url,
        subprocess.Popen(
            [python, str(script), *filled],
            env={"PATH": os.environ["PATH"], **environment(scenario, url, folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process,
    ):
        try:
            shown = _interrupted(scenario.ready, process, github, port) if scenario.ready else ""
            out, errors = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()  # which a process that has ended ignores
    refused = "\n".join(github.refused())
    ended = f"{scenario.program}: exit status {process.returncode}: {out}{errors}{refused}"
    assert process.returncode == 0, ended
    scenario.check(github, shown + out)


def _interrupted(
    ready: Callable[[FakeGitHub, int], str | None],
    process: subprocess.Popen[str],
    github: FakeGitHub,
    port: int,
) -> str:
    """Wait until a program is ready, and interrupt it."""
    shown: str | None = None
    end = time.monotonic() + PATIENCE
    while shown is None and process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
        shown = ready(github, port)
    process.send_signal(signal.SIGINT)
    return shown or ""


# ── The scenarios ────────────────────────────────────────────────────────────────────────────


def _nothing(github: FakeGitHub, folder: Path) -> None:
    del github, folder


def _runners(github: FakeGitHub, folder: Path) -> None:
    """150 runners with one label, of which the first is offline and the last is busy."""
    del folder
    org = github.org()
    for number in range(150):
        org.add_runner(f"build-{number}", labels=["old"])
    org.runner("build-0").disconnect()
    org.runner("build-149").start_job()


def _inventory(github: FakeGitHub, out: str) -> None:
    lines = out.splitlines()
    assert lines[0] == "scope,id,name,os,version,status,busy,group,labels"
    assert len(set(lines)) == 151
    assert lines[-1].endswith(",online,True,Default,self-hosted Linux X64 old")
    del github


def _metrics(github: FakeGitHub, port: int) -> str | None:
    del github
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as response:
            text: str = response.read().decode()
            return text
    except OSError:
        return None


def _exporter(github: FakeGitHub, out: str) -> None:
    del github
    for state, count in (("busy", 1), ("idle", 148), ("offline", 1)):
        assert f'github_runners{{scope="octo-org",state="{state}"}} {count}\n' in out
    assert 'github_runners_up{scope="octo-org"} 1\n' in out


def _registered(github: FakeGitHub, port: int) -> str | None:
    del port
    return "" if len(github.org().runners) == 3 else None


def _autoscaler(github: FakeGitHub, out: str) -> None:
    assert out == ""
    found = github.org().runners.values()
    assert [it.name.startswith("auto-") for it in found] == [True] * 3
    assert [it.labels for it in found] == [["gpu"]] * 3


def _reaper(github: FakeGitHub, out: str) -> None:
    lines = out.splitlines()
    assert lines.count("build-0: deleted") == 1
    assert "build-149: kept, online" in lines
    assert len(lines) == 150
    assert next(it.name for it in github.org().runners.values()) == "build-1"
    assert len(github.org().runners) == 149


def _two_offline(github: FakeGitHub, folder: Path) -> None:
    _runners(github, folder)
    github.org().runner("build-1").disconnect()


def _reaper_shows(github: FakeGitHub, out: str) -> None:
    lines = out.splitlines()
    assert lines[0] == "build-0: would be deleted"
    assert sum(line.endswith(": would be deleted") for line in lines) == 1
    assert len(github.org().runners) == 150


def _reaper_waits(github: FakeGitHub, out: str) -> None:
    assert "build-0: kept, too young" in out.splitlines()
    assert len(github.org().runners) == 150


def _labels_file(github: FakeGitHub, folder: Path) -> None:
    _runners(github, folder)
    github.org().runner("build-90").labels = []
    (folder / "labels.toml").write_text('"build-9*" = ["gpu"]\n"build-*" = ["old"]\n')


def _labels(github: FakeGitHub, out: str) -> None:
    lines = out.splitlines()
    assert lines[:2] == ["build-9: old -> gpu", "build-90: - -> gpu"]
    assert len(lines) == 11
    assert sum(it.labels == ["gpu"] for it in github.org().runners.values()) == 11


def _labels_shown(github: FakeGitHub, out: str) -> None:
    assert out.splitlines()[0] == "build-9: old -> gpu"
    assert all(it.labels in (["old"], []) for it in github.org().runners.values())


def _provisioned_at_once(github: FakeGitHub, folder: Path) -> None:
    del folder
    github.world.provisions_after = 0


def _deleted_at_once(github: FakeGitHub, folder: Path) -> None:
    del folder
    github.world.deletes_after = 0
    github.org().add_hosted_runner("large-1")


def _created(github: FakeGitHub, out: str) -> None:
    assert out == "large-1 is Ready\n"
    assert [it.name for it in github.org().hosted_runners.values()] == ["large-1"]


def _created_as_asked(github: FakeGitHub, out: str) -> None:
    assert out == "large-1 is Ready\n"
    (made,) = github.org().hosted_runners.values()
    assert (made.image.id, made.size.id) == ("windows-2025", "8-core")


def _deleted(github: FakeGitHub, out: str) -> None:
    assert (out, dict(github.org().hosted_runners)) == ("", {})


def _group(github: FakeGitHub, folder: Path) -> None:
    del folder
    github.org().add_repository("website")
    github.org().add_group("production")


def _access(github: FakeGitHub, out: str) -> None:
    group = github.org().group_named("production")
    assert out == "production: changed\n+ website\n- all other repositories\n"
    assert group is not None
    allowed = [it.name for it in github.org().repositories.values() if it.may_use(group)]
    assert allowed == ["website"]


def _access_created(github: FakeGitHub, out: str) -> None:
    assert out == "new: created\n+ octo-repo\n"
    assert github.org().group_named("new") is not None


def _restricted_group(github: FakeGitHub, folder: Path) -> None:
    del folder
    org = github.org()
    org.add_repository("website")
    org.add_group("production", visibility="selected", selected=[org.repositories["octo-repo"]])


def _access_shown(github: FakeGitHub, out: str) -> None:
    assert out == "production: would be changed\n+ website\n- octo-repo\n"
    group = github.org().group_named("production")
    assert group is not None
    assert github.org().repositories["octo-repo"].may_use(group)


def _app(github: FakeGitHub, folder: Path) -> None:
    del folder
    github.add_app(7, _key(), client_id="Iv23liExample")
    github.world.deprecate("2.328.0", at=datetime(2099, 5, 1, tzinfo=UTC))
    github.org().add_runner("new")
    github.org().add_runner("old", online=False).connect(version="2.328.0")


def _audit(github: FakeGitHub, out: str) -> None:
    del github
    assert out == "octo-org/old has 2.328.0, which stops on 2099-05-01\n"


SCENARIOS: Sequence[Scenario] = (
    Scenario(
        program="autoscaler",
        arguments="octo-org --spare 3 --label gpu -- true",
        prepare=_nothing,
        check=_autoscaler,
        ready=_registered,
    ),
    Scenario(
        program="reaper",
        arguments="octo-org build-* --hours 0 --history {folder}/offline.json --delete",
        prepare=_runners,
        check=_reaper,
    ),
    Scenario(
        program="reaper",
        arguments="octo-org build-* --hours 0 --history {folder}/offline.json --at-most 1",
        prepare=_two_offline,
        check=_reaper_shows,
    ),
    Scenario(
        program="reaper",
        arguments="octo-org build-* --history {folder}/offline.json --delete",
        prepare=_runners,
        check=_reaper_waits,
    ),
    Scenario(program="inventory", arguments="octo-org", prepare=_runners, check=_inventory),
    Scenario(
        program="exporter",
        arguments="octo-org --port {port}",
        prepare=_runners,
        check=_exporter,
        ready=_metrics,
    ),
    Scenario(
        program="label_reconciler",
        arguments="octo-org {folder}/labels.toml",
        prepare=_labels_file,
        check=_labels,
    ),
    Scenario(
        program="label_reconciler",
        arguments="octo-org {folder}/labels.toml --dry-run",
        prepare=_labels_file,
        check=_labels_shown,
    ),
    Scenario(
        program="larger_runners",
        arguments="octo-org create large-1 --image windows-2025 --size 8-core",
        prepare=_provisioned_at_once,
        check=_created_as_asked,
    ),
    Scenario(
        program="larger_runners",
        arguments="octo-org create large-1",
        prepare=_provisioned_at_once,
        check=_created,
    ),
    Scenario(
        program="larger_runners",
        arguments="octo-org delete large-1",
        prepare=_deleted_at_once,
        check=_deleted,
    ),
    Scenario(
        program="group_access",
        arguments="octo-org production website",
        prepare=_group,
        check=_access,
    ),
    Scenario(
        program="group_access",
        arguments="octo-org new octo-repo --create",
        prepare=_group,
        check=_access_created,
    ),
    Scenario(
        program="group_access",
        arguments="octo-org production website --dry-run",
        prepare=_restricted_group,
        check=_access_shown,
    ),
    Scenario(program="github_app", arguments="", prepare=_app, check=_audit),
)
