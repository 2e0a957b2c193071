"""Handle of a JIT runner: it passes the configuration on, and nothing shows it."""

from __future__ import annotations

import copy
import os
import pickle
import stat
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet, JitRunner

VARIABLE = "ACTIONS_RUNNER_INPUT_JITCONFIG"
# A program in the place of run.sh: it writes what it was given to a file.
_RUN = "import os, sys; open('seen', 'w').write(os.environ.get(sys.argv[1], ''))"


@pytest.fixture
def handle(github: FakeGitHub) -> JitRunner:
    """The handle of a runner that was registered."""
    return Fleet(github.client().org("octo-org")).jit(name="ci-1", labels=["gpu"])


def config_of(handle: JitRunner) -> str:
    """Return the configuration of a runner."""
    return handle.environment({})[VARIABLE]


def test_a_program_gets_the_configuration(handle: JitRunner, tmp_path: Path) -> None:
    """It is in the environment of the program, and not in its arguments."""
    process = handle.start([sys.executable, "-c", _RUN, VARIABLE], cwd=tmp_path)
    assert process.wait() == 0
    assert (tmp_path / "seen").read_text() == config_of(handle)
    assert config_of(handle) not in repr(process) + repr(process.args)


@pytest.mark.parametrize("new_session", [True, False])
def test_a_session_of_its_own_keeps_ctrl_c_away(handle: JitRunner, *, new_session: bool) -> None:
    """The terminal interrupts all processes of the foreground."""
    leads = "import os, sys; sys.exit(os.getsid(0) == os.getpid())"
    process = handle.start([sys.executable, "-c", leads], new_session=new_session)
    assert process.wait() == new_session


def test_run_sh_is_the_default(handle: JitRunner, tmp_path: Path) -> None:
    """Without a command, it is the run.sh of the directory."""
    script = tmp_path / "run.sh"
    script.write_text(f'#!/bin/sh\nprintf %s "${VARIABLE}" > seen\n')
    script.chmod(0o700)
    assert handle.start(cwd=tmp_path).wait() == 0
    assert (tmp_path / "seen").read_text() == config_of(handle)


def test_jobs_do_not_find_the_operator_s_credentials(
    handle: JitRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tokens and keys of the client are not passed on, other variables are."""
    names = ["GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"]
    names += ["GITHUB_APP_PRIVATE_KEY", "GITHUB_APP_PRIVATE_KEY_PATH"]
    for name in [*names, "RUNNER_ALLOW_RUNASROOT"]:
        monkeypatch.setenv(name, "1")
    found = handle.environment()
    assert not set(names) & set(found)
    assert found["RUNNER_ALLOW_RUNASROOT"] == "1"
    assert "GH_TOKEN" in handle.environment({"GH_TOKEN": "meant"})


def test_a_file_is_for_this_user_alone(handle: JitRunner, tmp_path: Path) -> None:
    """The file has mode 0600 from the start, and no existing file is written to."""
    path = tmp_path / "jit.env"
    handle.write_env_file(path)
    assert path.read_text() == f"{VARIABLE}={config_of(handle)}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        handle.write_env_file(path)


def test_a_file_that_cannot_be_written_is_not_left(
    handle: JitRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part of the secret is of no use, and would be in the way of the next try."""

    def full(descriptor: int, *_: object, **__: object) -> None:
        os.close(descriptor)
        raise OSError(28, "No space left on device")

    path = tmp_path / "jit.env"
    with monkeypatch.context() as patch:
        patch.setattr(os, "fdopen", full)
        with pytest.raises(OSError, match="No space left"):
            handle.write_env_file(path)
    handle.write_env_file(path)
    assert path.stat().st_size > 0


def test_nothing_shows_the_configuration(handle: JitRunner, tmp_path: Path) -> None:
    """No repr, copy, pickle or traceback with local variables has it."""
    config = config_of(handle)
    assert repr(handle) == f"<JitRunner {handle.id} 'ci-1' of group 1>"
    assert config not in repr(vars(handle))
    assert config_of(copy.copy(handle)) == config
    with pytest.raises(TypeError, match="secret"):
        pickle.dumps(handle)
    for command, cwd in (["./no-such-program"], tmp_path), ([sys.executable], tmp_path / "none"):
        with pytest.raises(OSError, match="No such file") as caught:
            handle.start(command, cwd=cwd)
        shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        frames = [frame for frame in shown.stack if frame.filename != __file__]
        assert frames
        assert config not in "".join(repr(frame.locals) for frame in frames)


def test_a_subprocess_of_another_way_gets_it_too(handle: JitRunner) -> None:
    """The environment serves any function that starts programs, such as subprocess.run."""
    code = f"import os; print(len(os.environ['{VARIABLE}']))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=handle.environment(os.environ),
        capture_output=True,
        check=True,
    )
    assert int(done.stdout) == len(config_of(handle))
