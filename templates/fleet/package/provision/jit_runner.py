"""Handle of a JIT runner, which passes its configuration on without showing it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path

from ..._runtime.lazy import publish
from ..._runtime.redaction import Secret
from ...models import JitConfig, Runner

VARIABLE = "ACTIONS_RUNNER_INPUT_JITCONFIG"
"""The environment variable from which the runner application takes its configuration."""

# Jobs inherit the environment of the runner application, and must not find the operator's
# credentials there.
_CREDENTIALS = frozenset(
    {
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "GH_ENTERPRISE_TOKEN",
        "GITHUB_ENTERPRISE_TOKEN",
        "GITHUB_APP_PRIVATE_KEY",
        "GITHUB_APP_PRIVATE_KEY_PATH",
    }
)


class JitRunner:
    """A JIT runner that was registered and has not been started.

    Its configuration is a secret that cannot be read again. No repr and no error shows it, and a
    `JitRunner` cannot be pickled. The runner application accepts the configuration as an argument,
    which every user of the machine can see in the list of processes, or in the environment variable
    ACTIONS_RUNNER_INPUT_JITCONFIG, which this class uses.

    Attributes:
        runner: The runner as it was registered.
    """

    def __init__(self, created: JitConfig) -> None:
        self.runner: Runner = created.runner
        self._config = Secret(created.encoded_jit_config)

    @property
    def id(self) -> int:
        """The id of the runner."""
        return self.runner.id

    @property
    def name(self) -> str:
        """The name of the runner, which differs from the wanted one if that was taken."""
        return self.runner.name

    @property
    def group_id(self) -> int | None:
        """The id of its runner group; None if GitHub does not send it."""
        return self.runner.runner_group_id

    def __repr__(self) -> str:
        return f"<JitRunner {self.id} {self.name!r} of group {self.group_id}>"

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return an environment for the runner application, with the configuration in it.

        `base` are the other variables. Default: those of this process, without the credentials that
        a client reads, since jobs can read the environment of the application.
        """
        if base is None:
            base = {name: it for name, it in os.environ.items() if name not in _CREDENTIALS}
        return {**base, VARIABLE: self._config.reveal()}

    def start(
        self,
        command: Sequence[str] = ("./run.sh",),
        *,
        cwd: str | PathLike[str] | None = None,
        base: Mapping[str, str] | None = None,
        new_session: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start the runner application, or a container with it, and return its process.

        Args:
            command: The program and its arguments. A container gets the configuration with
                `["docker", "run", "--env", "ACTIONS_RUNNER_INPUT_JITCONFIG", IMAGE]`.
            cwd: The directory to start it in. Default: the current one.
            base: The other environment variables, as for `environment`.
            new_session: Whether it is kept out of this program's session, except on Windows. A Ctrl-C
                in the terminal of this program then does not end its job.

        Raises OSError if it cannot be started.
        """
        try:
            return subprocess.Popen(
                list(command),
                cwd=cwd,
                env=self.environment(base),
                start_new_session=new_session,
            )
        except Exception as error:  # noqa: BLE001 - it is raised below
            # The frames of subprocess hold the environment, and a traceback may show it.
            failure = error.with_traceback(None)
        raise failure

    def write_env_file(self, path: str | PathLike[str]) -> None:
        """Write the variable to a new file that only this user can read.

        `docker run --env-file` and systemd's `EnvironmentFile=` read it.

        Raises FileExistsError if the file exists, and OSError if it cannot be written. Then there is
        no file, and the call can be repeated.
        """
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        descriptor = os.open(path, flags, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{VARIABLE}={self._config.reveal()}\n")
        except BaseException:
            Path(path).unlink()  # a part of it, as of a full disk, is of no use
            raise


publish(__name__)
