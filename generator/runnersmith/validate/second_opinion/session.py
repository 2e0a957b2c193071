"""Session with openapi-spec-validator: starts its process and waits for it.

Standard input and output are temporary files, so that neither side ever waits for the other.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from ...openapi.document import Document
from ...openapi.survey import survey
from ...problems import Problem, Severity, errors
from ..openapi import metaschema, references, size_limits
from .findings import Opinion, added, unfinished

# GitHub's whole description takes a sixth of it.
MAX_SECONDS = 120.0
_SCRIPT = Path(__file__).with_name("process.py")
_SETTINGS = {
    # The order of names in messages depends on it.
    "PYTHONHASHSEED": "0",
    "OPENAPI_SPEC_VALIDATOR_SCHEMA_VALIDATOR_BACKEND": "jsonschema-rs",
}


class SecondOpinion:
    """Opinion of openapi-spec-validator on the API versions of one spec.

    A context manager: its end also ends the process.
    """

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self._seconds: float = seconds
        self._deadline: float = 0.0
        self._documents: tuple[Document, ...] = ()
        self._known: tuple[Problem, ...] = ()
        self._severity: Severity = "error"
        self._process: subprocess.Popen[bytes] | None = None
        self._output: IO[bytes] | None = None
        self._closing: ExitStack = ExitStack()

    def ask(
        self, documents: Sequence[Document], known: Collection[Problem], severity: Severity
    ) -> None:
        """Start the process, if there is a document that it can be given.

        `known` are the problems found by the checks of this package. A document that these refuse
        for its size or its references is not given: openapi-spec-validator follows every reference.
        """
        self._known, self._severity = tuple(known), severity
        self._documents = tuple(it for it in documents if not errors(known) or _is_safe(it))
        if not self._documents:
            return
        self._deadline = time.monotonic() + self._seconds
        self._output = self._closing.enter_context(
            tempfile.TemporaryFile()  # noqa: SIM115 - closed with the session
        )
        with tempfile.TemporaryFile() as given:
            given.write(json.dumps([document.data for document in self._documents]).encode())
            given.seek(0)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", str(_SCRIPT), str(os.getpid())],
                stdin=given,
                stdout=self._output,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_SETTINGS},
            )

    def problems(self) -> tuple[Problem, ...]:
        """Wait for the opinion, and return what is not known yet; nothing if nobody asked.

        If it is incomplete, the last problem is a warning, unless a known error is the likely cause.
        """
        ended = self._wait()
        opinions = self._opinions()
        found: dict[Problem, None] = {}
        for document, opinion in zip(self._documents, opinions, strict=False):
            found.update(dict.fromkeys(added(document, opinion, self._known, self._severity)))
        listed = sorted(found)
        stopped = [
            (document, f"stopped with {opinion.stopped}")
            for document, opinion in zip(self._documents, opinions, strict=False)
            if opinion.stopped is not None
        ]
        stopped += [(document, ended) for document in self._documents[len(opinions) :]]
        if stopped and not errors(self._known):
            listed.append(unfinished(*stopped[0]))
        return tuple(listed)

    def _wait(self) -> str:
        """Wait until the process has ended, and return how it did, in words."""
        if self._process is None:
            return ""
        try:
            status = self._process.wait(max(0.0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return f"took more than {self._seconds:g} seconds"
        finally:
            self._end()
        return f"ended with status {status}"

    def _opinions(self) -> list[Opinion]:
        """Return the complete opinions, one for each document in their order."""
        if self._output is None:
            return []
        self._output.seek(0)
        found: list[Opinion] = []
        with suppress(msgspec.DecodeError):
            for line in self._output:
                found.append(msgspec.json.decode(line, type=Opinion))  # noqa: PERF401 - may stop
        return found

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> SecondOpinion:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
        self._closing.close()


def _is_safe(document: Document) -> bool:
    """Return whether the size and the references of a document are within the rules."""
    version = metaschema.version_of(document)
    if isinstance(version, Problem):
        return False
    surveyed = survey(document, version)
    return not any(size_limits.check(surveyed)) and not any(errors(references.check(surveyed)))
