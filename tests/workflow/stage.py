"""Stage for the scripts of the weekly workflow: a clone with a local origin, and stand-ins.

`git` is real. `gh`, `curl`, `make` and `runnersmith` are stand-ins that record how they are called.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent.parent
SCRIPTS: Final = ROOT / ".github" / "scripts"
COMMANDS: Final = ("curl", "gh", "make", "runnersmith")

COMMIT: Final = "c0ffee" + "0" * 34
REPOSITORY: Final = "acme/runners"
PULL: Final = "https://github.com/acme/runners/pull/7"
BOT: Final = {"login": "github-actions[bot]"}
BOT_EMAIL: Final = "41898282+github-actions[bot]@users.noreply.github.com"
PERSON: Final = "person@example.com"

TREE: Final = f"api repos/github/rest-api-description/git/trees/{COMMIT}?recursive=1"
READ_DESCRIPTIONS: Final = ["api repos/github/rest-api-description/commits/main --jq .sha", TREE]
READ_ISSUES: Final = "api --paginate repos/acme/runners/issues?state=all&per_page=100"
OPEN_PULL: Final = "api --method POST repos/acme/runners/pulls --input -"
OPEN_ISSUE: Final = "api --method POST repos/acme/runners/issues --input -"

PRODUCTS: Final = ("api.github.com", "ghec", "ghes-3.17", "ghes-3.19")
IR: Final = {
    "versions": ["2026-03-10", "2022-11-28"],
    "introduced": [{"version": "2026-03-10", "product": "ghes", "since": "3.19"}],
    "scopes": [{"products": [{"name": "ghes", "since": "3.4"}, {"name": "ghec", "since": None}]}],
}
NEXT: Final = "2027-01-01"
BUMP: Final = f"api-version/{NEXT}"
SYNC: Final = "api-version/sync"
TITLE: Final = "The weekly comparison with GitHub's descriptions needs a maintainer"
# Files that a bump writes.
SPEC: Final = {
    "spec/runners.yaml": f"version: {NEXT}\n",
    "spec/versions/2026-03-10.overlay.yaml": "overlay: 1.1.0\n",
}
FILES: Final = {
    ".gitignore": "/.venv/\n",
    ".github/workflows/ci.yml": "name: ci\n",
    "spec/runners.yaml": "version: 2026-03-10\n",
    "generated/client.py": "VERSION = 1\n",
    "tests/public-api.txt": "Client\n",
}


# Of git and Python, no settings of the machine.
ISOLATED: Final = {
    "PATH": os.environ["PATH"],
    "HOME": os.devnull,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    # No hooks and samples in new repositories.
    "GIT_TEMPLATE_DIR": "",
}


def git(folder: Path, *arguments: str, who: str = "", env: Mapping[str, str] | None = None) -> str:
    """Run git in a folder, and return its output."""
    identity = {
        f"GIT_{role}_{key}": who for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
    }
    return subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**ISOLATED, **(env or {}), **(identity if who else {})},
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    ).stdout.strip()


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")


def write_program(path: Path, command: str) -> None:
    """Write a program for the shell."""
    path.write_text(f"#!/bin/sh\n{command}\n", encoding="utf-8")
    path.chmod(0o755)


def make_origin(folder: Path) -> None:
    """Make `origin.git`, with one commit of a person on main."""
    first = folder / "first"
    write(first, FILES)
    git(first, "init", "--quiet", "--initial-branch=main")
    git(first, "add", "--all")
    git(first, "commit", "--quiet", "--message", "First", who=PERSON)
    git(folder, "clone", "--quiet", "--bare", "first", "origin.git")


def read_pulls(branch: str) -> str:
    """Return the call that lists the pull requests of a branch."""
    query = f"pulls?state=all&head=acme:{branch}&per_page=100"
    return f"api --paginate repos/acme/runners/{query}"


def paths(*versions: str, products: tuple[str, ...] = PRODUCTS) -> list[str]:
    """Return the paths of GitHub's repository."""
    return [
        f"descriptions/{product}/{product}{version}.json"
        for product in products
        for version in ("", *(f".{version}" for version in versions))
    ]


