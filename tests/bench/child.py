"""Server process of the soak, configured over its standard input."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from bench.measure import ROOT


class Child:
    """Process of a module that prints a line at its start, and a line of JSON for each one it reads."""

    def __init__(self, module: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT / "tests",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.first_line = self._out.readline().strip()

    def configure(self, **settings: object) -> Any:
        """Set the behaviour of the server from now on, and return its counts until now."""
        self._in.write(json.dumps(settings) + "\n")
        self._in.flush()
        return json.loads(self._out.readline())

    def close(self) -> None:
        self._in.close()
        self._process.wait()
        self._out.close()