@dataclass(frozen=True, slots=True)
class Sent:
    """A call of `gh` that changes something, with the JSON that it sends."""

    call: str
    data: dict[str, Any]


class Stage:
    """A project's clone, its origin, and the stand-ins."""

    def __init__(self, folder: Path, origin: Path) -> None:
        self.folder = folder
        self.origin = folder / "origin.git"
        self.clone = folder / "clone"
        self.descriptions = folder / "descriptions"
        self.artifact = folder / "change"
        self.bin = folder / "bin"
        self.extra: dict[str, str] = {}
        # The command that runs the real runnersmith, if it is used.
        self.real = ""
        shutil.copytree(origin, self.origin)
        self._make_stand_ins()
        self.checkout()
        self.tree(paths("2022-11-28", "2026-03-10"))
        self.answer("gh", "commits/main ", stdout=f"{COMMIT}\n")
        self.answer("gh", "--paginate", stdout="[]")
        self.answer("gh", "POST repos/acme/runners/pulls ", stdout=json.dumps({"html_url": PULL}))
        self.answer("gh", "", stdout="{}")
        self.answer("curl", "")
        self.answer("runnersmith", "^ir$", stdout=json.dumps(IR))
        self.answer("runnersmith", "^compare ", stdout="no differences\n")
        self.answer("runnersmith", "^diff ", stdout="### Added\n")
        self.answer("make", "^generate$", files={"generated/client.py": "VERSION = 2\n"})
        self.answer("make", "^tests ", files={"tests/public-api.txt": "Client\nRunner\n"})
        self.answer("make", "^test$")

    def answer(
        self,
        command: str,
        when: str,
        *,
        status: int = 0,
        stdout: str = "",
        stderr: str = "",
        files: Mapping[str, str] | None = None,
        output: str = "{}",
        once: bool = False,
        first: bool = False,
    ) -> None:
        """Add an answer of a stand-in: the first whose pattern is in a call counts.

        `files` are written to the current folder, `output` to the file that `--output` names.
        """
        file = self._stand_in(command).with_suffix(".json")
        text = file.read_text(encoding="utf-8") if file.exists() else "[]"
        answers: list[dict[str, object]] = json.loads(text)
        entry: dict[str, object] = {
            "when": when,
            "status": status,
            "stdout": stdout,
            "stderr": stderr,
            "files": dict(files or {}),
            "output": output,
            "once": once,
        }
        answers.insert(0 if first else len(answers), entry)
        file.write_text(json.dumps(answers), encoding="utf-8")

    def tree(self, listed: list[str]) -> None:
        """Set the files of GitHub's repository."""
        entries = [{"path": path, "type": "blob"} for path in listed]
        text = json.dumps({"truncated": False, "tree": entries})
        self.answer("gh", "git/trees/", stdout=text, first=True)

    def first(self, command: str, when: str, **answer: Any) -> None:
        """Add an answer that counts before all others."""
        self.answer(command, when, first=True, **answer)

    def fetch(self, version: str = "") -> subprocess.CompletedProcess[str]:
        """Run the step that fetches the descriptions."""
        arguments = ("--oldest-server", "3.17", "--api-version", version)
        return self.run("fetch", str(self.descriptions), *arguments)

    def update(self) -> subprocess.CompletedProcess[str]:
        """Run the step that compares and updates."""
        return self.run("update", str(self.descriptions), str(self.artifact))

    def propose(self) -> subprocess.CompletedProcess[str]:
        """Run the step of the second job."""
        return self.run("propose", str(self.artifact), "--branch", "main")

    def play(self) -> None:
        """Run all steps; each must succeed. The second job has a fresh clone."""
        for step in (self.fetch, self.update, self.propose):
            if step == self.propose:
                self.checkout()
            done = step()
            assert done.returncode == 0, done.stdout + done.stderr

    def run(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script as the workflow does."""
        done = subprocess.run(
            [sys.executable, str(SCRIPTS / f"{script}.py"), *arguments],
            cwd=self.clone,
            env=self.env,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    @property
    def env(self) -> dict[str, str]:
        """Return the environment of a script: the stand-ins are the first on the path."""
        path = f"{self.bin}{os.pathsep}{os.environ['PATH']}"
        return {**ISOLATED, "PATH": path, "GITHUB_REPOSITORY": REPOSITORY, **self.extra}

    def calls(self, command: str) -> list[str]:
        """Return the calls of a stand-in so far."""
        return [call for call, _ in self._recorded(command)]

    def sent(self) -> list[Sent]:
        """Return the calls of `gh` that send something, in order."""
        return [
            Sent(call, json.loads(given) if given else {})
            for call, given in self._recorded("gh")
            if "--method" in call or call.startswith("pr ")
        ]

    def git(self, *arguments: str, who: str = "") -> str:
        """Run git in the clone, with the email address of who makes a commit."""
        return git(self.clone, *arguments, who=who, env=self.extra)

    def checkout(self) -> None:
        """Replace the clone by a fresh one of the default branch."""
        shutil.rmtree(self.clone, ignore_errors=True)
        git(self.folder, "clone", "--quiet", "--branch", "main", str(self.origin), "clone")
        tools = self.clone / ".venv" / "bin"
        tools.mkdir(parents=True)
        if self.real:
            write_program(tools / "runnersmith", self.real)
        else:
            (tools / "runnersmith").symlink_to(self._stand_in("runnersmith"))

    def commit(self, files: Mapping[str, str], branch: str, who: str) -> str:
        """Commit files on the clone's HEAD, push it to a branch, and return the commit."""
        write(self.clone, files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "A commit", who=who)
        self.git("push", "--quiet", "origin", f"HEAD:refs/heads/{branch}")
        return self.git("rev-parse", "HEAD")

    def write_artifact(self, files: Mapping[str, str] | None = None, **fields: Any) -> None:
        """Write what the first job would for a sync that changes files."""
        write(self.clone, files or {})
        self.git("add", "--all")
        patch = self.git("diff", "--cached", "--binary", "HEAD")
        self.write_raw_artifact(f"{patch}\n" if patch else "", **fields)
        self.git("reset", "--quiet", "--hard")

    def write_raw_artifact(self, patch: str, **fields: Any) -> None:
        """Write an artifact with any patch."""
        record: dict[str, object] = {
            "base": self.git("rev-parse", "HEAD"),
            "official": COMMIT,
            "version": None,
            "ready": True,
            "body": "A sync.",
            "needs": [],
            "releases": [],
        }
        shutil.rmtree(self.artifact, ignore_errors=True)
        write(self.artifact, {"change.json": json.dumps({**record, **fields})})
        if patch:
            write(self.artifact, {"change.patch": patch})

    def pulls(self, *pulls: dict[str, Any]) -> None:
        """Set the pull requests of the branch."""
        default = {
            "number": 7,
            "state": "open",
            "merged_at": None,
            "draft": False,
            "title": "Sync the spec with GitHub's description",
            "body": "A sync.",
            "html_url": PULL,
        }
        text = json.dumps([{**default, **pull} for pull in pulls])
        self.first("gh", "--paginate .*/pulls", stdout=text)

    def branches(self) -> dict[str, str]:
        """Return the branches of the origin with their commits."""
        listed = self.git("ls-remote", "--heads", "origin").splitlines()
        return {name.removeprefix("refs/heads/"): sha for sha, name in map(str.split, listed)}

    def changed(self, branch: str) -> list[str]:
        """Return the files that a branch of the origin changes."""
        self.git("fetch", "--quiet", "origin", branch)
        return self.git("diff", "--name-only", "origin/main", "FETCH_HEAD").splitlines()

    def _make_stand_ins(self) -> None:
        code = Path(__file__).parent / "stand_in.py"
        self.bin.mkdir()
        for name in COMMANDS:
            program = self._stand_in(name)
            write_program(program, f"exec '{sys.executable}' -IS '{code}' '{program}' \"$@\"")

    def _stand_in(self, name: str) -> Path:
        return self.bin / name

    def _recorded(self, command: str) -> list[tuple[str, str]]:
        record = self._stand_in(command).with_suffix(".calls")
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        return [(entry["call"], entry["given"]) for entry in map(json.loads, lines)]
